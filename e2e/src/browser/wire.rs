//! Sockets and requests of a page. They decide nothing.

use super::life::Came;
use super::profile::Profile;
use client::link::{Failure, Input};
use futures_util::{SinkExt, StreamExt};
use protocol::http::Ack;
use protocol::lean::{self, Lean};
use protocol::problem::Problem;
use protocol::room::{PONG, RoomDown};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::Request as Upgrade;

/// What a browser says of a connection that broke.
const BROKEN: u16 = 1006;
/// What it says of a close that gives no code.
const NO_CODE: u16 = 1005;
/// A close that is not answered by then is the other side's affair.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// A request whose answer is JSON.
pub(super) async fn ask<T: Lean>(request: reqwest::RequestBuilder) -> Result<T, Failure> {
    let text = answered(request).await?;
    lean::read(&text).ok_or_else(Failure::default)
}

/// A request that is only taken, or not.
pub(super) async fn tell(request: reqwest::RequestBuilder) -> Result<(), Failure> {
    answered(request).await.map(drop)
}

async fn answered(request: reqwest::RequestBuilder) -> Result<String, Failure> {
    let response = request.send().await.map_err(|_| Failure::default())?;
    let is_good = response.status().is_success();
    let text = response.text().await.map_err(|_| Failure::default())?;
    if is_good { Ok(text) } else { Err(serde_json::from_str::<Problem>(&text).map(Failure::from).unwrap_or_default()) }
}

/// Carries a socket's frames both ways until either side has enough.
pub(super) async fn carry(
    upgrade: Upgrade,
    socket: u32,
    mut say: UnboundedReceiver<String>,
    bring: UnboundedSender<Came>,
    profile: Profile,
) {
    let closed = |code| drop(bring.send(Came::Input(Box::new(Input::Closed { socket, code }))));
    let mut stream = tokio::select! {
        opened = connect_async(upgrade) => match opened {
            Ok((stream, _)) => stream,
            Err(_) => return closed(BROKEN),
        },
        () = given_up(&mut say) => return,
    };
    loop {
        tokio::select! {
            said = say.recv() => match said {
                Some(text) => if stream.send(Message::text(text)).await.is_err() {
                    return closed(BROKEN);
                },
                None => return drop(timeout(CLOSE_WITHIN, stream.close(None)).await),
            },
            heard = stream.next() => match heard {
                Some(Ok(Message::Text(text))) => drop(bring.send(heard_text(socket, &text, &profile))),
                Some(Ok(Message::Close(frame))) => return closed(frame.map_or(NO_CODE, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return closed(BROKEN),
            },
        }
    }
}

/// What is said while a socket opens is said in vain, as in a browser.
async fn given_up(say: &mut UnboundedReceiver<String>) {
    while say.recv().await.is_some() {}
}

fn heard_text(socket: u32, text: &str, profile: &Profile) -> Came {
    let frame = lean::read::<RoomDown>(text);
    if frame.is_none() && text != PONG {
        return Came::Garbled(text.to_owned());
    }
    if let Some(RoomDown::Ack { id, seq, at }) = &frame {
        profile.kept().acked.push(Ack { id: id.clone(), seq: *seq, at: *at });
    }
    Came::Input(Box::new(Input::Heard { socket, frame }))
}
