//! A request, given up when it is dropped.
//!
//! XMLHttpRequest rather than fetch: one callback instead of a chain of promises, dropping it cancels it, and it tells
//! how much of a file has left; fetch would bring futures (2 KB) or three closures a request into the widget. Declared
//! here rather than taken from web-sys, because none of these calls fails with our arguments, and a `Result` for each
//! costs bytes.

use crate::link::Failure;
use protocol::lean::{self, Json, Lean};
use protocol::lean_struct;
use protocol::problem::Code;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    pub(crate) type XMLHttpRequest;
    #[wasm_bindgen(constructor)]
    fn new() -> XMLHttpRequest;
    #[wasm_bindgen(method)]
    fn open(this: &XMLHttpRequest, method: &str, url: &str);
    #[wasm_bindgen(method, js_name = setRequestHeader)]
    fn set_header(this: &XMLHttpRequest, name: &str, value: &str);
    #[wasm_bindgen(method, setter)]
    fn set_timeout(this: &XMLHttpRequest, after: u32);
    #[wasm_bindgen(method, setter, js_name = responseType)]
    fn set_kind(this: &XMLHttpRequest, kind: &str);
    #[wasm_bindgen(method, setter)]
    fn set_onloadend(this: &XMLHttpRequest, done: &JsValue);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn upload(this: &XMLHttpRequest) -> XMLHttpRequest;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_onprogress(this: &XMLHttpRequest, ear: &JsValue);
    #[wasm_bindgen(method)]
    fn send(this: &XMLHttpRequest, body: &JsValue);
    #[wasm_bindgen(method)]
    fn abort(this: &XMLHttpRequest);
    #[wasm_bindgen(method, getter, js_name = readyState)]
    pub(crate) fn stage(this: &XMLHttpRequest) -> u16;
    #[wasm_bindgen(method, getter)]
    fn status(this: &XMLHttpRequest) -> u16;
    #[wasm_bindgen(method, getter, js_name = responseText)]
    fn text(this: &XMLHttpRequest) -> String;
    #[wasm_bindgen(method, getter)]
    fn response(this: &XMLHttpRequest) -> JsValue;

    pub(crate) type ProgressEvent;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn loaded(this: &ProgressEvent) -> f64;
}

/// A request that hangs longer than this has failed, ms.
const GIVE_UP_AFTER: u32 = 15_000;
/// A file may take its time, ms.
const GIVE_UP_FILE_AFTER: u32 = 180_000;

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
    pub(crate) fn of(raw: &XMLHttpRequest) -> Reply {
        Reply { status: raw.status(), text: raw.text() }
    }

    /// Reads the body. Errors: the problem the server named, or none if it is unreadable.
    pub fn read<T: Lean>(&self) -> Result<T, Failure> {
        T::from_json(&self.json()?).ok_or_else(Failure::default)
    }

    /// Apart, because what is the same for all types need be there only once.
    #[inline(never)]
    fn json(&self) -> Result<Json, Failure> {
        self.done()?;
        Json::parse(&self.text).ok_or_else(Failure::default)
    }

    /// Of an answer without a body. Errors: as [`Reply::read`].
    #[inline(never)]
    pub fn done(&self) -> Result<(), Failure> {
        if self.status / 100 == 2 { Ok(()) } else { Err(self.problem()) }
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
    _ear: Closure<dyn FnMut(ProgressEvent)>,
}

impl Request {
    /// Sends a request: `POST` with a JSON body, `GET` without. `done` is called once, whatever happens, unless
    /// the request is dropped before.
    pub fn send(url: &str, token: Option<&str>, body: Option<&str>, mut done: impl FnMut(Reply) + 'static) -> Request {
        let raw = prepare(if body.is_some() { "POST" } else { "GET" }, url, token, GIVE_UP_AFTER);
        if body.is_some() {
            raw.set_header("content-type", "application/json");
        }
        let asked = raw.clone();
        let body = body.map_or(JsValue::NULL, JsValue::from_str);
        Request::start(raw, &body, Closure::new(move |_| done(Reply::of(&asked))))
    }

    /// Gets a file as a `Blob`. `done` is called once, with nothing if it could not be had, unless the request is
    /// dropped before.
    pub fn download(url: &str, token: Option<&str>, mut done: impl FnMut(Option<JsValue>) + 'static) -> Request {
        let raw = prepare("GET", url, token, GIVE_UP_FILE_AFTER);
        raw.set_kind("blob");
        let asked = raw.clone();
        let ear = move |_| done((asked.status() == 200).then(|| asked.response()));
        Request::start(raw, &JsValue::NULL, Closure::new(ear))
    }

    pub(crate) fn start(raw: XMLHttpRequest, body: &JsValue, ear: Closure<dyn FnMut(ProgressEvent)>) -> Request {
        raw.set_onloadend(ear.as_ref());
        raw.send(body);
        Request { raw, _ear: ear }
    }
}

/// A request that is open and not sent yet.
#[inline(never)]
pub(crate) fn prepare(method: &str, url: &str, token: Option<&str>, give_up_after: u32) -> XMLHttpRequest {
    let raw = XMLHttpRequest::new();
    raw.open(method, url);
    if let Some(token) = token {
        let mut value = String::from("Bearer ");
        value.push_str(token);
        raw.set_header("authorization", &value);
    }
    raw.set_timeout(give_up_after);
    raw
}

impl Drop for Request {
    fn drop(&mut self) {
        self.raw.set_onloadend(&JsValue::NULL);
        self.raw.abort();
    }
}
