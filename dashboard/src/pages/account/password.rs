//! Changing one's own password.

use crate::api;
use crate::components::field::{Field, Input, use_field};
use crate::components::trouble::Refused;
use crate::hooks::task::{Task, use_task};
use crate::state::draft::PASSWORD;
use crate::text::{self, account};
use protocol::problem::Code;
use protocol::team::ChangePassword;
use yew::prelude::*;

/// The form.
#[component]
pub fn Password() -> Html {
    let (old, new) = (use_field(String::new), use_field(String::new));
    let task = use_task();
    let onsubmit = {
        let (old, new, task) = (old.clone(), new.clone(), task.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            submit(&old, &new, &task);
        }
    };
    let wrong_old = task.refused().is_some_and(|problem| problem.code == Code::BadCredentials);
    html! {
        <section class="block" aria-labelledby="password-title">
            <h2 id="password-title">{ account::PASSWORD_TITLE }</h2>
            <p class="block-lead">{ account::PASSWORD_LEAD }</p>
            <form class="form" {onsubmit} novalidate=true>
                <Input field={old} id="old-password" label={account::OLD_PASSWORD} kind="password"
                    autocomplete="current-password" />
                <Input field={new} id="new-password" label={account::NEW_PASSWORD} kind="password"
                    autocomplete="new-password" hint={text::team::PASSWORD_HINT} />
                <Refused task={task.clone()} why={wrong_old.then_some(AttrValue::Static(account::WRONG_OLD))} />
                <button class="primary" aria-disabled={task.is_busy().to_string()}>
                    { if task.is_busy() { text::SAVING } else { account::CHANGE_PASSWORD } }
                </button>
            </form>
        </section>
    }
}

fn submit(old: &Field, new: &Field, task: &Task) {
    if old.value().is_empty() {
        return old.refuse(account::NEED_OLD);
    }
    if !PASSWORD.contains(&new.value().chars().count()) {
        return new.refuse(text::refusal(Code::BadPassword));
    }
    let change = ChangePassword { old: old.value(), new: new.value() };
    let (old, new, say) = (old.clone(), new.clone(), task.clone());
    task.run(async move { api::team::change_password(&change).await }, move |()| {
        old.set(String::new());
        new.set(String::new());
        say.say(account::CHANGED.to_owned());
    });
}
