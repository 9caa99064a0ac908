//! Opening sockets, giving them up, and falling back to polling.

use super::{Climb, Effect, Link, Ms, Phase, Poll};
use protocol::Seq;

/// A socket that has not said welcome by then may never do so: requests begin beside it.
const WELCOME_WITHIN: Ms = 6_000;
/// By then it will not. Long, because a server to which everybody comes back at once needs its time, and whoever gives
/// up early and comes again only makes it longer.
const OPEN_WITHIN: Ms = 30_000;
/// Two socket failures in a row, and requests take over: one may be chance (a deploy, a changed network).
const FALL_BACK_AFTER: u32 = 2;
/// A socket that lived this long is not counted as a failure when it goes.
const STABLE_AFTER: Ms = 10_000;
/// First ceiling and cap of the wait for the next socket. A restart frees all clients at once: over a second they are bearable.
const WAIT: (Ms, Ms) = (1_000, 30_000);
/// Half to all of 10 s until polling tries a socket again, growing to a minute where sockets never work.
const CLIMB: (Ms, Ms) = (10_000, 60_000);
/// Silence after which a ping asks whether the other end still lives.
const PING_AFTER: Ms = 15_000;
/// A ping without any frame after it: the socket is half open, its other end gone.
const PONG_WITHIN: Ms = 10_000;
/// After a wake-up the suspicion is stronger: the machine may have slept, or changed networks.
const PONG_AFTER_WAKE: Ms = 4_000;
/// The server closes with this when the token's time is over.
const UNAUTHENTICATED: u16 = 4401;
/// And with this when we have said too much.
const FLOODED: u16 = 4429;

impl Link {
    pub(super) fn start(&mut self, now: Ms) {
        if matches!(self.phase, Phase::Off | Phase::Locked) {
            self.active_at = now;
            self.refused = None;
            self.went_down(now);
            self.open(now, 0);
        }
    }

    /// The network is back or the page is seen again: whatever waits, waits no longer.
    pub(super) fn wake(&mut self, now: Ms) {
        match &mut self.phase {
            Phase::Off | Phase::Locked | Phase::Opening { .. } => {}
            Phase::Waiting { until, tries } => {
                (*until, *tries) = (now, 0);
            }
            Phase::Open { pinged: pinged @ None, .. } => {
                *pinged = Some(now - (PONG_WITHIN - PONG_AFTER_WAKE));
                self.emit(Effect::Ping);
            }
            Phase::Open { .. } => {}
            Phase::Polling { climb, climbs, fails, .. } => {
                *climbs = 0;
                // Those of a network that was not there count no more; that there were any does, for what follows healing.
                *fails = 1.min(*fails);
                // What was opening may be as dead as the network it went out by.
                if matches!(climb, Climb::Since(since) if *since + WELCOME_WITHIN <= now) {
                    *climb = Climb::At(now);
                }
                self.climb_at(now);
                self.poll_again(now);
            }
        }
    }

    /// Opens the next socket in place of all that was.
    fn open(&mut self, now: Ms, tries: u32) {
        self.phase = Phase::Opening { since: now, tries };
        self.connect();
    }

    fn connect(&mut self) {
        self.socket += 1;
        self.emit(Effect::Connect { socket: self.socket, since: self.since() });
    }

    /// A socket said welcome: it carries everything from now on.
    pub(super) fn opened(&mut self, now: Ms) {
        let tries = match self.phase {
            Phase::Opening { tries, .. } | Phase::Open { tries, .. } => tries,
            Phase::Off | Phase::Locked | Phase::Waiting { .. } | Phase::Polling { .. } => 0,
        };
        self.phase = Phase::Open { since: now, heard: now, pinged: None, tries };
        self.poll += 1;
        self.outbox.carrier_lost();
        self.outbox.not_before = now;
        self.let_go_of_receipt(now);
        self.came_up();
    }

    pub(super) fn socket_closed(&mut self, now: Ms, code: u16) {
        if code == UNAUTHENTICATED && !matches!(self.phase, Phase::Off | Phase::Locked) {
            return self.lock(now);
        }
        if code == FLOODED {
            let floor = now + self.dice.about(WAIT.1, WAIT.1, 0);
            (self.socket_floor, self.poll_floor) = (floor, floor);
            self.hush(floor);
        }
        self.socket_failed(now);
    }

    /// The socket is of no use: what comes next depends on how it went so far.
    pub(super) fn socket_failed(&mut self, now: Ms) {
        let tries = match self.phase {
            Phase::Opening { tries, .. } => tries + 1,
            Phase::Open { since, .. } if since + STABLE_AFTER <= now && self.socket_floor <= now => 0,
            Phase::Open { tries, .. } => tries + 1,
            Phase::Polling { climb: Climb::Since(_), .. } => return self.climb_failed(now),
            Phase::Polling { .. } | Phase::Off | Phase::Locked | Phase::Waiting { .. } => return,
        };
        self.drop_socket();
        self.went_down(now);
        if tries >= FALL_BACK_AFTER {
            let climb = Climb::At(now + self.dice.about(CLIMB.0, CLIMB.1, 0));
            self.fall_back(now, climb);
        } else {
            self.phase = Phase::Waiting { until: now + self.dice.backoff(WAIT.0, WAIT.1, tries), tries };
        }
    }

    fn fall_back(&mut self, now: Ms, climb: Climb) {
        self.rev = None;
        self.phase = Phase::Polling { poll: Poll::At(now), fails: 0, climb, climbs: 0 };
    }

    fn drop_socket(&mut self) {
        self.socket += 1;
        self.outbox.carrier_lost();
        self.unseen = None;
        self.other_types(None);
        self.emit(Effect::Disconnect);
    }

    fn climb_failed(&mut self, now: Ms) {
        self.socket += 1;
        self.emit(Effect::Disconnect);
        if let Phase::Polling { climb, climbs, .. } = &mut self.phase {
            *climbs += 1;
            *climb = Climb::At(now + self.dice.about(CLIMB.0, CLIMB.1, *climbs));
        }
    }

    /// Brings the next try of a socket forward.
    pub(super) fn climb_at(&mut self, at: Ms) {
        if let Phase::Polling { climb: Climb::At(then), .. } = &mut self.phase {
            *then = at.min(*then);
        }
    }

    /// The transcript has a hole: take up again after the last message that is certain.
    pub(super) fn resume(&mut self, now: Ms) {
        self.unseen = None;
        match self.phase {
            Phase::Open { .. } => self.socket_failed(now),
            Phase::Polling { .. } => self.poll_again(now),
            Phase::Off | Phase::Locked | Phase::Opening { .. } | Phase::Waiting { .. } => {}
        }
    }

    /// A message was handed over and nothing came back.
    pub(super) fn carrier_silent(&mut self, now: Ms) {
        self.outbox.carrier_lost();
        if let Phase::Open { .. } = self.phase {
            self.socket_failed(now);
        }
    }

    pub(super) fn phase_deadline(&self) -> Option<Ms> {
        match self.phase {
            Phase::Off | Phase::Locked => None,
            Phase::Opening { since, .. } => Some(since + WELCOME_WITHIN),
            Phase::Open { pinged: Some(at), .. } => Some(at + PONG_WITHIN),
            Phase::Open { heard, pinged: None, .. } => Some(heard + PING_AFTER),
            Phase::Waiting { until: at, .. } | Phase::Polling { climb: Climb::At(at), .. } => {
                Some(at.max(self.socket_floor))
            }
            Phase::Polling { climb: Climb::Since(since), .. } => Some(since + OPEN_WITHIN),
        }
    }

    pub(super) fn sockets_on_time(&mut self, now: Ms) {
        if self.phase_deadline().is_none_or(|at| now < at) {
            return;
        }
        match &mut self.phase {
            Phase::Off | Phase::Locked => {}
            Phase::Opening { since, .. } => {
                let climb = Climb::Since(*since);
                self.fall_back(now, climb);
            }
            Phase::Open { pinged: Some(_), .. } => self.socket_failed(now),
            Phase::Open { pinged, .. } => {
                *pinged = Some(now);
                self.emit(Effect::Ping);
            }
            Phase::Waiting { tries, .. } => {
                let tries = *tries;
                self.open(now, tries);
            }
            Phase::Polling { climb: Climb::Since(_), .. } => self.climb_failed(now),
            Phase::Polling { climb, .. } => {
                *climb = Climb::Since(now);
                self.connect();
            }
        }
    }

    /// Where a gapless transcript goes on.
    pub(super) fn expected(&self) -> Seq {
        self.last_seq.next()
    }
}
