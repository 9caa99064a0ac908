//! What the transcript does besides growing: pages before it, receipts, what is taken away.

use super::*;
use client::link::{Earlier, Standing};
use protocol::http::MessagesReply;
use protocol::room::Receipt;

/// A chat that shows 51 to 100 of a hundred messages.
fn long() -> Chat {
    Chat::new((51..=100).map(|seq| message(seq, Kind::Agent)).collect())
}

fn receipts(visitor: u32, delivered: u32, read: u32) -> RoomDown {
    let to = |delivered, read| Receipt { delivered: Seq(delivered), read: Seq(read) };
    RoomDown::Receipts { receipts: Receipts { visitor: to(visitor, visitor), agent: to(delivered, read) } }
}

fn fetches(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Link(link::Effect::FetchEarlier { .. }))).count()
}

#[test]
fn the_page_before_comes_by_scrolling_up_and_goes_in_front() {
    let mut chat = long();
    assert!(chat.model.link.has_earlier());
    assert_eq!(fetches(&chat.model.apply(1, 1, Input::Scrolled)), 1);
    assert_eq!(fetches(&chat.model.apply(2, 1, Input::Scrolled)), 0, "one at a time");
    // Something new comes in the meantime.
    chat.hear(3, RoomDown::Message { message: message(101, Kind::Agent) });
    let page = MessagesReply { messages: (1..=50).map(|seq| message(seq, Kind::Visitor)).collect() };
    chat.model.apply(4, 1, Input::Link(LinkInput::EarlierCame { before: Seq(51), reply: Ok(page) }));
    let seqs: Vec<u32> = chat.model.thread.iter().map(|message| message.seq.0).collect();
    assert_eq!(seqs, (1..=101).collect::<Vec<_>>());
    assert!(!chat.model.link.has_earlier());
    assert_eq!(fetches(&chat.model.apply(5, 1, Input::Scrolled)), 0, "that was all");
}

#[test]
fn a_page_that_did_not_come_waits_for_the_button() {
    let mut chat = long();
    chat.model.apply(1, 1, Input::Scrolled);
    chat.model.apply(2, 1, Input::Link(LinkInput::EarlierCame { before: Seq(51), reply: Err(failed(None)) }));
    assert_eq!(chat.model.link.earlier(), Earlier::Failed);
    assert_eq!(fetches(&chat.model.apply(3, 1, Input::Scrolled)), 0);
    assert_eq!(fetches(&chat.model.apply(4, 1, Input::Link(LinkInput::Earlier))), 1);
}

#[test]
fn own_messages_are_sent_delivered_and_seen() {
    let mut chat = Chat::new(vec![message(1, Kind::Visitor), message(2, Kind::Visitor), message(3, Kind::Visitor)]);
    chat.hear(1, receipts(0, 2, 1));
    let standings = [1, 2, 3].map(|seq| chat.model.link.standing(Seq(seq)));
    assert_eq!(standings, [Standing::Read, Standing::Delivered, Standing::Sent]);
}

#[test]
fn what_was_read_elsewhere_is_not_unread_here() {
    let mut chat = Chat::new(vec![]);
    chat.model.apply(1, 1, Input::Close);
    for seq in 1..=3 {
        chat.hear(2, RoomDown::Message { message: message(seq, Kind::Agent) });
    }
    assert_eq!(chat.model.unread(), 3);
    chat.hear(3, receipts(2, 0, 0));
    assert_eq!(chat.model.unread(), 1);
}

#[test]
fn what_was_taken_away_is_blank_and_somebody_says_so() {
    let mut chat = Chat::new(vec![message(1, Kind::Agent), message(2, Kind::Visitor)]);
    let told =
        Message { event: Some(Event::Redacted), of: Some(Seq(1)), agent: Some(ada()), ..message(3, Kind::System) };
    chat.hear(1, RoomDown::Message { message: told });
    let blank: Vec<bool> = chat.model.thread.iter().map(Message::is_redacted).collect();
    assert_eq!(blank, [true, false, false]);
    assert_eq!(crate::text::event(&chat.model.thread[2]).as_deref(), Some("Ada removed a message"));
}

#[test]
fn a_server_that_knows_another_conversation_begins_an_empty_thread() {
    let mut chat = Chat::new(vec![message(1, Kind::Agent)]);
    chat.write("mine");
    chat.model.apply(2, 6, Input::Booted(Ok(reply(2))));
    assert_eq!((chat.model.thread.len(), chat.model.threads, chat.model.link.last_seq()), (0, 1, Seq(0)));
    assert_eq!(chat.model.link.outbox().len(), 1, "what was not sent still is on its way");
}

#[test]
fn files_can_be_sent_where_there_is_a_chat_and_the_owner_takes_them() {
    let mut chat = Chat::new(vec![]);
    assert!(chat.model.may_attach());
    chat.state(false, None);
    assert!(!chat.model.may_attach(), "the form takes none");
    chat.state(true, None);
    let none = FileSettings { images: false, documents: false, max_kb: 1 };
    chat.model.apply(1, 1, Input::Booted(Ok(BootReply { files: none, ..reply(1) })));
    assert!(!chat.model.may_attach());
}
