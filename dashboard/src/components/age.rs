//! Times on the screen. Only these draw again when the clock ticks.

use crate::hooks::clock::{use_now, use_server_now};
use crate::{text, web};
use protocol::Timestamp;
use std::time::Duration;
use yew::prelude::*;

/// Waiting longer than this is shown as long.
const LONG: Duration = Duration::from_secs(60);
/// Waiting longer than this is shown as too long.
const TOO_LONG: Duration = Duration::from_secs(180);

/// Props of [`Wait`], [`When`] and [`Since`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// By the server's clock.
    pub at: Timestamp,
    /// Nobody has to hurry, however long it is.
    #[prop_or_default]
    pub calm: bool,
}

/// How long somebody has been waiting, ticking.
#[component]
pub fn Wait(props: &Props) -> Html {
    let age = use_server_now().since(props.at);
    let heat = match age {
        _ if props.calm => "fresh",
        age if age >= TOO_LONG => "hot",
        age if age >= LONG => "warm",
        _ => "fresh",
    };
    html! { <span class={classes!("wait", heat)} role="timer" aria-live="off">{ text::time::wait(age) }</span> }
}

/// When something was: the time today, the day before.
#[component]
pub fn When(props: &Props) -> Html {
    let now = web::local(use_now());
    let local = web::local(props.at);
    let whole = format!("{} {}", text::time::day(local, now), text::time::clock(local));
    html! { <time class="when" title={whole}>{ text::time::brief(local, now) }</time> }
}

/// When something was, with the time on every day.
#[component]
pub fn Since(props: &Props) -> Html {
    let now = web::local(use_now());
    html! { <time>{ text::time::since(web::local(props.at), now) }</time> }
}
