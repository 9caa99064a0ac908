//! How long it took until everybody had everything, and what took longest.

use std::time::Duration;
use tokio::time::Instant;

/// Step by step.
#[derive(Debug, Clone)]
pub struct Healing {
    since: Instant,
    pub took: Duration,
    longest: (Duration, String),
}

impl Healing {
    pub fn begin() -> Self {
        Self { since: Instant::now(), took: Duration::ZERO, longest: (Duration::ZERO, "nothing".to_owned()) }
    }

    /// The longest step, and what was waited for.
    pub fn longest(&self) -> String {
        format!("{} ms for {}", self.longest.0.as_millis(), self.longest.1)
    }

    /// Something that was waited for is there.
    pub fn step(&mut self, what: impl FnOnce() -> String) {
        let now = self.since.elapsed();
        if now - self.took > self.longest.0 {
            self.longest = (now - self.took, what());
        }
        self.took = now;
    }
}
