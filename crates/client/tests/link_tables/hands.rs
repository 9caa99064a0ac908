//! What the tables take in hand: links in every phase, and short words for what goes in and comes out.

use client::link::{Effect, Failure, Input, Link, Me, Ms, Phase};
use protocol::http::{Ack, EventsReply};
use protocol::problem::Code;
use protocol::room::{AgentRef, HandoffView, Message, Receipt, Receipts, RoomDown, RoomState, RoomUp};
use protocol::{
    AgentId, Body, ClientMsgId, ConversationId, Epoch, HandoffId, Kind, Name, Party, Seq, Stage, Timestamp,
};

/// The server's clock is so far ahead of the client's.
pub const SKEW: Ms = 1_000_000;

pub fn visitor() -> Link {
    let mut link = Link::new(Me::Visitor, 42);
    link.apply(0, Input::Attention(true));
    link
}

pub fn agent(n: u128) -> AgentId {
    AgentId::random(n)
}

fn agent_ref(n: u128) -> AgentRef {
    AgentRef { id: agent(n), name: Name::parse("Ann").unwrap() }
}

/// A message of an agent, from long ago.
pub fn message(seq: u32) -> Message {
    let agent = Some(agent_ref(1));
    Message {
        seq: Seq(seq),
        kind: Kind::Agent,
        at: Timestamp(1),
        body: Body::parse("x").ok(),
        id: None,
        agent,
        event: None,
        file: None,
        of: None,
    }
}

/// A message of the visitor.
pub fn visitors(seq: u32, id: &ClientMsgId) -> Message {
    Message { kind: Kind::Visitor, id: Some(id.clone()), agent: None, ..message(seq) }
}

/// A room whose handoff this agent has.
pub fn owned_by(n: Option<u128>) -> RoomState {
    let handoff = n.map(|n| HandoffView {
        id: HandoffId::random(1),
        stage: Stage::Active,
        epoch: Epoch(1),
        asked_at: Timestamp(1),
        agent: Some(agent_ref(n)),
        reason: None,
        emailed: false,
        form_offered: false,
        place: None,
    });
    RoomState { desk_open: true, handoff }
}

pub fn receipt(delivered: u32, read: u32) -> Receipt {
    Receipt { delivered: Seq(delivered), read: Seq(read) }
}

pub fn receipts(visitor: Receipt, agent: Receipt) -> Receipts {
    Receipts { visitor, agent }
}

pub fn welcome(messages: Vec<Message>) -> RoomDown {
    let from = messages.first().map_or(0, |first| first.seq.0 - 1);
    RoomDown::Welcome {
        conversation: ConversationId::random(1),
        from: Seq(from),
        messages,
        more: false,
        state: owned_by(None),
        receipts: Receipts::default(),
        now: Timestamp(SKEW),
    }
}

pub fn welcome_with(messages: Vec<Message>, new_state: RoomState, new_receipts: Receipts) -> RoomDown {
    let mut frame = welcome(messages);
    if let RoomDown::Welcome { state, receipts, .. } = &mut frame {
        (*state, *receipts) = (new_state, new_receipts);
    }
    frame
}

pub fn socket(effects: &[Effect]) -> Option<u32> {
    effects.iter().find_map(|effect| if let Effect::Connect { socket, .. } = effect { Some(*socket) } else { None })
}

pub fn poll(effects: &[Effect]) -> Option<u32> {
    effects.iter().find_map(|effect| if let Effect::Poll { poll, .. } = effect { Some(*poll) } else { None })
}

/// What is said to the server, by whichever way.
pub fn said(effects: &[Effect]) -> Vec<&Effect> {
    let quiet = |effect: &&Effect| {
        matches!(effect, Effect::Transmit(_) | Effect::Post(_) | Effect::PostReceipt(_) | Effect::PostTyping(_))
    };
    effects.iter().filter(quiet).collect()
}

/// Receipts that are told, by whichever way.
pub fn told(effects: &[Effect]) -> Vec<Receipt> {
    let told = |effect: &Effect| match *effect {
        Effect::Transmit(RoomUp::Receipt { delivered, read }) => Some(Receipt { delivered, read }),
        Effect::PostReceipt(receipt) => Some(receipt),
        _ => None,
    };
    effects.iter().filter_map(told).collect()
}

/// Lets time pass up to the next deadline.
pub fn tick(link: &mut Link, now: &mut Ms) -> Vec<Effect> {
    *now = link.next_deadline().unwrap().max(*now);
    let effects = link.apply(*now, Input::Tick);
    assert!(link.next_deadline().is_none_or(|at| at > *now), "a deadline outlived its tick: {:?}", link.phase());
    effects
}

/// Lets time pass until something comes of it.
pub fn tick_until<T>(link: &mut Link, now: &mut Ms, found: impl Fn(&[Effect]) -> Option<T>) -> T {
    for _ in 0..1_000 {
        if let Some(found) = found(&tick(link, now)) {
            return found;
        }
    }
    panic!("it never came: {:?}", link.phase());
}

pub fn hear(link: &mut Link, now: Ms, socket: u32, frame: RoomDown) -> Vec<Effect> {
    link.apply(now, Input::Heard { socket, frame: Some(frame) })
}

pub fn close(link: &mut Link, now: Ms, socket: u32, code: u16) -> Vec<Effect> {
    link.apply(now, Input::Closed { socket, code })
}

pub fn open(mut link: Link, now: Ms, frame: RoomDown) -> (Link, u32) {
    let no = socket(&link.apply(now, Input::Start)).unwrap();
    hear(&mut link, now, no, frame);
    (link, no)
}

pub fn open_link(now: Ms) -> (Link, u32) {
    open(visitor(), now, welcome(vec![]))
}

pub fn send(link: &mut Link, now: Ms, n: u128) -> (ClientMsgId, Vec<Effect>) {
    let id = ClientMsgId::random(n);
    let effects = link.apply(now, Input::Send { id: id.clone(), body: Body::parse("hi").unwrap() });
    (id, effects)
}

/// A link whose two first sockets failed.
pub fn fallen_back(mut link: Link, now: &mut Ms) -> (Link, u32) {
    let mut effects = link.apply(*now, Input::Start);
    for _ in 0..2 {
        while socket(&effects).is_none() {
            effects = tick(&mut link, now);
        }
        effects = link.apply(*now, Input::Closed { socket: socket(&effects).unwrap(), code: 1006 });
    }
    assert!(matches!(link.phase(), Phase::Polling { .. }), "{:?}", link.phase());
    (link, poll(&effects).unwrap())
}

pub fn polling_link(now: &mut Ms) -> (Link, u32) {
    fallen_back(visitor(), now)
}

/// Answers a poll. Each `rev` stands for another state of all but the messages.
pub fn answer(link: &mut Link, now: Ms, poll: u32, rev: u32, frame: RoomDown) -> Vec<Effect> {
    link.apply(now, Input::Polled { poll, reply: Ok(EventsReply { frames: vec![frame], rev }) })
}

pub fn failure(code: Code, retry_after_ms: Option<u32>) -> Failure {
    Failure { code: Some(code), retry_after_ms }
}

pub fn fail_poll(link: &mut Link, now: Ms, poll: u32, failure: Failure) -> Vec<Effect> {
    link.apply(now, Input::Polled { poll, reply: Err(failure) })
}

pub fn ack(id: &ClientMsgId, seq: u32) -> Ack {
    Ack { id: id.clone(), seq: Seq(seq), at: Timestamp(1) }
}

pub fn ack_frame(id: &ClientMsgId, seq: u32) -> RoomDown {
    RoomDown::Ack { id: id.clone(), seq: Seq(seq), at: Timestamp(1) }
}

pub fn typing(party: Party, on: bool) -> RoomDown {
    RoomDown::Typing { party, on }
}
