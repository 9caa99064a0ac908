//! Every handoff that a desk knows: who waits in which line and order, who holds what, and what was closed lately.

use protocol::desk::QueueRow;
use protocol::{AgentId, ConversationId, DepartmentId, HandoffId, Priority, Stage, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// So many closed ones are kept, to answer whoever comes late.
const LATELY: usize = 100;

/// Whose line it is; absent: of those that were asked of nobody in particular.
pub type LineId = Option<DepartmentId>;

/// Place in a line: returned ones first, then the most urgent, then by time of asking.
type Turn = (bool, Priority, Timestamp, HandoffId);

/// Those that wait in one department.
#[derive(Debug, Clone, Default)]
struct Line {
    all: BTreeSet<Turn>,
    /// Those that nobody is being asked to take.
    free: BTreeSet<Turn>,
    /// Of the others, those whom all have declined who could take them.
    resting: BTreeSet<Turn>,
    since: BTreeSet<(Timestamp, HandoffId)>,
}

impl Line {
    fn put(&mut self, row: &QueueRow) {
        self.all.insert(turn(row));
        self.since.insert((row.waits_since(), row.handoff.clone()));
        if row.offer.is_none() {
            let set = if row.ring_at.is_some() { &mut self.resting } else { &mut self.free };
            set.insert(turn(row));
        }
    }

    fn take(&mut self, row: &QueueRow) {
        let turn = turn(row);
        for set in [&mut self.all, &mut self.free, &mut self.resting] {
            set.remove(&turn);
        }
        self.since.remove(&(row.waits_since(), row.handoff.clone()));
    }
}

/// Handoffs with their indexes, kept in step by [`Queue::put`] and [`Queue::take`] alone.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    rows: BTreeMap<HandoffId, Box<QueueRow>>,
    lines: BTreeMap<LineId, Box<Line>>,
    owned: BTreeMap<AgentId, BTreeSet<HandoffId>>,
    offered: BTreeMap<AgentId, BTreeSet<HandoffId>>,
    rooms: BTreeMap<ConversationId, HandoffId>,
    closed: BTreeMap<HandoffId, Box<QueueRow>>,
    closings: BTreeSet<(Timestamp, HandoffId)>,
}

impl Queue {
    /// Adds a handoff or replaces what was known of it. The answer is a closed one that is forgotten for it.
    pub fn put(&mut self, row: QueueRow) -> Option<HandoffId> {
        self.take(&row.handoff);
        let id = row.handoff.clone();
        match (row.stage, &row.agent) {
            (Stage::Waiting, _) => {
                self.lines.entry(row.department.clone()).or_default().put(&row);
                if let Some(offer) = &row.offer {
                    self.offered.entry(offer.agent.id.clone()).or_default().insert(id.clone());
                }
            }
            (Stage::Active, Some(owner)) => {
                self.owned.entry(owner.id.clone()).or_default().insert(id.clone());
            }
            (Stage::Active, None) | (Stage::Closed, _) => return self.shelve(row),
        }
        self.rooms.insert(row.conversation.clone(), id.clone());
        self.rows.insert(id, Box::new(row));
        None
    }

    fn shelve(&mut self, row: QueueRow) -> Option<HandoffId> {
        // Before the new one is put there: should the clock have gone back, it would seem to be the oldest.
        let oldest = if self.closings.len() < LATELY { None } else { self.closings.pop_first() };
        self.closings.insert((row.closed_at.unwrap_or_default(), row.handoff.clone()));
        self.closed.insert(row.handoff.clone(), Box::new(row));
        self.closed.remove(&oldest?.1).map(|row| row.handoff)
    }

    /// Takes a handoff out.
    pub fn take(&mut self, handoff: &HandoffId) -> Option<QueueRow> {
        if let Some(row) = self.closed.remove(handoff) {
            self.closings.remove(&(row.closed_at.unwrap_or_default(), handoff.clone()));
            return Some(*row);
        }
        let row = *self.rows.remove(handoff)?;
        self.rooms.remove(&row.conversation);
        if let Some(line) = self.lines.get_mut(&row.department) {
            line.take(&row);
            if line.all.is_empty() {
                self.lines.remove(&row.department);
            }
        }
        let holders = [
            (&mut self.owned, row.agent.as_ref().map(|owner| &owner.id)),
            (&mut self.offered, row.offer.as_ref().map(|offer| &offer.agent.id)),
        ];
        for (index, holder) in holders {
            if let Some(holder) = holder
                && let Some(held) = index.get_mut(holder)
            {
                held.remove(handoff);
                if held.is_empty() {
                    index.remove(holder);
                }
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
        self.rows.get(handoff).map(|row| &**row)
    }

    /// One that was closed lately.
    pub fn closed(&self, handoff: &HandoffId) -> Option<&QueueRow> {
        self.closed.get(handoff).map(|row| &**row)
    }

    /// The open handoff of a room.
    pub fn of(&self, room: &ConversationId) -> Option<&QueueRow> {
        self.get(self.rooms.get(room)?)
    }

    /// Those of a room, open or closed lately, that show a message of this moment as their last.
    pub fn showing(&self, room: &ConversationId, at: Timestamp) -> Vec<QueueRow> {
        let shows = |row: &&QueueRow| row.conversation == *room && row.last.as_ref().is_some_and(|last| last.at == at);
        let closed = self.closed.values().map(|row| &**row);
        self.of(room).into_iter().chain(closed).filter(shows).cloned().collect()
    }

    /// Every open one.
    pub fn iter(&self) -> impl Iterator<Item = &QueueRow> {
        self.rows.values().map(|row| &**row)
    }

    /// Open ones behind this one by id.
    pub fn behind(&self, handoff: Option<&HandoffId>) -> impl Iterator<Item = &QueueRow> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.rows.range((handoff.map_or(Unbounded, Excluded), Unbounded)).map(|(_, row)| &**row)
    }

    /// How many conversations an agent has, offers included.
    pub fn load(&self, agent: &AgentId) -> u32 {
        let count = |index: &BTreeMap<AgentId, BTreeSet<HandoffId>>| index.get(agent).map_or(0, BTreeSet::len);
        u32::try_from(count(&self.owned) + count(&self.offered)).unwrap_or(u32::MAX)
    }

    /// Who owns any, or is asked to take any.
    pub fn holders(&self) -> BTreeSet<AgentId> {
        self.owned.keys().chain(self.offered.keys()).cloned().collect()
    }

    /// What an agent owns.
    pub fn owned_by(&self, agent: &AgentId) -> Vec<HandoffId> {
        self.owned.get(agent).map(|held| held.iter().cloned().collect()).unwrap_or_default()
    }

    /// What an agent is asked to take.
    pub fn offered_to(&self, agent: &AgentId) -> Vec<HandoffId> {
        self.offered.get(agent).map(|held| held.iter().cloned().collect()).unwrap_or_default()
    }

    /// Every line that somebody stands in.
    pub fn lines(&self) -> Vec<LineId> {
        self.lines.keys().cloned().collect()
    }

    /// One line, first in line first.
    pub fn line(&self, line: &LineId) -> impl Iterator<Item = &QueueRow> {
        let all = self.lines.get(line).map(|line| line.all.iter());
        all.into_iter().flatten().filter_map(|(_, _, _, handoff)| self.get(handoff))
    }

    /// The first in line that nobody is asked to take, and somebody may be.
    pub fn first_free(&self, line: &LineId) -> Option<&QueueRow> {
        self.get(&self.lines.get(line)?.free.first()?.3)
    }

    /// All who could take it have declined.
    pub fn rest(&mut self, handoff: &HandoffId) {
        if let Some(row) = self.rows.get(handoff)
            && let Some(line) = self.lines.get_mut(&row.department)
            && line.free.remove(&turn(row))
        {
            line.resting.insert(turn(row));
        }
    }

    /// Somebody could take conversations of this line who could not before. If they have declined one that nobody rang
    /// again, because nobody was there, somebody has to see to that where a line `rings` again.
    pub fn wake(&mut self, line: &LineId, agent: &AgentId, rings: bool) {
        let Some(line) = self.lines.get_mut(line) else { return };
        let may = |turn: &Turn| {
            let row = self.rows.get(&turn.3);
            row.is_some_and(|row| !row.declined.contains(agent) || (rings && row.ring_at.is_none()))
        };
        let woken: Vec<Turn> = line.resting.iter().filter(|turn| may(turn)).cloned().collect();
        for turn in woken {
            line.resting.remove(&turn);
            line.free.insert(turn);
        }
    }

    /// The same, whoever could.
    pub fn wake_all(&mut self, line: &LineId) {
        if let Some(line) = self.lines.get_mut(line) {
            line.free.append(&mut line.resting);
        }
    }

    /// Remembers what a visitor was told of their place, which changes nothing else.
    pub fn set_place(&mut self, row: &QueueRow) {
        if let Some(known) = self.rows.get_mut(&row.handoff) {
            known.place = row.place;
        }
    }

    /// Since when the one waits who has waited longest.
    pub fn oldest(&self, line: &LineId) -> Option<Timestamp> {
        self.lines.get(line)?.since.first().map(|(since, _)| *since)
    }

    /// Those that wait, line by line, first in line first.
    pub fn waiting(&self) -> impl Iterator<Item = &QueueRow> {
        self.lines.values().flat_map(|line| line.all.iter()).filter_map(|turn| self.get(&turn.3))
    }

    /// Those that wait, first in line first, whatever the line; then those in hand.
    pub fn listed(&self) -> Vec<QueueRow> {
        let mut turns: Vec<&Turn> = self.lines.values().flat_map(|line| line.all.iter()).collect();
        turns.sort_unstable();
        let waiting = turns.into_iter().map(|turn| &turn.3);
        waiting.chain(self.owned.values().flatten()).filter_map(|handoff| self.get(handoff)).cloned().collect()
    }
}

fn turn(row: &QueueRow) -> Turn {
    // `false` sorts first.
    (!row.returned, row.priority, row.asked_at, row.handoff.clone())
}
