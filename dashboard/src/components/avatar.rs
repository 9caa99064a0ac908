//! A face for people without pictures: initials on a colour of their own.

use crate::text;
use yew::prelude::*;

/// Colours to choose from, as in the style sheet.
const HUES: u32 = 6;

/// Props of [`Avatar`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Gives the initials; nameless people get a silhouette.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// Gives the colour: the same for the same person.
    pub seed: AttrValue,
}

/// The face.
#[component]
pub fn Avatar(props: &Props) -> Html {
    let hue =
        format!("hue-{}", props.seed.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte)) % HUES);
    let initials = props.name.as_deref().map(text::initials);
    html! {
        <span class={classes!("avatar", hue)} aria-hidden="true">
            if let Some(initials) = initials { { initials } }
            else {
                <svg class="icon" viewBox="0 0 20 20">
                    <path d="M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zm-6 6.500c.6-3 3-4.500 6-4.500s5.400 1.500 6 4.500" />
                </svg>
            }
        </span>
    }
}
