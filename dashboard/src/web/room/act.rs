//! What the link and the uploads want done.

use super::{Inner, RoomLine, Slot};
use crate::state::thread::News;
use crate::web::socket_address;
use client::http::{Reply, Request};
use client::link::{Effect, Failure, Input, query};
use client::socket::{Heard, Socket};
use client::upload::{Step, upload};
use client::uploads::{UploadEffect, UploadInput};
use protocol::http::{Ack, TypingRequest};
use protocol::lean;
use protocol::room::Since;
use protocol::{ClientMsgId, Seq};
use std::cell::RefCell;
use std::rc::{Rc, Weak};

impl RoomLine {
    pub(super) fn act(&self, effect: Effect) {
        match effect {
            Effect::Connect { socket, since } => self.connect(socket, since),
            Effect::Disconnect => drop(self.0.borrow_mut().socket.take()),
            Effect::Transmit(frame) => self.speak(|socket| socket.say(&frame)),
            Effect::Ping => self.speak(Socket::ping),
            Effect::Poll { poll, since, rev } => {
                let path = format!("events?{}", query(since, rev));
                self.ask(Slot::Poll, &path, None, move |reply| Some(Input::Polled { poll, reply: reply.read() }));
            }
            Effect::Post(send) => {
                let (id, body) = (send.id.clone(), lean::write(&send));
                let told = move |reply: Reply| Some(Input::Posted { id: id.clone(), reply: reply.read() });
                self.ask(Slot::Post, "messages", Some(body), told);
            }
            // Nobody misses it.
            Effect::PostTyping(on) => {
                self.ask(Slot::Typing, "typing", Some(lean::write(&TypingRequest { on })), |_| None)
            }
            Effect::PostReceipt(receipt) => {
                let told = |reply: Reply| Some(Input::ReceiptPosted(done(&reply)));
                self.ask(Slot::Receipt, "receipts", Some(lean::write(&receipt)), told);
            }
            Effect::FetchEarlier { before } => self.fetch_earlier(before),
            Effect::Boot => {
                let ended = self.0.borrow().ended.clone();
                ended();
            }
            Effect::Refused(_) => self.note(News::Refused),
            Effect::Message(message) => {
                let file =
                    message.id.clone().filter(|id| self.0.borrow().uploads.items().iter().any(|item| &item.id == id));
                self.note(News::Message(message));
                file.into_iter().for_each(|id| self.load(UploadInput::Arrived(id)));
            }
            Effect::Earlier(messages) => self.note(News::Earlier(messages)),
            Effect::Redacted(seq) => self.note(News::Redacted(seq)),
            Effect::Anew => self.note(News::Anew),
            Effect::State(state) => self.note(News::State(state)),
            Effect::OtherTypes(on) => self.note(News::Typing(on)),
            Effect::Keep(send) => {
                let inner = self.0.borrow();
                inner.shelf.keep(&inner.conversation, &send);
            }
            Effect::Forget(id) => self.0.borrow().shelf.forget(&id),
            // Told with all that stands beside the transcript.
            Effect::Receipts(_) | Effect::Outbox | Effect::Paging(_) | Effect::Health(_) => {}
        }
    }

    pub(super) fn act_on_file(&self, effect: UploadEffect) {
        match effect {
            UploadEffect::Start(id) => self.upload(id),
            UploadEffect::Cancel(_) => drop(self.0.borrow_mut().requests.remove(&Slot::Upload)),
            UploadEffect::Forget(id) => {
                let mut inner = self.0.borrow_mut();
                inner.blobs.remove(&id);
                inner.shelf.forget(&id);
            }
            UploadEffect::Changed => {}
        }
    }

    fn note(&self, news: News) {
        self.0.borrow_mut().news.push(news);
    }

    fn speak(&self, say: impl FnOnce(&Socket)) {
        if let Some(socket) = &self.0.borrow().socket {
            say(socket);
        }
    }

    fn connect(&self, socket: u32, since: Since) {
        let path = format!("{}?{}", self.0.borrow().address("socket"), query(since, None));
        let hearing = Rc::downgrade(&self.0);
        let hear = move |heard| match heard {
            Heard::Frame(frame) => drive(&hearing, Input::Heard { socket, frame }),
            Heard::Closed(code) => drive(&hearing, Input::Closed { socket, code }),
        };
        let opened = socket_address(&path).and_then(|address| Socket::open(&address, &[], hear).ok());
        self.0.borrow_mut().socket = opened;
    }

    fn fetch_earlier(&self, before: Seq) {
        let path = format!("messages?before={}&limit={}", before.0, protocol::room::PAGE);
        let told = move |reply: Reply| Some(Input::EarlierCame { before, reply: reply.read() });
        self.ask(Slot::Earlier, &path, None, told);
    }

    /// Asks the server about this room, and drives the link with what comes of it.
    fn ask(&self, slot: Slot, path: &str, body: Option<String>, told: impl Fn(Reply) -> Option<Input> + 'static) {
        let asking = Rc::downgrade(&self.0);
        let hear = move |reply| {
            if let Some(input) = told(reply) {
                drive(&asking, input);
            }
        };
        let address = self.0.borrow().address(path);
        let request = Request::send(&address, None, body.as_deref(), hear);
        self.0.borrow_mut().requests.insert(slot, request);
    }

    fn upload(&self, id: ClientMsgId) {
        let (address, blob) = {
            let inner = self.0.borrow();
            let name = inner.uploads.items().iter().find(|item| item.id == id).map(|item| item.name.clone());
            let (Some(name), Some(blob)) = (name, inner.blobs.get(&id)) else { return };
            let name = String::from(js_sys::encode_uri_component(name.as_str()));
            (inner.address(&format!("files?id={id}&name={name}")), blob.clone())
        };
        let hearing = Rc::downgrade(&self.0);
        let hear = move |step| {
            if let Some(inner) = hearing.upgrade() {
                let id = id.clone();
                RoomLine(inner).load(match step {
                    Step::Sent(sent) => UploadInput::Progress { id, sent },
                    Step::Done(reply) => UploadInput::Done { id, reply: reply.read() },
                });
            }
        };
        let request = upload(&address, None, &blob, hear);
        self.0.borrow_mut().requests.insert(Slot::Upload, request);
    }
}

fn drive(inner: &Weak<RefCell<Inner>>, input: Input) {
    if let Some(inner) = inner.upgrade() {
        RoomLine(inner).drive(input);
    }
}

/// Only a refusal has a body.
fn done(reply: &Reply) -> Result<(), Failure> {
    if reply.status / 100 == 2 { Ok(()) } else { reply.read::<Ack>().map(drop) }
}
