//! Who could be given a conversation, by department and in the order in which they are chosen, so that a choice does not
//! look at everybody.

use protocol::{AgentId, DepartmentId, RoutingMode, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What choosing needs to know of an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seat {
    /// Teams they are in.
    pub departments: Vec<DepartmentId>,
    /// Available by choice, and here or within the grace; maybe at capacity.
    pub staffs: bool,
    /// The same, and with room for one more: a reload alarms nobody.
    pub covers: bool,
    /// Routable: their load, and when they were last served.
    pub ready: Option<(u32, Timestamp)>,
}

/// One department.
#[derive(Debug, Clone, Default)]
struct Section {
    members: BTreeSet<AgentId>,
    staff: u32,
    cover: u32,
    by_turn: BTreeSet<(Timestamp, AgentId)>,
    by_load: BTreeSet<(u32, Timestamp, AgentId)>,
}

/// Agents with their indexes, kept in step by [`Pool::put`] and [`Pool::take`] alone.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    seats: BTreeMap<AgentId, Box<Seat>>,
    sections: BTreeMap<DepartmentId, Box<Section>>,
}

impl Pool {
    /// Adds or replaces an agent. The answer is what was known of them.
    pub fn put(&mut self, id: &AgentId, seat: Seat) -> Seat {
        let before = self.take(id);
        for department in &seat.departments {
            let section = self.sections.entry(department.clone()).or_default();
            section.members.insert(id.clone());
            section.staff += u32::from(seat.staffs);
            section.cover += u32::from(seat.covers);
            if let Some((load, served)) = seat.ready {
                section.by_turn.insert((served, id.clone()));
                section.by_load.insert((load, served, id.clone()));
            }
        }
        self.seats.insert(id.clone(), Box::new(seat));
        before
    }

    /// Takes an agent out. The answer is what was known of them.
    pub fn take(&mut self, id: &AgentId) -> Seat {
        let Some(seat) = self.seats.remove(id).map(|seat| *seat) else { return Seat::default() };
        for department in &seat.departments {
            let Some(section) = self.sections.get_mut(department) else { continue };
            section.members.remove(id);
            section.staff -= u32::from(seat.staffs);
            section.cover -= u32::from(seat.covers);
            if let Some((load, served)) = seat.ready {
                section.by_turn.remove(&(served, id.clone()));
                section.by_load.remove(&(load, served, id.clone()));
            }
            if section.members.is_empty() {
                self.sections.remove(department);
            }
        }
        seat
    }

    /// Whether an agent of a department is routable.
    pub fn is_ready(&self, department: &DepartmentId, id: &AgentId) -> bool {
        self.seats.get(id).is_some_and(|seat| seat.ready.is_some() && seat.departments.contains(department))
    }

    /// Whether anybody in a department is routable.
    pub fn has_ready(&self, department: &DepartmentId) -> bool {
        self.sections.get(department).is_some_and(|section| !section.by_turn.is_empty())
    }

    /// The same, among those who may be asked.
    pub fn has_ready_by(&self, department: &DepartmentId, may: impl Fn(&AgentId) -> bool) -> bool {
        self.sections.get(department).is_some_and(|section| section.by_turn.iter().any(|(_, id)| may(id)))
    }

    /// Whether anybody in a department is there, be it at capacity.
    pub fn is_staffed(&self, department: &DepartmentId) -> bool {
        self.sections.get(department).is_some_and(|section| section.staff > 0)
    }

    /// The same, among those who may be asked.
    pub fn is_staffed_by(&self, department: &DepartmentId, may: impl Fn(&AgentId) -> bool) -> bool {
        let staffs = |id: &AgentId| self.seats.get(id).is_some_and(|seat| seat.staffs);
        self.members(department).any(|id| staffs(id) && may(id))
    }

    /// Whether anybody in a department can take a conversation, now or in a moment.
    pub fn is_covered(&self, department: &DepartmentId) -> bool {
        self.sections.get(department).is_some_and(|section| section.cover > 0)
    }

    /// Who is in a department.
    pub fn members(&self, department: &DepartmentId) -> impl Iterator<Item = &AgentId> {
        self.sections.get(department).into_iter().flat_map(|section| &section.members)
    }

    /// Whose turn it is in a department, among those who may be asked.
    pub fn first(
        &self,
        department: &DepartmentId,
        mode: RoutingMode,
        may: impl Fn(&AgentId) -> bool,
    ) -> Option<&AgentId> {
        let section = self.sections.get(department)?;
        match mode {
            RoutingMode::Manual => None,
            RoutingMode::RoundRobin => section.by_turn.iter().map(|(_, id)| id).find(|id| may(id)),
            RoutingMode::LeastLoaded => section.by_load.iter().map(|(_, _, id)| id).find(|id| may(id)),
        }
    }
}
