//! The widget on somebody's page.

use crate::auth::{VisitorClaims, origin};
use crate::config::Secrets;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{clock, db, random, reply};
use protocol::http::{BootReply, BootRequest};
use protocol::problem::Code;
use protocol::team::Availability;
use protocol::{ConversationId, VisitorId, WidgetKey};
use worker::{Cache, Response};

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
    reply::json(&BootReply {
        token: claims.sign(&secret)?,
        visitor,
        conversation,
        widget: widget.look,
        files: widget.files,
    })
}

/// For how long whether somebody can answer may be kept: a page view wakes no object, and mostly costs no query.
const KEEP: &str = "public, max-age=5";

/// `GET /v1/widget/availability?key=…`
pub async fn availability(cx: Cx) -> Result<Response, EdgeError> {
    let key = cx.query("key", |text| WidgetKey::parse(text).ok())?.ok_or(Code::Malformed)?;
    // Nothing else of the address counts, so nobody can pass the cache by.
    let address = format!("{}{}?key={key}", origin::address(&cx.req)?.origin(), cx.req.path());
    let cache = Cache::default();
    // A cache that fails is a cache that has nothing.
    if let Ok(Some(kept)) = cache.get(&address, false).await {
        return Ok(kept);
    }
    let until = db::desks::open_until_by_key(&cx.env.d1("DB")?, &key).await?.ok_or(Code::UnknownKey)?;
    let open = until.is_some_and(|until| clock::now() < until);
    let mut response = Response::from_json(&Availability { open })?;
    response.headers().set("cache-control", KEEP)?;
    response.headers().set("access-control-allow-origin", "*")?;
    if let Err(error) = cache.put(&address, response.cloned()?).await {
        worker::console_warn!("availability is not cached: {error}");
    }
    Ok(response)
}
