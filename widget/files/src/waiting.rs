//! Files on their way, below the thread.

use crate::dom::{El, add, draw};
use crate::host::Host;
use crate::shown::words;
use crate::text;
use crate::words::Fared;
use client::uploads::{Upload, UploadState, Uploads};
use protocol::problem::Code;
use protocol::{ClientMsgId, lean};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type CSSStyleSheet;
    #[wasm_bindgen(constructor)]
    fn new() -> CSSStyleSheet;
    #[wasm_bindgen(method, js_name = replaceSync)]
    fn replace(this: &CSSStyleSheet, css: &str);
    #[wasm_bindgen(method, js_name = getRootNode)]
    fn root(this: &El) -> El;
    #[wasm_bindgen(method, getter, js_name = adoptedStyleSheets)]
    fn sheets(this: &El) -> El;
    #[wasm_bindgen(method, setter, js_name = adoptedStyleSheets)]
    fn set_sheets(this: &El, sheets: &El);
    #[wasm_bindgen(method)]
    fn concat(this: &El, more: &CSSStyleSheet) -> El;

    type CustomEvent;
    #[wasm_bindgen(constructor)]
    fn new(kind: &str, init: &JsValue) -> CustomEvent;
    #[wasm_bindgen(method, js_name = initCustomEvent)]
    fn init(this: &CustomEvent, kind: &str, bubbles: bool, cancelable: bool, detail: &str);
    #[wasm_bindgen(method, js_name = dispatchEvent)]
    fn dispatch(this: &El, event: &CustomEvent);
}

/// What of it stands on the screen.
pub struct Waiting {
    /// What scrolls.
    pub log: El,
    list: El,
    rows: Vec<Row>,
    /// There is something to be shown.
    pub changed: bool,
    /// A person has chosen a file, and wants to see it.
    pub to_end: bool,
}

struct Row {
    id: ClientMsgId,
    failed: Option<Code>,
    root: El,
    bar: Option<El>,
}

impl Waiting {
    /// Dresses the panel for it.
    pub fn new(panel: &El) -> Waiting {
        let (sheet, root) = (CSSStyleSheet::new(), panel.root());
        sheet.replace(include_str!(concat!(env!("OUT_DIR"), "/files.css")));
        root.set_sheets(&root.sheets().concat(&sheet));
        Waiting {
            log: panel.find(".log"),
            list: panel.find(".uploads"),
            rows: Vec::new(),
            changed: true,
            to_end: false,
        }
    }

    /// Tells the chat.
    pub fn tell(&self, detail: &str) {
        let event = CustomEvent::new(Fared::EVENT, &JsValue::UNDEFINED);
        event.init(Fared::EVENT, false, false, detail);
        self.log.dispatch(&event);
    }

    /// Shows what is on its way.
    pub fn render(&mut self, uploads: &Uploads, host: &Host) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        for (at, item) in uploads.items().iter().enumerate() {
            // What is not there any more stood before what still is.
            while self.rows.get(at).is_some_and(|row| row.id != item.id) {
                self.rows.remove(at).root.remove();
            }
            self.place(at, item, host);
        }
        while self.rows.len() > uploads.items().len() {
            self.rows.pop().into_iter().for_each(|row| row.root.remove());
        }
    }

    /// The height of the thread, and whether its end is in sight.
    pub fn end(&self) -> (i32, bool) {
        let height = self.log.scroll_height();
        (height, self.log.scroll_top() + self.log.height() + 60 > height)
    }

    /// Whoever was at the end stays there while the thread grows.
    pub fn follow(&mut self, (height, at_end): (i32, bool)) {
        let now = self.log.scroll_height();
        if std::mem::take(&mut self.to_end) || (at_end && height < now) {
            self.log.set_scroll_top(now);
        }
    }

    fn place(&mut self, at: usize, item: &Upload, host: &Host) {
        let failed = if let UploadState::Failed(code) = item.state { Some(code) } else { None };
        let old = self.rows.get_mut(at);
        if old.as_ref().is_none_or(|row| row.failed != failed) {
            let new = build(&self.list, item, failed, host);
            if let Some(row) = old {
                row.root.put_before(&new.root);
                row.root.remove();
                *row = new;
            } else {
                self.rows.push(new);
            }
        }
        if let Some(Row { bar: Some(bar), .. }) = self.rows.get(at) {
            advance(bar, item);
        }
    }
}

fn build(list: &El, item: &Upload, failed: Option<Code>, host: &Host) -> Row {
    let (id, name) = (&item.id, item.name.as_str());
    let root = add(list, "div", "row", "");
    let bubble = add(&root, "div", "me up", "");
    if let (None, Some(picture)) = (failed, host.picture(id)) {
        bubble.append(&picture.img);
    }
    words(&bubble, name, &text::size(item.bytes));
    let mut bar = None;
    if let Some(code) = failed {
        bubble.toggle("data-failed", true);
        let (why, again) = text::refused(code, host.rules().map_or(0, |rules| rules.max_kb));
        let state = add(&root, "p", "state failed", &why);
        if again {
            button(&state, "plain", text::RETRY, "retry", id);
        }
        button(&state, "plain", text::DISCARD, "discard", id);
    } else {
        let cancel = button(&bubble, "icon", "", "discard", id);
        cancel.set("aria-label", &text::join(&[text::DISCARD, " ", name]));
        draw(&cancel, "", "0 0 24 24", "M7 7l10 10M17 7l-10 10");
        let line = add(&bubble, "div", "bar", "");
        line.set("role", "progressbar");
        line.set("aria-label", name);
        add(&line, "i", "", "");
        bar = Some(line);
    }
    Row { id: id.clone(), failed, root, bar }
}

fn advance(bar: &El, item: &Upload) {
    let sent = if let UploadState::Going { sent } = item.state { sent } else { 0 };
    let percent = lean::write(&(i64::from(sent) * 100 / i64::from(item.bytes.max(1))).min(100));
    bar.set("aria-valuenow", &percent);
    bar.find("i").set("style", &text::join(&["width:", &percent, "%"]));
}

fn button(parent: &El, class: &str, words: &str, act: &str, id: &ClientMsgId) -> El {
    let button = add(parent, "button", class, words);
    for (name, value) in [("type", "button"), ("data-do", "files"), ("data-act", act), ("data-id", id.as_str())] {
        button.set(name, value);
    }
    button
}
