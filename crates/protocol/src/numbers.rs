//! Counters and times. All are JSON integers.

use crate::lean::{Json, Lean};
use serde::{Deserialize, Serialize};
use std::time::Duration;

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl Lean for $name {
            fn to_json(&self, out: &mut String) {
                (self.0 as i64).to_json(out);
            }
            fn from_json(json: &Json) -> Option<Self> {
                <$inner>::try_from(i64::from_json(json)?).ok().map(Self)
            }
        }
    )*};
}

numbers! {
    /// Place of a message in its conversation, gapless from 1. 0 means "nothing yet".
    Seq(u32);
    /// Grows with every change of a handoff's owner, and with every offer; a command with an old epoch is refused.
    Epoch(u32);
    /// Milliseconds since 1970-01-01 UTC, by the server's clock.
    Timestamp(i64);
}

impl Seq {
    /// The place after this one.
    pub fn next(self) -> Seq {
        Seq(self.0 + 1)
    }
}

impl Epoch {
    /// The epoch after this one.
    pub fn next(self) -> Epoch {
        Epoch(self.0 + 1)
    }
}

impl Timestamp {
    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Timestamp;
    fn add(self, by: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }
}
