//! All HTTP of the dashboard; about people: [`team`]; about who gets which chat: [`routing`]. Every failure is a [`Problem`]; no answer at all
//! reads as `unavailable`.

pub mod routing;
pub mod team;

use gloo_net::http::{Method, RequestBuilder};
use protocol::desk::AgentCard;
use protocol::http::{Ack, EventsReply, HistoryReply, IntentRequest, Me, SendRequest, SignInRequest, TypingRequest};
use protocol::problem::{Code, Problem};
use protocol::{ConversationId, Intent, Seq, tree};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An answer, or why there is none.
pub type Reply<T> = Result<T, Problem>;

/// Rows a page of the history.
const PAGE: u32 = 50;

/// Who is signed in here. Errors: `unauthenticated`.
pub async fn me() -> Reply<Me> {
    get("/v1/me".to_owned()).await
}

/// Signs in; the cookie is the browser's business. Errors: `bad_credentials`, `slow_down`.
pub async fn sign_in(email: String, password: String) -> Reply<Me> {
    call(Method::POST, "/v1/auth/sign_in".to_owned(), &SignInRequest { email, password }).await
}

/// Ends this sign-in.
pub async fn sign_out() -> Reply<()> {
    nothing(ask(Method::POST, "/v1/auth/sign_out".to_owned(), None).await)
}

/// Chooses a status.
pub async fn intend(intent: Intent) -> Reply<AgentCard> {
    call(Method::PUT, "/v1/agents/me/intent".to_owned(), &IntentRequest { intent }).await
}

/// A page of closed handoffs, newest first.
pub async fn history(cursor: Option<&str>) -> Reply<HistoryReply> {
    get(page("/v1/handoffs", PAGE, cursor)).await
}

/// Sends a message outside of a socket: repeating it does no harm. Errors: `not_owner`, `conflicting_retry`.
pub async fn send(conversation: &ConversationId, message: &SendRequest) -> Reply<Ack> {
    call(Method::POST, format!("/v1/conversations/{conversation}/messages"), message).await
}

/// What a new socket would hear, for networks that block sockets. Errors: `not_found`, `forbidden`.
pub async fn events(conversation: &ConversationId, after: Seq) -> Reply<EventsReply> {
    let text = ask(Method::GET, format!("/v1/conversations/{conversation}/events?after={}", after.0), None).await?;
    // As the link reads the same frames from its socket.
    protocol::lean::read(&text).ok_or_else(|| Code::Internal.into())
}

/// Tells the visitor that we write, or have stopped, outside of a socket.
pub async fn typing(conversation: &ConversationId, on: bool) -> Reply<()> {
    let body = body(&TypingRequest { on });
    nothing(ask(Method::POST, format!("/v1/conversations/{conversation}/typing"), body).await)
}

/// Whether nothing readable came back at all.
pub fn is_silence(problem: &Problem) -> bool {
    problem.status == 0
}

/// The address of a page of a list.
fn page(path: &str, limit: u32, cursor: Option<&str>) -> String {
    let cursor = cursor.map(|cursor| format!("&cursor={}", js_sys::encode_uri_component(cursor))).unwrap_or_default();
    format!("{path}?limit={limit}{cursor}")
}

async fn get<T: DeserializeOwned>(path: String) -> Reply<T> {
    read(ask(Method::GET, path, None).await)
}

async fn call<T: DeserializeOwned>(method: Method, path: String, message: &impl Serialize) -> Reply<T> {
    read(ask(method, path, body(message)).await)
}

fn body(message: &impl Serialize) -> Option<String> {
    serde_json::to_string(message).ok()
}

fn read<T: DeserializeOwned>(reply: Reply<String>) -> Reply<T> {
    tree::read(&reply?).map_err(|_| Code::Internal.into())
}

/// For answers of which it is enough that it is done.
fn nothing(reply: Reply<String>) -> Reply<()> {
    reply.map(|_| ())
}

/// Asks, and gives the text of the answer back. Not generic, because each type would bring all of it again.
async fn ask(method: Method, path: String, body: Option<String>) -> Reply<String> {
    let request = RequestBuilder::new(&path).method(method);
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(body),
        None => request.build(),
    };
    let reply = request.map_err(|_| no_answer())?.send().await.map_err(|_| no_answer())?;
    let text = reply.text().await;
    if reply.ok() { text.map_err(|_| no_answer()) } else { Err(problem(reply.status(), &text.unwrap_or_default())) }
}

/// The problem document of a reply; for one that has none (a proxy's error page), what its status means.
fn problem(status: u16, text: &str) -> Problem {
    tree::read(text).unwrap_or_else(|_| {
        Problem::from(match status {
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
