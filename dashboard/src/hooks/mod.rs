//! What components share: the store, the address, the clock, the lines, the commands, and what pages ask for.

pub mod clock;
pub mod commands;
pub mod desk;
pub mod fetch;
pub mod nav;
pub mod rooms;
pub mod task;

use crate::state::{Action, State};
use std::rc::Rc;
use yew::prelude::*;

/// The one store, by context.
pub type Store = UseReducerHandle<State>;

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new((*self).clone().after(action))
    }
}

/// The store. Every component stands below its provider.
#[hook]
pub fn use_store() -> Option<Store> {
    use_context::<Store>()
}
