//! The browser, as far as files on their way need it: what is in them, where they are kept, and the way to the server.

use crate::app::{News, send};
use crate::dom::El;
use crate::picture::Picture;
use crate::text::join;
use crate::words::Place;
use client::browser::Timer;
use client::http::Request;
use client::store::Store;
use client::upload::{Step, upload};
use client::uploads::{Upload, UploadInput, UploadState};
use protocol::file::FileSettings;
use protocol::{ClientMsgId, FileId, FileName};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = encodeURIComponent)]
    fn encode(text: &str) -> String;
    // Of a file.
    #[wasm_bindgen(method, getter)]
    fn name(this: &El) -> String;
}

/// What is in a file on its way.
struct Held {
    id: ClientMsgId,
    blob: El,
    /// Of what looks like one.
    picture: Option<Picture>,
    kept: bool,
}

/// The browser.
pub struct Host {
    place: Option<Place>,
    store: Option<Store>,
    /// What is to be forgotten once the database is open.
    gone: Vec<ClientMsgId>,
    held: Vec<Held>,
    under_way: Option<Request>,
    /// When the model wants to be asked again.
    pub timer: Timer,
}

impl Host {
    /// Knows nothing yet, and opens the database.
    pub fn new() -> Host {
        Store::open(|store| send(News::Opened(store)));
        let timer = Timer::new(|| send(News::Upload(UploadInput::Tick)));
        Host { place: None, store: None, gone: Vec::new(), held: Vec::new(), under_way: None, timer }
    }

    /// Where files go. True if messages go through again.
    pub fn settle(&mut self, place: Place) -> bool {
        let up = place.up;
        let was_up = self.place.replace(place).is_some_and(|before| before.up);
        up && !was_up
    }

    /// What may be sent, once that is known.
    pub fn rules(&self) -> Option<FileSettings> {
        self.place.as_ref()?.rules
    }

    /// Holds what is in a file, as long as it is on its way. `kept`: an earlier page has seen to that.
    /// `None` if it does so already.
    pub fn hold(&mut self, id: &str, blob: El, panel: &El, kept: bool) -> Option<(ClientMsgId, FileName, u32)> {
        let id = ClientMsgId::parse(id).ok().filter(|id| self.held.iter().all(|held| held.id != *id))?;
        let name = FileName::parse(&blob.name()).or_else(|_| FileName::parse("file")).ok()?;
        // More than fits is as good as the most.
        let bytes = blob.size() as u32;
        let picture = blob.kind().starts_with("image/").then(|| Picture::new(panel, &blob));
        self.held.push(Held { id: id.clone(), blob, picture, kept });
        Some((id, name, bytes))
    }

    /// What a picture on its way looks like.
    pub fn picture(&self, id: &ClientMsgId) -> Option<&Picture> {
        self.held.iter().find(|held| held.id == *id)?.picture.as_ref()
    }

    /// A file that is on its way no more; what it looks like.
    pub fn let_go(&mut self, id: &ClientMsgId) -> Option<Picture> {
        let at = self.held.iter().position(|held| held.id == *id)?;
        self.held.swap_remove(at).picture
    }

    /// The database is open, or will not be.
    pub fn opened(&mut self, store: Option<Store>, items: &[Upload]) {
        self.store = store;
        if let Some(store) = &self.store {
            self.gone.drain(..).for_each(|id| store.remove(id.as_str()));
        }
        items.iter().for_each(|item| self.keep(&item.id, items));
    }

    /// Keeps a file until it is sent. What is refused already may be larger than all that a browser keeps.
    pub fn keep(&mut self, id: &ClientMsgId, items: &[Upload]) {
        let waits = items.iter().any(|item| item.id == *id && !matches!(item.state, UploadState::Failed(_)));
        let held = self.held.iter_mut().find(|held| held.id == *id && !held.kept && waits);
        if let (Some(store), Some(place), Some(held)) = (&self.store, &self.place, held) {
            held.kept = true;
            store.put(&place.scope, id.as_str(), "", Some(held.blob.as_ref()));
        }
    }

    /// It is sent, or given up. What is in it may still be shown.
    pub fn forget(&mut self, id: ClientMsgId) {
        match &self.store {
            Some(store) => store.remove(id.as_str()),
            None => self.gone.push(id),
        }
    }

    /// Sends a file.
    pub fn start(&mut self, id: ClientMsgId, items: &[Upload]) {
        let held = self.held.iter().find(|held| held.id == id);
        let item = items.iter().find(|item| item.id == id);
        let (Some(place), Some(held), Some(item)) = (&self.place, held, item) else { return };
        let url = join(&[&place.url, "?id=", id.as_str(), "&name=", &encode(item.name.as_str())]);
        self.under_way = Some(upload(&url, Some(&place.token), held.blob.as_ref(), move |step| {
            let id = id.clone();
            send(News::Upload(match step {
                Step::Sent(sent) => UploadInput::Progress { id, sent },
                Step::Done(reply) => UploadInput::Done { id, reply: reply.read() },
            }));
        }));
    }

    /// Gives up the one under way.
    pub fn stop(&mut self) {
        self.under_way = None;
    }

    /// Asks for a file that the thread shows.
    pub fn fetch(&self, id: &FileId) -> Option<Request> {
        let place = self.place.as_ref()?;
        let url = join(&[&place.url, "?file=", id.as_str()]);
        Some(Request::download(&url, Some(&place.token), |blob| send(News::Fetched(blob))))
    }
}
