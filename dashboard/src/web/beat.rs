//! A timer that hidden tabs do not slow down: browsers let background pages tick once a minute, but not workers.

use gloo_events::EventListener;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, Url, Worker};

/// All of the worker.
const SCRIPT: &str = "setInterval(()=>postMessage(0),1000)";

/// Ticks once a second until dropped.
pub struct Beat(#[allow(dead_code, reason = "held for its drop")] Timer);

enum Timer {
    Worker {
        worker: Worker,
        _listener: EventListener,
    },
    /// Where blob workers are refused.
    Page(#[allow(dead_code, reason = "held for its drop")] gloo_timers::callback::Interval),
}

impl Beat {
    /// Starts to tick.
    pub fn new(tick: impl Fn() + 'static) -> Beat {
        match worker() {
            Ok(worker) => {
                let _listener = EventListener::new(&worker, "message", move |_| tick());
                Beat(Timer::Worker { worker, _listener })
            }
            Err(_) => Beat(Timer::Page(gloo_timers::callback::Interval::new(1000, tick))),
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Timer::Worker { worker, .. } = self {
            worker.terminate();
        }
    }
}

fn worker() -> Result<Worker, JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&SCRIPT.into()), &kind)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let worker = Worker::new(&address);
    // Not revoked: Chromium loads the script later than this line. It is some 40 bytes, once a sign-in.
    worker
}
