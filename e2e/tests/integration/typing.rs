//! Who is writing: passed on to the other side, now and then, and never stored.

use crate::main_path::in_conversation;
use e2e::{Socket, Tenant};
use protocol::http::{EventsReply, TypingRequest};
use protocol::problem::Code;
use protocol::room::{RoomDown, RoomUp};
use protocol::{Kind, Party};
use serde_json::json;
use std::time::Duration;

/// Said again sooner, it is not passed on.
const EVERY: Duration = Duration::from_secs(1);

/// Which words of typing came before a message with this text, over all that was heard.
async fn heard(socket: &mut Socket<RoomDown>, kind: Kind, until: &str) -> Vec<(Party, bool)> {
    socket.message(kind, until).await;
    let frames = socket.seen().iter().map(|text| serde_json::from_str::<RoomDown>(text).unwrap());
    frames
        .filter_map(|frame| if let RoomDown::Typing { party, on } = frame { Some((party, on)) } else { None })
        .collect()
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_other_side_hears_of_it_at_most_once_a_second_and_of_every_change_at_once() {
    let tenant = Tenant::new().await;
    let (visitor, widget, ben, mut room) = in_conversation(&tenant).await;
    let mut tab = visitor.socket(0).await;
    let types = |on| widget.say(&RoomUp::Typing { on });
    (0..20).for_each(|_| types(true));
    types(false);
    types(false);
    types(true);
    widget.send("first");
    // What a message tells anyway: its writer has stopped. So this is a change.
    types(true);
    // The pause is what is tested, and the machine may be busy.
    tokio::time::sleep(EVERY * 3 / 2).await;
    types(true);
    types(true);
    widget.send("second");
    let expected = [true, false, true, true, true].map(|on| (Party::Visitor, on));
    room.message(Kind::Visitor, "first").await;
    assert_eq!(heard(&mut room, Kind::Visitor, "second").await, expected);
    // Not the visitor's own tabs, nor whoever comes later.
    assert_eq!(heard(&mut tab, Kind::Visitor, "second").await, []);
    assert_eq!(heard(&mut visitor.socket(0).await, Kind::Visitor, "second").await, []);
    // The other way round, by requests.
    for on in [true, true, true, false] {
        let reply = ben.about(visitor.conversation(), "POST", "typing").json(&TypingRequest { on }).send().await;
        assert_eq!(reply.status, 204);
    }
    ben.send(visitor.conversation(), "third").await;
    let expected = [true, false].map(|on| (Party::Agent, on));
    assert_eq!(heard(&mut tab, Kind::Agent, "third").await, expected);
    assert_eq!(visitor.transcript().await.len(), 5, "nothing of it is stored");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn nobody_hears_a_watcher_write() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, _room) = in_conversation(&tenant).await;
    let (cem, conversation) = (tenant.cem().await, visitor.conversation());
    let watcher = cem.room(conversation, 0).await;
    watcher.say(&RoomUp::Typing { on: true });
    let reply = cem.about(conversation, "POST", "typing").json(&TypingRequest { on: true }).send().await;
    assert_eq!(reply.status, 204, "it is ignored, not refused");
    ben.send(conversation, "Hello!").await;
    assert_eq!(heard(&mut widget, Kind::Agent, "Hello!").await, []);
    let EventsReply { frames, .. } = visitor.poll(0).await.ok();
    assert_eq!(frames.len(), 1, "{frames:?}");
    // Another tenant's agent learns nothing of it.
    let stranger = Tenant::new().await.ben().await;
    let typing = stranger.about(conversation, "POST", "typing").json(&TypingRequest { on: true });
    typing.send().await.refused(Code::NotFound);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn who_polls_is_told_who_writes_now() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, room) = in_conversation(&tenant).await;
    let writes =
        |reply: EventsReply| matches!(reply.frames.last(), Some(RoomDown::Typing { party: Party::Agent, on: true }));
    let before: EventsReply = visitor.poll(2).await.ok();
    assert!(!writes(before.clone()));
    room.say(&RoomUp::Typing { on: true });
    let is_writing = |frame| matches!(frame, RoomDown::Typing { on: true, .. }).then_some(());
    widget.expect("the agent writing", is_writing).await;
    let during: EventsReply = visitor.poll(2).await.ok();
    assert!(during.rev != before.rev && writes(during));
    // Not whoever writes, and nobody once the message is there.
    let own: EventsReply = ben.about(visitor.conversation(), "GET", "events?after=2").send().await.ok();
    assert_eq!(own.frames.len(), 1, "{own:?}");
    ben.send(visitor.conversation(), "Hello!").await;
    let after: EventsReply = visitor.poll(3).await.ok();
    assert!(after.rev == before.rev && !writes(after));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn typing_begins_no_conversation() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let reply = visitor.request("POST", "typing").json(&TypingRequest { on: true }).send().await;
    assert_eq!(reply.status, 204);
    let mut widget = visitor.socket(0).await;
    widget.welcome().await;
    widget.say(&RoomUp::Typing { on: true });
    widget.say(&json!({ "t": "typing", "on": "maybe" }));
    widget.error(Code::Malformed).await;
    let ben = tenant.ben().await;
    ben.about(visitor.conversation(), "GET", "events").send().await.refused(Code::NotFound);
}
