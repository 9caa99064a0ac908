//! What admins do: people, presence rules; and what they did.

use super::{carry_out, within};
use crate::auth::password;
use crate::config;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{db, random, reply};
use protocol::problem::Code;
use protocol::team::{AddAgent, ChangeAgent, PresenceSettings, PresenceSettingsChange};
use protocol::{AgentId, Role};
use worker::Response;

/// Least and most conversations at once.
const CAPACITY: (u32, u32) = (1, 50);

/// `GET /v1/team?cursor=…&limit=…`
pub async fn list(cx: Cx) -> Result<Response, EdgeError> {
    let after = cx.query("cursor", |text| AgentId::parse(text).ok())?;
    reply::passed(db::team::list(&cx.env.d1("DB")?, &cx.agent()?.me.tenant, cx.limit()?, after).await?)
}

/// `POST /v1/agents`
pub async fn add(mut cx: Cx) -> Result<Response, EdgeError> {
    let new: AddAgent = cx.body().await?;
    check(Some(new.role), new.capacity)?;
    let hash = password::hash(&new.password)?;
    let id = AgentId::random(random::seed()?);
    let db = cx.env.d1("DB")?;
    if !carry_out(&cx, db::team::add(cx.author(&db)?, &id, &new, &hash)?).await? {
        let is_taken = db::team::is_email_taken(&db, new.email.as_str()).await?;
        return Err(if is_taken { Code::Exists } else { Code::NotFound }.into());
    }
    Ok(details(&cx, &id).await?.with_status(201))
}

/// `PATCH /v1/agents/{id}`
pub async fn change(mut cx: Cx) -> Result<Response, EdgeError> {
    let id = cx.subject()?;
    let new: ChangeAgent = cx.body().await?;
    check(new.role, new.capacity)?;
    let hash = new.password.as_deref().map(password::hash).transpose()?;
    let db = cx.env.d1("DB")?;
    if !carry_out(&cx, db::team::change(cx.author(&db)?, &id, &new, hash.as_deref())?).await? {
        let tenant = &cx.agent()?.me.tenant;
        let is_last = !db::team::stays_admin(&new) && db::team::is_only_admin(&db, tenant, &id).await?;
        return Err(if is_last { Code::LastAdmin } else { Code::NotFound }.into());
    }
    details(&cx, &id).await
}

fn check(role: Option<Role>, capacity: Option<u32>) -> Result<(), EdgeError> {
    within(&[(capacity, CAPACITY)])?;
    if role == Some(Role::PlatformAdmin) { Err(Code::Malformed.into()) } else { Ok(()) }
}

async fn details(cx: &Cx, id: &AgentId) -> Result<Response, EdgeError> {
    let found = db::team::one(&cx.env.d1("DB")?, &cx.agent()?.me.tenant, id).await?;
    reply::passed(found.ok_or(Code::NotFound)?)
}

/// `GET /v1/settings/presence`
pub async fn settings(cx: Cx) -> Result<Response, EdgeError> {
    let defaults = config::presence_defaults(&cx.env);
    reply::passed(db::roster::settings(&cx.env.d1("DB")?, &cx.agent()?.me.tenant, defaults).await?)
}

/// `PUT /v1/settings/presence`
pub async fn change_settings(mut cx: Cx) -> Result<Response, EdgeError> {
    let new: PresenceSettingsChange = cx.body().await?;
    let PresenceSettingsChange { stale_after_ms, grace_ms, idle_after_ms } = new;
    within(&[
        (stale_after_ms, PresenceSettings::STALE_AFTER_MS),
        (grace_ms, PresenceSettings::GRACE_MS),
        (idle_after_ms, PresenceSettings::IDLE_AFTER_MS),
    ])?;
    let db = cx.env.d1("DB")?;
    carry_out(&cx, db::roster::change_settings(cx.author(&db)?, &new)?).await?;
    settings(cx).await
}

/// `GET /v1/audit?cursor=…&limit=…`
pub async fn audit(cx: Cx) -> Result<Response, EdgeError> {
    reply::passed(db::audit::list(&cx.env.d1("DB")?, &cx.agent()?.me.tenant, cx.limit()?, cx.place()?).await?)
}
