//! The backstop, once a minute: desks whose time has come without a tick, or that may lack a change, and what is too
//! old to be kept.

use crate::error::EdgeError;
use crate::{calls, db, outbox};
use protocol::Timestamp;
use worker::{D1Database, Env};

/// Desks that are ticked side by side: one that hangs holds up few, and few connections are open at once.
const AT_ONCE: usize = 6;

/// Does everything that is due by `now`, and records how it went. Errors: the first that kept a whole job from running.
pub async fn run(env: &Env, now: Timestamp) -> Result<(), EdgeError> {
    let db = env.d1("DB")?;
    let ticked = tick_desks(env, &db, now).await;
    for what in &db::jobs::PRUNES {
        if let Err(error) = db::jobs::prune(&db, now, what).await {
            error.problem();
            db::jobs::ran(&db, what.name, now, 0, 1).await?;
        }
    }
    ticked
}

async fn tick_desks(env: &Env, db: &D1Database, now: Timestamp) -> Result<(), EdgeError> {
    let (mut done, mut failed) = (0, 0);
    for group in db::desks::due(db, now).await?.chunks(AT_ONCE) {
        let ticks = group.iter().map(|(tenant, versions)| calls::catch_up(env, tenant, *versions));
        for ticked in outbox::all(ticks).await {
            match ticked {
                Ok(()) => done += 1,
                Err(error) => {
                    error.problem();
                    failed += 1;
                }
            }
        }
    }
    db::jobs::ran(db, "tick_desks", now, done, failed).await
}
