//! What dashboards and rooms are told by the way: cards that changed, departments that are covered or not, and
//! whether anybody can answer.

use super::{Agent, Desk, Effect, Profile};
use crate::notice::ToRoom;
use crate::presence::status;
use protocol::desk::{AgentCard, DeskDown};
use protocol::team::DepartmentCard;
use protocol::{AgentId, ConversationId, DepartmentId, Intent, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What dashboards have.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    cards: BTreeMap<AgentId, AgentCard>,
    departments: BTreeMap<DepartmentId, DepartmentCard>,
    /// Who covers which departments.
    covering: BTreeMap<AgentId, Vec<DepartmentId>>,
    /// By how many each is covered.
    cover: BTreeMap<DepartmentId, u32>,
}

impl Shown {
    /// An agent covers these departments now, and no others.
    fn covers(&mut self, agent: &AgentId, departments: Vec<DepartmentId>) {
        for department in self.covering.remove(agent).unwrap_or_default() {
            if let Some(count) = self.cover.get_mut(&department) {
                *count -= 1;
            }
        }
        for department in &departments {
            *self.cover.entry(department.clone()).or_default() += 1;
        }
        if !departments.is_empty() {
            self.covering.insert(agent.clone(), departments);
        }
    }

    fn is_covered(&self, department: &DepartmentId) -> bool {
        self.cover.get(department).is_some_and(|count| *count > 0)
    }
}

impl Desk {
    /// What was told before this desk slept is a function of what it stored.
    pub(super) fn recall(&mut self) {
        let cards: Vec<(AgentCard, bool)> =
            self.team.iter().map(|agent| (self.card(agent), self.covers(agent))).collect();
        for (card, covers) in cards {
            let departments = if covers { card.departments.clone() } else { Vec::new() };
            self.shown.covers(&card.id, departments);
            self.shown.cards.insert(card.id.clone(), card);
        }
        for id in self.team.iter().map(|agent| agent.profile.id.clone()).collect::<Vec<_>>() {
            self.seat(&id);
        }
        self.due.extend(self.queue.lines());
        self.moved.extend(self.queue.lines());
        self.wind();
        // Lateness is a matter of the time, which nobody has told yet: if it is late, that is shown again.
        let cards = self.department_cards().into_iter().map(|card| DepartmentCard { late: false, ..card });
        self.shown.departments = cards.map(|card| (card.id.clone(), card)).collect();
    }

    /// One agent as others see them, as of the last tick: what is stored says it, though beats are not stored.
    pub(super) fn card(&self, agent: &Agent) -> AgentCard {
        let Profile { id, name, role, capacity, departments } = agent.profile.clone();
        let load = self.queue.load(&id);
        let (intent, reachability, seen_at) = (agent.intent, agent.presence.reachability(), agent.presence.seen_at());
        let status = status(reachability, intent, load, capacity);
        let since = agent.since;
        AgentCard { id, name, role, intent, reachability, status, load, capacity, departments, since, seen_at }
    }

    /// Departments by name.
    pub(super) fn department_cards(&self) -> Vec<DepartmentCard> {
        let card = |department: &super::Department| DepartmentCard {
            id: department.id.clone(),
            name: department.name.clone(),
            covered: self.shown.is_covered(&department.id),
            late: self.is_late(&Some(department.id.clone())),
        };
        self.config.departments.iter().map(card).collect()
    }

    /// Whether an agent can take a conversation, now or in a moment: a reload alarms nobody.
    fn covers(&self, agent: &Agent) -> bool {
        let is_attended = agent.presence.attended_until(&self.team.rules()).is_some();
        is_attended && agent.intent == Intent::Available && self.queue.load(&agent.profile.id) < agent.profile.capacity
    }

    /// Does what has become possible, and shows what has changed.
    pub(super) fn settle(&mut self, now: Timestamp) {
        self.work(now);
        self.gather_moves(now);
        for id in std::mem::take(&mut self.unshown) {
            match self.team.get(&id).map(|agent| (self.card(agent), self.covers(agent))) {
                Some((card, covers)) => self.show_card(card, covers),
                None => self.show_gone(id),
            }
        }
        self.show_departments();
        let uninformed = std::mem::take(&mut self.uninformed);
        let open = self.is_open();
        if open != self.open {
            self.open = open;
            self.flips += 1;
            self.effects.push(Effect::SaveOpen(open, self.flips));
            self.tell_all_who_wait();
        } else {
            uninformed.iter().for_each(|room| self.tell(room, self.word()));
        }
        if let Some(row) = self.answer.take().and_then(|handoff| self.handoff(&handoff).ok()) {
            self.effects.push(Effect::Answer(row));
        }
    }

    fn show_card(&mut self, card: AgentCard, covers: bool) {
        self.shown.covers(&card.id, if covers { card.departments.clone() } else { Vec::new() });
        if self.shown.cards.get(&card.id) != Some(&card) {
            self.shown.cards.insert(card.id.clone(), card.clone());
            self.effects.push(Effect::Show(DeskDown::Agent { agent: card }));
        }
    }

    fn show_gone(&mut self, agent: AgentId) {
        self.shown.covers(&agent, Vec::new());
        if self.shown.cards.remove(&agent).is_some() {
            self.effects.push(Effect::Show(DeskDown::AgentGone { agent }));
        }
    }

    fn show_departments(&mut self) {
        for department in self.department_cards() {
            if self.shown.departments.get(&department.id) != Some(&department) {
                self.shown.departments.insert(department.id.clone(), department.clone());
                self.effects.push(Effect::Show(DeskDown::Department { department }));
            }
        }
    }

    /// Whoever is told and still looks asks to be told again: nobody is told for ever.
    fn tell_all_who_wait(&mut self) {
        let mut rooms: BTreeSet<ConversationId> = self.queue.waiting().map(|row| row.conversation.clone()).collect();
        if !self.watching.is_empty() {
            rooms.append(&mut self.watching);
            self.effects.push(Effect::UnwatchAll);
        }
        let word = self.word();
        rooms.iter().for_each(|room| self.tell(room, word.clone()));
    }

    /// What rooms are told of whether anybody can answer.
    pub fn word(&self) -> ToRoom {
        ToRoom::DeskOpen { open: self.open, flips: self.flips }
    }
}
