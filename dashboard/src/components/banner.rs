//! Says when the desk does not hear of us.

use crate::components::icon::{Icon, Shape};
use crate::hooks::use_store;
use crate::state::Link;
use crate::{text, web};
use yew::prelude::*;

/// A line over everything while the desk's line is down. It fades in late: a blink is not worth a word.
#[component]
pub fn Banner() -> Html {
    let lost = use_store().and_then(|store| match store.link {
        Link::Lost(since) => Some(since),
        Link::Opening | Link::Up => None,
    });
    html! {
        <div class="banner-place" role="alert">
            if let Some(since) = lost {
                <p class="banner">
                    <Icon shape={Shape::Warn} />
                    { text::offline_since(web::local(since)) }
                </p>
            }
        </div>
    }
}
