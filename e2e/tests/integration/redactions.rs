//! What an agent takes away is gone for everybody, wherever they are in the conversation, and it is told who did it.

use crate::main_path::in_conversation;
use e2e::{Agent, Door, OwnServer, Projected, Seen, Talk, Tenant, Visitor, message_id};
use protocol::http::{Ack, EventsReply, SendRequest};
use protocol::problem::Code;
use protocol::room::{Message, RoomDown};
use protocol::team::AuditReply;
use protocol::{Deed, Event, Kind, Seq};
use serde_json::json;

/// How many times a transcript tells of it.
fn told(transcript: &[Message]) -> usize {
    transcript.iter().filter(|message| message.event == Some(Event::Redacted)).count()
}

/// Checks that a transcript has nothing left of a message, and says by whom it was taken away.
fn is_gone(transcript: &[Message], seq: Seq, by: &Agent) {
    let blank = transcript.iter().find(|message| message.seq == seq).expect("its place stays");
    assert!(blank.is_redacted() && blank.id.is_some(), "{blank:?}");
    let event = transcript.iter().find(|message| message.of == Some(seq)).expect("it is told");
    let who = event.agent.as_ref().map(|agent| &agent.id);
    assert_eq!((event.kind, event.event, who), (Kind::System, Some(Event::Redacted), Some(by.id())));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_owner_and_admins_take_words_away_from_either_side_and_others_do_not() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, mut room) = in_conversation(&tenant).await;
    let (conversation, ann, cem) = (visitor.conversation(), tenant.ann().await, tenant.cem().await);
    let theirs = visitor.send("My card number is 4111 1111 1111 1111").await.seq;
    let own = ben.send(conversation, "The password is swordfish").await.seq;
    let kept = visitor.send("What a lovely lamp").await.seq;
    // Nobody but them, and only what somebody said.
    cem.try_redact(conversation, theirs).await.refused(Code::NotOwner);
    for (what, seq) in
        [("asked", 1), ("joined", 2), ("nothing yet", kept.0 + 1), ("no place", 0), ("far off", u32::MAX)]
    {
        println!("{what}");
        ben.try_redact(conversation, Seq(seq)).await.refused(Code::NotFound);
        ann.try_redact(conversation, Seq(seq)).await.refused(Code::NotFound);
    }
    for body in
        [json!({ "seq": -1 }), json!({ "seq": 1.5 }), json!({ "seq": 1_u64 << 32 }), json!({ "seq": "3" }), json!({})]
    {
        println!("{body}");
        ben.about(conversation, "POST", "redactions").json(&body).send().await.refused(Code::Malformed);
    }
    visitor.request("POST", "redactions").json(&json!({ "seq": kept })).send().await.refused(Code::Unauthenticated);
    let stranger = Tenant::new().await.ann().await;
    stranger.try_redact(conversation, theirs).await.refused(Code::NotFound);
    assert_eq!(told(&visitor.transcript().await), 0);

    ben.redact(conversation, theirs).await;
    ann.redact(conversation, own).await;
    for socket in [&mut widget, &mut room] {
        for (seq, by) in [(theirs, &ben), (own, &ann)] {
            let event = socket.event(Event::Redacted).await;
            assert_eq!((event.of, event.agent.map(|agent| agent.id)), (Some(seq), Some(by.id().clone())));
        }
    }
    let transcript = visitor.transcript().await;
    is_gone(&transcript, theirs, &ben);
    is_gone(&transcript, own, &ann);
    assert_eq!(transcript[2].body, None);
    assert_eq!(transcript[4].body.as_ref().map(|body| body.as_str()), Some("What a lovely lamp"));
    // What tells of a redaction is not somebody's word.
    ben.try_redact(conversation, transcript[5].seq).await.refused(Code::NotFound);
    // Once more is no harm, whoever asks.
    ben.redact(conversation, theirs).await;
    ann.redact(conversation, theirs).await;
    assert_eq!(visitor.transcript().await, transcript);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whoever_comes_back_learns_of_it_from_wherever_they_were() {
    let tenant = Tenant::new().await;
    let (visitor, widget, ben, _room) = in_conversation(&tenant).await;
    drop(widget);
    let slip = ben.send(visitor.conversation(), "The password is swordfish").await.seq;
    let after = ben.send(visitor.conversation(), "Forget that.").await.seq;
    ben.redact(visitor.conversation(), slip).await;
    let whole = visitor.transcript().await;
    is_gone(&whole, slip, &ben);
    for from in 0..=after.0 + 1 {
        let (messages, _) = visitor.socket(from).await.welcome().await;
        assert_eq!(messages, whole[usize::try_from(from).unwrap()..], "after {from}");
        let EventsReply { frames, .. } = visitor.poll(from).await.ok();
        let polled = matches!(&frames[0], RoomDown::Welcome { messages: polled, .. } if *polled == messages);
        assert!(polled, "after {from}: {frames:?}");
    }
    let page = visitor.page(&format!("before={}&limit=1", slip.0 + 1)).await;
    assert!(page.ok::<protocol::http::MessagesReply>().messages[0].is_redacted());
    for text in [visitor.poll(0).await.text, visitor.page("").await.text] {
        assert!(!text.contains("swordfish"), "{text}");
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_retry_of_what_was_taken_away_is_answered_as_before() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, mut room) = in_conversation(&tenant).await;
    let id = message_id();
    let first: Ack = visitor.send_as(&id, "My card number is 4111").await.ok();
    let agents = SendRequest { id: message_id(), body: e2e::body("The password is swordfish") };
    let post = || ben.about(visitor.conversation(), "POST", "messages").json(&agents).send();
    let answered: Ack = post().await.ok();
    ben.redact(visitor.conversation(), first.seq).await;
    ben.redact(visitor.conversation(), answered.seq).await;
    let before = visitor.transcript().await;
    assert_eq!(visitor.send_as(&id, "My card number is 4111").await.ok::<Ack>(), first);
    assert_eq!(post().await.ok::<Ack>(), answered);
    widget.say(&protocol::room::RoomUp::Send { id: id.clone(), body: e2e::body("My card number is 4111") });
    assert_eq!(widget.ack(&id).await, first.seq);
    room.say(&protocol::room::RoomUp::Send { id: agents.id.clone(), body: agents.body.clone() });
    assert_eq!(room.ack(&agents.id).await, answered.seq);
    assert_eq!(visitor.transcript().await, before, "and comes back for nobody");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn pages_show_it_blank_whether_it_was_on_screen_or_comes_later() {
    let talk = Talk::new().await;
    let slip = talk.answers("The password is swordfish").await;
    let late = talk.asks("My card number is 4111").await;
    for number in 0..60 {
        talk.widget.write(&format!("message {number}"));
    }
    talk.shows("message 59").await;
    // A page that has not seen it yet, over a socket and without.
    let road =
        e2e::Proxy::to(&talk.tenant.server, e2e::Weather { door: Door::ForbidsSockets, ..Default::default() }).await;
    let polls = e2e::Profile::of_visitor(&talk.visitor, &road).open("a page that polls");
    let fresh = talk.visitors.open("a page that comes late");
    for page in [&polls, &fresh] {
        page.until("the last fifty", |seen| (seen.messages.len() == 50 && seen.has_earlier).then_some(())).await;
    }
    talk.ben.redact(talk.visitor.conversation(), slip).await;
    let event = talk.tells(Event::Redacted).await;
    talk.ben.redact(talk.visitor.conversation(), late).await;
    talk.tells(Event::Redacted).await;
    for page in [&polls, &fresh] {
        page.until("both events", |seen| (told(&seen.messages) == 2).then_some(())).await;
        page.put(client::link::Input::Earlier);
        page.until("the beginning", |seen| (!seen.has_earlier).then_some(())).await;
    }
    for page in [&talk.widget, &talk.room, &polls, &fresh] {
        let blank = |seen: &Seen| {
            let at =
                |seq: Seq| seen.messages.iter().find(|message| message.seq == seq).is_some_and(Message::is_redacted);
            (at(slip) && at(late)).then_some(())
        };
        page.until("both blank", blank).await;
        assert_eq!(page.seen().messages, talk.visitor.transcript().await);
    }
    assert!(event > late);
}

/// What an admin reads of it.
async fn audited(ann: &Agent, visitor: &Visitor) -> usize {
    let AuditReply { items, .. } = ann.get("/v1/audit").await;
    let subject = visitor.conversation().as_str();
    items.iter().filter(|deed| deed.deed == Deed::Redact && deed.subject == subject).count()
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_history_has_it_blank_the_trail_says_who_and_a_kill_brings_nothing_back() {
    let own = OwnServer::start().await;
    let tenant = Tenant::on(own.server.clone()).await;
    let ann = tenant.ann().await;
    let mut desk = tenant.ben_at_desk().await;
    let visitor = tenant.visitor().await;
    visitor.ask().await;
    let row = desk.picks_up(&visitor).await;
    let (conversation, slip) = (visitor.conversation(), visitor.send("My card number is 4111").await.seq);
    projected(&tenant, &visitor).await;
    assert!(own.projected(conversation).await.iter().any(|one| one.seq == slip && one.body.is_some()), "it was there");
    desk.row(&visitor, "the line in the queue", |row| row.last.as_ref().is_some_and(|last| last.text.contains("4111")))
        .await;
    desk.redact(conversation, slip).await;
    desk.redact(conversation, slip).await;
    // At once, so that all that follows is done by the next runtime.
    own.kill_runtime();
    own.answers().await;
    projected(&tenant, &visitor).await;
    let transcript = visitor.transcript().await;
    is_gone(&transcript, slip, &desk);
    let expected: Vec<_> = transcript.iter().map(Projected::of).collect();
    assert_eq!(own.projected(conversation).await, expected);
    assert_eq!(audited(&ann, &visitor).await, 1);
    // Neither the queue nor the closed conversation shows it.
    let desk = desk.reload().await;
    let shown = desk.handoff(&row.handoff).await;
    assert_eq!(shown.last.as_ref().map(|last| last.text.as_str()), Some(""));
    desk.resolve(&shown).await.row();
    let closed = crate::main_path::in_history(&desk, &row.handoff).await;
    assert_eq!(closed.last.map(|last| last.text), Some(String::new()));
}

/// Waits until the history has all of a visitor's conversation.
async fn projected(tenant: &Tenant, visitor: &Visitor) {
    let looking = async {
        loop {
            let vitals = tenant.room_vitals(visitor.conversation()).await;
            if vitals.projected == vitals.last_seq && vitals.behind_ms == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(e2e::PATIENCE, looking).await.expect("the history catches up");
}
