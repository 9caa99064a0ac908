//! Whether anybody is at this tab, and whether the desk has been told. Pure: told the time, it says what to send.
//! It speaks for this tab alone; the desk puts the tabs of an agent together.

use protocol::Timestamp;
use std::time::Duration;

/// Somebody's last sign of life, and what the desk knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    touched: Timestamp,
    /// The tenant's rule; before it is known nobody is idle.
    after: Option<Duration>,
    idle: bool,
    /// What the desk was told last on the line that is up or being dialled.
    told: bool,
}

impl Idle {
    /// A tab that was opened just now: by somebody.
    pub fn new(now: Timestamp) -> Idle {
        Idle { touched: now, after: None, idle: false, told: false }
    }

    /// The tenant's rule, as of now.
    pub fn rule(&mut self, after: Duration) {
        self.after = Some(after);
    }

    /// Somebody is here.
    pub fn touch(&mut self, now: Timestamp) {
        self.touched = now;
        self.idle = false;
    }

    /// To be called every second or so.
    pub fn tick(&mut self, now: Timestamp) {
        // A clock that was set back would otherwise wait for its old time to come again.
        self.touched = self.touched.min(now);
        self.idle = self.after.is_some_and(|after| now.since(self.touched) >= after);
    }

    /// A line is being dialled: whether its address has to say that nobody is here.
    pub fn dial(&mut self) -> bool {
        self.told = self.idle;
        self.idle
    }

    /// What to send now, on a line that is up: nothing that the desk knows already.
    pub fn news(&mut self) -> Option<bool> {
        let news = (self.told != self.idle).then_some(self.idle);
        self.told = self.idle;
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_secs(300);
    const MINUTE: i64 = 60_000;

    fn idle() -> Idle {
        let mut idle = Idle::new(Timestamp(0));
        idle.rule(AFTER);
        idle
    }

    /// What is sent when time passes.
    fn tick(idle: &mut Idle, at: i64) -> Option<bool> {
        idle.tick(Timestamp(at));
        idle.news()
    }

    #[test]
    fn it_tells_once_when_nothing_has_happened_for_long_enough() {
        let mut idle = idle();
        let told: Vec<_> = [0, 299_999, 300_000, 301_000, 9_000_000].map(|at| tick(&mut idle, at)).to_vec();
        assert_eq!(told, [None, None, Some(true), None, None]);
    }

    #[test]
    fn the_next_activity_is_told_at_once_and_once() {
        let mut idle = idle();
        tick(&mut idle, 5 * MINUTE);
        idle.touch(Timestamp(6 * MINUTE));
        assert_eq!(idle.news(), Some(false));
        idle.touch(Timestamp(6 * MINUTE));
        assert_eq!(idle.news(), None);
        assert_eq!(tick(&mut idle, 11 * MINUTE), Some(true), "and it begins again");
    }

    #[test]
    fn activity_puts_it_off() {
        let mut idle = idle();
        for minute in [4, 8, 12] {
            idle.touch(Timestamp(minute * MINUTE));
            assert_eq!(tick(&mut idle, (minute + 4) * MINUTE), None, "minute {minute}");
        }
    }

    #[test]
    fn a_new_line_is_told_by_its_address_and_only_then_by_frames() {
        let mut idle = idle();
        assert!(!idle.dial());
        // Became idle while the line was down: nothing could be sent.
        idle.tick(Timestamp(5 * MINUTE));
        assert!(idle.dial());
        assert_eq!(idle.news(), None, "the address has said it");
        assert!(idle.dial());
        idle.touch(Timestamp(6 * MINUTE));
        assert_eq!(idle.news(), Some(false), "changed while dialling");
    }

    #[test]
    fn without_a_rule_nobody_is_idle_and_a_shorter_rule_works_at_once() {
        let mut idle = Idle::new(Timestamp(0));
        assert_eq!(tick(&mut idle, 99 * MINUTE), None);
        idle.rule(AFTER);
        assert_eq!(tick(&mut idle, 99 * MINUTE + 1), Some(true));
        idle.rule(Duration::from_secs(36_000));
        assert_eq!(tick(&mut idle, 99 * MINUTE + 2), Some(false), "a longer one too");
    }

    #[test]
    fn a_clock_that_is_set_back_starts_over() {
        let mut idle = idle();
        idle.touch(Timestamp(90 * MINUTE));
        assert_eq!(tick(&mut idle, 30 * MINUTE), None);
        assert_eq!(tick(&mut idle, 35 * MINUTE), Some(true));
    }
}
