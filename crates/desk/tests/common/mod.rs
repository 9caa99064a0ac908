//! Names, tables and a dashboard for the walks: what the shells of the edge have, without the edge.
#![allow(dead_code, clippy::unwrap_used)] // every test binary takes its own part of it

use desk::desk::{Agent, Effect, Profile, Stored};
use desk::presence::Rules;
use protocol::desk::{AgentCard, DeskDown, Page, QueueRow};
use protocol::room::AgentRef;
use protocol::{
    AgentId, ClientMsgId, ConversationId, HandoffId, Name, Role, SessionId, Stage, Timestamp, VisitorId, WidgetId,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub const STALE: i64 = 45_000;
pub const GRACE: i64 = 10_000;
pub const RULES: Rules =
    Rules { stale_after: Duration::from_millis(STALE as u64), grace: Duration::from_millis(GRACE as u64) };

pub fn agent_id(n: u8) -> AgentId {
    AgentId::random(n.into())
}

pub fn session(n: u8) -> SessionId {
    SessionId::random(n.into())
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
    Profile { id: agent_id(n), name: name_of(n), role: Role::SupportStaff, capacity }
}

/// Through JSON and back, as everything that is stored or sent goes.
pub fn by_json<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// The tables of a desk.
#[derive(Debug, Clone, Default)]
pub struct DeskTables {
    agents: BTreeMap<AgentId, Agent>,
    rows: BTreeMap<HandoffId, QueueRow>,
    watching: BTreeSet<ConversationId>,
    open: bool,
}

impl DeskTables {
    pub fn keep(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::SaveAgent(agent) => drop(self.agents.insert(agent.profile.id.clone(), by_json(agent))),
                Effect::SaveRow(row) => drop(self.rows.insert(row.handoff.clone(), by_json(row))),
                Effect::DropRow(handoff) => drop(self.rows.remove(handoff)),
                Effect::Watch(room) => drop(self.watching.insert(room.clone())),
                Effect::UnwatchAll => self.watching.clear(),
                Effect::SaveOpen(open) => self.open = *open,
                Effect::Tell(..) | Effect::Show(_) | Effect::Answer(_) => {}
            }
        }
    }

    pub fn stored(&self) -> Stored {
        Stored {
            agents: self.agents.values().cloned().collect(),
            rows: self.rows.values().cloned().collect(),
            watching: self.watching.iter().cloned().collect(),
            open: self.open,
        }
    }
}

/// A dashboard that was open from the start: it knows only what frames told it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dashboard {
    pub cards: BTreeMap<AgentId, AgentCard>,
    pub queue: BTreeMap<HandoffId, QueueRow>,
}

impl Dashboard {
    pub fn take(&mut self, frame: DeskDown) {
        match frame {
            DeskDown::Welcome { agents, queue, .. } => {
                self.cards = agents.into_iter().map(|card| (card.id.clone(), card)).collect();
                self.queue = queue.into_iter().map(|row| (row.handoff.clone(), row)).collect();
            }
            DeskDown::Agent { agent } => drop(self.cards.insert(agent.id.clone(), agent)),
            DeskDown::Row { row } if row.stage == Stage::Closed => drop(self.queue.remove(&row.handoff)),
            DeskDown::Row { row } => drop(self.queue.insert(row.handoff.clone(), row)),
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
