//! Short notices. Refusals stay a little longer than good news.

use crate::components::icon::{Icon, Shape};
use crate::hooks::use_store;
use crate::state::{Action, Toast};
use crate::text;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// Time to read good news, ms.
const GOOD_MS: u32 = 4_000;
/// Time to read a refusal, ms.
const BAD_MS: u32 = 9_000;

/// All notices.
#[component]
pub fn Toasts() -> Html {
    let toasts = use_store().map(|store| store.toasts.clone()).unwrap_or_default();
    html! {
        <div class="toasts" role="status" aria-live="polite">
            for toast in toasts { <One key={toast.id} toast={toast.clone()} /> }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    toast: Toast,
}

#[component]
fn One(props: &Props) -> Html {
    let dispatch = use_store().map(|store| store.dispatcher());
    let hush = use_callback((props.toast.id, dispatch), |_: (), (id, dispatch)| {
        if let Some(dispatch) = dispatch {
            dispatch.dispatch(Action::Hush(*id));
        }
    });
    use_effect_with((), {
        let (hush, bad) = (hush.clone(), props.toast.bad);
        move |()| {
            let timeout = Timeout::new(if bad { BAD_MS } else { GOOD_MS }, move || hush.emit(()));
            move || drop(timeout)
        }
    });
    let bad = props.toast.bad;
    html! {
        <div class={classes!("toast", bad.then_some("bad"))}>
            <Icon shape={if bad { Shape::Warn } else { Shape::Check }} />
            <span>{ props.toast.text.clone() }</span>
            <button class="ghost" aria-label={text::DISMISS} onclick={move |_| hush.emit(())}>
                <Icon shape={Shape::Close} />
            </button>
        </div>
    }
}
