//! Who is reachable. One lease per tab or API client; an agent is reachable while any lease lives; closing the
//! last one starts a grace for reloads; a lease that is not renewed in time dies without anybody asking.

use protocol::team::PresenceSettings;
use protocol::{Intent, Reachability, SessionId, SignInId, Status, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long presence outlasts its proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// A lease not renewed for this long is dead. Three missed beats of 15 s, where nobody says otherwise.
    pub stale_after: Duration,
    /// After the last tab closed, its agent's conversations stay theirs for this long: a reload takes less.
    pub grace: Duration,
}

impl From<PresenceSettings> for Rules {
    fn from(settings: PresenceSettings) -> Rules {
        let millis = |ms: u32| Duration::from_millis(ms.into());
        Rules { stale_after: millis(settings.stale_after_ms), grace: millis(settings.grace_ms) }
    }
}

/// Proof that somebody is there, good for [`Rules::stale_after`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// By which sign-in.
    pub sign_in: SignInId,
    /// The last beat, by our clock.
    pub seen: Timestamp,
    /// Nobody touches it.
    pub idle: bool,
    /// It beats by HTTP, and so has no socket that knows of its beats.
    pub api: bool,
}

/// One agent's leases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// At least one lease lives.
    Connected {
        /// Never empty.
        leases: BTreeMap<SessionId, Lease>,
    },
    /// The last tab was closed a moment ago.
    Grace {
        /// Until then the agent keeps what they own.
        until: Timestamp,
        /// When it was closed.
        seen: Timestamp,
        /// By which sign-in it was open.
        sign_in: SignInId,
        /// Nobody was at it.
        idle: bool,
    },
    /// Gone.
    Offline {
        /// The last proof of life, if there ever was one.
        seen: Option<Timestamp>,
    },
}

impl Presence {
    /// A new tab, or the next beat of an API client.
    pub fn open(&mut self, session: SessionId, lease: Lease) {
        match self {
            Presence::Connected { leases } => {
                leases.insert(session, lease);
            }
            Presence::Grace { .. } | Presence::Offline { .. } => {
                *self = Presence::Connected { leases: BTreeMap::from([(session, lease)]) };
            }
        }
    }

    /// Proof that a tab lived at `at`. Never moves a lease back, and never revives a dead one.
    pub fn beat(&mut self, session: &SessionId, at: Timestamp) {
        if let Some(lease) = self.lease_mut(session) {
            lease.seen = at.max(lease.seen);
        }
    }

    /// Somebody is at a tab, or nobody is any more.
    pub fn idle(&mut self, session: &SessionId, on: bool) {
        if let Some(lease) = self.lease_mut(session) {
            lease.idle = on;
        }
    }

    /// Takes every API client as having just beaten: they were told to beat by a longer rule.
    pub fn forgive(&mut self, now: Timestamp) {
        if let Presence::Connected { leases } = self {
            leases.values_mut().filter(|lease| lease.api).for_each(|lease| lease.seen = now);
        }
    }

    /// A tab was closed. The last one to go starts the grace.
    pub fn close(&mut self, now: Timestamp, session: &SessionId, rules: &Rules) {
        let Presence::Connected { leases } = self else { return };
        if let Some(lease) = leases.remove(session)
            && leases.is_empty()
        {
            let Lease { sign_in, idle, .. } = lease;
            *self = Presence::Grace { until: now + rules.grace, seen: now, sign_in, idle };
        }
    }

    /// A sign-in has ended, and with it all that was opened by it: no grace.
    pub fn end(&mut self, now: Timestamp, sign_in: &SignInId) {
        match self {
            Presence::Connected { leases } => {
                leases.retain(|_, lease| lease.sign_in != *sign_in);
                self.offline_if_empty(now);
            }
            Presence::Grace { seen, sign_in: last, .. } if last == sign_in => {
                *self = Presence::Offline { seen: Some(*seen) };
            }
            Presence::Grace { .. } | Presence::Offline { .. } => {}
        }
    }

    /// An API client says that it goes.
    pub fn leave(&mut self, now: Timestamp, session: &SessionId) {
        if let Presence::Connected { leases } = self {
            leases.remove(session);
            self.offline_if_empty(now);
        }
    }

    /// Lets everything expire whose time has come, and names the tabs that fell silent. Harmless to repeat.
    pub fn tick(&mut self, now: Timestamp, rules: &Rules) -> Vec<SessionId> {
        let mut silent = Vec::new();
        match self {
            Presence::Connected { leases } => {
                let last = leases.values().map(|lease| lease.seen).max();
                leases.retain(|session, lease| {
                    let lives = now < lease.seen + rules.stale_after;
                    if !lives {
                        silent.push(session.clone());
                    }
                    lives
                });
                // Silence for `stale_after` is longer than any reload: no further grace.
                self.offline_if_empty(last.unwrap_or(now));
            }
            Presence::Grace { until, seen, .. } if *until <= now => *self = Presence::Offline { seen: Some(*seen) },
            Presence::Grace { .. } | Presence::Offline { .. } => {}
        }
        silent
    }

    /// The clock was set back to `now`: nothing may have been proven later, or would live for too long.
    pub fn rewind(&mut self, now: Timestamp, rules: &Rules) {
        match self {
            Presence::Connected { leases } => leases.values_mut().for_each(|lease| lease.seen = lease.seen.min(now)),
            Presence::Grace { until, .. } => *until = (*until).min(now + rules.grace),
            Presence::Offline { .. } => {}
        }
    }

    /// When [`Presence::tick`] has something to do next, should no beat come.
    pub fn next_deadline(&self, rules: &Rules) -> Option<Timestamp> {
        match self {
            Presence::Connected { leases } => leases.values().map(|lease| lease.seen + rules.stale_after).min(),
            Presence::Grace { until, .. } => Some(*until),
            Presence::Offline { .. } => None,
        }
    }

    /// What the leases prove, as of the last tick.
    pub fn reachability(&self) -> Reachability {
        match self {
            Presence::Connected { leases } if leases.values().all(|lease| lease.idle) => Reachability::Idle,
            Presence::Connected { .. } => Reachability::Connected,
            Presence::Grace { .. } => Reachability::Grace,
            Presence::Offline { .. } => Reachability::Offline,
        }
    }

    /// Until when somebody is proven to be at it, or expected back, if no beat comes any more.
    pub fn attended_until(&self, rules: &Rules) -> Option<Timestamp> {
        match self {
            Presence::Connected { leases } => {
                leases.values().filter(|lease| !lease.idle).map(|lease| lease.seen + rules.stale_after).max()
            }
            Presence::Grace { until, idle: false, .. } => Some(*until),
            Presence::Grace { idle: true, .. } | Presence::Offline { .. } => None,
        }
    }

    /// The last proof of life of one who is not connected.
    pub fn seen_at(&self) -> Option<Timestamp> {
        match self {
            Presence::Connected { .. } => None,
            Presence::Grace { seen, .. } => Some(*seen),
            Presence::Offline { seen } => *seen,
        }
    }

    /// Live leases.
    pub fn leases(&self) -> impl Iterator<Item = (&SessionId, &Lease)> {
        match self {
            Presence::Connected { leases } => Some(leases.iter()),
            Presence::Grace { .. } | Presence::Offline { .. } => None,
        }
        .into_iter()
        .flatten()
    }

    /// Whether something of this sign-in lives, or was closed a moment ago.
    pub fn is_by(&self, sign_in: &SignInId) -> bool {
        match self {
            Presence::Connected { leases } => leases.values().any(|lease| lease.sign_in == *sign_in),
            Presence::Grace { sign_in: last, .. } => last == sign_in,
            Presence::Offline { .. } => false,
        }
    }

    fn lease_mut(&mut self, session: &SessionId) -> Option<&mut Lease> {
        match self {
            Presence::Connected { leases } => leases.get_mut(session),
            Presence::Grace { .. } | Presence::Offline { .. } => None,
        }
    }

    fn offline_if_empty(&mut self, seen: Timestamp) {
        if matches!(self, Presence::Connected { leases } if leases.is_empty()) {
            *self = Presence::Offline { seen: Some(seen) };
        }
    }
}

/// The one value shown.
pub fn status(reachability: Reachability, intent: Intent, load: u32, capacity: u32) -> Status {
    match (reachability, intent) {
        (Reachability::Grace | Reachability::Offline, _) => Status::Offline,
        (_, Intent::Busy) => Status::Busy,
        (_, Intent::Away) => Status::Away,
        (_, Intent::InMeeting) => Status::InMeeting,
        (_, Intent::Break) => Status::Break,
        (_, Intent::DoNotDisturb) => Status::DoNotDisturb,
        (Reachability::Idle, Intent::Available) => Status::Away,
        (Reachability::Connected, Intent::Available) if load >= capacity => Status::Busy,
        (Reachability::Connected, Intent::Available) => Status::Available,
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

    fn lease(seconds: i64) -> Lease {
        Lease { sign_in: SignInId::random(1), seen: at(seconds), idle: false, api: false }
    }

    fn connected(seconds: i64, tabs: &[u128]) -> Presence {
        let mut presence = Presence::Offline { seen: None };
        tabs.iter().for_each(|n| presence.open(tab(*n), lease(seconds)));
        presence
    }

    #[test]
    fn closing_one_of_two_tabs_changes_nothing_and_the_last_one_starts_the_grace() {
        let mut presence = connected(0, &[1, 2]);
        presence.close(at(1), &tab(1), &RULES);
        assert_eq!(presence.reachability(), Reachability::Connected);
        presence.close(at(2), &tab(2), &RULES);
        presence.tick(at(11), &RULES);
        assert_eq!(presence.reachability(), Reachability::Grace);
        presence.tick(at(12), &RULES);
        assert_eq!(presence, Presence::Offline { seen: Some(at(2)) });
    }

    #[test]
    fn a_reload_within_the_grace_leaves_no_trace() {
        let mut presence = connected(0, &[1]);
        presence.close(at(1), &tab(1), &RULES);
        presence.open(tab(2), lease(3));
        presence.tick(at(40), &RULES);
        assert_eq!(presence.reachability(), Reachability::Connected);
    }

    #[test]
    fn a_silent_tab_dies_at_stale_after_and_not_before() {
        let mut presence = connected(0, &[1]);
        presence.beat(&tab(1), at(10));
        assert_eq!(presence.next_deadline(&RULES), Some(at(55)));
        assert_eq!(presence.tick(Timestamp(54_999), &RULES), []);
        assert_eq!(presence.tick(at(55), &RULES), [tab(1)]);
        assert_eq!(presence, Presence::Offline { seen: Some(at(10)) });
    }

    #[test]
    fn late_and_foreign_beats_change_nothing() {
        let mut presence = connected(20, &[1]);
        presence.beat(&tab(1), at(5));
        presence.beat(&tab(9), at(500));
        assert_eq!(presence.next_deadline(&RULES), Some(at(65)));
        presence.tick(at(65), &RULES);
        presence.beat(&tab(1), at(66));
        assert_eq!(presence.reachability(), Reachability::Offline);
    }

    #[test]
    fn an_agent_is_idle_when_nobody_is_at_any_tab() {
        let mut presence = connected(0, &[1, 2]);
        presence.idle(&tab(1), true);
        assert_eq!(presence.reachability(), Reachability::Connected);
        presence.idle(&tab(2), true);
        assert_eq!((presence.reachability(), presence.attended_until(&RULES)), (Reachability::Idle, None));
        presence.idle(&tab(2), false);
        assert_eq!(presence.reachability(), Reachability::Connected);
    }

    #[test]
    fn nobody_expects_back_who_had_left_before_the_tab_was_closed() {
        let mut presence = connected(0, &[1]);
        presence.idle(&tab(1), true);
        presence.close(at(1), &tab(1), &RULES);
        assert_eq!((presence.reachability(), presence.attended_until(&RULES)), (Reachability::Grace, None));
    }

    #[test]
    fn a_sign_in_that_ends_takes_its_tabs_and_its_grace_along() {
        let mut presence = connected(0, &[1, 2]);
        presence.end(at(1), &SignInId::random(2));
        assert_eq!(presence.reachability(), Reachability::Connected);
        presence.end(at(1), &SignInId::random(1));
        assert_eq!(presence, Presence::Offline { seen: Some(at(1)) });

        let mut presence = connected(0, &[1]);
        presence.close(at(1), &tab(1), &RULES);
        presence.end(at(2), &SignInId::random(2));
        assert_eq!(presence.reachability(), Reachability::Grace);
        presence.end(at(2), &SignInId::random(1));
        assert_eq!(presence.reachability(), Reachability::Offline);
    }

    #[test]
    fn a_clock_set_back_makes_nothing_live_longer() {
        let mut presence = connected(1000, &[1]);
        presence.rewind(at(100), &RULES);
        assert_eq!(presence.next_deadline(&RULES), Some(at(145)));
        presence.close(at(1000), &tab(1), &RULES);
        presence.rewind(at(100), &RULES);
        assert_eq!(presence.next_deadline(&RULES), Some(at(110)));
    }

    #[test]
    fn status_is_derived() {
        use Reachability::{Connected, Grace, Idle, Offline};
        for (reachability, intent, load, expected) in [
            (Offline, Intent::Available, 0, Status::Offline),
            (Grace, Intent::Available, 0, Status::Offline),
            (Offline, Intent::Away, 0, Status::Offline),
            (Connected, Intent::Available, 4, Status::Available),
            (Connected, Intent::Available, 5, Status::Busy),
            (Idle, Intent::Available, 0, Status::Away),
            (Idle, Intent::Available, 5, Status::Away),
            (Idle, Intent::DoNotDisturb, 0, Status::DoNotDisturb),
            (Connected, Intent::Away, 5, Status::Away),
            (Connected, Intent::DoNotDisturb, 0, Status::DoNotDisturb),
        ] {
            assert_eq!(status(reachability, intent, load, 5), expected, "{reachability:?} {intent:?} {load}");
        }
    }
}
