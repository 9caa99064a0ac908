//! The files of the thread: pictures, and what can be had by a click. All of it is fetched with the visitor's token, one
//! after the other, and shown from memory.

use crate::dom::{El, add, draw, make};
use crate::host::Host;
use crate::picture::{Address, Picture};
use crate::text;
use client::http::Request;
use protocol::file::File;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(method)]
    fn slice(this: &El, from: f64, to: f64, kind: &str) -> El;
    #[wasm_bindgen(method, getter, js_name = isConnected)]
    fn is_shown(this: &El) -> bool;
    #[wasm_bindgen(method, getter, js_name = parentElement)]
    fn parent(this: &El) -> El;
}

/// What of it stands on the screen.
#[derive(Default)]
pub struct Thread {
    all: Vec<Entry>,
    /// The place of the one that is being fetched.
    going: Option<(usize, Request)>,
}

struct Entry {
    file: File,
    place: El,
    state: State,
}

enum State {
    /// Nobody needs it now; or it is a picture that did not come.
    Away,
    /// To be fetched, as a picture or because a person has asked for it.
    Wanted { open: bool },
    /// A person has asked for it, and may do so again.
    Here(Address),
    /// It is to be seen.
    Hung(Picture),
}

impl Thread {
    /// Shows a file in its bubble. `own` is what it looks like, if it was sent from here.
    pub fn show(&mut self, bubble: &El, file: File, own: Option<Picture>) {
        // It was taken away before this module was there.
        if bubble.get("data-gone").is_some() {
            return;
        }
        let place = add(bubble, "button", "file", "");
        for (name, value) in [("type", "button"), ("data-do", "files"), ("data-id", file.id.as_str())] {
            place.set(name, value);
        }
        let mut entry = Entry { file, place, state: State::Away };
        if !entry.file.kind.is_image() {
            // The chat shows the name until now.
            bubble.find(".doc").remove();
            row(&entry.place, &entry.file);
        } else {
            entry.place.set("class", "file pic");
            // Until the picture is there, which has it, too.
            entry.place.set("aria-label", entry.file.name.as_str());
            let kind = mime(&entry.file);
            // One that its sender's browser takes for something else would open as that.
            match own.filter(|own| own.kind == kind) {
                Some(own) => entry.hang(own),
                None => entry.state = State::Wanted { open: false },
            }
        }
        self.all.push(entry);
    }

    /// A person asks for a file.
    pub fn open(&mut self, button: &El, id: &str) {
        if let Some(entry) = self.all.iter_mut().find(|entry| entry.file.id.as_str() == id)
            && !entry.open()
        {
            button.set("aria-busy", "true");
            entry.state = State::Wanted { open: true };
        }
    }

    /// Asks for pictures again that did not come: the network may be back.
    pub fn wake(&mut self) {
        for entry in &mut self.all {
            if entry.file.kind.is_image() && matches!(entry.state, State::Away) {
                entry.state = State::Wanted { open: false };
            }
        }
    }

    /// Fetches the newest of those that are wanted.
    pub fn fetch(&mut self, host: &Host) {
        let wanted = |entry: &Entry| matches!(entry.state, State::Wanted { .. });
        if self.going.is_none()
            && let Some(at) = self.all.iter().rposition(wanted)
            && let Some(entry) = self.all.get(at)
        {
            self.going = host.fetch(&entry.file.id).map(|request| (at, request));
        }
    }

    /// It came, or did not.
    pub fn came(&mut self, blob: Option<&El>) {
        let Some((at, _)) = self.going.take() else { return };
        let Some(entry) = self.all.get_mut(at) else { return };
        let asked = matches!(entry.state, State::Wanted { open: true });
        entry.place.set("aria-busy", "false");
        entry.state = State::Away;
        let Some(blob) = blob else { return entry.miss(asked) };
        // By what the server says that it is: nothing else may run in the owner's page.
        let kind = if entry.file.kind.is_image() { mime(&entry.file) } else { "application/octet-stream".to_owned() };
        let blob = blob.slice(0.0, blob.size(), &kind);
        if entry.file.kind.is_image() {
            entry.hang(Picture::new(&entry.place, &blob));
        } else {
            entry.state = State::Here(Address::of(&blob));
        }
        if asked {
            entry.open();
        }
    }

    /// Lets go of what is not shown any more.
    pub fn tidy(&mut self) {
        let gone = |entry: &Entry| !entry.place.is_shown();
        while let Some(at) = self.all.iter().position(gone) {
            self.all.remove(at);
            // Its place may be another one now.
            self.going = None;
        }
    }
}

impl Entry {
    /// Shows it as a picture; one that cannot be shown is a file like others.
    fn hang(&mut self, mut picture: Picture) {
        let (place, file) = (self.place.clone(), self.file.clone());
        // It may have stood there as a file, because it did not come before.
        place.parent().set("data-pic", "");
        place.set("class", "file pic");
        place.set_text("");
        picture.hang(&self.place, self.file.name.as_str(), move || row(&place, &file));
        self.state = State::Hung(picture);
    }

    /// A picture in a tab of its own; all else is saved. False if it is not here yet.
    fn open(&self) -> bool {
        let (State::Here(address) | State::Hung(Picture { address, .. })) = &self.state else { return false };
        // Outside of the panel, which would hear the click.
        let link = make(&self.place, "a");
        link.set("href", address.as_str());
        if self.file.kind.is_image() {
            link.set("target", "_blank")
        } else {
            link.set("download", self.file.name.as_str())
        }
        link.click();
        true
    }

    fn miss(&self, asked: bool) {
        row(&self.place, &self.file);
        if asked {
            self.place.find(".kind").set_text(text::NOT_LOADED);
        }
    }
}

/// What browsers call a picture.
fn mime(file: &File) -> String {
    text::join(&["image/", file.kind.as_str()])
}

/// Name, kind and size.
fn row(place: &El, file: &File) {
    // The chat has made room for a picture.
    place.parent().toggle("data-pic", false);
    place.set_text("");
    place.set("class", "file");
    place.toggle("aria-label", false);
    draw(place, "", "0 0 24 24", "M13 3H6v18h12V8zM13 3v5h5").set("aria-hidden", "true");
    words(place, file.name.as_str(), &text::about(file));
}

/// A name, and below it what is to be known.
pub fn words(place: &El, name: &str, about: &str) {
    let words = add(place, "span", "words", name);
    add(&words, "span", "kind", about);
}
