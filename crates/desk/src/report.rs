//! Time per agent and day, out of the log of presence changes.

use protocol::team::{PresenceChange, PresenceDay};
use protocol::{AgentId, Intent, Reachability, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// How long each agent was online and available on each day between `from` and `to`, oldest first. `changes` are those
/// of that time and each agent's last before it, in any order; what nothing changed goes on until `now`. Days begin
/// `offset_min` minutes after those of UTC.
pub fn per_day(
    mut changes: Vec<PresenceChange>,
    from: Timestamp,
    to: Timestamp,
    offset_min: i32,
    now: Timestamp,
) -> Vec<PresenceDay> {
    changes.sort_by(|a, b| (&a.agent, a.at).cmp(&(&b.agent, b.at)));
    let mut days = Days { offset_ms: i64::from(offset_min) * 60_000, sums: BTreeMap::new() };
    let end = to.min(now);
    for (at, change) in changes.iter().enumerate() {
        let next = changes.get(at + 1).filter(|next| next.agent == change.agent);
        let until = next.map_or(end, |next| next.at.min(end));
        days.add(change, change.at.max(from), until);
    }
    days.sums
        .into_iter()
        .map(|((day, agent), sum)| PresenceDay {
            agent,
            day,
            online_s: seconds(sum.online),
            available_s: seconds(sum.available),
        })
        .collect()
}

#[derive(Default)]
struct Sum {
    online: Duration,
    available: Duration,
}

struct Days {
    offset_ms: i64,
    sums: BTreeMap<(Timestamp, AgentId), Sum>,
}

impl Days {
    /// Counts a state that held from `begin` to `end`, over the midnights between.
    fn add(&mut self, state: &PresenceChange, mut begin: Timestamp, end: Timestamp) {
        let (online, available) = match state.reachability {
            Reachability::Connected => (true, state.intent == Intent::Available),
            Reachability::Idle => (true, false),
            Reachability::Grace | Reachability::Offline => (false, false),
        };
        while online && begin < end {
            let day = self.day_of(begin);
            let part_end = Timestamp(day.0 + DAY_MS).min(end);
            let sum = self.sums.entry((day, state.agent.clone())).or_default();
            sum.online += part_end.since(begin);
            if available {
                sum.available += part_end.since(begin);
            }
            begin = part_end;
        }
    }

    fn day_of(&self, at: Timestamp) -> Timestamp {
        Timestamp((at.0 - self.offset_ms).div_euclid(DAY_MS) * DAY_MS + self.offset_ms)
    }
}

fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Cause;

    const HOUR: i64 = 3600 * 1000;

    fn change(n: u128, hours: i64, reachability: Reachability, intent: Intent) -> PresenceChange {
        let (agent, at) = (AgentId::random(n), Timestamp(hours * HOUR));
        PresenceChange { agent, at, reachability, intent, cause: Cause::Manual, by: None }
    }

    fn hours(day: &PresenceDay) -> (i64, u32, u32) {
        (day.day.0 / HOUR, day.online_s / 3600, day.available_s / 3600)
    }

    #[test]
    fn a_shift_over_midnight_counts_on_both_days_and_only_within_the_time_asked_for() {
        use Reachability::{Connected, Idle, Offline};
        let changes = vec![
            change(1, 30, Offline, Intent::Available),
            change(1, 20, Connected, Intent::Available),
            change(1, 25, Connected, Intent::Break),
            change(1, 26, Idle, Intent::Available),
            change(2, 1, Connected, Intent::Available),
        ];
        let of = |n: u128, from: i64, to: i64, now: i64| {
            let days = per_day(changes.clone(), Timestamp(from * HOUR), Timestamp(to * HOUR), 0, Timestamp(now * HOUR));
            days.iter().filter(|day| day.agent == AgentId::random(n)).map(hours).collect::<Vec<_>>()
        };
        assert_eq!(of(1, 0, 48, 48), [(0, 4, 4), (24, 6, 1)]);
        assert_eq!(of(1, 22, 25, 48), [(0, 2, 2), (24, 1, 1)]);
        assert_eq!(of(2, 0, 48, 3), [(0, 2, 2)], "it goes on until now");
        assert_eq!(of(2, 24, 48, 27), [(24, 3, 3)], "what began before counts from the beginning of the time");
    }

    #[test]
    fn days_begin_where_the_reader_lives() {
        let changes = vec![
            change(1, 21, Reachability::Connected, Intent::Available),
            change(1, 23, Reachability::Offline, Intent::Available),
        ];
        // UTC+2: midnight is at 22:00 UTC.
        let days = per_day(changes, Timestamp(0), Timestamp(48 * HOUR), -120, Timestamp(48 * HOUR));
        assert_eq!(days.iter().map(hours).collect::<Vec<_>>(), [(-2, 1, 1), (22, 1, 1)]);
    }
}
