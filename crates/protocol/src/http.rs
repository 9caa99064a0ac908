//! Bodies of HTTP requests and replies. Addresses stand in the edge's table of routes.

use crate::desk::{Page, QueueRow};
use crate::file::FileSettings;
use crate::room::{Message, RoomDown};
use crate::routing::{ConversationSettings, Routing};
use crate::{
    AgentId, Body, ClientMsgId, ConversationId, DepartmentId, Email, Epoch, Intent, Name, Role, Seq, TenantId,
    Timestamp, VisitorId, WidgetId, WidgetKey, lean_struct,
};
use serde::{Deserialize, Serialize};

/// `POST /v1/widget/boot`, from a page of an allowed origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BootRequest {
    /// From the script tag.
    pub key: WidgetKey,
    /// The token of an earlier boot: the visitor stays who they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}
lean_struct!(BootRequest { key, token });

/// Answer to a boot: who the visitor is, and how the widget looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BootReply {
    /// Signed; bound to tenant, widget, visitor and conversation. Sent as `Authorization: Bearer`.
    pub token: String,
    /// The visitor.
    pub visitor: VisitorId,
    /// The visitor's conversation; it comes to be with its first message or handoff.
    pub conversation: ConversationId,
    /// Looks and behaviour.
    pub widget: WidgetLook,
    /// What may be sent besides text.
    pub files: FileSettings,
}
lean_struct!(BootReply { token, visitor, conversation, widget, files });

/// Looks and behaviour of a widget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WidgetLook {
    /// At the top of the panel.
    pub title: String,
    /// Above an empty thread.
    pub greeting: String,
    /// How long after ready *Talk to a human* appears, ms.
    pub handoff_delay_ms: u32,
}
lean_struct!(WidgetLook { title, greeting, handoff_delay_ms });

/// `POST /v1/conversations/{id}/handoff`: ask for a human. Answered with the [`RoomState`](crate::room::RoomState).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AskRequest {
    /// Where the visitor is.
    pub page: Page,
}
lean_struct!(AskRequest { page });

/// `POST /v1/conversations/{id}/after_hours`: the e-mail form. Answered with the [`RoomState`](crate::room::RoomState).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AfterHoursRequest {
    /// Where to answer.
    pub email: Email,
    /// Optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Stored as a message of the visitor.
    pub message: Body,
    /// The message's id, kept over retries.
    pub id: ClientMsgId,
    /// Where the visitor is.
    pub page: Page,
}
lean_struct!(AfterHoursRequest { email, name, message, id, page });

/// `POST /v1/conversations/{id}/messages`: what `send` is on the socket. Answered with an [`Ack`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SendRequest {
    /// Chosen by the sender, kept over retries.
    pub id: ClientMsgId,
    /// The text.
    pub body: Body,
}
lean_struct!(SendRequest { id, body });

/// A message is durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ack {
    /// The sender's id.
    pub id: ClientMsgId,
    /// Its place.
    pub seq: Seq,
    /// When it was stored.
    pub at: Timestamp,
}
lean_struct!(Ack { id, seq, at });

/// `POST /v1/conversations/{id}/typing`: what `typing` is on the socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TypingRequest {
    /// Writing now.
    pub on: bool,
}
lean_struct!(TypingRequest { on });

/// `GET /v1/conversations/{id}/events?after=N` (or `latest=N`): the frames a new socket would get: a `welcome`, then what
/// is going on. With `rev=R`, the `rev` of the last answer, it is held for up to [`EventsReply::HELD_MS`] until there is
/// something else to tell than then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventsReply {
    /// In order.
    pub frames: Vec<RoomDown>,
    /// Stands for all of it but the messages.
    pub rev: u32,
}
lean_struct!(EventsReply { frames, rev });

impl EventsReply {
    /// The longest that an answer is held, ms. Shorter than any proxy's patience, and than a client's.
    pub const HELD_MS: u32 = 10_000;
}

/// `GET /v1/conversations/{id}/messages?before=N&limit=`: the messages before a place (without one, the last), oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessagesReply {
    /// A page of them, in order.
    pub messages: Vec<Message>,
}
lean_struct!(MessagesReply { messages });

/// `POST /v1/conversations/{id}/redactions`, for the owner and for admins: what a message says is taken away, for ever and
/// for everybody. The conversation tells that, and who did it; so does the audit trail. Harmless to repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RedactRequest {
    /// Which message.
    pub seq: Seq,
}

/// How a room is: `GET /v1/platform/rooms/{id}?tenant=` (the conversation's id).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoomVitals {
    /// Place of its newest message.
    pub last_seq: Seq,
    /// The history in D1 has messages up to here.
    pub projected: Seq,
    /// For how long the oldest thing that the history lacks has been waiting, ms; 0 if it lacks nothing.
    pub behind_ms: u32,
    /// Open sockets.
    pub sockets: u32,
    /// Polls that are being held.
    pub polls: u32,
    /// Since when the object has been awake.
    pub awake_since: Timestamp,
}

/// `POST /v1/auth/sign_in`. Answered with [`Me`] and the session cookie.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignInRequest {
    /// The agent's address.
    pub email: String,
    /// Their password, 8 to 200 characters.
    pub password: String,
}

/// `GET /v1/me`: who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Me {
    /// The agent.
    pub id: AgentId,
    /// As shown to visitors.
    pub name: Name,
    /// Their address.
    pub email: Email,
    /// What they may do.
    pub role: Role,
    /// Their tenant.
    pub tenant: TenantId,
    /// Its name.
    pub tenant_name: Name,
}

/// `PUT /v1/agents/me/intent`. Answered with the [`AgentCard`](crate::desk::AgentCard).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IntentRequest {
    /// What the agent chooses.
    pub intent: Intent,
}

/// `POST /v1/handoffs/{id}/claim`, `/accept`, `/decline`, `/release`, `/resolve` and (for admins) `/take_over`: a command
/// with the epoch that the agent saw. Answered with the [`QueueRow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HandoffCommand {
    /// As last seen; an old one is refused.
    pub epoch: Epoch,
}

/// `GET /v1/handoffs?cursor=&limit=`: closed handoffs, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HistoryReply {
    /// A page of them.
    pub items: Vec<QueueRow>,
    /// Hand it back for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// `POST /v1/platform/tenants`, with the platform's token: a tenant with people, a department and a widget.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewTenant {
    /// Shown in the dashboard.
    pub name: Name,
    /// Unique, for operators; a second tenant of the same handle is refused with `exists`.
    pub handle: Name,
    /// Name of the first department.
    pub department: Name,
    /// The people; at least one `client_admin`.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 20)))]
    pub agents: Vec<NewAgent>,
    /// Websites that may embed the widget, such as `https://shop.example`.
    pub origins: Vec<String>,
    /// Looks; defaults where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<WidgetLook>,
    /// The widget's key, to keep script tags valid when a tenant moves here; a new one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<WidgetKey>,
    /// How the department routes. Operators may go beyond the ranges that admins have.
    #[serde(default)]
    pub routing: Routing,
    /// How long conversations live; the same holds.
    #[serde(default)]
    pub conversations: ConversationSettings,
}

/// An agent to be created.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewAgent {
    /// Unique over all tenants: it is what they sign in with.
    pub email: Email,
    /// As shown to visitors.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// 8 to 200 characters.
    #[cfg_attr(feature = "schema", schemars(length(min = 8, max = 200)))]
    pub password: String,
    /// Conversations at once, 1 to 50; 5 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 50)))]
    pub capacity: Option<u32>,
}

/// A tenant was created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TenantCreated {
    /// The tenant.
    pub tenant: TenantId,
    /// Its widget.
    pub widget: WidgetId,
    /// For the script tag.
    pub key: WidgetKey,
    /// Its department.
    pub department: DepartmentId,
    /// Its people, in the order given.
    pub agents: Vec<AgentId>,
}

/// `GET /v1/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Health {
    /// The server's clock.
    pub now: Timestamp,
}
