//! One party's link to one room, as a pure machine: no IO, no clock. Inputs and the time go in, effects come out.
//!
//! It promises its owner a gapless transcript without doubles ([`Effect::Message`]), and that whatever was
//! written ([`Input::Send`]) is stored exactly once and in order, over sockets that die and networks that
//! allow none.

mod hear;
mod outbox;
mod pages;
mod polling;
mod receipts;
mod sockets;
mod typing;
mod words;

pub use outbox::{Delivery, Outgoing};
pub use words::{Climb, Earlier, Effect, Failure, Health, Input, Me, Phase, Poll, Standing, query};

use crate::dice::Dice;
use outbox::Outbox;
use pages::Pages;
use protocol::problem::Code;
use protocol::{Seq, Timestamp};
use receipts::Telling;
use typing::Typing;

/// Milliseconds on a clock of the client's own that only ever goes forward (`performance.now()`).
pub type Ms = i64;

/// An answer that takes longer is not coming: the carrier is given up and the message sent again.
const ANSWER_WITHIN: Ms = 8_000;
/// A shorter outage is nobody's business; showing it would only flicker.
const SHOW_DOWN_AFTER: Ms = 1_500;
/// An acknowledged message that the transcript does not show by then was lost on the way: resume.
const SEEN_WITHIN: Ms = 3_000;

/// The earliest of some deadlines.
#[inline(never)]
pub fn soonest(all: &[Option<Ms>]) -> Option<Ms> {
    all.iter().copied().fold(None, |first, at| if first.is_none() || (at.is_some() && at < first) { at } else { first })
}

/// The machine.
#[derive(Debug, Clone)]
pub struct Link {
    me: Me,
    /// Whether receipts and typing of ours are anybody's business.
    speaks: bool,
    phase: Phase,
    last_seq: Seq,
    pages: Pages,
    outbox: Outbox,
    telling: Telling,
    typing: Typing,
    dice: Dice,
    /// Number of the newest socket; older ones are not listened to.
    socket: u32,
    /// No socket before, whatever else says so: the server asked for a pause.
    socket_floor: Ms,
    /// Number of the newest poll.
    poll: u32,
    /// No poll before: the server asked for a pause.
    poll_floor: Ms,
    /// What the last poll said to hand in for one that is held.
    rev: Option<u32>,
    /// Whether the poll under way is held.
    held: bool,
    /// Why the server will not have us.
    refused: Option<Code>,
    attention: bool,
    /// The last sign of life of a person on either side.
    active_at: Ms,
    /// Until then the transcript has to reach what was acknowledged.
    unseen: Option<(Ms, Seq)>,
    /// Since when nothing goes through.
    down_since: Option<Ms>,
    health: Health,
    /// Server's clock minus ours.
    skew: i64,
    effects: Vec<Effect>,
}

impl Link {
    /// A link that is off, with nothing in it: see [`Input::Restore`].
    pub fn new(me: Me, seed: u32) -> Link {
        Link {
            speaks: me == Me::Visitor,
            me,
            phase: Phase::Off,
            last_seq: Seq(0),
            pages: Pages::new(),
            outbox: Outbox::default(),
            telling: Telling::default(),
            typing: Typing::default(),
            dice: Dice::new(seed),
            socket: 0,
            socket_floor: 0,
            poll: 0,
            poll_floor: 0,
            rev: None,
            held: false,
            refused: None,
            attention: false,
            active_at: 0,
            unseen: None,
            down_since: None,
            health: Health::Starting,
            skew: 0,
            effects: Vec::new(),
        }
    }

    /// Moves the link on.
    pub fn apply(&mut self, now: Ms, input: Input) -> Vec<Effect> {
        match input {
            Input::Start => self.start(now),
            Input::Stop => self.stop(Phase::Off),
            Input::Wake => self.wake(now),
            Input::Attention(on) => self.attend(now, on),
            Input::Heard { socket, frame } if socket == self.socket => self.heard(now, frame),
            Input::Closed { socket, code } if socket == self.socket => self.socket_closed(now, code),
            Input::Heard { .. } | Input::Closed { .. } => {}
            Input::Polled { poll, reply } => self.polled(now, poll, reply),
            Input::Posted { id, reply } => self.posted(now, id, reply),
            Input::Send { id, body } => self.send(now, id, body),
            Input::Restore(saved) => {
                self.outbox.restore(saved);
                self.emit(Effect::Outbox);
            }
            Input::Retry(id) => {
                if let Some(Outgoing { id, body, .. }) = self.outbox.take_failed(&id) {
                    self.outbox.push(id, body);
                    self.emit(Effect::Outbox);
                }
            }
            Input::Discard(id) => {
                if self.outbox.take_failed(&id).is_some() {
                    self.emit(Effect::Forget(id));
                    self.emit(Effect::Outbox);
                }
            }
            Input::ReceiptPosted(reply) => self.receipt_posted(now, reply),
            Input::Earlier => self.want_earlier(now),
            Input::EarlierCame { before, reply } => self.earlier_came(now, before, reply),
            Input::Typing(on) => self.types(now, on),
            Input::Tick => {}
        }
        self.on_time(now);
        self.pump(now);
        self.tell(now);
        if let Some(code) = self.refused
            && self.outbox.fail_all(code)
        {
            self.emit(Effect::Outbox);
        }
        std::mem::take(&mut self.effects)
    }

    /// When [`Input::Tick`] is due.
    pub fn next_deadline(&self) -> Option<Ms> {
        let sending = if self.can_send() { self.send_deadline() } else { None };
        let down = self.down_since.filter(|_| self.health != Health::Down).map(|since| since + SHOW_DOWN_AFTER);
        soonest(&[
            self.phase_deadline(),
            self.poll_deadline(),
            sending,
            self.receipt_deadline(),
            self.unseen.map(|(until, _)| until),
            self.typing_deadline(),
            self.pages.deadline(),
            down,
        ])
    }

    /// How the link stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The link as far as a person needs to know.
    pub fn health(&self) -> Health {
        self.health
    }

    /// Place of the newest message shown.
    pub fn last_seq(&self) -> Seq {
        self.last_seq
    }

    /// Messages on their way, in the order of writing.
    pub fn outbox(&self) -> &[Outgoing] {
        &self.outbox.items
    }

    /// The oldest message shown, or to be shown.
    pub fn first(&self) -> Seq {
        self.pages.first()
    }

    /// Whether there are messages before those shown.
    pub fn has_earlier(&self) -> bool {
        self.pages.has_earlier()
    }

    /// How the page before stands.
    pub fn earlier(&self) -> Earlier {
        self.pages.state
    }

    /// The server's clock; meaningful after the first welcome.
    pub fn server_now(&self, now: Ms) -> Timestamp {
        Timestamp(now + self.skew)
    }

    /// Apart, because a push in thirty places weighs more than a call.
    #[inline(never)]
    fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn stop(&mut self, phase: Phase) {
        self.phase = phase;
        self.socket += 1;
        self.poll += 1;
        self.outbox.carrier_lost();
        self.unseen = None;
        self.other_types(None);
        self.let_go_of_page();
        self.emit(Effect::Disconnect);
    }

    /// The token is not good any more.
    fn lock(&mut self, now: Ms) {
        self.stop(Phase::Locked);
        self.went_down(now);
        self.emit(Effect::Boot);
    }

    fn attend(&mut self, now: Ms, on: bool) {
        let news = on && !self.attention;
        self.attention = on;
        self.look();
        if news {
            self.active_at = now;
            self.poll_soon(now);
        }
    }

    fn went_down(&mut self, now: Ms) {
        self.down_since.get_or_insert(now);
    }

    fn came_up(&mut self) {
        self.down_since = None;
        self.show_health(Health::Up);
    }

    fn show_health(&mut self, health: Health) {
        if self.health != health {
            self.health = health;
            self.emit(Effect::Health(health));
        }
    }

    /// Those that may lead to a socket or a poll come first, so that one tick settles all that is due.
    fn on_time(&mut self, now: Ms) {
        if self.typing_deadline().is_some_and(|at| at <= now) {
            self.other_types(None);
        }
        if self.unseen.is_some_and(|(until, _)| until <= now) {
            // Nor is the ack believed any more; sent again, it is given again.
            self.outbox.unsent(now);
            self.emit(Effect::Outbox);
            self.resume(now);
        }
        if self.can_send() && self.outbox.flight.is_some_and(|since| since + ANSWER_WITHIN <= now) {
            self.carrier_silent(now);
        }
        self.sockets_on_time(now);
        self.polls_on_time(now);
        self.pages_on_time(now);
        if self.health != Health::Down && self.down_since.is_some_and(|since| since + SHOW_DOWN_AFTER <= now) {
            self.show_health(Health::Down);
        }
    }

    fn send_deadline(&self) -> Option<Ms> {
        self.outbox.due().or(self.outbox.flight.map(|since| since + ANSWER_WITHIN))
    }
}
