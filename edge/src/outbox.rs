//! Notices between objects: written in the same transaction as the change they tell of, delivered at least
//! once and in order, heard once. The rows of both ends live in the objects' own tables.

use crate::clock;
use crate::error::EdgeError;
use crate::sql::{Sql, Value};
use desk::notice::Numbered;
use protocol::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::time::Duration;

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
/// The first of each target: the next may only leave when it has arrived.
const DUE: &str = "SELECT n, target, notice, tries FROM outbox \
    WHERE n IN (SELECT MIN(n) FROM outbox GROUP BY target) AND due_ms <= ?1 ORDER BY n LIMIT 50";
const DONE: &str = "DELETE FROM outbox WHERE n = ?1";
const LATER: &str = "UPDATE outbox SET tries = tries + 1, due_ms = ?2 WHERE n = ?1";
const NEXT: &str = "SELECT MIN(due_ms) AS at FROM outbox WHERE n IN (SELECT MIN(n) FROM outbox GROUP BY target)";
const HEARD: &str = "SELECT n FROM inbox WHERE sender = ?1";
const HEAR: &str = "INSERT INTO inbox (sender, n) VALUES (?1, ?2) ON CONFLICT (sender) DO UPDATE SET n = excluded.n";

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

/// Sees to it that one delivery runs at a time, so that order is kept.
#[derive(Default)]
pub struct Postman {
    busy: Cell<bool>,
}

impl Postman {
    /// Delivers all that is due; what fails is due again later. `deliver` gets target and notice.
    pub async fn run<T, F>(&self, sql: &Sql, deliver: impl Fn(String, Numbered<T>) -> F) -> Result<(), EdgeError>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<(), EdgeError>>,
    {
        // The run under way takes also what was added meanwhile.
        if self.busy.replace(true) {
            return Ok(());
        }
        let _off_duty = OffDuty(&self.busy);
        loop {
            let due: Vec<Row> = sql.rows(DUE, vec![Value::Int(clock::now().0)])?;
            if due.is_empty() {
                return Ok(());
            }
            for row in due {
                let notice = Numbered { n: row.n, notice: serde_json::from_str(&row.notice)? };
                let n = Value::Int(i64::try_from(row.n).unwrap_or(i64::MAX));
                match deliver(row.target, notice).await {
                    Ok(()) => sql.run(DONE, vec![n])?,
                    Err(e) => {
                        worker::console_warn!("notice {} not delivered: {:?}", row.n, e);
                        sql.run(LATER, vec![n, Value::Int((clock::now() + pause(row.tries)).0)])?;
                    }
                }
            }
        }
    }
}

/// Clears the flag also when the delivery is dropped half way.
struct OffDuty<'a>(&'a Cell<bool>);

impl Drop for OffDuty<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// 0.2 s doubled with each try, at most 30 s.
fn pause(tries: u32) -> Duration {
    Duration::from_millis(200u64.saturating_mul(1 << tries.min(8))).min(Duration::from_secs(30))
}
