//! A page with a link in it: what it shows, what it has kept, and what it must not do.

use crate::room::agent;
use client::link::{Effect, Input, Link, Me, Ms, Phase, Poll};
use protocol::http::SendRequest;
use protocol::problem::Code;
use protocol::room::{Message, Receipt, RoomDown, RoomUp};
use protocol::{ClientMsgId, Kind, Party, Seq, Stage};

/// How the network is to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Net {
    Fine,
    /// Everything may be lost, doubled or late.
    Bad,
    /// Sockets never open, requests work.
    NoSockets,
    /// Sockets open and say nothing; requests hang.
    BlackHole,
    /// Everything is refused at once.
    Down,
}

/// What a server may ask a pause of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Socket,
    Poll,
    Send,
    Receipt,
    Page,
}

/// What outlives pages: one for each party's browser.
#[derive(Default)]
pub struct Shelf(pub Vec<SendRequest>);

impl Shelf {
    pub fn put(&mut self, request: SendRequest) {
        if !self.0.iter().any(|kept| kept.id == request.id) {
            self.0.push(request);
        }
    }

    pub fn remove(&mut self, id: &ClientMsgId) {
        self.0.retain(|kept| kept.id != *id);
    }
}

pub struct Page {
    pub party: Party,
    /// Counts loads.
    pub life: u32,
    pub link: Link,
    pub net: Net,
    pub thread: Vec<Message>,
    /// Of the room whose transcript this is.
    pub generation: Option<u32>,
    pub attention: bool,
    /// The newest message that was before somebody's eyes.
    read: Seq,
    owned: bool,
    pub other_types: bool,
    floors: [Ms; 5],
    /// The page dies after so many more effects.
    pub crash: Option<usize>,
    pub calls: u32,
    pub socket: u32,
    pub poll: u32,
    pub asked_page: u32,
}

pub fn me(party: Party) -> Me {
    match party {
        Party::Visitor => Me::Visitor,
        Party::Agent => Me::Agent(agent()),
    }
}

impl Page {
    pub fn new(party: Party, seed: u32) -> Page {
        Page {
            party,
            life: 0,
            link: Link::new(me(party), seed),
            net: Net::Fine,
            thread: vec![],
            generation: None,
            attention: false,
            read: Seq(0),
            owned: party == Party::Visitor,
            other_types: false,
            floors: [0; 5],
            crash: None,
            calls: 0,
            socket: 0,
            poll: 0,
            asked_page: 0,
        }
    }

    /// The page is loaded again.
    pub fn reload(&mut self, seed: u32) {
        let Page { party, life, net, calls, .. } = *self;
        *self = Page { life: life + 1, net, calls, ..Page::new(party, seed) };
    }

    /// What a pause is asked of, if the link is bound to hear it.
    pub fn note_pause(&mut self, now: Ms, input: &Input) {
        let paused = |failure: &client::link::Failure| failure.retry_after_ms;
        let (ways, pause): (&[Way], Option<u32>) = match input {
            Input::Heard { socket, frame: Some(RoomDown::Error { code: Code::SlowDown, id, retry_after_ms }) }
                if *socket == self.socket && matches!(self.link.phase(), Phase::Open { .. }) =>
            {
                (if id.is_some() { &[Way::Send] } else { &[Way::Send, Way::Receipt] }, *retry_after_ms)
            }
            Input::Posted { reply: Err(failure), .. } => (&[Way::Send], paused(failure)),
            Input::ReceiptPosted(Err(failure)) => (&[Way::Receipt], paused(failure)),
            Input::Polled { poll, reply: Err(failure) } if *poll == self.poll && self.is_polling() => {
                (&[Way::Poll], paused(failure))
            }
            Input::EarlierCame { before, reply: Err(failure) } if *before == self.link.first() => {
                (&[Way::Page], paused(failure))
            }
            Input::Closed { socket, code: 4429 } if *socket == self.socket => {
                (&[Way::Socket, Way::Poll, Way::Send, Way::Receipt], Some(15_000))
            }
            _ => return,
        };
        for &way in ways {
            let floor = &mut self.floors[way as usize];
            *floor = (*floor).max(now + pause.map_or(0, Ms::from));
        }
    }

    fn is_polling(&self) -> bool {
        matches!(self.link.phase(), Phase::Polling { poll: Poll::Since(_), .. })
    }

    /// The end of every pause that was asked for.
    pub fn hushed_until(&self) -> Ms {
        self.floors.into_iter().max().unwrap_or(0)
    }

    /// Holds what is about to be done against the promises.
    pub fn check(&mut self, now: Ms, effect: &Effect) {
        let way = match effect {
            Effect::Connect { .. } => Way::Socket,
            Effect::Poll { .. } => Way::Poll,
            Effect::Post(_) | Effect::Transmit(RoomUp::Send { .. }) => Way::Send,
            Effect::PostReceipt(_) | Effect::Transmit(RoomUp::Receipt { .. }) => Way::Receipt,
            Effect::FetchEarlier { .. } => Way::Page,
            _ => return,
        };
        self.calls += 1;
        assert!(now >= self.floors[way as usize], "{way:?} at {now} in the pause until {:?}", self.floors);
        match *effect {
            Effect::PostReceipt(receipt) => self.check_receipt(receipt),
            Effect::Transmit(RoomUp::Receipt { delivered, read }) => self.check_receipt(Receipt { delivered, read }),
            _ => {}
        }
    }

    fn check_receipt(&self, Receipt { delivered, read }: Receipt) {
        assert!(self.owned, "a watcher tells of receipts");
        assert!(read <= delivered && delivered <= self.newest(), "{delivered:?} of {:?}", self.newest());
        assert!(read <= self.read, "{read:?} told as read, {:?} was", self.read);
    }

    fn newest(&self) -> Seq {
        self.thread.last().map_or(Seq(0), |message| message.seq)
    }

    pub fn attend(&mut self, on: bool) {
        self.attention = on;
        self.look();
    }

    fn look(&mut self) {
        if self.attention {
            self.read = self.newest();
        }
    }

    /// Shows what the link says, and nothing else: gapless, without doubles.
    pub fn show(&mut self, effect: Effect) {
        match effect {
            Effect::Message(message) => {
                let follows = self.thread.last().is_none_or(|last| last.seq.next() == message.seq);
                assert!(follows, "{:?} after {:?}", message.seq, self.newest());
                self.thread.push(message);
                self.look();
            }
            Effect::Earlier(mut messages) => {
                let seqs: Vec<Seq> = messages.iter().chain(&self.thread).map(|message| message.seq).collect();
                assert!(seqs.windows(2).all(|pair| pair[0].next() == pair[1]), "{seqs:?}");
                messages.append(&mut self.thread);
                self.thread = messages;
            }
            Effect::Redacted(of) => {
                self.thread.iter_mut().filter(|message| message.seq == of).for_each(Message::redact);
            }
            Effect::Anew => {
                self.thread.clear();
                self.generation = None;
                self.read = Seq(0);
            }
            Effect::State(state) if self.party == Party::Agent => {
                self.owned = state.handoff.is_some_and(|handoff| handoff.stage == Stage::Active);
            }
            Effect::OtherTypes(on) => self.other_types = on,
            _ => {}
        }
    }

    /// The newest message of the other side that is shown.
    pub fn newest_of_theirs(&self) -> Seq {
        let theirs = if self.party == Party::Visitor { Kind::Agent } else { Kind::Visitor };
        self.thread.iter().rev().find(|message| message.kind == theirs).map_or(Seq(0), |message| message.seq)
    }
}
