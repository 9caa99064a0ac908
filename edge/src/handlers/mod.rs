//! Handlers parse, call and reply; no rule and no SQL stands in them.

pub mod account;
pub mod conversations;
pub mod files;
pub mod handoffs;
pub mod health;
pub mod platform;
pub mod presence;
pub mod routing;
pub mod sign_ins;
pub mod team;
pub mod widget;

use crate::calls::{self, Json};
use crate::cx::Cx;
use crate::db::change::{Change, Touched};
use crate::error::EdgeError;
use crate::{json, reply};
use protocol::problem::Code;
use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::Response;

/// Changes the administration, and tells the desk at once. False: it was not allowed, and nothing has changed. The change
/// stands in any case: if the desk does not answer, cron tells it within a minute.
async fn carry_out(cx: &Cx, change: Change<'_>) -> Result<bool, EdgeError> {
    let touched = change.touched;
    let Some(versions) = change.run().await? else { return Ok(false) };
    if touched != Touched::Nothing
        && let Err(error) = calls::catch_up(&cx.env, &cx.agent()?.me.tenant, versions).await
    {
        error.problem();
    }
    Ok(true)
}

/// A page of what an object lists: it gives one more than `limit` if there are more. `cursor` says where the next page
/// begins, in letters that JSON takes as they are.
fn page<T: DeserializeOwned + Serialize>(
    Json(list): &Json,
    limit: u32,
    cursor: impl Fn(&T) -> String,
) -> Result<Response, EdgeError> {
    let all: Vec<T> = json::read(list)?;
    let shown = all.get(..limit as usize).unwrap_or(&all);
    let next = shown.last().filter(|_| shown.len() < all.len());
    let cursor = next.map(|last| format!(r#","cursor":"{}""#, cursor(last))).unwrap_or_default();
    reply::passed(Json(format!(r#"{{"items":{}{cursor}}}"#, serde_json::to_string(shown)?)))
}

/// Whether each number is within its least and most. Errors: [`Code::OutOfRange`].
fn within(ranges: &[(Option<u32>, (u32, u32))]) -> Result<(), EdgeError> {
    let is_out =
        |(value, (least, most)): &(Option<u32>, (u32, u32))| value.is_some_and(|value| value < *least || value > *most);
    if ranges.iter().any(is_out) { Err(Code::OutOfRange.into()) } else { Ok(()) }
}
