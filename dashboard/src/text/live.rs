//! Sentences of the supervisor's page.

use protocol::Stage;

pub const TITLE: &str = "Live";
pub const LEAD: &str = "Every open chat of the workspace, as it happens.";
pub const FILTERS: &str = "Filter the chats";
pub const AGENT: &str = "Agent";
pub const ALL_AGENTS: &str = "All agents";
pub const STAGE: &str = "Stage";
pub const ALL_STAGES: &str = "Waiting and active";
pub const VISITOR: &str = "Visitor";
pub const FOR: &str = "For";
pub const LAST: &str = "Last message";
pub const ACTIONS: &str = "Actions";
pub const WATCH: &str = "Watch";
pub const OPEN: &str = "Open";
pub const ASSIGN: &str = "Assign";
pub const REASSIGN: &str = "Reassign";
pub const WAITING: &str = "waiting";
pub const ACTIVE: &str = "active";
pub const LONGEST: &str = "longest wait";
pub const LATE: &str = "Waits too long";
pub const SUMMARY: &str = "Departments";
pub const TABLE: &str = "Open chats";
pub const EMPTY: &str = "No open chats";
pub const EMPTY_LEAD: &str = "When a visitor asks for a human, the chat appears here at once.";
pub const NOTHING_FITS: &str = "No chat fits this filter";
pub const NOTHING_FITS_LEAD: &str = "Choose another department, agent or stage.";
pub const CLEAR: &str = "Show all chats";
pub const SEE_LIVE: &str = "See them";
pub const NOBODY: &str = "Nobody";

/// A stage.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting => "Waiting",
        Stage::Active => "Active",
        Stage::Closed => "Over",
    }
}

/// `2 of 5 chats shown`
pub fn shown(count: usize, all: usize) -> String {
    format!("{count} of {all} chats")
}

/// `2 available, room for 5`
pub fn room(available: u32, spare: u32) -> String {
    match available {
        0 => "nobody available".to_owned(),
        n => format!("{n} available, room for {spare}"),
    }
}
