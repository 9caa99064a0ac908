//! Handlers parse, call and reply; no rule and no SQL stands in them.

pub mod account;
pub mod conversations;
pub mod handoffs;
pub mod health;
pub mod platform;
pub mod presence;
pub mod sign_ins;
pub mod team;
pub mod widget;

use crate::calls;
use crate::cx::Cx;
use crate::error::EdgeError;
use desk::desk::Versions;

/// Tells the desk at once that the administration has changed. The change stands: if the desk does not answer, cron
/// tells it within a minute.
async fn tell_desk(cx: &Cx, versions: Option<Versions>) -> Result<(), EdgeError> {
    if let Some(versions) = versions
        && let Err(error) = calls::catch_up(&cx.env, &cx.agent()?.me.tenant, versions).await
    {
        error.problem();
    }
    Ok(())
}
