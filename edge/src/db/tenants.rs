//! Tenants, and what each begins with.

use super::{batch, int, rows, statement, text};
use crate::error::EdgeError;
use protocol::http::{NewTenant, TenantCreated, WidgetLook};
use protocol::{AgentId, TenantId, Timestamp};
use worker::{D1Database, D1PreparedStatement};

/// A tenant that is about to come to be.
pub struct Birth {
    /// As asked for.
    pub asked: NewTenant,
    /// The new ids.
    pub ids: TenantCreated,
    /// Password hashes, in the order of the agents.
    pub hashes: Vec<String>,
    /// Checked.
    pub origins: Vec<String>,
    /// With defaults.
    pub look: WidgetLook,
    /// When.
    pub now: Timestamp,
}

/// Conversations at once, where nobody says otherwise.
pub const CAPACITY: u32 = 5;

const TENANT: &str = "INSERT INTO tenant (id, handle, name, created_ms, conversations) VALUES (?1, ?2, ?3, ?4, ?5)";
const DEPARTMENT: &str = "INSERT INTO department (tenant, id, name, routing) VALUES (?1, ?2, ?3, ?4)";
const AGENT: &str = "INSERT INTO agent (tenant, id, email, name, role, capacity, password_hash, created_ms) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const MEMBER: &str = "INSERT INTO department_agent (tenant, department, agent) VALUES (?1, ?2, ?3)";
const WIDGET: &str = "INSERT INTO widget (tenant, id, key, origins, look, department) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// Stores all of it or nothing. Check [`is_taken`] first.
pub async fn create(db: &D1Database, birth: &Birth) -> Result<(), EdgeError> {
    let Birth { asked, ids, origins, look, now, .. } = birth;
    let tenant = text(ids.tenant.as_str());
    let department = text(ids.department.as_str());
    let key = text(ids.key.as_str());
    let (origins, look) = (serde_json::to_string(origins)?, serde_json::to_string(look)?);
    let (conversations, routing) =
        (serde_json::to_string(&asked.conversations)?, serde_json::to_string(&asked.routing)?);
    let (handle, name) = (text(asked.handle.as_str()), text(asked.name.as_str()));
    let widget = [tenant, text(ids.widget.as_str()), key, text(&origins), text(&look), department];
    let mut statements = vec![
        statement(db, TENANT, &[tenant, handle, name, int(now.0), text(&conversations)])?,
        statement(db, DEPARTMENT, &[tenant, department, text(asked.department.as_str()), text(&routing)])?,
        statement(db, WIDGET, &widget)?,
    ];
    for (at, agent) in ids.agents.iter().enumerate() {
        statements.extend(agent_statements(db, birth, at, agent)?);
    }
    batch(db, statements).await.map(drop)
}

fn agent_statements(
    db: &D1Database,
    birth: &Birth,
    at: usize,
    id: &AgentId,
) -> Result<Vec<D1PreparedStatement>, EdgeError> {
    let (Some(agent), Some(hash)) = (birth.asked.agents.get(at), birth.hashes.get(at)) else { return Ok(Vec::new()) };
    let (tenant, department) = (text(birth.ids.tenant.as_str()), text(birth.ids.department.as_str()));
    let row = [
        tenant,
        text(id.as_str()),
        text(agent.email.as_str()),
        text(agent.name.as_str()),
        text(agent.role.as_str()),
        int(agent.capacity.unwrap_or(CAPACITY).into()),
        text(hash),
        int(birth.now.0),
    ];
    Ok(vec![statement(db, AGENT, &row)?, statement(db, MEMBER, &[tenant, department, text(id.as_str())])?])
}

const TAKEN: &str = "SELECT 'true' AS item WHERE EXISTS (SELECT 1 FROM tenant WHERE handle = ?1) \
    OR EXISTS (SELECT 1 FROM widget WHERE key = ?2) \
    OR EXISTS (SELECT 1 FROM agent WHERE email IN (SELECT value FROM json_each(?3)))";

/// Whether handle, key or one of the addresses is in use already.
pub async fn is_taken(db: &D1Database, asked: &NewTenant) -> Result<bool, EdgeError> {
    let emails: Vec<&str> = asked.agents.iter().map(|agent| agent.email.as_str()).collect();
    let emails = serde_json::to_string(&emails)?;
    let key = asked.key.as_ref().map_or("", |key| key.as_str());
    let values = [text(asked.handle.as_str()), text(key), text(&emails)];
    Ok(!rows(db, TAKEN, &values).await?.is_empty())
}

const EXISTS: &str = "SELECT 'true' AS item FROM tenant WHERE id = ?1";

/// Whether there is such a tenant.
pub async fn exists(db: &D1Database, tenant: &TenantId) -> Result<bool, EdgeError> {
    Ok(!rows(db, EXISTS, &[text(tenant.as_str())]).await?.is_empty())
}
