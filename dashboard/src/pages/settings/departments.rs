//! The departments and how their chats find an agent.

use super::department_form::DepartmentForm;
use crate::api;
use crate::components::icon::{Icon, Shape};
use crate::components::trouble::{Failed, empty, loading};
use crate::hooks::fetch::use_fetch;
use crate::text::{routing, team};
use protocol::DepartmentId;
use protocol::routing::DepartmentDetails;
use protocol::team::DepartmentCard;
use yew::prelude::*;

/// Props of [`Departments`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// As the desk has them: when one comes or is renamed, they are read again.
    pub known: Vec<DepartmentCard>,
}

/// The list.
#[component]
pub fn Departments(props: &Props) -> Html {
    let by: Vec<_> = props.known.iter().map(|card| (card.id.clone(), card.name.clone())).collect();
    let fetched = use_fetch(by, |_| api::routing::departments());
    let editing = use_state_eq(|| None::<DepartmentId>);
    let body = match (&fetched.state.here, &fetched.state.failed) {
        (_, Some(problem)) => html! { <Failed problem={problem.clone()} again={fetched.again.clone()} /> },
        (None, None) => loading(),
        (Some(here), None) if here.items.is_empty() => {
            empty(Shape::Team, routing::NO_DEPARTMENTS, routing::NO_DEPARTMENTS_LEAD)
        }
        (Some(here), None) => {
            let chosen = here.items.iter().find(|one| editing.as_ref() == Some(&one.id));
            let on_close = {
                let editing = editing.setter();
                Callback::from(move |()| editing.set(None))
            };
            html! {
                <>
                    <ul class="cards">for one in &here.items { { card(one, &here.items, &editing) } }</ul>
                    if let Some(old) = chosen {
                        <DepartmentForm old={old.clone()} all={here.items.clone()} {on_close}
                            on_saved={fetched.again.clone()} />
                    }
                </>
            }
        }
    };
    html! {
        <section class="block" aria-labelledby="departments-title">
            <h2 id="departments-title">{ routing::DEPARTMENTS }</h2>
            <p class="block-lead">{ routing::DEPARTMENTS_LEAD }</p>
            { body }
        </section>
    }
}

fn card(one: &DepartmentDetails, all: &[DepartmentDetails], editing: &UseStateHandle<Option<DepartmentId>>) -> Html {
    let name = one.name.as_str();
    let fallback = all.iter().find(|other| one.routing.fallback.as_ref() == Some(&other.id));
    let onclick = {
        let (editing, id) = (editing.setter(), one.id.clone());
        move |_: MouseEvent| editing.set(Some(id.clone()))
    };
    html! {
        <li key={one.id.as_str()} class="card">
            <span class="card-icon"><Icon shape={Shape::Team} /></span>
            <div class="card-text">
                <p class="card-name"><strong>{ name.to_owned() }</strong></p>
                <p class="card-more summary">
                    for part in routing::summary(&one.routing, fallback.map(|other| other.name.as_str())) {
                        <span>{ part }</span>
                    }
                </p>
            </div>
            <button type="button" class="quiet small" {onclick} aria-label={team::edit(name)}>{ team::EDIT }</button>
        </li>
    }
}
