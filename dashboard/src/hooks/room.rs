//! The line to one conversation, and what goes over it.

use crate::api;
use crate::state::thread::{Sending, Thread};
use crate::web::socket::{News, Socket};
use crate::web::{self, outbox};
use protocol::http::SendRequest;
use protocol::problem::Code;
use protocol::room::{AgentRef, RoomDown, RoomUp};
use protocol::{Body, ClientMsgId, ConversationId, Seq, Timestamp};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomLine {
    /// The first connection is being made.
    Opening,
    /// Live.
    Up,
    /// Lost, being remade.
    Down,
    /// The server will not let us in.
    Refused,
}

/// A conversation and its line.
#[derive(Clone, PartialEq)]
pub struct Room {
    /// What is known of it.
    pub thread: Thread,
    /// Its line.
    pub line: RoomLine,
    me: AgentRef,
}

/// What can happen to a room.
pub enum Act {
    /// A frame came, at this time of ours.
    Heard(RoomDown, Timestamp),
    /// The line changed.
    Line(RoomLine),
    /// The agent sends, or sends again.
    Send(ClientMsgId, Body),
    /// The agent gives a message up.
    Discard(ClientMsgId),
}

impl Reducible for Room {
    type Action = Act;

    fn reduce(self: Rc<Self>, act: Act) -> Rc<Self> {
        let mut room = (*self).clone();
        match act {
            Act::Heard(frame, now) => room.hear(frame, now),
            Act::Line(line) => room.line = line,
            Act::Send(id, body) => room.thread.send(id, body),
            Act::Discard(id) => room.thread.discard(&id),
        }
        Rc::new(room)
    }
}

impl Room {
    fn hear(&mut self, frame: RoomDown, now: Timestamp) {
        if matches!(frame, RoomDown::Welcome { .. }) {
            self.line = RoomLine::Up;
        }
        self.thread.hear(frame, &self.me, now);
    }
}

/// A room to look at and to speak in.
#[derive(Clone)]
pub struct RoomHandle {
    /// As it is.
    pub room: UseReducerHandle<Room>,
    wire: Rc<std::cell::RefCell<Option<Socket>>>,
}

impl RoomHandle {
    /// Sends a text; it is kept until the room has acknowledged it.
    pub fn say(&self, body: Body) {
        self.send(ClientMsgId::random(web::random()), body);
    }

    /// Sends a failed message again, under the same id: it cannot be doubled.
    pub fn retry(&self, id: &ClientMsgId) {
        if let Some(send) = self.room.thread.sends.iter().find(|send| &send.id == id) {
            self.send(send.id.clone(), send.body.clone());
        }
    }

    /// Gives a failed message up.
    pub fn discard(&self, id: ClientMsgId) {
        self.room.dispatch(Act::Discard(id));
    }

    /// Tells the visitor that we write, or have stopped.
    pub fn typing(&self, on: bool) {
        self.up(&RoomUp::Typing { on });
    }

    fn send(&self, id: ClientMsgId, body: Body) {
        self.room.dispatch(Act::Send(id.clone(), body.clone()));
        // If the line is down, the next welcome sends all that is under way.
        self.up(&RoomUp::Send { id, body });
    }

    fn up(&self, frame: &RoomUp) {
        if let (Some(socket), Ok(text)) = (&*self.wire.borrow(), serde_json::to_string(frame)) {
            socket.send(&text);
        }
    }
}

/// Opens the line to `conversation`; one component instance (by its key) keeps to one conversation.
#[hook]
pub fn use_room(conversation: ConversationId, me: AgentRef) -> RoomHandle {
    let room = use_reducer(|| first(&conversation, &me));
    let wire = use_mut_ref(|| None);
    let handle = RoomHandle { room: room.clone(), wire: wire.clone() };

    use_effect_with(conversation.clone(), {
        let (dispatch, wire) = (room.dispatcher(), wire.clone());
        move |conversation: &ConversationId| {
            *wire.borrow_mut() = Some(dial(conversation.clone(), dispatch));
            move || drop(wire.take())
        }
    });

    // Whatever is not acknowledged when the line comes up goes out again, in order.
    use_effect_with(room.line, {
        let handle = handle.clone();
        move |&line| {
            if line == RoomLine::Up {
                let sends = handle.room.thread.sends.iter().filter(|send| send.state == Sending::Underway);
                sends.for_each(|send| handle.up(&RoomUp::Send { id: send.id.clone(), body: send.body.clone() }));
            }
        }
    });

    use_effect_with(room.thread.sends.clone(), move |sends| {
        let kept: Vec<SendRequest> =
            sends.iter().map(|send| SendRequest { id: send.id.clone(), body: send.body.clone() }).collect();
        outbox::save(&me.id, &conversation, &kept);
    });
    handle
}

fn first(conversation: &ConversationId, me: &AgentRef) -> Room {
    let mut thread = Thread::default();
    outbox::load(&me.id, conversation).into_iter().for_each(|send| thread.send(send.id, send.body));
    Room { thread, line: RoomLine::Opening, me: me.clone() }
}

fn dial(conversation: ConversationId, dispatch: UseReducerDispatcher<Room>) -> Socket {
    // The last place heard without a gap, for resuming.
    let last = Rc::new(Cell::new(Seq(0)));
    let (resume, asked) = (last.clone(), conversation.clone());
    let path = move || format!("/v1/conversations/{conversation}/socket?after={}", resume.get().0);
    Socket::dial(path, move |news| match news {
        News::Up => {}
        News::Frame(text) => {
            if let Ok(frame) = serde_json::from_str::<RoomDown>(&text) {
                last.set(heard_up_to(&frame, last.get()));
                dispatch.dispatch(Act::Heard(frame, web::now()));
            }
        }
        News::Down { refused } => {
            dispatch.dispatch(Act::Line(RoomLine::Down));
            if refused {
                ask_why(asked.clone(), dispatch.clone());
            }
        }
        News::Ended => dispatch.dispatch(Act::Line(RoomLine::Refused)),
    })
}

/// A browser does not say why a socket was refused: ask in a way that has an answer.
fn ask_why(conversation: ConversationId, dispatch: UseReducerDispatcher<Room>) {
    spawn_local(async move {
        let reply = api::may_read(&conversation).await;
        if reply.is_err_and(|problem| matches!(problem.code, Code::NotFound | Code::Forbidden)) {
            dispatch.dispatch(Act::Line(RoomLine::Refused));
        }
    });
}

fn heard_up_to(frame: &RoomDown, last: Seq) -> Seq {
    match frame {
        RoomDown::Welcome { messages, .. } => messages.last().map_or(last, |message| last.max(message.seq)),
        RoomDown::Message { message } if message.seq == last.next() => message.seq,
        RoomDown::Ack { seq, .. } if *seq == last.next() => *seq,
        RoomDown::Message { .. }
        | RoomDown::Ack { .. }
        | RoomDown::State { .. }
        | RoomDown::Typing { .. }
        | RoomDown::Error { .. } => last,
    }
}
