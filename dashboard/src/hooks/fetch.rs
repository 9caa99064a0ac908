//! What a page asks the server for, and how far the answer is.

use crate::api::Reply;
use crate::hooks::{Store, use_store};
use crate::state::Action;
use protocol::problem::{Code, Problem};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// An answer on its way. Asking again keeps the last one on the screen.
#[derive(Debug, PartialEq)]
pub struct Fetch<T: ?Sized> {
    /// The last answer.
    pub here: Option<Rc<T>>,
    /// Why the last try failed.
    pub failed: Option<Problem>,
}

/// An answer, and the way to ask again.
pub struct Fetched<T> {
    /// As far as it is.
    pub state: Fetch<T>,
    /// Asks again.
    pub again: Callback<()>,
}

/// An answer of any type.
type Any = Rc<dyn std::any::Any>;
/// A question under way.
type Asking = Pin<Box<dyn Future<Output = Reply<Any>>>>;

/// Asks when the component appears, whenever `by` changes, and when told to.
#[hook]
pub fn use_fetch<T, By, Ask, Answer>(by: By, ask: Ask) -> Fetched<T>
where
    T: 'static,
    By: PartialEq + Clone + 'static,
    Ask: Fn(By) -> Answer + 'static,
    Answer: Future<Output = Reply<T>> + 'static,
{
    let last = use_mut_ref(|| (by.clone(), 0u32));
    let question = {
        let mut last = last.borrow_mut();
        if last.0 != by {
            *last = (by.clone(), last.1 + 1);
        }
        last.1
    };
    let ask = move || -> Asking {
        let answer = ask(by);
        Box::pin(async move { Ok(Rc::new(answer.await?) as Any) })
    };
    let (state, again) = use_asked(question, Box::new(ask));
    let here = state.here.clone().and_then(|here| here.downcast::<T>().ok());
    Fetched { state: Fetch { here, failed: state.failed.clone() }, again }
}

/// What of this is the same for every type: asks when `question` is another number.
#[hook]
fn use_asked(question: u32, ask: Box<dyn FnOnce() -> Asking>) -> (Rc<Fetch<dyn std::any::Any>>, Callback<()>) {
    let state = use_state(|| Rc::new(Fetch { here: None, failed: None }));
    let round = use_state(|| 0u32);
    let store = use_store();
    use_effect_with((question, *round), {
        let state = state.clone();
        move |_| {
            // An answer that comes after another question has been asked is dropped.
            let wanted = Rc::new(Cell::new(true));
            let (answer, asking, last) = (ask(), wanted.clone(), state.here.clone());
            spawn_local(async move {
                let reply = answer.await;
                if asking.get() {
                    match reply {
                        Ok(here) => state.set(Rc::new(Fetch { here: Some(here), failed: None })),
                        Err(problem) if sign_out_if_ended(store.as_ref(), &problem) => {}
                        Err(problem) => state.set(Rc::new(Fetch { here: last, failed: Some(problem) })),
                    }
                }
            });
            move || wanted.set(false)
        }
    });
    let again = use_callback(round, |(), round| round.set(**round + 1));
    ((*state).clone(), again)
}

/// Whether the answer means that nobody is signed in here any more; then the door is shown.
pub fn sign_out_if_ended(store: Option<&Store>, problem: &Problem) -> bool {
    let ended = problem.code == Code::Unauthenticated;
    if let Some(store) = store.filter(|_| ended) {
        store.dispatch(Action::SignedOut { ended });
    }
    ended
}
