//! Random walks of presence: whatever comes in whatever order, with the clock going where it likes, the desk says
//! what DESIGN.md says.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod model;
mod walk;

use common::*;
use proptest::prelude::*;
use protocol::Intent;
use protocol::team::PresenceSettings;
use walk::{AGENTS, Op, Walk};

fn op() -> impl Strategy<Value = Op> {
    let (agent, tab, slot) = (0..AGENTS, 0..3u8, 0..2u8);
    let (handoff, room) = (0..4u8, 0..3u8);
    let behind = prop_oneof![6 => Just(0u32), 1 => Just(1u32)];
    let intent = prop_oneof![3 => Just(Intent::Available), 2 => prop::sample::select(Intent::ALL)];
    let life = prop_oneof![1 => Just(20_000i64), 1 => Just(60_000i64), 3 => Just(FAR)];
    // Late, early, and of the future.
    let off = prop_oneof![4 => Just(0i64), 2 => -60_000..0i64, 1 => 0..60_000i64];
    // Around the deadlines, to the millisecond, far beyond, and backward.
    let ms = prop_oneof![
        4 => 1..4_000i64, 2 => Just(GRACE - 1), 2 => Just(GRACE), 2 => 10_000..40_000i64,
        1 => Just(STALE - 1), 1 => Just(STALE), 1 => 45_000..10_000_000i64, 2 => -120_000..0i64,
    ];
    let settings = (
        prop_oneof![3 => Just(STALE as u32), 1 => Just(30_000u32), 1 => Just(600_000u32)],
        prop_oneof![3 => Just(GRACE as u32), 1 => Just(0u32), 1 => Just(60_000u32)],
    );
    let settings = settings.prop_map(|(stale_after_ms, grace_ms)| PresenceSettings {
        stale_after_ms,
        grace_ms,
        idle_after_ms: 300_000,
    });
    let present = prop_oneof![2 => Just(0b1111u8), 2 => any::<u8>()];
    let people = prop_oneof![
        8 => (agent.clone(), tab.clone(), slot.clone(), any::<bool>(), life).prop_map(
            |(agent, tab, slot, idle, life)| Op::Open { agent, tab, slot, idle: idle && tab == 2, life }),
        6 => (agent.clone(), tab.clone(), off).prop_map(|(agent, tab, off)| Op::Beat { agent, tab, off }),
        3 => (agent.clone(), tab.clone()).prop_map(|(agent, tab)| Op::Close { agent, tab }),
        1 => (agent.clone(), tab.clone()).prop_map(|(agent, tab)| Op::Gone { agent, tab }),
        3 => (agent.clone(), tab, any::<bool>()).prop_map(|(agent, tab, on)| Op::Idle { agent, tab, on }),
        3 => (agent.clone(), slot.clone(), any::<bool>())
            .prop_map(|(agent, slot, idle)| Op::Heartbeat { agent, slot, idle }),
        1 => (agent.clone(), slot.clone()).prop_map(|(agent, slot)| Op::GoOffline { agent, slot }),
        1 => (agent.clone(), slot.clone()).prop_map(|(agent, slot)| Op::End { agent, slot }),
        3 => (agent.clone(), prop::option::of(agent.clone()), intent)
            .prop_map(|(agent, by, intent)| Op::Intend { agent, by, intent }),
        2 => (agent.clone(), slot, room, any::<bool>())
            .prop_map(|(agent, slot, room, on)| Op::Attend { agent, slot, room, on }),
    ];
    let rest = prop_oneof![
        1 => Just(Op::Learn),
        2 => (present, 1..4u32, any::<u8>(), settings).prop_map(|(present, capacity, departments, settings)| {
            Op::Team { present, capacity, departments, settings }
        }),
        4 => handoff.clone().prop_map(|handoff| Op::Ask { handoff }),
        6 => (agent.clone(), handoff.clone(), behind.clone())
            .prop_map(|(agent, handoff, behind)| Op::Claim { agent, handoff, behind }),
        1 => (agent, handoff, behind).prop_map(|(agent, handoff, behind)| Op::Resolve { agent, handoff, behind }),
        6 => ms.prop_map(|ms| Op::Pass { ms }),
        2 => Just(Op::Tick),
        3 => (0..12usize).prop_map(|back| Op::Again { back }),
        1 => Just(Op::Sleep),
    ];
    prop_oneof![3 => people, 2 => rest]
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn presence_is_what_the_design_says(ops in prop::collection::vec(op(), 1..100)) {
        let mut walk = Walk::new();
        ops.iter().for_each(|op| walk.step(op));
    }
}
