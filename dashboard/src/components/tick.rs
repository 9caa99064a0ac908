//! How far a message of ours has come: a clock, one tick, two, two in colour.

use crate::components::icon::{Icon, Shape};
use crate::state::thread::Reached;
use crate::text::room;
use yew::prelude::*;

/// Beside a message.
pub fn tick(reached: Reached) -> Html {
    let shape = match reached {
        Reached::Sending => Shape::Clock,
        Reached::Sent => Shape::Check,
        Reached::Delivered | Reached::Read => Shape::Ticks,
    };
    let words = room::reached(reached);
    html! {
        <span class={classes!("reach", (reached == Reached::Read).then_some("read"))} role="img" aria-label={words} title={words}>
            <Icon {shape} />
        </span>
    }
}
