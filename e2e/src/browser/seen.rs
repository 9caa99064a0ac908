//! What a page shows.

use client::link::{Earlier, Health, Outgoing, Phase};
use protocol::problem::Code;
use protocol::room::{Message, Receipts, RoomState};
use protocol::{ClientMsgId, Kind, Seq};

/// All that a person in front of it could see, and some that they could not.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The transcript.
    pub messages: Vec<Message>,
    /// The rest of the room.
    pub state: Option<RoomState>,
    /// How far both have come.
    pub receipts: Receipts,
    /// What is on its way.
    pub outbox: Vec<Outgoing>,
    /// The line.
    pub health: Health,
    /// By what the room is reached.
    pub carrier: Carrier,
    /// How the line stands.
    pub phase: Phase,
    /// The other side is writing.
    pub other_types: bool,
    /// How the page before stands.
    pub paging: Earlier,
    /// Whether there is one.
    pub has_earlier: bool,
    /// How often the transcript began anew.
    pub anew: u32,
    /// Why the server will not have us.
    pub refused: Option<Code>,
    /// The token, or the sign-in, is over.
    pub is_locked: bool,
    /// Messages that went out before they were kept: a crash would have lost them.
    pub unkept: Vec<ClientMsgId>,
    /// What came by a socket and is no frame.
    pub garbled: Vec<String>,
}

/// By what a room is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Not at all, at the moment.
    None,
    /// By a socket.
    Socket,
    /// By requests.
    Polling,
}

impl From<Phase> for Carrier {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Off | Phase::Locked | Phase::Opening { .. } | Phase::Waiting { .. } => Carrier::None,
            Phase::Open { .. } => Carrier::Socket,
            Phase::Polling { .. } => Carrier::Polling,
        }
    }
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            messages: Vec::new(),
            state: None,
            receipts: Receipts::default(),
            outbox: Vec::new(),
            health: Health::Starting,
            carrier: Carrier::None,
            phase: Phase::Off,
            other_types: false,
            paging: Earlier::Idle,
            has_earlier: false,
            anew: 0,
            refused: None,
            is_locked: false,
            unkept: Vec::new(),
            garbled: Vec::new(),
        }
    }
}

impl Seen {
    /// Place of the newest message shown.
    pub fn last_seq(&self) -> Seq {
        self.messages.last().map(|last| last.seq).unwrap_or_default()
    }

    /// Place of the newest message of one kind.
    pub fn last_of(&self, kind: Kind) -> Seq {
        self.messages.iter().rev().find(|message| message.kind == kind).map(|last| last.seq).unwrap_or_default()
    }

    /// A message with this text.
    pub fn find(&self, text: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.body.as_ref().is_some_and(|body| body.as_str() == text))
    }

    /// In a few lines, for a test that has waited in vain.
    pub(super) fn brief(&self) -> String {
        let Self { messages, outbox, receipts, carrier, health, paging, anew, refused, is_locked, .. } = self;
        let words = |message: &Message| {
            let text = message.body.as_ref().map(|body| body.as_str());
            let text = text.or(message.event.map(protocol::Event::as_str)).unwrap_or("-");
            format!("  {} {}: {text}", message.seq.0, message.kind.as_str())
        };
        let last: Vec<_> = messages.iter().rev().take(10).rev().map(words).collect();
        let handoff = self.state.as_ref().and_then(|state| state.handoff.as_ref());
        let handoff = handoff.map(|handoff| (handoff.stage, handoff.epoch, &handoff.agent));
        format!(
            "from {:?}\n{}\noutbox {outbox:?}\n{receipts:?}\n{carrier:?} {health:?} {paging:?}, anew {anew}, refused {refused:?}, \
             locked {is_locked}, handoff {handoff:?}",
            messages.first().map(|first| first.seq),
            last.join("\n"),
        )
    }

    /// Blanks a message.
    pub(super) fn redact(&mut self, seq: Seq) {
        self.messages.iter_mut().filter(|message| message.seq == seq).for_each(Message::redact);
    }
}
