//! The transcript.

use super::dom::{El, add, draw, say, show};
use super::pending::Pending;
use crate::host::files;
use crate::model::{Mode, Model};
use crate::text;
use crate::told::Shown;
use client::link::{Earlier, Health, Standing};
use protocol::room::Message;
use protocol::{Kind, Seq, Timestamp, lean};
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
    /// As the model's thread.
    rows: Vec<Row>,
    /// Which of its threads.
    of: u32,
    /// The visitor's newest message, and how far it has come; in words, too.
    newest: Option<(Seq, Standing)>,
    word: Option<El>,
    pending: Pending,
    earlier: Option<Earlier>,
    types: bool,
    greeted: bool,
    live: bool,
}

/// A message.
struct Row {
    seq: Seq,
    root: El,
    /// Around what it says; not every event has words.
    bubble: Option<El>,
    blank: bool,
    /// Of the visitor's own, and what it shows.
    tick: Option<(El, Option<Standing>)>,
}

/// What is different from before.
pub struct Changed {
    /// There is more.
    pub grown: bool,
    /// There is more above.
    pub older: bool,
    /// The visitor has written.
    pub wrote: bool,
}

impl Thread {
    /// Shows the model.
    pub fn render(&mut self, log: &El, model: &Model) -> Changed {
        let older = self.older(log, model);
        let grown = self.messages(log, model);
        let wrote = self.pending.render(log, model);
        self.standings(model);
        show(&log.find(".wait"), model.mode() == Mode::Blank && model.is_waking());
        let greets = model.look.is_some() && !model.link.has_earlier();
        if self.greeted != greets {
            self.greeted = greets;
            say(&log.find(".hello"), model.look.as_ref().filter(|_| greets).map_or("", |look| &look.greeting));
        }
        let typed = self.types != model.other_types;
        if typed {
            self.types = model.other_types;
            show(&log.find(".typing"), self.types);
        }
        Changed { grown: grown || typed, older, wrote }
    }

    /// True if a page came in front.
    fn older(&mut self, log: &El, model: &Model) -> bool {
        let state = model.link.has_earlier().then(|| model.link.earlier());
        if self.earlier != state {
            self.earlier = state;
            let above = log.find(".above");
            show(&above, state.is_some());
            above.find(".earlier").set_text(match state {
                Some(Earlier::Loading) => text::LOADING,
                Some(Earlier::Failed) => text::NOT_LOADED,
                Some(Earlier::Idle) | None => text::EARLIER,
            });
            if log.matches(":has(.above[hidden] :focus)") {
                log.focus();
            }
        }
        let (Some(first), Some(message)) = (self.rows.first(), model.thread.first()) else { return false };
        let more = first.seq.0.saturating_sub(message.seq.0) as usize;
        if self.of != model.threads || more == 0 {
            return false;
        }
        // What stood first has another neighbour now.
        self.rows.remove(0).root.remove();
        files("tidy", &JsValue::NULL, "");
        self.newest = None;
        let older = log.find(".older");
        let page = add(&older, "div", "page", "");
        older.prepend(&page);
        let mut rows = Vec::new();
        let mut before = None;
        for message in model.thread.iter().take(more + 1) {
            rows.push(row(&page, message, before));
            before = Some(message);
        }
        rows.append(&mut self.rows);
        self.rows = rows;
        true
    }

    fn messages(&mut self, log: &El, model: &Model) -> bool {
        let list = log.find(".thread");
        if self.of != model.threads {
            self.of = model.threads;
            self.rows.clear();
            self.newest = None;
            list.set_text("");
            log.find(".older").set_text("");
            files("tidy", &JsValue::NULL, "");
        }
        let count = self.rows.len();
        let mut before = count.checked_sub(1).and_then(|at| model.thread.get(at));
        for message in model.thread.get(count..).unwrap_or_default() {
            let row = row(&list, message, before);
            self.rows.push(row);
            before = Some(message);
        }
        // What an earlier page has shown is not read out again; what comes from now on is.
        if !self.live && model.link.health() == Health::Up {
            self.live = true;
            list.set("aria-live", "polite");
        }
        count < self.rows.len()
    }

    /// What was taken away, and how far the visitor's own messages have come.
    fn standings(&mut self, model: &Model) {
        for (row, message) in self.rows.iter_mut().zip(&model.thread) {
            if let (false, true, Some(bubble)) = (row.blank, message.is_redacted(), &row.bubble) {
                row.blank = true;
                row.tick = None;
                bubble.set_text(text::REMOVED);
                bubble.toggle("data-gone", true);
                files("tidy", &JsValue::NULL, "");
            }
            if let Some((svg, shown)) = &mut row.tick {
                let standing = model.link.standing(row.seq);
                if *shown != Some(standing) {
                    *shown = Some(standing);
                    mark(svg, standing as usize + 1);
                }
            }
        }
        let newest = self.rows.iter().rev().find_map(|row| Some((row, row.tick.as_ref()?.1?)));
        let newest = newest.filter(|_| !self.pending.is_shown());
        let shown = newest.map(|(row, standing)| (row.seq, standing));
        if self.newest != shown {
            self.newest = shown;
            self.word.take().into_iter().for_each(|word| word.remove());
            self.word = newest.map(|(row, standing)| add(&row.root, "p", "state", text::standing(standing)));
        }
    }
}

fn row(list: &El, message: &Message, before: Option<&Message>) -> Row {
    let root = add(list, "div", "row", "");
    if before.is_none_or(|before| before.at.0 + PAUSE < message.at.0) {
        add(&root, "p", "time", &time(message.at));
    }
    let same = before.is_some_and(|before| before.kind == message.kind && before.agent == message.agent);
    let class = match message.kind {
        Kind::Visitor if same => "me more",
        Kind::Visitor => "me",
        Kind::Agent | Kind::Assistant if same => "them more",
        Kind::Agent | Kind::Assistant => "them",
        // Notes are private to agents; no server sends them here.
        Kind::System | Kind::Note => "told",
    };
    if let ("them", Some(author)) = (class, &message.agent) {
        add(&root, "p", "by", author.name.as_str());
    }
    let bubble = match (&message.body, &message.file) {
        (Some(body), _) => Some(add(&root, "div", class, body.as_str())),
        (None, Some(file)) => {
            // With room for what is to come, so that nothing jumps; a name can be read before.
            let bubble = add(&root, "div", class, "");
            if file.kind.is_image() {
                bubble.set("data-pic", "");
            } else {
                add(&bubble, "div", "doc", file.name.as_str());
            }
            let id = message.id.clone().filter(|_| message.kind == Kind::Visitor);
            files("show", &bubble, &lean::write(&Shown { id, file: file.clone() }));
            Some(bubble)
        }
        (None, None) if message.is_redacted() => Some(add(&root, "div", class, "")),
        (None, None) => text::event(message).map(|told| add(&root, "div", class, &told)),
    };
    let mine = bubble.as_ref().filter(|_| message.kind == Kind::Visitor);
    let tick = mine.map(|bubble| (tick(bubble), None));
    Row { seq: message.seq, root, bubble, blank: false, tick }
}

/// Clock, one tick, two ticks; what two ticks mean is said by their colour.
const MARKS: [(&str, &str); 4] = [
    ("M8 3.5v3l2 1.5M13.5 6.5a5.5 5.5 0 1 1-11 0a5.5 5.5 0 1 1 11 0", text::SENDING),
    ("M4 7l3 3l6-7", text::SENT),
    ("M1 7l3 3l6-7M8.5 9l1 1l6-7", text::DELIVERED),
    ("M1 7l3 3l6-7M8.5 9l1 1l6-7", text::SEEN),
];

/// Beside a bubble, for its state.
pub fn tick(bubble: &El) -> El {
    let svg = draw(bubble, "tick", "0 0 16 13", "");
    svg.set("role", "img");
    svg
}

/// Sets the state: an index of [`MARKS`].
pub fn mark(svg: &El, state: usize) {
    if let Some((line, words)) = MARKS.get(state) {
        svg.find("path").set("d", line);
        svg.set("aria-label", words);
        svg.toggle("data-read", state == 3);
    }
}

/// The time of day where the visitor is; with the day, if that is not today's.
fn time(at: Timestamp) -> String {
    let at = at.0 as f64;
    Date::new(at).show(None, &parse(if Date::now() - at > DAY { DAY_AND_TIME } else { TIME }))
}
