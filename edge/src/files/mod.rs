//! The bytes of files: one bucket, the tenant and the conversation first in every key.

use crate::error::EdgeError;
use js_sys::Promise;
use protocol::{ConversationId, FileId, TenantId};
use wasm_bindgen::prelude::*;
use worker::Env;
use worker::wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The crate's own bucket weighs more than all that we ask of it.
    type Bucket;
    #[wasm_bindgen(method, catch)]
    fn delete(this: &Bucket, key: &str) -> Result<Promise, JsValue>;
}

/// Removes a file. Harmless to repeat.
pub async fn remove(
    env: &Env,
    tenant: &TenantId,
    conversation: &ConversationId,
    file: &FileId,
) -> Result<(), EdgeError> {
    let deleted = bucket(env)?.delete(&key(tenant, conversation, file)).map_err(worker::Error::from)?;
    JsFuture::from(deleted).await.map_err(worker::Error::from)?;
    Ok(())
}

fn bucket(env: &Env) -> Result<Bucket, EdgeError> {
    let bucket = js_sys::Reflect::get(env, &"FILES".into()).map_err(worker::Error::from)?;
    Ok(bucket.unchecked_into())
}

fn key(tenant: &TenantId, conversation: &ConversationId, file: &FileId) -> String {
    format!("{tenant}/{conversation}/{file}")
}
