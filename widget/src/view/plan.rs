//! What the panel is made of.

use super::dom::Node;
use crate::text;

const fn node(
    depth: u8,
    tag: &'static str,
    class: &'static str,
    attrs: &'static [(&'static str, &'static str)],
    text: &'static str,
) -> Node {
    Node { depth, tag, class, attrs, text }
}

const ICON: &[(&str, &str)] = &[("viewBox", "0 0 24 24"), ("aria-hidden", "true")];

/// The inside of the panel.
pub const PANEL: &[Node] = &[
    node(0, "header", "", &[], ""),
    node(1, "div", "face", &[("aria-hidden", "true")], ""),
    node(2, "svg", "", ICON, ""),
    node(3, "path", "", &[("d", "M4 5.5h16v10.5h-8.5l-4.5 3.5v-3.5h-3z")], ""),
    node(1, "div", "who", &[], ""),
    node(2, "h2", "title", &[], text::CHAT),
    node(2, "p", "sub", &[("hidden", "")], ""),
    node(1, "button", "icon", &[("type", "button"), ("data-do", "close"), ("aria-label", text::CLOSE)], ""),
    node(2, "svg", "", ICON, ""),
    node(3, "path", "", &[("d", "M6 9.5l6 6 6-6")], ""),
    node(0, "p", "line", &[("role", "status"), ("hidden", "")], ""),
    node(0, "div", "log", &[("role", "log"), ("aria-label", text::THREAD), ("tabindex", "0")], ""),
    node(1, "div", "wait", &[("aria-hidden", "true")], ""),
    node(1, "div", "hello", &[("hidden", "")], ""),
    node(1, "div", "thread", &[], ""),
    node(1, "div", "pending", &[], ""),
    node(1, "p", "state stored", &[("hidden", "")], text::SENT),
    node(1, "div", "typing", &[("hidden", ""), ("role", "img"), ("aria-label", text::TYPING)], ""),
    node(2, "i", "", &[], ""),
    node(2, "i", "", &[], ""),
    node(2, "i", "", &[], ""),
    node(0, "div", "foot", &[], ""),
    node(1, "div", "ask", &[("hidden", "")], ""),
    node(2, "p", "hint", &[("role", "status")], ""),
    node(2, "button", "main human", &[("type", "button"), ("data-do", "human")], text::HUMAN),
    node(1, "form", "compose", &[("hidden", "")], ""),
    node(
        2,
        "textarea",
        "draft",
        &[("rows", "1"), ("placeholder", text::WRITE), ("aria-label", text::WRITE), ("enterkeyhint", "send")],
        "",
    ),
    node(2, "span", "count", &[("role", "status"), ("hidden", "")], ""),
    node(2, "button", "icon send", &[("aria-label", text::SEND)], ""),
    node(3, "svg", "", ICON, ""),
    node(4, "path", "", &[("d", "M12 19v-14M6 11l6-6 6 6")], ""),
    node(1, "form", "mail", &[("novalidate", ""), ("hidden", "")], ""),
    node(2, "h3", "", &[], text::FORM_TITLE),
    node(2, "p", "lead", &[], text::FORM_LEAD),
    node(2, "label", "", &[("for", "e")], text::EMAIL),
    node(
        2,
        "input",
        "email",
        &[("id", "e"), ("type", "email"), ("autocomplete", "email"), ("aria-describedby", "ee"), ("required", "")],
        "",
    ),
    node(2, "p", "bad", &[("id", "ee"), ("role", "alert"), ("hidden", "")], ""),
    node(2, "label", "", &[("for", "n")], text::NAME),
    node(2, "input", "name", &[("id", "n"), ("autocomplete", "name"), ("aria-describedby", "ne")], ""),
    node(2, "p", "bad", &[("id", "ne"), ("role", "alert"), ("hidden", "")], ""),
    node(2, "label", "", &[("for", "m")], text::MESSAGE),
    node(2, "textarea", "message", &[("id", "m"), ("rows", "3"), ("aria-describedby", "me"), ("required", "")], ""),
    node(2, "p", "bad", &[("id", "me"), ("role", "alert"), ("hidden", "")], ""),
    node(2, "p", "bad", &[("id", "we"), ("role", "alert"), ("hidden", "")], ""),
    node(2, "button", "main leave", &[], text::LEAVE),
    node(1, "div", "left", &[("role", "status"), ("hidden", "")], ""),
    node(2, "svg", "", ICON, ""),
    node(3, "path", "", &[("d", "M5 12.5l4.5 4.5 9.5-10")], ""),
    node(2, "h3", "", &[], text::LEFT_TITLE),
    node(2, "p", "lead", &[], text::LEFT_LEAD),
    node(2, "button", "plain", &[("type", "button"), ("data-do", "another")], text::LEAVE_ANOTHER),
];
