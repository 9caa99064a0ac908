//! What goes into a link and what comes out.

use super::Ms;
use protocol::http::{Ack, EventsReply, MessagesReply, SendRequest};
use protocol::lean::Lean;
use protocol::problem::{Code, Problem};
use protocol::room::{Message, Receipt, Receipts, RoomDown, RoomState, RoomUp, Since};
use protocol::{AgentId, Body, ClientMsgId, Party, Seq};

/// Whose link it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Me {
    /// The person on the website.
    Visitor,
    /// A person who answers. While the conversation is not theirs they only watch: neither receipts nor typing go out.
    Agent(AgentId),
}

impl Me {
    /// The side of the conversation.
    pub fn party(&self) -> Party {
        match self {
            Me::Visitor => Party::Visitor,
            Me::Agent(_) => Party::Agent,
        }
    }
}

/// The place to go on from, as it stands in an address: `after=5`, `latest=50`, `after=5&rev=7`.
pub fn query(since: Since, rev: Option<u32>) -> String {
    let (word, place) = match since {
        Since::After(seq) => ("after=", seq),
        Since::Latest(most) => ("latest=", Seq(most)),
    };
    let mut query = String::from(word);
    place.to_json(&mut query);
    if let Some(rev) = rev {
        query.push_str("&rev=");
        Seq(rev).to_json(&mut query);
    }
    query
}

/// A request that brought no result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// What the server said; `None` if nothing readable came back.
    pub code: Option<Code>,
    /// When a retry makes sense.
    pub retry_after_ms: Option<u32>,
}

impl Failure {
    /// What the server asked for; `now` if it asked for nothing.
    pub(crate) fn floor(&self, now: Ms) -> Ms {
        now + self.retry_after_ms.map_or(0, Ms::from)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure { code: Some(problem.code), retry_after_ms: problem.retry_after_ms }
    }
}

/// What can happen to a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Come up: there is a token (a fresh one, after [`Effect::Boot`]).
    Start,
    /// Let go of everything.
    Stop,
    /// The network is back, or the page can be seen again: do not wait any longer.
    Wake,
    /// Whether the thread is before somebody's eyes: what is shown then counts as read. Sets the pace of polling, too.
    Attention(bool),
    /// Something arrived on a socket; `None` if it is a pong, or a frame of a newer server.
    Heard {
        /// From [`Effect::Connect`].
        socket: u32,
        /// What it said.
        frame: Option<RoomDown>,
    },
    /// A socket closed, or never opened.
    Closed {
        /// From [`Effect::Connect`].
        socket: u32,
        /// The close code.
        code: u16,
    },
    /// A poll was answered, or failed.
    Polled {
        /// From [`Effect::Poll`].
        poll: u32,
        /// The answer.
        reply: Result<EventsReply, Failure>,
    },
    /// A posted message was answered, or failed.
    Posted {
        /// Which.
        id: ClientMsgId,
        /// The answer.
        reply: Result<Ack, Failure>,
    },
    /// A person wrote.
    Send {
        /// New for every message.
        id: ClientMsgId,
        /// The text.
        body: Body,
    },
    /// What an earlier life of the page, or another tab, had not got rid of ([`Effect::Keep`]), oldest first. It goes
    /// before what was written since; what is known is left out.
    Restore(Vec<SendRequest>),
    /// A person wants a failed message tried again.
    Retry(ClientMsgId),
    /// A person gives a failed message up.
    Discard(ClientMsgId),
    /// A posted receipt was answered, or failed.
    ReceiptPosted(Result<(), Failure>),
    /// A person wants the page before the oldest message shown.
    Earlier,
    /// It came, or failed.
    EarlierCame {
        /// From [`Effect::FetchEarlier`].
        before: Seq,
        /// The answer.
        reply: Result<MessagesReply, Failure>,
    },
    /// A key was pressed (`true`), or the text was given up (`false`).
    Typing(bool),
    /// [`Link::next_deadline`](super::Link::next_deadline) has come.
    Tick,
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Open a socket, after letting go of any other.
    Connect {
        /// Tells this one from the last.
        socket: u32,
        /// The place to go on from; [`query`] writes it.
        since: Since,
    },
    /// Let go of the socket.
    Disconnect,
    /// Say this on the socket.
    Transmit(RoomUp),
    /// Say `ping` on the socket.
    Ping,
    /// Ask for events, after letting go of any other request for them.
    Poll {
        /// Tells this one from the last.
        poll: u32,
        /// The place to go on from; [`query`] writes it.
        since: Since,
        /// With it, the answer is held until it would be another one.
        rev: Option<u32>,
    },
    /// Post a message.
    Post(SendRequest),
    /// Post that somebody writes.
    PostTyping(bool),
    /// Post how far we have come.
    PostReceipt(Receipt),
    /// Ask for the page before this place, after letting go of any other request for one.
    FetchEarlier {
        /// The oldest message shown.
        before: Seq,
    },
    /// The token is not good any more: boot again, then [`Input::Start`].
    Boot,
    /// The server will not have us here; the link is off.
    Refused(Code),
    /// The next message of the transcript.
    Message(Message),
    /// Put these before the transcript, oldest first.
    Earlier(Vec<Message>),
    /// What this message said was taken away: show it blank.
    Redacted(Seq),
    /// The server does not know the conversation any more: forget the transcript, it begins again.
    Anew,
    /// How far both sides have come.
    Receipts(Receipts),
    /// The rest of the room, whole.
    State(RoomState),
    /// Persist this before anything that follows it is done.
    Keep(SendRequest),
    /// Remove this from what is persisted; harmless if it is not there.
    Forget(ClientMsgId),
    /// The outbox is another than before: show it.
    Outbox,
    /// The page before the oldest message stands otherwise than before.
    Paging(Earlier),
    /// The other side is writing, or has stopped.
    OtherTypes(bool),
    /// The link is up or down, as far as a person needs to know.
    Health(Health),
}

/// The link, as far as a person needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Coming up for the first time.
    Starting,
    /// Messages go through, by socket or by polling.
    Up,
    /// They have not gone through for a while.
    Down,
}

/// How far a message of mine has come on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Stored.
    Sent,
    /// In a client of the other side.
    Delivered,
    /// Before the other side's eyes.
    Read,
}

/// The page before the oldest message shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// Nobody has asked for it.
    Idle,
    /// It is on its way.
    Loading,
    /// It did not come; [`Input::Earlier`] tries again.
    Failed,
}

/// How the link stands. Times are on the client's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not started, stopped or refused.
    Off,
    /// The token was refused; a fresh one is on its way.
    Locked,
    /// A socket was asked for and has not said welcome.
    Opening {
        /// Since when.
        since: Ms,
        /// Sockets that failed in a row.
        tries: u32,
    },
    /// The socket works.
    Open {
        /// Since when.
        since: Ms,
        /// When it last said anything.
        heard: Ms,
        /// A ping without an answer yet.
        pinged: Option<Ms>,
        /// Sockets that failed in a row before this one.
        tries: u32,
    },
    /// The next socket comes at a time.
    Waiting {
        /// When.
        until: Ms,
        /// Sockets that failed in a row.
        tries: u32,
    },
    /// Sockets do not get through; requests may.
    Polling {
        /// The poll.
        poll: Poll,
        /// Polls that failed in a row.
        fails: u32,
        /// The next try of a socket.
        climb: Climb,
        /// Sockets tried since polling began.
        climbs: u32,
    },
}

/// Where polling stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    /// The next goes out then.
    At(Ms),
    /// One is under way since then.
    Since(Ms),
}

/// Where the way back to a socket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Climb {
    /// The next try comes then.
    At(Ms),
    /// One is opening since then.
    Since(Ms),
}
