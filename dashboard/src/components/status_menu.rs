//! The agent at this browser: how they are, how they want to be, and the way out.

use crate::components::avatar::Avatar;
use crate::components::icon::{Icon, Shape};
use crate::components::sidebar::Team;
use crate::components::status_icon::StatusIcon;
use crate::hooks::clock::use_server_now;
use crate::hooks::commands::Commands;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::Route;
use crate::state::look::{Look, as_status};
use crate::state::{Link, State};
use crate::web::focus;
use crate::{text, web};
use protocol::desk::AgentCard;
use protocol::http::Me;
use protocol::{Intent, Status, Timestamp};
use std::rc::Rc;
use std::time::Duration;
use yew::prelude::*;

/// Props of [`StatusMenu`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Who is here.
    pub me: Rc<Me>,
}

/// A button that opens the menu. Escape and clicks elsewhere close it.
#[component]
pub fn StatusMenu(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let button = use_node_ref();
    let Some(store) = use_store() else { return Html::default() };
    let commands = Commands::new(&store);
    let nav = use_context::<Nav>();
    let now = use_server_now();
    let card = store.me().filter(|_| store.link == Link::Up);
    let look = card.map_or(Look::Plain(Status::Offline), Look::of);
    let how = card.map_or_else(|| text::status(Status::Offline).to_owned(), |card| own_look(card, &store, now));

    use_effect_with(*open, |&open| {
        if open {
            focus::first(".menu [aria-checked=true], .menu button");
        }
    });
    let toggle = {
        let open = open.clone();
        move |_| open.set(!*open)
    };
    let onkeydown = {
        let (open, button) = (open.clone(), button.clone());
        move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" if *open => {
                open.set(false);
                focus::on(&button);
            }
            "ArrowDown" => focus::step(&event, ".menu", "[role^=menuitem]", 1),
            "ArrowUp" => focus::step(&event, ".menu", "[role^=menuitem]", -1),
            _ => {}
        }
    };
    let shut = {
        let open = open.clone();
        move |_: MouseEvent| open.set(false)
    };
    let choose = {
        let (open, button, commands) = (open.clone(), button.clone(), commands.clone());
        Callback::from(move |intent: Intent| {
            commands.intend(intent);
            open.set(false);
            focus::on(&button);
        })
    };
    let name = props.me.name.as_str().to_owned();
    html! {
        <div class="me" {onkeydown}>
            <button ref={button} class="me-button" onclick={toggle} aria-haspopup="menu" aria-expanded={open.to_string()}>
                <span class="face">
                    <Avatar name={name.clone()} seed={props.me.id.as_str().to_owned()} />
                    <StatusIcon {look} />
                </span>
                <span class="team-who">
                    <span class="team-name">{ name }</span>
                    <span class="sr">{ text::YOUR_STATUS }</span>
                    <span class="team-how">{ how.clone() }</span>
                </span>
                <Icon shape={Shape::Chevron} />
            </button>
            if *open {
                <div class="menu-veil" onclick={shut}></div>
                <div class="menu">
                    <p class="menu-title" aria-hidden="true">{ text::YOUR_STATUS }</p>
                    if matches!(look, Look::Idle | Look::Full) { <p class="menu-note">{ how }</p> }
                    <div role="menu" aria-label={text::YOUR_STATUS}>
                        for &choice in Intent::ALL { { option(choice, store.me(), now, &choose) } }
                        <hr />
                        { sign_ins(nav, &open) }
                        <button role="menuitem" tabindex="-1" onclick={move |_| commands.sign_out()}>
                            <Icon shape={Shape::Leave} />{ text::SIGN_OUT }
                            <span class="menu-mail">{ props.me.email.as_str() }</span>
                        </button>
                    </div>
                    <div class="menu-team"><hr /><Team /></div>
                </div>
            }
        </div>
    }
}

fn own_look(card: &AgentCard, store: &State, now: Timestamp) -> String {
    let after = store.desk.as_ref().map_or(0, |desk| desk.settings.idle_after_ms);
    text::team::own_look(card, Duration::from_millis(after.into()), now)
}

fn option(choice: Intent, card: Option<&AgentCard>, now: Timestamp, choose: &Callback<Intent>) -> Html {
    let chosen = card.filter(|card| card.intent == choice);
    html! {
        <button role="menuitemradio" tabindex="-1" aria-checked={chosen.is_some().to_string()}
            onclick={choose.reform(move |_| choice)}>
            <StatusIcon look={Look::Plain(as_status(choice))} />
            { text::intent(choice) }
            if let Some(card) = chosen {
                <span class="menu-since">{ text::team::since(web::local(card.since), web::local(now)) }</span>
                <span class="menu-tick"><Icon shape={Shape::Check} /></span>
            }
        </button>
    }
}

fn sign_ins(nav: Option<Nav>, open: &UseStateHandle<bool>) -> Html {
    let open = open.setter();
    let onclick = move |_| {
        open.set(false);
        nav.iter().for_each(|nav| nav.go(Route::SignIns));
    };
    html! { <button role="menuitem" tabindex="-1" {onclick}><Icon shape={Shape::Key} />{ text::account::TITLE }</button> }
}
