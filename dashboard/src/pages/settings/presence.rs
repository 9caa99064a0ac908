//! When somebody counts as there.

use crate::api;
use crate::components::field::{Field, Input, use_field};
use crate::components::trouble::Refused;
use crate::hooks::task::{Task, use_task};
use crate::hooks::{Store, use_store};
use crate::rules::Rule;
use crate::state::Action;
use crate::text::{self, settings};
use protocol::team::{PresenceSettings, PresenceSettingsChange};
use yew::prelude::*;

/// Props of [`Presence`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// As the desk has them.
    pub rules: PresenceSettings,
}

/// The presence rules. When somebody else changes them, the fields follow.
#[component]
pub fn Presence(props: &Props) -> Html {
    let fields = [
        use_rule(Rule::ALL[0], &props.rules),
        use_rule(Rule::ALL[1], &props.rules),
        use_rule(Rule::ALL[2], &props.rules),
    ];
    let (task, store) = (use_task(), use_store());
    let onsubmit = {
        let (fields, task) = (fields.clone(), task.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            submit(&fields, &task, store.clone());
        }
    };
    html! {
        <section class="block" aria-labelledby="presence-title">
            <h2 id="presence-title">{ settings::PRESENCE }</h2>
            <p class="block-lead">{ settings::PRESENCE_LEAD }</p>
            <form class="form rules" {onsubmit} novalidate=true>
                for (rule, field) in Rule::ALL.into_iter().zip(fields) {
                    <Input {field} id={rule.slug()} label={settings::rule(rule)} kind="number"
                        unit={settings::unit(rule.unit())} hint={settings::hint(rule)} />
                }
                <Refused task={task.clone()} />
                <button class="primary" aria-disabled={task.is_busy().to_string()}>
                    { if task.is_busy() { text::SAVING } else { text::SAVE } }
                </button>
            </form>
        </section>
    }
}

/// A field that follows the rule's value until somebody writes into it.
#[hook]
fn use_rule(rule: Rule, rules: &PresenceSettings) -> Field {
    let shown = rule.shown(rules);
    let field = use_field(|| shown.clone());
    use_effect_with(shown, {
        let field = field.clone();
        move |shown| field.set(shown.clone())
    });
    field
}

fn submit(fields: &[Field; 3], task: &Task, store: Option<Store>) {
    let mut change = PresenceSettingsChange::default();
    for (rule, field) in Rule::ALL.into_iter().zip(fields) {
        if rule.put(&field.value(), &mut change).is_err() {
            return field.refuse(settings::out_of_range(rule));
        }
    }
    let say = task.clone();
    task.run(api::team::change_rules(change), move |rules| {
        store.iter().for_each(|store| store.dispatch(Action::Settings(rules)));
        say.say(settings::SAVED.to_owned());
    });
}
