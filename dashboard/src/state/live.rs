//! All open conversations as a supervisor sees them.

use super::team::{count, members};
use super::{Desk, queue};
use crate::route::{Live, Which};
use protocol::desk::QueueRow;
use protocol::team::DepartmentCard;
use protocol::{DepartmentId, Stage, Timestamp};

/// A department's line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<'a> {
    /// The department; absent: chats of no department.
    pub department: Option<&'a DepartmentCard>,
    /// How many wait.
    pub waiting: usize,
    /// How many are in somebody's hands.
    pub active: usize,
    /// Since when the one who has waited longest waits.
    pub since: Option<Timestamp>,
    /// How many of its agents are available.
    pub available: u32,
    /// How many more chats they can take.
    pub spare: u32,
}

/// The rows that the filter shows, in the order of the queue, then those in hand.
pub fn rows<'a>(desk: &'a Desk, filter: &Live) -> Vec<&'a QueueRow> {
    let mine = desk.my_departments();
    let shown = desk.queue.iter().filter(|row| {
        queue::is_shown(row, &filter.which, mine, &desk.me)
            && filter.stage.is_none_or(|stage| row.stage == stage)
            && filter.agent.as_ref().is_none_or(|agent| is_with(row, agent))
    });
    shown.collect()
}

/// Whether an agent has the row, or is being asked to take it.
fn is_with(row: &QueueRow, agent: &protocol::AgentId) -> bool {
    queue::is_mine(row, agent) || queue::rings_for(row, agent)
}

/// The line of every department that the filter shows; that of no department stands last, while it has any chats.
pub fn lines<'a>(desk: &'a Desk, which: &Which) -> Vec<Line<'a>> {
    let mine = desk.my_departments();
    let shown = desk.departments.iter().filter(|card| match which {
        Which::All => true,
        Which::Mine => mine.contains(&card.id),
        Which::Nobodys => false,
        Which::One(department) => department == &card.id,
    });
    let mut lines: Vec<Line> = shown.map(|card| line(desk, Some(card))).collect();
    let rest = line(desk, None);
    if rest.waiting + rest.active > 0 && !matches!(which, Which::One(_)) {
        lines.push(rest);
    }
    lines
}

fn line<'a>(desk: &'a Desk, department: Option<&'a DepartmentCard>) -> Line<'a> {
    let id = department.map(|card| &card.id);
    let of_it = |stage| desk.queue.iter().filter(move |row| row.stage == stage && row.department.as_ref() == id);
    let counts = match id {
        Some(id) => count(members(&desk.agents, id)),
        None => count(&desk.agents),
    };
    Line {
        department,
        waiting: of_it(Stage::Waiting).count(),
        active: of_it(Stage::Active).count(),
        since: longest(desk, id),
        available: counts.available,
        spare: counts.spare,
    }
}

/// Since when the one who has waited longest waits.
fn longest(desk: &Desk, department: Option<&DepartmentId>) -> Option<Timestamp> {
    let waits = desk.queue.iter().filter(|row| row.stage == Stage::Waiting && row.department.as_ref() == department);
    waits.map(QueueRow::waits_since).min()
}

/// The departments in which somebody waits for too long, and since when they do.
pub fn late(desk: &Desk) -> Vec<(&str, Timestamp)> {
    let late = desk.departments.iter().filter(|card| card.late);
    late.filter_map(|card| Some((card.name.as_str(), longest(desk, Some(&card.id))?))).collect()
}
