//! What people do, as inputs for the model. One listener a kind of event, on the panel as a whole.

use crate::app::send;
use crate::model::Input;
use client::link;
use protocol::desk::Page;
use protocol::{ClientMsgId, clipped};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{
    Document, Element, Event, EventTarget, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent,
    VisibilityState, Window,
};

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

/// The one listener; it lets go when it is dropped. (gloo's listeners would be eight closures and 0.7 KB.)
pub struct Ears {
    panel: HtmlElement,
    window: Window,
    hear: Closure<dyn FnMut(Event)>,
}

impl Ears {
    /// Listens to the panel, and to what the page is told of the network and of being seen.
    pub fn new(panel: &HtmlElement, window: Window) -> Ears {
        let hear = Closure::<dyn FnMut(Event)>::new(|event: Event| heard(&event));
        let ears = Ears { panel: panel.clone(), window, hear };
        for (kind, panel) in KINDS {
            let _ = ears.place(panel).add_event_listener_with_callback(kind, ears.hear.as_ref().unchecked_ref());
        }
        ears
    }

    fn place(&self, panel: bool) -> &EventTarget {
        if panel { &self.panel } else { &self.window }
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        for (kind, panel) in KINDS {
            let _ = self.place(panel).remove_event_listener_with_callback(kind, self.hear.as_ref().unchecked_ref());
        }
    }
}

fn heard(event: &Event) {
    let target = event.target();
    match event.type_().as_str() {
        "click" => clicked(target),
        "input" => typed(target),
        "submit" => submitted(event, target),
        "visibilitychange" => send(Input::Visible(is_visible())),
        "online" => send(Input::Link(link::Input::Wake)),
        _ => key(event),
    }
}

fn is_visible() -> bool {
    document().is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn element(target: Option<EventTarget>) -> Option<Element> {
    target?.dyn_into().ok()
}

fn clicked(target: Option<EventTarget>) {
    let Some(button) = element(target).and_then(|element| element.closest("[data-do]").ok()?) else { return };
    match button.get_attribute("data-do").unwrap_or_default().as_str() {
        "close" => send(Input::Close),
        "human" => send(Input::Ask(page())),
        "another" => send(Input::LeaveAnother),
        _ => {
            if let Ok(id) = ClientMsgId::parse(&button.get_attribute("data-id").unwrap_or_default()) {
                send(Input::Link(link::Input::Retry(id)));
            }
        }
    }
}

fn typed(target: Option<EventTarget>) {
    if let Some(Ok(area)) = target.map(|target| target.dyn_into::<HtmlTextAreaElement>()) {
        send(Input::Draft(area.value()));
    }
}

fn submitted(event: &Event, target: Option<EventTarget>) {
    event.prevent_default();
    let Some(form) = element(target) else { return };
    if form.class_name() == "compose" {
        return send(Input::Write);
    }
    let value = |class: &str| {
        let found = form.query_selector(class).ok().flatten();
        found.map(|field| field.unchecked_into::<HtmlInputElement>().value()).unwrap_or_default()
    };
    send(Input::Leave { email: value(".email"), name: value(".name"), page: page() });
}

/// Keys stay in the panel: a shop's own shortcuts must not fire while somebody writes to an agent.
fn key(event: &Event) {
    event.stop_propagation();
    let event: &KeyboardEvent = event.unchecked_ref();
    if event.type_() != "keydown" || event.is_composing() {
        return;
    }
    match event.key().as_str() {
        "Escape" => send(Input::Close),
        "Enter" if !event.shift_key() && element(event.target()).is_some_and(|field| field.class_name() == "draft") => {
            event.prevent_default();
            send(Input::Write);
        }
        _ => {}
    }
}

/// Where the visitor is.
fn page() -> Page {
    let url = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let title = document().map(|document| document.title()).unwrap_or_default();
    Page { url: clipped(&url, 2_000), title: clipped(&title, 200) }
}
