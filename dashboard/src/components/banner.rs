//! What has to be said over everything: that the desk does not hear of us, that a message was not sent, or that nobody can
//! take chats.

use crate::components::icon::{Icon, Shape};
use crate::components::unsent::unsent;
use crate::hooks::clock::use_server_now;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::{Live, Route};
use crate::state::{Link, State, live, team};
use crate::web::rooms::Rooms;
use crate::{text, web};
use protocol::Stage;
use std::time::Duration;
use yew::prelude::*;

/// Lines over everything. Their places are always there, so that screen readers hear what comes and goes.
#[component]
pub fn Banner() -> Html {
    let (store, nav, rooms) = (use_store(), use_context::<Nav>(), use_context::<Rooms>());
    let (Some(store), Some(nav), Some(rooms)) = (store, nav, rooms) else { return Html::default() };
    html! {
        <div class="banner-place">
            <div role="alert">{ lost(&store) }{ unsent(&store, &nav, &rooms) }</div>
            <div role="status">{ uncovered(&store) }<Late /></div>
        </div>
    }
}

/// While the desk's line is down. It fades in late: a blink is not worth a word.
fn lost(store: &State) -> Html {
    let Link::Lost(since) = store.link else { return Html::default() };
    html! {
        <p class="banner"><Icon shape={Shape::Warn} />{ text::offline_since(web::local(since)) }</p>
    }
}

/// For admins, while nobody in a department can take chats. While the line is down we would say what was.
fn uncovered(store: &State) -> Html {
    let departments = match &store.desk {
        Some(desk) if store.is_admin() && store.link == Link::Up => team::uncovered(&desk.departments),
        Some(_) | None => return Html::default(),
    };
    if departments.is_empty() {
        return Html::default();
    }
    html! {
        <p class="banner calm">
            <Icon shape={Shape::Team} />
            <span>{ text::team::nobody_in(&departments) }{ " " }<TeamLink /></span>
        </p>
    }
}

/// For admins, while somebody waits for too long. Its words keep up with the clock.
#[component]
fn Late() -> Html {
    let now = use_server_now();
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let Some(desk) = store.desk.as_ref().filter(|_| store.is_admin() && store.link == Link::Up) else {
        return Html::default();
    };
    let late: Vec<_> = live::late(desk).into_iter().map(|(name, since)| (name, round(now.since(since)))).collect();
    if late.is_empty() {
        return Html::default();
    }
    let to = Route::Live(Live { stage: Some(Stage::Waiting), ..Live::default() });
    html! {
        <p class="banner late">
            <Icon shape={Shape::Clock} />
            <span>
                { text::desk::late(&late) }
                if nav.route != to {
                    { " " }<a class="link" href={to.path()} onclick={nav.follow(to)}>{ text::live::SEE_LIVE }</a>
                }
            </span>
        </p>
    }
}

/// Down to tens of seconds: screen readers hear every change.
fn round(age: Duration) -> Duration {
    Duration::from_secs(age.as_secs() / 10 * 10)
}

#[component]
fn TeamLink() -> Html {
    let Some(nav) = use_context::<Nav>().filter(|nav| nav.route != Route::Team) else { return Html::default() };
    html! { <a class="link" href={Route::Team.path()} onclick={nav.follow(Route::Team)}>{ text::team::SEE_TEAM }</a> }
}
