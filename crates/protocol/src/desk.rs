//! What the desk says to the dashboards of its agents. Commands go by HTTP, so that each has an answer.

use crate::problem::Code;
use crate::room::{AgentRef, Place};
use crate::team::{DepartmentCard, PresenceSettings};
use crate::{
    AgentId, Body, CloseReason, ConversationId, DepartmentId, Email, Epoch, HandoffId, Intent, Kind, Name, Priority,
    Reachability, Role, Stage, Status, Timestamp, lean_struct,
};
use serde::{Deserialize, Serialize};

/// An agent as the team sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentCard {
    /// The agent.
    pub id: AgentId,
    /// As shown to visitors.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// What they chose.
    pub intent: Intent,
    /// What their leases prove.
    pub reachability: Reachability,
    /// What is shown.
    pub status: Status,
    /// Conversations they have, offers included.
    pub load: u32,
    /// Conversations they may have, 1 to 50.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 50)))]
    pub capacity: u32,
    /// Teams they are in.
    pub departments: Vec<DepartmentId>,
    /// Since when intent and reachability are what they are.
    pub since: Timestamp,
    /// Last proof of life of one who is not connected; absent while they are, and for one who never came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
}

/// The page a visitor asked from, cut to 2,000 and 200 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Page {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
}
lean_struct!(Page { url, title });

/// The newest message of a conversation, cut to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LastMessage {
    /// Who wrote it.
    pub kind: Kind,
    /// Its text.
    #[cfg_attr(feature = "schema", schemars(length(max = 200)))]
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// An agent is being asked to take a handoff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Offer {
    /// Who.
    pub agent: AgentRef,
    /// Since when.
    pub at: Timestamp,
    /// How long they have to answer.
    pub until: Timestamp,
}

/// What whoever passed a conversation on said to the next. Never shown to visitors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Note {
    /// Who.
    pub by: AgentRef,
    /// When.
    pub at: Timestamp,
    /// The text.
    pub text: Body,
}

/// One handoff as a line of the queue or of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueueRow {
    /// The handoff.
    pub handoff: HandoffId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Where it stands.
    pub stage: Stage,
    /// Its ownership epoch.
    pub epoch: Epoch,
    /// When the visitor asked.
    pub asked_at: Timestamp,
    /// Where the visitor asked.
    pub page: Page,
    /// The visitor's name, once told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor_name: Option<Name>,
    /// The visitor's e-mail address, once told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The newest message that a person wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastMessage>,
    /// Who has it, or had it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentRef>,
    /// When it was (last) picked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picked_at: Option<Timestamp>,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Why it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<CloseReason>,
    /// It came back to the queue because its owner vanished.
    pub returned: bool,
    /// The department that it was asked of, or has been passed on to; absent: anybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// How urgent it is.
    #[serde(default = "normal")]
    pub priority: Priority,
    /// When it came (back) into the queue, if later than it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<Timestamp>,
    /// The epoch that its room was told last: offers are none of its business.
    #[serde(default)]
    pub told: Epoch,
    /// Who is being asked to take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// Who was asked, and declined or did not answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declined: Vec<AgentId>,
    /// When those are asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring_at: Option<Timestamp>,
    /// Who had the visitor's last conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<AgentId>,
    /// Where the visitor was told to stand in line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The visitor was offered the e-mail form.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub form_offered: bool,
    /// When it expires, once both sides were told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What whoever passed it on said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// Of rows from before there were priorities.
fn normal() -> Priority {
    Priority::Normal
}

impl QueueRow {
    /// A handoff that has just been asked for.
    pub fn waiting(handoff: HandoffId, conversation: ConversationId, asked_at: Timestamp, page: Page) -> QueueRow {
        QueueRow {
            handoff,
            conversation,
            stage: Stage::Waiting,
            epoch: Epoch(0),
            asked_at,
            page,
            visitor_name: None,
            email: None,
            last: None,
            agent: None,
            picked_at: None,
            closed_at: None,
            reason: None,
            returned: false,
            department: None,
            priority: Priority::Normal,
            queued_at: None,
            told: Epoch(0),
            offer: None,
            declined: Vec::new(),
            ring_at: None,
            earlier: None,
            place: None,
            form_offered: false,
            expires_at: None,
            note: None,
        }
    }

    /// Since when it waits, if it waits.
    pub fn waits_since(&self) -> Timestamp {
        self.queued_at.unwrap_or(self.asked_at)
    }
}

/// What the desk says to a dashboard.
#[allow(clippy::large_enum_variant, reason = "frames are written and read one at a time")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum DeskDown {
    /// The first frame: everything as it stands.
    Welcome {
        /// The agent at this dashboard.
        me: AgentId,
        /// The team, by name.
        agents: Vec<AgentCard>,
        /// The tenant's departments, by name.
        departments: Vec<DepartmentCard>,
        /// What this dashboard has to know of the tenant's presence rules.
        settings: PresenceSettings,
        /// Every open handoff: those that wait in the order of the queue, then those in hand.
        queue: Vec<QueueRow>,
        /// The server's clock, for showing ages.
        now: Timestamp,
    },
    /// An agent is new or changed.
    Agent {
        /// As they are now.
        agent: AgentCard,
    },
    /// An agent is no longer in the team.
    AgentGone {
        /// Who.
        agent: AgentId,
    },
    /// A department is new or changed: above all, whether anybody in it can take a conversation now.
    Department {
        /// As it is now.
        department: DepartmentCard,
    },
    /// The tenant's presence rules have changed.
    Settings {
        /// As they are now.
        settings: PresenceSettings,
    },
    /// A handoff is new or changed; a closed one leaves the queue and joins the history.
    Row {
        /// As it is now.
        row: QueueRow,
    },
    /// The last frame was refused; nothing changed.
    Error {
        /// Why.
        code: Code,
    },
}

/// What a dashboard says to the desk, beside [`PING`](crate::room::PING).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum DeskUp {
    /// Nobody has touched this tab for `idle_after_ms`, or somebody does again. Sent when it changes only.
    Idle {
        /// Nobody is at it.
        on: bool,
    },
}

impl DeskUp {
    /// Every tag.
    pub const TAGS: &[&str] = &["idle"];
}
