//! What the person at the terminal sees: one line per step, with seconds.

use anyhow::Result;
use std::time::Duration;

/// A moment, for measuring.
pub struct Clock(std::time::Instant);

impl Clock {
    /// Starts to measure.
    #[expect(clippy::disallowed_methods, reason = "progress lines show real seconds; no rule depends on them")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Runs a step and tells how long it took. A step that is likely to be long is announced.
pub fn step<T>(name: &str, long: bool, work: impl FnOnce() -> Result<T>) -> Result<T> {
    if long {
        println!("… {name}");
    }
    let clock = Clock::start();
    let result = work();
    // Said at once: another lane may still work for a while before the reason can be told.
    let mark = if result.is_ok() { '✓' } else { '✗' };
    println!("{mark} {name}  {:.1} s", clock.elapsed().as_secs_f32());
    result
}

/// A step that found nothing to do.
pub fn unchanged(name: &str) {
    println!("✓ {name}  unchanged");
}
