//! Handoffs: commands to the desk, the line, and the history.

use super::page;
use crate::calls::{DeskCall, Json, Room};
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{db, json, reply};
use desk::desk::{Target, Verb};
use protocol::desk::QueueRow;
use protocol::problem::Code;
use protocol::routing::TransferRequest;
use protocol::{AgentId, DepartmentId, HandoffId, Stage};
use worker::Response;

/// `POST /v1/handoffs/{id}/{claim,accept,decline,release,resolve,take_over,assign,transfer}`: one for all, because all
/// that each takes is among what a transfer takes.
pub async fn command(mut cx: Cx) -> Result<Response, EdgeError> {
    let asked: TransferRequest = cx.body().await?;
    let epoch = asked.epoch;
    let verb = verb(cx.req.path().rsplit('/').next().unwrap_or_default(), asked)?;
    let (agent, handoff) = (cx.agent()?.me.id.clone(), cx.handoff()?);
    reply::passed(cx.desk()?.ask(DeskCall::Command { agent, handoff, epoch, verb }).await?)
}

/// What the last part of the address says. Errors: [`Code::Malformed`] if it is not said to whom.
fn verb(name: &str, asked: TransferRequest) -> Result<Verb, Code> {
    let TransferRequest { agent, department, note, .. } = asked;
    Ok(match name {
        "claim" => Verb::Claim,
        "accept" => Verb::Accept,
        "decline" => Verb::Decline,
        "release" => Verb::Release,
        "resolve" => Verb::Resolve,
        "take_over" => Verb::TakeOver,
        "assign" => Verb::Assign { to: agent.ok_or(Code::Malformed)? },
        "transfer" => match (agent, department) {
            (Some(agent), None) => Verb::Transfer { to: Target::Agent(agent), note },
            (None, Some(department)) => Verb::Transfer { to: Target::Department(department), note },
            (Some(_), Some(_)) | (None, None) => return Err(Code::Malformed),
        },
        _ => return Err(Code::NotFound),
    })
}

/// `POST /v1/handoffs/{id}/reopen`
pub async fn reopen(cx: Cx) -> Result<Response, EdgeError> {
    let QueueRow { conversation, handoff, department, priority, .. } = json::read(&row(&cx).await?.0)?;
    let agent = cx.agent()?;
    let now = db::visitors::priority(&cx.env.d1("DB")?, &agent.me.tenant, &conversation).await?;
    let room = Room::of(&cx.env, &agent.me.tenant, &conversation)?;
    reply::passed(room.reopen(agent.agent_ref(), handoff, (department, now.unwrap_or(priority))).await?)
}

/// `GET /v1/handoffs/{id}`
pub async fn one(cx: Cx) -> Result<Response, EdgeError> {
    reply::passed(row(&cx).await?)
}

/// The handoff in the address: what is open the desk knows best, what was closed is in the history. Errors:
/// [`Code::NotFound`].
async fn row(cx: &Cx) -> Result<Json, EdgeError> {
    let handoff = cx.handoff()?;
    match cx.desk()?.ask(DeskCall::Handoff { handoff: handoff.clone() }).await {
        Err(error) if error.is(Code::NotFound) => {
            let found = db::history::one(&cx.env.d1("DB")?, &cx.agent()?.me.tenant, &handoff).await?;
            Ok(found.ok_or(Code::NotFound)?)
        }
        answered => answered,
    }
}

/// `GET /v1/handoffs/{id}/decisions?cursor=…&limit=…`
pub async fn decisions(cx: Cx) -> Result<Response, EdgeError> {
    let handoff = cx.handoff()?;
    let (limit, before) = (cx.limit()?, cx.number("cursor")?);
    // What was done a moment ago belongs to the answer.
    cx.desk()?.ask(DeskCall::Publish).await?;
    let db = cx.env.d1("DB")?;
    let tenant = &cx.agent()?.me.tenant;
    if !db::decisions::are_known(&db, tenant, &handoff).await? {
        return Err(Code::NotFound.into());
    }
    reply::passed(db::decisions::list(&db, tenant, &handoff, limit, before).await?)
}

/// `GET /v1/queue?stage=…&department=…&agent=…&cursor=…&limit=…`
pub async fn queue(cx: Cx) -> Result<Response, EdgeError> {
    let limit = cx.limit()?;
    let stage = cx.query("stage", |text| Stage::parse(text).ok())?;
    let department = cx.query("department", |text| DepartmentId::parse(text).ok())?;
    let agent = cx.query("agent", |text| AgentId::parse(text).ok())?;
    let after = cx.query("cursor", |text| HandoffId::parse(text).ok())?;
    let rows = cx.desk()?.ask(DeskCall::Queue { stage, department, agent, after, limit }).await?;
    page(&rows, limit, |last: &QueueRow| last.handoff.to_string())
}

/// `GET /v1/handoffs?cursor=…&limit=…`: closed ones, newest first.
pub async fn history(cx: Cx) -> Result<Response, EdgeError> {
    reply::passed(db::history::closed(&cx.env.d1("DB")?, &cx.agent()?.me.tenant, cx.limit()?, cx.place()?).await?)
}
