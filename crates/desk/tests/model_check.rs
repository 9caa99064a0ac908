//! Every order of events, to a bound: agents with tabs that open, beat late, close, vanish or lose their close, a
//! queue, a clock that ticks when it likes, and a desk that falls asleep. What an observer saw with own eyes is held
//! against what the desk allows. And a test of the test: planted faults have to be found.
//!
//! `MODEL_DEPTH` goes deeper than the usual run.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::Desk;
use desk::desk::{Effect, Input, Roster, Verb};
use desk::notice::ToRoom;
use protocol::desk::QueueRow;
use protocol::team::PresenceSettings;
use protocol::{AgentId, ConversationId, Epoch, Intent, Reachability, SessionId, Stage};
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

const STALE_MS: i64 = 2;
const GRACE_MS: i64 = 1;
const RULES: PresenceSettings = PresenceSettings { stale_after_ms: 2, grace_ms: 1, idle_after_ms: 300_000 };

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    None,
    GraceIsRoutable,
    ForgetsToReturn,
    OneTooMany,
    RevivesTheDead,
    GivesAwayTwice,
}

/// How many of each there are.
#[derive(Debug, Clone, Copy)]
struct House {
    agents: u8,
    tabs: u8,
    handoffs: u8,
    capacity: u32,
    fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Action {
    Open(u8, u8),
    /// The runtime answers a ping; the desk does not hear of it yet.
    Ping(u8, u8),
    /// The desk hears of a beat, maybe of a tab that is long gone.
    Beat(u8, u8),
    Close(u8, u8),
    /// The socket goes, and its close is dropped.
    Lose(u8, u8),
    Choose(u8, bool),
    SignOut(u8),
    Ask(u8),
    Claim(u8, u8),
    /// A claim that was sent before the last change.
    LateClaim(u8, u8),
    Resolve(u8, u8),
    Pass,
    /// As the shell does it: what sockets prove, then a tick.
    Alarm,
    Sleep,
}

/// What an observer saw of one agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Seen {
    tabs: BTreeMap<u8, i64>,
    grace: Option<i64>,
    away: bool,
}

#[derive(Debug, Clone)]
struct World {
    now: i64,
    desk: Desk,
    tables: DeskTables,
    pings: BTreeMap<(u8, u8), i64>,
    seen: Vec<Seen>,
    owners: BTreeMap<u8, u8>,
    /// What should never have happened.
    wrong: Option<&'static str>,
    /// All that the future depends on, with times as seen from now.
    key: Vec<i64>,
}

impl PartialEq for World {
    fn eq(&self, other: &World) -> bool {
        self.key == other.key
    }
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl World {
    fn new(house: &House) -> World {
        let mut world = World {
            now: 1_000,
            desk: Desk::load(RULES, DeskTables::default().stored()),
            tables: DeskTables::default(),
            pings: BTreeMap::new(),
            seen: vec![Seen::default(); house.agents.into()],
            owners: BTreeMap::new(),
            wrong: None,
            key: Vec::new(),
        };
        let capacity = house.capacity + u32::from(house.fault == Fault::OneTooMany);
        let agents = (0..house.agents).map(|n| profile(n, capacity)).collect();
        let roster = Roster { settings: RULES, ..staffed(1, agents, vec![]) };
        world.turn(house, Input::Roster(roster));
        world.key = world.key();
        world
    }

    fn step(&mut self, house: &House, action: Action) {
        let now = self.now;
        match action {
            Action::Pass => self.now += 1,
            Action::Ping(a, t) => drop(self.pings.insert((a, t), now)),
            Action::Lose(a, t) => drop(self.pings.remove(&(a, t))),
            Action::Open(a, t) => {
                self.pings.insert((a, t), now);
                self.turn(house, opens(a, number_of(a, t)));
                self.seen[usize::from(a)].tabs.insert(t, now);
                self.seen[usize::from(a)].grace = None;
            }
            Action::Beat(a, t) => self.beat(house, a, t, now),
            Action::Close(a, t) => {
                self.pings.remove(&(a, t));
                self.turn(house, Input::Close { agent: agent_id(a), session: tab(a, t) });
                self.closed(a, t);
            }
            Action::Choose(a, away) => {
                let intent = if away { Intent::Away } else { Intent::Available };
                self.turn(house, Input::Intend { agent: agent_id(a), intent });
                self.seen[usize::from(a)].away = away;
            }
            Action::SignOut(a) => {
                self.pings.retain(|(agent, _), _| *agent != a);
                self.turn(house, signs_out(a));
                (self.seen[usize::from(a)].tabs, self.seen[usize::from(a)].grace) = (BTreeMap::new(), None);
            }
            Action::Ask(h) => self.turn(house, Input::Heard(asks(h, h, h.into()))),
            Action::Claim(a, h) => self.claim(house, a, h, 0),
            Action::LateClaim(a, h) => self.claim(house, a, h, 1),
            Action::Resolve(a, h) => {
                let input = command(a, h, self.epoch(h).0, Verb::Resolve);
                self.turn(house, input);
                if self.rows().all(|row| row.handoff != handoff(h) || row.stage == Stage::Closed) {
                    self.owners.remove(&h);
                }
            }
            Action::Alarm => self.alarm(house),
            Action::Sleep => {
                self.desk = Desk::load(RULES, self.tables.stored());
                self.prove(house, self.desk.leases());
                self.turn(house, Input::Tick);
            }
        }
        // Who ticks or commands has seen the time; silence alone tells nobody.
        if !matches!(action, Action::Pass | Action::Ping(..) | Action::Lose(..) | Action::Beat(..)) {
            self.check(house);
        }
        self.key = self.key();
    }

    fn alarm(&mut self, house: &House) {
        self.prove(house, self.desk.due(at(self.now)));
        self.turn(house, Input::Tick);
    }

    fn prove(&mut self, house: &House, leases: Vec<(AgentId, SessionId)>) {
        for (agent, session) in leases {
            let a = (0..house.agents).find(|n| agent_id(*n) == agent).unwrap();
            let Some(t) = (0..house.tabs).find(|t| tab(a, *t) == session) else { continue };
            match self.pings.get(&(a, t)) {
                Some(ping) => self.beat(house, a, t, *ping),
                None => {
                    self.desk.apply(at(self.now), Input::Gone { agent, session }).unwrap();
                    self.closed(a, t);
                }
            }
        }
    }

    fn beat(&mut self, house: &House, a: u8, t: u8, ping: i64) {
        if let Some(proven) = self.seen[usize::from(a)].tabs.get_mut(&t) {
            *proven = ping.max(*proven);
        }
        let (agent, session) = (agent_id(a), tab(a, t));
        let is_dead = !self.desk.leases().contains(&(agent.clone(), session.clone()));
        if house.fault == Fault::RevivesTheDead && is_dead {
            return self.turn(house, opens(a, number_of(a, t)));
        }
        self.desk.apply(at(self.now), Input::Beat { agent, session, at: at(ping) }).unwrap();
    }

    fn closed(&mut self, a: u8, t: u8) {
        let seen = &mut self.seen[usize::from(a)];
        if seen.tabs.remove(&t).is_some() && seen.tabs.is_empty() {
            seen.grace = Some(self.now + GRACE_MS);
        }
    }

    fn claim(&mut self, house: &House, a: u8, h: u8, behind: u32) {
        let epoch = Epoch(self.epoch(h).0.wrapping_sub(behind));
        let (agent, handoff) = (agent_id(a), handoff(h));
        let in_grace = self.desk.card_of(&agent).is_ok_and(|card| card.reachability == Reachability::Grace);
        let plant = house.fault == Fault::GraceIsRoutable && in_grace;
        if plant {
            self.turn(house, opens(a, 99));
        }
        let claim = Input::Command { agent: agent.clone(), handoff, epoch, verb: Verb::Claim };
        let result = self.desk.apply(at(self.now), claim);
        let taken = matches!(result, Err(desk::Refusal::Taken { .. })) && house.fault == Fault::GivesAwayTwice;
        let is_given = result.is_ok() || taken;
        self.hear(house, result.unwrap_or_default());
        self.turn(house, Input::Tick);
        if plant {
            self.turn(house, Input::Close { agent, session: session(99) });
        }
        self.expire();
        if is_given && self.owners.get(&h) != Some(&a) {
            let seen = &self.seen[usize::from(a)];
            if seen.tabs.is_empty() || seen.away {
                self.wrong = Some("given to one who is not there");
            }
            if self.owners.contains_key(&h) {
                self.wrong = Some("given to two");
            }
            self.owners.insert(h, a);
        }
    }

    fn turn(&mut self, house: &House, input: Input) {
        // What time did comes with the next answer, should this one be a refusal.
        let now = at(self.now);
        let effects = self.desk.apply(now, input).or_else(|_| self.desk.apply(now, Input::Tick)).unwrap();
        self.hear(house, effects);
        self.expire();
    }

    fn hear(&mut self, house: &House, mut effects: Vec<Effect>) {
        if house.fault == Fault::ForgetsToReturn {
            effects.retain(|effect| !matches!(effect, Effect::Tell(_, ToRoom::Returned { .. })));
        }
        for effect in &effects {
            if let Effect::Tell(room, ToRoom::Returned { .. }) = effect {
                self.owners.remove(&number(room));
            }
            if let Effect::Drop(silent) = effect {
                self.pings.retain(|(a, t), _| tab(*a, *t) != *silent);
            }
        }
        self.tables.keep(&effects);
        self.tables.log.clear();
    }

    fn expire(&mut self) {
        for seen in &mut self.seen {
            seen.tabs.retain(|_, proven| self.now < *proven + STALE_MS);
            seen.grace = seen.grace.filter(|until| self.now < *until);
        }
    }

    fn check(&mut self, house: &House) {
        for (h, a) in &self.owners {
            let seen = &self.seen[usize::from(*a)];
            if seen.tabs.is_empty() && seen.grace.is_none() {
                self.wrong = Some("who is gone owns something");
            }
            if self.owners.values().filter(|owner| *owner == a).count() > house.capacity as usize {
                self.wrong = Some("above capacity");
            }
            let row = self.rows().find(|row| row.handoff == handoff(*h));
            let owner = row.filter(|row| row.stage == Stage::Active).and_then(|row| row.agent.as_ref());
            if self.wrong.is_none() && owner.map(|owner| &owner.id) != Some(&agent_id(*a)) {
                self.wrong = Some("the desk knows of another owner");
            }
        }
    }

    /// The tables have every open handoff: other tests hold them against the desk.
    fn rows(&self) -> impl Iterator<Item = &QueueRow> {
        self.tables.rows.values()
    }

    fn epoch(&self, h: u8) -> Epoch {
        self.rows().find(|row| row.handoff == handoff(h)).map_or(Epoch(0), |row| row.epoch)
    }

    /// The tables, what sockets and desk know beyond them, and what was seen. Nothing depends on when it all began, nor
    /// on how much longer than `stale_after` something is past.
    fn key(&self) -> Vec<i64> {
        let ago = |ms: i64| (ms - self.now).clamp(-STALE_MS - 1, 1_000);
        let mut key = vec![i64::from(self.wrong.is_some()), i64::from(self.tables.open.0)];
        for ((a, t), ping) in &self.pings {
            key.extend([100 + i64::from(a * 4 + t), ago(*ping)]);
        }
        for seen in &self.seen {
            key.extend([200, i64::from(seen.away), seen.grace.map_or(-9, ago)]);
            key.extend(seen.tabs.iter().flat_map(|(t, proven)| [300 + i64::from(*t), ago(*proven)]));
        }
        for agent in self.tables.agents.values() {
            let leases = agent.presence.leases().flat_map(|(session, lease)| [400 + place(session), ago(lease.seen.0)]);
            key.extend(leases.chain([500 + agent.intent as i64, 600 + agent.presence.reachability() as i64]));
        }
        key.extend(self.desk.leases().iter().map(|(_, session)| 700 + place(session)));
        let ends = [self.desk.next_deadline(), self.desk.open_until()];
        key.extend(ends.map(|end| end.map_or(-9, |end| ago(end.0))));
        for row in self.rows() {
            let h = i64::from(number(&row.conversation));
            let owner = row
                .agent
                .as_ref()
                .filter(|_| row.stage == Stage::Active)
                .map_or(-9, |owner| number_of_agent(&owner.id));
            key.extend([800 + h, owner, i64::from(row.returned), i64::from(row.epoch > Epoch(0))]);
        }
        key.extend(self.owners.iter().flat_map(|(h, a)| [900 + i64::from(*h), i64::from(*a)]));
        key
    }
}

impl Model for House {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        actions.extend([Action::Pass, Action::Alarm, Action::Sleep]);
        for a in 0..self.agents {
            for t in 0..self.tabs {
                actions.extend([Action::Open(a, t), Action::Beat(a, t), Action::Close(a, t)]);
                if world.pings.contains_key(&(a, t)) {
                    actions.extend([Action::Ping(a, t), Action::Lose(a, t)]);
                }
            }
            actions.extend([Action::Choose(a, !world.seen[usize::from(a)].away), Action::SignOut(a)]);
            for h in 0..self.handoffs {
                actions.extend([Action::Claim(a, h), Action::LateClaim(a, h), Action::Resolve(a, h)]);
            }
        }
        actions.extend((0..self.handoffs).map(Action::Ask));
    }

    fn next_state(&self, last: &World, action: Action) -> Option<World> {
        let mut world = last.clone();
        world.step(self, action);
        Some(world)
    }

    fn properties(&self) -> Vec<Property<House>> {
        vec![
            Property::always("nothing goes wrong", |_, world: &World| world.wrong.is_none()),
            Property::sometimes("somebody is at capacity", |house: &House, world: &World| {
                (0..house.agents).any(|a| world.owners.values().filter(|n| **n == a).count() >= house.capacity as usize)
            }),
            Property::sometimes("something came back to the queue", |_, world: &World| {
                world.tables.rows.values().any(|row| row.returned)
            }),
        ]
    }
}

fn tab(a: u8, t: u8) -> SessionId {
    session(number_of(a, t))
}

fn number_of(a: u8, t: u8) -> u8 {
    a * 4 + t
}

/// The number an id was made from.
fn digit(id: &str) -> u8 {
    let digit = |place: usize| "0123456789abcdefghjkmnpqrstvwxyz".find(&id[place..=place]).unwrap();
    u8::try_from(digit(3) + 32 * digit(4)).unwrap()
}

fn place(tab: &SessionId) -> i64 {
    digit(tab.as_str()).into()
}

fn number(room: &ConversationId) -> u8 {
    digit(room.as_str())
}

fn number_of_agent(agent: &AgentId) -> i64 {
    digit(agent.as_str()).into()
}

fn depth(usual: usize) -> usize {
    std::env::var("MODEL_DEPTH").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// Checks a house to a number of events; what was wrong with it, if anything was.
fn explore(house: House, events: usize) -> Option<String> {
    let checker = house
        .checker()
        .threads(2)
        // The first state has depth 1, and none is looked at whose depth is the bound.
        .target_max_depth(events + 2)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let (states, all) = (checker.unique_state_count(), checker.state_count());
    println!("{house:?}: {states} states, {all} transitions, all orders of {events} events");
    let path = checker.discovery("nothing goes wrong")?;
    let wrong = path.last_state().wrong;
    Some(format!("{wrong:?} by {:?}", path.into_actions()))
}

const SMALL: House = House { agents: 2, tabs: 1, handoffs: 2, capacity: 1, fault: Fault::None };
const TABS: House = House { agents: 2, tabs: 2, handoffs: 2, capacity: 1, fault: Fault::None };
const LARGE: House = House { agents: 3, tabs: 2, handoffs: 3, capacity: 2, fault: Fault::None };

#[test]
fn nobody_is_given_what_they_cannot_answer() {
    for (house, usual) in [(SMALL, 6), (TABS, 4), (LARGE, 3)] {
        assert_eq!(explore(house, depth(usual)), None, "{house:?}");
    }
}

#[test]
fn planted_faults_are_found() {
    use Fault::{ForgetsToReturn, GivesAwayTwice, GraceIsRoutable, OneTooMany, RevivesTheDead};
    for fault in [GraceIsRoutable, ForgetsToReturn, OneTooMany, RevivesTheDead, GivesAwayTwice] {
        let found = explore(House { fault, ..SMALL }, 5);
        println!("{fault:?}: {}", found.clone().unwrap_or_default());
        assert!(found.is_some(), "{fault:?} was not found");
    }
}
