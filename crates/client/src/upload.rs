//! A file on its way to the server, given up when it is dropped.

use crate::http::{ProgressEvent, Reply, Request, prepare};
use wasm_bindgen::prelude::*;

/// What is told of an upload.
pub enum Step {
    /// So many bytes have left.
    Sent(u32),
    /// It was answered, or failed. Nothing follows.
    Done(Reply),
}

/// Of `XMLHttpRequest.readyState`.
const DONE: u16 = 4;

/// Posts a `Blob`. Knows no time limit: [`Uploads`](crate::uploads::Uploads) gives up what does not move.
pub fn upload(url: &str, token: Option<&str>, blob: &JsValue, mut hear: impl FnMut(Step) + 'static) -> Request {
    let raw = prepare("POST", url, token, 0);
    let asked = raw.clone();
    let ear = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        let done = asked.stage() == DONE;
        hear(if done { Step::Done(Reply::of(&asked)) } else { Step::Sent(event.loaded() as u32) });
    });
    raw.upload().set_onprogress(ear.as_ref());
    Request::start(raw, blob, ear)
}
