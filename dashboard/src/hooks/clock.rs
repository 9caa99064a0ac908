//! A clock that ticks on the screen. Only what shows an age hangs on it, so a tick draws little.

use crate::hooks::use_store;
use crate::web;
use gloo_timers::callback::Interval;
use protocol::Timestamp;
use yew::prelude::*;

/// This browser's time, as of the last tick.
#[derive(Clone, Copy, PartialEq)]
pub struct Tick(pub Timestamp);

/// Provides [`Tick`] to what is inside.
#[component]
pub fn Clock(props: &yew::html::ChildrenProps) -> Html {
    let tick = use_state_eq(|| Tick(web::now()));
    use_effect_with((), {
        let tick = tick.setter();
        move |()| {
            let interval = Interval::new(1000, move || tick.set(Tick(web::now())));
            move || drop(interval)
        }
    });
    html! { <ContextProvider<Tick> context={*tick}>{ props.children.clone() }</ContextProvider<Tick>> }
}

/// This browser's time; draws again every second.
#[hook]
pub fn use_now() -> Timestamp {
    use_context::<Tick>().map_or_else(web::now, |tick| tick.0)
}

/// The server's time as far as we know it; draws again every second.
#[hook]
pub fn use_server_now() -> Timestamp {
    let now = use_now();
    let ahead = use_store().map_or(0, |store| store.ahead_ms);
    Timestamp(now.0 + ahead)
}
