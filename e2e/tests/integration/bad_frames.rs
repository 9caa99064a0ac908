//! A frame that is wrong is refused; the socket stays, and nobody else hears of it.

use crate::main_path::in_conversation;
use e2e::{Socket, Tenant, message_id};
use protocol::desk::DeskDown;
use protocol::problem::Code;
use protocol::room::RoomDown;
use protocol::{Kind, Party};
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
async fn what_is_no_text_or_far_too_long_ends_its_own_socket_and_no_other() {
    let tenant = Tenant::new().await;
    let (visitor, widget, ben, mut room) = in_conversation(&tenant).await;
    let mut tab = visitor.socket(0).await;
    type Say = fn(&Socket<RoomDown>);
    let cases: [(&str, Say); 4] = [
        ("bytes that are no UTF-8", |socket| socket.say_as_text(vec![b'{', 0xc3, 0x28, b'}'], true)),
        ("half a character", |socket| {
            socket.say_as_text(br#"{"t":"typing\u0000"#.iter().copied().chain([0xe2, 0x82]).collect(), true)
        }),
        ("2 MiB of text", |socket| socket.say_text(&"x".repeat(2 << 20))),
        ("40 MiB of bytes", |socket| socket.say_bytes(vec![7; 40 << 20])),
    ];
    for (what, say) in cases {
        println!("{what}");
        let mut bad = visitor.socket(0).await;
        bad.welcome().await;
        say(&bad);
        // It is refused, or hung up on: what the runtime itself does not take never reaches us.
        bad.is_rejected().await;
        // The others go on: the same visitor's tab, and the agent.
        let id = tab.send(what);
        tab.ack(&id).await;
        room.message(Kind::Visitor, what).await;
        ben.send(visitor.conversation(), what).await;
        tab.message(Kind::Agent, what).await;
    }
    // A text in pieces is a text.
    let id = message_id();
    let text = json!({ "t": "send", "id": id, "body": "In two pieces" }).to_string().into_bytes();
    let (first, rest) = text.split_at(20);
    widget.say_as_text(first.to_vec(), false);
    widget.say_rest(rest.to_vec());
    room.message(Kind::Visitor, "In two pieces").await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_frame_speaks_for_its_own_socket_only_whatever_else_it_says() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, mut room) = in_conversation(&tenant).await;
    let (other, mut theirs, ..) = in_conversation(&tenant).await;
    let last = visitor.send("Hello?").await.seq.0;
    // Fields that nobody knows are passed over, also those that would say who or where.
    let strange = json!({ "conversation": other.conversation(), "party": "agent", "kind": "agent", "agent": ben.id(),
        "tenant": tenant.id(), "visitor": other.boot.visitor, "seq": 1, "at": 0, "more": { "deep": [1, null] } });
    let with = |frame: serde_json::Value| {
        let mut all = strange.clone();
        all.as_object_mut().unwrap().extend(frame.as_object().unwrap().clone());
        all
    };
    let id = message_id();
    widget.say(&with(json!({ "t": "send", "id": id, "body": "For whom?" })));
    assert_eq!(widget.ack(&id).await.0, last + 1);
    let stored = room.message(Kind::Visitor, "For whom?").await;
    assert_eq!((stored.seq.0, stored.agent, stored.at.0 > 0), (last + 1, None, true));
    widget.say(&with(json!({ "t": "receipt", "delivered": 1, "read": 1 })));
    room.receipts(e2e::receipt(1, 1), e2e::receipt(0, 0)).await;
    widget.say(&with(json!({ "t": "typing", "on": true })));
    let typing = |frame| matches!(frame, RoomDown::Typing { party: Party::Visitor, on: true }).then_some(());
    room.expect("the visitor writing", typing).await;
    // Words of the server, and of nobody.
    for tag in ["ack", "message", "receipts", "welcome", "state", "error", "redact", "redacted", "SEND", "", "send "] {
        println!("{tag:?}");
        widget.say(&with(json!({ "t": tag, "id": id, "body": "x", "receipts": {}, "of": 1 })));
        widget.error(Code::UnknownFrame).await;
    }
    for (what, frame) in [
        ("a tag that is no text", json!({ "t": 7 })),
        ("two texts", json!({ "t": "send", "id": message_id(), "body": ["one", "two"] })),
        ("a text of nothing", json!({ "t": "send", "id": message_id(), "body": null })),
        ("a place as id", json!({ "t": "send", "id": 1, "body": "Hi" })),
    ] {
        println!("{what}");
        widget.say(&frame);
        widget.error(Code::Malformed).await;
    }
    assert_eq!(visitor.receipts().await.agent, e2e::receipt(0, 0));
    let before = other.transcript().await.len();
    let id = theirs.send("What was that?");
    assert_eq!(usize::try_from(theirs.ack(&id).await.0).unwrap(), before + 1, "nothing came to the neighbours");
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
