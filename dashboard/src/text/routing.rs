//! Sentences of the settings about chats: how they find an agent, how long they live, where they come from.

use super::settings::unit;
use super::time::about;
use crate::rules::{Span, Unit};
use crate::state::files::range;
use crate::state::routing::{Life, Wrong, WrongLife};
use protocol::routing::Routing;
use protocol::{Delivery, RoutingMode, WhenDeclined};
use std::time::Duration;

pub const DEPARTMENTS: &str = "Departments";
pub const DEPARTMENTS_LEAD: &str = "How each department’s chats find an agent.";
pub const NO_DEPARTMENTS: &str = "There are no departments yet";
pub const NO_DEPARTMENTS_LEAD: &str = "Without one, whoever is free picks chats up.";
pub const NAME: &str = "Name";
pub const MODE: &str = "How chats find an agent";
pub const DELIVERY: &str = "Whoever is next";
pub const OFFER: &str = "Time to answer";
pub const STICKY: &str = "Whoever had the visitor’s last chat comes first";
pub const FALLBACK: &str = "Fallback department";
pub const FALLBACK_HINT: &str = "Gets the chat when nobody here is there, or all of them have declined.";
pub const NO_FALLBACK: &str = "None";
pub const WHEN_DECLINED: &str = "When all have declined";
pub const WHEN_DECLINED_HINT: &str = "Used when there is no fallback, or nobody is there either.";
pub const FORM_AFTER: &str = "Offer the e-mail form after";
pub const FORM_AFTER_HINT: &str = "The visitor may leave an address instead of waiting on.";
pub const ALERT_AFTER: &str = "Alert admins after";
pub const ALERT_AFTER_HINT: &str = "A line over every page, for as long as somebody waits that long.";
pub const NEVER: &str = "never";

pub const CHATS: &str = "Conversations";
pub const CHATS_LEAD: &str = "How long chats from your website live. Nothing ends in silence: both sides are told.";
pub const CHATS_SAVED: &str = "Saved. The new rules work from now on.";
pub const FILES: &str = "Files";
pub const FILES_LEAD: &str = "What visitors and agents may send besides text. What was sent before stays.";
pub const IMAGES: &str = "Pictures";
pub const IMAGES_HINT: &str = "PNG, JPEG, GIF and WebP.";
pub const DOCUMENTS: &str = "Documents";
pub const DOCUMENTS_HINT: &str = "PDF, plain text, Word, Excel, PowerPoint and OpenDocument.";
pub const LARGEST: &str = "Largest file";
pub const MB: &str = "MB";

pub const WIDGETS: &str = "Widgets";
pub const WIDGETS_LEAD: &str = "Where your chats come from, and where they go.";
pub const NO_WIDGETS: &str = "There are no widgets yet";
pub const NO_WIDGETS_LEAD: &str = "An operator adds the first one with your workspace.";
pub const SITES: &str = "Allowed websites";
pub const GOES_TO: &str = "Chats go to";
pub const ANYBODY: &str = "Whoever picks them up";
pub const PRIORITY: &str = "Priority";
pub const PRIORITY_HINT: &str = "Those of a higher priority go first; VIP visitors go before all.";
pub const SNIPPET: &str = "Script tag for your pages";
pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied.";

/// A mode to choose, and what it means.
pub fn mode(mode: RoutingMode) -> (&'static str, &'static str) {
    match mode {
        RoutingMode::Manual => ("Agents pick", "Chats wait in the queue until somebody picks them up."),
        RoutingMode::RoundRobin => ("In turn", "Whoever has gone without one for longest is next."),
        RoutingMode::LeastLoaded => ("Fewest first", "Whoever has the fewest chats is next."),
    }
}

/// A delivery to choose, and what it means.
pub fn delivery(delivery: Delivery) -> (&'static str, &'static str) {
    match delivery {
        Delivery::Offer => {
            ("Ask first", "It rings: they accept or decline. Without an answer the next agent is asked.")
        }
        Delivery::Assign => ("Give it at once", "The chat is theirs without a question."),
    }
}

/// What happens when all have declined.
pub fn when_declined(when: WhenDeclined) -> &'static str {
    match when {
        WhenDeclined::RingAgain => "Ask them again after a pause",
        WhenDeclined::Form => "Offer the visitor the e-mail form",
    }
}

/// A department's rules in a line.
pub fn summary(routing: &Routing, fallback: Option<&str>) -> Vec<String> {
    let how = match (routing.mode, routing.delivery) {
        (RoutingMode::Manual, _) => mode(routing.mode).0.to_owned(),
        (by, Delivery::Offer) => format!("{}, rings for {}", mode(by).0, ms(routing.offer_ms)),
        (by, Delivery::Assign) => format!("{}, given at once", mode(by).0),
    };
    let form = (routing.form_after_ms > 0).then(|| format!("E-mail form after {}", ms(routing.form_after_ms)));
    let alert = (routing.alert_after_ms > 0).then(|| format!("Alert after {}", ms(routing.alert_after_ms)));
    let fallback = fallback.map(|name| format!("Falls back to {name}"));
    [Some(how), fallback, form, alert].into_iter().flatten().collect()
}

/// What is wrong with a department's field.
pub fn wrong(wrong: Wrong) -> String {
    match wrong {
        Wrong::Name => super::team::NEED_NAME.to_owned(),
        Wrong::Offer => out_of(Routing::OFFER_MS),
        Wrong::FormAfter | Wrong::AlertAfter => out_of(Routing::WAIT_MS),
    }
}

/// `5 to 300 seconds.`
pub fn offer_hint() -> String {
    let (least, most) = Routing::OFFER_MS;
    let second = Unit::Seconds.ms();
    format!("{} to {} seconds.", least / second, most / second)
}

/// `0.1 to 25 MB.`
pub fn largest_hint() -> String {
    let (least, most) = range();
    format!("{least} to {most} {MB}.")
}

/// What is wrong with the largest file.
pub fn wrong_largest() -> String {
    let (least, most) = range();
    format!("Enter a number from {least} to {most} {MB}.")
}

/// What a rule about the life of chats is called.
pub fn life(life: Life) -> &'static str {
    match life {
        Life::Expire => "Chats end after",
        Life::Warn => "Tell both sides before",
        Life::Idle => "Close when the visitor is silent for",
    }
}

/// What it does.
pub fn life_hint(life: Life) -> &'static str {
    match life {
        Life::Expire => "Counted from when the visitor asked for a human.",
        Life::Warn => "A line in the chat says that it ends soon.",
        Life::Idle => "Counted from the agent’s last message that has no answer.",
    }
}

/// What is wrong with it.
pub fn wrong_life(wrong: WrongLife) -> String {
    match wrong {
        WrongLife::Range(life) => out_of(life.range()),
        WrongLife::WarnedTooEarly => "This has to be less than the time after which chats end.".to_owned(),
    }
}

/// `Enter 5 min to 7 days.`
fn out_of((least, most): (u32, u32)) -> String {
    format!("Enter a time from {} to {}.", ms(least), ms(most))
}

/// A time in its largest whole unit.
fn ms(ms: u32) -> String {
    let span = Span::of(ms);
    match span.unit {
        Some(Unit::Hours) if ms > 48 * Unit::Hours.ms() => about(Duration::from_millis(ms.into())),
        Some(by) if span.number == "1" => format!("1 {}", unit(by).trim_end_matches('s')),
        Some(by) => format!("{} {}", span.number, unit(by)),
        None => NEVER.to_owned(),
    }
}

/// The script tag that puts a widget onto a page.
pub fn snippet(origin: &str, key: &str) -> String {
    format!("<script async src=\"{origin}/beckon.js\" data-key=\"{key}\"></script>")
}

/// After a change.
pub fn saved(name: &str) -> String {
    format!("{name} was saved. The new rules work from now on.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_department_is_told_in_a_line() {
        let cases = [
            (Routing::default(), None, "Agents pick · E-mail form after 5 minutes · Alert after 2 minutes"),
            (
                Routing { mode: RoutingMode::RoundRobin, form_after_ms: 0, alert_after_ms: 0, ..Routing::default() },
                Some("Products"),
                "In turn, rings for 30 seconds · Falls back to Products",
            ),
            (
                Routing {
                    mode: RoutingMode::LeastLoaded,
                    delivery: Delivery::Assign,
                    form_after_ms: 0,
                    alert_after_ms: 90_000,
                    ..Routing::default()
                },
                None,
                "Fewest first, given at once · Alert after 90 seconds",
            ),
        ];
        for (routing, fallback, text) in cases {
            assert_eq!(summary(&routing, fallback).join(" · "), text);
        }
    }

    #[test]
    fn a_wrong_time_is_told_with_its_range() {
        let cases = [
            (wrong(Wrong::Offer), "Enter a time from 5 seconds to 5 minutes."),
            (wrong(Wrong::AlertAfter), "Enter a time from 10 seconds to 24 hours."),
            (wrong_life(WrongLife::Range(Life::Idle)), "Enter a time from 1 minute to 24 hours."),
            (wrong_life(WrongLife::Range(Life::Expire)), "Enter a time from 5 minutes to 7 days."),
        ];
        for (told, text) in cases {
            assert_eq!(told, text);
        }
    }
}
