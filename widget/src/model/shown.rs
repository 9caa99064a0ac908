//! What the view reads.

use super::{Model, Session};
use client::link::Health;
use protocol::room::{Message, Place};
use protocol::{CloseReason, Kind, Name, Stage};

/// Below the thread there is one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing yet, or nothing at all.
    #[default]
    Blank,
    /// The composer.
    Chat,
    /// The e-mail form.
    Form {
        /// The visitor stands in the queue all the same.
        waiting: bool,
    },
    /// The e-mail form was stored.
    Left,
}

/// *Talk to a human*.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Human {
    /// Not offered.
    #[default]
    Hidden,
    /// Offered.
    Offered {
        /// There was a conversation before.
        again: bool,
        /// The visitor wrote to nobody; say so.
        unseen: bool,
    },
    /// Pressed, and not answered.
    Asking,
    /// The visitor waits already; in its place the e-mail form is offered.
    Instead,
}

/// Below the title there is one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Head<'a> {
    /// Nothing: the server has not said a word yet, or there is no chat.
    #[default]
    Silent,
    /// Somebody can answer.
    Here,
    /// Nobody can.
    Away,
    /// The visitor stands in the queue; where, if that is known.
    Waiting(Option<Place>),
    /// The conversation is this agent's.
    With(&'a Name),
}

impl Model {
    /// What stands below the thread.
    pub fn mode(&self) -> Mode {
        match self.session {
            Session::Asleep | Session::Refused(_) => return Mode::Blank,
            Session::Booting { .. } | Session::Retrying { .. } if self.look.is_none() => return Mode::Blank,
            Session::Booting { .. } | Session::Retrying { .. } | Session::Ready => {}
        }
        match self.room.handoff.as_ref().map(|handoff| (handoff.stage, handoff.reason)) {
            // Who talks to an agent goes on, whether or not others can be asked.
            Some((Stage::Active, _)) => Mode::Chat,
            Some((Stage::Waiting, _)) if self.prefers_form() => Mode::Form { waiting: true },
            Some((Stage::Waiting, _)) => Mode::Chat,
            Some((Stage::Closed, _)) | None if self.room.desk_open => Mode::Chat,
            Some((Stage::Closed, Some(CloseReason::Missed))) if self.is_left() => Mode::Left,
            Some((Stage::Closed, _)) | None => Mode::Form { waiting: false },
        }
    }

    /// What stands below the title.
    pub fn head(&self) -> Head<'_> {
        let handoff = self.room.handoff.as_ref();
        match (self.known, handoff.map(|handoff| (handoff.stage, handoff.agent.as_ref()))) {
            (false, _) => Head::Silent,
            (true, Some((Stage::Active, Some(agent)))) => Head::With(&agent.name),
            (true, _) if !self.room.desk_open => Head::Away,
            (true, Some((Stage::Waiting, _))) => Head::Waiting(self.place()),
            (true, Some((Stage::Active | Stage::Closed, _)) | None) => Head::Here,
        }
    }

    /// Whether and how *Talk to a human* is shown.
    pub fn human(&self) -> Human {
        if self.mode() != Mode::Chat {
            return Human::Hidden;
        }
        if self.open_stage().is_some() {
            return if self.may_swap() { Human::Instead } else { Human::Hidden };
        }
        let unseen = self.wrote_to_nobody();
        match (self.asking, self.human_due || unseen) {
            (true, _) => Human::Asking,
            (false, true) => Human::Offered { again: self.had_agent(), unseen },
            (false, false) => Human::Hidden,
        }
    }

    /// Messages of agents that were not on screen.
    pub fn unread(&self) -> usize {
        self.thread.iter().filter(|message| self.is_unread(message)).count()
    }

    /// Neither here nor in another tab, or on another device.
    pub(super) fn is_unread(&self, message: &Message) -> bool {
        message.kind == Kind::Agent && message.seq > self.seen.max(self.link.receipts().visitor.read)
    }

    /// Whether files may be sent, here and now.
    pub fn may_attach(&self) -> bool {
        self.mode() == Mode::Chat && self.rules.is_some_and(|rules| rules.images || rules.documents)
    }

    /// The link is in trouble, and a person would like to know; the flag says whether it was up before.
    pub fn trouble_with_link(&self) -> Option<bool> {
        let down = match self.session {
            Session::Retrying { .. } => true,
            Session::Ready | Session::Booting { .. } => self.link.health() == Health::Down,
            Session::Asleep | Session::Refused(_) => false,
        };
        down.then_some(self.look.is_some())
    }

    fn is_left(&self) -> bool {
        !self.form.another && self.room.handoff.as_ref().is_some_and(|handoff| handoff.emailed)
    }

    fn had_agent(&self) -> bool {
        self.room.handoff.as_ref().is_some_and(|handoff| handoff.agent.is_some())
    }

    fn wrote_to_nobody(&self) -> bool {
        let events = self.thread.iter().rposition(|message| message.kind == Kind::System);
        let since = self.thread.iter().skip(events.map_or(0, |at| at + 1));
        !self.link.outbox().is_empty() || since.into_iter().any(|message| message.kind == Kind::Visitor)
    }
}
