//! The frame of every page but the chats.

use crate::components::heading::Heading;
use yew::prelude::*;

/// Props of [`Page`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Its heading.
    pub title: AttrValue,
    /// One sentence under it.
    #[prop_or_default]
    pub lead: Option<AttrValue>,
    /// Before the heading.
    #[prop_or_default]
    pub before: Html,
    /// Buttons beside the heading.
    #[prop_or_default]
    pub actions: Html,
    /// Needs less room than a table does.
    #[prop_or_default]
    pub slim: bool,
    /// The rest.
    pub children: Html,
}

/// The frame.
#[component]
pub fn Page(props: &Props) -> Html {
    html! {
        <main id="page" class="sheet" tabindex="-1">
            <div class={classes!("page-in", props.slim.then_some("slim"))}>
                <header class="page-head">
                    { props.before.clone() }
                    <div class="page-title-box">
                        <Heading class="page-heading">{ props.title.clone() }</Heading>
                        if let Some(lead) = &props.lead { <p class="page-lead">{ lead.clone() }</p> }
                    </div>
                    <div class="page-do">{ props.actions.clone() }</div>
                </header>
                { props.children.clone() }
            </div>
        </main>
    }
}
