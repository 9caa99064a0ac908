//! The tables of a desk.

use crate::error::EdgeError;
use crate::json;
use crate::outbox;
use crate::sql::{Sql, Value};
use desk::desk::{Effect, LogEntry, Stored};
use protocol::{ConversationId, DepartmentId, SignInId, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What is loaded whole and saved one by one is JSON as `desk` writes it (pinned by its tests). The first line removes
/// tables of the first version, which knew neither sign-ins nor the administration.
const TABLES: &str = "
DROP TABLE IF EXISTS agent; DROP TABLE IF EXISTS desk; DROP TABLE IF EXISTS indexed;
CREATE TABLE IF NOT EXISTS person (id TEXT PRIMARY KEY, agent TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sign_in (id TEXT PRIMARY KEY, sign_in TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS handoff (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS watching (conversation TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS config (one INTEGER PRIMARY KEY CHECK (one = 1), config TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS openness (one INTEGER PRIMARY KEY CHECK (one = 1), open INTEGER NOT NULL, flips INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS pace (line TEXT PRIMARY KEY, pace TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS upkeep (one INTEGER PRIMARY KEY CHECK (one = 1), upkeep TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS log (n INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS published (one INTEGER PRIMARY KEY CHECK (one = 1), n INTEGER NOT NULL,
  due_ms INTEGER, open_until_ms INTEGER);
";

const CONFIG: &str = "SELECT config AS json FROM config";
const AGENTS: &str = "SELECT agent AS json FROM person";
const SIGN_INS: &str = "SELECT id, sign_in AS json FROM sign_in";
const ROWS: &str = "SELECT row AS json FROM handoff";
const PACES: &str = "SELECT line AS id, pace AS json FROM pace";
const UPKEEP: &str = "SELECT upkeep AS json FROM upkeep";
const WATCHING: &str = "SELECT conversation FROM watching";
const OPEN: &str = "SELECT open, flips FROM openness";

const SAVE_CONFIG: &str =
    "INSERT INTO config (one, config) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET config = excluded.config";
const SAVE_AGENT: &str =
    "INSERT INTO person (id, agent) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET agent = excluded.agent";
const DROP_AGENT: &str = "DELETE FROM person WHERE id = ?1";
const SAVE_SIGN_IN: &str =
    "INSERT INTO sign_in (id, sign_in) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET sign_in = excluded.sign_in";
const DROP_SIGN_IN: &str = "DELETE FROM sign_in WHERE id = ?1";
const SAVE_ROW: &str =
    "INSERT INTO handoff (id, row) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET row = excluded.row";
const DROP_ROW: &str = "DELETE FROM handoff WHERE id = ?1";
const SAVE_PACE: &str =
    "INSERT INTO pace (line, pace) VALUES (?1, ?2) ON CONFLICT (line) DO UPDATE SET pace = excluded.pace";
const SAVE_UPKEEP: &str =
    "INSERT INTO upkeep (one, upkeep) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET upkeep = excluded.upkeep";
const WATCH: &str = "INSERT INTO watching (conversation) VALUES (?1) ON CONFLICT DO NOTHING";
const UNWATCH: &str = "DELETE FROM watching WHERE conversation = ?1";
const UNWATCH_ALL: &str = "DELETE FROM watching";
const SAVE_OPEN: &str = "INSERT INTO openness (one, open, flips) VALUES (1, ?1, ?2) \
    ON CONFLICT (one) DO UPDATE SET open = excluded.open, flips = excluded.flips";
const LOG: &str = "INSERT INTO log (entry) VALUES (?1)";

#[derive(Deserialize)]
struct Json {
    json: String,
}

/// Makes the tables, where they are not there yet.
pub fn prepare(sql: &Sql) -> Result<(), EdgeError> {
    sql.run(TABLES, vec![])?;
    sql.run(outbox::TABLES, vec![])
}

/// Everything that is stored.
pub fn load(sql: &Sql) -> Result<Stored, EdgeError> {
    #[derive(Deserialize)]
    struct Watching {
        conversation: ConversationId,
    }
    #[derive(Deserialize)]
    struct Open {
        open: i64,
        flips: u32,
    }
    Ok(Stored {
        config: read(sql, CONFIG)?.pop(),
        agents: read(sql, AGENTS)?,
        sign_ins: named(sql, SIGN_INS, |id| SignInId::parse(id).ok())?,
        rows: read(sql, ROWS)?,
        // The line of no department has no name.
        paces: named(sql, PACES, |id| Some(DepartmentId::parse(id).ok()))?,
        upkeep: read(sql, UPKEEP)?.pop().unwrap_or_default(),
        watching: sql.rows::<Watching>(WATCHING, vec![])?.into_iter().map(|row| row.conversation).collect(),
        open: sql.rows::<Open>(OPEN, vec![])?.first().map_or((false, 0), |row| (row.open == 1, row.flips)),
    })
}

fn read<T: DeserializeOwned>(sql: &Sql, query: &str) -> Result<Vec<T>, EdgeError> {
    sql.rows::<Json>(query, vec![])?.iter().map(|row| Ok(json::read(&row.json)?)).collect()
}

/// The same with their names. Errors: our own for a name that is none.
fn named<I, T: DeserializeOwned>(
    sql: &Sql,
    query: &str,
    name: impl Fn(&str) -> Option<I>,
) -> Result<Vec<(I, T)>, EdgeError> {
    #[derive(Deserialize)]
    struct Named {
        id: String,
        json: String,
    }
    let bad = |id: &str| EdgeError::Platform(format!("a row named {id:?}"));
    let rows = sql.rows::<Named>(query, vec![])?;
    rows.iter().map(|row| Ok((name(&row.id).ok_or_else(|| bad(&row.id))?, json::read(&row.json)?))).collect()
}

/// Stores what an effect says; shown frames, closed sockets and answers store nothing.
pub fn save(sql: &Sql, now: Timestamp, effect: &Effect) -> Result<(), EdgeError> {
    let put =
        |query, id: &str, json: serde_json::Result<String>| sql.run(query, vec![Value::Text(id), Value::Text(&json?)]);
    match effect {
        Effect::SaveConfig(config) => sql.run(SAVE_CONFIG, vec![Value::Text(&serde_json::to_string(config)?)]),
        Effect::SaveAgent(agent) => put(SAVE_AGENT, agent.profile.id.as_str(), serde_json::to_string(agent)),
        Effect::DropAgent(agent) => sql.run(DROP_AGENT, vec![Value::Text(agent.as_str())]),
        Effect::SaveSignIn(id, sign_in) => put(SAVE_SIGN_IN, id.as_str(), serde_json::to_string(sign_in)),
        Effect::DropSignIn(id) => sql.run(DROP_SIGN_IN, vec![Value::Text(id.as_str())]),
        Effect::SaveRow(row) => put(SAVE_ROW, row.handoff.as_str(), serde_json::to_string(row)),
        Effect::DropRow(handoff) => sql.run(DROP_ROW, vec![Value::Text(handoff.as_str())]),
        Effect::SavePace(line, pace) => {
            put(SAVE_PACE, line.as_ref().map_or("", DepartmentId::as_str), serde_json::to_string(pace))
        }
        Effect::SaveUpkeep(upkeep) => sql.run(SAVE_UPKEEP, vec![Value::Text(&serde_json::to_string(upkeep)?)]),
        Effect::Watch(room) => sql.run(WATCH, vec![Value::Text(room.as_str())]),
        Effect::Unwatch(room) => sql.run(UNWATCH, vec![Value::Text(room.as_str())]),
        Effect::UnwatchAll => sql.run(UNWATCH_ALL, vec![]),
        Effect::SaveOpen(open, flips) => {
            sql.run(SAVE_OPEN, vec![Value::Int(i64::from(*open)), Value::Int(i64::from(*flips))])
        }
        Effect::Log(entry) => sql.run(LOG, vec![Value::Text(&serde_json::to_string(entry)?)]),
        Effect::Tell(room, notice) => outbox::add(sql, now, room.as_str(), notice),
        Effect::Show(_) | Effect::Drop(_) | Effect::HangUp(_) | Effect::Answer(_) => Ok(()),
    }
}

/// What D1 says of this desk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// Grows with every write, so that a late one undoes nothing.
    pub n: u32,
    /// When cron should look.
    pub due: Option<Timestamp>,
    /// Until when it is proven that somebody can answer.
    pub open_until: Option<Timestamp>,
}

const PUBLISHED: &str = "SELECT n, due_ms, open_until_ms FROM published";
const SET_PUBLISHED: &str = "INSERT INTO published (one, n, due_ms, open_until_ms) VALUES (1, ?1, ?2, ?3) \
    ON CONFLICT (one) DO UPDATE SET n = excluded.n, due_ms = excluded.due_ms, open_until_ms = excluded.open_until_ms";

/// What was published last.
pub fn published(sql: &Sql) -> Result<Published, EdgeError> {
    #[derive(Deserialize)]
    struct Row {
        n: u32,
        due_ms: Option<i64>,
        open_until_ms: Option<i64>,
    }
    Ok(sql.rows::<Row>(PUBLISHED, vec![])?.first().map_or_else(Published::default, |row| Published {
        n: row.n,
        due: row.due_ms.map(Timestamp),
        open_until: row.open_until_ms.map(Timestamp),
    }))
}

/// Remembers what was published.
pub fn set_published(sql: &Sql, published: Published) -> Result<(), EdgeError> {
    let Published { n, due, open_until } = published;
    let time = |at: Option<Timestamp>| at.map_or(Value::Null, |at| Value::Int(at.0));
    sql.run(SET_PUBLISHED, vec![Value::Int(n.into()), time(due), time(open_until)])
}

const UNPUBLISHED: &str = "SELECT n, entry FROM log ORDER BY n LIMIT ?1";
const LOGGED: &str = "SELECT COUNT(*) AS count FROM log";
const FORGET: &str = "DELETE FROM log WHERE n <= ?1";

/// The oldest entries that the history does not have, at most `most`.
pub fn unpublished(sql: &Sql, most: u32) -> Result<Vec<(u64, LogEntry)>, EdgeError> {
    #[derive(Deserialize)]
    struct Row {
        n: u64,
        entry: String,
    }
    let rows = sql.rows::<Row>(UNPUBLISHED, vec![Value::Int(most.into())])?;
    rows.iter().map(|row| Ok((row.n, json::read(&row.entry)?))).collect()
}

/// How many there are.
pub fn logged(sql: &Sql) -> Result<u32, EdgeError> {
    #[derive(Deserialize)]
    struct Row {
        count: u32,
    }
    Ok(sql.rows::<Row>(LOGGED, vec![])?.first().map_or(0, |row| row.count))
}

const HAS_LOGGED: &str = "SELECT 1 AS one FROM log LIMIT 1";

/// Whether there is any: asked in every turn.
pub fn has_logged(sql: &Sql) -> Result<bool, EdgeError> {
    Ok(!sql.rows::<serde::de::IgnoredAny>(HAS_LOGGED, vec![])?.is_empty())
}

/// The history has everything up to `n`.
pub fn forget_log(sql: &Sql, n: u64) -> Result<(), EdgeError> {
    sql.run(FORGET, vec![Value::Int(i64::try_from(n).unwrap_or(i64::MAX))])
}
