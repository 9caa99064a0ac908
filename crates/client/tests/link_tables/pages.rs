//! The page before, what was taken away, and a server that has forgotten the conversation.

use crate::hands::*;
use client::link::{Delivery, Earlier, Effect, Failure, Input, Link, Phase};
use protocol::http::MessagesReply;
use protocol::problem::Code;
use protocol::room::{Message, RoomDown, Since};
use protocol::{Event, Kind, Seq};

fn came(link: &mut Link, before: u32, messages: Vec<Message>) -> Vec<Effect> {
    link.apply(1, Input::EarlierCame { before: Seq(before), reply: Ok(MessagesReply { messages }) })
}

fn begun(first: u32) -> (Link, u32) {
    open(visitor(), 0, welcome(vec![message(first)]))
}

fn redaction(seq: u32, of: u32) -> Message {
    Message { kind: Kind::System, event: Some(Event::Redacted), of: Some(Seq(of)), body: None, ..message(seq) }
}

#[test]
fn pages_go_in_front_one_at_a_time_until_the_first_message() {
    let (mut link, _) = begun(5);
    let fetch = |before| Effect::FetchEarlier { before: Seq(before) };
    assert_eq!(link.apply(0, Input::Earlier), [Effect::Paging(Earlier::Loading), fetch(5)]);
    assert_eq!(link.apply(0, Input::Earlier), [], "one at a time");
    let page = vec![message(3), message(4)];
    assert_eq!(came(&mut link, 5, page.clone()), [Effect::Paging(Earlier::Idle), Effect::Earlier(page.clone())]);
    assert_eq!((link.first(), link.has_earlier(), link.last_seq()), (Seq(3), true, Seq(5)));
    assert_eq!(came(&mut link, 5, page), [], "a late double");
    assert_eq!(link.apply(0, Input::Earlier), [Effect::Paging(Earlier::Loading), fetch(3)]);
    came(&mut link, 3, vec![message(1), message(2)]);
    assert_eq!((link.first(), link.has_earlier()), (Seq(1), false));
    assert_eq!(link.apply(0, Input::Earlier), [], "there is nothing before");
}

#[test]
fn a_page_that_does_not_fit_is_not_shown() {
    for (name, page) in [
        ("a gap before ours", vec![message(2), message(3)]),
        ("a gap within", vec![message(2), message(4)]),
        ("out of order", vec![message(4), message(3)]),
        ("what we have", vec![message(4), message(5)]),
    ] {
        let (mut link, _) = begun(5);
        link.apply(0, Input::Earlier);
        assert_eq!(came(&mut link, 5, page), [Effect::Paging(Earlier::Failed)], "{name}");
        assert_eq!(link.first(), Seq(5), "{name}");
        assert!(!link.apply(9, Input::Earlier).is_empty(), "{name}: it can be tried again");
    }
    let (mut link, _) = begun(5);
    link.apply(0, Input::Earlier);
    came(&mut link, 5, vec![]);
    assert!(!link.has_earlier(), "whoever says that there is nothing is not asked for ever");
}

#[test]
fn a_page_that_does_not_come_has_failed_and_waits_as_asked() {
    let (mut link, _) = begun(5);
    link.apply(0, Input::Earlier);
    let reply = Err(failure(Code::SlowDown, Some(5_000)));
    assert_eq!(link.apply(1, Input::EarlierCame { before: Seq(5), reply }), [Effect::Paging(Earlier::Failed)]);
    assert_eq!(link.apply(2, Input::Earlier), [Effect::Paging(Earlier::Loading)], "but not yet asked for");
    let mut now = 2;
    tick_until(&mut link, &mut now, |effects| effects.contains(&Effect::FetchEarlier { before: Seq(5) }).then_some(()));
    assert_eq!(now, 5_001);
    let mut asked = now;
    while link.earlier() == Earlier::Loading {
        tick(&mut link, &mut asked);
    }
    assert_eq!((link.earlier(), asked - now), (Earlier::Failed, 16_000), "never answered");
    let reply = Err(Failure::default());
    assert_eq!(link.apply(asked, Input::EarlierCame { before: Seq(5), reply }), [], "too late");
    link.apply(asked, Input::Earlier);
    link.apply(asked, Input::Stop);
    assert_eq!(link.earlier(), Earlier::Failed, "nobody waits for ever");
    assert_eq!(link.apply(asked, Input::Earlier), [], "nor asks where nothing is open");
}

#[test]
fn what_was_taken_away_is_blank_wherever_it_stands() {
    let (mut link, no) = begun(5);
    let effects = hear(&mut link, 1, no, RoomDown::Message { message: redaction(6, 5) });
    assert_eq!(effects[..2], [Effect::Message(redaction(6, 5)), Effect::Redacted(Seq(5))]);
    // The page was read before the message was taken away, and comes after.
    link.apply(1, Input::Earlier);
    hear(&mut link, 1, no, RoomDown::Message { message: redaction(7, 4) });
    let effects = came(&mut link, 5, vec![message(3), message(4)]);
    let mut blank = message(4);
    blank.redact();
    assert!(blank.is_redacted());
    assert_eq!(effects[1], Effect::Earlier(vec![message(3), blank]));
}

#[test]
fn a_forgotten_conversation_begins_anew() {
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    answer(&mut link, now, no, 1, welcome(vec![message(5)]));
    let (id, _) = send(&mut link, now, 1);
    link.apply(now, Input::Posted { id: id.clone(), reply: Ok(ack(&id, 6)) });
    assert_eq!(link.outbox()[0].delivery, Delivery::Sent(Seq(6)));
    let no = no + 1;
    let effects = fail_poll(&mut link, now, no, failure(Code::UnknownPlace, None));
    assert!(effects.contains(&Effect::Anew), "{effects:?}");
    assert_eq!(link.outbox()[0].delivery, Delivery::Sending, "what it has forgotten is sent again");
    assert_eq!((link.last_seq(), link.has_earlier()), (Seq(0), false));
    let no = tick_until(&mut link, &mut now, |effects| {
        effects.iter().find_map(|effect| match effect {
            Effect::Poll { poll, since: Since::Latest(50), rev: None } => Some(*poll),
            _ => None,
        })
    });
    let effects = answer(&mut link, now, no, 9, welcome(vec![message(1)]));
    assert!(effects.contains(&Effect::Message(message(1))));
    // A server that does not know the last page either says nonsense.
    let mut now = 0;
    let (mut link, no) = polling_link(&mut now);
    let effects = fail_poll(&mut link, now, no, failure(Code::UnknownPlace, None));
    assert!(effects.contains(&Effect::Refused(Code::UnknownPlace)), "{effects:?}");
}

#[test]
fn a_receipt_beyond_the_conversation_begins_it_anew() {
    let (mut link, no) = begun(5);
    let error = RoomDown::Error { code: Code::UnknownPlace, id: None, retry_after_ms: None };
    let effects = hear(&mut link, 1, no, error);
    assert!(effects.contains(&Effect::Anew) && effects.contains(&Effect::Disconnect), "{effects:?}");
    assert!(matches!(link.phase(), Phase::Waiting { .. }));
    let mut now = 1;
    let since = tick_until(&mut link, &mut now, |effects| match effects {
        [Effect::Connect { since, .. }] => Some(*since),
        _ => None,
    });
    assert_eq!(since, Since::Latest(50));
}
