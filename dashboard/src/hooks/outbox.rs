//! Sends what was left behind: messages of conversations that are not open any more.

use crate::api;
use crate::state::Link;
use crate::web::outbox;
use protocol::problem::Code;
use protocol::{AgentId, ConversationId};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Drains the outboxes of all conversations but the `open` one, whose own line does that.
#[hook]
pub fn use_left_behind(agent: AgentId, open: Option<ConversationId>, link: Link) {
    use_effect_with((agent, open, link == Link::Up), |(agent, open, up)| {
        if *up {
            let left = outbox::conversations(agent).into_iter().filter(|known| Some(known) != open.as_ref());
            left.for_each(|conversation| spawn_local(drain(agent.clone(), conversation)));
        }
    });
}

/// In order, one by one: the first that fails keeps its place and stops those behind it.
async fn drain(agent: AgentId, conversation: ConversationId) {
    for message in outbox::load(&agent, &conversation) {
        let done = match api::send(&conversation, &message).await {
            Ok(_) => true,
            // Its conversation is gone; nobody will ever open it and see the message.
            Err(problem) => problem.code == Code::NotFound,
        };
        if !done {
            return;
        }
        // Read again: the conversation may have been opened, and written to, meanwhile.
        let mut left = outbox::load(&agent, &conversation);
        left.retain(|known| known.id != message.id);
        outbox::save(&agent, &conversation, &left);
    }
}
