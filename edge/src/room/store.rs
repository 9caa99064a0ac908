//! The tables of a room.

use crate::error::EdgeError;
use crate::json;
use crate::outbox;
use crate::sql::{Sql, Value};
use desk::room::{Content, Effect, Prior, Record, Speaker};
use protocol::desk::QueueRow;
use protocol::file::File;
use protocol::room::{AgentRef, Message};
use protocol::{AgentId, Body, ClientMsgId, Event, FileId, Kind, Name, Seq, Timestamp};
use serde::{Deserialize, Serialize};

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
  event         TEXT,
  detail        TEXT
);
CREATE TABLE IF NOT EXISTS shelf (n INTEGER PRIMARY KEY, handoff TEXT NOT NULL UNIQUE, row TEXT NOT NULL);
";
/// Rooms from before there were files.
const ADD_DETAIL: &str = "ALTER TABLE message ADD COLUMN detail TEXT";
const SHAPE: &str = "SELECT sql LIKE '%detail%' AS whole FROM sqlite_master WHERE name = 'message'";

const RECORD: &str = "SELECT record FROM room";
const SAVE: &str =
    "INSERT INTO room (one, record) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET record = excluded.record";
const APPEND: &str = "INSERT INTO message (seq, kind, at_ms, body, client_msg_id, agent, agent_name, event, detail) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
macro_rules! messages {
    ($rest:literal) => {
        concat!("SELECT seq, kind, at_ms, body, client_msg_id, agent, agent_name, event, detail FROM message ", $rest)
    };
}
const SINCE: &str = messages!("WHERE seq > ?1 ORDER BY seq LIMIT ?2");
const BEFORE: &str = messages!("WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2");
const LAST_SAID: &str = messages!("WHERE event IS NULL ORDER BY seq DESC LIMIT 1");
const LAST_SEQ: &str = "SELECT COALESCE(MAX(seq), 0) AS seq FROM message";
const PRIOR: &str = messages!("WHERE client_msg_id = ?1 AND kind = ?2 AND agent IS ?3");
/// What file there was is known until its bytes are gone, too.
const ERASE: &str =
    "UPDATE message SET body = NULL, detail = json_object('gone', detail ->> '$.file.id') WHERE seq = ?1";
const ERASE_SHELVED: &str = "UPDATE shelf SET row = json_set(row, '$.last.text', '') \
    WHERE row ->> '$.last.at' = (SELECT at_ms FROM message WHERE seq = ?1)";
const GONE: &str = "SELECT detail ->> '$.gone' AS file FROM message WHERE seq = ?1";
const SHELVE: &str =
    "INSERT INTO shelf (handoff, row) VALUES (?1, ?2) ON CONFLICT (handoff) DO UPDATE SET row = excluded.row";
const SHELVED: &str = "SELECT row AS record FROM shelf ORDER BY n";

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
    detail: Option<String>,
}

const IDS: &str = "SELECT client_msg_id AS id FROM message WHERE client_msg_id IS NOT NULL";

/// What few messages have.
#[derive(Default, Serialize, Deserialize)]
struct Detail {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<File>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<Seq>,
}

impl Row {
    fn message(self) -> Result<Message, EdgeError> {
        let agent = self.agent.zip(self.agent_name).map(|(id, name)| AgentRef { id, name });
        let Detail { file, of } = self.detail.map_or_else(|| Ok(Detail::default()), |detail| json::read(&detail))?;
        let Row { seq, kind, at_ms, body, client_msg_id, event, .. } = self;
        Ok(Message { seq, kind, at: at_ms, body, id: client_msg_id, agent, event, file, of })
    }
}

/// What else a message has than the columns of its own, as JSON.
pub fn detail(message: &Message) -> Result<Option<String>, EdgeError> {
    let Message { file, of, .. } = message;
    let detail = Detail { file: file.clone(), of: *of };
    let is_any = file.is_some() || of.is_some();
    Ok(is_any.then(|| serde_json::to_string(&detail)).transpose()?)
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

/// Whether the tables are there. Those of an earlier version are brought up to date.
pub fn is_prepared(sql: &Sql) -> Result<bool, EdgeError> {
    #[derive(Deserialize)]
    struct Shape {
        whole: u32,
    }
    let Some(Shape { whole }) = sql.rows(SHAPE, vec![])?.into_iter().next() else { return Ok(false) };
    if whole == 0 {
        sql.run(ADD_DETAIL, vec![])?;
        prepare(sql)?;
    }
    Ok(true)
}

/// Everything that is stored, but for the transcript.
pub fn load(sql: &Sql) -> Result<Stored, EdgeError> {
    #[derive(Deserialize)]
    struct SeqRow {
        seq: Seq,
    }
    let record = sql.rows::<RecordRow>(RECORD, vec![])?.into_iter().next();
    Ok(Stored {
        record: record.map(|row| json::read(&row.record)).transpose()?,
        last_seq: sql.rows::<SeqRow>(LAST_SEQ, vec![])?.first().map(|row| row.seq).unwrap_or_default(),
        last: messages(sql, LAST_SAID, vec![])?.pop(),
    })
}

/// Messages after `seq`, oldest first, at most `limit`.
pub fn since(sql: &Sql, seq: Seq, limit: u32) -> Result<Vec<Message>, EdgeError> {
    messages(sql, SINCE, vec![Value::Int(seq.0.into()), Value::Int(limit.into())])
}

/// Messages before `seq`, oldest first, at most `limit`.
pub fn before(sql: &Sql, seq: Seq, limit: u32) -> Result<Vec<Message>, EdgeError> {
    let mut page = messages(sql, BEFORE, vec![Value::Int(seq.0.into()), Value::Int(limit.into())])?;
    page.reverse();
    Ok(page)
}

#[inline(never)]
fn messages(sql: &Sql, query: &str, values: Vec<Value<'_>>) -> Result<Vec<Message>, EdgeError> {
    sql.rows::<Row>(query, values)?.into_iter().map(Row::message).collect()
}

/// The file of a message that was redacted, if it had one.
pub fn gone(sql: &Sql, seq: Seq) -> Result<Option<FileId>, EdgeError> {
    #[derive(Deserialize)]
    struct Gone {
        file: Option<FileId>,
    }
    Ok(sql.rows::<Gone>(GONE, vec![Value::Int(seq.0.into())])?.pop().and_then(|gone| gone.file))
}

/// Handoffs that the history had, in their order.
pub fn shelved(sql: &Sql) -> Result<Vec<QueueRow>, EdgeError> {
    let rows = sql.rows::<RecordRow>(SHELVED, vec![])?;
    rows.into_iter().map(|row| Ok(json::read(&row.record)?)).collect()
}

#[derive(Deserialize)]
struct RecordRow {
    record: String,
}

/// What stands under this sender and id.
pub fn prior(sql: &Sql, speaker: &Speaker, id: &ClientMsgId) -> Result<Option<Prior>, EdgeError> {
    let (kind, agent) = match speaker {
        Speaker::Visitor { .. } => (Kind::Visitor, None),
        Speaker::Agent { agent } => (Kind::Agent, Some(agent.id.as_str())),
    };
    let values = vec![Value::Text(id.as_str()), Value::Text(kind.as_str()), agent.into()];
    Ok(messages(sql, PRIOR, values)?.pop().map(|Message { seq, at, body, file, .. }| {
        let content = body.map(Content::Text).or(file.map(Content::File));
        Prior { seq, at, content }
    }))
}

/// The ids of all that was sent.
pub fn ids(sql: &Sql) -> Result<Vec<String>, EdgeError> {
    #[derive(Deserialize)]
    struct Sent {
        id: String,
    }
    Ok(sql.rows::<Sent>(IDS, vec![])?.into_iter().map(|sent| sent.id).collect())
}

/// Whether an effect stores anything.
pub fn keeps(effect: &Effect) -> bool {
    match effect {
        Effect::Append(_) | Effect::Save(_) | Effect::Tell(_) | Effect::Erase(_) | Effect::Shelve(_) => true,
        Effect::Show(_) | Effect::ShowTo(..) | Effect::Ack(_) | Effect::HangUp(_) => false,
    }
}

/// Stores what an effect says; shown frames and acks store nothing.
pub fn save(sql: &Sql, now: Timestamp, effect: &Effect) -> Result<(), EdgeError> {
    match effect {
        Effect::Append(message) => append(sql, message),
        Effect::Save(record) => sql.run(SAVE, vec![Value::Text(&serde_json::to_string(record)?)]),
        Effect::Tell(notice) => outbox::add(sql, now, "desk", notice),
        Effect::Erase(seq) => {
            sql.run(ERASE, vec![Value::Int(seq.0.into())])?;
            sql.run(ERASE_SHELVED, vec![Value::Int(seq.0.into())])
        }
        Effect::Shelve(row) => {
            sql.run(SHELVE, vec![Value::Text(row.handoff.as_str()), Value::Text(&serde_json::to_string(row)?)])
        }
        Effect::Show(_) | Effect::ShowTo(..) | Effect::Ack(_) | Effect::HangUp(_) => Ok(()),
    }
}

fn append(sql: &Sql, message: &Message) -> Result<(), EdgeError> {
    let detail = detail(message)?;
    let values = vec![
        Value::Int(message.seq.0.into()),
        Value::Text(message.kind.as_str()),
        Value::Int(message.at.0),
        message.body.as_ref().map(Body::as_str).into(),
        message.id.as_ref().map(ClientMsgId::as_str).into(),
        message.agent.as_ref().map(|agent| agent.id.as_str()).into(),
        message.agent.as_ref().map(|agent| agent.name.as_str()).into(),
        message.event.map(Event::as_str).into(),
        detail.as_deref().into(),
    ];
    sql.run(APPEND, values)
}
