//! A status as a small picture. Each has its own shape, so that it reads without colour. Words stand beside it.

use crate::state::look::Look;
use protocol::Status;
use yew::prelude::*;

/// Props of [`StatusIcon`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What to show.
    pub look: Look,
}

/// The picture.
#[component]
pub fn StatusIcon(props: &Props) -> Html {
    let (class, sign) = match props.look.status() {
        Some(status) => (status.as_str(), sign(status)),
        // An arrow that goes round.
        None => ("reconnecting", "M11.2 6.1A3.8 3.8 0 1 0 11.8 8.5M11.7 3.9v2.4H9.3"),
    };
    html! {
        <svg class={classes!("dot", class)} viewBox="0 0 16 16" focusable="false" aria-hidden="true">
            <circle class="disc" cx="8" cy="8" r="7" />
            <path class="sign" d={sign} />
        </svg>
    }
}

fn sign(status: Status) -> &'static str {
    match status {
        Status::Available => "M4.8 8.3l2.2 2.2 4.2-4.7",
        Status::Busy => "M8 4.3v4.2m0 2.7v.1",
        Status::Away => "M8 4.3V8l2.7 1.7",
        Status::InMeeting => "M5 10.8c.4-1.6 1.6-2.4 3-2.4s2.6.8 3 2.4M8 7.2a1.3 1.3 0 1 0 0-2.6 1.3 1.3 0 0 0 0 2.6",
        Status::Break => "M5 6h5v3a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2zm5 .7h.5a1.2 1.2 0 0 1 0 2.4H10",
        Status::DoNotDisturb => "M4.8 8h6.4",
        Status::Offline => "",
    }
}
