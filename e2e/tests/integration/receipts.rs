//! How far both sides have come: only they say so, only as far as there is anything, and it never goes back.

use crate::main_path::in_conversation;
use e2e::{OwnServer, Talk, Tenant, receipt};
use protocol::http::EventsReply;
use protocol::problem::Code;
use protocol::room::{Receipt, RoomDown};
use protocol::{Kind, Party};
use serde_json::json;

const NOTHING: Receipt = Receipt { delivered: protocol::Seq(0), read: protocol::Seq(0) };

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn everybody_is_told_how_far_either_side_has_come() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, mut room) = in_conversation(&tenant).await;
    let seq = ben.send(visitor.conversation(), "Hello!").await.seq.0;
    // By socket, one step after the other.
    widget.receive(seq, 0);
    for socket in [&mut widget, &mut room] {
        socket.receipts(receipt(seq, 0), NOTHING).await;
    }
    widget.receive(seq, seq);
    room.receipts(receipt(seq, seq), NOTHING).await;
    // By request, and from the other side.
    assert_eq!(ben.receive(visitor.conversation(), 2, 1).await.status, 204);
    for socket in [&mut widget, &mut room] {
        socket.receipts(receipt(seq, seq), receipt(2, 1)).await;
    }
    room.receive(seq, 2);
    widget.receipts(receipt(seq, seq), receipt(seq, 2)).await;
    assert_eq!(visitor.receive(seq, seq).await.status, 204);
    // Whoever comes later is told with the welcome, or with the answer to a poll.
    visitor.socket(0).await.receipts(receipt(seq, seq), receipt(seq, 2)).await;
    ben.room(visitor.conversation(), 0).await.receipts(receipt(seq, seq), receipt(seq, 2)).await;
    let told = visitor.receipts().await;
    assert_eq!((told.of(Party::Visitor), told.of(Party::Agent)), (receipt(seq, seq), receipt(seq, 2)));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_is_behind_changes_nothing_and_nobody_is_told() {
    let tenant = Tenant::new().await;
    let (visitor, widget, ben, mut room) = in_conversation(&tenant).await;
    let seq = ben.send(visitor.conversation(), "Hello!").await.seq.0;
    widget.receive(seq, 1);
    room.receipts(receipt(seq, 1), NOTHING).await;
    // The same, less of both, and less of one with more of the other.
    widget.receive(seq, 1);
    widget.receive(1, 0);
    assert_eq!(visitor.receive(0, 0).await.status, 204);
    widget.receive(2, 2);
    let next = room.next().await;
    assert!(matches!(next, RoomDown::Receipts { receipts } if receipts.visitor == receipt(seq, 2)), "{next:?}");
    assert_eq!(visitor.receipts().await.visitor, receipt(seq, 2));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_receipt_that_cannot_be_true_is_refused_on_both_ways() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, mut room) = in_conversation(&tenant).await;
    let last = ben.send(visitor.conversation(), "Hello!").await.seq.0;
    visitor.receive(last, 1).await;
    let conversation = visitor.conversation();
    for (what, body, code) in [
        ("beyond the end", json!({ "delivered": last + 1, "read": 0 }), Code::UnknownPlace),
        ("far beyond", json!({ "delivered": u32::MAX, "read": u32::MAX }), Code::UnknownPlace),
        ("more read than delivered", json!({ "delivered": 1, "read": 2 }), Code::Malformed),
        ("read beyond, delivered not", json!({ "delivered": last, "read": last + 1 }), Code::Malformed),
        ("before the beginning", json!({ "delivered": -1, "read": -1 }), Code::Malformed),
        ("larger than any place", json!({ "delivered": 1_u64 << 32, "read": 0 }), Code::Malformed),
        ("larger than any number", json!({ "delivered": u64::MAX, "read": 0 }), Code::Malformed),
        ("a half", json!({ "delivered": 1.5, "read": 1 }), Code::Malformed),
        ("a word", json!({ "delivered": "1", "read": 1 }), Code::Malformed),
        ("nothing read", json!({ "delivered": 1 }), Code::Malformed),
        ("nothing at all", json!({}), Code::Malformed),
        ("null", json!({ "delivered": null, "read": null }), Code::Malformed),
    ] {
        println!("{what}");
        visitor.request("POST", "receipts").json(&body).send().await.refused(code);
        ben.about(conversation, "POST", "receipts").json(&body).send().await.refused(code);
        let mut frame = body.clone();
        frame["t"] = json!("receipt");
        widget.say(&frame);
        assert_eq!(widget.error(code).await, None);
        room.say(&frame);
        assert_eq!(room.error(code).await, None);
    }
    assert_eq!(visitor.receipts().await.visitor, receipt(last, 1));
    assert_eq!(visitor.receipts().await.agent, NOTHING);
    // Both sockets are as good as before.
    widget.receive(last, last);
    room.receipts(receipt(last, last), NOTHING).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whoever_only_watches_has_no_say() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, _room) = in_conversation(&tenant).await;
    let id = widget.send("Hello?");
    let last = widget.ack(&id).await.0;
    let (conversation, cem, ann) = (visitor.conversation(), tenant.cem().await, tenant.ann().await);
    for watcher in [&cem, &ann] {
        watcher.receive(conversation, last, last).await.refused(Code::NotOwner);
        let mut socket = watcher.room(conversation, 0).await;
        socket.receive(last, last);
        assert_eq!(socket.error(Code::NotOwner).await, None);
    }
    let (other, stranger) = (Tenant::new().await, tenant.visitor().await);
    other.ben().await.receive(conversation, 0, 0).await.refused(Code::NotFound);
    let path = format!("/v1/conversations/{conversation}/receipts");
    let forged = tenant.server.post(&path).bearer(&stranger.boot.token).origin(tenant.origin());
    forged.json(&receipt(0, 0)).send().await.refused(Code::NotFound);
    let nobody = tenant.server.post(&path).origin(tenant.origin());
    nobody.json(&receipt(0, 0)).send().await.refused(Code::Unauthenticated);
    assert_eq!(visitor.receipts().await.agent, NOTHING);
    // Whoever has it has the say, and takes up where the last one was.
    assert_eq!(ben.receive(conversation, last, 1).await.status, 204);
    let row = tenant.ben_at_desk().await.has(&visitor).await;
    let _cem_is_there = tenant.cem_at_desk().await;
    assert_eq!(ben.transfer(&row, cem.id(), None).await.status, 200);
    widget
        .state("Cem as owner", |state| {
            state.handoff.as_ref().is_some_and(|it| it.agent.as_ref().is_some_and(|by| by.id == *cem.id()))
        })
        .await;
    ben.receive(conversation, last, last).await.refused(Code::NotOwner);
    assert_eq!(cem.receive(conversation, 0, 0).await.status, 204);
    assert_eq!(visitor.receipts().await.agent, receipt(last, 1));
    assert_eq!(cem.receive(conversation, last, last).await.status, 204);
    widget.receipts(NOTHING, receipt(last, last)).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_receipt_outlives_the_socket_that_told_it() {
    let tenant = Tenant::new().await;
    let (visitor, widget, ben, mut room) = in_conversation(&tenant).await;
    let seq = ben.send(visitor.conversation(), "Hello!").await.seq.0;
    widget.receive(seq, seq);
    room.receipts(receipt(seq, seq), NOTHING).await;
    widget.close().await;
    // In the very next answer, and in one after other things were stored.
    assert_eq!(visitor.receipts().await.visitor, receipt(seq, seq));
    ben.send(visitor.conversation(), "Still there?").await;
    let EventsReply { frames, .. } = visitor.poll(0).await.ok();
    assert!(
        matches!(&frames[0], RoomDown::Welcome { receipts, .. } if receipts.visitor == receipt(seq, seq)),
        "{frames:?}"
    );
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn receipts_survive_the_runtime() {
    let own = OwnServer::start().await;
    let talk = Talk::by(Tenant::on(own.server.clone()).await, e2e::Door::Open).await;
    let asked = talk.asks("Is the brass lamp in stock?").await.0;
    let answered = talk.answers("It is.").await.0;
    let (visitor, agent) = (receipt(answered, answered), receipt(asked, asked));
    let all = |seen: &e2e::Seen| ((seen.receipts.visitor, seen.receipts.agent) == (visitor, agent)).then_some(());
    talk.widget.until("that all was read", all).await;
    talk.room.until("that all was read", all).await;
    // One page is gone, and does not come back to tell it again; the other does.
    let Talk { widget, room, visitor: vera, tenant, ben, near, far, .. } = talk;
    widget.crash().await;
    // Its socket's end has come to the room once nobody but Ben is there.
    crate::hibernation::sockets(&tenant, &vera, 1).await;
    own.kill_runtime();
    near.sever();
    far.sever();
    own.answers().await;
    room.until("a new socket", |seen| (seen.carrier == e2e::Carrier::Socket).then_some(())).await;
    crate::hibernation::sockets(&tenant, &vera, 1).await;
    let told = async {
        while vera.receipts().await.agent != agent {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(e2e::PATIENCE, told).await.expect("Ben's page tells it again");
    assert_eq!(vera.receipts().await.visitor, visitor);
    // What was told by a request is stored before it is answered.
    let next = ben.send(vera.conversation(), "Shall I put one aside?").await.seq.0;
    assert_eq!(vera.receive(next, answered).await.status, 204);
    own.kill_runtime();
    own.answers().await;
    assert_eq!(vera.receipts().await.visitor, receipt(next, answered));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn both_sides_see_how_far_their_messages_have_come() {
    let talk = Talk::new().await;
    talk.room.attention(false);
    let seq = talk.asks("Is anybody there?").await;
    // It is in Ben's page, and nobody looks.
    let delivered = |seen: &e2e::Seen| (seen.receipts.agent == receipt(seq.0, 0)).then_some(());
    talk.widget.until("that it was delivered", delivered).await;
    talk.room.attention(true);
    let read = |seen: &e2e::Seen| (seen.receipts.agent == receipt(seq.0, seq.0)).then_some(());
    talk.widget.until("that it was read", read).await;
    // A second tab of the visitor tells it as well, and reads for both.
    let tab = talk.visitors.open("a second tab");
    tab.until("the question", |seen| (seen.last_of(Kind::Visitor) == seq).then_some(())).await;
    talk.widget.attention(false);
    let answer = talk.answers("I am.").await;
    let read = |seen: &e2e::Seen| (seen.receipts.visitor == receipt(answer.0, answer.0)).then_some(());
    talk.room.until("that it was read", read).await;
    talk.widget.until("that it was read", read).await;
}
