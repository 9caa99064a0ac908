//! One open conversation: its transcript, what we are sending, who is writing. Pure.

use client::link::{Health, Outgoing};
use protocol::room::{Message, RoomState};
use protocol::{AgentId, Event, Kind, Seq, Timestamp};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// Messages of one person closer than this stand together under one name and time.
const TOGETHER: Duration = Duration::from_secs(4 * 60);

/// A conversation as far as it is known here. The link brings its messages in order, without gaps or doubles.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    /// By place.
    pub messages: BTreeMap<Seq, Rc<Message>>,
    /// Ours that the transcript does not show yet, oldest first.
    pub sends: Vec<Outgoing>,
    /// Absent before the first welcome.
    pub room: Option<RoomState>,
    /// The visitor is writing.
    pub typing: bool,
    /// How the line is.
    pub health: Health,
    /// The server will not let us in.
    pub refused: bool,
}

impl Default for Thread {
    fn default() -> Self {
        Thread {
            messages: BTreeMap::new(),
            sends: Vec::new(),
            room: None,
            typing: false,
            health: Health::Starting,
            refused: false,
        }
    }
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
    /// Takes a message in; one that is known already changes nothing.
    pub fn put(&mut self, message: Message) {
        self.messages.entry(message.seq).or_insert_with(|| Rc::new(message));
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
}

/// Whether `message` was written by `me`.
pub fn is_mine(message: &Message, me: &AgentId) -> bool {
    message.kind == Kind::Agent && message.agent.as_ref().is_some_and(|agent| &agent.id == me)
}

fn is_live_after(event: Event, live: bool) -> bool {
    match event {
        Event::AgentJoined => true,
        Event::AgentLost | Event::AgentLeft | Event::Transferred | Event::FormOffered | Event::ExpiresSoon => live,
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
