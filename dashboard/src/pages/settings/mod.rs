//! The workspace's rules, for admins: a page for each part of them.

mod audit;
mod conversations;
mod department_form;
mod departments;
mod presence;
mod widgets;

use crate::components::page::Page;
use crate::components::trouble::{loading, not_for_you};
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::{Part, Route};
use crate::text::settings;
use audit::Audit;
use conversations::Conversations;
use departments::Departments;
use presence::Presence;
use widgets::Widgets;
use yew::prelude::*;

/// Props of [`Settings`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Which part.
    pub part: Part,
}

/// The page.
#[component]
pub fn Settings(props: &Props) -> Html {
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let body = match &store.desk {
        _ if !store.is_admin() => not_for_you(),
        None => loading(),
        Some(desk) => html! {
            <>
                { parts(&nav, props.part) }
                {
                    match props.part {
                        Part::Presence => html! { <Presence rules={desk.settings} /> },
                        Part::Departments => html! { <Departments known={desk.departments.clone()} /> },
                        Part::Conversations => html! { <Conversations /> },
                        Part::Audit => html! { <Audit /> },
                        Part::Widgets => html! { <Widgets known={desk.departments.clone()} /> },
                    }
                }
            </>
        },
    };
    html! { <Page title={settings::TITLE} lead={settings::LEAD} slim=true>{ body }</Page> }
}

fn parts(nav: &Nav, now: Part) -> Html {
    html! {
        <nav class="parts" aria-label={settings::PARTS}>
            for part in Part::ALL {
                <a href={part.path()} class={classes!("part", (part == now).then_some("here"))}
                    aria-current={(part == now).then_some("page")} onclick={nav.follow(Route::Settings(part))}>
                    { settings::part(part) }
                </a>
            }
        </nav>
    }
}
