//! The document, put together from the table.

use crate::operation::{Body, Operation, Param, Who};
use crate::operations::{Group, groups};
use crate::schemas::{Schemas, limit};
use protocol::FileKind;
use protocol::desk::{DeskDown, DeskUp};
use protocol::problem::{Code, Problem};
use protocol::room::{RoomDown, RoomUp};
use schemars::generate::SchemaGenerator;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ABOUT: &str = "\
Live chat, and the truth about who can answer now.

Refusals are RFC 9457 problem documents with a `code` to act on. Times are milliseconds since 1970 by the server's clock. \
What may be absent is left out and never `null`. Lists come in pages: hand the `cursor` of a reply back for the next page. \
Fields may be added: ignore what you do not know.";

/// The whole document.
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let groups = groups();
    let paths = paths(&groups, &mut schemas);
    // Nothing refers to these: they travel by WebSocket.
    schemas.replies.subschema_for::<(RoomDown, DeskDown)>();
    schemas.requests.subschema_for::<(RoomUp, DeskUp)>();
    let tags: Value = groups.iter().map(|group| json!({ "name": group.name, "description": group.about })).collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Beckon",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0 or MIT", "identifier": env!("CARGO_PKG_LICENSE") },
        },
        "servers": [{ "url": "/", "description": "The server that this document comes from." }],
        "tags": tags,
        "paths": paths,
        "components": {
            "parameters": paging(&mut schemas.requests),
            "responses": faults(&mut schemas),
            "securitySchemes": keys(),
            "schemas": schemas.finish(),
        },
    })
}

fn paths(groups: &[Group], schemas: &mut Schemas) -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for group in groups {
        for operation in &group.operations {
            let described = described(operation, group.name, schemas);
            paths.entry(operation.path).or_default().insert(operation.method.to_owned(), described);
        }
    }
    json!(paths)
}

fn described(operation: &Operation, tag: &str, schemas: &mut Schemas) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [tag],
        "summary": operation.summary,
        "security": security(operation.who),
        "responses": responses(operation, schemas),
    });
    let params = params(operation, schemas);
    if !params.is_empty() {
        described["parameters"] = params.into();
    }
    if !operation.more.is_empty() {
        described["description"] = operation.more.into();
    }
    if let Some(sent) = &operation.sent {
        // Told by its content, whatever it is sent as.
        let content = content(sent.body, &["application/octet-stream"], &mut schemas.requests);
        described["requestBody"] = json!({ "required": sent.required, "content": content });
    }
    described
}

/// A body. Of a file only the media type is told (OpenAPI 3.1: without a schema the bytes are as they are).
fn content(body: Body, files: &[&str], schemas: &mut SchemaGenerator) -> Value {
    match body {
        Body::None => json!({}),
        Body::Json(shape) => json!({ "application/json": { "schema": shape(schemas) } }),
        Body::File => files.iter().map(|media| ((*media).to_owned(), json!({}))).collect(),
    }
}

fn params(operation: &Operation, schemas: &mut Schemas) -> Vec<Value> {
    let param = |Param { name, place, required, about, shape }: &Param| {
        let schema = shape(&mut schemas.requests);
        json!({ "name": name, "in": place, "required": required, "description": about, "schema": schema })
    };
    let mut params: Vec<Value> = operation.params.iter().map(param).collect();
    if operation.paged {
        params.extend(["cursor", "limit"].map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })));
    }
    params
}

/// What every list takes.
fn paging(schemas: &mut SchemaGenerator) -> Value {
    json!({
        "cursor": {
            "name": "cursor", "in": "query", "schema": { "type": "string" },
            "description": "From the last reply; its letters mean nothing to anybody else.",
        },
        "limit": {
            "name": "limit", "in": "query",
            "schema": limit(schemas),
            "description": "Most items of a page.",
        },
    })
}

fn responses(operation: &Operation, schemas: &mut Schemas) -> Value {
    let mut responses = Map::new();
    let success = &operation.success;
    let mut well = json!({ "description": if success.status == 101 { "The socket is open." } else { "Done." } });
    if !matches!(success.body, Body::None) {
        let files: Vec<&str> = FileKind::ALL.iter().map(|kind| kind.media_type()).collect();
        well["content"] = content(success.body, &files, &mut schemas.replies);
    }
    responses.insert(success.status.to_string(), well);
    let mut by_status: BTreeMap<u16, BTreeSet<Code>> = BTreeMap::new();
    for code in operation.refusals() {
        by_status.entry(code.status()).or_default().insert(code);
    }
    responses.extend(by_status.into_iter().map(|(status, codes)| (status.to_string(), refusal(&codes, schemas))));
    for code in FAULTS {
        let name = format!("#/components/responses/{}", code.as_str());
        responses.insert(code.status().to_string(), json!({ "$ref": name }));
    }
    responses.into()
}

/// What may happen everywhere, and is no fault of the caller.
const FAULTS: [Code; 2] = [Code::Internal, Code::Unavailable];

fn faults(schemas: &mut Schemas) -> Value {
    FAULTS.iter().map(|code| (code.as_str().to_owned(), refusal(&BTreeSet::from([*code]), schemas))).collect()
}

/// One status: a problem document with one of these codes.
fn refusal(codes: &BTreeSet<Code>, schemas: &mut Schemas) -> Value {
    let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let told: Vec<String> = codes.iter().map(|code| format!("`{}`: {}", code.as_str(), code.title())).collect();
    let mut schema = schemas.replies.subschema_for::<Problem>();
    schema.insert("properties".to_owned(), json!({ "code": { "enum": words } }));
    json!({ "description": told.join("\n\n"), "content": { "application/problem+json": { "schema": schema } } })
}

fn security(who: Who) -> Value {
    match who {
        Who::Anyone => json!([]),
        Who::Visitor => json!([{ "visitor": [] }]),
        Who::Agent | Who::Admin => json!([{ "session": [] }, { "agent": [] }]),
        Who::Party => json!([{ "visitor": [] }, { "session": [] }, { "agent": [] }]),
        Who::Platform => json!([{ "platform": [] }]),
    }
}

fn keys() -> Value {
    let bearer = |format: &str, about: &str| json!({ "type": "http", "scheme": "bearer", "bearerFormat": format, "description": about });
    json!({
        "session": {
            "type": "apiKey", "in": "cookie", "name": "__Host-beckon",
            "description": "An agent's browser, from `POST /v1/auth/sign_in`. What changes something must come from \
                Beckon's own pages, by the `Origin` header.",
        },
        "agent": bearer("bk_…", "An agent's program, from `POST /v1/auth/tokens`."),
        "visitor": bearer("JWT", "A visitor, from `POST /v1/widget/boot`: good for one conversation and one website. \
            On a WebSocket it is the subprotocol `token.<token>`."),
        "platform": bearer("secret", "Who runs Beckon: the secret `PLATFORM_TOKEN`."),
    })
}
