//! Widgets, found by their public key.

use super::{first, text};
use crate::error::EdgeError;
use protocol::http::WidgetLook;
use protocol::{TenantId, WidgetId, WidgetKey};
use serde::Deserialize;
use worker::D1Database;

/// One embed of a tenant.
#[derive(Deserialize)]
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

const BY_KEY: &str = "SELECT json_object('tenant', tenant, 'id', id, 'origins', json(origins), 'look', json(look)) \
    AS item FROM widget WHERE key = ?1";

/// The widget with this key.
pub async fn by_key(db: &D1Database, key: &WidgetKey) -> Result<Option<Widget>, EdgeError> {
    first(db, BY_KEY, &[text(key.as_str())]).await
}
