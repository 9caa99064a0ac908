//! Messages never change, but an agent can take away what one says. That is told in the conversation by a message of its
//! own, so that whoever resumes learns of it as of all else.

use super::{Effect, Room, preview, told};
use crate::Refusal;
use crate::notice::ToDesk;
use protocol::desk::LastMessage;
use protocol::room::{AgentRef, Message};
use protocol::{Event, Kind, Timestamp};

impl Room {
    /// Errors: [`Refusal::NotFound`] if nobody has written there, [`Refusal::NotOwner`] for an agent who may not.
    pub(super) fn redact(
        &mut self,
        now: Timestamp,
        by: AgentRef,
        is_admin: bool,
        message: Option<Box<Message>>,
    ) -> Result<(), Refusal> {
        let message = message.filter(|message| self.record.is_some() && is_said(message)).ok_or(Refusal::NotFound)?;
        if !is_admin && self.owner() != Some(&by.id) {
            return Err(Refusal::NotOwner);
        }
        if message.is_redacted() {
            return Ok(());
        }
        self.effects.push(Effect::Erase(message.seq));
        let conversation = self.conversation.clone();
        self.effects.push(Effect::Tell(ToDesk::Redacted { conversation, at: message.at }));
        self.forget_preview(&message);
        let event = told(self.last_seq.next(), now, Event::Redacted, Some(by));
        self.append(Message { of: Some(message.seq), ..event });
        // The history is not to show it a moment longer than it must.
        self.projected_at = Timestamp(0);
        self.keep();
        Ok(())
    }

    fn forget_preview(&mut self, message: &Message) {
        let shown = preview(message);
        let blank = |last: &mut Option<LastMessage>| {
            let is_it = *last == shown;
            if let Some(last) = last.as_mut().filter(|_| is_it) {
                last.text.clear();
            }
            is_it
        };
        let is_last = blank(&mut self.last);
        let handoffs = self.record.iter_mut().flat_map(|record| &mut record.handoffs).rev();
        for (place, handoff) in handoffs.enumerate() {
            // The latest shows the newest message of all.
            if blank(&mut handoff.row.last) || (place == 0 && is_last) {
                handoff.version += 1;
            }
        }
    }
}

fn is_said(message: &Message) -> bool {
    match message.kind {
        Kind::Visitor | Kind::Agent | Kind::Assistant => true,
        Kind::System | Kind::Note => false,
    }
}
