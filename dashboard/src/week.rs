//! The report of the last seven days as a table: one line for each agent, one cell for each day.

use protocol::team::PresenceReport;
use protocol::{AgentId, Timestamp};

const DAY_MS: i64 = 86_400_000;
/// Days of the table.
pub const DAYS: usize = 7;

/// Time on one day, s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// With a live lease.
    pub online: u32,
    /// Of that, ready for visitors.
    pub available: u32,
}

/// One agent's week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Who.
    pub agent: AgentId,
    /// Oldest day first.
    pub days: [Spent; DAYS],
}

/// Seven days, the last of which is today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// When the first day begins.
    pub from: Timestamp,
    /// How many minutes after those of UTC days begin here (for UTC+2: -120).
    pub offset_min: i32,
}

impl Week {
    /// The week that ends with the day of `now`.
    pub fn until(now: Timestamp, offset_min: i32) -> Week {
        let offset_ms = i64::from(offset_min) * 60_000;
        let today = (now.0 - offset_ms).div_euclid(DAY_MS) * DAY_MS + offset_ms;
        Week { from: Timestamp(today - (DAYS as i64 - 1) * DAY_MS), offset_min }
    }

    /// When the last day ends.
    pub fn to(&self) -> Timestamp {
        self.day(DAYS)
    }

    /// When day `n` begins, from 0.
    fn day(&self, n: usize) -> Timestamp {
        Timestamp(self.from.0 + n as i64 * DAY_MS)
    }

    /// The middle of day `n`: summer time may move a midnight by an hour, but noon stays within its day.
    pub fn noon(&self, n: usize) -> Timestamp {
        Timestamp(self.day(n).0 + DAY_MS / 2)
    }

    /// The table, in the order in which agents first appear. What lies outside of the week is left out.
    pub fn lines(&self, report: &PresenceReport) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for item in &report.items {
            let at = usize::try_from((item.day.0 - self.from.0).div_euclid(DAY_MS));
            let Some(at) = at.ok().filter(|&at| at < DAYS) else { continue };
            let line = match lines.iter().position(|line| line.agent == item.agent) {
                Some(known) => &mut lines[known],
                None => lines.push_mut(Line { agent: item.agent.clone(), days: Default::default() }),
            };
            line.days[at] = Spent { online: item.online_s, available: item.available_s };
        }
        lines
    }
}

impl Line {
    /// All days together.
    pub fn sum(&self) -> Spent {
        self.days.iter().fold(Spent::default(), |sum, day| Spent {
            online: sum.online + day.online,
            available: sum.available + day.available,
        })
    }
}

/// Bars are full at least at this, s: a minute online is no long day.
const SHORTEST: u32 = 3_600;

/// The longest day of all, s: bars are drawn in proportion to it.
pub fn longest(lines: &[Line]) -> u32 {
    lines.iter().flat_map(|line| line.days).map(|day| day.online).max().unwrap_or(0).max(SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::team::PresenceDay;

    #[test]
    fn days_begin_at_the_readers_midnight() {
        // 1970-01-11, 23:30 in UTC; in UTC+2 it is already the 12th, in UTC-5 still the 11th.
        let now = Timestamp(10 * DAY_MS + 23 * 3_600_000 + 1_800_000);
        for (offset_min, today) in [(0, 10), (-120, 11), (300, 10)] {
            let week = Week::until(now, offset_min);
            assert_eq!(week.day(6).0, today * DAY_MS + i64::from(offset_min) * 60_000, "{offset_min}");
            assert_eq!(week.to().0 - week.from.0, 7 * DAY_MS);
            assert!(week.day(6) <= now && now < week.to(), "{offset_min}");
        }
    }

    #[test]
    fn every_agent_has_one_line_and_every_day_one_cell() {
        let week = Week::until(Timestamp(10 * DAY_MS), 0);
        let item = |n, day: i64, online_s| PresenceDay {
            agent: AgentId::random(n),
            day: Timestamp(day * DAY_MS),
            online_s,
            available_s: online_s / 2,
        };
        let report = PresenceReport {
            items: vec![item(1, 3, 9), item(1, 4, 100), item(2, 5, 50), item(1, 10, 200), item(3, 11, 9)],
        };
        let lines = week.lines(&report);
        assert_eq!(lines.iter().map(|line| line.agent.clone()).collect::<Vec<_>>(), [1, 2].map(AgentId::random));
        assert_eq!(lines[0].days.map(|day| day.online), [100, 0, 0, 0, 0, 0, 200]);
        assert_eq!(lines[0].sum(), Spent { online: 300, available: 150 });
        assert_eq!(lines[1].sum(), Spent { online: 50, available: 25 });
        assert_eq!((longest(&lines), longest(&[])), (3_600, 3_600));
        let long = week.lines(&PresenceReport { items: vec![item(1, 4, 9_000)] });
        assert_eq!(longest(&long), 9_000);
    }
}
