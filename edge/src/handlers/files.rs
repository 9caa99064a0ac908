//! Files in a conversation.

use super::conversations::party;
use crate::auth::Caller;
use crate::calls::Room;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::files::Content;
use crate::{db, files, reply};
use desk::room::{Content as Stored, Prior, Speaker};
use protocol::file::{File, FileSettings};
use protocol::http::Ack;
use protocol::problem::Code;
use protocol::{ClientMsgId, FileId, FileName, TenantId};
use worker::Response;

/// `POST /v1/conversations/{id}/files?id=…&name=…`, the bytes as they are: stored first, then sent as a message. Whoever may
/// not send it is told before any of it is read.
pub async fn upload(cx: Cx) -> Result<Response, EdgeError> {
    let _held = cx.held();
    let asked = asked(&cx)?;
    let prior = asked.room.may_attach(asked.speaker.clone(), asked.id.clone()).await?;
    if let Some(Prior { seq, at, content: None }) = prior {
        // It was redacted since: a retry of what nobody has any more.
        return reply::json(&Ack { id: asked.id, seq, at });
    }
    // What was taken once is taken again, whatever the tenant has forbidden since.
    let settings = match &prior {
        Some(_) => FileSettings { max_kb: FileSettings::MAX_KB.1, ..FileSettings::default() },
        None => db::roster::files(&cx.env.d1("DB")?, tenant(&cx)?).await?,
    };
    let content = Content::read(&cx.req, length(&cx, settings)?).await?;
    let hash = content.hash().await?;
    let file = asked.file(settings, &content, &hash)?;
    if let Some(Prior { seq, at, content }) = prior {
        let is_same = content == Some(Stored::File(file));
        return if is_same { reply::json(&Ack { id: asked.id, seq, at }) } else { Err(Code::ConflictingRetry.into()) };
    }
    let key = files::key(tenant(&cx)?, &cx.conversation()?, &file.id);
    files::put(&cx.env, &key, &file, &content).await?;
    let sent = asked.room.attach(asked.speaker, asked.id, file).await;
    // After any other refusal another try may have sent this very file.
    if sent.as_ref().is_err_and(|error| error.is(Code::ConflictingRetry))
        && let Err(error) = files::delete(&cx.env, &key).await
    {
        error.problem();
    }
    reply::passed(sent?)
}

/// Whom to ask what.
struct Asked {
    room: Room,
    speaker: Speaker,
    id: ClientMsgId,
    name: FileName,
}

/// Errors: [`Code::Malformed`].
#[inline(never)] // What waits pays for each line with all that would be dropped there.
fn asked(cx: &Cx) -> Result<Asked, EdgeError> {
    let id = cx.query("id", |text| ClientMsgId::parse(text).ok())?.ok_or(Code::Malformed)?;
    let name = cx.query("name", |text| FileName::parse(text).ok())?.ok_or(Code::Malformed)?;
    let (room, speaker) = party(cx)?;
    Ok(Asked { room, speaker, id, name })
}

impl Asked {
    /// Errors: [`Code::FileNotAllowed`].
    #[inline(never)] // As above.
    fn file(&self, settings: FileSettings, content: &Content, hash: &[u8]) -> Result<File, EdgeError> {
        let kind = content.kind().filter(|kind| settings.takes(*kind)).ok_or(Code::FileNotAllowed)?;
        let id = files::id(&self.speaker, &self.id, hash, &self.name);
        Ok(File { id, name: self.name.clone(), kind, bytes: content.bytes().length() })
    }
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
