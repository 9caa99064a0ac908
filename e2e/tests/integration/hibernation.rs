//! An idle open chat holds no object awake.

use crate::main_path::in_conversation;
use e2e::{PATIENCE, Tenant, Visitor, receipt};
use protocol::http::RoomVitals;
use protocol::room::Receipt;
use protocol::{Kind, Seq};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The runtime lets an object sleep after ten seconds without an event.
const ASLEEP_AFTER: Duration = Duration::from_secs(10);
/// And looks for such objects now and then.
const SLACK: Duration = Duration::from_secs(3);

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_idle_open_chat_sleeps_and_wakes_at_the_first_word() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, mut room) = in_conversation(&tenant).await;
    let first = ben.send(visitor.conversation(), "Hello!").await.seq.0;
    widget.message(Kind::Agent, "Hello!").await;
    room.message(Kind::Agent, "Hello!").await;
    // Told by socket, and so kept with it.
    widget.receive(first, first);
    room.receive(1, 1);
    widget.receipts(receipt(first, first), receipt(1, 1)).await;
    let before = tenant.room_vitals(visitor.conversation()).await;
    assert_eq!((before.sockets, before.polls), (2, 0));
    // Silence is what is tested; both sockets go on pinging.
    sleep(ASLEEP_AFTER + SLACK).await;
    let after = tenant.room_vitals(visitor.conversation()).await;
    assert!(after.awake_since > before.awake_since, "it was awake all the time: {before:?}, {after:?}");
    assert!(after.awake_since.since(before.awake_since) > ASLEEP_AFTER, "it has not slept: {before:?}, {after:?}");
    assert_eq!((after.sockets, after.last_seq, after.behind_ms), (2, before.last_seq, 0));
    let told = visitor.receipts().await;
    assert_eq!((told.visitor, told.agent), (receipt(first, first), receipt(1, 1)), "the sockets remember");
    // Both are still heard and spoken to; what is behind is still behind.
    widget.receive(1, 1);
    let id = widget.send("Still here?");
    let seq = widget.ack(&id).await;
    room.message(Kind::Visitor, "Still here?").await;
    room.receive(seq.0, seq.0);
    let expected = Receipt { delivered: seq, read: seq };
    widget.receipts(receipt(first, first), expected).await;
    assert_eq!(seq, Seq(first + 1));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_page_that_is_looked_at_lets_the_room_sleep() {
    let talk = e2e::Talk::new().await;
    talk.asks("Hello?").await;
    let seq = talk.answers("Hello!").await;
    let read = |seen: &e2e::Seen| (seen.receipts.visitor == receipt(seq.0, seq.0)).then_some(());
    talk.room.until("that it was read", read).await;
    let before = talk.tenant.room_vitals(talk.visitor.conversation()).await;
    sleep(ASLEEP_AFTER + SLACK).await;
    let after = talk.tenant.room_vitals(talk.visitor.conversation()).await;
    assert!(after.awake_since.since(before.awake_since) > ASLEEP_AFTER, "it has not slept: {before:?}, {after:?}");
    assert_eq!(after.sockets, 2);
    talk.answers("Still here?").await;
}

/// Waits until so many sockets are open in a visitor's room.
pub async fn sockets(tenant: &Tenant, visitor: &Visitor, count: u32) -> RoomVitals {
    let looking = async {
        loop {
            let vitals = tenant.room_vitals(visitor.conversation()).await;
            if vitals.sockets == count {
                return vitals;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never {count} sockets"))
}
