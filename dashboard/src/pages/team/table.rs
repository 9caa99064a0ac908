//! All agents, with what can be seen of them: a table; on a phone, cards.

use crate::components::avatar::Avatar;
use crate::components::how::{How, LastSeen};
use crate::components::icon::{Icon, Shape};
use crate::components::status_icon::StatusIcon;
use crate::hooks::nav::Nav;
use crate::route::Route;
use crate::state::look::{Look, is_gone};
use crate::state::team::{Filter, by_presence, departments_of};
use crate::text;
use protocol::desk::AgentCard;
use protocol::team::DepartmentCard;
use protocol::{DepartmentId, Role, Status};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// Rows that are drawn at first, and with every press for more: a workspace may have thousands of people.
const ROWS: usize = 100;

/// Props of [`Table`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The team.
    pub agents: Vec<AgentCard>,
    /// The departments.
    pub departments: Vec<DepartmentCard>,
    /// Names lead to the agents' pages.
    pub admin: bool,
}

/// The table with its filters.
#[component]
pub fn Table(props: &Props) -> Html {
    let department = use_state_eq(|| None::<DepartmentId>);
    let status = use_state_eq(|| None::<Status>);
    let rows = use_state_eq(|| ROWS);
    let filter = Filter { department: (*department).clone(), status: *status };
    let agents: Vec<&AgentCard> = by_presence(&props.agents).into_iter().filter(|agent| filter.takes(agent)).collect();
    let clear = {
        let (department, status) = (department.setter(), status.setter());
        move |_| {
            department.set(None);
            status.set(None);
        }
    };
    let more = {
        let (rows, next) = (rows.setter(), *rows + ROWS);
        move |_| rows.set(next)
    };
    let by_department = {
        let department = department.setter();
        move |event: Event| department.set(DepartmentId::parse(&chosen(&event)).ok())
    };
    let by_status = {
        let status = status.setter();
        move |event: Event| status.set(Status::parse(&chosen(&event)).ok())
    };
    let (of, with) =
        (filter.department.as_ref().map_or("", DepartmentId::as_str), filter.status.map_or("", Status::as_str));
    html! {
        <section class="people" aria-label={text::team::AGENTS}>
            <div class="filters" role="group" aria-label={text::team::FILTERS}>
                <select aria-label={text::team::DEPARTMENT} onchange={by_department}>
                    { choice("", text::team::ALL_DEPARTMENTS, of) }
                    for known in &props.departments { { choice(known.id.as_str(), known.name.as_str(), of) } }
                </select>
                <select aria-label={text::team::STATUS} onchange={by_status}>
                    { choice("", text::team::ALL_STATUSES, with) }
                    for &known in Status::ALL { { choice(known.as_str(), text::status(known), with) } }
                </select>
                <span class="filters-count" role="status">
                    if !filter.is_open() { { text::team::shown(agents.len(), props.agents.len()) } }
                </span>
            </div>
            if agents.is_empty() {
                <div class="empty">
                    <Icon shape={Shape::Team} />
                    <h2>{ text::team::NOBODY_FITS }</h2>
                    <p>{ text::team::NOBODY_FITS_LEAD }</p>
                    <button type="button" class="quiet" onclick={clear}>{ text::team::CLEAR_FILTER }</button>
                </div>
            } else {
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{ text::team::AGENT }</th>
                            <th scope="col">{ text::team::STATUS }</th>
                            <th scope="col">{ text::team::DEPARTMENTS }</th>
                            <th scope="col">{ text::team::CHATS }</th>
                            <th scope="col">{ text::team::LAST_SEEN }</th>
                        </tr>
                    </thead>
                    <tbody>
                        for agent in agents.iter().copied().take(*rows) {
                            <Line key={agent.id.as_str()} card={agent.clone()} admin={props.admin}
                                departments={departments_of(agent, &props.departments).join(", ")} />
                        }
                    </tbody>
                </table>
                if agents.len() > *rows {
                    <div class="more">
                        <button type="button" class="quiet" onclick={more}>{ text::LOAD_MORE }</button>
                        <p>{ text::team::shown(*rows, agents.len()) }</p>
                    </div>
                }
            }
        </section>
    }
}

fn chosen(event: &Event) -> String {
    event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value()).unwrap_or_default()
}

fn choice(value: &str, name: &str, chosen: &str) -> Html {
    html! { <option value={value.to_owned()} selected={value == chosen}>{ name.to_owned() }</option> }
}

#[derive(Properties, PartialEq)]
struct LineProps {
    card: AgentCard,
    departments: AttrValue,
    admin: bool,
}

#[component]
fn Line(props: &LineProps) -> Html {
    let Some(nav) = use_context::<Nav>() else { return Html::default() };
    let card = &props.card;
    let to = Route::Agent(card.id.clone());
    let name = card.name.as_str().to_owned();
    html! {
        <tr class={classes!(is_gone(card).then_some("off"))}>
            <th scope="row">
                <span class="person">
                    <Avatar name={name.clone()} seed={card.id.as_str().to_owned()} />
                    if props.admin {
                        <a class="person-name" href={to.path()} onclick={nav.follow(to)}
                            title={text::team::manage(&name)}>{ name }</a>
                    } else {
                        <span class="person-name">{ name }</span>
                    }
                    if card.role != Role::SupportStaff { <span class="badge">{ text::role(card.role) }</span> }
                </span>
            </th>
            <td class="cell-how">
                <span class="how">
                    <StatusIcon look={Look::of(card)} /><span><How card={card.clone()} brief=true /></span>
                </span>
            </td>
            <td class="cell-teams">
                if props.departments.is_empty() { <span class="none-of">{ text::team::NO_DEPARTMENT }</span> }
                else { { props.departments.clone() } }
            </td>
            <td class="cell-load">{ load(card) }</td>
            <td class="cell-seen"><LastSeen card={card.clone()} /></td>
        </tr>
    }
}

fn load(card: &AgentCard) -> Html {
    let part = 100 * card.load.min(card.capacity) / card.capacity.max(1);
    html! {
        <span class={classes!("load", (card.load >= card.capacity).then_some("full"))}>
            <svg class="bar" aria-hidden="true"><rect width={format!("{part}%")} height="100%" rx="3" /></svg>
            <span aria-hidden="true">{ format!("{}/{}", card.load, card.capacity) }</span>
            <span class="sr">{ text::load(card.load, card.capacity) }</span>
        </span>
    }
}
