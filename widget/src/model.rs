//! What the widget knows and shows, as a pure machine: inputs go in, effects come out, the view reads.

mod form;
mod line;
mod session;
mod shown;
#[cfg(test)]
mod tests;
mod thread;
mod words;

pub use form::{Form, FormErrors};
pub use line::{Ending, Spoken};
pub use session::{Saved, Session};
pub use shown::{Head, Human, Mode};
pub use words::{Arrived, Effect, Input, Told};

use client::link::{self, Link, Me, Ms};
use protocol::desk::Page;
use protocol::file::FileSettings;
use protocol::http::{AskRequest, WidgetLook};
use protocol::room::{Message, RoomState};
use protocol::{Body, ClientMsgId, ConversationId, Seq, WidgetKey};

/// The machine.
#[derive(Debug)]
pub struct Model {
    key: WidgetKey,
    /// Who the visitor is, as far as known.
    pub session: Session,
    token: Option<String>,
    conversation: Option<ConversationId>,
    /// Looks, once booted.
    pub look: Option<WidgetLook>,
    /// What may be sent besides text, once booted.
    pub rules: Option<FileSettings>,
    /// The link; off until booted, and until it is known what was not sent before.
    pub link: Link,
    /// The storage has told what was not sent before, or has nothing to tell.
    restored: bool,
    /// The panel is open.
    pub open: bool,
    /// It was closed here, however an earlier page has left it.
    shut: bool,
    visible: bool,
    /// The transcript.
    pub thread: Vec<Message>,
    /// Counts conversations, so that the view knows when to begin anew.
    pub threads: u32,
    /// Counts changes of what is on its way.
    pub outboxes: u32,
    /// The rest of the room. Until the server has spoken it is a guess: that one can talk here.
    pub room: RoomState,
    /// The server has said how the room is.
    known: bool,
    /// The link has told how the room is since the last request left.
    told: bool,
    /// The agent is writing.
    pub other_types: bool,
    /// What is typed and not sent, in the composer or the form.
    pub draft: String,
    /// The e-mail form.
    pub form: Form,
    human_at: Option<Ms>,
    human_due: bool,
    asking: bool,
    /// The last request for a human did not get through.
    pub ask_failed: bool,
    /// The place in line, as it is read out.
    pub spoken: Spoken,
    ending: Ending,
    seen: Seq,
    effects: Vec<Effect>,
}

impl Model {
    /// A widget at rest.
    pub fn new(key: WidgetKey, seed: u32) -> Model {
        Model {
            key,
            session: Session::Asleep,
            token: None,
            conversation: None,
            look: None,
            rules: None,
            link: Link::new(Me::Visitor, seed),
            restored: false,
            open: false,
            shut: false,
            visible: true,
            thread: Vec::new(),
            threads: 0,
            outboxes: 1,
            room: RoomState { desk_open: true, handoff: None },
            known: false,
            told: false,
            other_types: false,
            draft: String::new(),
            form: Form::default(),
            human_at: None,
            human_due: false,
            asking: false,
            ask_failed: false,
            spoken: Spoken::default(),
            ending: Ending::No,
            seen: Seq(0),
            effects: Vec::new(),
        }
    }

    /// Moves the widget on. `seed` makes ids.
    pub fn apply(&mut self, now: Ms, seed: u128, input: Input) -> Vec<Effect> {
        match input {
            Input::Resume => self.emit(Effect::Recall),
            Input::Recalled(saved) => self.recalled(saved),
            Input::Restored(texts) => self.restore(now, texts),
            Input::Open => self.show(now, true),
            Input::Close => self.show(now, false),
            Input::Toggle => self.show(now, !self.open),
            Input::Booted(reply) => self.booted(now, seed, reply),
            Input::Link(input) => self.link(now, input),
            Input::Scrolled => self.scrolled(now),
            Input::Draft(text) => self.drafted(now, text),
            Input::Write => self.write(now, seed),
            Input::Ask(page) => self.ask(page),
            Input::Asked(reply) => self.asked(reply),
            Input::Leave { email, name, page } => self.leave(seed, &email, &name, page),
            Input::Left(reply) => self.left(reply),
            Input::LeaveAnother => self.form.another = true,
            Input::Swap => self.swap(),
            Input::End => self.ask_to_end(),
            Input::EndNow => self.end(),
            Input::Stay => self.stay(),
            Input::Ended(reply) => self.ended(reply),
            Input::Escape => self.escape(now),
            Input::Visible(on) => self.see(now, on),
            Input::Wake => self.wake(now),
            Input::Tick => self.link(now, link::Input::Tick),
        }
        self.on_time(now);
        self.speak(now);
        std::mem::take(&mut self.effects)
    }

    /// When [`Input::Tick`] is due.
    pub fn next_deadline(&self) -> Option<Ms> {
        let human = self.human_at.filter(|_| !self.human_due);
        let all = [self.link.next_deadline(), self.session.deadline(), self.speak_at(), human];
        link::soonest(&all)
    }

    /// Apart, because a push in many places weighs more than a call.
    #[inline(never)]
    fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn on_time(&mut self, now: Ms) {
        self.human_due |= self.human_at.is_some_and(|at| at <= now);
        if self.session.deadline().is_some_and(|at| at <= now) {
            self.boot();
        }
    }

    fn show(&mut self, now: Ms, open: bool) {
        if self.open != open {
            self.open = open;
            self.emit(Effect::Tell(if open { Told::Opened } else { Told::Closed }));
            self.store();
        }
        self.shut = !open;
        // Another tab may have opened the chat since this page was loaded.
        if self.session == Session::Asleep {
            self.emit(Effect::Recall);
        }
        self.look(now);
    }

    fn see(&mut self, now: Ms, on: bool) {
        self.visible = on;
        if on {
            self.wake(now);
        }
        self.look(now);
    }

    /// The network may be back, or another one.
    fn wake(&mut self, now: Ms) {
        if let Session::Retrying { until, floor, .. } = &mut self.session {
            *until = *floor;
        }
        self.link(now, link::Input::Wake);
    }

    /// Whoever has the panel before them has seen what is in it.
    fn look(&mut self, now: Ms) {
        let attention = self.open && self.visible;
        self.link(now, link::Input::Attention(attention));
        self.read();
    }

    fn read(&mut self) {
        if self.open && self.visible && self.seen < self.link.last_seq() {
            self.seen = self.link.last_seq();
            self.store();
        }
    }

    fn drafted(&mut self, now: Ms, text: String) {
        if self.mode() == Mode::Chat {
            self.link(now, link::Input::Typing(!text.is_empty()));
        }
        self.draft = text;
        self.form.drafted();
    }

    fn write(&mut self, now: Ms, seed: u128) {
        if let Ok(body) = Body::parse(&self.draft) {
            self.draft.clear();
            self.link(now, link::Input::Send { id: ClientMsgId::random(seed), body });
        }
    }

    fn ask(&mut self, page: Page) {
        if !self.asking {
            self.asking = true;
            self.ask_failed = false;
            self.told = false;
            self.emit(Effect::Ask(AskRequest { page }));
        }
    }

    fn asked(&mut self, reply: Result<RoomState, link::Failure>) {
        self.asking = false;
        match reply {
            Ok(state) => self.replied(state),
            Err(_) => self.ask_failed = true,
        }
    }

    /// A state in a reply may be older than one that the link has brought since. If it is not, the link brings it too.
    fn replied(&mut self, mut state: RoomState) {
        let age = |state: &RoomState| state.handoff.as_ref().map(|new| (new.asked_at, new.epoch, new.stage));
        if age(&state) >= age(&self.room) {
            if self.told {
                state.desk_open = self.room.desk_open;
            }
            self.know(state);
        }
    }

    fn know(&mut self, state: RoomState) {
        if !self.known || self.room.desk_open != state.desk_open {
            self.known = true;
            self.emit(Effect::Tell(Told::Availability(state.desk_open)));
        }
        let before = std::mem::replace(&mut self.room, state);
        self.lined(before.handoff.as_ref());
    }
}
