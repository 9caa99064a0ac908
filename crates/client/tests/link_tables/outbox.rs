//! What is written, kept, sent, refused, restored and given up.

use crate::hands::*;
use client::link::{Delivery, Effect, Input, Link, Me};
use protocol::http::SendRequest;
use protocol::problem::Code;
use protocol::room::{Message, RoomDown, RoomUp};
use protocol::{Body, ClientMsgId, Kind, Seq};

fn request(n: u128) -> SendRequest {
    SendRequest { id: ClientMsgId::random(n), body: Body::parse("hi").unwrap() }
}

fn transmit(n: u128) -> Effect {
    let SendRequest { id, body } = request(n);
    Effect::Transmit(RoomUp::Send { id, body })
}

fn ids(link: &Link) -> Vec<ClientMsgId> {
    link.outbox().iter().map(|item| item.id.clone()).collect()
}

#[test]
fn messages_go_one_at_a_time_and_again_after_a_reconnect() {
    let (mut link, no) = open_link(0);
    let (first, effects) = send(&mut link, 1, 1);
    assert_eq!(effects, [Effect::Keep(request(1)), Effect::Outbox, transmit(1)], "kept before it is sent");
    let (second, effects) = send(&mut link, 2, 2);
    assert_eq!(effects, [Effect::Keep(request(2)), Effect::Outbox], "the second waits");
    close(&mut link, 11_000, no, 1006);
    let mut now = 11_000;
    let no = socket(&tick(&mut link, &mut now)).unwrap();
    assert!(hear(&mut link, now, no, welcome(vec![])).contains(&transmit(1)));
    let effects = hear(&mut link, now, no, ack_frame(&first, 1));
    assert!(effects.contains(&transmit(2)));
    assert!(!effects.contains(&Effect::Forget(first.clone())), "kept until it is shown");
    assert_eq!(link.outbox()[0].delivery, Delivery::Sent(Seq(1)));
    let effects = hear(&mut link, now, no, RoomDown::Message { message: visitors(1, &first) });
    assert_eq!(effects.iter().filter(|effect| **effect == Effect::Forget(first.clone())).count(), 1);
    assert_eq!(ids(&link), [second], "the transcript has it");
}

#[test]
fn an_acknowledged_message_has_to_show_itself() {
    let (mut link, no) = open_link(0);
    let (id, _) = send(&mut link, 1, 1);
    hear(&mut link, 2, no, ack_frame(&id, 1));
    let mut now = 2;
    assert_eq!(tick(&mut link, &mut now), [Effect::Outbox, Effect::Disconnect]);
    assert_eq!(now, 3_002);
    let no = tick_until(&mut link, &mut now, socket);
    assert_eq!(said(&hear(&mut link, now, no, welcome(vec![]))), [&transmit(1)], "nor is the ack believed any more");
    // A file goes by its own way.
    let (mut link, no) = open_link(0);
    let id = ClientMsgId::random(9);
    link.apply(2, Input::Posted { id: id.clone(), reply: Ok(ack(&id, 2)) });
    hear(&mut link, 3, no, RoomDown::Message { message: message(1) });
    assert_eq!(link.next_deadline(), Some(3_002));
    hear(&mut link, 4, no, RoomDown::Message { message: visitors(2, &id) });
    assert_eq!(link.next_deadline(), Some(15_004), "here it is");
    // The transcript may have shown it under another tab's eyes, before this page began.
    let (mut link, no) = open(visitor(), 0, welcome(vec![message(8)]));
    let (id, _) = send(&mut link, 1, 1);
    let effects = hear(&mut link, 2, no, ack_frame(&id, 3));
    assert!(effects.contains(&Effect::Forget(id)), "{effects:?}");
    assert_eq!(ids(&link), []);
}

#[test]
fn what_was_kept_goes_before_what_was_written_since() {
    let mut link = visitor();
    send(&mut link, 0, 8);
    let effects = link.apply(0, Input::Restore(vec![request(1), request(2), request(8)]));
    assert_eq!(effects, [Effect::Outbox], "it is kept already");
    assert_eq!(ids(&link), [1, 2, 8].map(ClientMsgId::random), "what is known is left out");
    // What is under way stays in front: its answer comes next.
    let (mut link, no) = open_link(0);
    let (first, _) = send(&mut link, 1, 7);
    send(&mut link, 1, 8);
    link.apply(2, Input::Restore(vec![request(1), request(2)]));
    assert_eq!(ids(&link), [7, 1, 2, 8].map(ClientMsgId::random));
    assert!(hear(&mut link, 3, no, ack_frame(&first, 1)).contains(&transmit(1)));
}

#[test]
fn what_another_tab_wrote_is_forgotten_once_it_is_shown() {
    let (mut link, no) = open_link(0);
    let other = ClientMsgId::random(9);
    let effects = hear(&mut link, 1, no, RoomDown::Message { message: visitors(1, &other) });
    assert!(effects.contains(&Effect::Forget(other)), "{effects:?}");
    let (id, _) = send(&mut link, 2, 1);
    let (_, _) = send(&mut link, 2, 2);
    let effects = hear(&mut link, 3, no, RoomDown::Message { message: visitors(2, &id) });
    assert!(effects.contains(&transmit(2)), "another tab's socket was faster: the next one goes");
    assert_eq!(hear(&mut link, 4, no, ack_frame(&id, 2)), [], "the late ack is no news");
}

#[test]
fn only_what_this_agent_wrote_is_theirs() {
    let me = Link::new(Me::Agent(agent(1)), 7);
    let (mut link, no) = open(me, 0, welcome_with(vec![], owned_by(Some(1)), Default::default()));
    let (id, _) = send(&mut link, 1, 1);
    let from = |n: u128, seq| {
        let agent = owned_by(Some(n)).handoff.unwrap().agent;
        RoomDown::Message { message: Message { kind: Kind::Agent, agent, id: Some(id.clone()), ..message(seq) } }
    };
    let effects = hear(&mut link, 2, no, from(2, 1));
    assert!(!effects.contains(&Effect::Forget(id.clone())), "ids are one sender's own");
    assert_eq!(link.outbox().len(), 1);
    let effects = hear(&mut link, 3, no, from(1, 2));
    assert!(effects.contains(&Effect::Forget(id.clone())));
    assert_eq!(link.outbox().len(), 0);
}

#[test]
fn a_refused_message_fails_alone_and_can_be_retried_or_given_up() {
    for (code, fails) in [
        (Code::BodyTooLong, true),
        (Code::ConflictingRetry, true),
        (Code::NotOwner, true),
        (Code::Malformed, true),
        (Code::UnknownPlace, true),
        (Code::SlowDown, false),
        (Code::Unavailable, false),
        (Code::Internal, false),
    ] {
        let (mut link, no) = open_link(0);
        let (first, _) = send(&mut link, 1, 1);
        send(&mut link, 1, 2);
        let error = RoomDown::Error { code, id: Some(first.clone()), retry_after_ms: Some(700) };
        let effects = hear(&mut link, 2, no, error);
        assert_eq!(link.outbox()[0].delivery == Delivery::Failed(code), fails, "{code:?}");
        assert!(!effects.contains(&Effect::Forget(first.clone())), "{code:?}: given up by nobody but a person");
        assert_eq!(said(&effects), Vec::<&Effect>::new(), "{code:?}: pauses as asked");
        assert!(link.next_deadline().unwrap() >= 702, "{code:?}");
        let mut now = 2;
        let next = tick_until(&mut link, &mut now, |effects| said(effects).first().map(|&effect| effect.clone()));
        assert_eq!(
            next,
            transmit(if fails { 2 } else { 1 }),
            "{code:?}: the queue goes on only if the first has failed"
        );
        if fails {
            let mut given_up = link.clone();
            let effects = given_up.apply(now, Input::Discard(first.clone()));
            assert_eq!(effects, [Effect::Forget(first.clone()), Effect::Outbox], "{code:?}");
            assert_eq!(ids(&given_up), [ClientMsgId::random(2)]);
            link.apply(now, Input::Retry(first.clone()));
            assert_eq!(link.outbox()[1].id, first, "{code:?}: back in line, after the second");
        } else {
            assert_eq!(link.apply(now, Input::Discard(first)), [], "{code:?}: it may be stored already");
        }
    }
}

#[test]
fn a_pause_that_the_server_asked_for_outlives_the_socket() {
    let (mut link, no) = open_link(0);
    let (id, _) = send(&mut link, 1, 1);
    hear(&mut link, 2, no, RoomDown::Error { code: Code::SlowDown, id: Some(id), retry_after_ms: Some(20_000) });
    close(&mut link, 10, no, 1006);
    let mut now = 10;
    let no = tick_until(&mut link, &mut now, socket);
    assert_eq!(said(&hear(&mut link, now, no, welcome(vec![]))), Vec::<&Effect>::new(), "at {now}");
    assert_eq!(link.apply(now, Input::Typing(true)), [], "nor anything else");
    tick_until(&mut link, &mut now, |effects| (!said(effects).is_empty()).then_some(()));
    assert!(now >= 20_002, "{now}");
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
