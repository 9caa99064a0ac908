//! A conversation in hand, with a page on each side, each by a road of its own.

use crate::browser::{Page, Profile};
use crate::proxy::{Door, Proxy, Weather};
use crate::seat::Seat;
use crate::tenant::Tenant;
use crate::visitor::Visitor;
use protocol::desk::QueueRow;
use protocol::{Event, Seq};

/// Both sides have joined, and see that.
pub struct Talk {
    /// Whose it is.
    pub tenant: Tenant,
    /// Who asked.
    pub visitor: Visitor,
    /// Who answers.
    pub ben: Seat,
    /// The handoff, as Ben has it.
    pub row: QueueRow,
    /// The visitor's page.
    pub widget: Page,
    /// Ben's page.
    pub room: Page,
    /// The visitor's browser.
    pub visitors: Profile,
    /// Ben's browser.
    pub bens: Profile,
    /// The visitor's road.
    pub near: Proxy,
    /// Ben's road.
    pub far: Proxy,
}

impl Talk {
    /// Over sockets.
    pub async fn new() -> Self {
        Self::by(Tenant::new().await, Door::Open).await
    }

    /// Behind doors of this kind.
    pub async fn by(tenant: Tenant, door: Door) -> Self {
        let weather = Weather { door, ..Weather::default() };
        let (near, far) = (Proxy::to(&tenant.server, weather).await, Proxy::to(&tenant.server, weather).await);
        let mut ben = tenant.ben_at_desk().await;
        let visitor = tenant.visitor().await;
        let visitors = Profile::of_visitor(&visitor, &near);
        let widget = visitors.open("the visitor's page");
        visitor.ask().await;
        let row = ben.picks_up(&visitor).await;
        let bens = Profile::of_agent(&ben.agent, visitor.conversation(), &far);
        let room = bens.open("Ben's page");
        let talk = Self { tenant, visitor, ben, row, widget, room, visitors, bens, near, far };
        talk.tells(Event::AgentJoined).await;
        talk
    }

    /// Waits until both pages show this system message; its place.
    pub async fn tells(&self, event: Event) -> Seq {
        told(&self.widget, event).await;
        told(&self.room, event).await
    }

    /// Waits until both pages show this text; its place.
    pub async fn shows(&self, text: &str) -> Seq {
        self.widget.shows(text).await;
        self.room.shows(text).await.seq
    }

    /// The visitor writes, and both see it.
    pub async fn asks(&self, text: &str) -> Seq {
        self.widget.write(text);
        self.shows(text).await
    }

    /// Ben writes, and both see it.
    pub async fn answers(&self, text: &str) -> Seq {
        self.room.write(text);
        self.shows(text).await
    }
}

/// Waits until a page shows this system message as its newest of that kind; its place.
async fn told(page: &Page, event: Event) -> Seq {
    let newest = |seen: &crate::Seen| seen.messages.iter().rev().find(|it| it.event == Some(event)).map(|it| it.seq);
    page.until(event.as_str(), newest).await
}
