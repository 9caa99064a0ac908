//! The people of a tenant, as admins manage them.

use super::change::{Audited, Author, Change, Touched, audited, goes};
use super::{Value, first, flag, int, maybe_document, maybe_int, maybe_text, page, rows, text};
use crate::calls::Json;
use crate::error::EdgeError;
use protocol::team::{AddAgent, ChangeAgent};
use protocol::{AgentId, Deed, DepartmentId, Name, Role, TenantId};
use worker::D1Database;

/// As [`AgentDetails`](protocol::team::AgentDetails).
macro_rules! details {
    () => {
        "SELECT id AS place, json_object('id', id, 'email', email, 'name', name, 'role', role, 'capacity', capacity, \
        'departments', json((SELECT json_group_array(department) FROM department_agent d \
        WHERE d.tenant = a.tenant AND d.agent = a.id)), \
        'active', json(CASE active WHEN 1 THEN 'true' ELSE 'false' END)) AS item FROM agent a WHERE tenant = ?1 "
    };
}

const LIST: &str = concat!(
    details!(),
    "AND (?3 IS NULL OR (name, id) > (SELECT name, id FROM agent WHERE tenant = ?1 AND id = ?3)) \
    ORDER BY name, id LIMIT ?2"
);

/// A page of everybody by name, behind `after`, also those who were deactivated.
pub async fn list(db: &D1Database, tenant: &TenantId, limit: u32, after: Option<AgentId>) -> Result<Json, EdgeError> {
    page(db, LIST, tenant, limit, &[maybe_text(after.as_ref().map(AgentId::as_str))]).await
}

const ONE: &str = concat!(details!(), "AND id = ?2");

/// One of them, as JSON.
pub async fn one(db: &D1Database, tenant: &TenantId, agent: &AgentId) -> Result<Option<Json>, EdgeError> {
    maybe_document(db, ONE, &[text(tenant.as_str()), text(agent.as_str())]).await
}

const PASSWORD: &str = "SELECT json_quote(password_hash) AS item FROM agent WHERE tenant = ?1 AND id = ?2";

/// An agent's password hash.
pub async fn password_hash(db: &D1Database, tenant: &TenantId, agent: &AgentId) -> Result<Option<String>, EdgeError> {
    first(db, PASSWORD, &[text(tenant.as_str()), text(agent.as_str())]).await
}

const EXISTS: &str = "SELECT 'true' AS item FROM agent WHERE tenant = ?1 AND id = ?2";

/// Whether the tenant has this agent, active or not.
pub async fn exists(db: &D1Database, tenant: &TenantId, agent: &AgentId) -> Result<bool, EdgeError> {
    Ok(!rows(db, EXISTS, &[text(tenant.as_str()), text(agent.as_str())]).await?.is_empty())
}

const EMAIL: &str = "SELECT 'true' AS item FROM agent WHERE email = ?1";

/// Whether somebody has this address, in whatever tenant.
pub async fn is_email_taken(db: &D1Database, email: &str) -> Result<bool, EdgeError> {
    Ok(!rows(db, EMAIL, &[text(email)]).await?.is_empty())
}

const ADDABLE: &str = audited!(
    "NOT EXISTS (SELECT 1 FROM agent WHERE email = ?8) AND NOT EXISTS (SELECT 1 FROM json_each(?9) \
    WHERE value NOT IN (SELECT id FROM department WHERE tenant = ?1))"
);
const ADD: &str = concat!(
    "INSERT INTO agent (tenant, id, email, name, role, capacity, password_hash, created_ms) \
    SELECT ?1, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE ",
    goes!()
);
const JOIN: &str = concat!(
    "INSERT INTO department_agent (tenant, department, agent) SELECT DISTINCT ?1, value, ?4 FROM json_each(?5) WHERE ",
    goes!()
);

/// Adds an agent. Not allowed if the address is taken, or a department does not exist.
pub fn add<'a>(author: Author<'a>, id: &AgentId, new: &AddAgent, password_hash: &str) -> Result<Change<'a>, EdgeError> {
    let departments = list_of(new.departments.as_deref())?;
    let what = Audited { deed: Deed::AddAgent, subject: id.as_str(), detail: new.role.as_str() };
    let taken = [text(new.email.as_str()), text(&departments)];
    let mut change = Change::audited(author, &what, Touched::Roster, ADDABLE, &taken)?;
    let row = [
        text(id.as_str()),
        text(new.email.as_str()),
        text(new.name.as_str()),
        text(new.role.as_str()),
        int(new.capacity.unwrap_or(super::tenants::CAPACITY).into()),
        text(password_hash),
        int(author.now.0),
    ];
    change.add(ADD, &row)?;
    change.add(JOIN, &[text(id.as_str()), text(&departments)])?;
    Ok(change)
}

/// `?9`: an admin stays one, as far as this change goes. Where not, somebody else has to be one: decided inside the
/// batch, so that two admins at once cannot both go.
const CHANGEABLE: &str = audited!(
    "EXISTS (SELECT 1 FROM agent WHERE tenant = ?1 AND id = ?6 AND (role <> 'client_admin' OR active = 0 OR ?9 \
    OR EXISTS (SELECT 1 FROM agent WHERE tenant = ?1 AND id <> ?6 AND role = 'client_admin' AND active = 1))) \
    AND NOT EXISTS (SELECT 1 FROM json_each(?8) WHERE value NOT IN (SELECT id FROM department WHERE tenant = ?1))"
);
const ONLY_ADMIN: &str = "SELECT 'true' AS item FROM agent WHERE tenant = ?1 AND role = 'client_admin' AND active = 1 \
    GROUP BY tenant HAVING COUNT(*) = 1 AND MAX(id) = ?2";

/// Whether this agent is the tenant's only active admin.
pub async fn is_only_admin(db: &D1Database, tenant: &TenantId, agent: &AgentId) -> Result<bool, EdgeError> {
    Ok(!rows(db, ONLY_ADMIN, &[text(tenant.as_str()), text(agent.as_str())]).await?.is_empty())
}

/// Before the agent is changed: `?5` is the new role, `?6` says that all must end in any case.
const END_ALL: &str = concat!(
    "UPDATE sign_in SET ended_ms = ?2 WHERE tenant = ?1 AND agent = ?4 AND ended_ms IS NULL \
    AND (?6 OR EXISTS (SELECT 1 FROM agent WHERE tenant = ?1 AND id = ?4 AND role <> ?5)) AND ",
    goes!()
);
const CHANGE: &str = concat!(
    "UPDATE agent SET name = COALESCE(?5, name), role = COALESCE(?6, role), capacity = COALESCE(?7, capacity), \
    active = COALESCE(?8, active), password_hash = COALESCE(?9, password_hash) WHERE tenant = ?1 AND id = ?4 AND ",
    goes!()
);
const LEAVE: &str = concat!("DELETE FROM department_agent WHERE tenant = ?1 AND agent = ?4 AND ", goes!());

/// Changes an agent. Not allowed if they do not exist, nor does a department, or they are the last admin.
pub fn change<'a>(
    author: Author<'a>,
    id: &AgentId,
    new: &ChangeAgent,
    password_hash: Option<&str>,
) -> Result<Change<'a>, EdgeError> {
    let detail = fields(new);
    let what = Audited { deed: Deed::ChangeAgent, subject: id.as_str(), detail: &detail };
    let departments = list_of(new.departments.as_deref())?;
    let must_leave = password_hash.is_some() || new.active == Some(false);
    let touched = if must_leave || new.role.is_some() { Touched::Both } else { Touched::Roster };
    let condition = [text(&departments), flag(stays_admin(new))];
    let mut change = Change::audited(author, &what, touched, CHANGEABLE, &condition)?;
    let (agent, role) = (text(id.as_str()), maybe_text(new.role.map(Role::as_str)));
    change.add(END_ALL, &[agent, role, flag(must_leave)])?;
    let name = maybe_text(new.name.as_ref().map(Name::as_str));
    let active = new.active.map_or(Value::Null, flag);
    let row = [agent, name, role, maybe_int(new.capacity), active, maybe_text(password_hash)];
    change.add(CHANGE, &row)?;
    if new.departments.is_some() {
        change.add(LEAVE, std::slice::from_ref(&agent))?;
        change.add(JOIN, &[agent, text(&departments)])?;
    }
    Ok(change)
}

/// Whether who is an active admin stays one.
pub fn stays_admin(new: &ChangeAgent) -> bool {
    new.role.is_none_or(|role| role == Role::ClientAdmin) && new.active != Some(false)
}

/// The names of the fields that change, and of what is no secret, the new value.
fn fields(new: &ChangeAgent) -> String {
    let ChangeAgent { name, role, password, capacity, departments, active } = new;
    let said = [
        name.as_ref().map(|_| "name".to_owned()),
        role.map(|role| format!("role {}", role.as_str())),
        password.as_ref().map(|_| "password".to_owned()),
        capacity.map(|capacity| format!("capacity {capacity}")),
        departments.as_ref().map(|_| "departments".to_owned()),
        active.map(|active| if active { "activated" } else { "deactivated" }.to_owned()),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn list_of(departments: Option<&[DepartmentId]>) -> Result<String, EdgeError> {
    Ok(serde_json::to_string(departments.unwrap_or_default())?)
}
