//! Files on their way. How they get there is the client's; here it is what the widget makes of it.

use super::*;
use crate::text;
use client::uploads::{UploadEffect, UploadState};
use protocol::FileName;
use protocol::http::Ack;

const MB: u32 = 1024 * 1024;

fn file(id: u128, bytes: u32) -> Attached {
    (ClientMsgId::random(id), FileName::parse("lamp.png").unwrap(), bytes)
}

fn attach(chat: &mut Chat, file: Attached) -> Vec<Effect> {
    chat.model.apply(1, 1, Input::Attach(file))
}

#[test]
fn a_file_is_kept_and_goes_at_once() {
    let mut chat = Chat::new(vec![]);
    let effects = attach(&mut chat, file(7, MB));
    let start = Effect::Upload(UploadEffect::Start(ClientMsgId::random(7)));
    assert!(effects.contains(&start) && effects.contains(&Effect::KeepFile(ClientMsgId::random(7))), "{effects:?}");
    assert_eq!(chat.model.human(), Human::Offered { again: false, unseen: true }, "it is a message like others");
}

#[test]
fn it_is_gone_from_what_waits_once_the_transcript_shows_it() {
    let mut chat = Chat::new(vec![]);
    attach(&mut chat, file(7, MB));
    let ack = Ack { id: ClientMsgId::random(7), seq: Seq(1), at: Timestamp(1) };
    chat.model.apply(2, 1, Input::Upload(UploadInput::Done { id: ack.id.clone(), reply: Ok(ack.clone()) }));
    assert_eq!(chat.model.uploads.items().len(), 1, "until it is shown");
    chat.hear(3, RoomDown::Message { message: Message { id: Some(ack.id), ..message(1, Kind::Visitor) } });
    assert_eq!(chat.model.uploads.items().len(), 0);
}

#[test]
fn the_link_asks_for_what_is_stored_and_not_shown() {
    let mut chat = Chat::new(vec![]);
    attach(&mut chat, file(7, MB));
    let done = |seq| {
        let ack = Ack { id: ClientMsgId::random(7), seq: Seq(seq), at: Timestamp(1) };
        Input::Upload(UploadInput::Done { id: ack.id.clone(), reply: Ok(ack) })
    };
    chat.model.apply(2, 1, done(1));
    let effects = chat.model.apply(3_002, 1, Input::Tick);
    assert!(effects.contains(&Effect::Link(link::Effect::Disconnect)), "{effects:?}");
    assert_eq!(chat.model.uploads.items().len(), 1, "until it is shown");
    // Stored by an earlier life of the page, and shown before it was sent again.
    let mut chat = Chat::new(vec![message(1, Kind::Agent)]);
    attach(&mut chat, file(7, MB));
    chat.model.apply(2, 1, done(1));
    assert_eq!(chat.model.uploads.items().len(), 0);
}

#[test]
fn a_token_that_is_refused_to_a_file_is_fetched_anew() {
    let mut chat = Chat::new(vec![]);
    attach(&mut chat, file(7, MB));
    attach(&mut chat, file(8, MB));
    let refused = Err(failed(Some(Code::TokenExpired)));
    let done = UploadInput::Done { id: ClientMsgId::random(7), reply: refused };
    let effects = chat.model.apply(2, 1, Input::Upload(done));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Boot(_))), "{effects:?}");
    let starts = |effect: &Effect| matches!(effect, Effect::Upload(UploadEffect::Start(_)));
    assert!(!effects.iter().any(starts), "nothing goes by it: {effects:?}");
}

#[test]
fn what_is_too_large_is_refused_here_and_not_kept() {
    for (bytes, code, words) in
        [(11 * MB, Code::FileTooLarge, "This file is larger than 10 MB."), (0, Code::FileEmpty, "This file is empty.")]
    {
        let mut chat = Chat::new(vec![]);
        let effects = attach(&mut chat, file(7, bytes));
        assert!(!effects.contains(&Effect::KeepFile(ClientMsgId::random(7))), "{effects:?}");
        assert_eq!(chat.model.uploads.items()[0].state, UploadState::Failed(code));
        assert_eq!(text::refused(code, 10_240), (words.to_owned(), false));
    }
}

#[test]
fn what_cannot_be_sent_here_is_not_taken() {
    let mut chat = Chat::new(vec![]);
    let none = FileSettings { images: false, documents: false, max_kb: 1 };
    chat.model.apply(1, 1, Input::Booted(Ok(BootReply { files: none, ..reply(1) })));
    assert!(!chat.model.may_attach());
    attach(&mut chat, file(7, 1));
    assert_eq!(chat.model.uploads.items().len(), 0);
}

#[test]
fn files_of_an_earlier_page_go_on() {
    let mut model = opened(Some(saved()));
    model.apply(0, 2, Input::Booted(Ok(reply(1))));
    let effects = model.apply(1, 3, Input::Restored { texts: Vec::new(), files: vec![file(7, MB)] });
    let mut chat = Chat { model, socket: socket(&effects) };
    let effects = chat.welcome(vec![], true);
    assert!(effects.contains(&Effect::Upload(UploadEffect::Start(ClientMsgId::random(7)))), "{effects:?}");
}

#[test]
fn one_that_failed_can_be_tried_again_or_given_up() {
    let mut chat = Chat::new(vec![]);
    attach(&mut chat, file(7, MB));
    let id = ClientMsgId::random(7);
    let no = || {
        Input::Upload(UploadInput::Done { id: ClientMsgId::random(7), reply: Err(failed(Some(Code::FileNotAllowed))) })
    };
    chat.model.apply(2, 1, no());
    assert_eq!(chat.model.uploads.items()[0].state, UploadState::Failed(Code::FileNotAllowed));
    let effects = chat.model.apply(60_000, 1, Input::Retry(id.clone()));
    assert!(effects.contains(&Effect::Upload(UploadEffect::Start(id.clone()))), "{effects:?}");
    chat.model.apply(60_001, 1, no());
    let effects = chat.model.apply(60_002, 1, Input::Discard(id.clone()));
    assert!(effects.contains(&Effect::Upload(UploadEffect::Forget(id))), "{effects:?}");
    assert_eq!(chat.model.uploads.items().len(), 0);
}

#[test]
fn sizes_are_told_in_kb_and_mb() {
    for (bytes, words) in [
        (0, "0 KB"),
        (1, "1 KB"),
        (1024, "1 KB"),
        (240 * 1024, "240 KB"),
        (1000 * 1024, "1000 KB"),
        (MB, "1 MB"),
        (MB + 1, "2 MB"),
        (25 * MB, "25 MB"),
        (u32::MAX, "4096 MB"),
    ] {
        assert_eq!(text::size(bytes), words, "{bytes}");
    }
}
