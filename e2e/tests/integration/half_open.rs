//! Lines that die without a word: routers forget connections, laptops change networks. Nobody is told, so pages find out.

use e2e::{Carrier, Talk};
use protocol::{Event, Seq};
use std::time::Duration;
use tokio::time::Instant;

/// What a busy machine may add.
const SLACK: Duration = Duration::from_secs(5);
/// A message that is not answered by then is sent again by another line.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);
/// Silence after which a page asks whether the other end lives, and how long it waits for an answer.
const PING: Duration = Duration::from_secs(15 + 10);
/// The same, once somebody looks again.
const PING_AFTER_WAKE: Duration = Duration::from_secs(4);
/// Between a line that is given up and the next one.
const NEXT_LINE: Duration = Duration::from_secs(1);

/// A conversation whose visitor's line is about to die.
async fn talk() -> Talk {
    let talk = Talk::new().await;
    talk.asks("Is the brass lamp in stock?").await;
    talk.answers("Let me look.").await;
    assert_eq!(talk.widget.seen().carrier, Carrier::Socket);
    talk.near.forget();
    talk
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_line_that_died_in_silence_is_found_by_who_writes_who_looks_and_in_the_end_by_anybody() {
    tokio::join!(who_writes(), who_looks_again(), anybody());
}

async fn who_writes() {
    let talk = talk().await;
    let since = Instant::now();
    talk.asks("Hello?").await;
    in_time("who writes", since, ANSWER_WITHIN);
    once(&talk, "Hello?").await;
}

async fn who_looks_again() {
    let talk = talk().await;
    talk.room.write("It is.");
    talk.room.shows("It is.").await;
    let since = Instant::now();
    talk.widget.wake();
    talk.shows("It is.").await;
    in_time("who looks again", since, PING_AFTER_WAKE);
    once(&talk, "It is.").await;
}

async fn anybody() {
    let talk = talk().await;
    let since = Instant::now();
    talk.answers("It is.").await;
    in_time("anybody", since, PING);
    once(&talk, "It is.").await;
}

fn in_time(who: &str, since: Instant, within: Duration) {
    let took = since.elapsed();
    assert!(took < within + NEXT_LINE + SLACK, "{who} finds out after {took:?}");
}

/// It is there once, after all that was before, for both.
async fn once(talk: &Talk, text: &str) {
    let transcript = talk.visitor.transcript().await;
    let count =
        transcript.iter().filter(|message| message.body.as_ref().is_some_and(|body| body.as_str() == text)).count();
    assert_eq!((count, transcript.last().map(|last| last.seq)), (1, Some(Seq(5))), "{transcript:#?}");
    for page in [&talk.widget, &talk.room] {
        assert_eq!(page.seen().messages, transcript);
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_network_that_was_gone_is_noticed_when_it_is_back_though_nobody_says_so() {
    let talk = Talk::new().await;
    talk.asks("Is the brass lamp in stock?").await;
    talk.near.swallow();
    talk.widget.write("Hello?");
    talk.room.write("It is.");
    // The visitor's page knows that it is cut off, and says so.
    talk.widget.until("that it is down", |seen| (seen.health == client::link::Health::Down).then_some(())).await;
    assert_eq!(talk.widget.seen().outbox.len(), 1);
    talk.near.heal();
    let since = Instant::now();
    talk.shows("It is.").await;
    talk.shows("Hello?").await;
    assert!(since.elapsed() < Duration::from_secs(5) + SLACK, "it took {:?}", since.elapsed());
    assert!(talk.widget.seen().messages.iter().any(|message| message.event == Some(Event::AgentJoined)));
    assert_eq!(talk.widget.seen().messages, talk.visitor.transcript().await);
}
