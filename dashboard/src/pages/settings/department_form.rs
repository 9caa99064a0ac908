//! A department to be changed: its name, and how its chats find an agent.

use crate::api;
use crate::components::dialog::Dialog;
use crate::components::field::{Field, Input, use_field};
use crate::components::select::{choice, field};
use crate::components::span_field::{SpanField, span_field, use_span};
use crate::components::trouble::Refused;
use crate::hooks::task::{Task, use_task};
use crate::state::routing::{Draft, Wrong};
use crate::text::{self, routing, team};
use protocol::routing::{ChangeDepartment, DepartmentDetails};
use protocol::{Delivery, DepartmentId, RoutingMode, WhenDeclined};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Props of [`DepartmentForm`].
#[derive(Clone, Properties, PartialEq)]
pub struct Props {
    /// Which, as it is.
    pub old: DepartmentDetails,
    /// All of them: any other may be the fallback.
    pub all: Vec<DepartmentDetails>,
    /// Hears that it is over.
    pub on_close: Callback<()>,
    /// Hears that something has changed.
    pub on_saved: Callback<()>,
}

/// What is chosen; what is written stands in fields.
type Chosen = UseStateHandle<Draft>;

#[derive(Clone, PartialEq)]
struct Fields {
    chosen: Chosen,
    name: Field,
    offer: Field,
    form_after: SpanField,
    alert_after: SpanField,
}

impl Fields {
    fn draft(&self) -> Draft {
        Draft {
            name: self.name.value(),
            offer: self.offer.value(),
            form_after: self.form_after.value(),
            alert_after: self.alert_after.value(),
            ..(*self.chosen).clone()
        }
    }

    fn refuse(&self, wrong: Wrong) {
        let field = match wrong {
            Wrong::Name => &self.name,
            Wrong::Offer => &self.offer,
            Wrong::FormAfter => &self.form_after.number,
            Wrong::AlertAfter => &self.alert_after.number,
        };
        field.refuse(routing::wrong(wrong));
    }
}

/// The dialog.
#[component]
pub fn DepartmentForm(props: &Props) -> Html {
    let first = Draft::of(&props.old);
    let fields = Fields {
        name: use_field(|| first.name.clone()),
        offer: use_field(|| first.offer.clone()),
        form_after: use_span(first.form_after.clone()),
        alert_after: use_span(first.alert_after.clone()),
        chosen: use_state_eq(|| first),
    };
    let task = use_task();
    let onsubmit = {
        let (fields, task, props) = (fields.clone(), task.clone(), props.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            match fields.draft().change(&props.old) {
                Ok(change) => save(change, &task, &props),
                Err(wrong) => fields.refuse(wrong),
            }
        }
    };
    let chosen = &fields.chosen;
    let routed = chosen.mode != RoutingMode::Manual;
    html! {
        <Dialog title={team::edit(props.old.name.as_str())} on_close={props.on_close.clone()}>
            <form class="form" {onsubmit} novalidate=true>
                <Input field={fields.name.clone()} id="department-name" label={routing::NAME} first=true />
                { radios("mode", routing::MODE, RoutingMode::ALL, chosen.mode, routing::mode, set(chosen, |draft, mode| draft.mode = mode)) }
                if routed {
                    { radios("delivery", routing::DELIVERY, Delivery::ALL, chosen.delivery, routing::delivery,
                        set(chosen, |draft, delivery| draft.delivery = delivery)) }
                }
                if chosen.asks() {
                    <Input field={fields.offer.clone()} id="department-offer" label={routing::OFFER} kind="number"
                        unit={text::settings::unit(crate::rules::Unit::Seconds)} hint={routing::offer_hint()} />
                }
                if routed { { sticky(chosen) } }
                { fallback(chosen, props) }
                if chosen.asks() { { when_declined(chosen) } }
                { span_field(&fields.form_after, "department-form", routing::FORM_AFTER, routing::FORM_AFTER_HINT, true) }
                { span_field(&fields.alert_after, "department-alert", routing::ALERT_AFTER, routing::ALERT_AFTER_HINT, true) }
                <Refused task={task.clone()} />
                <footer class="dialog-do">
                    <button type="button" class="quiet" onclick={props.on_close.reform(|_| ())}>{ text::CANCEL }</button>
                    <button class="primary" aria-disabled={task.is_busy().to_string()}>
                        { if task.is_busy() { text::SAVING } else { text::SAVE } }
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

fn save(change: ChangeDepartment, task: &Task, props: &Props) {
    if change == ChangeDepartment::default() {
        return props.on_close.emit(());
    }
    let (id, say) = (props.old.id.clone(), task.clone());
    let (on_saved, on_close) = (props.on_saved.clone(), props.on_close.clone());
    let order = async move { api::routing::change_department(&id, &change).await };
    task.run(order, move |department| {
        say.say(routing::saved(department.name.as_str()));
        on_saved.emit(());
        on_close.emit(());
    });
}

/// Changes one thing of the draft.
fn set<T: 'static>(chosen: &Chosen, change: fn(&mut Draft, T)) -> Callback<T> {
    let (setter, known) = (chosen.setter(), (**chosen).clone());
    Callback::from(move |value| {
        let mut draft = known.clone();
        change(&mut draft, value);
        setter.set(draft);
    })
}

fn radios<T: Copy + PartialEq + 'static>(
    name: &'static str,
    label: &'static str,
    all: &[T],
    chosen: T,
    words: fn(T) -> (&'static str, &'static str),
    on: Callback<T>,
) -> Html {
    let one = |&value: &T| {
        let (title, means) = words(value);
        let onchange = on.reform(move |_: Event| value);
        html! {
            <label class="pick">
                <input type="radio" {name} checked={value == chosen} {onchange} />
                <span class="pick-text"><b>{ title }</b><small>{ means }</small></span>
            </label>
        }
    };
    html! {
        <fieldset class="field">
            <legend>{ label }</legend>
            <div class="picks">{ all.iter().map(one).collect::<Html>() }</div>
        </fieldset>
    }
}

fn sticky(chosen: &Chosen) -> Html {
    let on = set(chosen, |draft, sticky| draft.sticky = sticky);
    let onchange = on.reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().checked());
    html! {
        <label class="tick"><input type="checkbox" checked={chosen.sticky} {onchange} />{ routing::STICKY }</label>
    }
}

fn fallback(chosen: &Chosen, props: &Props) -> Html {
    let others = props.all.iter().filter(|other| other.id != props.old.id);
    let mut choices = vec![choice("", routing::NO_FALLBACK)];
    choices.extend(others.map(|other| choice(other.id.as_str(), other.name.as_str())));
    let on = set(chosen, |draft, id: String| draft.fallback = DepartmentId::parse(&id).ok());
    let now = chosen.fallback.as_ref().map_or("", DepartmentId::as_str);
    field("department-fallback", routing::FALLBACK, routing::FALLBACK_HINT, &choices, now, on)
}

fn when_declined(chosen: &Chosen) -> Html {
    let choices: Vec<_> =
        WhenDeclined::ALL.iter().map(|&when| choice(when.as_str(), routing::when_declined(when))).collect();
    let on = set(chosen, |draft, word: String| {
        draft.when_declined = WhenDeclined::parse(&word).unwrap_or(draft.when_declined);
    });
    let now = chosen.when_declined.as_str();
    field("department-declined", routing::WHEN_DECLINED, routing::WHEN_DECLINED_HINT, &choices, now, on)
}
