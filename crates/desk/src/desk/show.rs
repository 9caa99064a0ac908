//! What dashboards and rooms are told by the way: cards that changed, departments that are covered or not, and
//! whether anybody can answer.

use super::{Agent, Desk, Effect, Profile};
use crate::notice::ToRoom;
use crate::presence::status;
use protocol::desk::{AgentCard, DeskDown};
use protocol::team::DepartmentCard;
use protocol::{AgentId, ConversationId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What dashboards have.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    cards: BTreeMap<AgentId, Box<AgentCard>>,
    departments: Vec<DepartmentCard>,
}

impl Desk {
    /// What was told before this desk slept is a function of what it stored.
    pub(super) fn recall(&mut self) {
        let cards: Vec<AgentCard> = self.team.iter().map(|agent| self.card(agent)).collect();
        for card in cards {
            self.seat(&card.id);
            self.shown.cards.insert(card.id.clone(), Box::new(card));
        }
        self.due.extend(self.queue.lines());
        self.moved.extend(self.queue.lines());
        self.wind();
        // Lateness is a matter of the time, which nobody has told yet: if it is late, that is shown again.
        self.shown.departments = self.department_cards();
        self.shown.departments.iter_mut().for_each(|card| card.late = false);
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
            covered: self.pool.is_covered(&department.id),
            late: self.is_late(&Some(department.id.clone())),
        };
        self.config.departments.iter().map(card).collect()
    }

    /// Does what has become possible, and shows what has changed.
    pub(super) fn settle(&mut self, now: Timestamp) {
        self.work(now);
        self.gather_moves(now);
        for id in std::mem::take(&mut self.unshown) {
            match self.team.get(&id).map(|agent| self.card(agent)) {
                Some(card) => self.show_card(card),
                None => self.show_gone(id),
            }
        }
        self.show_departments();
        self.tell_openness();
        if std::mem::take(&mut self.is_upkeep_new) {
            self.effects.push(Effect::SaveUpkeep(self.upkeep.clone()));
        }
        if let Some(row) = self.answer.take().and_then(|handoff| self.handoff(&handoff).ok()) {
            self.effects.push(Effect::Answer(row));
        }
    }

    /// Tells rooms if somebody can answer again, or nobody can any more.
    fn tell_openness(&mut self) {
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
    }

    fn show_card(&mut self, card: AgentCard) {
        if self.shown.cards.get(&card.id).is_none_or(|shown| **shown != card) {
            self.shown.cards.insert(card.id.clone(), Box::new(card.clone()));
            self.effects.push(Effect::Show(DeskDown::Agent { agent: card }));
        }
    }

    fn show_gone(&mut self, agent: AgentId) {
        if self.shown.cards.remove(&agent).is_some() {
            self.effects.push(Effect::Show(DeskDown::AgentGone { agent }));
        }
    }

    fn show_departments(&mut self) {
        let cards = self.department_cards();
        let changed = cards.iter().filter(|card| !self.shown.departments.contains(card)).cloned();
        self.effects.extend(changed.map(|department| Effect::Show(DeskDown::Department { department })));
        self.shown.departments = cards;
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
