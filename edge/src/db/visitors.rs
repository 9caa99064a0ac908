//! Visitors who go before others.

use super::change::{Audited, Author, Change, Touched, audited, goes};
use super::{first, flag, text};
use crate::error::EdgeError;
use protocol::{ConversationId, Deed, Priority, TenantId, VisitorId};
use worker::D1Database;

const OF_CONVERSATION: &str = "SELECT json_array(c.visitor, w.priority) AS item FROM conversation c \
    JOIN widget w ON w.tenant = c.tenant AND w.id = c.widget WHERE c.tenant = ?1 AND c.id = ?2";

/// Whose a conversation is, and how urgent its widget's conversations are.
pub async fn of_conversation(
    db: &D1Database,
    tenant: &TenantId,
    conversation: &ConversationId,
) -> Result<Option<(VisitorId, Priority)>, EdgeError> {
    first(db, OF_CONVERSATION, &[text(tenant.as_str()), text(conversation.as_str())]).await
}

const PRIORITY: &str = "SELECT json_quote(CASE WHEN EXISTS (SELECT 1 FROM visitor v WHERE v.tenant = c.tenant \
    AND v.id = c.visitor AND v.vip = 1) THEN 'vip' ELSE w.priority END) AS item FROM conversation c \
    JOIN widget w ON w.tenant = c.tenant AND w.id = c.widget WHERE c.tenant = ?1 AND c.id = ?2";

/// How urgent a conversation's next handoff is.
pub async fn priority(
    db: &D1Database,
    tenant: &TenantId,
    conversation: &ConversationId,
) -> Result<Option<Priority>, EdgeError> {
    first(db, PRIORITY, &[text(tenant.as_str()), text(conversation.as_str())]).await
}

const ALLOWED: &str = audited!("true");
const SET: &str = concat!(
    "INSERT INTO visitor (tenant, id, vip) SELECT ?1, ?4, ?5 WHERE ",
    goes!(),
    " ON CONFLICT (tenant, id) DO UPDATE SET vip = excluded.vip"
);

/// Says whether a visitor goes before others.
pub fn set_vip<'a>(author: Author<'a>, visitor: &VisitorId, vip: bool) -> Result<Change<'a>, EdgeError> {
    let detail = if vip { "vip" } else { "not vip" };
    let what = Audited { deed: Deed::SetVip, subject: visitor.as_str(), detail };
    let mut change = Change::audited(author, &what, Touched::Nothing, ALLOWED, &[])?;
    change.add(SET, &[text(visitor.as_str()), flag(vip)])?;
    Ok(change)
}
