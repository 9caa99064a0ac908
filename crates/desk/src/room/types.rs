//! What a room keeps, what can happen to it, and what is to be done about it.

use crate::notice::{ToDesk, ToRoom};
use protocol::desk::{Page, QueueRow};
use protocol::file::File;
use protocol::http::{Ack, AfterHoursRequest};
use protocol::room::{AgentRef, Message, Receipt, Receipts, RoomDown};
use protocol::{
    Body, ClientMsgId, DepartmentId, HandoffId, Party, Priority, Seq, SignInId, Timestamp, VisitorId, WidgetId,
};
use serde::{Deserialize, Serialize};

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person on the website.
    Visitor {
        /// Who.
        visitor: VisitorId,
        /// Through which widget.
        widget: WidgetId,
    },
    /// A person who answers.
    Agent {
        /// Who.
        agent: AgentRef,
    },
}

impl Speaker {
    /// On which side they stand.
    pub fn party(&self) -> Party {
        match self {
            Speaker::Visitor { .. } => Party::Visitor,
            Speaker::Agent { .. } => Party::Agent,
        }
    }
}

/// What is said in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A text.
    Text(Body),
    /// A file, whose bytes are stored already.
    File(File),
}

/// What was stored under a client_msg_id before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prior {
    /// Its place.
    pub seq: Seq,
    /// When it was stored.
    pub at: Timestamp,
    /// What it said; nothing any more, once it was redacted.
    pub content: Option<Content>,
}

/// A message to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Chosen by the sender, kept over retries.
    pub id: ClientMsgId,
    /// What it says.
    pub content: Content,
    /// What the transcript has under this sender and id.
    pub prior: Option<Prior>,
}

/// What can happen to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A party writes.
    Send(Speaker, Sent),
    /// The visitor asks for a human.
    Ask {
        /// Who.
        speaker: Speaker,
        /// Id for a new handoff, used if there is none open.
        fresh: HandoffId,
        /// Where.
        page: Page,
        /// Where the widget's conversations go.
        department: Option<DepartmentId>,
        /// How urgent this visitor's are.
        priority: Priority,
    },
    /// An agent opens the conversation again.
    Reopen {
        /// Who.
        by: AgentRef,
        /// The handoff that they saw closed.
        handoff: HandoffId,
        /// Id for the new one, used if none is open.
        fresh: HandoffId,
        /// Where it was routed in the end.
        department: Option<DepartmentId>,
        /// How urgent this visitor's are.
        priority: Priority,
    },
    /// A party has come further.
    Receive {
        /// Who.
        speaker: Speaker,
        /// How far.
        receipt: Receipt,
        /// A socket keeps it meanwhile, so that it need not be stored at once: a row for every message would be the
        /// dearest part of a conversation.
        kept: bool,
    },
    /// A socket has gone, and with it what it kept.
    Gone,
    /// Somebody writes, or has stopped.
    Typing(Speaker, bool),
    /// An agent takes away what a message says.
    Redact {
        /// Who.
        by: AgentRef,
        /// They may do so in any conversation.
        is_admin: bool,
        /// The message as it stands, if there is one.
        message: Option<Box<Message>>,
    },
    /// The history is to be told everything again. Handoffs that were shelved, in their order.
    Rebuild(Vec<QueueRow>),
    /// The visitor ends the open handoff, if there is one.
    End(Speaker),
    /// The visitor leaves an e-mail address.
    AfterHours {
        /// Who.
        speaker: Speaker,
        /// Id for a new handoff, used if there is none to attach to.
        fresh: HandoffId,
        /// The form.
        form: AfterHoursRequest,
        /// What the transcript has under the form's message id.
        prior: Option<Prior>,
    },
    /// The desk tells something.
    Heard(ToRoom),
    /// The history has taken this in.
    Projected(Unprojected),
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Store a message and show it to all parties.
    Append(Message),
    /// Store the rest of the room.
    Save(Record),
    /// Tell the desk, by the outbox.
    Tell(ToDesk),
    /// Erase what the message at this place says.
    Erase(Seq),
    /// Keep a handoff that the history has, and that is not the latest: only a rebuild asks for it.
    Shelve(Box<QueueRow>),
    /// Show all parties.
    Show(RoomDown),
    /// Show one side.
    ShowTo(Party, RoomDown),
    /// Answer the sender.
    Ack(Ack),
    /// Close the sockets of an agent's sign-in.
    HangUp(SignInId),
}

/// One handoff of this conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// As queue and history show it.
    pub row: QueueRow,
    /// The desk has confirmed that it stands in the queue.
    pub queued: bool,
    /// Grows with every change.
    pub version: u32,
    /// The version that the history has.
    pub projected: u32,
}

/// All of a room but its transcript. Stored as JSON: tests pin it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Whose conversation this is.
    pub visitor: VisitorId,
    /// Through which widget it began.
    pub widget: WidgetId,
    /// When it began.
    pub began_at: Timestamp,
    /// False once the desk has said that nobody can answer, until it says otherwise.
    pub desk_open: bool,
    /// How often the desk had opened or closed when it said so.
    #[serde(default)]
    pub flips: u32,
    /// The latest last; earlier ones only until the history has them.
    pub handoffs: Vec<Handoff>,
    /// The history has messages up to here.
    pub projected: Seq,
    /// How far both sides had come when this was last stored.
    #[serde(default)]
    pub receipts: Receipts,
}

/// What the history does not have yet, by place and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unprojected {
    /// Messages after this place …
    pub from: Seq,
    /// … up to here.
    pub upto: Seq,
    /// Handoffs in these versions.
    pub handoffs: Vec<(HandoffId, u32)>,
}
