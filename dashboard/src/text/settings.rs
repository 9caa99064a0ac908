//! Sentences of the settings.

use crate::route::Part;
use crate::rules::{Rule, Unit};

pub const TITLE: &str = "Settings";
pub const LEAD: &str = "For your whole workspace. Changes work at once, in every open dashboard.";
pub const PRESENCE: &str = "Presence";
pub const PRESENCE_LEAD: &str = "When visitors are told that somebody is there.";
pub const PARTS: &str = "Parts of the settings";
pub const UNIT: &str = "unit";
pub const SAVED: &str = "Saved. The new rules work from now on.";

/// A page of the settings.
pub fn part(part: Part) -> &'static str {
    match part {
        Part::Presence => PRESENCE,
        Part::Departments => super::routing::DEPARTMENTS,
        Part::Conversations => super::routing::CHATS,
        Part::Audit => super::audit::TITLE,
        Part::Widgets => super::routing::WIDGETS,
    }
}

/// What a rule is called.
pub fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Idle => "Away after",
        Rule::Stale => "Connection lost after",
        Rule::Grace => "Keep chats for",
    }
}

/// What a rule does.
fn explained(rule: Rule) -> &'static str {
    match rule {
        Rule::Idle => "Somebody who has not touched Beckon for this long is shown as away until they come back.",
        Rule::Stale => {
            "When a browser goes silent without a goodbye, such as by a power cut, its agent is offline after this long."
        }
        Rule::Grace => {
            "When somebody’s last tab closes, their chats stay theirs for this long, so that a reload loses nothing."
        }
    }
}

/// The unit beside a field.
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Seconds => "seconds",
        Unit::Minutes => "minutes",
        Unit::Hours => "hours",
    }
}

/// `30 to 600 seconds`
fn range(rule: Rule) -> String {
    let (least, most) = rule.range();
    format!("{least} to {most} {}", unit(rule.unit()))
}

/// Under a field: what it does, and what it takes.
pub fn hint(rule: Rule) -> String {
    format!("{} {}.", explained(rule), range(rule))
}

/// What is wrong with what was written.
pub fn out_of_range(rule: Rule) -> String {
    format!("Enter a number from {}.", range(rule))
}
