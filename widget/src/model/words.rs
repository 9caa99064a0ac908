//! What goes into the machine, and what comes out.

use super::Saved;
use client::link;
use protocol::desk::Page;
use protocol::http::{AfterHoursRequest, AskRequest, BootReply, BootRequest, SendRequest};
use protocol::problem::Code;
use protocol::room::{Place, RoomState};
use protocol::{Body, Name, lean_struct};

/// What can happen to the widget.
#[derive(Debug)]
pub enum Input {
    /// The page is new, and an earlier one had the chat open already.
    Resume,
    /// Answers [`Effect::Recall`].
    Recalled(Option<Saved>),
    /// Answers [`Effect::OpenStore`]: messages that were not sent. None, if there is no storage.
    Restored(Vec<SendRequest>),
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
    /// The thread was scrolled up to where it begins.
    Scrolled,
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
    /// A visitor in line goes to the form, or back to the chat.
    Swap,
    /// *End chat* was pressed: the visitor is asked whether they mean it.
    End,
    /// They do.
    EndNow,
    /// They do not.
    Stay,
    /// The end was answered.
    Ended(Result<RoomState, link::Failure>),
    /// Whoever wants out of what is in front.
    Escape,
    /// The page can be seen, or not.
    Visible(bool),
    /// The network may be back.
    Wake,
    /// [`Model::next_deadline`](super::Model::next_deadline) has come.
    Tick,
}

/// What is to be done about it. The view needs none: it shows what it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Tell what is stored; answered by [`Input::Recalled`].
    Recall,
    /// Open the database; answered by [`Input::Restored`].
    OpenStore {
        /// What is in it is of a visitor who is gone.
        forget: bool,
    },
    /// Post a boot.
    Boot(BootRequest),
    /// Post a request for a human.
    Ask(AskRequest),
    /// Post the e-mail form.
    Leave(AfterHoursRequest),
    /// Post the end of the conversation.
    End,
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
    /// Where the visitor stands in line, whenever that changes; `None` once they do no more.
    Queue(Option<Place>),
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
