//! Departments, and how their conversations find an agent.

use super::change::{Audited, Author, Change, Touched, audited, goes};
use super::{WHOLE, maybe_document, maybe_text, page, rows, text};
use crate::calls::Json;
use crate::error::EdgeError;
use protocol::routing::{ChangeDepartment, Routing};
use protocol::{Deed, DepartmentId, Name, TenantId};
use worker::D1Database;

/// As [`DepartmentDetails`](protocol::routing::DepartmentDetails); `?3` stands where a department says nothing else.
macro_rules! details {
    () => {
        "SELECT id AS place, json_object('id', id, 'name', name, 'routing', json_patch(?3, routing)) AS item \
        FROM department WHERE tenant = ?1 "
    };
}

fn defaults() -> Result<String, EdgeError> {
    Ok(serde_json::to_string(&Routing::default())?)
}

const LIST: &str = concat!(details!(), "ORDER BY name, id LIMIT ?2");

/// All of them by name, as the JSON of the reply.
pub async fn list(db: &D1Database, tenant: &TenantId) -> Result<Json, EdgeError> {
    page(db, LIST, tenant, WHOLE, &[text(&defaults()?)]).await
}

const ONE: &str = concat!(details!(), "AND id = ?2");

/// One of them, as JSON.
pub async fn one(db: &D1Database, tenant: &TenantId, id: &DepartmentId) -> Result<Option<Json>, EdgeError> {
    maybe_document(db, ONE, &[text(tenant.as_str()), text(id.as_str()), text(&defaults()?)]).await
}

const NAMESAKE: &str =
    "SELECT 'true' AS item FROM department WHERE tenant = ?1 AND id <> ?2 AND name = ?3 COLLATE NOCASE";

/// Whether there is this name, and another department has it.
pub async fn is_name_taken(
    db: &D1Database,
    tenant: &TenantId,
    id: &DepartmentId,
    name: Option<&Name>,
) -> Result<bool, EdgeError> {
    let values = [text(tenant.as_str()), text(id.as_str()), maybe_text(name.map(Name::as_str))];
    Ok(!rows(db, NAMESAKE, &values).await?.is_empty())
}

const NAMEABLE: &str = audited!("NOT EXISTS (SELECT 1 FROM department WHERE tenant = ?1 AND name = ?7 COLLATE NOCASE)");
const ADD: &str = concat!("INSERT INTO department (tenant, id, name) SELECT ?1, ?4, ?5 WHERE ", goes!());

/// Adds a department. Not allowed if one has this name.
pub fn add<'a>(author: Author<'a>, id: &DepartmentId, name: &Name) -> Result<Change<'a>, EdgeError> {
    let what = Audited { deed: Deed::AddDepartment, subject: id.as_str(), detail: name.as_str() };
    let mut change = Change::audited(author, &what, Touched::Roster, NAMEABLE, &[])?;
    change.add(ADD, &[text(id.as_str()), text(name.as_str())])?;
    Ok(change)
}

/// `?8`: the new name; `?9`: the fallback.
const CHANGEABLE: &str = audited!(
    "EXISTS (SELECT 1 FROM department WHERE tenant = ?1 AND id = ?6) \
    AND NOT EXISTS (SELECT 1 FROM department WHERE tenant = ?1 AND id <> ?6 AND name = ?8 COLLATE NOCASE) \
    AND (?9 IS NULL OR EXISTS (SELECT 1 FROM department WHERE tenant = ?1 AND id = ?9))"
);
const CHANGE: &str = concat!(
    "UPDATE department SET name = COALESCE(?5, name), routing = COALESCE(?6, routing) WHERE tenant = ?1 AND id = ?4 AND ",
    goes!()
);

/// Changes a department. Not allowed if it does not exist, nor does the fallback, or another one has this name.
pub fn change<'a>(author: Author<'a>, id: &DepartmentId, new: &ChangeDepartment) -> Result<Change<'a>, EdgeError> {
    let ChangeDepartment { name, routing } = new;
    let fallback = routing.as_ref().and_then(|routing| routing.fallback.as_ref());
    let detail = serde_json::to_string(new)?;
    let what = Audited { deed: Deed::ChangeDepartment, subject: id.as_str(), detail: &detail };
    let name = maybe_text(name.as_ref().map(Name::as_str));
    let condition = [name, maybe_text(fallback.map(DepartmentId::as_str))];
    let mut change = Change::audited(author, &what, Touched::Roster, CHANGEABLE, &condition)?;
    let routing = routing.as_ref().map(serde_json::to_string).transpose()?;
    change.add(CHANGE, &[text(id.as_str()), name, maybe_text(routing.as_deref())])?;
    Ok(change)
}
