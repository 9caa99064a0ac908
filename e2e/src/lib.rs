//! A harness for tests against a real workerd: a tenant of its own for every test, agents, visitors, sockets on which a
//! test waits for what should come instead of sleeping, pages that run the clients' own link, networks that fail, and a
//! checker of what is left in the end.
//!
//! `cargo xtask test` starts the server and tells where it is by environment variables; plain `cargo test` leaves
//! these tests out.
#![expect(clippy::expect_used, reason = "all of this crate is test code")]

mod agent;
mod browser;
mod contract;
mod d1;
mod dice;
mod forge;
mod handoffs;
mod history;
mod http;
mod normal;
mod own;
mod proxy;
mod screen;
mod seat;
mod server;
mod socket;
mod talk;
mod tenant;
mod view;
mod visitor;

pub use agent::{Agent, ApiClient};
pub use browser::{Carrier, Page, Profile, Road, Seen};
pub use d1::Projected;
pub use dice::Dice;
pub use forge::visitor_token;
pub use history::{Flaw, History, Shown, Written};
pub use http::{Reply, Request};
pub use normal::normal;
pub use own::OwnServer;
pub use proxy::{Carried, Direction, Door, Fault, Faults, Proxy, Way, Weather};
pub use screen::{Screen, Thread};
pub use seat::{Desk, Seat};
pub use server::{Server, rules};
pub use socket::Socket;
pub use talk::Talk;
pub use tenant::{PASSWORD, Tenant, new_tenant, staff};
pub use view::{Picture, View};
pub use visitor::{Visitor, receipt};

use protocol::{Body, ClientMsgId};
use std::time::Duration;

/// How long a test waits for something that should come at once, on a machine that may be busy.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// 128 random bits.
pub fn seed() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("random numbers");
    u128::from_le_bytes(bytes)
}

/// A new message id.
pub fn message_id() -> ClientMsgId {
    ClientMsgId::random(seed())
}

/// A text as a message.
pub fn body(text: &str) -> Body {
    Body::parse(text).expect("a valid text")
}
