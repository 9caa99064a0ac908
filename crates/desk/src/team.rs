//! The people of a desk, with indexes for the questions that every turn asks: whose time is up, who could answer.

use crate::desk::Agent;
use crate::presence::Rules;
use protocol::{AgentId, Intent, Name, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// Agents, and their indexes, kept in step by [`Team::put`], [`Team::take`] and [`Team::change`] alone.
#[derive(Debug, Clone)]
pub struct Team {
    rules: Rules,
    agents: BTreeMap<AgentId, Box<Agent>>,
    names: BTreeSet<(Name, AgentId)>,
    /// When each next loses a lease or the grace, should no beat come.
    deadlines: BTreeSet<(Timestamp, AgentId)>,
    /// Those who could answer, by choice and by proof, and until when that is proven.
    ready: BTreeSet<(Timestamp, AgentId)>,
}

impl Team {
    /// A team under these rules.
    pub fn new(rules: Rules, agents: Vec<Agent>) -> Team {
        let mut team = Team {
            rules,
            agents: BTreeMap::new(),
            names: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            ready: BTreeSet::new(),
        };
        agents.into_iter().for_each(|agent| team.put(agent));
        team
    }

    /// The rules.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// The same team under other rules.
    pub fn set_rules(&mut self, rules: Rules) {
        *self = Team::new(rules, std::mem::take(&mut self.agents).into_values().map(|agent| *agent).collect());
    }

    /// Adds or replaces an agent.
    pub fn put(&mut self, agent: Agent) {
        self.take(&agent.profile.id.clone());
        self.index(&agent);
        self.agents.insert(agent.profile.id.clone(), Box::new(agent));
    }

    /// Takes an agent out.
    pub fn take(&mut self, id: &AgentId) -> Option<Agent> {
        let agent = self.agents.remove(id)?;
        self.names.remove(&(agent.profile.name.clone(), id.clone()));
        self.deadlines.retain_not(deadline(&agent, &self.rules), id);
        self.ready.retain_not(ready_until(&agent, &self.rules), id);
        Some(*agent)
    }

    /// Changes an agent; an unknown one has nothing to change.
    pub fn change(&mut self, id: &AgentId, change: impl FnOnce(&mut Agent, &Rules)) {
        if let Some(mut agent) = self.take(id) {
            change(&mut agent, &self.rules);
            self.put(agent);
        }
    }

    /// One agent.
    pub fn get(&self, id: &AgentId) -> Option<&Agent> {
        self.agents.get(id).map(|agent| &**agent)
    }

    /// Everybody.
    pub fn iter(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values().map(|agent| &**agent)
    }

    /// Everybody by name, behind a place.
    pub fn by_name(&self, after: Option<(Name, AgentId)>) -> impl Iterator<Item = &Agent> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.names.range((from, Bound::Unbounded)).filter_map(|(_, id)| self.get(id))
    }

    /// Whose lease or grace ends by `now`, should no beat have come.
    pub fn due(&self, now: Timestamp) -> Vec<AgentId> {
        self.deadlines.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| id.clone()).collect()
    }

    /// When the next is due.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Until when it is proven that somebody could answer; absent if nobody can.
    pub fn ready_until(&self) -> Option<Timestamp> {
        self.ready.last().map(|(at, _)| *at)
    }

    fn index(&mut self, agent: &Agent) {
        let id = &agent.profile.id;
        self.names.insert((agent.profile.name.clone(), id.clone()));
        self.deadlines.extend(deadline(agent, &self.rules).map(|at| (at, id.clone())));
        self.ready.extend(ready_until(agent, &self.rules).map(|at| (at, id.clone())));
    }
}

fn deadline(agent: &Agent, rules: &Rules) -> Option<Timestamp> {
    agent.presence.next_deadline(rules)
}

/// Available by choice, and at it or expected back. Being at capacity does not count: the visitor then waits.
fn ready_until(agent: &Agent, rules: &Rules) -> Option<Timestamp> {
    agent.presence.attended_until(rules).filter(|_| agent.intent == Intent::Available)
}

trait Without {
    fn retain_not(&mut self, at: Option<Timestamp>, id: &AgentId);
}

impl Without for BTreeSet<(Timestamp, AgentId)> {
    fn retain_not(&mut self, at: Option<Timestamp>, id: &AgentId) {
        if let Some(at) = at {
            self.remove(&(at, id.clone()));
        }
    }
}
