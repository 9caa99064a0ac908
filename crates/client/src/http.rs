//! A request with a JSON answer, given up when it is dropped.
//!
//! XMLHttpRequest rather than fetch: one callback instead of a chain of promises, and dropping it cancels it;
//! fetch would bring futures (2 KB) or three closures a request into the widget. Declared here rather than taken
//! from web-sys, because none of these calls fails with our arguments, and a `Result` for each costs bytes.

use crate::link::Failure;
use protocol::lean::{self, Lean};
use protocol::lean_struct;
use protocol::problem::Code;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type XMLHttpRequest;
    #[wasm_bindgen(constructor)]
    fn new() -> XMLHttpRequest;
    #[wasm_bindgen(method)]
    fn open(this: &XMLHttpRequest, method: &str, url: &str);
    #[wasm_bindgen(method, js_name = setRequestHeader)]
    fn set_header(this: &XMLHttpRequest, name: &str, value: &str);
    #[wasm_bindgen(method, setter)]
    fn set_timeout(this: &XMLHttpRequest, after: u32);
    #[wasm_bindgen(method, setter)]
    fn set_onloadend(this: &XMLHttpRequest, done: &JsValue);
    #[wasm_bindgen(method)]
    fn send(this: &XMLHttpRequest, body: Option<&str>);
    #[wasm_bindgen(method)]
    fn abort(this: &XMLHttpRequest);
    #[wasm_bindgen(method, getter)]
    fn status(this: &XMLHttpRequest) -> u16;
    #[wasm_bindgen(method, getter, js_name = responseText)]
    fn text(this: &XMLHttpRequest) -> String;
}

/// A request that hangs longer than this has failed, ms.
const GIVE_UP_AFTER: u32 = 15_000;

/// What came back; status 0 if nothing did.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub text: String,
}

/// As much of a problem document as a link can use.
struct Refused {
    code: Code,
    retry_after_ms: Option<u32>,
}
lean_struct!(Refused { code, retry_after_ms });

impl Reply {
    /// Reads the body. Errors: the problem the server named, or none if it is unreadable.
    pub fn read<T: Lean>(&self) -> Result<T, Failure> {
        if self.status / 100 == 2 { lean::read(&self.text).ok_or_else(Failure::default) } else { Err(self.problem()) }
    }

    #[inline(never)]
    fn problem(&self) -> Failure {
        lean::read(&self.text).map_or_else(Failure::default, |Refused { code, retry_after_ms }| Failure {
            code: Some(code),
            retry_after_ms,
        })
    }
}

/// A request under way.
pub struct Request {
    raw: XMLHttpRequest,
    _done: Closure<dyn FnMut()>,
}

impl Request {
    /// Sends a request: `POST` with a JSON body, `GET` without. `done` is called once, whatever happens, unless
    /// the request is dropped before.
    pub fn send(url: &str, token: Option<&str>, body: Option<&str>, mut done: impl FnMut(Reply) + 'static) -> Request {
        let raw = XMLHttpRequest::new();
        raw.open(if body.is_some() { "POST" } else { "GET" }, url);
        if body.is_some() {
            raw.set_header("content-type", "application/json");
        }
        if let Some(token) = token {
            let mut value = String::from("Bearer ");
            value.push_str(token);
            raw.set_header("authorization", &value);
        }
        raw.set_timeout(GIVE_UP_AFTER);
        let asked = raw.clone();
        let done = Closure::<dyn FnMut()>::new(move || done(Reply { status: asked.status(), text: asked.text() }));
        raw.set_onloadend(done.as_ref());
        raw.send(body);
        Request { raw, _done: done }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.raw.set_onloadend(&JsValue::NULL);
        self.raw.abort();
    }
}
