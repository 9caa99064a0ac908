//! What people do, as inputs for the model. One listener for all kinds of events, on the panel as a whole.

use super::dom::El;
use crate::app::send;
use crate::model::Input;
use client::link;
use protocol::desk::Page;
use protocol::{ClientMsgId, clipped};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(method, js_name = addEventListener)]
    fn listen(this: &El, kind: &str, ear: &JsValue);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    fn ignore(this: &El, kind: &str, ear: &JsValue);

    #[wasm_bindgen(method, getter, js_name = type)]
    fn kind(this: &El) -> String;
    #[wasm_bindgen(method, getter)]
    fn target(this: &El) -> El;
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

    #[wasm_bindgen(method, getter)]
    fn hidden(this: &El) -> bool;
    #[wasm_bindgen(method, getter)]
    fn title(this: &El) -> String;
    #[wasm_bindgen(method, getter, js_name = URL)]
    fn url(this: &El) -> String;
    #[wasm_bindgen(method, getter, js_name = defaultView)]
    fn window(this: &El) -> El;
}

/// Kinds of events, and whether they are the panel's.
const KINDS: [(&str, bool); 8] = [
    ("click", true),
    ("input", true),
    ("keydown", true),
    ("keyup", true),
    ("keypress", true),
    ("submit", true),
    ("visibilitychange", false),
    ("online", false),
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
        KINDS.iter().for_each(|(kind, panel)| ears.place(*panel).listen(kind, ears.ear.as_ref()));
        ears
    }

    fn place(&self, panel: bool) -> El {
        if panel { self.panel.clone() } else { self.panel.document().window() }
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        KINDS.iter().for_each(|(kind, panel)| self.place(*panel).ignore(kind, self.ear.as_ref()));
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
        // Its target is the document.
        "visibilitychange" => send(Input::Visible(!event.target().hidden())),
        "online" => send(Input::Link(link::Input::Wake)),
        _ => key(event),
    }
}

fn clicked(target: &El) {
    let Some(button) = target.closest("[data-do]") else { return };
    match button.get("data-do").unwrap_or_default().as_str() {
        "close" => send(Input::Close),
        "human" => send(Input::Ask(page(target))),
        "another" => send(Input::LeaveAnother),
        "swap" => send(Input::Swap),
        "end" => send(Input::End),
        "endnow" => send(Input::EndNow),
        "stay" => send(Input::Stay),
        _ => {
            if let Ok(id) = ClientMsgId::parse(&button.get("data-id").unwrap_or_default()) {
                send(Input::Link(link::Input::Retry(id)));
            }
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
