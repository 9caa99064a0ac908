//! The document is valid, and it tells of the very addresses that the edge has.

#![allow(clippy::unwrap_used, reason = "all of this is test code")]

use roas::v3_1::spec::Spec;
use roas::validation::{Options, Validate};
use serde_json::Value;
use std::collections::BTreeSet;

/// The edge's table of addresses.
const ROUTES: &str = include_str!("../../../edge/src/routes.rs");

#[test]
fn it_is_valid_openapi_3_1() {
    let spec: Spec = serde_json::from_value(openapi::document()).unwrap();
    // The frames of the sockets: nothing in the document can refer to them.
    if let Err(error) = spec.validate(Options::IgnoreUnusedSchemas.into(), None) {
        panic!("{error}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi::document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads out of the document"));
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_operation_has_an_id_of_its_own() {
    let document = openapi::document();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        assert!(!id.is_empty() && ids.insert(id), "{method} {path} has no operationId of its own: {id:?}");
    }
}

#[test]
fn it_tells_of_the_addresses_that_the_edge_has() {
    let document = openapi::document();
    let told: BTreeSet<_> = operations(&document).map(|(method, path, _)| (method.to_uppercase(), path)).collect();
    let lines = ROUTES.lines().filter_map(route);
    let routed: BTreeSet<_> = lines.collect();
    assert!(!routed.is_empty(), "the table in edge/src/routes.rs is not written as it used to be");
    let lines = |set: BTreeSet<(String, &str)>| {
        set.iter().map(|(method, path)| format!("\n  {method} {path}")).collect::<String>()
    };
    let (untold, unrouted) = (lines(&routed - &told), lines(&told - &routed));
    assert!(untold.is_empty(), "in edge/src/routes.rs, but not in crates/openapi/src/operations.rs:{untold}");
    assert!(unrouted.is_empty(), "in crates/openapi/src/operations.rs, but not in edge/src/routes.rs:{unrouted}");
}

/// ``Get "/v1/health", Anyone, false => health::health;``
fn route(line: &str) -> Option<(String, &str)> {
    let (method, rest) = line.trim().split_once(char::is_whitespace)?;
    let path = rest.trim_start().strip_prefix('"')?.split_once('"')?.0;
    let is_route = line.contains("=>") && path.starts_with("/v1/");
    is_route.then(|| (method.to_uppercase(), path))
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    })
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
