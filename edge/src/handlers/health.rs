//! Whether the service runs, and what it takes.

use crate::auth::origin;
use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{clock, reply};
use protocol::http::Health;
use protocol::problem::Code;
use worker::{Method, Request, Response};

/// `GET /v1/health`
pub async fn health(_: Cx) -> Result<Response, EdgeError> {
    reply::json(&Health { now: clock::now() })
}

/// `GET /v1/openapi.json`
pub async fn openapi(cx: Cx) -> Result<Response, EdgeError> {
    let document = Request::new(&format!("{}/openapi.json", origin::address(&cx.req)?.origin()), Method::Get)?;
    let response = cx.env.assets("ASSETS")?.fetch_request(document).await?;
    if response.status_code() == 200 { Ok(response) } else { Err(Code::NotFound.into()) }
}
