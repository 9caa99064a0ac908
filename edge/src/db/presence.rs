//! The history of presence: a projection of the desks' logs, which are taken in here.

use super::{Place, batch, decisions, int, page, rows, statement, text};
use crate::calls::Json;
use crate::error::EdgeError;
use crate::json;
use desk::desk::LogEntry;
use protocol::team::PresenceChange;
use protocol::{AgentId, TenantId, Timestamp};
use worker::D1Database;

const CHANGES: &str = "INSERT INTO presence_change (tenant, n, agent, at_ms, reachability, intent, cause, by_agent) \
    SELECT ?1, value ->> 0, value ->> '$[1].change.agent', value ->> '$[1].change.at', \
    value ->> '$[1].change.reachability', value ->> '$[1].change.intent', value ->> '$[1].change.cause', \
    value ->> '$[1].change.by' FROM json_each(?2) WHERE value -> '$[1].change' IS NOT NULL \
    ON CONFLICT (tenant, n) DO NOTHING";
const SEEN: &str = "UPDATE sign_in SET seen_ms = s.at FROM \
    (SELECT value ->> '$[1].seen.sign_in' AS id, MAX(value ->> '$[1].seen.at') AS at FROM json_each(?2) \
    WHERE value -> '$[1].seen' IS NOT NULL GROUP BY 1) s \
    WHERE tenant = ?1 AND sign_in.id = s.id AND COALESCE(seen_ms, 0) < s.at";

/// Takes numbered entries of a desk's log in, each kind by its own statement. Harmless to repeat.
pub async fn publish(db: &D1Database, tenant: &TenantId, entries: &[(u64, LogEntry)]) -> Result<(), EdgeError> {
    let entries = serde_json::to_string(entries)?;
    let values = [text(tenant.as_str()), text(&entries)];
    let statements = [CHANGES, SEEN, decisions::TAKE_IN].map(|query| statement(db, query, &values));
    batch(db, statements.into_iter().collect::<Result<_, _>>()?).await.map(drop)
}

/// As [`PresenceChange`]: what is NULL is absent.
macro_rules! change {
    () => {
        "json_patch('{}', json_object('agent', agent, 'at', at_ms, 'reachability', reachability, 'intent', intent, \
        'cause', cause, 'by', by_agent)) AS item"
    };
}

const HISTORY: &str = concat!(
    "SELECT at_ms || '.' || n AS place, ",
    change!(),
    " FROM presence_change WHERE tenant = ?1 AND agent = ?3 AND (at_ms, n) < (?4, CAST(?5 AS INTEGER)) \
    ORDER BY at_ms DESC, n DESC LIMIT ?2"
);

/// A page of an agent's changes, newest first.
pub async fn history(
    db: &D1Database,
    tenant: &TenantId,
    agent: &AgentId,
    limit: u32,
    after: Option<Place>,
) -> Result<Json, EdgeError> {
    let [at, n] = Place::values(after.as_ref());
    page(db, HISTORY, tenant, limit, &[text(agent.as_str()), at, n]).await
}

/// Those between, and each agent's last one before. CROSS: agents come first, so that the index gives each one's times.
const REPORT: &str = concat!(
    "SELECT ",
    change!(),
    " FROM presence_change WHERE tenant = ?1 AND n IN (
        SELECT c.n FROM agent a CROSS JOIN presence_change c ON c.tenant = a.tenant AND c.agent = a.id
            WHERE a.tenant = ?1 AND c.at_ms >= ?2 AND c.at_ms < ?3
        UNION ALL
        SELECT last FROM (SELECT (SELECT c.n FROM presence_change c WHERE c.tenant = a.tenant AND c.agent = a.id
            AND c.at_ms < ?2 ORDER BY c.at_ms DESC, c.n DESC LIMIT 1) AS last FROM agent a WHERE a.tenant = ?1)
            WHERE last IS NOT NULL
        LIMIT ?4) ORDER BY at_ms, n"
);

/// Most changes of one report.
const MOST: usize = 50_000;

/// All changes of a tenant from `from` to before `to`, and the last one before of each agent, oldest first. `None`:
/// more than 50,000, too many for one answer.
pub async fn changes(
    db: &D1Database,
    tenant: &TenantId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Option<Vec<PresenceChange>>, EdgeError> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let rows = rows(db, REPORT, &[text(tenant.as_str()), int(from.0), int(to.0), int(most + 1)]).await?;
    if rows.len() > MOST {
        return Ok(None);
    }
    rows.iter().map(|row| Ok(Some(json::read(&row.item)?))).collect()
}
