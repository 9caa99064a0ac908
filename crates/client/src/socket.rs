//! A WebSocket that speaks [`RoomUp`] and [`RoomDown`], and closes when it is dropped.
//!
//! Declared here rather than taken from web-sys, which would bring js-sys and 1 KB into the widget.

use protocol::lean;
use protocol::room::{PING, RoomDown, RoomUp};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Array)]
    type List;
    #[wasm_bindgen(constructor, js_class = "Array")]
    fn new() -> List;
    #[wasm_bindgen(method)]
    fn push(this: &List, text: &str);

    type WebSocket;
    // The browser (or a page's policy) may not allow one at all.
    #[wasm_bindgen(constructor, catch)]
    fn new(url: &str, protocols: &List) -> Result<WebSocket, JsValue>;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &WebSocket, ear: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onclose(this: &WebSocket, ear: &JsValue);
    // Throws while the socket is opening; whoever speaks then is not heard, and the link sends it again.
    #[wasm_bindgen(method, catch)]
    fn send(this: &WebSocket, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &WebSocket);

    type SocketEvent;
    /// Of a close.
    #[wasm_bindgen(method, getter)]
    fn code(this: &SocketEvent) -> Option<u16>;
    /// Of a message.
    #[wasm_bindgen(method, getter)]
    fn data(this: &SocketEvent) -> Option<String>;
}

/// What a socket tells.
pub enum Heard {
    /// A frame; `None` if it is a pong, or one that we do not know.
    Frame(Option<RoomDown>),
    /// It is over, with this close code. Nothing follows.
    Closed(u16),
}

/// An open (or opening) socket.
pub struct Socket {
    raw: WebSocket,
    _heard: Closure<dyn FnMut(SocketEvent)>,
}

impl Socket {
    /// Opens a socket. Errors: the browser (or a page's policy) does not allow one at all.
    pub fn open(url: &str, protocols: &[&str], mut hear: impl FnMut(Heard) + 'static) -> Result<Socket, JsValue> {
        let offered = List::new();
        protocols.iter().for_each(|name| offered.push(name));
        let raw = WebSocket::new(url, &offered)?;
        let heard = Closure::<dyn FnMut(SocketEvent)>::new(move |event: SocketEvent| {
            // An `error` is always followed by a `close`, so two handlers are enough.
            hear(match event.code() {
                Some(code) => Heard::Closed(code),
                None => Heard::Frame(event.data().as_deref().and_then(lean::read)),
            });
        });
        raw.set_onmessage(heard.as_ref());
        raw.set_onclose(heard.as_ref());
        Ok(Socket { raw, _heard: heard })
    }

    /// Says something. A socket that cannot take it will report its close.
    pub fn say(&self, frame: &RoomUp) {
        let _ = self.raw.send(&lean::write(frame));
    }

    /// Asks whether the other end still lives.
    pub fn ping(&self) {
        let _ = self.raw.send(PING);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.raw.set_onmessage(&JsValue::NULL);
        self.raw.set_onclose(&JsValue::NULL);
        self.raw.close();
    }
}
