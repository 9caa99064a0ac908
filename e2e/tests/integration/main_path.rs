//! A visitor talks to a human.

use e2e::Tenant;
use protocol::room::{RoomDown, RoomUp};
use protocol::{CloseReason, Event, Kind, Party, Stage, Status};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_visitor_asks_is_answered_and_is_told_when_it_is_over() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    desk.welcome().await;

    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    assert_eq!(widget.subprotocol.as_deref(), Some("beckon.v1"));
    let (messages, state) = widget.welcome().await;
    assert!(messages.is_empty() && state.handoff.is_none(), "a new visitor finds an empty room");

    // Asks.
    let state = visitor.ask().await;
    assert!(state.desk_open);
    assert_eq!(state.handoff.expect("a handoff").stage, Stage::Waiting);
    widget.event(Event::HandoffAsked).await;
    let row = desk.row(visitor.conversation(), Stage::Waiting).await;
    assert_eq!(row.page.title, "Lamps");
    assert!(row.agent.is_none());

    // Is picked up.
    let claimed = ben.claim(&row).await.row();
    assert_eq!(claimed.stage, Stage::Active);
    assert_eq!(claimed.agent.as_ref().map(|agent| &agent.id), Some(ben.id()));
    let joined = widget.event(Event::AgentJoined).await;
    assert_eq!(joined.agent.expect("an agent").name.as_str(), "Ben");
    let mut room = ben.room(visitor.conversation(), 0).await;
    let (messages, _) = room.welcome().await;
    assert_eq!(messages.iter().map(|message| message.seq.0).collect::<Vec<_>>(), [1, 2]);

    // Both write, by socket and by HTTP.
    let id = widget.send("Is the brass lamp in stock?");
    widget.ack(&id).await;
    room.message(Kind::Visitor, "Is the brass lamp in stock?").await;
    ben.send(visitor.conversation(), "It is!").await;
    let answer = widget.message(Kind::Agent, "It is!").await;
    assert_eq!(answer.agent.expect("an agent").id, *ben.id());
    let id = room.send("Shall I put one aside?");
    room.ack(&id).await;
    widget.message(Kind::Agent, "Shall I put one aside?").await;

    // It is over, and stands in the history.
    ben.resolve(&claimed).await.row();
    widget.event(Event::EndedByAgent).await;
    let closed = desk.row(visitor.conversation(), Stage::Closed).await;
    assert_eq!(closed.reason, Some(CloseReason::Resolved));
    in_history(&ben, &closed.handoff).await;
    desk.status(ben.id(), Status::Available).await;

    // And can begin again.
    let again = visitor.ask().await.handoff.expect("a handoff");
    assert_eq!(again.stage, Stage::Waiting);
    assert_ne!(again.id, row.handoff);
    desk.row(visitor.conversation(), Stage::Waiting).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn who_asks_twice_stands_in_the_queue_once() {
    let tenant = Tenant::new().await;
    let mut desk = tenant.ben().await.desk().await;
    let visitor = tenant.visitor().await;
    let first = visitor.ask().await.handoff;
    desk.row(visitor.conversation(), Stage::Waiting).await;
    assert_eq!(visitor.ask().await.handoff, first);
    let (_, queue) = tenant.cem().await.desk().await.welcome().await;
    assert_eq!(queue.len(), 1);
    let asked = visitor.transcript().await.into_iter().filter(|it| it.event == Some(Event::HandoffAsked)).count();
    assert_eq!(asked, 1);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn each_side_sees_the_other_write() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, mut room) = in_conversation(&tenant).await;
    widget.say(&RoomUp::Typing { on: true });
    let shown = |by| move |frame| matches!(frame, RoomDown::Typing { party, on: true } if party == by).then_some(());
    room.expect("the visitor writing", shown(Party::Visitor)).await;
    room.say(&RoomUp::Typing { on: true });
    widget.expect("the agent writing", shown(Party::Agent)).await;
    // Who polls sees it too.
    let polled: protocol::http::EventsReply = visitor.poll(0).await.ok();
    assert!(matches!(polled.frames.last(), Some(RoomDown::Typing { party: Party::Agent, on: true })), "{polled:?}");
    drop(ben);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_visitor_who_boots_again_keeps_the_thread() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    visitor.send("Hello?").await;
    let request =
        protocol::http::BootRequest { key: tenant.created.key.clone(), token: Some(visitor.boot.token.clone()) };
    let reply = tenant.server.post("/v1/widget/boot").origin(tenant.origin()).json(&request).send().await;
    let again: protocol::http::BootReply = reply.ok();
    assert_eq!((again.visitor, again.conversation), (visitor.boot.visitor.clone(), visitor.boot.conversation.clone()));
}

/// A conversation in hand: both sides have their sockets open, past the welcome.
pub async fn in_conversation(
    tenant: &Tenant,
) -> (e2e::Visitor, e2e::Socket<RoomDown>, e2e::Agent, e2e::Socket<RoomDown>) {
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    widget.welcome().await;
    visitor.ask().await;
    let row = desk.row(visitor.conversation(), Stage::Waiting).await;
    ben.claim(&row).await.row();
    widget.event(Event::AgentJoined).await;
    let mut room = ben.room(visitor.conversation(), 0).await;
    room.welcome().await;
    keep(desk);
    (visitor, widget, ben, room)
}

/// Keeps an agent's desk open, and so the agent there, for as long as the test runs.
pub fn keep<T: Send + 'static>(socket: T) {
    tokio::spawn(async move {
        std::future::pending::<()>().await;
        drop(socket);
    });
}

/// Waits until a handoff stands in the history, which a batch brings there shortly after it is closed.
pub async fn in_history(agent: &e2e::Agent, handoff: &protocol::HandoffId) -> protocol::desk::QueueRow {
    let looking = async {
        loop {
            let row = agent.history().await.items.into_iter().find(|row| row.handoff == *handoff);
            match row {
                Some(row) => return row,
                None => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
    };
    tokio::time::timeout(e2e::PATIENCE, looking).await.expect("the handoff reaches the history")
}
