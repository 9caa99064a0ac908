//! The lines to rooms, held above all pages; and one of them, to look at and to speak in.

use crate::api;
use crate::hooks::{Store, use_store};
use crate::state::thread::Thread;
use crate::state::{Action, Link};
use crate::web::rooms::Rooms;
use protocol::{AgentId, Body, ClientMsgId, ConversationId, FileName};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;
use yew::prelude::*;

/// Holds the lines of an agent; `open` is the chat on the screen.
#[hook]
pub fn use_rooms(store: &Store, agent: &AgentId, open: Option<ConversationId>) -> Rooms {
    let dispatch = store.dispatcher();
    let rooms = use_memo(agent.clone(), {
        let dispatch = dispatch.clone();
        move |agent| Rooms::new(agent.clone(), dispatch)
    });
    use_effect_with((open, store.wanted()), {
        let rooms = rooms.clone();
        move |(open, wanted)| rooms.follow(open.clone(), wanted.clone())
    });
    use_effect_with(store.files, {
        let rooms = rooms.clone();
        move |files| files.iter().for_each(|files| rooms.allow(*files))
    });
    // A tab that was closed meanwhile may have left something behind, and rules may have changed while we were away.
    use_effect_with(store.link == Link::Up, {
        let rooms = rooms.clone();
        move |&up| {
            rooms.take_over();
            if up {
                learn_rules(dispatch);
            }
        }
    });
    (*rooms).clone()
}

/// Without an answer the usual rules hold: the server looks at every file anyway.
fn learn_rules(dispatch: UseReducerDispatcher<crate::state::State>) {
    spawn_local(async move {
        if let Ok(settings) = api::routing::conversations().await {
            dispatch.dispatch(Action::Files(settings.files));
        }
    });
}

/// A room to look at and to speak in.
#[derive(Clone, PartialEq)]
pub struct Room {
    /// Which.
    pub conversation: ConversationId,
    /// As it is.
    pub thread: Rc<Thread>,
    rooms: Rooms,
}

/// The room of a conversation, as far as there is a line to it.
#[hook]
pub fn use_room(conversation: &ConversationId) -> Option<Room> {
    let (store, rooms) = (use_store()?, use_context::<Rooms>()?);
    let thread = store.threads.get(conversation).cloned().unwrap_or_default();
    Some(Room { conversation: conversation.clone(), thread, rooms })
}

impl Room {
    /// Sends a text, and what was chosen.
    pub fn say(&self, body: Option<Body>) {
        self.rooms.with(&self.conversation, |line| line.say(body));
    }

    /// Chooses a file to be sent with the next press.
    pub fn stage(&self, name: FileName, blob: Blob) {
        self.rooms.with(&self.conversation, |line| line.stage(name, blob));
    }

    /// Leaves a chosen file out.
    pub fn unstage(&self, id: &ClientMsgId) {
        self.rooms.with(&self.conversation, |line| line.unstage(id));
    }

    /// Sends what failed again.
    pub fn retry(&self, id: &ClientMsgId) {
        self.rooms.with(&self.conversation, |line| line.retry(id.clone()));
    }

    /// Gives up what failed, or a file on its way.
    pub fn discard(&self, id: &ClientMsgId) {
        self.rooms.with(&self.conversation, |line| line.discard(id.clone()));
    }

    /// Asks for the page before the oldest message.
    pub fn earlier(&self) {
        self.rooms.with(&self.conversation, |line| line.earlier());
    }

    /// A key was pressed, or the text was given up.
    pub fn typing(&self, on: bool) {
        self.rooms.with(&self.conversation, |line| line.typing(on));
    }
}
