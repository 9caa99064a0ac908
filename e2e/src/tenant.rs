//! A tenant of its own for every test.

use crate::agent::{Agent, ApiClient};
use crate::seat::Seat;
use crate::seed;
use crate::server::Server;
use crate::visitor::Visitor;
use protocol::http::{NewAgent, NewTenant, RoomVitals, TenantCreated};
use protocol::routing::{ConversationSettings, Routing};
use protocol::team::{Availability, DeskVitals};
use protocol::{ConversationId, Email, Name, Role, TenantId};

/// All agents of all tests have it.
pub const PASSWORD: &str = "correct horse battery staple";

/// A tenant with one admin, Ann, and two agents, Ben and Cem, who may have two conversations each.
pub struct Tenant {
    /// Where it lives.
    pub server: Server,
    /// Its ids.
    pub created: TenantCreated,
    /// What was asked for.
    pub asked: NewTenant,
}

impl Tenant {
    /// Creates one on the server of this run.
    pub async fn new() -> Self {
        Self::on(Server::from_env()).await
    }

    /// Creates one that differs from [`new_tenant`].
    pub async fn with(change: impl FnOnce(&mut NewTenant)) -> Self {
        let mut asked = new_tenant();
        change(&mut asked);
        Self::create(Server::from_env(), asked).await
    }

    /// Creates one whose department routes so.
    pub async fn routed(routing: Routing) -> Self {
        Self::with(|asked| asked.routing = routing).await
    }

    /// Creates one on a server.
    pub async fn on(server: Server) -> Self {
        Self::create(server, new_tenant()).await
    }

    /// Creates this one.
    pub async fn create(server: Server, asked: NewTenant) -> Self {
        let reply = server.post("/v1/platform/tenants").bearer(&server.platform_token).json(&asked).send().await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        Self { server, created: reply.ok(), asked }
    }

    /// Its id.
    pub fn id(&self) -> &TenantId {
        &self.created.tenant
    }

    /// The website that may embed its widget.
    pub fn origin(&self) -> &str {
        &self.asked.origins[0]
    }

    /// Signs the admin in.
    pub async fn ann(&self) -> Agent {
        self.sign_in(0).await
    }

    /// Signs the first agent in.
    pub async fn ben(&self) -> Agent {
        self.sign_in(1).await
    }

    /// Signs the second agent in.
    pub async fn cem(&self) -> Agent {
        self.sign_in(2).await
    }

    /// A new visitor on its website.
    pub async fn visitor(&self) -> Visitor {
        Visitor::boot(self.server.clone(), self.origin(), &self.created.key).await
    }

    /// Signs a program of the first agent in.
    pub async fn client_of_ben(&self) -> ApiClient {
        self.client(1).await
    }

    /// The admin at the desk.
    pub async fn ann_at_desk(&self) -> Seat {
        Seat::take(self.ann().await).await
    }

    /// The first agent at the desk.
    pub async fn ben_at_desk(&self) -> Seat {
        Seat::take(self.ben().await).await
    }

    /// The second agent at the desk.
    pub async fn cem_at_desk(&self) -> Seat {
        Seat::take(self.cem().await).await
    }

    /// A new visitor who has asked for a human.
    pub async fn asking(&self) -> Visitor {
        let visitor = self.visitor().await;
        visitor.ask().await;
        visitor
    }

    /// A program of one of the people, signed in.
    pub async fn client(&self, number: usize) -> ApiClient {
        ApiClient::sign_in(self.server.clone(), self.asked.agents[number].email.as_str(), PASSWORD).await
    }

    /// Whether a visitor who has not opened the chat is told that somebody can answer.
    pub async fn is_open(&self) -> bool {
        let path = format!("/v1/widget/availability?key={}", self.created.key);
        self.server.get(&path).send().await.ok::<Availability>().open
    }

    /// What its desk is up to.
    pub async fn vitals(&self) -> DeskVitals {
        let path = format!("/v1/platform/desks/{}", self.id());
        self.server.get(&path).bearer(&self.server.platform_token).send().await.ok()
    }

    /// What a room is up to.
    pub async fn room_vitals(&self, conversation: &ConversationId) -> RoomVitals {
        let path = format!("/v1/platform/rooms/{conversation}?tenant={}", self.id());
        self.server.get(&path).bearer(&self.server.platform_token).send().await.ok()
    }

    /// Signs one of the people in, by place in what was asked for.
    pub async fn sign_in(&self, number: usize) -> Agent {
        Agent::sign_in(self.server.clone(), self.asked.agents[number].email.as_str(), PASSWORD).await
    }
}

/// What creates a tenant that nobody else has.
pub fn new_tenant() -> NewTenant {
    let unique = format!("{:032x}", seed());
    let agent = |name: &str, role| person(name, role, &unique);
    NewTenant {
        name: Name::parse("Test Shop").expect("a name"),
        handle: Name::parse(&format!("test-{unique}")).expect("a name"),
        department: Name::parse("Support").expect("a name"),
        agents: vec![
            agent("Ann", Role::ClientAdmin),
            agent("Ben", Role::SupportStaff),
            agent("Cem", Role::SupportStaff),
        ],
        origins: vec![format!("https://{unique}.example")],
        look: None,
        key: None,
        routing: Routing::default(),
        conversations: ConversationSettings::default(),
    }
}

/// One more who answers, for [`Tenant::with`].
pub fn staff(name: &str) -> NewAgent {
    person(name, Role::SupportStaff, &format!("{:032x}", seed()))
}

fn person(name: &str, role: Role, unique: &str) -> NewAgent {
    NewAgent {
        email: Email::parse(&format!("{}.{unique}@test.example", name.to_lowercase().replace(' ', "-")))
            .expect("an address"),
        name: Name::parse(name).expect("a name"),
        role,
        password: PASSWORD.to_owned(),
        capacity: Some(2),
    }
}
