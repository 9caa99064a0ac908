//! From the plan to the panel.

use super::dom::{El, add};
use super::plan::{PLAN, WORDS};

/// Builds the inside of the panel.
pub fn build(panel: &El) {
    let mut path = vec![panel.clone()];
    let mut words = WORDS.iter();
    let mut rest = PLAN;
    while !rest.is_empty() {
        let (line, below) = cut(rest, b'\n');
        rest = below;
        let (name, mut attrs) = cut(line, b'|');
        let (tag, class) = cut(name, b'.');
        let (depth, tag) = tag.split_at(1);
        path.truncate(depth.bytes().map(|digit| usize::from(digit - b'0') + 1).sum());
        let Some(parent) = path.last() else { continue };
        let element = add(parent, tag, class, "");
        while !attrs.is_empty() {
            let (attr, more) = cut(attrs, b'|');
            attrs = more;
            let (name, value) = cut(attr, b'=');
            let value = if value == "$" { words.next().copied().unwrap_or_default() } else { value };
            if name.is_empty() { element.set_text(value) } else { element.set(name, value) }
        }
        path.push(element);
    }
}

/// Before and after the first `at`. Small, and used for all: the library's `split` is another function for each
/// kind of separator.
#[inline(never)]
fn cut(text: &str, at: u8) -> (&str, &str) {
    match text.bytes().position(|byte| byte == at).and_then(|at| text.split_at_checked(at)) {
        Some((before, after)) => (before, after.get(1..).unwrap_or_default()),
        None => (text, ""),
    }
}
