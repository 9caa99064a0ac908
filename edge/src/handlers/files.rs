//! Files in a conversation.

use super::conversations::party;
use crate::auth::Caller;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::files::{Content, Place};
use crate::{db, reply};
use protocol::file::{File, FileSettings};
use protocol::problem::Code;
use protocol::{ClientMsgId, FileId, FileName, TenantId};
use worker::Response;

/// `POST /v1/conversations/{id}/files?id=…&name=…`, the bytes as they are: stored first, then sent as a message.
pub async fn upload(cx: Cx) -> Result<Response, EdgeError> {
    let _held = cx.held();
    let id = cx.query("id", |text| ClientMsgId::parse(text).ok())?.ok_or(Code::Malformed)?;
    let name = cx.query("name", |text| FileName::parse(text).ok())?.ok_or(Code::Malformed)?;
    let ((room, speaker), tenant, conversation) = (party(&cx)?, tenant(&cx)?, cx.conversation()?);
    let settings = db::roster::files(&cx.env.d1("DB")?, tenant).await?;
    let bytes = length(&cx, settings)?;
    let content = Content::read(&cx.req, bytes).await?;
    let kind = content.kind().filter(|kind| settings.takes(*kind)).ok_or(Code::FileNotAllowed)?;
    let file = File { id: content.id(&speaker, &id, &name).await?, name, kind, bytes };
    if let Some(ack) = room.may_attach(speaker.clone(), id.clone(), file.clone()).await? {
        return reply::json(&ack);
    }
    let place = Place { tenant, conversation: &conversation, file: &file.id };
    place.put(&cx.env, &file, &content).await?;
    let attached = room.attach(speaker, id, file.clone()).await;
    // Of other refusals another try may know better, and have sent this very file.
    if attached.as_ref().is_err_and(|error| error.is(Code::ConflictingRetry))
        && let Err(error) = place.remove(&cx.env).await
    {
        error.problem();
    }
    reply::passed(attached?)
}

/// How long the body is, as its sender tells. Errors: [`Code::Malformed`] if that is not told, [`Code::FileEmpty`],
/// [`Code::FileTooLarge`].
fn length(cx: &Cx, settings: FileSettings) -> Result<u32, EdgeError> {
    let told = cx.req.headers().get("content-length")?.and_then(|text| text.parse::<u64>().ok());
    match told.ok_or(Code::Malformed)? {
        0 => Err(Code::FileEmpty.into()),
        bytes if bytes > u64::from(settings.max_kb) * 1024 => Err(Code::FileTooLarge.into()),
        bytes => u32::try_from(bytes).map_err(|_| Code::FileTooLarge.into()),
    }
}

/// `GET /v1/conversations/{id}/files?file=…`, for whoever may read the conversation.
pub async fn download(cx: Cx) -> Result<Response, EdgeError> {
    let file = cx.query("file", |text| FileId::parse(text).ok())?.ok_or(Code::Malformed)?;
    let place = Place { tenant: tenant(&cx)?, conversation: &cx.conversation()?, file: &file };
    Ok(place.get(&cx.env).await?.ok_or(Code::NotFound)?)
}

/// Whose caller this is.
fn tenant(cx: &Cx) -> Result<&TenantId, EdgeError> {
    match &cx.caller {
        Caller::Visitor(claims) => Ok(&claims.tenant),
        Caller::Agent(agent) => Ok(&agent.me.tenant),
        Caller::Anyone | Caller::Platform => Err(Code::Unauthenticated.into()),
    }
}
