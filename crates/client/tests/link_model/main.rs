//! Three links (two tabs of a visitor on one shelf, and the agent's) against a modelled room, over networks that lose,
//! double, delay and reorder; a server that restarts, refuses, floods and forgets; pages that are loaded anew and die
//! between any two effects. Whatever happens: each message is stored exactly once and in the order of writing, every
//! page shows the same transcript without gap or double, receipts never say more than was seen, no pause that the
//! server asks for is broken; and once all heals, everybody has everything and nothing is left to keep.
#![allow(clippy::unwrap_used)]

mod page;
mod room;
mod world;

use client::link::{Ms, Phase};
use page::Net;
use proptest::prelude::*;
use protocol::ClientMsgId;
use protocol::room::Receipt;
use world::{Op, PAGES, World};

fn op() -> impl Strategy<Value = Op> {
    let net = || {
        prop_oneof![
            2 => Just(Net::Fine), 3 => Just(Net::Bad), 2 => Just(Net::NoSockets), 1 => Just(Net::BlackHole),
            1 => Just(Net::Down)
        ]
    };
    let any_page = || 0..PAGES.len();
    prop_oneof![
        10 => any_page().prop_map(Op::Send),
        1 => (any_page(), any::<bool>()).prop_map(|(c, on)| Op::Types(c, on)),
        2 => (any_page(), any::<bool>()).prop_map(|(c, on)| Op::Attention(c, on)),
        1 => any_page().prop_map(Op::Wake),
        1 => any_page().prop_map(Op::Earlier),
        1 => any_page().prop_map(Op::Retry),
        1 => any_page().prop_map(Op::Discard),
        1 => any_page().prop_map(Op::Reload),
        2 => (any_page(), 0..6usize).prop_map(|(c, after)| Op::Crash(c, after)),
        4 => (any_page(), net()).prop_map(|(c, net)| Op::Net(c, net)),
        1 => Just(Op::Restart),
        1 => any::<bool>().prop_map(Op::Own),
        1 => (0..20usize).prop_map(Op::Redact),
        1 => (2u8..6).prop_map(Op::Busy),
        1 => (1u8..3).prop_map(Op::Veto),
        1 => any_page().prop_map(Op::Flood),
    ]
}

/// The room may forget all it knew, once.
fn script() -> impl Strategy<Value = Vec<(Ms, Op)>> {
    let ops = prop::collection::vec((0..4_000i64, op()), 1..50);
    (ops, prop::option::weighted(0.2, any::<prop::sample::Index>())).prop_map(|(mut ops, forget)| {
        if let Some(at) = forget {
            ops.insert(at.index(ops.len()), (0, Op::Forget));
        }
        ops
    })
}

/// A half-open socket is the slowest to notice: 15 s of silence, 10 s without a pong, then a new one; and its last
/// frames may have been under way for 3 s. Whoever asks for earlier pages does so one after the other.
const HEALED_WITHIN: Ms = 36_000;

fn settle(world: &mut World) {
    world.heal();
    let hushed = world.pages.iter().map(page::Page::hushed_until).max().unwrap_or(0).max(world.now);
    // The pause is not known to be longer than this.
    let end = hushed + 15_000 + HEALED_WITHIN;
    while !world.is_settled() && world.now < end {
        world.insist();
        world.run_until(world.now + 100);
    }
}

/// Cases cost a few milliseconds: eight times as many as usual. `PROPTEST_CASES` asks for another number.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases * 8, failure_persistence: None, ..usual }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_is_lost_or_doubled_and_everybody_sees_the_same(seed in any::<u32>(), script in script()) {
        let mut world = World::new(seed);
        for (pause, op) in script {
            world.run_until(world.now + pause);
            world.perform(op);
        }
        settle(&mut world);
        for page in &world.pages {
            prop_assert_eq!(&page.thread, &world.room.messages, "the transcript is whole");
            prop_assert_eq!(page.link.outbox(), &[], "nothing is left to send");
            prop_assert_eq!(page.link.receipts(), world.room.receipts, "everybody knows who has read what");
            let seen = page.newest_of_theirs();
            let told = world.room.receipts.of(page.party);
            prop_assert_eq!(told, Receipt { delivered: seen, read: seen }, "and all is read");
        }
        let mut stored: Vec<ClientMsgId> = world.room.messages.iter().filter_map(|message| message.id.clone()).collect();
        for written in &world.written {
            let bound = |id: &&ClientMsgId| !world.excused.contains(*id);
            let in_order: Vec<_> = stored.iter().filter(|id| written.contains(id)).filter(bound).collect();
            prop_assert_eq!(in_order, written.iter().filter(bound).collect::<Vec<_>>(), "in the order of writing");
            let lost = written.iter().find(|id| !stored.contains(id) && !world.given_up.contains(*id));
            prop_assert_eq!(lost, None, "lost");
        }
        let unkept = stored.iter().find(|id| !world.written.iter().any(|written| written.contains(id)));
        prop_assert_eq!(unkept, None, "sent before it was kept");
        let all = stored.len();
        stored.sort();
        stored.dedup();
        prop_assert_eq!(stored.len(), all, "stored once");
        prop_assert!(world.shelves.iter().all(|shelf| shelf.0.is_empty()), "nothing is left to keep");
        world.run_until(world.now + 90_000);
        for page in &world.pages {
            prop_assert!(matches!(page.link.phase(), Phase::Open { .. }), "back on a socket: {:?}", page.link.phase());
            prop_assert!(!page.other_types, "nobody types for ever");
        }
    }

    /// However bad the network, and whether or not the server holds what it should, the link is no burden: at most two
    /// calls a second on average.
    #[test]
    fn no_network_makes_the_link_run_hot(seed in any::<u32>(), holds in any::<bool>(), net in prop_oneof![
        Just(Net::Bad), Just(Net::NoSockets), Just(Net::BlackHole), Just(Net::Down)
    ]) {
        let mut world = World::new(seed);
        world.holds = holds;
        (0..PAGES.len()).for_each(|c| world.perform(Op::Attention(c, true)));
        (0..PAGES.len()).for_each(|c| world.perform(Op::Send(c)));
        world.run_until(1_000);
        (0..PAGES.len()).for_each(|c| world.perform(Op::Net(c, net)));
        world.restart();
        (0..PAGES.len()).for_each(|c| world.perform(Op::Send(c)));
        world.pages.iter_mut().for_each(|page| page.calls = 0);
        world.run_until(301_000);
        for page in &world.pages {
            prop_assert!(page.calls <= 600, "{} calls in 300 s under {net:?}", page.calls);
        }
    }
}
