//! How an agent is, in words that keep up with the clock.

use crate::hooks::clock::use_server_now;
use crate::state::look::is_gone;
use crate::{text, web};
use protocol::Status;
use protocol::desk::AgentCard;
use yew::prelude::*;

/// Props of [`How`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Of whom.
    pub card: AgentCard,
    /// When they were last seen stands elsewhere.
    #[prop_or_default]
    pub brief: bool,
}

/// The words. `last seen 5 min ago` means offline to who knows that; others hear it.
#[component]
pub fn How(props: &Props) -> Html {
    let now = use_server_now();
    let offline = text::status(Status::Offline);
    match (is_gone(&props.card), props.brief) {
        (true, true) => html! { { offline } },
        (true, false) => {
            html! { <><span class="sr">{ offline }{ ", " }</span>{ text::team::how(&props.card, now) }</> }
        }
        (false, _) => html! { { text::team::how(&props.card, now) } },
    }
}

/// When an agent was last there: now, some time ago, or never.
#[component]
pub fn LastSeen(props: &Props) -> Html {
    let now = use_server_now();
    if !is_gone(&props.card) {
        return html! { { text::team::NOW } };
    }
    let exact = props.card.seen_at.map(|at| text::time::moment(web::local(at), web::local(now)));
    html! { <span title={exact}>{ text::team::last_seen_in_table(&props.card, now) }</span> }
}
