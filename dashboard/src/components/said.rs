//! One message of the transcript.

use crate::components::attachment::Attachment;
use crate::components::icon::{Icon, Shape};
use crate::components::tick::tick;
use crate::state::thread::{Reached, can_redact, is_mine};
use crate::text::{self, room};
use crate::web;
use protocol::room::Message;
use protocol::{AgentId, Body, ConversationId, Kind, Seq};
use std::rc::Rc;
use yew::prelude::*;

/// Props of [`Said`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Where.
    pub conversation: ConversationId,
    /// It.
    pub message: Rc<Message>,
    /// Whether the name and time stand above it.
    pub first: bool,
    /// Who is here.
    pub me: AgentId,
    /// The visitor's name.
    pub visitor: AttrValue,
    /// How far it has come, if the team wrote it.
    pub reached: Option<Reached>,
    /// That stands under it in a word, too.
    pub in_words: bool,
    /// What it says may be taken away from here. One of all such buttons is reached by the tab key, the others by arrows.
    pub remove: Option<bool>,
    /// Hears that it shall be.
    pub on_remove: Callback<Seq>,
}

/// The message.
#[component]
pub fn Said(props: &Props) -> Html {
    let message = &props.message;
    let (side, who) = side(message, props);
    let time = text::time::clock(web::local(message.at));
    html! {
        <div class={classes!("said", side, props.first.then_some("first"))} data-seq={message.seq.0.to_string()}>
            if props.first {
                <p class="said-who"><span>{ who }</span><time>{ time.clone() }</time></p>
            } else {
                <span class="sr">{ who }</span>
            }
            <div class="said-line">
                { what(message, &props.conversation, time) }
                { remove(props) }
                { props.reached.filter(|_| !message.is_redacted()).map(tick) }
            </div>
            if let Some(reached) = props.reached.filter(|_| props.in_words) {
                <p class="said-state">{ room::reached(reached) }</p>
            }
        </div>
    }
}

fn side(message: &Message, props: &Props) -> (&'static str, String) {
    match message.kind {
        Kind::Visitor => ("theirs", props.visitor.to_string()),
        Kind::Agent if is_mine(message, &props.me) => ("ours mine", text::YOU.to_owned()),
        Kind::Agent => ("ours", message.agent.as_ref().map_or(text::TEAM, |agent| agent.name.as_str()).to_owned()),
        Kind::Assistant => ("ours assistant", text::ASSISTANT.to_owned()),
        Kind::Note | Kind::System => ("ours note", text::NOTE.to_owned()),
    }
}

fn what(message: &Message, conversation: &ConversationId, time: String) -> Html {
    match &message.file {
        _ if message.is_redacted() => html! { <p class="bubble removed" title={time}>{ room::REMOVED }</p> },
        Some(file) => html! { <Attachment conversation={conversation.clone()} file={file.clone()} /> },
        None => html! { <p class="bubble" title={time}>{ message.body.as_ref().map(Body::as_str) }</p> },
    }
}

/// Shows itself when the message is pointed at, or has the keyboard.
fn remove(props: &Props) -> Html {
    let Some(by_tab) = props.remove.filter(|_| can_redact(&props.message)) else { return Html::default() };
    let seq = props.message.seq;
    let onclick = props.on_remove.reform(move |_: MouseEvent| seq);
    html! {
        <button type="button" class="ghost said-remove" {onclick} tabindex={if by_tab { "0" } else { "-1" }}
            aria-label={room::REMOVE} title={room::REMOVE}>
            <Icon shape={Shape::Trash} />
        </button>
    }
}
