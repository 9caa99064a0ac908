//! An agent, new or to be changed.

use crate::api;
use crate::components::dialog::Dialog;
use crate::components::field::{Field, Input, use_field};
use crate::components::trouble::Refused;
use crate::hooks::task::{Task, use_task};
use crate::hooks::use_store;
use crate::state::draft::{Draft, Wrong, is_empty};
use crate::text::{self, team};
use protocol::problem::Code;
use protocol::team::{AgentDetails, DepartmentCard};
use protocol::{DepartmentId, Role};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// Roles that an admin can give.
const ROLES: [Role; 2] = [Role::SupportStaff, Role::ClientAdmin];
/// Of a new agent, as the server has it.
const CAPACITY: u32 = 5;

/// Props of [`AgentForm`].
#[derive(Clone, Properties, PartialEq)]
pub struct Props {
    /// Who is changed; nobody: a new one.
    #[prop_or_default]
    pub old: Option<AgentDetails>,
    /// Hears that it is over.
    pub on_close: Callback<()>,
    /// Hears that something has changed.
    #[prop_or_default]
    pub on_saved: Callback<()>,
}

#[derive(Clone, PartialEq)]
struct Fields {
    name: Field,
    email: Field,
    capacity: Field,
    password: Field,
    role: UseStateHandle<Role>,
    departments: UseStateHandle<Vec<DepartmentId>>,
}

#[hook]
fn use_fields(old: Option<&AgentDetails>) -> Fields {
    Fields {
        name: use_field(|| old.map(|old| old.name.as_str().to_owned()).unwrap_or_default()),
        email: use_field(String::new),
        capacity: use_field(|| old.map_or(CAPACITY, |old| old.capacity).to_string()),
        password: use_field(String::new),
        role: use_state_eq(|| old.map_or(Role::SupportStaff, |old| old.role)),
        departments: use_state_eq(|| old.map(|old| old.departments.clone()).unwrap_or_default()),
    }
}

impl Fields {
    fn draft(&self) -> Draft {
        Draft {
            name: self.name.value(),
            email: self.email.value(),
            role: *self.role,
            capacity: self.capacity.value(),
            departments: (*self.departments).clone(),
            password: self.password.value(),
        }
    }

    fn refuse(&self, wrong: Wrong) {
        match wrong {
            Wrong::Name => self.name.refuse(team::NEED_NAME),
            Wrong::Email => self.email.refuse(team::NEED_EMAIL),
            Wrong::Capacity => self.capacity.refuse(team::NEED_CAPACITY),
            Wrong::Password => self.password.refuse(text::refusal(Code::BadPassword)),
        }
    }
}

/// The dialog.
#[component]
pub fn AgentForm(props: &Props) -> Html {
    let old = props.old.as_ref();
    let fields = use_fields(old);
    let task = use_task();
    let departments = use_store().and_then(|store| store.desk.as_ref().map(|desk| desk.departments.clone()));
    let onsubmit = {
        let (fields, task, props) = (fields.clone(), task.clone(), props.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            if let Err(wrong) = submit(&fields, &task, &props) {
                fields.refuse(wrong);
            }
        }
    };
    let title = old.map_or_else(|| team::ADD_AGENT.to_owned(), |old| team::edit(old.name.as_str()));
    let (verb, busy) = if old.is_some() { (text::SAVE, text::SAVING) } else { (team::ADD_AGENT, team::ADDING) };
    html! {
        <Dialog {title} on_close={props.on_close.clone()}>
            <form class="form" {onsubmit} novalidate=true>
                if old.is_none() { <p class="dialog-text">{ team::ADD_AGENT_LEAD }</p> }
                <Input field={fields.name.clone()} id="agent-name" label={team::NAME} hint={team::NAME_HINT} first=true />
                if old.is_none() { <Input field={fields.email.clone()} id="agent-email" label={text::EMAIL} kind="email" /> }
                { role(&fields) }
                <Input field={fields.capacity.clone()} id="agent-capacity" label={team::CAPACITY} kind="number"
                    hint={team::CAPACITY_HINT} />
                { teams(&fields, departments.unwrap_or_default()) }
                { password(&fields, old.is_some()) }
                <Refused task={task.clone()} />
                <footer class="dialog-do">
                    <button type="button" class="quiet" onclick={props.on_close.reform(|_| ())}>{ text::CANCEL }</button>
                    <button class="primary" aria-disabled={task.is_busy().to_string()}>
                        { if task.is_busy() { busy } else { verb } }
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

fn submit(fields: &Fields, task: &Task, props: &Props) -> Result<(), Wrong> {
    let (say, on_close, on_saved) = (task.clone(), props.on_close.clone(), props.on_saved.clone());
    let done = move |agent: AgentDetails, what| {
        say.say(team::done(agent.name.as_str(), what));
        on_saved.emit(());
        on_close.emit(());
    };
    match &props.old {
        None => {
            let add = fields.draft().add()?;
            task.run(api::team::add(add), move |agent| done(agent, team::Done::Added));
        }
        Some(old) => {
            let (id, change) = (old.id.clone(), fields.draft().change(old)?);
            if is_empty(&change) {
                props.on_close.emit(());
                return Ok(());
            }
            task.run(async move { api::team::change(&id, change).await }, move |agent| done(agent, team::Done::Saved));
        }
    }
    Ok(())
}

fn role(fields: &Fields) -> Html {
    let chosen = fields.role.setter();
    let onchange = move |event: Event| {
        let value = event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value());
        if let Some(role) = value.and_then(|value| Role::parse(&value).ok()) {
            chosen.set(role);
        }
    };
    html! {
        <div class="field">
            <label for="agent-role">{ team::ROLE }</label>
            <select id="agent-role" {onchange} aria-describedby="agent-role-hint">
                for role in ROLES {
                    <option value={role.as_str()} selected={*fields.role == role}>{ text::role(role) }</option>
                }
            </select>
            <p id="agent-role-hint" class="field-hint">{ team::ROLE_HINT }</p>
        </div>
    }
}

fn teams(fields: &Fields, departments: Vec<DepartmentCard>) -> Html {
    if departments.is_empty() {
        return Html::default();
    }
    html! {
        <fieldset class="field checks">
            <legend>{ team::DEPARTMENTS }</legend>
            for department in departments { { check(fields, department) } }
        </fieldset>
    }
}

fn check(fields: &Fields, department: DepartmentCard) -> Html {
    let checked = fields.departments.contains(&department.id);
    let (chosen, known) = (fields.departments.setter(), (*fields.departments).clone());
    let onchange = move |_: Event| {
        let mut departments = known.clone();
        departments.retain(|other| *other != department.id);
        if !checked {
            departments.push(department.id.clone());
        }
        chosen.set(departments);
    };
    html! {
        <label class="check"><input type="checkbox" {checked} {onchange} />{ department.name.as_str().to_owned() }</label>
    }
}

fn password(fields: &Fields, known: bool) -> Html {
    let (label, hint) = match known {
        true => (team::NEW_PASSWORD, team::NEW_PASSWORD_HINT),
        false => (text::PASSWORD, team::PASSWORD_HINT),
    };
    html! {
        <Input field={fields.password.clone()} id="agent-password" {label} {hint} kind="password" autocomplete="new-password" />
    }
}
