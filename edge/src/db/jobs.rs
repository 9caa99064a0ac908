//! When each job of cron last ran, and how it went: nothing fails in silence.

use super::{int, run, text};
use crate::error::EdgeError;
use protocol::Timestamp;
use worker::D1Database;

const RAN: &str = "INSERT INTO job (name, ran_ms, done, failed) VALUES (?1, ?2, ?3, ?4) \
    ON CONFLICT (name) DO UPDATE SET ran_ms = excluded.ran_ms, done = excluded.done, failed = excluded.failed";

/// Records a run.
pub async fn ran(db: &D1Database, name: &str, now: Timestamp, done: u32, failed: u32) -> Result<(), EdgeError> {
    run(db, RAN, &[text(name), int(now.0), int(done.into()), int(failed.into())]).await
}
