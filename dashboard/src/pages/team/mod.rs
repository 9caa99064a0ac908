//! The people who answer: how many can, who, and since when. Live from the desk's cards; admins manage them here.

mod add_department;
pub mod agent;
mod agent_form;
mod counts;
mod deactivated;
mod history;
mod intent;
mod odd;
mod report;
mod table;

use crate::api;
use crate::components::icon::{Icon, Shape};
use crate::components::page::Page;
use crate::components::trouble::loading;
use crate::hooks::fetch::use_fetch;
use crate::hooks::use_store;
use crate::text;
use add_department::AddDepartmentForm;
use agent_form::AgentForm;
use counts::CountCards;
use deactivated::Deactivated;
use odd::WorthALook;
use protocol::AgentId;
use report::Report;
use table::Table;
use yew::prelude::*;

/// What is open over the page.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    NewAgent,
    NewDepartment,
}

/// The page.
#[component]
pub fn Team() -> Html {
    let open = use_state_eq(|| Open::Nothing);
    let Some(store) = use_store() else { return Html::default() };
    let admin = store.is_admin();
    let show = |what: Open| {
        let open = open.setter();
        Callback::from(move |_: MouseEvent| open.set(what))
    };
    let close = {
        let open = open.setter();
        Callback::from(move |()| open.set(Open::Nothing))
    };
    let actions = html! {
        if admin {
            <button type="button" class="quiet" onclick={show(Open::NewDepartment)}>{ text::team::ADD_DEPARTMENT }</button>
            <button type="button" class="primary" onclick={show(Open::NewAgent)}>
                <Icon shape={Shape::Plus} />{ text::team::ADD_AGENT }
            </button>
        }
    };
    let Some(desk) = &store.desk else {
        return html! { <Page title={text::TEAM} lead={text::team::LEAD}>{ loading() }</Page> };
    };
    html! {
        <Page title={text::TEAM} lead={text::team::LEAD} {actions}>
            if admin { <WorthALook /> }
            <CountCards agents={desk.agents.clone()} departments={desk.departments.clone()} />
            <Table agents={desk.agents.clone()} departments={desk.departments.clone()} {admin} />
            if admin { <Managed known={desk.agents.iter().map(|agent| agent.id.clone()).collect::<Vec<_>>()} /> }
            {
                match *open {
                    Open::Nothing => Html::default(),
                    Open::NewAgent => html! { <AgentForm on_close={close} /> },
                    Open::NewDepartment => html! { <AddDepartmentForm on_close={close} /> },
                }
            }
        </Page>
    }
}

#[derive(Properties, PartialEq)]
struct ManagedProps {
    /// Who is active: when that changes, so has who is not.
    known: Vec<AgentId>,
}

/// What only admins see of everybody.
#[component]
fn Managed(props: &ManagedProps) -> Html {
    let team = use_fetch(props.known.clone(), |_| api::team::everybody());
    html! {
        <>
            <Report team={team.state.here.clone()} />
            <Deactivated team={team.state.here.clone()} failed={team.state.failed.clone()} again={team.again.clone()} />
        </>
    }
}
