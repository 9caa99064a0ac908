//! What people do, as inputs for the model. One listener for all kinds of events, on the panel as a whole.

use super::dom::El;
use crate::app::{News, send, tell};
use crate::host::files;
use crate::model::Input;
use crate::told::Fared;
use client::link::{self, Failure};
use protocol::desk::Page;
use protocol::{ClientMsgId, clipped, lean};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(method, js_name = addEventListener)]
    fn listen(this: &El, kind: &str, ear: &JsValue, early: bool);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    fn ignore(this: &El, kind: &str, ear: &JsValue, early: bool);

    #[wasm_bindgen(method, getter)]
    fn target(this: &El) -> El;
    #[wasm_bindgen(method, getter, js_name = currentTarget)]
    fn current(this: &El) -> El;
    #[wasm_bindgen(method, getter)]
    fn key(this: &El) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = shiftKey)]
    fn shift(this: &El) -> bool;
    #[wasm_bindgen(method, getter, js_name = isComposing)]
    fn composing(this: &El) -> bool;
    #[wasm_bindgen(method, js_name = preventDefault)]
    fn prevent_default(this: &El);
    #[wasm_bindgen(method, js_name = stopPropagation)]
    fn stop_propagation(this: &El);

    /// What is dragged, or dropped.
    #[wasm_bindgen(method, getter, js_name = dataTransfer)]
    fn cargo(this: &El) -> El;
    /// What is entered instead.
    #[wasm_bindgen(method, getter, js_name = relatedTarget)]
    fn related(this: &El) -> Option<El>;
    #[wasm_bindgen(method)]
    fn contains(this: &El, other: Option<&El>) -> bool;
    #[wasm_bindgen(method, getter, js_name = clipboardData)]
    fn clipboard(this: &El) -> El;
    #[wasm_bindgen(method, getter)]
    fn types(this: &El) -> El;
    #[wasm_bindgen(method)]
    fn includes(this: &El, word: &str) -> bool;
    #[wasm_bindgen(method, getter)]
    fn files(this: &El) -> El;
    #[wasm_bindgen(method, getter)]
    fn length(this: &El) -> u32;
    #[wasm_bindgen(method)]
    fn item(this: &El, at: u32) -> El;

    /// What a module of ours tells.
    #[wasm_bindgen(method, getter)]
    fn detail(this: &El) -> String;

    #[wasm_bindgen(method, getter)]
    pub fn hidden(this: &El) -> bool;
    #[wasm_bindgen(method, getter)]
    fn title(this: &El) -> String;
    #[wasm_bindgen(method, getter, js_name = URL)]
    fn url(this: &El) -> String;
    #[wasm_bindgen(method, getter, js_name = defaultView)]
    fn window(this: &El) -> El;
}

/// So close to the top of the thread the page before is wanted, px.
const NEAR: i32 = 80;

/// Kinds of events, and whether they are the panel's, or the window's. The panel hears them on their way down: some
/// never come up.
const KINDS: [(&str, bool); 16] = [
    ("click", true),
    ("input", true),
    ("change", true),
    ("keydown", true),
    ("keyup", true),
    ("keypress", true),
    ("submit", true),
    ("scroll", true),
    ("paste", true),
    ("dragover", true),
    ("dragleave", true),
    ("drop", true),
    (Fared::EVENT, true),
    ("visibilitychange", false),
    ("online", false),
    ("focus", false),
];

/// The one listener; it lets go when it is dropped. (gloo's would be eight closures and 0.7 KB.)
pub struct Ears {
    panel: El,
    ear: Closure<dyn FnMut(El)>,
}

impl Ears {
    /// Listens to the panel, and to what the page is told of the network and of being seen.
    pub fn new(panel: El) -> Ears {
        let ears = Ears { panel, ear: Closure::new(|event: El| heard(&event)) };
        KINDS.iter().for_each(|(kind, panel)| ears.place(*panel).listen(kind, ears.ear.as_ref(), *panel));
        ears
    }

    fn place(&self, panel: bool) -> El {
        if panel { self.panel.clone() } else { self.panel.document().window() }
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        KINDS.iter().for_each(|(kind, panel)| self.place(*panel).ignore(kind, self.ear.as_ref(), *panel));
    }
}

fn heard(event: &El) {
    match event.kind().as_str() {
        "click" => clicked(&event.target()),
        "input" => {
            let field = event.target();
            if matches!(field.class().as_str(), "draft" | "message") {
                send(Input::Draft(field.value()));
            }
        }
        "submit" => submitted(event),
        "change" => {
            let input = event.target();
            if input.matches("[type=file]") {
                take(event, &input.files());
                // The same file may be chosen again.
                input.set_value("");
            }
        }
        "scroll" => {
            let log = event.target();
            if log.matches(".log") && log.scroll_top() < NEAR {
                send(Input::Scrolled);
            }
        }
        // Whoever has copied both means the text.
        "paste" if !event.clipboard().types().includes("text/plain") => take(event, &event.clipboard().files()),
        "paste" => {}
        "dragover" | "dragleave" | "drop" => dragged(event),
        Fared::EVENT => fared(&event.detail()),
        // Its target is the document.
        kind @ ("visibilitychange" | "online" | "focus") => {
            files("wake", event, "");
            send(if kind == "visibilitychange" { Input::Visible(!event.target().hidden()) } else { Input::Wake });
        }
        _ => key(event),
    }
}

fn clicked(target: &El) {
    let Some(button) = target.closest("[data-do]") else { return };
    match button.get("data-do").unwrap_or_default().as_str() {
        "close" => send(Input::Close),
        "files" => files("do", &button, ""),
        "earlier" => send(Input::Link(link::Input::Earlier)),
        "human" => send(Input::Ask(page(target))),
        "another" => send(Input::LeaveAnother),
        "swap" => send(Input::Swap),
        "end" => send(Input::End),
        "endnow" => send(Input::EndNow),
        "stay" => send(Input::Stay),
        does => {
            if let Ok(id) = ClientMsgId::parse(&button.get("data-id").unwrap_or_default()) {
                send(if does == "retry" {
                    Input::Link(link::Input::Retry(id))
                } else {
                    Input::Link(link::Input::Discard(id))
                });
            }
        }
    }
}

/// Sends files, if there are any, and if they can be sent here.
fn take(event: &El, list: &El) {
    if list.length() > 0 && event.current().matches(":has(.clip:not([hidden]))") {
        event.prevent_default();
        // One by one, because the list is empty after the event.
        (0..list.length()).for_each(|at| tell(News::Chosen(list.item(at))));
    }
}

/// What the link is to hear of files.
fn fared(detail: &str) {
    let Some(Fared { id, ack, code }) = lean::read(detail) else { return };
    send(match (id, ack, code) {
        (Some(id), Some(ack), _) => Input::Link(link::Input::Posted { id, reply: Ok(ack) }),
        (Some(id), None, Some(_)) => {
            Input::Link(link::Input::Posted { id, reply: Err(Failure { code, retry_after_ms: None }) })
        }
        _ => Input::Link(link::Input::Wake),
    });
}

/// A page that was left to the browser would be replaced by the file that is dropped on it.
fn dragged(event: &El) {
    let cargo = event.cargo();
    if cargo.types().includes("Files") {
        let (panel, over) = (event.current(), event.kind() == "dragover");
        if over || !panel.contains(event.related().as_ref()) {
            panel.toggle("data-drop", over && panel.matches(":has(.clip:not([hidden]))"));
        }
        event.prevent_default();
        if event.kind() == "drop" {
            take(event, &cargo.files());
        }
    }
}

fn submitted(event: &El) {
    event.prevent_default();
    let form = event.target();
    send(if form.matches(".compose") {
        Input::Write
    } else {
        Input::Leave { email: form.find(".email").value(), name: form.find(".name").value(), page: page(&form) }
    });
}

/// Keys stay in the panel: a shop's own shortcuts must not fire while somebody writes to an agent.
fn key(event: &El) {
    event.stop_propagation();
    if event.kind() != "keydown" || event.composing() {
        return;
    }
    match event.key().unwrap_or_default().as_str() {
        "Escape" => send(Input::Escape),
        "Enter" if !event.shift() && event.target().matches(".draft") => {
            event.prevent_default();
            send(Input::Write);
        }
        _ => {}
    }
}

/// Where the visitor is.
fn page(element: &El) -> Page {
    let document = element.document();
    Page { url: clipped(&document.url(), 2_000), title: clipped(&document.title(), 200) }
}
