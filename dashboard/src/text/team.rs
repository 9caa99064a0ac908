//! Sentences about the people who answer.

use super::time::{ago, span};
use super::{PRODUCT, intent, status};
use crate::state::look::Look;
use crate::when::LocalTime;
use protocol::desk::AgentCard;
use protocol::problem::{Code, Problem};
use protocol::team::{Counts, PresenceChange};
use protocol::{Cause, Oddity, Status, Timestamp};
use std::time::Duration;

pub const AGENT: &str = "Agent";
pub const AGENTS: &str = "Agents";
pub const LEAD: &str = "Who can answer right now, live.";
pub const EVERYBODY: &str = "Whole team";
pub const NOT_COVERED: &str = "Nobody can take chats";
pub const NO_DEPARTMENT: &str = "None";
pub const ALL_DEPARTMENTS: &str = "All departments";
pub const ALL_STATUSES: &str = "Any status";
pub const DEPARTMENT: &str = "Department";
pub const DEPARTMENTS: &str = "Departments";
pub const STATUS: &str = "Status";
pub const CHATS: &str = "Chats";
pub const LAST_SEEN: &str = "Last seen";
pub const NOW: &str = "Now";
pub const FILTERS: &str = "Filter the team";
pub const NOBODY_FITS: &str = "Nobody fits this filter";
pub const NOBODY_FITS_LEAD: &str = "Choose another department or another status.";
pub const CLEAR_FILTER: &str = "Show everybody";
pub const SEE_TEAM: &str = "See the team";

pub const ADD_AGENT: &str = "Add agent";
pub const ADD_AGENT_LEAD: &str = "They sign in with this address and this password, and can change the password later.";
pub const ADD_DEPARTMENT: &str = "Add department";
pub const ADD_DEPARTMENT_LEAD: &str = "A team inside your team, such as Sales or Repairs.";
pub const ADDING: &str = "Adding…";
pub const NAME: &str = "Name";
pub const NAME_HINT: &str = "Visitors see it.";
pub const ROLE: &str = "Role";
pub const ROLE_HINT: &str = "Admins also manage the team and the settings.";
pub const CAPACITY: &str = "Chats at once";
pub const CAPACITY_HINT: &str = "1 to 50.";
pub const NEW_PASSWORD: &str = "New password";
pub const NEW_PASSWORD_HINT: &str = "Leave it empty to keep the old one. A new one ends all their sign-ins.";
pub const PASSWORD_HINT: &str = "8 to 200 characters.";
pub const NEED_NAME: &str = "Enter a name of at most 120 characters.";
pub const NEED_EMAIL: &str = "Enter an e-mail address, such as ana@example.com.";
pub const NEED_CAPACITY: &str = "Enter a whole number from 1 to 50.";
pub const EDIT: &str = "Edit";
pub const DEACTIVATE: &str = "Deactivate";
pub const DEACTIVATING: &str = "Deactivating…";
pub const REACTIVATE: &str = "Reactivate";
pub const DEACTIVATED: &str = "Deactivated";
pub const DEACTIVATED_LEAD: &str = "They can’t sign in. Their chats and their history stay.";
pub const SET_STATUS: &str = "Set their status";
pub const SET_STATUS_LEAD: &str = "They see it at once, and the audit log keeps it.";
pub const UNKNOWN_AGENT: &str = "There is no such agent";
pub const UNKNOWN_AGENT_LEAD: &str = "Perhaps the address is old, or belongs to another workspace.";
pub const BACK_TO_TEAM: &str = "Back to the team";
pub const HISTORY: &str = "History of presence";
pub const HISTORY_EMPTY: &str = "Nothing yet: it begins when they sign in.";
pub const WHAT: &str = "What happened";
pub const THEN: &str = "Shown as";
pub const WHEN: &str = "When";

pub const REPORT: &str = "Time online, last 7 days";
pub const REPORT_LEAD: &str = "Hours and minutes. The full bar is time online, the dark part time available for chats.";
pub const REPORT_EMPTY: &str = "Nobody has been online in the last 7 days.";
pub const SUM: &str = "Total";
pub const ODD: &str = "Worth a look";
pub const FORMER: &str = "Former agent";

/// How an agent is, beside their name. `now` is the server's.
pub fn how(card: &AgentCard, now: Timestamp) -> String {
    match Look::of(card) {
        Look::Plain(Status::Offline) => last_seen(card, now),
        Look::Full => at_capacity(card),
        look => self::look(look).to_owned(),
    }
}

/// A look in words.
pub fn look(look: Look) -> &'static str {
    match look {
        Look::Plain(plain) => status(plain),
        Look::Idle => "Away (idle)",
        Look::Full => "Busy",
        Look::Reconnecting => "Reconnecting…",
    }
}

/// `last seen 5 min ago`, or that they never came.
pub fn last_seen(card: &AgentCard, now: Timestamp) -> String {
    card.seen_at.map_or_else(|| "never signed in".to_owned(), |at| seen(at, now))
}

/// `5 min ago`, where the column says the rest.
pub fn last_seen_in_table(card: &AgentCard, now: Timestamp) -> String {
    card.seen_at.map_or_else(|| "Never".to_owned(), |at| ago(now.since(at)))
}

/// `last seen 5 min ago`
fn seen(at: Timestamp, now: Timestamp) -> String {
    format!("last seen {}", ago(now.since(at)))
}

/// `Busy: 5 of 5 chats`
pub fn at_capacity(card: &AgentCard) -> String {
    format!("Busy: {}", super::load(card.load, card.capacity))
}

/// Why we are not shown as what we chose. `after` is the tenant's rule.
pub fn own_look(card: &AgentCard, after: Duration, now: Timestamp) -> String {
    match Look::of(card) {
        Look::Idle => format!("Away: no activity for {}\u{a0}min", (now.since(card.since) + after).as_secs() / 60),
        Look::Full => at_capacity(card),
        look => self::look(look).to_owned(),
    }
}

/// `since 14:02`
pub fn since(time: LocalTime, now: LocalTime) -> String {
    format!("since {}", super::time::since(time, now))
}

/// ` of 6 online`, after the number of those who are.
pub fn of_online(counts: &Counts) -> String {
    format!(" of {} online", counts.agents)
}

/// `4 chats can be taken`
pub fn spare(counts: &Counts) -> String {
    match counts.spare {
        0 => "No room for another chat".to_owned(),
        1 => "Room for 1 more chat".to_owned(),
        n => format!("Room for {n} more chats"),
    }
}

/// How many of a filtered list are shown, for screen readers.
pub fn shown(count: usize, all: usize) -> String {
    format!("{count} of {all} agents")
}

/// Under a list that shows some of them.
pub fn more(count: usize) -> String {
    format!("and {count} more")
}

/// `Nobody in Support, Sales and Trade can take chats right now.`
pub fn nobody_in(departments: &[&str]) -> String {
    format!("Nobody in {} can take chats right now.", list(departments, "or"))
}

/// `a`, `a or b`, `a, b or c`
fn list(items: &[&str], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// Label of a link to somebody's page.
pub fn manage(name: &str) -> String {
    format!("Manage {name}")
}

/// Asks before deactivating.
pub fn ask_deactivate(name: &str) -> String {
    format!("Deactivate {name}?")
}

/// What deactivating does.
pub fn deactivate_means(name: &str) -> String {
    format!(
        "{name} is signed out everywhere within seconds, their chats go back to the queue, and they can’t sign in \
         until you reactivate them."
    )
}

/// After a deed.
pub fn done(name: &str, what: Done) -> String {
    match what {
        Done::Added => format!("{name} was added."),
        Done::Saved => format!("{name} was saved."),
        Done::Deactivated => format!("{name} was deactivated."),
        Done::Reactivated => format!("{name} can sign in again."),
    }
}

/// What was done to somebody or something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// New.
    Added,
    /// Changed.
    Saved,
    /// Shut out.
    Deactivated,
    /// Let in again.
    Reactivated,
}

/// Edits somebody.
pub fn edit(name: &str) -> String {
    format!("Edit {name}")
}

/// Why a change of the team was refused. What is unknown here is an agent, not a chat.
pub fn problem(problem: &Problem, now: Timestamp) -> String {
    match problem.code {
        Code::NotFound => "That is not there any more. Reload the page.".to_owned(),
        Code::Forbidden => "Only admins may do this.".to_owned(),
        Code::Exists => "That is taken: every address and every name can be used once.".to_owned(),
        _ => super::problem(problem, now),
    }
}

/// A change of presence. `by` is the admin, where one did it.
pub fn cause(change: &PresenceChange, by: Option<&str>) -> String {
    match change.cause {
        Cause::SignedIn => format!("Opened {PRODUCT}"),
        Cause::Reloaded => "Came back in time".to_owned(),
        Cause::SignedOut => "Sign-in ended".to_owned(),
        Cause::Closed => "Closed the last tab".to_owned(),
        Cause::Vanished => "Connection vanished".to_owned(),
        Cause::Idle => "No activity".to_owned(),
        Cause::Active => "Active again".to_owned(),
        Cause::Manual => format!("Chose {}", intent(change.intent)),
        Cause::Admin => format!("{} chose {} for them", by.unwrap_or("An admin"), intent(change.intent)),
    }
}

/// Why somebody is worth a look.
pub fn odd(why: Oddity, name: &str, since: Duration) -> String {
    let since = span(u32::try_from(since.as_secs()).unwrap_or(u32::MAX));
    match why {
        Oddity::AvailableTooLong => {
            format!("{name} has been available for {since} without any change. Is somebody there?")
        }
        Oddity::AwayWithConversations => format!("{name} can’t be reached for {since}, and has open chats."),
    }
}

/// What a cell of the report says to those who don't see its bar.
pub fn spent(online: u32, available: u32) -> String {
    match (online, available) {
        (0, _) => "not online".to_owned(),
        (online, 0) => format!("{} online, never available", span(online)),
        (online, available) => format!("{} online, {} available", span(online), span(available)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{AgentId, Intent, Name, Reachability, Role};

    fn card(reachability: Reachability, status: Status) -> AgentCard {
        AgentCard {
            id: AgentId::random(1),
            name: Name::parse("Ana").unwrap(),
            role: Role::SupportStaff,
            intent: Intent::Available,
            reachability,
            status,
            load: 5,
            capacity: 5,
            departments: vec![],
            since: Timestamp(0),
            seen_at: None,
        }
    }

    #[test]
    fn an_agent_is_told_as_exactly_as_is_known() {
        let now = Timestamp(360_000);
        let gone = card(Reachability::Offline, Status::Offline);
        let cases = [
            (card(Reachability::Connected, Status::Available), "Available"),
            (card(Reachability::Connected, Status::Busy), "Busy: 5 of 5 chats"),
            (card(Reachability::Idle, Status::Away), "Away (idle)"),
            (card(Reachability::Grace, Status::Offline), "Reconnecting…"),
            (AgentCard { seen_at: Some(Timestamp(60_000)), ..gone.clone() }, "last seen 5 min ago"),
            (gone, "never signed in"),
        ];
        for (card, text) in cases {
            assert_eq!(how(&card, now), text, "{card:?}");
        }
    }

    #[test]
    fn our_own_status_says_why() {
        let (after, now) = (Duration::from_secs(300), Timestamp(120_000));
        let cases = [
            (card(Reachability::Idle, Status::Away), "Away: no activity for 7\u{a0}min"),
            (card(Reachability::Connected, Status::Busy), "Busy: 5 of 5 chats"),
            (card(Reachability::Connected, Status::Available), "Available"),
        ];
        for (card, text) in cases {
            assert_eq!(own_look(&card, after, now), text, "{card:?}");
        }
    }

    #[test]
    fn several_departments_make_one_sentence() {
        let cases = [
            (&["Support"][..], "Nobody in Support can take chats right now."),
            (&["Support", "Sales"], "Nobody in Support or Sales can take chats right now."),
            (&["Care", "Sales", "Trade"], "Nobody in Care, Sales or Trade can take chats right now."),
        ];
        for (departments, text) in cases {
            assert_eq!(nobody_in(departments), text);
        }
    }

    #[test]
    fn a_cell_of_the_report_reads_as_a_sentence() {
        for (online, available, text) in [
            (0, 0, "not online"),
            (3_600, 0, "1 h online, never available"),
            (7_200, 60, "2 h online, 1 min available"),
        ] {
            assert_eq!(spent(online, available), text);
        }
    }
}
