//! What a desk tells D1: the history of presence, when cron should look, and until when somebody can answer. All of it
//! by the alarm; a desk that dies on the way tells it again.

use super::store::{self, Published};
use crate::db;
use crate::error::EdgeError;
use crate::sql::Sql;
use desk::Desk;
use protocol::{TenantId, Timestamp};
use std::time::Duration;
use worker::D1Database;

/// Entries of the log that go as one batch.
const BATCH: u32 = 50;
/// A burst of changes goes as one batch.
const GATHER: Duration = Duration::from_millis(400);
/// Cron is for desks whose own alarm did not ring in time.
const CRON_WAITS: Duration = Duration::from_secs(5);

/// After how long D1 should hear news, if there are any. Beats move deadlines all the time, and are told when the alarm
/// rings for them; whether somebody can answer, and whether there is anything to look at, is told at once.
pub fn news(told: Published, has_logged: bool, desk: &Desk) -> Option<Duration> {
    let is_other = told.open_until.is_some() != desk.is_open();
    if is_other || told.due.is_some() != desk.next_deadline().is_some() {
        return Some(Duration::ZERO);
    }
    has_logged.then_some(GATHER)
}

/// Tells D1 everything that it lacks.
pub async fn publish(
    sql: &Sql,
    db: &D1Database,
    tenant: &TenantId,
    deadline: Option<Timestamp>,
    open_until: Option<Timestamp>,
) -> Result<(), EdgeError> {
    let told = store::published(sql)?;
    let due = deadline.map(|at| at + CRON_WAITS);
    let now = Published { n: told.n + 1, due, open_until };
    if (now.due, now.open_until) != (told.due, told.open_until) {
        db::desks::set(db, tenant, now.n, now.due, now.open_until).await?;
        store::set_published(sql, now)?;
    }
    loop {
        let entries = store::unpublished(sql, BATCH)?;
        let Some(last) = entries.last().map(|(n, _)| *n) else { return Ok(()) };
        db::presence::publish(db, tenant, &entries).await?;
        store::forget_log(sql, last)?;
    }
}
