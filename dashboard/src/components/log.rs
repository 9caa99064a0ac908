//! The transcript. It follows new messages only while its reader is at the bottom.

use crate::components::icon::{Icon, Shape};
use crate::hooks::clock::use_now;
use crate::state::thread::{Item, Thread, is_mine};
use crate::{text, web};
use client::link::{Delivery, Outgoing};
use protocol::room::Message;
use protocol::{AgentId, Body, ClientMsgId, Event, Kind, Timestamp};
use web_sys::HtmlElement;
use yew::prelude::*;

/// Nearer to the bottom than this, in pixels, is at the bottom.
const NEAR: i32 = 48;

/// Props of [`Log`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What was said.
    pub thread: Thread,
    /// Who is here.
    pub me: AgentId,
    /// The visitor's name.
    pub visitor: AttrValue,
    /// Nothing has come yet.
    pub loading: bool,
    /// Sends a failed message again.
    pub on_retry: Callback<ClientMsgId>,
    /// Gives a failed message up.
    pub on_discard: Callback<ClientMsgId>,
}

/// The transcript.
#[component]
pub fn Log(props: &Props) -> Html {
    let node = use_node_ref();
    let at_bottom = use_state_eq(|| true);
    let now = use_now();
    let thread = &props.thread;
    let typing = thread.typing;

    use_effect_with((thread.messages.len(), thread.sends.len(), typing), {
        let (node, at_bottom) = (node.clone(), *at_bottom);
        move |&(_, sends, _)| {
            // What we have just written ourselves is always shown.
            if at_bottom || sends > 0 {
                to_bottom(&node);
            }
        }
    });
    let onscroll = {
        let (node, at_bottom) = (node.clone(), at_bottom.clone());
        move |_| at_bottom.set(is_at_bottom(&node))
    };
    let down = {
        let node = node.clone();
        move |_| to_bottom(&node)
    };
    let today = web::local(now);
    let newest = thread.messages.values().next_back();
    let arrived = thread.sends.is_empty() && newest.is_some_and(|message| is_mine(message, &props.me));
    let items = thread.items(|at| web::local(at).day_number);
    html! {
        <div class="log-place">
            <div ref={node} class="log" role="log" tabindex="0" {onscroll} aria-busy={props.loading.to_string()}
                aria-label={format!("{}: {}", text::CONVERSATION, props.visitor)}>
                if props.loading {
                    <p class="log-note">{ text::CONNECTING }</p>
                } else if items.is_empty() && thread.sends.is_empty() {
                    <p class="log-note">{ text::NO_MESSAGES }</p>
                }
                for item in &items { { line(item, props, today) } }
                if arrived { <p key="sent" class="said-state sent"><Icon shape={Shape::Check} />{ text::SENT }</p> }
                for send in &thread.sends { { sending(send, props) } }
                if typing { { typing_line(&props.visitor) } }
            </div>
            if !*at_bottom {
                <button class="to-bottom" onclick={down}><Icon shape={Shape::Down} />{ text::NEW_MESSAGES }</button>
            }
        </div>
    }
}

fn line(item: &Item, props: &Props, today: crate::when::LocalTime) -> Html {
    match item {
        Item::Day(at) => html! {
            <p key={format!("day-{}", at.0)} class="day"><span>{ text::time::day(web::local(*at), today) }</span></p>
        },
        Item::Live(seq) => html! {
            <p key={format!("live-{}", seq.0)} class="live" role="separator" aria-label={text::LIVE}><span>{ text::LIVE }</span></p>
        },
        Item::Event(message, event) => told(message, *event),
        Item::Said { message, first } => said(message, *first, props),
    }
}

fn told(message: &Message, event: Event) -> Html {
    let agent = message.agent.as_ref().map(|agent| agent.name.as_str());
    html! {
        <p key={message.seq.0} class="event">{ text::event(event, agent) }<span>{ clock(message.at) }</span></p>
    }
}

fn said(message: &Message, first: bool, props: &Props) -> Html {
    let (side, who) = match message.kind {
        Kind::Visitor => ("theirs", props.visitor.to_string()),
        Kind::Agent if is_mine(message, &props.me) => ("ours mine", text::YOU.to_owned()),
        Kind::Agent => ("ours", message.agent.as_ref().map_or(text::TEAM, |agent| agent.name.as_str()).to_owned()),
        Kind::Assistant => ("ours assistant", text::ASSISTANT.to_owned()),
        Kind::Note | Kind::System => ("ours note", text::NOTE.to_owned()),
    };
    html! {
        <div key={message.seq.0} class={classes!("said", side, first.then_some("first"))}>
            if first {
                <p class="said-who"><span>{ who }</span><time>{ clock(message.at) }</time></p>
            } else {
                <span class="sr">{ who }</span>
            }
            <p class="bubble" title={clock(message.at)}>{ message.body.as_ref().map(Body::as_str) }</p>
        </div>
    }
}

fn sending(send: &Outgoing, props: &Props) -> Html {
    let (how, failed) = match send.delivery {
        Delivery::Sending => ("underway", None),
        Delivery::Sent(_) => ("arrived", None),
        Delivery::Failed(code) => ("failed", Some(code)),
    };
    let (again, away) = (send.id.clone(), send.id.clone());
    html! {
        <div key={send.id.as_str()} class={classes!("said", "ours", "mine", "first", how)}>
            <p class="bubble">{ send.body.as_str() }</p>
            if let Some(code) = failed {
                <p class="said-state" role="alert">
                    <Icon shape={Shape::Warn} />{ text::refusal(code) }
                    <button class="link" onclick={props.on_retry.reform(move |_| again.clone())}>{ text::RETRY }</button>
                    <button class="link" onclick={props.on_discard.reform(move |_| away.clone())}>{ text::DISCARD }</button>
                </p>
            } else {
                <p class="said-state">{ if how == "arrived" { text::SENT } else { text::SENDING } }</p>
            }
        </div>
    }
}

fn typing_line(visitor: &str) -> Html {
    html! {
        <div key="typing" class="said theirs first typing">
            <p class="bubble"><i></i><i></i><i></i><span class="sr">{ text::is_typing(visitor) }</span></p>
        </div>
    }
}

fn clock(at: Timestamp) -> String {
    text::time::clock(web::local(at))
}

fn to_bottom(node: &NodeRef) {
    if let Some(log) = node.cast::<HtmlElement>() {
        log.set_scroll_top(log.scroll_height());
    }
}

fn is_at_bottom(node: &NodeRef) -> bool {
    node.cast::<HtmlElement>().is_none_or(|log| log.scroll_height() - log.scroll_top() - log.client_height() < NEAR)
}
