//! Chats that ring for the agent at this browser: over every page, until they are answered or the time is over.

use crate::api::routing::Verb;
use crate::components::avatar::Avatar;
use crate::components::icon::{Icon, Shape};
use crate::components::row::{last, page, tags, visitor};
use crate::hooks::clock::use_server_now;
use crate::hooks::commands::Commands;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::Tab;
use crate::state::queue::ringing;
use crate::state::standing::Handle;
use crate::text::desk;
use crate::web::focus;
use protocol::desk::{Offer, QueueRow};
use std::rc::Rc;
use yew::prelude::*;

/// The cards, the most urgent first.
#[component]
pub fn Ringing() -> Html {
    let now = use_server_now();
    let rows: Vec<QueueRow> = use_store()
        .and_then(|store| Some(ringing(store.desk.as_ref()?, now).into_iter().cloned().collect()))
        .unwrap_or_default();
    html! {
        <section class="rings" aria-label={desk::RINGING}>
            for row in &rows {
                <Card key={format!("{}-{}", row.handoff, row.epoch.0)} row={Rc::new(row.clone())} />
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    row: Rc<QueueRow>,
}

/// One of them. Keyed by its epoch: the next offer of the same chat is another card.
#[component]
fn Card(props: &Props) -> Html {
    let busy = use_state_eq(|| None::<Verb>);
    let now = use_server_now();
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let row = &props.row;
    let (Some(state), Some(offer)) = (&store.desk, &row.offer) else { return Html::default() };
    let answer = |verb: Verb| {
        let (commands, busy, nav, row) = (Commands::new(&store), busy.clone(), nav.clone(), row.clone());
        move |_| {
            if busy.is_some() {
                return;
            }
            busy.set(Some(verb));
            let (busy, nav, conversation) = (busy.setter(), nav.clone(), row.conversation.clone());
            let done = move |carried_out: bool| {
                busy.set(None);
                if carried_out && verb == Verb::Accept {
                    nav.go(nav.chats().with(Tab::Active, conversation.clone()));
                } else {
                    // The button that had the keyboard is gone.
                    focus::first(".ring .primary, h1");
                }
            };
            commands.order(verb, Handle::from(&*row), done.into());
        }
    };
    let name = visitor(row);
    let accepting = *busy == Some(Verb::Accept);
    html! {
        <article class="ring" aria-label={desk::of(desk::RINGS, &name)}>
            <p class="sr" role="alert">{ desk::rings(&name) }</p>
            <div class="ring-who">
                { countdown(offer, now) }
                <Avatar name={row.visitor_name.as_ref().map(|name| AttrValue::from(name.as_str().to_owned()))}
                    seed={row.conversation.as_str().to_owned()} />
                <div class="ring-text">
                    <p class="ring-top"><strong>{ name.clone() }</strong>{ tags(row, state) }</p>
                    <p class="ring-last">{ last(row, &store) }</p>
                    <p class="ring-page">{ page(row) }</p>
                </div>
            </div>
            <div class="ring-do">
                <button type="button" class="primary" onclick={answer(Verb::Accept)} aria-disabled={busy.is_some().to_string()}
                    aria-label={desk::of(desk::ACCEPT, &name)}>
                    <Icon shape={Shape::Check} />{ if accepting { desk::ACCEPTING } else { desk::ACCEPT } }
                </button>
                <button type="button" class="quiet" onclick={answer(Verb::Decline)} aria-disabled={busy.is_some().to_string()}
                    aria-label={desk::of(desk::DECLINE, &name)}>{ desk::DECLINE }</button>
            </div>
        </article>
    }
}

/// How much of the time is left: a ring that empties, and seconds.
fn countdown(offer: &Offer, now: protocol::Timestamp) -> Html {
    let whole = offer.until.since(offer.at).as_millis().max(1);
    let left = offer.until.since(now);
    // Of 100: the ring's length is set to that.
    let part = (left.as_millis() * 100 / whole).min(100);
    let seconds = left.as_millis().div_ceil(1_000) as u64;
    html! {
        <span class={classes!("countdown", (seconds <= 5).then_some("soon"))} role="timer" aria-live="off"
            title={desk::seconds_left(seconds)}>
            <svg viewBox="0 0 44 44" aria-hidden="true">
                <circle class="track" cx="22" cy="22" r="19" />
                <circle class="left" cx="22" cy="22" r="19" pathLength="100" stroke-dasharray={format!("{part} 100")} />
            </svg>
            <span aria-hidden="true">{ seconds }</span>
            <span class="sr">{ desk::seconds_left(seconds) }</span>
        </span>
    }
}

/// How many chats ring, for the browser tab's title.
#[hook]
pub fn use_ringing() -> usize {
    let now = crate::web::now();
    use_store().map_or(0, |store| {
        let now = protocol::Timestamp(now.0 + store.ahead_ms);
        store.desk.as_ref().map_or(0, |desk| ringing(desk, now).len())
    })
}
