//! Who may not sign in any more.

use crate::api;
use crate::components::avatar::Avatar;
use crate::components::trouble::{Failed, Refused};
use crate::hooks::nav::Nav;
use crate::hooks::task::{Task, use_task};
use crate::route::Route;
use crate::text;
use protocol::problem::Problem;
use protocol::team::{AgentDetails, ChangeAgent};
use std::rc::Rc;
use yew::prelude::*;

/// Props of [`Deactivated`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Everybody, once known.
    pub team: Option<Rc<Vec<AgentDetails>>>,
    /// Why that is not known.
    pub failed: Option<Problem>,
    /// Asks again.
    pub again: Callback<()>,
}

/// The section; nothing where nobody is.
#[component]
pub fn Deactivated(props: &Props) -> Html {
    let task = use_task();
    let nav = use_context::<Nav>();
    let team = props.team.as_deref().map(Vec::as_slice).unwrap_or_default();
    let gone: Vec<&AgentDetails> = team.iter().filter(|agent| !agent.active).collect();
    if gone.is_empty() && props.failed.is_none() {
        return Html::default();
    }
    html! {
        <section class="block" aria-labelledby="deactivated-title">
            <h2 id="deactivated-title">{ text::team::DEACTIVATED }</h2>
            <p class="block-lead">{ text::team::DEACTIVATED_LEAD }</p>
            if let Some(problem) = &props.failed { <Failed problem={problem.clone()} again={props.again.clone()} /> }
            <Refused task={task.clone()} />
            <ul class="cards">for agent in gone { { one(agent, &task, nav.as_ref(), &props.again) } }</ul>
        </section>
    }
}

fn one(agent: &AgentDetails, task: &Task, nav: Option<&Nav>, again: &Callback<()>) -> Html {
    let name = agent.name.as_str().to_owned();
    let to = Route::Agent(agent.id.clone());
    html! {
        <li key={agent.id.as_str()} class="card off">
            <Avatar name={name.clone()} seed={agent.id.as_str().to_owned()} />
            <div class="card-text">
                <p class="card-name">
                    <a class="person-name" href={to.path()} onclick={nav.map(|nav| nav.follow(to))}>{ name.clone() }</a>
                </p>
                <p class="card-more">{ agent.email.as_str() }</p>
            </div>
            <button type="button" class="quiet small" aria-label={format!("{}: {name}", text::team::REACTIVATE)}
                onclick={reactivate(agent, task, again)}>{ text::team::REACTIVATE }</button>
        </li>
    }
}

/// Lets somebody in again, and says so.
pub fn reactivate(agent: &AgentDetails, task: &Task, again: &Callback<()>) -> Callback<MouseEvent> {
    let (id, name) = (agent.id.clone(), agent.name.clone());
    let (task, again) = (task.clone(), again.clone());
    Callback::from(move |_| {
        let (id, name, again, say) = (id.clone(), name.clone(), again.clone(), task.clone());
        let change = ChangeAgent { active: Some(true), ..ChangeAgent::default() };
        task.run(async move { api::team::change(&id, change).await }, move |_| {
            again.emit(());
            say.say(text::team::done(name.as_str(), text::team::Done::Reactivated));
        });
    })
}
