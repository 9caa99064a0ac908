//! A network between a test and its server that may be slow, stall, swallow everything, refuse, reset, cut in the
//! middle of a frame, or know no WebSockets. What it does can be changed at any moment, and is counted.

mod connection;
mod weather;

#[cfg(test)]
mod tests;

pub use weather::{Carried, Direction, Door, Fault, Faults, Way, Weather};

use crate::server::Server;
use connection::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A TCP proxy in front of the server. Dropping it cuts all of its connections.
pub struct Proxy {
    /// The server by way of this proxy.
    pub url: String,
    /// What stands in the `Host` of those who come by this way: the server itself.
    pub host: String,
    orders: watch::Sender<Orders>,
    tally: Arc<Mutex<Tally>>,
    _connections: JoinSet<()>,
}

/// What every connection has to do from now on.
#[derive(Debug, Clone, Copy, Default)]
struct Orders {
    weather: Weather,
    /// Counts changes of the weather: a fault counts once a connection and change.
    changes: u32,
    /// Counts resets: whoever was there before the last one is gone.
    resets: u32,
    /// The last reset that was the server's end.
    severed: u32,
    /// Counts how often all were forgotten.
    forgotten: u32,
    /// Counts cuts.
    cuts: u32,
    /// Whoever was there before the last cut is reset after so many bytes more of this way.
    cut: Option<(Direction, usize)>,
}

#[derive(Debug, Default)]
struct Tally {
    carried: Carried,
    faults: Faults,
}

impl Proxy {
    /// Opens one.
    pub async fn to(server: &Server, weather: Weather) -> Self {
        let host = server.url.trim_start_matches("http://").to_owned();
        Self::to_host(host, weather).await
    }

    async fn to_host(host: String, weather: Weather) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (orders, heard) = watch::channel(Orders { weather, ..Orders::default() });
        let tally = Arc::<Mutex<Tally>>::default();
        let mut connections = JoinSet::new();
        connections.spawn(accept(listener, host.clone(), heard, tally.clone()));
        Self { url, host, orders, tally, _connections: connections }
    }

    /// Changes the weather, for all connections.
    pub fn change(&self, change: impl FnOnce(&mut Weather)) {
        self.orders.send_modify(|orders| {
            change(&mut orders.weather);
            orders.changes += 1;
        });
    }

    /// From now on it swallows everything, both ways, and keeps every connection.
    pub fn swallow(&self) {
        self.change(|weather| (weather.up.swallow, weather.down.swallow) = (true, true));
    }

    /// Forgets every connection without a word, as a router does after a while: they swallow everything for ever. New
    /// ones are as good as any.
    pub fn forget(&self) {
        self.orders.send_modify(|orders| orders.forgotten += 1);
    }

    /// Resets every connection.
    pub fn reset(&self) {
        self.orders.send_modify(|orders| orders.resets += 1);
    }

    /// The same, where it is not the network's doing: the server's machine has died.
    pub fn sever(&self) {
        self.orders.send_modify(|orders| (orders.resets, orders.severed) = (orders.resets + 1, orders.resets + 1));
    }

    /// Resets every connection after so many bytes more.
    pub fn cut(&self, direction: Direction, after: usize) {
        self.orders.send_modify(|orders| {
            orders.cuts += 1;
            orders.cut = Some((direction, after));
        });
    }

    /// From now on everything is well, but for a door that knows no WebSockets: those are so for ever.
    pub fn heal(&self) {
        self.orders.send_modify(|orders| {
            let door = match orders.weather.door {
                Door::Open | Door::Refuses => Door::Open,
                door @ (Door::ForbidsSockets | Door::DropsSockets) => door,
            };
            orders.weather = Weather { door, ..Weather::default() };
            orders.changes += 1;
            orders.cut = None;
        });
    }

    /// What it has carried so far.
    pub fn carried(&self) -> Carried {
        locked(&self.tally).carried
    }

    /// What it has done so far.
    pub fn faults(&self) -> Faults {
        locked(&self.tally).faults.clone()
    }
}

fn locked(tally: &Mutex<Tally>) -> std::sync::MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, target: String, orders: watch::Receiver<Orders>, tally: Arc<Mutex<Tally>>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        if orders.borrow().weather.door == Door::Refuses {
            locked(&tally).faults.note(Fault::Refused);
            let _ = client.set_zero_linger();
            continue;
        }
        let (target, connection) = (target.clone(), Connection::new(orders.clone(), tally.clone()));
        connections.spawn(async move {
            let Ok(server) = TcpStream::connect(target).await else { return };
            connection.carry(client, server).await;
        });
        // Those that are over.
        while connections.try_join_next().is_some() {}
    }
}
