//! What a desk keeps, what can happen to it, and what is to be done about it.

use crate::notice::{ToDesk, ToRoom};
use crate::presence::Presence;
use protocol::desk::{DeskDown, QueueRow};
use protocol::{AgentId, ConversationId, Epoch, HandoffId, Intent, Name, Role, SessionId, Timestamp};
use serde::{Deserialize, Serialize};

/// Who an agent is, as the sign-in says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The agent.
    pub id: AgentId,
    /// As shown to visitors.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// Conversations at once, 1 to 50.
    pub capacity: u32,
}

/// What the desk keeps of an agent. Stored as JSON: tests pin it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Who.
    pub profile: Profile,
    /// What they chose.
    pub intent: Intent,
    /// Their leases.
    pub presence: Presence,
}

/// Everything a desk stores, for loading one.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// Agents that ever opened a dashboard.
    pub agents: Vec<Agent>,
    /// Open handoffs.
    pub rows: Vec<QueueRow>,
    /// Rooms to tell when somebody can answer again.
    pub watching: Vec<ConversationId>,
    /// Whether rooms were last told that somebody can answer.
    pub open: bool,
}

/// What can happen to a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A dashboard tab connected.
    Open {
        /// Whose.
        profile: Profile,
        /// Its lease.
        session: SessionId,
    },
    /// A tab gave proof of life.
    Beat {
        /// Whose.
        agent: AgentId,
        /// Its lease.
        session: SessionId,
        /// When.
        at: Timestamp,
    },
    /// A tab was closed, or its socket is gone.
    Close {
        /// Whose.
        agent: AgentId,
        /// Its lease.
        session: SessionId,
    },
    /// A tab's sign-in ended: no grace.
    Leave {
        /// Whose.
        agent: AgentId,
        /// Its lease.
        session: SessionId,
    },
    /// An agent chose.
    Intend {
        /// Who.
        profile: Profile,
        /// What.
        intent: Intent,
    },
    /// A room tells something.
    Heard(ToDesk),
    /// An agent picks a handoff up.
    Claim {
        /// Who.
        agent: AgentId,
        /// Which.
        handoff: HandoffId,
        /// As the agent saw it.
        epoch: Epoch,
    },
    /// The owner finishes.
    Resolve {
        /// Who.
        agent: AgentId,
        /// Which.
        handoff: HandoffId,
        /// As the agent saw it.
        epoch: Epoch,
    },
    /// Time has passed.
    Tick,
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Store an agent.
    SaveAgent(Agent),
    /// Store an open handoff.
    SaveRow(QueueRow),
    /// Forget a closed handoff; its room projects it into the history.
    DropRow(HandoffId),
    /// Store a room to tell later.
    Watch(ConversationId),
    /// Forget the rooms to tell.
    UnwatchAll,
    /// Store whether rooms were told that somebody can answer.
    SaveOpen(bool),
    /// Tell a room, by the outbox.
    Tell(ConversationId, ToRoom),
    /// Show every dashboard.
    Show(DeskDown),
    /// Answer the one who asked.
    Answer(QueueRow),
}
