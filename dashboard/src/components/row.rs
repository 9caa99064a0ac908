//! One handoff as a line of the list.

use crate::components::age::{Wait, When};
use crate::components::avatar::Avatar;
use crate::components::icon::{Icon, Shape};
use crate::hooks::commands::Commands;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::{Chats, Route, Tab};
use crate::state::queue::{is_mine, needs_reply};
use crate::text;
use protocol::desk::QueueRow;
use protocol::{AgentId, CloseReason, Kind, Stage};
use yew::prelude::*;

/// Props of [`Row`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The handoff.
    pub row: QueueRow,
    /// Who is here.
    pub me: AgentId,
    /// The list it stands in.
    pub tab: Tab,
    /// Its conversation is open.
    pub selected: bool,
}

/// The line: a link to the conversation, and *Pick up* where it waits.
#[component]
pub fn Row(props: &Props) -> Html {
    let busy = use_state_eq(|| false);
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let row = &props.row;
    let name = visitor(row);
    let reply = needs_reply(row, &props.me);
    let to = Route::from(Chats::open(props.tab, row.conversation.clone()));
    let href = to.path();
    let onclick = nav.follow(to);
    let pick_up = {
        let (commands, busy) = (Commands::new(&store), busy.clone());
        let (handoff, epoch, conversation) = (row.handoff.clone(), row.epoch, row.conversation.clone());
        move |_| {
            busy.set(true);
            let (busy, nav, conversation) = (busy.setter(), nav.clone(), conversation.clone());
            let done = move |ours: bool| {
                busy.set(false);
                if ours {
                    nav.go(Chats::open(Tab::Active, conversation.clone()));
                }
            };
            commands.claim(handoff.clone(), epoch, done.into());
        }
    };
    html! {
        <li class={classes!("row", row.stage.as_str(), props.selected.then_some("selected"))}>
            <a {href} {onclick} aria-current={props.selected.then_some("true")}>
                <Avatar name={row.visitor_name.as_ref().map(|name| AttrValue::from(name.as_str().to_owned()))}
                    seed={row.conversation.as_str().to_owned()} />
                <span class="row-text">
                    <span class="row-top"><strong>{ name.clone() }</strong>{ time(row) }</span>
                    <span class={classes!("row-last", reply.then_some("unread"))}>
                        <span>{ last(row, &props.me) }</span>
                        if reply { <i title={text::NEEDS_REPLY}><span class="sr">{ text::NEEDS_REPLY }</span></i> }
                    </span>
                    <span class="row-foot">{ badges(row, &props.me) }{ page(row) }</span>
                </span>
            </a>
            if row.stage == Stage::Waiting {
                <button class="primary small" onclick={pick_up} disabled={*busy} aria-label={text::pick_up_of(&name)}>
                    { if *busy { text::PICKING_UP } else { text::PICK_UP } }
                </button>
            }
        </li>
    }
}

/// The visitor's name, or the word for one without.
pub fn visitor(row: &QueueRow) -> String {
    row.visitor_name.as_ref().map_or(text::VISITOR, |name| name.as_str()).to_owned()
}

fn time(row: &QueueRow) -> Html {
    match row.stage {
        Stage::Waiting => html! { <Wait at={row.asked_at} /> },
        Stage::Active => html! { <When at={row.last.as_ref().map_or(row.asked_at, |last| last.at)} /> },
        Stage::Closed => html! { <When at={row.closed_at.unwrap_or(row.asked_at)} /> },
    }
}

fn last(row: &QueueRow, me: &AgentId) -> String {
    let Some(last) = &row.last else { return text::NO_MESSAGE_YET.to_owned() };
    match last.kind {
        Kind::Visitor | Kind::System => last.text.clone(),
        Kind::Agent if row.agent.as_ref().is_some_and(|agent| &agent.id == me) => {
            format!("{}: {}", text::YOU, last.text)
        }
        Kind::Agent => format!("{}: {}", row.agent.as_ref().map_or(text::TEAM, |agent| agent.name.as_str()), last.text),
        Kind::Assistant => format!("{}: {}", text::ASSISTANT, last.text),
        Kind::Note => format!("{}: {}", text::NOTE, last.text),
    }
}

/// Where it stands, in words.
pub fn badges(row: &QueueRow, me: &AgentId) -> Html {
    let owner = row.agent.as_ref().map_or(text::ACTIVE, |agent| agent.name.as_str());
    match (row.stage, row.reason) {
        (Stage::Waiting, _) if row.returned => html! {
            <span class="badge warn" title={text::RETURNED_WHY}><Icon shape={Shape::Returned} />{ text::RETURNED }</span>
        },
        (Stage::Waiting, _) => html! { <span class="badge wait">{ text::WAITING }</span> },
        (Stage::Active, _) if is_mine(row, me) => html! { <span class="badge mine">{ text::YOU }</span> },
        (Stage::Active, _) => html! { <span class="badge">{ owner }</span> },
        (Stage::Closed, _) if is_after_hours(row) => html! {
            <span class="badge mail"><Icon shape={Shape::Mail} />{ text::AFTER_HOURS }</span>
        },
        (Stage::Closed, Some(CloseReason::Resolved)) => html! {
            <><span class="badge good">{ text::reason(CloseReason::Resolved) }</span>{ by(row) }</>
        },
        (Stage::Closed, Some(CloseReason::Missed)) => html! {
            <span class="badge warn">{ text::reason(CloseReason::Missed) }</span>
        },
        (Stage::Closed, reason) => html! {
            <><span class="badge">{ reason.map(text::reason) }</span>{ by(row) }</>
        },
    }
}

/// Nobody was there, and the visitor left an address.
pub fn is_after_hours(row: &QueueRow) -> bool {
    row.email.is_some() && row.reason == Some(CloseReason::Missed)
}

fn by(row: &QueueRow) -> Html {
    html! { if let Some(agent) = &row.agent { <span class="row-by">{ agent.name.as_str() }</span> } }
}

fn page(row: &QueueRow) -> Html {
    let page = if row.page.title.is_empty() { &row.page.url } else { &row.page.title };
    html! {
        if !page.is_empty() {
            <span class="row-page" title={row.page.url.clone()}><Icon shape={Shape::Page} /><span>{ page.clone() }</span></span>
        }
    }
}
