//! Holds every reply of every test against the API's document: status, content type, body.

use crate::Reply;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Panics if the reply is not as the document says. A reply from an address that the document does not have must be a
/// refusal.
pub(crate) fn check(reply: &Reply) {
    let Some((method, address)) = reply.name.split_once(' ') else { return };
    let path = address.split('?').next().unwrap_or_default();
    // A preflight is the browser's affair, and HEAD has no body.
    if !path.starts_with("/v1/") || matches!(method, "OPTIONS" | "HEAD") {
        return;
    }
    match contract().operation(method, path) {
        Some(operation) => operation.check(reply),
        None => assert!(matches!(reply.status, 404 | 405), "{} is not documented: {}", reply.name, reply.status),
    }
}

/// Compiled once for all tests of a run.
fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(Contract::read)
}

struct Contract {
    /// Addresses without `{id}` come first.
    operations: Vec<Operation>,
}

struct Operation {
    method: String,
    path: String,
    responses: BTreeMap<u16, Response>,
}

/// What a status comes with; nothing if it has no body.
type Response = Option<Body>;

struct Body {
    content_type: String,
    schema: Validator,
}

impl Contract {
    fn read() -> Self {
        let mut document = openapi::document();
        forbid_unknown_fields(&mut document["components"]["schemas"]);
        let mut operations = Vec::new();
        for (path, methods) in fields(&document["paths"]) {
            for (method, operation) in fields(methods) {
                let responses = fields(&operation["responses"]);
                let responses = responses.map(|(status, response)| (number(status), body(&document, response)));
                let (method, path) = (method.to_uppercase(), path.clone());
                operations.push(Operation { method, path, responses: responses.collect() });
            }
        }
        operations.sort_by_key(|operation| operation.path.contains('{'));
        Self { operations }
    }

    fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.method == method && fits(&operation.path, path))
    }
}

impl Operation {
    fn check(&self, reply: &Reply) {
        let Reply { name, status, text, .. } = reply;
        let Some(response) = self.responses.get(status) else {
            panic!("{name} answered {status}, which is not documented: {text}");
        };
        let Some(body) = response else {
            assert!(text.is_empty(), "{name} answered {status} with a body, which is not documented: {text}");
            return;
        };
        assert_eq!(reply.header("content-type"), Some(body.content_type.as_str()), "{name} answered {status}: {text}");
        let value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
        let errors = body.schema.iter_errors(&value);
        let errors: Vec<_> = errors.map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name} answered {status}, not as documented: {errors:#?} in {text}");
    }
}

/// The body that a response has in the document, which may only refer to it.
fn body(document: &Value, response: &Value) -> Response {
    let referred = response["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    let (content_type, content) = fields(&referred.unwrap_or(response)["content"]).next()?;
    let mut schema = content["schema"].clone();
    // References lead to where they lead in the document.
    schema["components"] = json!({ "schemas": document["components"]["schemas"] });
    let schema = jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{error} in {content}"));
    Some(Body { content_type: content_type.clone(), schema })
}

/// Clients ignore what they do not know; here a field that nobody wrote down is a mistake.
fn forbid_unknown_fields(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(forbid_unknown_fields);
            if fields.get("properties").is_some_and(Value::is_object) {
                fields.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(forbid_unknown_fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `{id}` stands for one segment.
fn fits(pattern: &str, path: &str) -> bool {
    let Some((before, after)) = pattern.split_once("{id}") else { return pattern == path };
    let id = path.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    id.is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn number(status: &str) -> u16 {
    status.parse().unwrap_or_else(|error| panic!("{status}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_wrote_down_is_found() {
        let operation = contract().operation("GET", "/v1/health").unwrap();
        let schema = &operation.responses[&200].as_ref().unwrap().schema;
        assert!(schema.is_valid(&json!({ "now": 1 })));
        for bad in [json!({}), json!({ "now": "1" }), json!({ "now": 1, "more": 2 })] {
            assert!(!schema.is_valid(&bad), "{bad}");
        }
    }

    #[test]
    fn a_refusal_says_no_in_one_of_the_words_of_its_address() {
        let operation = contract().operation("POST", "/v1/handoffs/ho_x/claim").unwrap();
        let schema = &operation.responses[&409].as_ref().unwrap().schema;
        let problem = |code: &str| json!({ "code": code, "title": "", "status": 409 });
        assert!(schema.is_valid(&problem("taken")));
        assert!(!schema.is_valid(&problem("conflicting_retry")), "not of this address");
        assert!(!schema.is_valid(&problem("tired")), "no word of ours");
    }

    #[test]
    fn what_is_written_out_goes_before_what_stands_for_anything() {
        let path = |method, path| contract().operation(method, path).map(|operation| operation.path.as_str());
        assert_eq!(path("PUT", "/v1/agents/me/intent"), Some("/v1/agents/me/intent"));
        assert_eq!(path("PUT", "/v1/agents/ag_x/intent"), Some("/v1/agents/{id}/intent"));
        assert_eq!(path("GET", "/v1/conversations//events"), None);
    }
}
