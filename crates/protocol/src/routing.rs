//! Bodies of HTTP about who gets which conversation: how departments route, what may be done with a handoff, and why
//! something was done.

use crate::desk::QueueRow;
use crate::file::FileSettings;
use crate::http::WidgetLook;
use crate::room::AgentRef;
use crate::{
    Act, AgentId, Body, Delivery, DepartmentId, Epoch, HandoffId, Name, Priority, RoutingMode, Status, Timestamp,
    WhenDeclined, Why, WidgetId, WidgetKey,
};
use serde::{Deserialize, Serialize};

/// How a department's conversations find an agent. What is absent is as in [`Routing::default`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Routing {
    /// Who chooses, and how.
    pub mode: RoutingMode,
    /// Whether whoever is chosen is asked first.
    pub delivery: Delivery,
    /// How long an agent has to accept, ms: 5,000 to 300,000.
    pub offer_ms: u32,
    /// Whoever had the visitor's last conversation comes first, if routable.
    pub sticky: bool,
    /// Where conversations go if nobody of this department is there, or all of it have declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<DepartmentId>,
    /// What happens when all have declined, and there is no fallback.
    pub when_declined: WhenDeclined,
    /// Whoever has waited for this long is offered the e-mail form, ms: 0 (never), or 10,000 to 86,400,000.
    pub form_after_ms: u32,
    /// Admins are alerted when somebody has waited for this long, ms: 0 (never), or 10,000 to 86,400,000.
    pub alert_after_ms: u32,
}

impl Routing {
    /// Least and most of [`Routing::offer_ms`].
    pub const OFFER_MS: (u32, u32) = (5_000, 300_000);
    /// Least and most of [`Routing::form_after_ms`] and [`Routing::alert_after_ms`], where not 0.
    pub const WAIT_MS: (u32, u32) = (10_000, 86_400_000);
}

impl Default for Routing {
    fn default() -> Routing {
        Routing {
            mode: RoutingMode::Manual,
            delivery: Delivery::Offer,
            offer_ms: 30_000,
            sticky: true,
            fallback: None,
            when_declined: WhenDeclined::RingAgain,
            form_after_ms: 300_000,
            alert_after_ms: 120_000,
        }
    }
}

/// A department as admins manage it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DepartmentDetails {
    /// The department.
    pub id: DepartmentId,
    /// Its name.
    pub name: Name,
    /// How its conversations find an agent.
    #[serde(default)]
    pub routing: Routing,
}

/// `GET /v1/departments`: all of them, by name. A tenant has few.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DepartmentsReply {
    /// Each once.
    pub items: Vec<DepartmentDetails>,
}

/// `PATCH /v1/departments/{id}`, for admins: what is absent stays as it is. Answered with the [`DepartmentDetails`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeDepartment {
    /// Unique in the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// All of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<Routing>,
}

/// How long conversations of one channel live, ms. What is absent is as in [`ChannelSettings::default`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ChannelSettings {
    /// A handoff ends this long after it was asked for: 300,000 to 604,800,000.
    pub expire_after_ms: u32,
    /// Its parties are told this long before: 0 (not at all) to 86,400,000, and less than `expire_after_ms`.
    pub warn_before_ms: u32,
    /// A visitor who leaves an agent without an answer for this long has gone: 0 (never), or 60,000 to 86,400,000.
    pub close_idle_after_ms: u32,
}

impl ChannelSettings {
    /// Least and most of [`ChannelSettings::expire_after_ms`].
    pub const EXPIRE_AFTER_MS: (u32, u32) = (300_000, 604_800_000);
    /// Least and most of [`ChannelSettings::warn_before_ms`].
    pub const WARN_BEFORE_MS: (u32, u32) = (0, 86_400_000);
    /// Least and most of [`ChannelSettings::close_idle_after_ms`], where not 0.
    pub const CLOSE_IDLE_AFTER_MS: (u32, u32) = (60_000, 86_400_000);
}

impl Default for ChannelSettings {
    fn default() -> ChannelSettings {
        ChannelSettings { expire_after_ms: 22 * 3_600_000, warn_before_ms: 600_000, close_idle_after_ms: 0 }
    }
}

/// `GET` and `PUT /v1/settings/conversations` (`PUT` for admins, all of it).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ConversationSettings {
    /// Those that begin in a widget.
    pub website: ChannelSettings,
    /// What may be sent in them besides text.
    pub files: FileSettings,
}

/// `POST /v1/handoffs/{id}/assign`, for admins: an agent gets it, whoever has it now. Answered with the [`QueueRow`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AssignRequest {
    /// As last seen; an old one is refused.
    pub epoch: Epoch,
    /// Who is to have it.
    pub agent: AgentId,
}

/// `POST /v1/handoffs/{id}/transfer`, for the owner and for admins: to an agent or to a department, exactly one of
/// them. Answered with the [`QueueRow`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TransferRequest {
    /// As last seen; an old one is refused.
    pub epoch: Epoch,
    /// An agent who can take it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// A department that somebody is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// For whoever gets it; the visitor never sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Body>,
}

/// `GET /v1/queue?stage=&department=&agent=&cursor=&limit=`: open handoffs, first in line first, then those in hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QueueReply {
    /// A page of them.
    pub items: Vec<QueueRow>,
    /// Hand it back for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// One agent as a decision found them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Considered {
    /// Who.
    pub agent: AgentRef,
    /// Chosen, or why not.
    pub why: Why,
    /// What they were shown as.
    pub status: Status,
    /// Since when intent and reachability were what they were.
    pub since: Timestamp,
    /// Conversations they had, offers included.
    pub load: u32,
    /// Conversations they may have.
    pub capacity: u32,
}

/// One thing that was done with a handoff, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decision {
    /// Of which handoff.
    pub handoff: HandoffId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub act: Act,
    /// Whom it was about: who got it, who declined, who was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentRef>,
    /// Which agent did it; absent if the desk or the visitor did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AgentRef>,
    /// In which department it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// How the department chose, if the desk did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<RoutingMode>,
    /// Who was looked at, the chosen one last; of a large department not everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub considered: Vec<Considered>,
    /// What was said with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Body>,
}

/// `GET /v1/handoffs/{id}/decisions?cursor=&limit=`: what was done with a handoff, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DecisionsReply {
    /// A page of them.
    pub items: Vec<Decision>,
    /// Hand it back for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// `PUT /v1/conversations/{id}/vip`, for agents: whether the visitor goes before others, now and whenever they ask
/// again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VipRequest {
    /// They do.
    pub vip: bool,
}

/// A widget as admins manage it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WidgetDetails {
    /// The widget.
    pub id: WidgetId,
    /// For the script tag.
    pub key: WidgetKey,
    /// Websites that may embed it.
    pub origins: Vec<String>,
    /// Where its conversations go; absent: to whoever picks them up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// How urgent its conversations are.
    pub priority: Priority,
    /// Looks and behaviour.
    pub look: WidgetLook,
}

/// `GET /v1/widgets`, for admins: all of them. A tenant has few.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WidgetsReply {
    /// Each once.
    pub items: Vec<WidgetDetails>,
}

/// `PATCH /v1/widgets/{id}`, for admins: what is absent stays as it is. Answered with the [`WidgetDetails`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeWidget {
    /// Where its conversations go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// How urgent its conversations are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
}
