//! Names, tables and a dashboard for the walks: what the shells of the edge have, without the edge.
#![allow(dead_code, clippy::unwrap_used)] // every test binary takes its own part of it

use desk::Refusal;
use desk::desk::{
    Agent, By, Config, Department, Effect, Input, LogEntry, Profile, Roster, SignIn, Stored, Upkeep, Verb, Versions,
};
use desk::notice::ToDesk;
use desk::pace::Pace;
use protocol::desk::{AgentCard, DeskDown, Page, QueueRow};
use protocol::room::AgentRef;
use protocol::routing::{ConversationSettings, Routing};
use protocol::team::{DepartmentCard, PresenceSettings};
use protocol::{
    AgentId, ClientMsgId, ConversationId, DepartmentId, Epoch, HandoffId, Name, Role, SessionId, SignInId, Stage,
    Timestamp, VisitorId, WidgetId,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

pub const STALE: i64 = 45_000;
pub const GRACE: i64 = 10_000;
pub const SETTINGS: PresenceSettings =
    PresenceSettings { stale_after_ms: STALE as u32, grace_ms: GRACE as u32, idle_after_ms: 300_000 };
/// Later than any walk goes.
pub const FAR: i64 = 1_000_000_000_000_000;

pub fn agent_id(n: u8) -> AgentId {
    AgentId::random(n.into())
}

pub fn session(n: u8) -> SessionId {
    SessionId::random(n.into())
}

pub fn sign_in(n: u8) -> SignInId {
    SignInId::random(n.into())
}

pub fn department(n: u8) -> DepartmentId {
    DepartmentId::random(n.into())
}

pub fn conversation(n: u8) -> ConversationId {
    ConversationId::random(n.into())
}

pub fn handoff(n: u8) -> HandoffId {
    HandoffId::random(n.into())
}

pub fn message_id(n: u8) -> ClientMsgId {
    ClientMsgId::random(n.into())
}

pub fn visitor(n: u8) -> VisitorId {
    VisitorId::random(n.into())
}

pub fn widget() -> WidgetId {
    WidgetId::random(1)
}

pub fn page() -> Page {
    Page { url: "https://shop.example/mugs".into(), title: "Mugs".into() }
}

pub fn name_of(n: u8) -> Name {
    Name::parse(&format!("Agent {n}")).unwrap()
}

pub fn agent_ref(n: u8) -> AgentRef {
    AgentRef { id: agent_id(n), name: name_of(n) }
}

pub fn profile(n: u8, capacity: u32) -> Profile {
    Profile { id: agent_id(n), name: name_of(n), role: Role::SupportStaff, capacity, departments: Vec::new() }
}

/// The administration with these agents, and no departments.
pub fn roster(version: u32, agents: Vec<Profile>) -> Input {
    Input::Roster(staffed(version, agents, Vec::new()))
}

/// The administration with these agents and departments, and the usual settings.
pub fn staffed(version: u32, agents: Vec<Profile>, departments: Vec<Department>) -> Roster {
    let conversations = ConversationSettings::default();
    Roster { version, settings: SETTINGS, conversations, departments, agents }
}

/// A department that routes like this.
pub fn routed(n: u8, routing: Routing) -> Department {
    Department { id: department(n), name: Name::parse(&format!("Department {n}")).unwrap(), routing }
}

/// What an agent does with a handoff that they last saw at this epoch.
pub fn command(agent: u8, n: u8, epoch: u32, verb: Verb) -> Input {
    Input::Command { agent: agent_id(agent), handoff: handoff(n), epoch: Epoch(epoch), verb }
}

/// A visitor asks for a human, of nobody in particular.
pub fn asks(n: u8, room: u8, now: i64) -> ToDesk {
    let row = QueueRow::waiting(handoff(n), conversation(room), at(now), page());
    ToDesk::Ask { row: Box::new(row), by: None }
}

/// An agent by their one sign-in, which never ends by itself and was read when everything was known.
pub fn by(agent: u8) -> By {
    let versions = Versions { roster: 0, access: u32::MAX };
    By { agent: agent_id(agent), sign_in: sign_in(agent), expires_at: at(FAR), versions }
}

/// The one sign-in of an agent.
pub fn sign_in_of(agent: &AgentId) -> SignInId {
    SignInId::parse(&agent.as_str().replacen("ag_", "si_", 1)).unwrap()
}

/// A tab that somebody is at.
pub fn opens(agent: u8, tab: u8) -> Input {
    Input::Open { by: by(agent), session: session(tab), idle: false }
}

/// The agent's one sign-in has ended.
pub fn signs_out(agent: u8) -> Input {
    Input::Ended { access: 0, sign_ins: vec![sign_in(agent)] }
}

/// Through JSON and back, as everything that is stored or sent goes.
pub fn by_json<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// The tables of a desk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeskTables {
    pub config: Option<Config>,
    pub agents: BTreeMap<AgentId, Agent>,
    pub sign_ins: BTreeMap<SignInId, SignIn>,
    pub rows: BTreeMap<HandoffId, QueueRow>,
    pub paces: BTreeMap<Option<DepartmentId>, Pace>,
    pub upkeep: Upkeep,
    pub watching: BTreeSet<ConversationId>,
    pub open: (bool, u32),
    pub log: Vec<LogEntry>,
}

impl DeskTables {
    pub fn keep(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::SaveConfig(config) => self.config = Some(by_json(config)),
                Effect::SaveAgent(agent) => drop(self.agents.insert(agent.profile.id.clone(), by_json(agent))),
                Effect::DropAgent(agent) => drop(self.agents.remove(agent)),
                Effect::SaveSignIn(id, sign_in) => drop(self.sign_ins.insert(id.clone(), by_json(sign_in))),
                Effect::DropSignIn(id) => drop(self.sign_ins.remove(id)),
                Effect::SaveRow(row) => drop(self.rows.insert(row.handoff.clone(), by_json(row))),
                Effect::DropRow(handoff) => drop(self.rows.remove(handoff)),
                Effect::SavePace(department, pace) => {
                    drop(self.paces.insert(department.clone(), by_json(pace)));
                }
                Effect::SaveUpkeep(upkeep) => self.upkeep = by_json(upkeep),
                Effect::Watch(room) => drop(self.watching.insert(room.clone())),
                Effect::Unwatch(room) => drop(self.watching.remove(room)),
                Effect::UnwatchAll => self.watching.clear(),
                Effect::SaveOpen(open, flips) => self.open = (*open, *flips),
                Effect::Log(entry) => self.log.push(by_json(entry)),
                Effect::Tell(..) | Effect::Show(_) | Effect::Drop(_) | Effect::HangUp(_) | Effect::Answer(_) => {}
            }
        }
    }

    pub fn stored(&self) -> Stored {
        Stored {
            config: self.config.clone(),
            agents: self.agents.values().cloned().collect(),
            sign_ins: self.sign_ins.iter().map(|(id, sign_in)| (id.clone(), sign_in.clone())).collect(),
            rows: self.rows.values().cloned().collect(),
            paces: self.paces.iter().map(|(department, pace)| (department.clone(), pace.clone())).collect(),
            upkeep: self.upkeep.clone(),
            watching: self.watching.iter().cloned().collect(),
            open: self.open,
        }
    }
}

/// What visitors are told of their places is none of a dashboard's business: it sees the line.
fn unplaced(row: QueueRow) -> QueueRow {
    QueueRow { place: None, ..row }
}

/// A dashboard that was open from the start: it knows only what frames told it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dashboard {
    pub cards: BTreeMap<AgentId, AgentCard>,
    pub departments: BTreeMap<DepartmentId, DepartmentCard>,
    pub settings: Option<PresenceSettings>,
    pub queue: BTreeMap<HandoffId, QueueRow>,
}

impl Dashboard {
    pub fn take(&mut self, frame: DeskDown) {
        match frame {
            DeskDown::Welcome { agents, departments, settings, queue, .. } => {
                self.departments = departments.into_iter().map(|card| (card.id.clone(), card)).collect();
                self.settings = Some(settings);
                self.cards = agents.into_iter().map(|card| (card.id.clone(), card)).collect();
                self.queue = queue.into_iter().map(|row| (row.handoff.clone(), unplaced(row))).collect();
            }
            DeskDown::Agent { agent } => drop(self.cards.insert(agent.id.clone(), agent)),
            DeskDown::AgentGone { agent } => drop(self.cards.remove(&agent)),
            DeskDown::Department { department } => {
                drop(self.departments.insert(department.id.clone(), department));
            }
            DeskDown::Settings { settings } => self.settings = Some(settings),
            DeskDown::Row { row } if row.stage == Stage::Closed => drop(self.queue.remove(&row.handoff)),
            DeskDown::Row { row } => drop(self.queue.insert(row.handoff.clone(), unplaced(row))),
            DeskDown::Error { code } => panic!("a desk shows no {code:?}"),
        }
    }

    pub fn watch(&mut self, effects: &[Effect]) {
        effects.iter().for_each(|effect| {
            if let Effect::Show(frame) = effect {
                self.take(by_json(frame));
            }
        });
    }

    pub fn fresh(welcome: DeskDown) -> Dashboard {
        let mut dashboard = Dashboard::default();
        dashboard.take(welcome);
        dashboard
    }
}

pub fn at(ms: i64) -> Timestamp {
    Timestamp(ms)
}

/// So many random cases, or as many as `PROPTEST_CASES` asks for. Failures are printed, not kept in files.
pub fn cases(usual: u32) -> proptest::test_runner::Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    proptest::test_runner::Config { cases: asked.unwrap_or(usual), failure_persistence: None, ..Default::default() }
}

/// A refusal without what it carries, as models name it.
pub fn name(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Taken { .. } => "Taken",
        Refusal::StaleEpoch => "StaleEpoch",
        Refusal::NotOpen { .. } => "NotOpen",
        Refusal::Offered { .. } => "Offered",
        Refusal::NotOffered => "NotOffered",
        Refusal::Forbidden => "Forbidden",
        Refusal::AgentNotRoutable { .. } => "AgentNotRoutable",
        Refusal::AgentAtCapacity { .. } => "AgentAtCapacity",
        Refusal::EmptyDepartment => "EmptyDepartment",
        Refusal::AlreadyThere => "AlreadyThere",
        Refusal::AtCapacity => "AtCapacity",
        Refusal::NotRoutable => "NotRoutable",
        Refusal::NotOwner => "NotOwner",
        Refusal::ConflictingRetry => "ConflictingRetry",
        Refusal::NotFound => "NotFound",
        Refusal::Malformed => "Malformed",
        Refusal::UnknownPlace => "UnknownPlace",
        Refusal::SignedOut => "SignedOut",
        Refusal::Unsure => "Unsure",
        Refusal::SlowDown { .. } => "SlowDown",
    }
}
