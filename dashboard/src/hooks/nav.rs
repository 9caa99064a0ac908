//! The address bar as state.

use crate::route::Route;
use crate::web;
use gloo_events::EventListener;
use yew::prelude::*;

/// Where we are, and how to go elsewhere.
#[derive(Clone, PartialEq)]
pub struct Nav {
    /// Here.
    pub route: Route,
    go: Callback<(Route, bool)>,
}

impl Nav {
    /// Goes there; the back button leads back.
    pub fn go(&self, route: Route) {
        self.go.emit((route, false));
    }

    /// Goes there instead of here.
    pub fn swap(&self, route: Route) {
        self.go.emit((route, true));
    }
}

/// Follows the address bar.
#[hook]
pub fn use_nav() -> Nav {
    let route = use_state_eq(|| Route::parse(&web::path()));
    use_effect_with((), {
        let route = route.setter();
        move |()| {
            let back = move |_: &web_sys::Event| route.set(Route::parse(&web::path()));
            let listener = web_sys::window().map(|window| EventListener::new(&window, "popstate", back));
            move || drop(listener)
        }
    });
    let go = use_callback(route.setter(), |(to, replace): (Route, bool), route| {
        web::set_path(&to.path(), replace);
        route.set(to);
    });
    Nav { route: (*route).clone(), go }
}
