//! The few things that the widget does with elements.
//!
//! web-sys has all of this, typed by kind of element and with a `Result` for each call; here one type does for all
//! and calls that cannot fail with our arguments are declared so: 3 KB less in the visitor's download.
//! Nothing a person wrote is ever parsed as HTML, so pages that allow no `innerHTML` (Trusted Types) are fine.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Any node, event or document.
    #[derive(Clone)]
    pub type El;

    #[wasm_bindgen(method, js_name = createElementNS)]
    fn create(this: &El, space: &str, tag: &str) -> El;
    #[wasm_bindgen(method, js_name = appendChild)]
    pub fn append(this: &El, child: &El);
    #[wasm_bindgen(method)]
    pub fn prepend(this: &El, child: &El);
    #[wasm_bindgen(method, js_name = before)]
    pub fn put_before(this: &El, other: &El);
    #[wasm_bindgen(method)]
    pub fn remove(this: &El);
    #[wasm_bindgen(method, js_name = setAttribute)]
    pub fn set(this: &El, name: &str, value: &str);
    #[wasm_bindgen(method, js_name = getAttribute)]
    pub fn get(this: &El, name: &str) -> Option<String>;
    #[wasm_bindgen(method, js_name = toggleAttribute)]
    pub fn toggle(this: &El, name: &str, on: bool);
    #[wasm_bindgen(method, setter, js_name = textContent)]
    pub fn set_text(this: &El, text: &str);
    #[wasm_bindgen(method, getter)]
    pub fn value(this: &El) -> String;
    #[wasm_bindgen(method, setter)]
    pub fn set_value(this: &El, value: &str);
    #[wasm_bindgen(method, getter, js_name = className)]
    pub fn class(this: &El) -> String;
    #[wasm_bindgen(method, getter, js_name = activeElement)]
    pub fn focused(this: &El) -> Option<El>;
    #[wasm_bindgen(method)]
    pub fn matches(this: &El, selector: &str) -> bool;
    #[wasm_bindgen(method)]
    pub fn closest(this: &El, selector: &str) -> Option<El>;
    #[wasm_bindgen(method)]
    pub fn focus(this: &El);
    #[wasm_bindgen(method)]
    pub fn click(this: &El);
    /// The first of a class; there always is one of those that the plan names.
    #[wasm_bindgen(method, js_name = querySelector)]
    pub fn find(this: &El, selector: &str) -> El;
    #[wasm_bindgen(method, getter, js_name = scrollTop)]
    pub fn scroll_top(this: &El) -> i32;
    #[wasm_bindgen(method, setter, js_name = scrollTop)]
    pub fn set_scroll_top(this: &El, top: i32);
    #[wasm_bindgen(method, getter, js_name = scrollHeight)]
    pub fn scroll_height(this: &El) -> i32;
    #[wasm_bindgen(method, getter, js_name = clientHeight)]
    pub fn height(this: &El) -> i32;

    /// Of an event, or of a file.
    #[wasm_bindgen(method, getter, js_name = type)]
    pub fn kind(this: &El) -> String;
    /// Of a file.
    #[wasm_bindgen(method, getter)]
    pub fn size(this: &El) -> f64;

    #[wasm_bindgen(js_name = matchMedia)]
    fn match_media(query: &str) -> El;
    #[wasm_bindgen(method, getter, js_name = matches)]
    fn is_match(this: &El) -> bool;
    #[wasm_bindgen(method, getter, js_name = ownerDocument)]
    pub fn document(this: &El) -> El;
}

const HTML: &str = "http://www.w3.org/1999/xhtml";
const SVG: &str = "http://www.w3.org/2000/svg";

/// A new element that stands nowhere yet.
pub fn make(near: &El, tag: &str) -> El {
    near.document().create(if matches!(tag, "svg" | "path") { SVG } else { HTML }, tag)
}

/// A new element below `parent`, with or without class and text.
#[inline(never)]
pub fn add(parent: &El, tag: &str, class: &str, text: &str) -> El {
    let element = make(parent, tag);
    if !class.is_empty() {
        element.set("class", class);
    }
    if !text.is_empty() {
        element.set_text(text);
    }
    parent.append(&element);
    element
}

/// A picture of one line.
#[inline(never)]
pub fn draw(parent: &El, class: &str, view: &str, line: &str) -> El {
    let svg = add(parent, "svg", class, "");
    svg.set("viewBox", view);
    add(&svg, "path", "", "").set("d", line);
    svg
}

/// Shows or hides.
#[inline(never)]
pub fn show(element: &El, on: bool) {
    element.toggle("hidden", !on);
}

/// Sets a text, and hides what has none.
#[inline(never)]
pub fn say(element: &El, text: &str) {
    element.set_text(text);
    show(element, !text.is_empty());
}

/// Whether there is a mouse, and so most likely keys.
pub fn has_fine_pointer() -> bool {
    match_media("(pointer:fine)").is_match()
}
