//! The widget on somebody's page.

use crate::auth::{VisitorClaims, origin};
use crate::config::Secrets;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{db, random, reply};
use protocol::http::{BootReply, BootRequest};
use protocol::problem::Code;
use protocol::{ConversationId, VisitorId};
use worker::Response;

/// `POST /v1/widget/boot`: who the visitor is. Nothing is stored: a visitor comes to be with the first message.
pub async fn boot(mut cx: Cx) -> Result<Response, EdgeError> {
    let BootRequest { key, token } = cx.body().await?;
    let widget = db::widgets::by_key(&cx.env.d1("DB")?, &key).await?.ok_or(Code::UnknownKey)?;
    let origin = origin::of(&cx.req)?.filter(|origin| widget.origins.contains(origin)).ok_or(Code::OriginNotAllowed)?;
    let secret = Secrets::read(&cx.env)?.token;
    // A token of before keeps the thread, if it is of this widget and this website; otherwise a new visitor.
    let known = token.and_then(|token| VisitorClaims::read(&token, &secret).ok());
    let known = known.filter(|claims| claims.widget == widget.id && claims.origin == origin);
    let claims = match known {
        Some(claims) => claims,
        None => VisitorClaims {
            tenant: widget.tenant,
            widget: widget.id,
            visitor: VisitorId::random(random::seed()?),
            conversation: ConversationId::random(random::seed()?),
            origin,
        },
    };
    let (visitor, conversation) = (claims.visitor.clone(), claims.conversation.clone());
    reply::json(&BootReply { token: claims.sign(&secret)?, visitor, conversation, widget: widget.look })
}
