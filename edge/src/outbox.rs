//! Notices between objects: written in the same transaction as the change they tell of, delivered at least
//! once and in order, heard once. The rows of both ends live in the objects' own tables.

use crate::clock;
use crate::error::EdgeError;
use crate::json;
use crate::sql::{Sql, Value};
use desk::notice::Numbered;
use protocol::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use worker::Delay;

/// Both ends' tables. `n` is never used twice, so it orders a sender's notices for ever.
pub const TABLES: &str = "
CREATE TABLE IF NOT EXISTS outbox (
  n      INTEGER PRIMARY KEY AUTOINCREMENT,
  target TEXT NOT NULL,
  notice TEXT NOT NULL,
  tries  INTEGER NOT NULL DEFAULT 0,
  due_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS inbox (sender TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
";

const ADD: &str = "INSERT INTO outbox (target, notice, due_ms) VALUES (?1, ?2, ?3)";
/// The first of each target: the next may only leave when it has arrived. While in hand it is not due, so no
/// other delivery takes it; should this one die, it is due again.
const TAKE: &str = "UPDATE outbox SET due_ms = ?2 WHERE n IN (SELECT n FROM outbox \
    WHERE n IN (SELECT MIN(n) FROM outbox GROUP BY target) AND due_ms <= ?1 ORDER BY n LIMIT 20) \
    RETURNING n, target, notice, tries";
const DONE: &str = "DELETE FROM outbox WHERE n = ?1";
const LATER: &str = "UPDATE outbox SET tries = tries + 1, due_ms = ?2 WHERE n = ?1";
const NEXT: &str = "SELECT MIN(due_ms) AS at FROM outbox WHERE n IN (SELECT MIN(n) FROM outbox GROUP BY target)";
const HEARD: &str = "SELECT n FROM inbox WHERE sender = ?1";
const HEAR: &str = "INSERT INTO inbox (sender, n) VALUES (?1, ?2) ON CONFLICT (sender) DO UPDATE SET n = excluded.n";

/// How long a receiver may take. One that hangs must not hold up the others.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a delivery has a notice in hand: longer than any takes. If the runtime dies meanwhile, this is how long it
/// lies there, and desk and room are to agree within 5 s.
const IN_HAND: Duration = Duration::from_secs(4);

/// A notice on its way.
#[derive(Deserialize)]
struct Row {
    n: u64,
    target: String,
    notice: String,
    tries: u32,
}

/// Adds a notice. Call it inside the transaction of the change it tells of.
pub fn add<T: Serialize>(sql: &Sql, now: Timestamp, target: &str, notice: &T) -> Result<(), EdgeError> {
    let notice = serde_json::to_string(notice)?;
    sql.run(ADD, vec![Value::Text(target), Value::Text(&notice), Value::Int(now.0)])
}

/// When the next notice is due.
pub fn next_due(sql: &Sql) -> Result<Option<Timestamp>, EdgeError> {
    #[derive(Deserialize)]
    struct Next {
        at: Option<i64>,
    }
    Ok(sql.rows::<Next>(NEXT, vec![])?.first().and_then(|next| next.at).map(Timestamp))
}

/// Whether this notice is new. Errors: only the storage's.
pub fn is_new(sql: &Sql, sender: &str, n: u64) -> Result<bool, EdgeError> {
    #[derive(Deserialize)]
    struct Heard {
        n: u64,
    }
    Ok(sql.rows::<Heard>(HEARD, vec![Value::Text(sender)])?.first().is_none_or(|heard| heard.n < n))
}

/// Remembers that a notice was heard. Call it inside the transaction of what it changed.
pub fn hear(sql: &Sql, sender: &str, n: u64) -> Result<(), EdgeError> {
    sql.run(HEAR, vec![Value::Text(sender), Value::Int(i64::try_from(n).unwrap_or(i64::MAX))])
}

/// Takes what is due into the hands of one delivery, sends it side by side, and repeats for what has become
/// due by that, at most `rounds` times. What fails is due again later; what is left over is due now, so arm the
/// alarm after this. Errors: only the storage's.
pub async fn deliver<T, F>(sql: &Sql, rounds: u32, send: impl Fn(String, Numbered<T>) -> F) -> Result<(), EdgeError>
where
    T: DeserializeOwned,
    F: Future<Output = Result<(), EdgeError>>,
{
    for _ in 0..rounds {
        let now = clock::now();
        let taken: Vec<Row> = sql.rows(TAKE, vec![Value::Int(now.0), Value::Int((now + IN_HAND).0)])?;
        if taken.is_empty() {
            break;
        }
        let sends = taken.iter().map(|row| send_one(row, &send));
        for (row, sent) in taken.iter().zip(all(sends).await) {
            finish(sql, row, sent)?;
        }
    }
    Ok(())
}

async fn send_one<T, F>(row: &Row, send: &impl Fn(String, Numbered<T>) -> F) -> Result<(), EdgeError>
where
    T: DeserializeOwned,
    F: Future<Output = Result<(), EdgeError>>,
{
    let notice = Numbered { n: row.n, notice: json::read(&row.notice)? };
    let mut sending = pin!(send(row.target.clone(), notice));
    let mut too_late = pin!(Delay::from(PATIENCE));
    poll_fn(|cx| match sending.as_mut().poll(cx) {
        Poll::Pending => too_late.as_mut().poll(cx).map(|()| Err(EdgeError::Platform("no answer in time".into()))),
        sent => sent,
    })
    .await
}

/// Runs futures side by side and answers in their order. For a handful: each wake asks all that still run.
pub async fn all<F: Future<Output: Unpin>>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Result<F::Output, Pin<Box<F>>>> = futures.map(|future| Err(Box::pin(future))).collect();
    poll_fn(|cx| {
        for one in &mut running {
            if let Err(future) = one
                && let Poll::Ready(output) = future.as_mut().poll(cx)
            {
                *one = Ok(output);
            }
        }
        if running.iter().all(Result::is_ok) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(Result::ok).collect()
}

fn finish(sql: &Sql, row: &Row, sent: Result<(), EdgeError>) -> Result<(), EdgeError> {
    let n = Value::Int(i64::try_from(row.n).unwrap_or(i64::MAX));
    let Err(reason) = sent else { return sql.run(DONE, vec![n]) };
    worker::console_warn!("notice {} to {} not delivered (try {}): {reason:?}", row.n, row.target, row.tries + 1);
    sql.run(LATER, vec![n, Value::Int((clock::now() + pause(row.tries)).0)])
}

/// 0.2 s doubled with each try, at most 10 min.
fn pause(tries: u32) -> Duration {
    Duration::from_millis(200u64.saturating_mul(1 << tries.min(12))).min(Duration::from_secs(600))
}
