//! The transcript and what is on its way into it.

use super::dom::{Builder, mark, show};
use crate::model::{Mode, Model};
use crate::text;
use client::link::{Delivery, Outgoing};
use protocol::room::Message;
use protocol::{Kind, Timestamp};
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// After such a pause the time is shown, ms.
const PAUSE: i64 = 10 * 60_000;
/// Older than this, the day is shown as well, ms.
const DAY: f64 = 20.0 * 3_600_000.0;

/// The scrolling part of the panel.
pub struct Thread {
    builder: Builder,
    log: Element,
    wait: Element,
    hello: Element,
    list: Element,
    pending: Element,
    state: Element,
    typing: Element,
    /// How much of the model's thread stands here, and of which.
    count: usize,
    of: u32,
    outboxes: u32,
    waiting: usize,
    types: bool,
    greeting: String,
    live: bool,
}

impl Thread {
    pub fn new(builder: &Builder, part: &impl Fn(&str) -> Result<Element, JsValue>) -> Result<Thread, JsValue> {
        Ok(Thread {
            builder: builder.clone(),
            log: part(".log")?,
            wait: part(".wait")?,
            hello: part(".hello")?,
            list: part(".thread")?,
            pending: part(".pending")?,
            state: part(".state")?,
            typing: part(".typing")?,
            count: 0,
            of: 0,
            outboxes: 0,
            waiting: 0,
            types: false,
            greeting: String::new(),
            live: false,
        })
    }

    /// Shows what is new. True if the end should come into view.
    pub fn render(&mut self, model: &Model) -> bool {
        let at_end = self.log.scroll_top() + self.log.client_height() + 60 > self.log.scroll_height();
        let grown = self.messages(model);
        let wrote = self.outgoing(model);
        self.greet(model);
        if self.types != model.other_types {
            self.types = model.other_types;
            show(&self.typing, self.types);
        } else if !grown && !wrote {
            return false;
        }
        at_end || wrote
    }

    pub fn to_end(&self) {
        self.log.set_scroll_top(self.log.scroll_height());
    }

    fn greet(&mut self, model: &Model) {
        let greeting = model.look.as_ref().map_or("", |look| &look.greeting);
        if self.greeting != greeting {
            greeting.clone_into(&mut self.greeting);
            self.hello.set_text_content(Some(greeting));
            show(&self.hello, !greeting.is_empty());
        }
        show(&self.wait, model.look.is_none() && model.mode() == Mode::Blank && model.is_waking());
    }

    fn messages(&mut self, model: &Model) -> bool {
        if self.of != model.threads {
            self.of = model.threads;
            self.count = 0;
            self.list.set_text_content(None);
        }
        let new = model.thread.get(self.count..).unwrap_or_default();
        let grown = !new.is_empty();
        for message in new {
            let before = self.count.checked_sub(1).and_then(|at| model.thread.get(at));
            let _ = self.message(message, before);
            self.count += 1;
        }
        // What an earlier page has shown is not read out again; what comes from now on is.
        if !self.live && model.link.health() == client::link::Health::Up {
            self.live = true;
            let _ = self.list.set_attribute("aria-live", "polite");
        }
        grown
    }

    fn message(&self, message: &Message, before: Option<&Message>) -> Result<(), JsValue> {
        if before.is_none_or(|before| before.at.0 + PAUSE < message.at.0) {
            self.builder.add(&self.list, "p", "time", &time(message.at))?;
        }
        let class = match message.kind {
            Kind::Visitor => "me",
            Kind::Agent | Kind::Assistant => "them",
            Kind::System => "told",
            // Private to agents; no server sends it here.
            Kind::Note => return Ok(()),
        };
        let told = text::event(message);
        let Some(words) = message.body.as_ref().map(|body| body.as_str()).or(told.as_deref()) else { return Ok(()) };
        let author = message.agent.as_ref().filter(|_| class == "them");
        let same = before.is_some_and(|before| before.kind == message.kind && before.agent == message.agent);
        if let (Some(author), false) = (author, same) {
            self.builder.add(&self.list, "p", "by", author.name.as_str())?;
        }
        let bubble = self.builder.add(&self.list, "p", class, words)?;
        mark(&bubble, "more", same);
        Ok(())
    }

    /// True if the visitor has written something new.
    fn outgoing(&mut self, model: &Model) -> bool {
        let outbox = model.link.outbox();
        let last = model.thread.iter().rev().find(|message| message.kind != Kind::System);
        show(&self.state, outbox.is_empty() && last.is_some_and(|last| last.kind == Kind::Visitor));
        if self.outboxes == model.outboxes {
            return false;
        }
        let wrote = self.waiting < outbox.len();
        (self.outboxes, self.waiting) = (model.outboxes, outbox.len());
        self.pending.set_text_content(None);
        for item in outbox {
            let _ = self.pending_message(item);
        }
        wrote
    }

    fn pending_message(&self, item: &Outgoing) -> Result<(), JsValue> {
        let bubble = self.builder.add(&self.pending, "p", "me", item.body.as_str())?;
        let state = self.builder.add(&self.pending, "p", "state", "")?;
        match item.delivery {
            Delivery::Sending => state.set_text_content(Some(text::SENDING)),
            Delivery::Sent(_) => state.set_text_content(Some(text::SENT)),
            Delivery::Failed(code) => {
                mark(&bubble, "failed", true);
                mark(&state, "failed", true);
                state.set_text_content(Some(text::failed(code)));
                let retry = self.builder.add(&state, "button", "plain", text::RETRY)?;
                retry.set_attribute("data-do", "retry")?;
                retry.set_attribute("data-id", item.id.as_str())?;
            }
        }
        Ok(())
    }
}

/// The time of day where the visitor is; with the day, if that is not today's.
fn time(at: Timestamp) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(at.0 as f64));
    let options = js_sys::Object::new();
    let set = |name: &str, value: &str| js_sys::Reflect::set(&options, &name.into(), &value.into());
    let _ = set("hour", "numeric");
    let _ = set("minute", "2-digit");
    if js_sys::Date::now() - at.0 as f64 > DAY {
        let _ = set("day", "numeric");
        let _ = set("month", "short");
    }
    date.to_locale_string("default", &options).into()
}
