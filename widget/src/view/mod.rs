//! The panel, in the loader's shadow root. It remembers what it shows and touches only what is different.

mod dom;
mod ears;
mod foot;
mod plan;
mod thread;

use crate::model::{Human, Mode, Model, Session};
use crate::text;
use dom::{Builder, flag, mark, show};
use ears::Ears;
use foot::Foot;
use protocol::{Stage, lean};
use thread::Thread;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, ShadowRoot};

/// The panel and all that listens for it. Dropping it takes it off the page.
pub struct View {
    root: ShadowRoot,
    launcher: HtmlElement,
    panel: HtmlElement,
    title: Element,
    sub: Element,
    line: Element,
    thread: Thread,
    foot: Foot,
    shown: Shown,
    _ears: Ears,
}

/// What stands on the screen.
#[derive(Default, PartialEq)]
struct Shown {
    open: bool,
    title: String,
    sub: String,
    line: &'static str,
    unread: usize,
    wants_focus: bool,
}

impl View {
    /// Builds the panel, hidden.
    pub fn new(root: &ShadowRoot, launcher: HtmlElement) -> Result<View, JsValue> {
        let document = root.owner_document().ok_or(JsValue::NULL)?;
        let window = document.default_view().ok_or(JsValue::NULL)?;
        let builder = Builder(document);
        let panel: HtmlElement = builder.0.create_element("section")?.unchecked_into();
        for (name, value) in
            [("class", "panel"), ("role", "dialog"), ("aria-label", text::CHAT), ("tabindex", "-1"), ("hidden", "")]
        {
            panel.set_attribute(name, value)?;
        }
        builder.build(&panel, plan::PANEL)?;
        // Before the launcher, so that Tab goes from the chat to the button that closes it.
        root.insert_before(&panel, Some(&launcher))?;
        let part = |class: &str| panel.query_selector(class)?.ok_or(JsValue::NULL);
        Ok(View {
            root: root.clone(),
            title: part(".title")?,
            sub: part(".sub")?,
            line: part(".line")?,
            thread: Thread::new(&builder, &part)?,
            foot: Foot::new(&part)?,
            shown: Shown::default(),
            _ears: Ears::new(&panel, window),
            launcher,
            panel,
        })
    }

    /// Shows the model.
    pub fn render(&mut self, model: &Model) {
        self.head(model);
        let stick = self.thread.render(model);
        self.foot.render(model);
        self.open(model);
        self.badge(model.unread());
        if stick && model.open {
            self.thread.to_end();
        }
    }

    fn head(&mut self, model: &Model) {
        let title = model.look.as_ref().map_or(text::CHAT, |look| &look.title);
        if self.shown.title != title {
            title.clone_into(&mut self.shown.title);
            self.title.set_text_content(Some(title));
            flag(&self.panel, "aria-label", Some(title));
        }
        let sub = subtitle(model);
        if self.shown.sub != sub {
            self.sub.set_text_content(Some(&sub));
            show(&self.sub, !sub.is_empty());
            self.shown.sub = sub;
        }
        let line = match (model.session, model.trouble_with_link()) {
            (Session::Refused(code), _) => text::trouble(code),
            (_, Some(true)) => text::RECONNECTING,
            (_, Some(false)) => text::CONNECTING,
            (_, None) => "",
        };
        if self.shown.line != line {
            self.shown.line = line;
            self.line.set_text_content(Some(line));
            show(&self.line, !line.is_empty());
        }
    }

    fn open(&mut self, model: &Model) {
        if self.shown.open != model.open {
            self.shown.open = model.open;
            let had_focus = self.root.active_element().is_some();
            show(&self.panel, model.open);
            mark(&self.launcher, "on", model.open);
            flag(&self.launcher, "aria-expanded", Some(if model.open { "true" } else { "false" }));
            if model.open && had_focus {
                let _ = self.panel.focus();
                self.shown.wants_focus = true;
            } else if had_focus {
                let _ = self.launcher.focus();
            }
            if model.open {
                self.thread.to_end();
            }
        }
        // The composer may come only after the boot; whoever has gone elsewhere by then stays there.
        if self.shown.wants_focus && model.open && model.mode() != Mode::Blank {
            self.shown.wants_focus = false;
            if self.root.active_element().as_ref() == Some(self.panel.as_ref()) {
                self.foot.focus(model.mode());
            }
        }
    }

    fn badge(&mut self, unread: usize) {
        if self.shown.unread != unread {
            self.shown.unread = unread;
            let count = lean::write(&(unread as i64));
            flag(&self.launcher, "data-unread", (unread > 0).then_some(count.as_str()));
        }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.panel.remove();
    }
}

fn subtitle(model: &Model) -> String {
    let handoff = model.room.handoff.as_ref();
    match (handoff.map(|handoff| handoff.stage), handoff.and_then(|handoff| handoff.agent.as_ref())) {
        (Some(Stage::Active), Some(agent)) => text::with_agent(&agent.name),
        _ if !model.room.desk_open => text::AWAY.to_owned(),
        (Some(Stage::Waiting), _) => text::WAITING.to_owned(),
        _ => String::new(),
    }
}

/// Whether *Talk to a human* needs room at all.
fn is_offered(human: Human) -> bool {
    human != Human::Hidden
}
