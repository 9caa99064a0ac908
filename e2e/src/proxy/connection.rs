//! One connection: two ways, each read into a queue that is emptied as the weather allows.

use super::{Direction, Door, Fault, Orders, Tally, Way, locked};
use crate::seed;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

/// Pieces on their way at once: more would hide from a sender that a network is slow.
const UNDER_WAY: usize = 16;
/// The largest piece.
const PIECE: usize = 16 * 1024;
/// Slow ways carry something this often.
const SLICE: Duration = Duration::from_millis(50);

/// What the browser of somebody behind a proxy that knows no WebSockets is told.
const FORBIDDEN: &[u8] = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A connection, and what it has to do.
pub(super) struct Connection {
    orders: watch::Receiver<Orders>,
    tally: Arc<Mutex<Tally>>,
    /// When it came: what was ordered before does not concern it.
    came: Orders,
    /// Ways that have lost something, and carry nothing any more.
    holes: [AtomicBool; 2],
    /// For which change of the weather each kind of fault was counted.
    counted: Mutex<Vec<(Fault, u32)>>,
}

/// Why a connection ends before its ends do.
enum Broken {
    /// Both sides are told so by RST. It counts, unless it is what another fault leads to.
    Reset(Option<Fault>),
    /// The client is told that it may not have a WebSocket.
    Forbidden,
    /// Both sides see an end.
    Dropped,
}

type Piece = (Instant, Vec<u8>);

impl Connection {
    pub(super) fn new(orders: watch::Receiver<Orders>, tally: Arc<Mutex<Tally>>) -> Self {
        let came = *orders.borrow();
        Self { orders, tally, came, holes: Default::default(), counted: Mutex::default() }
    }

    pub(super) async fn carry(self, mut client: TcpStream, mut server: TcpStream) {
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let ended = {
            let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
            let up = self.pump(from_client, to_server, Direction::Up);
            let down = self.pump(from_server, to_client, Direction::Down);
            let both = async { tokio::try_join!(up, down).map(drop) };
            tokio::select! {
                ended = both => ended,
                broken = self.broken() => Err(broken),
            }
        };
        match ended {
            Ok(()) | Err(Broken::Dropped) => {}
            Err(Broken::Reset(fault)) => {
                if let Some(fault) = fault {
                    locked(&self.tally).faults.note(fault);
                }
                let _ = (client.set_zero_linger(), server.set_zero_linger());
            }
            Err(Broken::Forbidden) => drop(client.write_all(FORBIDDEN).await),
        }
    }

    /// Waits until everybody is reset, or this one is forgotten.
    async fn broken(&self) -> Broken {
        let mut orders = self.orders.clone();
        loop {
            {
                let now = orders.borrow_and_update();
                if now.resets != self.came.resets {
                    return Broken::Reset((now.resets != now.severed).then_some(Fault::Reset));
                }
                let is_known = now.forgotten == self.came.forgotten;
                let is_over = |way| self.hole(way).load(Relaxed) && !now.weather.way(way).swallow;
                if is_known && (is_over(Direction::Up) || is_over(Direction::Down)) {
                    return Broken::Reset(None);
                }
            }
            if orders.changed().await.is_err() {
                // The proxy is going, and takes its connections along.
                std::future::pending::<()>().await;
            }
        }
    }

    async fn pump(&self, from: ReadHalf<'_>, to: WriteHalf<'_>, way: Direction) -> Result<(), Broken> {
        let (queue, due) = channel(UNDER_WAY);
        tokio::try_join!(self.read(from, queue, way), self.write(to, due, way)).map(drop)
    }

    async fn read(&self, mut from: ReadHalf<'_>, queue: Sender<Piece>, way: Direction) -> Result<(), Broken> {
        let mut buffer = vec![0; PIECE];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let piece = &buffer[..length];
            if way == Direction::Up && asks_for_a_socket(piece) {
                self.let_socket_in()?;
            }
            let _ = queue.send((self.due(way), piece.to_vec())).await;
        }
        Ok(())
    }

    fn let_socket_in(&self) -> Result<(), Broken> {
        let door = self.now().weather.door;
        if matches!(door, Door::ForbidsSockets | Door::DropsSockets) {
            locked(&self.tally).faults.note(Fault::Blocked);
        }
        match door {
            Door::Open | Door::Refuses => Ok(()),
            Door::ForbidsSockets => Err(Broken::Forbidden),
            Door::DropsSockets => Err(Broken::Dropped),
        }
    }

    async fn write(&self, mut to: WriteHalf<'_>, mut due: Receiver<Piece>, way: Direction) -> Result<(), Broken> {
        let mut cut = None;
        while let Some((at, piece)) = due.recv().await {
            sleep_until(at).await;
            if self.swallows(way) {
                continue;
            }
            if way == Direction::Up {
                self.note();
            }
            cut = self.cut(way, cut);
            if let Some((_, left)) = &mut cut {
                if piece.len() > *left {
                    let _ = to.write_all(&piece[..*left]).await;
                    return Err(Broken::Reset(Some(Fault::Cut)));
                }
                *left -= piece.len();
            }
            self.pass(&mut to, &piece, way).await;
        }
        if self.swallows(way) {
            // Not even the other side's end gets through.
            std::future::pending::<()>().await;
        }
        let _ = to.shutdown().await;
        Ok(())
    }

    /// At the speed that this way has.
    async fn pass(&self, to: &mut WriteHalf<'_>, mut piece: &[u8], way: Direction) {
        while !piece.is_empty() {
            let rate = self.now().weather.way(way).rate;
            if rate == 0 {
                let _ = to.write_all(piece).await;
                return;
            }
            self.count(Fault::Throttled);
            let slice = usize::try_from(rate / 20).unwrap_or(PIECE).clamp(1, piece.len());
            let (now, rest) = piece.split_at(slice);
            sleep(SLICE.min(Duration::from_secs(1) / rate * u32::try_from(slice).unwrap_or(u32::MAX))).await;
            if self.swallows(way) || to.write_all(now).await.is_err() {
                return;
            }
            piece = rest;
        }
    }

    fn now(&self) -> Orders {
        *self.orders.borrow()
    }

    fn hole(&self, way: Direction) -> &AtomicBool {
        &self.holes[way as usize]
    }

    /// Whether what comes now is lost. Whoever has lost something has no use for what comes after it.
    fn swallows(&self, way: Direction) -> bool {
        let now = self.now();
        if now.weather.way(way).swallow || now.forgotten != self.came.forgotten {
            self.count(Fault::Swallowed);
            self.hole(way).store(true, Relaxed);
        }
        self.hole(way).load(Relaxed)
    }

    /// What is left of the way to a cut: its number, and bytes.
    fn cut(&self, way: Direction, earlier: Option<(u32, usize)>) -> Option<(u32, usize)> {
        let now = self.now();
        let (_, after) = now.cut.filter(|(direction, _)| *direction == way && now.cuts != self.came.cuts)?;
        Some(earlier.filter(|(number, _)| *number == now.cuts).unwrap_or((now.cuts, after)))
    }

    /// When a piece that comes now arrives; pieces stay in order by their queue.
    fn due(&self, way: Direction) -> Instant {
        let Way { delay, stall, .. } = self.now().weather.way(way);
        let dice = seed();
        let stalls = !stall.is_zero() && dice.is_multiple_of(8);
        if stalls {
            locked(&self.tally).carried.stalls += 1;
            self.count(Fault::Stalled);
        }
        if !delay.is_zero() {
            self.count(Fault::Delayed);
        }
        let part = f64::from(u16::try_from(dice >> 64 & 0xffff).unwrap_or_default()) / 65535.0;
        Instant::now() + delay + if stalls { stall.mul_f64(part) } else { Duration::ZERO }
    }

    /// Counts a fault that goes on, once until the weather changes.
    fn count(&self, fault: Fault) {
        let key = (fault, self.now().changes);
        let mut counted = self.counted.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !counted.contains(&key) {
            counted.retain(|(_, change)| *change == key.1);
            counted.push(key);
            locked(&self.tally).faults.note(fault);
        }
    }

    fn note(&self) {
        let carried = &mut locked(&self.tally).carried;
        let now = Instant::now();
        let silence = carried.last.map(|last| now - last);
        carried.gap = carried.gap.max(silence.unwrap_or_default());
        carried.last = Some(now);
    }
}

/// Whether a piece is the head of a request for a WebSocket: heads are written in one go.
fn asks_for_a_socket(piece: &[u8]) -> bool {
    const WORD: &[u8] = b"upgrade: websocket";
    piece.starts_with(b"GET ") && piece.windows(WORD.len()).any(|part| part.eq_ignore_ascii_case(WORD))
}
