//! The open conversation: head, transcript, and the place to write.

use crate::components::composer::Composer;
use crate::components::icon::{Icon, Shape};
use crate::components::log::Log;
use crate::components::pane_head::Head;
use crate::hooks::room::{Room, use_room};
use crate::hooks::use_store;
use crate::state::Action;
use crate::state::standing::Standing;
use crate::text;
use client::link::Health;
use protocol::{AgentId, Body, ConversationId, Name};
use yew::prelude::*;

/// Props of [`Pane`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Which one. Keyed by it: another conversation is another instance.
    pub conversation: ConversationId,
    /// Who is here.
    pub me: AgentId,
    /// For the subject of an answer by e-mail.
    pub workspace: Name,
}

/// The conversation.
#[component]
pub fn Pane(props: &Props) -> Html {
    let store = use_store();
    let on_ended = use_callback(store.as_ref().map(|store| store.dispatcher()), |(), dispatch| {
        if let Some(dispatch) = dispatch {
            dispatch.dispatch(Action::SignedOut { ended: true });
        }
    });
    let room = use_room(props.me.clone(), props.conversation.clone(), on_ended);
    let Some(store) = store else { return Html::default() };
    let row = store.row_of(&props.conversation).cloned();
    let thread = &room.thread;
    let standing = Standing::of(row.as_ref(), thread.room.as_ref(), &props.me);
    if thread.refused {
        return html! { <div class="nothing"><Icon shape={Shape::Warn} /><h2>{ text::UNKNOWN_CHAT }</h2></div> };
    }
    let visitor = row.as_ref().and_then(|row| row.visitor_name.as_ref()).map_or(text::VISITOR, Name::as_str).to_owned();
    html! {
        <>
            <Head conversation={props.conversation.clone()} {row} standing={standing.clone()}
                workspace={props.workspace.clone()} />
            <Log thread={(**thread).clone()} me={props.me.clone()} visitor={visitor}
                loading={thread.health == Health::Starting} on_retry={retry(&room)} on_discard={discard(&room)} />
            if thread.health == Health::Down {
                <p class="line-note" role="status">{ text::RECONNECTING }</p>
            }
            { foot(&room, &standing, props) }
        </>
    }
}

fn foot(room: &Room, standing: &Standing, props: &Props) -> Html {
    let line = |text: String| html! { <p class="read-only"><Icon shape={Shape::Info} />{ text }</p> };
    match standing {
        Standing::Mine(_) => {
            let (say, typing) = (room.clone(), room.clone());
            html! {
                <Composer agent={props.me.clone()} conversation={props.conversation.clone()}
                    on_say={move |body: Body| say.say(body)} on_typing={move |on| typing.typing(on)} />
            }
        }
        Standing::Waits(_) => line(text::PICK_UP_TO_REPLY.to_owned()),
        Standing::Theirs(name) => line(text::has_this_chat(name)),
        Standing::Over => line(text::CLOSED_READ_ONLY.to_owned()),
        Standing::Unknown => Html::default(),
    }
}

fn retry(room: &Room) -> Callback<protocol::ClientMsgId> {
    let room = room.clone();
    Callback::from(move |id| room.retry(id))
}

fn discard(room: &Room) -> Callback<protocol::ClientMsgId> {
    let room = room.clone();
    Callback::from(move |id| room.discard(&id))
}
