//! What a handoff goes through, whoever or whatever causes it: it is given, returned, closed. Each step is stored, shown,
//! told to its room, and written down with its reason.

use super::{Desk, Effect, LogEntry};
use crate::Refusal;
use crate::notice::ToRoom;
use protocol::desk::{DeskDown, Note, QueueRow};
use protocol::room::AgentRef;
use protocol::routing::Decision;
use protocol::{Act, AgentId, CloseReason, ConversationId, Requeue, Stage, Timestamp};

impl Desk {
    /// An agent has it from now on.
    pub(super) fn give(&mut self, now: Timestamp, row: QueueRow, to: AgentRef, what: Decision) {
        let row = self.take_from(row);
        self.touched.extend(row.offer.iter().map(|offer| offer.agent.id.clone()));
        if row.stage == Stage::Waiting {
            self.pace(now, &row);
        }
        let row = QueueRow {
            stage: Stage::Active,
            epoch: row.epoch.next(),
            told: row.epoch.next(),
            agent: Some(to.clone()),
            picked_at: Some(now),
            returned: false,
            queued_at: None,
            offer: None,
            declined: Vec::new(),
            ring_at: None,
            place: None,
            ..row
        };
        let (handoff, epoch, department) = (row.handoff.clone(), row.epoch, row.department.clone());
        let claimed = ToRoom::Claimed { handoff, epoch, agent: to.clone(), at: now, department };
        self.tell(&row.conversation, claimed);
        self.serve_at(now, &to.id);
        self.decide(Decision { agent: Some(to), ..what });
        self.save(row);
    }

    /// Whoever has it is told by the room that they have it no more, before somebody else gets it.
    fn take_from(&mut self, row: QueueRow) -> QueueRow {
        match (row.stage, row.agent.clone()) {
            (Stage::Active, Some(agent)) => {
                let (handoff, epoch) = (row.handoff.clone(), row.epoch.next());
                let why = Requeue::Transferred;
                self.tell(&row.conversation, ToRoom::Returned { handoff, epoch, agent: agent.clone(), why });
                self.touched.insert(agent.id);
                QueueRow { epoch, ..row }
            }
            (Stage::Waiting | Stage::Active | Stage::Closed, _) => row,
        }
    }

    /// It waits again. Whoever put it there is not asked to take it.
    pub(super) fn requeue(&mut self, now: Timestamp, row: QueueRow, why: Requeue, what: Decision) {
        let Some(agent) = row.agent.clone() else { return };
        let is_lost = why == Requeue::Vanished;
        let row = QueueRow {
            stage: Stage::Waiting,
            epoch: row.epoch.next(),
            told: row.epoch.next(),
            returned: is_lost,
            queued_at: Some(now),
            earlier: if is_lost { Some(agent.id.clone()) } else { row.earlier },
            declined: if is_lost { Vec::new() } else { vec![agent.id.clone()] },
            ..row
        };
        let (handoff, epoch) = (row.handoff.clone(), row.epoch);
        self.tell(&row.conversation, ToRoom::Returned { handoff, epoch, agent: agent.clone(), why });
        self.uninformed.insert(row.conversation.clone());
        self.touched.insert(agent.id.clone());
        self.decide(Decision { agent: Some(agent), ..what });
        self.save(row);
    }

    /// Nobody is asked to take it any more.
    pub(super) fn end_offer(&mut self, row: QueueRow, declines: bool, what: Decision) -> QueueRow {
        let Some(offer) = row.offer.clone() else { return row };
        let mut row = QueueRow { offer: None, epoch: row.epoch.next(), ..row };
        if declines {
            row.declined.push(offer.agent.id.clone());
        }
        self.touched.insert(offer.agent.id.clone());
        self.decide(Decision { agent: Some(offer.agent), ..what });
        self.save(row.clone());
        row
    }

    /// It is over.
    pub(super) fn finish(&mut self, now: Timestamp, row: QueueRow, reason: CloseReason, by: Option<AgentRef>) {
        let epoch = row.epoch.next();
        let handoff = row.handoff.clone();
        self.tell(&row.conversation, ToRoom::Closed { handoff, epoch, reason, at: now });
        self.shut(now, QueueRow { epoch, told: epoch, ..row }, reason, by);
    }

    /// The same, where the room knows it already.
    pub(super) fn shut(&mut self, now: Timestamp, row: QueueRow, reason: CloseReason, by: Option<AgentRef>) {
        let act = match reason {
            CloseReason::Resolved => Act::Resolved,
            CloseReason::EndedByVisitor => Act::EndedByVisitor,
            CloseReason::Expired => Act::Expired,
            CloseReason::Abandoned => Act::Abandoned,
            CloseReason::Missed => Act::Missed,
        };
        let what = self.decision(now, &row, act);
        let holders = row.agent.iter().chain(row.offer.iter().map(|offer| &offer.agent));
        self.touched.extend(holders.map(|holder| holder.id.clone()));
        self.decide(Decision { agent: row.agent.clone(), by, ..what });
        self.save(QueueRow {
            stage: Stage::Closed,
            reason: Some(row.reason.unwrap_or(reason)),
            closed_at: Some(row.closed_at.unwrap_or(now)),
            offer: None,
            place: None,
            ring_at: None,
            ..row
        });
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

    /// Stores it only.
    pub(super) fn keep(&mut self, row: QueueRow) {
        let standing = |row: &QueueRow| {
            (row.stage == Stage::Waiting).then(|| (row.department.clone(), row.returned, row.priority))
        };
        let (before, after) = (self.queue.get(&row.handoff).and_then(standing), standing(&row));
        if before != after {
            self.moved.extend(before.into_iter().chain(after.clone()).map(|(line, ..)| line));
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

    /// What goes along with a transfer.
    pub(super) fn noted(row: QueueRow, now: Timestamp, by: &AgentRef, text: Option<protocol::Body>) -> QueueRow {
        QueueRow { note: text.map(|text| Note { by: by.clone(), at: now, text }), ..row }
    }
}
