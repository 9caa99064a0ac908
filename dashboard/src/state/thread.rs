//! One conversation: its transcript, what we are sending, how far both sides have read. Pure.

use client::link::{Delivery, Earlier, Health, Outgoing};
use client::uploads::{Upload, UploadState};
use protocol::file::FileSettings;
use protocol::problem::Code;
use protocol::room::{Message, Receipts, RoomState};
use protocol::{AgentId, Body, ClientMsgId, Event, FileName, Kind, Seq, Timestamp};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::rc::Rc;
use std::time::Duration;

/// Messages of one person closer than this stand together under one name and time.
const TOGETHER: Duration = Duration::from_secs(4 * 60);

/// A conversation as far as it is known here. The link brings its messages in order, without gaps or doubles.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thread {
    /// By place.
    pub messages: BTreeMap<Seq, Rc<Message>>,
    /// Absent before the first welcome.
    pub room: Option<RoomState>,
    /// The visitor is writing.
    pub typing: bool,
    /// The server will not let us in.
    pub refused: bool,
    /// The rest.
    pub aside: Aside,
}

/// All that stands beside the transcript. Small, so it is told whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Aside {
    /// Ours that the transcript does not show yet, oldest first.
    pub sends: Vec<Outgoing>,
    /// Files of ours that it does not show yet.
    pub uploads: Vec<Upload>,
    /// Files that were chosen and wait for *Send*.
    pub staged: Vec<Staged>,
    /// How far both sides have come.
    pub receipts: Receipts,
    /// How the line is.
    pub health: Health,
    /// How the page before the oldest message is.
    pub earlier: Earlier,
    /// There is one.
    pub has_earlier: bool,
}

impl Default for Aside {
    fn default() -> Self {
        Aside {
            sends: Vec::new(),
            uploads: Vec::new(),
            staged: Vec::new(),
            receipts: Receipts::default(),
            health: Health::Starting,
            earlier: Earlier::Idle,
            has_earlier: false,
        }
    }
}

/// A file that was chosen and not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// It will be sent under this id.
    pub id: ClientMsgId,
    /// As its sender calls it.
    pub name: FileName,
    /// Its size.
    pub bytes: u32,
    /// Why it cannot be sent, where that is known already.
    pub wrong: Option<Code>,
}

impl Staged {
    /// Why a file of this size cannot be sent, as far as its size tells. The server looks at its content, too.
    pub fn wrong(bytes: u32, rules: FileSettings) -> Option<Code> {
        match bytes {
            0 => Some(Code::FileEmpty),
            _ if !rules.images && !rules.documents => Some(Code::FileNotAllowed),
            bytes if bytes.div_ceil(1024) > rules.max_kb => Some(Code::FileTooLarge),
            _ => None,
        }
    }
}

/// What the line to a room tells.
#[derive(Debug, Clone)]
pub enum News {
    /// The next message.
    Message(Message),
    /// Messages before all that are known, oldest first.
    Earlier(Vec<Message>),
    /// What this one said was taken away.
    Redacted(Seq),
    /// What was known is of another conversation: begin anew.
    Anew,
    /// The rest of the room.
    State(RoomState),
    /// The visitor is writing, or has stopped.
    Typing(bool),
    /// The server will not let us in.
    Refused,
}

/// How far a message of ours has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Not stored yet.
    Sending,
    /// Stored.
    Sent,
    /// In a browser of the visitor's.
    Delivered,
    /// Before the visitor's eyes.
    Read,
}

/// A line of the transcript on the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A new day begins with the message at this time.
    Day(Timestamp),
    /// From here on a human answers.
    Live(Seq),
    /// From here on it was unread when the conversation was opened.
    Unread(Seq),
    /// Something happened.
    Event(Rc<Message>, Event),
    /// Something was said. `first` of a group shows who.
    Said {
        /// It.
        message: Rc<Message>,
        /// Whether the name and time stand above it.
        first: bool,
    },
}

impl Thread {
    /// Takes in what the line tells.
    pub fn hear(&mut self, news: News) {
        match news {
            News::Message(message) => self.put(message),
            News::Earlier(messages) => messages.into_iter().for_each(|message| self.put(message)),
            News::Redacted(seq) => self.redact(seq),
            News::Anew => self.messages.clear(),
            News::State(state) => self.room = Some(state),
            News::Typing(on) => self.typing = on,
            News::Refused => self.refused = true,
        }
    }

    /// Takes a message in; one that is known already changes nothing.
    pub fn put(&mut self, message: Message) {
        self.messages.entry(message.seq).or_insert_with(|| Rc::new(message));
    }

    fn redact(&mut self, seq: Seq) {
        if let Some(message) = self.messages.get_mut(&seq) {
            Rc::make_mut(message).redact();
        }
    }

    /// How far a stored message of an agent's has come.
    pub fn reached(&self, seq: Seq) -> Reached {
        let visitor = self.aside.receipts.visitor;
        match seq {
            seq if seq <= visitor.read => Reached::Read,
            seq if seq <= visitor.delivered => Reached::Delivered,
            _ => Reached::Sent,
        }
    }

    /// Place of the first message of the visitor's that no agent has read, where something before it was.
    pub fn first_unread(&self) -> Option<Seq> {
        let read = self.aside.receipts.agent.read;
        self.unread_messages().next().map(|message| message.seq).filter(|_| read > Seq(0))
    }

    /// Messages of the visitor's that no agent has read, as far as the transcript is known here.
    pub fn unread(&self) -> usize {
        self.unread_messages().count()
    }

    fn unread_messages(&self) -> impl Iterator<Item = &Rc<Message>> {
        let after = (Bound::Excluded(self.aside.receipts.agent.read), Bound::Unbounded);
        let unread = self.messages.range(after).map(|(_, message)| message);
        unread.filter(|message| message.kind == Kind::Visitor && !message.is_redacted())
    }

    /// The newest that a person wrote.
    pub fn newest(&self) -> Option<&Rc<Message>> {
        self.messages.values().rev().find(|message| message.event.is_none())
    }

    /// Whether something of ours is on its way, or failed.
    pub fn has_unsent(&self) -> bool {
        !self.aside.sends.is_empty() || !self.aside.uploads.is_empty()
    }

    /// What could not be sent: its id, its text or its file's name, and why.
    pub fn failed(&self) -> Vec<(&ClientMsgId, &str, Code)> {
        let sends = self.aside.sends.iter().filter_map(|send| match send.delivery {
            Delivery::Failed(code) => Some((&send.id, send.body.as_str(), code)),
            Delivery::Sending | Delivery::Sent(_) => None,
        });
        // Files wait for a line that is up; this one never will be.
        let gone = self.refused.then_some(Code::NotFound);
        let uploads = self.aside.uploads.iter().filter_map(|upload| match upload.state {
            UploadState::Failed(code) => Some((&upload.id, upload.name.as_str(), code)),
            UploadState::Waiting | UploadState::Going { .. } => Some((&upload.id, upload.name.as_str(), gone?)),
        });
        sends.chain(uploads).collect()
    }

    /// The transcript as lines. `day` tells days apart in the reader's time zone; `unread` is where the unread began.
    pub fn items(&self, unread: Option<Seq>, day: impl Fn(Timestamp) -> i64) -> Vec<Item> {
        let mut items = Vec::with_capacity(self.messages.len() + 8);
        let mut before: Option<&Rc<Message>> = None;
        let mut live = false;
        for message in self.messages.values() {
            let new_day = before.is_none_or(|before| day(before.at) != day(message.at));
            let new = unread == Some(message.seq);
            if new_day {
                items.push(Item::Day(message.at));
            }
            if new {
                items.push(Item::Unread(message.seq));
            }
            match message.event {
                Some(event) => {
                    if event == Event::AgentJoined && !live {
                        items.push(Item::Live(message.seq));
                    }
                    live = is_live_after(event, live);
                    items.push(Item::Event(message.clone(), event));
                }
                None => items.push(Item::Said {
                    message: message.clone(),
                    first: new_day || new || !before.is_some_and(|before| stand_together(before, message)),
                }),
            }
            before = Some(message);
        }
        items
    }
}

/// Whether `message` was written by `me`.
pub fn is_mine(message: &Message, me: &AgentId) -> bool {
    message.kind == Kind::Agent && message.agent.as_ref().is_some_and(|agent| &agent.id == me)
}

/// What a message says: its text, or its file's name.
pub fn what(message: &Message) -> &str {
    let body = message.body.as_ref().map(Body::as_str);
    body.or_else(|| Some(message.file.as_ref()?.name.as_str())).unwrap_or_default()
}

/// Whether what a message says can be taken away: a person's, and not taken away yet.
pub fn can_redact(message: &Message) -> bool {
    matches!(message.kind, Kind::Visitor | Kind::Agent) && !message.is_redacted()
}

fn is_live_after(event: Event, live: bool) -> bool {
    match event {
        Event::AgentJoined => true,
        Event::AgentLost
        | Event::AgentLeft
        | Event::Transferred
        | Event::FormOffered
        | Event::ExpiresSoon
        | Event::Redacted => live,
        Event::HandoffAsked
        | Event::Reopened
        | Event::Expired
        | Event::Abandoned
        | Event::EndedByAgent
        | Event::EndedByVisitor
        | Event::NobodyAvailable
        | Event::AfterHoursSaved => false,
    }
}

fn stand_together(before: &Message, message: &Message) -> bool {
    before.event.is_none()
        && before.kind == message.kind
        && before.agent == message.agent
        && message.at.since(before.at) < TOGETHER
}
