//! What a desk is asked. Answers are as of the last tick: tick before asking.

use super::{Agent, Desk, Versions};
use crate::Refusal;
use protocol::desk::{AgentCard, DeskDown, QueueRow};
use protocol::room::AgentRef;
use protocol::team::{Counts, DepartmentCounts, Odd, PresenceReply};
use protocol::{
    AgentId, DepartmentId, HandoffId, Intent, Name, Oddity, Reachability, SessionId, SignInId, Stage, Status, Timestamp,
};
use std::collections::BTreeMap;
use std::time::Duration;

/// Longer than any shift: whoever is available for so long has forgotten to say otherwise.
const LONG: Duration = Duration::from_secs(12 * 3600);

/// Which agents are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// In this department only.
    pub department: Option<DepartmentId>,
    /// With this status only.
    pub status: Option<Status>,
    /// Behind this place of the list by name.
    pub after: Option<(Name, AgentId)>,
}

/// Which handoffs are wanted.
#[derive(Debug, Clone, Default)]
pub struct WantedRows {
    /// At this stage only.
    pub stage: Option<Stage>,
    /// Of this department only.
    pub department: Option<DepartmentId>,
    /// Of this one only, who owns it or is being asked.
    pub agent: Option<AgentId>,
    /// Behind this one.
    pub after: Option<HandoffId>,
}

impl Desk {
    /// When time alone will change something, should no beat come.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.next_end().into_iter().chain(self.next_turn()).min()
    }

    /// When the next lease, grace or sign-in ends, should no beat come.
    fn next_end(&self) -> Option<Timestamp> {
        self.team.next_deadline().into_iter().chain(self.sign_ins.next_end()).min()
    }

    /// When the next handoff needs to be looked at.
    fn next_turn(&self) -> Option<Timestamp> {
        // A turn that would have become too long goes on at once.
        let left_over = (!self.due.is_empty()).then_some(self.latest);
        [self.clocks.next(), self.next_late(), left_over].into_iter().flatten().min()
    }

    /// When to look again: at handoffs when their time has come, and at the sockets a while before they are needed. A third of `stale_after` before something ends, because every tab that lives has
    /// beaten again by then: what was proven is renewed before it runs out. After that, when it ends.
    pub fn next_wake(&self, now: Timestamp) -> Option<Timestamp> {
        let end = self.next_end().map(|end| {
            let early = Timestamp(end.0 - i64::try_from(self.beat_every().as_millis()).unwrap_or(0));
            if now < early { early } else { end }
        });
        [end, self.next_turn(), self.places_at].into_iter().flatten().min()
    }

    /// Whether somebody can answer, now or in a moment: available by choice, and here or within the grace.
    /// Being at capacity does not close the desk: the visitor then waits in the queue.
    pub fn is_open(&self) -> bool {
        self.team.ready_until().is_some()
    }

    /// Until when that is proven, if no beat came any more.
    pub fn open_until(&self) -> Option<Timestamp> {
        self.team.ready_until()
    }

    /// What was read of the administration.
    pub fn versions(&self) -> Versions {
        self.config.versions
    }

    /// Sign-ins by which something is open.
    pub fn sign_ins(&self) -> Vec<SignInId> {
        self.sign_ins.ids()
    }

    /// Beats of API clients within this keep a lease with two to spare.
    pub fn beat_every(&self) -> Duration {
        self.team.rules().stale_after / 3
    }

    /// How many leases live.
    pub fn lease_count(&self) -> usize {
        self.team.iter().map(|agent| agent.presence.leases().count()).sum()
    }

    /// How many handoffs are open.
    pub fn handoffs(&self) -> usize {
        self.queue.len()
    }

    /// Everything, for a dashboard that connects: what those have that were there all the time.
    pub fn welcome(&self, me: &AgentId, now: Timestamp) -> DeskDown {
        DeskDown::Welcome {
            me: me.clone(),
            agents: self.team.by_name(None).map(|agent| self.card(agent)).collect(),
            departments: self.department_cards(),
            settings: self.config.settings,
            queue: self.queue.listed(),
            now,
        }
    }

    /// One handoff that is open, or was closed lately. Errors: [`Refusal::NotFound`].
    pub fn handoff(&self, handoff: &HandoffId) -> Result<QueueRow, Refusal> {
        self.queue.get(handoff).or_else(|| self.queue.closed(handoff)).cloned().ok_or(Refusal::NotFound)
    }

    /// A page of open handoffs in line, then of those in hand.
    pub fn queue(&self, wanted: &WantedRows, limit: usize) -> Vec<QueueRow> {
        let WantedRows { stage, department, agent, after } = wanted;
        let fits = |row: &QueueRow| {
            stage.is_none_or(|stage| row.stage == stage)
                && department.as_ref().is_none_or(|id| row.department.as_ref() == Some(id))
                && agent.as_ref().is_none_or(|id| holder(row).is_some_and(|holder| holder.id == *id))
        };
        let rows: Vec<QueueRow> = self.queue.listed().into_iter().filter(fits).collect();
        // What was closed meanwhile marks no place any more: from the beginning again.
        let from = after.as_ref().and_then(|id| rows.iter().position(|row| row.handoff == *id)).map_or(0, |at| at + 1);
        rows.into_iter().skip(from).take(limit).collect()
    }

    /// One agent. Errors: [`Refusal::NotFound`].
    pub fn card_of(&self, agent: &AgentId) -> Result<AgentCard, Refusal> {
        self.team.get(agent).map(|agent| self.card(agent)).ok_or(Refusal::NotFound)
    }

    /// A page of agents by name.
    pub fn agents(&self, wanted: Wanted, limit: usize) -> Vec<AgentCard> {
        let Wanted { department, status, after } = wanted;
        let cards = self.team.by_name(after).map(|agent| self.card(agent));
        let fits = |card: &AgentCard| {
            department.as_ref().is_none_or(|id| card.departments.contains(id))
                && status.is_none_or(|status| card.status == status)
        };
        cards.filter(fits).take(limit).collect()
    }

    /// Counts of the tenant and of each department, and whom to look at.
    pub fn presence(&self, now: Timestamp) -> PresenceReply {
        let mut tenant = Counts::default();
        let mut by_department: BTreeMap<DepartmentId, Counts> = BTreeMap::new();
        let mut odd = Vec::new();
        for agent in self.team.iter() {
            let card = self.card(agent);
            tenant.add(&card);
            card.departments.iter().for_each(|id| by_department.entry(id.clone()).or_default().add(&card));
            odd.extend(oddity(&card, now).map(|why| Odd { agent: card.id.clone(), why, since: card.since }));
        }
        let departments = self.department_cards().into_iter().map(|department| DepartmentCounts {
            counts: by_department.remove(&department.id).unwrap_or_default(),
            department,
        });
        PresenceReply { tenant, departments: departments.collect(), odd, now }
    }

    /// Every lease that has a socket, to be held against the sockets that there are.
    pub fn leases(&self) -> Vec<(AgentId, SessionId)> {
        self.team.iter().flat_map(|agent| tabs(agent, None)).collect()
    }

    /// Those leases of them that end by `now` unless their sockets know of a later beat.
    pub fn due(&self, now: Timestamp) -> Vec<(AgentId, SessionId)> {
        let dead = |id: &AgentId| {
            let agent = self.team.get(id)?;
            Some(tabs(agent, Some((now, self.team.rules().stale_after))))
        };
        self.team.due(now).iter().filter_map(dead).flatten().collect()
    }

    /// How many live leases each sign-in of an agent has.
    pub fn leases_of(&self, agent: &AgentId) -> Vec<(SignInId, u32)> {
        let mut counts: BTreeMap<SignInId, u32> = BTreeMap::new();
        for (_, lease) in self.team.get(agent).into_iter().flat_map(|agent| agent.presence.leases()) {
            *counts.entry(lease.sign_in.clone()).or_default() += 1;
        }
        counts.into_iter().collect()
    }
}

/// Who has it, or is being asked to take it.
fn holder(row: &QueueRow) -> Option<&AgentRef> {
    match row.stage {
        Stage::Active => row.agent.as_ref(),
        Stage::Waiting => row.offer.as_ref().map(|offer| &offer.agent),
        Stage::Closed => None,
    }
}

/// An agent's leases with sockets; of those only the ones without a beat for `stale_after` by `now`, where given.
fn tabs(agent: &Agent, stale: Option<(Timestamp, Duration)>) -> Vec<(AgentId, SessionId)> {
    let leases = agent.presence.leases().filter(|(_, lease)| !lease.api);
    let wanted = leases.filter(|(_, lease)| stale.is_none_or(|(now, after)| lease.seen + after <= now));
    wanted.map(|(session, _)| (agent.profile.id.clone(), session.clone())).collect()
}

fn oddity(card: &AgentCard, now: Timestamp) -> Option<Oddity> {
    let is_here = card.reachability == Reachability::Connected && card.intent == Intent::Available;
    if is_here && now.since(card.since) >= LONG {
        return Some(Oddity::AvailableTooLong);
    }
    (card.status == Status::Offline && card.load > 0).then_some(Oddity::AwayWithConversations)
}
