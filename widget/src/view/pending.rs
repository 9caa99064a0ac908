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

/// What a row looks like, but for its bar: why it failed, whether it is stored, whether it is the last.
type Face = (Option<Code>, bool, bool);

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
        let (texts, files) = (model.link.outbox(), model.uploads.items());
        let last = (texts.len() + files.len()).wrapping_sub(1);
        let mut wrote = false;
        for (at, item) in texts.iter().enumerate() {
            let (failed, stored) = match item.delivery {
                Delivery::Failed(code) => (Some(code), false),
                Delivery::Sent(_) => (None, true),
                Delivery::Sending => (None, false),
            };
            let face = (failed, stored, at == last);
            wrote |=
                self.place(at, &list, Item { id: &item.id, text: item.body.as_str(), file: None, face }, model, host);
        }
        for (at, item) in (texts.len()..).zip(files) {
            let failed = if let UploadState::Failed(code) = item.state { Some(code) } else { None };
            let face = (failed, false, at == last);
            wrote |= self.place(at, &list, Item { id: &item.id, text: "", file: Some(item), face }, model, host);
        }
        while self.rows.len() > last.wrapping_add(1) {
            self.rows.pop().into_iter().for_each(|row| row.root.remove());
        }
        wrote
    }

    /// Shows one of them at its place. True if it is new.
    fn place(&mut self, at: usize, list: &El, item: Item, model: &Model, host: &Host) -> bool {
        // What is not there any more, or goes last because it was tried again.
        while self.rows.get(at).is_some_and(|row| row.id != *item.id) {
            self.rows.remove(at).root.remove();
        }
        let old = self.rows.get_mut(at);
        let is_new = old.is_none();
        if old.as_ref().is_none_or(|row| row.face != item.face) {
            let new = build(list, &item, model, host);
            if let Some(row) = old {
                row.root.put_before(&new.root);
                row.root.remove();
                *row = new;
            } else {
                self.rows.push(new);
            }
        }
        if let (Some(Row { bar: Some(bar), .. }), Some(file)) = (self.rows.get(at), item.file) {
            advance(bar, file);
        }
        is_new
    }
}

fn build(list: &El, item: &Item, model: &Model, host: &Host) -> Row {
    let Item { id, text, file, face: face @ (failed, stored, last) } = *item;
    let root = add(list, "div", "row", "");
    let bubble = add(&root, "div", if file.is_some() { "me up" } else { "me" }, text);
    bubble.toggle("data-failed", failed.is_some());
    let picture = host.keep.blob(id).and_then(|blob| preview(&bubble, blob));
    let bar = file.and_then(|file| uploading(&bubble, file, failed.is_none()));
    if let Some(code) = failed {
        let (words, again) = match file {
            Some(_) => text::refused(code, model.rules.map_or(0, |rules| rules.max_kb)),
            None => (text::failed(code).to_owned(), true),
        };
        let state = add(&root, "p", "state failed", &words);
        if again {
            button(&state, "plain", text::RETRY, "retry", id);
        }
        button(&state, "plain", text::DISCARD, "discard", id);
    } else {
        mark(&tick(&bubble), usize::from(stored));
        if last {
            add(&root, "p", "state", if stored { text::SENT } else { text::SENDING });
        }
    }
    Row { id: id.clone(), face, root, bar, _picture: picture }
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
