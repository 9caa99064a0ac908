//! Both sides of a conversation.

use crate::auth::Caller;
use crate::calls::{DeskCall, Room, RoomSocket};
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{clock, db, reply, routes};
use desk::room::Speaker;
use protocol::SignInId;
use protocol::http::{AfterHoursRequest, AskRequest, SendRequest, TypingRequest};
use protocol::problem::Code;
use worker::Response;

/// `GET /v1/conversations/{id}/socket?after=N`
pub async fn socket(cx: Cx) -> Result<Response, EdgeError> {
    if !routes::is_upgrade(&cx.req)? {
        return Err(Code::UpgradeRequired.into());
    }
    let (room, speaker) = party(&cx)?;
    let after = cx.after()?;
    let sign_in = attend(&cx).await?;
    let response = room.socket(&RoomSocket { speaker, after, sign_in: sign_in.clone() }).await?;
    if response.status_code() == 101 {
        return routes::with_subprotocol(&cx.req, response);
    }
    if let Some(sign_in) = sign_in {
        cx.desk()?.unattend(sign_in, cx.conversation()?).await?;
    }
    Ok(response)
}

/// Before an agent's socket opens, the desk knows of it: however it goes on, the end of the sign-in closes it.
async fn attend(cx: &Cx) -> Result<Option<SignInId>, EdgeError> {
    let Caller::Agent(by) = &cx.caller else { return Ok(None) };
    let (agent, sign_in, conversation) = (by.me.id.clone(), by.id.clone(), cx.conversation()?);
    let expires_at = by.expires_at;
    cx.desk()?.ask(DeskCall::Attend { agent, sign_in, expires_at, conversation }).await?;
    Ok(Some(by.id.clone()))
}

/// `GET /v1/conversations/{id}/events?after=N`
pub async fn events(cx: Cx) -> Result<Response, EdgeError> {
    let (room, speaker) = party(&cx)?;
    let after = cx.after()?;
    let open = match &cx.caller {
        Caller::Visitor(claims) => {
            Some(db::desks::is_open_lately(&cx.env.d1("DB")?, &claims.tenant, clock::now()).await?)
        }
        Caller::Agent(_) | Caller::Anyone | Caller::Platform => None,
    };
    reply::passed(room.events(speaker, after, open).await?)
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
    room.typing(speaker, on).await?;
    reply::no_content()
}

/// `POST /v1/conversations/{id}/handoff`
pub async fn ask(mut cx: Cx) -> Result<Response, EdgeError> {
    let AskRequest { page } = cx.body().await?;
    let (room, speaker) = party(&cx)?;
    reply::passed(room.ask(speaker, page).await?)
}

/// `POST /v1/conversations/{id}/after_hours`
pub async fn after_hours(mut cx: Cx) -> Result<Response, EdgeError> {
    let form: AfterHoursRequest = cx.body().await?;
    let (room, speaker) = party(&cx)?;
    reply::passed(room.after_hours(speaker, form).await?)
}

/// The room in the address, as one of the caller's tenant, and the caller as the room knows them.
fn party(cx: &Cx) -> Result<(Room, Speaker), EdgeError> {
    let conversation = cx.conversation()?;
    let (tenant, speaker) = match &cx.caller {
        Caller::Visitor(claims) => (&claims.tenant, claims.speaker()),
        Caller::Agent(agent) => (&agent.me.tenant, agent.speaker()),
        Caller::Anyone | Caller::Platform => return Err(Code::Unauthenticated.into()),
    };
    Ok((Room::of(&cx.env, tenant, &conversation)?, speaker))
}
