//! Visitors who go before others.

use super::change::{Audited, Change, Touched, audited, goes};
use super::{first, int, text};
use crate::error::EdgeError;
use protocol::{AgentId, ConversationId, Deed, Priority, TenantId, Timestamp, VisitorId};
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

const ALLOWED: &str = audited!("true");
const SET: &str = concat!(
    "INSERT INTO visitor (tenant, id, vip) SELECT ?1, ?4, ?5 WHERE ",
    goes!(),
    " ON CONFLICT (tenant, id) DO UPDATE SET vip = excluded.vip"
);

/// Says whether a visitor goes before others.
pub async fn set_vip(
    db: &D1Database,
    tenant: &TenantId,
    by: &AgentId,
    (visitor, vip): (&VisitorId, bool),
    now: Timestamp,
) -> Result<(), EdgeError> {
    let detail = if vip { "vip" } else { "not vip" };
    let what = Audited { by, deed: Deed::SetVip, subject: visitor.as_str(), detail };
    let mut change = Change::audited(db, tenant, now, &what, ALLOWED, &[])?;
    change.add(SET, &[text(visitor.as_str()), int(vip.into())])?;
    change.run(Touched::Nothing).await.map(drop)
}
