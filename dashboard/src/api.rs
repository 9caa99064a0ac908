//! All HTTP of the dashboard; about people: [`team`]; about who gets which chat: [`routing`]. Every failure is a [`Problem`]; no answer at all
//! reads as `unavailable`.

pub mod routing;
pub mod team;

use gloo_net::http::{Method, Request, RequestBuilder, Response};
use protocol::desk::AgentCard;
use protocol::http::{Ack, EventsReply, HistoryReply, IntentRequest, Me, SendRequest, SignInRequest, TypingRequest};
use protocol::problem::{Code, Problem};
use protocol::{ConversationId, Intent, Seq};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An answer, or why there is none.
pub type Reply<T> = Result<T, Problem>;

/// Rows a page of the history.
const PAGE: u32 = 50;

/// Who is signed in here. Errors: `unauthenticated`.
pub async fn me() -> Reply<Me> {
    read(get("/v1/me").send().await).await
}

/// Signs in; the cookie is the browser's business. Errors: `bad_credentials`, `slow_down`.
pub async fn sign_in(email: String, password: String) -> Reply<Me> {
    call(Method::POST, "/v1/auth/sign_in", &SignInRequest { email, password }).await
}

/// Ends this sign-in.
pub async fn sign_out() -> Reply<()> {
    nothing(Request::post("/v1/auth/sign_out").send().await).await
}

/// Chooses a status.
pub async fn intend(intent: Intent) -> Reply<AgentCard> {
    call(Method::PUT, "/v1/agents/me/intent", &IntentRequest { intent }).await
}

/// A page of closed handoffs, newest first.
pub async fn history(cursor: Option<&str>) -> Reply<HistoryReply> {
    let limit = PAGE.to_string();
    let query = [("limit", limit.as_str())].into_iter().chain(cursor.map(|cursor| ("cursor", cursor)));
    read(get("/v1/handoffs").query(query).send().await).await
}

/// Sends a message outside of a socket: repeating it does no harm. Errors: `not_owner`, `conflicting_retry`.
pub async fn send(conversation: &ConversationId, message: &SendRequest) -> Reply<Ack> {
    call(Method::POST, &format!("/v1/conversations/{conversation}/messages"), message).await
}

/// What a new socket would hear, for networks that block sockets. Errors: `not_found`, `forbidden`.
pub async fn events(conversation: &ConversationId, after: Seq) -> Reply<EventsReply> {
    read(get(&format!("/v1/conversations/{conversation}/events?after={}", after.0)).send().await).await
}

/// Tells the visitor that we write, or have stopped, outside of a socket.
pub async fn typing(conversation: &ConversationId, on: bool) -> Reply<()> {
    let path = format!("/v1/conversations/{conversation}/typing");
    let request = Request::post(&path).json(&TypingRequest { on }).map_err(|_| no_answer())?;
    nothing(request.send().await).await
}

/// Whether nothing readable came back at all.
pub fn is_silence(problem: &Problem) -> bool {
    problem.status == 0
}

fn get(path: &str) -> RequestBuilder {
    Request::get(path)
}

async fn call<T: DeserializeOwned>(method: Method, path: &str, body: &impl Serialize) -> Reply<T> {
    let request = RequestBuilder::new(path).method(method).json(body).map_err(|_| no_answer())?;
    read(request.send().await).await
}

async fn read<T: DeserializeOwned>(reply: Result<Response, gloo_net::Error>) -> Reply<T> {
    let reply = reply.map_err(|_| no_answer())?;
    if !reply.ok() {
        return Err(problem(&reply).await);
    }
    reply.json().await.map_err(|_| Code::Internal.into())
}

/// For answers that say no more than that it is done.
async fn nothing(reply: Result<Response, gloo_net::Error>) -> Reply<()> {
    let reply = reply.map_err(|_| no_answer())?;
    if reply.ok() { Ok(()) } else { Err(problem(&reply).await) }
}

/// The problem document of a reply; for one that has none (a proxy's error page), what its status means.
async fn problem(reply: &Response) -> Problem {
    let told = reply.json::<Problem>().await.ok();
    told.unwrap_or_else(|| {
        Problem::from(match reply.status() {
            401 => Code::Unauthenticated,
            403 => Code::Forbidden,
            404 => Code::NotFound,
            429 => Code::SlowDown,
            502..=504 => Code::Unavailable,
            _ => Code::Internal,
        })
    })
}

fn no_answer() -> Problem {
    Problem { status: 0, ..Code::Unavailable.into() }
}
