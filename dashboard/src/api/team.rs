//! Calls about the people who answer, their sign-ins and the rules.

use super::{PAGE, Reply, ask, body, call, get, nothing, page};
use crate::week::Week;
use gloo_net::http::Method;
use protocol::desk::AgentCard;
use protocol::http::IntentRequest;
use protocol::team::{
    AddAgent, AddDepartment, AgentDetails, AuditReply, ChangeAgent, ChangePassword, DepartmentCard,
    PresenceHistoryReply, PresenceReply, PresenceReport, PresenceSettings, PresenceSettingsChange, SignInsReply,
    TeamReply,
};
use protocol::{AgentId, Intent, SignInId};

/// The most the server gives at once.
const LARGEST_PAGE: u32 = 200;
/// Pages of the team that are read at most: a workspace has far fewer people.
const MOST_PAGES: usize = 50;

/// Everybody, also who was deactivated, by name. Errors: `forbidden` for who is no admin.
pub async fn everybody() -> Reply<Vec<AgentDetails>> {
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    for _ in 0..MOST_PAGES {
        let page: TeamReply = get(page("/v1/team", LARGEST_PAGE, cursor.as_deref())).await?;
        all.extend(page.items);
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(all)
}

/// Counts, and whom to look at, as of now.
pub async fn presence() -> Reply<PresenceReply> {
    get("/v1/presence".to_owned()).await
}

/// Time per agent and day. Errors: `forbidden`.
pub async fn report(week: Week) -> Reply<PresenceReport> {
    let (from, to, offset) = (week.from.0, week.to().0, week.offset_min);
    get(format!("/v1/reports/presence?from={from}&to={to}&offset_min={offset}")).await
}

/// An agent's changes of presence, newest first. Errors: `forbidden`, `not_found`.
pub async fn presence_of(agent: &AgentId, cursor: Option<&str>) -> Reply<PresenceHistoryReply> {
    get(page(&format!("/v1/agents/{agent}/presence"), PAGE, cursor)).await
}

/// Chooses a status for somebody else. Errors: `forbidden`, `not_found`.
pub async fn intend_for(agent: &AgentId, intent: Intent) -> Reply<AgentCard> {
    call(Method::PUT, format!("/v1/agents/{agent}/intent"), &IntentRequest { intent }).await
}

/// Adds an agent. Errors: `exists` for an address that is in use, `bad_password`, `out_of_range`.
pub async fn add(agent: AddAgent) -> Reply<AgentDetails> {
    call(Method::POST, "/v1/agents".to_owned(), &agent).await
}

/// Changes an agent. Errors: `last_admin`, `bad_password`, `out_of_range`, `not_found`.
pub async fn change(agent: &AgentId, change: ChangeAgent) -> Reply<AgentDetails> {
    call(Method::PATCH, format!("/v1/agents/{agent}"), &change).await
}

/// Adds a department. Errors: `exists`.
pub async fn add_department(department: AddDepartment) -> Reply<DepartmentCard> {
    call(Method::POST, "/v1/departments".to_owned(), &department).await
}

/// Where somebody is signed in; nobody given: where we are. Errors: `forbidden`, `not_found`.
pub async fn sign_ins(agent: Option<&AgentId>) -> Reply<SignInsReply> {
    let whose = agent.map_or("me", AgentId::as_str);
    get(format!("/v1/agents/{whose}/sign_ins")).await
}

/// Ends a sign-in. Errors: `not_found`.
pub async fn end_sign_in(sign_in: &SignInId) -> Reply<()> {
    nothing(ask(Method::DELETE, format!("/v1/sign_ins/{sign_in}"), None).await)
}

/// Changes our own password. Errors: `bad_credentials` for a wrong old one, `bad_password`, `slow_down`.
pub async fn change_password(change: &ChangePassword) -> Reply<()> {
    nothing(ask(Method::PUT, "/v1/me/password".to_owned(), body(change)).await)
}

/// Who changed what, newest first. Errors: `forbidden`.
pub async fn audit(cursor: Option<&str>) -> Reply<AuditReply> {
    get(page("/v1/audit", PAGE, cursor)).await
}

/// Changes the presence rules. Errors: `out_of_range`, `forbidden`.
pub async fn change_rules(change: PresenceSettingsChange) -> Reply<PresenceSettings> {
    call(Method::PUT, "/v1/settings/presence".to_owned(), &change).await
}
