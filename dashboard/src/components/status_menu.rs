//! The agent at this browser: how they are, how they want to be, and the way out.

use crate::components::avatar::Avatar;
use crate::components::icon::{Icon, Shape};
use crate::components::sidebar::Team;
use crate::components::status_icon::StatusIcon;
use crate::hooks::commands::Commands;
use crate::hooks::use_store;
use crate::state::Link;
use crate::text;
use crate::web::focus;
use protocol::http::Me;
use protocol::{Intent, Status};
use std::rc::Rc;
use wasm_bindgen::JsCast;
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
    let card = store.me();
    let up = store.link == Link::Up;
    let status = card.filter(|_| up).map_or(Status::Offline, |card| card.status);
    let intent = card.map(|card| card.intent);

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
            "ArrowDown" => step(&event, 1),
            "ArrowUp" => step(&event, -1),
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
                    <StatusIcon {status} />
                </span>
                <span class="team-who">
                    <span class="team-name">{ name }</span>
                    <span class="sr">{ text::YOUR_STATUS }</span>
                    <span class="team-how">{ text::status(status) }</span>
                </span>
                <Icon shape={Shape::Chevron} />
            </button>
            if *open {
                <div class="menu-veil" onclick={shut}></div>
                <div class="menu">
                    <p class="menu-title" aria-hidden="true">{ text::YOUR_STATUS }</p>
                    <div role="menu" aria-label={text::YOUR_STATUS}>
                        for &choice in Intent::ALL { { option(choice, intent, &choose) } }
                        <hr />
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

fn option(choice: Intent, now: Option<Intent>, choose: &Callback<Intent>) -> Html {
    let chosen = now == Some(choice);
    html! {
        <button role="menuitemradio" tabindex="-1" aria-checked={chosen.to_string()} onclick={choose.reform(move |_| choice)}>
            <StatusIcon status={as_status(choice)} />
            { text::intent(choice) }
            if chosen { <span class="menu-tick"><Icon shape={Shape::Check} /></span> }
        </button>
    }
}

fn as_status(intent: Intent) -> Status {
    match intent {
        Intent::Available => Status::Available,
        Intent::Busy => Status::Busy,
        Intent::Away => Status::Away,
        Intent::InMeeting => Status::InMeeting,
        Intent::Break => Status::Break,
        Intent::DoNotDisturb => Status::DoNotDisturb,
    }
}

/// Moves the keyboard to the next or last item of the menu, around its ends.
fn step(event: &KeyboardEvent, by: i32) {
    let Some(menu) = event.target_dyn_into::<web_sys::Element>().and_then(|here| here.closest(".menu").ok()?) else {
        return;
    };
    let Ok(items) = menu.query_selector_all("[role^=menuitem]") else { return };
    let here = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    let count = items.length() as i32;
    let at = (0..count).find(|&n| items.item(n as u32) == here).unwrap_or(0);
    event.prevent_default();
    let next = items.item((at + by).rem_euclid(count.max(1)) as u32);
    if let Some(next) = next.and_then(|next| next.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = next.focus();
    }
}
