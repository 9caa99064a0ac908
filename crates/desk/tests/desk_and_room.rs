//! One desk and three rooms, and between them only outboxes: in order for each pair, at least once, as late
//! as can be. Either side falls asleep, or dies before it has saved what it did. When nothing is under way any more, both
//! have to tell the same story; and also after one of them has lost what it knew, once they have asked each other.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::desk::{Effect as DeskEffect, Input as DeskInput, Profile, Roster, Target, Verb};
use desk::notice::{Numbered, ToDesk, ToRoom};
use desk::room::{Content, Effect as RoomEffect, Input as RoomInput, Record, Sent, Speaker};
use desk::{Desk, Refusal, Room};
use proptest::prelude::*;
use protocol::desk::{DeskDown, QueueRow};
use protocol::http::AfterHoursRequest;
use protocol::room::Message;
use protocol::routing::{ChannelSettings, ConversationSettings, Routing};
use protocol::{
    AgentId, Body, ClientMsgId, ConversationId, Delivery, DepartmentId, Email, HandoffId, Intent, Priority, Role,
    RoutingMode, Seq, Stage,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, VecDeque};

const AGENTS: u8 = 3;
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
    Answered {
        room: u8,
    },
    Intend {
        agent: u8,
        intent: Intent,
    },
    Pass {
        ms: i64,
    },
    /// What is offered to an agent, or owned, or anything else that they may or may not do.
    Do {
        agent: u8,
        place: usize,
        verb: Verb,
    },
    /// Whoever is asked for the `place`-th row answers.
    Answer {
        place: usize,
        accept: bool,
    },
    Ask {
        room: u8,
        department: Option<u8>,
    },
    Form {
        room: u8,
    },
    Write {
        room: u8,
    },
    /// Whoever has it writes.
    Reply {
        room: u8,
    },
    /// By the button, or by typing it.
    End {
        room: u8,
        typed: bool,
    },
    Reopen {
        room: u8,
        agent: u8,
    },
    Prioritize {
        room: u8,
        vip: bool,
    },
    /// The visitor is back: the room makes sure that the desk knows of it.
    Recheck {
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
    /// From its tables, as after hibernation.
    SleepDesk,
    SleepRoom {
        room: u8,
    },
    /// What it does next is not saved: it never happened.
    FailDesk,
    FailRoom {
        room: u8,
    },
    Drain,
}

/// One side has lost what it knew.
#[derive(Debug, Clone)]
enum Loss {
    /// The desk has forgotten the `place`-th row.
    Row(usize),
    /// The desk knows its rows as they were so many steps ago.
    Rows(usize),
    /// A room is as it was so many steps ago.
    Room(u8, usize),
}

fn verb() -> impl Strategy<Value = Verb> {
    let agent = (0..AGENTS).prop_map(agent_id);
    let note = prop_oneof![Just(None), Just(Body::parse("Please").ok())];
    let to =
        prop_oneof![agent.clone().prop_map(Target::Agent), (0..2u8).prop_map(|n| Target::Department(department(n))),];
    prop_oneof![
        4 => Just(Verb::Claim), 1 => Just(Verb::Accept), 1 => Just(Verb::Decline), 2 => Just(Verb::Release),
        3 => Just(Verb::Resolve), 1 => Just(Verb::TakeOver), 1 => agent.prop_map(|to| Verb::Assign { to }),
        2 => (to, note).prop_map(|(to, note)| Verb::Transfer { to, note }),
    ]
}

fn agents() -> impl Strategy<Value = Op> {
    let (agent, place) = (0..AGENTS, 0..4usize);
    let intent = prop_oneof![2 => Just(Intent::Available), 1 => Just(Intent::Busy)];
    prop_oneof![
        5 => (agent.clone(), 1..4u32).prop_map(|(agent, capacity)| Op::Open { agent, capacity }),
        1 => agent.clone().prop_map(|agent| Op::Close { agent }),
        1 => agent.clone().prop_map(|agent| Op::SignOut { agent }),
        1 => (agent.clone(), intent).prop_map(|(agent, intent)| Op::Intend { agent, intent }),
        8 => (agent, place.clone(), verb()).prop_map(|(agent, place, verb)| Op::Do { agent, place, verb }),
        4 => (place, any::<bool>()).prop_map(|(place, accept)| Op::Answer { place, accept }),
    ]
}

fn visitors() -> impl Strategy<Value = Op> {
    let room = 0..ROOMS;
    let department = prop_oneof![1 => Just(None), 2 => (0..2u8).prop_map(Some)];
    prop_oneof![
        2 => (room.clone(), any::<bool>()).prop_map(|(room, on)| Op::Look { room, on }),
        6 => (room.clone(), department).prop_map(|(room, department)| Op::Ask { room, department }),
        2 => room.clone().prop_map(|room| Op::Form { room }),
        2 => room.clone().prop_map(|room| Op::Write { room }),
        1 => room.clone().prop_map(|room| Op::Reply { room }),
        1 => (room.clone(), any::<bool>()).prop_map(|(room, typed)| Op::End { room, typed }),
        2 => (room.clone(), 0..AGENTS).prop_map(|(room, agent)| Op::Reopen { room, agent }),
        1 => (room.clone(), any::<bool>()).prop_map(|(room, vip)| Op::Prioritize { room, vip }),
        1 => room.prop_map(|room| Op::Recheck { room }),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let room = 0..ROOMS;
    let ms = prop_oneof![5 => 1..5_000i64, 1 => Just(GRACE), 1 => Just(STALE), 1 => Just(400_000)];
    let lost = prop_oneof![3 => Just(false), 1 => Just(true)];
    let post = prop_oneof![
        2 => room.clone().prop_map(|room| Op::Answered { room }),
        7 => (room.clone(), lost.clone()).prop_map(|(room, lost)| Op::ToDesk { room, lost }),
        7 => (room.clone(), lost).prop_map(|(room, lost)| Op::ToRoom { room, lost }),
        1 => Just(Op::Drain),
    ];
    let trouble = prop_oneof![
        4 => ms.prop_map(|ms| Op::Pass { ms }),
        1 => Just(Op::SleepDesk),
        1 => room.clone().prop_map(|room| Op::SleepRoom { room }),
        1 => Just(Op::FailDesk),
        1 => room.prop_map(|room| Op::FailRoom { room }),
    ];
    prop_oneof![4 => agents(), 4 => visitors(), 4 => post, 2 => trouble]
}

fn loss() -> impl Strategy<Value = Loss> {
    prop_oneof![
        (0..4usize).prop_map(Loss::Row),
        (0..30usize).prop_map(Loss::Rows),
        (0..ROOMS, 0..30usize).prop_map(|(room, ago)| Loss::Room(room, ago)),
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

    /// What would arrive next that was not heard before.
    fn first(&mut self) -> Option<T> {
        while self.under_way.front().is_some_and(|first| first.n <= self.heard) {
            self.under_way.pop_front();
        }
        self.under_way.front().map(|first| first.notice.clone())
    }

    /// It has arrived; if the receipt is lost, it comes again, and is nothing new.
    fn receive(&mut self, lost: bool) {
        let first = if lost { self.under_way.front().cloned() } else { self.under_way.pop_front() };
        self.heard = self.heard.max(first.map_or(0, |first| first.n));
    }
}

/// The tables of a room.
#[derive(Debug, Clone, Default)]
struct RoomTables {
    record: Option<Record>,
    last_seq: Seq,
    last: Option<Message>,
}

impl RoomTables {
    fn keep(&mut self, effects: &[RoomEffect]) {
        for effect in effects {
            match effect {
                RoomEffect::Append(message) => {
                    self.last_seq = message.seq;
                    if message.body.is_some() {
                        self.last = Some(message.clone());
                    }
                }
                RoomEffect::Save(record) => self.record = Some(by_json(record)),
                RoomEffect::Erase(_)
                | RoomEffect::Shelve(_)
                | RoomEffect::Tell(_)
                | RoomEffect::Show(_)
                | RoomEffect::ShowTo(..)
                | RoomEffect::Ack(_)
                | RoomEffect::HangUp(_) => {}
            }
        }
    }

    fn load(&self, n: u8) -> Room {
        Room::load(conversation(n), self.record.clone(), self.last_seq, self.last.clone())
    }
}

struct House {
    now: i64,
    desk: Desk,
    tables: DeskTables,
    rooms: Vec<Room>,
    kept: Vec<RoomTables>,
    /// What was in the tables, step by step.
    past: Vec<(BTreeMap<HandoffId, QueueRow>, Vec<RoomTables>)>,
    desk_fails: bool,
    room_fails: Vec<bool>,
    up: Vec<Wire<ToDesk>>,
    down: Vec<Wire<ToRoom>>,
    /// Words of the desk to rooms that asked, not by the outbox: each as late as can be.
    replies: Vec<VecDeque<ToRoom>>,
    /// At which rooms a visitor looks.
    looking: Vec<bool>,
    roster: u32,
    sent: u64,
    ids: u8,
    /// Something was lost: what a room has forgotten it cannot tell.
    is_lossy: bool,
}

impl House {
    fn new() -> House {
        let kept: Vec<RoomTables> = (0..ROOMS).map(|_| RoomTables::default()).collect();
        let mut house = House {
            now: 1_000_000,
            desk: Desk::load(SETTINGS, DeskTables::default().stored()),
            tables: DeskTables::default(),
            rooms: kept.iter().zip(0..).map(|(kept, n)| kept.load(n)).collect(),
            kept,
            past: Vec::new(),
            desk_fails: false,
            room_fails: vec![false; ROOMS.into()],
            up: (0..ROOMS).map(|_| Wire::new()).collect(),
            down: (0..ROOMS).map(|_| Wire::new()).collect(),
            replies: (0..ROOMS).map(|_| VecDeque::new()).collect(),
            looking: vec![false; ROOMS.into()],
            roster: 0,
            sent: 0,
            ids: 0,
            is_lossy: false,
        };
        house.employ(3);
        house
    }

    /// One department asks, the other one gives, and falls back to the first.
    fn employ(&mut self, capacity: u32) {
        self.roster += 1;
        let member = |n: u8| Profile {
            role: if n == 0 { Role::ClientAdmin } else { Role::SupportStaff },
            departments: (0..2).filter(|d| n != *d).map(department).collect(),
            ..profile(n, capacity)
        };
        let asks = Routing { mode: RoutingMode::RoundRobin, ..Routing::default() };
        let gives = Routing {
            mode: RoutingMode::LeastLoaded,
            delivery: Delivery::Assign,
            fallback: Some(department(0)),
            ..Routing::default()
        };
        let website =
            ChannelSettings { expire_after_ms: 900_000, warn_before_ms: 60_000, close_idle_after_ms: 300_000 };
        let departments = vec![routed(0, asks), routed(1, gives)];
        let roster = staffed(self.roster, (0..AGENTS).map(member).collect(), departments);
        self.accept(DeskInput::Roster(Roster {
            conversations: ConversationSettings { website, ..Default::default() },
            ..roster
        }));
    }

    fn step(&mut self, op: &Op) {
        self.now += 1;
        self.past.push((self.tables.rows.clone(), self.kept.clone()));
        match op.clone() {
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
            Op::Answered { room } => self.reply(room),
            Op::Intend { agent, intent } => self.accept(DeskInput::Intend { agent: agent_id(agent), intent }),
            Op::Pass { ms } => {
                self.now += ms;
                self.accept(DeskInput::Tick);
            }
            Op::Do { agent, place, verb } => self.command(agent_id(agent), place, verb),
            Op::Answer { place, accept } => {
                let row = self.queue().get(place).cloned();
                if let Some(offer) = row.and_then(|row| row.offer) {
                    let verb = if accept { Verb::Accept } else { Verb::Decline };
                    self.command(offer.agent.id, place, verb);
                }
            }
            Op::Ask { room, department: of } => self.ask(room, of.map(department)),
            Op::Form { room } => self.form(room),
            Op::Write { room } => self.write(room, the_visitor_of(room), "Hello?"),
            Op::Reply { room } => {
                let owner = self.rooms[usize::from(room)].open_handoff().and_then(|row| row.agent.clone());
                if let Some(agent) = owner {
                    self.write(room, Speaker::Agent { agent }, "Yes?");
                }
            }
            Op::End { room, typed: true } => self.write(room, the_visitor_of(room), "End chat"),
            Op::End { room, typed: false } => {
                let _ = self.tell(room, RoomInput::End(the_visitor_of(room)));
            }
            Op::Reopen { room, agent } => {
                let (fresh, by) = (self.fresh(), agent_ref(agent));
                let latest = self.rooms[usize::from(room)].record().and_then(|record| record.handoffs.last());
                if let Some(handoff) = latest.map(|latest| latest.row.handoff.clone()) {
                    let _ = self.tell(
                        room,
                        RoomInput::Reopen { by, handoff, fresh, department: None, priority: Priority::Normal },
                    );
                }
            }
            Op::Prioritize { room, vip } => {
                let priority = if vip { Priority::Vip } else { Priority::Normal };
                self.accept(DeskInput::Prioritize { room: conversation(room), priority, by: agent_id(0) });
            }
            Op::Recheck { room } => self.recheck(room),
            Op::ToDesk { room, lost } => self.deliver_up(room, lost),
            Op::ToRoom { room, lost } => self.deliver_down(room, lost),
            Op::SleepDesk => self.desk = Desk::load(SETTINGS, self.tables.stored()),
            Op::SleepRoom { room } => self.sleep_room(room),
            Op::FailDesk => self.desk_fails = true,
            Op::FailRoom { room } => self.room_fails[usize::from(room)] = true,
            Op::Drain => self.drain(),
        }
    }

    fn sleep_room(&mut self, room: u8) {
        self.rooms[usize::from(room)] = self.kept[usize::from(room)].load(room);
        // A question that waits for its answer ends with the object that has asked it.
        self.replies[usize::from(room)].clear();
        // One that has not begun keeps nothing: whoever looks next asks anew.
        self.look(room);
    }

    fn lose(&mut self, loss: &Loss) {
        self.is_lossy = true;
        let back = |ago: usize| self.past.len().saturating_sub(1 + ago);
        match *loss {
            Loss::Row(place) => {
                if let Some(row) = self.queue().get(place) {
                    self.tables.rows.remove(&row.handoff);
                }
            }
            Loss::Rows(ago) => self.tables.rows = self.past[back(ago)].0.clone(),
            Loss::Room(room, ago) => {
                let known = self.past[back(ago)].1[usize::from(room)].record.clone();
                self.kept[usize::from(room)].record = known;
                self.sleep_room(room);
            }
        }
        self.desk = Desk::load(SETTINGS, self.tables.stored());
    }

    /// The next times that desk and rooms ask each other, until the last handoff from before the loss has expired.
    fn reconcile(&mut self) {
        for _ in 0..5 {
            (0..ROOMS).for_each(|room| self.recheck(room));
            self.drain_wires();
            self.now += 300_000;
            self.accept(DeskInput::Tick);
            self.drain_wires();
        }
    }

    fn recheck(&mut self, room: u8) {
        if let Some(handoff) = self.rooms[usize::from(room)].open_handoff().map(|row| row.handoff.clone()) {
            self.accept(DeskInput::Recheck { room: conversation(room), handoff });
        }
    }

    fn queue(&self) -> Vec<QueueRow> {
        match self.desk.welcome(&agent_id(0), at(self.now)) {
            DeskDown::Welcome { queue, .. } => queue,
            frame => panic!("{frame:?}"),
        }
    }

    fn command(&mut self, agent: AgentId, place: usize, verb: Verb) {
        if let Some(QueueRow { handoff, epoch, .. }) = self.queue().get(place).cloned() {
            let _ = self.turn(DeskInput::Command { agent, handoff, epoch, verb });
        }
    }

    fn accept(&mut self, input: DeskInput) {
        self.turn(input).unwrap();
    }

    /// A room at which somebody looks who waits for nobody asks the desk.
    fn look(&mut self, room: u8) {
        let n = usize::from(room);
        if self.looking[n] && self.rooms[n].is_unattended() {
            while !self.turn(DeskInput::Watch(conversation(room))).unwrap() {}
            self.replies[n].push_back(self.desk.word());
        }
    }

    fn reply(&mut self, room: u8) {
        if let Some(word) = self.replies[usize::from(room)].pop_front() {
            self.tell(room, RoomInput::Heard(by_json(&word))).unwrap();
        }
    }

    /// A turn of the desk's shell: a tick, and what there is to do; saved together, or not at all. Whether it was saved.
    fn turn(&mut self, input: DeskInput) -> Result<bool, Refusal> {
        let mut effects = self.desk.apply(at(self.now), DeskInput::Tick).unwrap();
        let result = self.desk.apply(at(self.now), input).map(|more| effects.extend(more));
        if std::mem::take(&mut self.desk_fails) {
            self.desk = Desk::load(SETTINGS, self.tables.stored());
            return Ok(false);
        }
        self.tables.keep(&effects);
        self.tables.log.clear();
        for effect in &effects {
            if let DeskEffect::Tell(room, notice) = effect {
                self.sent += 1;
                self.down[usize::from(number(room))].send(self.sent, notice);
            }
        }
        result.map(|()| true)
    }

    fn ask(&mut self, room: u8, department: Option<DepartmentId>) {
        let (speaker, fresh) = (the_visitor_of(room), self.fresh());
        let priority = Priority::Normal;
        self.tell(room, RoomInput::Ask { speaker, fresh, page: page(), department, priority }).unwrap();
    }

    fn form(&mut self, room: u8) {
        let (fresh, id) = (self.fresh(), ClientMsgId::random(self.sent.into()));
        let email = Email::parse("ann@shop.example").unwrap();
        let message = Body::parse("Please write to me").unwrap();
        let form = AfterHoursRequest { email, name: None, message, id, page: page() };
        let input = RoomInput::AfterHours { speaker: the_visitor_of(room), fresh, form, prior: None };
        let result = self.tell(room, input);
        assert!(matches!(result, Ok(_) | Err(Refusal::Taken { .. })), "{result:?}");
    }

    fn write(&mut self, room: u8, speaker: Speaker, text: &str) {
        self.ids += 1;
        let sent = Sent { id: message_id(self.ids), content: Content::Text(Body::parse(text).unwrap()), prior: None };
        let result = self.tell(room, RoomInput::Send(speaker, sent));
        assert!(matches!(result, Ok(_) | Err(Refusal::NotOwner)), "{result:?}");
        if let Some(notice) = self.rooms[usize::from(room)].activity() {
            self.post(room, &notice);
        }
    }

    /// A turn of a room's shell: saved, or it never happened. Whether it was saved.
    fn tell(&mut self, room: u8, input: RoomInput) -> Result<bool, Refusal> {
        let n = usize::from(room);
        let effects = self.rooms[n].apply(at(self.now), input)?;
        if std::mem::take(&mut self.room_fails[n]) {
            self.sleep_room(room);
            return Ok(false);
        }
        self.kept[n].keep(&effects);
        for effect in &effects {
            if let RoomEffect::Tell(notice) = effect {
                self.post(room, notice);
            }
        }
        Ok(true)
    }

    fn post(&mut self, room: u8, notice: &ToDesk) {
        self.sent += 1;
        self.up[usize::from(room)].send(self.sent, notice);
    }

    fn deliver_up(&mut self, room: u8, lost: bool) {
        let n = usize::from(room);
        let Some(notice) = self.up[n].first() else { return };
        if self.turn(DeskInput::Heard(notice)).unwrap() {
            self.up[n].receive(lost);
        }
    }

    fn deliver_down(&mut self, room: u8, lost: bool) {
        let n = usize::from(room);
        let Some(notice) = self.down[n].first() else { return };
        if self.tell(room, RoomInput::Heard(notice)).unwrap() {
            self.down[n].receive(lost);
        }
        // Whoever was told and still looks asks to be told again.
        self.look(room);
    }

    fn drain(&mut self) {
        self.drain_wires();
        if !self.is_lossy {
            self.check();
        }
    }

    fn drain_wires(&mut self) {
        self.desk_fails = false;
        self.room_fails.fill(false);
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
    }

    fn check(&self) {
        let queue = self.queue();
        for (room, n) in self.rooms.iter().zip(0..) {
            let state = room.state();
            let open = room.open_handoff();
            let rows: Vec<_> = queue.iter().filter(|row| row.conversation == conversation(n)).collect();
            let story = |row: &QueueRow| {
                let owner = row.agent.clone().filter(|_| row.stage == Stage::Active);
                // Who has left an address needs neither form nor warning, and may have missed them.
                let told = (row.form_offered, row.expires_at);
                (row.handoff.clone(), row.stage, owner, row.email.is_none().then_some(told))
            };
            let of_desk: Vec<_> = rows.iter().map(|row| story(row)).collect();
            let of_room: Vec<_> = open.iter().map(|row| story(row)).collect();
            assert_eq!(of_desk, of_room, "desk and room {n}");
            if !self.is_lossy {
                let told: Vec<_> = rows.iter().map(|row| row.told).collect();
                assert_eq!(told, open.iter().map(|row| row.epoch).collect::<Vec<_>>(), "what room {n} was told");
            }
            // Who waits knows whether anybody comes; who does not wait is never kept from asking again.
            let is_waiting = open.is_some_and(|row| row.stage == Stage::Waiting);
            // Who looks and waits for nobody knows it too.
            if !self.is_lossy && (is_waiting || (self.looking[usize::from(n)] && room.is_unattended())) {
                assert_eq!(state.desk_open, self.desk.is_open(), "room {n}");
            }
        }
    }

    /// Places are told a moment later.
    fn check_places(&mut self) {
        for _ in 0..3 {
            self.now += 500;
            self.accept(DeskInput::Tick);
            self.drain_wires();
        }
        for row in self.queue().iter().filter(|row| row.stage == Stage::Waiting) {
            let room = self.rooms[usize::from(number(&row.conversation))].open_handoff();
            assert_eq!(room.and_then(|room| room.place), row.place, "{row:?}");
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

/// A word from before the sleep would be taken for news by a room that has not begun, and so has kept no count.
#[test]
fn an_answer_does_not_outlive_the_room_that_asked() {
    let mut house = House::new();
    for op in [
        Op::Look { room: 1, on: true },
        Op::Look { room: 1, on: false },
        Op::Open { agent: 0, capacity: 1 },
        Op::ToRoom { room: 1, lost: false },
        Op::SleepRoom { room: 1 },
        Op::Pass { ms: 45_000 },
        Op::Ask { room: 1, department: None },
        Op::Open { agent: 0, capacity: 1 },
        Op::Intend { agent: 0, intent: Intent::Available },
    ] {
        house.step(&op);
    }
    house.drain();
    house.check_places();
    house.check();
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn desk_and_rooms_agree_when_all_is_delivered(ops in prop::collection::vec(op(), 1..120)) {
        let mut house = House::new();
        ops.iter().for_each(|op| house.step(op));
        house.drain();
        house.check_places();
        house.check();
    }

    #[test]
    fn they_agree_again_after_one_has_lost_what_it_knew(
        ops in prop::collection::vec(op(), 1..60), loss in loss(), more in prop::collection::vec(op(), 0..20),
    ) {
        let mut house = House::new();
        ops.iter().for_each(|op| house.step(op));
        house.lose(&loss);
        more.iter().for_each(|op| house.step(op));
        house.drain_wires();
        house.reconcile();
        house.check();
    }
}
