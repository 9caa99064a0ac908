//! How far the history in D1 is behind a burst of messages.

use super::figures::{Times, ms};
use super::rooms::House;
use e2e::{Visitor, body, message_id};
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::iter;
use protocol::http::SendRequest;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const GLANCE: Duration = Duration::from_millis(20);
/// Requests under way at the same time.
const AT_ONCE: usize = 8;

pub async fn measure(house: &House) {
    let (visitor, _) = &house.chats[0];
    let (took, lag) = burst(house, visitor, 100).await;
    println!("history: 100 messages into one room in {:.0} ms; whole {:.0} ms after the last", ms(took), ms(lag));
    let began = Instant::now();
    let lags = join_all(house.chats.iter().take(50).map(|(visitor, _)| burst(house, visitor, 10))).await;
    let lags = Times::of(lags.into_iter().map(|(_, lag)| lag).collect());
    println!(
        "history: 10 messages into each of 50 rooms at once; a room's whole p50 {:.0} ms, worst {:.0} ms after its last, all within {:.0} ms",
        ms(lags.p50),
        ms(lags.most),
        ms(began.elapsed())
    );
}

/// How long writing took, and how much longer it was until the history had it all.
async fn burst(house: &House, visitor: &Visitor, count: usize) -> (Duration, Duration) {
    let began = Instant::now();
    let post = |_| async {
        let request = SendRequest { id: message_id(), body: body("Is it there yet?") };
        let reply = visitor.request("POST", "messages").json(&request).try_send().await;
        assert_eq!(reply.map(|reply| reply.status), Some(200), "a message is taken");
    };
    iter(0..count).for_each_concurrent(AT_ONCE, post).await;
    let written = Instant::now();
    loop {
        let vitals = house.tenant.room_vitals(visitor.conversation()).await;
        if vitals.behind_ms == 0 && vitals.projected == vitals.last_seq {
            return (written - began, written.elapsed());
        }
        sleep(GLANCE).await;
    }
}
