//! The three calls of the loader, and the queue behind them.

use crate::host::{Host, Loader, now, random};
use crate::model::{Attached, Input, Model};
use crate::view::View;
use crate::view::dom::El;
use client::link::Failure;
use client::store::{Kept, Store};
use lol_alloc::{FreeListAllocator, LockedAllocator};
use protocol::problem::Code;
use protocol::{ClientMsgId, FileName, WidgetKey};
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use wasm_bindgen::prelude::*;

struct App {
    model: Model,
    view: View,
    host: Host,
}

// Never dropped, and so without the code that would see to it at the end of a thread.
thread_local! {
    static APP: ManuallyDrop<RefCell<Option<App>>> = const { ManuallyDrop::new(RefCell::new(None)) };
    static INBOX: ManuallyDrop<RefCell<Vec<Input>>> = const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// Starts the widget in the loader's shadow root. Nothing is asked of the server before the visitor opens the
/// chat, unless an earlier page did.
#[wasm_bindgen]
pub fn boot(key: &str, base: String, root: El, launcher: El, loader: Loader) {
    loader.style(include_str!(concat!(env!("OUT_DIR"), "/widget.css")));
    let host = Host::new(key, base, loader);
    let resume = host.keep.saved().is_some();
    let parsed = WidgetKey::parse(key);
    let wrong = parsed.is_err();
    let key = parsed.unwrap_or_else(|_| WidgetKey::random(0));
    let model = Model::new(key, random() as u32);
    let view = View::new(root, launcher);
    APP.with(|app| app.replace(Some(App { model, view, host })));
    if wrong {
        send(Input::Booted(Err(Failure { code: Some(Code::UnknownKey), retry_after_ms: None })));
    } else if resume {
        send(Input::Resume);
    }
}

/// `open`, `close` or `toggle`.
#[wasm_bindgen]
pub fn command(name: &str) {
    send(match name {
        "open" => Input::Open,
        "toggle" => Input::Toggle,
        _ => Input::Close,
    });
}

/// Ends the widget and forgets the visitor.
#[wasm_bindgen]
pub fn shutdown() {
    APP.with(|app| {
        if let Some(app) = app.try_borrow_mut().ok().and_then(|mut app| app.take()) {
            app.host.keep.forget();
        }
    });
}

/// Puts something into the queue, and works it off unless that is happening already: a browser call made from
/// in here may well call back (a focus, a socket that fails at once, the owner's own listener).
pub(crate) fn send(input: Input) {
    INBOX.with(|inbox| inbox.borrow_mut().push(input));
    APP.with(|app| {
        let Ok(mut app) = app.try_borrow_mut() else { return };
        let Some(app) = app.as_mut() else { return };
        loop {
            let mut batch = INBOX.with(|inbox| inbox.take());
            if batch.is_empty() {
                break;
            }
            batch.reverse();
            while let Some(input) = batch.pop() {
                app.take(input);
            }
        }
        app.host.wake_at(app.model.next_deadline());
    });
}

/// For what is no business of the model's: the files themselves.
fn with(then: impl FnOnce(&mut App)) {
    APP.with(|app| {
        if let Some(app) = app.try_borrow_mut().ok().as_mut().and_then(|app| app.as_mut()) {
            then(app);
        }
    });
}

/// The database is open, or will not be.
pub(crate) fn opened(store: Option<Store>, kept: Vec<Kept>) {
    let mut restored = None;
    with(|app| restored = Some(app.host.keep.opened(store, kept)));
    restored.into_iter().for_each(send);
}

/// A person has chosen a file.
pub(crate) fn attach(name: &str, bytes: u32, blob: JsValue) {
    let id = ClientMsgId::random(random());
    // Some systems know files without a name.
    if let Ok(name) = FileName::parse(name).or_else(|_| FileName::parse("file")) {
        with(|app| app.host.keep.hold(id.clone(), blob));
        send(Input::Attach(Attached { id, name, bytes }));
    }
}

/// A file was fetched, or could not be.
pub(crate) fn fetched(blob: Option<JsValue>) {
    with(|app| {
        let files = app.view.files();
        files.came(blob.as_ref());
        files.fetch(&app.model, &app.host);
    });
}

/// A person asks for the file that a button stands for.
pub(crate) fn open_file(button: El) {
    with(|app| {
        if let Some(file) = app.model.file(&button.get("data-id").unwrap_or_default()) {
            let files = app.view.files();
            files.open(button, file);
            files.fetch(&app.model, &app.host);
        }
    });
}

/// A picture that the browser, or the page's policy, does not show.
pub(crate) fn hide_picture(picture: El) {
    with(|app| {
        if let Some(button) = picture.closest(".pic") {
            app.view.files().spoil(&button, app.model.file(&button.get("data-id").unwrap_or_default()));
        }
    });
    picture.remove();
}

impl App {
    fn take(&mut self, input: Input) {
        for effect in self.model.apply(now(), random(), input) {
            self.host.perform(effect, &self.model);
        }
        self.view.render(&self.model, &self.host);
        let going = self.model.uploads.items();
        self.host.keep.only(|id| going.iter().any(|item| item.id == *id));
    }
}

/// The standard one weighs 2 KB more, and a chat allocates little.
#[global_allocator]
static MEMORY: LockedAllocator<FreeListAllocator> = LockedAllocator::new(FreeListAllocator::new());
