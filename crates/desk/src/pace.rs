//! How fast a line moves, and so how long its next ones wait: out of what was seen, or not at all.

use protocol::Timestamp;
use protocol::room::Place;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Steps that are remembered.
const MOST: usize = 20;
/// Fewer say too little.
const LEAST: usize = 5;
/// Older ones tell of another time of day.
const HOLDS: Duration = Duration::from_secs(3600);
/// Who was served sooner did not stand in line.
const STOOD: Duration = Duration::from_secs(2);

/// One move of a line: somebody was picked up who had waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Step {
    /// When.
    at: Timestamp,
    /// How long it took since the one before, or since the line began.
    took_ms: u32,
}

/// The latest moves of one line. Stored as JSON: tests pin it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    steps: Vec<Step>,
}

impl Pace {
    /// Somebody was picked up at `now` who had waited since `since`. Whether that says anything about the line.
    pub fn step(&mut self, now: Timestamp, since: Timestamp) -> bool {
        if now.since(since) < STOOD {
            return false;
        }
        let from = self.steps.last().map_or(since, |last| last.at.max(since));
        let took_ms = u32::try_from(now.since(from).as_millis()).unwrap_or(u32::MAX);
        if self.steps.len() >= MOST {
            self.steps.remove(0);
        }
        self.steps.push(Step { at: now, took_ms });
        true
    }

    /// Where somebody stands with so many before them, and how long those in that place wait: between as many steps of
    /// the quicker quarter and as many of the slower one. Nothing is said of it where too little is known.
    pub fn place(&self, now: Timestamp, ahead: usize) -> Place {
        let ahead = u32::try_from(ahead).unwrap_or(u32::MAX).min(Place::MOST);
        let mut took: Vec<u32> =
            self.steps.iter().filter(|step| now.since(step.at) < HOLDS).map(|step| step.took_ms).collect();
        if took.len() < LEAST || ahead == Place::MOST {
            return Place { ahead, from_min: None, to_min: None };
        }
        took.sort_unstable();
        let quartile = |number: usize| took.get(took.len() * number / 4).copied().unwrap_or(u32::MAX);
        let whole = |step: u32| u64::from(step) * (u64::from(ahead) + 1);
        let minutes = |ms: u64| u32::try_from(ms).unwrap_or(u32::MAX);
        Place {
            ahead,
            from_min: Some(minutes(whole(quartile(1)) / 60_000)),
            to_min: Some(minutes(whole(quartile(3)).div_ceil(60_000)).max(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp(minutes * 60_000)
    }

    fn every(minutes: i64, times: i64) -> Pace {
        let mut pace = Pace::default();
        for n in 1..=times {
            assert!(pace.step(at(n * minutes), at(0)));
        }
        pace
    }

    #[test]
    fn nothing_is_said_of_the_wait_before_enough_was_seen_and_when_it_was_long_ago() {
        let unknown = |ahead| Place { ahead, from_min: None, to_min: None };
        assert_eq!(every(2, 4).place(at(9), 1), unknown(1));
        assert_eq!(every(2, 5).place(at(75), 1), unknown(1));
        assert_eq!(every(2, 9).place(at(19), 500), unknown(50), "nobody is told a number that moves all the time");
    }

    #[test]
    fn a_steady_line_is_foretold() {
        let place = |ahead| every(2, 8).place(at(17), ahead);
        assert_eq!(place(0), Place { ahead: 0, from_min: Some(2), to_min: Some(2) });
        assert_eq!(place(4), Place { ahead: 4, from_min: Some(10), to_min: Some(10) });
    }

    #[test]
    fn an_uneven_line_gives_a_range() {
        let mut pace = Pace::default();
        for minute in [1, 2, 3, 8, 9, 10, 15, 16, 21, 22, 30, 31] {
            pace.step(at(minute), at(0));
        }
        assert_eq!(pace.place(at(32), 1), Place { ahead: 1, from_min: Some(2), to_min: Some(10) });
    }

    #[test]
    fn who_did_not_wait_says_nothing_of_the_line() {
        let mut pace = Pace::default();
        assert!(!pace.step(Timestamp(11_900), Timestamp(10_000)));
        assert_eq!(pace, Pace::default());
    }

    #[test]
    fn quick_lines_are_less_than_a_minute() {
        let mut pace = Pace::default();
        for n in 1..=6 {
            pace.step(Timestamp(n * 5_000), Timestamp(0));
        }
        assert_eq!(pace.place(Timestamp(31_000), 1), Place { ahead: 1, from_min: Some(0), to_min: Some(1) });
    }
}
