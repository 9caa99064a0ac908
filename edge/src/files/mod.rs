//! Files: one bucket, the tenant and the conversation first in every key, so that an id leads nowhere else.

mod content;
mod kind;
mod name;
mod zip;

pub use content::{Content, id};

use crate::error::EdgeError;
use js_sys::{JSON, Promise, Uint8Array};
use protocol::file::File;
use protocol::problem::Code;
use protocol::{ConversationId, FileId, TenantId};
use wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Env, Headers, Response, ResponseBody};

#[wasm_bindgen]
extern "C" {
    /// The crate's own bucket weighs more than all that we ask of it.
    type Bucket;
    #[wasm_bindgen(method, catch)]
    fn put(this: &Bucket, key: &str, value: &Uint8Array, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn get(this: &Bucket, key: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn delete(this: &Bucket, key: &str) -> Result<Promise, JsValue>;

    type Stored;
    #[wasm_bindgen(method, getter)]
    fn body(this: &Stored) -> web_sys::ReadableStream;
    #[wasm_bindgen(method, js_name = writeHttpMetadata)]
    fn write_metadata(this: &Stored, headers: &JsValue);
}

/// Nothing that was sent is ever shown as a page of ours, or guessed to be something else; nor kept, since it may be
/// redacted.
const AS_DOWNLOAD: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "sandbox; default-src 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "private, no-store"),
];

/// Where a file is.
pub fn key(tenant: &TenantId, conversation: &ConversationId, file: &FileId) -> String {
    format!("{tenant}/{conversation}/{file}")
}

/// Stores a file, with what it will be given out as. Harmless to repeat.
pub async fn put(env: &Env, key: &str, file: &File, content: &Content) -> Result<(), EdgeError> {
    // Neither has a letter that JSON would escape.
    let (media, name) = (file.kind.media_type(), name::disposition(file));
    let metadata = format!(r#"{{"httpMetadata":{{"contentType":"{media}","contentDisposition":"{name}"}}}}"#);
    let options = JSON::parse(&metadata).map_err(worker::Error::from)?;
    done(bucket(env)?.put(key, content.bytes(), &options)).await.map(drop)
}

/// Gives a file out, as a download. Errors: [`Code::NotFound`].
pub async fn get(env: &Env, key: &str) -> Result<Response, EdgeError> {
    let found = done(bucket(env)?.get(key)).await?;
    if !found.is_object() {
        return Err(Code::NotFound.into());
    }
    let found = found.unchecked_into::<Stored>();
    let headers = Headers::new();
    found.write_metadata(headers.as_ref());
    for (name, value) in AS_DOWNLOAD {
        headers.set(name, value)?;
    }
    // Of a stream of its own the runtime knows the length.
    Ok(Response::from_body(ResponseBody::Stream(found.body()))?.with_headers(headers))
}

/// Removes a file. Harmless to repeat.
pub async fn delete(env: &Env, key: &str) -> Result<(), EdgeError> {
    done(bucket(env)?.delete(key)).await.map(drop)
}

/// The same, for one that was redacted.
pub async fn remove(
    env: &Env,
    tenant: &TenantId,
    conversation: &ConversationId,
    file: &FileId,
) -> Result<(), EdgeError> {
    delete(env, &key(tenant, conversation, file)).await
}

async fn done(promise: Result<Promise, JsValue>) -> Result<JsValue, EdgeError> {
    Ok(JsFuture::from(promise.map_err(worker::Error::from)?).await.map_err(worker::Error::from)?)
}

fn bucket(env: &Env) -> Result<Bucket, EdgeError> {
    Ok(js_sys::Reflect::get(env, &"FILES".into()).map_err(worker::Error::from)?.unchecked_into())
}
