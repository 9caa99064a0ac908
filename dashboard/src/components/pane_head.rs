//! Over the conversation: who it is, where they are, who has them, and what can be done about it.

use crate::components::age::{Wait, When};
use crate::components::avatar::Avatar;
use crate::components::icon::{Icon, Shape};
use crate::components::row::{badges, is_after_hours, visitor};
use crate::hooks::commands::Commands;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::{Chats, Tab};
use crate::state::standing::{Handle, Standing};
use crate::text;
use crate::web::focus;
use protocol::desk::QueueRow;
use protocol::{ConversationId, Email, Name, Stage};
use yew::prelude::*;

/// Props of [`Head`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The conversation.
    pub conversation: ConversationId,
    /// What the desk knows of it.
    pub row: Option<QueueRow>,
    /// How it stands.
    pub standing: Standing,
    /// For the subject of an answer by e-mail.
    pub workspace: Name,
}

/// The head.
#[component]
pub fn Head(props: &Props) -> Html {
    let busy = use_state_eq(|| false);
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let commands = Commands::new(&store);
    let tab = nav.chats().tab;
    let back = {
        let nav = nav.clone();
        move |_| nav.go(Chats::tab(tab))
    };
    let action = match &props.standing {
        Standing::Waits(Handle { handoff, epoch }) => {
            let (handoff, epoch, nav) = (handoff.clone(), *epoch, nav.clone());
            let conversation = props.conversation.clone();
            let onclick = begin(&busy, move |free| {
                let (nav, conversation) = (nav.clone(), conversation.clone());
                let done = move |ours: bool| {
                    free.emit(());
                    if ours {
                        nav.swap(Chats::open(Tab::Active, conversation.clone()));
                    }
                };
                commands.claim(handoff.clone(), epoch, done.into());
            });
            html! {
                <button class="primary" {onclick} disabled={*busy}>
                    { if *busy { text::PICKING_UP } else { text::PICK_UP } }
                </button>
            }
        }
        Standing::Mine(Handle { handoff, epoch }) => {
            let (handoff, epoch, nav) = (handoff.clone(), *epoch, nav.clone());
            let onclick = begin(&busy, move |free| {
                let nav = nav.clone();
                let done = move |over: bool| {
                    free.emit(());
                    if over {
                        nav.swap(Chats::tab(tab));
                        focus::first("[role=tab][aria-selected=true]");
                    }
                };
                commands.resolve(handoff.clone(), epoch, done.into());
            });
            html! {
                <button class="quiet resolve" {onclick} disabled={*busy}>
                    <Icon shape={Shape::Check} />{ if *busy { text::RESOLVING } else { text::RESOLVE } }
                </button>
            }
        }
        Standing::Theirs(_) | Standing::Over | Standing::Unknown => Html::default(),
    };
    let me = store.desk.as_ref().map(|desk| &desk.me);
    html! {
        <header class="head">
            <button class="ghost back" aria-label={text::BACK_TO_LIST} title={text::BACK_TO_LIST} onclick={back}>
                <Icon shape={Shape::Back} />
            </button>
            if let (Some(row), Some(me)) = (&props.row, me) {
                <Avatar name={row.visitor_name.as_ref().map(|name| AttrValue::from(name.as_str().to_owned()))}
                    seed={row.conversation.as_str().to_owned()} />
                <div class="head-who">
                    <div class="head-top">
                        <h2>{ visitor(row) }</h2>
                        { badges(row, me) }
                        if row.stage == Stage::Waiting { <Wait at={row.asked_at} /> }
                        if let Some(at) = row.closed_at { <When {at} /> }
                    </div>
                    <div class="head-sub">
                        if let Some(email) = &row.email { { mail(email, &props.workspace, text_of(email)) } }
                        { page(row) }
                    </div>
                </div>
            } else {
                <div class="head-who"><div class="head-top"><h2>{ text::VISITOR }</h2></div></div>
            }
            <div class="head-do">
                { action }
                if let Some(email) = props.row.as_ref().filter(|row| is_after_hours(row)).and_then(|row| row.email.as_ref()) {
                    { mail(email, &props.workspace, html! { <><Icon shape={Shape::Mail} />{ text::REPLY_BY_EMAIL }</> }) }
                }
            </div>
        </header>
    }
}

/// Marks the button busy, runs the order, and hands it the way to free the button again.
fn begin(busy: &UseStateHandle<bool>, order: impl Fn(Callback<()>) + 'static) -> Callback<MouseEvent> {
    let busy = busy.clone();
    Callback::from(move |_| {
        busy.set(true);
        let free = busy.setter();
        order(Callback::from(move |()| free.set(false)));
    })
}

fn text_of(email: &Email) -> Html {
    html! { { email.as_str() } }
}

fn mail(email: &Email, workspace: &Name, inside: Html) -> Html {
    let subject = js_sys::encode_uri_component(&text::reply_subject(workspace.as_str()));
    // RFC 6068 wants the one `@` as it is; an address has no other.
    let address = String::from(js_sys::encode_uri_component(email.as_str())).replace("%40", "@");
    html! { <a class="mail" href={format!("mailto:{address}?subject={subject}")}>{ inside }</a> }
}

/// The visitor's page. Only web addresses become links: this text came from a browser that we do not know.
fn page(row: &QueueRow) -> Html {
    let url = row.page.url.clone();
    let title = if row.page.title.is_empty() { url.clone() } else { row.page.title.clone() };
    let label = html! { <><Icon shape={Shape::Page} /><span class="sr">{ text::OPENED_ON }</span><span class="page-title">{ title }</span></> };
    if url.starts_with("https://") || url.starts_with("http://") {
        let tip = format!("{url} ({})", text::NEW_TAB);
        html! { <a class="page" href={url} target="_blank" rel="noopener noreferrer" title={tip}>{ label }<Icon shape={Shape::Out} /></a> }
    } else if row.page.title.is_empty() {
        Html::default()
    } else {
        html! { <span class="page">{ label }</span> }
    }
}
