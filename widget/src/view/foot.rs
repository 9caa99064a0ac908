//! What stands below the thread: the button, the composer, the e-mail form or its confirmation.

use super::dom::{flag, show};
use super::is_offered;
use crate::model::{FormErrors, Human, Mode, Model};
use crate::text;
use protocol::{Body, Stage, lean};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

/// From here on the visitor is told how many characters are left.
const NEAR: usize = 300;

pub struct Foot {
    ask: Element,
    hint: Element,
    human: Element,
    compose: Element,
    draft: HtmlTextAreaElement,
    count: Element,
    send: Element,
    mail: Element,
    lead: Element,
    email: HtmlInputElement,
    message: HtmlTextAreaElement,
    leave: Element,
    bad: [Element; 4],
    left: Element,
    mode: Mode,
    offered: Human,
    ask_failed: bool,
    errors: FormErrors,
    sending: bool,
}

impl Foot {
    pub fn new(part: &impl Fn(&str) -> Result<Element, JsValue>) -> Result<Foot, JsValue> {
        Ok(Foot {
            ask: part(".ask")?,
            hint: part(".hint")?,
            human: part(".human")?,
            compose: part(".compose")?,
            draft: part(".draft")?.unchecked_into(),
            count: part(".count")?,
            send: part(".send")?,
            mail: part(".mail")?,
            lead: part(".mail .lead")?,
            email: part(".email")?.unchecked_into(),
            message: part(".message")?.unchecked_into(),
            leave: part(".mail .main")?,
            bad: [part("#ee")?, part("#ne")?, part("#me")?, part("#we")?],
            left: part(".left")?,
            mode: Mode::Blank,
            offered: Human::Hidden,
            ask_failed: false,
            errors: FormErrors::default(),
            sending: false,
        })
    }

    pub fn render(&mut self, model: &Model) {
        self.switch(model.mode(), model);
        self.offer(model.human(), model.ask_failed);
        self.composer(model);
        self.form(model);
    }

    /// Puts the keyboard where one writes. Phones would cover the chat with their keyboard at once: not there.
    pub fn focus(&self, mode: Mode) {
        let fine = web_sys::window().and_then(|window| window.match_media("(pointer:fine)").ok()?);
        if !fine.is_some_and(|fine| fine.matches()) {
            return;
        }
        let _ = match mode {
            Mode::Chat => self.draft.focus(),
            Mode::Form => self.email.focus(),
            Mode::Blank | Mode::Left => Ok(()),
        };
    }

    fn switch(&mut self, mode: Mode, model: &Model) {
        if self.mode == mode {
            return;
        }
        let typing = self.has_focus();
        self.mode = mode;
        show(&self.compose, mode == Mode::Chat);
        show(&self.mail, mode == Mode::Form);
        show(&self.left, mode == Mode::Left);
        // One draft for both: what was begun in the one goes on in the other.
        self.draft.set_value(&model.draft);
        self.message.set_value(&model.draft);
        if typing {
            self.focus(mode);
        }
    }

    fn has_focus(&self) -> bool {
        [&self.compose, &self.mail, &self.left, &self.ask]
            .iter()
            .any(|part| part.query_selector(":focus").is_ok_and(|found| found.is_some()))
    }

    fn offer(&mut self, human: Human, failed: bool) {
        if self.offered == human && self.ask_failed == failed {
            return;
        }
        let focused = self.has_focus();
        (self.offered, self.ask_failed) = (human, failed);
        let (again, unseen) = match human {
            Human::Offered { again, unseen } => (again, unseen),
            Human::Hidden | Human::Asking => (false, false),
        };
        let hint = if failed {
            text::ASK_FAILED
        } else if unseen {
            text::UNSEEN
        } else {
            ""
        };
        self.hint.set_text_content(Some(hint));
        self.human.set_text_content(Some(if again { text::HUMAN_AGAIN } else { text::HUMAN }));
        flag(&self.human, "aria-busy", (human == Human::Asking).then_some("true"));
        show(&self.ask, is_offered(human));
        if focused && !is_offered(human) {
            self.focus(self.mode);
        }
    }

    fn composer(&mut self, model: &Model) {
        // Sending empties the draft; typing must not touch the field.
        if model.draft.is_empty() && !self.draft.value().is_empty() {
            self.draft.set_value("");
        }
        let style = self.draft.unchecked_ref::<HtmlElement>().style();
        let _ = style.set_property("height", "auto");
        let height = self.draft.scroll_height();
        if height > 0 {
            let _ = style.set_property("height", &text::join(&[&lean::write(&i64::from(height)), "px"]));
        }
        let length = model.draft.chars().count();
        let near = length + NEAR > Body::MOST;
        show(&self.count, near);
        if near {
            self.count.set_text_content(Some(&lean::write(&(Body::MOST as i64 - length as i64))));
        }
        flag(&self.count, "class", Some(if length > Body::MOST { "count over" } else { "count" }));
        flag(&self.send, "disabled", Body::parse(&model.draft).is_err().then_some(""));
    }

    fn form(&mut self, model: &Model) {
        let waiting = model.room.handoff.as_ref().is_some_and(|handoff| handoff.stage == Stage::Waiting);
        self.lead.set_text_content(Some(if waiting { text::FORM_LEAD_WAITING } else { text::FORM_LEAD }));
        if self.sending != model.form.sending {
            self.sending = model.form.sending;
            flag(&self.leave, "aria-busy", self.sending.then_some("true"));
        }
        if self.errors != model.form.errors {
            self.errors = model.form.errors;
            let FormErrors { email, name, message, whole } = self.errors;
            for (place, words) in self.bad.iter().zip([email, name, message, whole]) {
                place.set_text_content(words);
                show(place, words.is_some());
            }
            flag(&self.email, "aria-invalid", email.map(|_| "true"));
            flag(&self.message, "aria-invalid", message.map(|_| "true"));
            if email.is_some() {
                let _ = self.email.focus();
            } else if message.is_some() {
                let _ = self.message.focus();
            }
        }
    }
}
