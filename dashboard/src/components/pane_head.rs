//! Over the conversation: who it is, where they are, who has them, and what can be done about it.

use crate::api::routing::Verb;
use crate::components::age::{Wait, When};
use crate::components::avatar::Avatar;
use crate::components::give::{Give, Way};
use crate::components::icon::{Icon, Shape};
use crate::components::menu::{Item, Menu};
use crate::components::row::{badges, is_after_hours, tags, visitor};
use crate::hooks::commands::Commands;
use crate::hooks::nav::Nav;
use crate::hooks::{Store, use_store};
use crate::route::{Chats, Tab};
use crate::state::Action;
use crate::state::standing::{Handle, Standing};
use crate::text::{self, desk};
use crate::web::focus;
use protocol::desk::QueueRow;
use protocol::{ConversationId, Email, HandoffId, Name, Priority, Stage};
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

/// What can be ordered from here, and what it needs.
#[derive(Clone)]
pub struct Orders {
    store: Store,
    nav: Nav,
    conversation: ConversationId,
    busy: UseStateHandle<bool>,
}

/// The orders about a conversation.
#[hook]
pub fn use_orders(conversation: &ConversationId) -> Option<Orders> {
    let busy = use_state_eq(|| false);
    let (store, nav) = (use_store(), use_context::<Nav>());
    Some(Orders { store: store?, nav: nav?, conversation: conversation.clone(), busy })
}

impl Orders {
    /// Whether one is under way.
    pub fn is_busy(&self) -> bool {
        *self.busy
    }

    /// Gives an order, and goes where its outcome is.
    pub fn give(&self, verb: Verb, handle: &Handle) {
        if *self.busy {
            return;
        }
        self.busy.set(true);
        let (busy, nav, conversation) = (self.busy.setter(), self.nav.clone(), self.conversation.clone());
        let done = move |carried_out: bool| {
            busy.set(false);
            match verb {
                _ if !carried_out => {}
                Verb::Claim | Verb::Accept | Verb::TakeOver => {
                    let chats = nav.chats().with(Tab::Active, conversation.clone());
                    // From another page, the back button leads back to it.
                    if nav.route.chats().is_some() { nav.swap(chats) } else { nav.go(chats) }
                }
                Verb::Resolve | Verb::Release => leave(&nav),
                Verb::Decline => focus::first(".head h2"),
            }
        };
        Commands::new(&self.store).order(verb, handle.clone(), done.into());
    }

    fn reopen(&self, handoff: &HandoffId) {
        self.busy.set(true);
        let (busy, nav, conversation) = (self.busy.setter(), self.nav.clone(), self.conversation.clone());
        let done = move |open: bool| {
            busy.set(false);
            if open {
                nav.swap(nav.chats().with(Tab::All, conversation.clone()));
            }
        };
        Commands::new(&self.store).reopen(handoff.clone(), done.into());
    }
}

/// Back to the list: the conversation is no longer ours.
fn leave(nav: &Nav) {
    nav.swap(nav.chats().alone());
    focus::first("[role=tab][aria-selected=true]");
}

/// The head.
#[component]
pub fn Head(props: &Props) -> Html {
    let giving = use_state_eq(|| None::<Way>);
    let Some(orders) = use_orders(&props.conversation) else { return Html::default() };
    let (store, nav) = (&orders.store, &orders.nav);
    let back = {
        let nav = nav.clone();
        move |_| nav.go(Chats { open: None, ..nav.chats() })
    };
    let details = {
        let store = store.clone();
        move |_| store.dispatch(Action::Details(!store.details))
    };
    let close = {
        let giving = giving.setter();
        Callback::from(move |()| giving.set(None))
    };
    html! {
        <header class="head">
            <button class="ghost back" aria-label={text::BACK_TO_LIST} title={text::BACK_TO_LIST} onclick={back}>
                <Icon shape={Shape::Back} />
            </button>
            { who(props, store) }
            <div class="head-do">{ buttons(&orders, props) }</div>
            <div class="head-tools">
                if props.row.is_some() {
                    <button type="button" class={classes!("ghost", store.details.then_some("on"))} onclick={details}
                        aria-label={desk::DETAILS} title={desk::DETAILS} aria-expanded={store.details.to_string()}>
                        <Icon shape={Shape::Info} />
                    </button>
                    <Menu label={desk::MORE} items={items(&orders, props, &giving)} />
                }
            </div>
            if let (Some(way), Some(row)) = (*giving, &props.row) {
                <Give row={row.clone()} {way} on_close={close} />
            }
        </header>
    }
}

fn who(props: &Props, store: &Store) -> Html {
    let (Some(row), Some(state)) = (&props.row, &store.desk) else {
        return html! { <div class="head-who"><div class="head-top"><h2>{ text::VISITOR }</h2></div></div> };
    };
    html! {
        <>
            <Avatar name={row.visitor_name.as_ref().map(|name| AttrValue::from(name.as_str().to_owned()))}
                seed={row.conversation.as_str().to_owned()} />
            <div class="head-who">
                <div class="head-top">
                    <h2 tabindex="-1">{ visitor(row) }</h2>
                    { badges(row, &state.me) }
                    { tags(row, state) }
                    if row.stage == Stage::Waiting { <Wait at={row.waits_since()} /> }
                    if let Some(at) = row.closed_at { <When {at} /> }
                </div>
                <div class="head-sub">
                    if let Some(email) = &row.email { { mail(email, &props.workspace, text_of(email)) } }
                    { page(row) }
                </div>
            </div>
        </>
    }
}

/// What most want to do with a conversation that stands like this.
fn buttons(orders: &Orders, props: &Props) -> Html {
    let busy = orders.is_busy();
    let press = |verb: Verb, handle: &Handle| {
        let (orders, handle) = (orders.clone(), handle.clone());
        move |_: MouseEvent| orders.give(verb, &handle)
    };
    match &props.standing {
        Standing::Waits(handle) => html! {
            <button class="primary" onclick={press(Verb::Claim, handle)} disabled={busy}>
                { if busy { text::PICKING_UP } else { text::PICK_UP } }
            </button>
        },
        Standing::Rings(handle) => html! {
            <>
                <button class="primary" onclick={press(Verb::Accept, handle)} disabled={busy}>
                    { if busy { desk::ACCEPTING } else { desk::ACCEPT } }
                </button>
                <button class="quiet" onclick={press(Verb::Decline, handle)} disabled={busy}>{ desk::DECLINE }</button>
            </>
        },
        Standing::Mine(handle) => html! {
            <button class="quiet resolve" onclick={press(Verb::Resolve, handle)} disabled={busy}>
                <Icon shape={Shape::Check} />{ if busy { text::RESOLVING } else { text::RESOLVE } }
            </button>
        },
        Standing::Over(handoff) => {
            let email = props.row.as_ref().filter(|row| is_after_hours(row)).and_then(|row| row.email.as_ref());
            let reopen = handoff.clone().map(|handoff| {
                let orders = orders.clone();
                move |_: MouseEvent| orders.reopen(&handoff)
            });
            html! {
                <>
                    if let Some(email) = email {
                        { mail(email, &props.workspace, html! { <><Icon shape={Shape::Mail} />{ text::REPLY_BY_EMAIL }</> }) }
                    }
                    if let Some(onclick) = reopen {
                        <button class="quiet" {onclick} disabled={busy}>
                            <Icon shape={Shape::Returned} />{ if busy { desk::REOPENING } else { desk::REOPEN } }
                        </button>
                    }
                </>
            }
        }
        Standing::RingsFor(..) | Standing::Theirs(..) | Standing::Unknown => Html::default(),
    }
}

/// What else can be done.
fn items(orders: &Orders, props: &Props, giving: &UseStateHandle<Option<Way>>) -> Vec<Item> {
    let mine = matches!(props.standing, Standing::Mine(_));
    let others = orders.store.is_admin() && !mine;
    let mut items = Vec::new();
    let mut add = |text, shape, checked, on| items.push(Item { text, shape, checked, on });
    let give = |way| {
        let giving = giving.setter();
        Callback::from(move |()| giving.set(Some(way)))
    };
    if let Some(handle) = props.standing.open() {
        let order = |verb| {
            let (orders, handle) = (orders.clone(), handle.clone());
            Callback::from(move |()| orders.give(verb, &handle))
        };
        if others {
            add(desk::TAKE_OVER, Shape::Down, None, order(Verb::TakeOver));
            add(desk::ASSIGN, Shape::Team, None, give(Way::Assign));
        }
        if mine || others {
            add(desk::TRANSFER, Shape::Pass, None, give(Way::Transfer));
        }
        if mine {
            add(desk::RELEASE, Shape::Returned, None, order(Verb::Release));
        }
    }
    if let Some(row) = &props.row {
        let vip = row.priority == Priority::Vip;
        let (commands, conversation) = (Commands::new(&orders.store), row.conversation.clone());
        let on = Callback::from(move |()| commands.set_vip(conversation.clone(), !vip));
        add(desk::VIP, Shape::Star, Some(vip), on);
    }
    items
}

/// An address as it is read.
pub fn text_of(email: &Email) -> Html {
    html! { { email.as_str() } }
}

/// An address to write to.
pub fn mail(email: &Email, workspace: &Name, inside: Html) -> Html {
    let subject = js_sys::encode_uri_component(&text::reply_subject(workspace.as_str()));
    // RFC 6068 wants the one `@` as it is; an address has no other.
    let address = String::from(js_sys::encode_uri_component(email.as_str())).replace("%40", "@");
    html! { <a class="mail" href={format!("mailto:{address}?subject={subject}")}>{ inside }</a> }
}

/// The visitor's page. Only web addresses become links: this text came from a browser that we do not know.
pub fn page(row: &QueueRow) -> Html {
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
