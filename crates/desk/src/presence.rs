//! Who is reachable. One lease per tab; an agent is reachable while any lease lives; closing the last one
//! starts a grace for reloads; a lease that is not renewed in time dies without anybody asking.

use protocol::{Intent, SessionId, Status, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long presence outlasts its proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// A lease not renewed for this long is dead. Three missed beats of 15 s.
    pub stale_after: Duration,
    /// After the last tab closed, its agent's conversations stay theirs for this long: a reload takes less.
    pub grace: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { stale_after: Duration::from_secs(45), grace: Duration::from_secs(10) }
    }
}

/// One agent's leases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Presence {
    /// At least one lease lives.
    Connected {
        /// Each with the time of its last beat. Never empty.
        leases: BTreeMap<SessionId, Timestamp>,
    },
    /// The last tab was closed a moment ago.
    Grace {
        /// Until then the agent keeps what they own.
        until: Timestamp,
    },
    /// Gone.
    Offline {
        /// Since when.
        since: Timestamp,
    },
}

impl Presence {
    /// A new tab.
    pub fn open(&mut self, now: Timestamp, session: SessionId) {
        match self {
            Presence::Connected { leases } => {
                leases.insert(session, now);
            }
            Presence::Grace { .. } | Presence::Offline { .. } => {
                *self = Presence::Connected { leases: BTreeMap::from([(session, now)]) };
            }
        }
    }

    /// Proof that a tab lived at `at`. Never moves a lease back, and never revives a dead one.
    pub fn beat(&mut self, session: &SessionId, at: Timestamp) {
        if let Presence::Connected { leases } = self
            && let Some(seen) = leases.get_mut(session)
        {
            *seen = at.max(*seen);
        }
    }

    /// A tab was closed. The last one to go starts the grace.
    pub fn close(&mut self, now: Timestamp, session: &SessionId, rules: &Rules) {
        if let Presence::Connected { leases } = self {
            leases.remove(session);
            if leases.is_empty() {
                *self = Presence::Grace { until: now + rules.grace };
            }
        }
    }

    /// The agent signed out, or was signed out, everywhere: no grace.
    pub fn leave(&mut self, now: Timestamp, session: &SessionId) {
        if let Presence::Connected { leases } = self {
            leases.remove(session);
            if leases.is_empty() {
                *self = Presence::Offline { since: now };
            }
        }
    }

    /// Lets everything expire whose time has come. Harmless to repeat.
    pub fn tick(&mut self, now: Timestamp, rules: &Rules) {
        match self {
            Presence::Connected { leases } => {
                leases.retain(|_, seen| now < *seen + rules.stale_after);
                if leases.is_empty() {
                    // Silence for `stale_after` is longer than any reload: no further grace.
                    *self = Presence::Offline { since: now };
                }
            }
            Presence::Grace { until } if *until <= now => *self = Presence::Offline { since: now },
            Presence::Grace { .. } | Presence::Offline { .. } => {}
        }
    }

    /// When [`Presence::tick`] has something to do next, should no beat come.
    pub fn next_deadline(&self, rules: &Rules) -> Option<Timestamp> {
        match self {
            Presence::Connected { leases } => leases.values().min().map(|seen| *seen + rules.stale_after),
            Presence::Grace { until } => Some(*until),
            Presence::Offline { .. } => None,
        }
    }

    /// Whether a lease lives at `now`, even if nobody has ticked since it died.
    pub fn is_connected(&self, now: Timestamp, rules: &Rules) -> bool {
        match self {
            Presence::Connected { leases } => leases.values().any(|seen| now < *seen + rules.stale_after),
            Presence::Grace { .. } | Presence::Offline { .. } => false,
        }
    }

    /// Whether the agent was here, or expected back in a moment, at the last tick.
    pub fn is_expected(&self) -> bool {
        match self {
            Presence::Connected { .. } | Presence::Grace { .. } => true,
            Presence::Offline { .. } => false,
        }
    }
}

/// The one value shown.
pub fn status(connected: bool, intent: Intent, load: u32, capacity: u32) -> Status {
    if !connected {
        return Status::Offline;
    }
    match intent {
        Intent::Available if load >= capacity => Status::Busy,
        Intent::Available => Status::Available,
        Intent::Busy => Status::Busy,
        Intent::Away => Status::Away,
        Intent::InMeeting => Status::InMeeting,
        Intent::Break => Status::Break,
        Intent::DoNotDisturb => Status::DoNotDisturb,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { stale_after: Duration::from_secs(45), grace: Duration::from_secs(10) };

    fn tab(n: u128) -> SessionId {
        SessionId::random(n)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1000)
    }

    fn offline() -> Presence {
        Presence::Offline { since: at(0) }
    }

    #[test]
    fn closing_one_of_two_tabs_changes_nothing_and_the_last_one_starts_the_grace() {
        let mut presence = offline();
        presence.open(at(0), tab(1));
        presence.open(at(0), tab(2));
        presence.close(at(1), &tab(1), &RULES);
        assert!(presence.is_connected(at(1), &RULES));
        presence.close(at(2), &tab(2), &RULES);
        assert_eq!(presence, Presence::Grace { until: at(12) });
        presence.tick(at(11), &RULES);
        assert!(presence.is_expected() && !presence.is_connected(at(11), &RULES));
        presence.tick(at(12), &RULES);
        assert_eq!(presence, Presence::Offline { since: at(12) });
    }

    #[test]
    fn a_reload_within_the_grace_leaves_no_trace() {
        let mut presence = offline();
        presence.open(at(0), tab(1));
        presence.close(at(1), &tab(1), &RULES);
        presence.open(at(3), tab(2));
        presence.tick(at(40), &RULES);
        assert!(presence.is_connected(at(40), &RULES));
    }

    #[test]
    fn a_silent_tab_is_dead_after_stale_after_even_if_nobody_ticks() {
        let mut presence = offline();
        presence.open(at(0), tab(1));
        presence.beat(&tab(1), at(10));
        assert!(presence.is_connected(at(54), &RULES));
        assert!(!presence.is_connected(at(55), &RULES));
        assert_eq!(presence.next_deadline(&RULES), Some(at(55)));
    }

    #[test]
    fn late_and_foreign_beats_change_nothing() {
        let mut presence = offline();
        presence.open(at(20), tab(1));
        presence.beat(&tab(1), at(5));
        presence.beat(&tab(9), at(500));
        assert_eq!(presence.next_deadline(&RULES), Some(at(65)));
        presence.tick(at(65), &RULES);
        presence.beat(&tab(1), at(66));
        assert_eq!(presence, Presence::Offline { since: at(65) });
    }

    #[test]
    fn status_is_derived() {
        for (connected, intent, load, expected) in [
            (false, Intent::Available, 0, Status::Offline),
            (false, Intent::Away, 0, Status::Offline),
            (true, Intent::Available, 4, Status::Available),
            (true, Intent::Available, 5, Status::Busy),
            (true, Intent::Away, 5, Status::Away),
            (true, Intent::DoNotDisturb, 0, Status::DoNotDisturb),
        ] {
            assert_eq!(status(connected, intent, load, 5), expected, "{connected} {intent:?} {load}");
        }
    }
}
