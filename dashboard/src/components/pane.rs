//! The open conversation: head, transcript, and the place to write.

use crate::api;
use crate::api::routing::Verb;
use crate::components::composer::Composer;
use crate::components::details::Details;
use crate::components::icon::{Icon, Shape};
use crate::components::log::Log;
use crate::components::pane_head::{Head, use_orders};
use crate::hooks::room::{Room, use_room};
use crate::hooks::{Store, use_store};
use crate::state::Action;
use crate::state::history::Load;
use crate::state::standing::{Handle, Standing};
use crate::text;
use client::link::Health;
use protocol::desk::QueueRow;
use protocol::{AgentId, Body, ConversationId, HandoffId, Name, Stage};
use wasm_bindgen_futures::spawn_local;
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
    let handoff = thread.room.as_ref().and_then(|room| Some(room.handoff.as_ref()?.id.clone()));
    let all_told = store.desk.is_some() && store.history.load == Load::Done;
    use_known(&store, handoff.filter(|_| all_told && row.is_none()));
    let standing = Standing::of(row.as_ref(), thread.room.as_ref(), &props.me);
    if thread.refused {
        return html! { <div class="nothing"><Icon shape={Shape::Warn} /><h2>{ text::UNKNOWN_CHAT }</h2></div> };
    }
    let visitor = row.as_ref().and_then(|row| row.visitor_name.as_ref()).map_or(text::VISITOR, Name::as_str).to_owned();
    let beside = row.clone().filter(|_| store.details).map(|row| {
        html! { <Details {row} me={props.me.clone()} workspace={props.workspace.clone()} /> }
    });
    html! {
        <div class="pane">
            <div class="pane-main">
                // Where there is no room for the list, its heading is not there either.
                <h1 class="sr narrow-only">{ text::CHATS }</h1>
                <Head conversation={props.conversation.clone()} row={row.clone()} standing={standing.clone()}
                    workspace={props.workspace.clone()} />
                { row.as_ref().filter(|row| row.stage != Stage::Closed).map(note) }
                <Log thread={(**thread).clone()} me={props.me.clone()} visitor={visitor}
                    loading={thread.health == Health::Starting} on_retry={retry(&room)} on_discard={discard(&room)} />
                if thread.health == Health::Down {
                    <p class="line-note" role="status">{ text::RECONNECTING }</p>
                }
                { foot(&room, &standing, props, store.is_admin()) }
            </div>
            { beside }
        </div>
    }
}

/// Asks for a handoff that neither the queue nor the known part of the history has.
#[hook]
fn use_known(store: &Store, missing: Option<HandoffId>) {
    let dispatch = store.dispatcher();
    use_effect_with(missing, move |missing| {
        if let Some(handoff) = missing.clone() {
            spawn_local(async move {
                // Without an answer the conversation can be read, and that is all.
                if let Ok(row) = api::routing::handoff(&handoff).await {
                    dispatch.dispatch(Action::Known(Box::new(row)));
                }
            });
        }
    });
}

/// What whoever passed it on said.
fn note(row: &QueueRow) -> Html {
    html! {
        if let Some(note) = &row.note {
            <p class="passed-on">
                <Icon shape={Shape::Pass} />
                <span><b>{ text::desk::note_by(note.by.name.as_str()) }</b>{ " " }{ note.text.as_str() }</span>
            </p>
        }
    }
}

fn foot(room: &Room, standing: &Standing, props: &Props, admin: bool) -> Html {
    let line = |text: String| html! { <p class="read-only"><Icon shape={Shape::Info} />{ text }</p> };
    match standing {
        Standing::Mine(_) => {
            let (say, typing) = (room.clone(), room.clone());
            html! {
                <Composer agent={props.me.clone()} conversation={props.conversation.clone()}
                    on_say={move |body: Body| say.say(body)} on_typing={move |on| typing.typing(on)} />
            }
        }
        Standing::Rings(_) => line(text::desk::ACCEPT_TO_REPLY.to_owned()),
        Standing::RingsFor(_, name) => line(text::desk::asked_now(name)),
        Standing::Waits(_) => line(text::desk::PICK_UP_TO_REPLY.to_owned()),
        Standing::Theirs(handle, name) if admin => html! {
            <Watching conversation={props.conversation.clone()} handle={handle.clone()} name={name.clone()} />
        },
        Standing::Theirs(_, name) => line(text::desk::has_this_chat(name)),
        Standing::Over(_) => line(text::CLOSED_READ_ONLY.to_owned()),
        Standing::Unknown => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct WatchingProps {
    conversation: ConversationId,
    handle: Handle,
    name: AttrValue,
}

/// An admin looks at somebody's conversation, unseen.
#[component]
fn Watching(props: &WatchingProps) -> Html {
    let Some(orders) = use_orders(&props.conversation) else { return Html::default() };
    let busy = orders.is_busy();
    let onclick = {
        let handle = props.handle.clone();
        move |_: MouseEvent| orders.give(Verb::TakeOver, &handle)
    };
    html! {
        <div class="read-only watching">
            <Icon shape={Shape::Eye} />
            <span>{ text::desk::watching(&props.name) }</span>
            <button type="button" class="quiet small" {onclick} disabled={busy}>
                { if busy { text::desk::TAKING_OVER } else { text::desk::TAKE_OVER } }
            </button>
        </div>
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
