//! How conversations find an agent: departments, widgets, how long conversations live, who goes before others.

use super::{carry_out, within};
use crate::calls::DeskCall;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{db, random, reply};
use protocol::file::FileSettings;
use protocol::problem::Code;
use protocol::routing::{ChangeDepartment, ChangeWidget, ChannelSettings, ConversationSettings, Routing, VipRequest};
use protocol::team::{AddDepartment, DepartmentCard};
use protocol::{DepartmentId, Priority, WidgetId};
use worker::Response;

/// `GET /v1/departments`
pub async fn departments(cx: Cx) -> Result<Response, EdgeError> {
    reply::passed(db::departments::list(&cx.env.d1("DB")?, &cx.agent()?.me.tenant).await?)
}

/// `POST /v1/departments`
pub async fn add_department(mut cx: Cx) -> Result<Response, EdgeError> {
    let AddDepartment { name } = cx.body().await?;
    let id = DepartmentId::random(random::seed()?);
    let db = cx.env.d1("DB")?;
    if !carry_out(&cx, db::departments::add(cx.author(&db)?, &id, &name)?).await? {
        return Err(Code::Exists.into());
    }
    // Nobody is in it yet.
    reply::created(&DepartmentCard { id, name, covered: false, late: false })
}

/// `PATCH /v1/departments/{id}`
pub async fn change_department(mut cx: Cx) -> Result<Response, EdgeError> {
    let id = DepartmentId::parse(&cx.id).map_err(|_| Code::NotFound)?;
    let new: ChangeDepartment = cx.body().await?;
    if let Some(routing) = &new.routing {
        check(&id, routing)?;
    }
    let db = cx.env.d1("DB")?;
    let tenant = &cx.agent()?.me.tenant;
    if !carry_out(&cx, db::departments::change(cx.author(&db)?, &id, &new)?).await? {
        let is_taken = db::departments::is_name_taken(&db, tenant, &id, new.name.as_ref()).await?;
        return Err(if is_taken { Code::Exists } else { Code::NotFound }.into());
    }
    reply::passed(db::departments::one(&db, tenant, &id).await?.ok_or(Code::NotFound)?)
}

/// Errors: [`Code::OutOfRange`]; [`Code::Malformed`] for a department that falls back to itself.
fn check(id: &DepartmentId, routing: &Routing) -> Result<(), EdgeError> {
    if routing.fallback.as_ref() == Some(id) {
        return Err(Code::Malformed.into());
    }
    within(&[
        (Some(routing.offer_ms), Routing::OFFER_MS),
        (unless_never(routing.form_after_ms), Routing::WAIT_MS),
        (unless_never(routing.alert_after_ms), Routing::WAIT_MS),
    ])
}

/// 0 stands for never where there is a choice.
fn unless_never(ms: u32) -> Option<u32> {
    Some(ms).filter(|ms| *ms != 0)
}

/// `GET /v1/settings/conversations`
pub async fn conversations(cx: Cx) -> Result<Response, EdgeError> {
    reply::passed(db::roster::conversations(&cx.env.d1("DB")?, &cx.agent()?.me.tenant).await?)
}

/// `PUT /v1/settings/conversations`
pub async fn change_conversations(mut cx: Cx) -> Result<Response, EdgeError> {
    let new: ConversationSettings = cx.body().await?;
    let ChannelSettings { expire_after_ms, warn_before_ms, close_idle_after_ms } = new.website;
    within(&[
        (Some(expire_after_ms), ChannelSettings::EXPIRE_AFTER_MS),
        (Some(warn_before_ms), ChannelSettings::WARN_BEFORE_MS),
        // Not before it begins.
        (Some(warn_before_ms), (0, expire_after_ms.saturating_sub(1))),
        (unless_never(close_idle_after_ms), ChannelSettings::CLOSE_IDLE_AFTER_MS),
        (Some(new.files.max_kb), FileSettings::MAX_KB),
    ])?;
    let db = cx.env.d1("DB")?;
    carry_out(&cx, db::roster::change_conversations(cx.author(&db)?, &new)?).await?;
    conversations(cx).await
}

/// `GET /v1/widgets`
pub async fn widgets(cx: Cx) -> Result<Response, EdgeError> {
    reply::passed(db::widgets::list(&cx.env.d1("DB")?, &cx.agent()?.me.tenant).await?)
}

/// `PATCH /v1/widgets/{id}`: what is asked from now on.
pub async fn change_widget(mut cx: Cx) -> Result<Response, EdgeError> {
    let id = WidgetId::parse(&cx.id).map_err(|_| Code::NotFound)?;
    let new: ChangeWidget = cx.body().await?;
    let db = cx.env.d1("DB")?;
    if !carry_out(&cx, db::widgets::change(cx.author(&db)?, &id, &new)?).await? {
        return Err(Code::NotFound.into());
    }
    reply::passed(db::widgets::one(&db, &cx.agent()?.me.tenant, &id).await?.ok_or(Code::NotFound)?)
}

/// `PUT /v1/conversations/{id}/vip`: stored for later, and told to the desk for what is open now.
pub async fn set_vip(mut cx: Cx) -> Result<Response, EdgeError> {
    let conversation = cx.conversation()?;
    let VipRequest { vip } = cx.body().await?;
    let db = cx.env.d1("DB")?;
    let me = &cx.agent()?.me;
    let found = db::visitors::of_conversation(&db, &me.tenant, &conversation).await?;
    let (visitor, usual) = found.ok_or(Code::NotFound)?;
    carry_out(&cx, db::visitors::set_vip(cx.author(&db)?, &visitor, vip)?).await?;
    let priority = if vip { Priority::Vip } else { usual };
    cx.desk()?.ask(DeskCall::Prioritize { conversation, priority, by: me.id.clone() }).await?;
    reply::no_content()
}
