//! The queue, and the open conversation beside it.

use crate::components::list::List;
use crate::components::pane::Pane;
use crate::components::{icon::Icon, icon::Shape};
use crate::route::Chats;
use crate::text;
use protocol::http::Me;
use std::rc::Rc;
use yew::prelude::*;

/// Props of [`ChatsPage`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Who is here.
    pub me: Rc<Me>,
    /// What is shown.
    pub chats: Chats,
}

/// Both columns; on a phone one of them.
#[component]
pub fn ChatsPage(props: &Props) -> Html {
    let me = &props.me;
    let pane = match &props.chats.open {
        Some(conversation) => {
            html! { <Pane key={conversation.as_str()} conversation={conversation.clone()} me={me.id.clone()} workspace={me.tenant_name.clone()} /> }
        }
        None => nothing_open(),
    };
    html! {
        <main class="work">
            <List me={me.id.clone()} />
            <div class="chat">{ pane }</div>
        </main>
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
