//! Rules as people write them: seconds, minutes and hours instead of milliseconds.

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
    /// 3,600,000 ms.
    Hours,
}

/// A span of time as it stands in a form; `0` on the wire means never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// As typed.
    pub number: String,
    /// As chosen; absent: never.
    pub unit: Option<Unit>,
}

/// What was written is no number, or not one within the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange;

impl Unit {
    /// The smallest first.
    pub const ALL: [Unit; 3] = [Unit::Seconds, Unit::Minutes, Unit::Hours];

    /// How long one is.
    pub fn ms(self) -> u32 {
        match self {
            Unit::Seconds => 1_000,
            Unit::Minutes => 60_000,
            Unit::Hours => 3_600_000,
        }
    }

    /// A word for forms.
    pub fn slug(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Minutes => "min",
            Unit::Hours => "h",
        }
    }

    /// Reads the word; what it does not know is never.
    pub fn parse(slug: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.slug() == slug)
    }

    /// The largest unit of which `ms` is a whole number, or seconds.
    pub fn of(ms: u32) -> Unit {
        let whole = |unit: &Unit| ms.is_multiple_of(unit.ms());
        Unit::ALL.into_iter().rev().find(whole).unwrap_or(Unit::Seconds)
    }

    /// A time in this unit, to two places.
    pub fn shown(self, ms: u32) -> String {
        shown(ms, self.ms())
    }

    /// What was written, in ms. Errors: [`OutOfRange`], of which the bounds are in ms too.
    fn read(self, written: &str, (least, most): (u32, u32)) -> Result<u32, OutOfRange> {
        let ms = decimal(written, self.ms()).ok_or(OutOfRange)?;
        u32::try_from(ms).ok().filter(|ms| (least..=most).contains(ms)).ok_or(OutOfRange)
    }
}

/// How many of `unit` it is, to two places.
pub fn shown(value: u32, unit: u32) -> String {
    let unit = u64::from(unit);
    let hundredths = (u64::from(value) * 100 + unit / 2) / unit;
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}

/// A number with at most three places after its point or comma, times `unit`. Without floats: reading and writing them
/// weighs more than all the rest of this file.
pub fn decimal(written: &str, unit: u32) -> Option<u64> {
    let (whole, part) = written.trim().split_once(['.', ',']).unwrap_or((written.trim(), ""));
    let digits = |text: &str| text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + part.len() == 0 || !digits(whole) || !digits(part) {
        return None;
    }
    // Below a thousandth of an hour nobody writes.
    let thousandths = format!("{part:0<3}");
    let thousandths: u64 = thousandths.get(..3)?.parse().ok()?;
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let unit = u64::from(unit);
    Some(whole * unit + thousandths * unit / 1_000)
}

impl Span {
    /// As it is shown at first.
    pub fn of(ms: u32) -> Span {
        if ms == 0 {
            return Span { number: String::new(), unit: None };
        }
        let unit = Unit::of(ms);
        Span { number: unit.shown(ms), unit: Some(unit) }
    }

    /// On the wire. Errors: [`OutOfRange`]; never is always within.
    pub fn ms(&self, range: (u32, u32)) -> Result<u32, OutOfRange> {
        self.unit.map_or(Ok(0), |unit| unit.read(&self.number, range))
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
        self.unit().shown(ms)
    }

    /// Puts what was written into `change`. Errors: [`OutOfRange`].
    pub fn put(self, written: &str, change: &mut PresenceSettingsChange) -> Result<(), OutOfRange> {
        let unit = self.unit();
        let (least, most) = self.range();
        let ms = Some(unit.read(written, (least * unit.ms(), most * unit.ms()))?);
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

    #[test]
    fn spans_are_shown_in_their_largest_unit_and_read_back() {
        let cases = [
            (0, "", None),
            (1_500, "1.5", Some(Unit::Seconds)),
            (90_000, "90", Some(Unit::Seconds)),
            (120_000, "2", Some(Unit::Minutes)),
            (79_200_000, "22", Some(Unit::Hours)),
        ];
        for (ms, number, unit) in cases {
            let span = Span { number: number.to_owned(), unit };
            assert_eq!(Span::of(ms), span);
            assert_eq!(span.ms((1_000, 86_400_000)), Ok(ms));
        }
        for (number, unit) in [("", Unit::Minutes), ("x", Unit::Hours), ("25", Unit::Hours), ("0.1", Unit::Seconds)] {
            let span = Span { number: number.to_owned(), unit: Some(unit) };
            assert_eq!(span.ms((1_000, 86_400_000)), Err(OutOfRange), "{span:?}");
        }
    }
}
