//! What rooms and the desk tell each other, through their outboxes. Rows outlive deploys: tests pin the JSON.

use protocol::desk::{LastMessage, QueueRow};
use protocol::room::{AgentRef, Place};
use protocol::{CloseReason, ConversationId, DepartmentId, Epoch, HandoffId, Requeue, SignInId, Stage, Timestamp};
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
    /// A visitor asks for a human. Told again if the desk has lost it.
    Ask {
        /// The new handoff.
        row: Box<QueueRow>,
        /// Which agent reopened the conversation, where it was not the visitor who asked.
        by: Option<AgentRef>,
    },
    /// The visitor ends it.
    End {
        /// Which handoff.
        handoff: HandoffId,
        /// Where.
        conversation: ConversationId,
        /// As the room has it: should the desk know nothing of it, it is over all the same.
        epoch: Epoch,
    },
    /// What the desk said by [`ToRoom::Check`] is not what the room has.
    Differs {
        /// What the room has; closed if it has another handoff by now.
        row: Box<QueueRow>,
        /// The epoch that was checked: what the desk did since is on its way.
        checked: Epoch,
    },
    /// The visitor left an e-mail address instead of waiting: the row as it goes into the history.
    AfterHours {
        /// The closed handoff.
        row: Box<QueueRow>,
    },
    /// What somebody wrote was taken away: nothing at the desk is to show it any more.
    Redacted {
        /// Where.
        conversation: ConversationId,
        /// When it was written.
        at: Timestamp,
    },
    /// Somebody wrote.
    Activity {
        /// In this handoff.
        handoff: HandoffId,
        /// Where: of a handoff that the desk does not know, it says so there.
        conversation: ConversationId,
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
        /// In which place.
        #[serde(default)]
        place: Option<Place>,
    },
    /// It has moved in line.
    Moved {
        /// Which.
        handoff: HandoffId,
        /// To which place.
        place: Place,
    },
    /// It takes long: the visitor may leave an e-mail address instead of waiting.
    FormOffered {
        /// Which.
        handoff: HandoffId,
    },
    /// It expires soon.
    Warned {
        /// Which.
        handoff: HandoffId,
        /// When.
        expires_at: Timestamp,
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
        /// Where it was routed in the end.
        #[serde(default)]
        department: Option<DepartmentId>,
    },
    /// It waits again.
    Returned {
        /// Which.
        handoff: HandoffId,
        /// The new epoch.
        epoch: Epoch,
        /// Who had it.
        agent: AgentRef,
        /// Why they have it no more.
        #[serde(default = "vanished")]
        why: Requeue,
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
    /// How it stands: the room says [`ToDesk::Differs`], or follows, if it has something else.
    Check {
        /// Which.
        handoff: HandoffId,
        /// Its epoch.
        epoch: Epoch,
        /// Waiting or active.
        stage: Stage,
        /// Who has it, or had it last.
        agent: Option<AgentRef>,
        /// When they got it.
        at: Timestamp,
    },
    /// The desk knows nothing of a handoff that the room takes for open.
    Unknown {
        /// Which.
        handoff: HandoffId,
    },
}

/// Of notices from before there was another reason.
fn vanished() -> Requeue {
    Requeue::Vanished
}
