//! A page's heading. Who comes from another page finds the keyboard there, and a screen reader reads it.

use crate::hooks::nav::Nav;
use crate::web::focus;
use yew::prelude::*;

/// Props of [`Heading`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// To refer to it.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// How it looks.
    #[prop_or_default]
    pub class: Classes,
    /// Its text.
    pub children: Html,
}

/// The heading; one on each page.
#[component]
pub fn Heading(props: &Props) -> Html {
    let heading = use_node_ref();
    let moved = use_context::<Nav>().is_some_and(|nav| nav.moved);
    use_effect_with((), {
        let heading = heading.clone();
        move |()| {
            if moved {
                focus::on(&heading);
            }
        }
    });
    html! {
        <h1 ref={heading} id={props.id.clone()} class={props.class.clone()} tabindex="-1">{ props.children.clone() }</h1>
    }
}
