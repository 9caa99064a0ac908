//! How far both sides have come: what the other one knows of us, and we of them.

use super::{ANSWER_WITHIN, Effect, Failure, Link, Ms, Phase, Standing};
use protocol::problem::Code;
use protocol::room::{Message, Receipt, Receipts, RoomUp};
use protocol::{Kind, Party, Seq};

/// A burst of messages is told of in few words.
const TELL_EVERY: Ms = 250;
/// First ceiling, but for two doublings, and cap of the wait after a refusal.
const AGAIN: (Ms, Ms) = (1_000, 30_000);

#[derive(Debug, Clone, Default)]
pub(super) struct Telling {
    /// As the server says.
    known: Receipts,
    /// The newest message of theirs that has come, and the newest that was before our eyes.
    mine: Receipt,
    /// What the server has of that, as it said last.
    has: Receipt,
    /// What it has, or is being told.
    told: Receipt,
    /// So often in a row it would not have it.
    refusals: u32,
    /// It was posted, and nothing has come back.
    posted: bool,
    /// The next word goes out then, or the posted one is given up.
    pub(super) at: Ms,
}

impl Telling {
    fn is_behind(&self) -> bool {
        self.mine.delivered > self.told.delivered || self.mine.read > self.told.read
    }
}

impl Link {
    /// How far both sides have come.
    pub fn receipts(&self) -> Receipts {
        self.telling.known
    }

    /// How far a message of mine has come.
    pub fn standing(&self, seq: Seq) -> Standing {
        let theirs = self.telling.known.of(match self.me.party() {
            Party::Visitor => Party::Agent,
            Party::Agent => Party::Visitor,
        });
        if seq <= theirs.read {
            Standing::Read
        } else if seq <= theirs.delivered {
            Standing::Delivered
        } else {
            Standing::Sent
        }
    }

    /// Whether the other side says this, and wants to know that it has come.
    pub(super) fn is_theirs(&self, kind: Kind) -> bool {
        match self.me.party() {
            Party::Visitor => matches!(kind, Kind::Agent | Kind::Assistant),
            Party::Agent => kind == Kind::Visitor,
        }
    }

    /// A message is shown, at either end of the transcript.
    pub(super) fn has_come(&mut self, message: &Message) {
        if self.is_theirs(message.kind) {
            self.telling.mine.delivered = message.seq.max(self.telling.mine.delivered);
            self.look();
        }
    }

    /// While somebody looks, what is shown is read.
    pub(super) fn look(&mut self) {
        if self.attention {
            self.telling.mine.read = self.telling.mine.delivered;
        }
    }

    /// The server's word. Words may come in any order, so only what is further counts.
    pub(super) fn take_receipts(&mut self, new: Receipts) {
        let mine = new.of(self.me.party());
        let has = self.telling.has.max(mine);
        if self.telling.has != has {
            (self.telling.has, self.telling.refusals) = (has, 0);
        }
        self.telling.told = self.telling.told.max(mine);
        let known = self.telling.known;
        let known = Receipts { visitor: known.visitor.max(new.visitor), agent: known.agent.max(new.agent) };
        if known != self.telling.known {
            self.telling.known = known;
            self.emit(Effect::Receipts(known));
        }
    }

    /// A welcome says what the server has: what was told on a carrier that died may not have arrived, nor lasted.
    pub(super) fn welcome_receipts(&mut self, receipts: Receipts) {
        self.take_receipts(receipts);
        self.telling.has = receipts.of(self.me.party());
        self.tell_again();
    }

    fn tell_again(&mut self) {
        if !self.telling.posted {
            self.telling.told = self.telling.has;
        }
    }

    /// A socket takes over from requests.
    pub(super) fn let_go_of_receipt(&mut self, now: Ms) {
        if std::mem::take(&mut self.telling.posted) {
            self.telling.at = now;
        }
    }

    pub(super) fn forget_receipts(&mut self) {
        self.telling = Telling { at: self.telling.at, ..Telling::default() };
        self.emit(Effect::Receipts(self.telling.known));
    }

    pub(super) fn receipt_deadline(&self) -> Option<Ms> {
        let due = self.speaks && self.can_send() && (self.telling.posted || self.telling.is_behind());
        if due { Some(self.telling.at.max(self.outbox.floor)) } else { None }
    }

    pub(super) fn tell(&mut self, now: Ms) {
        if self.receipt_deadline().is_none_or(|at| now < at) {
            return;
        }
        // Nothing has come back in time.
        if std::mem::take(&mut self.telling.posted) {
            self.tell_again();
        }
        if !self.telling.is_behind() {
            return;
        }
        let mine @ Receipt { delivered, read } = self.telling.mine;
        self.telling.told = self.telling.told.max(mine);
        if let Phase::Open { .. } = self.phase {
            self.telling.at = now + TELL_EVERY;
            self.emit(Effect::Transmit(RoomUp::Receipt { delivered, read }));
        } else {
            self.telling.posted = true;
            self.telling.at = now + ANSWER_WITHIN;
            self.emit(Effect::PostReceipt(mine));
        }
    }

    pub(super) fn receipt_posted(&mut self, now: Ms, reply: Result<(), Failure>) {
        let awaited = std::mem::take(&mut self.telling.posted);
        match reply {
            Ok(()) => {
                self.telling.refusals = 0;
                if awaited {
                    self.telling.at = now + TELL_EVERY;
                }
            }
            Err(Failure { code: Some(Code::TokenExpired | Code::Unauthenticated), .. }) => {
                if awaited {
                    self.lock(now);
                }
            }
            Err(failure) => {
                // Nobody has refused it.
                if failure.code.is_none() {
                    self.telling.refusals = 0;
                }
                self.receipt_refused(now, failure.retry_after_ms);
            }
        }
    }

    /// It may be taken later: the conversation may be ours again, or the server less busy.
    pub(super) fn receipt_refused(&mut self, now: Ms, pause: Option<u32>) {
        self.tell_again();
        self.telling.at = now + self.dice.backoff(AGAIN.0, AGAIN.1, self.telling.refusals + 2);
        self.telling.refusals += 1;
        self.hush(now + pause.map_or(0, Ms::from));
    }
}
