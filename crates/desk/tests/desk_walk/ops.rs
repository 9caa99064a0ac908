//! What a walk does, by numbers: how often each, and around which times.

use crate::common::*;
use proptest::prelude::*;
use protocol::routing::{ChannelSettings, Routing};
use protocol::{Delivery, Intent, RoutingMode, WhenDeclined};

pub const AGENTS: u8 = 4;
pub const DEPARTMENTS: u8 = 3;
pub const ROOMS: u8 = 7;
/// How long an offer holds.
pub const OFFER: i64 = 30_000;
/// Moves of a line are told together, within this.
pub const GATHER: i64 = 500;
/// An unknown one, for commands.
const STRANGER: u8 = 9;

#[derive(Debug, Clone)]
pub enum Op {
    Open {
        agent: u8,
        tab: u8,
        idle: bool,
    },
    Idle {
        agent: u8,
        tab: u8,
        on: bool,
    },
    Beat {
        agent: u8,
        tab: u8,
        ago: i64,
    },
    /// Everybody who is there beats.
    BeatAll,
    Close {
        agent: u8,
        tab: u8,
    },
    SignOut {
        agent: u8,
    },
    Intend {
        agent: u8,
        intent: Intent,
    },
    /// The administration changes an agent, or takes them out.
    Staff {
        agent: u8,
        capacity: u32,
        departments: u8,
        present: bool,
    },
    Route {
        department: u8,
        routing: Routing,
    },
    Channel {
        website: ChannelSettings,
    },
    Watch {
        room: u8,
        on: bool,
    },
    Ask {
        room: u8,
        department: Option<u8>,
        priority: u8,
        earlier: Option<u8>,
        reopened: Option<u8>,
    },
    End {
        room: u8,
    },
    /// The visitor leaves an e-mail address instead of waiting.
    Form {
        room: u8,
    },
    Say {
        room: u8,
        by_agent: bool,
    },
    Do {
        agent: u8,
        room: u8,
        behind: u32,
        deed: Deed,
    },
    /// Whoever is asked to take a room's handoff does so, or does not.
    Reply {
        room: u8,
        accept: bool,
    },
    Prioritize {
        room: u8,
        priority: u8,
    },
    Recheck {
        room: u8,
    },
    Pass {
        ms: i64,
    },
    /// Until just before, or just when, time alone changes something.
    Due {
        early: bool,
    },
    /// Something that came before comes again.
    Again {
        back: usize,
    },
    Sleep,
}

#[derive(Debug, Clone, Copy)]
pub enum Deed {
    Claim,
    Accept,
    Decline,
    Release,
    Resolve,
    TakeOver,
    Assign(u8),
    TransferTo(u8),
    TransferInto(u8),
}

fn routing() -> impl Strategy<Value = Routing> {
    let mode = prop_oneof![
        1 => Just(RoutingMode::Manual), 3 => Just(RoutingMode::RoundRobin), 3 => Just(RoutingMode::LeastLoaded),
    ];
    let delivery = prop_oneof![3 => Just(Delivery::Offer), 1 => Just(Delivery::Assign)];
    let when = prop_oneof![2 => Just(WhenDeclined::RingAgain), 1 => Just(WhenDeclined::Form)];
    let fallback = prop_oneof![2 => Just(None), 3 => (0..DEPARTMENTS).prop_map(Some)];
    let wait = prop_oneof![1 => Just(0u32), 3 => Just(300_000u32), 1 => Just(20_000u32)];
    (mode, delivery, when, fallback, any::<bool>(), wait.clone(), wait).prop_map(
        |(mode, delivery, when_declined, fallback, sticky, form_after_ms, alert_after_ms)| Routing {
            mode,
            delivery,
            offer_ms: OFFER as u32,
            sticky,
            fallback: fallback.map(department),
            when_declined,
            form_after_ms,
            alert_after_ms,
        },
    )
}

fn deed() -> impl Strategy<Value = Deed> {
    let agent = prop_oneof![8 => 0..AGENTS, 1 => Just(STRANGER)];
    let department = prop_oneof![8 => 0..DEPARTMENTS, 1 => Just(STRANGER)];
    prop_oneof![
        6 => Just(Deed::Claim), 3 => Just(Deed::Accept), 3 => Just(Deed::Decline), 2 => Just(Deed::Release),
        3 => Just(Deed::Resolve), 1 => Just(Deed::TakeOver), 2 => agent.clone().prop_map(Deed::Assign),
        2 => agent.prop_map(Deed::TransferTo), 2 => department.prop_map(Deed::TransferInto),
    ]
}

fn people() -> impl Strategy<Value = Op> {
    let (agent, tab) = (0..AGENTS, 0..2u8);
    let intent = prop_oneof![7 => Just(Intent::Available), 1 => Just(Intent::Away), 1 => Just(Intent::Busy)];
    let ago = prop_oneof![3 => Just(0i64), 1 => 0..60_000i64];
    let idle = prop_oneof![9 => Just(false), 1 => Just(true)];
    let present = prop_oneof![8 => Just(true), 1 => Just(false)];
    prop_oneof![
        14 => (agent.clone(), tab.clone(), idle).prop_map(|(agent, tab, idle)| Op::Open { agent, tab, idle }),
        1 => (agent.clone(), tab.clone(), any::<bool>()).prop_map(|(agent, tab, on)| Op::Idle { agent, tab, on }),
        2 => (agent.clone(), tab.clone(), ago).prop_map(|(agent, tab, ago)| Op::Beat { agent, tab, ago }),
        12 => Just(Op::BeatAll),
        2 => (agent.clone(), tab).prop_map(|(agent, tab)| Op::Close { agent, tab }),
        1 => agent.clone().prop_map(|agent| Op::SignOut { agent }),
        3 => (agent.clone(), intent).prop_map(|(agent, intent)| Op::Intend { agent, intent }),
        2 => (agent, 1..4u32, 0..8u8, present)
            .prop_map(|(agent, capacity, departments, present)| Op::Staff { agent, capacity, departments, present }),
    ]
}

fn visitors() -> impl Strategy<Value = Op> {
    let room = 0..ROOMS;
    let agent = 0..AGENTS;
    let department = prop_oneof![1 => Just(None), 5 => (0..DEPARTMENTS).prop_map(Some)];
    let priority = prop_oneof![4 => Just(2u8), 1 => 0..4u8];
    let earlier = prop_oneof![2 => Just(None), 1 => agent.clone().prop_map(Some)];
    let reopened = prop_oneof![5 => Just(None), 1 => agent.prop_map(Some)];
    prop_oneof![
        12 => (room.clone(), department, priority.clone(), earlier, reopened).prop_map(
            |(room, department, priority, earlier, reopened)| {
                Op::Ask { room, department, priority, earlier, reopened }
            }),
        1 => room.clone().prop_map(|room| Op::End { room }),
        1 => room.clone().prop_map(|room| Op::Form { room }),
        3 => (room.clone(), any::<bool>()).prop_map(|(room, by_agent)| Op::Say { room, by_agent }),
        2 => (room.clone(), priority).prop_map(|(room, priority)| Op::Prioritize { room, priority }),
        1 => room.clone().prop_map(|room| Op::Recheck { room }),
        1 => (room, any::<bool>()).prop_map(|(room, on)| Op::Watch { room, on }),
    ]
}

pub fn op() -> impl Strategy<Value = Op> {
    let behind = prop_oneof![6 => Just(0u32), 1 => 1..3u32];
    // Around the deadlines, to the millisecond, and far beyond.
    let ms = prop_oneof![
        5 => 1..4_000i64, 2 => Just(GRACE), 1 => Just(crate::model::PAUSE), 1 => Just(OFFER), 1 => 10_000..40_000i64,
        1 => Just(STALE),
    ];
    let website =
        (300_000..3_000_000u32, prop_oneof![Just(0u32), Just(60_000u32)], prop_oneof![Just(0u32), Just(60_000u32)]);
    let website = website.prop_map(|(expire_after_ms, warn_before_ms, close_idle_after_ms)| ChannelSettings {
        expire_after_ms,
        warn_before_ms,
        close_idle_after_ms,
    });
    let rest = prop_oneof![
        8 => ms.prop_map(|ms| Op::Pass { ms }),
        3 => any::<bool>().prop_map(|early| Op::Due { early }),
        2 => (0..DEPARTMENTS, routing()).prop_map(|(department, routing)| Op::Route { department, routing }),
        1 => website.prop_map(|website| Op::Channel { website }),
        3 => (0..12usize).prop_map(|back| Op::Again { back }),
        1 => Just(Op::Sleep),
    ];
    let agents = prop_oneof![
        6 => (0..AGENTS, 0..ROOMS, behind, deed())
            .prop_map(|(agent, room, behind, deed)| Op::Do { agent, room, behind, deed }),
        3 => (0..ROOMS, any::<bool>()).prop_map(|(room, accept)| Op::Reply { room, accept }),
    ];
    prop_oneof![4 => people(), 4 => visitors(), 5 => agents, 3 => rest]
}
