//! How far both sides have come, and who is writing. Neither is history: receipts are stored by the way, typing never.

use super::{Effect, Room, Speaker};
use crate::Refusal;
use protocol::room::{Receipt, Receipts, RoomDown, Since};
use protocol::{Party, Seq, Timestamp};
use std::time::Duration;

/// For how long "is writing" holds without being said again.
const TYPING_HOLDS: Duration = Duration::from_secs(6);
/// Said again sooner, it is not passed on.
const TYPING_EVERY: Duration = Duration::from_secs(1);

/// One side's typing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Writing {
    until: Timestamp,
    told: Timestamp,
}

impl Room {
    /// How far both have come.
    pub fn receipts(&self) -> Receipts {
        self.record.as_ref().map(|record| record.receipts).unwrap_or_default()
    }

    /// Takes in what a socket has kept over a sleep.
    pub fn recall(&mut self, party: Party, receipt: Receipt) {
        self.is_unsaved |= self.merge(party, receipt);
    }

    /// Whether this side is writing.
    pub fn is_writing(&self, now: Timestamp, party: Party) -> bool {
        now < self.typing[party as usize].until
    }

    /// Errors: [`Refusal::Malformed`] for more read than delivered, [`Refusal::UnknownPlace`] beyond the last message,
    /// [`Refusal::NotOwner`] for an agent who only watches.
    pub(super) fn receive(&mut self, speaker: &Speaker, receipt: Receipt, kept: bool) -> Result<(), Refusal> {
        self.may_write(speaker)?;
        if receipt.read > receipt.delivered {
            return Err(Refusal::Malformed);
        }
        if receipt.delivered > self.last_seq {
            return Err(Refusal::UnknownPlace);
        }
        if self.merge(speaker.party(), receipt) {
            self.is_unsaved = true;
            self.effects.push(Effect::Show(RoomDown::Receipts { receipts: self.receipts() }));
        }
        if !kept {
            self.keep_receipts();
        }
        Ok(())
    }

    pub(super) fn keep_receipts(&mut self) {
        if self.is_unsaved {
            self.keep();
        }
    }

    /// Whether it is news.
    fn merge(&mut self, party: Party, receipt: Receipt) -> bool {
        let Some(record) = &mut self.record else { return false };
        let before = record.receipts;
        let mine = match party {
            Party::Visitor => &mut record.receipts.visitor,
            Party::Agent => &mut record.receipts.agent,
        };
        *mine = mine.max(receipt);
        record.receipts != before
    }

    /// Passes on what is new to the other side. Whoever only watches is not seen to write. Errors: those of
    /// [`Room::admit`].
    pub(super) fn types(&mut self, now: Timestamp, speaker: &Speaker, on: bool) -> Result<(), Refusal> {
        self.admit(speaker)?;
        let party = speaker.party();
        let writing = &mut self.typing[party as usize];
        let is_news = on != (now < writing.until) || now.since(writing.told) >= TYPING_EVERY;
        if self.record.is_none() || self.may_write(speaker).is_err() || !is_news {
            return Ok(());
        }
        let until = if on { now + TYPING_HOLDS } else { Timestamp(0) };
        self.typing[party as usize] = Writing { until, told: now };
        let other = match party {
            Party::Visitor => Party::Agent,
            Party::Agent => Party::Visitor,
        };
        self.effects.push(Effect::ShowTo(other, RoomDown::Typing { party, on }));
        Ok(())
    }

    /// The place after which a client is told everything. Errors: [`Refusal::UnknownPlace`] if it has more than there is.
    pub fn resume(&self, since: Since) -> Result<Seq, Refusal> {
        match since {
            Since::After(after) if after > self.last_seq => Err(Refusal::UnknownPlace),
            Since::After(after) => Ok(after),
            Since::Latest(latest) => Ok(Seq(self.last_seq.0.saturating_sub(latest))),
        }
    }
}
