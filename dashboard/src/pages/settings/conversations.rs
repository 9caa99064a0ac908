//! How long chats live.

use crate::api;
use crate::components::span_field::{SpanField, span_field, use_span};
use crate::components::trouble::{Failed, Refused, loading};
use crate::hooks::fetch::use_fetch;
use crate::hooks::task::{Task, use_task};
use crate::state::routing::{Life, WrongLife, settings};
use crate::text::{self, routing};
use protocol::routing::ConversationSettings;
use yew::prelude::*;

/// The part, with what the server has.
#[component]
pub fn Conversations() -> Html {
    let fetched = use_fetch((), |()| api::routing::conversations());
    let body = match (&fetched.state.here, &fetched.state.failed) {
        (_, Some(problem)) => html! { <Failed problem={problem.clone()} again={fetched.again.clone()} /> },
        (Some(here), None) => html! { <Form settings={**here} again={fetched.again.clone()} /> },
        (None, None) => loading(),
    };
    html! {
        <section class="block" aria-labelledby="chats-title">
            <h2 id="chats-title">{ routing::CHATS }</h2>
            <p class="block-lead">{ routing::CHATS_LEAD }</p>
            { body }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    settings: ConversationSettings,
    again: Callback<()>,
}

#[component]
fn Form(props: &Props) -> Html {
    let [expire, warn, idle] = Life::ALL.map(|life| life.of(&props.settings));
    let fields = [use_span(expire), use_span(warn), use_span(idle)];
    let task = use_task();
    let onsubmit = {
        let (fields, task, again) = (fields.clone(), task.clone(), props.again.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            save(&fields, &task, &again);
        }
    };
    html! {
        <form class="form rules" {onsubmit} novalidate=true>
            for (life, field) in Life::ALL.into_iter().zip(&fields) {
                { span_field(field, life.slug(), routing::life(life), routing::life_hint(life), life.may_be_never()) }
            }
            <Refused task={task.clone()} />
            <button class="primary" aria-disabled={task.is_busy().to_string()}>
                { if task.is_busy() { text::SAVING } else { text::SAVE } }
            </button>
        </form>
    }
}

fn save(fields: &[SpanField; 3], task: &Task, again: &Callback<()>) {
    match settings(&fields.each_ref().map(SpanField::value)) {
        Ok(settings) => {
            let (say, again) = (task.clone(), again.clone());
            let order = async move { api::routing::change_conversations(&settings).await };
            task.run(order, move |_| {
                say.say(routing::CHATS_SAVED.to_owned());
                again.emit(());
            });
        }
        Err(wrong) => {
            let life = match wrong {
                WrongLife::Range(life) => life,
                WrongLife::WarnedTooEarly => Life::Warn,
            };
            let at = Life::ALL.iter().position(|&known| known == life).unwrap_or(0);
            fields[at].number.refuse(routing::wrong_life(wrong));
        }
    }
}
