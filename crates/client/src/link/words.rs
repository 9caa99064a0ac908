//! What goes into a link and what comes out.

use super::Ms;
use protocol::http::{Ack, EventsReply, SendRequest};
use protocol::problem::{Code, Problem};
use protocol::room::{Message, RoomDown, RoomState, RoomUp};
use protocol::{Body, ClientMsgId, Seq};

/// A request that brought no result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// What the server said; `None` if nothing readable came back.
    pub code: Option<Code>,
    /// When a retry makes sense.
    pub retry_after_ms: Option<u32>,
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
    /// Whether somebody looks at the conversation; sets the pace of polling.
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
    /// A person wants a failed message tried again.
    Retry(ClientMsgId),
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
        /// The place to go on from.
        after: Seq,
    },
    /// Let go of the socket.
    Disconnect,
    /// Say this on the socket.
    Transmit(RoomUp),
    /// Say `ping` on the socket.
    Ping,
    /// Ask for events.
    Poll {
        /// Tells this one from the last.
        poll: u32,
        /// The place to go on from.
        after: Seq,
    },
    /// Post a message.
    Post(SendRequest),
    /// Post that somebody writes.
    PostTyping(bool),
    /// The token is not good any more: boot again, then [`Input::Start`].
    Boot,
    /// The server will not have us here; the link is off.
    Refused(Code),
    /// The next message of the transcript.
    Message(Message),
    /// The rest of the room, whole.
    State(RoomState),
    /// The outbox is another than before: show it, store [`Link::saved`](super::Link::saved).
    Outbox,
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
