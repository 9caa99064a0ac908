//! Rows of the queue: their order, their tabs, which of two is newer.

use crate::route::Tab;
use protocol::desk::QueueRow;
use protocol::{AgentId, Kind, Stage};

/// The order of the queue: returned ones first, then as they were asked; those in hand after those that wait.
pub fn sorted(mut rows: Vec<QueueRow>) -> Vec<QueueRow> {
    rows.sort_by_key(|row| (row.stage, !row.returned, row.asked_at));
    rows
}

/// Whether `row` tells of an earlier state than `known`: a reply may come after the frame that overtook it.
pub fn is_older(row: &QueueRow, known: &QueueRow) -> bool {
    let reopened = known.closed_at.is_some() && row.closed_at.is_none();
    let rewound = row.last.as_ref().map(|last| last.at) < known.last.as_ref().map(|last| last.at);
    row.epoch < known.epoch || (row.epoch == known.epoch && (reopened || (rewound && row.stage == known.stage)))
}

/// Whether `me` has the row.
pub fn is_mine(row: &QueueRow, me: &AgentId) -> bool {
    row.stage == Stage::Active && row.agent.as_ref().is_some_and(|agent| &agent.id == me)
}

/// Whether `me` has the row, and the visitor spoke last.
pub fn needs_reply(row: &QueueRow, me: &AgentId) -> bool {
    is_mine(row, me) && row.last.as_ref().is_some_and(|last| last.kind == Kind::Visitor)
}

/// The open rows of a tab, in the order of the screen. History is not among them.
pub fn of_tab<'a>(rows: &'a [QueueRow], tab: Tab, me: &AgentId) -> Vec<&'a QueueRow> {
    let mut shown: Vec<&QueueRow> = rows.iter().filter(|row| belongs(row, tab)).collect();
    if tab == Tab::Active {
        // Stable, so that the order by age stays within mine and within the others'.
        shown.sort_by_key(|row| !is_mine(row, me));
    }
    shown
}

fn belongs(row: &QueueRow, tab: Tab) -> bool {
    match tab {
        Tab::Pending => row.stage == Stage::Waiting,
        Tab::Active => row.stage == Stage::Active,
        Tab::All => row.stage != Stage::Closed,
        Tab::History => false,
    }
}

/// How many rows wait.
pub fn waiting(rows: &[QueueRow]) -> usize {
    rows.iter().filter(|row| row.stage == Stage::Waiting).count()
}
