//! D1: what is asked across rooms. SQL stands beside the types it reads, always with the tenant.
//!
//! Queries build their answers as JSON: one kind of row is read from D1, and lists go on to the caller as text.

pub mod audit;
pub mod change;
pub mod decisions;
pub mod departments;
pub mod desks;
pub mod history;
pub mod jobs;
pub mod presence;
pub mod roster;
pub mod sign_ins;
pub mod team;
pub mod tenants;
pub mod visitors;
pub mod widgets;

use crate::calls::Json;
use crate::error::EdgeError;
use crate::json;
use protocol::{TenantId, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, D1Result};

/// What every query selects.
#[derive(Deserialize)]
struct Row {
    /// JSON.
    item: String,
    /// Where it stands in its list; the next page begins behind it.
    #[serde(default)]
    place: String,
}

/// What a statement binds. JavaScript's own values are made in one place: each has to be let go of again, wherever an
/// error or a panic may come by.
#[derive(Clone, Copy)]
enum Value<'a> {
    Null,
    Text(&'a str),
    Int(i64),
}

/// A statement with its values.
fn statement(db: &D1Database, query: &str, values: &[Value<'_>]) -> Result<D1PreparedStatement, EdgeError> {
    /// D1 takes no BigInt, and its own integer type has 32 bits.
    #[allow(clippy::cast_precision_loss, reason = "times and counters stay below 2^53")]
    fn bound(value: &Value<'_>) -> JsValue {
        match *value {
            Value::Null => JsValue::NULL,
            Value::Text(text) => JsValue::from_str(text),
            Value::Int(number) => JsValue::from_f64(number as f64),
        }
    }
    let values: Vec<JsValue> = values.iter().map(bound).collect();
    Ok(db.prepare(query).bind(&values)?)
}

/// All rows; the query says how many at most.
async fn rows(db: &D1Database, query: &str, values: &[Value<'_>]) -> Result<Vec<Row>, EdgeError> {
    Ok(statement(db, query, values)?.all().await?.results()?)
}

/// The first row.
async fn first<T: DeserializeOwned>(
    db: &D1Database,
    query: &str,
    values: &[Value<'_>],
) -> Result<Option<T>, EdgeError> {
    only(rows(db, query, values).await?)
}

/// The first of these rows.
fn only<T: DeserializeOwned>(rows: Vec<Row>) -> Result<Option<T>, EdgeError> {
    rows.first().map(|row| Ok(json::read(&row.item)?)).transpose()
}

/// The first row, as JSON that goes on as it is.
async fn maybe_document(db: &D1Database, query: &str, values: &[Value<'_>]) -> Result<Option<Json>, EdgeError> {
    Ok(rows(db, query, values).await?.into_iter().next().map(|row| Json(row.item)))
}

/// The first row, as JSON that goes on as it is. Errors: our own, if there is none.
async fn document(db: &D1Database, query: &str, values: &[Value<'_>]) -> Result<Json, EdgeError> {
    let found = maybe_document(db, query, values).await?;
    found.ok_or_else(|| EdgeError::Platform(format!("no answer: {query}")))
}

/// Rows of a list that comes whole: a tenant has few of what stands in it.
const WHOLE: u32 = 1000;

/// A page of a tenant's list, as the JSON of its reply. The query binds the tenant as `?1`, how many rows it may
/// select as `?2`, and then `values`.
async fn page(
    db: &D1Database,
    query: &str,
    tenant: &TenantId,
    limit: u32,
    values: &[Value<'_>],
) -> Result<Json, EdgeError> {
    // One more than asked for tells whether there is a next page.
    let head = [text(tenant.as_str()), int(i64::from(limit) + 1)];
    let rows = rows(db, query, &[&head, values].concat()).await?;
    let shown = rows.get(..limit as usize).unwrap_or(&rows);
    let next = shown.last().filter(|_| shown.len() < rows.len());
    // Places are ids and numbers: nothing in them has to be escaped.
    let cursor = next.map(|last| format!(r#","cursor":"{}""#, last.place)).unwrap_or_default();
    let items: Vec<&str> = shown.iter().map(|row| row.item.as_str()).collect();
    Ok(Json(format!(r#"{{"items":[{}]{cursor}}}"#, items.join(","))))
}

/// Runs a statement whose rows do not matter.
async fn run(db: &D1Database, query: &str, values: &[Value<'_>]) -> Result<(), EdgeError> {
    statement(db, query, values)?.run().await?;
    Ok(())
}

/// All or nothing, each with its result.
async fn batch(db: &D1Database, statements: Vec<D1PreparedStatement>) -> Result<Vec<D1Result>, EdgeError> {
    Ok(db.batch(statements).await?)
}

/// The rows of the last statement of a batch.
fn last_rows(results: &[D1Result]) -> Result<Vec<Row>, EdgeError> {
    Ok(results.last().map_or_else(|| Ok(Vec::new()), D1Result::results)?)
}

fn text(value: &str) -> Value<'_> {
    Value::Text(value)
}

fn maybe_text(value: Option<&str>) -> Value<'_> {
    value.map_or(Value::Null, text)
}

fn int(value: i64) -> Value<'static> {
    Value::Int(value)
}

fn maybe_int(value: Option<u32>) -> Value<'static> {
    value.map_or(Value::Null, |value| int(value.into()))
}

/// A time, if there is one.
fn time(at: Option<Timestamp>) -> Value<'static> {
    at.map_or(Value::Null, |at| int(at.0))
}

fn flag(on: bool) -> Value<'static> {
    int(on.into())
}

/// Where a page of a list by time ends.
pub struct Place {
    /// Of its last entry.
    at: i64,
    /// Tells entries of the same time apart.
    which: String,
}

impl Place {
    /// Reads a cursor; `None` if it is not one of ours.
    pub fn parse(cursor: &str) -> Option<Place> {
        let (at, which) = cursor.split_once('.')?;
        Some(Place { at: at.parse().ok()?, which: which.to_owned() })
    }

    /// As values to bind. Behind nothing is later than any time.
    fn values(place: Option<&Place>) -> [Value<'_>; 2] {
        place.map_or([int(i64::from(u32::MAX) << 16), text("")], |Place { at, which }| [int(*at), text(which)])
    }
}
