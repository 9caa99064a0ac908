//! What the room says.

use super::{Effect, Link, Ms, Phase, SEEN_WITHIN};
use protocol::problem::Code;
use protocol::room::{Message, RoomDown};
use protocol::{ClientMsgId, Kind, Party, Seq};

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
            RoomDown::Welcome { messages, state, now: server, .. } => {
                self.skew = server.0 - now;
                messages.into_iter().for_each(|message| self.take_message(now, message));
                self.emit(Effect::State(state));
            }
            RoomDown::Message { message } => {
                self.active_at = now;
                self.take_message(now, message);
            }
            RoomDown::Ack { id, seq, .. } => self.acked(now, &id, seq),
            RoomDown::State { state } => self.emit(Effect::State(state)),
            RoomDown::Typing { party, on } => {
                if party != self.me {
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
        let mine = message.kind == self.my_kind();
        if !mine && message.kind != Kind::System {
            self.other_types(None);
        }
        let id = message.id.clone().filter(|_| mine);
        self.emit(Effect::Message(message));
        self.seen(id.as_ref());
    }

    /// What the transcript shows need not be sent, nor waited for, any more.
    fn seen(&mut self, id: Option<&ClientMsgId>) {
        if self.outbox.arrived(id, self.last_seq) {
            self.emit(Effect::Outbox);
        }
        if !self.outbox.has_unseen() {
            self.unseen_until = None;
        }
    }

    pub(super) fn acked(&mut self, now: Ms, id: &ClientMsgId, seq: Seq) {
        if self.outbox.acked(id, seq) {
            self.emit(Effect::Outbox);
            self.unseen_until = Some(now + SEEN_WITHIN);
            self.seen(None);
            self.poll_soon(now);
        }
    }

    fn error(&mut self, now: Ms, code: Code, id: Option<ClientMsgId>, pause: Option<u32>) {
        // Without an id it can only speak of the one message that is under way.
        let head = || self.outbox.head().filter(|_| self.outbox.flight.is_some()).map(|head| head.id.clone());
        let about = id.or_else(head);
        match (code, about) {
            (Code::TokenExpired | Code::Unauthenticated, _) => self.lock(now),
            (_, Some(id)) => self.refused(now, &id, code, pause),
            (_, None) => {}
        }
    }

    fn my_kind(&self) -> Kind {
        match self.me {
            Party::Visitor => Kind::Visitor,
            Party::Agent => Kind::Agent,
        }
    }
}
