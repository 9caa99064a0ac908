//! The open conversation: head, transcript, and the place to write.

use crate::components::composer::Composer;
use crate::components::icon::{Icon, Shape};
use crate::components::log::Log;
use crate::components::pane_head::{Head, Standing};
use crate::hooks::room::{RoomHandle, RoomLine, use_room};
use crate::hooks::use_store;
use crate::text;
use protocol::room::AgentRef;
use protocol::{Body, ConversationId, Name};
use yew::prelude::*;

/// Props of [`Pane`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Which one. Keyed by it: another conversation is another instance.
    pub conversation: ConversationId,
    /// Who is here.
    pub me: AgentRef,
    /// For the subject of an answer by e-mail.
    pub workspace: Name,
}

/// The conversation.
#[component]
pub fn Pane(props: &Props) -> Html {
    let handle = use_room(props.conversation.clone(), props.me.clone());
    let Some(store) = use_store() else { return Html::default() };
    let row = store.row_of(&props.conversation).cloned();
    let room = &handle.room;
    let standing = Standing::of(row.as_ref(), room.thread.room.as_ref(), &props.me.id);
    if room.line == RoomLine::Refused {
        return html! { <div class="nothing"><Icon shape={Shape::Warn} /><h2>{ text::UNKNOWN_CHAT }</h2></div> };
    }
    let visitor = row.as_ref().and_then(|row| row.visitor_name.as_ref()).map_or(text::VISITOR, Name::as_str).to_owned();
    html! {
        <>
            <Head conversation={props.conversation.clone()} {row} standing={standing.clone()}
                workspace={props.workspace.clone()} />
            <Log thread={room.thread.clone()} me={props.me.id.clone()} visitor={visitor}
                loading={room.line == RoomLine::Opening} on_retry={retry(&handle)} on_discard={discard(&handle)} />
            if room.line == RoomLine::Down {
                <p class="line-note" role="status">{ text::RECONNECTING }</p>
            }
            { foot(&handle, &standing, props) }
        </>
    }
}

fn foot(handle: &RoomHandle, standing: &Standing, props: &Props) -> Html {
    let line = |text: String| html! { <p class="read-only"><Icon shape={Shape::Info} />{ text }</p> };
    match standing {
        Standing::Mine(_) => {
            let (say, typing) = (handle.clone(), handle.clone());
            html! {
                <Composer agent={props.me.id.clone()} conversation={props.conversation.clone()}
                    on_say={move |body: Body| say.say(body)} on_typing={move |on| typing.typing(on)} />
            }
        }
        Standing::Waits(_) => line(text::PICK_UP_TO_REPLY.to_owned()),
        Standing::Theirs(name) => line(text::has_this_chat(name)),
        Standing::Over => line(text::CLOSED_READ_ONLY.to_owned()),
        Standing::Unknown => Html::default(),
    }
}

fn retry(handle: &RoomHandle) -> Callback<protocol::ClientMsgId> {
    let handle = handle.clone();
    Callback::from(move |id| handle.retry(&id))
}

fn discard(handle: &RoomHandle) -> Callback<protocol::ClientMsgId> {
    let handle = handle.clone();
    Callback::from(move |id| handle.discard(id))
}
