//! How many frames a socket may say: far more than any person causes, far less than what would disturb others.

use protocol::Timestamp;
use std::time::Duration;

/// Frames are counted over this long.
const WINDOW: Duration = Duration::from_secs(10);
/// Most frames in it.
const MOST: u32 = 50;

/// The frames of one socket.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flood {
    since: Timestamp,
    count: u32,
}

impl Flood {
    /// Counts a frame; whether it may pass.
    pub fn admits(&mut self, now: Timestamp) -> bool {
        if now.since(self.since) >= WINDOW || now < self.since {
            *self = Flood { since: now, count: 0 };
        }
        self.count = self.count.saturating_add(1);
        self.count <= MOST
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
}
