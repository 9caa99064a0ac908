//! Why handoffs went where they went: a projection of the desks' logs.

use super::{Value, int, page, rows, text};
use crate::calls::Json;
use crate::error::EdgeError;
use protocol::{HandoffId, TenantId};
use worker::D1Database;

/// Of the numbered entries of a desk's log (`?2`), those that are decisions.
pub(super) const TAKE_IN: &str = "INSERT INTO decision (tenant, handoff, n, at_ms, entry) \
    SELECT ?1, value ->> '$[1].decision.handoff', value ->> 0, value ->> '$[1].decision.at', \
    value -> '$[1].decision' FROM json_each(?2) WHERE value -> '$[1].decision' IS NOT NULL \
    ON CONFLICT (tenant, handoff, n) DO NOTHING";

const LIST: &str = "SELECT CAST(n AS TEXT) AS place, entry AS item FROM decision WHERE tenant = ?1 AND handoff = ?3 \
    AND (?4 IS NULL OR n < ?4) ORDER BY n DESC LIMIT ?2";

/// A page of what was done with a handoff, newest first, from before the decision `before` on.
pub async fn list(
    db: &D1Database,
    tenant: &TenantId,
    handoff: &HandoffId,
    limit: u32,
    before: Option<i64>,
) -> Result<Json, EdgeError> {
    page(db, LIST, tenant, limit, &[text(handoff.as_str()), before.map_or(Value::Null, int)]).await
}

/// Those from before there were decisions have none.
const EXISTS: &str = "SELECT 'true' AS item WHERE EXISTS (SELECT 1 FROM decision WHERE tenant = ?1 AND handoff = ?2) \
    OR EXISTS (SELECT 1 FROM handoff WHERE tenant = ?1 AND id = ?2)";

/// Whether anything is known of a handoff.
pub async fn are_known(db: &D1Database, tenant: &TenantId, handoff: &HandoffId) -> Result<bool, EdgeError> {
    Ok(!rows(db, EXISTS, &[text(tenant.as_str()), text(handoff.as_str())]).await?.is_empty())
}
