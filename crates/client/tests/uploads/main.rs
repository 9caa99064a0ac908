//! Files on their way: each rule step by step, and all of them against a network and a server that fail as they like.
#![allow(clippy::unwrap_used)]

mod model;

use client::link::{Failure, Ms};
use client::uploads::{Upload, UploadEffect, UploadInput, UploadState, Uploads};
use protocol::file::FileSettings;
use protocol::http::Ack;
use protocol::problem::Code;
use protocol::{ClientMsgId, FileName, Seq, Timestamp};

fn id(n: u128) -> ClientMsgId {
    ClientMsgId::random(n)
}

fn name() -> FileName {
    FileName::parse("plan.pdf").unwrap()
}

fn add(n: u128, bytes: u32) -> UploadInput {
    UploadInput::Add { id: id(n), name: name(), bytes }
}

fn done(n: u128) -> UploadInput {
    UploadInput::Done { id: id(n), reply: Ok(Ack { id: id(n), seq: Seq(1), at: Timestamp(1) }) }
}

fn failed(n: u128, code: Option<Code>, retry_after_ms: Option<u32>) -> UploadInput {
    UploadInput::Done { id: id(n), reply: Err(Failure { code, retry_after_ms }) }
}

fn ready() -> Uploads {
    let mut uploads = Uploads::new(7);
    assert_eq!(uploads.apply(0, UploadInput::Ready(true)), []);
    uploads
}

fn state(uploads: &Uploads, n: u128) -> Option<UploadState> {
    uploads.items().iter().find(|item| item.id == id(n)).map(|item| item.state)
}

fn started(effects: &[UploadEffect]) -> Option<ClientMsgId> {
    effects.iter().find_map(|effect| if let UploadEffect::Start(id) = effect { Some(id.clone()) } else { None })
}

/// Lets time pass until a transfer starts.
fn start(uploads: &mut Uploads, now: &mut Ms) -> ClientMsgId {
    loop {
        *now = uploads.next_deadline().unwrap();
        let effects = uploads.apply(*now, UploadInput::Tick);
        assert!(uploads.next_deadline().is_none_or(|at| at > *now), "a deadline outlived its tick");
        if let Some(id) = started(&effects) {
            return id;
        }
    }
}

#[test]
fn one_goes_after_the_other_and_leaves_when_the_transcript_shows_it() {
    let mut uploads = ready();
    assert_eq!(started(&uploads.apply(0, add(1, 9))), Some(id(1)));
    assert_eq!(uploads.apply(0, add(2, 9)), [UploadEffect::Changed], "the second waits");
    assert_eq!(uploads.apply(0, add(2, 9)), [], "the same again is the same");
    assert_eq!(uploads.apply(5, UploadInput::Progress { id: id(1), sent: 4 }), [UploadEffect::Changed]);
    assert_eq!(state(&uploads, 1), Some(UploadState::Going { sent: 4 }));
    let effects = uploads.apply(6, done(1));
    assert!(effects.contains(&UploadEffect::Forget(id(1))), "stored: {effects:?}");
    assert_eq!(started(&effects), Some(id(2)));
    assert_eq!(state(&uploads, 1), Some(UploadState::Going { sent: 9 }), "until the message is there");
    uploads.apply(7, UploadInput::Arrived(id(1)));
    assert_eq!(state(&uploads, 1), None);
    // The message may come before the answer, and the answer never.
    let effects = uploads.apply(8, UploadInput::Arrived(id(2)));
    assert_eq!(effects, [UploadEffect::Cancel(id(2)), UploadEffect::Changed, UploadEffect::Forget(id(2))]);
    assert_eq!((uploads.items(), uploads.next_deadline()), (&[] as &[Upload], None));
    assert_eq!(uploads.apply(9, done(2)), [], "too late to matter");
}

#[test]
fn a_stored_file_is_not_shown_as_going_for_ever() {
    let mut uploads = ready();
    uploads.apply(0, add(1, 9));
    uploads.apply(100, done(1));
    assert_eq!(uploads.next_deadline(), Some(30_100), "a new socket may have to bring it");
    assert_eq!(uploads.apply(30_100, UploadInput::Tick), [UploadEffect::Changed]);
    assert_eq!(uploads.items().len(), 0);
}

#[test]
fn what_the_server_would_refuse_is_not_sent() {
    let rules = FileSettings { max_kb: 2, ..FileSettings::default() };
    for (bytes, refused) in [(0, Some(Code::FileEmpty)), (1, None), (2_048, None), (2_049, Some(Code::FileTooLarge))] {
        let mut uploads = ready();
        uploads.apply(0, UploadInput::Rules(rules));
        let effects = uploads.apply(0, add(1, bytes));
        assert_eq!(started(&effects).is_none(), refused.is_some(), "{bytes}");
        assert_eq!(effects.contains(&UploadEffect::Forget(id(1))), refused.is_some(), "{bytes}: too large to keep");
        if let Some(code) = refused {
            assert_eq!(state(&uploads, 1), Some(UploadState::Failed(code)), "{bytes}");
            uploads.apply(1, UploadInput::Retry(id(1)));
            assert_eq!(state(&uploads, 1), Some(UploadState::Failed(code)), "{bytes}: no better the second time");
        }
    }
    // The rules may come late, and the largest that any tenant takes is known before.
    let mut uploads = Uploads::new(7);
    uploads.apply(0, UploadInput::Restore(vec![(id(1), name(), 3_000), (id(2), name(), 9)]));
    uploads.apply(0, add(3, u32::MAX));
    assert_eq!(state(&uploads, 3), Some(UploadState::Failed(Code::FileTooLarge)));
    assert_eq!(state(&uploads, 1), Some(UploadState::Waiting));
    uploads.apply(0, UploadInput::Rules(rules));
    assert_eq!(state(&uploads, 1), Some(UploadState::Failed(Code::FileTooLarge)));
    assert_eq!(started(&uploads.apply(0, UploadInput::Ready(true))), Some(id(2)));
}

#[test]
fn what_was_kept_goes_before_what_was_chosen_since() {
    let mut uploads = ready();
    uploads.apply(0, add(8, 9));
    uploads.apply(0, add(9, 9));
    uploads.apply(0, UploadInput::Restore(vec![(id(1), name(), 9), (id(8), name(), 9), (id(2), name(), 9)]));
    let order: Vec<_> = uploads.items().iter().map(|item| item.id.clone()).collect();
    assert_eq!(order, [1, 2, 8, 9].map(id), "what is known is left out");
    assert_eq!(started(&uploads.apply(1, done(8))), Some(id(1)));
}

#[test]
fn refusals_are_final_but_for_those_that_pass() {
    for (code, last) in [
        (Code::FileNotAllowed, true),
        (Code::FileTooLarge, true),
        (Code::ConflictingRetry, true),
        (Code::NotOwner, true),
        (Code::Malformed, true),
        (Code::SlowDown, false),
        (Code::Internal, false),
        (Code::Unavailable, false),
        (Code::TokenExpired, false),
        (Code::Unauthenticated, false),
    ] {
        let mut uploads = ready();
        uploads.apply(0, add(1, 9));
        uploads.apply(0, add(2, 9));
        uploads.apply(10, failed(1, Some(code), Some(40_000)));
        assert_eq!(state(&uploads, 1) == Some(UploadState::Failed(code)), last, "{code:?}");
        uploads.apply(11, UploadInput::Wake);
        let mut now = 11;
        let next = start(&mut uploads, &mut now);
        assert_eq!(next, id(if last { 2 } else { 1 }), "{code:?}");
        assert_eq!(now, 40_010, "{code:?}: paused as asked, wake-up or not");
        if last {
            uploads.apply(now, done(2));
            assert_eq!(started(&uploads.apply(now, UploadInput::Retry(id(1)))), Some(id(1)), "{code:?}");
        }
    }
}

#[test]
fn what_never_goes_through_while_all_else_does_is_refused_and_others_go_meanwhile() {
    for code in [None, Some(Code::Internal), Some(Code::Unavailable)] {
        let mut uploads = ready();
        let mut now = 0;
        uploads.apply(now, add(1, 9));
        uploads.apply(now, add(2, 9));
        for fails in 1..5 {
            assert_eq!(state(&uploads, 1), Some(UploadState::Going { sent: 0 }), "{code:?}");
            let effects = uploads.apply(now, failed(1, code, None));
            assert_eq!(started(&effects), (fails == 1).then(|| id(2)), "{code:?}: who failed waits");
            uploads.apply(now, UploadInput::Arrived(id(2)));
            assert_eq!(start(&mut uploads, &mut now), id(1));
        }
        assert!(now > 6_000, "{now}: a network that is gone is noticed before");
        uploads.apply(now, failed(1, code, None));
        assert_eq!(state(&uploads, 1), Some(UploadState::Failed(code.unwrap_or(Code::Unavailable))));
        assert_eq!(started(&uploads.apply(now, UploadInput::Retry(id(1)))), Some(id(1)), "{code:?}");
    }
}

#[test]
fn of_those_that_may_go_the_first_chosen_goes_first() {
    let mut uploads = ready();
    (1..=3).for_each(|n| drop(uploads.apply(0, add(n, 9))));
    uploads.apply(0, failed(1, None, None));
    assert_eq!(started(&uploads.apply(20_000, done(2))), Some(id(1)));
}

#[test]
fn a_transfer_that_stands_still_is_given_up_and_tried_again_with_more_patience() {
    let mut uploads = ready();
    uploads.apply(0, add(1, 9));
    uploads.apply(29_000, UploadInput::Progress { id: id(1), sent: 4 });
    let mut now = 29_000;
    for patience in [30_000, 60_000, 120_000, 180_000] {
        assert_eq!(uploads.next_deadline(), Some(now + patience));
        now += patience;
        let effects = uploads.apply(now, UploadInput::Tick);
        assert_eq!(effects, [UploadEffect::Cancel(id(1)), UploadEffect::Changed]);
        assert_eq!(state(&uploads, 1), Some(UploadState::Waiting));
        assert_eq!(start(&mut uploads, &mut now), id(1));
    }
    // Handed over is not delivered.
    let mut uploads = ready();
    uploads.apply(0, add(1, 9));
    uploads.apply(1, UploadInput::Progress { id: id(1), sent: 9 });
    assert_eq!(uploads.next_deadline(), Some(180_001));
}

#[test]
fn the_wait_after_failures_grows_up_to_its_cap_and_a_wake_up_ends_it() {
    let mut uploads = ready();
    let mut now = 0;
    uploads.apply(now, add(1, 9));
    for most in [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
        let before = now;
        uploads.apply(now, failed(1, None, None));
        // Without a network none of them counts.
        uploads.apply(now, UploadInput::Ready(false));
        uploads.apply(now, UploadInput::Ready(true));
        start(&mut uploads, &mut now);
        assert!((most / 2..=most).contains(&(now - before)), "{} of at most {most}", now - before);
    }
    uploads.apply(now, failed(1, None, None));
    assert_eq!(started(&uploads.apply(now + 1, UploadInput::Wake)), Some(id(1)));
}

#[test]
fn the_link_hears_of_what_is_its_business() {
    use client::link::Input::Wake;
    let posted = |input: &UploadInput| match input.for_link() {
        Some(client::link::Input::Posted { id: told, reply }) => {
            told == id(1) && UploadInput::Done { id: told, reply } == *input
        }
        _ => false,
    };
    assert!(posted(&done(1)), "it has to be shown");
    for code in [Code::TokenExpired, Code::Unauthenticated] {
        assert!(posted(&failed(1, Some(code), None)), "{code:?}");
    }
    assert_eq!(failed(1, None, None).for_link(), Some(Wake), "the network may be gone");
    assert_eq!(failed(1, Some(Code::SlowDown), Some(9)).for_link(), None, "texts are not held up");
    assert_eq!(add(1, 9).for_link(), None);
}

#[test]
fn nothing_starts_without_a_token_and_what_goes_goes_on() {
    let mut uploads = Uploads::new(7);
    assert_eq!(uploads.apply(0, add(1, 9)), [UploadEffect::Changed]);
    assert_eq!(uploads.next_deadline(), None);
    assert_eq!(started(&uploads.apply(1, UploadInput::Ready(true))), Some(id(1)));
    assert_eq!(uploads.apply(2, UploadInput::Ready(false)), []);
    assert_eq!(state(&uploads, 1), Some(UploadState::Going { sent: 0 }));
}

#[test]
fn a_person_may_give_a_file_up_at_any_time() {
    for going in [true, false] {
        let mut uploads = if going { ready() } else { Uploads::new(7) };
        uploads.apply(0, add(1, 9));
        let effects = uploads.apply(1, UploadInput::Discard(id(1)));
        assert_eq!(effects.contains(&UploadEffect::Cancel(id(1))), going);
        assert!(effects.contains(&UploadEffect::Forget(id(1))), "{effects:?}");
        assert_eq!(uploads.items().len(), 0);
        assert_eq!(uploads.apply(2, UploadInput::Discard(id(1))), [], "twice is once");
    }
}
