//! Files in a conversation.

use super::conversations::party;
use crate::auth::Caller;
use crate::calls::Room;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::files::Content;
use crate::{db, files, reply};
use desk::room::Speaker;
use protocol::file::{File, FileSettings};
use protocol::problem::Code;
use protocol::{ClientMsgId, FileId, FileName, TenantId};
use worker::Response;

/// `POST /v1/conversations/{id}/files?id=…&name=…`, the bytes as they are: stored first, then sent as a message.
pub async fn upload(cx: Cx) -> Result<Response, EdgeError> {
    let _held = cx.held();
    let settings = db::roster::files(&cx.env.d1("DB")?, tenant(&cx)?).await?;
    let content = Content::read(&cx.req, length(&cx, settings)?).await?;
    let hash = content.hash().await?;
    let (room, speaker, id, file) = asked(&cx, settings, &content, &hash)?;
    if let Some(ack) = room.may_attach(speaker.clone(), id.clone(), file.clone()).await? {
        return reply::json(&ack);
    }
    let key = files::key(tenant(&cx)?, &cx.conversation()?, &file.id);
    files::put(&cx.env, &key, &file, &content).await?;
    let sent = room.attach(speaker, id, file).await;
    // After any other refusal another try may have sent this very file.
    if sent.as_ref().is_err_and(|error| error.is(Code::ConflictingRetry)) {
        files::delete(&cx.env, &key).await?;
    }
    reply::passed(sent?)
}

/// Whom to ask what. Errors: [`Code::Malformed`], [`Code::FileNotAllowed`].
#[inline(never)] // What waits pays for each line with all that would be dropped there.
fn asked(
    cx: &Cx,
    settings: FileSettings,
    content: &Content,
    hash: &[u8],
) -> Result<(Room, Speaker, ClientMsgId, File), EdgeError> {
    let id = cx.query("id", |text| ClientMsgId::parse(text).ok())?.ok_or(Code::Malformed)?;
    let name = cx.query("name", |text| FileName::parse(text).ok())?.ok_or(Code::Malformed)?;
    let kind = content.kind().filter(|kind| settings.takes(*kind)).ok_or(Code::FileNotAllowed)?;
    let (room, speaker) = party(cx)?;
    let file = File { id: files::id(&speaker, &id, hash, &name), name, kind, bytes: content.bytes().length() };
    Ok((room, speaker, id, file))
}

/// How long the body is, as its sender tells. Errors: [`Code::Malformed`] if that is not told, [`Code::FileEmpty`],
/// [`Code::FileTooLarge`].
#[inline(never)] // As above.
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
    files::get(&cx.env, &files::key(tenant(&cx)?, &cx.conversation()?, &file)).await
}

/// Whose caller this is.
fn tenant(cx: &Cx) -> Result<&TenantId, EdgeError> {
    match &cx.caller {
        Caller::Visitor(claims) => Ok(&claims.tenant),
        Caller::Agent(agent) => Ok(&agent.me.tenant),
        Caller::Anyone | Caller::Platform => Err(Code::Unauthenticated.into()),
    }
}
