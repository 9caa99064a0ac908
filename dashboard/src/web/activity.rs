//! Signs that somebody is at this tab.

use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Event, MouseEvent};

/// What people do. Coming to the tab and leaving it count too: both take a hand.
const SIGNS: [&str; 7] =
    ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "touchmove", "visibilitychange"];

/// Listens until dropped.
pub struct Activity {
    _listeners: Vec<EventListener>,
}

impl Activity {
    /// `seen` is called at every sign, so it has to be quick.
    pub fn watch(seen: impl Fn() + Clone + 'static) -> Activity {
        let document = web_sys::window().and_then(|window| window.document());
        let _listeners =
            document.iter().flat_map(|document| SIGNS.map(|sign| listen(document, sign, seen.clone()))).collect();
        Activity { _listeners }
    }
}

/// Passive, so that no scrolling waits for us; while capturing, so that nothing on the page can swallow the sign.
fn listen(document: &web_sys::Document, sign: &'static str, seen: impl Fn() + 'static) -> EventListener {
    let options = EventListenerOptions { phase: EventListenerPhase::Capture, passive: true };
    let place = Cell::new(None);
    EventListener::new_with_options(document, sign, options, move |event| {
        if !is_still(event, &place) {
            seen();
        }
    })
}

/// A page that moves under a pointer at rest also makes browsers say that the pointer moved.
fn is_still(event: &Event, place: &Cell<Option<(i32, i32)>>) -> bool {
    let moved = (event.type_() == "pointermove").then(|| event.dyn_ref::<MouseEvent>()).flatten();
    moved.is_some_and(|event| {
        let here = (event.screen_x(), event.screen_y());
        place.replace(Some(here)) == Some(here)
    })
}
