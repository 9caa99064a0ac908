//! Pending, Active, All, History: one is chosen; arrow keys move the choice.

use crate::hooks::nav::Nav;
use crate::route::{Chats, Tab};
use crate::text;
use crate::web::focus;
use yew::prelude::*;

/// Props of [`Tabs`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// How many rows each has, in the order of the screen; nothing where it is not known.
    pub counts: [Option<AttrValue>; 4],
    /// Chats of ours have unread messages.
    pub unread: bool,
}

/// The four tabs.
#[component]
pub fn Tabs(props: &Props) -> Html {
    let Some(nav) = use_context::<Nav>() else { return Html::default() };
    let now = nav.chats().tab;
    let onkeydown = {
        let nav = nav.clone();
        move |event: KeyboardEvent| {
            if let Some(tab) = target(&event.key(), now) {
                event.prevent_default();
                nav.swap(Chats { tab, ..nav.chats() });
                focus::first(&format!("#tab-{}", tab.slug()));
            }
        }
    };
    html! {
        <div class="tabs" role="tablist" aria-label={text::QUEUE} {onkeydown}>
            for (tab, count) in Tab::ALL.into_iter().zip(&props.counts) {
                { one(tab, count.clone(), props.unread && tab == Tab::Active, &nav) }
            }
        </div>
    }
}

fn one(tab: Tab, count: Option<AttrValue>, unread: bool, nav: &Nav) -> Html {
    let chosen = nav.chats().tab == tab;
    let nav = nav.clone();
    // The open conversation stays open beside another list.
    let onclick = move |_| nav.go(Chats { tab, ..nav.chats() });
    html! {
        <button id={format!("tab-{}", tab.slug())} role="tab" class={classes!("tab", tab.slug())} {onclick}
            aria-selected={chosen.to_string()} aria-controls="list" tabindex={if chosen { "0" } else { "-1" }}>
            { text::tab(tab) }
            if let Some(count) = count { <span class={classes!("count", (count != "0").then_some("some"), unread.then_some("unread"))}>{ count }</span> }
            if unread { <span class="sr">{ text::room::SOME_UNREAD }</span> }
        </button>
    }
}

fn target(key: &str, now: Tab) -> Option<Tab> {
    let at = Tab::ALL.iter().position(|&tab| tab == now)?;
    let last = Tab::ALL.len() - 1;
    let to = match key {
        "ArrowRight" => (at + 1) % (last + 1),
        "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(Tab::ALL[to])
}
