//! A room as the measurement sees it: one socket speaks, one listens, the others only have to be served, too. The same
//! frames go to ours and to the floor.

use super::figures::Times;
use e2e::{body, message_id};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use protocol::lean;
use protocol::room::RoomUp;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

pub type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// As long as what people write.
const TEXT: &str =
    "Does the lamp in the second picture come with a cable of three metres, and do you have it in green?";

/// Opens a socket.
pub async fn open(url: &str, headers: &[(&'static str, &str)]) -> Stream {
    let mut request = url.into_client_request().expect("an address");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().expect("a header"));
    }
    let (stream, _) = connect_async_with_config(request, None, true).await.unwrap_or_else(|it| panic!("{url}: {it}"));
    stream
}

/// Open sockets of one room.
pub struct Room {
    say: SplitSink<Stream, Message>,
    hear: SplitStream<Stream>,
    /// Whoever hears, and does not count.
    _others: JoinSet<()>,
}

impl Room {
    /// The first speaks, the second listens.
    pub fn of(mut streams: Vec<Stream>) -> Room {
        let mut others = JoinSet::new();
        let mut drained = |mut hear: SplitStream<Stream>| {
            others.spawn(async move { while hear.next().await.is_some_and(|it| it.is_ok()) {} });
        };
        let (_, hear) = streams.remove(1).split();
        let (say, echo) = streams.remove(0).split();
        drained(echo);
        streams.into_iter().for_each(|stream| drained(stream.split().1));
        Room { say, hear, _others: others }
    }

    async fn write(&mut self) -> String {
        let id = message_id();
        let name = id.as_str().to_owned();
        self.say.send(Message::text(lean::write(&RoomUp::Send { id, body: body(TEXT) }))).await.expect("it takes it");
        name
    }

    async fn heard(&mut self) -> String {
        loop {
            match self.hear.next().await {
                Some(Ok(Message::Text(text))) => return text.as_str().to_owned(),
                Some(Ok(_)) => {}
                other => panic!("the socket has ended: {other:?}"),
            }
        }
    }

    /// One message, until the listener has it.
    pub async fn exchange(&mut self) -> Duration {
        let began = Instant::now();
        let id = self.write().await;
        while !self.heard().await.contains(&id) {}
        began.elapsed()
    }

    /// So many messages, one after the other; and how many a second that is.
    pub async fn exchanges(mut self, count: usize) -> (Room, (Times, f64)) {
        let began = Instant::now();
        let mut times = Vec::new();
        for _ in 0..count {
            times.push(self.exchange().await);
        }
        (self, (Times::of(times), count as f64 / began.elapsed().as_secs_f64()))
    }

    /// One message after the other until then, each `pace` after the last if that is not over yet.
    async fn talk(mut self, pace: Option<Duration>, until: Instant) -> (Room, Vec<Duration>) {
        let mut times = Vec::new();
        let mut next = Instant::now();
        while Instant::now() < until {
            times.push(self.exchange().await);
            if let Some(pace) = pace {
                next += pace;
                sleep_until(next.max(Instant::now())).await;
            }
        }
        (self, times)
    }

    /// As many messages as come through with so many under way; and how many a second that is.
    pub async fn pour(mut self, under_way: usize, length: Duration) -> (Room, (Times, f64)) {
        let began = Instant::now();
        let (mut waiting, mut times) = (BTreeMap::new(), Vec::new());
        while began.elapsed() < length || !waiting.is_empty() {
            while waiting.len() < under_way && began.elapsed() < length {
                waiting.insert(self.write().await, Instant::now());
            }
            let text = self.heard().await;
            let sent = id_in(&text).and_then(|id| waiting.remove(id));
            times.extend(sent.map(|sent| sent.elapsed()));
        }
        let rate = times.len() as f64 / began.elapsed().as_secs_f64();
        (self, (Times::of(times), rate))
    }
}

/// The message id that a frame speaks of.
fn id_in(text: &str) -> Option<&str> {
    let at = text.find("\"cm_")? + 1;
    text.get(at..at + 23)
}

/// All rooms at once; messages a second, and how long each took.
pub async fn crowd(rooms: Vec<Room>, pace: Option<Duration>, length: Duration) -> (Vec<Room>, (Times, f64)) {
    let (began, count) = (Instant::now(), rooms.len());
    let mut talks = JoinSet::new();
    for (at, room) in rooms.into_iter().enumerate() {
        // Not all in the same instant.
        let late = pace.map_or(Duration::ZERO, |pace| pace * u32::try_from(at).unwrap_or(0) / count as u32);
        talks.spawn(async move {
            sleep_until(began + late).await;
            room.talk(pace, began + length).await
        });
    }
    let (mut rooms, mut times) = (Vec::new(), Vec::new());
    while let Some(talked) = talks.join_next().await {
        let (room, its) = talked.expect("it talks to the end");
        rooms.push(room);
        times.extend(its);
    }
    let rate = times.len() as f64 / began.elapsed().as_secs_f64();
    (rooms, (Times::of(times), rate))
}
