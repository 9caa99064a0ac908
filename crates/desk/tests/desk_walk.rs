//! Random walks of the desk beside a model small enough to be believed: a list of handoffs, and for every
//! agent the tabs that gave proof of life. Every step is held against the model.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::Desk;
use desk::desk::{Effect, Input};
use desk::notice::{ToDesk, ToRoom};
use proptest::prelude::*;
use protocol::desk::{DeskDown, LastMessage, QueueRow};
use protocol::{
    AgentId, CloseReason, ConversationId, Email, Epoch, HandoffId, Intent, Kind, SessionId, Stage, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
enum Op {
    Open { agent: u8, tab: u8 },
    Employ { agent: u8, capacity: u32 },
    Beat { agent: u8, tab: u8, ago: i64 },
    Close { agent: u8, tab: u8 },
    SignOut { agent: u8 },
    Intend { agent: u8, intent: Intent },
    Watch { room: u8 },
    Unwatch { room: u8 },
    Ask { handoff: u8 },
    AfterHours { handoff: u8, behind: u32 },
    Activity { handoff: u8 },
    Claim { agent: u8, handoff: u8, behind: u32 },
    Resolve { agent: u8, handoff: u8, behind: u32 },
    Pass { ms: i64 },
    Reload,
}

fn op() -> impl Strategy<Value = Op> {
    let (agent, tab, handoff, capacity) = (0..3u8, 0..3u8, 0..6u8, 1..4u32);
    let behind = prop_oneof![6 => Just(0u32), 1 => Just(1u32), 1 => Just(2u32)];
    let intent = prop_oneof![3 => Just(Intent::Available), 1 => Just(Intent::Away), 1 => Just(Intent::Busy)];
    // Around the two deadlines, to the millisecond, and far beyond.
    let ms = prop_oneof![
        4 => 1..4_000i64, 2 => Just(GRACE - 1), 2 => Just(GRACE), 2 => 10_000..40_000i64,
        1 => Just(STALE - 1), 1 => Just(STALE), 1 => 45_000..10_000_000i64,
    ];
    let ago = prop_oneof![3 => Just(0i64), 1 => 0..60_000i64];
    prop_oneof![
        4 => (agent.clone(), tab.clone()).prop_map(|(agent, tab)| Op::Open { agent, tab }),
        1 => (agent.clone(), capacity).prop_map(|(agent, capacity)| Op::Employ { agent, capacity }),
        6 => (agent.clone(), tab.clone(), ago).prop_map(|(agent, tab, ago)| Op::Beat { agent, tab, ago }),
        2 => (agent.clone(), tab).prop_map(|(agent, tab)| Op::Close { agent, tab }),
        1 => agent.clone().prop_map(|agent| Op::SignOut { agent }),
        2 => (agent.clone(), intent).prop_map(|(agent, intent)| Op::Intend { agent, intent }),
        1 => handoff.clone().prop_map(|room| Op::Watch { room }),
        1 => handoff.clone().prop_map(|room| Op::Unwatch { room }),
        6 => handoff.clone().prop_map(|handoff| Op::Ask { handoff }),
        1 => (handoff.clone(), behind.clone()).prop_map(|(handoff, behind)| Op::AfterHours { handoff, behind }),
        1 => handoff.clone().prop_map(|handoff| Op::Activity { handoff }),
        8 => (agent.clone(), handoff.clone(), behind.clone())
            .prop_map(|(agent, handoff, behind)| Op::Claim { agent, handoff, behind }),
        3 => (agent, handoff, behind).prop_map(|(agent, handoff, behind)| Op::Resolve { agent, handoff, behind }),
        5 => ms.prop_map(|ms| Op::Pass { ms }),
        1 => Just(Op::Reload),
    ]
}

#[derive(Debug, Clone)]
struct ModelAgent {
    tabs: BTreeMap<u8, i64>,
    grace: Option<i64>,
    intent: Intent,
    capacity: u32,
}

#[derive(Debug, Clone, PartialEq)]
struct ModelRow {
    owner: Option<u8>,
    epoch: u32,
    returned: bool,
    asked_at: i64,
}

/// The desk in words: what the walk believes.
#[derive(Debug, Default)]
struct Model {
    agents: BTreeMap<u8, ModelAgent>,
    rows: BTreeMap<u8, ModelRow>,
    watching: BTreeSet<u8>,
}

impl Model {
    fn is_live(&self, agent: u8, now: i64) -> bool {
        self.agents.get(&agent).is_some_and(|a| a.tabs.values().any(|seen| now < seen + STALE))
    }

    fn is_open(&self) -> bool {
        self.agents.values().any(|a| a.intent == Intent::Available && (!a.tabs.is_empty() || a.grace.is_some()))
    }

    fn load(&self, agent: u8) -> u32 {
        self.rows.values().filter(|row| row.owner == Some(agent)).count() as u32
    }

    fn deadline(&self) -> Option<i64> {
        let tabs = self.agents.values().flat_map(|a| a.tabs.values().map(|seen| seen + STALE));
        tabs.chain(self.agents.values().filter_map(|a| a.grace)).min()
    }

    /// Time has come to `now`: who is gone loses what they had.
    fn pass(&mut self, now: i64) {
        for a in self.agents.values_mut() {
            a.tabs.retain(|_, seen| now < *seen + STALE);
            a.grace = a.grace.filter(|until| now < *until);
        }
        self.give_back();
    }

    fn give_back(&mut self) {
        for row in self.rows.values_mut() {
            let is_gone = |n: u8| self.agents.get(&n).is_none_or(|a| a.tabs.is_empty() && a.grace.is_none());
            if row.owner.is_some_and(is_gone) {
                *row = ModelRow { owner: None, epoch: row.epoch + 1, returned: true, asked_at: row.asked_at };
            }
        }
    }

    fn close(&mut self, agent: u8, tab: u8, grace: i64) {
        let a = self.agents.get_mut(&agent).unwrap();
        if a.tabs.remove(&tab).is_some() && a.tabs.is_empty() {
            a.grace = Some(grace);
        }
    }

    fn sign_out(&mut self, agent: u8) {
        let a = self.agents.get_mut(&agent).unwrap();
        a.tabs.clear();
        a.grace = None;
        self.give_back();
    }

    fn claim(&mut self, now: i64, agent: u8, handoff: u8, epoch: u32) -> Result<(), &'static str> {
        let row = self.rows.get(&handoff).ok_or("NotOpen")?;
        match row.owner {
            Some(owner) if owner == agent => return Ok(()),
            Some(_) => return Err("Taken"),
            None if row.epoch != epoch => return Err("StaleEpoch"),
            None => {}
        }
        let known = self.agents.get(&agent).ok_or("NotRoutable")?;
        if self.load(agent) >= known.capacity {
            return Err("AtCapacity");
        }
        if !self.is_live(agent, now) || known.intent != Intent::Available {
            return Err("NotRoutable");
        }
        let row = self.rows.get_mut(&handoff).unwrap();
        (row.owner, row.epoch, row.returned) = (Some(agent), epoch + 1, false);
        Ok(())
    }

    fn resolve(&mut self, agent: u8, handoff: u8, epoch: u32) -> Result<(), &'static str> {
        let row = self.rows.get(&handoff).ok_or("NotOpen")?;
        if row.owner != Some(agent) {
            return Err("NotOwner");
        }
        if row.epoch != epoch {
            return Err("StaleEpoch");
        }
        self.rows.remove(&handoff);
        Ok(())
    }

    /// Those in line, first first.
    fn line(&self) -> Vec<u8> {
        let mut line: Vec<_> = self.rows.iter().filter(|(_, row)| row.owner.is_none()).collect();
        line.sort_by_key(|(n, row)| (!row.returned, row.asked_at, handoff(**n)));
        line.into_iter().map(|(n, _)| *n).collect()
    }
}

struct Walk {
    now: i64,
    desk: Desk,
    tables: DeskTables,
    model: Model,
    dashboard: Dashboard,
    roster: u32,
    /// Last proof of life by socket, as the runtime remembers them.
    proofs: BTreeMap<(u8, u8), i64>,
    /// What each room was told about openness last.
    told: BTreeMap<ConversationId, bool>,
    open: bool,
    flips: u32,
    asked: BTreeSet<u8>,
    queued: BTreeSet<HandoffId>,
}

impl Walk {
    fn new() -> Walk {
        let desk = Desk::load(SETTINGS, DeskTables::default().stored());
        let dashboard = Dashboard::fresh(desk.welcome(&agent_id(0), at(0)));
        let mut walk = Walk {
            now: 1_000_000,
            desk,
            tables: DeskTables::default(),
            model: Model::default(),
            dashboard,
            roster: 0,
            proofs: BTreeMap::new(),
            told: BTreeMap::new(),
            open: false,
            flips: 0,
            asked: BTreeSet::new(),
            queued: BTreeSet::new(),
        };
        for agent in 0..3 {
            let fresh = ModelAgent { tabs: BTreeMap::new(), grace: None, intent: Intent::Available, capacity: 2 };
            walk.model.agents.insert(agent, fresh);
        }
        walk.employ();
        walk
    }

    /// The administration was changed and read.
    fn employ(&mut self) {
        self.roster += 1;
        let agents = self.model.agents.iter().map(|(n, agent)| profile(*n, agent.capacity)).collect();
        self.accept(roster(self.roster, agents));
    }

    fn step(&mut self, op: &Op) {
        if let Op::Beat { agent, tab, ago } = *op {
            return self.beat(agent, tab, self.now - ago);
        }
        if let Op::Pass { ms } = op {
            self.now += ms;
        }
        self.tick();
        match *op {
            Op::Open { agent, tab } => self.open(agent, tab),
            Op::Employ { agent, capacity } => {
                self.model.agents.get_mut(&agent).unwrap().capacity = capacity;
                self.employ();
            }
            Op::Close { agent, tab } => {
                self.model.close(agent, tab, self.now + GRACE);
                self.proofs.remove(&(agent, tab));
                self.accept(Input::Close { agent: agent_id(agent), session: session(tab) });
            }
            Op::SignOut { agent } => {
                self.model.sign_out(agent);
                self.proofs.retain(|(n, _), _| *n != agent);
                self.accept(signs_out(agent));
            }
            Op::Intend { agent, intent } => {
                self.model.agents.get_mut(&agent).unwrap().intent = intent;
                self.accept(Input::Intend { agent: agent_id(agent), intent });
            }
            Op::Watch { room } => {
                self.model.watching.insert(room);
                self.accept(Input::Watch(conversation(room)));
                let ToRoom::DeskOpen { open, flips } = self.desk.word() else { panic!("not a word of openness") };
                assert_eq!((open, flips), (self.open, self.flips), "who asks is told");
            }
            Op::Unwatch { room } => {
                self.model.watching.remove(&room);
                self.accept(Input::Unwatch(conversation(room)));
            }
            Op::Ask { handoff } => self.ask(handoff),
            Op::AfterHours { handoff, behind } => self.after_hours(handoff, behind),
            Op::Activity { handoff: n } => {
                let last = LastMessage { kind: Kind::Visitor, text: format!("at {}", self.now), at: at(self.now) };
                self.accept(Input::Heard(ToDesk::Activity { handoff: handoff(n), last }));
            }
            Op::Claim { agent, handoff: n, behind } => {
                let epoch = self.epoch(n, behind);
                let before = self.model.load(agent);
                let expected = self.model.claim(self.now, agent, n, epoch);
                let (id, handoff) = (agent_id(agent), handoff(n));
                self.command(Input::Claim { agent: id.clone(), handoff, epoch: Epoch(epoch) }, expected);
                if self.model.load(agent) > before {
                    let card = self.desk.card_of(&id).unwrap();
                    assert!(card.load <= card.capacity, "{card:?}");
                }
            }
            Op::Resolve { agent, handoff: n, behind } => {
                let epoch = self.epoch(n, behind);
                let expected = self.model.resolve(agent, n, epoch);
                let (agent, handoff) = (agent_id(agent), handoff(n));
                self.command(Input::Resolve { agent, handoff, epoch: Epoch(epoch) }, expected);
            }
            Op::Reload => self.reload(),
            Op::Pass { .. } | Op::Beat { .. } => {}
        }
        self.check();
    }

    /// Comes as in the shell: before the tick that opens every turn. It alone tells nobody anything.
    fn beat(&mut self, agent: u8, tab: u8, seen: i64) {
        if let Some(known) = self.model.agents.get_mut(&agent).and_then(|a| a.tabs.get_mut(&tab)) {
            *known = seen.max(*known);
            self.proofs.insert((agent, tab), *known);
        }
        let intents = |desk: &Desk, now| match desk.welcome(&agent_id(0), at(now)) {
            DeskDown::Welcome { agents, .. } => agents.into_iter().map(|card| card.intent).collect::<Vec<_>>(),
            frame => panic!("{frame:?}"),
        };
        let before = intents(&self.desk, self.now);
        let beat = Input::Beat { agent: agent_id(agent), session: session(tab), at: at(seen) };
        assert_eq!(self.desk.apply(at(self.now), beat), Ok(vec![]));
        assert_eq!(before, intents(&self.desk, self.now), "a beat never changes intent");
    }

    fn tick(&mut self) {
        self.model.pass(self.now);
        self.accept(Input::Tick);
    }

    fn open(&mut self, agent: u8, tab: u8) {
        let now = self.now;
        let a = self.model.agents.get_mut(&agent).unwrap();
        a.tabs.insert(tab, now);
        a.grace = None;
        self.proofs.insert((agent, tab), now);
        self.accept(opens(agent, tab));
    }

    fn ask(&mut self, n: u8) {
        // A second Ask of a closed handoff never comes through: outboxes are numbered.
        if self.asked.insert(n) {
            if self.model.is_open() {
                let row = ModelRow { owner: None, epoch: 0, returned: false, asked_at: self.now };
                self.model.rows.insert(n, row);
            } else {
                self.model.watching.insert(n);
            }
        } else if !self.model.rows.contains_key(&n) {
            return;
        }
        let (page, asked_at) = (page(), at(self.now));
        let (handoff, conversation) = (handoff(n), conversation(n));
        let ask = ToDesk::Ask { handoff, conversation, asked_at, page, visitor_name: None, last: None };
        self.accept(Input::Heard(by_json(&ask)));
    }

    fn after_hours(&mut self, n: u8, behind: u32) {
        if !self.asked.contains(&n) {
            return;
        }
        let epoch = self.epoch(n, behind);
        // The room closes only what waits, and only as it knew it: by an old epoch it was too late.
        let is_active = self.model.rows.get(&n).is_some_and(|row| row.owner.is_some());
        if is_active && behind == 0 {
            return;
        }
        if self.model.rows.get(&n).is_none_or(|row| row.epoch == epoch) {
            let waited = self.model.rows.remove(&n).is_some();
            if waited {
                self.model.watching.insert(n);
            }
        }
        let row = closed_row(n, epoch, self.now);
        self.accept(Input::Heard(by_json(&ToDesk::AfterHours { row: Box::new(row) })));
    }

    fn epoch(&self, n: u8, behind: u32) -> u32 {
        self.model.rows.get(&n).map_or(0, |row| row.epoch).wrapping_sub(behind)
    }

    /// An input that is never refused.
    fn accept(&mut self, input: Input) {
        self.command(input, Ok(()));
    }

    fn command(&mut self, input: Input, expected: Result<(), &'static str>) {
        let before = format!("{:?}", self.desk);
        let result = self.desk.apply(at(self.now), input.clone());
        assert_eq!(result.as_ref().map(drop).map_err(name), expected, "{input:?}");
        let Ok(effects) = result else {
            return assert_eq!(before, format!("{:?}", self.desk), "refused, but changed: {input:?}");
        };
        let is_command = matches!(input, Input::Claim { .. } | Input::Resolve { .. });
        let answers = effects.iter().filter(|effect| matches!(effect, Effect::Answer(_))).count();
        assert_eq!(answers, usize::from(is_command), "{input:?}");
        self.hear(&effects);
        self.tables.keep(&effects);
        self.dashboard.watch(&effects);
    }

    /// Rooms are told of openness when it flips, and when one comes back to a queue that nobody answers.
    fn hear(&mut self, effects: &[Effect]) {
        let flips: Vec<bool> =
            effects.iter().filter_map(|e| if let Effect::SaveOpen(open, _) = e { Some(*open) } else { None }).collect();
        let expected = if self.model.is_open() == self.open { vec![] } else { vec![self.model.is_open()] };
        assert_eq!(flips, expected, "flips");
        self.open = self.model.is_open();
        self.flips += u32::try_from(flips.len()).unwrap();
        let mut returned = BTreeSet::new();
        let mut news = BTreeSet::new();
        for effect in effects {
            let Effect::Tell(room, notice) = effect else { continue };
            match by_json(notice) {
                ToRoom::DeskOpen { open, flips: count } => {
                    assert_eq!((open, count), (self.open, self.flips));
                    assert!(!flips.is_empty() || returned.contains(room), "told for nothing: {room}");
                    assert!(news.insert(room.clone()), "told twice: {room}");
                    self.told.insert(room.clone(), open);
                }
                ToRoom::Queued { handoff } => {
                    // The second time a room ignores it.
                    if self.queued.insert(handoff) {
                        self.told.insert(room.clone(), true);
                    }
                }
                ToRoom::Nobody { .. } => drop(self.told.insert(room.clone(), false)),
                ToRoom::Returned { .. } => drop(returned.insert(room.clone())),
                ToRoom::Claimed { .. } | ToRoom::Closed { .. } => {}
                ToRoom::SignedOut { .. } => panic!("no agent looks at a room here"),
            }
        }
        if !flips.is_empty() {
            let line = self.model.line();
            let expected: BTreeSet<_> = self.model.watching.iter().chain(&line).map(|n| conversation(*n)).collect();
            assert_eq!(news, expected, "who hears that the desk has opened or closed");
            self.model.watching.clear();
        }
    }

    /// As after hibernation: from the tables, and from what the runtime knows of the sockets.
    fn reload(&mut self) {
        let now = at(self.now);
        let mut loaded = Desk::load(SETTINGS, self.tables.stored());
        for ((agent, tab), seen) in &self.proofs {
            let beat = Input::Beat { agent: agent_id(*agent), session: session(*tab), at: at(*seen) };
            assert_eq!(loaded.apply(now, beat), Ok(vec![]));
        }
        let me = agent_id(0);
        assert_eq!(loaded.welcome(&me, now), self.desk.welcome(&me, now));
        assert_eq!(loaded.leases(), self.desk.leases());
        assert_eq!(loaded.next_deadline(), self.desk.next_deadline());
        self.desk = loaded;
        // What is known after the sleep is what was known before: nothing to tell.
        assert_eq!(self.desk.apply(now, Input::Tick), Ok(vec![]));
    }

    fn check(&self) {
        let now = at(self.now);
        let welcome = self.desk.welcome(&agent_id(0), now);
        assert_eq!(self.dashboard, Dashboard::fresh(welcome.clone()), "a dashboard that watched and a new one");
        let DeskDown::Welcome { queue, agents, .. } = welcome else { panic!("no welcome") };
        self.check_queue(&queue);
        for card in &agents {
            let n = (0..3).find(|n| agent_id(*n) == card.id).unwrap();
            let a = &self.model.agents[&n];
            assert_eq!((card.load, card.capacity, card.intent), (self.model.load(n), a.capacity, a.intent));
            let is_gone = a.tabs.is_empty() && a.grace.is_none();
            assert!(!is_gone || card.load == 0, "past the grace and still an owner: {card:?}");
            assert_eq!(card.status == protocol::Status::Offline, a.tabs.is_empty());
        }
        assert_eq!(self.desk.next_deadline(), self.model.deadline().map(Timestamp));
        assert_eq!(self.desk.is_open(), self.open);
        assert_eq!(self.desk.leases(), self.leases());
        for n in self.model.line() {
            assert_eq!(self.told.get(&conversation(n)), Some(&self.open), "what the room of {n} believes");
        }
    }

    fn check_queue(&self, queue: &[QueueRow]) {
        let line: Vec<_> = queue.iter().filter(|row| row.stage == Stage::Waiting).map(|row| &row.handoff).collect();
        let expected: Vec<_> = self.model.line().into_iter().map(handoff).collect();
        assert_eq!(line, expected.iter().collect::<Vec<_>>(), "the line");
        assert_eq!(queue.len(), self.model.rows.len(), "each handoff once");
        for (n, expected) in &self.model.rows {
            let row = queue.iter().find(|row| row.handoff == handoff(*n)).unwrap();
            let owner = row.agent.as_ref().filter(|_| row.stage == Stage::Active).map(|agent| agent.id.clone());
            assert_eq!(owner, expected.owner.map(agent_id));
            assert_eq!((row.epoch, row.returned), (Epoch(expected.epoch), expected.returned), "{row:?}");
        }
    }

    fn leases(&self) -> Vec<(AgentId, SessionId)> {
        let mut leases: Vec<_> = self
            .model
            .agents
            .iter()
            .flat_map(|(n, a)| a.tabs.keys().map(|tab| (agent_id(*n), session(*tab))))
            .collect();
        leases.sort();
        leases
    }
}

fn closed_row(n: u8, epoch: u32, now: i64) -> QueueRow {
    QueueRow {
        handoff: handoff(n),
        conversation: conversation(n),
        stage: Stage::Closed,
        epoch: Epoch(epoch),
        asked_at: at(now),
        page: page(),
        visitor_name: None,
        email: Email::parse("ann@shop.example").ok(),
        last: None,
        agent: None,
        picked_at: None,
        closed_at: Some(at(now)),
        reason: Some(CloseReason::Missed),
        returned: false,
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn the_desk_follows_the_model(ops in prop::collection::vec(op(), 1..150)) {
        let mut walk = Walk::new();
        ops.iter().for_each(|op| walk.step(op));
    }

    /// Every input ticks by itself: nobody relies on somebody having looked at the clock.
    #[test]
    fn a_dead_lease_claims_nothing_though_nobody_has_ticked(sleep in 0..STALE * 2) {
        let mut walk = Walk::new();
        walk.step(&Op::Open { agent: 0, tab: 0 });
        walk.step(&Op::Ask { handoff: 1 });
        walk.now += sleep;
        let claim = Input::Claim { agent: agent_id(0), handoff: handoff(1), epoch: Epoch(0) };
        let claimed = walk.desk.apply(at(walk.now), claim);
        prop_assert_eq!(claimed.is_ok(), sleep < STALE);
    }
}
