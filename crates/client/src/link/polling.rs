//! Requests in place of a socket.

use super::{Climb, Effect, Failure, Link, Ms, Phase, Poll};
use protocol::http::{Ack, EventsReply, SendRequest};
use protocol::problem::Code;
use protocol::room::{RoomDown, RoomUp};
use protocol::{Body, ClientMsgId};

/// While somebody talks.
const PACE_ACTIVE: Ms = 1_500;
/// While somebody looks, but nobody has written for a while.
const PACE_QUIET: Ms = 5_000;
/// While nobody looks.
const PACE_UNSEEN: Ms = 15_000;
/// Without a word for so long, a conversation is quiet.
const QUIET_AFTER: Ms = 120_000;
/// First ceiling and cap of the wait after a failed request, so that a healed network is noticed within the cap.
const AGAIN: (Ms, Ms) = (1_000, 4_000);
/// The cap while nobody looks.
const AGAIN_UNSEEN: Ms = 30_000;
/// A network that has just come back may well take sockets.
const CLIMB_AFTER_HEALING: Ms = 500;

impl Link {
    fn pace(&self, now: Ms) -> Ms {
        match (self.attention, now - self.active_at < QUIET_AFTER) {
            (false, _) => PACE_UNSEEN,
            (true, true) => PACE_ACTIVE,
            (true, false) => PACE_QUIET,
        }
    }

    fn after_failure(&mut self, now: Ms, fails: u32) -> Ms {
        now + self.dice.backoff(AGAIN.0, if self.attention { AGAIN.1 } else { AGAIN_UNSEEN }, fails)
    }

    /// Brings the next poll forward.
    pub(super) fn poll_soon(&mut self, now: Ms) {
        if let Phase::Polling { poll: Poll::At(at), .. } = &mut self.phase {
            *at = now.min(*at);
        }
    }

    pub(super) fn poll_deadline(&self) -> Option<Ms> {
        match self.phase {
            Phase::Polling { poll: Poll::At(at), .. } => Some(at),
            Phase::Polling { poll: Poll::Since(since), .. } => Some(since + super::ANSWER_WITHIN),
            Phase::Off | Phase::Locked | Phase::Opening { .. } | Phase::Open { .. } | Phase::Waiting { .. } => None,
        }
    }

    pub(super) fn polls_on_time(&mut self, now: Ms) {
        if self.poll_deadline().is_none_or(|at| now < at) {
            return;
        }
        match &mut self.phase {
            Phase::Polling { poll: poll @ Poll::At(_), .. } => {
                *poll = Poll::Since(now);
                self.poll += 1;
                self.emit(Effect::Poll { poll: self.poll, after: self.last_seq });
            }
            Phase::Polling { .. } => self.poll_failed(now, None),
            Phase::Off | Phase::Locked | Phase::Opening { .. } | Phase::Open { .. } | Phase::Waiting { .. } => {}
        }
    }

    pub(super) fn polled(&mut self, now: Ms, poll: u32, reply: Result<EventsReply, Failure>) {
        if poll != self.poll || !matches!(self.phase, Phase::Polling { .. }) {
            return;
        }
        match reply {
            Ok(events) => self.poll_answered(now, events),
            Err(failure) => match failure.code {
                Some(Code::TokenExpired | Code::Unauthenticated) => self.lock(now),
                Some(Code::SlowDown | Code::Internal | Code::Unavailable) | None => {
                    self.poll_failed(now, failure.retry_after_ms);
                }
                Some(code) => {
                    self.stop(Phase::Off);
                    self.emit(Effect::Refused(code));
                }
            },
        }
    }

    fn poll_answered(&mut self, now: Ms, events: EventsReply) {
        let more = events.frames.iter().any(|frame| matches!(frame, RoomDown::Welcome { more: true, .. }));
        let typing = events.frames.iter().any(|frame| matches!(frame, RoomDown::Typing { .. }));
        let before = self.last_seq;
        events.frames.into_iter().for_each(|frame| self.take_frame(now, frame));
        // A poll tells all who are typing: who is not in it has stopped.
        if !typing {
            self.other_types(None);
        }
        let next = if more && before < self.last_seq { now } else { now + self.pace(now) };
        let Phase::Polling { poll, fails, .. } = &mut self.phase else { return };
        *poll = Poll::At(next);
        let healed = std::mem::take(fails) > 0;
        self.came_up();
        if healed {
            self.outbox.not_before = now;
            self.climb_at(now + CLIMB_AFTER_HEALING);
        }
    }

    fn poll_failed(&mut self, now: Ms, pause: Option<u32>) {
        self.went_down(now);
        self.poll += 1;
        let Phase::Polling { fails, .. } = self.phase else { return };
        let again = self.after_failure(now, fails).max(now + pause.map_or(0, Ms::from));
        if let Phase::Polling { poll, fails, .. } = &mut self.phase {
            *poll = Poll::At(again);
            *fails += 1;
        }
    }

    pub(super) fn send(&mut self, now: Ms, id: ClientMsgId, body: Body) {
        self.active_at = now;
        self.typing.sent();
        self.outbox.push(id, body);
        self.emit(Effect::Outbox);
    }

    pub(super) fn can_send(&self) -> bool {
        matches!(self.phase, Phase::Open { .. } | Phase::Polling { .. })
    }

    /// Sends the head of the outbox, if it is its turn.
    pub(super) fn pump(&mut self, now: Ms) {
        if !self.can_send() || self.outbox.due().is_none_or(|at| now < at) {
            return;
        }
        let Some(head) = self.outbox.head() else { return };
        let (id, body) = (head.id.clone(), head.body.clone());
        self.outbox.flight = Some(now);
        self.emit(match self.phase {
            Phase::Open { .. } => Effect::Transmit(RoomUp::Send { id, body }),
            Phase::Polling { .. } | Phase::Off | Phase::Locked | Phase::Opening { .. } | Phase::Waiting { .. } => {
                Effect::Post(SendRequest { id, body })
            }
        });
    }

    pub(super) fn posted(&mut self, now: Ms, id: ClientMsgId, reply: Result<Ack, Failure>) {
        match reply {
            Ok(ack) => self.acked(now, &ack.id, ack.seq),
            Err(Failure { code: Some(code), retry_after_ms }) => self.refused(now, &id, code, retry_after_ms),
            Err(Failure { code: None, .. }) => self.post_lost(now, &id),
        }
    }

    /// Nothing readable came back: the message may be stored or not, so it goes out again under the same id.
    fn post_lost(&mut self, now: Ms, id: &ClientMsgId) {
        let current = self.outbox.head().is_some_and(|head| head.id == *id);
        if let (true, Phase::Polling { fails, .. }) = (current, self.phase) {
            self.outbox.flight = None;
            self.outbox.not_before = self.after_failure(now, fails);
        }
    }

    pub(super) fn refused(&mut self, now: Ms, id: &ClientMsgId, code: Code, pause: Option<u32>) {
        if matches!(code, Code::TokenExpired | Code::Unauthenticated) {
            if self.can_send() {
                self.lock(now);
            }
            return;
        }
        let again = self.after_failure(now, 1).max(now + pause.map_or(0, Ms::from));
        if self.outbox.refused(id, code, again) {
            self.emit(Effect::Outbox);
        }
    }

    /// Whether a socket is being tried beside polling.
    pub(super) fn is_climbing(&self) -> bool {
        matches!(self.phase, Phase::Polling { climb: Climb::Since(_), .. })
    }
}
