//! A frame that is wrong is refused; the socket stays, and nobody else hears of it.

use crate::main_path::in_conversation;
use e2e::{Tenant, message_id};
use protocol::Kind;
use protocol::desk::DeskDown;
use protocol::problem::Code;
use serde_json::json;

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_room_refuses_what_it_does_not_know_and_goes_on() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, mut room) = in_conversation(&tenant).await;
    let before = visitor.transcript().await;
    let id = message_id();
    for (what, frame, code) in [
        ("not JSON", "hello".to_owned(), Code::Malformed),
        ("nothing", String::new(), Code::Malformed),
        ("not an object", "7".to_owned(), Code::Malformed),
        ("deep nesting", "[".repeat(10_000), Code::Malformed),
        ("no kind", json!({ "id": id, "body": "Hi" }).to_string(), Code::Malformed),
        ("an unknown kind", json!({ "t": "shout" }).to_string(), Code::UnknownFrame),
        ("a frame of the server's", json!({ "t": "ack", "id": id, "seq": 1, "at": 0 }).to_string(), Code::UnknownFrame),
        ("4,001 characters", json!({ "t": "send", "id": id, "body": "x".repeat(4001) }).to_string(), Code::BodyTooLong),
        ("only whitespace", json!({ "t": "send", "id": id, "body": " " }).to_string(), Code::BodyEmpty),
        ("no text", json!({ "t": "send", "id": id }).to_string(), Code::Malformed),
        ("a bad id", json!({ "t": "send", "id": "x", "body": "Hi" }).to_string(), Code::Malformed),
        ("far too large", json!({ "t": "send", "id": id, "body": "x".repeat(200_000) }).to_string(), Code::TooLarge),
    ] {
        println!("{what}");
        widget.say_text(&frame);
        widget.error(code).await;
        room.say_text(&frame);
        room.error(code).await;
    }
    println!("bytes");
    widget.say_bytes(vec![0, 159, 146, 150]);
    widget.error(Code::UnknownFrame).await;
    // A refused message is named, so that its sender can mark it.
    let id = message_id();
    widget.say(&json!({ "t": "send", "id": id, "body": "x".repeat(4001) }));
    assert_eq!(widget.error(Code::BodyTooLong).await, Some(id));

    assert_eq!(visitor.transcript().await, before);
    let id = widget.send("Still here");
    widget.ack(&id).await;
    room.message(Kind::Visitor, "Still here").await;
    ben.send(visitor.conversation(), "So am I").await;
    widget.message(Kind::Agent, "So am I").await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_desk_takes_no_frames_but_beats() {
    let tenant = Tenant::new().await;
    let mut desk = tenant.ben().await.desk().await;
    let (agents, queue) = desk.welcome().await;
    for frame in ["hello", "", "{}", "{\"t\":\"claim\"}", "[[[[", "PING", "ping "] {
        println!("{frame:?}");
        desk.say_text(frame);
        let pick = |frame| if let DeskDown::Error { code } = frame { Some(code) } else { None };
        let code = desk.expect("a refusal", pick).await;
        assert!(matches!(code, Code::Malformed | Code::UnknownFrame), "{frame:?}: {code:?}");
    }
    let (agents_after, queue_after) = tenant.ben().await.desk().await.welcome().await;
    assert_eq!((agents_after, queue_after), (agents, queue));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_is_sent_before_the_welcome_is_read_is_not_lost() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    let id = widget.send("In a hurry");
    widget.welcome().await;
    widget.ack(&id).await;
    assert_eq!(visitor.transcript().await.len(), 1);
}
