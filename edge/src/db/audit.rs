//! What admins did.

use super::change::{Audited, Author, Change, Touched, audited};
use super::{Place, page};
use crate::calls::Json;
use crate::error::EdgeError;
use protocol::{AgentId, Deed, Intent, TenantId};
use worker::D1Database;

const LIST: &str = "SELECT at_ms || '.' || n AS place, json_object('at', at_ms, 'by', by_agent, 'deed', deed, \
    'subject', subject, 'detail', detail) AS item FROM audit WHERE tenant = ?1 \
    AND (at_ms, n) < (?3, CAST(?4 AS INTEGER)) ORDER BY at_ms DESC, n DESC LIMIT ?2";

/// A page of the log, newest first.
pub async fn list(db: &D1Database, tenant: &TenantId, limit: u32, after: Option<Place>) -> Result<Json, EdgeError> {
    page(db, LIST, tenant, limit, &Place::values(after.as_ref())).await
}

const INTENT: &str = audited!("EXISTS (SELECT 1 FROM agent WHERE tenant = ?1 AND id = ?6 AND active = 1)");

/// Writes down that an admin chooses for an agent. Not allowed if there is no such agent.
pub fn set_intent<'a>(author: Author<'a>, agent: &AgentId, intent: Intent) -> Result<Change<'a>, EdgeError> {
    let what = Audited { deed: Deed::SetIntent, subject: agent.as_str(), detail: intent.as_str() };
    Change::audited(author, &what, Touched::Nothing, INTENT, &[])
}
