//! Opening sockets, noticing that they are dead, falling back and climbing back.

use crate::hands::*;
use client::link::{Climb, Effect, Failure, Health, Input, Ms, Phase, query};
use protocol::problem::Code;
use protocol::room::{RoomDown, Since};
use protocol::{Party, Seq};

#[test]
fn a_place_is_written_one_way() {
    for (since, rev, text) in [
        (Since::After(Seq(0)), None, "after=0"),
        (Since::After(Seq(5)), Some(u32::MAX), "after=5&rev=4294967295"),
        (Since::Latest(50), None, "latest=50"),
    ] {
        assert_eq!(query(since, rev), text);
    }
}

#[test]
fn a_fresh_link_asks_for_the_last_page_and_then_goes_on() {
    let mut link = visitor();
    let effects = link.apply(0, Input::Start);
    assert_eq!(effects, [Effect::Connect { socket: 1, since: Since::Latest(50) }]);
    hear(&mut link, 1, 1, welcome(vec![message(8), message(9)]));
    assert_eq!((link.first(), link.last_seq(), link.has_earlier()), (Seq(8), Seq(9), true));
    close(&mut link, 20_000, 1, 1006);
    let mut now = 20_000;
    let since = tick_until(&mut link, &mut now, |effects| match effects {
        [Effect::Connect { since, .. }] => Some(*since),
        _ => None,
    });
    assert_eq!(since, Since::After(Seq(9)));
    // A conversation without a message has a transcript, too.
    let (mut link, no) = open_link(0);
    close(&mut link, 20_000, no, 1006);
    assert!(tick(&mut link, &mut now).contains(&Effect::Connect { socket: no + 2, since: Since::After(Seq(0)) }));
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
    close(&mut link, 20_000, no, 1006);
    assert!(socket(&link.apply(20_001, Input::Wake)).is_some(), "Waiting opens at once");
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    answer(&mut link, now, no, 1, welcome(vec![]));
    let effects = link.apply(now + 1, Input::Wake);
    assert!(socket(&effects).is_some() && poll(&effects).is_some(), "Polling polls and climbs: {effects:?}");
    assert_eq!(link.apply(now + 2, Input::Wake), [], "pages tell of one waking by several events");
    assert!(poll(&link.apply(now + 5_000, Input::Wake)).is_some(), "the request may have died in the sleep");
    let (mut link, _) = open_link(0);
    assert_eq!(link.apply(1, Input::Wake), [Effect::Ping], "Open asks whether it still is");
    assert_eq!(link.next_deadline(), Some(4_001));
}

#[test]
fn a_gap_is_resumed_and_doubles_are_dropped() {
    let (mut link, no) = open_link(0);
    link.apply(0, Input::Attention(false));
    let shown = |effects: Vec<Effect>| effects.iter().filter(|effect| matches!(effect, Effect::Message(_))).count();
    assert_eq!(shown(hear(&mut link, 1, no, RoomDown::Message { message: message(1) })), 1);
    assert_eq!(hear(&mut link, 2, no, RoomDown::Message { message: message(1) }), []);
    assert_eq!(hear(&mut link, 20_000, no, RoomDown::Message { message: message(3) }), [Effect::Disconnect]);
    let mut now = 20_000;
    let effects = tick(&mut link, &mut now);
    assert_eq!(effects, [Effect::Connect { socket: socket(&effects).unwrap(), since: Since::After(Seq(1)) }]);
}

#[test]
fn polling_tries_a_socket_now_and_then_and_climbs_back() {
    let mut now = 0;
    let (mut link, mut no) = polling_link(&mut now);
    let mut tried = vec![now];
    let mut rev = 0;
    while tried.len() < 6 {
        rev += 1;
        answer(&mut link, now, no, rev, welcome(vec![]));
        let effects = tick(&mut link, &mut now);
        no = poll(&effects).unwrap_or(no);
        if let Some(socket) = socket(&effects) {
            tried.push(now);
            close(&mut link, now, socket, 1006);
        }
    }
    let gaps: Vec<Ms> = tried.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (i, (gap, most)) in gaps.iter().zip([10_000, 20_000, 40_000, 60_000, 60_000]).enumerate() {
        assert!((most / 2..=most).contains(gap), "try {i} after {gap} ms of at most {most}");
    }
    let socket = loop {
        rev += 1;
        answer(&mut link, now, no, rev, welcome(vec![]));
        let effects = tick(&mut link, &mut now);
        no = poll(&effects).unwrap_or(no);
        if let Some(socket) = socket(&effects) {
            break socket;
        }
    };
    hear(&mut link, now, socket, welcome(vec![message(1)]));
    assert!(matches!(link.phase(), Phase::Open { .. }));
    assert_eq!(answer(&mut link, now, no, 0, welcome(vec![message(1)])), [], "a late poll changes nothing");
}

#[test]
fn a_healed_network_is_tried_for_sockets_soon() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    fail_poll(&mut link, now, no, Failure::default());
    let no = tick_until(&mut link, &mut now, poll);
    answer(&mut link, now, no, 1, welcome(vec![]));
    let Phase::Polling { climb: Climb::At(at), .. } = link.phase() else { panic!("{:?}", link.phase()) };
    assert!(at - now <= 500, "{}", at - now);
}

#[test]
fn whoever_was_too_loud_comes_back_late_and_by_no_other_way() {
    let (mut link, no) = open_link(0);
    send(&mut link, 29_000, 1);
    close(&mut link, 30_000, no, 4429);
    assert!(
        matches!(link.phase(), Phase::Waiting { tries: 1, .. }),
        "a failure, though it had lived: {:?}",
        link.phase()
    );
    for at in [30_001, 32_000, 44_000] {
        assert_eq!(socket(&link.apply(at, Input::Wake)), None, "a wake-up does not bring it forward, at {at}");
    }
    let mut now = 44_000;
    let no = tick_until(&mut link, &mut now, socket);
    assert!((45_000..=60_000).contains(&now), "{now}");
    // Twice in a row leads to polling, but not at once either.
    close(&mut link, now, no, 4429);
    let first = now;
    let no = tick_until(&mut link, &mut now, |effects| socket(effects).or(poll(effects)));
    assert!((first + 15_000..=first + 30_000).contains(&now), "{}", now - first);
    assert!(no > 0);
}

#[test]
fn a_climb_that_is_too_loud_hushes_the_polls_as_well() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    answer(&mut link, now, no, 1, welcome(vec![]));
    let climb = socket(&link.apply(now + 1, Input::Wake)).unwrap();
    let no = no + 1;
    close(&mut link, now + 2, climb, 4429);
    answer(&mut link, now + 3, no, 2, welcome(vec![]));
    let (id, effects) = send(&mut link, now + 4, 1);
    assert_eq!(said(&effects), Vec::<&Effect>::new(), "{id}");
    let start = now;
    tick_until(&mut link, &mut now, |effects| (!said(effects).is_empty()).then_some(()));
    assert!((15_000..=30_002).contains(&(now - start)), "{}", now - start);
}

#[test]
fn an_expired_token_asks_for_a_new_boot() {
    let (mut on_socket, no) = open_link(0);
    let closed = close(&mut on_socket, 9, no, 4401);
    let mut now = 0;
    let (mut on_poll, no) = polling_link(&mut now);
    let expired = || failure(Code::TokenExpired, None);
    let polled = fail_poll(&mut on_poll, now, no, expired());
    let (mut on_post, no) = polling_link(&mut now);
    answer(&mut on_post, now, no, 1, welcome(vec![]));
    let (id, _) = send(&mut on_post, now, 1);
    let posted = on_post.apply(now, Input::Posted { id, reply: Err(expired()) });
    let (mut on_receipt, no) = polling_link(&mut now);
    answer(&mut on_receipt, now, no, 1, welcome(vec![message(1)]));
    let told = on_receipt.apply(now, Input::ReceiptPosted(Err(expired())));
    let (mut on_page, _) = open(visitor(), now, welcome(vec![message(9)]));
    on_page.apply(now, Input::Earlier);
    let paged = on_page.apply(now, Input::EarlierCame { before: Seq(9), reply: Err(expired()) });
    for (name, mut link, effects) in [
        ("socket", on_socket, closed),
        ("poll", on_poll, polled),
        ("post", on_post, posted),
        ("receipt", on_receipt, told),
        ("page", on_page, paged),
    ] {
        assert!(effects.contains(&Effect::Boot), "{name}: {effects:?}");
        assert_eq!(link.phase(), Phase::Locked, "{name}");
        assert!(socket(&link.apply(now + 1, Input::Wake)).is_none(), "{name}: no use before the new token");
        assert!(socket(&link.apply(now + 2, Input::Start)).is_some(), "{name}");
    }
}

#[test]
fn only_an_outage_that_lasts_is_shown() {
    let (mut link, no) = open_link(0);
    let mut now = 20_000;
    close(&mut link, now, no, 1006);
    let no = socket(&tick(&mut link, &mut now)).unwrap();
    hear(&mut link, now, no, welcome(vec![]));
    assert_eq!(link.health(), Health::Up, "a blink");
    now += 20_000;
    close(&mut link, now, no, 1006);
    let start = now;
    while link.health() == Health::Up {
        tick(&mut link, &mut now);
    }
    assert_eq!(now - start, 1_500);
}

#[test]
fn typing_is_told_at_most_every_3_s_and_forgotten_after_6() {
    let (mut link, no) = open_link(0);
    let told = |on| vec![Effect::Transmit(protocol::room::RoomUp::Typing { on })];
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
    assert_eq!(hear(&mut link, 4_000, no, typing(Party::Agent, true)), [Effect::OtherTypes(true)]);
    assert_eq!(hear(&mut link, 6_000, no, typing(Party::Agent, true)), []);
    let mut now = 0;
    assert_eq!(tick(&mut link, &mut now), [Effect::OtherTypes(false)]);
    assert_eq!(now, 12_000);
    hear(&mut link, 13_000, no, typing(Party::Agent, true));
    let effects = hear(&mut link, 13_100, no, RoomDown::Message { message: message(1) });
    assert!(effects.contains(&Effect::OtherTypes(false)), "the message says that the writing is done");
    assert_eq!(hear(&mut link, 13_200, no, typing(Party::Visitor, true)), [], "our own echo");
}

#[test]
fn a_socket_that_takes_its_time_is_waited_for_beside_polls() {
    let mut link = visitor();
    let no = socket(&link.apply(0, Input::Start)).unwrap();
    let mut now = 0;
    let first = tick_until(&mut link, &mut now, poll);
    assert_eq!(now, 6_000, "a person should not wait longer than that");
    assert!(matches!(link.phase(), Phase::Polling { climb: Climb::Since(0), .. }), "{:?}", link.phase());
    answer(&mut link, now, first, 1, welcome(vec![]));
    let mut late = link.clone();
    hear(&mut late, 29_000, no, welcome(vec![]));
    assert!(matches!(late.phase(), Phase::Open { .. }), "whoever has waited so long need not stand in line again");
    let mut woken = link.clone();
    assert_eq!(socket(&woken.apply(7_000, Input::Wake)), Some(no + 1), "but the network may be another one");
    while matches!(link.phase(), Phase::Polling { climb: Climb::Since(_), .. }) {
        if let Some(poll) = poll(&tick(&mut link, &mut now)) {
            answer(&mut link, now, poll, 1, welcome(vec![]));
        }
    }
    assert_eq!(now, 30_000, "some never open");
}
