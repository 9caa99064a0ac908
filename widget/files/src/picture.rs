//! A picture out of memory: one element from the moment it is chosen, so that it is loaded once and does not flicker when it
//! arrives in the thread.

use crate::dom::{El, make};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = URL, js_name = createObjectURL)]
    fn object_url(blob: &El) -> String;
    #[wasm_bindgen(js_namespace = URL, js_name = revokeObjectURL)]
    fn revoke(url: &str);
    #[wasm_bindgen(method, setter)]
    fn set_onerror(this: &El, ear: &JsValue);
}

/// The address of something in memory, as long as this lives.
pub struct Address(String);

impl Address {
    /// Of this.
    pub fn of(blob: &El) -> Address {
        Address(object_url(blob))
    }

    /// As a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for Address {
    fn drop(&mut self) {
        revoke(&self.0);
    }
}

/// An element that shows what is in memory.
pub struct Picture {
    /// The element.
    pub img: El,
    /// Of what it shows.
    pub address: Address,
    /// What the browser takes it for.
    pub kind: String,
    ear: Closure<dyn FnMut()>,
}

impl Picture {
    /// Begins to load it. One that cannot be shown hides itself.
    pub fn new(near: &El, blob: &El) -> Picture {
        let (img, address) = (make(near, "img"), Address::of(blob));
        let own = img.clone();
        let ear = Closure::new(move || own.toggle("hidden", true));
        img.set_onerror(ear.as_ref());
        img.set("alt", "");
        img.set("src", address.as_str());
        Picture { img, address, kind: blob.kind(), ear }
    }

    /// Puts it in its place, with a name, and lets `spoilt` be heard if it cannot be shown.
    pub fn hang(&mut self, place: &El, name: &str, mut spoilt: impl FnMut() + 'static) {
        if self.img.get("hidden").is_some() {
            return spoilt();
        }
        self.ear = Closure::new(spoilt);
        self.img.set_onerror(self.ear.as_ref());
        self.img.set("alt", name);
        place.append(&self.img);
    }
}

impl Drop for Picture {
    /// Before the address goes: a browser that is still loading it would complain.
    fn drop(&mut self) {
        self.img.set_onerror(&JsValue::NULL);
        self.img.toggle("src", false);
    }
}
