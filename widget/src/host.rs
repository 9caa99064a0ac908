//! What the model asks of the browser: requests, the socket, storage, the timer, the owner's ears.

use crate::app::send;
use crate::keep::Keep;
use crate::model::{Effect, Input, Model, Told};
use crate::text::{join, trouble_for_owner};
use crate::told::Place;
use client::browser::Timer;
use client::http::{Reply, Request};
use client::link::{self, Health, Phase, query};
use client::socket::{Heard, Socket};
use protocol::http::TypingRequest;
use protocol::lean;
use protocol::room::{PAGE, SUBPROTOCOL, Since, TOKEN_SUBPROTOCOL};
use protocol::{ClientMsgId, Seq};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Tells the module of files, which is fetched for that (`loader/files.js`).
    pub fn files(what: &str, element: &JsValue, text: &str);
    #[wasm_bindgen(catch, js_namespace = localStorage, js_name = getItem)]
    fn get_item(name: &str) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(js_namespace = console, js_name = debug)]
    fn debug(who: &str, what: &str);
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn complain(what: &str);

    /// What the loader does for us.
    pub type Loader;
    #[wasm_bindgen(method)]
    fn tell(this: &Loader, event: &str, detail: &str);
    /// Shows on the launcher whether somebody can answer, and tells the page if that is new.
    #[wasm_bindgen(method)]
    fn know(this: &Loader, open: bool);
    #[wasm_bindgen(method)]
    pub fn style(this: &Loader, css: &str);
    /// Shows on the launcher how many messages were not read.
    #[wasm_bindgen(method)]
    pub fn badge(this: &Loader, unread: u32);
}

/// What was asked for.
#[derive(Clone)]
enum Ask {
    Boot,
    Handoff,
    Leave,
    End,
    Poll(u32),
    Post(ClientMsgId),
    Typing,
    Receipt,
    Earlier(Seq),
}

impl Ask {
    /// One request of a kind at a time: a new one gives up the old.
    fn slot(&self) -> usize {
        match self {
            Ask::Boot => 0,
            Ask::Handoff => 1,
            Ask::Leave => 2,
            Ask::Poll(_) => 3,
            Ask::Post(_) => 4,
            Ask::Typing => 5,
            Ask::End => 6,
            Ask::Receipt => 7,
            Ask::Earlier(_) => 8,
        }
    }

    fn answered(&self, reply: &Reply) -> Input {
        match self {
            Ask::Boot => Input::Booted(reply.read()),
            Ask::Handoff | Ask::Leave | Ask::End => {
                let reply = reply.read();
                match self {
                    Ask::Handoff => Input::Asked(reply),
                    Ask::Leave => Input::Left(reply),
                    _ => Input::Ended(reply),
                }
            }
            Ask::Poll(poll) => Input::Link(link::Input::Polled { poll: *poll, reply: reply.read() }),
            Ask::Post(id) => Input::Link(link::Input::Posted { id: id.clone(), reply: reply.read() }),
            Ask::Typing => Input::Tick,
            Ask::Receipt => Input::Link(link::Input::ReceiptPosted(reply.done())),
            Ask::Earlier(before) => Input::Link(link::Input::EarlierCame { before: *before, reply: reply.read() }),
        }
    }
}

/// The browser, as the widget needs it.
pub struct Host {
    /// Where the API lives, with a slash at the end.
    base: String,
    /// What outlives the page.
    pub keep: Keep,
    /// Who draws the launcher, and tells the page.
    pub loader: Loader,
    debug: bool,
    socket: Option<Socket>,
    /// When the model wants to be asked again.
    pub timer: Timer,
    requests: [Option<Request>; 9],
    /// What files were told last.
    place: String,
}

impl Host {
    /// The browser around us.
    pub fn new(key: &str, base: String, loader: Loader) -> Host {
        let debug = get_item("beckon_debug").is_ok_and(|set| set.is_some());
        let timer = Timer::new(|| send(Input::Tick));
        let keep = Keep::new(key);
        let requests = Default::default();
        Host { base, keep, loader, debug, socket: None, timer, requests, place: String::new() }
    }

    /// Does what the model asks for.
    pub fn perform(&mut self, effect: Effect, model: &Model) {
        match effect {
            Effect::Recall => send(Input::Recalled(self.keep.saved())),
            Effect::OpenStore { forget } => self.keep.open(forget),
            Effect::Boot(body) => self.request(Ask::Boot, "widget/boot", None, lean::write(&body)),
            Effect::Ask(body) => self.room(Ask::Handoff, "handoff", model, lean::write(&body)),
            Effect::Leave(body) => self.room(Ask::Leave, "after_hours", model, lean::write(&body)),
            Effect::End => self.room(Ask::End, "end", model, String::new()),
            Effect::Link(effect) => self.link(effect, model),
            Effect::Store(saved) => self.keep.save(&saved),
            Effect::Tell(told) => self.tell(told),
        }
    }

    fn link(&mut self, effect: link::Effect, model: &Model) {
        match effect {
            link::Effect::Connect { socket, since } => self.connect(socket, since, model),
            link::Effect::Disconnect => self.socket = None,
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
            link::Effect::Poll { poll, since, rev } => {
                self.room(Ask::Poll(poll), &join(&["events?", &query(since, rev)]), model, String::new());
            }
            link::Effect::Post(body) => self.room(Ask::Post(body.id.clone()), "messages", model, lean::write(&body)),
            link::Effect::PostTyping(on) => {
                self.room(Ask::Typing, "typing", model, lean::write(&TypingRequest { on }));
            }
            link::Effect::PostReceipt(receipt) => self.room(Ask::Receipt, "receipts", model, lean::write(&receipt)),
            link::Effect::FetchEarlier { before } => {
                let what = join(&["messages?before=", &lean::write(&before), "&limit=", &lean::write(&PAGE)]);
                self.room(Ask::Earlier(before), &what, model, String::new());
            }
            link::Effect::Keep(request) => self.keep.put(&request.id, &request.body),
            link::Effect::Forget(id) => self.keep.remove(&id),
            // The model has kept these for itself.
            link::Effect::Boot
            | link::Effect::Refused(_)
            | link::Effect::Message(_)
            | link::Effect::Earlier(_)
            | link::Effect::Redacted(_)
            | link::Effect::Anew
            | link::Effect::Receipts(_)
            | link::Effect::Paging(_)
            | link::Effect::State(_)
            | link::Effect::Outbox
            | link::Effect::OtherTypes(_)
            | link::Effect::Health(_) => {}
        }
    }

    /// Tells files where they go, whenever that changes.
    pub fn settle(&mut self, model: &Model, panel: &JsValue) {
        if let Some(token) = model.token() {
            let place = Place {
                url: join(&[&self.base, "v1/", &room(model, "files")]),
                token: token.to_owned(),
                up: model.link.health() == Health::Up && model.link.phase() != Phase::Locked,
                scope: self.keep.scope.clone(),
                rules: model.rules,
                seq: model.link.last_seq(),
            };
            let place = lean::write(&place);
            if self.place != place {
                files("at", panel, &place);
                self.place = place;
            }
        }
    }

    /// Forgets the visitor.
    pub fn forget(&self) {
        self.keep.forget();
        files("end", &JsValue::NULL, "");
    }

    fn connect(&mut self, socket: u32, since: Since, model: &Model) {
        self.socket = None;
        let path = room(model, &join(&["socket?", &query(since, None)]));
        self.log(&path);
        // http becomes ws, https wss.
        let url = join(&["ws", self.base.strip_prefix("http").unwrap_or_default(), "v1/", &path]);
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

    fn room(&mut self, ask: Ask, what: &str, model: &Model, body: String) {
        self.request(ask, &room(model, what), model.token(), body);
    }

    fn request(&mut self, ask: Ask, path: &str, token: Option<&str>, body: String) {
        self.log(path);
        let url = join(&[&self.base, "v1/", path]);
        // Of all that we ask only these are a `GET`.
        let body = (!matches!(ask, Ask::Poll(_) | Ask::Earlier(_))).then_some(body.as_str());
        let slot = ask.slot();
        let request = Request::send(&url, token, body, move |reply| send(ask.answered(&reply)));
        if let Some(slot) = self.requests.get_mut(slot) {
            *slot = Some(request);
        }
    }

    fn tell(&self, told: Told) {
        match told {
            Told::Ready => self.loader.tell("ready", ""),
            Told::Opened => self.loader.tell("open", ""),
            Told::Closed => self.loader.tell("close", ""),
            Told::Message(message) => self.loader.tell("message", &lean::write(&message)),
            Told::Availability(open) => self.loader.know(open),
            Told::Queue(place) => {
                self.loader.tell("queue", &place.map_or_else(String::new, |place| lean::write(&place)))
            }
            Told::Trouble(code) => {
                complain(trouble_for_owner(code));
                self.loader.tell("error", &lean::write(&code));
            }
        }
    }

    fn log(&self, what: &str) {
        if self.debug {
            debug("beckon", what);
        }
    }
}

/// `conversations/{id}/{what}`
fn room(model: &Model, what: &str) -> String {
    join(&["conversations/", model.conversation().map_or("", |id| id.as_str()), "/", what])
}
