//! Changes of a tenant's administration: each is one batch, all of it or nothing. The change itself, the version
//! that tells desks of it, cron's mark should the Worker die before the desk was told, and what the audit log says.

use super::{Value, batch, int, last_rows, only, statement, text};
use crate::error::EdgeError;
use crate::random;
use desk::desk::Versions;
use protocol::{AgentId, Deed, TenantId, Timestamp};
use worker::{D1Database, D1PreparedStatement};

/// Goes into every statement of a change: an audited one happens only if its row in the log, which is written
/// first, was allowed. `?1` is the tenant; time and number of that row are `?2` and `?3`, or NULL.
macro_rules! goes {
    () => {
        "(?2 IS NULL OR EXISTS (SELECT 1 FROM audit WHERE tenant = ?1 AND at_ms = ?2 AND n = ?3))"
    };
}
pub(super) use goes;

/// Begins an audited change; a condition follows. `?4` to `?7`: who, what, to whom, in which words.
macro_rules! audited {
    ($condition:literal) => {
        concat!(
            "INSERT INTO audit (tenant, at_ms, n, by_agent, deed, subject, detail) ",
            "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ",
            $condition
        )
    };
}
pub(super) use audited;

/// What desks have to read again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// Nothing that they keep.
    Nothing,
    /// Agents, departments, settings.
    Roster,
    /// Sign-ins that have ended.
    Access,
    /// Both.
    Both,
}

/// Whose deed a change is.
#[derive(Clone, Copy)]
pub struct Author<'a> {
    /// Where it is done.
    pub db: &'a D1Database,
    /// In which tenant.
    pub tenant: &'a TenantId,
    /// Who.
    pub agent: &'a AgentId,
    /// When.
    pub now: Timestamp,
}

/// A deed, for the log.
pub struct Audited<'a> {
    /// What.
    pub deed: Deed,
    /// To whom or what.
    pub subject: &'a str,
    /// More of it; never a secret.
    pub detail: &'a str,
}

/// A change that is being put together.
pub struct Change<'a> {
    db: &'a D1Database,
    /// What desks have to read again after it.
    pub touched: Touched,
    mark: [Value<'a>; 3],
    statements: Vec<D1PreparedStatement>,
}

const TOUCH: &str =
    concat!("UPDATE tenant SET roster_v = roster_v + ?4, access_v = access_v + ?5 WHERE id = ?1 AND ", goes!());
const BEHIND: &str = concat!(
    "INSERT INTO desk_state (tenant, behind) SELECT ?1, 1 WHERE ?4 > 0 AND ",
    goes!(),
    " ON CONFLICT (tenant) DO UPDATE SET behind = 1"
);
const VERSIONS: &str = concat!(
    "SELECT json_object('roster', roster_v, 'access', access_v) AS item FROM tenant WHERE id = ?1 AND ",
    goes!()
);

impl<'a> Change<'a> {
    /// One that is always allowed, and needs no row in the log.
    pub(super) fn plain(db: &'a D1Database, tenant: &'a TenantId, touched: Touched) -> Change<'a> {
        Change { db, touched, mark: [text(tenant.as_str()), Value::Null, Value::Null], statements: Vec::new() }
    }

    /// An admin's deed. `query` is an [`audited`] one; `values` are those of its condition, from `?8` on.
    pub(super) fn audited(
        author: Author<'a>,
        what: &Audited<'_>,
        touched: Touched,
        query: &str,
        values: &[Value<'_>],
    ) -> Result<Change<'a>, EdgeError> {
        let n = u32::from_le_bytes(random::bytes()?);
        let Author { db, tenant, agent, now } = author;
        let mark = [text(tenant.as_str()), int(now.0), int(n.into())];
        let Audited { deed, subject, detail } = what;
        let head = [text(agent.as_str()), text(deed.as_str()), text(subject), text(detail)];
        let mut change = Change { db, touched, mark, statements: Vec::new() };
        change.add(query, &[&head, values].concat())?;
        Ok(change)
    }

    /// Adds a statement with [`goes`] in it; `values` are bound from `?4` on.
    pub(super) fn add(&mut self, query: &str, values: &[Value<'_>]) -> Result<(), EdgeError> {
        self.statements.push(statement(self.db, query, &[&self.mark, values].concat())?);
        Ok(())
    }

    /// Does it. `None`: it was not allowed, and nothing has changed.
    pub async fn run(mut self) -> Result<Option<Versions>, EdgeError> {
        let (roster, access) = match self.touched {
            Touched::Nothing => (0, 0),
            Touched::Roster => (1, 0),
            Touched::Access => (0, 1),
            Touched::Both => (1, 1),
        };
        self.add(TOUCH, &[int(roster), int(access)])?;
        self.add(BEHIND, &[int(roster + access)])?;
        self.add(VERSIONS, &[])?;
        only(last_rows(&batch(self.db, self.statements).await?)?)
    }
}
