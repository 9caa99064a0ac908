//! How much one side of a room may say: whoever says more is told when to come again, and nobody else notices. The other
//! tests' servers allow more than any person writes, so these have one of their own.

use crate::main_path::in_conversation;
use e2e::{Agent, OwnServer, Profile, Reply, Socket, Tenant, Visitor, message_id};
use futures_util::future::join_all;
use protocol::http::{Ack, SendRequest};
use protocol::problem::Code;
use protocol::room::{Message, RoomDown, RoomUp};
use protocol::{ClientMsgId, Kind};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Messages of one side in ten seconds.
const MOST: usize = 60;
/// Frames of one side's sockets in ten seconds.
const MOST_FRAMES: usize = 300;
/// Over this long they are counted.
const WINDOW_MS: u32 = 10_000;
/// Close code of a socket that goes on.
const FLOODED: u16 = 4429;

/// A conversation that is flooded, and one beside it.
struct Scene {
    _own: OwnServer,
    tenant: Tenant,
    visitor: Visitor,
    widget: Socket<RoomDown>,
    ben: Agent,
    room: Socket<RoomDown>,
    neighbour: (Visitor, Socket<RoomDown>, Agent, Socket<RoomDown>),
}

impl Scene {
    async fn new() -> Self {
        let own = OwnServer::start().await;
        let tenant = Tenant::on(own.server.clone()).await;
        let (visitor, widget, ben, room) = in_conversation(&tenant).await;
        let neighbour = in_conversation(&tenant).await;
        Self { _own: own, tenant, visitor, widget, ben, room, neighbour }
    }

    /// Nobody else has noticed: not the neighbours, whose agent is the same, nor who is named.
    async fn others_go_on(&mut self, what: &str) {
        let (visitor, widget, ben, room) = &mut self.neighbour;
        let since = Instant::now();
        let id = widget.send(what);
        widget.ack(&id).await;
        room.message(Kind::Visitor, what).await;
        ben.send(visitor.conversation(), what).await;
        widget.message(Kind::Agent, what).await;
        assert!(since.elapsed() < Duration::from_secs(3), "{what}: the neighbours waited {:?}", since.elapsed());
    }

    async fn stored(&self, kind: Kind) -> Vec<Message> {
        let all = self.visitor.whole_transcript().await;
        all.into_iter().filter(|message| message.kind == kind).collect()
    }
}

fn pause(reply: &Reply) -> Duration {
    let pause = reply.refused(Code::SlowDown).retry_after_ms.expect("when to come again");
    assert!((1..=WINDOW_MS).contains(&pause), "{pause} ms");
    Duration::from_millis(pause.into())
}

fn request(text: &str) -> SendRequest {
    SendRequest { id: message_id(), body: e2e::body(text) }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_flood_by_request_is_told_to_slow_down_from_either_side_and_disturbs_nobody() {
    let mut scene = Scene::new().await;
    // More than allowed, all at once, by the visitor …
    let replies = join_all((0..MOST + 20).map(|number| {
        let (visitor, id) = (&scene.visitor, message_id());
        async move { (id.clone(), visitor.send_as(&id, &format!("visitor {number}")).await) }
    }))
    .await;
    let (taken, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|(_, reply)| reply.status == 200);
    assert_eq!((taken.len(), refused.len()), (MOST, 20));
    let longest = refused.iter().map(|(_, reply)| pause(reply)).max().unwrap();
    // … which is none of the agent's business, who writes as much.
    let conversation = scene.visitor.conversation();
    let replies = join_all((0..MOST + 5).map(|number| {
        scene.ben.about(conversation, "POST", "messages").json(&request(&format!("agent {number}"))).send()
    }))
    .await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), MOST);
    replies.iter().filter(|reply| reply.status != 200).for_each(|reply| assert!(!pause(reply).is_zero()));
    scene.others_go_on("while both are told to wait").await;
    // What was stored before is acknowledged all the same, and typing and reading go on.
    let (id, first) = &taken[0];
    let text = scene.stored(Kind::Visitor).await.into_iter().find(|message| message.id.as_ref() == Some(id)).unwrap();
    let again = scene.visitor.send_as(id, text.body.unwrap().as_str()).await;
    assert_eq!(again.ok::<Ack>(), first.ok::<Ack>());
    assert_eq!(scene.visitor.receive(1, 1).await.status, 204);
    assert_eq!(scene.stored(Kind::Visitor).await.len(), MOST);
    assert_eq!(scene.stored(Kind::Agent).await.len(), MOST);
    // Then all goes on, with what was refused.
    sleep(longest).await;
    for (number, (id, _)) in refused.iter().enumerate() {
        scene.visitor.send_as(id, &format!("once more, {number}")).await.ok::<Ack>();
    }
    scene.ben.send(scene.visitor.conversation(), "I am back, too").await;
    scene.widget.message(Kind::Agent, "I am back, too").await;
    scene.room.message(Kind::Visitor, "once more, 19").await;
    assert_eq!(scene.stored(Kind::Visitor).await.len(), MOST + 20);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_flood_by_socket_is_refused_by_name_and_one_that_goes_on_is_closed() {
    let mut scene = Scene::new().await;
    let ids: Vec<ClientMsgId> = (0..MOST + 10).map(|number| scene.widget.send(&format!("visitor {number}"))).collect();
    let (mut acked, mut refused) = (Vec::new(), Vec::new());
    while acked.len() + refused.len() < ids.len() {
        match scene.widget.next().await {
            RoomDown::Ack { id, .. } => acked.push(id),
            RoomDown::Error { code: Code::SlowDown, id, retry_after_ms } => {
                assert!(retry_after_ms.is_some_and(|pause| (1..=WINDOW_MS).contains(&pause)), "{retry_after_ms:?}");
                refused.extend(id);
            }
            RoomDown::Error { code, .. } => panic!("refused with {code:?}"),
            _ => {}
        }
    }
    assert_eq!((acked, refused), (ids[..MOST].to_vec(), ids[MOST..].to_vec()), "in the order of sending");
    // Another tab of the same side counts as the same; the other side does not.
    let mut tab = scene.visitor.socket(0).await;
    let id = tab.send("by another tab");
    assert_eq!(tab.error(Code::SlowDown).await, Some(id));
    let id = scene.room.send("Slowly, please");
    scene.room.ack(&id).await;
    scene.others_go_on("while the visitor is told to wait").await;
    // Who goes on all the same is hung up on, and told why.
    (0..MOST_FRAMES).for_each(|_| scene.widget.say(&RoomUp::Typing { on: true }));
    scene.widget.error(Code::SlowDown).await;
    assert_eq!(scene.widget.expect_close().await, Some(FLOODED));
    scene.others_go_on("after the flood").await;
    let id = scene.room.send("Still here");
    scene.room.ack(&id).await;
    // They may come back, and read; once the time is over, write.
    let mut widget = scene.visitor.socket(0).await;
    widget.message(Kind::Agent, "Still here").await;
    sleep(Duration::from_millis(WINDOW_MS.into())).await;
    let id = widget.send("I am calm");
    widget.ack(&id).await;
    scene.room.message(Kind::Visitor, "I am calm").await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn polls_and_what_they_post_count_as_frames_do() {
    let mut scene = Scene::new().await;
    let replies = join_all((0..MOST_FRAMES + 20).map(|number| {
        let visitor = &scene.visitor;
        async move { if number % 2 == 0 { visitor.poll(0).await } else { visitor.receive(0, 0).await } }
    }))
    .await;
    let (taken, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| matches!(reply.status, 200 | 204));
    assert_eq!((taken.len(), refused.len()), (MOST_FRAMES, 20));
    let longest = refused.iter().map(|reply| pause(reply)).max().unwrap();
    scene.others_go_on("while the visitor polls too much").await;
    // A message is counted by itself, and the other side is none of this.
    scene.visitor.send("All the same").await;
    scene.room.message(Kind::Visitor, "All the same").await;
    sleep(longest).await;
    assert_eq!(scene.visitor.poll(0).await.status, 200);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_agent_who_floods_is_hung_up_on_in_that_room_only() {
    let mut scene = Scene::new().await;
    (0..=MOST_FRAMES)
        .for_each(|_| scene.room.say(&RoomUp::Receipt { delivered: protocol::Seq(0), read: protocol::Seq(0) }));
    scene.room.error(Code::SlowDown).await;
    assert_eq!(scene.room.expect_close().await, Some(FLOODED));
    let id = scene.widget.send("Is anybody there?");
    scene.widget.ack(&id).await;
    scene.others_go_on("whose agent it is as well").await;
    scene.ben.room(scene.visitor.conversation(), 0).await.message(Kind::Visitor, "Is anybody there?").await;
    assert!(scene.tenant.is_open().await);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_page_that_has_more_to_say_says_it_later_and_loses_nothing() {
    let scene = Scene::new().await;
    let page = Profile::of_visitor(&scene.visitor, &scene.tenant.server).open("the visitor's page");
    let many = MOST + 15;
    (0..many).for_each(|number| drop(page.write(&format!("line {number}"))));
    page.until("everything", |seen| {
        (seen.last_of(Kind::Visitor) == seen.last_seq() && seen.outbox.is_empty()).then_some(())
    })
    .await;
    page.shows(&format!("line {}", many - 1)).await;
    let texts: Vec<_> = scene.stored(Kind::Visitor).await.into_iter().filter_map(|message| message.body).collect();
    let texts: Vec<_> = texts.iter().map(|body| body.as_str().to_owned()).collect();
    assert_eq!(texts, (0..many).map(|number| format!("line {number}")).collect::<Vec<_>>());
}
