//! A page's clock, its timer, and chance.

use crate::link::Ms;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn clock() -> f64;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(then: &JsValue, wait: i32) -> i32;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: i32);
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn fill_random(bytes: &mut [u8]);
}

/// Milliseconds of a clock that only goes forward.
pub fn now() -> Ms {
    clock() as Ms
}

/// 128 random bits.
pub fn random() -> u128 {
    let mut bytes = [0; 16];
    fill_random(&mut bytes);
    u128::from_le_bytes(bytes)
}

/// The one timer of a page. Dropping it ends it.
pub struct Timer {
    id: i32,
    tick: Closure<dyn FnMut(JsValue)>,
}

impl Timer {
    /// Not set.
    pub fn new(mut tick: impl FnMut() + 'static) -> Timer {
        Timer { id: 0, tick: Closure::new(move |_| tick()) }
    }

    /// Rings then, and at no other time.
    pub fn ring_at(&mut self, at: Option<Ms>) {
        clear_timeout(self.id);
        if let Some(at) = at {
            self.id = set_timeout(self.tick.as_ref(), (at - now()).max(0) as i32);
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(self.id);
    }
}
