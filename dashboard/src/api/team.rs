//! Calls about the people who answer, their sign-ins and the rules.

use super::{Reply, call, get, no_answer, nothing, read};
use crate::week::Week;
use gloo_net::http::{Method, Request};
use protocol::desk::AgentCard;
use protocol::http::IntentRequest;
use protocol::team::{
    AddAgent, AddDepartment, AgentDetails, ChangeAgent, ChangePassword, DepartmentCard, PresenceHistoryReply,
    PresenceReply, PresenceReport, PresenceSettings, PresenceSettingsChange, SignInsReply, TeamReply,
};
use protocol::{AgentId, Intent, SignInId};

/// The most the server gives at once.
const LARGEST_PAGE: &str = "200";
/// Pages of the team that are read at most: a workspace has far fewer people.
const MOST_PAGES: usize = 50;

/// Everybody, also who was deactivated, by name. Errors: `forbidden` for who is no admin.
pub async fn everybody() -> Reply<Vec<AgentDetails>> {
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    for _ in 0..MOST_PAGES {
        let query = [("limit", LARGEST_PAGE)].into_iter().chain(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page: TeamReply = read(get("/v1/team").query(query).send().await).await?;
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
    read(get("/v1/presence").send().await).await
}

/// Time per agent and day. Errors: `forbidden`.
pub async fn report(week: Week) -> Reply<PresenceReport> {
    let (from, to, offset) = (week.from.0, week.to().0, week.offset_min);
    read(get(&format!("/v1/reports/presence?from={from}&to={to}&offset_min={offset}")).send().await).await
}

/// An agent's changes of presence, newest first. Errors: `forbidden`, `not_found`.
pub async fn presence_of(agent: &AgentId, cursor: Option<&str>) -> Reply<PresenceHistoryReply> {
    let query = [("limit", "50")].into_iter().chain(cursor.map(|cursor| ("cursor", cursor)));
    read(get(&format!("/v1/agents/{agent}/presence")).query(query).send().await).await
}

/// Chooses a status for somebody else. Errors: `forbidden`, `not_found`.
pub async fn intend_for(agent: &AgentId, intent: Intent) -> Reply<AgentCard> {
    call(Method::PUT, &format!("/v1/agents/{agent}/intent"), &IntentRequest { intent }).await
}

/// Adds an agent. Errors: `exists` for an address that is in use, `bad_password`, `out_of_range`.
pub async fn add(agent: AddAgent) -> Reply<AgentDetails> {
    call(Method::POST, "/v1/agents", &agent).await
}

/// Changes an agent. Errors: `last_admin`, `bad_password`, `out_of_range`, `not_found`.
pub async fn change(agent: &AgentId, change: ChangeAgent) -> Reply<AgentDetails> {
    call(Method::PATCH, &format!("/v1/agents/{agent}"), &change).await
}

/// Adds a department. Errors: `exists`.
pub async fn add_department(department: AddDepartment) -> Reply<DepartmentCard> {
    call(Method::POST, "/v1/departments", &department).await
}

/// Where somebody is signed in; nobody given: where we are. Errors: `forbidden`, `not_found`.
pub async fn sign_ins(agent: Option<&AgentId>) -> Reply<SignInsReply> {
    let whose = agent.map_or("me", AgentId::as_str);
    read(get(&format!("/v1/agents/{whose}/sign_ins")).send().await).await
}

/// Ends a sign-in. Errors: `not_found`.
pub async fn end_sign_in(sign_in: &SignInId) -> Reply<()> {
    nothing(Request::delete(&format!("/v1/sign_ins/{sign_in}")).send().await).await
}

/// Changes our own password. Errors: `bad_credentials` for a wrong old one, `bad_password`, `slow_down`.
pub async fn change_password(change: &ChangePassword) -> Reply<()> {
    let request = Request::put("/v1/me/password").json(change).map_err(|_| no_answer())?;
    nothing(request.send().await).await
}

/// Changes the presence rules. Errors: `out_of_range`, `forbidden`.
pub async fn change_rules(change: PresenceSettingsChange) -> Reply<PresenceSettings> {
    call(Method::PUT, "/v1/settings/presence", &change).await
}
