//! What the room says.

use super::{Effect, Link, Me, Ms, Phase, SEEN_WITHIN};
use protocol::problem::Code;
use protocol::room::{Message, RoomDown, RoomState};
use protocol::{ClientMsgId, Kind, Seq, Stage};

impl Link {
    pub(super) fn heard(&mut self, now: Ms, frame: Option<RoomDown>) {
        if let Phase::Open { heard, pinged, .. } = &mut self.phase {
            *heard = now;
            *pinged = None;
        }
        let Some(frame) = frame else { return };
        let welcome = matches!(frame, RoomDown::Welcome { .. });
        match self.phase {
            Phase::Open { .. } => {}
            Phase::Opening { .. } if welcome => self.opened(now),
            Phase::Polling { .. } if welcome && self.is_climbing() => self.opened(now),
            // Welcome comes first. What came before it would be missing from the transcript without leaving a gap.
            Phase::Opening { .. } | Phase::Polling { .. } => return self.socket_failed(now),
            Phase::Off | Phase::Locked | Phase::Waiting { .. } => return,
        }
        self.take_frame(now, frame);
    }

    /// Takes a frame in, by whichever way it came.
    pub(super) fn take_frame(&mut self, now: Ms, frame: RoomDown) {
        match frame {
            RoomDown::Welcome { from, messages, state, receipts, now: server, .. } => {
                self.skew = server.0 - now;
                self.begins(from);
                messages.into_iter().for_each(|message| self.take_message(now, message));
                self.welcome_receipts(receipts);
                self.take_state(state);
            }
            RoomDown::Message { message } => self.take_message(now, message),
            RoomDown::Ack { id, seq, .. } => self.acked(now, &id, seq),
            RoomDown::State { state } => self.take_state(state),
            RoomDown::Receipts { receipts } => self.take_receipts(receipts),
            RoomDown::Typing { party, on } => {
                if party != self.me.party() {
                    self.active_at = now;
                    self.other_types(on.then_some(now));
                }
            }
            RoomDown::Error { code, id, retry_after_ms } => self.error(now, code, id, retry_after_ms),
        }
    }

    /// Shows the next message; drops what is known; resumes if one is missing.
    fn take_message(&mut self, now: Ms, message: Message) {
        if message.seq < self.expected() {
            return;
        }
        if message.seq > self.expected() {
            self.resume(now);
            return;
        }
        self.last_seq = message.seq;
        self.active_at = self.active_at.max(now.min(message.at.0 - self.skew));
        if self.is_theirs(message.kind) {
            self.other_types(None);
        }
        self.has_come(&message);
        let id = message.id.clone().filter(|_| self.is_mine(&message));
        let (event, of) = (message.event, message.of);
        self.emit(Effect::Message(message));
        self.note_redaction(event, of);
        // Another tab may have written and kept it.
        if let Some(id) = &id {
            self.emit(Effect::Forget(id.clone()));
        }
        self.seen(id.as_ref());
    }

    fn is_mine(&self, message: &Message) -> bool {
        match &self.me {
            Me::Visitor => message.kind == Kind::Visitor,
            Me::Agent(me) => message.kind == Kind::Agent && message.agent.as_ref().is_some_and(|agent| agent.id == *me),
        }
    }

    fn take_state(&mut self, state: RoomState) {
        if let Me::Agent(me) = &self.me {
            self.speaks = state.handoff.as_ref().is_some_and(|handoff| {
                handoff.stage == Stage::Active && handoff.agent.as_ref().is_some_and(|agent| agent.id == *me)
            });
        }
        self.emit(Effect::State(state));
    }

    /// What the transcript shows need not be sent, kept, nor waited for, any more.
    fn seen(&mut self, id: Option<&ClientMsgId>) {
        while let Some(left) = self.outbox.arrived(id, self.last_seq) {
            if id != Some(&left) {
                self.emit(Effect::Forget(left));
            }
            self.emit(Effect::Outbox);
        }
        self.unseen = self.unseen.filter(|(_, seq)| *seq > self.last_seq);
    }

    pub(super) fn acked(&mut self, now: Ms, id: &ClientMsgId, seq: Seq) {
        let news = self.outbox.acked(id, seq);
        if news {
            self.emit(Effect::Outbox);
        }
        // A file is not in the outbox.
        if news || seq > self.last_seq {
            self.unseen = Some((now + SEEN_WITHIN, self.unseen.map_or(seq, |(_, most)| most.max(seq))));
            self.seen(None);
            self.poll_soon(now);
        }
    }

    fn error(&mut self, now: Ms, code: Code, id: Option<ClientMsgId>, pause: Option<u32>) {
        if matches!(code, Code::TokenExpired | Code::Unauthenticated) {
            return self.lock(now);
        }
        if let Some(id) = id {
            return self.refused(now, &id, code, pause);
        }
        // Without an id it speaks of a receipt, or of the one message that is under way.
        self.receipt_refused(now, pause);
        match code {
            // We know a conversation that is not this one.
            Code::UnknownPlace => {
                self.anew(now);
                self.socket_failed(now);
            }
            Code::NotOwner => {}
            _ => {
                if let Some(id) = self.outbox.under_way() {
                    self.refused(now, &id, code, pause);
                }
            }
        }
    }
}
