//! Chance and waiting times.

use crate::link::Ms;

/// Xorshift: not for secrets, only so that a thousand clients do not all come back in the same instant.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u32);

impl Dice {
    pub(crate) fn new(seed: u32) -> Dice {
        // Zero is the one state that xorshift never leaves.
        Dice(seed | 1)
    }

    /// Evenly from `0..=most`.
    pub(crate) fn upto(&mut self, most: Ms) -> Ms {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        Ms::from(self.0) % (most + 1)
    }

    /// Full jitter: anything up to the ceiling, which doubles with every try until it reaches `cap`.
    pub(crate) fn backoff(&mut self, base: Ms, cap: Ms, tries: u32) -> Ms {
        let most = ceiling(base, cap, tries);
        LEAST + self.upto(most - LEAST)
    }

    /// Half fixed, half chance: for what should come "now and then" but not at once.
    pub(crate) fn about(&mut self, base: Ms, cap: Ms, tries: u32) -> Ms {
        let most = ceiling(base, cap, tries);
        most / 2 + self.upto(most / 2)
    }
}

/// No retry sooner than this, whatever the dice say: a refused connection fails within a millisecond.
const LEAST: Ms = 50;

fn ceiling(base: Ms, cap: Ms, tries: u32) -> Ms {
    cap.min(base << tries.min(16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        for (tries, most) in
            [(0, 1_000), (1, 2_000), (2, 4_000), (3, 8_000), (4, 10_000), (40, 10_000), (u32::MAX, 10_000)]
        {
            assert_eq!(ceiling(1_000, 10_000, tries), most, "{tries} tries");
        }
    }

    #[test]
    fn jitter_is_full_and_stays_below_the_ceiling() {
        let mut dice = Dice::new(7);
        let rolls: Vec<Ms> = (0..1_000).map(|_| dice.backoff(1_000, 30_000, 2)).collect();
        assert!(rolls.iter().all(|roll| (LEAST..=4_000).contains(roll)));
        for quarter in 0..4 {
            let hits = rolls.iter().filter(|&&roll| roll / 1_000 == quarter).count();
            assert!(hits > 180, "{hits} of 1,000 in quarter {quarter}");
        }
    }

    #[test]
    fn about_never_comes_before_half_its_time() {
        let mut dice = Dice::new(0);
        assert!((0..1_000).map(|_| dice.about(10_000, 60_000, 1)).all(|roll| (10_000..=20_000).contains(&roll)));
    }
}
