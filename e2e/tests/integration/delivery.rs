//! No message is lost, doubled or out of order.

use crate::main_path::in_conversation;
use e2e::{Reply, Tenant, message_id};
use protocol::http::Ack;
use protocol::problem::Code;
use protocol::room::RoomUp;
use protocol::{Kind, Seq};
use serde::Deserialize;
use serde_json::value::RawValue;

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_retry_gets_the_same_place_and_another_text_under_its_id_is_refused() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let id = message_id();
    let first: Ack = visitor.send_as(&id, "Hello?").await.ok();
    let again: Ack = visitor.send_as(&id, "Hello?").await.ok();
    assert_eq!(first, again);
    visitor.send_as(&id, "Something else").await.refused(Code::ConflictingRetry);
    let transcript = visitor.transcript().await;
    assert_eq!(transcript.len(), 1, "{transcript:?}");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_retry_over_the_other_way_is_the_same_message() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    let id = widget.send("Hello?");
    let seq = widget.ack(&id).await;
    let again: Ack = visitor.send_as(&id, "Hello?").await.ok();
    assert_eq!(again.seq, seq);
    // The other way round, with another text: the frame is refused and says which message it means.
    widget.say(&RoomUp::Send { id: id.clone(), body: e2e::body("Something else") });
    assert_eq!(widget.error(Code::ConflictingRetry).await, Some(id));
    assert_eq!(visitor.transcript().await.len(), 1);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn who_comes_back_gets_exactly_what_was_missed() {
    let tenant = Tenant::new().await;
    let (visitor, widget, ben, _room) = in_conversation(&tenant).await;
    drop(widget);
    let first = ben.send(visitor.conversation(), "one").await;
    for text in ["two", "three"] {
        ben.send(visitor.conversation(), text).await;
    }
    let (missed, _) = visitor.socket(first.seq.0).await.welcome().await;
    let texts: Vec<_> = missed.iter().filter_map(|message| message.body.clone()).map(String::from).collect();
    assert_eq!(texts, ["two", "three"]);
    assert_eq!(missed.iter().map(|message| message.seq.0).collect::<Vec<_>>(), [first.seq.0 + 1, first.seq.0 + 2]);
    // From the end there is nothing.
    let (none, _) = visitor.socket(first.seq.0 + 2).await.welcome().await;
    assert!(none.is_empty());
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn both_sides_writing_at_once_see_one_order_without_gaps() {
    const EACH: usize = 40;
    let tenant = Tenant::new().await;
    let (visitor, mut widget, _ben, mut room) = in_conversation(&tenant).await;
    for number in 0..EACH {
        widget.send(&format!("visitor {number}"));
        room.send(&format!("agent {number}"));
    }
    let last = Seq(2 + 2 * u32::try_from(EACH).unwrap());
    let all = |text: &str| (message_seq(text) == Some(last)).then_some(());
    widget.expect_text("the last message", all).await;
    room.expect_text("the last message", all).await;
    let seqs = |seen: &[String]| seen.iter().filter_map(|text| message_seq(text)).map(|seq| seq.0).collect::<Vec<_>>();
    let (left, right) = (seqs(widget.seen()), seqs(room.seen()));
    assert!(left.windows(2).all(|pair| pair[1] == pair[0] + 1), "{left:?}");
    assert!(right.windows(2).all(|pair| pair[1] == pair[0] + 1), "{right:?}");
    let transcript = visitor.transcript().await;
    assert_eq!(transcript.len(), 2 + 2 * EACH);
    for kind in [Kind::Visitor, Kind::Agent] {
        let texts: Vec<_> = transcript.iter().filter(|message| message.kind == kind).collect();
        let in_order = texts.iter().enumerate().all(|(number, message)| {
            message.body.as_ref().is_some_and(|body| body.as_str().ends_with(&format!(" {number}")))
        });
        assert!(in_order && texts.len() == EACH, "{texts:?}");
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn polling_tells_the_same_as_a_socket_byte_for_byte() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, mut room) = in_conversation(&tenant).await;
    // The live frames of one socket …
    let id = widget.send("Grüße — \"quoted\", \\ and \u{1F4A1}\nsecond line\t\u{7f}");
    widget.ack(&id).await;
    ben.send(visitor.conversation(), "Hello!").await;
    widget.message(Kind::Agent, "Hello!").await;
    room.message(Kind::Agent, "Hello!").await;
    let live: Vec<String> = widget.seen().iter().flat_map(|text| raw_messages(text)).collect();
    // … a fresh socket, and polling, from every place.
    for after in 0..=4 {
        let mut fresh = visitor.socket(after).await;
        let socket = fresh.expect_text("the welcome", |text| Some(raw_messages(text))).await;
        let polled = polled_messages(&visitor.poll(after).await);
        assert_eq!(socket, polled, "after {after}");
        assert_eq!(socket, live[usize::try_from(after).unwrap()..], "after {after}");
    }
    // The agent reads the very same.
    let mut agent = ben.room(visitor.conversation(), 0).await;
    assert_eq!(agent.expect_text("the welcome", |text| Some(raw_messages(text))).await, live);
    let path = format!("/v1/conversations/{}/events?after=0", visitor.conversation());
    assert_eq!(polled_messages(&ben.request("GET", &path).send().await), live);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_long_conversation_comes_in_pieces_without_a_gap() {
    const MANY: u32 = 230;
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    for number in 1..=MANY {
        widget.send(&format!("message {number}"));
    }
    widget.message(Kind::Visitor, &format!("message {MANY}")).await;
    // A socket gets the rest as frames behind the welcome.
    let mut fresh = visitor.socket(0).await;
    fresh.message(Kind::Visitor, &format!("message {MANY}")).await;
    let came: Vec<_> = fresh.seen().iter().flat_map(|text| raw_messages(text)).collect();
    assert_eq!(came.len(), usize::try_from(MANY).unwrap());
    // Who polls asks again from where the first answer ended.
    let first = polled_messages(&visitor.poll(0).await);
    assert_eq!(first.len(), 200);
    let second = polled_messages(&visitor.poll(200).await);
    assert_eq!([first, second].concat(), came);
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    messages: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Polled<'a> {
    #[serde(borrow)]
    frames: Vec<&'a RawValue>,
}

/// Every message in a frame, as it stands on the wire.
fn raw_messages(text: &str) -> Vec<String> {
    let Frame { message, messages } = serde_json::from_str(text).expect("a frame");
    messages.into_iter().chain(message).map(|raw| raw.get().to_owned()).collect()
}

fn polled_messages(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    let Polled { frames } = serde_json::from_str(&reply.text).expect("frames");
    frames.into_iter().flat_map(|frame| raw_messages(frame.get())).collect()
}

/// The place in a `message` frame.
fn message_seq(text: &str) -> Option<Seq> {
    #[derive(Deserialize)]
    struct Placed {
        seq: Seq,
    }
    #[derive(Deserialize)]
    struct Live {
        message: Option<Placed>,
    }
    serde_json::from_str::<Live>(text).ok()?.message.map(|message| message.seq)
}
