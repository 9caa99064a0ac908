//! Calls about who gets which chat, and by which rules.

use super::{PAGE, Reply, ask, body, call, get, nothing, page, read};
use gloo_net::http::Method;
use protocol::desk::QueueRow;
use protocol::http::HandoffCommand;
use protocol::routing::{
    AssignRequest, ChangeDepartment, ChangeWidget, ConversationSettings, DecisionsReply, DepartmentDetails,
    DepartmentsReply, TransferRequest, VipRequest, WidgetDetails, WidgetsReply,
};
use protocol::{ConversationId, DepartmentId, Epoch, HandoffId, WidgetId};

/// A command that needs no more than the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Pick it up.
    Claim,
    /// Say yes to an offer.
    Accept,
    /// Say no to an offer.
    Decline,
    /// Put it back into the queue.
    Release,
    /// Finish it.
    Resolve,
    /// Take it, whoever has it; for admins.
    TakeOver,
}

impl Verb {
    fn word(self) -> &'static str {
        match self {
            Verb::Claim => "claim",
            Verb::Accept => "accept",
            Verb::Decline => "decline",
            Verb::Release => "release",
            Verb::Resolve => "resolve",
            Verb::TakeOver => "take_over",
        }
    }
}

/// Does something with a handoff. Errors: `taken`, `offered`, `not_offered`, `at_capacity`, `not_routable`,
/// `not_owner`, `stale_epoch`, `not_open`, `forbidden`.
pub async fn command(verb: Verb, handoff: &HandoffId, epoch: Epoch) -> Reply<QueueRow> {
    call(Method::POST, format!("/v1/handoffs/{handoff}/{}", verb.word()), &HandoffCommand { epoch }).await
}

/// Gives a handoff to an agent. Errors: `agent_not_routable`, `agent_at_capacity`, `already_there`, `stale_epoch`,
/// `not_open`, `forbidden`, `not_found`.
pub async fn assign(handoff: &HandoffId, to: &AssignRequest) -> Reply<QueueRow> {
    call(Method::POST, format!("/v1/handoffs/{handoff}/assign"), to).await
}

/// Passes a handoff on. Errors: as of [`assign`], and `empty_department`, `not_owner`.
pub async fn transfer(handoff: &HandoffId, to: &TransferRequest) -> Reply<QueueRow> {
    call(Method::POST, format!("/v1/handoffs/{handoff}/transfer"), to).await
}

/// Opens a conversation again; answered with its new handoff. Errors: `not_found`.
pub async fn reopen(handoff: &HandoffId) -> Reply<QueueRow> {
    read(ask(Method::POST, format!("/v1/handoffs/{handoff}/reopen"), None).await)
}

/// One handoff, open or closed. Errors: `not_found`.
pub async fn handoff(handoff: &HandoffId) -> Reply<QueueRow> {
    get(format!("/v1/handoffs/{handoff}")).await
}

/// What was done with a handoff, newest first: the first page says enough. Errors: `not_found`.
pub async fn decisions(handoff: &HandoffId) -> Reply<DecisionsReply> {
    get(page(&format!("/v1/handoffs/{handoff}/decisions"), PAGE, None)).await
}

/// Lets a visitor go before others, or no longer. Errors: `not_found`.
pub async fn set_vip(conversation: &ConversationId, vip: bool) -> Reply<()> {
    nothing(ask(Method::PUT, format!("/v1/conversations/{conversation}/vip"), body(&VipRequest { vip })).await)
}

/// The departments and how they route, by name.
pub async fn departments() -> Reply<DepartmentsReply> {
    get("/v1/departments".to_owned()).await
}

/// Changes a department. Errors: `exists`, `out_of_range`, `not_found`, `forbidden`.
pub async fn change_department(department: &DepartmentId, change: &ChangeDepartment) -> Reply<DepartmentDetails> {
    call(Method::PATCH, format!("/v1/departments/{department}"), change).await
}

/// How long chats live.
pub async fn conversations() -> Reply<ConversationSettings> {
    get("/v1/settings/conversations".to_owned()).await
}

/// Changes how long chats live. Errors: `out_of_range`, `forbidden`.
pub async fn change_conversations(settings: &ConversationSettings) -> Reply<ConversationSettings> {
    call(Method::PUT, "/v1/settings/conversations".to_owned(), settings).await
}

/// The widgets. Errors: `forbidden`.
pub async fn widgets() -> Reply<WidgetsReply> {
    get("/v1/widgets".to_owned()).await
}

/// Changes a widget. Errors: `not_found`, `forbidden`.
pub async fn change_widget(widget: &WidgetId, change: &ChangeWidget) -> Reply<WidgetDetails> {
    call(Method::PATCH, format!("/v1/widgets/{widget}"), change).await
}
