//! Signing in and out, and one's own password.

use super::carry_out;
use crate::auth::sign_in::{self as sign_ins, Fresh, Kind};
use crate::auth::{SignedIn, password};
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{clock, db, reply};
use protocol::http::SignInRequest;
use protocol::problem::Code;
use protocol::team::{ChangePassword, TokenReply};
use worker::Response;

/// `POST /v1/auth/sign_in`
pub async fn sign_in(mut cx: Cx) -> Result<Response, EdgeError> {
    crate::auth::origin::require_own(&cx.req)?;
    let (fresh, signed_in) = begin(&mut cx, Kind::Browser).await?;
    let response = reply::json(&signed_in.me)?;
    response.headers().set("set-cookie", &fresh.cookie())?;
    Ok(response)
}

/// `POST /v1/auth/tokens`: for API clients. Pages get nothing by it that the password in the body would not give.
pub async fn token(mut cx: Cx) -> Result<Response, EdgeError> {
    let (Fresh { id, token, expires_at, .. }, _) = begin(&mut cx, Kind::Api).await?;
    reply::json(&TokenReply { token, sign_in: id, expires_at })
}

/// Begins a sign-in for the password in the body. Errors: [`Code::BadCredentials`].
async fn begin(cx: &mut Cx, kind: Kind) -> Result<(Fresh, SignedIn), EdgeError> {
    let SignInRequest { email, password } = cx.body().await?;
    let db = cx.env.d1("DB")?;
    let found = db::sign_ins::credentials(&db, email.trim()).await?;
    password::check(&password, found.as_ref().map(|found| found.password_hash.as_str()))?;
    let found = found.ok_or(Code::BadCredentials)?;
    let fresh = sign_ins::fresh(&cx.req, kind)?;
    let now = clock::now();
    db::sign_ins::begin(&db, &fresh, &found, now).await?;
    let signed_in = db::sign_ins::find(&db, &fresh.token_hash, kind, now).await?;
    Ok((fresh, signed_in.ok_or(Code::BadCredentials)?))
}

/// `POST /v1/auth/sign_out`. Succeeds even if the desk cannot be told: cron tells it.
pub async fn sign_out(cx: Cx) -> Result<Response, EdgeError> {
    let db = cx.env.d1("DB")?;
    carry_out(&cx, db::sign_ins::end(cx.author(&db)?, &cx.agent()?.id)?).await?;
    let response = reply::no_content()?;
    response.headers().set("set-cookie", &sign_ins::clear_cookie())?;
    Ok(response)
}

/// `GET /v1/me`
pub async fn me(cx: Cx) -> Result<Response, EdgeError> {
    reply::json(&cx.agent()?.me)
}

/// `PUT /v1/me/password`
pub async fn change_password(mut cx: Cx) -> Result<Response, EdgeError> {
    let ChangePassword { old, new } = cx.body().await?;
    let db = cx.env.d1("DB")?;
    let agent = cx.agent()?;
    let stored = db::team::password_hash(&db, &agent.me.tenant, &agent.me.id).await?.unwrap_or_default();
    password::check(&old, Some(&stored))?;
    let hash = password::hash(&new)?;
    carry_out(&cx, db::sign_ins::change_password(cx.author(&db)?, &agent.id, (&stored, &hash))?).await?;
    // Somebody else may have set another one while ours was checked.
    match db::team::password_hash(&db, &agent.me.tenant, &agent.me.id).await? {
        Some(now) if now == hash => reply::no_content(),
        Some(_) | None => Err(Code::BadCredentials.into()),
    }
}
