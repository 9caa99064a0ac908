//! What outlives the page: one entry in the page's storage, and what was not sent yet in IndexedDB.

use crate::app::{News, tell};
use crate::host::files;
use crate::model::{Input, Model, Saved};
use crate::text::join;
use crate::view::dom::El;
use client::browser::random;
use client::store::{Kept, Store};
use protocol::file::FileSettings;
use protocol::http::SendRequest;
use protocol::lean::{Json, Lean};
use protocol::{Body, ClientMsgId, lean};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    // Storage may be full, off, or forbidden: the chat works without it, until the page is left.
    #[wasm_bindgen(catch, js_namespace = localStorage, js_name = getItem)]
    fn get_item(name: &str) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(catch, js_namespace = localStorage, js_name = setItem)]
    fn set_item(name: &str, value: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = localStorage, js_name = removeItem)]
    fn remove_item(name: &str) -> Result<(), JsValue>;
}

/// The browser's memory, as far as it is ours.
pub struct Keep {
    /// Name of our entry, and of our rows.
    pub scope: String,
    store: Option<Store>,
    /// What older versions of this kept in the entry: it moves into the database.
    old: Vec<SendRequest>,
}

impl Keep {
    /// Touches nothing yet.
    pub fn new(key: &str) -> Keep {
        Keep { scope: join(&["beckon:", key]), store: None, old: Vec::new() }
    }

    /// An earlier page, or another tab, has stored something.
    pub fn is_set(&self) -> bool {
        get_item(&self.scope).is_ok_and(|item| item.is_some())
    }

    /// What.
    pub fn saved(&mut self) -> Option<Saved> {
        let json = Json::parse(&get_item(&self.scope).ok()??)?;
        if let Json::List(old) = json.get("outbox") {
            for item in old {
                if let (Json::Text(id), Json::Text(body)) = (item.get("id"), item.get("body")) {
                    self.old.extend(request(id, body));
                }
            }
        }
        Saved::from_json(&json)
    }

    /// Stores it for the next page.
    pub fn save(&self, saved: &Saved) {
        let _ = set_item(&self.scope, &lean::write(saved));
    }

    /// Opens the database. With `forget`, what is in it is of somebody else.
    pub fn open(&self, forget: bool) {
        let scope = self.scope.clone();
        Store::open(move |store| match store {
            Some(store) if !forget => {
                let own = store.clone();
                store.all(&scope, move |kept| tell(News::Opened(Some(own.clone()), kept)));
            }
            store => {
                store.iter().for_each(|store| store.forget(&scope));
                tell(News::Opened(store, Vec::new()));
            }
        });
    }

    /// The database is open, or not in time; then it may be later. What was to be kept before is kept now.
    pub fn opened(&mut self, store: Option<Store>, mut kept: Vec<Kept>, model: &Model) -> Input {
        self.store = store;
        for item in model.link.outbox() {
            if kept.iter().all(|row| row.id != item.id.as_str()) {
                self.put(&item.id, &item.body);
            }
        }
        let mut texts = Vec::new();
        // From the end, because a loop over the list brings the code to drop what was left of it.
        while let Some(Kept { id, json, blob }) = kept.pop() {
            match blob {
                None => texts.extend(request(&id, &json)),
                Some(blob) => files("kept", &blob, &id),
            }
        }
        files("restored", &JsValue::NULL, "");
        texts.reverse();
        for request in std::mem::take(&mut self.old) {
            self.put(&request.id, &request.body);
            texts.push(request);
        }
        Input::Restored(texts)
    }

    /// Hands on a file that a person has chosen. What sends it may be out of reach now, and the page may be left before that is
    /// here: so it is kept at once, unless it will be refused, because then it may be larger than all that a browser keeps.
    pub fn choose(&self, file: &El, rules: Option<FileSettings>) {
        let id = ClientMsgId::random(random());
        let most = f64::from(rules.map_or(0, |rules| rules.max_kb)) * 1024.0;
        let store = self.store.as_ref().filter(|_| file.size() <= most);
        store.iter().for_each(|store| store.put(&self.scope, id.as_str(), "", Some(file)));
        files(if store.is_some() { "new" } else { "take" }, file, id.as_str());
    }

    /// Keeps a text until it is sent.
    pub fn put(&self, id: &ClientMsgId, body: &Body) {
        if let Some(store) = &self.store {
            store.put(&self.scope, id.as_str(), body.as_str(), None);
        }
    }

    /// It is sent, or given up.
    pub fn remove(&self, id: &ClientMsgId) {
        if let Some(store) = &self.store {
            store.remove(id.as_str());
        }
    }

    /// Forgets the visitor.
    pub fn forget(&self) {
        let _ = remove_item(&self.scope);
        if let Some(store) = &self.store {
            store.forget(&self.scope);
        }
    }
}

fn request(id: &str, body: &str) -> Option<SendRequest> {
    Some(SendRequest { id: ClientMsgId::parse(id).ok()?, body: Body::parse(body).ok()? })
}
