//! Files in the thread: pictures, and what can be had by a click. All of it is fetched with the visitor's token, one
//! after the other, and shown from memory.

use super::dom::{El, add, draw, make};
use crate::app;
use crate::host::Host;
use crate::model::Model;
use crate::text;
use client::http::Request;
use protocol::FileId;
use protocol::file::File;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Blob;
    #[wasm_bindgen(method, getter)]
    fn size(this: &Blob) -> f64;
    #[wasm_bindgen(method, getter, js_name = type)]
    fn kind(this: &Blob) -> String;
    #[wasm_bindgen(method)]
    fn slice(this: &Blob, from: f64, to: f64, kind: &str) -> JsValue;
    #[wasm_bindgen(js_namespace = URL, js_name = createObjectURL)]
    fn address(blob: &JsValue) -> String;
    #[wasm_bindgen(js_namespace = URL, js_name = revokeObjectURL)]
    fn revoke(url: &str);
}

/// The address of something in memory, as long as this lives.
pub struct Address(String);

impl Drop for Address {
    fn drop(&mut self) {
        revoke(&self.0);
    }
}

/// Shows a picture that is not sent yet, if it looks like one.
pub fn preview(bubble: &El, blob: &JsValue) -> Option<Address> {
    blob.unchecked_ref::<Blob>().kind().starts_with("image/").then(|| {
        let own = Address(address(blob));
        add(bubble, "img", "", "").set("src", &own.0);
        own
    })
}

/// What was fetched, and what is wanted.
#[derive(Default)]
pub struct Files {
    had: Vec<(FileId, Address)>,
    /// The last one is the next.
    wanted: Vec<Want>,
    going: Option<(Want, Request)>,
}

struct Want {
    file: File,
    place: El,
    /// A person has asked for it.
    open: bool,
}

impl Files {
    /// Shows a file in its bubble. `own` is what is in it, if it was sent from here.
    pub fn show(&mut self, bubble: &El, file: &File, own: Option<&JsValue>) {
        let place = add(bubble, "button", "file", "");
        place.set("type", "button");
        place.set("data-do", "file");
        place.set("data-id", file.id.as_str());
        if !file.kind.is_image() {
            return row(&place, file);
        }
        place.set("class", "file pic");
        let want = Want { file: file.clone(), place, open: false };
        match own {
            Some(own) => self.take(want, Some(own)),
            None => self.wanted.push(want),
        }
    }

    /// A person asks for a file.
    pub fn open(&mut self, place: El, file: &File) {
        let file = file.clone();
        match self.had.iter().find(|(id, _)| *id == file.id) {
            Some((_, address)) => open(&place, &file, address),
            None => {
                place.set("aria-busy", "true");
                self.wanted.push(Want { file, place, open: true });
            }
        }
    }

    /// Fetches the next one.
    pub fn fetch(&mut self, model: &Model, host: &Host) {
        if self.going.is_none()
            && let Some(want) = self.wanted.pop()
        {
            let request = Request::download(&host.file(model, &want.file.id), model.token(), app::fetched);
            self.going = Some((want, request));
        }
    }

    /// It came, or did not.
    pub fn came(&mut self, blob: Option<&JsValue>) {
        if let Some((want, _)) = self.going.take() {
            self.take(want, blob);
        }
    }

    /// A picture that cannot be shown is a file like others.
    pub fn spoil(&mut self, place: &El, file: Option<&File>) {
        if let Some(file) = file {
            row(place, file);
        }
    }

    fn take(&mut self, Want { file, place, open: asked }: Want, blob: Option<&JsValue>) {
        place.set("aria-busy", "false");
        let Some(blob) = blob else {
            if asked {
                say_not_loaded(&place)
            } else {
                row(&place, &file)
            }
            return;
        };
        // By what the server says that it is: nothing else may run in the owner's page.
        let raw: &Blob = blob.unchecked_ref();
        let kind = if file.kind.is_image() { text::join(&["image/", file.kind.as_str()]) } else { String::new() };
        let address = Address(address(&raw.slice(0.0, raw.size(), &kind)));
        if asked {
            open(&place, &file, &address);
        } else {
            let picture = add(&place, "img", "", "");
            picture.set("alt", file.name.as_str());
            picture.set("src", &address.0);
        }
        self.had.push((file.id, address));
    }

    /// Lets go of what the thread does not show any more.
    pub fn tidy(&mut self, model: &Model) {
        self.had.retain(|(id, _)| model.file(id.as_str()).is_some());
        self.wanted.retain(|want| model.file(want.file.id.as_str()).is_some());
    }
}

/// A picture in a tab of its own; all else is saved.
fn open(place: &El, file: &File, address: &Address) {
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

fn say_not_loaded(place: &El) {
    place.find(".kind").set_text(text::NOT_LOADED);
}

/// A name, and below it what is to be known.
pub fn size_line(place: &El, name: &str, about: &str) {
    let words = add(place, "span", "words", name);
    add(&words, "span", "kind", about);
}
