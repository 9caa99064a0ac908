//! The tables of a desk.

use crate::error::EdgeError;
use crate::outbox;
use crate::sql::{Sql, Value};
use desk::desk::{Effect, Stored};
use protocol::{ConversationId, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Agents and rows are JSON as `desk` writes it (pinned by its tests): they are loaded whole and saved one by one.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS agent (id TEXT PRIMARY KEY, agent TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS handoff (id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS watching (conversation TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS desk (one INTEGER PRIMARY KEY CHECK (one = 1), open INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS indexed (one INTEGER PRIMARY KEY CHECK (one = 1), due_ms INTEGER NOT NULL);
";

const AGENTS: &str = "SELECT agent AS json FROM agent";
const ROWS: &str = "SELECT row AS json FROM handoff";
const WATCHING: &str = "SELECT conversation FROM watching";
const OPEN: &str = "SELECT open FROM desk";

const SAVE_AGENT: &str =
    "INSERT INTO agent (id, agent) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET agent = excluded.agent";
const SAVE_ROW: &str =
    "INSERT INTO handoff (id, row) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET row = excluded.row";
const DROP_ROW: &str = "DELETE FROM handoff WHERE id = ?1";
const WATCH: &str = "INSERT INTO watching (conversation) VALUES (?1) ON CONFLICT DO NOTHING";
const UNWATCH_ALL: &str = "DELETE FROM watching";
const SAVE_OPEN: &str =
    "INSERT INTO desk (one, open) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET open = excluded.open";

const INDEXED: &str = "SELECT due_ms FROM indexed";
const SET_INDEXED: &str =
    "INSERT INTO indexed (one, due_ms) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET due_ms = excluded.due_ms";
const CLEAR_INDEXED: &str = "DELETE FROM indexed";

#[derive(Deserialize)]
struct Json {
    json: String,
}

#[derive(Deserialize)]
struct Watching {
    conversation: ConversationId,
}

#[derive(Deserialize)]
struct Open {
    open: i64,
}

/// Makes the tables, where they are not there yet.
pub fn prepare(sql: &Sql) -> Result<(), EdgeError> {
    sql.run(TABLES, vec![])?;
    sql.run(outbox::TABLES, vec![])
}

/// Everything that is stored.
pub fn load(sql: &Sql) -> Result<Stored, EdgeError> {
    Ok(Stored {
        agents: read(sql, AGENTS)?,
        rows: read(sql, ROWS)?,
        watching: sql.rows::<Watching>(WATCHING, vec![])?.into_iter().map(|row| row.conversation).collect(),
        open: sql.rows::<Open>(OPEN, vec![])?.first().is_some_and(|row| row.open == 1),
    })
}

fn read<T: DeserializeOwned>(sql: &Sql, query: &str) -> Result<Vec<T>, EdgeError> {
    sql.rows::<Json>(query, vec![])?.iter().map(|row| Ok(serde_json::from_str(&row.json)?)).collect()
}

/// Stores what an effect says; shown frames and answers store nothing.
pub fn save(sql: &Sql, now: Timestamp, effect: &Effect) -> Result<(), EdgeError> {
    match effect {
        Effect::SaveAgent(agent) => {
            let json = serde_json::to_string(agent)?;
            sql.run(SAVE_AGENT, vec![Value::Text(agent.profile.id.as_str()), Value::Text(&json)])
        }
        Effect::SaveRow(row) => {
            let json = serde_json::to_string(row)?;
            sql.run(SAVE_ROW, vec![Value::Text(row.handoff.as_str()), Value::Text(&json)])
        }
        Effect::DropRow(handoff) => sql.run(DROP_ROW, vec![Value::Text(handoff.as_str())]),
        Effect::Watch(room) => sql.run(WATCH, vec![Value::Text(room.as_str())]),
        Effect::UnwatchAll => sql.run(UNWATCH_ALL, vec![]),
        Effect::SaveOpen(open) => sql.run(SAVE_OPEN, vec![Value::Int(i64::from(*open))]),
        Effect::Tell(room, notice) => outbox::add(sql, now, room.as_str(), notice),
        Effect::Show(_) | Effect::Answer(_) => Ok(()),
    }
}

/// What cron's index has of this desk.
pub fn indexed(sql: &Sql) -> Result<Option<Timestamp>, EdgeError> {
    #[derive(Deserialize)]
    struct Row {
        due_ms: i64,
    }
    Ok(sql.rows::<Row>(INDEXED, vec![])?.first().map(|row| Timestamp(row.due_ms)))
}

/// Remembers what cron's index has of this desk.
pub fn set_indexed(sql: &Sql, due: Option<Timestamp>) -> Result<(), EdgeError> {
    match due {
        Some(at) => sql.run(SET_INDEXED, vec![Value::Int(at.0)]),
        None => sql.run(CLEAR_INDEXED, vec![]),
    }
}
