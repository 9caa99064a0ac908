//! Times and spans of time in words.

use crate::when::LocalTime;
use std::time::Duration;

/// `just now`, `3 min ago`, `2 h ago`, `4 days ago`.
pub fn ago(age: Duration) -> String {
    match age.as_secs() / 60 {
        0 => "just now".to_owned(),
        minutes @ 1..=59 => format!("{minutes} min ago"),
        minutes @ 60..=1439 => format!("{} h ago", minutes / 60),
        minutes @ 1440..=2879 => format!("{} day ago", minutes / 1440),
        minutes => format!("{} days ago", minutes / 1440),
    }
}

/// `just now`, `12 s ago`, then as [`ago`].
pub fn just_ago(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 2..=59 => format!("{seconds} s ago"),
        _ => ago(age),
    }
}

/// `12 s`, `3 min`, `2 h`, `4 days`: how long something had been so.
pub fn about(age: Duration) -> String {
    let seconds = age.as_secs();
    match seconds {
        0..=59 => format!("{seconds} s"),
        60..=3_599 => format!("{} min", seconds / 60),
        3_600..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// A running wait: `0:42`, `12:07`, then `1 h 05`, then `2 d 03 h`.
pub fn wait(age: Duration) -> String {
    let seconds = age.as_secs();
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match hours {
        0 => format!("{minutes}:{:02}", seconds % 60),
        1..=23 => format!("{hours} h {:02}", minutes % 60),
        _ => format!("{} d {:02} h", hours / 24, hours % 24),
    }
}

/// `14:02`
pub fn clock(time: LocalTime) -> String {
    format!("{:02}:{:02}", time.hour, time.minute)
}

/// `14:02` today, `Yesterday`, else `3 Nov`, with the year if it is another one.
pub fn brief(time: LocalTime, now: LocalTime) -> String {
    match now.day_number - time.day_number {
        0 => clock(time),
        _ => day(time, now),
    }
}

/// `Today`, `Yesterday`, `3 Nov`, `3 Nov 2025`.
pub fn day(time: LocalTime, now: LocalTime) -> String {
    match now.day_number - time.day_number {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        _ if time.year == now.year => format!("{} {}", time.day, month(time.month)),
        _ => format!("{} {} {}", time.day, month(time.month), time.year),
    }
}

fn month(month: u32) -> &'static str {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES.get(month as usize).copied().unwrap_or_default()
}

/// `7 h 05 min`, `45 min`, `under a minute`; nothing for none.
pub fn span(seconds: u32) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) if seconds == 0 => String::new(),
        (0, 0) => "under a minute".to_owned(),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes:02} min"),
    }
}

/// `7:05`, for tables.
pub fn hours(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 3600, seconds / 60 % 60)
}

/// `Mon 16`, over a column.
pub fn column(time: LocalTime) -> String {
    // The first of January 1970 was a Thursday.
    const NAMES: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    format!("{} {}", NAMES[time.day_number.rem_euclid(7) as usize], time.day)
}

/// `today at 14:02`, `yesterday at 14:02`, `3 Nov at 14:02`, within a sentence.
pub fn moment(time: LocalTime, now: LocalTime) -> String {
    let day = match now.day_number - time.day_number {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        _ => day(time, now),
    };
    format!("{day} at {}", clock(time))
}

/// `14:02` today, else with the day: `Yesterday 14:02`, `3 Nov 14:02`.
pub fn since(time: LocalTime, now: LocalTime) -> String {
    match now.day_number - time.day_number {
        0 => clock(time),
        _ => format!("{} {}", day(time, now), clock(time)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_like_speech() {
        let cases = [(0, "just now"), (59, "just now"), (60, "1 min ago"), (3_600, "1 h ago"), (86_400, "1 day ago")];
        for (seconds, text) in cases {
            assert_eq!(ago(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn what_was_just_now_is_told_in_seconds() {
        let cases =
            [(1, "just now", "1 s"), (12, "12 s ago", "12 s"), (60, "1 min ago", "1 min"), (7_200, "2 h ago", "2 h")];
        for (seconds, then, long) in cases {
            let age = Duration::from_secs(seconds);
            assert_eq!((just_ago(age).as_str(), about(age).as_str()), (then, long));
        }
    }

    #[test]
    fn waits_tick_by_seconds_then_by_minutes() {
        let cases = [(0, "0:00"), (42, "0:42"), (727, "12:07"), (3_900, "1 h 05"), (183_600, "2 d 03 h")];
        for (seconds, text) in cases {
            assert_eq!(wait(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn days_are_named_from_here() {
        let now = LocalTime { year: 2026, month: 10, day: 20, hour: 18, minute: 0, day_number: 100 };
        assert_eq!(brief(LocalTime { hour: 9, minute: 5, ..now }, now), "09:05");
        assert_eq!(brief(LocalTime { day: 19, day_number: 99, ..now }, now), "Yesterday");
        assert_eq!(brief(LocalTime { day: 3, day_number: 83, ..now }, now), "3 Nov");
        assert_eq!(moment(LocalTime { hour: 9, minute: 5, ..now }, now), "today at 09:05");
        assert_eq!(since(LocalTime { day: 19, day_number: 99, ..now }, now), "Yesterday 18:00");
        assert_eq!(column(LocalTime { day: 2, day_number: 1, ..now }), "Fri 2");
        assert_eq!(day(LocalTime { year: 2025, day_number: -265, ..now }, now), "20 Nov 2025");
    }

    #[test]
    fn spans_are_told_in_hours_and_minutes() {
        let cases = [
            (0, "", "0:00"),
            (59, "under a minute", "0:00"),
            (2_700, "45 min", "0:45"),
            (7_200, "2 h", "2:00"),
            (25_500, "7 h 05 min", "7:05"),
        ];
        for (seconds, long, short) in cases {
            assert_eq!((span(seconds).as_str(), hours(seconds).as_str()), (long, short));
        }
    }
}
