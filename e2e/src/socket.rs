//! A WebSocket on which a test waits for what should come.

use crate::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use protocol::room::{PING, PONG};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{interval, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Well below any `STALE_AFTER_MS` of a test.
const BEAT: Duration = Duration::from_millis(500);

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An open socket that receives `Down` frames and beats by itself. Dropping it cuts the connection.
pub struct Socket<Down> {
    came: UnboundedReceiver<Came>,
    go: UnboundedSender<Go>,
    seen: Vec<String>,
    /// The subprotocol that the server chose.
    pub subprotocol: Option<String>,
    down: PhantomData<Down>,
}

enum Came {
    Text(String),
    Closed(Option<u16>),
}

enum Go {
    Say(Message),
    Deafen,
    Freeze,
}

impl<Down: DeserializeOwned> Socket<Down> {
    /// Connects with these headers.
    pub async fn open(url: &str, headers: &[(&'static str, &str)]) -> Self {
        let (stream, response) = connect(url, headers).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        let subprotocol = response.headers().get("sec-websocket-protocol").and_then(|name| name.to_str().ok());
        let (to_test, came) = unbounded_channel();
        let (go, to_do) = unbounded_channel();
        tokio::spawn(live(stream, to_test, to_do));
        Self { came, go, seen: Vec::new(), subprotocol: subprotocol.map(str::to_owned), down: PhantomData }
    }

    /// Waits for a frame that `pick` takes, and passes over all before it.
    pub async fn expect<T>(&mut self, what: &str, pick: impl Fn(Down) -> Option<T>) -> T {
        self.expect_text(what, |text| {
            pick(serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}")))
        })
        .await
    }

    /// The same, on the very text of the frames.
    pub async fn expect_text<T>(&mut self, what: &str, pick: impl Fn(&str) -> Option<T>) -> T {
        loop {
            match timeout(PATIENCE, self.came.recv()).await {
                Ok(Some(Came::Text(text))) => {
                    self.seen.push(text.clone());
                    if let Some(found) = pick(&text) {
                        return found;
                    }
                }
                Ok(Some(Came::Closed(code))) => panic!("closed ({code:?}) before {what}; came: {:#?}", self.seen),
                Ok(None) => panic!("cut before {what}; came: {:#?}", self.seen),
                Err(_) => panic!("no {what} within {PATIENCE:?}; came: {:#?}", self.seen),
            }
        }
    }

    /// The next frame; none once the socket has closed.
    pub async fn next_or_end(&mut self) -> Option<Down> {
        match timeout(PATIENCE, self.came.recv()).await {
            Ok(Some(Came::Text(text))) => {
                self.seen.push(text.clone());
                Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}")))
            }
            Ok(Some(Came::Closed(_)) | None) => None,
            Err(_) => panic!("nothing within {PATIENCE:?}; came: {:#?}", self.seen),
        }
    }

    /// Waits until the server closes the socket; the answer is its code.
    pub async fn expect_close(&mut self) -> Option<u16> {
        loop {
            match timeout(PATIENCE, self.came.recv()).await {
                Ok(Some(Came::Text(text))) => self.seen.push(text),
                Ok(Some(Came::Closed(code))) => return code,
                Ok(None) => return None,
                Err(_) => panic!("not closed within {PATIENCE:?}; came: {:#?}", self.seen),
            }
        }
    }

    /// Every frame that came so far, in order.
    pub fn seen(&self) -> &[String] {
        &self.seen
    }

    /// Sends a frame.
    pub fn say<T: Serialize>(&self, frame: &T) {
        self.say_text(&serde_json::to_string(frame).expect("JSON"));
    }

    /// Sends any text.
    pub fn say_text(&self, text: &str) {
        let _ = self.go.send(Go::Say(Message::text(text)));
    }

    /// Sends bytes.
    pub fn say_bytes(&self, bytes: Vec<u8>) {
        let _ = self.go.send(Go::Say(Message::binary(bytes)));
    }

    /// Sends bytes as if they were text, in one piece or as the first of several.
    pub fn say_as_text(&self, bytes: Vec<u8>, is_last: bool) {
        let frame = Frame::message(bytes, OpCode::Data(Data::Text), is_last);
        let _ = self.go.send(Go::Say(Message::Frame(frame)));
    }

    /// Sends the last piece of a text.
    pub fn say_rest(&self, bytes: Vec<u8>) {
        let frame = Frame::message(bytes, OpCode::Data(Data::Continue), true);
        let _ = self.go.send(Go::Say(Message::Frame(frame)));
    }

    /// Closes in an orderly way, as a browser does when its tab goes; the answer is the server's code.
    pub async fn close(mut self) -> Option<u16> {
        let _ = self.go.send(Go::Say(Message::Close(None)));
        self.expect_close().await
    }

    /// From now on it does not read, and so answers no close: what somebody does who will not go.
    pub fn deafen(&self) {
        let _ = self.go.send(Go::Deafen);
    }

    /// From now on it neither reads nor writes, and keeps the connection: a laptop that lost its network.
    pub fn freeze(&self) {
        let _ = self.go.send(Go::Freeze);
    }
}

type Opened = (Stream, tokio_tungstenite::tungstenite::handshake::client::Response);

async fn connect(url: &str, headers: &[(&'static str, &str)]) -> Result<Opened, Error> {
    let mut request = url.into_client_request()?;
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().expect("a header"));
    }
    timeout(PATIENCE, connect_async(request)).await.unwrap_or_else(|_| panic!("{url} does not answer"))
}

/// Carries frames both ways until either side has enough.
async fn live(mut stream: Stream, to_test: UnboundedSender<Came>, mut to_do: UnboundedReceiver<Go>) {
    let mut beat = interval(BEAT);
    let mut deaf = false;
    loop {
        tokio::select! {
            going = to_do.recv() => match going {
                Some(Go::Say(message)) => drop(stream.send(message).await),
                Some(Go::Deafen) => deaf = true,
                // Holds the stream open without touching it, until the test drops the socket.
                Some(Go::Freeze) => while to_do.recv().await.is_some() {},
                None => return,
            },
            coming = stream.next(), if !deaf => match coming {
                Some(Ok(Message::Text(text))) if text.as_str() == PONG => {}
                Some(Ok(Message::Text(text))) => drop(to_test.send(Came::Text(text.to_string()))),
                Some(Ok(Message::Close(frame))) => {
                    drop(to_test.send(Came::Closed(frame.map(|frame| frame.code.into()))));
                    return;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
            _ = beat.tick() => drop(stream.send(Message::text(PING)).await),
        }
    }
}
