//! Cron's jobs: when each last ran, and how it went (nothing fails in silence), and the one that is done in SQL alone.

use super::{batch, document, int, run, statement, text};
use crate::calls::Json;
use crate::error::EdgeError;
use protocol::Timestamp;
use std::time::Duration;
use worker::D1Database;

const RAN: &str = "INSERT INTO job (name, ran_ms, done, failed) VALUES (?1, ?2, ?3, ?4) \
    ON CONFLICT (name) DO UPDATE SET ran_ms = excluded.ran_ms, done = excluded.done, failed = excluded.failed";

/// Records a run.
pub async fn ran(db: &D1Database, name: &str, now: Timestamp, done: u32, failed: u32) -> Result<(), EdgeError> {
    run(db, RAN, &[text(name), int(now.0), int(done.into()), int(failed.into())]).await
}

const LIST: &str = "SELECT json_object('items', json_group_array(json_object('name', name, 'ran_at', ran_ms, \
    'done', done, 'failed', failed))) AS item FROM (SELECT * FROM job ORDER BY name LIMIT 100)";

/// Every job, as the JSON of its reply.
pub async fn list(db: &D1Database) -> Result<Json, EdgeError> {
    document(db, LIST, &[]).await
}

/// Something that is kept for a while only.
pub struct Prune {
    /// The job's name.
    pub name: &'static str,
    /// For how long it is kept.
    keep: Duration,
    query: &'static str,
}

const DAY: u64 = 24 * 3600;

/// What is pruned. A few hundred rows a minute are more than come in, and fewer than a statement may take.
pub const PRUNES: [Prune; 4] = [
    // Each ends by its age, if nobody has ended it before.
    Prune {
        name: "prune_sign_ins",
        keep: Duration::from_secs(30 * DAY),
        query: "DELETE FROM sign_in WHERE token_hash IN \
            (SELECT token_hash FROM sign_in WHERE expires_ms < ?1 ORDER BY expires_ms LIMIT 500)",
    },
    Prune {
        name: "prune_presence",
        keep: Duration::from_secs(400 * DAY),
        query: "DELETE FROM presence_change WHERE (tenant, n) IN \
            (SELECT tenant, n FROM presence_change WHERE at_ms < ?1 ORDER BY at_ms LIMIT 500)",
    },
    Prune {
        name: "prune_decisions",
        keep: Duration::from_secs(400 * DAY),
        query: "DELETE FROM decision WHERE (tenant, handoff, n) IN \
            (SELECT tenant, handoff, n FROM decision WHERE at_ms < ?1 ORDER BY at_ms LIMIT 500)",
    },
    Prune {
        name: "prune_audit",
        keep: Duration::from_secs(400 * DAY),
        query: "DELETE FROM audit WHERE (tenant, at_ms, n) IN \
            (SELECT tenant, at_ms, n FROM audit WHERE at_ms < ?1 ORDER BY at_ms LIMIT 500)",
    },
];

const PRUNED: &str = "INSERT INTO job (name, ran_ms, done, failed) VALUES (?1, ?2, changes(), 0) \
    ON CONFLICT (name) DO UPDATE SET ran_ms = excluded.ran_ms, done = excluded.done, failed = 0";

/// Forgets what is too old, and records the run.
pub async fn prune(db: &D1Database, now: Timestamp, what: &Prune) -> Result<(), EdgeError> {
    let before = now.0 - i64::try_from(what.keep.as_millis()).unwrap_or(i64::MAX);
    let statements =
        vec![statement(db, what.query, &[int(before)])?, statement(db, PRUNED, &[text(what.name), int(now.0)])?];
    batch(db, statements).await.map(drop)
}
