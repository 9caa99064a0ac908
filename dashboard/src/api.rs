//! All HTTP of the dashboard but that of rooms, which their lines do themselves; about people: [`team`]; about who gets
//! which chat: [`routing`]. Every failure is a [`Problem`]; no answer at all reads as `unavailable`.

pub mod routing;
pub mod team;

use gloo_net::http::{Method, RequestBuilder};
use protocol::desk::AgentCard;
use protocol::http::{HistoryReply, IntentRequest, Me, RedactRequest, SignInRequest};
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

/// Takes away what a message says, for ever. Errors: `not_owner`, `unknown_place`, `not_found`.
pub async fn redact(conversation: &ConversationId, seq: Seq) -> Reply<()> {
    let body = body(&RedactRequest { seq });
    nothing(ask(Method::POST, format!("/v1/conversations/{conversation}/redactions"), body).await)
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
