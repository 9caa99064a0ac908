//! A field of a form with its label, its hint, and what is wrong with what was written.

use crate::components::icon::{Icon, Shape};
use crate::text;
use crate::web::focus;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What stands in a field, held by the form.
#[derive(Clone, PartialEq)]
pub struct Field {
    node: NodeRef,
    value: UseStateHandle<String>,
    wrong: UseStateHandle<Option<AttrValue>>,
}

impl Field {
    /// As written.
    pub fn value(&self) -> String {
        (*self.value).clone()
    }

    /// Writes into it.
    pub fn set(&self, value: String) {
        self.value.set(value);
        self.wrong.set(None);
    }

    /// What is wrong with it.
    pub fn wrong(&self) -> Option<AttrValue> {
        (*self.wrong).clone()
    }

    /// The element, for who draws the field.
    pub fn node(&self) -> NodeRef {
        self.node.clone()
    }

    /// Says what is wrong, and puts the keyboard there.
    pub fn refuse(&self, why: impl Into<AttrValue>) {
        self.wrong.set(Some(why.into()));
        focus::on(&self.node);
    }
}

/// A field of this component, with this in it.
#[hook]
pub fn use_field(first: impl FnOnce() -> String) -> Field {
    Field { node: use_node_ref(), value: use_state_eq(first), wrong: use_state_eq(|| None) }
}

/// Props of [`Input`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Of the form.
    pub field: Field,
    /// Unique on the page.
    pub id: AttrValue,
    /// Over the field.
    pub label: AttrValue,
    /// Under it.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// `text`, `email`, `number`, `password`.
    #[prop_or(AttrValue::Static("text"))]
    pub kind: AttrValue,
    /// What the browser may fill in.
    #[prop_or(AttrValue::Static("off"))]
    pub autocomplete: AttrValue,
    /// A word beside what is written.
    #[prop_or_default]
    pub unit: Option<AttrValue>,
    /// Has the keyboard when its dialog opens.
    #[prop_or_default]
    pub first: bool,
}

/// The field.
#[component]
pub fn Input(props: &Props) -> Html {
    let shown = use_state_eq(|| false);
    let Props { field, id, .. } = props;
    let (secret, number) = (props.kind == "password", props.kind == "number");
    let kind = if secret && *shown { AttrValue::Static("text") } else { props.kind.clone() };
    let oninput = {
        let field = field.clone();
        move |event: InputEvent| field.set(event.target_unchecked_into::<HtmlInputElement>().value())
    };
    let toggle = {
        let shown = shown.clone();
        move |_| shown.set(!*shown)
    };
    let (hint, wrong) = (format!("{id}-hint"), format!("{id}-wrong"));
    html! {
        <div class={classes!("field", field.wrong.is_some().then_some("bad"))}>
            <label for={id.clone()}>{ props.label.clone() }</label>
            <div class="field-box">
                <input ref={field.node.clone()} {id} type={kind} value={field.value()} {oninput} autofocus={props.first}
                    autocomplete={props.autocomplete.clone()} spellcheck="false"
                    inputmode={number.then_some("decimal")} step={number.then_some("any")}
                    aria-invalid={field.wrong.is_some().to_string()} aria-describedby={format!("{hint} {wrong}")} />
                if let Some(unit) = &props.unit { <span class="field-unit">{ unit.clone() }</span> }
                if secret {
                    <button type="button" class="ghost" onclick={toggle} aria-pressed={shown.to_string()}
                        title={if *shown { text::HIDE_PASSWORD } else { text::SHOW_PASSWORD }}
                        aria-label={text::SHOW_PASSWORD}>
                        <Icon shape={if *shown { Shape::EyeOff } else { Shape::Eye }} />
                    </button>
                }
            </div>
            <p id={hint} class="field-hint">{ props.hint.clone() }</p>
            <p id={wrong} class="field-wrong">{ (*field.wrong).clone() }</p>
        </div>
    }
}
