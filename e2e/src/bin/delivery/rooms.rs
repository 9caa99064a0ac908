//! Rooms to measure: conversations that agents have picked up, five sockets each, and the floor's.

use super::line::{Room, Stream, open};
use e2e::{Agent, PASSWORD, Seat, Server, Tenant, Visitor, new_tenant, staff};
use futures_util::future::join_all;
use protocol::room::SUBPROTOCOL;

/// Conversations that one agent may have.
const CAPACITY: u32 = 50;
/// Sockets that open at the same time.
const AT_ONCE: usize = 16;

/// A tenant with people enough, at their desks, and conversations that they have.
pub struct House {
    pub tenant: Tenant,
    pub admin: Agent,
    pub seats: Vec<Seat>,
    /// Each with the place of its owner.
    pub chats: Vec<(Visitor, usize)>,
}

impl House {
    pub async fn with(server: &Server, chats: usize) -> House {
        let mut asked = new_tenant();
        asked.agents.truncate(1);
        asked.agents.extend((0..chats.div_ceil(CAPACITY as usize)).map(|n| staff(&format!("Agent {n}"))));
        asked.agents.iter_mut().for_each(|agent| agent.capacity = Some(CAPACITY));
        let tenant = Tenant::create(server.clone(), asked).await;
        let admin = tenant.ann().await;
        let mut seats = Vec::new();
        for number in 1..tenant.asked.agents.len() {
            let email = tenant.asked.agents[number].email.as_str();
            seats.push(Seat::take(Agent::sign_in(server.clone(), email, PASSWORD).await).await);
        }
        let mut house = House { tenant, admin, seats, chats: Vec::new() };
        for n in 0..chats {
            let (visitor, owner) = (house.tenant.asking().await, n % house.seats.len());
            house.seats[owner].picks_up(&visitor).await;
            house.chats.push((visitor, owner));
        }
        house
    }

    /// Sockets of a conversation: the visitor's tabs, the owner's, and the admin, who looks on.
    async fn sockets(&self, chat: usize, each: usize, watched: bool) -> Vec<Stream> {
        let (visitor, owner) = &self.chats[chat];
        let server = &self.tenant.server;
        let url = server.ws(&format!("/v1/conversations/{}/socket?latest=50", visitor.conversation()));
        let offered = format!("{SUBPROTOCOL}, token.{}", visitor.boot.token);
        let visitors = [("sec-websocket-protocol", offered.as_str()), ("origin", visitor.origin.as_str())];
        let agents = |agent: &'_ Agent| [("cookie", agent.cookie.clone()), ("origin", server.url.clone())];
        let owner = agents(&self.seats[*owner].agent);
        let owner = owner.each_ref().map(|(name, value)| (*name, value.as_str()));
        let mut sockets = Vec::new();
        for _ in 0..each {
            sockets.push(open(&url, &visitors).await);
            sockets.push(open(&url, &owner).await);
        }
        if watched {
            let admin = agents(&self.admin);
            sockets.push(open(&url, &admin.each_ref().map(|(name, value)| (*name, value.as_str()))).await);
        }
        sockets
    }

    /// One room with a pair of sockets, and the others with five each.
    pub async fn rooms(&self) -> (Room, Vec<Room>) {
        let pair = Room::of(self.sockets(0, 1, false).await);
        let mut rooms = Vec::new();
        for chats in (1..self.chats.len()).collect::<Vec<_>>().chunks(AT_ONCE) {
            rooms.extend(
                join_all(chats.iter().map(|chat| self.sockets(*chat, 2, true))).await.into_iter().map(Room::of),
            );
        }
        (pair, rooms)
    }
}

/// The same of the floor.
pub async fn floor(url: &str, count: usize) -> (Room, Vec<Room>) {
    let url = url.replacen("http", "ws", 1);
    let sockets = async |room: usize, many: usize| {
        let mut sockets = Vec::new();
        for _ in 0..many {
            sockets.push(open(&format!("{url}/{room}"), &[]).await);
        }
        Room::of(sockets)
    };
    let pair = sockets(0, 2).await;
    let mut rooms = Vec::new();
    for room in 1..=count {
        rooms.push(sockets(room, 5).await);
    }
    (pair, rooms)
}
