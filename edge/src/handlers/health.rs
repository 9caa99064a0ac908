//! Whether the service runs.

use crate::cx::Cx;
use crate::error::EdgeError;
use crate::{clock, reply};
use protocol::http::Health;
use worker::Response;

/// `GET /v1/health`
pub async fn health(_: Cx) -> Result<Response, EdgeError> {
    reply::json(&Health { now: clock::now() })
}
