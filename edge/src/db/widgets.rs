//! Widgets, found by their public key.

use super::{first, text};
use crate::error::EdgeError;
use protocol::http::WidgetLook;
use protocol::{TenantId, WidgetId, WidgetKey};
use serde::Deserialize;
use worker::D1Database;

/// One embed of a tenant.
pub struct Widget {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub id: WidgetId,
    /// Websites that may embed it.
    pub origins: Vec<String>,
    /// How it looks.
    pub look: WidgetLook,
}

#[derive(Deserialize)]
struct Row {
    tenant: TenantId,
    id: WidgetId,
    origins: String,
    look: String,
}

const BY_KEY: &str = "SELECT tenant, id, origins, look FROM widget WHERE key = ?1";

/// The widget with this key.
pub async fn by_key(db: &D1Database, key: &WidgetKey) -> Result<Option<Widget>, EdgeError> {
    let Some(Row { tenant, id, origins, look }) = first(db, BY_KEY, &[text(key.as_str())]).await? else {
        return Ok(None);
    };
    let (origins, look) = (serde_json::from_str(&origins)?, serde_json::from_str(&look)?);
    Ok(Some(Widget { tenant, id, origins, look }))
}
