//! How a network treats what it carries, and what it has done so far.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use tokio::time::Instant;

/// All of a network. It may change at any moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// From clients to the server.
    pub up: Way,
    /// From the server to clients.
    pub down: Way,
    /// What happens to those who come.
    pub door: Door,
}

/// One way of a network.
#[derive(Debug, Clone, Copy, Default)]
pub struct Way {
    /// Everything takes so long: half a round trip, if both ways do.
    pub delay: Duration,
    /// One piece in eight waits for up to this long, and everything behind it too.
    pub stall: Duration,
    /// At most so many bytes a second, if that is not 0.
    pub rate: u32,
    /// Nothing arrives, not even the end. A connection that has lost something is forgotten: once this is over it is
    /// reset, as a router does with what it does not know any more.
    pub swallow: bool,
}

/// What happens to those who come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Door {
    /// They are let in.
    #[default]
    Open,
    /// They are reset at once.
    Refuses,
    /// Whoever asks for a WebSocket is answered 403, as by a proxy that knows none.
    ForbidsSockets,
    /// Whoever asks for a WebSocket is hung up on.
    DropsSockets,
}

/// A direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From a client to the server.
    Up,
    /// From the server to a client.
    Down,
}

impl Weather {
    /// The same both ways.
    pub fn both(way: Way) -> Self {
        Self { up: way, down: way, door: Door::Open }
    }

    /// Of a direction.
    pub fn way(&self, direction: Direction) -> Way {
        match direction {
            Direction::Up => self.up,
            Direction::Down => self.down,
        }
    }
}

/// What a network can do to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// What it carried was delayed.
    Delayed,
    /// Some of it had to wait.
    Stalled,
    /// It was carried slowly.
    Throttled,
    /// What it carried was swallowed.
    Swallowed,
    /// It was refused.
    Refused,
    /// It was reset.
    Reset,
    /// It was reset in the middle of a piece.
    Cut,
    /// It asked for a WebSocket and got none.
    Blocked,
}

/// How often what was done. A connection that is delayed, stalled, throttled or swallowed counts once, however much it
/// carries, until the weather changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(BTreeMap<Fault, u32>);

impl Faults {
    pub(super) fn note(&mut self, fault: Fault) {
        *self.0.entry(fault).or_default() += 1;
    }

    /// Of one kind.
    pub fn of(&self, fault: Fault) -> u32 {
        self.0.get(&fault).copied().unwrap_or_default()
    }

    /// Of all kinds but [`Fault::Blocked`]: where no socket gets through, that is no accident, and whoever tries again
    /// is blocked again.
    pub fn accidents(&self) -> u32 {
        self.0.iter().filter(|(fault, _)| **fault != Fault::Blocked).map(|(_, count)| count).sum()
    }

    /// Of all kinds.
    pub fn total(&self) -> u32 {
        self.0.values().sum()
    }

    /// Adds those of another network.
    pub fn add(&mut self, other: &Faults) {
        for (fault, count) in &other.0 {
            *self.0.entry(*fault).or_default() += count;
        }
    }
}

/// `12 cut, 3 delayed`.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texts: Vec<_> =
            self.0.iter().map(|(fault, count)| format!("{count} {fault:?}").to_lowercase()).collect();
        texts.sort_by_key(|text| text.split_once(' ').map(|(_, kind)| kind.to_owned()));
        f.write_str(&texts.join(", "))
    }
}

/// What a network has carried from clients to the server.
#[derive(Debug, Clone, Copy, Default)]
pub struct Carried {
    /// When the last piece reached the server.
    pub last: Option<Instant>,
    /// The longest silence between two pieces.
    pub gap: Duration,
    /// Pieces that had to wait.
    pub stalls: u32,
}
