//! D1: what is asked across rooms. SQL stands beside the rows it reads, always with the tenant.

pub mod desks_due;
pub mod history;
pub mod jobs;
pub mod sign_ins;
pub mod tenants;
pub mod widgets;

use crate::error::EdgeError;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement};

/// A statement with its values.
fn statement(db: &D1Database, query: &str, values: &[JsValue]) -> Result<D1PreparedStatement, EdgeError> {
    Ok(db.prepare(query).bind(values)?)
}

/// At most one row.
async fn first<T: DeserializeOwned>(db: &D1Database, query: &str, values: &[JsValue]) -> Result<Option<T>, EdgeError> {
    Ok(statement(db, query, values)?.first(None).await?)
}

/// All rows; the query says how many at most.
async fn all<T: DeserializeOwned>(db: &D1Database, query: &str, values: &[JsValue]) -> Result<Vec<T>, EdgeError> {
    Ok(statement(db, query, values)?.all().await?.results()?)
}

/// Runs a statement whose rows do not matter.
async fn run(db: &D1Database, query: &str, values: &[JsValue]) -> Result<(), EdgeError> {
    statement(db, query, values)?.run().await?;
    Ok(())
}

/// All or nothing.
async fn batch(db: &D1Database, statements: Vec<D1PreparedStatement>) -> Result<(), EdgeError> {
    if !statements.is_empty() {
        db.batch(statements).await?;
    }
    Ok(())
}

fn text(value: impl AsRef<str>) -> JsValue {
    JsValue::from_str(value.as_ref())
}

fn maybe_text<T: AsRef<str>>(value: Option<T>) -> JsValue {
    value.map_or(JsValue::NULL, text)
}

/// D1 takes no BigInt, and its own integer type has 32 bits.
#[allow(clippy::cast_precision_loss, reason = "times and counters stay below 2^53")]
fn int(value: i64) -> JsValue {
    JsValue::from_f64(value as f64)
}
