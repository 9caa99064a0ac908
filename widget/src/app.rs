//! The three calls of the loader, and the queue behind them.

use crate::host::{Host, Loader};
use crate::model::{Input, Model};
use crate::view::View;
use crate::view::dom::El;
use client::browser::{now, random};
use client::link::Failure;
use client::store::{Kept, Store};
use lol_alloc::{FreeListAllocator, LockedAllocator};
use protocol::WidgetKey;
use protocol::problem::Code;
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use wasm_bindgen::prelude::*;

struct App {
    /// Never dropped either: a page shuts the chat down once at most, and the code to take all of it apart weighs more than
    /// what it would give back.
    model: ManuallyDrop<Model>,
    view: View,
    host: Host,
}

/// What happens.
pub(crate) enum News {
    /// For the model.
    Input(Input),
    /// The visitor has chosen a file.
    Chosen(El),
    /// The database is open, or will not be; this was in it.
    Opened(Option<Store>, Vec<Kept>),
}

// Never dropped, and so without the code that would see to it at the end of a thread.
thread_local! {
    static APP: ManuallyDrop<RefCell<Option<App>>> = const { ManuallyDrop::new(RefCell::new(None)) };
    static INBOX: ManuallyDrop<RefCell<Vec<News>>> = const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// Starts the widget in the loader's shadow root. Nothing is asked of the server before the visitor opens the
/// chat, unless an earlier page did.
#[wasm_bindgen]
pub fn boot(key: &str, base: String, root: El, launcher: El, loader: Loader) {
    loader.style(include_str!(concat!(env!("OUT_DIR"), "/widget.css")));
    let host = Host::new(key, base, loader);
    // Whoever has pressed the launcher meanwhile says what is to happen, and another tab may have opened the chat.
    let resume = host.keep.is_set() && launcher.get("aria-busy").is_none();
    let parsed = WidgetKey::parse(key);
    let wrong = parsed.is_err();
    let key = parsed.unwrap_or_else(|_| WidgetKey::random(0));
    let model = ManuallyDrop::new(Model::new(key, random() as u32));
    let visible = !launcher.document().hidden();
    let view = View::new(root, launcher);
    APP.with(|app| app.replace(Some(App { model, view, host })));
    send(Input::Visible(visible));
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
            app.host.forget();
        }
    });
}

/// Tells the model.
pub(crate) fn send(input: Input) {
    tell(News::Input(input));
}

/// Puts something into the queue, and works it off unless that is happening already: a browser call made from
/// in here may well call back (a focus, a socket that fails at once, the owner's own listener).
pub(crate) fn tell(news: News) {
    INBOX.with(|inbox| inbox.borrow_mut().push(news));
    APP.with(|app| {
        let Ok(mut app) = app.try_borrow_mut() else { return };
        let Some(app) = app.as_mut() else { return };
        // One by one, because a list taken out as a whole brings the code to drop what was left of it.
        while let Some(news) = INBOX.with(|inbox| next(&mut inbox.borrow_mut())) {
            app.take(news);
        }
        app.host.timer.ring_at(app.model.next_deadline());
    });
}

fn next(inbox: &mut Vec<News>) -> Option<News> {
    if inbox.is_empty() { None } else { Some(inbox.remove(0)) }
}

impl App {
    fn take(&mut self, news: News) {
        let input = match news {
            News::Input(input) => input,
            News::Chosen(file) => {
                self.host.keep.choose(&file, self.model.rules);
                Input::Tick
            }
            News::Opened(store, kept) => self.host.keep.opened(store, kept, &self.model),
        };
        for effect in self.model.apply(now(), random(), input) {
            self.host.perform(effect, &self.model);
        }
        self.view.render(&self.model, &self.host.loader);
        self.host.settle(&self.model, &self.view.panel);
    }
}

/// The standard one weighs 2 KB more, and a chat allocates little.
#[global_allocator]
static MEMORY: LockedAllocator<FreeListAllocator> = LockedAllocator::new(FreeListAllocator::new());
