//! Agents at their desk: who can answer, who could, and what each chooses.

use super::{carry_out, page};
use crate::calls::{DeskCall, DeskSocket};
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{clock, db, reply, routes};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::report;
use protocol::desk::AgentCard;
use protocol::http::IntentRequest;
use protocol::problem::Code;
use protocol::team::{HeartbeatRequest, PresenceReport};
use protocol::{AgentId, DepartmentId, Name, Role, Status, Timestamp};
use std::time::Duration;
use worker::Response;

/// `GET /v1/desk/socket?idle=1`
pub async fn socket(cx: Cx) -> Result<Response, EdgeError> {
    if !routes::is_upgrade(&cx.req)? {
        return Err(Code::UpgradeRequired.into());
    }
    let idle = cx.query("idle", flag)?.unwrap_or_default();
    let by = cx.agent()?;
    let (agent, sign_in) = (by.me.id.clone(), by.id.clone());
    let who = DeskSocket { agent, sign_in, expires_at: by.expires_at, versions: by.versions, idle };
    let response = cx.desk()?.socket(&who).await?;
    if response.status_code() == 101 { routes::with_subprotocol(&cx.req, response) } else { Ok(response) }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// `PUT /v1/agents/me/intent`
pub async fn intend(mut cx: Cx) -> Result<Response, EdgeError> {
    let IntentRequest { intent } = cx.body().await?;
    let agent = cx.agent()?.me.id.clone();
    reply::passed(cx.desk()?.ask(DeskCall::Intend { agent, intent }).await?)
}

/// `PUT /v1/agents/{id}/intent`
pub async fn intend_for(mut cx: Cx) -> Result<Response, EdgeError> {
    let agent = cx.subject()?;
    let IntentRequest { intent } = cx.body().await?;
    let db = cx.env.d1("DB")?;
    // Written down first: what cannot be written down is not done.
    if !carry_out(&cx, db::audit::set_intent(cx.author(&db)?, &agent, intent)?).await? {
        return Err(Code::NotFound.into());
    }
    let by = cx.agent()?.me.id.clone();
    reply::passed(cx.desk()?.ask(DeskCall::IntendFor { agent, by, intent }).await?)
}

/// `POST /v1/agents/me/heartbeat`
pub async fn heartbeat(mut cx: Cx) -> Result<Response, EdgeError> {
    let HeartbeatRequest { idle } = cx.body_if_any().await?;
    let (agent, sign_in) = caller(&cx)?;
    let expires_at = cx.agent()?.expires_at;
    reply::passed(cx.desk()?.ask(DeskCall::Heartbeat { agent, sign_in, expires_at, idle }).await?)
}

/// `POST /v1/agents/me/offline`
pub async fn go_offline(cx: Cx) -> Result<Response, EdgeError> {
    let (agent, sign_in) = caller(&cx)?;
    reply::passed(cx.desk()?.ask(DeskCall::GoOffline { agent, sign_in }).await?)
}

/// `GET /v1/presence`
pub async fn counts(cx: Cx) -> Result<Response, EdgeError> {
    reply::passed(cx.desk()?.ask(DeskCall::Presence).await?)
}

/// `GET /v1/agents/{id}`
pub async fn agent(cx: Cx) -> Result<Response, EdgeError> {
    reply::passed(cx.desk()?.ask(DeskCall::Agent { agent: cx.subject()? }).await?)
}

/// `GET /v1/agents?department=…&status=…&cursor=…&limit=…`
pub async fn agents(cx: Cx) -> Result<Response, EdgeError> {
    let limit = cx.limit()?;
    let department = cx.query("department", |text| DepartmentId::parse(text).ok())?;
    let status = cx.query("status", |text| Status::parse(text).ok())?;
    let after = cx.query("cursor", read_cursor)?;
    let cards = cx.desk()?.ask(DeskCall::Agents { department, status, after, limit }).await?;
    page(&cards, limit, cursor)
}

/// The desk sorts by name, which may hold anything.
fn cursor(last: &AgentCard) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}.{}", last.id, last.name.as_str()))
}

fn read_cursor(cursor: &str) -> Option<(Name, AgentId)> {
    let place = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (id, name) = place.split_once('.')?;
    Some((Name::parse(name).ok()?, AgentId::parse(id).ok()?))
}

/// `GET /v1/agents/{id}/presence?cursor=…&limit=…`
pub async fn history(cx: Cx) -> Result<Response, EdgeError> {
    let me = &cx.agent()?.me;
    let is_own = cx.id == "me" || cx.id == me.id.as_str();
    if !is_own && !me.role.covers(Role::ClientAdmin) {
        return Err(Code::Forbidden.into());
    }
    let agent = cx.subject()?;
    let (limit, after) = (cx.limit()?, cx.place()?);
    let db = cx.env.d1("DB")?;
    if !is_own && !db::team::exists(&db, &me.tenant, &agent).await? {
        return Err(Code::NotFound.into());
    }
    reply::passed(db::presence::history(&db, &me.tenant, &agent, limit, after).await?)
}

/// `GET /v1/reports/presence?from=…&to=…&offset_min=…`
pub async fn report(cx: Cx) -> Result<Response, EdgeError> {
    /// The longest month, and the hour that a change of clocks may add.
    const LONGEST: Duration = Duration::from_secs((31 * 24 + 1) * 3600);
    /// No clock is further from UTC.
    const FURTHEST_MIN: i32 = 14 * 60;
    let from = Timestamp(cx.number("from")?.ok_or(Code::Malformed)?);
    let to = Timestamp(cx.number("to")?.ok_or(Code::Malformed)?);
    let is_near = |offset: &i32| (-FURTHEST_MIN..=FURTHEST_MIN).contains(offset);
    let offset_min = cx.query("offset_min", |text| text.parse().ok().filter(is_near))?.unwrap_or_default();
    if from.0 < 0 || to <= from || to.since(from) > LONGEST {
        return Err(Code::Malformed.into());
    }
    let changes = db::presence::changes(&cx.env.d1("DB")?, &cx.agent()?.me.tenant, from, to).await?;
    let changes = changes.ok_or(Code::OutOfRange)?;
    reply::json(&PresenceReport { items: report::per_day(changes, from, to, offset_min, clock::now()) })
}

fn caller(cx: &Cx) -> Result<(AgentId, protocol::SignInId), EdgeError> {
    let agent = cx.agent()?;
    Ok((agent.me.id.clone(), agent.id.clone()))
}
