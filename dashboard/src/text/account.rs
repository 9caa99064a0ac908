//! Sentences about sign-ins and the password.

use super::time::moment;
use crate::browser::Browser;
use crate::when::LocalTime;

pub const TITLE: &str = "Where you’re signed in";
pub const LEAD: &str = "Every browser and API client that can act in your name. End what you don’t recognise.";
pub const THEIRS: &str = "Signed in";
pub const THIS_BROWSER: &str = "This browser";
pub const END: &str = "End";
pub const ENDING: &str = "Ending…";
pub const END_OTHERS: &str = "End all others";
pub const ASK_END: &str = "End this sign-in?";
pub const ASK_END_MEANS: &str = "Its tabs are signed out within seconds. Nothing that was written is lost.";
pub const ASK_END_OTHERS: &str = "End all other sign-ins?";
pub const ASK_END_OTHERS_MEANS: &str =
    "All your other browsers and API clients are signed out within seconds. You stay signed in here.";
pub const ENDED: &str = "The sign-in has ended.";
pub const ENDED_OTHERS: &str = "All other sign-ins have ended.";
pub const ONLY_THIS: &str = "You are signed in nowhere else.";
pub const NOWHERE: &str = "Signed in nowhere.";
pub const UNKNOWN_BROWSER: &str = "Unknown browser";
pub const PASSWORD_TITLE: &str = "Change your password";
pub const PASSWORD_LEAD: &str = "All your other sign-ins end with it.";
pub const OLD_PASSWORD: &str = "Current password";
pub const NEW_PASSWORD: &str = "New password";
pub const CHANGE_PASSWORD: &str = "Change password";
pub const CHANGED: &str = "Your password is changed, and all other sign-ins have ended.";
pub const NEED_OLD: &str = "Enter the password you have now.";
pub const WRONG_OLD: &str = "That is not your current password.";

/// `Chrome on Linux`
pub fn browser(browser: &Browser) -> String {
    match (browser.name.as_str(), browser.system) {
        ("", None) => UNKNOWN_BROWSER.to_owned(),
        (name, None) => name.to_owned(),
        (name, Some(system)) => format!("{name} on {system}"),
    }
}

/// `open now in 2 tabs`
pub fn open_now(leases: u32) -> String {
    match leases {
        1 => "Open now in 1 tab".to_owned(),
        n => format!("Open now in {n} tabs"),
    }
}

/// `Last seen today at 14:02`; a sign-in that was never used says so.
pub fn seen(at: Option<LocalTime>, now: LocalTime) -> String {
    at.map_or_else(|| "Not used yet".to_owned(), |at| format!("Last seen {}", moment(at, now)))
}

/// `Since yesterday at 14:02`
pub fn began(at: LocalTime, now: LocalTime) -> String {
    format!("signed in {}", moment(at, now))
}

/// Label of a button, so that a list of them can be told apart.
pub fn end(browser: &str) -> String {
    format!("{END}: {browser}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::read;

    #[test]
    fn a_browser_is_named_with_its_system() {
        let cases = [
            ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome on Linux"),
            ("curl/8.5.0", "curl/8.5.0"),
            ("", "Unknown browser"),
        ];
        for (agent, name) in cases {
            assert_eq!(browser(&read(agent)), name, "{agent}");
        }
    }
}
