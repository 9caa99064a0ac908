//! One open conversation: its transcript, what we are sending, who is writing. Pure.

use protocol::problem::Code;
use protocol::room::{AgentRef, Message, RoomDown, RoomState};
use protocol::{AgentId, Body, ClientMsgId, Event, Kind, Party, Seq, Timestamp};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// *Typing* fades unless renewed: the frame that ends it may be lost.
const TYPING_LASTS: Duration = Duration::from_secs(6);
/// Messages of one person closer than this stand together under one name and time.
const TOGETHER: Duration = Duration::from_secs(4 * 60);

/// How a message of ours fares on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Under way.
    Underway,
    /// Refused; the person may retry or discard it.
    Failed(Code),
}

/// A message of ours that the room has not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Send {
    /// Kept over retries.
    pub id: ClientMsgId,
    /// Its text.
    pub body: Body,
    /// How it fares.
    pub state: Sending,
}

/// A conversation as far as it is known here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thread {
    /// By place, gapless once loaded.
    pub messages: BTreeMap<Seq, Rc<Message>>,
    /// Not acknowledged, oldest first.
    pub sends: Vec<Send>,
    /// Absent before the first welcome.
    pub room: Option<RoomState>,
    /// The room has more than was sent so far.
    pub more: bool,
    /// The visitor writes, until then by our clock.
    pub typing_until: Option<Timestamp>,
}

/// A line of the transcript on the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A new day begins with the message at this time.
    Day(Timestamp),
    /// From here on a human answers.
    Live(Seq),
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
    /// Takes in a frame of the room. Idempotent; `me` is the author of what gets acknowledged.
    pub fn hear(&mut self, frame: RoomDown, me: &AgentRef, now: Timestamp) {
        match frame {
            RoomDown::Welcome { messages, more, state, .. } => {
                messages.into_iter().for_each(|message| self.put(message));
                self.more = more;
                self.room = Some(state);
            }
            RoomDown::Message { message } => self.put(message),
            RoomDown::Ack { id, seq, at } => self.acknowledge(&id, seq, at, me),
            RoomDown::State { state } => self.room = Some(state),
            RoomDown::Typing { party: Party::Visitor, on } => self.typing_until = on.then(|| now + TYPING_LASTS),
            RoomDown::Typing { party: Party::Agent, .. } => {}
            RoomDown::Error { code, id, .. } => {
                if let Some(id) = id {
                    self.fail(&id, code);
                }
            }
        }
    }

    /// A message of ours sets out, or sets out again.
    pub fn send(&mut self, id: ClientMsgId, body: Body) {
        self.sends.retain(|send| send.id != id);
        self.sends.push(Send { id, body, state: Sending::Underway });
    }

    /// A message of ours was refused.
    pub fn fail(&mut self, id: &ClientMsgId, code: Code) {
        if let Some(send) = self.sends.iter_mut().find(|send| &send.id == id) {
            send.state = Sending::Failed(code);
        }
    }

    /// The person gave a message up.
    pub fn discard(&mut self, id: &ClientMsgId) {
        self.sends.retain(|send| &send.id != id);
    }

    /// Whether the visitor is writing.
    pub fn is_typing(&self, now: Timestamp) -> bool {
        self.typing_until.is_some_and(|until| now < until)
    }

    /// The transcript as lines. `day` tells days apart in the reader's time zone.
    pub fn items(&self, day: impl Fn(Timestamp) -> i64) -> Vec<Item> {
        let mut items = Vec::with_capacity(self.messages.len() + 8);
        let mut before: Option<&Rc<Message>> = None;
        let mut live = false;
        for message in self.messages.values() {
            let new_day = before.is_none_or(|before| day(before.at) != day(message.at));
            if new_day {
                items.push(Item::Day(message.at));
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
                    first: new_day || !before.is_some_and(|before| stand_together(before, message)),
                }),
            }
            before = Some(message);
        }
        items
    }

    fn put(&mut self, message: Message) {
        if let Some(id) = &message.id {
            self.discard(id);
        }
        if message.kind == Kind::Visitor {
            self.typing_until = None;
        }
        self.messages.entry(message.seq).or_insert_with(|| Rc::new(message));
    }

    fn acknowledge(&mut self, id: &ClientMsgId, seq: Seq, at: Timestamp, me: &AgentRef) {
        let Some(send) = self.sends.iter().find(|send| &send.id == id) else { return };
        let (id, body) = (Some(send.id.clone()), Some(send.body.clone()));
        self.put(Message { seq, kind: Kind::Agent, at, body, id, agent: Some(me.clone()), event: None });
    }
}

/// Whether `message` was written by `me`.
pub fn is_mine(message: &Message, me: &AgentId) -> bool {
    message.kind == Kind::Agent && message.agent.as_ref().is_some_and(|agent| &agent.id == me)
}

fn is_live_after(event: Event, live: bool) -> bool {
    match event {
        Event::AgentJoined => true,
        Event::AgentLost => live,
        Event::HandoffAsked
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
