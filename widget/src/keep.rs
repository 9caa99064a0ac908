//! What outlives the page: one entry in the page's storage, and what was not sent yet in IndexedDB; and, as long as they
//! are on their way, the files themselves.

use crate::app;
use crate::model::{Attached, Input, Saved};
use crate::text::join;
use client::store::{Kept, Store};
use protocol::http::SendRequest;
use protocol::{ClientMsgId, lean};
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
    scope: String,
    store: Option<Store>,
    blobs: Vec<(ClientMsgId, JsValue)>,
}

impl Keep {
    /// Touches nothing yet.
    pub fn new(key: &str) -> Keep {
        Keep { scope: join(&["beckon:", key]), store: None, blobs: Vec::new() }
    }

    /// What an earlier page, or another tab, has stored.
    pub fn saved(&self) -> Option<Saved> {
        lean::read(&get_item(&self.scope).ok()??)
    }

    /// Stores it for the next page.
    pub fn save(&self, saved: &Saved) {
        let _ = set_item(&self.scope, &lean::write(saved));
    }

    /// Opens the database; [`app::opened`] is told, whatever comes of it. With `forget`, what is in it is of somebody else.
    pub fn open(&self, forget: bool) {
        let scope = self.scope.clone();
        Store::open(move |store| match store {
            Some(store) if !forget => {
                let own = store.clone();
                store.all(&scope, move |kept| app::opened(Some(own), kept));
            }
            store => {
                store.iter().for_each(|store| store.forget(&scope));
                app::opened(store, Vec::new());
            }
        });
    }

    /// The database is open, or will not be.
    pub fn opened(&mut self, store: Option<Store>, kept: Vec<Kept>) -> Input {
        self.store = store;
        let (mut texts, mut files) = (Vec::new(), Vec::new());
        for Kept { json, blob, .. } in kept {
            match blob {
                None => texts.extend(lean::read::<SendRequest>(&json)),
                Some(blob) => {
                    if let Some(file) = lean::read::<Attached>(&json) {
                        self.hold(file.id.clone(), blob);
                        files.push(file);
                    }
                }
            }
        }
        Input::Restored { texts, files }
    }

    /// Keeps a text until it is sent.
    pub fn text(&self, request: &SendRequest) {
        self.put(&request.id, &lean::write(request), None);
    }

    /// Keeps a file until it is sent.
    pub fn file(&self, file: &Attached) {
        self.put(&file.id, &lean::write(file), self.blob(&file.id));
    }

    fn put(&self, id: &ClientMsgId, json: &str, blob: Option<&JsValue>) {
        if let Some(store) = &self.store {
            store.put(&self.scope, id.as_str(), json, blob);
        }
    }

    /// It is sent, or given up.
    pub fn remove(&self, id: &ClientMsgId) {
        if let Some(store) = &self.store {
            store.remove(id.as_str());
        }
    }

    /// Holds what is in a file.
    pub fn hold(&mut self, id: ClientMsgId, blob: JsValue) {
        self.blobs.push((id, blob));
    }

    /// What is in a file.
    pub fn blob(&self, id: &ClientMsgId) -> Option<&JsValue> {
        self.blobs.iter().find(|(held, _)| held == id).map(|(_, blob)| blob)
    }

    /// Lets go of files that are not on their way any more.
    pub fn only(&mut self, going: impl Fn(&ClientMsgId) -> bool) {
        self.blobs.retain(|(id, _)| going(id));
    }

    /// Forgets the visitor.
    pub fn forget(&self) {
        let _ = remove_item(&self.scope);
        if let Some(store) = &self.store {
            store.forget(&self.scope);
        }
    }
}
