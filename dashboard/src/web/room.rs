//! The hands of a [`Link`] and of its [`Uploads`]: sockets, requests, timers and the shelf for one room. It decides
//! nothing.

use crate::state::thread::{Aside, News, Staged};
use crate::web::shelf::{Kept, Shelf};
use crate::web::{random, socket_address};
use client::http::{Reply, Request};
use client::link::{Effect, Failure, Input, Link, Me, Ms, query, soonest};
use client::socket::{Heard, Socket};
use client::upload::{Step, upload};
use client::uploads::{UploadEffect, UploadInput, Uploads};
use gloo_timers::callback::Timeout;
use protocol::file::FileSettings;
use protocol::http::{Ack, TypingRequest};
use protocol::lean;
use protocol::room::Since;
use protocol::{AgentId, Body, ClientMsgId, ConversationId, FileName, Seq};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use web_sys::Blob;

/// Hears what is new in a room.
pub type Tell = Rc<dyn Fn(Vec<News>, Aside)>;

/// A room's line; dropping it hangs up. Cheap to clone: the last one hangs up.
#[derive(Clone)]
pub struct RoomLine(Rc<RefCell<Inner>>);

struct Inner {
    link: Link,
    uploads: Uploads,
    conversation: ConversationId,
    shelf: Shelf,
    tell: Tell,
    /// Called when the sign-in has ended.
    ended: Rc<dyn Fn()>,
    /// The bytes of what is staged, waits, or is going.
    blobs: BTreeMap<ClientMsgId, Blob>,
    staged: Vec<Staged>,
    rules: FileSettings,
    /// What was last told, and what is to be told.
    told: Option<Aside>,
    news: Vec<News>,
    socket: Option<Socket>,
    timer: Option<Timeout>,
    /// One of a kind at a time: a new one gives up the old.
    requests: BTreeMap<Slot, Request>,
}

/// A kind of request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Poll,
    Post,
    Typing,
    Receipt,
    Earlier,
    Upload,
}

impl RoomLine {
    /// Opens the line.
    pub fn open(
        agent: AgentId,
        conversation: ConversationId,
        shelf: Shelf,
        tell: Tell,
        ended: Rc<dyn Fn()>,
    ) -> RoomLine {
        let inner = Inner {
            link: Link::new(Me::Agent(agent), random() as u32),
            uploads: Uploads::new(random() as u32),
            conversation,
            shelf,
            tell,
            ended,
            blobs: BTreeMap::new(),
            staged: Vec::new(),
            rules: FileSettings::default(),
            told: None,
            news: Vec::new(),
            socket: None,
            timer: None,
            requests: BTreeMap::new(),
        };
        let line = RoomLine(Rc::new(RefCell::new(inner)));
        line.drive(Input::Start);
        line
    }

    /// Sends a text, and the files that were chosen.
    pub fn say(&self, body: Option<Body>) {
        if let Some(body) = body {
            self.drive(Input::Send { id: ClientMsgId::random(random()), body });
        }
        let staged = std::mem::take(&mut self.0.borrow_mut().staged);
        for Staged { id, name, bytes, .. } in staged {
            self.keep_file(&id, &name);
            self.load(UploadInput::Add { id, name, bytes });
        }
    }

    /// Takes over what an earlier life of the page, or another tab, had not got rid of.
    pub fn restore(&self, kept: Vec<Kept>) {
        let (mut texts, mut files) = (Vec::new(), Vec::new());
        for kept in kept {
            match kept {
                Kept::Text(send) => texts.push(send),
                Kept::File { id, name, blob } => {
                    files.push((id.clone(), name, size(&blob)));
                    self.0.borrow_mut().blobs.insert(id, blob);
                }
            }
        }
        self.drive(Input::Restore(texts));
        self.load(UploadInput::Restore(files));
    }

    /// Chooses a file to be sent with the next press.
    pub fn stage(&self, name: FileName, blob: Blob) {
        {
            let mut inner = self.0.borrow_mut();
            let (id, bytes) = (ClientMsgId::random(random()), size(&blob));
            let wrong = Staged::wrong(bytes, inner.rules);
            inner.blobs.insert(id.clone(), blob);
            inner.staged.push(Staged { id, name, bytes, wrong });
        }
        self.settle();
    }

    /// Leaves a chosen file out.
    pub fn unstage(&self, id: &ClientMsgId) {
        {
            let mut inner = self.0.borrow_mut();
            inner.staged.retain(|staged| &staged.id != id);
            inner.blobs.remove(id);
        }
        self.settle();
    }

    /// Sends what failed again, under the same id: it cannot be doubled.
    pub fn retry(&self, id: ClientMsgId) {
        self.drive(Input::Retry(id.clone()));
        self.load(UploadInput::Retry(id));
    }

    /// Gives up what failed, or a file on its way.
    pub fn discard(&self, id: ClientMsgId) {
        self.drive(Input::Discard(id.clone()));
        self.load(UploadInput::Discard(id));
    }

    /// Whether the thread is before somebody's eyes.
    pub fn attend(&self, on: bool) {
        self.drive(Input::Attention(on));
    }

    /// The network is back, or the page is looked at again.
    pub fn wake(&self) {
        self.drive(Input::Wake);
        self.load(UploadInput::Wake);
    }

    /// Asks for the page before the oldest message.
    pub fn earlier(&self) {
        self.drive(Input::Earlier);
    }

    /// A key was pressed, or the text was given up.
    pub fn typing(&self, on: bool) {
        self.drive(Input::Typing(on));
    }

    /// What may be sent besides text.
    pub fn allow(&self, rules: FileSettings) {
        {
            let mut inner = self.0.borrow_mut();
            inner.rules = rules;
            inner.staged.iter_mut().for_each(|staged| staged.wrong = Staged::wrong(staged.bytes, rules));
        }
        self.load(UploadInput::Rules(rules));
    }

    fn keep_file(&self, id: &ClientMsgId, name: &FileName) {
        let inner = self.0.borrow();
        if let Some(blob) = inner.blobs.get(id) {
            inner.shelf.keep_file(&inner.conversation, id, name, blob);
        }
    }

    /// Asks the link, then does what it says.
    fn drive(&self, input: Input) {
        let effects = self.0.borrow_mut().link.apply(clock(), input);
        effects.into_iter().for_each(|effect| self.act(effect));
        let up = self.0.borrow().link.health() == client::link::Health::Up;
        self.load(UploadInput::Ready(up));
    }

    /// Asks the uploads, then does what they say.
    fn load(&self, input: UploadInput) {
        let effects = self.0.borrow_mut().uploads.apply(clock(), input);
        effects.into_iter().for_each(|effect| self.act_on_file(effect));
        self.settle();
    }

    /// Tells what is new, and arms the timer. Never while borrowed: who is told may come back with an order.
    fn settle(&self) {
        let told = {
            let mut inner = self.0.borrow_mut();
            let aside = inner.aside();
            let news = std::mem::take(&mut inner.news);
            let is_new = !news.is_empty() || inner.told.as_ref() != Some(&aside);
            if is_new {
                inner.told = Some(aside.clone());
            }
            inner.timer = inner.arm(Rc::downgrade(&self.0));
            is_new.then(|| (inner.tell.clone(), news, aside))
        };
        if let Some((tell, news, aside)) = told {
            tell(news, aside);
        }
    }

    fn act(&self, effect: Effect) {
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

    fn act_on_file(&self, effect: UploadEffect) {
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

impl Inner {
    fn address(&self, path: &str) -> String {
        format!("/v1/conversations/{}/{path}", self.conversation)
    }

    fn aside(&self) -> Aside {
        Aside {
            sends: self.link.outbox().to_vec(),
            uploads: self.uploads.items().to_vec(),
            staged: self.staged.clone(),
            receipts: self.link.receipts(),
            health: self.link.health(),
            earlier: self.link.earlier(),
            has_earlier: self.link.has_earlier(),
        }
    }

    fn arm(&self, ticking: Weak<RefCell<Inner>>) -> Option<Timeout> {
        let at = soonest(&[self.link.next_deadline(), self.uploads.next_deadline()])?;
        let wait = u32::try_from(at - clock()).unwrap_or(0);
        Some(Timeout::new(wait, move || {
            if let Some(inner) = ticking.upgrade() {
                let line = RoomLine(inner);
                line.drive(Input::Tick);
                line.load(UploadInput::Tick);
            }
        }))
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

/// The link's own clock: it never goes back.
fn clock() -> Ms {
    web_sys::window().and_then(|window| window.performance()).map_or(0, |performance| performance.now() as Ms)
}

/// Files larger than can be counted are refused by any rule.
fn size(blob: &Blob) -> u32 {
    blob.size() as u32
}
