//! Running Beckon itself.

use crate::auth::{origin, password};
use crate::calls::{Desk, DeskCall, Room, RoomCall};
use crate::cx::Cx;
use crate::db::tenants::{self, Birth};
use crate::error::EdgeError;
use crate::{clock, db, random, reply};
use protocol::http::{NewTenant, TenantCreated, WidgetLook};
use protocol::problem::Code;
use protocol::{AgentId, DepartmentId, Role, TenantId, WidgetId, WidgetKey, clipped};
use std::collections::BTreeSet;
use worker::Response;

/// `POST /v1/platform/tenants`
pub async fn create_tenant(mut cx: Cx) -> Result<Response, EdgeError> {
    let asked: NewTenant = cx.body().await?;
    check(&asked)?;
    let db = cx.env.d1("DB")?;
    if tenants::is_taken(&db, &asked).await? {
        return Err(Code::Exists.into());
    }
    let birth = birth(asked)?;
    if let Err(error) = tenants::create(&db, &birth).await {
        // Somebody else may have been quicker.
        let is_taken = tenants::is_taken(&db, &birth.asked).await?;
        return Err(if is_taken { Code::Exists.into() } else { error });
    }
    reply::created(&birth.ids)
}

/// `GET /v1/platform/desks/{id}`
pub async fn desk(cx: Cx) -> Result<Response, EdgeError> {
    let tenant = TenantId::parse(&cx.id).map_err(|_| Code::NotFound)?;
    if !tenants::exists(&cx.env.d1("DB")?, &tenant).await? {
        return Err(Code::NotFound.into());
    }
    reply::passed(Desk::of(&cx.env, &tenant)?.ask(DeskCall::Vitals).await?)
}

/// `GET /v1/platform/rooms/{id}?tenant=…`
pub async fn room(cx: Cx) -> Result<Response, EdgeError> {
    ask_room(&cx, RoomCall::Vitals).await
}

/// `POST /v1/platform/rooms/{id}/rebuild?tenant=…`
pub async fn rebuild(cx: Cx) -> Result<Response, EdgeError> {
    ask_room(&cx, RoomCall::Rebuild).await
}

async fn ask_room(cx: &Cx, call: RoomCall) -> Result<Response, EdgeError> {
    let conversation = cx.conversation()?;
    let tenant = cx.query("tenant", |text| TenantId::parse(text).ok())?.ok_or(Code::Malformed)?;
    if !tenants::exists(&cx.env.d1("DB")?, &tenant).await? {
        return Err(Code::NotFound.into());
    }
    reply::passed(Room::of(&cx.env, &tenant, &conversation)?.call(call).await?)
}

/// `GET /v1/platform/jobs`
pub async fn jobs(cx: Cx) -> Result<Response, EdgeError> {
    reply::passed(db::jobs::list(&cx.env.d1("DB")?).await?)
}

/// Errors: [`Code::Malformed`] without an admin, with one address twice, with too many people, with an impossible
/// capacity, or with a fallback: there is no other department yet.
fn check(asked: &NewTenant) -> Result<(), EdgeError> {
    /// Passwords are hashed one by one: more would take longer than a request may.
    const MOST_AGENTS: usize = 20;
    let agents = &asked.agents;
    let has_admin = agents.iter().any(|agent| agent.role == Role::ClientAdmin);
    let capacities_fit = agents.iter().filter_map(|agent| agent.capacity).all(|capacity| (1..=50).contains(&capacity));
    let no_platform_admin = agents.iter().all(|agent| agent.role != Role::PlatformAdmin);
    let emails: BTreeSet<String> = agents.iter().map(|agent| agent.email.as_str().to_lowercase()).collect();
    let emails_differ = emails.len() == agents.len();
    let people_fit = has_admin && emails_differ && capacities_fit && no_platform_admin;
    if people_fit && agents.len() <= MOST_AGENTS && asked.routing.fallback.is_none() {
        Ok(())
    } else {
        Err(Code::Malformed.into())
    }
}

fn birth(asked: NewTenant) -> Result<Birth, EdgeError> {
    let ids = TenantCreated {
        tenant: TenantId::random(random::seed()?),
        widget: WidgetId::random(random::seed()?),
        key: asked.key.clone().map_or_else(|| random::seed().map(WidgetKey::random), Ok)?,
        department: DepartmentId::random(random::seed()?),
        agents: asked.agents.iter().map(|_| random::seed().map(AgentId::random)).collect::<Result<_, _>>()?,
    };
    let hashes = asked.agents.iter().map(|agent| password::hash(&agent.password)).collect::<Result<_, _>>()?;
    let origins = asked.origins.iter().map(|text| origin::parse(text)).collect::<Result<_, _>>()?;
    let look = asked.look.clone().map_or_else(|| default_look(asked.name.as_str()), bounded);
    Ok(Birth { asked, ids, hashes, origins, look, now: clock::now() })
}

fn default_look(tenant: &str) -> WidgetLook {
    bounded(WidgetLook {
        title: tenant.to_owned(),
        greeting: "Hi! How can we help you today?".to_owned(),
        handoff_delay_ms: 3000,
    })
}

fn bounded(look: WidgetLook) -> WidgetLook {
    let (title, greeting) = (clipped(&look.title, 80), clipped(&look.greeting, 400));
    WidgetLook { title, greeting, handoff_delay_ms: look.handoff_delay_ms.min(60_000) }
}
