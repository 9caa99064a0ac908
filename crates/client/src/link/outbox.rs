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
    /// The server, or a failure, asked for a pause.
    pub(super) not_before: Ms,
}

/// A server that says "internal" this often about one message will not take it; the next one gets its turn.
const REFUSALS: u32 = 5;

impl Outbox {
    pub(super) fn load(saved: Vec<SendRequest>) -> Outbox {
        let mut outbox = Outbox::default();
        saved.into_iter().for_each(|SendRequest { id, body }| outbox.push(id, body));
        outbox
    }

    /// What must survive a reload.
    pub(super) fn saved(&self) -> Vec<SendRequest> {
        let mut saved = Vec::new();
        for Outgoing { id, body, delivery, .. } in &self.items {
            if !matches!(delivery, Delivery::Sent(_)) {
                saved.push(SendRequest { id: id.clone(), body: body.clone() });
            }
        }
        saved
    }

    pub(super) fn push(&mut self, id: ClientMsgId, body: Body) {
        self.items.push(Outgoing { id, body, delivery: Delivery::Sending, refusals: 0 });
    }

    /// The one whose turn it is.
    pub(super) fn head(&self) -> Option<&Outgoing> {
        self.items.iter().find(|item| item.delivery == Delivery::Sending)
    }

    /// When the head may go out; `None` if there is none or it is under way.
    pub(super) fn due(&self) -> Option<Ms> {
        if self.flight.is_some() || self.head().is_none() { None } else { Some(self.not_before) }
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

    /// The transcript has reached `seq`, or shows this id. True if something left.
    pub(super) fn arrived(&mut self, id: Option<&ClientMsgId>, seq: Seq) -> bool {
        if id.is_some_and(|id| self.is_head(id)) {
            self.flight = None;
        }
        let there = |item: &Outgoing| Some(&item.id) == id || matches!(item.delivery, Delivery::Sent(at) if at <= seq);
        let mut left = false;
        while let Some(at) = self.items.iter().position(there) {
            self.items.remove(at);
            left = true;
        }
        left
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

    /// Tries a failed message again, after those that are waiting already.
    pub(super) fn retry(&mut self, id: &ClientMsgId) {
        let failed = |item: &Outgoing| item.id == *id && matches!(item.delivery, Delivery::Failed(_));
        if let Some(at) = self.items.iter().position(failed) {
            let Outgoing { id, body, .. } = self.items.remove(at);
            self.push(id, body);
        }
    }

    /// An acknowledged message that the transcript does not show yet.
    pub(super) fn has_unseen(&self) -> bool {
        self.items.iter().any(|item| matches!(item.delivery, Delivery::Sent(_)))
    }
}
