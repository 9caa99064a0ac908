//! What no room has acknowledged, kept over reloads and crashes: one entry for each message in the browser's database,
//! so that tabs never write over each other.

use client::store::{Kept as Entry, Store};
use protocol::http::SendRequest;
use protocol::{AgentId, Body, ClientMsgId, ConversationId, FileName, tree};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Storage};

/// Where texts stood before there was a database, followed by agent and conversation.
const OLD: &str = "beckon.outbox.";

/// Something that waits.
pub enum Kept {
    /// A text.
    Text(SendRequest),
    /// A file.
    File {
        /// Its message's id.
        id: ClientMsgId,
        /// As its sender calls it.
        name: FileName,
        /// Its bytes.
        blob: Blob,
    },
}

/// The JSON of an entry; a text or a file's name.
#[derive(Serialize, Deserialize)]
struct Note {
    conversation: ConversationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Body>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<FileName>,
}

/// An agent's shelf; cheap to clone.
#[derive(Clone)]
pub struct Shelf {
    agent: AgentId,
    place: Rc<RefCell<Place>>,
}

type Wish = Box<dyn FnOnce(&Store)>;

enum Place {
    /// The database is being opened; these wait for it. For ever where the browser keeps nothing: messages still go out,
    /// they only do not survive a reload.
    Opening(Vec<Wish>),
    /// Here it is.
    Here(Store),
}

impl Shelf {
    /// Opens the shelf of an agent, and takes over what an older version has left in `localStorage`.
    pub fn open(agent: AgentId) -> Shelf {
        let shelf = Shelf { agent, place: Rc::new(RefCell::new(Place::Opening(Vec::new()))) };
        let place = Rc::downgrade(&shelf.place);
        Store::open(move |store| {
            // It may open later than it should.
            let Some((place, store)) = place.upgrade().zip(store) else { return };
            let before = place.replace(Place::Here(store));
            if let (Place::Opening(wishes), Place::Here(store)) = (before, &*place.borrow()) {
                wishes.into_iter().for_each(|wish| wish(store));
            }
        });
        shelf.take_over();
        shelf
    }

    /// Keeps a text.
    pub fn keep(&self, conversation: &ConversationId, send: &SendRequest) {
        let note = Note { conversation: conversation.clone(), body: Some(send.body.clone()), name: None };
        self.put(&send.id, &note, None);
    }

    /// Keeps a file.
    pub fn keep_file(&self, conversation: &ConversationId, id: &ClientMsgId, name: &FileName, blob: &Blob) {
        let note = Note { conversation: conversation.clone(), body: None, name: Some(name.clone()) };
        self.put(id, &note, Some(blob.clone().into()));
    }

    /// Lets go of an entry.
    pub fn forget(&self, id: &ClientMsgId) {
        let id = id.clone();
        self.with(Box::new(move |store| {
            store.remove(id.as_str());
        }));
    }

    /// Tells all that is kept, in the order of keeping; what is read late in a second part.
    pub fn read(&self, mut then: impl FnMut(Vec<(ConversationId, Kept)>) + 'static) {
        let scope = self.agent.clone();
        self.with(Box::new(move |store| {
            store.all(scope.as_str(), move |entries| then(entries.into_iter().filter_map(read).collect()));
        }));
    }

    fn put(&self, id: &ClientMsgId, note: &Note, blob: Option<JsValue>) {
        let (scope, id) = (self.agent.clone(), id.clone());
        let Ok(json) = serde_json::to_string(note) else { return };
        self.with(Box::new(move |store| {
            store.put(scope.as_str(), id.as_str(), &json, blob.as_ref());
        }));
    }

    /// At once, or when the database is open.
    fn with(&self, wish: Wish) {
        match &mut *self.place.borrow_mut() {
            Place::Opening(wishes) => wishes.push(wish),
            Place::Here(store) => wish(store),
        }
    }

    /// Once: the old place is empty afterwards.
    fn take_over(&self) {
        let this = self.clone();
        self.with(Box::new(move |store| {
            let Some(old) = web_sys::window().and_then(|window| window.local_storage().ok()?) else { return };
            for (key, conversation) in old_keys(&old, &this.agent) {
                let text = old.get_item(&key).ok().flatten().unwrap_or_default();
                let sends: Vec<SendRequest> = tree::read(&text).unwrap_or_default();
                for SendRequest { id, body } in sends {
                    let note = Note { conversation: conversation.clone(), body: Some(body), name: None };
                    let json = serde_json::to_string(&note).unwrap_or_default();
                    store.put(this.agent.as_str(), id.as_str(), &json, None);
                }
                let _ = old.remove_item(&key);
            }
        }));
    }
}

fn old_keys(old: &Storage, agent: &AgentId) -> Vec<(String, ConversationId)> {
    let prefix = format!("{OLD}{agent}.");
    let keys = (0..old.length().unwrap_or(0)).filter_map(|n| old.key(n).ok().flatten());
    keys.filter_map(|key| ConversationId::parse(key.strip_prefix(&prefix)?).ok().map(|known| (key, known))).collect()
}

/// An entry that a newer version has made, and that is not understood here, is left where it is.
fn read(entry: Entry) -> Option<(ConversationId, Kept)> {
    let Note { conversation, body, name } = tree::read(&entry.json).ok()?;
    let id = ClientMsgId::parse(&entry.id).ok()?;
    let kept = match (body, name, entry.blob) {
        (Some(body), _, _) => Kept::Text(SendRequest { id, body }),
        (None, Some(name), Some(blob)) => Kept::File { id, name, blob: blob.unchecked_into() },
        (None, _, _) => return None,
    };
    Some((conversation, kept))
}
