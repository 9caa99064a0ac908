//! How the link climbs down to polling and back, step by step.
#![allow(clippy::unwrap_used)]

use client::link::{Climb, Delivery, Effect, Failure, Health, Input, Link, Ms, Phase, Poll};
use protocol::http::{Ack, EventsReply};
use protocol::problem::Code;
use protocol::room::{Message, RoomDown, RoomState, RoomUp};
use protocol::{Body, ClientMsgId, ConversationId, Kind, Party, Seq, Timestamp};

fn link() -> Link {
    Link::new(Party::Visitor, 42, Vec::new())
}

fn welcome(messages: Vec<Message>) -> RoomDown {
    let state = RoomState { desk_open: true, handoff: None };
    RoomDown::Welcome {
        conversation: ConversationId::random(1),
        messages,
        more: false,
        state,
        now: Timestamp(1_000_000),
    }
}

fn message(seq: u32) -> Message {
    let (kind, at) = (Kind::Agent, Timestamp(1));
    Message { seq: Seq(seq), kind, at, body: Body::parse("x").ok(), id: None, agent: None, event: None }
}

fn socket(effects: &[Effect]) -> Option<u32> {
    effects.iter().find_map(|effect| if let Effect::Connect { socket, .. } = effect { Some(*socket) } else { None })
}

fn poll(effects: &[Effect]) -> Option<u32> {
    effects.iter().find_map(|effect| if let Effect::Poll { poll, .. } = effect { Some(*poll) } else { None })
}

/// Lets time pass up to the next deadline.
fn tick(link: &mut Link, now: &mut Ms) -> Vec<Effect> {
    *now = link.next_deadline().unwrap();
    let effects = link.apply(*now, Input::Tick);
    assert!(link.next_deadline().is_none_or(|at| at > *now), "a deadline outlived its tick: {:?}", link.phase());
    effects
}

fn hear(link: &mut Link, now: Ms, socket: u32, frame: RoomDown) -> Vec<Effect> {
    link.apply(now, Input::Heard { socket, frame: Some(frame) })
}

fn open_link(now: Ms) -> (Link, u32) {
    let mut link = link();
    let no = socket(&link.apply(now, Input::Start)).unwrap();
    hear(&mut link, now, no, welcome(vec![]));
    (link, no)
}

fn send(link: &mut Link, now: Ms, n: u128) -> (ClientMsgId, Vec<Effect>) {
    let id = ClientMsgId::random(n);
    let effects = link.apply(now, Input::Send { id: id.clone(), body: Body::parse("hi").unwrap() });
    (id, effects)
}

/// A link whose two first sockets failed.
fn polling_link(now: &mut Ms) -> (Link, u32) {
    let mut link = link();
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

fn answer(link: &mut Link, now: Ms, poll: u32, frames: Vec<RoomDown>) -> Vec<Effect> {
    link.apply(now, Input::Polled { poll, reply: Ok(EventsReply { frames }) })
}

#[test]
fn two_failures_in_a_row_lead_to_polling_at_its_pace() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    assert!(now <= 2_000, "blocked sockets are noticed in {now} ms");
    answer(&mut link, now, no, vec![welcome(vec![])]);
    assert_eq!(link.health(), Health::Up);
    let Phase::Polling { poll: Poll::At(next), .. } = link.phase() else { panic!("{:?}", link.phase()) };
    assert_eq!(next - now, 1_500, "active");
    link.apply(now, Input::Attention(false));
    let no = poll(&tick(&mut link, &mut now)).unwrap();
    answer(&mut link, now, no, vec![welcome(vec![])]);
    let Phase::Polling { poll: Poll::At(next), .. } = link.phase() else { panic!("{:?}", link.phase()) };
    assert_eq!(next - now, 15_000, "nobody looks");
}

#[test]
fn polling_tries_a_socket_now_and_then_and_climbs_back() {
    let mut now = 0;
    let (mut link, mut no) = polling_link(&mut now);
    let mut tried = vec![now];
    while tried.len() < 6 {
        answer(&mut link, now, no, vec![welcome(vec![])]);
        let effects = tick(&mut link, &mut now);
        no = poll(&effects).unwrap_or(no);
        if let Some(socket) = socket(&effects) {
            tried.push(now);
            link.apply(now, Input::Closed { socket, code: 1006 });
        }
    }
    let gaps: Vec<Ms> = tried.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (i, (gap, most)) in gaps.iter().zip([10_000, 20_000, 40_000, 60_000, 60_000]).enumerate() {
        assert!((most / 2..=most).contains(gap), "try {i} after {gap} ms of at most {most}");
    }
    let socket = loop {
        answer(&mut link, now, no, vec![welcome(vec![])]);
        let effects = tick(&mut link, &mut now);
        no = poll(&effects).unwrap_or(no);
        if let Some(socket) = socket(&effects) {
            break socket;
        }
    };
    hear(&mut link, now, socket, welcome(vec![message(1)]));
    assert!(matches!(link.phase(), Phase::Open { .. }));
    assert_eq!(answer(&mut link, now, no, vec![welcome(vec![message(1)])]), [], "a late poll changes nothing");
}

#[test]
fn a_healed_network_is_tried_for_sockets_soon() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    link.apply(now, Input::Polled { poll: no, reply: Err(Failure::default()) });
    let no = loop {
        let effects = tick(&mut link, &mut now);
        if let Some(no) = poll(&effects) {
            break no;
        }
    };
    answer(&mut link, now, no, vec![welcome(vec![])]);
    let Phase::Polling { climb: Climb::At(at), .. } = link.phase() else { panic!("{:?}", link.phase()) };
    assert!(at - now <= 500, "{}", at - now);
}

#[test]
fn a_half_open_socket_is_noticed() {
    let (mut link, no) = open_link(0);
    let mut now = 0;
    assert_eq!(tick(&mut link, &mut now), [Effect::Ping]);
    assert_eq!(now, 15_000);
    link.apply(now + 5, Input::Heard { socket: no, frame: None });
    assert_eq!(tick(&mut link, &mut now), [Effect::Ping], "a pong is a sign of life");
    assert_eq!(tick(&mut link, &mut now), [Effect::Disconnect]);
    assert_eq!(now, 40_005, "15 s of silence, 10 s without a pong");
    assert!(matches!(link.phase(), Phase::Waiting { tries: 0, .. }), "it was stable before");
}

#[test]
fn a_wake_up_ends_all_waiting() {
    let (mut link, no) = open_link(0);
    link.apply(20_000, Input::Closed { socket: no, code: 1006 });
    assert!(socket(&link.apply(20_001, Input::Wake)).is_some(), "Waiting opens at once");
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    answer(&mut link, now, no, vec![welcome(vec![])]);
    let effects = link.apply(now + 1, Input::Wake);
    assert!(socket(&effects).is_some() && poll(&effects).is_some(), "Polling polls and climbs: {effects:?}");
    let (mut link, _) = open_link(0);
    assert_eq!(link.apply(1, Input::Wake), [Effect::Ping], "Open asks whether it still is");
    assert_eq!(link.next_deadline(), Some(4_001));
}

#[test]
fn a_gap_is_resumed_and_doubles_are_dropped() {
    let (mut link, no) = open_link(0);
    let effects = hear(&mut link, 1, no, RoomDown::Message { message: message(1) });
    assert_eq!(effects, [Effect::Message(message(1))]);
    assert_eq!(hear(&mut link, 2, no, RoomDown::Message { message: message(1) }), []);
    assert_eq!(hear(&mut link, 20_000, no, RoomDown::Message { message: message(3) }), [Effect::Disconnect]);
    let mut now = 20_000;
    let effects = tick(&mut link, &mut now);
    assert_eq!(effects, [Effect::Connect { socket: socket(&effects).unwrap(), after: Seq(1) }]);
}

#[test]
fn messages_go_one_at_a_time_and_again_after_a_reconnect() {
    let (mut link, no) = open_link(0);
    let (first, effects) = send(&mut link, 1, 1);
    let body = Body::parse("hi").unwrap();
    let transmit = |id: &ClientMsgId| Effect::Transmit(RoomUp::Send { id: id.clone(), body: body.clone() });
    assert!(effects.contains(&transmit(&first)));
    let (second, effects) = send(&mut link, 2, 2);
    assert_eq!(effects, [Effect::Outbox], "the second waits");
    link.apply(11_000, Input::Closed { socket: no, code: 1006 });
    let mut now = 11_000;
    let no = socket(&tick(&mut link, &mut now)).unwrap();
    assert!(hear(&mut link, now, no, welcome(vec![])).contains(&transmit(&first)));
    let ack = RoomDown::Ack { id: first.clone(), seq: Seq(1), at: Timestamp(1) };
    assert!(hear(&mut link, now, no, ack).contains(&transmit(&second)));
    assert_eq!(link.outbox()[0].delivery, Delivery::Sent(Seq(1)));
    let shown = Message { kind: Kind::Visitor, id: Some(first), ..message(1) };
    hear(&mut link, now, no, RoomDown::Message { message: shown });
    assert_eq!(link.outbox().len(), 1, "the transcript has it");
    assert_eq!(link.saved()[0].id, second);
}

#[test]
fn a_refused_message_fails_alone_and_can_be_retried() {
    for (code, fails) in [
        (Code::BodyTooLong, true),
        (Code::ConflictingRetry, true),
        (Code::NotOwner, true),
        (Code::Malformed, true),
        (Code::SlowDown, false),
        (Code::Unavailable, false),
        (Code::Internal, false),
    ] {
        let (mut link, no) = open_link(0);
        let (first, _) = send(&mut link, 1, 1);
        send(&mut link, 1, 2);
        let error = RoomDown::Error { code, id: Some(first.clone()), retry_after_ms: Some(700) };
        let effects = hear(&mut link, 2, no, error);
        let next_goes = effects.iter().any(|effect| matches!(effect, Effect::Transmit(_)));
        assert_eq!(next_goes, fails, "{code:?}: the queue goes on only if the first has failed");
        assert_eq!(link.outbox()[0].delivery == Delivery::Failed(code), fails, "{code:?}");
        if fails {
            link.apply(3, Input::Retry(first.clone()));
            assert_eq!(link.outbox()[1].id, first, "{code:?}: back in line, after the second");
        } else {
            assert!(link.next_deadline().unwrap() >= 702, "{code:?}: pauses as asked");
        }
    }
}

#[test]
fn a_server_that_never_takes_one_message_does_not_hold_up_the_next() {
    let (mut link, no) = open_link(0);
    let (first, _) = send(&mut link, 1, 1);
    let mut now = 1;
    for _ in 0..5 {
        hear(&mut link, now, no, RoomDown::Error { code: Code::Internal, id: None, retry_after_ms: None });
        if link.outbox()[0].delivery == Delivery::Sending {
            tick(&mut link, &mut now);
        }
    }
    assert_eq!(link.outbox()[0].id, first);
    assert_eq!(link.outbox()[0].delivery, Delivery::Failed(Code::Internal));
}

#[test]
fn an_expired_token_asks_for_a_new_boot() {
    let (mut on_socket, no) = open_link(0);
    let closed = on_socket.apply(9, Input::Closed { socket: no, code: 4401 });
    let mut now = 0;
    let (mut on_poll, no) = polling_link(&mut now);
    let expired = Failure { code: Some(Code::TokenExpired), retry_after_ms: None };
    let polled = on_poll.apply(now, Input::Polled { poll: no, reply: Err(expired) });
    for (mut link, effects) in [(on_socket, closed), (on_poll, polled)] {
        assert!(effects.contains(&Effect::Boot), "{effects:?}");
        assert_eq!(link.phase(), Phase::Locked);
        assert!(socket(&link.apply(now + 1, Input::Wake)).is_none(), "no use before the new token");
        assert!(socket(&link.apply(now + 2, Input::Start)).is_some());
    }
}

#[test]
fn where_we_may_not_be_the_link_ends() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    let gone = Failure { code: Some(Code::NotFound), retry_after_ms: None };
    let effects = link.apply(now, Input::Polled { poll: no, reply: Err(gone) });
    assert!(effects.contains(&Effect::Refused(Code::NotFound)));
    assert_eq!((link.phase(), link.next_deadline().is_none_or(|at| at > now)), (Phase::Off, true));
}

#[test]
fn only_an_outage_that_lasts_is_shown() {
    let (mut link, no) = open_link(0);
    let mut now = 20_000;
    link.apply(now, Input::Closed { socket: no, code: 1006 });
    let no = socket(&tick(&mut link, &mut now)).unwrap();
    hear(&mut link, now, no, welcome(vec![]));
    assert_eq!(link.health(), Health::Up, "a blink");
    now += 20_000;
    link.apply(now, Input::Closed { socket: no, code: 1006 });
    let start = now;
    while link.health() == Health::Up {
        tick(&mut link, &mut now);
    }
    assert_eq!(now - start, 1_500);
}

#[test]
fn typing_is_told_at_most_every_3_s_and_forgotten_after_6() {
    let (mut link, no) = open_link(0);
    let told = |on| vec![Effect::Transmit(RoomUp::Typing { on })];
    for (at, on, effects) in [
        (0, true, told(true)),
        (1_000, true, vec![]),
        (2_999, true, vec![]),
        (3_000, true, told(true)),
        (3_500, false, told(false)),
        (3_600, false, vec![]),
        (3_700, true, told(true)),
    ] {
        assert_eq!(link.apply(at, Input::Typing(on)), effects, "at {at}");
    }
    let typing = |on| RoomDown::Typing { party: Party::Agent, on };
    assert_eq!(hear(&mut link, 4_000, no, typing(true)), [Effect::OtherTypes(true)]);
    assert_eq!(hear(&mut link, 6_000, no, typing(true)), []);
    let mut now = 0;
    assert_eq!(tick(&mut link, &mut now), [Effect::OtherTypes(false)]);
    assert_eq!(now, 12_000);
    hear(&mut link, 13_000, no, typing(true));
    let effects = hear(&mut link, 13_100, no, RoomDown::Message { message: message(1) });
    assert!(effects.contains(&Effect::OtherTypes(false)), "the message says that the writing is done");
    assert_eq!(hear(&mut link, 13_200, no, RoomDown::Typing { party: Party::Visitor, on: true }), [], "our own echo");
}

#[test]
fn while_polling_messages_are_posted_and_polled_for_at_once() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    answer(&mut link, now, no, vec![welcome(vec![])]);
    let (id, effects) = send(&mut link, now, 1);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Post(request) if request.id == id)));
    let ack = Ack { id: id.clone(), seq: Seq(1), at: Timestamp(1) };
    assert!(poll(&link.apply(now + 30, Input::Posted { id, reply: Ok(ack) })).is_some());
}
