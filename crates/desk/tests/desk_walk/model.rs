//! Who gets what, as the words of the design have it: people, handoffs, and lists that are looked through from end to
//! end. The desk says what it did, decision by decision; here each is held against what was true just then, and at the
//! end of a turn nothing may be left that the desk ought to have done.

use crate::common::*;
use desk::desk::{Department, Input, Profile, Roster, Target, Verb};
use desk::notice::{ToDesk, ToRoom};
use protocol::desk::{Note, Offer, QueueRow};
use protocol::room::AgentRef;
use protocol::routing::{Considered, Decision, Routing};
use protocol::{
    Act, AgentId, Body, CloseReason, ConversationId, Delivery, DepartmentId, Epoch, HandoffId, Intent, Kind, Requeue,
    Role, RoutingMode, SessionId, Stage, Status, WhenDeclined, Why,
};
use std::collections::{BTreeMap, BTreeSet};

/// After all have declined, they are asked again after this.
pub const PAUSE: i64 = 15_000;

#[derive(Debug, Clone, PartialEq)]
pub struct Tab {
    pub seen: i64,
    pub idle: bool,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub profile: Profile,
    pub intent: Intent,
    pub tabs: BTreeMap<SessionId, Tab>,
    /// Until when they are expected back, and whether nobody was at the tab that was closed.
    pub grace: Option<(i64, bool)>,
    pub served_at: i64,
}

impl Person {
    fn new(profile: Profile) -> Person {
        let (intent, tabs) = (Intent::Available, BTreeMap::new());
        Person { profile, intent, tabs, grace: None, served_at: 0 }
    }

    pub fn is_gone(&self) -> bool {
        self.tabs.is_empty() && self.grace.is_none()
    }

    fn is_connected(&self) -> bool {
        self.tabs.values().any(|tab| !tab.idle)
    }

    /// Available by choice, and connected or expected back.
    fn is_there(&self) -> bool {
        let is_expected = self.grace.is_some_and(|(_, idle)| !idle);
        self.intent == Intent::Available && (self.is_connected() || is_expected)
    }

    fn is_admin(&self) -> bool {
        self.profile.role.covers(Role::ClientAdmin)
    }

    fn named(&self) -> AgentRef {
        AgentRef { id: self.profile.id.clone(), name: self.profile.name.clone() }
    }
}

/// What a command may be answered with.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is done.
    Done,
    /// It was done before: nothing changes.
    Repeat,
    /// One of these.
    Refused(Vec<&'static str>),
}

#[derive(Debug, Clone, Default)]
pub struct Model {
    pub people: BTreeMap<AgentId, Person>,
    pub departments: BTreeMap<DepartmentId, Department>,
    pub conversations: protocol::routing::ConversationSettings,
    pub rows: BTreeMap<HandoffId, QueueRow>,
    pub closed: BTreeMap<HandoffId, QueueRow>,
    /// What each room is to be told, in order.
    pub news: Vec<(ConversationId, ToRoom)>,
}

/// Which rows can still be named by late commands: the desk keeps a hundred.
const LATELY: usize = 100;

impl Model {
    // People

    pub fn pass(&mut self, now: i64) {
        for person in self.people.values_mut() {
            person.tabs.retain(|_, tab| now < tab.seen + STALE);
            person.grace = person.grace.filter(|(until, _)| now < *until);
        }
    }

    /// Those are asked again whom all have declined a while ago; should an offer have lapsed before, then after that.
    pub fn ring(&mut self, now: i64) {
        for row in self.rows.values_mut() {
            let is_due = row.ring_at.is_some_and(|ring| ring.0 <= now);
            if is_due && row.offer.as_ref().is_none_or(|offer| row.ring_at < Some(offer.until)) {
                row.declined.clear();
                row.ring_at = None;
            }
        }
    }

    /// What an input does to people. To handoffs it does what the desk then says, if that is right.
    pub fn take(&mut self, now: i64, input: &Input) {
        match input.clone() {
            Input::Beat { agent, session, at } => {
                if let Some(tab) = self.people.get_mut(&agent).and_then(|person| person.tabs.get_mut(&session)) {
                    tab.seen = tab.seen.max(at.0);
                }
            }
            Input::Open { by, session, idle } => {
                let person = self.people.get_mut(&by.agent).unwrap();
                person.tabs.insert(session, Tab { seen: now, idle });
                person.grace = None;
            }
            Input::Close { agent, session } => {
                let Some(person) = self.people.get_mut(&agent) else { return };
                if let Some(tab) = person.tabs.remove(&session)
                    && person.tabs.is_empty()
                {
                    person.grace = Some((now + GRACE, tab.idle));
                }
            }
            Input::Idle { agent, session, on } => {
                if let Some(tab) = self.people.get_mut(&agent).and_then(|person| person.tabs.get_mut(&session)) {
                    tab.idle = on;
                }
            }
            Input::Ended { sign_ins, .. } => {
                let ended = |person: &&mut Person| sign_ins.contains(&sign_in_of(&person.profile.id));
                for person in self.people.values_mut().filter(ended) {
                    person.tabs.clear();
                    person.grace = None;
                }
            }
            Input::Intend { agent, intent } => {
                if let Some(person) = self.people.get_mut(&agent) {
                    person.intent = intent;
                }
            }
            Input::Roster(roster) => self.enroll(roster),
            Input::Heard(ToDesk::Activity { handoff, last, .. }) => {
                self.rows.entry(handoff).and_modify(|row| row.last = Some(last));
            }
            _ => {}
        }
    }

    fn enroll(&mut self, roster: Roster) {
        self.departments = roster.departments.iter().map(|known| (known.id.clone(), known.clone())).collect();
        self.conversations = roster.conversations;
        let stay: BTreeSet<AgentId> = roster.agents.iter().map(|profile| profile.id.clone()).collect();
        self.people.retain(|id, _| stay.contains(id));
        for profile in roster.agents {
            let (id, fresh) = (profile.id.clone(), Person::new(profile.clone()));
            self.people.entry(id).or_insert(fresh).profile = profile;
        }
    }

    pub fn is_open(&self) -> bool {
        self.people.values().any(Person::is_there)
    }

    pub fn owned(&self, agent: &AgentId) -> usize {
        self.rows.values().filter(|row| owner(row) == Some(agent)).count()
    }

    pub fn offers(&self, agent: &AgentId) -> usize {
        self.rows.values().filter(|row| row.offer.as_ref().is_some_and(|offer| offer.agent.id == *agent)).count()
    }

    pub fn load(&self, agent: &AgentId) -> usize {
        self.owned(agent) + self.offers(agent)
    }

    fn capacity(&self, agent: &AgentId) -> usize {
        self.people.get(agent).map_or(0, |person| person.profile.capacity as usize)
    }

    fn is_routable(&self, agent: &AgentId) -> bool {
        let can = |person: &Person| person.is_connected() && person.intent == Intent::Available;
        self.people.get(agent).is_some_and(can) && self.load(agent) < self.capacity(agent)
    }

    pub fn status(&self, agent: &AgentId) -> Status {
        let person = &self.people[agent];
        match person.intent {
            _ if person.tabs.is_empty() => Status::Offline,
            Intent::Busy => Status::Busy,
            Intent::Away => Status::Away,
            Intent::InMeeting => Status::InMeeting,
            Intent::Break => Status::Break,
            Intent::DoNotDisturb => Status::DoNotDisturb,
            Intent::Available if !person.is_connected() => Status::Away,
            Intent::Available if self.load(agent) >= self.capacity(agent) => Status::Busy,
            Intent::Available => Status::Available,
        }
    }

    fn members(&self, department: &DepartmentId) -> impl Iterator<Item = &Person> {
        let department = department.clone();
        self.people.values().filter(move |person| person.profile.departments.contains(&department))
    }

    /// Whether anybody of a department is there at all.
    pub fn is_covered(&self, department: &DepartmentId) -> bool {
        self.members(department).any(Person::is_there)
    }

    // Lines

    fn routing(&self, row: &QueueRow) -> Option<&Routing> {
        Some(&self.departments.get(row.department.as_ref()?)?.routing)
    }

    /// Of a department that pushes.
    fn pushing(&self, row: &QueueRow) -> Option<&Routing> {
        self.routing(row).filter(|routing| routing.mode != RoutingMode::Manual)
    }

    /// Who gets it, and why.
    pub fn choose(&self, row: &QueueRow) -> Option<(AgentId, Why)> {
        let routing = self.pushing(row)?;
        let may = |person: &&Person| self.is_routable(&person.profile.id) && !row.declined.contains(&person.profile.id);
        let able: Vec<&Person> = self.members(row.department.as_ref()?).filter(may).collect();
        let knows = |person: &&&Person| routing.sticky && row.earlier.as_ref() == Some(&person.profile.id);
        if let Some(earlier) = able.iter().find(knows) {
            return Some((earlier.profile.id.clone(), Why::KnowsVisitor));
        }
        let turn = |person: &&&Person| {
            let load = if routing.mode == RoutingMode::LeastLoaded { self.load(&person.profile.id) } else { 0 };
            (load, person.served_at, person.profile.id.clone())
        };
        able.iter().min_by_key(turn).map(|person| (person.profile.id.clone(), Why::Chosen))
    }

    /// Nobody is left to be asked, though somebody could take it who has declined.
    fn is_exhausted(&self, row: &QueueRow) -> bool {
        let mut members = row.department.iter().flat_map(|department| self.members(department));
        let could = |person: &Person| self.is_routable(&person.profile.id);
        self.pushing(row).is_some() && self.choose(row).is_none() && members.any(could)
    }

    /// From a department where nobody is, to where somebody is; from one where all have declined, to where somebody can
    /// take it now. Whoever has declined does not count.
    fn fallback(&self, department: &DepartmentId, row: &QueueRow) -> Option<DepartmentId> {
        let can = |person: &Person| {
            let is_asked = !row.declined.contains(&person.profile.id);
            let is_able = !self.is_covered(department) || self.is_routable(&person.profile.id);
            person.is_there() && is_asked && is_able
        };
        let mut visited = BTreeSet::from([department.clone()]);
        let mut next = self.departments.get(department)?.routing.fallback.clone();
        while let Some(at) = next.filter(|at| visited.insert(at.clone())) {
            if self.members(&at).any(can) {
                return Some(at);
            }
            next = self.departments.get(&at).and_then(|known| known.routing.fallback.clone());
        }
        None
    }

    fn is_before(a: &QueueRow, b: &QueueRow) -> bool {
        let turn = |row: &QueueRow| (!row.returned, row.priority, row.asked_at, row.handoff.clone());
        turn(a) < turn(b)
    }

    /// Those that wait in a line, first in line first.
    pub fn line(&self, department: Option<&DepartmentId>) -> Vec<&QueueRow> {
        let waits = |row: &&QueueRow| row.stage == Stage::Waiting && row.department.as_ref() == department;
        let mut line: Vec<_> = self.rows.values().filter(waits).collect();
        line.sort_by(
            |a, b| if Model::is_before(a, b) { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater },
        );
        line
    }

    pub fn is_late(&self, now: i64, department: &DepartmentId) -> bool {
        let after = i64::from(self.departments[department].routing.alert_after_ms);
        let late = |row: &&QueueRow| after > 0 && row.waits_since().0 + after <= now;
        self.line(Some(department)).iter().any(late)
    }

    // Commands

    pub fn verdict(&self, input: &Input) -> Verdict {
        let (agent, handoff, epoch, verb) = match input {
            Input::Command { agent, .. } if !self.people.contains_key(agent) => return refused(&["SignedOut"]),
            Input::Command { agent, handoff, epoch, verb } => (agent, handoff, epoch, verb),
            Input::Open { by, .. } if !self.people.contains_key(&by.agent) => return refused(&["SignedOut"]),
            Input::Intend { agent, .. } if !self.people.contains_key(agent) => return refused(&["NotFound"]),
            _ => return Verdict::Done,
        };
        let Some(row) = self.rows.get(handoff) else { return self.verdict_of_closed(agent, handoff, verb) };
        let owner = owner(row);
        let offered = row.offer.as_ref().map(|offer| &offer.agent.id);
        let mut wrong = Vec::new();
        match verb {
            Verb::Claim | Verb::Accept | Verb::TakeOver if owner == Some(agent) => {
                let is_forbidden = *verb == Verb::TakeOver && !self.is_admin(agent);
                return if is_forbidden { refused(&["Forbidden"]) } else { Verdict::Repeat };
            }
            Verb::Claim | Verb::Accept if owner.is_some() => return refused(&["Taken"]),
            Verb::Decline if offered != Some(agent) && row.declined.contains(agent) => return Verdict::Repeat,
            Verb::Claim if offered.is_some_and(|to| to != agent) => wrong.push("Offered"),
            Verb::Accept | Verb::Decline if offered != Some(agent) => wrong.push("NotOffered"),
            Verb::Release | Verb::Resolve if owner != Some(agent) => wrong.push("NotOwner"),
            Verb::TakeOver | Verb::Assign { .. } if !self.is_admin(agent) => wrong.push("Forbidden"),
            Verb::Transfer { .. } if owner != Some(agent) && !self.is_admin(agent) => wrong.push("NotOwner"),
            Verb::Claim | Verb::Accept | Verb::Decline | Verb::Release | Verb::Resolve | Verb::TakeOver => {}
            Verb::Assign { .. } | Verb::Transfer { .. } => {}
        }
        match verb {
            Verb::Claim | Verb::Accept | Verb::TakeOver => wrong.extend(self.own_reasons(agent, row)),
            Verb::Assign { to } | Verb::Transfer { to: Target::Agent(to), .. } => {
                if wrong.is_empty() && owner == Some(to) {
                    return refused(&["AlreadyThere"]);
                }
                wrong.extend(self.target_reasons(to, row));
            }
            Verb::Transfer { to: Target::Department(to), .. } => wrong.extend(self.line_reasons(to, row)),
            Verb::Decline | Verb::Release | Verb::Resolve => {}
        }
        if row.epoch != *epoch {
            wrong.push("StaleEpoch");
        }
        if wrong.is_empty() { Verdict::Done } else { Verdict::Refused(wrong) }
    }

    fn verdict_of_closed(&self, agent: &AgentId, handoff: &HandoffId, verb: &Verb) -> Verdict {
        let by = self.closed.get(handoff).filter(|row| row.reason == Some(CloseReason::Resolved));
        let by_them = by.and_then(|row| row.agent.as_ref()).is_some_and(|by| by.id == *agent);
        match verb {
            Verb::Resolve if by_them => Verdict::Repeat,
            Verb::TakeOver | Verb::Assign { .. } if !self.is_admin(agent) => refused(&["NotOpen", "Forbidden"]),
            Verb::Claim | Verb::Accept | Verb::Decline | Verb::Release | Verb::Resolve => refused(&["NotOpen"]),
            Verb::TakeOver | Verb::Assign { .. } | Verb::Transfer { .. } => refused(&["NotOpen"]),
        }
    }

    fn is_admin(&self, agent: &AgentId) -> bool {
        self.people.get(agent).is_some_and(Person::is_admin)
    }

    /// Why an agent cannot take this one for themselves: whoever commands is at it.
    fn own_reasons(&self, agent: &AgentId, row: &QueueRow) -> Vec<&'static str> {
        let Some(person) = self.people.get(agent) else { return vec!["NotRoutable"] };
        let mut wrong = Vec::new();
        if person.tabs.is_empty() || person.intent != Intent::Available {
            wrong.push("NotRoutable");
        }
        if self.load_without(agent, row) >= self.capacity(agent) {
            wrong.push("AtCapacity");
        }
        wrong
    }

    fn target_reasons(&self, to: &AgentId, row: &QueueRow) -> Vec<&'static str> {
        let Some(person) = self.people.get(to) else { return vec!["NotFound"] };
        let mut wrong = Vec::new();
        if !person.is_connected() || person.intent != Intent::Available {
            wrong.push("AgentNotRoutable");
        }
        if self.load_without(to, row) >= self.capacity(to) {
            wrong.push("AgentAtCapacity");
        }
        wrong
    }

    fn line_reasons(&self, to: &DepartmentId, row: &QueueRow) -> Vec<&'static str> {
        let Some(department) = self.departments.get(to) else { return vec!["NotFound"] };
        let mut wrong = Vec::new();
        if self.members(&department.id).next().is_none() {
            wrong.push("EmptyDepartment");
        }
        if row.stage == Stage::Waiting && row.department.as_ref() == Some(to) {
            wrong.push("AlreadyThere");
        }
        wrong
    }

    /// What this one takes is theirs already, if it is offered to them.
    fn load_without(&self, agent: &AgentId, row: &QueueRow) -> usize {
        let is_offered = row.offer.as_ref().is_some_and(|offer| offer.agent.id == *agent);
        self.load(agent) - usize::from(is_offered)
    }

    // Decisions

    /// Holds a decision against what is true now, and does it.
    pub fn replay(&mut self, now: i64, done: &Decision, input: &Input) {
        let what = format!("{done:?} by {input:?}");
        assert_eq!(done.at.0, now, "{what}");
        let id = &done.handoff;
        if matches!(done.act, Act::Asked | Act::Reopened) || (done.act == Act::Missed && !self.rows.contains_key(id)) {
            return self.replay_asked(now, done, input);
        }
        let Some(row) = self.rows.get(id).cloned() else { panic!("of a handoff that is not open: {what}") };
        self.check_considered(&row, done);
        let verb = match input {
            Input::Command { handoff, verb, agent, .. } if handoff == id => Some((verb, agent)),
            _ => None,
        };
        let is = |wanted: &Verb| verb.is_some_and(|(verb, _)| verb == wanted);
        let agent = done.agent.clone();
        match done.act {
            Act::Asked | Act::Reopened => {}
            Act::Offered | Act::Routed => self.replay_pushed(now, row, done),
            Act::Claimed => {
                let is_theirs = row.offer.as_ref().is_none_or(|offer| offer.agent.id == by(verb));
                assert!(is(&Verb::Claim) && is_theirs && row.stage == Stage::Waiting, "{what}");
                self.give(now, row, &by(verb), &what);
            }
            Act::Accepted => {
                assert!(is(&Verb::Claim) || is(&Verb::Accept), "{what}");
                let offered = row.offer.as_ref().map(|offer| &offer.agent.id);
                assert_eq!(offered, Some(&by(verb)), "{what}");
                self.give(now, row, &by(verb), &what);
            }
            Act::TakenOver => {
                assert!(is(&Verb::TakeOver) && self.is_admin(&by(verb)), "{what}");
                self.give(now, row, &by(verb), &what);
            }
            Act::Assigned => {
                let Some((Verb::Assign { to }, by)) = verb else { panic!("{what}") };
                assert!(self.is_admin(by), "{what}");
                self.give(now, row, &to.clone(), &what);
            }
            Act::Transferred => {
                let Some((Verb::Transfer { to, note }, by)) = verb else { panic!("{what}") };
                assert!(self.is_admin(by) || owner(&row) == Some(by), "{what}");
                assert_eq!(done.note, *note, "{what}");
                self.pass_on(now, row, to, note.clone(), by, &what);
            }
            Act::Declined => {
                assert!(is(&Verb::Decline), "{what}");
                let offer = row.offer.clone().unwrap();
                assert_eq!((&offer.agent.id, agent.as_ref()), (&by(verb), Some(&offer.agent)), "{what}");
                self.decline(row);
            }
            Act::OfferLapsed => {
                let offer = row.offer.clone().unwrap();
                assert!(offer.until.0 <= now && agent.as_ref() == Some(&offer.agent), "{what}");
                self.decline(row);
                self.ring(now);
            }
            Act::OfferWithdrawn => {
                let offer = row.offer.clone().unwrap();
                assert_eq!(agent.as_ref().map(|agent| &agent.id), Some(&offer.agent.id), "{what}");
                assert!(self.may_withdraw(&row, input), "withdrawn for nothing: {what}");
                self.put(QueueRow { offer: None, ..row });
            }
            Act::Exhausted => {
                assert!(row.offer.is_none() && self.is_exhausted(&row), "{what}");
                self.put(QueueRow { ring_at: Some(at(now + PAUSE)), ..row });
            }
            Act::FellBack => {
                let from = row.department.clone().unwrap();
                let to = done.department.clone();
                assert!(!self.is_covered(&from) || self.is_exhausted(&row), "{what}");
                assert!(row.stage == Stage::Waiting && row.offer.is_none(), "{what}");
                // A decision tells where it was, or where it is now.
                let target = self.fallback(&from, &row);
                assert!(target.is_some() && (to == target || to == Some(from)), "{what}");
                self.put(QueueRow { department: target, ring_at: None, ..row });
            }
            Act::Released => {
                assert!(is(&Verb::Release) && owner(&row) == Some(&by(verb)), "{what}");
                self.news(&row, |row, agent| returned(row, agent, Requeue::Released));
                let declined = vec![by(verb)];
                self.requeue(now, QueueRow { declined, ..row });
            }
            Act::Returned => {
                let owner = owner(&row).unwrap().clone();
                assert!(self.people.get(&owner).is_none_or(Person::is_gone), "their owner is there: {what}");
                self.news(&row, |row, agent| returned(row, agent, Requeue::Vanished));
                self.requeue(now, QueueRow { returned: true, earlier: Some(owner), ..row });
            }
            Act::Prioritized => {
                let Input::Prioritize { priority, room, .. } = input else { panic!("{what}") };
                assert!(*room == row.conversation && *priority != row.priority, "{what}");
                self.put(QueueRow { priority: *priority, ..row });
            }
            Act::FormOffered => {
                assert!(self.may_offer_form(now, &row) && !row.form_offered, "{what}");
                self.news(&row, |row, _| ToRoom::FormOffered { handoff: row.handoff.clone() });
                self.put(QueueRow { form_offered: true, ..row });
            }
            Act::Warned => {
                let expires_at = row.asked_at + ms(self.conversations.website.expire_after_ms);
                let warn_at = expires_at.0 - i64::from(self.conversations.website.warn_before_ms);
                assert!(warn_at <= now && row.expires_at != Some(expires_at), "{what}");
                self.news(&row, |row, _| ToRoom::Warned { handoff: row.handoff.clone(), expires_at });
                self.put(QueueRow { expires_at: Some(expires_at), ..row });
            }
            Act::Resolved => {
                assert!(is(&Verb::Resolve) && owner(&row) == Some(&by(verb)), "{what}");
                self.close(now, row, CloseReason::Resolved);
            }
            Act::EndedByVisitor => {
                assert!(matches!(input, Input::Heard(ToDesk::End { handoff, .. }) if handoff == id), "{what}");
                self.close(now, row, CloseReason::EndedByVisitor);
            }
            Act::Expired => {
                assert!(self.expires_at(&row) <= now, "{what}");
                self.close(now, row, CloseReason::Expired);
            }
            Act::Abandoned => {
                assert!(self.abandoned_at(&row).is_some_and(|at| at <= now), "{what}");
                self.close(now, row, CloseReason::Abandoned);
            }
            Act::Missed => {
                // By a form, or the room has gone on to its next handoff.
                let next = match input {
                    Input::Heard(ToDesk::Ask { row, .. } | ToDesk::AfterHours { row }) => row,
                    _ => panic!("{what}"),
                };
                assert_eq!(next.conversation, row.conversation, "{what}");
                self.rows.remove(id);
                self.keep_closed(QueueRow { stage: Stage::Closed, offer: None, ..row });
            }
            Act::Repaired => panic!("nothing was wrong: {what}"),
        }
    }

    fn replay_asked(&mut self, now: i64, done: &Decision, input: &Input) {
        let (row, agent) = match input {
            Input::Heard(ToDesk::Ask { row, by }) => (row, by),
            Input::Heard(ToDesk::AfterHours { row }) => (row, &None),
            _ => panic!("{done:?} by {input:?}"),
        };
        assert_eq!(row.handoff, done.handoff);
        if done.act == Act::Missed {
            if matches!(input, Input::Heard(ToDesk::Ask { .. })) {
                assert!(!self.is_open(), "missed, though somebody is there");
                self.news.push((row.conversation.clone(), ToRoom::Nobody { handoff: row.handoff.clone() }));
            }
            return self.keep_closed(QueueRow { stage: Stage::Closed, ..(**row).clone() });
        }
        assert!(self.is_open() || agent.is_some(), "queued, though nobody is there");
        assert_eq!(done.act == Act::Reopened, agent.is_some());
        assert!(!self.rows.contains_key(&row.handoff));
        self.put((**row).clone());
        let _ = now;
    }

    fn replay_pushed(&mut self, now: i64, row: QueueRow, done: &Decision) {
        let what = format!("{done:?}");
        assert!(row.stage == Stage::Waiting && row.offer.is_none(), "{what}");
        let routing = self.pushing(&row).unwrap_or_else(|| panic!("pushed, and nobody pushes there: {what}")).clone();
        for before in self.line(row.department.as_ref()) {
            if before.handoff != row.handoff && Model::is_before(before, &row) && before.offer.is_none() {
                assert_eq!(self.choose(before), None, "{before:?} was before {what}");
            }
        }
        let (agent, why) = self.choose(&row).unwrap_or_else(|| panic!("pushed to one who cannot take it: {what}"));
        assert_eq!(done.agent.as_ref().map(|agent| &agent.id), Some(&agent), "{what}");
        assert_eq!((done.mode, done.by.as_ref()), (Some(routing.mode), None), "{what}");
        assert_eq!(done.considered.last().map(|last| (&last.agent.id, last.why)), Some((&agent, why)), "{what}");
        assert_eq!(done.act == Act::Offered, routing.delivery == Delivery::Offer, "{what}");
        if routing.delivery == Delivery::Assign {
            return self.give(now, row, &agent, &what);
        }
        let person = self.people.get_mut(&agent).unwrap();
        person.served_at = now;
        let offer = Offer { agent: person.named(), at: at(now), until: at(now + i64::from(routing.offer_ms)) };
        self.put(QueueRow { offer: Some(offer), ring_at: None, ..row });
    }

    fn check_considered(&self, row: &QueueRow, done: &Decision) {
        for Considered { agent, why, status, load, capacity, .. } in &done.considered {
            let what = format!("{agent:?} in {done:?}");
            assert_eq!(*status, self.status(&agent.id), "{what}");
            assert_eq!(
                (*load as usize, *capacity as usize),
                (self.load(&agent.id), self.capacity(&agent.id)),
                "{what}"
            );
            let is_right = match why {
                Why::Chosen | Why::KnowsVisitor => done.agent.as_ref() == Some(agent),
                Why::AtCapacity => load >= capacity,
                Why::NotAvailable => *status != Status::Available,
                Why::Declined => row.declined.contains(&agent.id),
                Why::NotTheirTurn => self.is_routable(&agent.id) && !row.declined.contains(&agent.id),
            };
            assert!(is_right, "{what}");
        }
    }

    /// Offers end with what they were made for, or with whom they were made to.
    fn may_withdraw(&self, row: &QueueRow, input: &Input) -> bool {
        let agent = &row.offer.as_ref().unwrap().agent.id;
        let Some(person) = self.people.get(agent) else { return true };
        let by_input = match input {
            Input::Command { handoff, verb: Verb::TakeOver | Verb::Assign { .. } | Verb::Transfer { .. }, .. } => {
                *handoff == row.handoff
            }
            Input::Heard(ToDesk::End { handoff, .. }) => *handoff == row.handoff,
            Input::Heard(ToDesk::AfterHours { row: of } | ToDesk::Ask { row: of, .. }) => {
                of.conversation == row.conversation
            }
            _ => false,
        };
        let is_over = self.load(agent) > self.capacity(agent);
        by_input || person.is_gone() || person.intent != Intent::Available || is_over
    }

    /// Owner of it from now on: only ever one who could take it.
    fn give(&mut self, now: i64, row: QueueRow, to: &AgentId, what: &str) {
        let commanded = owner(&row) != Some(to);
        assert!(commanded, "given to whoever has it: {what}");
        let wrong = self.own_reasons(to, &row);
        assert!(wrong.is_empty(), "{wrong:?}: {what}");
        let person = self.people.get_mut(to).unwrap();
        person.served_at = now;
        let agent = person.named();
        if row.stage == Stage::Active {
            self.news(&row, |row, agent| returned(row, agent, Requeue::Transferred));
        }
        let row = QueueRow {
            stage: Stage::Active,
            agent: Some(agent.clone()),
            picked_at: Some(at(now)),
            returned: false,
            queued_at: None,
            offer: None,
            declined: Vec::new(),
            ring_at: None,
            place: None,
            ..row
        };
        let (handoff, department) = (row.handoff.clone(), row.department.clone());
        let claimed = ToRoom::Claimed { handoff, epoch: Epoch(0), agent, at: at(now), department };
        self.news.push((row.conversation.clone(), claimed));
        self.put(row);
    }

    fn pass_on(&mut self, now: i64, row: QueueRow, to: &Target, note: Option<Body>, by: &AgentId, what: &str) {
        let by = self.people[by].named();
        let note = note.map(|text| Note { by, at: at(now), text });
        let row = QueueRow { note, ..row };
        match to {
            Target::Agent(to) => self.give(now, row, to, what),
            Target::Department(to) => {
                // Whoever passes it on is not asked to take it.
                let mut declined = Vec::new();
                if let Some(owner) = owner(&row) {
                    declined.push(owner.clone());
                    self.news(&row, |row, agent| returned(row, agent, Requeue::Transferred));
                }
                let department = Some(to.clone());
                self.requeue(now, QueueRow { department, declined, offer: None, ring_at: None, ..row });
            }
        }
    }

    fn requeue(&mut self, now: i64, row: QueueRow) {
        self.put(QueueRow { stage: Stage::Waiting, queued_at: Some(at(now)), ..row });
    }

    fn decline(&mut self, row: QueueRow) {
        let mut row = row;
        row.declined.extend(row.offer.take().map(|offer| offer.agent.id));
        self.put(row);
    }

    fn close(&mut self, now: i64, row: QueueRow, reason: CloseReason) {
        let (handoff, epoch) = (row.handoff.clone(), Epoch(0));
        self.news.push((row.conversation.clone(), ToRoom::Closed { handoff, epoch, reason, at: at(now) }));
        self.rows.remove(&row.handoff);
        self.keep_closed(QueueRow { stage: Stage::Closed, reason: Some(reason), closed_at: Some(at(now)), ..row });
    }

    fn keep_closed(&mut self, row: QueueRow) {
        self.closed.insert(row.handoff.clone(), row);
        if self.closed.len() > LATELY / 2 {
            // Nobody asks for these any more: walks ask for the latest only.
            let oldest = self.closed.values().min_by_key(|row| row.closed_at).map(|row| row.handoff.clone());
            oldest.iter().for_each(|oldest| drop(self.closed.remove(oldest)));
        }
    }

    fn news(&mut self, row: &QueueRow, notice: impl FnOnce(&QueueRow, AgentRef) -> ToRoom) {
        let agent = row.agent.clone().unwrap_or_else(|| agent_ref(0));
        self.news.push((row.conversation.clone(), notice(row, agent)));
    }

    fn put(&mut self, row: QueueRow) {
        self.rows.insert(row.handoff.clone(), row);
    }

    // Time

    fn expires_at(&self, row: &QueueRow) -> i64 {
        row.asked_at.0 + i64::from(self.conversations.website.expire_after_ms)
    }

    fn abandoned_at(&self, row: &QueueRow) -> Option<i64> {
        let after = i64::from(self.conversations.website.close_idle_after_ms);
        let last = row.last.as_ref().filter(|last| after > 0 && last.kind == Kind::Agent)?;
        (row.stage == Stage::Active).then_some(last.at.max(row.picked_at.unwrap_or_default()).0 + after)
    }

    fn form_due(&self, now: i64, row: &QueueRow) -> bool {
        let after = self.routing(row).map_or(0, |routing| routing.form_after_ms);
        row.stage == Stage::Waiting && after > 0 && row.waits_since().0 + i64::from(after) <= now
    }

    fn is_stranded(&self, row: &QueueRow) -> bool {
        let department = row.department.as_ref().filter(|department| self.departments.contains_key(department));
        let nowhere = |department| !self.is_covered(department) && self.fallback(department, row).is_none();
        // To an empty desk another word is said.
        row.stage == Stage::Waiting && self.is_open() && department.is_some_and(nowhere)
    }

    fn may_offer_form(&self, now: i64, row: &QueueRow) -> bool {
        let all_declined = self.routing(row).is_some_and(|routing| routing.when_declined == WhenDeclined::Form)
            && row.offer.is_none()
            && self.is_exhausted(row);
        row.stage == Stage::Waiting && (self.form_due(now, row) || self.is_stranded(row) || all_declined)
    }

    /// Nothing is left that the desk ought to have done by now.
    pub fn check_done(&self, now: i64) {
        for (agent, person) in &self.people {
            let (owned, offers, capacity) = (self.owned(agent), self.offers(agent), self.capacity(agent));
            assert!(offers == 0 || owned + offers <= capacity, "{agent}: {owned} and {offers} offers of {capacity}");
            assert!(owned == 0 || !person.is_gone(), "{agent} is gone, and owns something");
            let may_keep = person.intent == Intent::Available && !person.is_gone();
            assert!(offers == 0 || may_keep, "{agent} cannot accept, and is asked");
        }
        for row in self.rows.values() {
            assert!(owner(row).is_none_or(|owner| self.people.contains_key(owner)), "its owner is no longer: {row:?}");
            assert!(row.offer.as_ref().is_none_or(|offer| now < offer.until.0), "lapsed: {row:?}");
            assert!(row.ring_at.is_none_or(|ring| now < ring.0), "to be rung again: {row:?}");
            assert!(now < self.expires_at(row), "expired: {row:?}");
            let warn = i64::from(self.conversations.website.warn_before_ms);
            assert!(
                warn == 0 || row.expires_at == Some(at(self.expires_at(row))) || now < self.expires_at(row) - warn,
                "to be warned: {row:?}"
            );
            assert!(self.abandoned_at(row).is_none_or(|at| now < at), "abandoned: {row:?}");
            assert!(row.form_offered || !self.form_due(now, row), "to be offered a form: {row:?}");
            self.check_line(row);
        }
    }

    fn check_line(&self, row: &QueueRow) {
        if row.stage != Stage::Waiting {
            return;
        }
        // Whoever is asked may answer yet.
        if row.offer.is_some() {
            return;
        }
        assert!(row.form_offered || !self.is_stranded(row), "nobody is there, and no form: {row:?}");
        let fallback = row.department.as_ref().and_then(|department| self.fallback(department, row));
        let is_covered = row.department.as_ref().is_none_or(|department| self.is_covered(department));
        assert!(is_covered || fallback.is_none(), "the fallback is there: {row:?}");
        assert_eq!(self.choose(row), None, "somebody could take it: {row:?}");
        if self.is_exhausted(row) {
            assert!(fallback.is_none(), "the fallback is there: {row:?}");
            match self.pushing(row).map(|routing| routing.when_declined) {
                Some(WhenDeclined::RingAgain) => assert!(row.ring_at.is_some(), "never rung again: {row:?}"),
                Some(WhenDeclined::Form) => assert!(row.form_offered, "no form: {row:?}"),
                None => {}
            }
        }
    }
}

/// Who owns it now.
pub fn owner(row: &QueueRow) -> Option<&AgentId> {
    row.agent.as_ref().filter(|_| row.stage == Stage::Active).map(|agent| &agent.id)
}

fn by(verb: Option<(&Verb, &AgentId)>) -> AgentId {
    verb.map(|(_, agent)| agent.clone()).unwrap()
}

fn refused(why: &[&'static str]) -> Verdict {
    Verdict::Refused(why.to_vec())
}

fn returned(row: &QueueRow, agent: AgentRef, why: Requeue) -> ToRoom {
    ToRoom::Returned { handoff: row.handoff.clone(), epoch: Epoch(0), agent, why }
}

fn ms(ms: u32) -> std::time::Duration {
    std::time::Duration::from_millis(ms.into())
}
