//! Everything behind the door: what stands beside every page, and the page.

use crate::components::banner::Banner;
use crate::components::ring::{Ringing, use_ringing};
use crate::components::sidebar::Sidebar;
use crate::hooks::clock::Clock;
use crate::hooks::commands::use_history;
use crate::hooks::desk::use_desk;
use crate::hooks::nav::{Nav, use_nav};
use crate::hooks::rooms::use_rooms;
use crate::hooks::use_store;
use crate::pages::account::Account;
use crate::pages::chats::ChatsPage;
use crate::pages::live::LivePage;
use crate::pages::settings::Settings;
use crate::pages::team::Team;
use crate::pages::team::agent::AgentPage;
use crate::route::Route;
use crate::state::queue::waiting;
use crate::text;
use crate::web::rooms::Rooms;
use crate::web::{self, files};
use protocol::http::Me;
use std::rc::Rc;
use yew::prelude::*;

/// Props of [`DeskPage`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Who is here.
    pub me: Rc<Me>,
}

/// The frame.
#[component]
pub fn DeskPage(props: &Props) -> Html {
    let Some(store) = use_store() else { return Html::default() };
    let nav = use_nav();
    let me = &props.me;
    let open = nav.route.chats().and_then(|chats| chats.open.clone());
    use_desk(&store, Some(me.id.clone()));
    use_history(&store);
    let rooms = use_rooms(&store, &me.id, open.clone());

    let waiting = store.desk.as_ref().map(|desk| waiting(&desk.queue));
    let ringing = use_ringing();
    use_effect_with((waiting, ringing, nav.route.clone()), |(waiting, ringing, route)| {
        web::set_title(&text::title(waiting.unwrap_or(0), *ringing, route));
    });

    let (skip, skip_to) = match nav.route.chats() {
        Some(_) => (text::SKIP_TO_CHATS, "#list"),
        None => (text::SKIP_TO_PAGE, "#page"),
    };
    let shape =
        classes!("desk", open.is_some().then_some("has-open"), nav.route.chats().is_none().then_some("has-page"));
    html! {
        <ContextProvider<Nav> context={nav.clone()}>
        <ContextProvider<Rooms> context={rooms}>
            <Clock>
                <div class={shape} ondragover={files::keep_out} ondrop={files::keep_out}>
                    <a class="skip" href={skip_to}>{ skip }</a>
                    <Ringing />
                    <Banner />
                    <Sidebar me={me.clone()} />
                    { page(&nav.route, me) }
                    <p class="sr" role="status">{ waiting.map(text::waiting_now) }</p>
                </div>
            </Clock>
        </ContextProvider<Rooms>>
        </ContextProvider<Nav>>
    }
}

fn page(route: &Route, me: &Rc<Me>) -> Html {
    match route {
        Route::Chats(chats) => html! { <ChatsPage me={me.clone()} chats={chats.clone()} /> },
        Route::Team => html! { <Team /> },
        Route::Agent(agent) => html! { <AgentPage key={agent.as_str()} agent={agent.clone()} /> },
        Route::SignIns => html! { <Account /> },
        Route::Live(filter) => html! { <LivePage filter={filter.clone()} /> },
        Route::Settings(part) => html! { <Settings key={part.path()} part={*part} /> },
    }
}
