//! The panel, in the loader's shadow root. It remembers what it shows and touches only what is different.

mod build;
pub mod dom;
mod ears;
mod foot;
mod pending;
mod plan;
mod thread;

use crate::host::Loader;
use crate::model::{Head, Mode, Model, Session};
use crate::text;
use dom::{El, add, say, show};
use ears::Ears;
use foot::Foot;
use protocol::room::Place;
use thread::{Changed, Thread};

/// The panel and all that listens for it. Dropping it takes it off the page.
pub struct View {
    root: El,
    launcher: El,
    /// The panel.
    pub panel: El,
    thread: Thread,
    foot: Foot,
    shown: Shown,
    _ears: Ears,
}

/// What stands on the screen.
#[derive(Default)]
struct Shown {
    open: bool,
    title: String,
    sub: String,
    spoken: Option<Place>,
    line: &'static str,
    unread: usize,
    wants_focus: bool,
}

impl View {
    /// Builds the panel, hidden.
    pub fn new(root: El, launcher: El) -> View {
        let panel = add(&root, "section", "panel", "");
        for (name, value) in [("role", "dialog"), ("aria-label", text::CHAT), ("tabindex", "-1"), ("hidden", "")] {
            panel.set(name, value);
        }
        build::build(&panel);
        // Before the launcher, so that Tab goes from the chat to the button that closes it.
        launcher.put_before(&panel);
        let _ears = Ears::new(panel.clone());
        View { root, launcher, panel, thread: Thread::default(), foot: Foot::default(), shown: Shown::default(), _ears }
    }

    /// Shows the model.
    pub fn render(&mut self, model: &Model, loader: &Loader) {
        let log = self.panel.find(".log");
        let (top, length) = (log.scroll_top(), log.scroll_height());
        let at_end = top + log.height() + 60 > length;
        let turned = self.head(model);
        let Changed { grown, older, wrote } = self.thread.render(&log, model);
        let moved = self.foot.render(&self.panel, model);
        let opened = self.open(model);
        let unread = model.unread();
        if self.shown.unread != unread {
            self.shown.unread = unread;
            loader.badge(unread as u32);
        }
        if opened || wrote || ((grown || moved || turned) && at_end) {
            log.set_scroll_top(log.scroll_height());
        } else if older {
            // Whoever reads goes on where they are.
            log.set_scroll_top(top + log.scroll_height() - length);
        }
    }

    /// True if the thread has less room, or more, than before.
    fn head(&mut self, model: &Model) -> bool {
        let title = model.look.as_ref().map_or(text::CHAT, |look| &look.title);
        if self.shown.title != title {
            title.clone_into(&mut self.shown.title);
            self.panel.find(".title").set_text(title);
            self.panel.set("aria-label", title);
        }
        let (words, class, live) = below_title(model.head());
        let turned = self.shown.sub != words;
        if turned {
            let sub = self.panel.find(".sub");
            sub.set("class", class);
            sub.set("aria-live", live);
            say(&sub, &words);
            self.shown.sub = words;
        }
        // Apart from what is seen, because that changes more often than anybody wants to hear.
        if self.shown.spoken != model.spoken.place {
            self.shown.spoken = model.spoken.place;
            self.panel.find(".spoken").set_text(&model.spoken.place.map_or_else(String::new, text::place));
        }
        let line = match (model.session, model.trouble_with_link()) {
            (Session::Refused(code), _) => text::trouble(code),
            (_, Some(true)) => text::RECONNECTING,
            (_, Some(false)) => text::CONNECTING,
            (_, None) => "",
        };
        if self.shown.line != line {
            self.shown.line = line;
            say(&self.panel.find(".line"), line);
        }
        turned
    }

    /// True if the panel has just opened.
    fn open(&mut self, model: &Model) -> bool {
        let turned = self.shown.open != model.open;
        if turned {
            self.shown.open = model.open;
            // Somebody who is elsewhere on the page (a reload, a call by the owner's script) stays there.
            let had_focus = self.root.focused().is_some();
            show(&self.panel, model.open);
            self.launcher.set("aria-expanded", if model.open { "true" } else { "false" });
            if had_focus {
                if model.open { &self.panel } else { &self.launcher }.focus();
            }
            self.shown.wants_focus = had_focus;
        }
        // The composer may come only after the boot; whoever has gone elsewhere by then stays there.
        if self.shown.wants_focus && model.open && model.mode() != Mode::Blank {
            self.shown.wants_focus = false;
            if self.root.focused().is_some_and(|focused| focused.class() == "panel") {
                foot::focus(&self.panel, model.mode());
            }
        }
        turned && model.open
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.panel.remove();
    }
}

/// The line below the title, and its classes. What the thread tells as well is read out only there.
fn below_title(head: Head) -> (String, &'static str, &'static str) {
    match head {
        Head::Silent => (String::new(), "sub", "off"),
        Head::Here => (text::HERE.to_owned(), "sub here", "polite"),
        Head::Away => (text::AWAY.to_owned(), "sub", "polite"),
        Head::Waiting(None) => (text::WAITING.to_owned(), "sub", "off"),
        Head::Waiting(Some(place)) => (text::place(place), "sub", "off"),
        Head::With(name) => (text::with_agent(name), "sub here", "off"),
    }
}
