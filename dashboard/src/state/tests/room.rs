//! Threads: what is unread, how far messages have come, what could not be sent, what is taken away.

use super::*;
use crate::state::reading::Reading;
use crate::state::thread::{Aside, Item, Reached, Staged, Thread};
use client::link::{Input, Link, Me as Whose};
use client::uploads::{UploadInput, Uploads};
use protocol::file::{File, FileSettings};
use protocol::problem::Code;
use protocol::room::{Message, Receipt, Receipts};
use protocol::{Body, ClientMsgId, FileId, FileKind, FileName, Seq};

fn said(seq: u32, kind: Kind, at: i64) -> Message {
    let body = Some(Body::parse("hi").unwrap());
    Message { seq: Seq(seq), kind, at: Timestamp(at), body, id: None, agent: None, event: None, file: None, of: None }
}

fn told(seq: u32, event: Event) -> Message {
    Message { body: None, event: Some(event), ..said(seq, Kind::System, 0) }
}

fn thread(messages: Vec<Message>) -> Thread {
    let mut thread = Thread::default();
    messages.into_iter().for_each(|message| thread.put(message));
    thread
}

#[test]
fn the_live_line_stands_once_before_the_first_agent_of_a_handoff() {
    let thread = thread(vec![
        said(1, Kind::Assistant, 0),
        told(2, Event::HandoffAsked),
        told(3, Event::AgentJoined),
        told(4, Event::AgentLost),
        told(5, Event::AgentJoined),
        told(6, Event::EndedByAgent),
        told(7, Event::HandoffAsked),
        told(8, Event::AgentJoined),
    ]);
    let lines: Vec<u32> = thread
        .items(None, |_| 0)
        .into_iter()
        .filter_map(|item| if let Item::Live(seq) = item { Some(seq.0) } else { None })
        .collect();
    assert_eq!(lines, [3, 8]);
}

#[test]
fn close_messages_of_one_side_stand_together_and_days_apart() {
    let minute = 60_000;
    let thread = thread(vec![
        said(1, Kind::Visitor, 0),
        said(2, Kind::Visitor, minute),
        said(3, Kind::Visitor, 9 * minute),
        said(4, Kind::Agent, 9 * minute),
        said(5, Kind::Agent, 99 * minute),
    ]);
    let items = thread.items(None, |at| at.0 / (50 * minute));
    let first: Vec<bool> =
        items.iter().filter_map(|item| if let Item::Said { first, .. } = item { Some(*first) } else { None }).collect();
    assert_eq!(first, [true, false, true, true, true]);
    assert_eq!(items.iter().filter(|item| matches!(item, Item::Day(_))).count(), 2);
}

fn come(delivered: u32, read: u32) -> Receipt {
    Receipt { delivered: Seq(delivered), read: Seq(read) }
}

fn chat(n: u128) -> ConversationId {
    ConversationId::random(n)
}

fn heard(n: u128, news: Vec<News>, aside: Aside) -> Action {
    Action::Room(chat(n), news, Box::new(aside))
}

/// What stands beside a transcript whose agent has tried to send a text and a file, and failed with both.
fn refused() -> Aside {
    let mut link = Link::new(Whose::Agent(AgentId::random(1)), 1);
    link.apply(0, Input::Start);
    link.apply(0, Input::Send { id: ClientMsgId::random(1), body: Body::parse("On its way").unwrap() });
    let mut uploads = Uploads::new(1);
    let (id, name) = (ClientMsgId::random(2), FileName::parse("empty.pdf").unwrap());
    uploads.apply(0, UploadInput::Add { id, name, bytes: 0 });
    Aside { sends: link.outbox().to_vec(), uploads: uploads.items().to_vec(), ..Aside::default() }
}

#[test]
fn unread_is_what_the_visitor_wrote_after_the_receipt() {
    let mut thread = thread(vec![
        said(1, Kind::Visitor, 0),
        said(2, Kind::Agent, 0),
        said(3, Kind::Visitor, 0),
        told(4, Event::AgentLost),
        said(5, Kind::Visitor, 0),
    ]);
    for (read, unread, first) in
        [(0, 3, None), (1, 2, Some(Seq(3))), (2, 2, Some(Seq(3))), (3, 1, Some(Seq(5))), (5, 0, None)]
    {
        thread.aside.receipts = Receipts { agent: come(5, read), ..Receipts::default() };
        assert_eq!((thread.unread(), thread.first_unread()), (unread, first), "read up to {read}");
    }
    thread.aside.receipts = Receipts::default();
    thread.hear(News::Redacted(Seq(5)));
    assert_eq!(thread.unread(), 2, "nobody has to read what was taken away");
}

#[test]
fn only_chats_of_ours_count_as_unread() {
    let (ana, ben) = (agent(1, "Ana"), agent(2, "Ben"));
    let wrote = || vec![News::Message(said(1, Kind::Visitor, 0))];
    let rows = vec![held(1, 10, &ana), held(2, 20, &ben)];
    let state = run([welcome(rows.clone()), heard(1, wrote(), Aside::default()), heard(2, wrote(), Aside::default())]);
    assert_eq!(rows.iter().map(|row| state.unread(row)).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn a_message_has_come_as_far_as_the_visitor_says() {
    let mut thread = Thread::default();
    thread.aside.receipts = Receipts { visitor: come(2, 1), agent: come(9, 9) };
    for (seq, reached) in [(1, Reached::Read), (2, Reached::Delivered), (3, Reached::Sent)] {
        assert_eq!(thread.reached(Seq(seq)), reached, "{seq}");
    }
}

#[test]
fn what_was_taken_away_stays_away_and_earlier_pages_stand_in_front() {
    let mut thread = thread(vec![said(3, Kind::Visitor, 0), said(4, Kind::Agent, 0)]);
    thread.hear(News::Redacted(Seq(3)));
    thread.hear(News::Redacted(Seq(99)));
    thread.hear(News::Earlier(vec![said(1, Kind::Visitor, 0), said(2, Kind::Visitor, 0)]));
    thread.hear(News::Message(said(3, Kind::Visitor, 0)));
    let blank: Vec<_> = thread.messages.values().map(|message| message.is_redacted()).collect();
    assert_eq!(blank, [false, false, true, false]);
    thread.hear(News::Anew);
    assert!(thread.messages.is_empty());
}

#[test]
fn the_unread_begin_with_a_line_and_a_name() {
    let thread = thread(vec![said(1, Kind::Visitor, 0), said(2, Kind::Visitor, 0)]);
    let lines = |unread| {
        let items = thread.items(unread, |_| 0).into_iter();
        items
            .map(|item| match item {
                Item::Unread(_) => "new",
                Item::Said { first: true, .. } => "first",
                Item::Said { first: false, .. } => "next",
                Item::Day(_) | Item::Live(_) | Item::Event(..) => "",
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(None), ["", "first", "next"]);
    assert_eq!(lines(Some(Seq(2))), ["", "first", "new", "first"]);
}

#[test]
fn lines_are_wanted_to_what_waits_and_to_what_is_ours() {
    let (ana, ben) = (agent(1, "Ana"), agent(2, "Ben"));
    let state = run([
        welcome(vec![held(1, 10, &ana), held(2, 20, &ben), row(3, 30), held(4, 40, &ana)]),
        heard(2, vec![], refused()),
        heard(3, vec![], Aside::default()),
    ]);
    assert_eq!(state.wanted(), [2, 1, 4].map(chat));
}

#[test]
fn what_could_not_be_sent_is_told_until_its_chat_is_on_the_screen() {
    let state = run([welcome(vec![]), heard(2, vec![], refused())]);
    let told = |state: &State, open: Option<ConversationId>| -> Vec<(String, Code)> {
        state.unsent(open.as_ref()).iter().map(|unsent| (unsent.what.to_owned(), unsent.code)).collect()
    };
    // The text is still being tried.
    let empty = ("empty.pdf".to_owned(), Code::FileEmpty);
    assert_eq!(told(&state, None), std::slice::from_ref(&empty));
    assert_eq!(told(&state, Some(chat(1))), std::slice::from_ref(&empty));
    assert_eq!(told(&state, Some(chat(2))), []);
    let gone = state.after(heard(2, vec![News::Refused], refused()));
    assert_eq!(told(&gone, Some(chat(2))), [empty], "a chat that cannot be shown cannot tell it");
    assert_eq!(told(&gone.after(Action::RoomLeft(chat(2))), None), []);
}

#[test]
fn a_file_is_told_from_a_text_where_its_thread_is_known() {
    let ana = agent(1, "Ana");
    let file =
        File { id: FileId::random(1), name: FileName::parse("invoice.pdf").unwrap(), kind: FileKind::Pdf, bytes: 7 };
    let sent = Message { body: None, file: Some(file), ..said(1, Kind::Visitor, 60) };
    let last = |at| Some(LastMessage { kind: Kind::Visitor, text: "invoice.pdf".to_owned(), at: Timestamp(at) });
    let row = |at| QueueRow { last: last(at), ..held(1, 10, &ana) };
    let state = run([welcome(vec![row(60)])]);
    assert!(!state.last_is_file(&row(60)), "nothing is known of it");
    let state = state.after(heard(1, vec![News::Message(sent)], Aside::default()));
    assert!(state.last_is_file(&row(60)));
    assert!(!state.last_is_file(&row(70)), "something was written since");
}

#[test]
fn what_cannot_be_sent_by_its_size_is_known_before() {
    let rules = FileSettings { max_kb: 2, ..FileSettings::default() };
    let none = FileSettings { images: false, documents: false, ..rules };
    let cases = [
        (0, rules, Some(Code::FileEmpty)),
        (1, rules, None),
        (2_048, rules, None),
        (2_049, rules, Some(Code::FileTooLarge)),
        (1, none, Some(Code::FileNotAllowed)),
    ];
    for (bytes, rules, wrong) in cases {
        assert_eq!(Staged::wrong(bytes, rules), wrong, "{bytes} bytes");
    }
}

#[test]
fn a_reader_is_told_what_has_come_since() {
    let mut thread = thread(vec![said(1, Kind::Visitor, 0), said(2, Kind::Visitor, 0)]);
    thread.aside.receipts = Receipts { agent: come(2, 1), ..Receipts::default() };
    let (mut mine, mut watching) = (Reading::default(), Reading::default());
    mine.follow(&Thread::default(), true, true);
    mine.follow(&thread, true, true);
    watching.follow(&thread, false, true);
    assert_eq!((mine.unread, watching.unread), (Some(Seq(2)), None));
    assert_eq!((mine.has_more(&thread), mine.heard(&thread)), (false, None), "what was there is no news");

    thread.put(said(3, Kind::Visitor, 0));
    thread.aside.receipts = Receipts { agent: come(3, 3), ..Receipts::default() };
    mine.follow(&thread, true, false);
    assert_eq!(mine.unread, Some(Seq(2)), "the line stays where it is");
    assert_eq!(mine.heard(&thread).map(|message| message.seq), Some(Seq(3)));
    assert!(mine.has_more(&thread));
    mine.follow(&thread, true, true);
    assert!(!mine.has_more(&thread));
    thread.put(said(4, Kind::Agent, 0));
    assert_eq!(mine.heard(&thread), None, "our own words are not read out");
}
