//! Beside every page: the workspace, the pages, the team, and the agent at this browser.

use crate::components::avatar::Avatar;
use crate::components::how::How;
use crate::components::pages::Pages;
use crate::components::status_icon::StatusIcon;
use crate::components::status_menu::StatusMenu;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::Route;
use crate::state::look::{Look, is_gone};
use crate::state::team::by_presence;
use crate::text;
use protocol::desk::AgentCard;
use protocol::http::Me;
use std::rc::Rc;
use yew::prelude::*;

/// Colleagues that fit beside the chats; the team's page shows all.
const MOST: usize = 50;

/// Props of [`Sidebar`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Who is here.
    pub me: Rc<Me>,
}

/// On wide screens a column at the left; on narrow ones a bar at the top, without the team.
#[component]
pub fn Sidebar(props: &Props) -> Html {
    html! {
        <header class="side">
            <div class="side-brand">
                <span class="splash-mark" aria-hidden="true"></span>
                <div>
                    <strong>{ props.me.tenant_name.as_str() }</strong>
                    <span>{ text::PRODUCT }</span>
                </div>
            </div>
            <Pages />
            <Team />
            <StatusMenu me={props.me.clone()} />
        </header>
    }
}

/// Colleagues with their status: those who are there first.
#[component]
pub fn Team() -> Html {
    let nav = use_context::<Nav>();
    let Some(store) = use_store() else { return Html::default() };
    let Some(desk) = &store.desk else { return Html::default() };
    let team: Vec<&AgentCard> = by_presence(&desk.agents).into_iter().filter(|agent| agent.id != desk.me).collect();
    if team.is_empty() {
        // Holds the place, so that the agent stays at the foot.
        return html! { <div class="team"></div> };
    }
    html! {
        <section class="team" aria-label={text::TEAM} tabindex="0">
            <h2>{ text::TEAM }</h2>
            <ul>for &agent in team.iter().take(MOST) { { member(agent) } }</ul>
            if let (Some(nav), true) = (nav, team.len() > MOST) {
                <a class="link team-more" href={Route::Team.path()} onclick={nav.follow(Route::Team)}>
                    { text::team::more(team.len() - MOST) }
                </a>
            }
        </section>
    }
}

fn member(agent: &AgentCard) -> Html {
    html! {
        <li key={agent.id.as_str()} class={classes!(is_gone(agent).then_some("off"))}>
            <span class="face">
                <Avatar name={agent.name.as_str().to_owned()} seed={agent.id.as_str().to_owned()} />
                <StatusIcon look={Look::of(agent)} />
            </span>
            <span class="team-who">
                <span class="team-name">{ agent.name.as_str() }</span>
                <span class="team-how"><How card={agent.clone()} /></span>
            </span>
            <span class="team-load" title={text::load(agent.load, agent.capacity)}>
                if agent.load > 0 {
                    { agent.load }<span class="sr">{ format!(" / {}", agent.capacity) }</span>
                }
            </span>
        </li>
    }
}
