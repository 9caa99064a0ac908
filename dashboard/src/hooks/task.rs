//! One order that a form or a button gives: under way, refused, or done.

use crate::api::Reply;
use crate::hooks::fetch::sign_out_if_ended;
use crate::hooks::{Store, use_store};
use crate::state::Action;
use protocol::problem::Problem;
use std::future::Future;
use std::pin::Pin;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// How far the order is.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// Not given, or done.
    Idle,
    /// On its way.
    Busy,
    /// Refused.
    Refused(Problem),
}

/// An order under way; its answer is what is to be done with it.
type Order = Pin<Box<dyn Future<Output = Reply<Box<dyn FnOnce()>>>>>;

/// Gives one order at a time.
#[derive(Clone, PartialEq)]
pub struct Task {
    progress: UseStateHandle<Progress>,
    store: Option<Store>,
}

impl Task {
    /// Whether an order is on its way.
    pub fn is_busy(&self) -> bool {
        *self.progress == Progress::Busy
    }

    /// Why the last order was refused.
    pub fn refused(&self) -> Option<&Problem> {
        match &*self.progress {
            Progress::Refused(problem) => Some(problem),
            Progress::Idle | Progress::Busy => None,
        }
    }

    /// Gives the order; `done` hears the answer if it was carried out.
    pub fn run<T: 'static>(&self, order: impl Future<Output = Reply<T>> + 'static, done: impl FnOnce(T) + 'static) {
        if !self.is_busy() {
            self.start(Box::pin(async move {
                let answer = order.await?;
                Ok(Box::new(move || done(answer)) as Box<dyn FnOnce()>)
            }));
        }
    }

    /// Not generic, because each order would bring all of it again.
    fn start(&self, order: Order) {
        let (progress, store) = (self.progress.setter(), self.store.clone());
        progress.set(Progress::Busy);
        spawn_local(async move {
            match order.await {
                Ok(done) => {
                    progress.set(Progress::Idle);
                    done();
                }
                Err(problem) if sign_out_if_ended(store.as_ref(), &problem) => {}
                Err(problem) => progress.set(Progress::Refused(problem)),
            }
        });
    }

    /// Tells good news at the edge of the screen.
    pub fn say(&self, text: String) {
        if let Some(store) = &self.store {
            store.dispatch(Action::Say { bad: false, text });
        }
    }
}

/// A task of this component.
#[hook]
pub fn use_task() -> Task {
    Task { progress: use_state(|| Progress::Idle), store: use_store() }
}
