//! Choosing a status for somebody else.

use crate::api;
use crate::components::icon::{Icon, Shape};
use crate::components::status_icon::StatusIcon;
use crate::components::trouble::Refused;
use crate::hooks::clock::use_server_now;
use crate::hooks::task::use_task;
use crate::hooks::use_store;
use crate::state::Action;
use crate::state::look::{Look, as_status};
use crate::text::{self, team};
use crate::web;
use protocol::Intent;
use protocol::desk::AgentCard;
use yew::prelude::*;

/// Props of [`SetIntent`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// For whom.
    pub card: AgentCard,
}

/// A button for each status; the chosen one is pressed.
#[component]
pub fn SetIntent(props: &Props) -> Html {
    let (task, store) = (use_task(), use_store());
    let now = use_server_now();
    let choose = {
        let (task, id) = (task.clone(), props.card.id.clone());
        Callback::from(move |intent: Intent| {
            let (id, store) = (id.clone(), store.clone());
            task.run(async move { api::team::intend_for(&id, intent).await }, move |card: AgentCard| {
                store.iter().for_each(|store| store.dispatch(Action::Agent(card.clone())));
            });
        })
    };
    let since = team::since(web::local(props.card.since), web::local(now));
    html! {
        <section class="block" aria-labelledby="intent-title">
            <h2 id="intent-title">{ team::SET_STATUS }</h2>
            <p class="block-lead">{ team::SET_STATUS_LEAD }</p>
            <div class="intents" role="group" aria-labelledby="intent-title">
                for &intent in Intent::ALL { { option(intent, props.card.intent == intent, &since, &choose) } }
            </div>
            <Refused task={task.clone()} />
        </section>
    }
}

fn option(intent: Intent, chosen: bool, since: &str, choose: &Callback<Intent>) -> Html {
    html! {
        <button type="button" class="intent" aria-pressed={chosen.to_string()} onclick={choose.reform(move |_| intent)}>
            <StatusIcon look={Look::Plain(as_status(intent))} />
            <span>{ text::intent(intent) }</span>
            if chosen { <small>{ since.to_owned() }</small><Icon shape={Shape::Check} /> }
        </button>
    }
}
