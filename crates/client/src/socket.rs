//! A WebSocket that speaks [`RoomUp`] and [`RoomDown`], and closes when it is dropped.

use js_sys::Array;
use protocol::lean;
use protocol::room::{PING, RoomDown, RoomUp};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

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
    _heard: Closure<dyn FnMut(Event)>,
}

impl Socket {
    /// Opens a socket. Errors: the browser (or a page's policy) does not allow one at all.
    pub fn open(url: &str, protocols: &[&str], mut hear: impl FnMut(Heard) + 'static) -> Result<Socket, JsValue> {
        let offered: Array = protocols.iter().map(|name| JsValue::from_str(name)).collect();
        let raw = WebSocket::new_with_str_sequence(url, &offered)?;
        let heard = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            // An `error` is always followed by a `close`, so two handlers are enough.
            hear(match event.dyn_into::<CloseEvent>() {
                Ok(close) => Heard::Closed(close.code()),
                Err(event) => Heard::Frame(frame(event.unchecked_ref())),
            });
        });
        let handler = heard.as_ref().unchecked_ref();
        raw.set_onmessage(Some(handler));
        raw.set_onclose(Some(handler));
        Ok(Socket { raw, _heard: heard })
    }

    /// Says something. A socket that cannot take it will report its close.
    pub fn say(&self, frame: &RoomUp) {
        let _ = self.raw.send_with_str(&lean::write(frame));
    }

    /// Asks whether the other end still lives.
    pub fn ping(&self) {
        let _ = self.raw.send_with_str(PING);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.raw.set_onmessage(None);
        self.raw.set_onclose(None);
        let _ = self.raw.close();
    }
}

fn frame(event: &MessageEvent) -> Option<RoomDown> {
    lean::read(&event.data().as_string()?)
}
