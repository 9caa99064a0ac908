//! Sentences about chats that ring, wait, are passed on and watched.

use super::time::about;
use crate::route::Which;
use protocol::desk::{AgentCard, QueueRow};
use protocol::{Priority, Timestamp};
use std::time::Duration;

pub const RINGING: &str = "Chats that ring for you";
pub const RINGS: &str = "A visitor for you";
pub const ACCEPT: &str = "Accept";
pub const ACCEPTING: &str = "Accepting…";
pub const DECLINE: &str = "Decline";
pub const RINGS_YOU: &str = "Ringing you";
pub const FORM_OFFERED: &str = "Was offered the e-mail form";

pub const DEPARTMENT: &str = "Department";
pub const ALL_DEPARTMENTS: &str = "All departments";
pub const MY_DEPARTMENTS: &str = "My departments";
pub const NO_DEPARTMENT: &str = "No department";
pub const NONE_HERE: &str = "No chats in this filter";
pub const SHOW_ALL: &str = "Show all departments";

pub const MORE: &str = "More actions";
pub const DETAILS: &str = "Details";
pub const TRANSFER: &str = "Transfer…";
pub const ASSIGN: &str = "Assign…";
pub const TAKE_OVER: &str = "Take over";
pub const TAKING_OVER: &str = "Taking over…";
pub const RELEASE: &str = "Release to the queue";
pub const REOPEN: &str = "Reopen";
pub const REOPENING: &str = "Reopening…";
pub const VIP: &str = "VIP visitor";
pub const RELEASED: &str = "The chat is back in the queue.";
pub const REOPENED: &str = "The chat is open again and waits for an agent.";
pub const VIP_ON: &str = "This visitor goes before others from now on.";
pub const VIP_OFF: &str = "This visitor waits like everybody else from now on.";
pub const PICK_UP_TO_REPLY: &str = "This visitor is waiting. Pick up the chat to reply.";
pub const ACCEPT_TO_REPLY: &str = "This chat rings for you. Accept it to reply.";

pub const TRANSFER_TITLE: &str = "Transfer this chat";
pub const ASSIGN_TITLE: &str = "Assign this chat";
pub const SEARCH: &str = "Search by name";
pub const SEARCH_BOTH: &str = "Search agents and departments";
pub const AGENTS: &str = "Agents";
pub const DEPARTMENTS: &str = "Departments";
pub const NOBODY_FOUND: &str = "Nothing of this name.";
pub const NOTE: &str = "Note for whoever gets it";
pub const NOTE_HINT: &str = "The visitor never sees it.";
pub const NOTE_TOO_LONG: &str = "A note can have at most 4,000 characters.";
pub const CHOOSE: &str = "Choose who gets this chat.";
pub const DO_TRANSFER: &str = "Transfer";
pub const TRANSFERRING: &str = "Transferring…";
pub const DO_ASSIGN: &str = "Assign";
pub const ASSIGNING: &str = "Assigning…";
pub const HAS_IT: &str = "Has this chat";
pub const WAITS_HERE: &str = "Waits here already";
pub const NOBODY_IN_IT: &str = "Nobody is in it";
pub const NOBODY_THERE: &str = "Nobody can take it now; it waits in line";
pub const JOINS_LINE: &str = "Joins the line";

pub const VISITOR: &str = "Visitor";
pub const EMAIL: &str = "E-mail";
pub const PAGE: &str = "Asked from";
pub const PRIORITY: &str = "Priority";
pub const ASKED: &str = "Asked";
pub const WAITING: &str = "Waiting";
pub const WAITED: &str = "Waited";
pub const PICKED_UP: &str = "Picked up";
pub const OWNER: &str = "Agent";
pub const NOBODY_YET: &str = "Nobody yet";
pub const LINE: &str = "Place in line";
pub const WHY: &str = "Why";
pub const WHY_LEAD: &str = "What was decided about this chat, newest first.";
pub const WHY_EMPTY: &str = "Nothing has been decided yet.";

/// `1 chat for you`
pub fn ringing_now(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "1 chat for you".to_owned(),
        n => format!("{n} chats for you"),
    }
}

/// Heard when a chat begins to ring.
pub fn rings(visitor: &str) -> String {
    format!("{RINGS}: {visitor}. Accept or decline.")
}

/// `12 seconds left`
pub fn seconds_left(seconds: u64) -> String {
    match seconds {
        1 => "1 second left".to_owned(),
        n => format!("{n} seconds left"),
    }
}

/// Label of a button, so that several can be told apart.
pub fn of(what: &str, visitor: &str) -> String {
    format!("{what}: {visitor}")
}

/// Who is being asked.
pub fn ringing(name: &str) -> String {
    format!("Ringing {name}")
}

/// A priority.
pub fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Vip => "VIP",
        Priority::High => "High",
        Priority::Normal => "Normal",
        Priority::Low => "Low",
    }
}

/// An option of the filter that has a word of its own.
pub fn which(which: &Which) -> &'static str {
    match which {
        Which::All | Which::One(_) => ALL_DEPARTMENTS,
        Which::Mine => MY_DEPARTMENTS,
        Which::Nobodys => NO_DEPARTMENT,
    }
}

/// What has happened to an open chat that whoever picks it up should know. `at` shows a time on the reader's wall.
pub fn news(row: &QueueRow, at: impl Fn(Timestamp) -> String) -> Vec<String> {
    let lost = row.returned.then(|| match &row.agent {
        Some(agent) => format!("Came back: {}’s connection was lost", agent.name.as_str()),
        None => "Came back: the agent’s connection was lost".to_owned(),
    });
    let note = row.note.as_ref().map(|note| format!("Passed on by {}", note.by.name.as_str()));
    let form = row.form_offered.then(|| FORM_OFFERED.to_owned());
    let expires = row.expires_at.map(|end| format!("Ends at {}", at(end)));
    [lost, note, form, expires].into_iter().flatten().collect()
}

/// Over the transcript, before the note itself.
pub fn note_by(name: &str) -> String {
    format!("Passed on by {name}:")
}

/// Who has a chat that is not ours.
pub fn has_this_chat(name: &str) -> String {
    format!("{name} has this chat. You can read along.")
}

/// An admin looks at somebody's chat.
pub fn watching(name: &str) -> String {
    format!("You are watching. {name} and the visitor do not see you.")
}

/// Somebody else is asked.
pub fn asked_now(name: &str) -> String {
    format!("{name} is being asked to take this chat.")
}

/// After a chat was given to somebody.
pub fn given(to: &str) -> String {
    format!("The chat went to {to}.")
}

/// Why an agent can or cannot be chosen.
pub fn choice(card: &AgentCard, now: Timestamp) -> String {
    format!("{} · {}", super::team::how(card, now), super::load(card.load, card.capacity))
}

/// `Next`, `3 ahead`, `50 or more ahead`; then the range of minutes, where it is known.
pub fn place(place: &protocol::room::Place) -> String {
    let ahead = match place.ahead {
        0 => "Next".to_owned(),
        n if n >= protocol::room::Place::MOST => format!("{n} or more ahead"),
        n => format!("{n} ahead"),
    };
    match (place.from_min, place.to_min) {
        (Some(from), Some(to)) if from != to => format!("{ahead}, told {from} to {to} min"),
        (Some(min), _) | (None, Some(min)) => format!("{ahead}, told about {min} min"),
        (None, None) => ahead,
    }
}

/// For admins, while somebody waits for too long: the departments and for how long.
pub fn late(departments: &[(&str, Duration)]) -> String {
    let each = departments.iter().map(|(name, age)| format!("more than {} in {name}", about(*age)));
    format!("Somebody has waited {}.", each.collect::<Vec<_>>().join(", and "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::desk::{Note, Page};
    use protocol::room::{AgentRef, Place};
    use protocol::{AgentId, Body, ConversationId, HandoffId, Name};

    #[test]
    fn news_tell_what_the_next_agent_should_know() {
        let row = || QueueRow::waiting(HandoffId::random(1), ConversationId::random(1), Timestamp(0), Page::default());
        let ade = || AgentRef { id: AgentId::random(1), name: Name::parse("Ade").unwrap() };
        let note = Note { by: ade(), at: Timestamp(0), text: Body::parse("Knows the order.").unwrap() };
        let cases = [
            (row(), vec![]),
            (QueueRow { returned: true, agent: Some(ade()), ..row() }, vec!["Came back: Ade’s connection was lost"]),
            (
                QueueRow { note: Some(note), form_offered: true, expires_at: Some(Timestamp(7)), ..row() },
                vec!["Passed on by Ade", "Was offered the e-mail form", "Ends at 7"],
            ),
        ];
        for (row, news) in cases {
            assert_eq!(super::news(&row, |at| at.0.to_string()), news, "{row:?}");
        }
    }

    #[test]
    fn places_and_waits_are_told_as_far_as_they_are_known() {
        let place = |ahead, from_min, to_min| super::place(&Place { ahead, from_min, to_min });
        assert_eq!(place(0, None, None), "Next");
        assert_eq!(place(3, Some(2), Some(5)), "3 ahead, told 2 to 5 min");
        assert_eq!(place(50, Some(9), Some(9)), "50 or more ahead, told about 9 min");
        let waits = [("Orders", Duration::from_secs(150)), ("Products", Duration::from_secs(20))];
        assert_eq!(late(&waits[..1]), "Somebody has waited more than 2 min in Orders.");
        assert_eq!(late(&waits), "Somebody has waited more than 2 min in Orders, and more than 20 s in Products.");
    }
}
