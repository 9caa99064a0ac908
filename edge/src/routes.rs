//! Every address, in one table: method, path, who may call, handler.

use crate::auth::sign_in::TOKEN_PREFIX;
use crate::auth::{Caller, SignedIn, VisitorClaims, Who, origin, sign_in};
use crate::config::Secrets;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::handlers::{
    account, conversations, files, handoffs, health, platform, presence, routing, sign_ins, team, widget,
};
use protocol::problem::Code;
use protocol::room::{SUBPROTOCOL, TOKEN_SUBPROTOCOL};
use protocol::{ConversationId, Role};
use std::pin::Pin;
use subtle::ConstantTimeEq;
use worker::{Context, Env, Method, Request, Response, console_log};

type Answer = Pin<Box<dyn Future<Output = Result<Response, EdgeError>>>>;

/// One address.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path; `{id}` stands for one segment.
    pub path: &'static str,
    /// Who may call.
    pub who: Who,
    /// Pages of other websites may call it: the widget lives there.
    pub cross_origin: bool,
    handler: fn(Cx) -> Answer,
}

macro_rules! routes {
    ($($method:ident $path:literal, $who:ident, $cross:literal => $handler:path;)*) => {
        &[$(Route {
            method: Method::$method,
            path: $path,
            who: Who::$who,
            cross_origin: $cross,
            handler: |cx| Box::pin($handler(cx)),
        }),*]
    };
}

/// The table. Of two patterns that fit, the first counts: `me` stands before `{id}`.
pub const ROUTES: &[Route] = routes! {
    Get    "/v1/health",                         Anyone,   false => health::health;
    Get    "/v1/openapi.json",                   Anyone,   false => health::openapi;
    Post   "/v1/widget/boot",                    Anyone,   true  => widget::boot;
    Get    "/v1/widget/availability",            Anyone,   false => widget::availability;
    Get    "/v1/conversations/{id}/socket",      Party,    true  => conversations::socket;
    Get    "/v1/conversations/{id}/events",      Party,    true  => conversations::events;
    Post   "/v1/conversations/{id}/messages",    Party,    true  => conversations::send;
    Get    "/v1/conversations/{id}/messages",    Party,    true  => conversations::messages;
    Post   "/v1/conversations/{id}/typing",      Party,    true  => conversations::typing;
    Post   "/v1/conversations/{id}/receipts",    Party,    true  => conversations::receive;
    Post   "/v1/conversations/{id}/redactions",  Agent,    false => conversations::redact;
    Post   "/v1/conversations/{id}/files",       Party,    true  => files::upload;
    Get    "/v1/conversations/{id}/files",       Party,    true  => files::download;
    Post   "/v1/conversations/{id}/handoff",     Visitor,  true  => conversations::ask;
    Post   "/v1/conversations/{id}/after_hours", Visitor,  true  => conversations::after_hours;
    Post   "/v1/conversations/{id}/end",         Visitor,  true  => conversations::end;
    Put    "/v1/conversations/{id}/vip",         Agent,    false => routing::set_vip;
    Post   "/v1/auth/sign_in",                   Anyone,   false => account::sign_in;
    Post   "/v1/auth/sign_out",                  Agent,    false => account::sign_out;
    Post   "/v1/auth/tokens",                    Anyone,   false => account::token;
    Get    "/v1/me",                             Agent,    false => account::me;
    Put    "/v1/me/password",                    Agent,    false => account::change_password;
    Get    "/v1/agents/me/sign_ins",             Agent,    false => sign_ins::own;
    Get    "/v1/agents/{id}/sign_ins",           Admin,    false => sign_ins::of_agent;
    Delete "/v1/sign_ins/{id}",                  Agent,    false => sign_ins::end;
    Get    "/v1/desk/socket",                    Agent,    false => presence::socket;
    Get    "/v1/presence",                       Agent,    false => presence::counts;
    Get    "/v1/agents",                         Agent,    false => presence::agents;
    Put    "/v1/agents/me/intent",               Agent,    false => presence::intend;
    Post   "/v1/agents/me/heartbeat",            Agent,    false => presence::heartbeat;
    Post   "/v1/agents/me/offline",              Agent,    false => presence::go_offline;
    Get    "/v1/agents/{id}",                    Agent,    false => presence::agent;
    Put    "/v1/agents/{id}/intent",             Admin,    false => presence::intend_for;
    Get    "/v1/agents/{id}/presence",           Agent,    false => presence::history;
    Get    "/v1/reports/presence",               Admin,    false => presence::report;
    Get    "/v1/team",                           Admin,    false => team::list;
    Post   "/v1/agents",                         Admin,    false => team::add;
    Patch  "/v1/agents/{id}",                    Admin,    false => team::change;
    Get    "/v1/departments",                    Agent,    false => routing::departments;
    Post   "/v1/departments",                    Admin,    false => routing::add_department;
    Patch  "/v1/departments/{id}",               Admin,    false => routing::change_department;
    Get    "/v1/widgets",                        Admin,    false => routing::widgets;
    Patch  "/v1/widgets/{id}",                   Admin,    false => routing::change_widget;
    Get    "/v1/settings/presence",              Agent,    false => team::settings;
    Put    "/v1/settings/presence",              Admin,    false => team::change_settings;
    Get    "/v1/settings/conversations",         Agent,    false => routing::conversations;
    Put    "/v1/settings/conversations",         Admin,    false => routing::change_conversations;
    Get    "/v1/audit",                          Admin,    false => team::audit;
    Get    "/v1/queue",                          Agent,    false => handoffs::queue;
    Post   "/v1/handoffs/{id}/claim",            Agent,    false => handoffs::command;
    Post   "/v1/handoffs/{id}/accept",           Agent,    false => handoffs::command;
    Post   "/v1/handoffs/{id}/decline",          Agent,    false => handoffs::command;
    Post   "/v1/handoffs/{id}/release",          Agent,    false => handoffs::command;
    Post   "/v1/handoffs/{id}/resolve",          Agent,    false => handoffs::command;
    Post   "/v1/handoffs/{id}/transfer",         Agent,    false => handoffs::command;
    Post   "/v1/handoffs/{id}/assign",           Admin,    false => handoffs::command;
    Post   "/v1/handoffs/{id}/take_over",        Admin,    false => handoffs::command;
    Post   "/v1/handoffs/{id}/reopen",           Agent,    false => handoffs::reopen;
    Get    "/v1/handoffs/{id}",                  Agent,    false => handoffs::one;
    Get    "/v1/handoffs/{id}/decisions",        Agent,    false => handoffs::decisions;
    Get    "/v1/handoffs",                       Agent,    false => handoffs::history;
    Post   "/v1/platform/tenants",               Platform, false => platform::create_tenant;
    Get    "/v1/platform/desks/{id}",            Platform, false => platform::desk;
    Get    "/v1/platform/rooms/{id}",            Platform, false => platform::room;
    Post   "/v1/platform/rooms/{id}/rebuild",    Platform, false => platform::rebuild;
    Get    "/v1/platform/jobs",                  Platform, false => platform::jobs;
};

/// Answers a request; every error becomes HTTP here.
pub async fn answer(req: Request, env: Env, ctx: Context) -> worker::Result<Response> {
    let path = req.path();
    let at_path = || ROUTES.iter().filter_map(|route| Some((route, matched(route.path, &path)?)));
    let cross_origin = at_path().any(|(route, _)| route.cross_origin);
    let origin = origin::of(&req).unwrap_or_default().filter(|origin| cross_origin && origin.is_ascii());
    let method = method(&req);
    if method == "OPTIONS" && cross_origin {
        return shared(Response::empty()?.with_status(204), origin.as_deref());
    }
    let found = at_path().find(|(route, _)| route.method.as_ref() == method).map(|(route, id)| (route, id.to_owned()));
    let pattern = found.as_ref().map_or("-", |(route, _)| route.path);
    let answered = match found {
        Some((route, id)) => call(route, id, req, env, ctx).await,
        None if at_path().next().is_some() => Err(Code::MethodNotAllowed.into()),
        None if is_page(&req, &path)? => return dashboard(&req, &env).await,
        None => Err(Code::NotFound.into()),
    };
    if let Err(EdgeError::Problem(problem)) = &answered {
        // To be counted; the pattern tells no ids.
        console_log!("refused {} {method} {pattern}", problem.code.as_str());
    }
    let response = answered.or_else(EdgeError::response)?;
    // The headers of an upgrade are the runtime's.
    if response.status_code() == 101 { Ok(response) } else { shared(response, origin.as_deref()) }
}

/// Whether somebody walks to an address of the dashboard, such as `/history`: assets that exist never come here.
fn is_page(req: &Request, path: &str) -> worker::Result<bool> {
    let wants_html = req.headers().get("accept")?.is_some_and(|accept| accept.contains("text/html"));
    Ok(method(req) == "GET" && wants_html && !path.starts_with("/v1/"))
}

/// The dashboard reads its address by itself.
async fn dashboard(req: &Request, env: &Env) -> worker::Result<Response> {
    let page = Request::new(&format!("{}/", origin::address(req)?.origin()), Method::Get)?;
    env.assets("ASSETS")?.fetch_request(page).await
}

async fn call(route: &Route, id: String, req: Request, env: Env, ctx: Context) -> Result<Response, EdgeError> {
    let caller = admit(route, &id, &req, &env).await?;
    (route.handler)(Cx { req, env, ctx, id, caller }).await
}

/// As sent: the crate takes every method that it does not know for GET. HEAD is GET, whose body the runtime drops.
fn method(req: &Request) -> String {
    let method = req.inner().method();
    if method == "HEAD" { "GET".to_owned() } else { method }
}

/// What stands for `{id}`, if the path fits the pattern.
fn matched<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let Some((before, after)) = pattern.split_once("{id}") else {
        return (pattern == path).then_some("");
    };
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

/// Lets a caller in, or says why not.
async fn admit(route: &Route, id: &str, req: &Request, env: &Env) -> Result<Caller, EdgeError> {
    let token = token(req)?;
    match route.who {
        Who::Anyone => Ok(Caller::Anyone),
        Who::Visitor => visitor(req, env, id, &token.ok_or(Code::Unauthenticated)?),
        Who::Party => match token {
            Some(token) if !token.starts_with(TOKEN_PREFIX) => visitor(req, env, id, &token),
            token => Ok(Caller::Agent(agent(req, env, token).await?)),
        },
        Who::Agent => Ok(Caller::Agent(agent(req, env, token).await?)),
        Who::Admin => {
            let agent = agent(req, env, token).await?;
            if agent.me.role.covers(Role::ClientAdmin) { Ok(Caller::Agent(agent)) } else { Err(Code::Forbidden.into()) }
        }
        Who::Platform => {
            let secret = Secrets::read(env)?.platform;
            let same = token.is_some_and(|token| bool::from(token.as_bytes().ct_eq(secret.as_bytes())));
            if same { Ok(Caller::Platform) } else { Err(Code::Unauthenticated.into()) }
        }
    }
}

/// A visitor's token opens their one conversation, from the website where it was given.
fn visitor(req: &Request, env: &Env, id: &str, token: &str) -> Result<Caller, EdgeError> {
    let claims = VisitorClaims::read(token, &Secrets::read(env)?.token)?;
    // Browsers leave the header out on same-origin reads only; a socket always has it.
    let origin = origin::of(req)?;
    if is_upgrade(req)? && origin.is_none() || origin.is_some_and(|origin| origin != claims.origin) {
        return Err(Code::OriginNotAllowed.into());
    }
    if ConversationId::parse(id).as_ref() != Ok(&claims.conversation) {
        return Err(Code::NotFound.into());
    }
    Ok(Caller::Visitor(claims))
}

/// An API client shows its token. A cookie comes along by itself, so what changes something by it must come from our
/// own pages.
async fn agent(req: &Request, env: &Env, token: Option<String>) -> Result<Box<SignedIn>, EdgeError> {
    if let Some(token) = token {
        return Ok(Box::new(sign_in::by_token(&token, env).await?));
    }
    let agent = sign_in::by_cookie(req, env).await?;
    if method(req) != "GET" || is_upgrade(req)? {
        origin::require_own(req)?;
    }
    Ok(Box::new(agent))
}

/// The bearer token, or the one among a socket's subprotocols. Tokens never stand in addresses.
fn token(req: &Request) -> Result<Option<String>, EdgeError> {
    let headers = req.headers();
    if let Some(header) = headers.get("authorization")? {
        let (scheme, token) = header.split_once(' ').unwrap_or_default();
        return Ok(Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim().to_owned() } else { String::new() }));
    }
    let offered = headers.get("sec-websocket-protocol")?.unwrap_or_default();
    Ok(offered.split(',').find_map(|name| name.trim().strip_prefix(TOKEN_SUBPROTOCOL).map(str::to_owned)))
}

/// Whether the request wants a WebSocket.
pub fn is_upgrade(req: &Request) -> Result<bool, EdgeError> {
    Ok(req.headers().get("upgrade")?.is_some_and(|to| to.eq_ignore_ascii_case("websocket")))
}

/// The reply to an upgrade, with the subprotocol that the client offered.
pub fn with_subprotocol(req: &Request, response: Response) -> Result<Response, EdgeError> {
    let offered = req.headers().get("sec-websocket-protocol")?.unwrap_or_default();
    if !offered.split(',').any(|name| name.trim() == SUBPROTOCOL) {
        return Ok(response);
    }
    // The headers of a fetched reply are immutable: build it anew around the same socket.
    let headers = worker::Headers::new();
    headers.set("sec-websocket-protocol", SUBPROTOCOL)?;
    let status = response.status_code();
    let Some(socket) = response.websocket() else { return Err(Code::Unavailable.into()) };
    Ok(Response::empty()?.with_status(status).with_headers(headers).with_websocket(Some(socket)))
}

/// Lets a page of another website read the reply. The token in the request is what opens anything; cookies
/// are never sent along.
fn shared(response: Response, origin: Option<&str>) -> worker::Result<Response> {
    let Some(origin) = origin else { return Ok(response) };
    // A copy: the headers of what an object answered are immutable.
    let headers = response.headers().clone();
    headers.set("access-control-allow-origin", origin)?;
    headers.set("access-control-allow-methods", "GET, POST")?;
    headers.set("access-control-allow-headers", "authorization, content-type")?;
    headers.set("access-control-max-age", "7200")?;
    headers.set("vary", "origin")?;
    Ok(response.with_headers(headers))
}
