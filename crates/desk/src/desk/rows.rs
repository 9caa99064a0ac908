//! What a handoff goes through, whoever or whatever causes it: it is given, returned, closed. Each step is stored, shown,
//! told to its room, and written down with its reason.

use super::{Desk, Effect, LogEntry};
use crate::Refusal;
use crate::notice::ToRoom;
use protocol::desk::{DeskDown, Offer, QueueRow};
use protocol::room::AgentRef;
use protocol::routing::Decision;
use protocol::{Act, AgentId, CloseReason, ConversationId, Requeue, Stage, Timestamp};

impl Desk {
    /// An agent has it from now on.
    pub(super) fn give(&mut self, now: Timestamp, mut row: QueueRow, to: AgentRef, mut what: Decision) {
        self.take_from(&mut row);
        self.touched.extend(row.offer.iter().map(|offer| offer.agent.id.clone()));
        if row.stage == Stage::Waiting {
            self.pace(now, &row);
        }
        row.stage = Stage::Active;
        row.epoch = row.epoch.next();
        row.told = row.epoch;
        row.agent = Some(to.clone());
        row.picked_at = Some(now);
        row.returned = false;
        row.queued_at = None;
        row.place = None;
        ring_no_more(&mut row);
        row.declined.clear();
        let (handoff, epoch, department) = (row.handoff.clone(), row.epoch, row.department.clone());
        let claimed = ToRoom::Claimed { handoff, epoch, agent: to.clone(), at: now, department };
        self.tell(&row.conversation, claimed);
        self.serve_at(now, &to.id);
        what.agent = Some(to);
        self.decide(what);
        self.save(row);
    }

    /// Whoever has it is told by the room that they have it no more, before somebody else gets it.
    fn take_from(&mut self, row: &mut QueueRow) {
        if let (Stage::Active, Some(agent)) = (row.stage, row.agent.clone()) {
            row.epoch = row.epoch.next();
            self.touched.insert(agent.id.clone());
            let (handoff, epoch, why) = (row.handoff.clone(), row.epoch, Requeue::Transferred);
            self.tell(&row.conversation, ToRoom::Returned { handoff, epoch, agent, why });
        }
    }

    /// It waits again. Whoever put it there is not asked to take it.
    pub(super) fn requeue(&mut self, now: Timestamp, mut row: QueueRow, why: Requeue, mut what: Decision) {
        let Some(agent) = row.agent.clone() else { return };
        row.stage = Stage::Waiting;
        row.epoch = row.epoch.next();
        row.told = row.epoch;
        row.returned = why == Requeue::Vanished;
        row.queued_at = Some(now);
        row.declined.clear();
        if row.returned {
            row.earlier = Some(agent.id.clone());
        } else {
            row.declined.push(agent.id.clone());
        }
        let (handoff, epoch) = (row.handoff.clone(), row.epoch);
        self.tell(&row.conversation, ToRoom::Returned { handoff, epoch, agent: agent.clone(), why });
        self.uninformed.insert(row.conversation.clone());
        self.touched.insert(agent.id.clone());
        what.agent = Some(agent);
        self.decide(what);
        self.save(row);
    }

    /// Nobody is asked to take it any more.
    pub(super) fn end_offer(&mut self, mut row: QueueRow, declines: bool, mut what: Decision) {
        let Some(Offer { agent, .. }) = row.offer.take() else { return };
        row.epoch = row.epoch.next();
        if declines {
            row.declined.push(agent.id.clone());
        }
        self.touched.insert(agent.id.clone());
        what.agent = Some(agent);
        self.decide(what);
        self.save(row);
    }

    /// It is over.
    pub(super) fn finish(&mut self, now: Timestamp, mut row: QueueRow, reason: CloseReason, by: Option<AgentRef>) {
        row.epoch = row.epoch.next();
        row.told = row.epoch;
        let (handoff, epoch) = (row.handoff.clone(), row.epoch);
        self.tell(&row.conversation, ToRoom::Closed { handoff, epoch, reason, at: now });
        self.shut(now, row, reason, by);
    }

    /// The same, where the room knows it already.
    pub(super) fn shut(&mut self, now: Timestamp, mut row: QueueRow, reason: CloseReason, by: Option<AgentRef>) {
        let act = match reason {
            CloseReason::Resolved => Act::Resolved,
            CloseReason::EndedByVisitor => Act::EndedByVisitor,
            CloseReason::Expired => Act::Expired,
            CloseReason::Abandoned => Act::Abandoned,
            CloseReason::Missed => Act::Missed,
        };
        let mut what = self.decision(now, &row, act);
        let holders = row.agent.iter().chain(row.offer.iter().map(|offer| &offer.agent));
        self.touched.extend(holders.map(|holder| holder.id.clone()));
        (what.agent, what.by) = (row.agent.clone(), by);
        self.decide(what);
        row.stage = Stage::Closed;
        row.reason = Some(row.reason.unwrap_or(reason));
        row.closed_at = Some(row.closed_at.unwrap_or(now));
        row.place = None;
        ring_no_more(&mut row);
        self.save(row);
    }

    /// Something was done with a handoff; who and why may be added.
    pub(super) fn decision(&self, now: Timestamp, row: &QueueRow, act: Act) -> Decision {
        Decision {
            handoff: row.handoff.clone(),
            at: now,
            act,
            agent: None,
            by: None,
            department: row.department.clone(),
            mode: None,
            considered: Vec::new(),
            note: None,
        }
    }

    pub(super) fn decide(&mut self, what: Decision) {
        self.effects.push(Effect::Log(LogEntry::Decision(what)));
    }

    pub(super) fn tell(&mut self, room: &ConversationId, notice: ToRoom) {
        self.effects.push(Effect::Tell(room.clone(), notice));
    }

    /// Stores and shows a handoff as it is now.
    pub(super) fn save(&mut self, row: QueueRow) {
        self.keep(row.clone());
        self.effects.push(Effect::Show(DeskDown::Row { row }));
    }

    /// Stores it only. Who comes to stand elsewhere is told where; the others in the line, when moves are told.
    pub(super) fn keep(&mut self, mut row: QueueRow) {
        let standing = |row: &QueueRow| {
            (row.stage == Stage::Waiting).then(|| (row.department.clone(), row.returned, row.priority))
        };
        let (before, after) = (self.queue.get(&row.handoff).and_then(standing), standing(&row));
        if before != after {
            self.moved.extend(before.into_iter().chain(after.clone()).map(|(line, ..)| line));
            if let Some((line, ..)) = &after {
                self.queue.put(row.clone());
                self.stand(&mut row, line);
            }
        }
        self.due.extend(after.map(|(line, ..)| line));
        self.touched.extend(row.agent.iter().map(|owner| owner.id.clone()));
        self.clocks.set(&row.handoff, self.deadline_of(&row));
        self.effects.push(Effect::SaveRow(row.clone()));
        let forgotten = self.queue.put(row);
        self.effects.extend(forgotten.map(Effect::DropRow));
    }

    /// Turns go by it.
    pub(super) fn serve_at(&mut self, now: Timestamp, id: &AgentId) {
        self.team.change(id, |agent, _| agent.served_at = now);
        self.effects.extend(self.team.get(id).cloned().map(Effect::SaveAgent));
        self.touched.insert(id.clone());
    }

    /// An agent as visitors see them. Errors: [`Refusal::NotFound`].
    pub(super) fn named(&self, id: &AgentId) -> Result<AgentRef, Refusal> {
        let agent = self.team.get(id).ok_or(Refusal::NotFound)?;
        Ok(AgentRef { id: id.clone(), name: agent.profile.name.clone() })
    }
}

/// Nobody is asked, now or later.
fn ring_no_more(row: &mut QueueRow) {
    (row.offer, row.ring_at) = (None, None);
}
