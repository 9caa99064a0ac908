//! One agent, for admins: how they are, what they may, where they are signed in, and what was.

use super::agent_form::AgentForm;
use super::deactivated::reactivate;
use super::history::History;
use super::intent::SetIntent;
use crate::api;
use crate::components::avatar::Avatar;
use crate::components::confirm::Confirm;
use crate::components::how::How;
use crate::components::icon::{Icon, Shape};
use crate::components::page::Page;
use crate::components::sign_ins::SignIns;
use crate::components::status_icon::StatusIcon;
use crate::components::trouble::{Failed, Refused, empty, loading, not_for_you};
use crate::hooks::fetch::use_fetch;
use crate::hooks::nav::Nav;
use crate::hooks::task::use_task;
use crate::hooks::use_store;
use crate::route::Route;
use crate::state::look::Look;
use crate::state::team::departments_of;
use crate::text::{self, team};
use protocol::AgentId;
use protocol::desk::AgentCard;
use protocol::team::{AgentDetails, ChangeAgent, DepartmentCard};
use yew::prelude::*;

/// Props of [`AgentPage`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Who. Keyed by it.
    pub agent: AgentId,
}

/// The page.
#[component]
pub fn AgentPage(props: &Props) -> Html {
    let Some(store) = use_store() else { return Html::default() };
    let back = html! { <BackToTeam /> };
    if !store.is_admin() {
        return html! { <Page title={team::AGENT} before={back}>{ not_for_you() }</Page> };
    }
    let card = store.desk.as_ref().and_then(|desk| desk.agents.iter().find(|card| card.id == props.agent)).cloned();
    let departments = store.desk.as_ref().map(|desk| desk.departments.clone()).unwrap_or_default();
    html! { <Managed agent={props.agent.clone()} {card} {departments} /> }
}

#[component]
fn BackToTeam() -> Html {
    let onclick = use_context::<Nav>().map(|nav| nav.follow(Route::Team));
    html! {
        <a class="ghost" href={Route::Team.path()} {onclick} aria-label={team::BACK_TO_TEAM} title={team::BACK_TO_TEAM}>
            <Icon shape={Shape::Back} />
        </a>
    }
}

#[derive(Properties, PartialEq)]
struct ManagedProps {
    agent: AgentId,
    /// As the desk has them; absent for one who was deactivated.
    card: Option<AgentCard>,
    departments: Vec<DepartmentCard>,
}

#[component]
fn Managed(props: &ManagedProps) -> Html {
    // Asked again when the card comes or goes, or what it shows of the configuration changes.
    let by = props.card.as_ref().map(|card| (card.name.clone(), card.role, card.capacity, card.departments.clone()));
    let team = use_fetch(by, |_| api::team::everybody());
    let found = team.state.here.as_ref().and_then(|all| all.iter().find(|agent| agent.id == props.agent)).cloned();
    let before = html! { <BackToTeam /> };
    let Some(details) = found else {
        let body = match (&team.state.failed, &team.state.here) {
            (Some(problem), _) => html! { <Failed problem={problem.clone()} again={team.again.clone()} /> },
            (None, Some(_)) => empty(Shape::Team, team::UNKNOWN_AGENT, team::UNKNOWN_AGENT_LEAD),
            (None, None) => loading(),
        };
        let name = props.card.as_ref().map_or(team::AGENT, |card| card.name.as_str()).to_owned();
        return html! { <Page title={name} {before}>{ body }</Page> };
    };
    let actions = html! { <Actions details={details.clone()} again={team.again.clone()} /> };
    html! {
        <Page title={details.name.as_str().to_owned()} lead={details.email.as_str().to_owned()} {before} {actions}>
            { facts(&details, props) }
            if let Some(card) = &props.card { <SetIntent card={card.clone()} /> }
            <section class="block" aria-labelledby="sign-ins-title">
                <h2 id="sign-ins-title">{ text::account::THEIRS }</h2>
                <SignIns agent={props.agent.clone()} since={props.card.as_ref().map(|card| card.since).unwrap_or_default()} />
            </section>
            <History agent={props.agent.clone()} since={props.card.as_ref().map(|card| card.since).unwrap_or_default()} />
        </Page>
    }
}

fn facts(details: &AgentDetails, props: &ManagedProps) -> Html {
    let teams = props.card.as_ref().map(|card| departments_of(card, &props.departments).join(", "));
    html! {
        <div class="facts">
            <Avatar name={details.name.as_str().to_owned()} seed={details.id.as_str().to_owned()} />
            if let Some(card) = &props.card {
                <span class="how"><StatusIcon look={Look::of(card)} /><span><How card={card.clone()} /></span></span>
                <span>{ text::load(card.load, card.capacity) }</span>
            } else {
                <span class="badge warn">{ team::DEACTIVATED }</span>
            }
            <span class="badge">{ text::role(details.role) }</span>
            if let Some(teams) = teams.filter(|teams| !teams.is_empty()) { <span>{ teams }</span> }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ActionsProps {
    details: AgentDetails,
    again: Callback<()>,
}

/// What is open over the page.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    Edit,
    Deactivate,
}

#[component]
fn Actions(props: &ActionsProps) -> Html {
    let open = use_state_eq(|| Open::Nothing);
    let task = use_task();
    let details = &props.details;
    let show = |what: Open| {
        let open = open.setter();
        Callback::from(move |_: MouseEvent| open.set(what))
    };
    let on_close = {
        let open = open.setter();
        Callback::from(move |()| open.set(Open::Nothing))
    };
    let on_yes = {
        let (task, id, name) = (task.clone(), details.id.clone(), details.name.clone());
        let (on_close, again) = (on_close.clone(), props.again.clone());
        move |()| {
            let (id, name, say) = (id.clone(), name.clone(), task.clone());
            let (on_close, again) = (on_close.clone(), again.clone());
            let change = ChangeAgent { active: Some(false), ..ChangeAgent::default() };
            task.run(async move { api::team::change(&id, change).await }, move |_| {
                on_close.emit(());
                again.emit(());
                say.say(team::done(name.as_str(), team::Done::Deactivated));
            });
        }
    };
    html! {
        <>
            <button type="button" class="quiet" onclick={show(Open::Edit)}>{ team::EDIT }</button>
            if details.active {
                <button type="button" class="quiet danger" onclick={show(Open::Deactivate)}>{ team::DEACTIVATE }</button>
            } else {
                <button type="button" class="primary" onclick={reactivate(details, &task, &props.again)}>
                    { team::REACTIVATE }
                </button>
                <Refused task={task.clone()} />
            }
            {
                match *open {
                    Open::Nothing => Html::default(),
                    Open::Edit => html! { <AgentForm old={details.clone()} {on_close} on_saved={props.again.clone()} /> },
                    Open::Deactivate => html! {
                        <Confirm title={team::ask_deactivate(details.name.as_str())}
                            means={team::deactivate_means(details.name.as_str())}
                            yes={team::DEACTIVATE} doing={team::DEACTIVATING} {task} {on_yes} {on_close} />
                    },
                }
            }
        </>
    }
}
