//! The projection of rooms: written by their flush, idempotent, read for history.

use super::{Place, batch, int, maybe_document, maybe_text, page, statement, text, time};
use crate::calls::Json;
use crate::error::EdgeError;
use crate::random::fingerprint;
use crate::room::store::detail;
use desk::room::Record;
use protocol::desk::QueueRow;
use protocol::room::Message;
use protocol::{ConversationId, Event, HandoffId, Seq, TenantId};
use worker::{D1Database, D1PreparedStatement};

/// What a room has to tell.
pub struct Chapter<'a> {
    /// Whose.
    pub tenant: &'a TenantId,
    /// Which.
    pub conversation: &'a ConversationId,
    /// The conversation.
    pub record: &'a Record,
    /// Its newest place.
    pub last_seq: Seq,
    /// Handoffs that are new or changed.
    pub rows: Vec<QueueRow>,
    /// Messages that are new.
    pub messages: Vec<Message>,
}

const CONVERSATION: &str = "INSERT INTO conversation (tenant, id, widget, visitor, began_ms, last_seq) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant, id) DO UPDATE SET last_seq = excluded.last_seq \
    WHERE excluded.last_seq > last_seq";
/// What stands there already is the same, unless somebody has altered it: then a rebuild puts it right.
const MESSAGE: &str = "INSERT INTO message (tenant, conversation, seq, kind, agent, body, event, at_ms, detail) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (tenant, conversation, seq) DO UPDATE SET \
    kind = excluded.kind, agent = excluded.agent, body = excluded.body, event = excluded.event, at_ms = excluded.at_ms, \
    detail = excluded.detail WHERE (kind, agent, body, event, at_ms, detail) IS NOT \
    (excluded.kind, excluded.agent, excluded.body, excluded.event, excluded.at_ms, excluded.detail)";
/// What was redacted says nothing any more, here and where it was the last that a handoff showed.
const BLANK: &str =
    "UPDATE message SET body = NULL, detail = NULL WHERE tenant = ?1 AND conversation = ?2 AND seq = ?3";
const BLANK_LAST: &str = "UPDATE handoff SET row = json_set(row, '$.last.text', '') WHERE tenant = ?1 AND conversation = ?2 \
    AND row ->> '$.last.at' = (SELECT at_ms FROM message WHERE tenant = ?1 AND conversation = ?2 AND seq = ?3)";
/// Numbered by what it speaks of, so that it is written once, and another of the same moment is another.
const AUDIT: &str = "INSERT OR IGNORE INTO audit (tenant, at_ms, n, by_agent, deed, subject, detail) \
    VALUES (?1, ?4, ?6, ?5, 'redact', ?2, json_object('seq', CAST(?3 AS INTEGER)))";
const HANDOFF: &str = "INSERT INTO handoff (tenant, id, conversation, stage, reason, agent, email, asked_ms, closed_ms, row) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (tenant, id) DO UPDATE SET stage = excluded.stage, \
    reason = excluded.reason, agent = excluded.agent, email = excluded.email, closed_ms = excluded.closed_ms, \
    row = excluded.row";

/// Takes a chapter in. Harmless to repeat.
pub async fn take_in(db: &D1Database, chapter: &Chapter<'_>) -> Result<(), EdgeError> {
    let Chapter { tenant, conversation, record, last_seq, rows, messages } = chapter;
    let head = [
        text(tenant.as_str()),
        text(conversation.as_str()),
        text(record.widget.as_str()),
        text(record.visitor.as_str()),
        int(record.began_at.0),
        int(last_seq.0.into()),
    ];
    let mut statements = vec![statement(db, CONVERSATION, &head)?];
    for row in rows {
        statements.push(handoff(db, tenant, row)?);
    }
    for message in messages {
        statements.push(self::message(db, tenant, conversation, message)?);
        if let (Some(Event::Redacted), Some(of), Some(by)) = (message.event, message.of, &message.agent) {
            let place = [text(tenant.as_str()), text(conversation.as_str()), int(of.0.into())];
            let [whose, which, of] = place;
            let n = i64::from(fingerprint(conversation.as_str())) << 20 | i64::from(message.seq.0);
            let deed = [whose, which, of, int(message.at.0), text(by.id.as_str()), int(n)];
            statements.push(statement(db, BLANK, &place)?);
            statements.push(statement(db, BLANK_LAST, &place)?);
            statements.push(statement(db, AUDIT, &deed)?);
        }
    }
    batch(db, statements).await.map(drop)
}

fn handoff(db: &D1Database, tenant: &TenantId, row: &QueueRow) -> Result<D1PreparedStatement, EdgeError> {
    let json = serde_json::to_string(row)?;
    let values = [
        text(tenant.as_str()),
        text(row.handoff.as_str()),
        text(row.conversation.as_str()),
        text(row.stage.as_str()),
        maybe_text(row.reason.map(|reason| reason.as_str())),
        maybe_text(row.agent.as_ref().map(|agent| agent.id.as_str())),
        maybe_text(row.email.as_ref().map(|email| email.as_str())),
        int(row.asked_at.0),
        time(row.closed_at),
        text(&json),
    ];
    statement(db, HANDOFF, &values)
}

fn message(
    db: &D1Database,
    tenant: &TenantId,
    conversation: &ConversationId,
    message: &Message,
) -> Result<D1PreparedStatement, EdgeError> {
    let detail = detail(message)?;
    let values = [
        text(tenant.as_str()),
        text(conversation.as_str()),
        int(message.seq.0.into()),
        text(message.kind.as_str()),
        maybe_text(message.agent.as_ref().map(|agent| agent.id.as_str())),
        maybe_text(message.body.as_ref().map(|body| body.as_str())),
        maybe_text(message.event.map(|event| event.as_str())),
        int(message.at.0),
        maybe_text(detail.as_deref()),
    ];
    statement(db, MESSAGE, &values)
}

/// Those from before there were priorities are normal.
macro_rules! row {
    () => {
        "SELECT json_insert(row, '$.priority', 'normal') AS item"
    };
}

const ONE: &str = concat!(row!(), " FROM handoff WHERE tenant = ?1 AND id = ?2");

/// One handoff, open or closed, as JSON.
pub async fn one(db: &D1Database, tenant: &TenantId, handoff: &HandoffId) -> Result<Option<Json>, EdgeError> {
    maybe_document(db, ONE, &[text(tenant.as_str()), text(handoff.as_str())]).await
}

const CLOSED: &str = concat!(
    row!(),
    ", closed_ms || '.' || id AS place FROM handoff WHERE tenant = ?1 \
    AND stage = 'closed' AND (closed_ms, id) < (?3, ?4) ORDER BY closed_ms DESC, id DESC LIMIT ?2"
);

/// A page of closed handoffs, newest first.
pub async fn closed(db: &D1Database, tenant: &TenantId, limit: u32, after: Option<Place>) -> Result<Json, EdgeError> {
    page(db, CLOSED, tenant, limit, &Place::values(after.as_ref())).await
}
