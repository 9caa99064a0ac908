//! Handoffs: commands to the desk, and the history.

use crate::calls::DeskCall;
use crate::cx::Cx;
use crate::db::history;
use crate::error::EdgeError;
use crate::reply;
use protocol::http::HandoffCommand;
use worker::Response;

/// `POST /v1/handoffs/{id}/claim`
pub async fn claim(mut cx: Cx) -> Result<Response, EdgeError> {
    let HandoffCommand { epoch } = cx.body().await?;
    let (agent, handoff) = (cx.agent()?.me.id.clone(), cx.handoff()?);
    reply::passed(cx.desk()?.ask(DeskCall::Claim { agent, handoff, epoch }).await?)
}

/// `POST /v1/handoffs/{id}/resolve`
pub async fn resolve(mut cx: Cx) -> Result<Response, EdgeError> {
    let HandoffCommand { epoch } = cx.body().await?;
    let (agent, handoff) = (cx.agent()?.me.id.clone(), cx.handoff()?);
    reply::passed(cx.desk()?.ask(DeskCall::Resolve { agent, handoff, epoch }).await?)
}

/// `GET /v1/handoffs?cursor=…&limit=…`: closed ones, newest first.
pub async fn history(cx: Cx) -> Result<Response, EdgeError> {
    reply::passed(history::closed(&cx.env.d1("DB")?, &cx.agent()?.me.tenant, cx.limit()?, cx.place()?).await?)
}
