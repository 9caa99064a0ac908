//! What happens in a round of a storm, and when: all of it rolled before.

use e2e::{Dice, Direction, Door, Way, Weather};
use std::time::Duration;

/// How long a round rages.
const ROUND_MS: u32 = 2_000;
/// Messages of one page in it.
const TEXTS: u32 = 3;
/// Bytes after which a connection is cut: within a frame or a few.
const CUT: (u32, u32) = (1, 400);

/// One thing that happens.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    /// Somebody writes.
    Write(usize),
    /// A page dies after so many more things that its link wants done.
    Die(usize, u32),
    /// A page is reloaded.
    Reload(usize),
    /// A page is looked at again.
    Wake(usize),
    /// A road has other weather.
    Weather(usize, Weather),
    /// A road resets all that it carries.
    Reset(usize),
    /// A road cuts all that it carries after so many bytes.
    Cut(usize, Direction, usize),
    /// The runtime dies.
    Kill,
}

/// A round: so many faults of roads, and perhaps a kill.
pub fn round(dice: &mut Dice, parties: usize, roads: usize, faults: u32, kills: bool) -> Vec<(Duration, Deed)> {
    let mut deeds = Vec::new();
    for party in 0..parties {
        deeds.extend((0..TEXTS).map(|_| Deed::Write(party)));
    }
    deeds.extend((0..faults).map(|_| fault(dice, roads)));
    deeds.extend((0..2).map(|_| Deed::Die(dice.below(parties), dice.between(0, 30))));
    deeds.push(Deed::Reload(dice.below(parties)));
    deeds.push(Deed::Wake(dice.below(parties)));
    deeds.extend(kills.then_some(Deed::Kill));
    let mut plan: Vec<_> = deeds.into_iter().map(|deed| (dice.millis(0, ROUND_MS), deed)).collect();
    plan.sort_by_key(|(at, _)| *at);
    plan
}

fn fault(dice: &mut Dice, roads: usize) -> Deed {
    let road = dice.below(roads);
    match dice.below(10) {
        0 | 1 => Deed::Reset(road),
        2 | 3 => {
            let direction = *dice.one_of(&[Direction::Up, Direction::Down]);
            Deed::Cut(road, direction, usize::try_from(dice.between(CUT.0, CUT.1)).unwrap())
        }
        4 => Deed::Weather(road, Weather { door: Door::Refuses, ..Weather::default() }),
        5 => Deed::Weather(road, Weather { door: Door::ForbidsSockets, ..Weather::default() }),
        kind => Deed::Weather(road, bad(dice, kind)),
    }
}

/// Weather that is bad one way, or both.
fn bad(dice: &mut Dice, kind: usize) -> Weather {
    let way = match kind {
        6 => Way { delay: dice.millis(20, 500), ..Way::default() },
        7 => Way { stall: dice.millis(200, 1_500), ..Way::default() },
        8 => Way { rate: dice.between(300, 5_000), ..Way::default() },
        _ => Way { swallow: true, ..Way::default() },
    };
    match dice.below(3) {
        0 => Weather { up: way, ..Weather::default() },
        1 => Weather { down: way, ..Weather::default() },
        _ => Weather::both(way),
    }
}
