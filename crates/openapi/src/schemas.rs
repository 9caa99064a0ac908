//! JSON Schemas of the protocol's types, as they stand in the document.

use protocol::room::WELCOME_MOST;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Map, Value};

/// How a type is made into a schema; a plain function, so that a table can hold it.
pub type Shape = fn(&mut SchemaGenerator) -> Schema;

/// The shape of a type: mostly a reference to its definition.
pub fn shape<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// An agent in an address.
pub fn agent_or_me(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [generator.subschema_for::<protocol::AgentId>(), { "const": "me" }] })
}

/// 0 or 1, as flags stand in addresses.
pub fn flag(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["0", "1"] })
}

/// How many items a page has at most.
pub fn limit(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 })
}

/// How many of the last messages.
pub fn latest(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": WELCOME_MOST })
}

/// The `rev` of a poll.
pub fn rev(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX })
}

/// The zone of a report.
pub fn offset_min(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": -840, "maximum": 840, "default": 0 })
}

/// What was defined for requests, and what for replies: a field with a default may be left out in one, and is always
/// there in the other. A type that is both is told as the reply that it is: whoever sends all of it is always right.
pub struct Schemas {
    /// For what the server reads.
    pub requests: SchemaGenerator,
    /// For what it writes.
    pub replies: SchemaGenerator,
}

impl Schemas {
    /// Nothing yet.
    pub fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        let requests = settings.clone().for_deserialize().into_generator();
        Self { requests, replies: settings.for_serialize().into_generator() }
    }

    /// Every definition by name. Panics in debug builds if a type looks different in requests and replies, but for what
    /// may be left out.
    pub fn finish(mut self) -> Map<String, Value> {
        let mut all = self.requests.take_definitions(true);
        for (name, schema) in self.replies.take_definitions(true) {
            let other = all.insert(name.clone(), schema.clone());
            debug_assert!(other.is_none_or(|other| whole(other) == whole(schema)), "{name} has two shapes");
        }
        all.values_mut().for_each(tidy);
        all
    }
}

/// The same, but for which fields must be there.
fn whole(mut schema: Value) -> Value {
    schema.as_object_mut().and_then(|fields| fields.remove("required"));
    schema
}

/// Descriptions without links into Rust, absent fields without `null` (what is absent is never written), and of the
/// formats of numbers only those that OpenAPI has.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get_mut("description") {
                *text = without_links(text);
            }
            if fields.get("format").is_some_and(|format| format == "uint32") {
                fields.insert("format".to_owned(), "int64".into());
            }
            without_null(fields);
            fields.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn without_null(fields: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = fields.get_mut("type") {
        types.retain(|name| name != "null");
        if let [one] = types.as_mut_slice() {
            let one = one.take();
            fields.insert("type".to_owned(), one);
        }
    }
    let Some(Value::Array(choices)) = fields.get_mut("anyOf") else { return };
    choices.retain(|choice| choice.get("type") != Some(&Value::from("null")));
    if let [Value::Object(one)] = choices.as_mut_slice() {
        let one = std::mem::take(one);
        fields.remove("anyOf");
        fields.extend(one);
    }
}

/// ``[`Name`](path)`` and ``[`Name`]`` become `` `Name` ``.
fn without_links(text: &str) -> String {
    let mut parts = text.split("[`");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("`]").unwrap_or((part, ""));
        let rest = rest.strip_prefix('(').and_then(|path| path.split_once(')')).map_or(rest, |(_, rest)| rest);
        out.push('`');
        out.push_str(name);
        out.push('`');
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_names() {
        let text = "With the [`Me`](crate::http::Me) and, (see [`Code::Taken`]) more.";
        assert_eq!(without_links(text), "With the `Me` and, (see `Code::Taken`) more.");
    }

    #[test]
    fn what_may_be_absent_is_not_null() {
        let mut schemas = Schemas::new();
        schemas.replies.subschema_for::<protocol::desk::QueueRow>();
        schemas.requests.subschema_for::<protocol::team::ChangeAgent>();
        let all = schemas.finish();
        assert_eq!(all["QueueRow"]["properties"]["picked_at"]["$ref"], "#/components/schemas/Timestamp");
        assert_eq!(all["ChangeAgent"]["properties"]["capacity"]["type"], "integer");
        assert!(!format!("{all:?}").contains("null"));
    }
}
