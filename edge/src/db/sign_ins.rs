//! Sign-ins of agents.

use super::change::{Audited, Author, Change, Touched, audited, goes};
use super::{document, first, int, maybe_text, run, text};
use crate::auth::SignedIn;
use crate::auth::sign_in::{Fresh, Kind};
use crate::calls::Json;
use crate::error::EdgeError;
use protocol::{AgentId, Deed, SignInId, TenantId, Timestamp};
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

const CREDENTIALS: &str = "SELECT json_object('tenant', tenant, 'id', id, 'password_hash', password_hash) AS item \
    FROM agent WHERE email = ?1 AND active = 1";

/// The active agent with this address.
pub async fn credentials(db: &D1Database, email: &str) -> Result<Option<Credentials>, EdgeError> {
    first(db, CREDENTIALS, &[text(email)]).await
}

const BEGIN: &str = "INSERT INTO sign_in (token_hash, tenant, id, agent, browser, country, kind, began_ms, expires_ms) \
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM agent \
    WHERE tenant = ?2 AND id = ?4 AND active = 1 AND password_hash = ?10";

/// Stores a new sign-in, if the password that was checked is still the agent's: checking takes a while.
pub async fn begin(db: &D1Database, fresh: &Fresh, who: &Credentials, now: Timestamp) -> Result<(), EdgeError> {
    let Fresh { id, kind, token_hash, browser, country, expires_at, .. } = fresh;
    let values = [
        text(token_hash),
        text(who.tenant.as_str()),
        text(id.as_str()),
        text(who.id.as_str()),
        text(browser),
        maybe_text(country.as_deref()),
        text(kind.as_str()),
        int(now.0),
        int(expires_at.0),
        text(&who.password_hash),
    ];
    run(db, BEGIN, &values).await
}

/// As [`SignedIn`].
const FIND: &str = "SELECT json_object('id', s.id, 'expires_at', s.expires_ms, \
    'versions', json_object('roster', t.roster_v, 'access', t.access_v), \
    'me', json_object('id', a.id, 'name', a.name, 'email', a.email, 'role', a.role, 'tenant', t.id, \
    'tenant_name', t.name)) AS item \
    FROM sign_in s JOIN agent a ON a.tenant = s.tenant AND a.id = s.agent JOIN tenant t ON t.id = s.tenant \
    WHERE s.token_hash = ?1 AND s.kind = ?2 AND s.ended_ms IS NULL AND s.expires_ms > ?3 AND a.active = 1";

/// Whose sign-in this is, if it is good, and with which versions it was read.
pub async fn find(
    db: &D1Database,
    token_hash: &str,
    kind: Kind,
    now: Timestamp,
) -> Result<Option<SignedIn>, EdgeError> {
    first(db, FIND, &[text(token_hash), text(kind.as_str()), int(now.0)]).await
}

/// Those that have not ended, with the leases that the desk counts (`?5`). What is NULL is absent.
const LIST: &str = "SELECT json_object('items', json_group_array(json(item))) AS item FROM (
    SELECT json_patch('{}', json_object('id', s.id, 'browser', s.browser, 'country', s.country, 'began_at', s.began_ms, \
        'expires_at', s.expires_ms, 'seen_at', CASE WHEN l.value IS NULL THEN s.seen_ms END, \
        'leases', COALESCE(l.value ->> 1, 0), 'current', json(CASE s.id WHEN ?4 THEN 'true' ELSE 'false' END))) AS item \
    FROM sign_in s LEFT JOIN json_each(?5) l ON l.value ->> 0 = s.id \
    WHERE s.tenant = ?1 AND s.agent = ?2 AND s.ended_ms IS NULL AND s.expires_ms > ?3 \
    ORDER BY s.began_ms DESC, s.id LIMIT 200)";

/// An agent's sign-ins that have not ended, newest first, at most 200, as the JSON of the reply. `leases`: what the
/// desk says; `current`: the one that asks.
pub async fn list(
    db: &D1Database,
    tenant: &TenantId,
    agent: &AgentId,
    Json(leases): Json,
    current: &SignInId,
    now: Timestamp,
) -> Result<Json, EdgeError> {
    let values = [text(tenant.as_str()), text(agent.as_str()), int(now.0), text(current.as_str()), text(&leases)];
    document(db, LIST, &values).await
}

const OWNER: &str = "SELECT json_quote(agent) AS item FROM sign_in \
    WHERE tenant = ?1 AND id = ?2 AND ended_ms IS NULL AND expires_ms > ?3";

/// Whose sign-in this is, if it has not ended.
pub async fn owner(
    db: &D1Database,
    tenant: &TenantId,
    id: &SignInId,
    now: Timestamp,
) -> Result<Option<AgentId>, EdgeError> {
    first(db, OWNER, &[text(tenant.as_str()), text(id.as_str()), int(now.0)]).await
}

const END: &str =
    concat!("UPDATE sign_in SET ended_ms = ?5 WHERE tenant = ?1 AND id = ?4 AND ended_ms IS NULL AND ", goes!());

/// Ends one's own sign-in. Harmless to repeat.
pub fn end<'a>(author: Author<'a>, id: &SignInId) -> Result<Change<'a>, EdgeError> {
    let mut change = Change::plain(author.db, author.tenant, Touched::Access);
    change.add(END, &[text(id.as_str()), int(author.now.0)])?;
    Ok(change)
}

const ENDABLE: &str =
    audited!("EXISTS (SELECT 1 FROM sign_in WHERE tenant = ?1 AND id = ?6 AND ended_ms IS NULL AND expires_ms > ?2)");

/// An admin ends somebody else's sign-in. Not allowed if it has ended by itself.
pub fn end_for<'a>(author: Author<'a>, id: &SignInId, owner: &AgentId) -> Result<Change<'a>, EdgeError> {
    let what = Audited { deed: Deed::EndSignIn, subject: id.as_str(), detail: owner.as_str() };
    let mut change = Change::audited(author, &what, Touched::Access, ENDABLE, &[])?;
    change.add(END, &[text(id.as_str()), int(author.now.0)])?;
    Ok(change)
}

const SET_PASSWORD: &str =
    concat!("UPDATE agent SET password_hash = ?5 WHERE tenant = ?1 AND id = ?4 AND password_hash = ?6 AND ", goes!());
const END_OTHERS: &str = concat!(
    "UPDATE sign_in SET ended_ms = ?6 WHERE tenant = ?1 AND agent = ?4 AND id <> ?5 AND ended_ms IS NULL \
     AND EXISTS (SELECT 1 FROM agent WHERE tenant = ?1 AND id = ?4 AND password_hash = ?7) AND ",
    goes!()
);

/// Sets one's own password, and ends every other of one's sign-ins. Neither, if the old one is the agent's no more.
pub fn change_password<'a>(
    author: Author<'a>,
    current: &SignInId,
    (old_hash, new_hash): (&str, &str),
) -> Result<Change<'a>, EdgeError> {
    let agent = text(author.agent.as_str());
    let mut change = Change::plain(author.db, author.tenant, Touched::Access);
    change.add(SET_PASSWORD, &[agent, text(new_hash), text(old_hash)])?;
    change.add(END_OTHERS, &[agent, text(current.as_str()), int(author.now.0), text(new_hash)])?;
    Ok(change)
}

const ENDED: &str = "SELECT json_group_array(value) AS item FROM json_each(?2) WHERE NOT EXISTS (SELECT 1 FROM sign_in \
    WHERE tenant = ?1 AND id = value AND ended_ms IS NULL AND expires_ms > ?3)";

/// Which of these sign-ins have ended or expired.
pub async fn ended(
    db: &D1Database,
    tenant: &TenantId,
    ids: &[SignInId],
    now: Timestamp,
) -> Result<Vec<SignInId>, EdgeError> {
    let ids = serde_json::to_string(ids)?;
    let values = [text(tenant.as_str()), text(&ids), int(now.0)];
    Ok(first(db, ENDED, &values).await?.unwrap_or_default())
}
