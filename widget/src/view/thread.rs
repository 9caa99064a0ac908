//! The transcript and what is on its way into it.

use super::dom::{El, add, say, show};
use crate::model::{Mode, Model};
use crate::text;
use client::link::{Delivery, Health, Outgoing};
use protocol::room::Message;
use protocol::{Kind, Timestamp};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(static_method_of = Date)]
    fn now() -> f64;
    type Date;
    #[wasm_bindgen(constructor)]
    fn new(at: f64) -> Date;
    #[wasm_bindgen(method, js_name = toLocaleString)]
    fn show(this: &Date, locale: Option<&str>, options: &JsValue) -> String;
    #[wasm_bindgen(js_namespace = JSON)]
    fn parse(text: &str) -> JsValue;
}

/// After such a pause the time is shown, ms.
const PAUSE: i64 = 10 * 60_000;
/// Older than this, the day is shown as well, ms.
const DAY: f64 = 20.0 * 3_600_000.0;
const TIME: &str = r#"{"hour":"numeric","minute":"2-digit"}"#;
const DAY_AND_TIME: &str = r#"{"day":"numeric","month":"short","hour":"numeric","minute":"2-digit"}"#;

/// What of the thread stands on the screen.
#[derive(Default)]
pub struct Thread {
    /// How much of the model's thread, and of which.
    count: usize,
    of: u32,
    /// Which state of the outbox, and how many wait in it.
    outboxes: u32,
    waiting: usize,
    types: bool,
    greeted: bool,
    live: bool,
}

impl Thread {
    /// Shows what is new. Tells whether there is more than before, and whether the visitor wrote it.
    pub fn render(&mut self, log: &El, model: &Model) -> (bool, bool) {
        let grown = self.messages(log, model);
        let wrote = self.outgoing(log, model);
        show(&log.find(".wait"), model.mode() == Mode::Blank && model.is_waking());
        if let (false, Some(look)) = (self.greeted, &model.look) {
            self.greeted = true;
            say(&log.find(".hello"), &look.greeting);
        }
        let typed = self.types != model.other_types;
        if typed {
            self.types = model.other_types;
            show(&log.find(".typing"), self.types);
        }
        (grown || typed, wrote)
    }

    fn messages(&mut self, log: &El, model: &Model) -> bool {
        let list = log.find(".thread");
        if self.of != model.threads {
            (self.of, self.count) = (model.threads, 0);
            list.set_text("");
        }
        let new = model.thread.get(self.count..).unwrap_or_default();
        let mut before = self.count.checked_sub(1).and_then(|at| model.thread.get(at));
        for message in new {
            show_message(&list, message, before);
            before = Some(message);
        }
        self.count += new.len();
        // What an earlier page has shown is not read out again; what comes from now on is.
        if !self.live && model.link.health() == Health::Up {
            self.live = true;
            list.set("aria-live", "polite");
        }
        !new.is_empty()
    }

    /// True if the visitor has written something new.
    fn outgoing(&mut self, log: &El, model: &Model) -> bool {
        let outbox = model.link.outbox();
        let stored = outbox.is_empty() && model.thread.last().is_some_and(|last| last.kind == Kind::Visitor);
        show(&log.find(".stored"), stored);
        if self.outboxes == model.outboxes {
            return false;
        }
        let wrote = self.waiting < outbox.len();
        (self.outboxes, self.waiting) = (model.outboxes, outbox.len());
        let list = log.find(".pending");
        list.set_text("");
        outbox.iter().for_each(|item| show_outgoing(&list, item));
        wrote
    }
}

fn show_message(list: &El, message: &Message, before: Option<&Message>) {
    if before.is_none_or(|before| before.at.0 + PAUSE < message.at.0) {
        add(list, "p", "time", &time(message.at));
    }
    let same = before.is_some_and(|before| before.kind == message.kind && before.agent == message.agent);
    let class = match message.kind {
        Kind::Visitor if same => "me more",
        Kind::Visitor => "me",
        Kind::Agent | Kind::Assistant if same => "them more",
        Kind::Agent | Kind::Assistant => "them",
        Kind::System => "told",
        // Private to agents; no server sends it here.
        Kind::Note => return,
    };
    if let ("them", Some(author)) = (class, &message.agent) {
        add(list, "p", "by", author.name.as_str());
    }
    match &message.body {
        Some(body) => {
            add(list, "p", class, body.as_str());
        }
        None => {
            if let Some(told) = text::event(message) {
                add(list, "p", class, &told);
            }
        }
    }
}

fn show_outgoing(list: &El, item: &Outgoing) {
    let failed = matches!(item.delivery, Delivery::Failed(_));
    add(list, "p", if failed { "me failed" } else { "me" }, item.body.as_str());
    let words = match item.delivery {
        Delivery::Sending => text::SENDING,
        Delivery::Sent(_) => text::SENT,
        Delivery::Failed(code) => text::failed(code),
    };
    let state = add(list, "p", if failed { "state failed" } else { "state" }, words);
    if failed {
        let retry = add(&state, "button", "plain", text::RETRY);
        retry.set("data-do", "retry");
        retry.set("data-id", item.id.as_str());
    }
}

/// The time of day where the visitor is; with the day, if that is not today's.
fn time(at: Timestamp) -> String {
    let at = at.0 as f64;
    Date::new(at).show(None, &parse(if Date::now() - at > DAY { DAY_AND_TIME } else { TIME }))
}
