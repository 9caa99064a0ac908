//! Who is writing, both ways.

use super::{Effect, Link, Ms, Phase};
use protocol::room::RoomUp;

/// One word of it each 3 s is enough for an indicator that lives 6 s.
const TELL_EVERY: Ms = 3_000;
/// Without another word the other side has stopped, or its last word was lost.
const FORGET_AFTER: Ms = 6_000;

#[derive(Debug, Clone, Default)]
pub(super) struct Typing {
    /// When we last told that we write.
    told: Option<Ms>,
    /// When the other side last told.
    other: Option<Ms>,
}

impl Typing {
    /// The message itself tells that we have stopped.
    pub(super) fn sent(&mut self) {
        self.told = None;
    }
}

impl Link {
    /// When the other side is taken to have stopped. Every poll says who is writing, and a held one as soon as it
    /// changes: that needs no clock.
    pub(super) fn typing_deadline(&self) -> Option<Ms> {
        let polling = matches!(self.phase, Phase::Polling { .. });
        if polling { None } else { self.typing.other.map(|at| at + FORGET_AFTER) }
    }

    /// Tells the other side at most every 3 s that we write, and once that we stopped.
    pub(super) fn types(&mut self, now: Ms, on: bool) {
        let recent = |since: Ms| self.typing.told.is_some_and(|told| now - told < since);
        let tell = if on { !recent(TELL_EVERY) } else { recent(FORGET_AFTER) };
        if !tell {
            return;
        }
        self.typing.told = on.then_some(now);
        self.act(now);
        if !self.speaks || now < self.outbox.floor {
            return;
        }
        match self.phase {
            Phase::Open { .. } => self.emit(Effect::Transmit(RoomUp::Typing { on })),
            Phase::Polling { .. } => self.emit(Effect::PostTyping(on)),
            Phase::Off | Phase::Locked | Phase::Opening { .. } | Phase::Waiting { .. } => {}
        }
    }

    /// The other side was heard to write at a time, or has stopped.
    pub(super) fn other_types(&mut self, at: Option<Ms>) {
        let news = self.typing.other.is_some() != at.is_some();
        self.typing.other = at;
        if news {
            self.emit(Effect::OtherTypes(at.is_some()));
        }
    }
}
