//! What is on its way: texts, and below them files.

use super::dom::{El, add, draw};
use super::files::{Address, preview, size_line};
use super::thread::{mark, tick};
use crate::host::Host;
use crate::model::Model;
use crate::text;
use client::link::Delivery;
use client::uploads::{Upload, UploadState};
use protocol::problem::Code;
use protocol::{ClientMsgId, lean};

/// What of it stands on the screen.
#[derive(Default)]
pub struct Pending {
    /// Which state of the model's.
    of: u32,
    rows: Vec<Row>,
}

struct Row {
    id: ClientMsgId,
    face: Face,
    root: El,
    /// Of a file: how much of it has left.
    bar: Option<El>,
    _picture: Option<Address>,
}

/// What a row looks like, but for its bar.
#[derive(Clone, Copy, PartialEq)]
struct Face {
    failed: Option<Code>,
    stored: bool,
    last: bool,
}

/// A text, or a file.
struct Item<'a> {
    id: &'a ClientMsgId,
    text: &'a str,
    file: Option<&'a Upload>,
    face: Face,
}

impl Pending {
    /// Something of it stands on the screen.
    pub fn is_shown(&self) -> bool {
        !self.rows.is_empty()
    }

    /// Shows the model. True if the visitor has written something new.
    pub fn render(&mut self, log: &El, model: &Model, host: &Host) -> bool {
        if self.of == model.outboxes {
            return false;
        }
        self.of = model.outboxes;
        let list = log.find(".pending");
        let items = items(model);
        self.rows.retain(|row| {
            let stays = items.iter().any(|item| *item.id == row.id);
            if !stays {
                row.root.remove();
            }
            stays
        });
        let mut wrote = false;
        for (at, item) in items.iter().enumerate() {
            let fits = self.rows.get(at).is_some_and(|row| row.id == *item.id);
            if !fits {
                // Another order: what was tried again goes last.
                self.rows.drain(at.min(self.rows.len())..).for_each(|row| row.root.remove());
            }
            wrote |= !fits;
            let same = self.rows.get(at).is_some_and(|row| row.face == item.face);
            if !same {
                let row = build(&list, item, model, host);
                if let Some(old) = self.rows.get_mut(at) {
                    old.root.put_before(&row.root);
                    old.root.remove();
                    *old = row;
                } else {
                    self.rows.push(row);
                }
            }
            if let (Some(bar), Some(file)) = (self.rows.get(at).and_then(|row| row.bar.as_ref()), item.file) {
                advance(bar, file);
            }
        }
        wrote
    }
}

fn items(model: &Model) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    for item in model.link.outbox() {
        let (failed, stored) = match item.delivery {
            Delivery::Failed(code) => (Some(code), false),
            Delivery::Sent(_) => (None, true),
            Delivery::Sending => (None, false),
        };
        let face = Face { failed, stored, last: false };
        items.push(Item { id: &item.id, text: item.body.as_str(), file: None, face });
    }
    for item in model.uploads.items() {
        let failed = if let UploadState::Failed(code) = item.state { Some(code) } else { None };
        let face = Face { failed, stored: false, last: false };
        items.push(Item { id: &item.id, text: item.name.as_str(), file: Some(item), face });
    }
    if let Some(last) = items.last_mut() {
        last.face.last = true;
    }
    items
}

fn build(list: &El, item: &Item, model: &Model, host: &Host) -> Row {
    let Item { id, text, file, face } = item;
    let root = add(list, "div", "row", "");
    let bubble = add(&root, "div", if file.is_some() { "me up" } else { "me" }, if file.is_some() { "" } else { text });
    bubble.toggle("data-failed", face.failed.is_some());
    let (mut bar, mut picture) = (None, None);
    if let Some(file) = file {
        picture = host.keep.blob(id).and_then(|blob| preview(&bubble, blob));
        bar = uploading(&bubble, file, face.failed.is_none());
    }
    if let Some(code) = face.failed {
        let state = add(&root, "p", "state failed", "");
        let (words, again) = match file {
            Some(_) => text::refused(code, model.rules.map_or(0, |rules| rules.max_kb)),
            None => (text::failed(code).to_owned(), true),
        };
        state.set_text(&words);
        if again {
            button(&state, "plain", text::RETRY, "retry", id);
        }
        button(&state, "plain", text::DISCARD, "discard", id);
    } else {
        mark(&tick(&bubble), usize::from(face.stored));
        if face.last {
            add(&root, "p", "state", if face.stored { text::SENT } else { text::SENDING });
        }
    }
    Row { id: (*id).clone(), face: *face, root, bar, _picture: picture }
}

/// Name, size, a bar and a way to give it up.
fn uploading(bubble: &El, file: &Upload, goes: bool) -> Option<El> {
    size_line(bubble, file.name.as_str(), &text::size(file.bytes));
    if !goes {
        return None;
    }
    let cancel = button(bubble, "icon", "", "discard", &file.id);
    cancel.set("aria-label", &text::join(&[text::DISCARD, " ", file.name.as_str()]));
    draw(&cancel, "", "0 0 24 24", "M7 7l10 10M17 7l-10 10");
    let bar = add(bubble, "div", "bar", "");
    bar.set("role", "progressbar");
    bar.set("aria-label", file.name.as_str());
    add(&bar, "i", "", "");
    Some(bar)
}

fn advance(bar: &El, file: &Upload) {
    let sent = if let UploadState::Going { sent } = file.state { sent } else { 0 };
    let percent = lean::write(&(i64::from(sent) * 100 / i64::from(file.bytes.max(1))).min(100));
    bar.set("aria-valuenow", &percent);
    bar.find("i").set("style", &text::join(&["width:", &percent, "%"]));
}

fn button(parent: &El, class: &str, words: &str, does: &str, id: &ClientMsgId) -> El {
    let button = add(parent, "button", class, words);
    button.set("type", "button");
    button.set("data-do", does);
    button.set("data-id", id.as_str());
    button
}
