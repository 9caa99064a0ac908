//! Rows of the queue: their order, their tabs, whom they ring for, which of two is newer.

use crate::route::{Tab, Which};
use crate::state::Desk;
use crate::state::history::History;
use protocol::desk::QueueRow;
use protocol::{AgentId, DepartmentId, Kind, Stage, Timestamp};

/// How long an offer stays on the screen after its time, ms: the desk says so itself, a moment later.
const LATE_MS: i64 = 2_000;

/// The order of the queue: returned ones first, then by priority, then as they were asked. Those in hand stand after
/// those that wait, as they were asked.
pub fn sorted(mut rows: Vec<QueueRow>) -> Vec<QueueRow> {
    rows.sort_by(|one, other| place(one).cmp(&place(other)));
    rows
}

/// Puts a row into a queue that is in order.
pub fn insert(rows: &mut Vec<QueueRow>, row: QueueRow) {
    let at = rows.partition_point(|known| place(known) < place(&row));
    rows.insert(at, row);
}

fn place(row: &QueueRow) -> impl Ord {
    let waits = row.stage == Stage::Waiting;
    (row.stage, waits && !row.returned, waits.then_some(row.priority), row.asked_at, row.handoff.as_str())
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

/// Whether `me` is being asked to take the row.
pub fn rings_for(row: &QueueRow, me: &AgentId) -> bool {
    row.stage == Stage::Waiting && row.offer.as_ref().is_some_and(|offer| &offer.agent.id == me)
}

/// The rows that ring for the agent at this browser, the most urgent first. `now` is the server's: an offer whose time
/// is long over was ended while we did not hear.
pub fn ringing(desk: &Desk, now: Timestamp) -> Vec<&QueueRow> {
    let until = |row: &QueueRow| row.offer.as_ref().map(|offer| offer.until);
    let ring = |row: &&QueueRow| rings_for(row, &desk.me) && until(row).is_some_and(|until| now.0 < until.0 + LATE_MS);
    let mut rows: Vec<&QueueRow> = Vec::new();
    for row in desk.queue.iter().filter(ring) {
        let place = rows.partition_point(|before| until(before) <= until(row));
        rows.insert(place, row);
    }
    rows
}

/// Whether the filter shows a row. What is the agent's own, or rings for them, is never left out of *mine*.
pub fn is_shown(row: &QueueRow, which: &Which, mine: &[DepartmentId], me: &AgentId) -> bool {
    match (which, &row.department) {
        (Which::All, _) | (Which::Nobodys | Which::Mine, None) => true,
        (Which::Mine, Some(department)) => mine.contains(department) || is_mine(row, me) || rings_for(row, me),
        (Which::Nobodys, Some(_)) => false,
        (Which::One(wanted), department) => department.as_ref() == Some(wanted),
    }
}

/// The open rows of a tab that the filter shows, in the order of the screen. History is not among them.
pub fn of_tab<'a>(desk: &'a Desk, tab: Tab, which: &Which) -> Vec<&'a QueueRow> {
    let (me, mine) = (&desk.me, desk.my_departments());
    let rows = desk.queue.iter().filter(|row| belongs(row, tab) && is_shown(row, which, mine, me));
    let shown: Vec<&QueueRow> = rows.collect();
    if tab == Tab::Active { first(shown, |row| is_mine(row, me)) } else { shown }
}

/// Those that fit before the others; the order within both stays.
pub fn first<T>(all: Vec<T>, fits: impl Fn(&T) -> bool) -> Vec<T> {
    let (mut first, rest): (Vec<T>, Vec<T>) = all.into_iter().partition(fits);
    first.extend(rest);
    first
}

/// The closed rows that the filter shows, newest first.
pub fn closed<'a>(desk: &Desk, history: &'a History, which: &Which) -> Vec<&'a QueueRow> {
    let mine = desk.my_departments();
    history.items.iter().filter(|row| is_shown(row, which, mine, &desk.me)).collect()
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
