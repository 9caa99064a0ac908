//! The one open conversation: its thread as state, its line as a handle.

use crate::state::thread::Thread;
use crate::web::room::{RoomLine, Shown};
use protocol::{AgentId, Body, ClientMsgId, ConversationId};
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

impl Reducible for Thread {
    type Action = Shown;

    fn reduce(self: Rc<Self>, shown: Shown) -> Rc<Self> {
        let mut thread = (*self).clone();
        match shown {
            Shown::Message(message) => thread.put(message),
            Shown::State(state) => thread.room = Some(state),
            Shown::Outbox(outgoing) => thread.sends = outgoing,
            Shown::Typing(on) => thread.typing = on,
            Shown::Health(health) => thread.health = health,
            Shown::Refused | Shown::Ended => thread.refused = true,
        }
        Rc::new(thread)
    }
}

/// A room to look at and to speak in.
#[derive(Clone)]
pub struct Room {
    /// As it is.
    pub thread: UseReducerHandle<Thread>,
    line: Rc<RefCell<Option<RoomLine>>>,
}

impl Room {
    /// Sends a text.
    pub fn say(&self, body: Body) {
        self.with(|line| line.say(body));
    }

    /// Sends a failed message again.
    pub fn retry(&self, id: ClientMsgId) {
        self.with(|line| line.retry(id));
    }

    /// Gives a failed message up.
    pub fn discard(&self, id: &ClientMsgId) {
        self.with(|line| line.discard(id));
    }

    /// A key was pressed, or the text was given up.
    pub fn typing(&self, on: bool) {
        self.with(|line| line.typing(on));
    }

    fn with(&self, order: impl FnOnce(&RoomLine)) {
        if let Some(line) = &*self.line.borrow() {
            order(line);
        }
    }
}

/// Opens the line to `conversation` and keeps it while the component lives. `on_ended` hears that the sign-in has ended.
#[hook]
pub fn use_room(agent: AgentId, conversation: ConversationId, on_ended: Callback<()>) -> Room {
    let thread = use_reducer(Thread::default);
    let line = use_mut_ref(|| None);
    use_effect_with((agent, conversation), {
        let (dispatch, line) = (thread.dispatcher(), line.clone());
        move |(agent, conversation): &(AgentId, ConversationId)| {
            let show = move |shown| match shown {
                Shown::Ended => on_ended.emit(()),
                shown => dispatch.dispatch(shown),
            };
            *line.borrow_mut() = Some(RoomLine::open(agent.clone(), conversation.clone(), show));
            move || drop(line.take())
        }
    });
    Room { thread, line }
}
