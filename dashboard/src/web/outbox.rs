//! Messages that no room has acknowledged, and drafts, kept over reloads in `localStorage`. One key for each agent
//! and conversation, so that two tabs with two conversations never write over each other.

use protocol::http::SendRequest;
use protocol::{AgentId, ConversationId, tree};
use web_sys::Storage;

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn outbox_key(agent: &AgentId, conversation: &str) -> String {
    format!("beckon.outbox.{agent}.{conversation}")
}

fn draft_key(agent: &AgentId, conversation: &ConversationId) -> String {
    format!("beckon.draft.{agent}.{conversation}")
}

/// What is not acknowledged, oldest first.
pub fn load(agent: &AgentId, conversation: &ConversationId) -> Vec<SendRequest> {
    let text = storage().and_then(|storage| storage.get_item(&outbox_key(agent, conversation.as_str())).ok()?);
    text.and_then(|text| tree::read(&text).ok()).unwrap_or_default()
}

/// Replaces what is not acknowledged.
pub fn save(agent: &AgentId, conversation: &ConversationId, sends: &[SendRequest]) {
    let key = outbox_key(agent, conversation.as_str());
    let text = serde_json::to_string(sends).unwrap_or_default();
    put(&key, if sends.is_empty() { "" } else { &text });
}

/// Conversations with something in the outbox.
pub fn conversations(agent: &AgentId) -> Vec<ConversationId> {
    let Some(storage) = storage() else { return Vec::new() };
    let prefix = outbox_key(agent, "");
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|n| storage.key(n).ok().flatten());
    keys.filter_map(|key| ConversationId::parse(key.strip_prefix(&prefix)?).ok()).collect()
}

/// What the agent had begun to write.
pub fn draft(agent: &AgentId, conversation: &ConversationId) -> String {
    storage().and_then(|storage| storage.get_item(&draft_key(agent, conversation)).ok()?).unwrap_or_default()
}

/// Keeps what the agent has begun to write.
pub fn save_draft(agent: &AgentId, conversation: &ConversationId, text: &str) {
    put(&draft_key(agent, conversation), text);
}

fn put(key: &str, text: &str) {
    let Some(storage) = storage() else { return };
    // Full or forbidden storage: the message still goes out, it only does not survive a reload.
    let _ = if text.is_empty() { storage.remove_item(key) } else { storage.set_item(key, text) };
}
