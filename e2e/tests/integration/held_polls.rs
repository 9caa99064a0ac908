//! A poll is held until there is something else to tell than the last one told, and no longer than for ten seconds.

use crate::main_path::in_conversation;
use e2e::{Agent, Reply, Tenant, Visitor};
use futures_util::future::join_all;
use protocol::http::EventsReply;
use protocol::problem::Code;
use protocol::room::{RoomDown, RoomUp};
use protocol::{Kind, Stage};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long an answer is held where nothing happens.
const HELD: Duration = Duration::from_millis(EventsReply::HELD_MS as u64);
/// Far below it, on a machine that may be busy.
const AT_ONCE: Duration = Duration::from_secs(3);
/// Most polls that one room holds.
const MOST: usize = 50;

/// Where a client is that has heard everything.
async fn heard(visitor: &Visitor) -> (u32, EventsReply) {
    let reply: EventsReply = visitor.poll(0).await.ok();
    let Some(RoomDown::Welcome { messages, .. }) = reply.frames.first() else { panic!("no welcome: {reply:?}") };
    (messages.last().map_or(0, |last| last.seq.0), reply)
}

/// A poll with what the last one said, and how long it took.
async fn next(visitor: &Visitor, after: u32, rev: u32) -> (EventsReply, Duration) {
    let since = Instant::now();
    let reply: Reply = visitor.events(&format!("after={after}&rev={rev}")).await;
    (reply.ok(), since.elapsed())
}

/// Polls, and does something once the room holds that; the answer, and how long it took from then on.
async fn released(tenant: &Tenant, visitor: &Visitor, what: impl Future<Output = ()>) -> (EventsReply, Duration) {
    let (after, EventsReply { rev, .. }) = heard(visitor).await;
    let acting = async {
        holds(tenant, visitor, 1).await;
        let since = Instant::now();
        what.await;
        since
    };
    let ((reply, _), since) = tokio::join!(next(visitor, after, rev), acting);
    (reply, since.elapsed())
}

/// Waits until the room holds so many polls.
async fn holds(tenant: &Tenant, visitor: &Visitor, count: usize) {
    let looking = async {
        while tenant.room_vitals(visitor.conversation()).await.polls != u32::try_from(count).unwrap() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(e2e::PATIENCE, looking).await.unwrap_or_else(|_| panic!("never holds {count}"));
}

fn texts(reply: &EventsReply) -> Vec<String> {
    let Some(RoomDown::Welcome { messages, .. }) = reply.frames.first() else { panic!("no welcome: {reply:?}") };
    messages.iter().filter_map(|message| message.body.clone()).map(String::from).collect()
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_held_answer_comes_with_whatever_happens() {
    let tenant = Tenant::new().await;
    let (visitor, widget, ben, room) = in_conversation(&tenant).await;
    let conversation = visitor.conversation();
    let (reply, took) = released(&tenant, &visitor, async {
        ben.send(conversation, "Hello!").await;
    })
    .await;
    assert_eq!(texts(&reply), ["Hello!"]);
    assert!(took < AT_ONCE, "a message after {took:?}");
    let seq = heard(&visitor).await.0;
    let (reply, took) = released(&tenant, &visitor, async {
        assert_eq!(ben.receive(conversation, seq, seq).await.status, 204);
    })
    .await;
    let Some(RoomDown::Welcome { receipts, .. }) = reply.frames.first() else { panic!("{reply:?}") };
    assert_eq!(receipts.agent, e2e::receipt(seq, seq));
    assert!(took < AT_ONCE, "a receipt after {took:?}");
    for on in [true, false] {
        let (reply, took) = released(&tenant, &visitor, async { room.say(&RoomUp::Typing { on }) }).await;
        assert_eq!(reply.frames.len() > 1, on, "{reply:?}");
        assert!(took < AT_ONCE, "typing {on} after {took:?}");
    }
    let (reply, took) = released(&tenant, &visitor, async {
        visitor.end().await.ok::<protocol::room::RoomState>();
    })
    .await;
    let Some(RoomDown::Welcome { state, .. }) = reply.frames.first() else { panic!("{reply:?}") };
    assert_eq!(state.handoff.as_ref().map(|handoff| handoff.stage), Some(Stage::Closed));
    assert!(took < AT_ONCE, "an end after {took:?}");
    drop(widget);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_agents_poll_is_held_alike() {
    let tenant = Tenant::new().await;
    let (visitor, _widget, ben, room) = in_conversation(&tenant).await;
    drop(room);
    let poll = |query: String| ben.about(visitor.conversation(), "GET", &format!("events?{query}")).send();
    let EventsReply { rev, .. } = poll("after=2".to_owned()).await.ok();
    let writing = async {
        holds(&tenant, &visitor, 1).await;
        visitor.send("Hello?").await;
        Instant::now()
    };
    let (reply, since) = tokio::join!(poll(format!("after=2&rev={rev}")), writing);
    assert_eq!(texts(&reply.ok()), ["Hello?"]);
    assert!(since.elapsed() < AT_ONCE, "after {:?}", since.elapsed());
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_is_new_already_is_told_at_once_and_so_is_whoever_asks_for_no_hold() {
    let tenant = Tenant::new().await;
    let (visitor, _widget, ben, room) = in_conversation(&tenant).await;
    let (after, EventsReply { rev, .. }) = heard(&visitor).await;
    let at_once = async |what: &str, query: String| {
        let since = Instant::now();
        let reply: EventsReply = visitor.events(&query).await.ok();
        assert!(since.elapsed() < AT_ONCE, "{what} was held for {:?}", since.elapsed());
        reply
    };
    assert_eq!(at_once("without rev", format!("after={after}")).await.rev, rev, "nothing has changed");
    at_once("another rev", format!("after={after}&rev={}", rev.wrapping_add(1))).await;
    at_once("a place before", format!("after=1&rev={rev}")).await;
    at_once("the last ones", format!("latest=50&rev={rev}")).await;
    // What happens between two polls is not missed.
    let (after, EventsReply { rev, .. }) = heard(&visitor).await;
    ben.send(visitor.conversation(), "Hello!").await;
    at_once("a message", format!("after={after}&rev={rev}")).await;
    let (after, EventsReply { rev, .. }) = heard(&visitor).await;
    ben.receive(visitor.conversation(), 2, 2).await;
    at_once("a receipt", format!("after={after}&rev={rev}")).await;
    for query in ["rev=-1", "rev=x", "rev=1.5", "rev=4294967296", "rev="] {
        println!("{query}");
        visitor.events(&format!("after=2&{query}")).await.refused(Code::Malformed);
    }
    drop(room);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn where_nothing_happens_it_is_held_for_ten_seconds_and_then_says_so() {
    let tenant = Tenant::new().await;
    let (visitor, ..) = in_conversation(&tenant).await;
    let (after, EventsReply { rev, .. }) = heard(&visitor).await;
    let (reply, took) = next(&visitor, after, rev).await;
    assert_eq!((texts(&reply), reply.rev), (vec![], rev));
    assert!(took >= HELD && took < HELD + AT_ONCE, "it was held for {took:?}");
    holds(&tenant, &visitor, 0).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_room_holds_no_more_than_fifty_and_wakes_them_all() {
    let tenant = Tenant::new().await;
    let (visitor, _widget, ben, _room) = in_conversation(&tenant).await;
    let (after, EventsReply { rev, .. }) = heard(&visitor).await;
    let polls = join_all((0..MOST).map(|_| next(&visitor, after, rev)));
    let writing = async {
        holds(&tenant, &visitor, MOST).await;
        // Whoever comes on top is answered, if with nothing.
        for _ in 0..3 {
            let (reply, took) = next(&visitor, after, rev).await;
            assert!(texts(&reply).is_empty() && took < AT_ONCE, "held for {took:?}: {reply:?}");
        }
        let sent = Instant::now();
        ben.send(visitor.conversation(), "Hello!").await;
        sent
    };
    let (replies, sent) = tokio::join!(polls, writing);
    assert!(sent.elapsed() < AT_ONCE, "all answered after {:?}", sent.elapsed());
    let with_it = replies.iter().filter(|(reply, _)| texts(reply) == ["Hello!"]).count();
    assert_eq!(with_it, MOST);
    holds(&tenant, &visitor, 0).await;
    both_go_on(&visitor, &ben).await;
}

async fn both_go_on(visitor: &Visitor, ben: &Agent) {
    let mut socket = visitor.socket(0).await;
    ben.send(visitor.conversation(), "Still here").await;
    socket.message(Kind::Agent, "Still here").await;
}
