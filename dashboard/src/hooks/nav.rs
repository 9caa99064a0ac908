//! The address bar as state.

use crate::route::{Chats, Route, Tab, Which};
use crate::web;
use gloo_events::EventListener;
use yew::prelude::*;

/// Where we are, and how to go elsewhere.
#[derive(Clone, PartialEq)]
pub struct Nav {
    /// Here.
    pub route: Route,
    /// What the list of chats leaves out, there or elsewhere.
    pub which: Which,
    /// Somebody has gone from one place to another since the page was loaded.
    pub moved: bool,
    go: Callback<(Route, bool)>,
}

impl Nav {
    /// Goes there; the back button leads back.
    pub fn go(&self, route: impl Into<Route>) {
        self.go.emit((route.into(), false));
    }

    /// Goes there instead of here.
    pub fn swap(&self, route: impl Into<Route>) {
        self.go.emit((route.into(), true));
    }

    /// The chats as they are shown, or as they would be.
    pub fn chats(&self) -> Chats {
        let would = || Chats { which: self.which.clone(), ..Chats::tab(Tab::Pending) };
        self.route.chats().cloned().unwrap_or_else(would)
    }

    /// What a link does when it is clicked: goes there, unless the click was meant for the browser.
    pub fn follow(&self, route: Route) -> Callback<MouseEvent> {
        let nav = self.clone();
        Callback::from(move |event: MouseEvent| {
            // Anything but a plain click is the browser's: a new tab, a new window.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0) {
                event.prevent_default();
                nav.go(route.clone());
            }
        })
    }
}

/// Follows the address bar.
#[hook]
pub fn use_nav() -> Nav {
    let place = use_state_eq(|| (Route::parse(&web::path()), false));
    use_effect_with((), {
        let place = place.setter();
        move |()| {
            let back = move |_: &web_sys::Event| place.set((Route::parse(&web::path()), true));
            let listener = web_sys::window().map(|window| EventListener::new(&window, "popstate", back));
            move || drop(listener)
        }
    });
    let go = use_callback(place.setter(), |(to, replace): (Route, bool), place| {
        web::set_path(&to.path(), replace);
        place.set((to, true));
    });
    let (route, moved) = (*place).clone();
    let which = use_mut_ref(Which::default);
    if let Some(chats) = route.chats() {
        *which.borrow_mut() = chats.which.clone();
    }
    let which = which.borrow().clone();
    Nav { route, which, moved, go }
}
