//! Where the keyboard is.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::NodeRef;

/// Moves the keyboard to an element. One that is not there (any more) is left alone.
pub fn on(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Moves the keyboard to the first match. Errors are impossible with the selectors of this crate.
pub fn first(selector: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let found: Option<Element> = document.and_then(|document| document.query_selector(selector).ok()?);
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Moves the keyboard from one of the `items` within the `list` around it to the next or last, around its ends. Where it
/// is on none of them, the key does what it does.
pub fn step(event: &web_sys::KeyboardEvent, list: &str, items: &str, by: i32) {
    let Some(here) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let Some(list) = here.closest(list).ok().flatten() else { return };
    let Ok(items) = list.query_selector_all(items) else { return };
    let count = items.length() as i32;
    let Some(at) = (0..count).find(|&n| items.item(n as u32).as_ref() == Some(here.as_ref())) else { return };
    event.prevent_default();
    let next = items.item((at + by).rem_euclid(count) as u32);
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        let _ = next.focus();
    }
}

/// Whether the keyboard is a real one: on touch screens, focusing a field opens a keyboard over half of the page.
pub fn has_real_keyboard() -> bool {
    let fine = web_sys::window().and_then(|window| window.match_media("(hover: hover) and (pointer: fine)").ok()?);
    fine.is_some_and(|query| query.matches())
}
