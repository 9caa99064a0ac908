//! What the derived JSON Schemas leave to us.

use schemars::Schema;
use serde_json::Value;

/// Turns `oneOf` documented words into an `enum`, which is what generators of clients read; what each word means goes
/// into the description.
pub fn listed(schema: &mut Schema) {
    let Some(Value::Array(words)) = schema.remove("oneOf") else { return };
    let told = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let meanings = words.iter().map(|word| format!("- `{}`: {}", text(word, "const"), text(word, "description")));
    let description = [told.to_owned(), String::new()].into_iter().chain(meanings).collect::<Vec<_>>().join("\n");
    schema.insert("description".to_owned(), description.into());
    schema.insert("type".to_owned(), "string".into());
    schema.insert("enum".to_owned(), words.iter().map(|word| text(word, "const")).collect());
}

fn text<'a>(word: &'a Value, key: &str) -> &'a str {
    word.get(key).and_then(Value::as_str).unwrap_or_default()
}
