//! A network between a test and its server that may be slow, stall, or swallow everything.

use crate::seed;
use crate::server::Server;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// How a network treats what it carries.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// One way: half a round trip.
    pub delay: Duration,
    /// One piece in eight waits for up to this long, and everything behind it too.
    pub stall: Duration,
}

/// What a network has carried from clients to the server.
#[derive(Debug, Clone, Copy, Default)]
pub struct Carried {
    /// When the last piece reached the server.
    pub last: Option<Instant>,
    /// The longest silence between two pieces.
    pub gap: Duration,
    /// Pieces that had to wait.
    pub stalls: u32,
}

/// A TCP proxy in front of the server. Dropping it cuts all of its connections.
pub struct Proxy {
    /// The server by way of this proxy.
    pub url: String,
    hole: watch::Sender<bool>,
    carried: Arc<Mutex<Carried>>,
    _connections: JoinSet<()>,
}

impl Proxy {
    /// Opens one.
    pub async fn to(server: &Server, weather: Weather) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (hole, swallows) = watch::channel(false);
        let carried = Arc::<Mutex<Carried>>::default();
        let target = server.url.trim_start_matches("http://").to_owned();
        let mut connections = JoinSet::new();
        connections.spawn(accept(listener, target, Line { weather, swallows, carried: carried.clone() }));
        Self { url, hole, carried, _connections: connections }
    }

    /// From now on it swallows everything, both ways, and keeps every connection.
    pub fn swallow(&self) {
        let _ = self.hole.send(true);
    }

    /// What it has carried so far.
    pub fn carried(&self) -> Carried {
        *self.carried.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One way of a connection.
#[derive(Clone)]
struct Line {
    weather: Weather,
    swallows: watch::Receiver<bool>,
    carried: Arc<Mutex<Carried>>,
}

type Piece = (Instant, Vec<u8>);

async fn accept(listener: TcpListener, target: String, line: Line) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (target, line) = (target.clone(), line.clone());
        connections.spawn(async move {
            let Ok(server) = TcpStream::connect(target).await else { return };
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
            let (up, down) =
                (pump(from_client, to_server, line.clone(), true), pump(from_server, to_client, line, false));
            tokio::join!(up, down);
        });
    }
}

async fn pump(from: OwnedReadHalf, to: OwnedWriteHalf, line: Line, up: bool) {
    let (queue, due) = unbounded_channel();
    tokio::join!(read(from, queue, &line), write(to, due, &line, up));
}

async fn read(mut from: OwnedReadHalf, queue: UnboundedSender<Piece>, line: &Line) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let _ = queue.send((line.due(), buffer[..length].to_vec()));
    }
}

async fn write(mut to: OwnedWriteHalf, mut due: UnboundedReceiver<Piece>, line: &Line, up: bool) {
    while let Some((at, piece)) = due.recv().await {
        sleep_until(at).await;
        if line.is_hole() {
            continue;
        }
        if up {
            line.note();
        }
        let _ = to.write_all(&piece).await;
    }
    if line.is_hole() {
        // Not even the other side's end gets through.
        std::future::pending::<()>().await;
    }
}

impl Line {
    fn is_hole(&self) -> bool {
        *self.swallows.borrow()
    }

    /// When a piece that comes now arrives; pieces stay in order by their queue.
    fn due(&self) -> Instant {
        let Weather { delay, stall } = self.weather;
        let dice = seed();
        let stalls = !stall.is_zero() && dice.is_multiple_of(8);
        if stalls {
            self.carried.lock().unwrap_or_else(PoisonError::into_inner).stalls += 1;
        }
        let part = f64::from(u16::try_from(dice >> 64 & 0xffff).unwrap_or_default()) / 65535.0;
        Instant::now() + delay + if stalls { stall.mul_f64(part) } else { Duration::ZERO }
    }

    fn note(&self) {
        let mut carried = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let silence = carried.last.map(|last| now - last);
        carried.gap = carried.gap.max(silence.unwrap_or_default());
        carried.last = Some(now);
    }
}
