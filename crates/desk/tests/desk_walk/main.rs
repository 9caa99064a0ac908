//! Random walks of the desk: everything that may happen to people, lines, offers and owners, in any order, late, twice
//! and by the wrong one, with a clock that jumps and a desk that falls asleep. Beside it goes a model of lists and
//! loops that checks every single decision.
//!
//! `DESK_WALK_STEPS` sets the length of the one long walk (100,000 take half a minute of a core), `DESK_WALK_SEED` its way.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod model;
mod ops;
mod walk;

use common::*;
use ops::op;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use walk::Walk;

/// Steps of the long walk in an ordinary run.
const LONG: usize = 100_000;

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn the_desk_does_what_the_words_say(ops in prop::collection::vec(op(), 1..150)) {
        let mut walk = Walk::new(1);
        ops.iter().for_each(|op| walk.step(op));
    }

    /// Every input ticks by itself: nobody relies on somebody having looked at the clock.
    #[test]
    fn time_counts_though_nobody_has_ticked(
        ops in prop::collection::vec(op(), 1..80), sleep in 0..STALE * 2, last in op(),
    ) {
        let mut walk = Walk::new(1);
        ops.iter().for_each(|op| walk.step(op));
        walk.compare_without_a_tick(sleep, &last);
    }
}

/// One desk that nothing is ever cleared of: what only goes wrong after a long time.
#[test]
fn one_desk_walks_for_long() {
    let steps = std::env::var("DESK_WALK_STEPS").ok().and_then(|n| n.parse().ok()).unwrap_or(LONG);
    let seed = std::env::var("DESK_WALK_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(7u8);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    let (ops, mut walk) = (op(), Walk::new(16));
    for _ in 0..steps {
        let op = ops.new_tree(&mut runner).unwrap().current();
        walk.step(&op);
    }
    walk.report(steps);
}
