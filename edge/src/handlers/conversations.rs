//! Both sides of a conversation.

use crate::auth::{Caller, VisitorClaims};
use crate::calls::{Access, Room, RoomCall, RoomSocket};
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{clock, db, reply, routes};
use desk::room::Speaker;
use protocol::http::{AfterHoursRequest, AskRequest, RedactRequest, SendRequest, TypingRequest};
use protocol::problem::Code;
use protocol::room::{AgentRef, Since, WELCOME_MOST};
use protocol::{DepartmentId, Priority, Role};
use worker::Response;

/// `GET /v1/conversations/{id}/socket?after=N` (or `latest=N`)
pub async fn socket(cx: Cx) -> Result<Response, EdgeError> {
    if !routes::is_upgrade(&cx.req)? {
        return Err(Code::UpgradeRequired.into());
    }
    let (room, speaker) = party(&cx)?;
    let since = since(&cx)?;
    let access = match &cx.caller {
        Caller::Agent(by) => Some(Access {
            agent: by.me.id.clone(),
            sign_in: by.id.clone(),
            expires_at: by.expires_at,
            versions: by.versions,
        }),
        Caller::Visitor(_) | Caller::Anyone | Caller::Platform => None,
    };
    let response = room.socket(&RoomSocket { speaker, since, access }).await?;
    if response.status_code() == 101 { routes::with_subprotocol(&cx.req, response) } else { Ok(response) }
}

/// `GET /v1/conversations/{id}/events?after=N&rev=R` (or `latest=N`)
pub async fn events(cx: Cx) -> Result<Response, EdgeError> {
    let (room, speaker) = party(&cx)?;
    let since = since(&cx)?;
    let rev = cx.query("rev", |text| text.parse().ok())?;
    let open = match &cx.caller {
        Caller::Visitor(claims) => {
            Some(db::desks::is_open_lately(&cx.env.d1("DB")?, &claims.tenant, clock::now()).await?)
        }
        Caller::Agent(_) | Caller::Anyone | Caller::Platform => None,
    };
    reply::passed(room.call(RoomCall::Events { speaker, since, rev, open }).await?)
}

/// From where on a client wants to be told: the beginning, if it says nothing. Errors: [`Code::Malformed`].
fn since(cx: &Cx) -> Result<Since, EdgeError> {
    let latest = cx.query("latest", |text| text.parse().ok().filter(|latest| (1..=WELCOME_MOST).contains(latest)))?;
    match latest {
        Some(latest) => Ok(Since::Latest(latest)),
        None => Ok(Since::After(cx.seq("after")?.unwrap_or_default())),
    }
}

/// `GET /v1/conversations/{id}/messages?before=N&limit=`
pub async fn messages(cx: Cx) -> Result<Response, EdgeError> {
    let (room, speaker) = party(&cx)?;
    let (before, limit) = (cx.seq("before")?, cx.limit()?);
    reply::passed(room.call(RoomCall::Messages { speaker, before, limit }).await?)
}

/// `POST /v1/conversations/{id}/receipts`
pub async fn receive(mut cx: Cx) -> Result<Response, EdgeError> {
    let receipt = cx.body().await?;
    let (room, speaker) = party(&cx)?;
    room.call(RoomCall::Receive { speaker, receipt }).await?;
    reply::no_content()
}

/// `POST /v1/conversations/{id}/redactions`
pub async fn redact(mut cx: Cx) -> Result<Response, EdgeError> {
    let RedactRequest { seq } = cx.body().await?;
    let (room, _) = party(&cx)?;
    let me = &cx.agent()?.me;
    let by = AgentRef { id: me.id.clone(), name: me.name.clone() };
    room.call(RoomCall::Redact { by, is_admin: me.role.covers(Role::ClientAdmin), seq }).await?;
    reply::no_content()
}

/// `POST /v1/conversations/{id}/messages`
pub async fn send(mut cx: Cx) -> Result<Response, EdgeError> {
    let send: SendRequest = cx.body().await?;
    let (room, speaker) = party(&cx)?;
    reply::passed(room.send(speaker, send).await?)
}

/// `POST /v1/conversations/{id}/typing`
pub async fn typing(mut cx: Cx) -> Result<Response, EdgeError> {
    let TypingRequest { on } = cx.body().await?;
    let (room, speaker) = party(&cx)?;
    room.call(RoomCall::Typing { speaker, on }).await?;
    reply::no_content()
}

/// `POST /v1/conversations/{id}/handoff`
pub async fn ask(mut cx: Cx) -> Result<Response, EdgeError> {
    let AskRequest { page } = cx.body().await?;
    let (room, speaker) = party(&cx)?;
    let line = line(&cx).await?;
    reply::passed(room.ask(speaker, page, line).await?)
}

/// Where what the caller asks goes, and how urgent it is.
async fn line(cx: &Cx) -> Result<(Option<DepartmentId>, Priority), EdgeError> {
    let Caller::Visitor(VisitorClaims { tenant, widget, visitor, .. }) = &cx.caller else {
        return Err(Code::Unauthenticated.into());
    };
    db::widgets::line(&cx.env.d1("DB")?, tenant, widget, visitor).await
}

/// `POST /v1/conversations/{id}/end`
pub async fn end(cx: Cx) -> Result<Response, EdgeError> {
    let (room, speaker) = party(&cx)?;
    reply::passed(room.end(speaker).await?)
}

/// `POST /v1/conversations/{id}/after_hours`
pub async fn after_hours(mut cx: Cx) -> Result<Response, EdgeError> {
    let form: AfterHoursRequest = cx.body().await?;
    let (room, speaker) = party(&cx)?;
    reply::passed(room.after_hours(speaker, form).await?)
}

/// The room in the address, as one of the caller's tenant, and the caller as the room knows them.
pub(super) fn party(cx: &Cx) -> Result<(Room, Speaker), EdgeError> {
    let conversation = cx.conversation()?;
    let (tenant, speaker) = match &cx.caller {
        Caller::Visitor(claims) => (&claims.tenant, claims.speaker()),
        Caller::Agent(agent) => (&agent.me.tenant, agent.speaker()),
        Caller::Anyone | Caller::Platform => return Err(Code::Unauthenticated.into()),
    };
    Ok((Room::of(&cx.env, tenant, &conversation)?, speaker))
}
