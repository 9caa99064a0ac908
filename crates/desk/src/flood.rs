//! How much may be said: far more than any person says, far less than what would disturb others.

use crate::Refusal;
use protocol::Timestamp;
use std::time::Duration;

/// What is said is counted over this long. An object that sleeps forgets the counts, but only after as long a silence.
const WINDOW: Duration = Duration::from_secs(10);
/// Most frames of a desk's socket in it.
const MOST: u32 = 50;

/// What one party, or one socket, has said.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flood {
    since: Timestamp,
    count: u32,
}

impl Flood {
    /// Counts a frame of a desk's socket; whether it may pass.
    pub fn admits(&mut self, now: Timestamp) -> bool {
        self.count(now, MOST).is_ok()
    }

    /// Counts one more of at most `most`. Errors: [`Refusal::SlowDown`] with the time until they are counted anew.
    pub fn count(&mut self, now: Timestamp, most: u32) -> Result<(), Refusal> {
        let passed = now.since(self.since);
        if passed >= WINDOW || now < self.since {
            *self = Flood { since: now, count: 0 };
        }
        if self.count < most {
            self.count += 1;
            return Ok(());
        }
        let left = WINDOW.saturating_sub(now.since(self.since));
        Err(Refusal::SlowDown { retry_after_ms: u32::try_from(left.as_millis()).unwrap_or(u32::MAX) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_frames_pass_in_ten_seconds_and_then_fifty_more() {
        let mut flood = Flood::default();
        let mut passed = |ms| (0..100).filter(|_| flood.admits(Timestamp(ms))).count();
        assert_eq!((passed(50_000), passed(59_999), passed(60_000)), (50, 0, 50));
    }

    #[test]
    fn whoever_is_refused_is_told_when_to_come_again() {
        let mut flood = Flood::default();
        let (first, second) = (flood.count(Timestamp(50_000), 1), flood.count(Timestamp(57_000), 1));
        assert_eq!((first, second), (Ok(()), Err(Refusal::SlowDown { retry_after_ms: 3_000 })));
        assert_eq!(flood.count(Timestamp(60_000), 1), Ok(()));
    }
}
