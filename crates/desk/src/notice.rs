//! What rooms and the desk tell each other, through their outboxes. Rows outlive deploys: tests pin the JSON.

use protocol::desk::{LastMessage, Page, QueueRow};
use protocol::room::AgentRef;
use protocol::{CloseReason, ConversationId, Epoch, HandoffId, Name, SignInId, Timestamp};
use serde::{Deserialize, Serialize};

/// A notice with its number in the sender's outbox. Numbers only grow, so a receiver that remembers the
/// last one it heard is idempotent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered<T> {
    /// Number in the sender's outbox.
    pub n: u64,
    /// What it says.
    pub notice: T,
}

/// From a room to its desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToDesk {
    /// A visitor asks for a human.
    Ask {
        /// The new handoff.
        handoff: HandoffId,
        /// Where.
        conversation: ConversationId,
        /// When.
        asked_at: Timestamp,
        /// From which page.
        page: Page,
        /// The visitor's name, once told.
        visitor_name: Option<Name>,
        /// What the visitor wrote so far.
        last: Option<LastMessage>,
    },
    /// The visitor left an e-mail address instead of waiting: the row as it goes into the history.
    AfterHours {
        /// The closed handoff.
        row: Box<QueueRow>,
    },
    /// Somebody wrote.
    Activity {
        /// In this handoff.
        handoff: HandoffId,
        /// The newest message.
        last: LastMessage,
    },
}

/// From the desk to a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToRoom {
    /// The handoff stands in the queue.
    Queued {
        /// Which.
        handoff: HandoffId,
    },
    /// Nobody can answer now; the handoff is closed as missed.
    Nobody {
        /// Which.
        handoff: HandoffId,
    },
    /// Somebody can answer again, or nobody can any more.
    DeskOpen {
        /// Whether somebody can.
        open: bool,
        /// How often that has changed: what was said before a higher count is old.
        #[serde(default)]
        flips: u32,
    },
    /// A sign-in of an agent has ended: its sockets are to be closed.
    SignedOut {
        /// Which.
        sign_in: SignInId,
    },
    /// An agent has it now.
    Claimed {
        /// Which.
        handoff: HandoffId,
        /// The new epoch.
        epoch: Epoch,
        /// The owner.
        agent: AgentRef,
        /// When.
        at: Timestamp,
    },
    /// Its owner vanished; it waits at the front of the queue.
    Returned {
        /// Which.
        handoff: HandoffId,
        /// The new epoch.
        epoch: Epoch,
        /// Who was lost.
        agent: AgentRef,
    },
    /// It is over.
    Closed {
        /// Which.
        handoff: HandoffId,
        /// The new epoch.
        epoch: Epoch,
        /// Why.
        reason: CloseReason,
        /// When.
        at: Timestamp,
    },
}
