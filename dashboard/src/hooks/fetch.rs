//! What a page asks the server for, and how far the answer is.

use crate::api::Reply;
use crate::hooks::{Store, use_store};
use crate::state::Action;
use protocol::problem::{Code, Problem};
use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// An answer on its way. Asking again keeps the last one on the screen.
#[derive(Debug, PartialEq)]
pub struct Fetch<T> {
    /// The last answer.
    pub here: Option<Rc<T>>,
    /// Why the last try failed.
    pub failed: Option<Problem>,
}

/// An answer, and the way to ask again.
pub struct Fetched<T: 'static> {
    /// As far as it is.
    pub state: UseStateHandle<Fetch<T>>,
    /// Asks again.
    pub again: Callback<()>,
}

/// Asks when the component appears, whenever `by` changes, and when told to.
#[hook]
pub fn use_fetch<T, By, Ask, Answer>(by: By, ask: Ask) -> Fetched<T>
where
    T: 'static,
    By: PartialEq + Clone + 'static,
    Ask: Fn(By) -> Answer + 'static,
    Answer: Future<Output = Reply<T>> + 'static,
{
    let state = use_state(|| Fetch { here: None, failed: None });
    let round = use_state(|| 0u32);
    let store = use_store();
    use_effect_with((by, *round), {
        let state = state.clone();
        move |(by, _)| {
            // An answer that comes after another question has been asked is dropped.
            let wanted = Rc::new(Cell::new(true));
            let (answer, asking, last) = (ask(by.clone()), wanted.clone(), state.here.clone());
            spawn_local(async move {
                let reply = answer.await;
                if asking.get() {
                    match reply {
                        Ok(here) => state.set(Fetch { here: Some(Rc::new(here)), failed: None }),
                        Err(problem) if sign_out_if_ended(store.as_ref(), &problem) => {}
                        Err(problem) => state.set(Fetch { here: last, failed: Some(problem) }),
                    }
                }
            });
            move || wanted.set(false)
        }
    });
    let again = use_callback(round, |(), round| round.set(**round + 1));
    Fetched { state, again }
}

/// Whether the answer means that nobody is signed in here any more; then the door is shown.
pub fn sign_out_if_ended(store: Option<&Store>, problem: &Problem) -> bool {
    let ended = problem.code == Code::Unauthenticated;
    if let Some(store) = store.filter(|_| ended) {
        store.dispatch(Action::SignedOut { ended });
    }
    ended
}
