//! Who has got and read what, both ways.

use crate::hands::*;
use client::link::{Effect, Failure, Input, Link, Me, Ms, Standing};
use protocol::problem::Code;
use protocol::room::{Receipts, RoomDown};
use protocol::{ClientMsgId, Kind, Seq};

fn theirs(seq: u32) -> RoomDown {
    RoomDown::Message { message: message(seq) }
}

#[test]
fn what_is_shown_is_delivered_and_what_is_looked_at_is_read() {
    let mut link = Link::new(Me::Visitor, 7);
    let no = socket(&link.apply(0, Input::Start)).unwrap();
    assert_eq!(told(&hear(&mut link, 0, no, welcome(vec![message(1)]))), [receipt(1, 0)], "nobody looks");
    assert_eq!(told(&link.apply(1_000, Input::Attention(true))), [receipt(1, 1)]);
    assert_eq!(told(&hear(&mut link, 2_000, no, theirs(2))), [receipt(2, 2)]);
    link.apply(3_000, Input::Attention(false));
    assert_eq!(told(&hear(&mut link, 4_000, no, theirs(3))), [receipt(3, 2)]);
    let mine = RoomDown::Message { message: visitors(4, &ClientMsgId::random(1)) };
    assert_eq!(told(&hear(&mut link, 5_000, no, mine)), [], "of our own there is nothing to tell");
    let mut event = message(5);
    event.kind = Kind::System;
    assert_eq!(told(&hear(&mut link, 6_000, no, RoomDown::Message { message: event })), []);
}

#[test]
fn a_burst_is_told_of_in_few_words() {
    let (mut link, no) = open_link(0);
    let mut words = Vec::new();
    let mut now: Ms = 1_000;
    for seq in 1..=100 {
        words.extend(told(&hear(&mut link, now, no, theirs(seq))));
        now += 10;
        if link.next_deadline().is_some_and(|at| at <= now) {
            words.extend(told(&link.apply(now, Input::Tick)));
        }
    }
    words.extend(told(&tick(&mut link, &mut now)));
    assert_eq!(words.last(), Some(&receipt(100, 100)));
    assert!((4..=6).contains(&words.len()), "{words:?}");
}

#[test]
fn only_the_owner_tells() {
    for (owner, speaks) in [(None, false), (Some(2), false), (Some(1), true)] {
        let me = Link::new(Me::Agent(agent(1)), 7);
        let mut link = me;
        let no = socket(&link.apply(0, Input::Start)).unwrap();
        link.apply(0, Input::Attention(true));
        let state = owned_by(owner);
        let visitors = vec![visitors(1, &ClientMsgId::random(1))];
        let effects = hear(&mut link, 0, no, welcome_with(visitors, state, Receipts::default()));
        assert_eq!(told(&effects).len(), usize::from(speaks), "{owner:?}");
        assert_eq!(said(&link.apply(1_000, Input::Typing(true))).len(), usize::from(speaks), "{owner:?}");
        assert!(link.next_deadline().unwrap() > 1_000, "{owner:?}");
        let claimed = hear(&mut link, 2_000, no, RoomDown::State { state: owned_by(Some(1)) });
        assert_eq!(told(&claimed).len(), usize::from(!speaks), "{owner:?}: told once it is theirs");
    }
    let mut ended = owned_by(Some(1));
    ended.handoff.as_mut().unwrap().stage = protocol::Stage::Closed;
    let (link, _) = open(Link::new(Me::Agent(agent(1)), 7), 0, welcome_with(vec![], ended, Receipts::default()));
    assert_eq!(said(&link.clone().apply(1_000, Input::Typing(true))), Vec::<&Effect>::new(), "over");
}

#[test]
fn a_welcome_that_is_behind_is_told_again() {
    let (mut link, no) = open(visitor(), 0, welcome(vec![message(1)]));
    close(&mut link, 20_000, no, 1006);
    let mut now = 20_000;
    for (known, again) in [
        (receipt(0, 0), vec![receipt(1, 1)]),
        (receipt(1, 0), vec![receipt(1, 1)]),
        (receipt(1, 1), vec![]),
        (receipt(9, 9), vec![]),
        // What the server has said once it may have lost since.
        (receipt(0, 0), vec![receipt(1, 1)]),
    ] {
        let no = tick_until(&mut link, &mut now, socket);
        let frame = welcome_with(vec![], owned_by(None), receipts(known, receipt(0, 0)));
        assert_eq!(told(&hear(&mut link, now, no, frame)), again, "{known:?}");
        now += 20_000;
        close(&mut link, now, no, 1006);
    }
}

#[test]
fn another_tab_may_have_told_already() {
    let (mut link, no) = open_link(0);
    let known = receipts(receipt(3, 3), receipt(0, 0));
    hear(&mut link, 1, no, RoomDown::Receipts { receipts: known });
    for seq in 1..=3 {
        assert_eq!(told(&hear(&mut link, 1_000, no, theirs(seq))), []);
    }
    assert_eq!(told(&hear(&mut link, 2_000, no, theirs(4))), [receipt(4, 4)]);
}

#[test]
fn while_polling_they_are_posted_until_they_are_known() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    assert_eq!(told(&answer(&mut link, now, no, 1, welcome(vec![message(1)]))), [receipt(1, 1)]);
    // Lost: again after a while.
    link.apply(now + 10, Input::ReceiptPosted(Err(Failure::default())));
    let mut post = |link: &mut Link| {
        let asked = now;
        loop {
            let effects = tick(link, &mut now);
            if let Some(told) = told(&effects).first() {
                return (*told, now - asked);
            }
            if let Some(no) = poll(&effects) {
                answer(link, now, no, 1, welcome(vec![]));
            }
            if let Some(no) = socket(&effects) {
                close(link, now, no, 1006);
            }
        }
    };
    let (again, after) = post(&mut link);
    assert_eq!(again, receipt(1, 1));
    assert!(after <= 4_100, "{after}");
    // Refused for a while.
    let floor = failure(Code::SlowDown, Some(30_000));
    link.apply(0, Input::ReceiptPosted(Err(floor)));
    let (again, _) = post(&mut link);
    assert_eq!(again, receipt(1, 1));
    // Never answered.
    let (again, after) = post(&mut link);
    assert_eq!((again, after), (receipt(1, 1), 8_000));
    link.apply(0, Input::ReceiptPosted(Ok(())));
    assert_eq!(link.apply(0, Input::ReceiptPosted(Ok(()))), []);
}

#[test]
fn a_refused_receipt_harms_no_message() {
    for code in [Code::NotOwner, Code::SlowDown, Code::Internal] {
        let (mut link, no) = open_link(0);
        send(&mut link, 1, 1);
        hear(&mut link, 2, no, theirs(1));
        hear(&mut link, 3, no, RoomDown::Error { code, id: None, retry_after_ms: Some(2_000) });
        assert_eq!(link.outbox()[0].delivery, client::link::Delivery::Sending, "{code:?}");
        let mut now = 3;
        let again = tick_until(&mut link, &mut now, |effects| told(effects).first().copied());
        assert_eq!(again, receipt(1, 1), "{code:?}");
        assert!(now >= 2_003, "{code:?}: {now}");
    }
}

#[test]
fn a_receipt_that_is_never_taken_is_told_ever_less() {
    let (mut link, no) = open_link(0);
    hear(&mut link, 0, no, theirs(1));
    let (mut now, mut tries) = (1, 1);
    let refused = || RoomDown::Error { code: Code::NotOwner, id: None, retry_after_ms: None };
    hear(&mut link, now, no, refused());
    while now < 300_000 {
        let effects = tick(&mut link, &mut now);
        if told(&effects).is_empty() {
            link.apply(now, Input::Heard { socket: no, frame: None });
        } else {
            tries += 1;
            hear(&mut link, now, no, refused());
        }
    }
    assert!((6..40).contains(&tries), "{tries} in 300 s");
}

#[test]
fn words_in_any_order_only_bring_it_further() {
    let (mut link, no) = open_link(0);
    let further = receipts(receipt(0, 0), receipt(5, 3));
    assert_eq!(hear(&mut link, 1, no, RoomDown::Receipts { receipts: further }), [Effect::Receipts(further)]);
    let older = receipts(receipt(0, 0), receipt(4, 4));
    let both = receipts(receipt(0, 0), receipt(5, 4));
    assert_eq!(hear(&mut link, 2, no, RoomDown::Receipts { receipts: older }), [Effect::Receipts(both)]);
    assert_eq!(hear(&mut link, 3, no, RoomDown::Receipts { receipts: further }), []);
    let standings = [3, 4, 5, 6].map(|seq| link.standing(Seq(seq)));
    assert_eq!(standings, [Standing::Read, Standing::Read, Standing::Delivered, Standing::Sent]);
    // For an agent it is the visitor who has got it or not.
    let frame = welcome_with(vec![], owned_by(Some(1)), receipts(receipt(2, 1), receipt(9, 9)));
    let (link, _) = open(Link::new(Me::Agent(agent(1)), 7), 0, frame);
    let standings = [1, 2, 3].map(|seq| link.standing(Seq(seq)));
    assert_eq!(standings, [Standing::Read, Standing::Delivered, Standing::Sent]);
}
