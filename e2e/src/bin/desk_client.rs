//! A dashboard reduced to its lease, in a process that can be stopped and killed: it holds one desk socket and beats.
//! Where and who come as `BECKON_URL`, `BECKON_VIA` (the same, but by way of a proxy) and `BECKON_COOKIE`. It says
//! `open` once the welcome has come and `beat <epoch ms>` after every beat; told `close`, it closes and ends.
#![expect(clippy::expect_used, reason = "all of this crate is test code")]

use futures_util::{SinkExt, StreamExt};
use protocol::room::{PING, PONG};
use std::env;
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::time::interval;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;

/// As every socket of the tests.
const BEAT: Duration = Duration::from_millis(500);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (mut socket, _) = connect_async(request()).await.expect("a desk socket");
    let mut orders = BufReader::new(stdin()).lines();
    let mut beat = interval(BEAT);
    loop {
        tokio::select! {
            order = orders.next_line() => match order {
                Ok(Some(_)) => drop(socket.close(None).await),
                // Nobody is left who could end us.
                Ok(None) | Err(_) => return,
            },
            coming = socket.next() => match coming {
                Some(Ok(Message::Text(text))) if text.as_str() == PONG => {}
                Some(Ok(Message::Text(text))) if text.starts_with("{\"t\":\"welcome\"") => println!("open"),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
            _ = beat.tick() => {
                // Taken before it is sent, told after: the server's own time of a beat that was told is not earlier.
                let at = epoch_ms();
                if socket.send(Message::text(PING)).await.is_ok() {
                    println!("beat {at}");
                }
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "what is told to another process is told by the clock of both")]
fn epoch_ms() -> u128 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock").as_millis()
}

fn request() -> Request {
    let told = |name: &str| env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let (url, via) = (told("BECKON_URL"), told("BECKON_VIA"));
    let address = format!("{}/v1/desk/socket", via.replacen("http", "ws", 1));
    let mut request = address.into_client_request().expect("an address");
    // A proxy is no website: the server is asked for by its own name.
    let host = url.trim_start_matches("http://").to_owned();
    for (name, value) in [("host", host), ("origin", url), ("cookie", told("BECKON_COOKIE"))] {
        request.headers_mut().insert(name, value.parse().expect("a header"));
    }
    request
}
