//! The root: who is here decides what is shown.

use crate::api;
use crate::components::toasts::Toasts;
use crate::hooks::Store;
use crate::pages::desk::DeskPage;
use crate::pages::sign_in::SignIn;
use crate::state::{Action, Session, State};
use crate::text;
use gloo_timers::future::TimeoutFuture;
use protocol::problem::Code;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Between two tries to learn who we are, ms.
const ASK_AGAIN_MS: u32 = 3_000;

/// The dashboard.
#[component]
pub fn App() -> Html {
    let store: Store = use_reducer(State::new);
    use_effect_with((), {
        let dispatch = store.dispatcher();
        move |()| spawn_local(restore(dispatch))
    });
    let page = match &store.session {
        Session::Checking { unreachable } => splash(*unreachable),
        Session::Out { ended } => html! { <SignIn ended={*ended} /> },
        Session::In(me) => html! { <DeskPage key={me.id.as_str()} me={me.clone()} /> },
    };
    html! {
        <ContextProvider<Store> context={store.clone()}>
            { page }
            <Toasts />
        </ContextProvider<Store>>
    }
}

/// Asks until there is an answer: a network that is down says nothing about the sign-in.
async fn restore(dispatch: UseReducerDispatcher<State>) {
    loop {
        match api::me().await {
            Ok(me) => return dispatch.dispatch(Action::SignedIn(me)),
            Err(problem) if problem.code == Code::Unauthenticated => {
                return dispatch.dispatch(Action::SignedOut { ended: false });
            }
            Err(_) => dispatch.dispatch(Action::Unreachable),
        }
        TimeoutFuture::new(ASK_AGAIN_MS).await;
    }
}

/// The same picture as in `index.html`, so that nothing jumps.
fn splash(unreachable: bool) -> Html {
    html! {
        <div class="splash" role="status">
            <span class="splash-mark"></span>
            if unreachable {
                <p>{ text::UNREACHABLE }</p>
            } else {
                <span class="sr">{ text::STARTING }</span>
            }
        </div>
    }
}
