//! Who takes part in a storm: rooms, and in each a visitor and an agent, some of them with two pages, some where no
//! socket gets through.

use super::healing::Healing;
use super::party::Party;
use super::plan::Deed;
use e2e::{ApiClient, Door, Flaw, History, OwnServer, Page, Profile, Projected, Proxy, Seen, Tenant, Visitor, Weather};
use protocol::http::RoomVitals;
use protocol::{Seq, Stage};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longer than any run: agents are there whatever happens to their network.
const STALE_AFTER_MS: u32 = 600_000;

/// Per room: the doors of the visitor's browser and how many tabs it has, and the doors of the agent's devices.
const ROOMS: [(Door, usize, &[Door]); 4] = [
    (Door::Open, 1, &[Door::Open]),
    (Door::Open, 2, &[Door::Open, Door::ForbidsSockets]),
    (Door::ForbidsSockets, 1, &[Door::Open]),
    (Door::DropsSockets, 2, &[Door::ForbidsSockets, Door::Open]),
];

/// All of them.
pub struct Cast {
    pub own: OwnServer,
    tenant: Tenant,
    clients: [ApiClient; 2],
    rooms: Vec<Visitor>,
    pub roads: Vec<Proxy>,
    /// Of each road, for ever.
    doors: Vec<Door>,
    pub parties: Vec<Party>,
}

impl Cast {
    pub async fn gather() -> Self {
        let own = OwnServer::start_with(&["ROOM_MESSAGES=2000"]).await;
        let tenant = Tenant::on(own.server.clone()).await;
        let settings = serde_json::json!({ "stale_after_ms": STALE_AFTER_MS });
        let ann = tenant.ann().await;
        ann.request("PUT", "/v1/settings/presence").json(&settings).send().await.ok::<serde_json::Value>();
        let clients = [tenant.client(1).await, tenant.client(2).await];
        let mut cast = Self { own, tenant, clients, rooms: vec![], roads: vec![], doors: vec![], parties: vec![] };
        cast.beat().await;
        for (room, (door, tabs, devices)) in ROOMS.into_iter().enumerate() {
            cast.open(room, door, tabs, devices).await;
        }
        cast
    }

    /// A room with its handoff in an agent's hands, and a page for everybody.
    async fn open(&mut self, room: usize, door: Door, tabs: usize, devices: &[Door]) {
        let visitor = self.tenant.visitor().await;
        visitor.ask().await;
        let client = &self.clients[room % 2];
        let queue: protocol::routing::QueueReply = client.request("GET", "/v1/queue?stage=waiting").send().await.ok();
        let row = queue.items.iter().find(|row| row.conversation == *visitor.conversation()).expect("in the queue");
        assert_eq!(client.claim(row).await.row().stage, Stage::Active);
        let road = self.road(door).await;
        let profile = Profile::of_visitor(&visitor, &self.roads[road]);
        for tab in 0..tabs {
            self.join(format!("room {room}, visitor, tab {tab}"), room, road, profile.clone());
        }
        for (device, door) in devices.iter().enumerate() {
            let agent = self.tenant.sign_in(1 + room % 2).await;
            let road = self.road(*door).await;
            let profile = Profile::of_agent(&agent, visitor.conversation(), &self.roads[road]);
            self.join(format!("room {room}, agent, device {device}"), room, road, profile);
        }
        self.rooms.push(visitor);
    }

    async fn road(&mut self, door: Door) -> usize {
        self.roads.push(Proxy::to(&self.own.server, Weather { door, ..Weather::default() }).await);
        self.doors.push(door);
        self.roads.len() - 1
    }

    fn join(&mut self, name: String, room: usize, road: usize, profile: Profile) {
        self.parties.push(Party::sit_down(name, room, road, profile));
    }

    /// Keeps the agents there.
    pub async fn beat(&self) {
        for client in &self.clients {
            client.beat(false).await;
        }
    }

    /// Does it.
    pub async fn act(&mut self, deed: Deed) {
        match deed {
            Deed::Write(party) => self.parties[party].write(),
            Deed::Die(party, effects) => self.parties[party].dies_after(effects),
            Deed::Reload(party) => self.parties[party].reload().await,
            Deed::Wake(party) => self.parties[party].with(Page::wake),
            Deed::Weather(road, weather) => {
                // Where no socket gets through, that is so in any weather.
                let door = if weather.door == Door::Open { self.doors[road] } else { weather.door };
                self.roads[road].change(|now| *now = Weather { door, ..weather });
            }
            Deed::Reset(road) => self.roads[road].reset(),
            Deed::Cut(road, direction, after) => self.roads[road].cut(direction, after),
            Deed::Kill => {
                self.own.kill_runtime();
                // What the machine's end does to its connections; wrangler's door would keep some.
                self.roads.iter().for_each(Proxy::sever);
            }
        }
    }

    /// Everything is well again: server, roads, pages. Browsers say so to their pages.
    pub async fn heal(&mut self, was_killed: bool) {
        self.own.answers().await;
        if was_killed {
            // What came while no runtime was there is kept by wrangler's door, and never answered.
            self.roads.iter().for_each(Proxy::sever);
        }
        for (road, door) in self.roads.iter().zip(&self.doors) {
            road.change(|weather| weather.door = *door);
            road.heal();
        }
        for party in &mut self.parties {
            party.revive().await;
            party.with(Page::wake);
        }
    }

    /// Waits until everybody has everything; how long it took, and what took longest.
    pub async fn settles(&mut self) -> Healing {
        let mut healing = Healing::begin();
        for party in &mut self.parties {
            let before = party.page().seen().phase;
            party.has_sent_all().await;
            healing.step(|| format!("{} to send all, which was {before:?}", party.name));
        }
        for (room, visitor) in self.rooms.iter().enumerate() {
            let last = visitor.last_seq().await;
            for party in self.parties.iter().filter(|party| party.room == room) {
                let before = party.page().seen().phase;
                party.has_all(last).await;
                healing.step(|| format!("{} to show all, which was {before:?}", party.name));
            }
            self.history_has(visitor, last).await;
            healing.step(|| format!("the history of room {room}"));
        }
        healing
    }

    async fn history_has(&self, visitor: &Visitor, last: Seq) {
        let since = Instant::now();
        loop {
            let vitals: RoomVitals = self.tenant.room_vitals(visitor.conversation()).await;
            if (vitals.last_seq, vitals.projected, vitals.behind_ms) == (last, last, 0) {
                return;
            }
            assert!(since.elapsed() < e2e::PATIENCE, "the history does not catch up: {vitals:?}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// What everybody wrote, was told and has seen, room by room.
    pub async fn histories(&self) -> Vec<History> {
        let mut histories = Vec::new();
        for (room, visitor) in self.rooms.iter().enumerate() {
            let mut history = History { stored: visitor.whole_transcript().await, ..History::default() };
            let mut seen = Vec::new();
            for party in self.parties.iter().filter(|party| party.room == room) {
                history.shown.push(party.page().shown());
                // Tabs share their browser.
                if !seen.contains(&party.road) {
                    seen.push(party.road);
                    history.written.extend(party.profile.written());
                    history.acked.extend(party.profile.acked());
                    history.shown.extend(party.profile.shown());
                }
            }
            histories.push(history);
        }
        histories
    }

    /// Whether the history has, to the letter, what the rooms have.
    pub async fn check_history(&self, histories: &[History]) {
        for (visitor, history) in self.rooms.iter().zip(histories) {
            let expected: Vec<_> = history.stored.iter().map(Projected::of).collect();
            assert_eq!(self.own.projected(visitor.conversation()).await, expected, "the history is another");
        }
    }

    /// Whether every page did as it should.
    pub fn check_pages(&self) {
        for party in &self.parties {
            let seen = party.page().seen();
            let Seen { anew, refused, is_locked, unkept, garbled, .. } = &seen;
            assert_eq!((*anew, *refused, *is_locked), (0, None, false), "{}", party.name);
            assert!(unkept.is_empty(), "{}: sent before they were kept: {unkept:?}", party.name);
            assert!(garbled.is_empty(), "{}: {garbled:#?}", party.name);
            assert_eq!(party.profile.outbox(), [], "{}: still kept", party.name);
        }
    }
}

/// What is wrong with all of them.
pub fn flaws(histories: &[History]) -> Vec<Flaw> {
    histories.iter().flat_map(History::flaws).collect()
}
