//! The pace of polling: held while somebody talks and looks, slow otherwise.

use crate::hands::*;
use client::link::{Effect, Failure, Health, Input, Link, Ms, Phase, Poll};
use protocol::http::EventsReply;
use protocol::problem::Code;
use protocol::room::{Message, RoomDown, Since};
use protocol::{Party, Seq, Timestamp};

/// When the next poll goes out, and with which `rev`.
fn next(link: &mut Link, now: &mut Ms) -> (u32, Option<u32>) {
    tick_until(link, now, |effects| {
        effects
            .iter()
            .find_map(|effect| if let Effect::Poll { poll, rev, .. } = effect { Some((*poll, *rev)) } else { None })
    })
}

#[test]
fn two_failures_in_a_row_lead_to_polling() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    assert!(now <= 2_000, "blocked sockets are noticed in {now} ms");
    answer(&mut link, now, no, 7, welcome(vec![]));
    assert_eq!(link.health(), Health::Up);
}

#[test]
fn while_somebody_looks_and_talks_polls_are_held() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    answer(&mut link, now, no, 7, welcome(vec![]));
    let start = now;
    let (no, rev) = next(&mut link, &mut now);
    assert_eq!((now - start, rev), (250, Some(7)), "the first answer says what to hold against");
    // Held for as long as it goes: the next follows at once.
    now += Ms::from(EventsReply::HELD_MS);
    answer(&mut link, now, no, 7, welcome(vec![]));
    let answered = now;
    let (no, rev) = next(&mut link, &mut now);
    assert_eq!((now - answered, rev), (250, Some(7)));
    // A message after 40 ms, and the rest after 30 more.
    answer(&mut link, now + 40, no, 7, welcome(vec![message(1)]));
    let answered = now + 40;
    let (no, _) = next(&mut link, &mut now);
    assert_eq!(now - answered, 250, "news: there may be more");
    answer(&mut link, now + 30, no, 8, welcome(vec![]));
    let answered = now + 30;
    let (no, rev) = next(&mut link, &mut now);
    assert_eq!((now - answered, rev), (250, Some(8)), "another state is news, too");
    // A server that does not hold is not asked more often for that.
    answer(&mut link, now + 5, no, 8, welcome(vec![]));
    let asked = now;
    next(&mut link, &mut now);
    assert_eq!(now - asked, 1_500, "nothing new, and at once");
}

#[test]
fn a_held_poll_is_given_up_later_than_others() {
    for (held, within) in [(false, 8_000), (true, 18_000)] {
        let mut now = 0;
        let (mut link, no) = polling_link(&mut now);
        if held {
            answer(&mut link, now, no, 7, welcome(vec![]));
            next(&mut link, &mut now);
        }
        let asked = now;
        while !matches!(link.phase(), Phase::Polling { fails: 1, .. }) {
            let effects = tick(&mut link, &mut now);
            if let Some(socket) = socket(&effects) {
                close(&mut link, now, socket, 1006);
            }
        }
        assert_eq!(now - asked, within, "held: {held}");
    }
}

#[test]
fn an_idle_or_unseen_chat_is_polled_plainly() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    answer(&mut link, now, no, 7, welcome(vec![]));
    let (no, _) = next(&mut link, &mut now);
    link.apply(now, Input::Attention(false));
    answer(&mut link, now, no, 8, welcome(vec![]));
    let answered = now;
    let (no, rev) = next(&mut link, &mut now);
    assert_eq!((now - answered, rev), (15_000, None), "nobody looks");
    answer(&mut link, now, no, 8, welcome(vec![]));
    let effects = link.apply(now + 10, Input::Attention(true));
    let expected = Effect::Poll { poll: no + 1, since: Since::After(Seq(0)), rev: Some(8) };
    assert!(effects.contains(&expected), "held at once when somebody looks: {effects:?}");
    // Two minutes later it is quiet.
    now += 130_000;
    answer(&mut link, now, no + 1, 8, welcome(vec![]));
    let answered = now;
    let (no, rev) = next(&mut link, &mut now);
    assert_eq!((now - answered, rev), (5_000, None), "nobody writes");
    answer(&mut link, now, no, 8, welcome(vec![]));
    let effects = link.apply(now + 10, Input::Typing(true));
    assert!(effects.contains(&Effect::Poll { poll: no + 1, since: Since::After(Seq(0)), rev: Some(8) }), "{effects:?}");
}

#[test]
fn what_the_other_side_writes_is_activity_by_its_own_age() {
    for (age, held) in [(1_000, true), (119_000, true), (121_000, false)] {
        let mut now = 0;
        let (mut link, no) = polling_link(&mut now);
        now += 300_000;
        fail_poll(&mut link, now, no, Failure::default());
        let (no, _) = next(&mut link, &mut now);
        let at = Timestamp(SKEW - age);
        answer(&mut link, now, no, 7, welcome(vec![Message { at, ..message(1) }]));
        let (_, rev) = next(&mut link, &mut now);
        assert_eq!(rev.is_some(), held, "{age} ms old");
    }
}

#[test]
fn a_rev_of_before_the_socket_is_not_handed_in_after_it() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    answer(&mut link, now, no, 7, welcome(vec![]));
    let climb = socket(&link.apply(now + 300, Input::Wake)).unwrap();
    hear(&mut link, now + 301, climb, welcome(vec![]));
    now += 302;
    close(&mut link, now, climb, 1006);
    let mut revs = Vec::new();
    while revs.is_empty() {
        for effect in tick(&mut link, &mut now) {
            match effect {
                Effect::Connect { socket, .. } => revs.extend(close(&mut link, now, socket, 1006)),
                effect => revs.push(effect),
            }
        }
        revs.retain(|effect| matches!(effect, Effect::Poll { .. }));
    }
    assert!(matches!(revs[..], [Effect::Poll { rev: None, .. }]), "what the socket told may be undone since: {revs:?}");
}

#[test]
fn more_is_fetched_at_once() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    let mut frame = welcome(vec![message(1)]);
    if let RoomDown::Welcome { more, .. } = &mut frame {
        *more = true;
    }
    let effects = answer(&mut link, now, no, 1, frame.clone());
    assert!(effects.contains(&Effect::Poll { poll: no + 1, since: Since::After(Seq(1)), rev: Some(1) }), "{effects:?}");
    assert_eq!(poll(&answer(&mut link, now, no + 1, 1, frame)), None, "but not the same again");
}

#[test]
fn typing_is_what_the_last_poll_says_for_as_long_as_it_is_the_last() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    let frames = |party| vec![welcome(vec![]), typing(party, true)];
    let types = |link: &mut Link, now, poll, rev, frames| {
        link.apply(now, Input::Polled { poll, reply: Ok(EventsReply { frames, rev }) })
    };
    assert!(types(&mut link, now, no, 1, frames(Party::Agent)).contains(&Effect::OtherTypes(true)));
    let (no, _) = next(&mut link, &mut now);
    // Held for 10 s: it has not changed, or the poll would have been answered.
    now += 10_000;
    link.apply(now, Input::Tick);
    let effects = types(&mut link, now, no, 1, frames(Party::Agent));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::OtherTypes(_))), "{effects:?}");
    let (no, _) = next(&mut link, &mut now);
    let effects = types(&mut link, now, no, 2, frames(Party::Visitor));
    assert!(effects.contains(&Effect::OtherTypes(false)), "only we type: {effects:?}");
    let (no, _) = next(&mut link, &mut now);
    types(&mut link, now, no, 3, frames(Party::Agent));
    let (no, _) = next(&mut link, &mut now);
    let effects = fail_poll(&mut link, now, no, Failure::default());
    assert!(effects.contains(&Effect::OtherTypes(false)), "nobody knows any more");
}

#[test]
fn a_poll_pauses_as_asked_whatever_happens() {
    for code in [Code::SlowDown, Code::Internal, Code::Unavailable] {
        let mut now = 0;
        let (mut link, no) = polling_link(&mut now);
        fail_poll(&mut link, now, no, failure(code, Some(9_000)));
        let asked = now;
        assert_eq!(poll(&link.apply(now + 100, Input::Wake)), None, "{code:?}: a wake-up");
        assert_eq!(poll(&link.apply(now + 200, Input::Typing(true))), None, "{code:?}: activity");
        next(&mut link, &mut now);
        assert!(now >= asked + 9_000, "{code:?}: {}", now - asked);
    }
}

#[test]
fn after_a_wake_up_failures_of_before_count_no_more() {
    let mut now = 0;
    let (mut link, mut no) = polling_link(&mut now);
    for _ in 0..8 {
        fail_poll(&mut link, now, no, Failure::default());
        no = next(&mut link, &mut now).0;
    }
    let woken = now + 5_000;
    link.apply(woken, Input::Wake);
    // What went out before fails while the network is coming.
    fail_poll(&mut link, woken + 1, no, Failure::default());
    let Phase::Polling { poll: Poll::At(again), .. } = link.phase() else { panic!("{:?}", link.phase()) };
    assert!(again <= woken + 1 + 2_000, "after {} ms: up to 2,000, not 4,000", again - woken);
}

#[test]
fn where_we_may_not_be_the_link_ends_and_says_so_of_every_message() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    send(&mut link, now, 1);
    let effects = fail_poll(&mut link, now, no, failure(Code::NotFound, None));
    assert!(effects.contains(&Effect::Refused(Code::NotFound)));
    assert_eq!((link.phase(), link.next_deadline().is_none_or(|at| at > now)), (Phase::Off, true));
    send(&mut link, now, 2);
    let failed = client::link::Delivery::Failed(Code::NotFound);
    assert_eq!(link.outbox().iter().map(|item| item.delivery).collect::<Vec<_>>(), [failed, failed]);
    let first = link.outbox()[0].id.clone();
    link.apply(now, Input::Start);
    link.apply(now, Input::Retry(first));
    assert_eq!(link.outbox()[1].delivery, client::link::Delivery::Sending, "a new start may go better");
}

#[test]
fn while_polling_messages_are_posted_and_polled_for_at_once() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    answer(&mut link, now, no, 1, welcome(vec![]));
    let (id, effects) = send(&mut link, now, 1);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Post(request) if request.id == id)));
    assert!(poll(&link.apply(now + 30, Input::Posted { id: id.clone(), reply: Ok(ack(&id, 1)) })).is_some());
    assert!(matches!(link.phase(), Phase::Polling { poll: Poll::Since(_), .. }));
}
