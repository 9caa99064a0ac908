//! One handoff as a line of the list.

use crate::api::routing::Verb;
use crate::components::age::{Wait, When};
use crate::components::avatar::Avatar;
use crate::components::icon::{Icon, Shape};
use crate::hooks::commands::Commands;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::{Route, Tab};
use crate::state::queue::{is_mine, needs_reply, rings_for};
use crate::state::standing::Handle;
use crate::state::{Desk, State};
use crate::text;
use protocol::desk::QueueRow;
use protocol::{AgentId, CloseReason, Kind, Priority, Stage};
use yew::prelude::*;

/// More unread messages are not counted.
const MOST_UNREAD: usize = 99;

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

/// The line: a link to the conversation, and *Pick up* or *Accept* where we may.
#[component]
pub fn Row(props: &Props) -> Html {
    let busy = use_state_eq(|| false);
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let Some(desk) = &store.desk else { return Html::default() };
    let row = &props.row;
    let name = visitor(row);
    let to = Route::from(nav.chats().with(props.tab, row.conversation.clone()));
    let href = to.path();
    let onclick = nav.follow(to);
    let news = text::desk::news(row, |at| text::time::clock(crate::web::local(at)));
    let button = verb(row, &props.me).map(|verb| {
        let words = match verb {
            Verb::Accept if *busy => text::desk::ACCEPTING,
            Verb::Accept => text::desk::ACCEPT,
            _ if *busy => text::PICKING_UP,
            _ => text::PICK_UP,
        };
        let label = text::desk::of(if verb == Verb::Accept { text::desk::ACCEPT } else { text::PICK_UP }, &name);
        let onclick = take(verb, row, &busy, &Commands::new(&store), &nav);
        html! { <button class="primary small" {onclick} disabled={*busy} aria-label={label}>{ words }</button> }
    });
    html! {
        <li class={classes!("row", row.stage.as_str(), props.selected.then_some("selected"),
            button.is_some().then_some("has-do"), (row.stage != Stage::Closed && row.priority == Priority::Vip).then_some("vip"))}>
            <a {href} {onclick} aria-current={props.selected.then_some("true")}>
                <Avatar name={row.visitor_name.as_ref().map(|name| AttrValue::from(name.as_str().to_owned()))}
                    seed={row.conversation.as_str().to_owned()} />
                <span class="row-text">
                    <span class="row-top"><strong>{ name }</strong>{ time(row) }</span>
                    <span class={classes!("row-last", (store.unread(row) > 0).then_some("unread"))}>
                        <span>{ last(row, &store) }</span>
                        { mark(row, &store, &props.me) }
                    </span>
                    if row.stage != Stage::Closed && !news.is_empty() {
                        <span class="row-news" title={news.join(" · ")}><Icon shape={Shape::Info} /><span>{ news.join(" · ") }</span></span>
                    }
                    <span class="row-foot">{ stands(row, props) }{ tags(row, desk) }{ page(row) }</span>
                </span>
            </a>
            { button }
        </li>
    }
}

/// Where it stands. In *Pending* all wait: there it says only what is more than that.
fn stands(row: &QueueRow, props: &Props) -> Html {
    let waits = row.stage == Stage::Waiting && row.offer.is_none() && !row.returned;
    if props.tab == Tab::Pending && waits { Html::default() } else { badges(row, &props.me) }
}

/// What the button of a row does, if it has one: whoever is asked accepts, and nobody picks up what rings elsewhere.
pub fn verb(row: &QueueRow, me: &AgentId) -> Option<Verb> {
    match (row.stage, &row.offer) {
        (Stage::Waiting, Some(_)) => rings_for(row, me).then_some(Verb::Accept),
        (Stage::Waiting, None) => Some(Verb::Claim),
        (Stage::Active | Stage::Closed, _) => None,
    }
}

/// Takes a row by a press, and opens its conversation once it is ours.
fn take(
    verb: Verb,
    row: &QueueRow,
    busy: &UseStateHandle<bool>,
    commands: &Commands,
    nav: &Nav,
) -> Callback<MouseEvent> {
    let (commands, busy, nav) = (commands.clone(), busy.clone(), nav.clone());
    let (handle, conversation) = (Handle::from(row), row.conversation.clone());
    Callback::from(move |_| {
        busy.set(true);
        let (busy, nav, conversation) = (busy.setter(), nav.clone(), conversation.clone());
        let done = move |ours: bool| {
            busy.set(false);
            if ours {
                nav.go(nav.chats().with(Tab::Active, conversation.clone()));
            }
        };
        commands.order(verb, handle.clone(), done.into());
    })
}

/// The visitor's name, or the word for one without.
pub fn visitor(row: &QueueRow) -> String {
    row.visitor_name.as_ref().map_or(text::VISITOR, |name| name.as_str()).to_owned()
}

fn time(row: &QueueRow) -> Html {
    match row.stage {
        Stage::Waiting => html! { <Wait at={row.waits_since()} /> },
        Stage::Active => html! { <When at={row.last.as_ref().map_or(row.asked_at, |last| last.at)} /> },
        Stage::Closed => html! { <When at={row.closed_at.unwrap_or(row.asked_at)} /> },
    }
}

/// What was said last, and by whom.
pub fn last(row: &QueueRow, store: &State) -> Html {
    let Some(last) = &row.last else { return html! { { text::NO_MESSAGE_YET } } };
    let me = store.desk.as_ref().map(|desk| &desk.me);
    let who = match last.kind {
        Kind::Visitor | Kind::System => None,
        Kind::Agent if row.agent.as_ref().map(|agent| &agent.id) == me => Some(text::YOU),
        Kind::Agent => Some(row.agent.as_ref().map_or(text::TEAM, |agent| agent.name.as_str())),
        Kind::Assistant => Some(text::ASSISTANT),
        Kind::Note => Some(text::NOTE),
    };
    html! {
        <>
            { who.map(|who| format!("{who}: ")) }
            if last.text.is_empty() {
                <em>{ text::room::REMOVED }</em>
            } else {
                if store.last_is_file(row) { <Icon shape={Shape::Clip} /> }
                { last.text.clone() }
            }
        </>
    }
}

/// How much of ours is unread; else, whether the visitor waits for an answer.
fn mark(row: &QueueRow, store: &State, me: &AgentId) -> Html {
    let unread = store.unread(row);
    if unread > 0 {
        let words = text::room::unread(unread);
        let shown = if unread > MOST_UNREAD { format!("{MOST_UNREAD}+") } else { unread.to_string() };
        return html! { <b class="row-unread" title={words.clone()}><span aria-hidden="true">{ shown }</span><span class="sr">{ words }</span></b> };
    }
    if !needs_reply(row, me) {
        return Html::default();
    }
    html! { <i title={text::NEEDS_REPLY}><span class="sr">{ text::NEEDS_REPLY }</span></i> }
}

/// Where it stands, in words.
pub fn badges(row: &QueueRow, me: &AgentId) -> Html {
    let owner = row.agent.as_ref().map_or(text::ACTIVE, |agent| agent.name.as_str());
    match (row.stage, row.reason) {
        (Stage::Waiting, _) if row.offer.is_some() => rings(row, me),
        (Stage::Waiting, _) if row.returned => html! {
            <span class="badge warn"><Icon shape={Shape::Returned} />{ text::RETURNED }</span>
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

/// Who is being asked.
fn rings(row: &QueueRow, me: &AgentId) -> Html {
    let words = match &row.offer {
        Some(offer) if !rings_for(row, me) => text::desk::ringing(offer.agent.name.as_str()),
        Some(_) | None => text::desk::RINGS_YOU.to_owned(),
    };
    html! { <span class="badge rings-badge"><Icon shape={Shape::Bell} />{ words }</span> }
}

/// How urgent it is, if not as usual, and its department.
pub fn tags(row: &QueueRow, desk: &Desk) -> Html {
    let department = desk.department_of(row).map(|name| {
        html! { <span class="badge place" title={text::desk::DEPARTMENT}>{ name.to_owned() }</span> }
    });
    html! { <>{ urgency(row) }{ department }</> }
}

/// How urgent it is, if not as usual.
pub fn urgency(row: &QueueRow) -> Html {
    if row.priority == Priority::Normal {
        return Html::default();
    }
    html! {
        <span class={classes!("badge", row.priority.as_str())} title={text::desk::PRIORITY}>
            if row.priority == Priority::Vip { <Icon shape={Shape::Star} /> }
            { text::desk::priority(row.priority) }
        </span>
    }
}

/// Nobody was there, and the visitor left an address.
pub fn is_after_hours(row: &QueueRow) -> bool {
    row.email.is_some() && row.reason == Some(CloseReason::Missed)
}

fn by(row: &QueueRow) -> Html {
    html! { if let Some(agent) = &row.agent { <span class="row-by">{ agent.name.as_str() }</span> } }
}

/// Where the visitor asked.
pub fn page(row: &QueueRow) -> Html {
    let page = if row.page.title.is_empty() { &row.page.url } else { &row.page.title };
    html! {
        if !page.is_empty() {
            <span class="row-page" title={row.page.url.clone()}><Icon shape={Shape::Page} /><span>{ page.clone() }</span></span>
        }
    }
}
