//! What happens to handoffs at the desk: asked for, claimed, resolved, returned.

use super::{Desk, Effect};
use crate::Refusal;
use crate::notice::{ToDesk, ToRoom};
use crate::presence::{Presence, status};
use protocol::desk::{DeskDown, QueueRow};
use protocol::room::AgentRef;
use protocol::{AgentId, CloseReason, ConversationId, Epoch, HandoffId, Reachability, Stage, Status, Timestamp};

impl Desk {
    /// The conversations of an agent who is gone go to the front of the queue.
    pub(super) fn return_all_of_the_gone(&mut self, id: &AgentId) {
        let gone = self.team.get(id).is_none_or(|agent| matches!(agent.presence, Presence::Offline { .. }));
        if !gone {
            return;
        }
        for handoff in self.queue.held_by(id) {
            let Some(row) = self.queue.take(&handoff) else { continue };
            let epoch = row.epoch.next();
            if let Some(agent) = row.agent.clone() {
                self.tell(&row.conversation, ToRoom::Returned { handoff, epoch, agent });
            }
            self.uninformed.insert(row.conversation.clone());
            self.save(QueueRow { stage: Stage::Waiting, epoch, returned: true, ..row });
        }
    }

    pub(super) fn hear(&mut self, now: Timestamp, notice: ToDesk) {
        match notice {
            ToDesk::Ask { handoff, conversation, asked_at, page, visitor_name, last } => {
                let asked = QueueRow::waiting(handoff, conversation, asked_at, page);
                let row = QueueRow { visitor_name, last, ..asked };
                self.overtake(now, &row);
                let is_known = self.queue.get(&row.handoff).is_some();
                if is_known || self.is_open() { self.enqueue(row) } else { self.miss(now, row) }
            }
            ToDesk::AfterHours { row } => {
                self.overtake(now, &row);
                self.after_hours(*row);
            }
            ToDesk::Activity { handoff, last } => {
                if let Some(row) = self.queue.get(&handoff).cloned() {
                    self.save(QueueRow { last: Some(last), ..row });
                }
            }
        }
    }

    /// A room has one handoff at a time. If it speaks of the next one, it has closed the one before, by a form
    /// that a claim overtook on the way: the room will not hear of that claim, so it has to end here.
    fn overtake(&mut self, now: Timestamp, next: &QueueRow) {
        let Some(row) = self.queue.of(&next.conversation).filter(|row| row.handoff != next.handoff).cloned() else {
            return;
        };
        self.stop_waiting(&row.handoff);
        let row = QueueRow { stage: Stage::Closed, closed_at: Some(now), reason: Some(CloseReason::Missed), ..row };
        self.effects.push(Effect::Show(DeskDown::Row { row }));
    }

    fn enqueue(&mut self, row: QueueRow) {
        self.tell(&row.conversation, ToRoom::Queued { handoff: row.handoff.clone() });
        if self.queue.get(&row.handoff).is_none() {
            self.save(row);
        }
    }

    fn miss(&mut self, now: Timestamp, row: QueueRow) {
        self.tell(&row.conversation, ToRoom::Nobody { handoff: row.handoff.clone() });
        self.watch(row.conversation.clone());
        let row = QueueRow { stage: Stage::Closed, closed_at: Some(now), reason: Some(CloseReason::Missed), ..row };
        self.effects.push(Effect::Show(DeskDown::Row { row }));
    }

    /// The visitor left an address. If an agent was quicker, the room has yet to hear of it and will follow:
    /// the handoff stays open, also when that agent was lost meanwhile.
    fn after_hours(&mut self, closed: QueueRow) {
        match self.queue.get(&closed.handoff).cloned() {
            Some(row) if row.epoch != closed.epoch => {
                self.save(QueueRow { email: closed.email, visitor_name: closed.visitor_name, ..row });
            }
            Some(_) | None => {
                self.stop_waiting(&closed.handoff);
                self.effects.push(Effect::Show(DeskDown::Row { row: closed }));
            }
        }
    }

    /// Whoever stops waiting still wants to know when the desk closes or opens.
    fn stop_waiting(&mut self, handoff: &HandoffId) {
        let Some(room) = self.queue.get(handoff).map(|row| row.conversation.clone()) else { return };
        self.drop_row(handoff);
        self.watch(room);
    }

    pub(super) fn watch(&mut self, room: ConversationId) {
        if self.watching.insert(room.clone()) {
            self.effects.push(Effect::Watch(room));
        }
    }

    pub(super) fn unwatch(&mut self, room: ConversationId) {
        if self.watching.remove(&room) {
            self.effects.push(Effect::Unwatch(room));
        }
    }

    pub(super) fn claim(
        &mut self,
        now: Timestamp,
        id: &AgentId,
        handoff: &HandoffId,
        epoch: Epoch,
    ) -> Result<(), Refusal> {
        let row = self.queue.get(handoff).cloned().ok_or(Refusal::NotOpen)?;
        if row.stage == Stage::Active
            && let Some(by) = row.agent.clone()
        {
            if by.id == *id {
                self.effects.push(Effect::Answer(row));
                return Ok(());
            }
            return Err(Refusal::Taken { by, at: row.picked_at.unwrap_or(row.asked_at) });
        }
        if row.epoch != epoch {
            return Err(Refusal::StaleEpoch);
        }
        let agent = self.routable(id)?;
        let row = QueueRow {
            stage: Stage::Active,
            epoch: epoch.next(),
            agent: Some(agent.clone()),
            picked_at: Some(now),
            returned: false,
            ..row
        };
        let claimed = ToRoom::Claimed { handoff: handoff.clone(), epoch: row.epoch, agent, at: now };
        self.tell(&row.conversation, claimed);
        self.effects.push(Effect::Answer(row.clone()));
        self.save(row);
        Ok(())
    }

    /// Errors: why this agent cannot take a conversation now. Every input has ticked before, so that what is
    /// known of leases is true.
    fn routable(&self, id: &AgentId) -> Result<AgentRef, Refusal> {
        let agent = self.team.get(id).ok_or(Refusal::NotRoutable)?;
        let (load, capacity) = (self.queue.load(id), agent.profile.capacity);
        if load >= capacity {
            return Err(Refusal::AtCapacity);
        }
        // Whoever commands is at it, though their tab may not have said so yet.
        let reachability = match agent.presence.reachability() {
            Reachability::Idle => Reachability::Connected,
            other => other,
        };
        if status(reachability, agent.intent, load, capacity) != Status::Available {
            return Err(Refusal::NotRoutable);
        }
        Ok(AgentRef { id: id.clone(), name: agent.profile.name.clone() })
    }

    pub(super) fn resolve(
        &mut self,
        now: Timestamp,
        id: &AgentId,
        handoff: &HandoffId,
        epoch: Epoch,
    ) -> Result<(), Refusal> {
        let row = self.queue.get(handoff).cloned().ok_or(Refusal::NotOpen)?;
        let is_owner = row.stage == Stage::Active && row.agent.as_ref().is_some_and(|owner| owner.id == *id);
        if !is_owner {
            return Err(Refusal::NotOwner);
        }
        if row.epoch != epoch {
            return Err(Refusal::StaleEpoch);
        }
        let reason = CloseReason::Resolved;
        let epoch = epoch.next();
        self.drop_row(handoff);
        self.tell(&row.conversation, ToRoom::Closed { handoff: handoff.clone(), epoch, reason, at: now });
        let row = QueueRow { stage: Stage::Closed, epoch, closed_at: Some(now), reason: Some(reason), ..row };
        self.effects.push(Effect::Answer(row.clone()));
        self.effects.push(Effect::Show(DeskDown::Row { row }));
        Ok(())
    }

    pub(super) fn tell(&mut self, room: &ConversationId, notice: ToRoom) {
        self.effects.push(Effect::Tell(room.clone(), notice));
    }

    fn save(&mut self, row: QueueRow) {
        self.touched.extend(row.agent.iter().map(|owner| owner.id.clone()));
        self.queue.put(row.clone());
        self.effects.push(Effect::SaveRow(row.clone()));
        self.effects.push(Effect::Show(DeskDown::Row { row }));
    }

    fn drop_row(&mut self, handoff: &HandoffId) {
        if let Some(row) = self.queue.take(handoff) {
            self.touched.extend(row.agent.map(|owner| owner.id));
            self.effects.push(Effect::DropRow(handoff.clone()));
        }
    }
}
