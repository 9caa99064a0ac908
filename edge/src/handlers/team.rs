//! Agents at their desk.

use crate::calls::{Desk, DeskSocket};
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{reply, routes};
use protocol::http::IntentRequest;
use protocol::problem::Code;
use worker::Response;

/// `GET /v1/desk/socket`
pub async fn socket(cx: Cx) -> Result<Response, EdgeError> {
    if !routes::is_upgrade(&cx.req)? {
        return Err(Code::UpgradeRequired.into());
    }
    let agent = cx.agent()?;
    let who = DeskSocket { profile: agent.profile(), sign_in: agent.id.clone() };
    let response = Desk::of(&cx.env, &agent.me.tenant)?.socket(&who).await?;
    if response.status_code() == 101 { routes::with_subprotocol(&cx.req, response) } else { Ok(response) }
}

/// `PUT /v1/agents/me/intent`
pub async fn intend(mut cx: Cx) -> Result<Response, EdgeError> {
    let IntentRequest { intent } = cx.body().await?;
    let agent = cx.agent()?;
    reply::passed(Desk::of(&cx.env, &agent.me.tenant)?.intend(agent.profile(), intent).await?)
}
