//! Building elements without HTML text: nothing a person wrote is ever parsed, and pages that allow no
//! `innerHTML` (Trusted Types) are fine with us.

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element};

const SVG: &str = "http://www.w3.org/2000/svg";

/// One element of a plan.
pub struct Node {
    /// How deep it stands.
    pub depth: u8,
    /// Its tag; `svg` and `path` are drawn.
    pub tag: &'static str,
    /// Its classes.
    pub class: &'static str,
    /// Its attributes.
    pub attrs: &'static [(&'static str, &'static str)],
    /// Its text.
    pub text: &'static str,
}

/// Builds elements of one document.
#[derive(Clone)]
pub struct Builder(pub Document);

impl Builder {
    /// A new element below `parent`.
    pub fn add(&self, parent: &Element, tag: &str, class: &str, text: &str) -> Result<Element, JsValue> {
        let drawn = matches!(tag, "svg" | "path");
        let element = if drawn { self.0.create_element_ns(Some(SVG), tag)? } else { self.0.create_element(tag)? };
        if !class.is_empty() {
            element.set_attribute("class", class)?;
        }
        if !text.is_empty() {
            element.set_text_content(Some(text));
        }
        parent.append_child(&element)?;
        Ok(element)
    }

    /// Builds a plan below `root`.
    pub fn build(&self, root: &Element, plan: &[Node]) -> Result<(), JsValue> {
        let mut path = vec![root.clone()];
        for Node { depth, tag, class, attrs, text } in plan {
            path.truncate(usize::from(*depth) + 1);
            let Some(parent) = path.last() else { continue };
            let element = self.add(parent, tag, class, text)?;
            for (name, value) in *attrs {
                element.set_attribute(name, value)?;
            }
            path.push(element);
        }
        Ok(())
    }
}

/// Shows or hides.
pub fn show(element: &Element, on: bool) {
    let _ = element.toggle_attribute_with_force("hidden", !on);
}

/// Turns a class on or off.
pub fn mark(element: &Element, class: &str, on: bool) {
    let _ = element.class_list().toggle_with_force(class, on);
}

/// Sets or removes an attribute.
pub fn flag(element: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}
