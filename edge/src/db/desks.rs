//! What D1 knows of desks: when each is due, for cron, and until when somebody can answer, for visitors.

use super::{first, int, rows, run, text, time};
use crate::error::EdgeError;
use crate::json;
use desk::desk::Versions;
use protocol::{TenantId, Timestamp, WidgetKey};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;
use worker::D1Database;

/// `n` is the desk's own: what comes late cannot undo what is newer. An equal one counts: a desk that died before it
/// noted what it wrote writes that number again, with what holds by then.
const SET: &str = "INSERT INTO desk_state (tenant, n, due_ms, open_until_ms) VALUES (?1, ?2, ?3, ?4) \
    ON CONFLICT (tenant) DO UPDATE SET n = excluded.n, due_ms = excluded.due_ms, \
    open_until_ms = excluded.open_until_ms WHERE excluded.n >= n";

/// Says when a desk has something to do next, and until when it is proven that somebody can answer. `n` grows with
/// every write of the desk; an older one changes nothing.
pub async fn set(
    db: &D1Database,
    tenant: &TenantId,
    n: u32,
    due: Option<Timestamp>,
    open_until: Option<Timestamp>,
) -> Result<(), EdgeError> {
    run(db, SET, &[text(tenant.as_str()), int(n.into()), time(due), time(open_until)]).await
}

const DUE: &str = "SELECT json_array(d.tenant, json_object('roster', t.roster_v, 'access', t.access_v)) AS item \
    FROM (SELECT tenant, 0 AS due_ms FROM desk_state WHERE behind = 1 \
    UNION ALL SELECT tenant, due_ms FROM desk_state WHERE due_ms <= ?1 AND behind = 0 ORDER BY due_ms LIMIT 500) d \
    JOIN tenant t ON t.id = d.tenant ORDER BY d.due_ms";

/// Desks whose time has come by `now`, or that may lack a change: longest waiting first, at most 500.
pub async fn due(db: &D1Database, now: Timestamp) -> Result<Vec<(TenantId, Versions)>, EdgeError> {
    let rows = rows(db, DUE, &[int(now.0)]).await?;
    rows.iter().map(|row| Ok(json::read(&row.item)?)).collect()
}

/// Unless something has changed since.
const TOLD: &str = "UPDATE desk_state SET behind = 0 WHERE tenant = ?1 AND behind = 1 \
    AND EXISTS (SELECT 1 FROM tenant WHERE id = ?1 AND roster_v = ?2 AND access_v = ?3)";

/// The desk knows of these versions.
pub async fn told(db: &D1Database, tenant: &TenantId, versions: Versions) -> Result<(), EdgeError> {
    let Versions { roster, access } = versions;
    run(db, TOLD, &[text(tenant.as_str()), int(roster.into()), int(access.into())]).await
}

const BY_KEY: &str = "SELECT json_array(d.open_until_ms) AS item FROM widget w \
    LEFT JOIN desk_state d ON d.tenant = w.tenant WHERE w.key = ?1";

/// Until when somebody can answer at this widget. Outside: whether there is one.
pub async fn open_until_by_key(db: &D1Database, key: &WidgetKey) -> Result<Option<Option<Timestamp>>, EdgeError> {
    let found: Option<[Option<Timestamp>; 1]> = first(db, BY_KEY, &[text(key.as_str())]).await?;
    Ok(found.map(|[until]| until))
}

const OPEN_UNTIL: &str = "SELECT json_array(open_until_ms) AS item FROM desk_state WHERE tenant = ?1";

/// Until when somebody can answer; `None`: nobody can.
pub async fn open_until(db: &D1Database, tenant: &TenantId) -> Result<Option<Timestamp>, EdgeError> {
    let found: Option<[Option<Timestamp>; 1]> = first(db, OPEN_UNTIL, &[text(tenant.as_str())]).await?;
    Ok(found.and_then(|[until]| until))
}

/// For how long an answer is good enough for those who poll.
const LATELY: Duration = Duration::from_secs(2);
/// Most tenants that one isolate keeps answers for.
const MOST: usize = 500;

thread_local! {
    /// When it was read, and what it said.
    static LATEST: RefCell<BTreeMap<TenantId, (Timestamp, Option<Timestamp>)>> = const { RefCell::new(BTreeMap::new()) };
}

/// Whether somebody can answer, as of the last two seconds: visitors who poll must not each cost a query.
pub async fn is_open_lately(db: &D1Database, tenant: &TenantId, now: Timestamp) -> Result<bool, EdgeError> {
    let known = LATEST.with_borrow(|latest| latest.get(tenant).copied());
    let until = match known {
        Some((read_at, until)) if now.since(read_at) < LATELY => until,
        Some(_) | None => {
            let until = open_until(db, tenant).await?;
            LATEST.with_borrow_mut(|latest| {
                if latest.len() >= MOST {
                    latest.clear();
                }
                latest.insert(tenant.clone(), (now, until));
            });
            until
        }
    };
    Ok(until.is_some_and(|until| now < until))
}
