//! How many can answer: in the whole team, and in each department.

use crate::components::icon::{Icon, Shape};
use crate::components::status_icon::StatusIcon;
use crate::state::look::Look;
use crate::state::team::{count, members};
use crate::text;
use protocol::Status;
use protocol::desk::AgentCard;
use protocol::team::{Counts, DepartmentCard};
use yew::prelude::*;

/// Props of [`CountCards`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The team.
    pub agents: Vec<AgentCard>,
    /// The departments.
    pub departments: Vec<DepartmentCard>,
}

/// A card for each.
#[component]
pub fn CountCards(props: &Props) -> Html {
    let all = count(&props.agents);
    html! {
        <ul class="counts">
            { card(text::team::EVERYBODY, &all, true) }
            for department in &props.departments {
                { card(department.name.as_str(), &count(members(&props.agents, &department.id)), department.covered) }
            }
        </ul>
    }
}

fn card(name: &str, counts: &Counts, covered: bool) -> Html {
    let states = [(Status::Available, counts.available), (Status::Busy, counts.busy), (Status::Away, counts.away)];
    html! {
        <li class={classes!("count-card", (!covered).then_some("uncovered"))}>
            <h2>{ name.to_owned() }</h2>
            <p class="count-big"><strong>{ counts.online }</strong>{ text::team::of_online(counts) }</p>
            <ul class="count-states">
                for (status, n) in states {
                    <li class={classes!((n == 0).then_some("none-of"))}>
                        <StatusIcon look={Look::Plain(status)} /><b>{ n }</b><span>{ text::status(status) }</span>
                    </li>
                }
            </ul>
            <p class="count-foot">
                if covered { { text::team::spare(counts) } }
                else { <Icon shape={Shape::Warn} />{ text::team::NOT_COVERED } }
            </p>
        </li>
    }
}
