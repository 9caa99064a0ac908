//! The team as pages show it: who is meant by a filter, and how many are how.

use super::look::is_gone;
use super::queue::first;
use protocol::desk::AgentCard;
use protocol::team::{Counts, DepartmentCard};
use protocol::{DepartmentId, Status};

/// What is asked of a list of agents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this department only.
    pub department: Option<DepartmentId>,
    /// With this status only.
    pub status: Option<Status>,
}

impl Filter {
    /// Whether an agent is meant.
    pub fn takes(&self, card: &AgentCard) -> bool {
        self.department.as_ref().is_none_or(|department| card.departments.contains(department))
            && self.status.is_none_or(|status| card.status == status)
    }

    /// Whether nobody is left out.
    pub fn is_open(&self) -> bool {
        *self == Filter::default()
    }
}

/// How many are how.
pub fn count<'a>(cards: impl IntoIterator<Item = &'a AgentCard>) -> Counts {
    let mut counts = Counts::default();
    cards.into_iter().for_each(|card| counts.add(card));
    counts
}

/// The members of a department.
pub fn members<'a>(cards: &'a [AgentCard], department: &DepartmentId) -> impl Iterator<Item = &'a AgentCard> {
    let department = department.clone();
    cards.iter().filter(move |card| card.departments.contains(&department))
}

/// The names of an agent's departments, in the order of the workspace.
pub fn departments_of<'a>(card: &AgentCard, known: &'a [DepartmentCard]) -> Vec<&'a str> {
    known.iter().filter(|known| card.departments.contains(&known.id)).map(|known| known.name.as_str()).collect()
}

/// The names of the departments in which nobody can take a chat.
pub fn uncovered(departments: &[DepartmentCard]) -> Vec<&str> {
    departments.iter().filter(|department| !department.covered).map(|department| department.name.as_str()).collect()
}

/// Those who are there first, each half by name; a reload moves nobody.
pub fn by_presence(cards: &[AgentCard]) -> Vec<&AgentCard> {
    first(cards.iter().collect(), |card| !is_gone(card))
}
