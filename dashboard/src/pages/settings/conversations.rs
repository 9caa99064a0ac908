//! How long chats live, and what may be sent in them.

use crate::api;
use crate::components::field::{Field, Input, use_field};
use crate::components::span_field::{SpanField, span_field, use_span};
use crate::components::trouble::{Failed, Refused, loading};
use crate::hooks::fetch::use_fetch;
use crate::hooks::task::use_task;
use crate::hooks::use_store;
use crate::state::Action;
use crate::state::files::{FileDraft, TooLarge};
use crate::state::routing::{Life, WrongLife, lives};
use crate::text::{self, routing};
use protocol::file::FileSettings;
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

/// What stands in the form.
#[derive(Clone)]
struct Fields {
    lives: [SpanField; 3],
    images: UseStateHandle<bool>,
    documents: UseStateHandle<bool>,
    largest: Field,
}

#[component]
fn Form(props: &Props) -> Html {
    let [expire, warn, idle] = Life::ALL.map(|life| life.of(&props.settings));
    let files = FileDraft::of(props.settings.files);
    let fields = Fields {
        lives: [use_span(expire), use_span(warn), use_span(idle)],
        images: use_state_eq(|| files.images),
        documents: use_state_eq(|| files.documents),
        largest: use_field(|| files.largest.clone()),
    };
    let (task, dispatch) = (use_task(), use_store().map(|store| store.dispatcher()));
    let onsubmit = {
        let (fields, task, again, old) = (fields.clone(), task.clone(), props.again.clone(), props.settings.files);
        move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(settings) = read(&fields, old) {
                let (say, again, dispatch) = (task.clone(), again.clone(), dispatch.clone());
                let order = async move { api::routing::change_conversations(&settings).await };
                task.run(order, move |settings: ConversationSettings| {
                    say.say(routing::CHATS_SAVED.to_owned());
                    dispatch.into_iter().for_each(|dispatch| dispatch.dispatch(Action::Files(settings.files)));
                    again.emit(());
                });
            }
        }
    };
    html! {
        <form class="form rules" {onsubmit} novalidate=true>
            for (life, field) in Life::ALL.into_iter().zip(&fields.lives) {
                { span_field(field, life.slug(), routing::life(life), routing::life_hint(life), life.may_be_never()) }
            }
            <fieldset class="form-part">
                <legend>{ routing::FILES }</legend>
                <p class="field-hint">{ routing::FILES_LEAD }</p>
                { tick("images", routing::IMAGES, routing::IMAGES_HINT, &fields.images) }
                { tick("documents", routing::DOCUMENTS, routing::DOCUMENTS_HINT, &fields.documents) }
                if *fields.images || *fields.documents {
                    <Input field={fields.largest.clone()} id="largest" kind="number" label={routing::LARGEST}
                        unit={routing::MB} hint={routing::largest_hint()} />
                }
            </fieldset>
            <Refused task={task.clone()} />
            <button class="primary" aria-disabled={task.is_busy().to_string()}>
                { if task.is_busy() { text::SAVING } else { text::SAVE } }
            </button>
        </form>
    }
}

fn tick(id: &'static str, label: &'static str, hint: &'static str, on: &UseStateHandle<bool>) -> Html {
    let onchange = {
        let on = on.clone();
        move |_: Event| on.set(!*on)
    };
    let hint_id = format!("{id}-hint");
    html! {
        <div class="field">
            <label class="tick"><input {id} type="checkbox" checked={**on} {onchange} aria-describedby={hint_id.clone()} />{ label }</label>
            <p id={hint_id} class="field-hint">{ hint }</p>
        </div>
    }
}

/// What was written; what is wrong with it is told at its field. A size that is not shown cannot be wrong.
fn read(fields: &Fields, old: FileSettings) -> Option<ConversationSettings> {
    let (images, documents) = (*fields.images, *fields.documents);
    let shown = FileDraft { images, documents, largest: fields.largest.value() };
    let hidden = FileDraft { images, documents, ..FileDraft::of(old) };
    let files = if images || documents { shown } else { hidden }.settings(old);
    match (lives(&fields.lives.each_ref().map(SpanField::value)), files) {
        (Ok(website), Ok(files)) => Some(ConversationSettings { website, files }),
        (Ok(_), Err(TooLarge)) => {
            fields.largest.refuse(routing::wrong_largest());
            None
        }
        (Err(wrong), _) => {
            let life = match wrong {
                WrongLife::Range(life) => life,
                WrongLife::WarnedTooEarly => Life::Warn,
            };
            let at = Life::ALL.iter().position(|&known| known == life).unwrap_or(0);
            fields.lives[at].number.refuse(routing::wrong_life(wrong));
            None
        }
    }
}
