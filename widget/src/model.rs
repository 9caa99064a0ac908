//! What the widget knows and shows, as a pure machine: inputs go in, effects come out, the view reads.

mod form;
mod line;
mod session;
mod shown;
#[cfg(test)]
mod tests;
mod words;

pub use form::{Form, FormErrors};
pub use line::{Ending, Spoken};
pub use session::{Saved, Session};
pub use shown::{Head, Human, Mode};
pub use words::{Arrived, Effect, Input, Told};

use client::link::{self, Link, Ms};
use protocol::desk::Page;
use protocol::http::{AskRequest, WidgetLook};
use protocol::room::{Message, RoomState};
use protocol::{Body, ClientMsgId, ConversationId, Kind, Seq, WidgetKey};

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
    /// The link; off until booted.
    pub link: Link,
    /// The panel is open.
    pub open: bool,
    visible: bool,
    /// The transcript.
    pub thread: Vec<Message>,
    /// Counts conversations, so that the view knows when to begin anew.
    pub threads: u32,
    /// Counts changes of the outbox.
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
    /// A widget at rest. `saved` is what an earlier page stored.
    pub fn new(key: WidgetKey, seed: u32, saved: Option<Saved>) -> Model {
        let (token, conversation, open, seen, outbox) = match saved {
            Some(saved) => (Some(saved.token), Some(saved.conversation), saved.open, saved.seen, saved.outbox),
            None => (None, None, false, Seq(0), Vec::new()),
        };
        Model {
            key,
            session: Session::Asleep,
            token,
            conversation,
            look: None,
            link: Link::new(protocol::Party::Visitor, seed, outbox),
            open,
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
            seen,
            effects: Vec::new(),
        }
    }

    /// Moves the widget on. `seed` makes ids.
    pub fn apply(&mut self, now: Ms, seed: u128, input: Input) -> Vec<Effect> {
        match input {
            Input::Resume => self.boot(),
            Input::Open => self.show(now, true),
            Input::Close => self.show(now, false),
            Input::Toggle => self.show(now, !self.open),
            Input::Booted(reply) => self.booted(now, seed, reply),
            Input::Link(input) => self.link(now, input),
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
            Input::Tick => self.link(now, link::Input::Tick),
        }
        self.on_time(now);
        self.speak(now);
        std::mem::take(&mut self.effects)
    }

    /// When [`Input::Tick`] is due.
    pub fn next_deadline(&self) -> Option<Ms> {
        let human = self.human_at.filter(|_| !self.human_due);
        link::soonest(&[self.link.next_deadline(), self.session.deadline(), self.speak_at(), human])
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
        if self.session == Session::Asleep && open {
            self.boot();
        }
        self.attend(now);
    }

    fn see(&mut self, now: Ms, on: bool) {
        self.visible = on;
        if on {
            self.link(now, link::Input::Wake);
        }
        self.attend(now);
    }

    /// Whoever has the panel before them has seen what is in it.
    fn attend(&mut self, now: Ms) {
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

    fn link(&mut self, now: Ms, input: link::Input) {
        for effect in self.link.apply(now, input) {
            match effect {
                link::Effect::Message(message) => self.heard(message),
                link::Effect::State(state) => self.stated(state),
                link::Effect::Outbox => {
                    self.outboxes += 1;
                    self.store();
                }
                link::Effect::OtherTypes(on) => self.other_types = on,
                link::Effect::Health(_) => {}
                link::Effect::Boot => self.boot(),
                link::Effect::Refused(code) => self.refuse(code),
                io => self.emit(Effect::Link(io)),
            }
        }
    }

    fn heard(&mut self, message: Message) {
        if message.kind == Kind::Agent && message.seq > self.seen {
            let name = message.agent.as_ref().map(|agent| agent.name.clone());
            self.emit(Effect::Tell(Told::Message(Arrived { name, message: message.body.clone() })));
        }
        self.thread.push(message);
        self.read();
    }

    fn stated(&mut self, state: RoomState) {
        if state.desk_open {
            self.form.another = false;
        }
        self.told = true;
        self.know(state);
    }
}
