//! One desk and three rooms, and between them only outboxes: in order for each pair, at least once, as late
//! as can be. When nothing is under way any more, both sides have to tell the same story.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::desk::{Effect as DeskEffect, Input as DeskInput, Verb};
use desk::notice::{Numbered, ToDesk, ToRoom};
use desk::room::{Effect as RoomEffect, Input as RoomInput, Sent, Speaker};
use desk::{Desk, Refusal, Room};
use proptest::prelude::*;
use protocol::desk::{DeskDown, QueueRow};
use protocol::http::AfterHoursRequest;
use protocol::{Body, ConversationId, Email, HandoffId, Intent, Priority, Seq, Stage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, VecDeque};

const ROOMS: u8 = 3;

#[derive(Debug, Clone)]
enum Op {
    Open {
        agent: u8,
        capacity: u32,
    },
    Close {
        agent: u8,
    },
    SignOut {
        agent: u8,
    },
    /// A visitor looks at a room from now on, or looks away.
    Look {
        room: u8,
        on: bool,
    },
    /// What the desk said to one who looks arrives, whatever else is under way.
    Reply {
        room: u8,
    },
    Intend {
        agent: u8,
        intent: Intent,
    },
    Pass {
        ms: i64,
    },
    /// An agent takes the `place`-th row as the dashboard lists them.
    Claim {
        agent: u8,
        place: usize,
    },
    Resolve {
        agent: u8,
        place: usize,
    },
    Ask {
        room: u8,
    },
    Form {
        room: u8,
    },
    Write {
        room: u8,
    },
    /// The first notice of a pair arrives; if its receipt is `lost`, it comes again.
    ToDesk {
        room: u8,
        lost: bool,
    },
    ToRoom {
        room: u8,
        lost: bool,
    },
    Drain,
}

fn op() -> impl Strategy<Value = Op> {
    let (agent, room, place) = (0..2u8, 0..ROOMS, 0..4usize);
    let intent = prop_oneof![Just(Intent::Available), Just(Intent::Busy)];
    let ms = prop_oneof![3 => 1..5_000i64, 1 => Just(GRACE), 1 => Just(STALE)];
    let lost = prop_oneof![3 => Just(false), 1 => Just(true)];
    prop_oneof![
        4 => (agent.clone(), 1..4u32).prop_map(|(agent, capacity)| Op::Open { agent, capacity }),
        1 => agent.clone().prop_map(|agent| Op::Close { agent }),
        1 => agent.clone().prop_map(|agent| Op::SignOut { agent }),
        2 => (room.clone(), any::<bool>()).prop_map(|(room, on)| Op::Look { room, on }),
        2 => room.clone().prop_map(|room| Op::Reply { room }),
        2 => (agent.clone(), intent).prop_map(|(agent, intent)| Op::Intend { agent, intent }),
        2 => ms.prop_map(|ms| Op::Pass { ms }),
        6 => (agent.clone(), place.clone()).prop_map(|(agent, place)| Op::Claim { agent, place }),
        2 => (agent, place).prop_map(|(agent, place)| Op::Resolve { agent, place }),
        6 => room.clone().prop_map(|room| Op::Ask { room }),
        2 => room.clone().prop_map(|room| Op::Form { room }),
        2 => room.clone().prop_map(|room| Op::Write { room }),
        7 => (room.clone(), lost.clone()).prop_map(|(room, lost)| Op::ToDesk { room, lost }),
        7 => (room, lost).prop_map(|(room, lost)| Op::ToRoom { room, lost }),
        1 => Just(Op::Drain),
    ]
}

/// One sender's notices to one receiver, and the last number that the receiver heard.
struct Wire<T> {
    under_way: VecDeque<Numbered<T>>,
    heard: u64,
}

impl<T: Clone + Serialize + DeserializeOwned> Wire<T> {
    fn new() -> Wire<T> {
        Wire { under_way: VecDeque::new(), heard: 0 }
    }

    fn send(&mut self, n: u64, notice: &T) {
        self.under_way.push_back(by_json(&Numbered { n, notice: notice.clone() }));
    }

    /// What arrives, unless it was heard before.
    fn receive(&mut self, lost: bool) -> Option<T> {
        let Numbered { n, notice } = self.under_way.front()?.clone();
        if !lost {
            self.under_way.pop_front();
        }
        let is_new = self.heard < n;
        self.heard = self.heard.max(n);
        is_new.then_some(notice)
    }
}

struct House {
    now: i64,
    desk: Desk,
    rooms: Vec<Room>,
    up: Vec<Wire<ToDesk>>,
    down: Vec<Wire<ToRoom>>,
    /// Words of the desk to rooms that asked, not by the outbox: each as late as can be.
    replies: Vec<VecDeque<ToRoom>>,
    /// At which rooms a visitor looks.
    looking: Vec<bool>,
    roster: u32,
    sent: u64,
    asked: BTreeMap<HandoffId, u8>,
    ids: u8,
}

impl House {
    fn new() -> House {
        let mut house = House {
            now: 1_000_000,
            desk: Desk::load(SETTINGS, DeskTables::default().stored()),
            rooms: (0..ROOMS).map(|n| Room::load(conversation(n), None, Seq(0), None)).collect(),
            up: (0..ROOMS).map(|_| Wire::new()).collect(),
            down: (0..ROOMS).map(|_| Wire::new()).collect(),
            replies: (0..ROOMS).map(|_| VecDeque::new()).collect(),
            looking: vec![false; ROOMS.into()],
            roster: 0,
            sent: 0,
            asked: BTreeMap::new(),
            ids: 0,
        };
        house.employ(3);
        house
    }

    fn employ(&mut self, capacity: u32) {
        self.roster += 1;
        self.accept(roster(self.roster, vec![profile(0, capacity), profile(1, capacity)]));
    }

    fn step(&mut self, op: &Op) {
        self.now += 1;
        match *op {
            Op::Open { agent, capacity } => {
                self.employ(capacity);
                self.accept(opens(agent, agent));
            }
            Op::Close { agent } => {
                self.accept(DeskInput::Close { agent: agent_id(agent), session: session(agent) });
            }
            Op::SignOut { agent } => self.accept(signs_out(agent)),
            Op::Look { room, on } => {
                self.looking[usize::from(room)] = on;
                self.look(room);
            }
            Op::Reply { room } => self.reply(room),
            Op::Intend { agent, intent } => self.accept(DeskInput::Intend { agent: agent_id(agent), intent }),
            Op::Pass { ms } => {
                self.now += ms;
                self.accept(DeskInput::Tick);
            }
            Op::Claim { agent, place } => self.claim(agent, place),
            Op::Resolve { agent, place } => self.resolve(agent, place),
            Op::Ask { room } => self.ask(room),
            Op::Form { room } => self.form(room),
            Op::Write { room } => self.write(room),
            Op::ToDesk { room, lost } => self.deliver_up(room, lost),
            Op::ToRoom { room, lost } => self.deliver_down(room, lost),
            Op::Drain => self.drain(),
        }
    }

    fn queue(&self) -> Vec<QueueRow> {
        match self.desk.welcome(&agent_id(0), at(self.now)) {
            DeskDown::Welcome { queue, .. } => queue,
            frame => panic!("{frame:?}"),
        }
    }

    fn claim(&mut self, agent: u8, place: usize) {
        if let Some(QueueRow { handoff, epoch, .. }) = self.queue().get(place).cloned() {
            let _ = self.turn(DeskInput::Command { agent: agent_id(agent), handoff, epoch, verb: Verb::Claim });
        }
    }

    fn resolve(&mut self, agent: u8, place: usize) {
        if let Some(QueueRow { handoff, epoch, .. }) = self.queue().get(place).cloned() {
            let _ = self.turn(DeskInput::Command { agent: agent_id(agent), handoff, epoch, verb: Verb::Resolve });
        }
    }

    fn accept(&mut self, input: DeskInput) {
        self.turn(input).unwrap();
    }

    /// A room at which somebody looks who waits for nobody asks the desk.
    fn look(&mut self, room: u8) {
        let n = usize::from(room);
        if self.looking[n] && self.rooms[n].is_unattended() {
            self.accept(DeskInput::Watch(conversation(room)));
            self.replies[n].push_back(self.desk.word());
        }
    }

    fn reply(&mut self, room: u8) {
        if let Some(word) = self.replies[usize::from(room)].pop_front() {
            self.tell(room, RoomInput::Heard(by_json(&word))).unwrap();
        }
    }

    /// A turn of the desk's shell: proofs of life, a tick, and what there is to do.
    fn turn(&mut self, input: DeskInput) -> Result<(), Refusal> {
        let mut effects = self.desk.apply(at(self.now), DeskInput::Tick).unwrap();
        let result = self.desk.apply(at(self.now), input).map(|more| effects.extend(more));
        for effect in &effects {
            if let DeskEffect::Tell(room, notice) = effect {
                self.sent += 1;
                self.down[usize::from(number(room))].send(self.sent, notice);
            }
        }
        result
    }

    fn ask(&mut self, room: u8) {
        let (speaker, fresh) = (the_visitor_of(room), self.fresh());
        self.tell(room, RoomInput::Ask { speaker, fresh, page: page(), department: None, priority: Priority::Normal })
            .unwrap();
    }

    fn form(&mut self, room: u8) {
        let (fresh, id) = (self.fresh(), message_id(self.ids));
        let email = Email::parse("ann@shop.example").unwrap();
        let message = Body::parse("Please write to me").unwrap();
        let form = AfterHoursRequest { email, name: None, message, id, page: page() };
        let input = RoomInput::AfterHours { speaker: the_visitor_of(room), fresh, form, prior: None };
        let result = self.tell(room, input);
        assert!(matches!(result, Ok(()) | Err(Refusal::Taken { .. })), "{result:?}");
    }

    fn write(&mut self, room: u8) {
        self.ids += 1;
        let sent = Sent { id: message_id(self.ids), body: Body::parse("Hello?").unwrap(), prior: None };
        self.tell(room, RoomInput::Send(the_visitor_of(room), sent)).unwrap();
        if let Some(notice) = self.rooms[usize::from(room)].activity() {
            self.post(room, &notice);
        }
    }

    fn tell(&mut self, room: u8, input: RoomInput) -> Result<(), Refusal> {
        let effects = self.rooms[usize::from(room)].apply(at(self.now), input)?;
        for effect in &effects {
            if let RoomEffect::Tell(notice) = effect {
                self.post(room, notice);
            }
        }
        Ok(())
    }

    fn post(&mut self, room: u8, notice: &ToDesk) {
        if let ToDesk::Ask { row, .. } = notice {
            assert_eq!(self.asked.insert(row.handoff.clone(), room), None, "asked once");
        }
        self.sent += 1;
        self.up[usize::from(room)].send(self.sent, notice);
    }

    fn deliver_up(&mut self, room: u8, lost: bool) {
        if let Some(notice) = self.up[usize::from(room)].receive(lost) {
            self.accept(DeskInput::Heard(notice));
        }
    }

    fn deliver_down(&mut self, room: u8, lost: bool) {
        if let Some(notice) = self.down[usize::from(room)].receive(lost) {
            self.tell(room, RoomInput::Heard(notice)).unwrap();
            // Whoever was told and still looks asks to be told again.
            self.look(room);
        }
    }

    fn drain(&mut self) {
        while self.up.iter().any(|wire| !wire.under_way.is_empty())
            || self.down.iter().any(|wire| !wire.under_way.is_empty())
            || self.replies.iter().any(|replies| !replies.is_empty())
        {
            (0..ROOMS).for_each(|room| {
                self.deliver_up(room, false);
                self.deliver_down(room, false);
                self.reply(room);
            });
        }
        self.check();
    }

    fn check(&self) {
        let queue: BTreeMap<_, _> = self.queue().into_iter().map(|row| (row.handoff.clone(), row)).collect();
        for (room, n) in self.rooms.iter().zip(0..) {
            let state = room.state();
            let open = state.handoff.filter(|view| view.stage != Stage::Closed);
            let rows: Vec<_> = queue.values().filter(|row| row.conversation == conversation(n)).collect();
            let of_desk: Vec<_> = rows.iter().map(|row| (&row.handoff, row.stage, row.epoch, &row.agent)).collect();
            let of_room: Vec<_> = open.iter().map(|view| (&view.id, view.stage, view.epoch, &view.agent)).collect();
            assert_eq!(of_desk, of_room, "desk and room {n}");
            // Who waits knows whether anybody comes; who does not wait is never kept from asking again.
            let is_waiting = open.is_some_and(|view| view.stage == Stage::Waiting);
            // Who looks and waits for nobody knows it too.
            if is_waiting || (self.looking[usize::from(n)] && room.is_unattended()) {
                assert_eq!(state.desk_open, self.desk.is_open(), "room {n}");
            }
        }
        for (handoff, room) in &self.asked {
            let record = self.rooms[usize::from(*room)].record().unwrap();
            let kept = record.handoffs.iter().find(|kept| kept.row.handoff == *handoff).unwrap();
            let is_queued = queue.contains_key(handoff);
            assert_eq!(is_queued, kept.row.stage != Stage::Closed, "in the queue or closed: {kept:?}");
        }
    }

    fn fresh(&mut self) -> HandoffId {
        self.ids += 1;
        handoff(self.ids)
    }
}

fn the_visitor_of(room: u8) -> Speaker {
    Speaker::Visitor { visitor: visitor(room), widget: widget() }
}

fn number(room: &ConversationId) -> u8 {
    (0..ROOMS).find(|n| conversation(*n) == *room).unwrap()
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn desk_and_rooms_agree_when_all_is_delivered(ops in prop::collection::vec(op(), 1..120)) {
        let mut house = House::new();
        ops.iter().for_each(|op| house.step(op));
        house.drain();
    }
}
