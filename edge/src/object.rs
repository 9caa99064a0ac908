//! What both objects do alike around their rules: read a call, answer it, hold sockets, arm the one alarm.

use crate::error::EdgeError;
use crate::json;
use crate::{calls, clock};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::Timestamp;
use protocol::problem::Code;
use protocol::room::{PING, PONG};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::worker_sys::WebSocketRequestResponsePair;
use worker::{Request, Response, State, WebSocket, WebSocketPair};

#[wasm_bindgen]
extern "C" {
    type RawState;
    /// Not wrapped by the crate: when the runtime last answered a ping on this socket.
    #[wasm_bindgen(method, catch, js_name = getWebSocketAutoResponseTimestamp)]
    fn auto_response_timestamp(
        this: &RawState,
        socket: &web_sys::WebSocket,
    ) -> Result<Option<js_sys::Date>, wasm_bindgen::JsValue>;
}

/// Lets the runtime answer pings by itself, also while the object sleeps.
pub fn answer_pings(state: &State) {
    if let Ok(pair) = WebSocketRequestResponsePair::new(PING, PONG) {
        state.set_websocket_auto_response(&pair);
    }
}

/// When a socket last gave proof of life by a ping.
pub fn last_ping(state: &State, socket: &WebSocket) -> Option<Timestamp> {
    let raw = state.as_raw().unchecked_ref::<RawState>();
    let date = raw.auto_response_timestamp(socket.as_ref()).ok()??;
    #[allow(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    Some(Timestamp(date.get_time() as i64))
}

/// Reads a call of ours.
pub async fn read_call<C: DeserializeOwned>(req: &mut Request) -> Result<C, EdgeError> {
    Ok(json::read(&req.text().await?)?)
}

/// Reads who opens a socket, if the request is an upgrade.
pub fn read_upgrade<W: DeserializeOwned>(req: &Request) -> Result<Option<W>, EdgeError> {
    let Some(identity) = req.headers().get(calls::IDENTITY)? else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(identity).map_err(|e| EdgeError::Platform(format!("our own base64: {e}")))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| EdgeError::Platform(format!("our own text: {e}")))?;
    Ok(Some(json::read(text)?))
}

/// Answers a call with JSON text.
pub fn answer(result: Result<String, EdgeError>) -> worker::Result<Response> {
    match result {
        Ok(json) => Response::ok(json),
        Err(error) => error.response(),
    }
}

/// The answer to a call.
pub fn json<T: Serialize>(value: &T) -> Result<String, EdgeError> {
    Ok(serde_json::to_string(value)?)
}

/// The end of a socket's event. Nobody waits for an answer: an error is logged.
pub fn logged(result: Result<(), EdgeError>) -> worker::Result<()> {
    result.or_else(|error| {
        error.problem();
        Ok(())
    })
}

/// Accepts a socket that may outsleep the object. The attachment is kept as JSON, as all else that is kept.
pub fn accept<A: Serialize>(state: &State, tags: &[&str], attachment: &A) -> Result<(WebSocket, Response), EdgeError> {
    let WebSocketPair { client, server } = WebSocketPair::new()?;
    state.accept_websocket_with_tags(&server, tags);
    server.serialize_attachment(json(attachment)?)?;
    Ok((server, Response::from_websocket(client)?))
}

/// What was attached to a socket; nothing, once it has closed.
pub fn attached<A: DeserializeOwned>(socket: &WebSocket) -> Result<Option<A>, EdgeError> {
    let text = socket.deserialize_attachment::<String>()?;
    Ok(text.map(|text| json::read(&text)).transpose()?)
}

/// Sends a frame. A socket that has just gone hears nothing, and its close is on the way.
pub fn send<F: Serialize>(socket: &WebSocket, frame: &F) {
    if let Ok(text) = serde_json::to_string(frame) {
        let _ = socket.send_with_str(text);
    }
}

/// Sends frames to every socket, each written once.
pub fn broadcast<'a, F: Serialize + 'a>(state: &State, frames: impl Iterator<Item = &'a F>) {
    let texts: Vec<String> = frames.filter_map(|frame| serde_json::to_string(frame).ok()).collect();
    if !texts.is_empty() {
        let sockets = state.get_websockets();
        texts.iter().for_each(|text| sockets.iter().for_each(|socket| drop(socket.send_with_str(text))));
    }
}

/// Close code for a socket whose sign-in has ended: the dashboard goes to its sign-in page.
pub const SIGNED_OUT: u16 = 4401;

/// Closes every socket with this tag. The runtime goes on delivering what comes until the peer has closed, too: without
/// its attachment a socket is nobody's.
pub fn close_all(state: &State, tag: &str, code: u16, why: &str) {
    for socket in state.get_websockets_with_tag(tag) {
        let _ = socket.serialize_attachment(());
        let _ = socket.close(Some(code), Some(why));
    }
}

/// Answers a close. The codes that only the runtime may use are echoed as a normal closure.
pub fn answer_close(socket: &WebSocket, code: usize) {
    let code = u16::try_from(code).ok().filter(|code| !matches!(code, 1005 | 1006 | 1015)).unwrap_or(1000);
    let _ = socket.close(Some(code), Some(""));
}

/// Reads a frame whose tag is one of `tags`. Errors: the refusal of one that is too large, not text, or not known.
pub fn parse_frame<F: DeserializeOwned>(message: &worker::WebSocketIncomingMessage, tags: &[&str]) -> Result<F, Code> {
    /// 4,000 characters of four bytes, escaped at worst to twelve, and the rest of the frame.
    const MOST: usize = 64 * 1024;
    let worker::WebSocketIncomingMessage::String(text) = message else { return Err(Code::UnknownFrame) };
    if text.len() > MOST {
        return Err(Code::TooLarge);
    }
    json::read(text).map_err(|_| if has_other_tag(text, tags) { Code::UnknownFrame } else { refusal_of(text) })
}

fn has_other_tag(json: &str, tags: &[&str]) -> bool {
    #[derive(serde::Deserialize)]
    struct Tagged {
        t: String,
    }
    json::read::<Tagged>(json).is_ok_and(|frame| !tags.contains(&frame.t.as_str()))
}

/// Why a text is not what was asked for: the one thing that people type gets its own answer.
pub fn refusal_of(json: &str) -> Code {
    use protocol::{BadText, Body, Email};
    #[derive(serde::Deserialize)]
    struct Typed {
        body: Option<String>,
        message: Option<String>,
        email: Option<String>,
    }
    let Ok(typed) = json::read::<Typed>(json) else { return Code::Malformed };
    if typed.email.is_some_and(|email| Email::parse(&email).is_err()) {
        return Code::BadEmail;
    }
    match typed.body.or(typed.message).map(|body| Body::parse(&body)) {
        Some(Err(BadText::Empty)) => Code::BodyEmpty,
        Some(Err(BadText::TooLong)) => Code::BodyTooLong,
        Some(Err(BadText::NotAnEmail) | Ok(_)) | None => Code::Malformed,
    }
}

/// The one alarm of an object. Setting it costs a written row, so it is moved forward only.
#[derive(Default)]
pub struct Alarm {
    /// When it rings, if it is set, once that is known.
    at: Cell<Option<Option<Timestamp>>>,
}

impl Alarm {
    /// Sees to it that the alarm rings by the earliest of `deadlines`.
    pub async fn arm<const N: usize>(&self, state: &State, deadlines: [Option<Timestamp>; N]) -> Result<(), EdgeError> {
        let Some(due) = deadlines.into_iter().flatten().min() else { return Ok(()) };
        if self.at.get().is_none() {
            let at = state.storage().get_alarm().await?.map(Timestamp);
            // Another turn may have set it meanwhile.
            self.at.set(self.at.get().or(Some(at)));
        }
        if self.at.get().flatten().is_some_and(|armed| armed <= due) {
            return Ok(());
        }
        // First, so that no other turn sets it for later.
        self.at.set(Some(Some(due)));
        let wait = due.since(clock::now()).max(Duration::from_millis(1));
        let set = state.storage().set_alarm(wait).await;
        if set.is_err() {
            self.at.set(None);
        }
        Ok(set?)
    }

    /// Does what the alarm rang for. The runtime would give up after six failures; we never do, but for what panics as often:
    /// that waits for the next turn.
    pub async fn rang(
        &self,
        state: &State,
        work: impl Future<Output = Result<(), EdgeError>>,
    ) -> worker::Result<Response> {
        /// Long enough for a passing trouble to pass.
        const AGAIN: Duration = Duration::from_secs(5);
        self.at.set(Some(None));
        if let Err(error) = work.await {
            error.problem();
            let armed = self.arm(state, [Some(clock::now() + AGAIN)]).await;
            armed.map_err(|_| worker::Error::RustError("the alarm cannot be set again".into()))?;
        }
        Response::empty()
    }
}
