//! Requests in place of a socket.

use super::{ANSWER_WITHIN, Climb, Effect, Failure, Link, Ms, Phase, Poll};
use protocol::http::{Ack, EventsReply, SendRequest};
use protocol::problem::Code;
use protocol::room::{RoomDown, RoomUp};
use protocol::{Body, ClientMsgId};

/// While somebody talks, polls are held by the server; between them is at least this.
const LEAST_GAP: Ms = 250;
/// And from one to the next at least this, if it brought nothing: the server may not hold any now.
const PACE_ACTIVE: Ms = 1_500;
/// While somebody looks, but nobody has written for a while.
const PACE_QUIET: Ms = 5_000;
/// While nobody looks.
const PACE_UNSEEN: Ms = 15_000;
/// Without a word for so long, a conversation is quiet.
const QUIET_AFTER: Ms = 120_000;
/// An answer that is held comes later by that.
const HELD: Ms = EventsReply::HELD_MS as Ms;
/// First ceiling and cap of the wait after a failed request, so that a healed network is noticed within the cap.
const AGAIN: (Ms, Ms) = (1_000, 4_000);
/// The cap while nobody looks.
const AGAIN_UNSEEN: Ms = 30_000;
/// A network that has just come back may well take sockets.
const CLIMB_AFTER_HEALING: Ms = 500;

impl Link {
    /// Whether polls are to be held: it keeps the room awake, so somebody must be looking, and the talk going on.
    fn holds(&self, now: Ms) -> bool {
        self.attention && now - self.active_at < QUIET_AFTER
    }

    /// A person has done something, here or there.
    pub(super) fn act(&mut self, now: Ms) {
        let held = self.holds(now);
        self.active_at = now;
        if !held {
            self.poll_soon(now);
        }
    }

    pub(super) fn after_failure(&mut self, now: Ms, fails: u32) -> Ms {
        now + self.dice.backoff(AGAIN.0, if self.attention { AGAIN.1 } else { AGAIN_UNSEEN }, fails)
    }

    /// Brings the next poll forward.
    pub(super) fn poll_soon(&mut self, now: Ms) {
        if let Phase::Polling { poll: Poll::At(at), .. } = &mut self.phase {
            *at = now.min(*at);
        }
    }

    /// Polls at once: what is under way may be as dead as the network it went out by.
    pub(super) fn poll_again(&mut self, now: Ms) {
        match self.phase {
            Phase::Polling { poll: Poll::Since(since), .. } if self.held && since + LEAST_GAP <= now => {
                self.next_poll_at(now);
            }
            _ => self.poll_soon(now),
        }
    }

    pub(super) fn poll_deadline(&self) -> Option<Ms> {
        match self.phase {
            Phase::Polling { poll: Poll::At(at), .. } => Some(at.max(self.poll_floor)),
            Phase::Polling { poll: Poll::Since(since), .. } => {
                Some(since + ANSWER_WITHIN + if self.held { HELD } else { 0 })
            }
            Phase::Off | Phase::Locked | Phase::Opening { .. } | Phase::Open { .. } | Phase::Waiting { .. } => None,
        }
    }

    pub(super) fn polls_on_time(&mut self, now: Ms) {
        if self.poll_deadline().is_none_or(|at| now < at) {
            return;
        }
        let rev = self.rev.filter(|_| self.holds(now));
        match &mut self.phase {
            Phase::Polling { poll: poll @ Poll::At(_), .. } => {
                *poll = Poll::Since(now);
                self.poll += 1;
                self.held = rev.is_some();
                self.emit(Effect::Poll { poll: self.poll, since: self.since(), rev });
            }
            Phase::Polling { .. } => self.poll_failed(now, now),
            Phase::Off | Phase::Locked | Phase::Opening { .. } | Phase::Open { .. } | Phase::Waiting { .. } => {}
        }
    }

    pub(super) fn polled(&mut self, now: Ms, poll: u32, reply: Result<EventsReply, Failure>) {
        if poll != self.poll || !matches!(self.phase, Phase::Polling { poll: Poll::Since(_), .. }) {
            return;
        }
        match reply {
            Ok(events) => self.poll_answered(now, events),
            Err(failure) => match failure.code {
                Some(Code::TokenExpired | Code::Unauthenticated) => self.lock(now),
                Some(Code::SlowDown | Code::Internal | Code::Unavailable) | None => {
                    self.poll_failed(now, failure.floor(now));
                }
                // Sockets were refused for the same reason.
                Some(Code::UnknownPlace) if self.has_begun() => {
                    self.anew(now);
                    self.next_poll_at(now + LEAST_GAP);
                    self.climb_at(now + CLIMB_AFTER_HEALING);
                }
                Some(code) => {
                    self.stop(Phase::Off);
                    self.refused = Some(code);
                    self.emit(Effect::Refused(code));
                }
            },
        }
    }

    fn poll_answered(&mut self, now: Ms, EventsReply { frames, rev }: EventsReply) {
        let Phase::Polling { poll: Poll::Since(asked), .. } = self.phase else { return };
        let (before, me) = (self.last_seq, self.me.party());
        let (mut more, mut typing) = (false, false);
        for frame in frames {
            more |= matches!(frame, RoomDown::Welcome { more: true, .. });
            typing |= matches!(frame, RoomDown::Typing { party, .. } if party != me);
            self.take_frame(now, frame);
        }
        // A poll tells all who are typing: who is not in it has stopped.
        if !typing {
            self.other_types(None);
        }
        let came = before < self.last_seq;
        let news = self.rev.replace(rev) != Some(rev) || came;
        let next = match (more && came, self.holds(now), news) {
            (true, ..) => now,
            (_, true, true) => now + LEAST_GAP,
            (_, true, false) => (asked + PACE_ACTIVE).max(now + LEAST_GAP),
            (_, false, _) => now + if self.attention { PACE_QUIET } else { PACE_UNSEEN },
        };
        self.next_poll_at(next);
        let Phase::Polling { fails, .. } = &mut self.phase else { return };
        let healed = std::mem::take(fails) > 0;
        self.came_up();
        if healed {
            self.outbox.not_before = now;
            self.climb_at(now + CLIMB_AFTER_HEALING);
        }
    }

    fn poll_failed(&mut self, now: Ms, floor: Ms) {
        self.went_down(now);
        self.other_types(None);
        self.poll += 1;
        self.poll_floor = self.poll_floor.max(floor);
        let Phase::Polling { fails, .. } = &mut self.phase else { return };
        *fails += 1;
        let before = *fails - 1;
        let again = self.after_failure(now, before);
        self.next_poll_at(again);
    }

    fn next_poll_at(&mut self, at: Ms) {
        if let Phase::Polling { poll, .. } = &mut self.phase {
            *poll = Poll::At(at);
        }
    }

    pub(super) fn send(&mut self, now: Ms, id: ClientMsgId, body: Body) {
        self.act(now);
        self.typing.sent();
        self.emit(Effect::Keep(SendRequest { id: id.clone(), body: body.clone() }));
        self.outbox.push(id, body);
        self.emit(Effect::Outbox);
    }

    /// The server asked for silence until then.
    pub(super) fn hush(&mut self, floor: Ms) {
        self.outbox.floor = self.outbox.floor.max(floor);
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
        self.hush(now + pause.map_or(0, Ms::from));
        let again = self.after_failure(now, 1);
        if self.outbox.refused(id, code, again) {
            self.emit(Effect::Outbox);
        }
    }

    /// Whether a socket is being tried beside polling.
    pub(super) fn is_climbing(&self) -> bool {
        matches!(self.phase, Phase::Polling { climb: Climb::Since(_), .. })
    }
}
