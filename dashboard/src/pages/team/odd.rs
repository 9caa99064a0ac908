//! Whom an admin should look at: available for suspiciously long, or gone with open chats.

use crate::api;
use crate::components::icon::{Icon, Shape};
use crate::hooks::clock::use_server_now;
use crate::hooks::fetch::use_fetch;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::Route;
use crate::state::State;
use crate::text;
use protocol::Timestamp;
use protocol::team::Odd;
use yew::prelude::*;

/// Between two looks, ms.
const LOOK_EVERY_MS: i64 = 60_000;

/// The list; nothing while all is well, and nothing when it cannot be had: it is a hint, not a page.
#[component]
pub fn WorthALook() -> Html {
    let now = use_server_now();
    let presence = use_fetch(now.0 / LOOK_EVERY_MS, |_| api::team::presence());
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let odd = presence.state.here.as_ref().map(|presence| presence.odd.as_slice()).unwrap_or_default();
    if odd.is_empty() {
        return Html::default();
    }
    html! {
        <section class="notice warn" aria-labelledby="odd-title">
            <Icon shape={Shape::Eye} />
            <div>
                <h2 id="odd-title">{ text::team::ODD }</h2>
                <ul>
                    for one in odd { { line(one, &store, &nav, now) } }
                </ul>
            </div>
        </section>
    }
}

fn line(odd: &Odd, store: &State, nav: &Nav, now: Timestamp) -> Html {
    let to = Route::Agent(odd.agent.clone());
    let name = store.name_of(&odd.agent).unwrap_or(text::team::FORMER);
    html! {
        <li>
            { text::team::odd(odd.why, name, now.since(odd.since)) }{ " " }
            <a class="link" href={to.path()} onclick={nav.follow(to)}>{ text::team::manage(name) }</a>
        </li>
    }
}
