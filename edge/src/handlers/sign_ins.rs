//! Where agents are signed in, and ending it.

use super::carry_out;
use crate::calls::DeskCall;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{clock, db, reply};
use protocol::problem::Code;
use protocol::{AgentId, Role, SignInId};
use worker::Response;

/// `GET /v1/agents/me/sign_ins`
pub async fn own(cx: Cx) -> Result<Response, EdgeError> {
    list(&cx, cx.agent()?.me.id.clone()).await
}

/// `GET /v1/agents/{id}/sign_ins`
pub async fn of_agent(cx: Cx) -> Result<Response, EdgeError> {
    let agent = cx.subject()?;
    if !db::team::exists(&cx.env.d1("DB")?, &cx.agent()?.me.tenant, &agent).await? {
        return Err(Code::NotFound.into());
    }
    list(&cx, agent).await
}

async fn list(cx: &Cx, agent: AgentId) -> Result<Response, EdgeError> {
    let leases = cx.desk()?.ask(DeskCall::Leases { agent: agent.clone() }).await?;
    let me = cx.agent()?;
    let db = cx.env.d1("DB")?;
    reply::passed(db::sign_ins::list(&db, &me.me.tenant, &agent, leases, &me.id, clock::now()).await?)
}

/// `DELETE /v1/sign_ins/{id}`
pub async fn end(cx: Cx) -> Result<Response, EdgeError> {
    let id = SignInId::parse(&cx.id).map_err(|_| Code::NotFound)?;
    let db = cx.env.d1("DB")?;
    let me = &cx.agent()?.me;
    let owner = db::sign_ins::owner(&db, &me.tenant, &id, clock::now()).await?.ok_or(Code::NotFound)?;
    let author = cx.author(&db)?;
    let end = if owner == me.id {
        db::sign_ins::end(author, &id)?
    } else if me.role.covers(Role::ClientAdmin) {
        db::sign_ins::end_for(author, &id, &owner)?
    } else {
        return Err(Code::NotFound.into());
    };
    carry_out(&cx, end).await?;
    reply::no_content()
}
