//! The pages to go to: beside the chats on a wide screen, under the thumb on a phone.

use crate::components::icon::{Icon, Shape};
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::{Live, Part, Route, Section};
use crate::state::queue::waiting;
use crate::text;
use yew::prelude::*;

/// Links to the pages.
#[component]
pub fn Pages() -> Html {
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let waiting = store.desk.as_ref().map_or(0, |desk| waiting(&desk.queue));
    let count = (waiting > 0 && nav.route.section() != Section::Chats).then_some(waiting);
    html! {
        <nav class="pages" aria-label={text::NAVIGATION}>
            <ul>
                { link(&nav, nav.chats().into(), text::CHATS, Shape::Chat, count) }
                { link(&nav, Route::Team, text::TEAM, Shape::Team, None) }
                if store.is_admin() {
                    { link(&nav, Route::Live(Live::default()), text::live::TITLE, Shape::Pulse, None) }
                    { link(&nav, Route::Settings(Part::Presence), text::settings::TITLE, Shape::Sliders, None) }
                }
            </ul>
        </nav>
    }
}

fn link(nav: &Nav, to: Route, name: &'static str, shape: Shape, count: Option<usize>) -> Html {
    let here = nav.route.section() == to.section();
    html! {
        <li>
            <a href={to.path()} class={classes!("page-link", here.then_some("here"))}
                aria-current={here.then_some("page")} onclick={nav.follow(to)}>
                <Icon {shape} /><span>{ name }</span>
                if let Some(count) = count {
                    <span class="count some">{ count }<span class="sr">{ format!(" {}", text::WAITING) }</span></span>
                }
            </a>
        </li>
    }
}
