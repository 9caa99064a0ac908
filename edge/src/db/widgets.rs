//! Widgets: found by their public key, and as admins manage them.

use super::change::{Audited, Author, Change, Touched, audited, goes};
use super::roster::file_settings;
use super::{WHOLE, first, maybe_document, maybe_text, page, text};
use crate::calls::Json;
use crate::error::EdgeError;
use protocol::file::FileSettings;
use protocol::http::WidgetLook;
use protocol::routing::ChangeWidget;
use protocol::{Deed, DepartmentId, Priority, TenantId, VisitorId, WidgetId, WidgetKey};
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
    /// What its visitors may send besides text.
    pub files: FileSettings,
}

const BY_KEY: &str = concat!(
    "SELECT json_object('tenant', tenant, 'id', w.id, 'origins', json(origins), 'look', json(look), 'files', ",
    file_settings!(),
    ") AS item FROM widget w JOIN tenant t ON t.id = w.tenant WHERE key = ?1"
);

/// The widget with this key.
pub async fn by_key(db: &D1Database, key: &WidgetKey) -> Result<Option<Widget>, EdgeError> {
    first(db, BY_KEY, &[text(key.as_str())]).await
}

const LINE: &str = "SELECT json_array(department, CASE WHEN EXISTS \
    (SELECT 1 FROM visitor WHERE tenant = ?1 AND id = ?3 AND vip = 1) THEN 'vip' ELSE priority END) AS item \
    FROM widget WHERE tenant = ?1 AND id = ?2";

/// Where what a visitor asks through a widget goes, and how urgent it is: who goes before others does so everywhere.
pub async fn line(
    db: &D1Database,
    tenant: &TenantId,
    widget: &WidgetId,
    visitor: &VisitorId,
) -> Result<(Option<DepartmentId>, Priority), EdgeError> {
    let values = [text(tenant.as_str()), text(widget.as_str()), text(visitor.as_str())];
    Ok(first(db, LINE, &values).await?.unwrap_or((None, Priority::Normal)))
}

/// As [`WidgetDetails`](protocol::routing::WidgetDetails): what is NULL is absent.
macro_rules! details {
    () => {
        "SELECT id AS place, json_patch('{}', json_object('id', id, 'key', key, 'origins', json(origins), \
        'department', department, 'priority', priority, 'look', json(look))) AS item FROM widget WHERE tenant = ?1 "
    };
}

const LIST: &str = concat!(details!(), "ORDER BY id LIMIT ?2");

/// All of them, as the JSON of the reply.
pub async fn list(db: &D1Database, tenant: &TenantId) -> Result<Json, EdgeError> {
    page(db, LIST, tenant, WHOLE, &[]).await
}

const ONE: &str = concat!(details!(), "AND id = ?2");

/// One of them, as JSON.
pub async fn one(db: &D1Database, tenant: &TenantId, id: &WidgetId) -> Result<Option<Json>, EdgeError> {
    maybe_document(db, ONE, &[text(tenant.as_str()), text(id.as_str())]).await
}

const CHANGEABLE: &str = audited!(
    "EXISTS (SELECT 1 FROM widget WHERE tenant = ?1 AND id = ?6) \
    AND (?8 IS NULL OR EXISTS (SELECT 1 FROM department WHERE tenant = ?1 AND id = ?8))"
);
const CHANGE: &str = concat!(
    "UPDATE widget SET department = COALESCE(?5, department), priority = COALESCE(?6, priority) \
    WHERE tenant = ?1 AND id = ?4 AND ",
    goes!()
);

/// Changes a widget. Not allowed if it does not exist, nor does the department.
pub fn change<'a>(author: Author<'a>, id: &WidgetId, new: &ChangeWidget) -> Result<Change<'a>, EdgeError> {
    let detail = serde_json::to_string(new)?;
    let what = Audited { deed: Deed::ChangeWidget, subject: id.as_str(), detail: &detail };
    let department = maybe_text(new.department.as_ref().map(DepartmentId::as_str));
    let mut change = Change::audited(author, &what, Touched::Nothing, CHANGEABLE, &[department])?;
    change.add(CHANGE, &[text(id.as_str()), department, maybe_text(new.priority.map(Priority::as_str))])?;
    Ok(change)
}
