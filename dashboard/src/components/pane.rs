//! The open conversation: head, transcript, and the place to write.

use crate::api;
use crate::api::routing::Verb;
use crate::components::composer::Composer;
use crate::components::details::Details;
use crate::components::icon::{Icon, Shape};
use crate::components::log::Log;
use crate::components::pane_head::{Head, use_orders};
use crate::hooks::rooms::{Room, use_room};
use crate::hooks::{Store, use_store};
use crate::state::history::Load;
use crate::state::standing::{Handle, Standing};
use crate::state::{Action, Link};
use crate::text;
use crate::web::files;
use client::link::Health;
use protocol::desk::QueueRow;
use protocol::{AgentId, ConversationId, HandoffId, Name, Stage};
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
    let dragged = use_state_eq(|| false);
    let (Some(store), Some(room)) = (use_store(), use_room(&props.conversation)) else { return Html::default() };
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
    let mine = matches!(standing, Standing::Mine(_));
    // While the desk cannot be reached either, the line over everything says so.
    let down = thread.aside.health == Health::Down && store.link == Link::Up;
    let Drop { over, leave, drop } = taking(&room, mine, &dragged);
    html! {
        <div class="pane">
            <div class="pane-main" ondragover={over} ondragleave={leave} ondrop={drop}>
                // Where there is no room for the list, its heading is not there either.
                <h1 class="sr narrow-only">{ text::CHATS }</h1>
                <Head conversation={props.conversation.clone()} row={row.clone()} standing={standing.clone()}
                    workspace={props.workspace.clone()} />
                { row.as_ref().filter(|row| row.stage != Stage::Closed).map(note) }
                <Log room={room.clone()} me={props.me.clone()} {visitor} {mine}
                    may_remove={mine || store.is_admin()} />
                <div role="status">if down { <p class="line-note">{ text::RECONNECTING }</p> }</div>
                { foot(&room, &standing, props, store.is_admin()) }
                if *dragged { <p class="drop"><Icon shape={Shape::Clip} />{ text::room::DROP }</p> }
            </div>
            { beside }
        </div>
    }
}

/// What is done with files that are dragged over a chat of ours.
struct Drop {
    over: Callback<DragEvent>,
    leave: Callback<DragEvent>,
    drop: Callback<DragEvent>,
}

fn taking(room: &Room, mine: bool, dragged: &UseStateHandle<bool>) -> Drop {
    let over = {
        let dragged = dragged.setter();
        move |event: DragEvent| {
            if mine && files::are_dragged(&event) {
                event.prevent_default();
                event.stop_propagation();
                dragged.set(true);
            }
        }
    };
    let leave = {
        let dragged = dragged.setter();
        move |event: DragEvent| dragged.set(files::stays_within(&event, ".pane-main"))
    };
    let drop = {
        let (room, dragged) = (room.clone(), dragged.setter());
        move |event: DragEvent| {
            dragged.set(false);
            if mine && files::are_dragged(&event) {
                event.prevent_default();
                files::dropped(&event).into_iter().for_each(|(name, blob)| room.stage(name, blob));
            }
        }
    };
    Drop { over: over.into(), leave: leave.into(), drop: drop.into() }
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
        Standing::Mine(_) => html! { <Composer agent={props.me.clone()} room={room.clone()} /> },
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
