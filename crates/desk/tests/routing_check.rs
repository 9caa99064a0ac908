//! Every order of events around lines, offers and owners, to a bound: agents who come, go, vanish without a word and
//! choose, visitors who ask twice and end, every verb also from before the last change, a desk that crashes, a clock, and
//! a post that delivers late and twice. What an observer saw with own eyes is held against what the desk does. And a
//! test of the test: planted faults have to be found.
//!
//! `ROUTING_DEEPER` goes so many events deeper than the usual run.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::Desk;
use desk::desk::{Effect, Input, Profile, Roster, Verb};
use desk::notice::{ToDesk, ToRoom};
use protocol::desk::QueueRow;
use protocol::routing::Routing;
use protocol::team::PresenceSettings;
use protocol::{AgentId, ConversationId, Delivery, Intent, RoutingMode, Stage};
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};

const STALE_MS: i64 = 3;
const GRACE_MS: i64 = 1;
const OFFER_MS: i64 = 2;
const RULES: PresenceSettings = PresenceSettings { stale_after_ms: 3, grace_ms: 1, idle_after_ms: 300_000 };
const VERBS: [Verb; 5] = [Verb::Claim, Verb::Accept, Verb::Decline, Verb::Release, Verb::Resolve];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// Whoever is gone claims, and gets it.
    ClaimsWhileOffline,
    GivesAwayTwice,
    OneTooMany,
    /// Whoever fell silent is still asked.
    OffersToTheAbsent,
    /// What waits is left to whoever likes it.
    LeavesTheLine,
}

/// How many of each there are, and how many have asked before it begins.
#[derive(Debug, Clone, Copy)]
struct House {
    agents: u8,
    handoffs: u8,
    asked: u8,
    capacity: u32,
    delivery: Delivery,
    mode: RoutingMode,
    fault: Fault,
}

#[derive(Debug, Clone, PartialEq)]
enum Action {
    Open(u8),
    Close(u8),
    /// The socket goes, and its close is dropped.
    Lose(u8),
    /// The runtime answers a ping; the desk asks for that when it needs to know.
    Ping(u8),
    Choose(u8, bool),
    /// For the second time, if it has.
    Ask(u8),
    End(u8),
    Do(u8, u8, Verb),
    /// The same, sent before the last change.
    Late(u8, u8, Verb),
    Deliver(u8),
    Twice(u8),
    Pass,
    Alarm,
    Crash,
}

/// What an observer saw of one agent.
#[derive(Debug, Clone, Default)]
struct Seen {
    proven: Option<i64>,
    grace: Option<i64>,
    away: bool,
}

impl Seen {
    fn could_take(&self) -> bool {
        self.proven.is_some() && !self.away
    }
}

/// What a room has heard.
#[derive(Debug, Clone, Default)]
struct Heard {
    under_way: VecDeque<ToRoom>,
    epoch: u32,
    owner: Option<AgentId>,
}

#[derive(Debug, Clone)]
struct World {
    now: i64,
    desk: Desk,
    tables: DeskTables,
    /// The last ping that each socket answered.
    pings: BTreeMap<u8, i64>,
    seen: Vec<Seen>,
    rooms: Vec<Heard>,
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
            rooms: vec![Heard::default(); house.handoffs.into()],
            wrong: None,
            key: Vec::new(),
        };
        world.turn(house, Input::Roster(house.roster()));
        (0..house.agents).for_each(|a| world.step(house, &Action::Open(a)));
        (0..house.asked).for_each(|h| world.step(house, &Action::Ask(h)));
        world.key = world.key(house);
        world
    }

    fn step(&mut self, house: &House, action: &Action) {
        let now = self.now;
        // Time passes before anything else does.
        match action {
            Action::Open(_) | Action::Close(_) | Action::Choose(..) | Action::Ask(_) | Action::End(_) => {
                self.turn(house, Input::Tick);
            }
            Action::Do(..) | Action::Late(..) => self.turn(house, Input::Tick),
            Action::Lose(_) | Action::Ping(_) | Action::Deliver(_) | Action::Twice(_) => {}
            Action::Pass | Action::Alarm | Action::Crash => {}
        }
        match action.clone() {
            Action::Pass => self.now += 1,
            Action::Ping(a) => drop(self.pings.insert(a, now)),
            Action::Lose(a) => drop(self.pings.remove(&a)),
            Action::Open(a) => {
                self.pings.insert(a, now);
                (self.seen[usize::from(a)].proven, self.seen[usize::from(a)].grace) = (Some(now), None);
                self.turn(house, opens(a, a));
            }
            Action::Close(a) => {
                self.pings.remove(&a);
                self.closed(a);
                self.turn(house, Input::Close { agent: agent_id(a), session: session(a) });
            }
            Action::Choose(a, away) => {
                self.seen[usize::from(a)].away = away;
                let intent = if away { Intent::Away } else { Intent::Available };
                self.turn(house, Input::Intend { agent: agent_id(a), intent });
            }
            Action::Ask(h) => {
                let row = QueueRow::waiting(handoff(h), conversation(h), at(h.into()), page());
                let row = Box::new(QueueRow { department: Some(department(0)), ..row });
                self.turn(house, Input::Heard(ToDesk::Ask { row, by: None }));
            }
            Action::End(h) => {
                let end = ToDesk::End { handoff: handoff(h), conversation: conversation(h), epoch: protocol::Epoch(0) };
                self.turn(house, Input::Heard(end));
            }
            Action::Do(a, h, verb) => self.command(house, a, h, 0, verb),
            Action::Late(a, h, verb) => self.command(house, a, h, 1, verb),
            Action::Deliver(h) => self.deliver(h, true),
            Action::Twice(h) => self.deliver(h, false),
            Action::Alarm => {
                self.prove(house, false);
                self.turn(house, Input::Tick);
            }
            Action::Crash => {
                self.desk = Desk::load(RULES, self.tables.stored());
                self.prove(house, true);
                self.turn(house, Input::Tick);
            }
        }
        self.key = self.key(house);
    }

    /// As the shell does it: what sockets know comes before a tick.
    fn prove(&mut self, house: &House, all: bool) {
        let leases = if all { self.desk.leases() } else { self.desk.due(at(self.now)) };
        for (agent, session) in leases {
            let a = (0..house.agents).find(|n| agent_id(*n) == agent).unwrap();
            let input = match self.pings.get(&a) {
                Some(ping) => {
                    self.seen[usize::from(a)].proven = Some(*ping);
                    Input::Beat { agent, session, at: at(*ping) }
                }
                None => {
                    self.closed(a);
                    Input::Gone { agent, session }
                }
            };
            self.desk.apply(at(self.now), input).unwrap();
        }
    }

    fn closed(&mut self, a: u8) {
        let seen = &mut self.seen[usize::from(a)];
        if seen.proven.take().is_some() {
            seen.grace = Some(self.now + GRACE_MS);
        }
    }

    fn command(&mut self, house: &House, a: u8, h: u8, behind: u32, verb: Verb) {
        let Some(row) = self.tables.rows.get(&handoff(h)).cloned() else { return };
        let is_offline = self.seen[usize::from(a)].proven.is_none();
        let plant = house.fault == Fault::ClaimsWhileOffline && verb == Verb::Claim && is_offline;
        if plant {
            self.desk.apply(at(self.now), opens(a, 99)).unwrap();
        }
        let before = owner_of(self.tables.rows.get(&handoff(h)));
        let result = self.desk.apply(at(self.now), command(a, h, row.epoch.0.wrapping_sub(behind), verb.clone()));
        let is_taken = matches!(result, Err(desk::Refusal::Taken { .. })) && house.fault == Fault::GivesAwayTwice;
        let gives = matches!(verb, Verb::Claim | Verb::Accept) && (result.is_ok() || is_taken);
        if gives && before.is_some_and(|owner| owner != agent_id(a)) {
            self.wrong = Some("given to two");
        }
        self.hear(house, result.unwrap_or_default());
        if plant {
            self.desk.apply(at(self.now), Input::Close { agent: agent_id(a), session: session(99) }).unwrap();
        }
    }

    fn turn(&mut self, house: &House, input: Input) {
        let now = at(self.now);
        let effects = self.desk.apply(now, input).or_else(|_| self.desk.apply(now, Input::Tick)).unwrap();
        self.hear(house, effects);
    }

    /// Stores, posts, and looks at what it came to.
    fn hear(&mut self, house: &House, effects: Vec<Effect>) {
        for seen in &mut self.seen {
            seen.proven = seen.proven.filter(|proven| self.now < *proven + STALE_MS);
            seen.grace = seen.grace.filter(|until| self.now < *until);
        }
        let before = self.tables.rows.clone();
        self.tables.keep(&effects);
        self.tables.log.clear();
        for effect in effects {
            match effect {
                Effect::Tell(room, notice) if is_about_owners(&notice) => {
                    self.rooms[usize::from(number(&room))].under_way.push_back(notice);
                }
                Effect::Drop(silent) => self.pings.retain(|a, _| session(*a) != silent),
                _ => {}
            }
        }
        self.check(house, &before);
    }

    fn deliver(&mut self, h: u8, is_receipted: bool) {
        let room = &mut self.rooms[usize::from(h)];
        let notice = if is_receipted { room.under_way.pop_front() } else { room.under_way.front().cloned() };
        let (epoch, owner) = match notice {
            Some(ToRoom::Claimed { epoch, agent, .. }) => (epoch, Some(agent.id)),
            Some(ToRoom::Returned { epoch, .. } | ToRoom::Closed { epoch, .. }) => (epoch, None),
            _ => return,
        };
        if room.epoch < epoch.0 {
            (room.epoch, room.owner) = (epoch.0, owner);
        }
        let row = self.tables.rows.get(&handoff(h));
        if room.under_way.is_empty() && owner_of(row) != room.owner {
            self.wrong = Some("a room that heard everything knows of another owner");
        }
    }

    fn check(&mut self, house: &House, before: &BTreeMap<protocol::HandoffId, QueueRow>) {
        let seen = |agent: &AgentId| (0..).zip(&self.seen).find(|(n, _)| agent_id(*n) == *agent).unwrap().1;
        let mut wrong = None;
        for (id, row) in &self.tables.rows {
            let was = before.get(id);
            let owner = owner_of(Some(row));
            if let Some(owner) = &owner {
                if owner_of(was) != Some(owner.clone()) && !seen(owner).could_take() {
                    wrong = Some("given to one who could not take it");
                }
                let here = seen(owner);
                if here.proven.is_none() && here.grace.is_none() {
                    wrong = Some("who is gone owns something");
                }
            }
            let offer = |row: &QueueRow| row.offer.clone().filter(|_| row.stage == Stage::Waiting);
            if let Some(offered) = offer(row)
                && was.and_then(offer).map(|offer| (offer.at, offer.agent.id))
                    != Some((offered.at, offered.agent.id.clone()))
                && !seen(&offered.agent.id).could_take()
            {
                wrong = Some("offered to one who could not take it");
            }
            if was.is_some_and(|was| row.epoch < was.epoch) {
                wrong = Some("an epoch went back");
            }
        }
        let load = |agent: &AgentId| {
            let has = |row: &&QueueRow| holder_of(row) == Some(agent);
            self.tables.rows.values().filter(has).count()
        };
        for (n, seen) in (0..).zip(&self.seen) {
            let agent = agent_id(n);
            if load(&agent) > house.capacity as usize {
                wrong = Some("above capacity");
            }
            let waits =
                |row: &&QueueRow| row.stage == Stage::Waiting && row.offer.is_none() && !row.declined.contains(&agent);
            let is_free = seen.could_take() && load(&agent) < house.capacity as usize;
            if is_free && self.tables.rows.values().any(|row| waits(&row)) {
                wrong = Some("somebody could take what waits");
            }
        }
        self.wrong = self.wrong.or(wrong);
    }

    /// The tables, what sockets and desk know beyond them, what is under way and what was seen. Nothing depends on when it
    /// all began.
    fn key(&self, house: &House) -> Vec<i64> {
        let ago = |ms: i64| (ms - self.now).clamp(-STALE_MS - 1, 100_000);
        let who = |agent: &AgentId| (0..i64::from(house.agents)).find(|n| agent_id(*n as u8) == *agent).unwrap_or(-1);
        let mut key = vec![i64::from(self.wrong.is_some()), i64::from(self.tables.open.0)];
        key.extend(self.pings.iter().flat_map(|(a, ping)| [100 + i64::from(*a), ago(*ping)]));
        for seen in &self.seen {
            key.extend([200, i64::from(seen.away), seen.grace.map_or(-9, ago), seen.proven.map_or(-9, ago)]);
        }
        // Turns go by the order of these, not by the times.
        let mut served: Vec<_> = self.tables.agents.values().map(|agent| agent.served_at).collect();
        served.sort();
        served.dedup();
        for agent in self.tables.agents.values() {
            let turn = served.iter().position(|at| *at == agent.served_at).unwrap();
            let just_now = i64::from(agent.served_at == at(self.now));
            key.extend([300, turn as i64, just_now, agent.presence.reachability() as i64]);
        }
        key.extend(self.desk.leases().iter().map(|(agent, _)| 400 + who(agent)));
        let ends = [self.desk.next_deadline(), self.desk.open_until()];
        key.extend(ends.map(|end| end.map_or(-9, |end| ago(end.0))));
        for row in self.tables.rows.values() {
            let offer = row.offer.as_ref().map_or([-1, -1], |offer| [who(&offer.agent.id), ago(offer.until.0)]);
            key.extend([500, row.stage as i64, owner_of(Some(row)).map_or(-1, |owner| who(&owner))]);
            key.extend([offer[0], offer[1], i64::from(row.returned), row.ring_at.map_or(-9, |ring| ago(ring.0))]);
            key.extend(row.declined.iter().map(|agent| 600 + who(agent)));
            let room = &self.rooms[usize::from(number(&row.conversation))];
            let behind = |epoch: u32| i64::from(row.epoch.0) - i64::from(epoch);
            // How far each is behind the desk is all there is to an epoch.
            key.extend(room.under_way.iter().map(|notice| 700 + epoch_of(notice).map_or(0, behind)));
            key.extend([800 + behind(room.epoch), room.owner.as_ref().map_or(-1, who)]);
        }
        key
    }
}

impl House {
    /// The administration; a planted fault makes it say something else than the observer was told.
    fn roster(&self) -> Roster {
        let capacity = self.capacity + u32::from(self.fault == Fault::OneTooMany);
        let member = |n| Profile { departments: vec![department(0)], ..profile(n, capacity) };
        let mode = if self.fault == Fault::LeavesTheLine { RoutingMode::Manual } else { self.mode };
        let routing = Routing { mode, delivery: self.delivery, offer_ms: OFFER_MS as u32, ..Routing::default() };
        let settings = match self.fault {
            Fault::OffersToTheAbsent => PresenceSettings { stale_after_ms: 1_000, ..RULES },
            Fault::None
            | Fault::ClaimsWhileOffline
            | Fault::GivesAwayTwice
            | Fault::OneTooMany
            | Fault::LeavesTheLine => RULES,
        };
        let agents = (0..self.agents).map(member).collect();
        Roster { settings, ..staffed(1, agents, vec![routed(0, routing)]) }
    }
}

impl Model for House {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        actions.extend([Action::Pass, Action::Alarm, Action::Crash]);
        for a in 0..self.agents {
            actions.extend([Action::Open(a), Action::Choose(a, !world.seen[usize::from(a)].away)]);
            if world.pings.contains_key(&a) {
                actions.extend([Action::Close(a), Action::Ping(a), Action::Lose(a)]);
            }
        }
        // Which of them asks first makes no difference.
        let asked = |h: u8| world.tables.rows.contains_key(&handoff(h));
        actions.extend((0..self.handoffs).filter(|h| *h == 0 || asked(h - 1)).map(Action::Ask));
        for h in (0..self.handoffs).filter(|h| asked(*h)) {
            actions.push(Action::End(h));
            if !world.rooms[usize::from(h)].under_way.is_empty() {
                actions.extend([Action::Deliver(h), Action::Twice(h)]);
            }
            for a in 0..self.agents {
                actions.extend(VERBS.iter().map(|verb| Action::Do(a, h, verb.clone())));
                actions.extend([Verb::Claim, Verb::Decline].map(|verb| Action::Late(a, h, verb)));
            }
        }
    }

    fn next_state(&self, last: &World, action: Action) -> Option<World> {
        let mut world = last.clone();
        world.step(self, &action);
        Some(world)
    }

    fn properties(&self) -> Vec<Property<House>> {
        vec![Property::always("nothing goes wrong", |_, world: &World| world.wrong.is_none())]
    }
}

fn owner_of(row: Option<&QueueRow>) -> Option<AgentId> {
    row.filter(|row| row.stage == Stage::Active).and_then(|row| row.agent.as_ref()).map(|owner| owner.id.clone())
}

/// Who owns it, or is asked to take it.
fn holder_of(row: &QueueRow) -> Option<&AgentId> {
    match row.stage {
        Stage::Waiting => row.offer.as_ref().map(|offer| &offer.agent.id),
        Stage::Active => row.agent.as_ref().map(|agent| &agent.id),
        Stage::Closed => None,
    }
}

fn epoch_of(notice: &ToRoom) -> Option<u32> {
    match notice {
        ToRoom::Claimed { epoch, .. } | ToRoom::Returned { epoch, .. } | ToRoom::Closed { epoch, .. } => Some(epoch.0),
        _ => None,
    }
}

fn is_about_owners(notice: &ToRoom) -> bool {
    epoch_of(notice).is_some()
}

fn number(room: &ConversationId) -> u8 {
    (0..8).find(|n| conversation(*n) == *room).unwrap()
}

fn depth(usual: usize) -> usize {
    usual + std::env::var("ROUTING_DEEPER").ok().and_then(|n| n.parse().ok()).unwrap_or(0)
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

const SMALL: House = House {
    agents: 2,
    handoffs: 2,
    asked: 0,
    capacity: 1,
    delivery: Delivery::Offer,
    mode: RoutingMode::RoundRobin,
    fault: Fault::None,
};
const GIVEN: House = House { delivery: Delivery::Assign, mode: RoutingMode::LeastLoaded, ..SMALL };
/// Two are busy with what they were offered, and the fourth has yet to ask.
const LARGE: House = House { agents: 3, handoffs: 4, asked: 3, capacity: 2, ..SMALL };
const FULL: House = House { asked: 4, delivery: Delivery::Assign, mode: RoutingMode::LeastLoaded, ..LARGE };

#[test]
fn nobody_is_given_or_asked_what_they_cannot_take_and_nothing_waits_that_somebody_could() {
    for (house, usual) in [(SMALL, 4), (GIVEN, 3), (LARGE, 2), (FULL, 2)] {
        assert_eq!(explore(house, depth(usual)), None, "{house:?}");
    }
}

#[test]
fn planted_faults_are_found() {
    use Fault::{ClaimsWhileOffline, GivesAwayTwice, LeavesTheLine, OffersToTheAbsent, OneTooMany};
    for fault in [LeavesTheLine, OneTooMany, GivesAwayTwice, ClaimsWhileOffline, OffersToTheAbsent] {
        let found = explore(House { fault, asked: 1, ..SMALL }, 4);
        println!("{fault:?}: {}", found.clone().unwrap_or_default());
        assert!(found.is_some(), "{fault:?} was not found");
    }
}
