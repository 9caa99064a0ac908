//! What an agent has begun to write, kept over reloads in `localStorage`: one key for each agent and conversation.

use protocol::{AgentId, ConversationId};
use web_sys::Storage;

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn key(agent: &AgentId, conversation: &ConversationId) -> String {
    format!("beckon.draft.{agent}.{conversation}")
}

/// What the agent had begun to write.
pub fn load(agent: &AgentId, conversation: &ConversationId) -> String {
    storage().and_then(|storage| storage.get_item(&key(agent, conversation)).ok()?).unwrap_or_default()
}

/// Keeps what the agent has begun to write.
pub fn save(agent: &AgentId, conversation: &ConversationId, text: &str) {
    let Some(storage) = storage() else { return };
    let key = key(agent, conversation);
    // Full or forbidden storage: a draft is lost with the page, and nothing else.
    let _ = if text.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, text) };
}
