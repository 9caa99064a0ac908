//! The modelled room: what the server promises, in as few lines as that takes.

use client::link::Ms;
use protocol::http::{Ack, EventsReply, SendRequest};
use protocol::problem::Code;
use protocol::room::{AgentRef, HandoffView, Message, Receipt, Receipts, RoomDown, RoomState, Since};
use protocol::{
    AgentId, ClientMsgId, ConversationId, Epoch, Event, HandoffId, Kind, Name, Party, Seq, Stage, Timestamp,
};
use std::collections::BTreeSet;

/// So few that a short script sees pages and "more" at work.
const PAGE: usize = 6;
const MORE: usize = 3;
const TYPING_LIVES: Ms = 6_000;

pub fn agent() -> AgentId {
    AgentId::random(1)
}

#[derive(Default)]
pub struct Room {
    /// Grows when the room forgets all it knew: what was said before is void.
    pub generation: u32,
    pub messages: Vec<Message>,
    /// Whatever was stored in any generation.
    pub ever: BTreeSet<ClientMsgId>,
    pub receipts: Receipts,
    /// Whether the agent has the conversation.
    pub owned: bool,
    typing: [Option<Ms>; 2],
    /// So many more requests are refused for a while.
    pub busy: u8,
    /// So many more messages are refused for good.
    pub veto: u8,
}

impl Room {
    /// The agent has it.
    pub fn new() -> Room {
        Room { owned: true, ..Room::default() }
    }

    pub fn forget(&mut self) {
        let ever = std::mem::take(&mut self.ever);
        *self = Room { generation: self.generation + 1, ever, owned: self.owned, ..Room::default() };
    }

    pub fn newest(&self) -> Seq {
        Seq(self.messages.len() as u32)
    }

    /// Whether this request is one too many.
    pub fn is_busy(&mut self) -> bool {
        self.busy = self.busy.saturating_sub(1);
        self.busy > 0
    }

    /// Stores a message once. True if it was not there.
    pub fn store(&mut self, now: Ms, party: Party, request: SendRequest) -> Result<(Ack, bool), Code> {
        let SendRequest { id, body } = request;
        let kind = if party == Party::Visitor { Kind::Visitor } else { Kind::Agent };
        if let Some(known) = self.messages.iter().find(|known| known.kind == kind && known.id.as_ref() == Some(&id)) {
            let (seq, at) = (known.seq, known.at);
            return Ok((Ack { id, seq, at }, false));
        }
        if self.veto > 0 {
            self.veto -= 1;
            return Err(Code::Malformed);
        }
        if party == Party::Agent && !self.owned {
            return Err(Code::NotOwner);
        }
        self.typing[party as usize] = None;
        let (seq, at) = (self.newest().next(), Timestamp(now));
        let agent = (party == Party::Agent).then(agent_ref);
        self.ever.insert(id.clone());
        let (event, file, of) = (None, None, None);
        self.messages.push(Message { seq, kind, at, body: Some(body), id: Some(id.clone()), agent, event, file, of });
        Ok((Ack { id, seq, at }, true))
    }

    /// Takes away what a message said, and tells that. False if there is nothing to take.
    pub fn redact(&mut self, now: Ms, which: usize) -> bool {
        let seq = self.newest().next();
        let Some(message) = self.messages.get_mut(which).filter(|message| message.body.is_some()) else { return false };
        message.redact();
        let of = Some(message.seq);
        self.messages.push(Message {
            seq,
            kind: Kind::System,
            at: Timestamp(now),
            body: None,
            id: None,
            agent: Some(agent_ref()),
            event: Some(Event::Redacted),
            file: None,
            of,
        });
        true
    }

    /// Takes a party's word of how far it has come. True if that is news.
    pub fn receipt(&mut self, party: Party, receipt: Receipt) -> Result<bool, Code> {
        if party == Party::Agent && !self.owned {
            return Err(Code::NotOwner);
        }
        if receipt.delivered > self.newest() {
            return Err(Code::UnknownPlace);
        }
        let before = self.receipts;
        let of = match party {
            Party::Visitor => &mut self.receipts.visitor,
            Party::Agent => &mut self.receipts.agent,
        };
        *of = of.max(receipt);
        Ok(self.receipts != before)
    }

    pub fn types(&mut self, now: Ms, party: Party, on: bool) {
        self.typing[party as usize] = on.then_some(now);
    }

    pub fn is_typing(&self, now: Ms, party: Party) -> bool {
        self.typing[party as usize].is_some_and(|at| now - at < TYPING_LIVES)
    }

    pub fn state(&self) -> RoomState {
        let handoff = HandoffView {
            id: HandoffId::random(1),
            stage: if self.owned { Stage::Active } else { Stage::Waiting },
            epoch: Epoch(1),
            asked_at: Timestamp(1),
            agent: Some(agent_ref()),
            reason: None,
            emailed: false,
            form_offered: false,
            place: None,
        };
        RoomState { desk_open: true, handoff: Some(handoff) }
    }

    /// Stands for all but the messages.
    pub fn rev(&self, now: Ms) -> u32 {
        let Receipts { visitor, agent } = self.receipts;
        let flags = [Party::Visitor, Party::Agent].map(|party| u32::from(self.is_typing(now, party)));
        let all = [visitor.delivered.0, visitor.read.0, agent.delivered.0, agent.read.0, u32::from(self.owned)];
        all.into_iter().chain(flags).fold(self.generation, |rev, part| rev.wrapping_mul(0x0100_0193) ^ part)
    }

    /// Whether a client of this generation can go on there.
    pub fn knows(&self, since: Since, generation: Option<u32>) -> bool {
        match since {
            Since::After(seq) => seq <= self.newest() && generation == Some(self.generation),
            Since::Latest(_) => true,
        }
    }

    pub fn has_news(&self, since: Since) -> bool {
        matches!(since, Since::After(seq) if seq < self.newest()) || matches!(since, Since::Latest(_))
    }

    pub fn welcome(&self, now: Ms, since: Since, most: usize) -> RoomDown {
        let from = match since {
            Since::After(seq) => seq.0 as usize,
            Since::Latest(_) => self.messages.len().saturating_sub(PAGE),
        };
        let messages: Vec<Message> = self.messages[from..].iter().take(most.max(PAGE)).cloned().collect();
        RoomDown::Welcome {
            conversation: ConversationId::random(1),
            from: Seq(from as u32),
            more: from + messages.len() < self.messages.len(),
            messages,
            state: self.state(),
            receipts: self.receipts,
            now: Timestamp(now),
        }
    }

    /// What a poll is answered with.
    pub fn events(&self, now: Ms, since: Since) -> EventsReply {
        let mut frames = vec![self.welcome(now, since, MORE)];
        for party in [Party::Visitor, Party::Agent] {
            if self.is_typing(now, party) {
                frames.push(RoomDown::Typing { party, on: true });
            }
        }
        EventsReply { frames, rev: self.rev(now) }
    }

    pub fn page(&self, before: Seq) -> Vec<Message> {
        let end = (before.0 as usize - 1).min(self.messages.len());
        self.messages[end.saturating_sub(PAGE)..end].to_vec()
    }
}

fn agent_ref() -> AgentRef {
    AgentRef { id: agent(), name: Name::parse("Ann").unwrap() }
}
