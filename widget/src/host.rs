//! What the model asks of the browser: requests, the socket, storage, the timer, the owner's ears.

use crate::app::{complain, send};
use crate::model::{Effect, Input, Model, Saved, Told};
use crate::text::join;
use client::http::{Reply, Request};
use client::link::{self, Ms};
use client::socket::{Heard, Socket};
use gloo_timers::callback::Timeout;
use js_sys::Function;
use protocol::http::TypingRequest;
use protocol::lean::{self, Lean};
use protocol::room::{SUBPROTOCOL, TOKEN_SUBPROTOCOL};
use wasm_bindgen::prelude::*;
use web_sys::{Crypto, Performance, Storage, Window};

/// What a reply means to the model.
type Done = Box<dyn Fn(Reply) -> Input>;

/// The browser, as the widget needs it.
pub struct Host {
    window: Window,
    performance: Performance,
    crypto: Crypto,
    /// Where the API lives, with a slash at the end.
    base: String,
    /// Name of our one entry in the page's storage.
    entry: String,
    tell: Function,
    debug: bool,
    socket: Option<Socket>,
    timer: Option<Timeout>,
    // One slot per kind of request: a new one gives up the old.
    boot: Option<Request>,
    ask: Option<Request>,
    leave: Option<Request>,
    poll: Option<Request>,
    post: Option<Request>,
    typing: Option<Request>,
}

impl Host {
    /// The browser around us. Errors: it is too old to chat.
    pub fn new(key: &str, base: String, tell: Function) -> Result<Host, JsValue> {
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let performance = window.performance().ok_or(JsValue::NULL)?;
        let crypto = window.crypto()?;
        let entry = join(&["beckon:", key]);
        let mut host = Host {
            window,
            performance,
            crypto,
            base,
            entry,
            tell,
            debug: false,
            socket: None,
            timer: None,
            boot: None,
            ask: None,
            leave: None,
            poll: None,
            post: None,
            typing: None,
        };
        host.debug = host.storage().and_then(|storage| storage.get_item("beckon_debug").ok()?).is_some();
        Ok(host)
    }

    /// A clock that only goes forward.
    pub fn now(&self) -> Ms {
        self.performance.now() as Ms
    }

    /// 128 random bits.
    pub fn random(&self) -> u128 {
        let mut bytes = [0; 16];
        let _ = self.crypto.get_random_values_with_u8_array(&mut bytes);
        u128::from_le_bytes(bytes)
    }

    /// What an earlier page stored.
    pub fn saved(&self) -> Option<Saved> {
        lean::read(&self.storage()?.get_item(&self.entry).ok()??)
    }

    /// Removes what was stored.
    pub fn forget(&self) {
        if let Some(storage) = self.storage() {
            let _ = storage.remove_item(&self.entry);
        }
    }

    /// Storage may be full, off, or forbidden: the chat works without it, until the page is left.
    fn storage(&self) -> Option<Storage> {
        self.window.local_storage().ok()?
    }

    /// Sets the one timer.
    pub fn wake_at(&mut self, at: Option<Ms>) {
        let wait = at.map(|at| u32::try_from(at - self.now()).unwrap_or(0));
        self.timer = wait.map(|wait| Timeout::new(wait, || send(Input::Tick)));
    }

    /// Does what the model asks for.
    pub fn perform(&mut self, effect: Effect, model: &Model) {
        match effect {
            Effect::Boot(body) => {
                self.boot = self.post_json("widget/boot", model, &body, Box::new(|r| Input::Booted(r.read())))
            }
            Effect::Ask(body) => {
                self.ask = self.post_room("handoff", model, &body, Box::new(|r| Input::Asked(r.read())))
            }
            Effect::Leave(body) => {
                self.leave = self.post_room("after_hours", model, &body, Box::new(|r| Input::Left(r.read())))
            }
            Effect::Link(effect) => self.link(effect, model),
            Effect::Store(saved) => {
                if let Some(storage) = self.storage() {
                    let _ = storage.set_item(&self.entry, &lean::write(&saved));
                }
            }
            Effect::Tell(told) => self.tell(told),
        }
    }

    fn link(&mut self, effect: link::Effect, model: &Model) {
        match effect {
            link::Effect::Connect { socket, after } => {
                self.log("socket: connect");
                self.connect(socket, &room(model, "socket", Some(after.0)), model);
            }
            link::Effect::Disconnect => {
                self.log("socket: let go");
                self.socket = None;
            }
            link::Effect::Transmit(frame) => {
                if let Some(socket) = &self.socket {
                    socket.say(&frame);
                }
            }
            link::Effect::Ping => {
                if let Some(socket) = &self.socket {
                    socket.ping();
                }
            }
            link::Effect::Poll { poll, after } => {
                self.log("poll");
                let path = room(model, "events", Some(after.0));
                let done = move |reply: Reply| Input::Link(link::Input::Polled { poll, reply: reply.read() });
                self.poll = self.request(&path, model.token(), None, Box::new(done));
            }
            link::Effect::Post(body) => {
                let id = body.id.clone();
                let done = move |reply: Reply| Input::Link(link::Input::Posted { id: id.clone(), reply: reply.read() });
                self.post = self.post_room("messages", model, &body, Box::new(done));
            }
            link::Effect::PostTyping(on) => {
                self.typing = self.post_room("typing", model, &TypingRequest { on }, Box::new(|_| Input::Tick));
            }
            // The model has kept these for itself.
            link::Effect::Boot
            | link::Effect::Refused(_)
            | link::Effect::Message(_)
            | link::Effect::State(_)
            | link::Effect::Outbox
            | link::Effect::OtherTypes(_)
            | link::Effect::Health(_) => {}
        }
    }

    fn connect(&mut self, socket: u32, path: &str, model: &Model) {
        self.socket = None;
        // http becomes ws, https wss.
        let url = join(&["ws", self.base.strip_prefix("http").unwrap_or_default(), "v1/", path]);
        let token = join(&[TOKEN_SUBPROTOCOL, model.token().unwrap_or_default()]);
        let heard = move |heard| {
            send(Input::Link(match heard {
                Heard::Frame(frame) => link::Input::Heard { socket, frame },
                Heard::Closed(code) => link::Input::Closed { socket, code },
            }));
        };
        match Socket::open(&url, &[SUBPROTOCOL, &token], heard) {
            Ok(open) => self.socket = Some(open),
            Err(_) => send(Input::Link(link::Input::Closed { socket, code: 1006 })),
        }
    }

    fn post_room<T: Lean>(&self, what: &str, model: &Model, body: &T, done: Done) -> Option<Request> {
        self.post_json(&room(model, what, None), model, body, done)
    }

    fn post_json<T: Lean>(&self, path: &str, model: &Model, body: &T, done: Done) -> Option<Request> {
        // A boot carries its token in the body.
        let token = model.token().filter(|_| path.starts_with("conversations"));
        self.request(path, token, Some(lean::write(body)), done)
    }

    fn request(&self, path: &str, token: Option<&str>, body: Option<String>, done: Done) -> Option<Request> {
        self.log(path);
        let url = join(&[&self.base, "v1/", path]);
        let nothing = done(Reply { status: 0, text: String::new() });
        let asked = Request::send(&url, token, body.as_deref(), move |reply| send(done(reply)));
        asked.map_err(|_| send(nothing)).ok()
    }

    fn tell(&self, told: Told) {
        let (name, detail) = match told {
            Told::Ready => ("ready", JsValue::UNDEFINED),
            Told::Opened => ("open", JsValue::UNDEFINED),
            Told::Closed => ("close", JsValue::UNDEFINED),
            Told::Message(message) => ("message", js_sys::JSON::parse(&lean::write(&message)).unwrap_or(JsValue::NULL)),
            Told::Trouble(code) => {
                complain(code);
                ("error", JsValue::from_str(code.as_str()))
            }
        };
        let _ = self.tell.call2(&JsValue::NULL, &JsValue::from_str(name), &detail);
    }

    fn log(&self, what: &str) {
        if self.debug {
            web_sys::console::debug_2(&JsValue::from_str("beckon"), &JsValue::from_str(what));
        }
    }
}

/// `conversations/{id}/{what}`, and from which place on.
fn room(model: &Model, what: &str, after: Option<u32>) -> String {
    let id = model.conversation().map_or("", |id| id.as_str());
    let mut path = join(&["conversations/", id, "/", what]);
    if let Some(after) = after {
        path.push_str("?after=");
        after.to_json(&mut path);
    }
    path
}
