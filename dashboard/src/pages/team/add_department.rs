//! A new department.

use crate::api;
use crate::components::dialog::Dialog;
use crate::components::field::{Input, use_field};
use crate::components::trouble::Refused;
use crate::hooks::task::use_task;
use crate::hooks::use_store;
use crate::state::Action;
use crate::text;
use protocol::Name;
use protocol::team::{AddDepartment, DepartmentCard};
use yew::prelude::*;

/// Props of [`AddDepartmentForm`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Hears that it is over.
    pub on_close: Callback<()>,
}

/// The dialog.
#[component]
pub fn AddDepartmentForm(props: &Props) -> Html {
    let name = use_field(String::new);
    let (task, store) = (use_task(), use_store());
    let onsubmit = {
        let (name, task, on_close) = (name.clone(), task.clone(), props.on_close.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let Ok(parsed) = Name::parse(&name.value()) else { return name.refuse(text::team::NEED_NAME) };
            let (say, store, on_close) = (task.clone(), store.clone(), on_close.clone());
            task.run(api::team::add_department(AddDepartment { name: parsed }), move |department: DepartmentCard| {
                say.say(text::team::done(department.name.as_str(), text::team::Done::Added));
                store.iter().for_each(|store| store.dispatch(Action::Department(department.clone())));
                on_close.emit(());
            });
        }
    };
    html! {
        <Dialog title={text::team::ADD_DEPARTMENT} on_close={props.on_close.clone()}>
            <form class="form" {onsubmit} novalidate=true>
                <p class="dialog-text">{ text::team::ADD_DEPARTMENT_LEAD }</p>
                <Input field={name} id="department-name" label={text::team::NAME} first=true />
                <Refused task={task.clone()} />
                <footer class="dialog-do">
                    <button type="button" class="quiet" onclick={props.on_close.reform(|_| ())}>{ text::CANCEL }</button>
                    <button class="primary" aria-disabled={task.is_busy().to_string()}>
                        { if task.is_busy() { text::team::ADDING } else { text::team::ADD_DEPARTMENT } }
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}
