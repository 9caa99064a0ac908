//! A field for a span of time: a number, and its unit or *never*.

use crate::components::field::{Field, use_field};
use crate::components::select::{choice, hear, options};
use crate::rules::{Span, Unit};
use crate::text;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What stands in the field, held by the form.
#[derive(Clone, PartialEq)]
pub struct SpanField {
    /// The number.
    pub number: Field,
    unit: UseStateHandle<Option<Unit>>,
}

impl SpanField {
    /// As written.
    pub fn value(&self) -> Span {
        Span { number: self.number.value(), unit: *self.unit }
    }
}

/// A field of this component that follows `shown` until somebody writes into it.
#[hook]
pub fn use_span(shown: Span) -> SpanField {
    let field = SpanField { number: use_field(|| shown.number.clone()), unit: use_state_eq(|| shown.unit) };
    use_effect_with(shown, {
        let field = field.clone();
        move |shown: &Span| {
            field.number.set(shown.number.clone());
            field.unit.set(shown.unit);
        }
    });
    field
}

/// The field. `never`: it can be switched off.
pub fn span_field(field: &SpanField, id: &str, label: &'static str, hint: &'static str, never: bool) -> Html {
    let unit = *field.unit;
    let mut choices: Vec<_> = Unit::ALL.iter().map(|&unit| choice(unit.slug(), text::settings::unit(unit))).collect();
    if never {
        choices.push(choice("", text::routing::NEVER));
    }
    let on = {
        let unit = field.unit.setter();
        Callback::from(move |slug: String| unit.set(Unit::parse(&slug)))
    };
    let oninput = {
        let number = field.number.clone();
        move |event: InputEvent| number.set(event.target_unchecked_into::<HtmlInputElement>().value())
    };
    let (hint_id, wrong_id) = (format!("{id}-hint"), format!("{id}-wrong"));
    let wrong = field.number.wrong();
    html! {
        <div class={classes!("field", wrong.is_some().then_some("bad"))}>
            <label for={id.to_owned()}>{ label }</label>
            <div class="field-box span-box">
                <input ref={field.number.node()} id={id.to_owned()} type="number" inputmode="decimal" step="any"
                    value={field.number.value()} {oninput} autocomplete="off" disabled={unit.is_none()}
                    aria-invalid={wrong.is_some().to_string()} aria-describedby={format!("{hint_id} {wrong_id}")} />
                <select aria-label={format!("{label}: {}", text::settings::UNIT)} onchange={hear(on)}>
                    { options(&choices, unit.map_or("", Unit::slug)) }
                </select>
            </div>
            <p id={hint_id} class="field-hint">{ hint }</p>
            <p id={wrong_id} class="field-wrong">{ wrong }</p>
        </div>
    }
}
