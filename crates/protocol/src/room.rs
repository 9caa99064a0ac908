//! What a room and its parties say to each other, over the socket and over polling alike.

use crate::file::File;
use crate::problem::Code;
use crate::{
    AgentId, Body, ClientMsgId, CloseReason, ConversationId, Epoch, Event, HandoffId, Kind, Name, Party, Seq, Stage,
    Timestamp, lean_struct, lean_tagged,
};
use serde::{Deserialize, Serialize};

/// Sent by a client as plain text to show that it lives; answered [`PONG`] without waking the object.
pub const PING: &str = "ping";
/// The answer to [`PING`].
pub const PONG: &str = "pong";
/// The WebSocket subprotocol of this version. A visitor offers it together with `token.<token>`.
pub const SUBPROTOCOL: &str = "beckon.v1";
/// Before the visitor's token in the list of subprotocols, so that it never stands in an address.
pub const TOKEN_SUBPROTOCOL: &str = "token.";
/// Most messages in one `welcome`; the rest follow as `message` frames (socket) or on the next poll (`more`).
pub const WELCOME_MOST: u32 = 200;
/// Messages of one page, and of a conversation that is opened anew.
pub const PAGE: u32 = 50;

/// Where a client goes on in a conversation: `after=N` or `latest=N` in the address of `socket` and `events`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// Everything after this place.
    After(Seq),
    /// The last so many (1 to [`WELCOME_MOST`]), and everything after them.
    Latest(u32),
}

/// One entry of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// Place in the conversation, gapless from 1.
    pub seq: Seq,
    /// What it is.
    pub kind: Kind,
    /// When the server stored it.
    pub at: Timestamp,
    /// The text; absent in system messages, with a file, and once it was redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// The sender's id for it; absent in system messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ClientMsgId>,
    /// The agent who wrote it, or whom a system message speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentRef>,
    /// What a system message tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// The file, instead of a text; absent once it was redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<File>,
    /// The message that the event speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Seq>,
}
lean_struct!(Message { seq, kind, at, body, id, agent, event, file, of });

impl Message {
    /// Whether an agent has taken away what it said.
    pub fn is_redacted(&self) -> bool {
        self.event.is_none() && self.body.is_none() && self.file.is_none()
    }

    /// Takes away what it said.
    pub fn redact(&mut self) {
        (self.body, self.file) = (None, None);
    }
}

/// How far a party has come. Only ever grows: what is behind changes nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// Everything up to here is in a client of theirs.
    pub delivered: Seq,
    /// Everything up to here has been before their eyes; never beyond `delivered`.
    pub read: Seq,
}
lean_struct!(Receipt { delivered, read });

impl Receipt {
    /// As far as either.
    pub fn max(self, other: Receipt) -> Receipt {
        Receipt { delivered: self.delivered.max(other.delivered), read: self.read.max(other.read) }
    }
}

/// How far both parties have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipts {
    /// In any tab of theirs.
    pub visitor: Receipt,
    /// Of whoever owned the conversation, one after the other.
    pub agent: Receipt,
}
lean_struct!(Receipts { visitor, agent });

impl Receipts {
    /// Those of a side.
    pub fn of(self, party: Party) -> Receipt {
        match party {
            Party::Visitor => self.visitor,
            Party::Agent => self.agent,
        }
    }
}

/// An agent as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentRef {
    /// The agent.
    pub id: AgentId,
    /// As shown to visitors.
    pub name: Name,
}
lean_struct!(AgentRef { id, name });

/// A handoff as the parties of its room see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HandoffView {
    /// The handoff.
    pub id: HandoffId,
    /// Where it stands.
    pub stage: Stage,
    /// Its ownership epoch.
    pub epoch: Epoch,
    /// When the visitor asked.
    pub asked_at: Timestamp,
    /// Who has it, or had it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentRef>,
    /// Why it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<CloseReason>,
    /// Whether the visitor left an e-mail address for it.
    pub emailed: bool,
    /// The visitor may leave an e-mail address instead of waiting on.
    pub form_offered: bool,
    /// Where the visitor stands in line, while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}
lean_struct!(HandoffView { id, stage, epoch, asked_at, agent, reason, emailed, form_offered, place });

/// A place in line. docs/routing.md says how the wait is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// How many are before this one, counted up to [`Place::MOST`].
    #[cfg_attr(feature = "schema", schemars(range(max = 50)))]
    pub ahead: u32,
    /// Usually those in this place wait at least this long, min; absent where too little is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_min: Option<u32>,
    /// And at most this long, min.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_min: Option<u32>,
}
lean_struct!(Place { ahead, from_min, to_min });

impl Place {
    /// Whoever has more before them is told that, and no number: a move of the line tells at most so many.
    pub const MOST: u32 = 50;
}

/// All of a room that is not its transcript. Sent whole on every change, so a lost one does no harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoomState {
    /// False once the desk has said that nobody can answer, until it says otherwise.
    pub desk_open: bool,
    /// The latest handoff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<HandoffView>,
}
lean_struct!(RoomState { desk_open, handoff });

/// What a party says to the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum RoomUp {
    /// Store this message. Answered by `ack`, or by `error` with the same id.
    Send {
        /// Chosen by the sender, kept over retries.
        id: ClientMsgId,
        /// The text.
        body: Body,
    },
    /// The party is writing (or has stopped). Never stored, never answered.
    Typing {
        /// Writing now.
        on: bool,
    },
    /// How far the party has come. Never answered, unless it cannot be true. Only the visitor and the owner have a say.
    Receipt {
        /// See [`Receipt::delivered`].
        delivered: Seq,
        /// See [`Receipt::read`].
        read: Seq,
    },
}
lean_tagged!(RoomUp {
    "send" => Send { id, body },
    "typing" => Typing { on },
    "receipt" => Receipt { delivered, read },
});

/// What the room says to a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum RoomDown {
    /// The first frame: everything after the place that was asked for, oldest first.
    Welcome {
        /// The conversation.
        conversation: ConversationId,
        /// The place after which the messages begin.
        from: Seq,
        /// Messages after that, at most [`WELCOME_MOST`].
        messages: Vec<Message>,
        /// There are more after the last one: they follow as frames, or on the next poll.
        more: bool,
        /// The rest of the room.
        state: RoomState,
        /// How far both have come.
        receipts: Receipts,
        /// The server's clock, for showing ages; client clocks are never believed.
        now: Timestamp,
    },
    /// A message was stored.
    Message {
        /// The message.
        message: Message,
    },
    /// The sender's message is durable.
    Ack {
        /// The sender's id.
        id: ClientMsgId,
        /// Its place.
        seq: Seq,
        /// When it was stored.
        at: Timestamp,
    },
    /// The rest of the room changed.
    State {
        /// All of it.
        state: RoomState,
    },
    /// Somebody has come further. Sent whole, so a lost one does no harm.
    Receipts {
        /// How far both have come.
        receipts: Receipts,
    },
    /// The other party is writing, or has stopped.
    Typing {
        /// Who.
        party: Party,
        /// Writing now.
        on: bool,
    },
    /// The last frame was refused; nothing changed.
    Error {
        /// Why.
        code: Code,
        /// The message it speaks of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<ClientMsgId>,
        /// When a retry makes sense, ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u32>,
    },
}
lean_tagged!(RoomDown {
    "welcome" => Welcome { conversation, from, messages, more, state, receipts, now },
    "message" => Message { message },
    "ack" => Ack { id, seq, at },
    "state" => State { state },
    "receipts" => Receipts { receipts },
    "typing" => Typing { party, on },
    "error" => Error { code, id, retry_after_ms },
});
