//! A request with a JSON answer, given up when it is dropped.
//!
//! XMLHttpRequest rather than fetch: one callback instead of a chain of promises, and dropping it cancels it;
//! fetch would bring futures (2 KB) or three closures a request into the widget.

use crate::link::Failure;
use protocol::lean::{self, Lean};
use protocol::problem::Problem;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::XmlHttpRequest;

/// A request that hangs longer than this has failed, ms.
const GIVE_UP_AFTER: u32 = 15_000;

/// What came back; status 0 if nothing did.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl Reply {
    /// Reads the body. Errors: the problem the server named, or none if it is unreadable.
    pub fn read<T: Lean>(&self) -> Result<T, Failure> {
        if self.status / 100 == 2 { lean::read(&self.text).ok_or_else(Failure::default) } else { Err(self.problem()) }
    }

    #[inline(never)]
    fn problem(&self) -> Failure {
        lean::read::<Problem>(&self.text).map(Failure::from).unwrap_or_default()
    }
}

/// A request under way.
pub struct Request {
    raw: XmlHttpRequest,
    _done: Closure<dyn FnMut()>,
}

impl Request {
    /// Sends a request: `POST` with a JSON body, `GET` without. `done` is called once, whatever happens, unless
    /// the request is dropped before. Errors: the address cannot be asked at all.
    pub fn send(
        url: &str,
        token: Option<&str>,
        body: Option<&str>,
        done: impl FnMut(Reply) + 'static,
    ) -> Result<Request, JsValue> {
        Self::send_boxed(url, token, body, Box::new(done))
    }

    /// Once for all callers.
    fn send_boxed(
        url: &str,
        token: Option<&str>,
        body: Option<&str>,
        mut done: Box<dyn FnMut(Reply)>,
    ) -> Result<Request, JsValue> {
        let raw = XmlHttpRequest::new()?;
        raw.open(if body.is_some() { "POST" } else { "GET" }, url)?;
        if body.is_some() {
            raw.set_request_header("content-type", "application/json")?;
        }
        if let Some(token) = token {
            let mut value = String::from("Bearer ");
            value.push_str(token);
            raw.set_request_header("authorization", &value)?;
        }
        raw.set_timeout(GIVE_UP_AFTER);
        let asked = raw.clone();
        let done = Closure::<dyn FnMut()>::new(move || {
            let status = asked.status().unwrap_or(0);
            done(Reply { status, text: asked.response_text().ok().flatten().unwrap_or_default() });
        });
        raw.set_onloadend(Some(done.as_ref().unchecked_ref()));
        raw.send_with_opt_str(body)?;
        Ok(Request { raw, _done: done })
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.raw.set_onloadend(None);
        let _ = self.raw.abort();
    }
}
