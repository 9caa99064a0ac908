//! What has to be said over everything: that the desk does not hear of us, or that nobody can take chats.

use crate::components::icon::{Icon, Shape};
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::Route;
use crate::state::{Link, State, team};
use crate::{text, web};
use yew::prelude::*;

/// Lines over everything. Their places are always there, so that screen readers hear what comes and goes.
#[component]
pub fn Banner() -> Html {
    let Some(store) = use_store() else { return Html::default() };
    html! {
        <div class="banner-place">
            <div role="alert">{ lost(&store) }</div>
            <div role="status">{ uncovered(&store) }</div>
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

#[component]
fn TeamLink() -> Html {
    let Some(nav) = use_context::<Nav>().filter(|nav| nav.route != Route::Team) else { return Html::default() };
    html! { <a class="link" href={Route::Team.path()} onclick={nav.follow(Route::Team)}>{ text::team::SEE_TEAM }</a> }
}
