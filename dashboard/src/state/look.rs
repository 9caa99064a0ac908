//! What stands beside an agent's name: the status, and more exactly why, where the desk tells.

use protocol::desk::AgentCard;
use protocol::{Intent, Reachability, Status};

/// How an agent is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// As the status says.
    Plain(Status),
    /// Chose to be available, but nobody has touched anything for a while.
    Idle,
    /// Chose to be available, but has as many chats as allowed.
    Full,
    /// The last tab went a moment ago; it may be a reload.
    Reconnecting,
}

impl Look {
    /// Of a card, as the desk sent it.
    pub fn of(card: &AgentCard) -> Look {
        let ready = card.intent == Intent::Available;
        match (card.reachability, card.status) {
            (Reachability::Grace, _) => Look::Reconnecting,
            (Reachability::Idle, Status::Away) if ready => Look::Idle,
            (_, Status::Busy) if ready => Look::Full,
            (_, status) => Look::Plain(status),
        }
    }

    /// How it looked after a change of presence, of which no load is known.
    pub fn after(reachability: Reachability, intent: Intent) -> Look {
        match reachability {
            Reachability::Grace => Look::Reconnecting,
            Reachability::Offline => Look::Plain(Status::Offline),
            Reachability::Idle if intent == Intent::Available => Look::Idle,
            Reachability::Idle | Reachability::Connected => Look::Plain(as_status(intent)),
        }
    }

    /// The status whose colour it has. Reconnecting has none of its own.
    pub fn status(self) -> Option<Status> {
        match self {
            Look::Plain(status) => Some(status),
            Look::Idle => Some(Status::Away),
            Look::Full => Some(Status::Busy),
            Look::Reconnecting => None,
        }
    }
}

/// The status of somebody who is there and has room.
pub fn as_status(intent: Intent) -> Status {
    match intent {
        Intent::Available => Status::Available,
        Intent::Busy => Status::Busy,
        Intent::Away => Status::Away,
        Intent::InMeeting => Status::InMeeting,
        Intent::Break => Status::Break,
        Intent::DoNotDisturb => Status::DoNotDisturb,
    }
}

/// Whether an agent has really gone: a reload does not count, and moves nobody in a list.
pub fn is_gone(card: &AgentCard) -> bool {
    card.reachability == Reachability::Offline
}
