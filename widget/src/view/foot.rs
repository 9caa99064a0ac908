//! What stands below the thread: the button, the composer, the e-mail form or its confirmation, the way out.

use super::dom::{El, has_fine_pointer, say, show};
use crate::model::{Ending, FormErrors, Human, Mode, Model};
use crate::text;
use protocol::{Body, lean};

/// From here on the visitor is told how many characters are left.
const NEAR: usize = 300;

/// What of it stands on the screen.
#[derive(Default)]
pub struct Foot {
    mode: Mode,
    human: Human,
    ask_failed: bool,
    ending: Option<Ending>,
    attaches: bool,
    errors: FormErrors,
    sending: bool,
    length: Option<usize>,
}

/// Puts the keyboard where one writes. Phones would cover the chat with theirs at once: not there.
pub fn focus(panel: &El, mode: Mode) {
    if has_fine_pointer() {
        match mode {
            Mode::Chat => panel.find(".draft").focus(),
            Mode::Form { .. } => panel.find(".email").focus(),
            Mode::Blank | Mode::Left => {}
        }
    }
}

/// What is hidden loses the focus, but only when the page is next drawn: it goes to what has come in its place.
fn refocus(panel: &El, mode: Mode, model: &Model) {
    let writing = panel.matches(":has([hidden] :is(.draft,.message):focus)");
    if writing && mode == Mode::Chat {
        panel.find(".draft").focus();
    } else if writing && !model.draft.is_empty() {
        panel.find(".message").focus();
    } else if panel.matches(":has(.mail[hidden] :focus)") {
        // Whoever types an address must not find the rest of it in a chat, where Enter sends.
        panel.focus();
    } else if panel.matches(":has([hidden] :focus)") {
        focus(panel, mode);
    }
}

fn busy(element: &El, on: bool) {
    element.set("aria-busy", if on { "true" } else { "false" });
}

impl Foot {
    /// Shows the model. True if the thread has less room, or more, than before.
    pub fn render(&mut self, panel: &El, model: &Model) -> bool {
        let (mode, human) = (model.mode(), model.human());
        let ending = model.ending().filter(|_| mode != Mode::Blank);
        let moved = (self.mode, self.human, self.ask_failed, self.ending) != (mode, human, model.ask_failed, ending);
        if moved {
            (self.human, self.ask_failed, self.ending) = (human, model.ask_failed, ending);
            offer(panel, human, model.ask_failed);
            if self.mode != mode {
                self.mode = mode;
                // The draft may have grown while its field was out of sight.
                self.length = None;
                switch(panel, mode, model);
            }
            way_out(panel, mode, ending);
            refocus(panel, mode, model);
        }
        let attaches = model.may_attach();
        if self.attaches != attaches {
            self.attaches = attaches;
            show(&panel.find(".clip"), attaches);
            panel.find(".clip input").set("accept", &text::accepted(model.rules));
        }
        self.composer(panel, model);
        self.form(panel, model);
        moved
    }

    fn composer(&mut self, panel: &El, model: &Model) {
        let length = model.draft.chars().count();
        if self.length == Some(length) && length > 0 {
            return;
        }
        let draft = panel.find(".draft");
        // Sending empties the draft; typing must not touch the field.
        if length == 0 && self.length != Some(0) {
            draft.set_value("");
        }
        self.length = Some(length);
        draft.set("style", "height:auto");
        draft.set("style", &text::join(&["height:", &lean::write(&i64::from(draft.scroll_height())), "px"]));
        let left = Body::MOST as i64 - length as i64;
        let count = if length + NEAR > Body::MOST { lean::write(&left) } else { String::new() };
        let place = panel.find(".count");
        say(&place, &count);
        place.toggle("data-over", left < 0);
        panel.find(".send").toggle("disabled", Body::parse(&model.draft).is_err());
    }

    fn form(&mut self, panel: &El, model: &Model) {
        if self.sending != model.form.sending {
            self.sending = model.form.sending;
            busy(&panel.find(".leave"), self.sending);
        }
        if self.errors == model.form.errors {
            return;
        }
        self.errors = model.form.errors;
        let FormErrors { email, name, message, whole } = self.errors;
        for (field, place, words) in
            [(".message", "#me", message), (".name", "#ne", name), (".email", "#ee", email), (".leave", "#we", whole)]
        {
            say(&panel.find(place), words.unwrap_or(""));
            let field = panel.find(field);
            field.set("aria-invalid", if words.is_some() { "true" } else { "false" });
            // The topmost one comes last and keeps it.
            if words.is_some() {
                field.focus();
            }
        }
    }
}

fn switch(panel: &El, mode: Mode, model: &Model) {
    show(&panel.find(".compose"), mode == Mode::Chat);
    show(&panel.find(".mail"), matches!(mode, Mode::Form { .. }));
    show(&panel.find(".left"), mode == Mode::Left);
    // One draft for both: what was begun in the one goes on in the other.
    panel.find(".draft").set_value(&model.draft);
    panel.find(".message").set_value(&model.draft);
    let waiting = mode == Mode::Form { waiting: true };
    let (title, lead) =
        if waiting { (text::FORM_TITLE_WAITING, text::FORM_LEAD_WAITING) } else { (text::FORM_TITLE, text::FORM_LEAD) };
    panel.find(".mail h3").set_text(title);
    panel.find(".mail .lead").set_text(lead);
}

/// *End chat* and its question, and the way back from the form.
fn way_out(panel: &El, mode: Mode, ending: Option<Ending>) {
    let asks = ending.is_some_and(|ending| ending != Ending::No);
    show(&panel.find(".back"), mode == Mode::Form { waiting: true });
    show(&panel.find(".acts"), ending == Some(Ending::No));
    let sure = panel.find(".sure");
    show(&sure, asks);
    busy(&sure, ending == Some(Ending::Sending));
    let failed = ending == Some(Ending::Failed);
    panel.find("#q").set_text(if failed { text::END_FAILED } else { text::END_QUESTION });
    // To the answer that does no harm, and back.
    if asks && panel.matches(":has(.end:focus)") {
        panel.find(".stay").focus();
    } else if ending == Some(Ending::No) && panel.matches(":has(.sure :focus)") {
        panel.find(".end").focus();
    }
}

fn offer(panel: &El, human: Human, failed: bool) {
    let (words, unseen) = match human {
        Human::Offered { again: true, unseen } => (text::HUMAN_AGAIN, unseen),
        Human::Offered { again: false, unseen } => (text::HUMAN, unseen),
        Human::Hidden | Human::Asking => (text::HUMAN, false),
        Human::Instead => (text::INSTEAD, false),
    };
    let hint = match (failed, unseen) {
        (true, _) => text::ASK_FAILED,
        (false, true) => text::UNSEEN,
        (false, false) => "",
    };
    say(&panel.find(".hint"), hint);
    let button = panel.find(".human");
    button.set_text(words);
    let instead = human == Human::Instead;
    button.set("data-do", if instead { "swap" } else { "human" });
    button.toggle("data-instead", instead);
    busy(&button, human == Human::Asking);
    show(&panel.find(".ask"), human != Human::Hidden);
}
