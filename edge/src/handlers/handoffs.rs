//! Handoffs: commands to the desk, and the history.

use crate::calls::Desk;
use crate::cx::Cx;
use crate::db::history::{self, Place};
use crate::error::EdgeError;
use crate::reply;
use protocol::http::{HandoffCommand, HistoryReply};
use protocol::problem::Code;
use worker::Response;

/// Items of a page, where nobody says otherwise.
const LIMIT: u32 = 50;
/// Most items of a page.
const MOST: u32 = 200;

/// `POST /v1/handoffs/{id}/claim`
pub async fn claim(mut cx: Cx) -> Result<Response, EdgeError> {
    let HandoffCommand { epoch } = cx.body().await?;
    let agent = cx.agent()?;
    let desk = Desk::of(&cx.env, &agent.me.tenant)?;
    reply::passed(desk.claim(agent.profile(), cx.handoff()?, epoch).await?)
}

/// `POST /v1/handoffs/{id}/resolve`
pub async fn resolve(mut cx: Cx) -> Result<Response, EdgeError> {
    let HandoffCommand { epoch } = cx.body().await?;
    let agent = cx.agent()?;
    let desk = Desk::of(&cx.env, &agent.me.tenant)?;
    reply::passed(desk.resolve(agent.profile(), cx.handoff()?, epoch).await?)
}

/// `GET /v1/handoffs?cursor=…&limit=…`: closed ones, newest first.
pub async fn history(cx: Cx) -> Result<Response, EdgeError> {
    let limit = cx.query("limit")?.unwrap_or(LIMIT);
    if !(1..=MOST).contains(&limit) {
        return Err(Code::Malformed.into());
    }
    let cursor = cx.query::<String>("cursor")?;
    let after = cursor.map(|cursor| Place::parse(&cursor).ok_or(Code::Malformed)).transpose()?;
    // One more than asked for tells whether there is a next page.
    let mut items = history::closed(&cx.env.d1("DB")?, &cx.agent()?.me.tenant, after, limit + 1).await?;
    let has_next = items.len() > limit as usize;
    items.truncate(limit as usize);
    let last = items.last().filter(|_| has_next);
    let place = last.and_then(|row| Some(Place { closed_at: row.closed_at?, handoff: row.handoff.clone() }));
    reply::json(&HistoryReply { cursor: place.map(|place| place.cursor()), items })
}
