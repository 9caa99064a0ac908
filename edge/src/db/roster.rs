//! A tenant's administration, as far as its desk needs it.

use super::change::{Audited, Author, Change, Touched, audited, goes};
use super::{Row, Value, batch, document, first, int, maybe_int, only, statement, text};
use crate::calls::Json;
use crate::error::EdgeError;
use crate::json;
use desk::desk::Roster;
use protocol::file::FileSettings;
use protocol::routing::ConversationSettings;
use protocol::team::{PresenceSettings, PresenceSettingsChange};
use protocol::{Deed, TenantId};
use worker::{D1Database, D1Result};

/// As [`PresenceSettings`]; `?2` to `?4` stand where the tenant has none of its own.
macro_rules! settings {
    () => {
        "json_object('stale_after_ms', CAST(COALESCE(stale_after_ms, ?2) AS INTEGER), 'grace_ms', \
        CAST(COALESCE(grace_ms, ?3) AS INTEGER), 'idle_after_ms', CAST(COALESCE(idle_after_ms, ?4) AS INTEGER))"
    };
}

const TENANT: &str = concat!(
    "SELECT json_object('version', roster_v, 'settings', ",
    settings!(),
    ", 'conversations', json(conversations), 'departments', json('[]'), 'agents', json('[]')) AS item FROM tenant WHERE id = ?1"
);
const DEPARTMENTS: &str = "SELECT json_object('id', id, 'name', name, 'routing', json(routing)) AS item FROM department \
    WHERE tenant = ?1 ORDER BY name, id LIMIT 1000";
const AGENTS: &str = "SELECT json_object('id', id, 'name', name, 'role', role, 'capacity', capacity, 'departments', \
    json((SELECT json_group_array(department) FROM department_agent d WHERE d.tenant = a.tenant AND d.agent = a.id))) \
    AS item FROM agent a WHERE tenant = ?1 AND active = 1 ORDER BY id LIMIT 20000";

/// Active agents with their departments, departments by name, settings with `defaults` where the tenant has none.
/// Errors: our own, for a tenant that does not exist.
pub async fn load(db: &D1Database, tenant: &TenantId, defaults: PresenceSettings) -> Result<Roster, EdgeError> {
    let id = [text(tenant.as_str())];
    let statements = vec![
        statement(db, TENANT, &with_defaults(tenant, defaults))?,
        statement(db, DEPARTMENTS, &id)?,
        statement(db, AGENTS, &id)?,
    ];
    let results = batch(db, statements).await?;
    let rows = |at: usize| Ok::<Vec<Row>, EdgeError>(results.get(at).map_or(Ok(Vec::new()), D1Result::results)?);
    let roster: Option<Roster> = only(rows(0)?)?;
    let mut roster = roster.ok_or_else(|| EdgeError::Platform(format!("no tenant {tenant}")))?;
    for row in rows(1)? {
        roster.departments.push(json::read(&row.item)?);
    }
    for row in rows(2)? {
        roster.agents.push(json::read(&row.item)?);
    }
    Ok(roster)
}

fn with_defaults(tenant: &TenantId, defaults: PresenceSettings) -> [Value<'_>; 4] {
    let PresenceSettings { stale_after_ms, grace_ms, idle_after_ms } = defaults;
    [text(tenant.as_str()), int(stale_after_ms.into()), int(grace_ms.into()), int(idle_after_ms.into())]
}

const SETTINGS: &str = concat!("SELECT ", settings!(), " AS item FROM tenant WHERE id = ?1");

/// The presence rules, as JSON, with `defaults` where the tenant has none.
pub async fn settings(db: &D1Database, tenant: &TenantId, defaults: PresenceSettings) -> Result<Json, EdgeError> {
    document(db, SETTINGS, &with_defaults(tenant, defaults)).await
}

const ALLOWED: &str = audited!("true");
const SET: &str = concat!(
    "UPDATE tenant SET stale_after_ms = COALESCE(?4, stale_after_ms), grace_ms = COALESCE(?5, grace_ms), \
    idle_after_ms = COALESCE(?6, idle_after_ms) WHERE id = ?1 AND ",
    goes!()
);

/// Changes the presence rules.
pub fn change_settings<'a>(author: Author<'a>, new: &PresenceSettingsChange) -> Result<Change<'a>, EdgeError> {
    let mut change = settings_change(author, &serde_json::to_string(new)?)?;
    let PresenceSettingsChange { stale_after_ms, grace_ms, idle_after_ms } = *new;
    change.add(SET, &[maybe_int(stale_after_ms), maybe_int(grace_ms), maybe_int(idle_after_ms)])?;
    Ok(change)
}

fn settings_change<'a>(author: Author<'a>, detail: &str) -> Result<Change<'a>, EdgeError> {
    let what = Audited { deed: Deed::ChangeSettings, subject: author.tenant.as_str(), detail };
    Change::audited(author, &what, Touched::Roster, ALLOWED, &[])
}

const CONVERSATIONS: &str = "SELECT json_patch(?2, conversations) AS item FROM tenant WHERE id = ?1";

/// How long conversations live and what may be sent in them, as JSON.
pub async fn conversations(db: &D1Database, tenant: &TenantId) -> Result<Json, EdgeError> {
    let defaults = serde_json::to_string(&ConversationSettings::default())?;
    document(db, CONVERSATIONS, &[text(tenant.as_str()), text(&defaults)]).await
}

/// As [`FileSettings`], of which everything may be absent.
macro_rules! file_settings {
    () => {
        "json(COALESCE(json_extract(conversations, '$.files'), '{}'))"
    };
}
pub(super) use file_settings;

const FILES: &str = concat!("SELECT ", file_settings!(), " AS item FROM tenant WHERE id = ?1");

/// What may be sent in a tenant's conversations.
pub async fn files(db: &D1Database, tenant: &TenantId) -> Result<FileSettings, EdgeError> {
    Ok(first(db, FILES, &[text(tenant.as_str())]).await?.unwrap_or_default())
}

const SET_CONVERSATIONS: &str = concat!("UPDATE tenant SET conversations = ?4 WHERE id = ?1 AND ", goes!());

/// Changes how long conversations live and what may be sent in them.
pub fn change_conversations<'a>(author: Author<'a>, new: &ConversationSettings) -> Result<Change<'a>, EdgeError> {
    let new = serde_json::to_string(new)?;
    let mut change = settings_change(author, &new)?;
    change.add(SET_CONVERSATIONS, &[text(&new)])?;
    Ok(change)
}
