//! Who gets what waits. Whoever becomes routable and whatever begins to wait is looked at in the turn in which that
//! happens, and no more than that: each line has its first one, each department has whose turn it is.

use super::Desk;
use crate::notice::ToRoom;
use crate::pool::Seat;
use crate::presence::{Presence, status};
use crate::queue::LineId;
use protocol::desk::{Offer, QueueRow};
use protocol::room::AgentRef;
use protocol::routing::{Considered, Routing};
use protocol::{
    Act, AgentId, Delivery, DepartmentId, Intent, Reachability, Requeue, RoutingMode, Status, Timestamp, WhenDeclined,
    Why,
};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

/// Before those are asked again who have all declined.
pub(super) const RING_PAUSE: Duration = Duration::from_secs(15);
/// So many steps are taken in one turn; the next begins at once.
pub(super) const STEPS: usize = 200;
/// So many members of a department are named in a decision.
const NAMED: usize = 12;

impl Desk {
    /// Does all that has become possible.
    pub(super) fn work(&mut self, now: Timestamp) {
        let mut steps = 0;
        loop {
            self.review_touched(now);
            if steps >= STEPS {
                break;
            }
            let Some(line) = self.due.pop_first() else { break };
            steps += self.serve(now, &line, STEPS - steps);
        }
        self.attended = self.is_open();
    }

    fn review_touched(&mut self, now: Timestamp) {
        while let Some(id) = self.touched.pop_first() {
            self.return_all_of_the_gone(now, &id);
            self.withdraw_offers(now, &id);
            self.seat(&id);
            self.unshown.insert(id);
        }
    }

    /// The conversations of an agent who is gone go to the front of their lines.
    fn return_all_of_the_gone(&mut self, now: Timestamp, id: &AgentId) {
        let is_gone = self.team.get(id).is_none_or(|agent| matches!(agent.presence, Presence::Offline { .. }));
        if !is_gone {
            return;
        }
        for handoff in self.queue.owned_by(id) {
            let Some(row) = self.queue.get(&handoff).cloned() else { continue };
            let what = self.decision(now, &row, Act::Returned);
            self.requeue(now, row, Requeue::Vanished, what);
            self.tally(now, |tally| tally.returned += 1);
        }
    }

    /// Nobody is asked to take what they could not accept. A reload, or a moment of idleness, does not end an offer.
    fn withdraw_offers(&mut self, now: Timestamp, id: &AgentId) {
        let mut offered: Vec<QueueRow> =
            self.queue.offered_to(id).iter().filter_map(|handoff| self.queue.get(handoff)).cloned().collect();
        // The newest first.
        offered.sort_unstable_by_key(|row| Reverse((row.offer.as_ref().map(|offer| offer.at), row.asked_at)));
        for row in offered {
            let could = self.team.get(id).is_some_and(|agent| {
                agent.intent == Intent::Available
                    && agent.presence.reachability() != Reachability::Offline
                    && self.queue.load(id) <= agent.profile.capacity
            });
            if could {
                return;
            }
            let what = self.decision(now, &row, Act::OfferWithdrawn);
            self.end_offer(row, false, what);
        }
    }

    /// Puts an agent where choosing finds them, and marks the lines for which that makes a difference.
    pub(super) fn seat(&mut self, id: &AgentId) {
        let Some(seat) = self.seat_of(id) else {
            let gone = self.pool.take(id);
            return self.restaff(&gone.departments);
        };
        let after = seat.clone();
        let before = self.pool.put(id, seat);
        let has_moved = before.departments != after.departments;
        let is_new = after.ready.is_some() && (before.ready.is_none() || has_moved);
        if before.staffs != after.staffs || has_moved || is_new {
            self.restaff(&[before.departments.as_slice(), after.departments.as_slice()].concat());
        }
        if after.ready.is_some() {
            for department in after.departments {
                let line = Some(department);
                if is_new {
                    let rings = line.as_ref().is_some_and(|id| self.rings_again(id));
                    self.queue.wake(&line, id, rings);
                }
                self.due.insert(line);
            }
        }
    }

    fn rings_again(&self, department: &DepartmentId) -> bool {
        match self.routing(department).when_declined {
            WhenDeclined::RingAgain => true,
            WhenDeclined::Form => false,
        }
    }

    fn seat_of(&self, id: &AgentId) -> Option<Seat> {
        let agent = self.team.get(id)?;
        let load = self.queue.load(id);
        let shown = status(agent.presence.reachability(), agent.intent, load, agent.profile.capacity);
        let is_attended = agent.presence.attended_until(&self.team.rules()).is_some();
        let staffs = is_attended && agent.intent == Intent::Available;
        Some(Seat {
            departments: agent.profile.departments.clone(),
            staffs,
            covers: staffs && load < agent.profile.capacity,
            ready: (shown == Status::Available).then_some((load, agent.served_at)),
        })
    }

    /// Somebody came, went, or has room again: lines that nobody serves may go elsewhere now, or have to.
    fn restaff(&mut self, departments: &[DepartmentId]) {
        let is_touched = |id: &DepartmentId| departments.contains(id);
        let is_due = |id: &DepartmentId| {
            // While the desk was closed nobody looked at any line.
            let is_left = !self.pool.is_staffed(id) && (is_touched(id) || !self.attended);
            // Also where somebody is, all may have declined: they go where somebody came.
            is_left || self.fallbacks(id).any(|at| is_touched(&at) && self.pool.is_staffed(&at))
        };
        let lines = self.config.departments.iter().map(|department| &department.id).filter(|id| is_due(id));
        for line in lines.map(|id| Some(id.clone())).collect::<Vec<_>>() {
            self.queue.wake_all(&line);
            self.due.insert(line);
        }
    }

    /// Serves a line as far as that goes; how many steps it took.
    fn serve(&mut self, now: Timestamp, line: &LineId, most: usize) -> usize {
        // What was asked of nobody in particular is picked up by whoever likes to.
        let Some(department) = line else { return 0 };
        let routing = self.routing(department);
        let mut steps = 0;
        while steps < most && self.is_servable(department, routing.mode) {
            let Some(row) = self.queue.first_free(line).cloned() else { return steps };
            if self.pool.is_staffed(department) {
                self.route(now, department, &routing, row);
            } else {
                self.strand(now, department, row);
            }
            self.review_touched(now);
            steps += 1;
        }
        if steps == most {
            self.due.insert(line.clone());
        }
        steps
    }

    fn is_servable(&self, department: &DepartmentId, mode: RoutingMode) -> bool {
        if self.pool.is_staffed(department) {
            mode != RoutingMode::Manual && self.pool.has_ready(department)
        } else {
            // To an empty desk another word is said.
            self.is_open()
        }
    }

    /// How a department routes; one that is not known any more leaves it to whoever likes to.
    pub(super) fn routing(&self, department: &DepartmentId) -> Routing {
        let known = self.config.departments.iter().find(|known| known.id == *department);
        known.map(|known| known.routing.clone()).unwrap_or_default()
    }

    /// Asks, or gives it to, whoever comes first.
    fn route(&mut self, now: Timestamp, department: &DepartmentId, routing: &Routing, row: QueueRow) {
        match self.choose(department, routing, &row) {
            Some((id, why)) => self.hand(now, department, routing, row, (&id, why)),
            None => self.exhausted(now, department, routing, row),
        }
    }

    fn choose(&self, department: &DepartmentId, routing: &Routing, row: &QueueRow) -> Option<(AgentId, Why)> {
        let may = |id: &AgentId| !row.declined.contains(id);
        let is_theirs = |id: &&AgentId| self.pool.is_ready(department, id) && may(id);
        let known = row.earlier.as_ref().filter(|_| routing.sticky).filter(is_theirs);
        let known = known.map(|id| (id.clone(), Why::KnowsVisitor));
        known.or_else(|| Some((self.pool.first(department, routing.mode, may)?.clone(), Why::Chosen)))
    }

    fn hand(
        &mut self,
        now: Timestamp,
        department: &DepartmentId,
        routing: &Routing,
        mut row: QueueRow,
        (id, why): (&AgentId, Why),
    ) {
        let Ok(agent) = self.named(id) else { return };
        let act = match routing.delivery {
            Delivery::Offer => Act::Offered,
            Delivery::Assign => Act::Routed,
        };
        let mut what = self.decision(now, &row, act);
        what.mode = Some(routing.mode);
        what.considered = self.considered(department, &row, Some((&agent, why)));
        match routing.delivery {
            Delivery::Offer => {
                let until = now + Duration::from_millis(routing.offer_ms.into());
                self.serve_at(now, id);
                what.agent = Some(agent.clone());
                self.decide(what);
                row.epoch = row.epoch.next();
                row.offer = Some(Offer { agent, at: now, until });
                // Somebody was left after all: should they decline, it is looked at anew.
                row.ring_at = None;
                self.save(row);
            }
            Delivery::Assign => self.give(now, row, agent, what),
        }
    }

    /// All who could take it have declined.
    fn exhausted(&mut self, now: Timestamp, department: &DepartmentId, routing: &Routing, mut row: QueueRow) {
        // Only to who can take it now: two that are full would pass it to and fro.
        let may = |id: &AgentId| !row.declined.contains(id);
        let to = self.fallbacks(department).find(|at| self.pool.has_ready_by(at, may));
        if let Some(to) = to {
            return self.fall_back(now, department, row, to);
        }
        match routing.when_declined {
            WhenDeclined::RingAgain if row.ring_at.is_none() => {
                let mut what = self.decision(now, &row, Act::Exhausted);
                what.mode = Some(routing.mode);
                what.considered = self.considered(department, &row, None);
                self.decide(what);
                row.ring_at = Some(now + RING_PAUSE);
                self.save(row);
            }
            WhenDeclined::Form if !row.form_offered => self.offer_form_to_rest(now, department, row),
            WhenDeclined::RingAgain | WhenDeclined::Form => self.queue.rest(&row.handoff),
        }
    }

    /// Nobody of its department is there.
    fn strand(&mut self, now: Timestamp, department: &DepartmentId, row: QueueRow) {
        let may = |id: &AgentId| !row.declined.contains(id);
        let to = self.fallbacks(department).find(|at| self.pool.is_staffed_by(at, may));
        match to {
            Some(to) => self.fall_back(now, department, row, to),
            None if !row.form_offered => self.offer_form_to_rest(now, department, row),
            None => self.queue.rest(&row.handoff),
        }
    }

    fn offer_form_to_rest(&mut self, now: Timestamp, department: &DepartmentId, row: QueueRow) {
        let handoff = row.handoff.clone();
        let considered = self.considered(department, &row, None);
        self.offer_form(now, row, considered);
        self.queue.rest(&handoff);
    }

    /// The visitor may leave an e-mail address instead of waiting.
    pub(super) fn offer_form(&mut self, now: Timestamp, mut row: QueueRow, considered: Vec<Considered>) {
        self.tell(&row.conversation, ToRoom::FormOffered { handoff: row.handoff.clone() });
        let mut what = self.decision(now, &row, Act::FormOffered);
        what.considered = considered;
        self.decide(what);
        row.form_offered = true;
        self.save(row);
    }

    /// Along the fallbacks, each once.
    fn fallbacks(&self, from: &DepartmentId) -> impl Iterator<Item = DepartmentId> {
        let mut seen = BTreeSet::from([from.clone()]);
        let next = move |at: &DepartmentId| self.routing(at).fallback.filter(|next| seen.insert(next.clone()));
        std::iter::successors(Some(from.clone()), next).skip(1)
    }

    fn fall_back(&mut self, now: Timestamp, from: &DepartmentId, mut row: QueueRow, to: DepartmentId) {
        let considered = self.considered(from, &row, None);
        row.department = Some(to);
        let mut what = self.decision(now, &row, Act::FellBack);
        what.considered = considered;
        self.move_line(row, what);
    }

    /// Whom a decision looked at, the chosen one last.
    fn considered(
        &self,
        department: &DepartmentId,
        row: &QueueRow,
        chosen: Option<(&AgentRef, Why)>,
    ) -> Vec<Considered> {
        let others = self.pool.members(department).filter(|id| chosen.is_none_or(|(agent, _)| agent.id != **id));
        let others = others.take(NAMED - 1).filter_map(|id| self.considered_one(id, row, None));
        let chosen = chosen.and_then(|(agent, why)| self.considered_one(&agent.id, row, Some(why)));
        others.chain(chosen).collect()
    }

    fn considered_one(&self, id: &AgentId, row: &QueueRow, chosen: Option<Why>) -> Option<Considered> {
        let card = self.card(self.team.get(id)?);
        let is_full = card.load >= card.capacity && card.intent == Intent::Available;
        let why = chosen.unwrap_or(if row.declined.contains(id) {
            Why::Declined
        } else if card.status == Status::Available {
            Why::NotTheirTurn
        } else if is_full && card.reachability == Reachability::Connected {
            Why::AtCapacity
        } else {
            Why::NotAvailable
        });
        Some(Considered {
            agent: AgentRef { id: card.id, name: card.name },
            why,
            status: card.status,
            since: card.since,
            load: card.load,
            capacity: card.capacity,
        })
    }

    pub(super) fn tally(&mut self, now: Timestamp, count: impl FnOnce(&mut protocol::team::Tally)) {
        count(&mut self.upkeep.tally);
        self.upkeep.tally.at = Some(now);
        self.is_upkeep_new = true;
    }
}
