//! Why a rule says no.

use protocol::Timestamp;
use protocol::problem::{Code, Problem};
use protocol::room::AgentRef;

/// The reason; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody else has it, since when.
    Taken {
        /// The owner.
        by: AgentRef,
        /// When they picked it up.
        at: Timestamp,
    },
    /// The command speaks of an owner from before the last change.
    StaleEpoch,
    /// The handoff is over, or there is none.
    NotOpen {
        /// Who ended it, and when, if that was lately and an agent.
        ended: Option<(AgentRef, Timestamp)>,
    },
    /// It is being offered to somebody else.
    Offered {
        /// To whom.
        to: AgentRef,
        /// Since when.
        at: Timestamp,
    },
    /// It is not offered to this agent, or not any more.
    NotOffered,
    /// The role does not allow it.
    Forbidden,
    /// The agent who is to have it is not available.
    AgentNotRoutable {
        /// Who.
        agent: AgentRef,
    },
    /// The agent who is to have it has as many as allowed.
    AgentAtCapacity {
        /// Who.
        agent: AgentRef,
    },
    /// Nobody is in the department.
    EmptyDepartment,
    /// It is with whom, or where, it is to go.
    AlreadyThere,
    /// Load would pass capacity.
    AtCapacity,
    /// The agent's status is not `available`.
    NotRoutable,
    /// Only the owner may do this.
    NotOwner,
    /// The id was used for another text.
    ConflictingRetry,
    /// No such thing.
    NotFound,
    /// It cannot be meant so.
    Malformed,
    /// The conversation has not come so far.
    UnknownPlace,
    /// The agent may not be here (any more).
    SignedOut,
    /// The sign-in may have ended since it was read: ask again.
    Unsure,
    /// Too often; good again after this many ms.
    SlowDown {
        /// Ms.
        retry_after_ms: u32,
    },
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        match refusal {
            Refusal::Taken { by, at } => Problem { by: Some(by), at: Some(at), ..Code::Taken.into() },
            Refusal::StaleEpoch => Code::StaleEpoch.into(),
            Refusal::NotOpen { ended: None } => Code::NotOpen.into(),
            Refusal::NotOpen { ended: Some((by, at)) } => {
                Problem { by: Some(by), at: Some(at), ..Code::NotOpen.into() }
            }
            Refusal::Offered { to, at } => Problem { by: Some(to), at: Some(at), ..Code::Offered.into() },
            Refusal::NotOffered => Code::NotOffered.into(),
            Refusal::Forbidden => Code::Forbidden.into(),
            Refusal::AgentNotRoutable { agent } => Problem { by: Some(agent), ..Code::AgentNotRoutable.into() },
            Refusal::AgentAtCapacity { agent } => Problem { by: Some(agent), ..Code::AgentAtCapacity.into() },
            Refusal::EmptyDepartment => Code::EmptyDepartment.into(),
            Refusal::AlreadyThere => Code::AlreadyThere.into(),
            Refusal::AtCapacity => Code::AtCapacity.into(),
            Refusal::NotRoutable => Code::NotRoutable.into(),
            Refusal::NotOwner => Code::NotOwner.into(),
            Refusal::ConflictingRetry => Code::ConflictingRetry.into(),
            Refusal::NotFound => Code::NotFound.into(),
            Refusal::Malformed => Code::Malformed.into(),
            Refusal::UnknownPlace => Code::UnknownPlace.into(),
            Refusal::SignedOut => Code::Unauthenticated.into(),
            Refusal::Unsure => Code::Unavailable.into(),
            Refusal::SlowDown { retry_after_ms } => {
                Problem { retry_after_ms: Some(retry_after_ms), ..Code::SlowDown.into() }
            }
        }
    }
}
