//! Every open handoff of a tenant: who waits in which order, who holds how many.

use protocol::desk::QueueRow;
use protocol::{AgentId, ConversationId, HandoffId, Stage, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Place in the queue: returned ones first, then by time of asking.
type Place = (bool, Timestamp, HandoffId);

/// Open handoffs with three indexes, kept in step by [`Queue::put`] and [`Queue::take`] alone.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    rows: BTreeMap<HandoffId, QueueRow>,
    waiting: BTreeSet<Place>,
    held: BTreeMap<AgentId, BTreeSet<HandoffId>>,
    rooms: BTreeMap<ConversationId, HandoffId>,
}

impl Queue {
    /// Adds a handoff or replaces what was known of it. A closed one is taken out.
    pub fn put(&mut self, row: QueueRow) {
        self.take(&row.handoff);
        match (row.stage, &row.agent) {
            (Stage::Waiting, _) => {
                self.waiting.insert(place(&row));
            }
            (Stage::Active, Some(owner)) => {
                self.held.entry(owner.id.clone()).or_default().insert(row.handoff.clone());
            }
            (Stage::Active, None) | (Stage::Closed, _) => return,
        }
        self.rooms.insert(row.conversation.clone(), row.handoff.clone());
        self.rows.insert(row.handoff.clone(), row);
    }

    /// Takes a handoff out.
    pub fn take(&mut self, handoff: &HandoffId) -> Option<QueueRow> {
        let row = self.rows.remove(handoff)?;
        self.waiting.remove(&place(&row));
        self.rooms.remove(&row.conversation);
        if let Some(owner) = &row.agent
            && let Some(held) = self.held.get_mut(&owner.id)
        {
            held.remove(handoff);
            if held.is_empty() {
                self.held.remove(&owner.id);
            }
        }
        Some(row)
    }

    /// How many are open.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One open handoff.
    pub fn get(&self, handoff: &HandoffId) -> Option<&QueueRow> {
        self.rows.get(handoff)
    }

    /// The open handoff of a room.
    pub fn of(&self, room: &ConversationId) -> Option<&QueueRow> {
        self.rows.get(self.rooms.get(room)?)
    }

    /// How many conversations an agent has.
    pub fn load(&self, agent: &AgentId) -> u32 {
        self.held.get(agent).map_or(0, |held| u32::try_from(held.len()).unwrap_or(u32::MAX))
    }

    /// Who has any.
    pub fn owners(&self) -> Vec<AgentId> {
        self.held.keys().cloned().collect()
    }

    /// What an agent has.
    pub fn held_by(&self, agent: &AgentId) -> Vec<HandoffId> {
        self.held.get(agent).map(|held| held.iter().cloned().collect()).unwrap_or_default()
    }

    /// Those that wait, first in line first.
    pub fn waiting(&self) -> impl Iterator<Item = &QueueRow> {
        self.waiting.iter().filter_map(|(_, _, handoff)| self.rows.get(handoff))
    }

    /// Those that wait in line, then those in hand.
    pub fn listed(&self) -> Vec<QueueRow> {
        let in_hand = self.held.values().flatten().filter_map(|handoff| self.rows.get(handoff));
        self.waiting().chain(in_hand).cloned().collect()
    }
}

fn place(row: &QueueRow) -> Place {
    // `false` sorts first.
    (!row.returned, row.asked_at, row.handoff.clone())
}
