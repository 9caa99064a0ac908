//! When to connect to the desk, when to beat, when to give up on a line. Pure: told the time, it says what to do.

use protocol::Timestamp;
use std::time::Duration;

/// Between two beats, where the tenant's rule does not want them closer.
pub const BEAT_EVERY: Duration = Duration::from_secs(15);
/// A line without an answer for this long is dead, whatever the browser thinks.
const PATIENCE: Duration = Duration::from_secs(10);
/// The first wait after a loss; doubles with every failure.
const FIRST_WAIT_MS: u64 = 500;
/// The longest wait: an agent is offline to visitors meanwhile.
const LONGEST_WAIT_MS: u64 = 15_000;
/// More would say the same.
const MOST_DOUBLINGS: u32 = 10;

/// The line to the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Dialling.
    Opening {
        /// When it began.
        since: Timestamp,
        /// Failures before it.
        tries: u32,
    },
    /// Up.
    Open {
        /// When the last beat left; absent before the first.
        beat: Option<Timestamp>,
        /// The beat still has to be answered.
        unanswered: bool,
    },
    /// Down; the next try is set.
    Waiting {
        /// When to dial.
        until: Timestamp,
        /// Failures so far.
        tries: u32,
    },
}

/// What the owner of the line has to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Open a socket.
    Dial,
    /// Send a beat.
    Beat,
    /// Close the socket: it is dead. Counts as lost.
    HangUp,
}

impl Line {
    /// A line that dials at once.
    pub fn new(now: Timestamp) -> Line {
        Line::Opening { since: now, tries: 0 }
    }

    /// The socket is up; the first beat is due at the next tick.
    pub fn opened(&mut self) {
        *self = Line::Open { beat: None, unanswered: false };
    }

    /// Something came down the line, so it lives.
    pub fn heard(&mut self) {
        if let Line::Open { unanswered, .. } = self {
            *unanswered = false;
        }
    }

    /// The socket is gone. `luck` is random in 0..=255 and spreads the returns of many agents.
    pub fn lost(&mut self, now: Timestamp, luck: u8) {
        let tries = match *self {
            Line::Opening { tries, .. } | Line::Waiting { tries, .. } => tries.saturating_add(1),
            Line::Open { .. } => 0,
        };
        *self = Line::Waiting { until: now + wait(tries, luck), tries };
    }

    /// The server closed the line because we said too much: come back as late as ever.
    pub fn flooded(&mut self, now: Timestamp, luck: u8) {
        *self = Line::Waiting { until: now + wait(u32::MAX, luck), tries: MOST_DOUBLINGS };
    }

    /// The network is said to be back: a waiting line dials at the next tick.
    pub fn hurry(&mut self, now: Timestamp) {
        if let Line::Waiting { until, .. } = self {
            *until = now;
        }
    }

    /// To be called every second or so; beats leave `every` so often.
    pub fn tick(&mut self, now: Timestamp, every: Duration) -> Option<Order> {
        match *self {
            Line::Opening { since, .. } => (now.since(since) >= PATIENCE).then_some(Order::HangUp),
            Line::Open { beat: Some(beat), unanswered: true } => (now.since(beat) >= PATIENCE).then_some(Order::HangUp),
            Line::Open { beat, .. } => beat.is_none_or(|beat| now.since(beat) >= every).then(|| {
                *self = Line::Open { beat: Some(now), unanswered: true };
                Order::Beat
            }),
            Line::Waiting { until, tries } => (now >= until).then(|| {
                *self = Line::Opening { since: now, tries };
                Order::Dial
            }),
        }
    }
}

/// So often that three of them go missing before the desk lets the lease go.
pub fn beat_every(stale_after: Duration) -> Duration {
    BEAT_EVERY.min(stale_after / 3)
}

/// Doubling, capped, and then between half of it and all of it.
fn wait(tries: u32, luck: u8) -> Duration {
    let full = (FIRST_WAIT_MS << tries.min(MOST_DOUBLINGS)).min(LONGEST_WAIT_MS);
    Duration::from_millis(full / 2 + full / 2 * u64::from(luck) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_000_000;

    fn open() -> Line {
        let mut line = Line::new(Timestamp(T));
        line.opened();
        line
    }

    #[test]
    fn it_beats_at_once_and_then_every_15_seconds() {
        let mut line = open();
        assert_eq!(line.tick(Timestamp(T), BEAT_EVERY), Some(Order::Beat));
        line.heard();
        assert_eq!(line.tick(Timestamp(T + 14_999), BEAT_EVERY), None);
        assert_eq!(line.tick(Timestamp(T + 15_000), BEAT_EVERY), Some(Order::Beat));
    }

    #[test]
    fn an_unanswered_beat_is_the_end_after_10_seconds() {
        let mut line = open();
        line.tick(Timestamp(T), BEAT_EVERY);
        assert_eq!(line.tick(Timestamp(T + 9_999), BEAT_EVERY), None);
        assert_eq!(line.tick(Timestamp(T + 10_000), BEAT_EVERY), Some(Order::HangUp));
    }

    #[test]
    fn a_dial_that_nobody_answers_is_hung_up() {
        let mut line = Line::new(Timestamp(T));
        assert_eq!(line.tick(Timestamp(T + 9_999), BEAT_EVERY), None);
        assert_eq!(line.tick(Timestamp(T + 10_000), BEAT_EVERY), Some(Order::HangUp));
    }

    #[test]
    fn waits_double_up_to_15_seconds_and_are_spread() {
        let mut line = open();
        for (luck, most) in [(255, 500), (255, 1_000), (0, 1_000), (255, 4_000), (255, 8_000), (255, 15_000)] {
            line.lost(Timestamp(T), luck);
            let Line::Waiting { until, .. } = line else { panic!("not waiting") };
            assert_eq!(until, Timestamp(T + most), "luck {luck}");
            assert_eq!(line.tick(until, BEAT_EVERY), Some(Order::Dial));
        }
    }

    #[test]
    fn a_line_that_was_up_starts_over_with_a_short_wait() {
        let mut line = open();
        line.lost(Timestamp(T), 0);
        assert_eq!(line, Line::Waiting { until: Timestamp(T + 250), tries: 0 });
        line.hurry(Timestamp(T + 1));
        assert_eq!(line.tick(Timestamp(T + 1), BEAT_EVERY), Some(Order::Dial));
    }

    #[test]
    fn a_short_lease_is_renewed_more_often() {
        for (stale, every) in [(30, 10), (45, 15), (600, 15)] {
            assert_eq!(beat_every(Duration::from_secs(stale)), Duration::from_secs(every), "{stale}");
        }
    }

    #[test]
    fn who_said_too_much_comes_back_late() {
        let mut line = open();
        line.flooded(Timestamp(T), 255);
        assert_eq!(line.tick(Timestamp(T + 14_999), BEAT_EVERY), None);
        assert_eq!(line.tick(Timestamp(T + 15_000), BEAT_EVERY), Some(Order::Dial));
    }
}
