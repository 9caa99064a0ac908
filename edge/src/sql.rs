//! A thin layer over an object's SQLite. The crate's own cursor is declared without `catch`: there, an
//! exception of the runtime would hang the request. Here it is an error.

use crate::error::EdgeError;
use crate::json;
use serde::de::DeserializeOwned;
use std::ops::DerefMut;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::prelude::*;
use worker::State;

#[wasm_bindgen]
extern "C" {
    type RawStorage;
    type RawSql;
    type RawCursor;

    #[wasm_bindgen(method, getter)]
    fn sql(this: &RawStorage) -> RawSql;
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(this: &RawStorage, work: &mut dyn FnMut() -> Result<(), JsValue>) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, variadic)]
    fn exec(this: &RawSql, query: &str, values: Box<[JsValue]>) -> Result<RawCursor, JsValue>;
    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &RawCursor) -> Result<js_sys::Array, JsValue>;
}

/// An object's tables.
pub struct Sql {
    storage: RawStorage,
    sql: RawSql,
}

/// A value to bind. Numbers arrive as REAL: columns are declared INTEGER.
pub enum Value<'a> {
    /// TEXT
    Text(&'a str),
    /// INTEGER
    Int(i64),
    /// NULL
    Null,
}

impl From<Value<'_>> for JsValue {
    #[allow(clippy::cast_precision_loss, reason = "times and counters stay below 2^53")]
    fn from(value: Value<'_>) -> JsValue {
        match value {
            Value::Text(text) => JsValue::from_str(text),
            Value::Int(number) => JsValue::from_f64(number as f64),
            Value::Null => JsValue::NULL,
        }
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Value::Null, Value::Text)
    }
}

impl Sql {
    /// The tables of this object.
    pub fn of(state: &State) -> Result<Sql, EdgeError> {
        let storage = state.as_raw().storage().map_err(error)?.unchecked_into::<RawStorage>();
        Ok(Sql { sql: storage.sql(), storage })
    }

    /// Runs a statement whose rows do not matter.
    pub fn run(&self, query: &str, values: Vec<Value<'_>>) -> Result<(), EdgeError> {
        self.rows::<serde::de::IgnoredAny>(query, values).map(drop)
    }

    /// Runs a statement and reads its rows, by way of JSON: types that are read from it are so anyway.
    pub fn rows<T: DeserializeOwned>(&self, query: &str, values: Vec<Value<'_>>) -> Result<Vec<T>, EdgeError> {
        json::read(&self.text(query, values)?).map_err(|e| EdgeError::Platform(format!("{query}: {e}")))
    }

    /// The rows as JSON: the part of it that is the same for all types.
    #[inline(never)]
    fn text(&self, query: &str, values: Vec<Value<'_>>) -> Result<String, EdgeError> {
        let values = values.into_iter().map(JsValue::from).collect();
        let rows = self.sql.exec(query, values).and_then(|cursor| cursor.to_array()).map_err(error)?;
        Ok(js_sys::JSON::stringify(&rows).map_err(error)?.into())
    }

    /// Runs `work` so that all of it is stored, or, if it fails, nothing.
    pub fn transaction(&self, mut work: impl FnMut(&Sql) -> Result<(), EdgeError>) -> Result<(), EdgeError> {
        let mut refused = None;
        // If `work` panics, everything it touched is dropped by its caller: nothing half done is seen.
        let mut touched = AssertUnwindSafe((&mut work, &mut refused));
        let done = self.storage.transaction_sync(&mut move || {
            let (work, refused) = touched.deref_mut();
            work(self).map_err(|e| {
                **refused = Some(e);
                JsValue::from_str("rolled back")
            })
        });
        match (done, refused) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(reason)) => Err(reason),
            (Err(thrown), None) => Err(error(thrown)),
        }
    }
}

fn error(thrown: JsValue) -> EdgeError {
    EdgeError::Platform(format!("storage: {thrown:?}"))
}
