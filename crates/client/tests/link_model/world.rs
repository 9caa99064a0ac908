//! The network between pages and room, and all that befalls them.

use crate::page::{Net, Page, Shelf};
use crate::room::Room;
use client::link::{Delivery, Earlier, Effect, Failure, Input, Ms};
use protocol::http::{EventsReply, MessagesReply, SendRequest};
use protocol::problem::Code;
use protocol::room::{Receipt, RoomDown, RoomUp, Since};
use protocol::{Body, ClientMsgId, Party, Seq};
use std::collections::{BTreeMap, BTreeSet};

/// Two tabs of the visitor's, and the agent's.
pub const PAGES: [Party; 3] = [Party::Visitor, Party::Visitor, Party::Agent];

#[derive(Debug, Clone)]
pub enum Op {
    Send(usize),
    Types(usize, bool),
    Attention(usize, bool),
    Wake(usize),
    Earlier(usize),
    Retry(usize),
    Discard(usize),
    Reload(usize),
    /// The page dies in the middle of what it does next, and is loaded again.
    Crash(usize, usize),
    Net(usize, Net),
    Restart,
    /// The room loses all it knew.
    Forget,
    /// The agent gets the conversation, or loses it.
    Own(bool),
    Redact(usize),
    /// The server refuses the next few requests for a while.
    Busy(u8),
    /// The server refuses the next few messages for good.
    Veto(u8),
    /// The server has had enough of this page.
    Flood(usize),
}

/// Something under way on the network. `life` is the page's.
#[derive(Debug, Clone)]
enum Parcel {
    /// With the room's generation, and the page that was asked for, if it is one.
    ToPage {
        input: Input,
        generation: u32,
        asked: Option<u32>,
    },
    Connect {
        socket: u32,
        since: Since,
        generation: Option<u32>,
    },
    Up {
        socket: u32,
        frame: Option<RoomUp>,
        generation: Option<u32>,
    },
    Poll(Held),
    HeldOver(u32),
    Post(SendRequest),
    Receipt(Receipt, Option<u32>),
    Typing(bool),
    Page {
        before: Seq,
        asked: u32,
    },
}

#[derive(Debug, Clone)]
struct Held {
    poll: u32,
    since: Since,
    rev: Option<u32>,
    generation: Option<u32>,
}

pub struct World {
    pub now: Ms,
    seed: u32,
    order: u64,
    parcels: BTreeMap<(Ms, u64), (usize, u32, Parcel)>,
    pub room: Room,
    /// Whether held polls are held.
    pub holds: bool,
    /// The server's sockets and held polls, by page.
    live: [Option<(u32, u32)>; 3],
    newest: [(u32, u32); 3],
    held: [Option<(u32, Held)>; 3],
    pub pages: Vec<Page>,
    pub shelves: [Shelf; 2],
    /// By page, in the order of writing.
    pub written: [Vec<ClientMsgId>; 3],
    /// Not bound to keep their order, or to be stored at all.
    pub excused: BTreeSet<ClientMsgId>,
    pub given_up: BTreeSet<ClientMsgId>,
    ids: u128,
}

impl World {
    pub fn new(seed: u32) -> World {
        let pages = PAGES.iter().zip(seed..).map(|(party, seed)| Page::new(*party, seed)).collect();
        let mut world = World {
            now: 0,
            seed: seed | 1,
            order: 0,
            parcels: BTreeMap::new(),
            room: Room::new(),
            holds: true,
            live: [None; 3],
            newest: [(0, 0); 3],
            held: [None, None, None],
            pages,
            shelves: Default::default(),
            written: Default::default(),
            excused: BTreeSet::new(),
            given_up: BTreeSet::new(),
            ids: 0,
        };
        (0..PAGES.len()).for_each(|c| world.tell(c, Input::Start));
        world
    }

    fn roll(&mut self, most: u32) -> u32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        self.seed % most
    }

    fn shelf(&mut self, c: usize) -> &mut Shelf {
        &mut self.shelves[PAGES[c] as usize]
    }

    fn arrive_at(&mut self, at: Ms, c: usize, parcel: Parcel) {
        self.order += 1;
        self.parcels.insert((at, self.order), (c, self.pages[c].life, parcel));
    }

    fn post(&mut self, c: usize, parcel: Parcel) {
        let (copies, spread) = match self.pages[c].net {
            Net::BlackHole => (0, 1),
            Net::Bad => ([0, 1, 1, 1, 1, 1, 2][self.roll(7) as usize], 3_000),
            Net::Fine | Net::NoSockets | Net::Down => (1, 1),
        };
        // A frame that a socket loses is its last: the stream has no holes, it ends.
        let heard = matches!(parcel, Parcel::ToPage { input: Input::Heard { .. }, .. });
        if copies == 0 && (heard || matches!(parcel, Parcel::Up { .. })) {
            self.live[c] = None;
        }
        for _ in 0..copies {
            let at = self.now + 20 + Ms::from(self.roll(spread));
            self.arrive_at(at, c, parcel.clone());
        }
    }

    fn answer(&mut self, c: usize, input: Input) {
        let generation = self.room.generation;
        self.post(c, Parcel::ToPage { input, generation, asked: None });
    }

    /// An answer that the network gives by itself.
    fn refuse(&mut self, c: usize, input: Input) {
        let parcel = Parcel::ToPage { input, generation: self.room.generation, asked: None };
        self.arrive_at(self.now + 1, c, parcel);
    }

    fn down(&mut self, c: usize, frame: Option<RoomDown>) {
        if let Some((_, socket)) = self.live[c] {
            self.answer(c, Input::Heard { socket, frame });
        }
    }

    fn broadcast(&mut self, frame: RoomDown) {
        (0..PAGES.len()).for_each(|c| self.down(c, Some(frame.clone())));
    }

    /// Gives a page an input, and does what it says.
    pub fn tell(&mut self, c: usize, input: Input) {
        let effects = self.pages[c].link.apply(self.now, input);
        let crash = self.pages[c].crash.filter(|_| !effects.is_empty());
        let most = crash.unwrap_or(usize::MAX);
        effects.into_iter().take(most).for_each(|effect| self.act(c, effect));
        if crash.is_some() {
            self.reload(c);
        }
    }

    fn act(&mut self, c: usize, effect: Effect) {
        let now = self.now;
        let page = &mut self.pages[c];
        page.check(now, &effect);
        let lost = Failure::default();
        let (down, blocked) = (page.net == Net::Down, matches!(page.net, Net::Down | Net::NoSockets));
        let generation = page.generation;
        match effect {
            Effect::Connect { socket, since } => {
                page.socket = socket;
                match blocked {
                    true => self.refuse(c, Input::Closed { socket, code: 1006 }),
                    false => self.post(c, Parcel::Connect { socket, since, generation }),
                }
            }
            Effect::Disconnect => self.live[c] = None,
            Effect::Transmit(_) | Effect::Ping if blocked => self.live[c] = None,
            Effect::Transmit(frame) => self.up(c, Some(frame)),
            Effect::Ping => self.up(c, None),
            Effect::Poll { poll, since, rev } => {
                page.poll = poll;
                match down {
                    true => self.refuse(c, Input::Polled { poll, reply: Err(lost) }),
                    false => self.post(c, Parcel::Poll(Held { poll, since, rev, generation })),
                }
            }
            Effect::Post(SendRequest { id, .. }) if down => self.refuse(c, Input::Posted { id, reply: Err(lost) }),
            Effect::Post(request) => self.post(c, Parcel::Post(request)),
            Effect::PostReceipt(_) if down => self.refuse(c, Input::ReceiptPosted(Err(lost))),
            Effect::PostReceipt(receipt) => self.post(c, Parcel::Receipt(receipt, generation)),
            Effect::PostTyping(_) if down => {}
            Effect::PostTyping(on) => self.post(c, Parcel::Typing(on)),
            Effect::FetchEarlier { before } => {
                page.asked_page += 1;
                let asked = page.asked_page;
                match down {
                    true => self.refuse(c, Input::EarlierCame { before, reply: Err(lost) }),
                    false => self.post(c, Parcel::Page { before, asked }),
                }
            }
            Effect::Keep(request) => {
                self.written[c].push(request.id.clone());
                self.shelf(c).put(request);
            }
            Effect::Forget(id) => {
                let fine = self.room.ever.contains(&id) || self.given_up.contains(&id);
                assert!(fine, "{id} is forgotten, but nobody has it");
                self.shelf(c).remove(&id);
            }
            Effect::Outbox => self.note_failures(c),
            Effect::Boot | Effect::Refused(_) => panic!("nobody refused anything: {effect:?}"),
            Effect::Message(ref message) if generation == Some(self.room.generation) => {
                let stored = &self.room.messages[message.seq.0 as usize - 1];
                assert_eq!((&stored.id, stored.kind), (&message.id, message.kind), "shown as stored");
                self.pages[c].show(effect);
            }
            effect => self.pages[c].show(effect),
        }
    }

    fn up(&mut self, c: usize, frame: Option<RoomUp>) {
        let Page { socket, generation, .. } = self.pages[c];
        self.post(c, Parcel::Up { socket, frame, generation });
    }

    /// What was refused for good comes later, or never.
    fn note_failures(&mut self, c: usize) {
        for item in self.pages[c].link.outbox() {
            if let Delivery::Failed(_) = item.delivery {
                self.excused.insert(item.id.clone());
            }
        }
    }

    fn arrive(&mut self, c: usize, life: u32, parcel: Parcel) {
        let current = life == self.pages[c].life;
        match parcel {
            Parcel::ToPage { input, generation, asked } => {
                if current && asked.is_none_or(|asked| asked == self.pages[c].asked_page) {
                    self.deliver(c, input, generation);
                }
            }
            Parcel::Connect { socket, since, generation } => {
                if (life, socket) > self.newest[c] {
                    self.newest[c] = (life, socket);
                    self.connect(c, life, socket, since, generation);
                }
            }
            Parcel::Up { socket, frame, generation } => {
                if self.live[c] == Some((life, socket)) {
                    self.heard(c, socket, frame, generation);
                }
            }
            Parcel::Poll(held) => self.polled(c, life, held),
            Parcel::HeldOver(poll) => {
                if let Some((_, held)) = self.held[c].take_if(|(whose, held)| (*whose, held.poll) == (life, poll)) {
                    self.answer_poll(c, held);
                }
            }
            Parcel::Post(request) => {
                let id = request.id.clone();
                let reply =
                    self.store(c, request).map_err(|(code, pause)| Failure { code: Some(code), retry_after_ms: pause });
                if current {
                    self.answer(c, Input::Posted { id, reply });
                }
            }
            Parcel::Receipt(receipt, generation) => {
                let reply = self.receipt(c, receipt, generation);
                if current {
                    let reply = reply.map_err(|(code, pause)| Failure { code: Some(code), retry_after_ms: pause });
                    self.answer(c, Input::ReceiptPosted(reply));
                }
            }
            Parcel::Typing(on) => self.types(c, on),
            Parcel::Page { before, asked } => {
                let reply = match self.busy() {
                    Some(failure) => Err(failure),
                    None => Ok(MessagesReply { messages: self.room.page(before) }),
                };
                let (input, generation) = (Input::EarlierCame { before, reply }, self.room.generation);
                self.post(c, Parcel::ToPage { input, generation, asked: Some(asked) });
            }
        }
        self.wake_held();
    }

    fn deliver(&mut self, c: usize, mut input: Input, generation: u32) {
        // A stream keeps its order: what stands for the present is never older than what came before it.
        if let Input::Heard { frame: Some(frame), .. } = &mut input {
            match frame {
                RoomDown::State { state } | RoomDown::Welcome { state, .. } => *state = self.room.state(),
                RoomDown::Typing { party, on } => *on = self.room.is_typing(self.now, *party),
                _ => {}
            }
        }
        let welcome = |frame: &RoomDown| matches!(frame, RoomDown::Welcome { .. });
        let begins = match &input {
            Input::Heard { socket, frame: Some(frame) } => *socket == self.pages[c].socket && welcome(frame),
            Input::Polled { poll, reply: Ok(events) } => {
                *poll == self.pages[c].poll && events.frames.iter().any(welcome)
            }
            _ => false,
        };
        if begins {
            self.pages[c].generation.get_or_insert(generation);
        }
        self.pages[c].note_pause(self.now, &input);
        self.tell(c, input);
    }

    fn connect(&mut self, c: usize, life: u32, socket: u32, since: Since, generation: Option<u32>) {
        if !self.room.knows(since, generation) {
            return self.refuse(c, Input::Closed { socket, code: 1006 });
        }
        self.live[c] = Some((life, socket));
        let frame = self.room.welcome(self.now, since, 200);
        self.down(c, Some(frame));
    }

    fn heard(&mut self, c: usize, socket: u32, frame: Option<RoomUp>, generation: Option<u32>) {
        let id = if let Some(RoomUp::Send { id, .. }) = &frame { Some(id.clone()) } else { None };
        let said = match frame {
            Some(RoomUp::Send { id, body }) => self.store(c, SendRequest { id, body }).map(|ack| {
                let protocol::http::Ack { id, seq, at } = ack;
                self.answer(c, Input::Heard { socket, frame: Some(RoomDown::Ack { id, seq, at }) });
            }),
            Some(RoomUp::Receipt { delivered, read }) => self.receipt(c, Receipt { delivered, read }, generation),
            Some(RoomUp::Typing { on }) => {
                self.types(c, on);
                Ok(())
            }
            None => {
                self.answer(c, Input::Heard { socket, frame: None });
                Ok(())
            }
        };
        if let Err((code, retry_after_ms)) = said {
            self.answer(c, Input::Heard { socket, frame: Some(RoomDown::Error { code, id, retry_after_ms }) });
        }
    }

    fn busy(&mut self) -> Option<Failure> {
        let retry_after_ms = Some(500 + self.roll(3_000));
        self.room.is_busy().then_some(Failure { code: Some(Code::SlowDown), retry_after_ms })
    }

    fn store(&mut self, c: usize, request: SendRequest) -> Result<protocol::http::Ack, (Code, Option<u32>)> {
        if let Some(Failure { retry_after_ms, .. }) = self.busy() {
            return Err((Code::SlowDown, retry_after_ms));
        }
        let (ack, news) = self.room.store(self.now, PAGES[c], request).map_err(|code| (code, None))?;
        if news {
            self.broadcast_last();
        }
        Ok(ack)
    }

    fn broadcast_last(&mut self) {
        let message = self.room.messages.last().cloned().unwrap();
        self.broadcast(RoomDown::Message { message });
    }

    fn receipt(&mut self, c: usize, receipt: Receipt, generation: Option<u32>) -> Result<(), (Code, Option<u32>)> {
        if let Some(Failure { retry_after_ms, .. }) = self.busy() {
            return Err((Code::SlowDown, retry_after_ms));
        }
        if generation != Some(self.room.generation) {
            return Err((Code::UnknownPlace, None));
        }
        if self.room.receipt(PAGES[c], receipt).map_err(|code| (code, None))? {
            self.broadcast(RoomDown::Receipts { receipts: self.room.receipts });
        }
        Ok(())
    }

    fn types(&mut self, c: usize, on: bool) {
        self.room.types(self.now, PAGES[c], on);
        self.broadcast(RoomDown::Typing { party: PAGES[c], on });
    }

    fn polled(&mut self, c: usize, life: u32, held: Held) {
        let poll = held.poll;
        if let Some(failure) = self.busy() {
            return self.answer(c, Input::Polled { poll, reply: Err(failure) });
        }
        if self.holds && held.rev == Some(self.room.rev(self.now)) && !self.is_due(&held) {
            self.held[c] = Some((life, held));
            return self.arrive_at(self.now + Ms::from(EventsReply::HELD_MS), c, Parcel::HeldOver(poll));
        }
        self.answer_poll(c, held);
    }

    fn is_due(&self, held: &Held) -> bool {
        held.rev != Some(self.room.rev(self.now))
            || self.room.has_news(held.since)
            || !self.room.knows(held.since, held.generation)
    }

    fn answer_poll(&mut self, c: usize, Held { poll, since, generation, .. }: Held) {
        let unknown = || Failure { code: Some(Code::UnknownPlace), retry_after_ms: None };
        let known = self.room.knows(since, generation);
        let reply = if known { Ok(self.room.events(self.now, since)) } else { Err(unknown()) };
        self.answer(c, Input::Polled { poll, reply });
    }

    fn wake_held(&mut self) {
        for c in 0..PAGES.len() {
            let due = self.held[c].as_ref().is_some_and(|(_, held)| self.is_due(held));
            if let Some((_, held)) = self.held[c].take_if(|_| due) {
                self.answer_poll(c, held);
            }
        }
    }

    pub fn perform(&mut self, op: Op) {
        match op {
            Op::Send(c) => {
                self.ids += 1;
                let id = ClientMsgId::random(self.ids);
                let body = Body::parse(id.as_str()).unwrap();
                self.tell(c, Input::Send { id, body });
            }
            Op::Types(c, on) => self.tell(c, Input::Typing(on)),
            Op::Attention(c, on) => self.attend(c, on),
            Op::Wake(c) => self.tell(c, Input::Wake),
            Op::Earlier(c) => self.tell(c, Input::Earlier),
            Op::Retry(c) => self.retry(c),
            Op::Discard(c) => {
                if let Some(id) = self.failed(c) {
                    self.given_up.insert(id.clone());
                    self.tell(c, Input::Discard(id));
                }
            }
            Op::Reload(c) => self.reload(c),
            Op::Crash(c, after) => self.pages[c].crash = Some(after),
            Op::Net(c, net) => self.pages[c].net = net,
            Op::Restart => self.restart(),
            Op::Forget => {
                self.excused.extend(self.room.messages.iter().filter_map(|message| message.id.clone()));
                self.given_up.extend(self.room.messages.iter().filter_map(|message| message.id.clone()));
                self.parcels.clear();
                self.room.forget();
                self.restart();
            }
            Op::Own(on) => {
                self.room.owned = on;
                self.broadcast(RoomDown::State { state: self.room.state() });
            }
            Op::Redact(which) => {
                if self.room.redact(self.now, which) {
                    self.broadcast_last();
                }
            }
            Op::Busy(times) => self.room.busy = times,
            Op::Veto(times) => self.room.veto = times,
            Op::Flood(c) => {
                if let Some((life, socket)) = self.live[c].take()
                    && life == self.pages[c].life
                {
                    self.refuse(c, Input::Closed { socket, code: 4429 });
                }
            }
        }
        self.wake_held();
    }

    fn attend(&mut self, c: usize, on: bool) {
        self.pages[c].attend(on);
        self.tell(c, Input::Attention(on));
    }

    fn failed(&self, c: usize) -> Option<ClientMsgId> {
        let failed = self.pages[c].link.outbox().iter().find(|item| matches!(item.delivery, Delivery::Failed(_)));
        failed.map(|item| item.id.clone())
    }

    fn retry(&mut self, c: usize) {
        if let Some(id) = self.failed(c) {
            self.tell(c, Input::Retry(id));
        }
    }

    pub fn reload(&mut self, c: usize) {
        self.live[c] = None;
        self.held[c] = None;
        let seed = self.seed;
        self.pages[c].reload(seed);
        let kept = self.shelf(c).0.clone();
        self.tell(c, Input::Restore(kept));
        self.tell(c, Input::Start);
    }

    pub fn restart(&mut self) {
        for c in 0..PAGES.len() {
            let life = self.pages[c].life;
            if let Some((_, socket)) = self.live[c].take().filter(|(whose, _)| *whose == life) {
                self.refuse(c, Input::Closed { socket, code: 1006 });
            }
            if let Some((_, Held { poll, .. })) = self.held[c].take().filter(|(whose, _)| *whose == life) {
                self.refuse(c, Input::Polled { poll, reply: Err(Failure::default()) });
            }
        }
    }

    /// Lets time pass, one event after the other.
    pub fn run_until(&mut self, end: Ms) {
        loop {
            let parcel = self.parcels.first_key_value().map(|(key, _)| key.0);
            let tick = (0..PAGES.len()).filter_map(|c| Some((self.pages[c].link.next_deadline()?, c))).min();
            let next = [parcel, tick.map(|(at, _)| at)].into_iter().flatten().min();
            let Some(next) = next.filter(|&at| at <= end) else { break };
            self.now = self.now.max(next);
            match tick {
                Some((at, c)) if parcel != Some(next) => {
                    self.tell(c, Input::Tick);
                    let link = &self.pages[c].link;
                    assert!(link.next_deadline().is_none_or(|at| at > self.now), "stuck at {at}: {:?}", link.phase());
                }
                _ => {
                    let (_, (c, life, parcel)) = self.parcels.pop_first().unwrap();
                    self.arrive(c, life, parcel);
                }
            }
        }
        self.now = end;
    }

    /// All is well again, and everybody looks.
    pub fn heal(&mut self) {
        (self.room.busy, self.room.veto) = (0, 0);
        for c in 0..PAGES.len() {
            self.pages[c].net = Net::Fine;
            self.pages[c].crash = None;
            self.attend(c, true);
        }
        self.perform(Op::Own(true));
    }

    /// What people do until they have seen everything: try again, and scroll up.
    pub fn insist(&mut self) {
        for c in 0..PAGES.len() {
            self.retry(c);
            if self.pages[c].link.earlier() != Earlier::Loading {
                self.tell(c, Input::Earlier);
            }
        }
    }

    pub fn is_settled(&self) -> bool {
        let whole = |page: &Page| {
            page.link.outbox().is_empty()
                && page.thread == self.room.messages
                && page.link.receipts() == self.room.receipts
                && self.room.receipts.of(page.party).read == page.newest_of_theirs()
        };
        self.pages.iter().all(whole)
    }
}
