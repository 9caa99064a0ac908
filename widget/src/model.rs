//! What the widget knows and shows, as a pure machine: inputs go in, effects come out, the view reads.

mod form;
mod session;
#[cfg(test)]
mod tests;

pub use form::{Form, FormErrors};
pub use session::{Saved, Session};

use client::link::{self, Health, Link, Ms};
use protocol::desk::Page;
use protocol::http::{AfterHoursRequest, AskRequest, BootReply, BootRequest, WidgetLook};
use protocol::problem::Code;
use protocol::room::{Message, RoomState};
use protocol::{Body, ClientMsgId, CloseReason, ConversationId, Kind, Name, Seq, Stage, WidgetKey, lean_struct};

/// What can happen to the widget.
#[derive(Debug)]
pub enum Input {
    /// The page is new, and an earlier one had the chat open already.
    Resume,
    /// The panel is opened.
    Open,
    /// The panel is closed.
    Close,
    /// One or the other.
    Toggle,
    /// The boot was answered.
    Booted(Result<BootReply, link::Failure>),
    /// Something for the link.
    Link(link::Input),
    /// The text in the composer, or in the form's message, is now this.
    Draft(String),
    /// The draft is to be sent.
    Write,
    /// *Talk to a human* was pressed, on this page.
    Ask(Page),
    /// The request for a human was answered.
    Asked(Result<RoomState, link::Failure>),
    /// The e-mail form is to be sent; its message is the draft.
    Leave {
        /// As typed.
        email: String,
        /// As typed.
        name: String,
        /// Where the visitor is.
        page: Page,
    },
    /// The e-mail form was answered.
    Left(Result<RoomState, link::Failure>),
    /// The form once more.
    LeaveAnother,
    /// The page can be seen, or not.
    Visible(bool),
    /// [`Model::next_deadline`] has come.
    Tick,
}

/// What is to be done about it. The view needs none: it shows what it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Post a boot.
    Boot(BootRequest),
    /// Post a request for a human.
    Ask(AskRequest),
    /// Post the e-mail form.
    Leave(AfterHoursRequest),
    /// The link wants IO.
    Link(link::Effect),
    /// Keep this for the next page.
    Store(Saved),
    /// Tell the owner's page.
    Tell(Told),
}

/// What the owner's page is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The chat can be used.
    Ready,
    /// The panel was opened.
    Opened,
    /// The panel was closed.
    Closed,
    /// A message of an agent came in.
    Message(Arrived),
    /// Whether somebody can answer: when it is first known, and when it changes.
    Availability(bool),
    /// There can be no chat here.
    Trouble(Code),
}

/// A message, as the owner's page is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Who wrote it.
    pub name: Option<Name>,
    /// What.
    pub message: Option<Body>,
}
lean_struct!(Arrived { name, message });

/// Below the thread there is one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing yet, or nothing at all.
    #[default]
    Blank,
    /// The composer.
    Chat,
    /// The e-mail form.
    Form {
        /// The visitor stands in the queue all the same.
        waiting: bool,
    },
    /// The e-mail form was stored.
    Left,
}

/// *Talk to a human*.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Human {
    /// Not offered.
    #[default]
    Hidden,
    /// Offered.
    Offered {
        /// There was a conversation before.
        again: bool,
        /// The visitor wrote to nobody; say so.
        unseen: bool,
    },
    /// Pressed, and not answered.
    Asking,
}

/// Below the title there is one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Head<'a> {
    /// Nothing: the server has not said a word yet, or there is no chat.
    #[default]
    Silent,
    /// Somebody can answer.
    Here,
    /// Nobody can.
    Away,
    /// The visitor stands in the queue.
    Waiting,
    /// The conversation is this agent's.
    With(&'a Name),
}

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
            Input::Visible(on) => self.see(now, on),
            Input::Tick => self.link(now, link::Input::Tick),
        }
        self.on_time(now);
        std::mem::take(&mut self.effects)
    }

    /// When [`Input::Tick`] is due.
    pub fn next_deadline(&self) -> Option<Ms> {
        let human = self.human_at.filter(|_| !self.human_due);
        link::soonest(&[self.link.next_deadline(), self.session.deadline(), human])
    }

    /// What stands below the thread.
    pub fn mode(&self) -> Mode {
        match self.session {
            Session::Asleep | Session::Refused(_) => return Mode::Blank,
            Session::Booting { .. } | Session::Retrying { .. } if self.look.is_none() => return Mode::Blank,
            Session::Booting { .. } | Session::Retrying { .. } | Session::Ready => {}
        }
        if self.room.desk_open {
            return Mode::Chat;
        }
        match self.room.handoff.as_ref().map(|handoff| (handoff.stage, handoff.reason)) {
            // Who talks to an agent goes on, whether or not others can be asked.
            Some((Stage::Active, _)) => Mode::Chat,
            Some((Stage::Closed, Some(CloseReason::Missed))) if self.is_left() => Mode::Left,
            Some((Stage::Waiting, _)) => Mode::Form { waiting: true },
            Some((Stage::Closed, _)) | None => Mode::Form { waiting: false },
        }
    }

    /// What stands below the title.
    pub fn head(&self) -> Head<'_> {
        let handoff = self.room.handoff.as_ref();
        match (self.known, handoff.map(|handoff| (handoff.stage, handoff.agent.as_ref()))) {
            (false, _) => Head::Silent,
            (true, Some((Stage::Active, Some(agent)))) => Head::With(&agent.name),
            (true, _) if !self.room.desk_open => Head::Away,
            (true, Some((Stage::Waiting, _))) => Head::Waiting,
            (true, Some((Stage::Active | Stage::Closed, _)) | None) => Head::Here,
        }
    }

    /// Whether and how *Talk to a human* is shown.
    pub fn human(&self) -> Human {
        let stage = self.room.handoff.as_ref().map(|handoff| handoff.stage);
        if self.mode() != Mode::Chat || matches!(stage, Some(Stage::Waiting | Stage::Active)) {
            return Human::Hidden;
        }
        let unseen = self.wrote_to_nobody();
        match (self.asking, self.human_due || unseen) {
            (true, _) => Human::Asking,
            (false, true) => Human::Offered { again: self.had_agent(), unseen },
            (false, false) => Human::Hidden,
        }
    }

    /// Messages of agents that were not on screen.
    pub fn unread(&self) -> usize {
        let new = |message: &&Message| message.kind == Kind::Agent && message.seq > self.seen;
        self.thread.iter().filter(new).count()
    }

    /// The link is in trouble, and a person would like to know; the flag says whether it was up before.
    pub fn trouble_with_link(&self) -> Option<bool> {
        let down = match self.session {
            Session::Retrying { .. } => true,
            Session::Ready | Session::Booting { .. } => self.link.health() == Health::Down,
            Session::Asleep | Session::Refused(_) => false,
        };
        down.then_some(self.look.is_some())
    }

    /// Apart, because a push in many places weighs more than a call.
    #[inline(never)]
    fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn is_left(&self) -> bool {
        !self.form.another && self.room.handoff.as_ref().is_some_and(|handoff| handoff.emailed)
    }

    fn had_agent(&self) -> bool {
        self.room.handoff.as_ref().is_some_and(|handoff| handoff.agent.is_some())
    }

    fn wrote_to_nobody(&self) -> bool {
        let events = self.thread.iter().rposition(|message| message.kind == Kind::System);
        let since = self.thread.iter().skip(events.map_or(0, |at| at + 1));
        !self.link.outbox().is_empty() || since.into_iter().any(|message| message.kind == Kind::Visitor)
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
        let known = self.room.handoff.as_ref();
        let stale = state.handoff.as_ref().is_some_and(|new| {
            known.is_some_and(|old| old.id == new.id && (old.stage, old.epoch) > (new.stage, new.epoch))
        });
        if !stale {
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
        self.room = state;
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
        let id = |state: &RoomState| state.handoff.as_ref().map(|handoff| handoff.id.clone());
        if state.desk_open || id(&state) != id(&self.room) {
            self.form.another = false;
        }
        self.told = true;
        self.know(state);
    }
}
