//! Presence as DESIGN.md words it, in lists small enough to be believed: people, their tabs, who has what.

use crate::common::*;
use desk::desk::{By, Input, Profile, Roster, Verb};
use desk::notice::ToDesk;
use protocol::team::{PresenceChange, PresenceSettings};
use protocol::{
    AgentId, Cause, ConversationId, DepartmentId, HandoffId, Intent, Reachability, SessionId, SignInId, Status,
    Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq)]
pub struct Tab {
    pub sign_in: SignInId,
    pub proven: i64,
    pub idle: bool,
    pub api: bool,
}

/// The last tab was closed, by this sign-in.
#[derive(Debug, Clone, PartialEq)]
pub struct Grace {
    pub until: i64,
    pub closed: i64,
    pub sign_in: SignInId,
    pub idle: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub profile: Profile,
    pub intent: Intent,
    pub tabs: BTreeMap<SessionId, Tab>,
    pub grace: Option<Grace>,
    pub seen: Option<i64>,
    pub since: i64,
}

impl Person {
    pub fn reachability(&self) -> Reachability {
        match (self.tabs.is_empty(), &self.grace) {
            (true, Some(_)) => Reachability::Grace,
            (true, None) => Reachability::Offline,
            (false, _) if self.tabs.values().all(|tab| tab.idle) => Reachability::Idle,
            (false, _) => Reachability::Connected,
        }
    }

    fn uses(&self, sign_in: &SignInId) -> bool {
        self.tabs.values().any(|tab| tab.sign_in == *sign_in)
            || self.grace.as_ref().is_some_and(|grace| grace.sign_in == *sign_in)
    }

    /// Here and willing, or expected back.
    fn is_willing(&self) -> bool {
        // Whoever had left before the tab was closed is not expected back.
        let expected = self.grace.as_ref().is_some_and(|grace| !grace.idle);
        (self.reachability() == Reachability::Connected || expected) && self.intent == Intent::Available
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub owner: Option<AgentId>,
    pub epoch: u32,
}

/// What others are to hear of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct News {
    pub changes: Vec<PresenceChange>,
    pub seen: Vec<(SignInId, i64)>,
    pub silent: Vec<SessionId>,
    pub hung_up: Vec<SignInId>,
    pub told: Vec<(ConversationId, SignInId)>,
}

#[derive(Debug, Clone)]
pub struct Model {
    pub settings: PresenceSettings,
    pub roster: u32,
    pub access: u32,
    pub departments: Vec<DepartmentId>,
    pub people: BTreeMap<AgentId, Person>,
    /// Whose each sign-in is, and until when it is good.
    pub issued: BTreeMap<SignInId, (AgentId, i64)>,
    pub rooms: BTreeMap<SignInId, BTreeSet<ConversationId>>,
    pub rows: BTreeMap<HandoffId, Row>,
    /// Who said of what is over that it is.
    pub resolved: BTreeMap<HandoffId, AgentId>,
    pub heard: BTreeSet<HandoffId>,
    pub latest: i64,
    pub news: News,
}

impl Model {
    pub fn new() -> Model {
        Model {
            settings: SETTINGS,
            roster: 0,
            access: 0,
            departments: Vec::new(),
            people: BTreeMap::new(),
            issued: BTreeMap::new(),
            rooms: BTreeMap::new(),
            rows: BTreeMap::new(),
            resolved: BTreeMap::new(),
            heard: BTreeSet::new(),
            latest: i64::MIN,
            news: News::default(),
        }
    }

    fn stale(&self) -> i64 {
        self.settings.stale_after_ms.into()
    }

    fn grace(&self) -> i64 {
        self.settings.grace_ms.into()
    }

    pub fn load(&self, agent: &AgentId) -> u32 {
        self.rows.values().filter(|row| row.owner.as_ref() == Some(agent)).count() as u32
    }

    /// "`offline` without a live lease; else the intent if not `available`; else `away` if idle; else `busy` at
    /// capacity; else `available`."
    pub fn status(&self, person: &Person) -> Status {
        if person.tabs.is_empty() {
            return Status::Offline;
        }
        match person.intent {
            Intent::Busy => Status::Busy,
            Intent::Away => Status::Away,
            Intent::InMeeting => Status::InMeeting,
            Intent::Break => Status::Break,
            Intent::DoNotDisturb => Status::DoNotDisturb,
            Intent::Available if person.tabs.values().all(|tab| tab.idle) => Status::Away,
            Intent::Available if self.load(&person.profile.id) >= person.profile.capacity => Status::Busy,
            Intent::Available => Status::Available,
        }
    }

    pub fn is_covered(&self, department: &DepartmentId) -> bool {
        let members = self.people.values().filter(|person| person.profile.departments.contains(department));
        let mut able = members.filter(|p| p.is_willing() && self.load(&p.profile.id) < p.profile.capacity);
        able.next().is_some()
    }

    /// Until when it is proven that somebody could answer.
    pub fn open_until(&self) -> Option<i64> {
        let until = |person: &Person| match &person.grace {
            Some(grace) => Some(grace.until),
            None => person.tabs.values().filter(|tab| !tab.idle).map(|tab| tab.proven + self.stale()).max(),
        };
        self.people.values().filter(|person| person.is_willing()).filter_map(until).max()
    }

    /// Sign-ins by which something is open.
    pub fn known(&self) -> BTreeSet<SignInId> {
        let used = |id: &&SignInId| {
            self.rooms.get(id).is_some_and(|rooms| !rooms.is_empty())
                || self.people.values().any(|person| person.uses(id))
        };
        self.issued.keys().filter(used).cloned().collect()
    }

    /// When a lease or the grace ends by itself.
    pub fn presence_ends(&self) -> Option<i64> {
        let tabs = self.people.values().flat_map(|p| p.tabs.values().map(|tab| tab.proven + self.stale()));
        tabs.chain(self.people.values().filter_map(|p| Some(p.grace.as_ref()?.until))).min()
    }

    pub fn deadline(&self) -> Option<i64> {
        let ends = self.known().iter().filter_map(|id| Some(self.issued.get(id)?.1)).min();
        self.presence_ends().into_iter().chain(ends).min()
    }

    /// Errors: how it is refused.
    pub fn apply(&mut self, now: i64, input: &Input) -> Result<(), &'static str> {
        if matches!(input, Input::Beat { .. } | Input::Gone { .. }) {
            self.latest = self.latest.max(now);
        } else {
            self.tick(now);
        }
        match input.clone() {
            Input::Command { agent, .. } if !self.people.contains_key(&agent) => return Err("SignedOut"),
            Input::Beat { agent, session, at } => {
                if let Some(tab) = self.people.get_mut(&agent).and_then(|p| p.tabs.get_mut(&session)) {
                    // A clock may slip a little; a ping of the future proves nothing.
                    if at.0 <= now + 2_000 {
                        tab.proven = tab.proven.max(at.0.min(now));
                    }
                }
            }
            Input::Gone { agent, session } | Input::Close { agent, session } => {
                let grace = self.grace();
                self.change(now, &agent, Cause::Closed, None, |p| {
                    if let Some(tab) = p.tabs.remove(&session)
                        && p.tabs.is_empty()
                    {
                        p.seen = Some(now);
                        p.grace = Some(Grace { until: now + grace, closed: now, sign_in: tab.sign_in, idle: tab.idle });
                    }
                });
            }
            Input::Roster(roster) => self.enroll(now, roster),
            Input::Ended { access, sign_ins } => {
                sign_ins.iter().for_each(|id| self.end(now, id, Cause::SignedOut));
                self.access = self.access.max(access);
            }
            Input::Open { by, session, idle } => self.open(now, by, session, idle, false)?,
            Input::Heartbeat { by, idle } => {
                let session = SessionId::of_client(&by.sign_in);
                let before = self.people.get(&by.agent).and_then(|p| p.tabs.get(&session));
                if before.is_some_and(|tab| now < tab.proven + 1000) {
                    return Err("SlowDown");
                }
                self.open(now, by, session, idle, true)?;
            }
            Input::Idle { agent, session, on } => self.change(now, &agent, Cause::Idle, None, |p| {
                p.tabs.entry(session).and_modify(|tab| tab.idle = on);
            }),
            Input::GoOffline { agent, sign_in } => self.change(now, &agent, Cause::SignedOut, None, |p| {
                if p.tabs.remove(&SessionId::of_client(&sign_in)).is_some() && p.tabs.is_empty() {
                    p.seen = Some(now);
                }
            }),
            Input::Intend { agent, intent } => self.intend(now, &agent, Cause::Manual, None, intent)?,
            Input::IntendFor { agent, by, intent } => self.intend(now, &agent, Cause::Admin, Some(by), intent)?,
            Input::Attend { by, room } => {
                self.admit(now, &by)?;
                self.rooms.entry(by.sign_in).or_default().insert(room);
            }
            Input::Unattend { sign_in, room } => {
                self.rooms.entry(sign_in).or_default().remove(&room);
            }
            Input::Heard(ToDesk::Ask { row, .. }) => {
                // One that was over before stays so.
                if self.heard.insert(row.handoff.clone()) && self.open_until().is_some() {
                    self.rows.entry(row.handoff).or_insert(Row { owner: None, epoch: 0 });
                }
            }
            Input::Command { agent, handoff, epoch, verb: Verb::Claim } => self.claim(&agent, &handoff, epoch.0)?,
            Input::Command { agent, handoff, epoch, verb: Verb::Resolve } => {
                if self.resolved.get(&handoff) == Some(&agent) && self.people.contains_key(&agent) {
                    return Ok(());
                }
                let row = self.rows.get(&handoff).ok_or("NotOpen")?;
                if row.owner.as_ref() != Some(&agent) {
                    return Err("NotOwner");
                }
                if row.epoch != epoch.0 {
                    return Err("StaleEpoch");
                }
                self.rows.remove(&handoff);
                self.resolved.insert(handoff, agent);
            }
            Input::Command { .. } | Input::Prioritize { .. } | Input::Recheck { .. } => {
                panic!("not walked here: {input:?}")
            }
            Input::Tick | Input::Watch(_) | Input::Unwatch(_) | Input::Heard(_) => {}
        }
        Ok(())
    }

    fn tick(&mut self, now: i64) {
        if now < self.latest {
            self.limit(now);
        }
        self.latest = now;
        let ids: Vec<_> = self.people.keys().cloned().collect();
        for id in ids {
            let stale = self.stale();
            let mut silent = Vec::new();
            let in_grace = self.people[&id].grace.is_some();
            let why = if in_grace { Cause::Closed } else { Cause::Vanished };
            self.change(now, &id, why, None, |p| {
                let last = p.tabs.values().map(|tab| tab.proven).max();
                silent.extend(p.tabs.iter().filter(|(_, t)| t.proven + stale <= now).map(|(s, _)| s.clone()));
                p.tabs.retain(|_, tab| now < tab.proven + stale);
                if p.tabs.is_empty() && last.is_some() {
                    p.seen = last;
                }
                p.grace = p.grace.take().filter(|grace| now < grace.until);
            });
            self.news.silent.extend(silent);
        }
        let mut over: Vec<_> = self.known().into_iter().filter(|id| self.issued[id].1 <= now).collect();
        over.sort_by_key(|id| self.issued[id].1);
        over.iter().for_each(|id| self.end(now, id, Cause::SignedOut));
    }

    /// Whatever the clock or the settings did: nothing was proven later than now, no grace is longer than one.
    fn limit(&mut self, now: i64) {
        let grace = self.grace();
        for person in self.people.values_mut() {
            person.tabs.values_mut().for_each(|tab| tab.proven = tab.proven.min(now));
            person.grace.iter_mut().for_each(|g| g.until = g.until.min(now + grace));
        }
    }

    fn admit(&mut self, now: i64, by: &By) -> Result<(), &'static str> {
        if !self.people.contains_key(&by.agent) || by.expires_at.0 <= now {
            return Err("SignedOut");
        }
        self.issued.insert(by.sign_in.clone(), (by.agent.clone(), by.expires_at.0));
        if by.versions.access < self.access && !self.known().contains(&by.sign_in) {
            return Err("Unsure");
        }
        Ok(())
    }

    fn open(&mut self, now: i64, by: By, session: SessionId, idle: bool, api: bool) -> Result<(), &'static str> {
        self.admit(now, &by)?;
        self.change(now, &by.agent.clone(), Cause::SignedIn, None, |p| {
            p.tabs.insert(session, Tab { sign_in: by.sign_in, proven: now, idle, api });
            (p.grace, p.seen) = (None, None);
        });
        Ok(())
    }

    fn intend(
        &mut self,
        now: i64,
        id: &AgentId,
        why: Cause,
        by: Option<AgentId>,
        intent: Intent,
    ) -> Result<(), &'static str> {
        self.people.get(id).ok_or("NotFound")?;
        self.change(now, id, why, by, |p| p.intent = intent);
        Ok(())
    }

    fn end(&mut self, now: i64, id: &SignInId, why: Cause) {
        if !self.known().contains(id) {
            return;
        }
        let rooms = self.rooms.remove(id).unwrap_or_default();
        self.news.told.extend(rooms.into_iter().map(|room| (room, id.clone())));
        self.news.hung_up.push(id.clone());
        let agent = self.issued[id].0.clone();
        self.change(now, &agent, why, None, |p| {
            let had = !p.tabs.is_empty();
            p.tabs.retain(|_, tab| tab.sign_in != *id);
            if had && p.tabs.is_empty() {
                p.seen = Some(now);
            }
            p.grace = p.grace.take().filter(|grace| grace.sign_in != *id);
        });
    }

    /// Programs beat as often as they were told: who was told a longer time has until the next beat is due by it.
    fn forgive(&mut self, now: i64) {
        let tabs = self.people.values_mut().flat_map(|person| &mut person.tabs);
        tabs.filter(|(session, tab)| **session == SessionId::of_client(&tab.sign_in))
            .for_each(|(_, tab)| tab.proven = now);
    }

    fn enroll(&mut self, now: i64, roster: Roster) {
        if roster.version <= self.roster {
            return;
        }
        self.roster = roster.version;
        if self.settings != roster.settings {
            let shorter = roster.settings.stale_after_ms < self.settings.stale_after_ms;
            self.settings = roster.settings;
            self.limit(now);
            if shorter {
                self.forgive(now);
            }
        }
        self.departments = roster.departments.iter().map(|department| department.id.clone()).collect();
        let stay: BTreeSet<_> = roster.agents.iter().map(|profile| profile.id.clone()).collect();
        for profile in roster.agents {
            let fresh = Person {
                profile: profile.clone(),
                intent: Intent::Available,
                tabs: BTreeMap::new(),
                grace: None,
                seen: None,
                since: now,
            };
            let id = profile.id.clone();
            self.people.entry(id).or_insert(fresh).profile = profile;
        }
        let gone: Vec<_> = self.people.keys().filter(|id| !stay.contains(id)).cloned().collect();
        for id in gone {
            let own: Vec<_> = self.known().into_iter().filter(|sign_in| self.issued[sign_in].0 == id).collect();
            own.iter().for_each(|sign_in| self.end(now, sign_in, Cause::Admin));
            self.people.remove(&id);
        }
    }

    fn claim(&mut self, agent: &AgentId, handoff: &HandoffId, epoch: u32) -> Result<(), &'static str> {
        let row = self.rows.get(handoff).ok_or("NotOpen")?;
        match &row.owner {
            Some(owner) if owner == agent => return Ok(()),
            Some(_) => return Err("Taken"),
            None if row.epoch != epoch => return Err("StaleEpoch"),
            None => {}
        }
        let person = self.people.get(agent).ok_or("NotRoutable")?;
        // Who claims is at it, whatever their tab has said of itself.
        if person.tabs.is_empty() || person.intent != Intent::Available {
            return Err("NotRoutable");
        }
        if self.load(agent) >= person.profile.capacity {
            return Err("AtCapacity");
        }
        self.rows.insert(handoff.clone(), Row { owner: Some(agent.clone()), epoch: epoch + 1 });
        Ok(())
    }

    /// Changes a person, and notes what others are to hear of it.
    fn change(&mut self, now: i64, id: &AgentId, why: Cause, by: Option<AgentId>, change: impl FnOnce(&mut Person)) {
        let Some(person) = self.people.get_mut(id) else { return };
        let before = person.clone();
        change(person);
        let after = person.clone();
        let lives = |id: &SessionId, tab: &Tab| after.tabs.get(id).is_some_and(|kept| kept.sign_in == tab.sign_in);
        let gone = before.tabs.iter().filter(|(session, tab)| !lives(session, tab));
        self.news.seen.extend(gone.map(|(_, tab)| (tab.sign_in.clone(), tab.proven)));
        let (was, is) = (before.reachability(), after.reachability());
        if (was, before.intent) != (is, after.intent) {
            person.since = now;
            let cause = cause(was, is, why);
            let (agent, at) = (id.clone(), Timestamp(now));
            self.news.changes.push(PresenceChange { agent, at, reachability: is, intent: after.intent, cause, by });
        }
        if is == Reachability::Offline {
            for row in self.rows.values_mut().filter(|row| row.owner.as_ref() == Some(id)) {
                *row = Row { owner: None, epoch: row.epoch + 1 };
            }
        }
    }
}

/// The table of transitions.
fn cause(was: Reachability, is: Reachability, why: Cause) -> Cause {
    use Reachability::{Connected, Grace, Idle, Offline};
    match (was, is) {
        // A choice leaves reachability as it is.
        (Connected, Connected) | (Idle, Idle) | (Grace, Grace) | (Offline, Offline) => why,
        (Offline, Connected | Idle) => Cause::SignedIn,
        (Grace, Connected | Idle) => Cause::Reloaded,
        (Idle, Connected) => Cause::Active,
        (Connected, Idle) => Cause::Idle,
        (Connected | Idle, Grace) => Cause::Closed,
        (Connected | Idle | Grace, Offline) => why,
        (Offline, Grace) => panic!("nobody comes into the grace from nowhere"),
    }
}
