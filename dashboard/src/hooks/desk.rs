//! The line to the desk. While it is up, the agent is there for visitors.

use crate::api;
use crate::hooks::Store;
use crate::state::{Action, State};
use crate::web::socket::{News, Socket};
use crate::{json, web};
use protocol::AgentId;
use protocol::problem::Code;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

type Dispatch = UseReducerDispatcher<State>;

/// Holds the desk's socket for as long as `agent` is signed in, and lets it follow the tenant's rules.
#[hook]
pub fn use_desk(store: &Store, agent: Option<AgentId>) {
    let dispatch = store.dispatcher();
    let socket = use_mut_ref(|| None::<Socket>);
    use_effect_with(agent, {
        let socket = socket.clone();
        move |agent| {
            *socket.borrow_mut() =
                agent.as_ref().map(|_| Socket::dial("/v1/desk/socket", move |news| hear(&dispatch, news)));
            move || drop(socket.take())
        }
    });
    use_effect_with(store.desk.as_ref().map(|desk| desk.settings), move |rules| {
        if let (Some(socket), Some(rules)) = (&*socket.borrow(), rules) {
            socket.follow(rules);
        }
    });
}

fn hear(dispatch: &Dispatch, news: News) {
    match news {
        // Up is told by the welcome, not by an open socket that nobody speaks on.
        News::Up => {}
        News::Frame(text) => {
            // A frame of a later version, unknown here, is passed over.
            if let Some(frame) = json::frame(&text) {
                dispatch.dispatch(Action::Heard(frame, web::now()));
            }
        }
        News::Down { refused } => {
            dispatch.dispatch(Action::LinkLost(web::now()));
            if refused {
                ask_who_we_are(dispatch.clone());
            }
        }
        News::Ended => dispatch.dispatch(Action::SignedOut { ended: true }),
    }
}

/// A browser does not say why a socket was refused. It may be that the sign-in has ended.
fn ask_who_we_are(dispatch: Dispatch) {
    spawn_local(async move {
        if api::me().await.is_err_and(|problem| problem.code == Code::Unauthenticated) {
            dispatch.dispatch(Action::SignedOut { ended: true });
        }
    });
}
