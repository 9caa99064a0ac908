//! Signing in and out.

use crate::auth::{password, sign_in as cookies};
use crate::calls::Desk;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{clock, db, reply};
use protocol::http::SignInRequest;
use protocol::problem::Code;
use worker::Response;

/// `POST /v1/auth/sign_in`
pub async fn sign_in(mut cx: Cx) -> Result<Response, EdgeError> {
    crate::auth::origin::require_own(&cx.req)?;
    let SignInRequest { email, password } = cx.body().await?;
    let db = cx.env.d1("DB")?;
    let found = db::sign_ins::credentials(&db, email.trim()).await?;
    password::check(&password, found.as_ref().map(|found| found.password_hash.as_str()))?;
    let found = found.ok_or(Code::BadCredentials)?;
    let fresh = cookies::fresh()?;
    let browser = cx.req.headers().get("user-agent")?.unwrap_or_default();
    let now = clock::now();
    db::sign_ins::begin(&db, &fresh, &found, &browser, now).await?;
    let signed_in = db::sign_ins::find(&db, &fresh.token_hash, now).await?.ok_or(Code::Unauthenticated)?;
    let response = reply::json(&signed_in.me)?;
    response.headers().set("set-cookie", &fresh.cookie)?;
    Ok(response)
}

/// `POST /v1/auth/sign_out`. Succeeds even if the desk cannot be told: the lease then dies by itself.
pub async fn sign_out(cx: Cx) -> Result<Response, EdgeError> {
    let agent = cx.agent()?;
    db::sign_ins::end(&cx.env.d1("DB")?, agent, clock::now()).await?;
    let told = Desk::of(&cx.env, &agent.me.tenant)?.signed_out(agent.me.id.clone(), agent.id.clone()).await;
    if let Err(error) = told {
        error.problem();
    }
    let response = reply::no_content()?;
    response.headers().set("set-cookie", &cookies::clear_cookie())?;
    Ok(response)
}

/// `GET /v1/me`
pub async fn me(cx: Cx) -> Result<Response, EdgeError> {
    reply::json(&cx.agent()?.me)
}
