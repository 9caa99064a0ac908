//! A message from a visitor to an agent, beside the least that a room could be: round trips, messages a second, how far
//! the history is behind, rows written, and a power cut under a thousand pages. How to run it: bench/README.md.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement, which stops where it cannot go on")]

mod figures;
mod lag;
mod line;
mod rooms;
mod rows;
#[path = "../common/runtime.rs"]
mod runtime;
mod storm;

use e2e::Server;
use figures::{Times, median, ms};
use line::{Room, crowd};
use rooms::House;
use runtime::{Behind, Runtime};
use std::env;
use std::time::Duration;
use tokio::time::sleep;

/// Nobody's limit is measured here.
const VARS: [&str; 1] = ["ROOM_MESSAGES=1000000000"];
/// Exchanges of a pair.
const EXCHANGES: usize = 1_000;
/// How long each crowd is looked at.
const LENGTH: Duration = Duration::from_secs(8);
/// Messages of one sender under way at the same time.
const UNDER_WAY: usize = 64;
/// In a conversation that is going on, each side writes every few seconds.
const PACE: Duration = Duration::from_secs(4);

#[tokio::main]
async fn main() {
    let number = |name: &str, usual: usize| env::var(name).map_or(usual, |text| text.parse().expect("a number"));
    let (takes, chats) = (number("BECKON_TAKES", 3), number("ROOMS", 200));
    let parts = env::var("PARTS").unwrap_or_else(|_| "rows speed storm".to_owned());
    let wanted = |part: &str| parts.contains(part);
    if wanted("rows") {
        rows::measure().await;
    }
    if wanted("speed") {
        speed(takes, chats).await;
    }
    if wanted("storm") {
        storm::measure(chats).await;
    }
}

async fn speed(takes: usize, chats: usize) {
    let floor_url = env::var("ECHO_URL").expect("ECHO_URL, as `cargo xtask bench` sets it");
    let runtime = Runtime::start(&VARS).await;
    let (here, below) = (runtime::behind(&runtime.url).await, runtime::behind(&floor_url).await);
    println!("{chats} rooms at {} and {}", here.url, below.url);
    let house = House::with(&Server::at(&here.url), chats + 1).await;
    let mut ours = house.rooms().await;
    let mut floor = rooms::floor(&below.url, chats).await;
    let mut all = Vec::new();
    for number in 1..=takes {
        let (rooms, its) = take(&below, floor).await;
        floor = rooms;
        let (rooms, mine) = take(&here, ours).await;
        ours = rooms;
        println!("take {number}\n  floor: {its}\n  ours:  {mine}");
        all.push((its, mine));
    }
    println!("times the floor's, medians of {takes} takes (ours and the floor's):");
    for (name, figure) in FIGURES {
        let ratio = |(floor, ours): &(Take, Take)| figure(ours) / figure(floor);
        let middle = |pick: fn(&(Take, Take)) -> &Take| median(all.iter().map(|take| figure(pick(take))).collect());
        let (floor, ours) = (middle(|take| &take.0), middle(|take| &take.1));
        println!("  {name}: {:.2} ({ours:.2} and {floor:.2})", median(all.iter().map(ratio).collect()));
    }
    drop((ours, floor));
    lag::measure(&house).await;
}

type Rooms = (Room, Vec<Room>);

/// What one take has shown.
struct Take {
    /// One message after the other between two.
    pair: Stage,
    /// Many of one sender under way.
    poured: Stage,
    /// Every room, at the pace of people.
    paced: Stage,
    /// Every room, as fast as it goes.
    crowd: Stage,
}

/// What one stage has shown.
struct Stage {
    times: Times,
    rate: f64,
    /// What a message has cost the processors, with all that comes after it, ms.
    cost: f64,
}

type Figure = fn(&Take) -> f64;

const FIGURES: [(&str, Figure); 12] = [
    ("a pair, p50 ms", |take| ms(take.pair.times.p50)),
    ("a pair, p99 ms", |take| ms(take.pair.times.p99)),
    ("a pair, processor ms a message", |take| take.pair.cost),
    ("one room pouring, messages/s", |take| take.poured.rate),
    ("one room pouring, processor ms a message", |take| take.poured.cost),
    ("every room a message every 4 s, p50 ms", |take| ms(take.paced.times.p50)),
    ("every room a message every 4 s, p99 ms", |take| ms(take.paced.times.p99)),
    ("every room a message every 4 s, processor ms a message", |take| take.paced.cost),
    ("every room as fast as it goes, p50 ms", |take| ms(take.crowd.times.p50)),
    ("every room as fast as it goes, p99 ms", |take| ms(take.crowd.times.p99)),
    ("every room as fast as it goes, messages/s", |take| take.crowd.rate),
    ("every room as fast as it goes, processor ms a message", |take| take.crowd.cost),
];

async fn take(server: &Behind, (mut pair, rooms): Rooms) -> (Rooms, Take) {
    for _ in 0..EXCHANGES / 10 {
        pair.exchange().await;
    }
    settle(server).await;
    let before = server.processor();
    let (pair, paired) = pair.exchanges(EXCHANGES).await;
    let paired = Stage::of(paired, server, before).await;
    let before = server.processor();
    let (pair, poured) = pair.pour(UNDER_WAY, LENGTH / 2).await;
    let poured = Stage::of(poured, server, before).await;
    let before = server.processor();
    let (rooms, paced) = crowd(rooms, Some(PACE), LENGTH).await;
    let paced = Stage::of(paced, server, before).await;
    let before = server.processor();
    let (rooms, crowd) = crowd(rooms, None, LENGTH).await;
    let crowd = Stage::of(crowd, server, before).await;
    ((pair, rooms), Take { pair: paired, poured, paced, crowd })
}

impl Stage {
    /// What comes after the messages (the history, the desk) is a part of their price.
    async fn of((times, rate): (Times, f64), server: &Behind, before: Duration) -> Stage {
        settle(server).await;
        let cost = ms(server.processor() - before) / times.count as f64;
        Stage { times, rate, cost }
    }
}

/// Waits until it has nothing more to do.
async fn settle(server: &Behind) {
    let mut quiet = 0;
    while quiet < 3 {
        let before = server.processor();
        sleep(Duration::from_millis(500)).await;
        quiet = if server.processor() - before <= Duration::from_millis(20) { quiet + 1 } else { 0 };
    }
}

impl std::fmt::Display for Take {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Take { pair, poured, paced, crowd } = self;
        write!(f, "pair {pair}; pouring {poured}; every 4 s {paced}; as fast as it goes {crowd}")
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {:.0}/s, processor {:.2} ms", self.times, self.rate, self.cost)
    }
}
