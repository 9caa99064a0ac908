//! What agents do with handoffs. Every command speaks of an epoch: what has changed hands since is refused, and what was
//! done already is answered as it is.

use super::{Desk, Target, Verb};
use crate::Refusal;
use crate::presence::status;
use protocol::desk::{Note, QueueRow};
use protocol::room::AgentRef;
use protocol::routing::Decision;
use protocol::{
    Act, AgentId, Body, CloseReason, ConversationId, DepartmentId, Epoch, HandoffId, Priority, Reachability, Requeue,
    Role, Stage, Status, Timestamp,
};

/// A command, and what it is about.
struct Order {
    now: Timestamp,
    by: AgentRef,
    role: Role,
    row: QueueRow,
    epoch: Epoch,
}

/// Why an agent cannot have a conversation.
enum Unfit {
    Away,
    Full,
}

impl Order {
    fn owner(&self) -> Option<&AgentRef> {
        self.row.agent.as_ref().filter(|_| self.row.stage == Stage::Active)
    }

    fn is_owner(&self) -> bool {
        self.owner().is_some_and(|owner| owner.id == self.by.id)
    }

    fn is_admin(&self) -> bool {
        self.role.covers(Role::ClientAdmin)
    }

    fn is_offered(&self) -> bool {
        self.row.offer.as_ref().is_some_and(|offer| offer.agent.id == self.by.id)
    }

    fn check_epoch(&self) -> Result<(), Refusal> {
        if self.row.epoch == self.epoch { Ok(()) } else { Err(Refusal::StaleEpoch) }
    }

    fn check_not_taken(&self) -> Result<(), Refusal> {
        self.owner().map_or(Ok(()), |by| {
            Err(Refusal::Taken { by: by.clone(), at: self.row.picked_at.unwrap_or(self.row.asked_at) })
        })
    }

    fn check_owner(&self) -> Result<(), Refusal> {
        if self.is_owner() { Ok(()) } else { Err(Refusal::NotOwner) }
    }

    fn check_admin(&self) -> Result<(), Refusal> {
        if self.is_admin() { Ok(()) } else { Err(Refusal::Forbidden) }
    }
}

impl Desk {
    /// Errors: a [`Refusal`] with the reason.
    pub(super) fn command(
        &mut self,
        now: Timestamp,
        agent: &AgentId,
        handoff: &HandoffId,
        epoch: Epoch,
        verb: Verb,
    ) -> Result<(), Refusal> {
        let role = self.team.get(agent).ok_or(Refusal::SignedOut)?.profile.role;
        let by = self.named(agent)?;
        let Some(row) = self.queue.get(handoff).cloned() else { return self.too_late(&by, handoff, &verb) };
        let order = Order { now, by, role, row, epoch };
        match verb {
            Verb::Claim => self.claim(order),
            Verb::Accept => self.accept(order),
            Verb::Decline => self.decline(order),
            Verb::Release => self.release(order),
            Verb::Resolve => self.resolve(order),
            Verb::TakeOver => self.take_over(order),
            Verb::Assign { to } => self.assign(order, &to),
            Verb::Transfer { to: Target::Agent(to), note } => self.transfer(order, &to, note),
            Verb::Transfer { to: Target::Department(to), note } => self.pass_on(order, to, note),
        }?;
        self.answer = Some(handoff.clone());
        Ok(())
    }

    /// Who has resolved it is told that it is resolved; everybody else, that it is over, and by whom.
    fn too_late(&mut self, by: &AgentRef, handoff: &HandoffId, verb: &Verb) -> Result<(), Refusal> {
        let Some(row) = self.queue.closed(handoff) else { return Err(Refusal::NotOpen { ended: None }) };
        let resolved = row.reason == Some(CloseReason::Resolved);
        let ended = row.agent.clone().zip(row.closed_at).filter(|_| resolved);
        if *verb == Verb::Resolve && ended.as_ref().is_some_and(|(who, _)| who.id == by.id) {
            self.answer = Some(handoff.clone());
            return Ok(());
        }
        Err(Refusal::NotOpen { ended })
    }

    fn claim(&mut self, order: Order) -> Result<(), Refusal> {
        if order.is_owner() {
            return Ok(());
        }
        order.check_not_taken()?;
        if let Some(offer) = order.row.offer.as_ref().filter(|_| !order.is_offered()) {
            return Err(Refusal::Offered { to: offer.agent.clone(), at: offer.at });
        }
        self.pick(order, Act::Claimed)
    }

    fn accept(&mut self, order: Order) -> Result<(), Refusal> {
        if order.is_owner() {
            return Ok(());
        }
        order.check_not_taken()?;
        if !order.is_offered() {
            return Err(Refusal::NotOffered);
        }
        self.pick(order, Act::Accepted)
    }

    /// It becomes theirs who commands.
    fn pick(&mut self, order: Order, act: Act) -> Result<(), Refusal> {
        order.check_epoch()?;
        self.may_take(&order.by.id, order.is_offered())?;
        let Order { now, by, row, .. } = order;
        let mut what = self.decision(now, &row, act);
        what.by = Some(by.clone());
        self.give(now, row, by, what);
        Ok(())
    }

    /// Errors: why this agent cannot take a conversation now. Whoever commands is at it, though their tab may not have
    /// said so yet.
    fn may_take(&self, id: &AgentId, is_offered: bool) -> Result<(), Refusal> {
        self.fits(id, true, is_offered).map_err(|unfit| match unfit {
            Unfit::Away => Refusal::NotRoutable,
            Unfit::Full => Refusal::AtCapacity,
        })
    }

    /// Errors: why somebody else cannot be given it now.
    fn may_be_given(&self, to: &AgentRef, row: &QueueRow) -> Result<(), Refusal> {
        let is_offered = row.offer.as_ref().is_some_and(|offer| offer.agent.id == to.id);
        self.fits(&to.id, false, is_offered).map_err(|unfit| match unfit {
            Unfit::Away => Refusal::AgentNotRoutable { agent: to.clone() },
            Unfit::Full => Refusal::AgentAtCapacity { agent: to.clone() },
        })
    }

    /// Whether an agent is available and has room for one more; what is offered to them counts already.
    fn fits(&self, id: &AgentId, is_at_it: bool, is_offered: bool) -> Result<(), Unfit> {
        let agent = self.team.get(id).ok_or(Unfit::Away)?;
        let reachability = match agent.presence.reachability() {
            Reachability::Idle if is_at_it => Reachability::Connected,
            other => other,
        };
        if status(reachability, agent.intent, 0, 1) != Status::Available {
            return Err(Unfit::Away);
        }
        let load = self.queue.load(id) - u32::from(is_offered);
        if load < agent.profile.capacity { Ok(()) } else { Err(Unfit::Full) }
    }

    fn decline(&mut self, order: Order) -> Result<(), Refusal> {
        if !order.is_offered() {
            // Said already.
            let repeated = order.row.declined.contains(&order.by.id);
            return if repeated { Ok(()) } else { Err(Refusal::NotOffered) };
        }
        order.check_epoch()?;
        let mut what = self.decision(order.now, &order.row, Act::Declined);
        what.by = Some(order.by);
        self.end_offer(order.row, true, what);
        Ok(())
    }

    fn release(&mut self, order: Order) -> Result<(), Refusal> {
        order.check_owner()?;
        order.check_epoch()?;
        let mut what = self.decision(order.now, &order.row, Act::Released);
        what.by = Some(order.by);
        self.requeue(order.now, order.row, Requeue::Released, what);
        Ok(())
    }

    fn resolve(&mut self, order: Order) -> Result<(), Refusal> {
        order.check_owner()?;
        order.check_epoch()?;
        self.finish(order.now, order.row, CloseReason::Resolved, Some(order.by));
        Ok(())
    }

    fn take_over(&mut self, order: Order) -> Result<(), Refusal> {
        order.check_admin()?;
        if order.is_owner() {
            return Ok(());
        }
        self.pick(order, Act::TakenOver)
    }

    fn assign(&mut self, order: Order, to: &AgentId) -> Result<(), Refusal> {
        order.check_admin()?;
        self.hand_on(order, to, Act::Assigned, None)
    }

    fn transfer(&mut self, order: Order, to: &AgentId, note: Option<Body>) -> Result<(), Refusal> {
        if !order.is_admin() {
            order.check_owner()?;
        }
        self.hand_on(order, to, Act::Transferred, Some(note))
    }

    /// To another agent, at once. A transfer takes a note along, or takes away the one before.
    fn hand_on(&mut self, order: Order, to: &AgentId, act: Act, note: Option<Option<Body>>) -> Result<(), Refusal> {
        let to = self.named(to)?;
        if order.owner().is_some_and(|owner| owner.id == to.id) {
            return Err(Refusal::AlreadyThere);
        }
        order.check_epoch()?;
        self.may_be_given(&to, &order.row)?;
        let Order { now, by, mut row, .. } = order;
        let mut what = self.decision(now, &row, act);
        (what.by, what.note) = (Some(by.clone()), note.clone().flatten());
        if let Some(note) = note {
            row.note = note.map(|text| Note { by, at: now, text });
        }
        self.give(now, row, to, what);
        Ok(())
    }

    /// To a department's line.
    fn pass_on(&mut self, order: Order, to: DepartmentId, note: Option<Body>) -> Result<(), Refusal> {
        if !order.is_admin() {
            order.check_owner()?;
        }
        if !self.config.departments.iter().any(|department| department.id == to) {
            return Err(Refusal::NotFound);
        }
        if order.row.stage == Stage::Waiting && order.row.department.as_ref() == Some(&to) {
            return Err(Refusal::AlreadyThere);
        }
        order.check_epoch()?;
        if self.pool.members(&to).next().is_none() {
            return Err(Refusal::EmptyDepartment);
        }
        let Order { now, by, mut row, .. } = order;
        (row.department, row.queued_at) = (Some(to), Some(now));
        row.note = note.clone().map(|text| Note { by: by.clone(), at: now, text });
        let mut what = self.decision(now, &row, Act::Transferred);
        (what.by, what.note) = (Some(by), note);
        if row.stage == Stage::Active {
            self.requeue(now, row, Requeue::Transferred, what);
        } else {
            row.declined.clear();
            self.move_line(row, what);
        }
        Ok(())
    }

    /// From one line to another.
    pub(super) fn move_line(&mut self, mut row: QueueRow, what: Decision) {
        self.touched.extend(row.offer.take().map(|offer| offer.agent.id));
        self.decide(what);
        row.epoch = row.epoch.next();
        row.ring_at = None;
        self.save(row);
    }

    /// How urgent the open handoff of a room is from now on.
    pub(super) fn prioritize(&mut self, now: Timestamp, room: &ConversationId, priority: Priority, by: &AgentId) {
        let Some(mut row) = self.queue.of(room).filter(|row| row.priority != priority).cloned() else { return };
        let mut what = self.decision(now, &row, Act::Prioritized);
        what.by = self.named(by).ok();
        self.decide(what);
        row.priority = priority;
        self.save(row);
    }
}
