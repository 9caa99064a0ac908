//! Presence rules as people write them: seconds and minutes instead of milliseconds.

use protocol::team::{PresenceSettings, PresenceSettingsChange};

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// When a silent connection counts as lost.
    Stale,
    /// How long chats are kept for somebody who has just gone.
    Grace,
    /// When somebody who does nothing is shown as away.
    Idle,
}

/// The unit a rule is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 1,000 ms.
    Seconds,
    /// 60,000 ms.
    Minutes,
}

/// What was written is no number, or not one within the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange;

impl Unit {
    fn ms(self) -> u32 {
        match self {
            Unit::Seconds => 1_000,
            Unit::Minutes => 60_000,
        }
    }
}

impl Rule {
    /// In the order of the screen.
    pub const ALL: [Rule; 3] = [Rule::Idle, Rule::Stale, Rule::Grace];

    /// A word for ids on the page.
    pub fn slug(self) -> &'static str {
        match self {
            Rule::Stale => "stale",
            Rule::Grace => "grace",
            Rule::Idle => "idle",
        }
    }

    /// The unit it is written in.
    pub fn unit(self) -> Unit {
        match self {
            Rule::Stale | Rule::Grace => Unit::Seconds,
            Rule::Idle => Unit::Minutes,
        }
    }

    /// The least and the most, in its unit.
    pub fn range(self) -> (u32, u32) {
        let (least, most) = match self {
            Rule::Stale => PresenceSettings::STALE_AFTER_MS,
            Rule::Grace => PresenceSettings::GRACE_MS,
            Rule::Idle => PresenceSettings::IDLE_AFTER_MS,
        };
        (least / self.unit().ms(), most / self.unit().ms())
    }

    /// Its value in `settings`, as it stands in the field.
    pub fn shown(self, settings: &PresenceSettings) -> String {
        let ms = match self {
            Rule::Stale => settings.stale_after_ms,
            Rule::Grace => settings.grace_ms,
            Rule::Idle => settings.idle_after_ms,
        };
        let value = (f64::from(ms) / f64::from(self.unit().ms()) * 100.0).round() / 100.0;
        value.to_string()
    }

    /// Puts what was written into `change`. Errors: [`OutOfRange`].
    pub fn put(self, written: &str, change: &mut PresenceSettingsChange) -> Result<(), OutOfRange> {
        let value = written.trim().replace(',', ".").parse::<f64>().map_err(|_| OutOfRange)?;
        let (least, most) = self.range();
        if !(f64::from(least)..=f64::from(most)).contains(&value) {
            return Err(OutOfRange);
        }
        let ms = Some((value * f64::from(self.unit().ms())).round() as u32);
        match self {
            Rule::Stale => change.stale_after_ms = ms,
            Rule::Grace => change.grace_ms = ms,
            Rule::Idle => change.idle_after_ms = ms,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: PresenceSettings =
        PresenceSettings { stale_after_ms: 45_000, grace_ms: 1_500, idle_after_ms: 90_000 };

    #[test]
    fn what_is_shown_is_what_is_saved() {
        let mut change = PresenceSettingsChange::default();
        for rule in Rule::ALL {
            assert_eq!(rule.put(&rule.shown(&SETTINGS), &mut change), Ok(()), "{rule:?}");
        }
        let again =
            PresenceSettingsChange { stale_after_ms: Some(45_000), grace_ms: Some(1_500), idle_after_ms: Some(90_000) };
        assert_eq!(change, again);
        assert_eq!(Rule::ALL.map(|rule| rule.shown(&SETTINGS)), ["1.5", "45", "1.5"]);
    }

    #[test]
    fn only_numbers_within_the_range_are_taken() {
        let cases = [
            (Rule::Stale, "30", true),
            (Rule::Stale, "29.9", false),
            (Rule::Stale, "601", false),
            (Rule::Grace, "0", true),
            (Rule::Grace, "-1", false),
            (Rule::Idle, " 1,5 ", true),
            (Rule::Idle, "60.01", false),
            (Rule::Idle, "", false),
            (Rule::Idle, "five", false),
            (Rule::Idle, "NaN", false),
            (Rule::Idle, "inf", false),
        ];
        for (rule, written, taken) in cases {
            let mut change = PresenceSettingsChange::default();
            assert_eq!(rule.put(written, &mut change).is_ok(), taken, "{rule:?} {written}");
            assert_eq!(change != PresenceSettingsChange::default(), taken, "{rule:?} {written}");
        }
    }
}
