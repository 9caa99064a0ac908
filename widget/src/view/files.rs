//! Files in the thread: pictures, and what can be had by a click. All of it is fetched with the visitor's token, one
//! after the other, and shown from memory.

use super::dom::{El, add, draw, make};
use crate::app::{News, tell};
use crate::host::Host;
use crate::model::{Input, Model};
use crate::text;
use client::http::Request;
use protocol::file::File;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    // Of a file.
    #[wasm_bindgen(method)]
    fn slice(this: &El, from: f64, to: f64, kind: &str) -> El;
    #[wasm_bindgen(js_namespace = URL, js_name = createObjectURL)]
    fn address(blob: &El) -> String;
    #[wasm_bindgen(js_namespace = URL, js_name = revokeObjectURL)]
    fn revoke(url: &str);

    #[wasm_bindgen(method, getter, js_name = isConnected)]
    fn is_shown(this: &El) -> bool;
}

/// The address of something in memory, as long as this lives.
pub struct Address(String);

impl Drop for Address {
    fn drop(&mut self) {
        revoke(&self.0);
    }
}

/// Shows a picture that is not sent yet, if it looks like one.
pub fn preview(bubble: &El, blob: &El) -> Option<Address> {
    blob.kind().starts_with("image/").then(|| picture(bubble, blob, ""))
}

fn picture(place: &El, blob: &El, name: &str) -> Address {
    let own = Address(address(blob));
    let picture = add(place, "img", "", "");
    picture.set("alt", name);
    picture.set("src", &own.0);
    own
}

/// The files of the thread.
#[derive(Default)]
pub struct Files {
    all: Vec<Entry>,
    /// The number of the one that is being fetched.
    going: Option<(usize, Request)>,
}

struct Entry {
    file: File,
    place: El,
    state: State,
}

enum State {
    /// Nobody needs it now.
    Away,
    /// To be fetched, as a picture or because a person has asked for it.
    Wanted { open: bool },
    /// It was.
    Here(Address),
}

impl Files {
    /// Shows a file in its bubble. `own` is what is in it, if it was sent from here.
    pub fn show(&mut self, bubble: &El, file: &File, own: Option<&El>) {
        let place = add(bubble, "button", "file", "");
        place.set("type", "button");
        place.set("data-do", "file");
        place.set("data-id", file.id.as_str());
        let is_image = file.kind.is_image();
        if is_image {
            place.set("class", "file pic");
        } else {
            row(&place, file);
        }
        let state = if is_image { State::Wanted { open: false } } else { State::Away };
        self.all.push(Entry { file: file.clone(), place, state });
        if let (true, Some(own)) = (is_image, own) {
            self.take(self.all.len() - 1, Some(own));
        }
    }

    /// A person asks for a file.
    pub fn want(&mut self, button: &El) -> Option<Input> {
        let id = button.get("data-id")?;
        let entry = self.all.iter_mut().find(|entry| entry.file.id.as_str() == id)?;
        if let State::Here(address) = &entry.state {
            open(entry, address);
        } else {
            button.set("aria-busy", "true");
            entry.state = State::Wanted { open: true };
        }
        None
    }

    /// A picture that cannot be shown is a file like others.
    pub fn spoil(&mut self, picture: &El) -> Option<Input> {
        let entry = self.all.iter().find(|entry| {
            picture.closest(".pic").is_some_and(|place| place.get("data-id").as_deref() == Some(entry.file.id.as_str()))
        });
        match entry {
            Some(entry) => row(&entry.place, &entry.file),
            None => picture.remove(),
        }
        None
    }

    /// Fetches the newest of those that are wanted.
    pub fn fetch(&mut self, model: &Model, host: &Host) {
        let wanted = |entry: &Entry| matches!(entry.state, State::Wanted { .. });
        if self.going.is_none()
            && let Some(at) = self.all.iter().rposition(wanted)
            && let Some(entry) = self.all.get(at)
        {
            let came = |blob: Option<JsValue>| tell(News::Fetched(blob));
            self.going = Some((at, Request::download(&host.file(model, &entry.file.id), model.token(), came)));
        }
    }

    /// It came, or did not.
    pub fn came(&mut self, blob: Option<JsValue>) -> Option<Input> {
        if let Some((at, _)) = self.going.take() {
            self.take(at, blob.as_ref().map(|blob| blob.unchecked_ref()));
        }
        None
    }

    fn take(&mut self, at: usize, blob: Option<&El>) {
        let Some(entry) = self.all.get_mut(at) else { return };
        let asked = matches!(entry.state, State::Wanted { open: true });
        let place = &entry.place;
        place.set("aria-busy", "false");
        entry.state = State::Away;
        let Some(blob) = blob else {
            if !asked {
                row(place, &entry.file);
            } else if entry.place.matches(":has(.kind)") {
                place.find(".kind").set_text(text::NOT_LOADED);
            }
            return;
        };
        // By what the server says that it is: nothing else may run in the owner's page.
        let image = entry.file.kind.is_image();
        let kind = if image {
            text::join(&["image/", entry.file.kind.as_str()])
        } else {
            "application/octet-stream".to_owned()
        };
        let blob = blob.slice(0.0, blob.size(), &kind);
        let address = if asked { Address(address(&blob)) } else { picture(place, &blob, entry.file.name.as_str()) };
        if asked {
            open(entry, &address);
        }
        entry.state = State::Here(address);
    }

    /// Lets go of what is not shown any more.
    pub fn tidy(&mut self) {
        let gone = |entry: &Entry| !entry.place.is_shown();
        while let Some(at) = self.all.iter().position(gone) {
            self.all.remove(at);
            self.going = None;
        }
    }
}

/// A picture in a tab of its own; all else is saved.
fn open(Entry { file, place, .. }: &Entry, address: &Address) {
    // Outside of the panel, which would hear the click.
    let link = make(place, "a");
    link.set("href", &address.0);
    if file.kind.is_image() {
        link.set("target", "_blank")
    } else {
        link.set("download", file.name.as_str())
    }
    link.click();
}

/// Name, kind and size, in place of a picture that cannot be shown, too.
fn row(place: &El, file: &File) {
    place.set_text("");
    place.set("class", "file");
    draw(place, "", "0 0 24 24", "M13 3H6v18h12V8zM13 3v5h5").set("aria-hidden", "true");
    size_line(place, file.name.as_str(), &text::about(file));
}

/// A name, and below it what is to be known.
pub fn size_line(place: &El, name: &str, about: &str) {
    let words = add(place, "span", "words", name);
    add(&words, "span", "kind", about);
}
