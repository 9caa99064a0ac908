//! The tables of a room.

use crate::error::EdgeError;
use crate::json;
use crate::outbox;
use crate::sql::{Sql, Value};
use desk::room::{Effect, Prior, Record, Speaker};
use protocol::room::{AgentRef, Message};
use protocol::{AgentId, Body, ClientMsgId, Event, Kind, Name, Seq, Timestamp};
use serde::Deserialize;

/// One row a message and no second index: a retry is looked up by reading, which costs a thousandth of writing.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS room (one INTEGER PRIMARY KEY CHECK (one = 1), record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS message (
  seq           INTEGER PRIMARY KEY,
  kind          TEXT NOT NULL,
  at_ms         INTEGER NOT NULL,
  body          TEXT,
  client_msg_id TEXT,
  agent         TEXT,
  agent_name    TEXT,
  event         TEXT
);
";

const RECORD: &str = "SELECT record FROM room";
const SAVE: &str =
    "INSERT INTO room (one, record) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET record = excluded.record";
const APPEND: &str = "INSERT INTO message (seq, kind, at_ms, body, client_msg_id, agent, agent_name, event) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const SINCE: &str = "SELECT seq, kind, at_ms, body, client_msg_id, agent, agent_name, event FROM message \
    WHERE seq > ?1 ORDER BY seq LIMIT ?2";
const LAST_TEXT: &str = "SELECT seq, kind, at_ms, body, client_msg_id, agent, agent_name, event FROM message \
    WHERE body IS NOT NULL ORDER BY seq DESC LIMIT 1";
const LAST_SEQ: &str = "SELECT COALESCE(MAX(seq), 0) AS seq FROM message";
const PRIOR: &str = "SELECT seq, at_ms, body FROM message WHERE client_msg_id = ?1 AND kind = ?2 AND agent IS ?3";

#[derive(Deserialize)]
struct Row {
    seq: Seq,
    kind: Kind,
    at_ms: Timestamp,
    body: Option<Body>,
    client_msg_id: Option<ClientMsgId>,
    agent: Option<AgentId>,
    agent_name: Option<Name>,
    event: Option<Event>,
}

impl From<Row> for Message {
    fn from(row: Row) -> Message {
        let agent = row.agent.zip(row.agent_name).map(|(id, name)| AgentRef { id, name });
        let Row { seq, kind, at_ms, body, client_msg_id, event, .. } = row;
        Message { seq, kind, at: at_ms, body, id: client_msg_id, agent, event }
    }
}

/// What a room is loaded from.
#[derive(Default)]
pub struct Stored {
    /// All but the transcript.
    pub record: Option<Record>,
    /// Place of the newest message.
    pub last_seq: Seq,
    /// The newest message that somebody wrote.
    pub last: Option<Message>,
}

/// Makes the tables, where they are not there yet.
pub fn prepare(sql: &Sql) -> Result<(), EdgeError> {
    sql.run(TABLES, vec![])?;
    sql.run(outbox::TABLES, vec![])
}

/// Whether the tables are there.
pub fn is_prepared(sql: &Sql) -> Result<bool, EdgeError> {
    let tables = sql.rows::<serde::de::IgnoredAny>("SELECT 1 FROM sqlite_master WHERE name = 'outbox'", vec![])?;
    Ok(!tables.is_empty())
}

/// Everything that is stored, but for the transcript.
pub fn load(sql: &Sql) -> Result<Stored, EdgeError> {
    #[derive(Deserialize)]
    struct RecordRow {
        record: String,
    }
    #[derive(Deserialize)]
    struct SeqRow {
        seq: Seq,
    }
    let record = sql.rows::<RecordRow>(RECORD, vec![])?.into_iter().next();
    Ok(Stored {
        record: record.map(|row| json::read(&row.record)).transpose()?,
        last_seq: sql.rows::<SeqRow>(LAST_SEQ, vec![])?.first().map(|row| row.seq).unwrap_or_default(),
        last: sql.rows::<Row>(LAST_TEXT, vec![])?.into_iter().next().map(Message::from),
    })
}

/// Messages after `seq`, oldest first, at most `limit`.
pub fn since(sql: &Sql, seq: Seq, limit: u32) -> Result<Vec<Message>, EdgeError> {
    let rows: Vec<Row> = sql.rows(SINCE, vec![Value::Int(seq.0.into()), Value::Int(limit.into())])?;
    Ok(rows.into_iter().map(Message::from).collect())
}

/// What stands under this sender and id.
pub fn prior(sql: &Sql, speaker: &Speaker, id: &ClientMsgId) -> Result<Option<Prior>, EdgeError> {
    #[derive(Deserialize)]
    struct PriorRow {
        seq: Seq,
        at_ms: Timestamp,
        body: Body,
    }
    let (kind, agent) = match speaker {
        Speaker::Visitor { .. } => (Kind::Visitor, None),
        Speaker::Agent { agent } => (Kind::Agent, Some(agent.id.as_str())),
    };
    let values = vec![Value::Text(id.as_str()), Value::Text(kind.as_str()), agent.into()];
    let row = sql.rows::<PriorRow>(PRIOR, values)?.into_iter().next();
    Ok(row.map(|PriorRow { seq, at_ms, body }| Prior { seq, at: at_ms, body }))
}

/// Whether an effect stores anything.
pub fn keeps(effect: &Effect) -> bool {
    match effect {
        Effect::Append(_) | Effect::Save(_) | Effect::Tell(_) => true,
        Effect::Show(_) | Effect::Ack(_) | Effect::HangUp(_) => false,
    }
}

/// Stores what an effect says; shown frames and acks store nothing.
pub fn save(sql: &Sql, now: Timestamp, effect: &Effect) -> Result<(), EdgeError> {
    match effect {
        Effect::Append(message) => append(sql, message),
        Effect::Save(record) => sql.run(SAVE, vec![Value::Text(&serde_json::to_string(record)?)]),
        Effect::Tell(notice) => outbox::add(sql, now, "desk", notice),
        Effect::Show(_) | Effect::Ack(_) | Effect::HangUp(_) => Ok(()),
    }
}

fn append(sql: &Sql, message: &Message) -> Result<(), EdgeError> {
    let values = vec![
        Value::Int(message.seq.0.into()),
        Value::Text(message.kind.as_str()),
        Value::Int(message.at.0),
        message.body.as_ref().map(Body::as_str).into(),
        message.id.as_ref().map(ClientMsgId::as_str).into(),
        message.agent.as_ref().map(|agent| agent.id.as_str()).into(),
        message.agent.as_ref().map(|agent| agent.name.as_str()).into(),
        message.event.map(Event::as_str).into(),
    ];
    sql.run(APPEND, values)
}
