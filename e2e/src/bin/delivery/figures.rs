//! Medians and ratios.

use std::time::Duration;

/// The middle one and the 99th of a hundred.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    pub p50: Duration,
    pub p99: Duration,
    pub most: Duration,
    pub count: usize,
}

impl Times {
    pub fn of(mut times: Vec<Duration>) -> Times {
        times.sort();
        let at = |part: usize| times.get((times.len() * part / 100).min(times.len().saturating_sub(1)));
        let at = |part| at(part).copied().unwrap_or_default();
        Times { p50: at(50), p99: at(99), most: at(100), count: times.len() }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "p50 {:.2} ms, p99 {:.2} ms of {}", ms(self.p50), ms(self.p99), self.count)
    }
}

pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The middle one.
pub fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}
