//! What outlives the page: one entry in the page's storage, and what was not sent yet in IndexedDB; and, as long as they
//! are on their way, the files themselves.

use crate::app::{News, tell};
use crate::model::{Attached, Input, Model, Saved};
use crate::text::join;
use crate::view::dom::El;
use client::store::{Kept, Store};
use client::uploads::{Upload, UploadState};
use protocol::http::SendRequest;
use protocol::lean::{Json, Lean};
use protocol::{Body, ClientMsgId, FileName, lean};
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

    // Of a file.
    #[wasm_bindgen(method, getter)]
    fn name(this: &El) -> String;
}

/// The browser's memory, as far as it is ours.
pub struct Keep {
    /// Name of our entry, and of our rows.
    scope: String,
    store: Option<Store>,
    blobs: Vec<(ClientMsgId, El)>,
    /// What older versions of this kept in the entry: it moves into the database.
    old: Vec<SendRequest>,
}

impl Keep {
    /// Touches nothing yet.
    pub fn new(key: &str) -> Keep {
        Keep { scope: join(&["beckon:", key]), store: None, blobs: Vec::new(), old: Vec::new() }
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
    pub fn opened(&mut self, store: Option<Store>, kept: Vec<Kept>, model: &Model) -> Input {
        self.store = store;
        let is_new = |id: &ClientMsgId| kept.iter().all(|row| row.id != id.as_str());
        for item in model.link.outbox().iter().filter(|item| is_new(&item.id)) {
            self.put(&item.id, item.body.as_str(), None);
        }
        for item in model.uploads.items().iter().filter(|item| is_new(&item.id)) {
            if !matches!(item.state, UploadState::Failed(_)) {
                self.put(&item.id, item.name.as_str(), self.blob(&item.id));
            }
        }
        let (mut texts, mut files) = (Vec::new(), Vec::new());
        for Kept { id, json, blob } in kept {
            match blob {
                None => texts.extend(request(&id, &json)),
                Some(blob) => files.extend(self.hold(ClientMsgId::parse(&id).ok(), &json, blob.unchecked_into())),
            }
        }
        for request in std::mem::take(&mut self.old) {
            self.text(&request);
            texts.push(request);
        }
        Input::Restored { texts, files }
    }

    /// A person has chosen a file.
    pub fn chosen(&mut self, file: El, seed: u128) -> Option<Input> {
        let name = file.name();
        self.hold(Some(ClientMsgId::random(seed)), &name, file).map(Input::Attach)
    }

    /// Holds what is in a file, as long as it is on its way.
    fn hold(&mut self, id: Option<ClientMsgId>, name: &str, blob: El) -> Option<Attached> {
        let (id, name) = (id?, FileName::parse(name).or_else(|_| FileName::parse("file")).ok()?);
        let bytes = blob.size() as u32;
        self.blobs.push((id.clone(), blob));
        Some((id, name, bytes))
    }

    /// What is in a file.
    pub fn blob(&self, id: &ClientMsgId) -> Option<&El> {
        self.blobs.iter().find(|(held, _)| held == id).map(|(_, blob)| blob)
    }

    /// Lets go of files that are not on their way any more.
    pub fn only(&mut self, going: &[Upload]) {
        let gone = |(id, _): &(ClientMsgId, El)| going.iter().all(|item| item.id != *id);
        while let Some(at) = self.blobs.iter().position(gone) {
            self.blobs.swap_remove(at);
        }
    }

    /// Keeps a text until it is sent.
    pub fn text(&self, request: &SendRequest) {
        self.put(&request.id, request.body.as_str(), None);
    }

    /// Keeps a text, or a file under its name, until it is sent.
    pub fn put(&self, id: &ClientMsgId, text: &str, blob: Option<&El>) {
        if let Some(store) = &self.store {
            store.put(&self.scope, id.as_str(), text, blob.map(|blob| blob.as_ref()));
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
