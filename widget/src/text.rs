//! Every word that a visitor reads, in one place and ready to be translated. (The few on the launcher are the loader's:
//! it has to say them before any of this is on the page.)

use client::link::Standing;
use protocol::file::FileSettings;
use protocol::problem::Code;
use protocol::room::{Message, Place};
use protocol::{Event, Name, lean};

/// Name of the panel for those who cannot see it.
pub const CHAT: &str = "Chat";
/// Closes the panel.
pub const CLOSE: &str = "Close chat";
/// Label of the thread.
pub const THREAD: &str = "Messages";
/// Label and placeholder of the composer.
pub const WRITE: &str = "Write a message…";
/// Sends what was written.
pub const SEND: &str = "Send";
/// Asks for a human.
pub const HUMAN: &str = "Talk to a human";
/// Asks again, after a conversation has ended.
pub const HUMAN_AGAIN: &str = "Talk to a human again";
/// The visitor has written, but asked nobody.
pub const UNSEEN: &str = "Nobody has seen your message yet. Ask for a human and we will read it.";
/// The request for a human did not get through.
pub const ASK_FAILED: &str = "That did not go through. Please try again.";
/// The link comes up for the first time, slowly.
pub const CONNECTING: &str = "Connecting…";
/// The link is down.
pub const RECONNECTING: &str = "Reconnecting…";
/// The visitor stands in the queue.
pub const WAITING: &str = "An agent will be with you shortly…";
/// Opens the form while the visitor waits.
pub const INSTEAD: &str = "Leave your e\u{2011}mail instead";
/// Goes back from it.
pub const BACK: &str = "Back to the chat";
/// Ends the conversation; asks first.
pub const END: &str = "End chat";
/// Asks.
pub const END_QUESTION: &str = "End this chat?";
/// That did not get through; asks again.
pub const END_FAILED: &str = "Not ended. Try again?";
/// Does not end it.
pub const STAY: &str = "Keep chatting";
/// Somebody can answer now.
pub const HERE: &str = "We are here";
/// Nobody can answer now.
pub const AWAY: &str = "We are away right now";
/// A message is on its way.
pub const SENDING: &str = "Sending…";
/// A message is stored.
pub const SENT: &str = "Sent";
/// A message is in a dashboard.
pub const DELIVERED: &str = "Delivered";
/// A message was before an agent's eyes.
pub const SEEN: &str = "Seen";
/// Tries a failed message again.
pub const RETRY: &str = "Try again";
/// Gives a failed message up.
pub const DISCARD: &str = "Discard";
/// An agent has taken away what a message said.
pub const REMOVED: &str = "Message removed";
/// Brings the page before.
pub const EARLIER: &str = "Load earlier messages";
/// It is on its way.
pub const LOADING: &str = "Loading…";
/// It did not come; tries again.
pub const NOT_LOADED: &str = "Not loaded. Try again";
/// Chooses files.
pub const ATTACH: &str = "Attach a file";
/// What shows and sends files did not come; it is asked for again by itself.
pub const FILES_LATE: &str = "Files could not be loaded. Trying again…";
/// While files are held over the panel.
pub const DROP: &str = "Drop files here to send them";
/// Above the e-mail form.
pub const FORM_TITLE: &str = "Nobody is here right now";
/// What the form is for.
pub const FORM_LEAD: &str = "Leave us a message and we will answer by e\u{2011}mail.";
/// Above the e-mail form, while the visitor still waits.
pub const FORM_TITLE_WAITING: &str = "Would you rather not wait?";
/// What the form is for then.
pub const FORM_LEAD_WAITING: &str =
    "Leave us a message and we will answer by e\u{2011}mail. Until you send it, you keep your place in line.";
/// Label.
pub const EMAIL: &str = "E-mail";
/// Label.
pub const NAME: &str = "Name (optional)";
/// Label.
pub const MESSAGE: &str = "Message";
/// Sends the form.
pub const LEAVE: &str = "Send message";
/// The form was stored.
pub const LEFT_TITLE: &str = "Thank you, your message is saved";
/// What happens next.
pub const LEFT_LEAD: &str = "We will answer by e\u{2011}mail as soon as we can.";
/// Opens the form once more.
pub const LEAVE_ANOTHER: &str = "Write another message";
/// The e-mail form may be had while the visitor waits.
pub const FORM_OFFERED: &str =
    "Nobody is free yet. You can go on waiting, or leave your e\u{2011}mail and we will answer later.";
/// The address has no shape of one.
pub const BAD_EMAIL: &str = "Please enter an e-mail address such as ann@example.com.";
/// More than 120 characters.
pub const NAME_TOO_LONG: &str = "Please shorten the name.";
/// Nothing was written.
pub const MESSAGE_EMPTY: &str = "Please write a message.";
/// More than 4,000 characters.
pub const MESSAGE_TOO_LONG: &str = "Please keep it to 4,000 characters.";
/// Three dots, for those who cannot see them.
pub const TYPING: &str = "The agent is typing";

/// A system message. `None`: this reader knows no words for it, and shows nothing.
pub fn event(message: &Message) -> Option<String> {
    let name = message.agent.as_ref().map_or("The agent", |agent| agent.name.as_str());
    let (who, what) = match message.event? {
        Event::HandoffAsked => ("", WAITING),
        Event::AgentJoined => (name, " has joined"),
        Event::AgentLost => (name, " lost connection; you are first in line again"),
        Event::AgentLeft => (name, " has left; you are in line again"),
        Event::Transferred => ("", "You are being handed over to a colleague"),
        Event::Reopened => (name, " has reopened this conversation"),
        Event::FormOffered => ("", FORM_OFFERED),
        Event::ExpiresSoon => ("", "This chat will close soon. You can always ask again."),
        Event::Expired => ("", "This chat was open for a long time and is closed now. You can always ask again."),
        Event::Abandoned => ("", "This chat is closed, because we have not heard from you. You can always ask again."),
        Event::EndedByAgent => ("", "The agent has ended this conversation"),
        Event::EndedByVisitor => ("", "You have ended this conversation"),
        Event::NobodyAvailable => ("", "Nobody is available right now"),
        Event::AfterHoursSaved => ("", "Your message is saved. We will answer by e\u{2011}mail."),
        Event::Redacted => (name, " removed a message"),
    };
    Some(join(&[who, what]))
}

/// Where the visitor stands in line, and in a line of its own how long those in that place wait.
pub fn place(place: Place) -> String {
    let ahead = lean::write(&place.ahead.min(Place::MOST));
    let people = match place.ahead {
        0 => "You're next.".to_owned(),
        1 => "1 person is ahead of you.".to_owned(),
        Place::MOST.. => join(&[&ahead, " or more people are ahead of you."]),
        _ => join(&[&ahead, " people are ahead of you."]),
    };
    let (Some(from), Some(to @ ..DAY)) = (place.from_min, place.to_min) else { return people };
    // From two hours on in hours.
    let (from, to, unit) = if to < 120 { (from, to, " minute") } else { (from / 60, to.div_ceil(60), " hour") };
    let (low, high) = (lean::write(&from), lean::write(&to));
    let (low, between, high) = match (from, to) {
        (0, 1) => ("", "less than a", ""),
        (0, _) => ("", "up to ", &*high),
        (from, to) if from == to => ("", "about ", &*high),
        _ => (&*low, " to ", &*high),
    };
    join(&[&people, "\nUsually ", low, between, high, unit, if to == 1 { "." } else { "s." }])
}

/// A longer wait than this is not worth a number, min.
const DAY: u32 = 24 * 60;

/// Below the title, while an agent is there.
pub fn with_agent(name: &Name) -> String {
    join(&["You are talking to ", name.as_str()])
}

/// Why a message was not taken.
pub fn failed(code: Code) -> &'static str {
    match code {
        Code::BodyTooLong | Code::TooLarge => "Not sent: too long.",
        Code::ConflictingRetry => "Not sent: please write it again.",
        _ => "Not sent.",
    }
}

/// What a file dialog offers.
pub fn accepted(rules: Option<FileSettings>) -> String {
    let takes = |on: fn(&FileSettings) -> bool, kinds| if rules.as_ref().is_some_and(on) { kinds } else { "" };
    let images = takes(|rules| rules.images, "image/png,image/jpeg,image/gif,image/webp,");
    join(&[images, takes(|rules| rules.documents, ".pdf,.txt,.docx,.xlsx,.pptx,.odt")])
}

/// How far a message of the visitor has come.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Sent => SENT,
        Standing::Delivered => DELIVERED,
        Standing::Read => SEEN,
    }
}

/// Why there is no chat here. One line; the page's owner finds more in the console.
pub fn trouble(code: Code) -> &'static str {
    match code {
        Code::UnknownKey | Code::OriginNotAllowed => "Chat is not set up for this website.",
        _ => "Chat is not available right now.",
    }
}

/// For the owner, in the console.
pub fn trouble_for_owner(code: Code) -> &'static str {
    match code {
        Code::UnknownKey => "Beckon: no widget has the key in data-key. Copy the script tag from the dashboard again.",
        Code::OriginNotAllowed => {
            "Beckon: this page's origin is not on the widget's list of allowed origins. Add it in the dashboard."
        }
        _ => "Beckon: the server refused this chat.",
    }
}

/// Why the e-mail form was not taken.
pub fn form_failed(code: Option<Code>) -> &'static str {
    match code {
        Some(Code::BadEmail) => BAD_EMAIL,
        Some(Code::BodyTooLong) => MESSAGE_TOO_LONG,
        Some(Code::Taken) => "An agent has just joined; you can chat now.",
        Some(Code::SlowDown) => "Too many tries. Please wait a moment.",
        Some(_) | None => ASK_FAILED,
    }
}

/// One text of several. The library's own `concat` is made for speed and weighs half a kilobyte.
pub fn join(parts: &[&str]) -> String {
    let mut out = String::new();
    parts.iter().for_each(|part| out.push_str(part));
    out
}
