//! A status as a small picture. Each has its own shape, so that it reads without colour.

use crate::text;
use protocol::Status;
use yew::prelude::*;

/// Props of [`StatusIcon`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What to show.
    pub status: Status,
    /// Spoken too, where no words stand beside it.
    #[prop_or_default]
    pub alone: bool,
}

/// The picture.
#[component]
pub fn StatusIcon(props: &Props) -> Html {
    let label = props.alone.then(|| text::status(props.status));
    html! {
        <svg class={classes!("dot", props.status.as_str())} viewBox="0 0 16 16" focusable="false"
            role={props.alone.then_some("img")} aria-label={label}
            aria-hidden={(!props.alone).then_some("true")}>
            <circle class="disc" cx="8" cy="8" r="7" />
            <path class="sign" d={sign(props.status)} />
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
