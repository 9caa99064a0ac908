//! What was written and is not in the transcript yet.

use super::Ms;
use protocol::http::SendRequest;
use protocol::problem::Code;
use protocol::{Body, ClientMsgId, Seq};

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Not acknowledged yet; tried until it is.
    Sending,
    /// Durable at this place; the transcript will show it.
    Sent(Seq),
    /// Refused. A person may try again.
    Failed(Code),
}

/// One message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Kept over retries.
    pub id: ClientMsgId,
    /// The text.
    pub body: Body,
    /// How far it has come.
    pub delivery: Delivery,
    refusals: u32,
}

/// In the order of writing. One is under way at a time, so the order of the transcript is the order of writing.
#[derive(Debug, Clone, Default)]
pub(super) struct Outbox {
    pub(super) items: Vec<Outgoing>,
    /// When the head was handed to the network, and it has not answered.
    pub(super) flight: Option<Ms>,
    /// A failure asked for a pause; a network that heals ends it.
    pub(super) not_before: Ms,
    /// The server asked for a pause, of receipts and typing as well; nothing ends it sooner.
    pub(super) floor: Ms,
}

/// A server that says "internal" this often about one message will not take it; the next one gets its turn.
const REFUSALS: u32 = 5;

impl Outbox {
    pub(super) fn push(&mut self, id: ClientMsgId, body: Body) {
        self.insert(self.items.len(), id, body);
    }

    fn insert(&mut self, at: usize, id: ClientMsgId, body: Body) {
        self.items.insert(at, Outgoing { id, body, delivery: Delivery::Sending, refusals: 0 });
    }

    /// Puts what an earlier life has left before what was written since, but for what is under way already.
    pub(super) fn restore(&mut self, saved: Vec<SendRequest>) {
        let under_way = self.flight.and_then(|_| self.items.iter().position(|item| item.delivery == Delivery::Sending));
        let mut at = under_way.map_or(0, |at| at + 1);
        for SendRequest { id, body } in saved {
            if self.find(&id).is_none() {
                self.insert(at, id, body);
                at += 1;
            }
        }
    }

    /// The one whose turn it is.
    pub(super) fn head(&self) -> Option<&Outgoing> {
        self.items.iter().find(|item| item.delivery == Delivery::Sending)
    }

    /// When the head may go out; `None` if there is none or it is under way.
    pub(super) fn due(&self) -> Option<Ms> {
        if self.flight.is_some() || self.head().is_none() { None } else { Some(self.not_before.max(self.floor)) }
    }

    /// The one that was handed to the network and has not been answered.
    pub(super) fn under_way(&self) -> Option<ClientMsgId> {
        self.flight.and_then(|_| self.head()).map(|head| head.id.clone())
    }

    fn find(&mut self, id: &ClientMsgId) -> Option<&mut Outgoing> {
        self.items.iter_mut().find(|item| item.id == *id)
    }

    fn is_head(&self, id: &ClientMsgId) -> bool {
        self.head().is_some_and(|head| head.id == *id)
    }

    /// Forgets that the head was sent: its carrier is gone.
    pub(super) fn carrier_lost(&mut self) {
        self.flight = None;
    }

    /// It is durable. True if that is news.
    pub(super) fn acked(&mut self, id: &ClientMsgId, seq: Seq) -> bool {
        if self.is_head(id) {
            self.flight = None;
        }
        let Some(item) = self.find(id) else { return false };
        let news = item.delivery != Delivery::Sent(seq);
        item.delivery = Delivery::Sent(seq);
        news
    }

    /// The transcript has reached `seq`, or shows this id: gives one that it need not hold any more.
    pub(super) fn arrived(&mut self, id: Option<&ClientMsgId>, seq: Seq) -> Option<ClientMsgId> {
        let there = |item: &Outgoing| Some(&item.id) == id || matches!(item.delivery, Delivery::Sent(at) if at <= seq);
        let at = self.items.iter().position(there)?;
        if id.is_some_and(|id| self.is_head(id)) {
            self.flight = None;
        }
        Some(self.items.remove(at).id)
    }

    /// The server does not show what it said to have stored: it may have forgotten it.
    pub(super) fn unsent(&mut self, now: Ms) {
        self.flight = None;
        self.not_before = now;
        for item in &mut self.items {
            if matches!(item.delivery, Delivery::Sent(_)) {
                item.delivery = Delivery::Sending;
            }
        }
    }

    /// Nothing goes out any more. True if something was waiting.
    pub(super) fn fail_all(&mut self, code: Code) -> bool {
        let mut failed = false;
        for item in &mut self.items {
            if item.delivery == Delivery::Sending {
                item.delivery = Delivery::Failed(code);
                failed = true;
            }
        }
        failed
    }

    /// The server said no. True if the message failed for good.
    pub(super) fn refused(&mut self, id: &ClientMsgId, code: Code, not_before: Ms) -> bool {
        if !self.is_head(id) {
            return false;
        }
        self.flight = None;
        let Some(item) = self.find(id) else { return false };
        item.refusals += 1;
        let passing = match code {
            Code::SlowDown => true,
            Code::Internal | Code::Unavailable => item.refusals < REFUSALS,
            _ => false,
        };
        if passing {
            self.not_before = not_before;
        } else {
            item.delivery = Delivery::Failed(code);
        }
        !passing
    }

    /// Takes a failed message out, to try it again after those that are waiting, or to give it up.
    pub(super) fn take_failed(&mut self, id: &ClientMsgId) -> Option<Outgoing> {
        let failed = |item: &Outgoing| item.id == *id && matches!(item.delivery, Delivery::Failed(_));
        let at = self.items.iter().position(failed)?;
        Some(self.items.remove(at))
    }
}
