//! Whom a chat can be given to: who can take it now, and why the others cannot.

use super::Desk;
use super::queue::first;
use protocol::desk::{AgentCard, QueueRow};
use protocol::team::DepartmentCard;
use protocol::{Stage, Status};

/// An agent to choose, or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'a> {
    /// Who.
    pub card: &'a AgentCard,
    /// Can have it now.
    pub can: bool,
    /// Has it already.
    pub has: bool,
}

/// A department to choose, or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place<'a> {
    /// Which.
    pub card: &'a DepartmentCard,
    /// Why not, if not.
    pub not: Option<NotThere>,
}

/// Why a chat cannot go to a department.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotThere {
    /// It waits there already.
    Here,
    /// Nobody is in it.
    Empty,
}

/// Agents whose name has what is `sought`: those who can take the row first, each half by name.
pub fn agents<'a>(desk: &'a Desk, row: &QueueRow, sought: &str) -> Vec<Candidate<'a>> {
    let owner = row.agent.as_ref().filter(|_| row.stage == Stage::Active);
    let found = desk.agents.iter().filter(|card| has(card.name.as_str(), sought));
    let candidate = |card: &'a AgentCard| {
        let has = owner.is_some_and(|owner| owner.id == card.id);
        Candidate { card, can: is_routable(card) && !has, has }
    };
    first(found.map(candidate).collect(), |candidate| candidate.can)
}

/// Departments whose name has what is `sought`, by name.
pub fn departments<'a>(desk: &'a Desk, row: &QueueRow, sought: &str) -> Vec<Place<'a>> {
    let found = desk.departments.iter().filter(|card| has(card.name.as_str(), sought));
    let place = |card: &'a DepartmentCard| {
        let here = row.stage == Stage::Waiting && row.department.as_ref() == Some(&card.id);
        let empty = !desk.agents.iter().any(|agent| agent.departments.contains(&card.id));
        let not = if here { Some(NotThere::Here) } else { empty.then_some(NotThere::Empty) };
        Place { card, not }
    };
    found.map(place).collect()
}

/// Whether the desk would give somebody a chat now.
fn is_routable(card: &AgentCard) -> bool {
    card.status == Status::Available && card.load < card.capacity
}

/// Whether a name has what somebody typed, in whatever case.
fn has(name: &str, sought: &str) -> bool {
    let upper = |text: &str| text.chars().flat_map(char::to_uppercase).collect::<String>();
    upper(name).contains(&upper(sought.trim()))
}
