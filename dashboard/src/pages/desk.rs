//! The desk: people, queue, and the open conversation beside it.

use crate::components::banner::Banner;
use crate::components::list::List;
use crate::components::pane::Pane;
use crate::components::sidebar::Sidebar;
use crate::components::{icon::Icon, icon::Shape};
use crate::hooks::clock::Clock;
use crate::hooks::commands::use_history;
use crate::hooks::desk::use_desk;
use crate::hooks::nav::{Nav, use_nav};
use crate::hooks::outbox::use_left_behind;
use crate::hooks::use_store;
use crate::state::queue::waiting;
use crate::{text, web};
use protocol::http::Me;
use std::rc::Rc;
use yew::prelude::*;

/// Props of [`DeskPage`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Who is here.
    pub me: Rc<Me>,
}

/// Everything behind the door.
#[component]
pub fn DeskPage(props: &Props) -> Html {
    let Some(store) = use_store() else { return Html::default() };
    let nav = use_nav();
    let me = &props.me;
    use_desk(&store, Some(me.id.clone()));
    use_history(&store);
    use_left_behind(me.id.clone(), nav.route.open.clone(), store.link);

    let waiting = store.desk.as_ref().map(|desk| waiting(&desk.queue));
    use_effect_with(waiting, |waiting| web::set_title(&text::title(waiting.unwrap_or(0))));

    let pane = match &nav.route.open {
        Some(conversation) => {
            html! { <Pane key={conversation.as_str()} conversation={conversation.clone()} me={me.id.clone()} workspace={me.tenant_name.clone()} /> }
        }
        None => nothing_open(),
    };
    html! {
        <ContextProvider<Nav> context={nav.clone()}>
            <Clock>
                <div class={classes!("desk", nav.route.open.is_some().then_some("has-open"))}>
                    <a class="skip" href="#list">{ text::SKIP_TO_CHATS }</a>
                    <Banner />
                    <Sidebar me={me.clone()} />
                    <main class="work">
                        <h1 class="sr">{ text::PRODUCT }</h1>
                        <List me={me.id.clone()} />
                        <div class="chat">{ pane }</div>
                    </main>
                    <p class="sr" role="status">{ waiting.map(text::waiting_now) }</p>
                </div>
            </Clock>
        </ContextProvider<Nav>>
    }
}

fn nothing_open() -> Html {
    html! {
        <div class="nothing">
            <Icon shape={Shape::Chat} />
            <h2>{ text::NOTHING_OPEN }</h2>
            <p>{ text::NOTHING_OPEN_LEAD }</p>
        </div>
    }
}
