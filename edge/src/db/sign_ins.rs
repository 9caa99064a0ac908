//! Sign-ins of agents.

use super::{first, int, run, text};
use crate::auth::SignedIn;
use crate::auth::sign_in::Fresh;
use crate::error::EdgeError;
use protocol::http::Me;
use protocol::{AgentId, Email, Name, Role, SignInId, TenantId, Timestamp};
use serde::Deserialize;
use worker::D1Database;

/// What is needed to check a password.
#[derive(Deserialize)]
pub struct Credentials {
    /// The agent's tenant.
    pub tenant: TenantId,
    /// The agent.
    pub id: AgentId,
    /// Argon2id, PHC string.
    pub password_hash: String,
}

const CREDENTIALS: &str = "SELECT tenant, id, password_hash FROM agent WHERE email = ?1 AND active = 1";

/// The active agent with this address.
pub async fn credentials(db: &D1Database, email: &str) -> Result<Option<Credentials>, EdgeError> {
    first(db, CREDENTIALS, &[text(email)]).await
}

const BEGIN: &str = "INSERT INTO sign_in (token_hash, tenant, id, agent, browser, began_ms, expires_ms) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// Stores a new sign-in.
pub async fn begin(
    db: &D1Database,
    fresh: &Fresh,
    who: &Credentials,
    browser: &str,
    now: Timestamp,
) -> Result<(), EdgeError> {
    let Fresh { id, token_hash, expires_at, .. } = fresh;
    let browser = protocol::clipped(browser, 300);
    let (tenant, agent) = (text(who.tenant.as_str()), text(who.id.as_str()));
    let values = [text(token_hash), tenant, text(id.as_str()), agent, text(browser), int(now.0), int(expires_at.0)];
    run(db, BEGIN, &values).await
}

#[derive(Deserialize)]
struct Row {
    sign_in: SignInId,
    tenant: TenantId,
    tenant_name: Name,
    id: AgentId,
    name: Name,
    email: Email,
    role: Role,
    capacity: u32,
}

const FIND: &str = "SELECT s.id AS sign_in, a.tenant, t.name AS tenant_name, a.id, a.name, a.email, a.role, a.capacity \
    FROM sign_in s JOIN agent a ON a.tenant = s.tenant AND a.id = s.agent JOIN tenant t ON t.id = s.tenant \
    WHERE s.token_hash = ?1 AND s.ended_ms IS NULL AND s.expires_ms > ?2 AND a.active = 1";

/// Whose sign-in this is, if it is good.
pub async fn find(db: &D1Database, token_hash: &str, now: Timestamp) -> Result<Option<SignedIn>, EdgeError> {
    let row: Option<Row> = first(db, FIND, &[text(token_hash), int(now.0)]).await?;
    Ok(row.map(|Row { sign_in, tenant, tenant_name, id, name, email, role, capacity }| SignedIn {
        id: sign_in,
        capacity,
        me: Me { id, name, email, role, tenant, tenant_name },
    }))
}

const END: &str = "UPDATE sign_in SET ended_ms = ?3 WHERE tenant = ?1 AND id = ?2 AND ended_ms IS NULL";

/// Ends a sign-in. Harmless to repeat.
pub async fn end(db: &D1Database, who: &SignedIn, now: Timestamp) -> Result<(), EdgeError> {
    run(db, END, &[text(who.me.tenant.as_str()), text(who.id.as_str()), int(now.0)]).await
}
