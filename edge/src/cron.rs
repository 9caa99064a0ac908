//! The backstop, once a minute: desks whose deadline has passed without a tick.

use crate::calls::Desk;
use crate::db;
use crate::error::EdgeError;
use protocol::Timestamp;
use worker::Env;

/// Does everything that is due by `now`, and records how it went.
pub async fn run(env: &Env, now: Timestamp) -> Result<(), EdgeError> {
    let db = env.d1("DB")?;
    let (mut done, mut failed) = (0, 0);
    for tenant in db::desks_due::due(&db, now).await? {
        match Desk::of(env, &tenant)?.tick().await {
            Ok(()) => done += 1,
            Err(error) => {
                error.problem();
                failed += 1;
            }
        }
    }
    db::jobs::ran(&db, "tick_desks", now, done, failed).await
}
