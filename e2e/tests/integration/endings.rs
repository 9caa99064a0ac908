//! The visitor ends a conversation, an agent opens it again, and some visitors go before others.

use crate::queue::make_vip;
use e2e::{Tenant, message_id};
use protocol::http::Ack;
use protocol::problem::Code;
use protocol::room::RoomState;
use protocol::routing::Routing;
use protocol::team::AuditReply;
use protocol::{CloseReason, Deed, Delivery, Event, Intent, Kind, Priority, RoutingMode, Stage};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_visitor_ends_it_by_button_or_by_typing_whether_it_waits_or_is_in_hand() {
    for text in [None, Some("end chat"), Some("  END Chat \n")] {
        for picked_up in [false, true] {
            let what = format!("{text:?}, picked up: {picked_up}");
            let tenant = Tenant::new().await;
            let mut ben = tenant.ben_at_desk().await;
            let visitor = tenant.visitor().await;
            let mut screen = visitor.screen().await;
            visitor.ask().await;
            let mut row = ben.waiting(&visitor).await;
            if picked_up {
                row = ben.claim(&row).await.row();
            }
            match text {
                None => {
                    let state: RoomState = visitor.end().await.ok();
                    let handoff = state.handoff.expect("a handoff");
                    assert_eq!((handoff.stage, handoff.reason), (Stage::Closed, Some(CloseReason::EndedByVisitor)));
                }
                Some(text) => drop(visitor.send_as(&message_id(), text).await.ok::<Ack>()),
            }
            screen.told(Event::EndedByVisitor).await;
            let shown = screen.stage(Stage::Closed).await;
            assert_eq!(shown.reason, Some(CloseReason::EndedByVisitor), "{what}");
            let closed = ben.closed(&visitor).await;
            assert_eq!((closed.reason, closed.epoch > row.epoch), (Some(CloseReason::EndedByVisitor), true), "{what}");
            assert_eq!(ben.card(ben.id()).await.load, 0, "{what}");
            ben.resolve(&closed).await.refused(Code::NotOpen);
            // Once is enough, and after it the words are words.
            let before = visitor.transcript().await;
            let state: RoomState = visitor.end().await.ok();
            assert_eq!(state.handoff.map(|it| it.stage), Some(Stage::Closed), "{what}");
            assert_eq!(visitor.transcript().await, before, "{what}");
            // And it can begin anew.
            let again = visitor.ask().await.handoff.expect("a handoff");
            assert_eq!((again.stage, again.id != row.handoff), (Stage::Waiting, true), "{what}");
        }
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn only_the_visitors_own_exact_words_end_it() {
    let tenant = Tenant::new().await;
    let mut ben = tenant.ben_at_desk().await;
    let (visitor, neighbour) = (tenant.visitor().await, tenant.visitor().await);
    // With nothing to end there is nothing to do.
    let state: RoomState = visitor.end().await.ok();
    assert_eq!(state.handoff, None);
    assert_eq!(visitor.transcript().await, []);
    visitor.ask().await;
    let row = ben.picks_up(&visitor).await;
    for text in ["please end chat", "end chat!", "endchat", "end  chat", "end chat now", "\"end chat\"", "end-chat"] {
        visitor.send(text).await;
    }
    ben.send(visitor.conversation(), "end chat").await;
    assert_eq!(ben.handoff(&row.handoff).await.stage, Stage::Active);
    // It takes the visitor's own token, from their own website.
    let path = format!("/v1/conversations/{}/end", visitor.conversation());
    let server = &tenant.server;
    server.post(&path).origin(tenant.origin()).send().await.refused(Code::Unauthenticated);
    let as_neighbour = server.post(&path).bearer(&neighbour.boot.token).origin(tenant.origin());
    as_neighbour.send().await.refused(Code::NotFound);
    let elsewhere = server.post(&path).bearer(&visitor.boot.token).origin("https://evil.example");
    elsewhere.send().await.refused(Code::OriginNotAllowed);
    ben.request("POST", &path).send().await.refused(Code::Unauthenticated);
    assert_eq!(ben.handoff(&row.handoff).await.epoch, row.epoch);
    // By the socket it is the same as by HTTP.
    let mut screen = visitor.screen().await;
    let id = screen.send("End Chat");
    screen.ack(&id).await;
    assert_eq!(ben.closed(&visitor).await.reason, Some(CloseReason::EndedByVisitor));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_is_opened_again_is_routed_anew_and_never_given_to_one_who_is_not_there() {
    let routing = Routing { mode: RoutingMode::LeastLoaded, delivery: Delivery::Assign, ..Routing::default() };
    let tenant = Tenant::routed(routing).await;
    let mut ann = tenant.ann_at_desk().await;
    ann.puts(&ann.id().clone(), &[]).await;
    let ben = tenant.ben_at_desk().await;
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    visitor.ask().await;
    let row = ann.owned(&visitor, ben.id()).await;
    let closed = ben.resolve(&row).await.row();
    ben.intend(Intent::Away).await;
    let cem = tenant.cem_at_desk().await;
    let opened = ann.reopen(&closed.handoff).await.row();
    assert_ne!(opened.handoff, row.handoff);
    let reopened = screen.told(Event::Reopened).await;
    assert_eq!(reopened.agent.map(|agent| agent.id).as_ref(), Some(ann.id()));
    let is_new = |now: &protocol::desk::QueueRow| now.handoff == opened.handoff && now.stage == Stage::Active;
    let active = ann.row(&visitor, "opened again", is_new).await;
    assert_eq!(active.agent.as_ref().map(|agent| &agent.id), Some(cem.id()), "not Ben, who had it and is away");
    // Who opens it meanwhile gets the one that is open.
    assert_eq!(ben.reopen(&closed.handoff).await.row().handoff, opened.handoff);
    assert_eq!(ben.reopen(&opened.handoff).await.row().handoff, opened.handoff);
    // Whoever had it comes first, if there: stickiness counts for this, too.
    cem.resolve(&active).await.row();
    cem.intend(Intent::Away).await;
    ben.intend(Intent::Available).await;
    let third = cem.reopen(&opened.handoff).await.row();
    let is_third = |now: &protocol::desk::QueueRow| now.handoff == third.handoff && now.stage == Stage::Active;
    let active = ann.row(&visitor, "with Ben", is_third).await;
    assert_eq!(active.agent.as_ref().map(|agent| &agent.id), Some(ben.id()));
    // What has gone into the history can be opened, too, if nothing came after it.
    ben.resolve(&active).await.row();
    crate::main_path::in_history(&ann.agent, &third.handoff).await;
    ann.reopen(&row.handoff).await.refused(Code::StaleEpoch);
    assert_ne!(ann.reopen(&third.handoff).await.row().handoff, third.handoff);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn with_nobody_there_an_opened_conversation_waits_for_one_who_comes() {
    let tenant = Tenant::new().await;
    let (mut ann, mut ben) = (tenant.ann_at_desk().await, tenant.ben_at_desk().await);
    let visitor = tenant.asking().await;
    let row = ben.picks_up(&visitor).await;
    ben.resolve(&row).await.row();
    let opened = ann.reopen(&row.handoff).await.row();
    assert_eq!((opened.stage, &opened.agent), (Stage::Waiting, &None));
    let row = ann.row(&visitor, "opened again", |now| now.handoff == opened.handoff).await;
    ann.claim(&row).await.row();
    let told = visitor.transcript().await;
    let events: Vec<_> = told.iter().filter_map(|message| message.event).collect();
    assert_eq!(
        events,
        [Event::HandoffAsked, Event::AgentJoined, Event::EndedByAgent, Event::Reopened, Event::AgentJoined]
    );
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_visitor_who_goes_before_others_does_so_now_and_whenever_they_ask() {
    let tenant = Tenant::new().await;
    let mut ben = tenant.ben_at_desk().await;
    let (first, visitor) = (tenant.asking().await, tenant.asking().await);
    ben.waiting(&first).await;
    ben.waiting(&visitor).await;
    make_vip(&ben, visitor.conversation(), true).await;
    let row = ben.row(&visitor, "vip", |row| row.priority == Priority::Vip).await;
    assert_eq!(ben.queue("").await.items[0].handoff, row.handoff);
    let AuditReply { items, .. } = tenant.ann().await.get("/v1/audit").await;
    let entry = items.iter().find(|entry| entry.deed == Deed::SetVip).expect("an entry");
    assert_eq!(&entry.by, ben.id());
    let row = ben.claim(&row).await.row();
    ben.resolve(&row).await.row();
    visitor.ask().await;
    let again = ben.row(&visitor, "again", |now| now.handoff != row.handoff && now.stage == Stage::Waiting).await;
    assert_eq!(again.priority, Priority::Vip, "asked again");
    // The visitor learns nothing of it.
    assert!(!visitor.poll(0).await.text.contains("vip"));
    make_vip(&ben, visitor.conversation(), false).await;
    ben.row(&visitor, "as the widget's", |row| row.priority == Priority::Normal).await;
    let order = ben.queue("").await.items;
    assert_eq!((&order[0].conversation, &order[1].handoff), (first.conversation(), &again.handoff));
    // Of a conversation without an open handoff it counts for the next one.
    let closed = ben.picks_up(&first).await;
    ben.resolve(&closed).await.row();
    make_vip(&ben, first.conversation(), true).await;
    first.ask().await;
    let next = ben.row(&first, "next", |row| row.handoff != closed.handoff).await;
    assert_eq!(next.priority, Priority::Vip);
    let unknown = protocol::ConversationId::random(e2e::seed());
    ben.vip(&unknown, true).await.refused(Code::NotFound);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_is_opened_again_is_as_urgent_as_its_visitor_is_by_then() {
    let tenant = Tenant::new().await;
    let mut ben = tenant.ben_at_desk().await;
    let visitor = tenant.asking().await;
    let row = ben.picks_up(&visitor).await;
    make_vip(&ben, visitor.conversation(), true).await;
    let row = ben.row(&visitor, "vip", |now| now.epoch == row.epoch && now.priority == Priority::Vip).await;
    ben.resolve(&row).await.row();
    let opened = ben.reopen(&row.handoff).await.row();
    let row = ben.row(&visitor, "opened again", |now| now.handoff == opened.handoff).await;
    assert_eq!(row.priority, Priority::Vip);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_was_said_before_the_end_stays_with_whoever_opens_it() {
    let tenant = Tenant::new().await;
    let mut ben = tenant.ben_at_desk().await;
    let visitor = tenant.asking().await;
    let row = ben.picks_up(&visitor).await;
    visitor.send("My lamp is broken").await;
    ben.resolve(&row).await.row();
    let opened = ben.reopen(&row.handoff).await.row();
    let row = ben.row(&visitor, "opened", |now| now.handoff == opened.handoff).await;
    ben.claim(&row).await.row();
    let mut room = e2e::Screen::of(ben.room(visitor.conversation(), 0).await);
    room.reads(Kind::Visitor, "My lamp is broken").await;
    ben.send(visitor.conversation(), "Is it still?").await;
    room.reads(Kind::Agent, "Is it still?").await;
}
