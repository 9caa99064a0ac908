//! Bodies of HTTP about the people who answer: who can, who did, from where they are signed in.

use crate::desk::AgentCard;
use crate::{
    AgentId, Cause, Deed, DepartmentId, Email, Intent, Name, Oddity, Reachability, Role, SignInId, Status, Timestamp,
};
use serde::{Deserialize, Serialize};

/// A department as dashboards show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DepartmentCard {
    /// The department.
    pub id: DepartmentId,
    /// Its name.
    pub name: Name,
    /// Somebody in it can take a conversation now, or is expected back in a moment.
    pub covered: bool,
    /// Somebody has waited for longer than the department's `alert_after_ms`.
    #[serde(default)]
    pub late: bool,
}

/// A tenant's presence rules, ms. `GET` and `PUT /v1/settings/presence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PresenceSettings {
    /// A tab or API client without a sign of life for this long is gone: 30,000 to 600,000.
    pub stale_after_ms: u32,
    /// After the last tab closed, its agent's conversations stay theirs for this long: 0 to 60,000.
    pub grace_ms: u32,
    /// Without activity for this long an available agent is shown as away: 60,000 to 3,600,000.
    pub idle_after_ms: u32,
}

impl PresenceSettings {
    /// Least and most of [`PresenceSettings::stale_after_ms`]: two beats of 15 s must have been missed.
    pub const STALE_AFTER_MS: (u32, u32) = (30_000, 600_000);
    /// Least and most of [`PresenceSettings::grace_ms`].
    pub const GRACE_MS: (u32, u32) = (0, 60_000);
    /// Least and most of [`PresenceSettings::idle_after_ms`].
    pub const IDLE_AFTER_MS: (u32, u32) = (60_000, 3_600_000);
}

/// `PUT /v1/settings/presence`: what is absent stays as it is. Answered with the [`PresenceSettings`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PresenceSettingsChange {
    /// See [`PresenceSettings`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = PresenceSettings::STALE_AFTER_MS.0, max = PresenceSettings::STALE_AFTER_MS.1)))]
    pub stale_after_ms: Option<u32>,
    /// See [`PresenceSettings`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(max = PresenceSettings::GRACE_MS.1)))]
    pub grace_ms: Option<u32>,
    /// See [`PresenceSettings`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = PresenceSettings::IDLE_AFTER_MS.0, max = PresenceSettings::IDLE_AFTER_MS.1)))]
    pub idle_after_ms: Option<u32>,
}

/// `GET /v1/agents?department=&status=&cursor=&limit=`: the team by name. Each as of now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentsReply {
    /// A page of them.
    pub items: Vec<AgentCard>,
    /// Hand it back for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// How many agents are how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// All.
    pub agents: u32,
    /// With a live lease.
    pub online: u32,
    /// Status `available`.
    pub available: u32,
    /// Status `busy`, by choice or at capacity.
    pub busy: u32,
    /// Status `away`, by choice or idle.
    pub away: u32,
    /// Status `in_meeting`, `break` or `do_not_disturb`.
    pub occupied: u32,
    /// Status `offline`.
    pub offline: u32,
    /// Conversations in hand.
    pub load: u32,
    /// Conversations that those with status `available` can still take.
    pub spare: u32,
}

impl Counts {
    /// Counts one more agent.
    pub fn add(&mut self, card: &AgentCard) {
        self.agents += 1;
        self.load += card.load;
        match card.status {
            Status::Available => {
                self.available += 1;
                self.spare += card.capacity.saturating_sub(card.load);
            }
            Status::Busy => self.busy += 1,
            Status::Away => self.away += 1,
            Status::InMeeting | Status::Break | Status::DoNotDisturb => self.occupied += 1,
            Status::Offline => self.offline += 1,
        }
        self.online = self.agents - self.offline;
    }
}

/// A department and how many of its agents are how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DepartmentCounts {
    /// Which.
    pub department: DepartmentCard,
    /// How many.
    pub counts: Counts,
}

/// An agent an operator should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Odd {
    /// Who.
    pub agent: AgentId,
    /// Why.
    pub why: Oddity,
    /// Since when.
    pub since: Timestamp,
}

/// `GET /v1/presence`: counts of the tenant and of each department, as of now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PresenceReply {
    /// The whole tenant.
    pub tenant: Counts,
    /// By name.
    pub departments: Vec<DepartmentCounts>,
    /// Whom to look at.
    pub odd: Vec<Odd>,
    /// The server's clock.
    pub now: Timestamp,
}

/// `POST /v1/agents/me/heartbeat`, for API clients: dashboards beat over their socket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeartbeatRequest {
    /// Nobody is at it.
    #[serde(default)]
    pub idle: bool,
}

/// The lease lives on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeartbeatReply {
    /// The agent as of now.
    pub agent: AgentCard,
    /// Beat again within this, ms: a third of `stale_after_ms`.
    pub beat_every_ms: u32,
}

/// Where an agent is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignInView {
    /// The sign-in; `DELETE /v1/sign_ins/{id}` ends it.
    pub id: SignInId,
    /// The browser, as it calls itself (`User-Agent`), at most 300 characters.
    #[cfg_attr(feature = "schema", schemars(length(max = 300)))]
    pub browser: String,
    /// Country by address, two letters, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(equal = 2)))]
    pub country: Option<String>,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Last proof of life, where it is not open now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
    /// Tabs and API clients that live now.
    pub leases: u32,
    /// The one that asks.
    pub current: bool,
}

/// `GET /v1/agents/me/sign_ins`, and `/v1/agents/{id}/sign_ins` for admins: newest first, at most 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignInsReply {
    /// Those that have not ended.
    pub items: Vec<SignInView>,
}

/// `POST /v1/auth/tokens`: a sign-in for an API client, which sends it as `Authorization: Bearer`.
/// Asked for with a [`SignInRequest`](crate::http::SignInRequest).
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TokenReply {
    /// Shown this once.
    pub token: String,
    /// The sign-in that it is.
    pub sign_in: SignInId,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// `POST /v1/agents`, for admins. Answered with the [`AgentDetails`].
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddAgent {
    /// Unique over all tenants: it is what they sign in with.
    pub email: Email,
    /// As shown to visitors.
    pub name: Name,
    /// `client_admin` or `support_staff`.
    pub role: Role,
    /// 8 to 200 characters.
    #[cfg_attr(feature = "schema", schemars(length(min = 8, max = 200)))]
    pub password: String,
    /// Conversations at once, 1 to 50; 5 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 50)))]
    pub capacity: Option<u32>,
    /// Teams; none if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departments: Option<Vec<DepartmentId>>,
}

/// `PATCH /v1/agents/{id}`, for admins: what is absent stays as it is. Answered with the [`AgentDetails`].
/// Deactivating, a new role and a new password end every sign-in of the agent.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeAgent {
    /// As shown to visitors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// `client_admin` or `support_staff`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// 8 to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 8, max = 200)))]
    pub password: Option<String>,
    /// Conversations at once, 1 to 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 50)))]
    pub capacity: Option<u32>,
    /// Teams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departments: Option<Vec<DepartmentId>>,
    /// False: may not sign in any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}

/// An agent as admins manage them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentDetails {
    /// The agent.
    pub id: AgentId,
    /// Their address.
    pub email: Email,
    /// As shown to visitors.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// Conversations at once.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 50)))]
    pub capacity: u32,
    /// Teams they are in.
    pub departments: Vec<DepartmentId>,
    /// May sign in.
    pub active: bool,
}

/// `GET /v1/team?cursor=&limit=`, for admins: everybody, also who was deactivated, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamReply {
    /// A page of them.
    pub items: Vec<AgentDetails>,
    /// Hand it back for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// `POST /v1/departments`, for admins. Answered with the [`DepartmentCard`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddDepartment {
    /// Unique in the tenant.
    pub name: Name,
}

/// `PUT /v1/me/password`. Ends every other sign-in of the agent.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangePassword {
    /// The one that is good now.
    pub old: String,
    /// 8 to 200 characters.
    #[cfg_attr(feature = "schema", schemars(length(min = 8, max = 200)))]
    pub new: String,
}

/// One change of an agent's presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PresenceChange {
    /// Whose.
    pub agent: AgentId,
    /// When.
    pub at: Timestamp,
    /// What the leases prove from then on.
    pub reachability: Reachability,
    /// What is chosen from then on.
    pub intent: Intent,
    /// Why.
    pub cause: Cause,
    /// Which admin, with [`Cause::Admin`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AgentId>,
}

/// `GET /v1/agents/{id}/presence?cursor=&limit=`: an agent's changes, newest first. Own, or any for admins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PresenceHistoryReply {
    /// A page of them.
    pub items: Vec<PresenceChange>,
    /// Hand it back for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// How long an agent was how on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PresenceDay {
    /// Who.
    pub agent: AgentId,
    /// When the day begins, epoch ms.
    pub day: Timestamp,
    /// With a live lease, idle or not, s.
    pub online_s: u32,
    /// Of that, neither idle nor any intent but `available`, s.
    pub available_s: u32,
}

/// `GET /v1/reports/presence?from=&to=&offset_min=`, for admins: time per agent and day, at most 31 days.
/// Days begin `offset_min` minutes after those of UTC (for UTC+2: -120).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PresenceReport {
    /// Days on which an agent was there at all, oldest first.
    pub items: Vec<PresenceDay>,
}

/// One deed of an admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: AgentId,
    /// What.
    pub deed: Deed,
    /// To whom or what: an id.
    pub subject: String,
    /// More of it, such as the new intent, or the fields that changed; never a secret.
    pub detail: String,
}

/// `GET /v1/audit?cursor=&limit=`, for admins: newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditReply {
    /// A page of them.
    pub items: Vec<AuditEntry>,
    /// Hand it back for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// `GET /v1/widget/availability?key=`: whether somebody can answer now. Public, cacheable for a few seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Availability {
    /// Somebody can, now or in a moment.
    pub open: bool,
}

/// `GET /v1/platform/desks/{id}`, for operators: what a tenant's desk is up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeskVitals {
    /// When its alarm rings next; absent: nothing will wake it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm_at: Option<Timestamp>,
    /// Live leases.
    pub leases: u32,
    /// Open handoffs.
    pub handoffs: u32,
    /// Changes that the history does not have yet.
    pub unpublished: u32,
    /// Since this object woke.
    pub awake_since: Timestamp,
    /// Alarms since then.
    pub alarms: u32,
    /// Heartbeats taken since then.
    pub beats: u32,
    /// Heartbeats refused since then.
    pub beats_refused: u32,
    /// Frames refused since then.
    pub frames_refused: u32,
    /// What it has done by itself since its tenant began.
    pub tally: Tally,
}

/// What a desk did because time had passed, or because something was wrong. Nothing expires in silence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tally {
    /// Handoffs that reached their longest life.
    pub expired: u32,
    /// Handoffs whose visitor did not answer any more.
    pub abandoned: u32,
    /// Offers that nobody answered.
    pub lapsed: u32,
    /// Handoffs whose owner vanished.
    pub returned: u32,
    /// Disagreements between desk and room that were repaired.
    pub repaired: u32,
    /// When the last of all these was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// One job of cron.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JobView {
    /// Its name.
    pub name: String,
    /// When it ran last.
    pub ran_at: Timestamp,
    /// How many things it did then.
    pub done: u32,
    /// How many of them failed.
    pub failed: u32,
}

/// `GET /v1/platform/jobs`, for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JobsReply {
    /// Each job once.
    pub items: Vec<JobView>,
}
