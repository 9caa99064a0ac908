//! Replies that went well.

use crate::calls::Json;
use crate::error::EdgeError;
use serde::Serialize;
use worker::Response;

/// 200 with JSON that no cache may keep.
pub fn json<T: Serialize>(value: &T) -> Result<Response, EdgeError> {
    let response = Response::from_json(value)?;
    response.headers().set("cache-control", "no-store")?;
    Ok(response)
}

/// 200 with JSON that an object or D1 wrote.
pub fn passed(Json(text): Json) -> Result<Response, EdgeError> {
    let response = Response::ok(text)?;
    response.headers().set("content-type", "application/json")?;
    response.headers().set("cache-control", "no-store")?;
    Ok(response)
}

/// 201 with JSON.
pub fn created<T: Serialize>(value: &T) -> Result<Response, EdgeError> {
    Ok(json(value)?.with_status(201))
}

/// 204.
pub fn no_content() -> Result<Response, EdgeError> {
    Ok(Response::empty()?.with_status(204))
}
