//! The hands of a [`Link`] and of its [`Uploads`]: sockets, requests, timers and the shelf for one room. It decides
//! nothing.

mod act;

use crate::state::thread::{Aside, News, Staged};
use crate::web::random;
use crate::web::shelf::{Kept, Shelf};
use client::http::Request;
use client::link::{Health, Input, Link, Me, Ms, Phase, soonest};
use client::socket::Socket;
use client::uploads::{UploadInput, Uploads};
use gloo_timers::callback::Timeout;
use protocol::file::FileSettings;
use protocol::{AgentId, Body, ClientMsgId, ConversationId, FileName};
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
        let up = {
            let link = &self.0.borrow().link;
            link.health() == Health::Up && link.phase() != Phase::Locked
        };
        self.load(UploadInput::Ready(up));
    }

    /// Asks the uploads, then does what they say. The link hears of it first.
    fn load(&self, input: UploadInput) {
        if let Some(told) = input.for_link() {
            self.drive(told);
        }
        let input = match input {
            UploadInput::Done { id, reply: Ok(ack) } if ack.seq <= self.0.borrow().link.last_seq() => {
                UploadInput::Arrived(id)
            }
            input => input,
        };
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

/// The link's own clock: it never goes back.
fn clock() -> Ms {
    web_sys::window().and_then(|window| window.performance()).map_or(0, |performance| performance.now() as Ms)
}

/// Files larger than can be counted are refused by any rule.
fn size(blob: &Blob) -> u32 {
    blob.size() as u32
}
