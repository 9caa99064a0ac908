//! Every sentence on the screens, in one place: plain, friendly, ready to translate.

pub mod account;
pub mod audit;
pub mod desk;
pub mod live;
pub mod room;
pub mod routing;
pub mod settings;
pub mod team;
pub mod time;
pub mod why;

use crate::route::{Route, Tab};
use crate::when::LocalTime;
use protocol::problem::{Code, Problem};
use protocol::{CloseReason, Event, Intent, Role, Status, Timestamp};
use time::{clock, just_ago};

pub const PRODUCT: &str = "Beckon";
pub const VISITOR: &str = "Visitor";
pub const ASSISTANT: &str = "Assistant";
pub const NOTE: &str = "Private note";
pub const YOU: &str = "You";

pub const SIGN_IN_TITLE: &str = "Welcome back";
pub const SIGN_IN_LEAD: &str = "Sign in to answer your visitors.";
pub const SIGN_IN_ENDED: &str = "Your sign-in has ended. Please sign in again.";
pub const EMAIL: &str = "E-mail";
pub const PASSWORD: &str = "Password";
pub const SHOW_PASSWORD: &str = "Show password";
pub const HIDE_PASSWORD: &str = "Hide password";
pub const SIGN_IN: &str = "Sign in";
pub const SIGNING_IN: &str = "Signing in…";
pub const SIGN_OUT: &str = "Sign out";
pub const NEED_EMAIL: &str = "Enter your e-mail address.";
pub const NEED_PASSWORD: &str = "Enter your password.";
pub const STARTING: &str = "Starting Beckon…";
pub const UNREACHABLE: &str = "Beckon can’t be reached right now. Trying again…";

pub const SKIP_TO_CHATS: &str = "Skip to chats";
pub const SKIP_TO_PAGE: &str = "Skip to the page";
pub const NAVIGATION: &str = "Pages";
pub const CANCEL: &str = "Cancel";
pub const CLOSE: &str = "Close";
pub const SAVE: &str = "Save";
pub const SAVING: &str = "Saving…";
pub const NOT_FOR_YOU: &str = "This page is for admins";
pub const NOT_FOR_YOU_LEAD: &str = "Ask an admin of your workspace if you need something changed here.";
pub const LOAD_FAILED: &str = "This could not be loaded.";
pub const QUEUE: &str = "Queue";
pub const TEAM: &str = "Team";
pub const YOUR_STATUS: &str = "Your status";
pub const CHATS: &str = "Chats";
pub const LOADING: &str = "Loading…";
pub const PICK_UP: &str = "Pick up";
pub const PICKING_UP: &str = "Picking up…";
pub const RESOLVE: &str = "Resolve chat";
pub const RESOLVING: &str = "Resolving…";
pub const RESOLVED: &str = "Chat resolved. You’ll find it in History.";
pub const RETURNED: &str = "Returned to queue";
pub const NEEDS_REPLY: &str = "Needs a reply";
pub const WAITING: &str = "Waiting";
pub const ACTIVE: &str = "Active";
pub const NO_MESSAGE_YET: &str = "No message yet";
pub const LOAD_MORE: &str = "Load more";
pub const HISTORY_FAILED: &str = "The history could not be loaded.";
pub const TRY_AGAIN: &str = "Try again";
pub const BACK_TO_LIST: &str = "Back to the list";
pub const DISMISS: &str = "Dismiss";
pub const AFTER_HOURS: &str = "After hours";
pub const REPLY_BY_EMAIL: &str = "Reply by e-mail";

pub const NOTHING_OPEN: &str = "No chat open";
pub const NOTHING_OPEN_LEAD: &str = "Choose a chat from the list to read it here.";
pub const LIVE: &str = "Live chat with an agent";
pub const CONVERSATION: &str = "Conversation";
pub const NO_MESSAGES: &str = "Nothing has been written here yet.";
pub const CONNECTING: &str = "Connecting to this chat…";
pub const RECONNECTING: &str = "Reconnecting to this chat… What you write is sent as soon as it is back.";
pub const MESSAGE: &str = "Message";
pub const WRITE: &str = "Write a reply…";
pub const SEND: &str = "Send";
pub const SEND_HINT: &str = "Enter to send · Shift + Enter for a new line";
pub const SENDING: &str = "Sending…";
pub const SENT: &str = "Sent";
pub const RETRY: &str = "Try again";
pub const DISCARD: &str = "Discard";
pub const NEW_MESSAGES: &str = "New messages";
pub const UNKNOWN_CHAT: &str = "This chat does not exist, or it belongs to another workspace.";
pub const CLOSED_READ_ONLY: &str = "This chat is over. You are reading its transcript.";
pub const OPENED_ON: &str = "Asked from";
pub const NEW_TAB: &str = "opens in a new tab";

/// The name of a tab.
pub fn tab(tab: Tab) -> &'static str {
    match tab {
        Tab::Pending => "Pending",
        Tab::Active => "Active",
        Tab::All => "All",
        Tab::History => "History",
    }
}

/// Title and help of a tab without rows.
pub fn empty(tab: Tab) -> (&'static str, &'static str) {
    match tab {
        Tab::Pending => ("Nobody is waiting", "When a visitor asks for a human, they appear here at once."),
        Tab::Active => {
            ("No chats in progress", "Pick up a chat in Pending and it will stand here until you resolve it.")
        }
        Tab::All => ("The queue is empty", "Waiting and active chats of the whole team will stand here."),
        Tab::History => ("No history yet", "Finished chats and after-hours requests are kept here."),
    }
}

/// A status, as the team sees it.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Available => "Available",
        Status::Busy => "Busy",
        Status::Away => "Away",
        Status::InMeeting => "In a meeting",
        Status::Break => "On a break",
        Status::DoNotDisturb => "Do not disturb",
        Status::Offline => "Offline",
    }
}

/// What a role is called.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::PlatformAdmin => "Operator",
        Role::ClientAdmin => "Admin",
        Role::SupportStaff => "Support staff",
    }
}

/// An intent, to choose.
pub fn intent(intent: Intent) -> &'static str {
    match intent {
        Intent::Available => "Available",
        Intent::Busy => "Busy",
        Intent::Away => "Away",
        Intent::InMeeting => "In a meeting",
        Intent::Break => "On a break",
        Intent::DoNotDisturb => "Do not disturb",
    }
}

/// Why a handoff is over.
pub fn reason(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Resolved => "Resolved",
        CloseReason::EndedByVisitor => "Ended by visitor",
        CloseReason::Expired => "Expired",
        CloseReason::Abandoned => "Abandoned",
        CloseReason::Missed => "Missed",
    }
}

/// A system message, told to an agent.
pub fn event(event: Event, agent: Option<&str>) -> String {
    let agent = agent.unwrap_or("An agent");
    match event {
        Event::HandoffAsked => "The visitor asked for a human".to_owned(),
        Event::AgentJoined => format!("{agent} joined"),
        Event::AgentLost => format!("{agent} lost connection; the visitor is first in line again"),
        Event::AgentLeft => format!("{agent} put this chat back into the queue"),
        Event::Transferred => format!("{agent} passed this chat on"),
        Event::Reopened => format!("{agent} reopened this chat"),
        Event::FormOffered => "It takes long; the visitor was offered the e-mail form".to_owned(),
        Event::ExpiresSoon => "The visitor was told that this chat ends soon".to_owned(),
        Event::Expired => "This chat has reached its longest time and is over".to_owned(),
        Event::Abandoned => "The visitor did not answer any more; this chat is over".to_owned(),
        Event::EndedByAgent => format!("{agent} resolved this chat"),
        Event::EndedByVisitor => "The visitor ended the chat".to_owned(),
        Event::NobodyAvailable => "Nobody was available; the visitor was offered the e-mail form".to_owned(),
        Event::AfterHoursSaved => "The visitor left an e-mail address".to_owned(),
        Event::Redacted => format!("{agent} removed a message"),
    }
}

/// Why a command or a message was refused, and what to do.
pub fn refusal(code: Code) -> &'static str {
    match code {
        Code::BadCredentials => "The e-mail address or the password is wrong.",
        Code::Unauthenticated | Code::TokenExpired => SIGN_IN_ENDED,
        Code::Taken => "Another agent has this chat.",
        Code::StaleEpoch => "This chat has just changed hands. Look at it again.",
        Code::AtCapacity => "You have as many chats as you may take. Resolve one first.",
        Code::NotRoutable => "Set your status to Available to pick up chats.",
        Code::Offered => "Somebody else is being asked to take this chat.",
        Code::NotOffered => "This chat is no longer offered to you.",
        Code::AgentNotRoutable => "They are not available right now. Choose somebody else.",
        Code::AgentAtCapacity => "They have as many chats as they may take. Choose somebody else.",
        Code::EmptyDepartment => "Nobody is in that department. Choose another one.",
        Code::AlreadyThere => "This chat is already there.",
        Code::NotOwner => "This chat is no longer yours.",
        Code::NotOpen => "This chat is already over.",
        Code::NotFound | Code::Forbidden => UNKNOWN_CHAT,
        Code::SlowDown => "That was a bit fast. Wait a moment and try again.",
        Code::OutOfRange => "A number is outside of what is allowed.",
        Code::BadPassword => "A password needs 8 to 200 characters.",
        Code::BadEmail => "That is not an e-mail address.",
        Code::LastAdmin => "A workspace needs at least one active admin. Make somebody else an admin first.",
        Code::Exists => "There is one of this name already.",
        Code::BodyEmpty => "Write something first.",
        Code::BodyTooLong => "Messages can have at most 4,000 characters.",
        Code::ConflictingRetry => "This message could not be sent again. Copy it into a new one.",
        Code::FileEmpty => "The file is empty.",
        Code::FileTooLarge => "The file is larger than your workspace allows.",
        Code::FileNotAllowed => "Files of this kind cannot be sent.",
        Code::Unavailable => "Beckon can’t be reached right now. Try again in a moment.",
        Code::Malformed
        | Code::UnknownPlace
        | Code::UnknownFrame
        | Code::TooLarge
        | Code::UnknownKey
        | Code::OriginNotAllowed
        | Code::MethodNotAllowed
        | Code::UpgradeRequired
        | Code::Internal => "Something went wrong on our side. Please try again.",
    }
}

/// Why a chat could not be picked up, or another command failed: by whose doing and when, where that is told.
pub fn problem(problem: &Problem, now: Timestamp) -> String {
    let Some(by) = problem.by.as_ref().map(|by| by.name.as_str()) else {
        return match problem.code {
            Code::SlowDown => slow_down(problem.retry_after_ms),
            code => refusal(code).to_owned(),
        };
    };
    let when = problem.at.map(|at| format!(" {}", just_ago(now.since(at)))).unwrap_or_default();
    match problem.code {
        Code::Taken => format!("{by} picked this up{when}."),
        Code::Offered => format!("{by} was asked to take this chat{when}."),
        Code::NotOpen => format!("{by} ended this chat{when}."),
        Code::NotOwner => format!("{by} has this chat now."),
        Code::StaleEpoch => format!("This chat has just changed hands: {by} has it."),
        Code::AgentNotRoutable => format!("{by} is not available right now. Choose somebody else."),
        Code::AgentAtCapacity => format!("{by} has as many chats as they may take. Choose somebody else."),
        code => refusal(code).to_owned(),
    }
}

fn slow_down(retry_after_ms: Option<u32>) -> String {
    match retry_after_ms.map(|ms| ms.div_ceil(1000).max(1)) {
        Some(1) => "That was a bit fast. Try again in a second.".to_owned(),
        Some(seconds @ 2..=90) => format!("That was a bit fast. Try again in {seconds} seconds."),
        Some(seconds) => format!("That was too often. Try again in {} minutes.", seconds.div_ceil(60)),
        None => refusal(Code::SlowDown).to_owned(),
    }
}

/// While the desk's line is down.
pub fn offline_since(time: LocalTime) -> String {
    format!(
        "You appear offline to visitors since {}, reconnecting… What you write is sent as soon as you are back.",
        clock(time)
    )
}

/// `{n} of {capacity} chats`, beside an agent.
pub fn load(load: u32, capacity: u32) -> String {
    format!("{load} of {capacity} chats")
}

/// For screen readers when the queue changes, and in the browser's tab.
pub fn waiting_now(waiting: usize) -> String {
    match waiting {
        0 => "Nobody is waiting".to_owned(),
        1 => "1 visitor is waiting".to_owned(),
        n => format!("{n} visitors are waiting"),
    }
}

/// The browser tab's title: who rings, who waits, then the page, then the product.
pub fn title(waiting: usize, ringing: usize, route: &Route) -> String {
    let bell = if ringing == 0 { String::new() } else { format!("\u{25cf} {} · ", desk::ringing_now(ringing)) };
    let count = if waiting == 0 { String::new() } else { format!("({waiting}) ") };
    match page(route) {
        Some(page) => format!("{bell}{count}{page} · {PRODUCT}"),
        None => format!("{bell}{count}{PRODUCT}"),
    }
}

fn page(route: &Route) -> Option<&'static str> {
    match route {
        Route::Chats(_) => None,
        Route::Team => Some(TEAM),
        Route::Agent(_) => Some(team::AGENT),
        Route::SignIns => Some(account::TITLE),
        Route::Live(_) => Some(live::TITLE),
        Route::Settings(_) => Some(settings::TITLE),
    }
}

/// Below the thread.
pub fn is_typing(name: &str) -> String {
    format!("{name} is typing…")
}

/// Characters left, or too many.
pub fn characters(count: usize, most: usize) -> String {
    if count <= most { format!("{} left", most - count) } else { format!("{} too many", count - most) }
}

/// The subject line of an answer by e-mail.
pub fn reply_subject(workspace: &str) -> String {
    format!("Your message to {workspace}")
}

/// First letters of the first and the last word.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let (first, last) = (words.next(), words.next_back());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_by_whom_and_since_when() {
        let by = || protocol::room::AgentRef {
            id: protocol::AgentId::random(1),
            name: protocol::Name::parse("Ade").unwrap(),
        };
        let cases = [
            (Code::Taken, 12_000, "Ade picked this up 12 s ago."),
            (Code::Taken, 180_000, "Ade picked this up 3 min ago."),
            (Code::Offered, 4_000, "Ade was asked to take this chat 4 s ago."),
            (Code::NotOpen, 0, "Ade ended this chat just now."),
            (Code::AgentAtCapacity, 0, "Ade has as many chats as they may take. Choose somebody else."),
            (Code::AgentNotRoutable, 0, "Ade is not available right now. Choose somebody else."),
        ];
        for (code, now, text) in cases {
            let told = Problem { by: Some(by()), at: Some(Timestamp(0)), ..code.into() };
            assert_eq!(problem(&told, Timestamp(now)), text);
            assert_eq!(problem(&code.into(), Timestamp(now)), refusal(code), "{code:?} of nobody");
        }
        let undated = Problem { by: Some(by()), ..Code::Taken.into() };
        assert_eq!(problem(&undated, Timestamp(0)), "Ade picked this up.");
    }

    #[test]
    fn every_event_has_a_sentence() {
        for &event in Event::ALL {
            assert!(!super::event(event, None).is_empty() && !super::event(event, Some("Ade")).contains("An agent"));
        }
    }

    #[test]
    fn whoever_was_too_fast_is_told_for_how_long_to_wait() {
        let cases = [
            (None, "That was a bit fast. Wait a moment and try again."),
            (Some(1), "That was a bit fast. Try again in a second."),
            (Some(2_001), "That was a bit fast. Try again in 3 seconds."),
            (Some(600_000), "That was too often. Try again in 10 minutes."),
        ];
        for (retry_after_ms, text) in cases {
            let slow = Problem { retry_after_ms, ..Code::SlowDown.into() };
            assert_eq!(problem(&slow, Timestamp(0)), text);
        }
    }

    #[test]
    fn every_no_has_a_sentence() {
        for &code in Code::ALL {
            assert!(refusal(code).ends_with('.'), "{code:?}");
        }
    }

    #[test]
    fn the_title_says_who_rings_who_waits_and_which_page_it_is() {
        assert_eq!(title(0, 0, &Route::start()), "Beckon");
        assert_eq!(title(2, 0, &Route::Team), "(2) Team · Beckon");
        assert_eq!(title(2, 1, &Route::start()), "\u{25cf} 1 chat for you · (2) Beckon");
    }

    #[test]
    fn initials_are_one_or_two_letters() {
        for (name, letters) in [("ana", "A"), ("Ana Maria Lopez", "AL"), ("  ", ""), ("émile zola", "ÉZ")] {
            assert_eq!(initials(name), letters);
        }
    }
}
