//! The desk of one tenant: the only authority on presence, the queue, ownership and capacity.

mod types;

pub use types::{Agent, Effect, Input, Profile, Stored};

use crate::Refusal;
use crate::notice::{ToDesk, ToRoom};
use crate::presence::{Presence, Rules, status};
use crate::queue::Queue;
use protocol::desk::{AgentCard, DeskDown, QueueRow};
use protocol::room::AgentRef;
use protocol::{AgentId, CloseReason, ConversationId, Epoch, HandoffId, Intent, SessionId, Stage, Status, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The machine.
#[derive(Debug, Clone)]
pub struct Desk {
    rules: Rules,
    agents: BTreeMap<AgentId, Agent>,
    queue: Queue,
    watching: BTreeSet<ConversationId>,
    open: bool,
    /// Cards as dashboards have them.
    shown: BTreeMap<AgentId, AgentCard>,
    /// Whose card may differ from what is shown.
    touched: BTreeSet<AgentId>,
    effects: Vec<Effect>,
}

impl Desk {
    /// A desk as it was stored.
    pub fn load(rules: Rules, stored: Stored) -> Desk {
        let mut desk = Desk {
            rules,
            agents: stored.agents.into_iter().map(|agent| (agent.profile.id.clone(), agent)).collect(),
            queue: Queue::default(),
            watching: stored.watching.into_iter().collect(),
            open: stored.open,
            shown: BTreeMap::new(),
            touched: BTreeSet::new(),
            effects: Vec::new(),
        };
        stored.rows.into_iter().for_each(|row| desk.queue.put(row));
        desk.shown = desk.agents.values().map(|agent| (agent.profile.id.clone(), desk.card_as_told(agent))).collect();
        desk
    }

    /// Moves the desk on. Errors: a [`Refusal`], and nothing has changed. Tick first, so that what has
    /// expired is known to have.
    pub fn apply(&mut self, now: Timestamp, input: Input) -> Result<Vec<Effect>, Refusal> {
        match input {
            Input::Open { profile, session } => self.change(profile, |agent, _| agent.presence.open(now, session)),
            Input::Intend { profile, intent } => self.change(profile, |agent, _| agent.intent = intent),
            Input::Beat { agent, session, at } => self.beat(&agent, &session, at),
            Input::Close { agent, session } => self.update(&agent, |a, rules| a.presence.close(now, &session, rules)),
            Input::Leave { agent, session } => {
                self.update(&agent, |a, _| a.presence.leave(now, &session));
                self.return_all_of_the_gone(&agent);
            }
            Input::Heard(notice) => self.hear(now, notice),
            Input::Claim { agent, handoff, epoch } => self.claim(now, &agent, &handoff, epoch)?,
            Input::Resolve { agent, handoff, epoch } => self.resolve(now, &agent, &handoff, epoch)?,
            Input::Tick => self.tick(now),
        }
        self.settle();
        Ok(std::mem::take(&mut self.effects))
    }

    /// When [`Input::Tick`] has something to do next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.agents.values().filter_map(|agent| agent.presence.next_deadline(&self.rules)).min()
    }

    /// Whether somebody can answer, now or in a moment: available by intent, and here or within the grace.
    /// Being at capacity does not close the desk: the visitor then waits in the queue. As of the last tick:
    /// until then a silent lease may yet be renewed by a beat that was not stored.
    pub fn is_open(&self) -> bool {
        let ready = |agent: &Agent| agent.intent == Intent::Available && agent.presence.is_expected();
        self.agents.values().any(ready)
    }

    /// Everything, for a dashboard that connects: what those have that were there all the time.
    pub fn welcome(&self, me: &AgentId, now: Timestamp) -> DeskDown {
        let mut agents: Vec<AgentCard> = self.agents.values().map(|agent| self.card_as_told(agent)).collect();
        agents.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        DeskDown::Welcome { me: me.clone(), agents, queue: self.queue.listed(), now }
    }

    /// One agent as others see them. Errors: [`Refusal::NotFound`] for one who never came.
    pub fn card_of(&self, agent: &AgentId, now: Timestamp) -> Result<AgentCard, Refusal> {
        self.agents.get(agent).map(|agent| self.card(agent, now)).ok_or(Refusal::NotFound)
    }

    /// The leases that are believed to live, to be held against the sockets that do.
    pub fn leases(&self) -> Vec<(AgentId, SessionId)> {
        let leases = |agent: &Agent| match &agent.presence {
            Presence::Connected { leases } => leases.keys().map(|s| (agent.profile.id.clone(), s.clone())).collect(),
            Presence::Grace { .. } | Presence::Offline { .. } => Vec::new(),
        };
        self.agents.values().flat_map(leases).collect()
    }

    fn card(&self, agent: &Agent, now: Timestamp) -> AgentCard {
        self.card_if(agent, agent.presence.is_connected(now, &self.rules))
    }

    /// As of the last tick, and so a function of what is stored: a desk that wakes up knows what it told,
    /// though it does not know the beats that came meanwhile.
    fn card_as_told(&self, agent: &Agent) -> AgentCard {
        self.card_if(agent, matches!(agent.presence, Presence::Connected { .. }))
    }

    fn card_if(&self, agent: &Agent, connected: bool) -> AgentCard {
        let Profile { id, name, role, capacity } = agent.profile.clone();
        let load = self.queue.load(&id);
        let status = status(connected, agent.intent, load, capacity);
        AgentCard { id, name, role, intent: agent.intent, status, load, capacity }
    }

    /// Changes an agent, who comes to be if unknown, and takes over what the sign-in says of them.
    fn change(&mut self, profile: Profile, change: impl FnOnce(&mut Agent, &Rules)) {
        let id = profile.id.clone();
        let agent = self.agents.entry(id.clone()).or_insert_with(|| Agent {
            profile: profile.clone(),
            intent: Intent::Available,
            presence: Presence::Offline { since: Timestamp(0) },
        });
        agent.profile = profile;
        self.update(&id, change);
    }

    /// Changes a known agent; an unknown one has nothing to change.
    fn update(&mut self, id: &AgentId, change: impl FnOnce(&mut Agent, &Rules)) {
        if let Some(agent) = self.agents.get_mut(id) {
            change(agent, &self.rules);
            self.touched.insert(id.clone());
            self.effects.push(Effect::SaveAgent(agent.clone()));
        }
    }

    /// A beat is not stored: the runtime remembers when a socket last spoke, also over hibernation.
    fn beat(&mut self, id: &AgentId, session: &SessionId, at: Timestamp) {
        if let Some(agent) = self.agents.get_mut(id) {
            agent.presence.beat(session, at);
        }
    }

    fn tick(&mut self, now: Timestamp) {
        let due = |agent: &&Agent| agent.presence.next_deadline(&self.rules).is_some_and(|at| at <= now);
        let due: Vec<AgentId> = self.agents.values().filter(due).map(|agent| agent.profile.id.clone()).collect();
        for id in due {
            self.update(&id, |agent, rules| agent.presence.tick(now, rules));
            self.return_all_of_the_gone(&id);
        }
    }

    /// The conversations of an agent who is gone go to the front of the queue.
    fn return_all_of_the_gone(&mut self, id: &AgentId) {
        let gone = self.agents.get(id).is_some_and(|agent| matches!(agent.presence, Presence::Offline { .. }));
        if !gone {
            return;
        }
        for handoff in self.queue.held_by(id) {
            let Some(row) = self.queue.take(&handoff) else { continue };
            let epoch = row.epoch.next();
            if let Some(agent) = row.agent.clone() {
                self.tell(&row.conversation, ToRoom::Returned { handoff, epoch, agent });
            }
            // Told of a closing are those that wait, and this one did not.
            if !self.open {
                self.tell(&row.conversation, ToRoom::DeskOpen { open: false });
            }
            self.save(QueueRow { stage: Stage::Waiting, epoch, returned: true, ..row });
        }
    }

    fn hear(&mut self, now: Timestamp, notice: ToDesk) {
        match notice {
            ToDesk::Ask { handoff, conversation, asked_at, page, visitor_name, last } => {
                let row = QueueRow {
                    handoff,
                    conversation,
                    asked_at,
                    page,
                    visitor_name,
                    last,
                    stage: Stage::Waiting,
                    epoch: Epoch(0),
                    email: None,
                    agent: None,
                    picked_at: None,
                    closed_at: None,
                    reason: None,
                    returned: false,
                };
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

    /// Whoever stops waiting at a closed desk still wants to know when it opens.
    fn stop_waiting(&mut self, handoff: &HandoffId) {
        let Some(room) = self.queue.get(handoff).map(|row| row.conversation.clone()) else { return };
        self.drop_row(handoff);
        if !self.open {
            self.watch(room);
        }
    }

    fn watch(&mut self, room: ConversationId) {
        self.watching.insert(room.clone());
        self.effects.push(Effect::Watch(room));
    }

    fn claim(&mut self, now: Timestamp, id: &AgentId, handoff: &HandoffId, epoch: Epoch) -> Result<(), Refusal> {
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
        let agent = self.routable(id, now)?;
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

    /// Errors: why this agent cannot be given a conversation now.
    fn routable(&self, id: &AgentId, now: Timestamp) -> Result<AgentRef, Refusal> {
        let agent = self.agents.get(id).ok_or(Refusal::NotRoutable)?;
        if self.queue.load(id) >= agent.profile.capacity {
            return Err(Refusal::AtCapacity);
        }
        if self.card(agent, now).status != Status::Available {
            return Err(Refusal::NotRoutable);
        }
        Ok(AgentRef { id: id.clone(), name: agent.profile.name.clone() })
    }

    fn resolve(&mut self, now: Timestamp, id: &AgentId, handoff: &HandoffId, epoch: Epoch) -> Result<(), Refusal> {
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

    /// Shows what has changed by the way: agents' cards, and whether the desk is open.
    fn settle(&mut self) {
        for id in std::mem::take(&mut self.touched) {
            let Some(agent) = self.agents.get(&id) else { continue };
            let card = self.card_as_told(agent);
            if self.shown.get(&card.id) != Some(&card) {
                self.shown.insert(card.id.clone(), card.clone());
                self.effects.push(Effect::Show(DeskDown::Agent { agent: card }));
            }
        }
        let open = self.is_open();
        if open != self.open {
            self.open = open;
            self.effects.push(Effect::SaveOpen(open));
            self.tell_all_who_wait(open);
        }
    }

    fn tell_all_who_wait(&mut self, open: bool) {
        let mut rooms: BTreeSet<ConversationId> = self.queue.waiting().map(|row| row.conversation.clone()).collect();
        if open {
            rooms.append(&mut self.watching);
            self.effects.push(Effect::UnwatchAll);
        }
        rooms.iter().for_each(|room| self.tell(room, ToRoom::DeskOpen { open }));
    }

    fn tell(&mut self, room: &ConversationId, notice: ToRoom) {
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
