//! The one call of the chat, and the queue behind it.

use crate::dom::El;
use crate::host::Host;
use crate::model::{Attached, Effect, Input, Model};
use crate::shown::Thread;
use crate::waiting::Waiting;
use crate::words::{Place, Shown};
use client::browser::{now, random};
use client::store::Store;
use client::uploads::{UploadEffect, UploadInput};
use lol_alloc::{FreeListAllocator, LockedAllocator};
use protocol::{ClientMsgId, lean};
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use wasm_bindgen::prelude::*;

struct App {
    model: Model,
    host: Host,
    thread: Thread,
    waiting: Waiting,
    /// What an earlier page has kept, as far as it was told.
    kept: Vec<Attached>,
}

/// What happens.
pub(crate) enum News {
    /// The chat tells something.
    Told { what: String, element: El, text: String },
    /// To the files on their way.
    Upload(UploadInput),
    /// The database is open, or will not be.
    Opened(Option<Store>),
    /// The file that was asked for last has come, or could not be had.
    Fetched(Option<JsValue>),
}

// Never dropped, and so without the code that would see to it at the end of a thread.
thread_local! {
    static APP: ManuallyDrop<RefCell<Option<App>>> = const { ManuallyDrop::new(RefCell::new(None)) };
    static INBOX: ManuallyDrop<RefCell<Vec<News>>> = const { ManuallyDrop::new(RefCell::new(Vec::new())) };
}

/// What is told, with the element and the text that belong to it:
///
/// * `at`: the panel, and a [`Place`](crate::words::Place). Comes first.
/// * `new`: a file that a person has chosen, and its id, under which the chat has kept it.
/// * `take`: the same, not kept.
/// * `kept`: a file that an earlier page has kept, and its id. The newest comes first; `restored`: these were all.
/// * `show`: a bubble of the thread, and what to show in it: a [`Shown`].
/// * `do`: a button of ours that was pressed.
/// * `wake`: the network may be back, or the page can be seen again.
/// * `tidy`: something of the thread is not shown any more.
/// * `end`: the chat goes, and with it everything.
#[wasm_bindgen]
pub fn tell(what: String, element: El, text: String) {
    send(News::Told { what, element, text });
}

/// Puts something into the queue, and works it off unless that is happening already.
pub(crate) fn send(news: News) {
    INBOX.with(|inbox| inbox.borrow_mut().push(news));
    APP.with(|app| {
        let Ok(mut app) = app.try_borrow_mut() else { return };
        loop {
            let batch = INBOX.with(|inbox| inbox.take());
            if batch.is_empty() {
                break;
            }
            for news in batch {
                match (&mut *app, news) {
                    (app, News::Told { what, .. }) if what == "end" => *app = None,
                    (Some(app), news) => app.take(news),
                    (app @ None, News::Told { element, text, .. }) => {
                        let (thread, waiting) = (Thread::default(), Waiting::new(&element));
                        let mut new = App {
                            model: Model::new(random() as u32),
                            host: Host::new(),
                            thread,
                            waiting,
                            kept: Vec::new(),
                        };
                        new.place(&text);
                        *app = Some(new);
                    }
                    (None, _) => {}
                }
            }
        }
        if let Some(app) = &mut *app {
            app.host.timer.ring_at(app.model.uploads.next_deadline());
        }
    });
}

impl App {
    fn take(&mut self, news: News) {
        let before = self.waiting.end();
        match news {
            News::Told { what, element, text } => self.told(&what, &element, &text),
            News::Upload(input) => self.apply(Input::Upload(input)),
            News::Opened(store) => self.host.opened(store, self.model.uploads.items()),
            News::Fetched(blob) => self.thread.came(blob.as_ref().map(|blob| blob.unchecked_ref())),
        }
        self.thread.fetch(&self.host);
        self.waiting.render(&self.model.uploads, &self.host);
        self.waiting.follow(before);
    }

    fn told(&mut self, what: &str, element: &El, text: &str) {
        match what {
            "at" => self.place(text),
            "new" | "take" => self.choose(element, text, what == "new"),
            "kept" => self.kept.extend(self.host.hold(text, element.clone(), &self.waiting.log, true)),
            "restored" => {
                self.kept.reverse();
                let kept = std::mem::take(&mut self.kept);
                self.apply(Input::Restore(kept));
            }
            "show" => self.show(element, text),
            "do" => self.act(element),
            "wake" => {
                self.thread.wake();
                self.apply(Input::Upload(UploadInput::Wake));
            }
            _ => self.thread.tidy(),
        }
    }

    fn place(&mut self, text: &str) {
        let Some(place) = lean::read::<Place>(text) else { return };
        let (up, rules, seq, token) = (place.up, place.rules, place.seq, place.token.clone());
        if self.host.settle(place) {
            self.thread.wake();
        }
        self.apply(Input::Settle { up, rules, seq, token });
    }

    fn choose(&mut self, file: &El, id: &str, kept: bool) {
        if let Some(file) = self.host.hold(id, file.clone(), &self.waiting.log, kept) {
            let id = file.0.clone();
            self.apply(Input::Add(file));
            self.host.keep(&id, self.model.uploads.items());
            self.waiting.to_end = true;
        }
    }

    fn show(&mut self, bubble: &El, text: &str) {
        let Some(shown) = lean::read::<Shown>(text) else { return };
        let own = shown.id.as_ref().and_then(|id| self.host.let_go(id));
        self.thread.show(bubble, shown.file, own);
        shown.id.into_iter().for_each(|id| self.apply(Input::Shown(id)));
    }

    fn act(&mut self, button: &El) {
        let id = button.get("data-id").unwrap_or_default();
        match (button.get("data-act").unwrap_or_default().as_str(), ClientMsgId::parse(&id)) {
            ("retry", Ok(id)) => self.apply(Input::Upload(UploadInput::Retry(id))),
            ("discard", Ok(id)) => self.apply(Input::Discard(id)),
            _ => self.thread.open(button, &id),
        }
    }

    fn apply(&mut self, input: Input) {
        for effect in self.model.apply(now(), input) {
            match effect {
                Effect::Upload(UploadEffect::Start(id)) => self.host.start(id, self.model.uploads.items()),
                Effect::Upload(UploadEffect::Cancel(_)) => self.host.stop(),
                Effect::Upload(UploadEffect::Forget(id)) => self.host.forget(id),
                Effect::Upload(UploadEffect::Changed) => self.waiting.changed = true,
                Effect::Tell(fared) => self.waiting.tell(&lean::write(&fared)),
                Effect::LetGo(id) => {
                    drop(self.host.let_go(&id));
                    self.host.forget(id);
                }
            }
        }
    }
}

/// The standard one weighs 2 KB more.
#[global_allocator]
static MEMORY: LockedAllocator<FreeListAllocator> = LockedAllocator::new(FreeListAllocator::new());
