//! A choice of a few, as the browser draws it.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// One option: the word in forms and addresses, and the word on the screen.
pub type Choice = (String, AttrValue);

/// A choice with its label on it. `chosen` is the word of one of `choices`.
pub fn select(label: &'static str, choices: &[Choice], chosen: &str, on: Callback<String>) -> Html {
    html! { <select aria-label={label} onchange={hear(on)}>{ options(choices, chosen) }</select> }
}

/// A choice as a field of a form, with its label over it.
pub fn field(
    id: &str,
    label: &'static str,
    hint: &str,
    choices: &[Choice],
    chosen: &str,
    on: Callback<String>,
) -> Html {
    let hint_id = format!("{id}-hint");
    html! {
        <div class="field">
            <label for={id.to_owned()}>{ label }</label>
            <select id={id.to_owned()} onchange={hear(on)} aria-describedby={hint_id.clone()}>{ options(choices, chosen) }</select>
            <p id={hint_id} class="field-hint">{ hint.to_owned() }</p>
        </div>
    }
}

/// A choice of an option.
pub fn choice(value: &str, name: &str) -> Choice {
    (value.to_owned(), name.to_owned().into())
}

/// The options alone.
pub fn options(choices: &[Choice], chosen: &str) -> Html {
    let option = |(value, name): &Choice| {
        html! { <option value={value.clone()} selected={value == chosen}>{ name.clone() }</option> }
    };
    choices.iter().map(option).collect()
}

/// Hears what is chosen.
pub fn hear(on: Callback<String>) -> Callback<Event> {
    on.reform(|event: Event| {
        event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value()).unwrap_or_default()
    })
}
