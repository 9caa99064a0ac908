//! The link against a modelled room over a network that loses, doubles, delays and reorders, a server that
//! restarts, and a page that reloads. Whatever happens: each message is stored exactly once and in the order of
//! writing, and once the network heals the client has the whole transcript, without gap or double.
#![allow(clippy::unwrap_used)]

use client::link::{Effect, Failure, Input, Link, Ms, Phase};
use proptest::prelude::*;
use protocol::http::{Ack, EventsReply, SendRequest};
use protocol::problem::Code;
use protocol::room::{Message, RoomDown, RoomState, RoomUp};
use protocol::{Body, ClientMsgId, ConversationId, Kind, Party, Seq, Timestamp};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy)]
enum Net {
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

#[derive(Debug, Clone)]
enum Op {
    Send,
    OtherSends,
    Restart,
    Reload,
    Wake,
    Attention(bool),
    Net(Net),
    /// The server refuses the next few sends for a while.
    Busy(u8),
}

fn op() -> impl Strategy<Value = Op> {
    let net = prop_oneof![
        2 => Just(Net::Fine), 3 => Just(Net::Bad), 2 => Just(Net::NoSockets), 1 => Just(Net::BlackHole), 1 => Just(Net::Down)
    ];
    prop_oneof![
        6 => Just(Op::Send),
        4 => Just(Op::OtherSends),
        1 => Just(Op::Restart),
        1 => Just(Op::Reload),
        1 => Just(Op::Wake),
        1 => any::<bool>().prop_map(Op::Attention),
        3 => net.prop_map(Op::Net),
        1 => (1u8..4).prop_map(Op::Busy),
    ]
}

/// Something under way on the network.
#[derive(Debug, Clone)]
enum Parcel {
    ToClient(u32, Input),
    Connect { life: u32, socket: u32, after: Seq },
    Up { life: u32, socket: u32, frame: Option<RoomUp> },
    Poll { life: u32, poll: u32, after: Seq },
    Post { life: u32, request: SendRequest },
}

struct World {
    now: Ms,
    seed: u32,
    net: Net,
    order: u64,
    parcels: BTreeMap<(Ms, u64), Parcel>,
    // The server.
    stored: Vec<Message>,
    live: Option<(u32, u32)>,
    newest: (u32, u32),
    busy: u8,
    // The client: `life` counts page loads.
    life: u32,
    link: Link,
    saved: Vec<SendRequest>,
    shown: Vec<Message>,
    written: Vec<ClientMsgId>,
    calls: u32,
}

impl World {
    fn new(seed: u32) -> World {
        let link = Link::new(Party::Visitor, seed, vec![]);
        let mut world = World {
            now: 0,
            seed: seed | 1,
            net: Net::Fine,
            order: 0,
            parcels: BTreeMap::new(),
            stored: vec![],
            live: None,
            newest: (0, 0),
            busy: 0,
            life: 0,
            link,
            saved: vec![],
            shown: vec![],
            written: vec![],
            calls: 0,
        };
        world.client(Input::Start);
        world
    }

    fn roll(&mut self, most: u32) -> u32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        self.seed % most
    }

    fn post(&mut self, parcel: Parcel) {
        let (copies, spread) = match self.net {
            Net::BlackHole => (0, 1),
            Net::Bad => ([0, 1, 1, 1, 1, 1, 2][self.roll(7) as usize], 3_000),
            Net::Fine | Net::NoSockets | Net::Down => (1, 1),
        };
        // A frame that a socket loses is its last: the stream has no holes, it ends.
        if copies == 0 && matches!(parcel, Parcel::Up { .. } | Parcel::ToClient(_, Input::Heard { .. })) {
            self.live = None;
        }
        for _ in 0..copies {
            let at = self.now + 20 + Ms::from(self.roll(spread));
            self.order += 1;
            self.parcels.insert((at, self.order), parcel.clone());
        }
    }

    /// An answer that the network gives by itself.
    fn refuse(&mut self, input: Input) {
        self.order += 1;
        self.parcels.insert((self.now + 1, self.order), Parcel::ToClient(self.life, input));
    }

    fn client(&mut self, input: Input) {
        let effects = self.link.apply(self.now, input);
        effects.into_iter().for_each(|effect| self.act(effect));
    }

    fn act(&mut self, effect: Effect) {
        let life = self.life;
        let lost = Failure::default();
        let (down, blocked) = (matches!(self.net, Net::Down), matches!(self.net, Net::Down | Net::NoSockets));
        self.calls += u32::from(matches!(effect, Effect::Connect { .. } | Effect::Poll { .. } | Effect::Post(_)));
        match effect {
            Effect::Connect { socket, .. } if blocked => self.refuse(Input::Closed { socket, code: 1006 }),
            Effect::Connect { socket, after } => self.post(Parcel::Connect { life, socket, after }),
            Effect::Disconnect => self.live = None,
            Effect::Transmit(_) | Effect::Ping if blocked => {}
            Effect::Transmit(frame) => {
                let socket = self.current_socket();
                self.post(Parcel::Up { life, socket, frame: Some(frame) });
            }
            Effect::Ping => {
                let socket = self.current_socket();
                self.post(Parcel::Up { life, socket, frame: None });
            }
            Effect::Poll { poll, .. } if down => self.refuse(Input::Polled { poll, reply: Err(lost) }),
            Effect::Poll { poll, after } => self.post(Parcel::Poll { life, poll, after }),
            Effect::Post(request) if down => self.refuse(Input::Posted { id: request.id, reply: Err(lost) }),
            Effect::Post(request) => self.post(Parcel::Post { life, request }),
            Effect::Message(message) => self.shown.push(message),
            Effect::Outbox => self.saved = self.link.saved(),
            Effect::State(_) | Effect::OtherTypes(_) | Effect::Health(_) | Effect::PostTyping(_) => {}
            Effect::Boot | Effect::Refused(_) => panic!("nobody refused anything: {effect:?}"),
        }
    }

    fn current_socket(&self) -> u32 {
        self.live.map_or(0, |(_, socket)| socket)
    }

    fn arrive(&mut self, parcel: Parcel) {
        match parcel {
            Parcel::ToClient(life, input) if life == self.life => self.client(input),
            Parcel::ToClient(..) => {}
            Parcel::Connect { life, socket, .. } if (life, socket) <= self.newest => {}
            Parcel::Connect { life, socket, after } => {
                self.newest = (life, socket);
                self.live = Some((life, socket));
                let frame = self.welcome(after);
                self.post(Parcel::ToClient(life, Input::Heard { socket, frame: Some(frame) }));
            }
            Parcel::Up { life, socket, frame } if self.live == Some((life, socket)) => match frame {
                Some(RoomUp::Send { id, body }) => {
                    let frame = match self.store(Kind::Visitor, Some(&id), body) {
                        Ok(Ack { id, seq, at }) => RoomDown::Ack { id, seq, at },
                        Err(code) => RoomDown::Error { code, id: Some(id), retry_after_ms: Some(500) },
                    };
                    self.post(Parcel::ToClient(life, Input::Heard { socket, frame: Some(frame) }));
                }
                Some(RoomUp::Typing { .. }) => {}
                None => self.post(Parcel::ToClient(life, Input::Heard { socket, frame: None })),
            },
            Parcel::Up { .. } => {}
            Parcel::Poll { life, poll, after } => {
                let frames = vec![self.welcome(after)];
                self.post(Parcel::ToClient(life, Input::Polled { poll, reply: Ok(EventsReply { frames }) }));
            }
            Parcel::Post { life, request: SendRequest { id, body } } => {
                let failed = |code| Failure { code: Some(code), retry_after_ms: Some(500) };
                let reply = self.store(Kind::Visitor, Some(&id), body).map_err(failed);
                self.post(Parcel::ToClient(life, Input::Posted { id, reply }));
            }
        }
    }

    /// At most three messages a welcome, to see "more" at work.
    fn welcome(&self, after: Seq) -> RoomDown {
        let most = if self.live.is_some() { 200 } else { 3 };
        let missing = &self.stored[(after.0 as usize).min(self.stored.len())..];
        let messages: Vec<_> = missing.iter().take(most).cloned().collect();
        RoomDown::Welcome {
            conversation: ConversationId::random(1),
            more: missing.len() > messages.len(),
            messages,
            state: RoomState { desk_open: true, handoff: None },
            now: Timestamp(self.now),
        }
    }

    fn store(&mut self, kind: Kind, id: Option<&ClientMsgId>, body: Body) -> Result<Ack, Code> {
        if self.busy > 0 {
            self.busy -= 1;
            return Err(Code::SlowDown);
        }
        let known = self.stored.iter().find(|message| id.is_some() && message.id.as_ref() == id).map(|m| (m.seq, m.at));
        let at = Timestamp(self.now);
        let (seq, at) = known.unwrap_or((Seq(self.stored.len() as u32 + 1), at));
        if known.is_none() {
            let message = Message { seq, kind, at, body: Some(body), id: id.cloned(), agent: None, event: None };
            self.stored.push(message.clone());
            if let Some((life, socket)) = self.live {
                let frame = Some(RoomDown::Message { message });
                self.post(Parcel::ToClient(life, Input::Heard { socket, frame }));
            }
        }
        Ok(Ack { id: id.cloned().unwrap_or(ClientMsgId::random(0)), seq, at })
    }

    fn perform(&mut self, op: Op) {
        match op {
            Op::Send => {
                let id = ClientMsgId::random(self.written.len() as u128);
                self.written.push(id.clone());
                let body = Body::parse(id.as_str()).unwrap();
                self.client(Input::Send { id, body });
            }
            Op::OtherSends => {
                self.busy = 0;
                self.store(Kind::Agent, None, Body::parse("other").unwrap()).unwrap();
            }
            Op::Restart => self.restart(),
            Op::Reload => {
                self.life += 1;
                self.live = None;
                self.shown.clear();
                self.link = Link::new(Party::Visitor, self.seed, self.saved.clone());
                self.client(Input::Start);
            }
            Op::Wake => self.client(Input::Wake),
            Op::Attention(on) => self.client(Input::Attention(on)),
            Op::Net(net) => self.net = net,
            Op::Busy(times) => self.busy = times,
        }
    }

    fn restart(&mut self) {
        if let Some((life, socket)) = self.live.take()
            && life == self.life
        {
            self.refuse(Input::Closed { socket, code: 1006 });
        }
    }

    /// Lets time pass, one event after the other.
    fn run_until(&mut self, end: Ms) {
        loop {
            let parcel = self.parcels.first_key_value().map(|(key, _)| key.0);
            let tick = self.link.next_deadline();
            let Some(next) = [parcel, tick].into_iter().flatten().min().filter(|&at| at <= end) else { break };
            self.now = self.now.max(next);
            if parcel == Some(next) {
                let (_, parcel) = self.parcels.pop_first().unwrap();
                self.arrive(parcel);
            } else {
                self.client(Input::Tick);
                assert!(self.link.next_deadline().is_none_or(|at| at > self.now), "stuck: {:?}", self.link.phase());
            }
        }
        self.now = end;
    }

    fn is_settled(&self) -> bool {
        self.link.outbox().is_empty() && self.shown == self.stored
    }
}

/// A half-open socket is the slowest to notice: 15 s of silence, 10 s without a pong, then a new one; and its last
/// frames may have been under way for 3 s.
const HEALED_WITHIN: Ms = 32_000;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_message_is_stored_once_in_order_and_the_transcript_is_whole(
        seed in any::<u32>(),
        script in prop::collection::vec((0..4_000i64, op()), 1..40),
    ) {
        let mut world = World::new(seed);
        for (pause, op) in script {
            world.run_until(world.now + pause);
            world.perform(op);
        }
        world.net = Net::Fine;
        world.busy = 0;
        world.perform(Op::Attention(true));
        let healed = world.now;
        while !world.is_settled() && world.now < healed + HEALED_WITHIN {
            world.run_until(world.now + 100);
        }
        let stored: Vec<_> = world.stored.iter().filter_map(|message| message.id.clone()).collect();
        prop_assert_eq!(stored, world.written.clone(), "stored exactly once, in the order of writing");
        prop_assert_eq!(&world.shown, &world.stored, "the transcript is whole");
        prop_assert_eq!(world.link.outbox(), &[], "nothing is left to send");
        prop_assert_eq!(world.link.saved(), vec![], "nothing is left to store");
        world.run_until(world.now + 90_000);
        prop_assert!(matches!(world.link.phase(), Phase::Open { .. }), "back on a socket: {:?}", world.link.phase());
    }

    /// However bad the network, the link is no burden: at most two calls a second on average.
    #[test]
    fn no_network_makes_the_link_run_hot(seed in any::<u32>(), net in prop_oneof![
        Just(Net::Bad), Just(Net::NoSockets), Just(Net::BlackHole), Just(Net::Down)
    ]) {
        let mut world = World::new(seed);
        world.run_until(1_000);
        world.net = net;
        world.restart();
        world.perform(Op::Send);
        world.calls = 0;
        world.run_until(301_000);
        prop_assert!(world.calls <= 600, "{} calls in 300 s under {net:?}", world.calls);
    }
}
