//! An agent at a dashboard.

use crate::handoffs::address;
use crate::http::{Reply, Request};
use crate::server::Server;
use crate::socket::Socket;
use crate::visitor::receipt;
use crate::{body, message_id};
use protocol::desk::{AgentCard, DeskDown, DeskUp, QueueRow};
use protocol::http::{Ack, HandoffCommand, HistoryReply, IntentRequest, Me, RedactRequest, SendRequest, SignInRequest};
use protocol::room::RoomDown;
use protocol::team::{ChangeAgent, DepartmentCard, HeartbeatRequest, SignInView, SignInsReply, TokenReply};
use protocol::{AgentId, ConversationId, DepartmentId, Intent, Seq, SignInId, Stage, Status};
use serde::de::DeserializeOwned;

/// A signed-in agent; one sign-in is one browser.
pub struct Agent {
    /// Where.
    pub server: Server,
    /// The session, as the `Cookie` header.
    pub cookie: String,
    /// Who.
    pub me: Me,
}

impl Agent {
    /// Signs in, with a real password.
    pub async fn sign_in(server: Server, email: &str, password: &str) -> Self {
        let request = SignInRequest { email: email.to_owned(), password: password.to_owned() };
        let reply = server.post("/v1/auth/sign_in").origin(&server.url).json(&request).send().await;
        let me = reply.ok();
        let cookie = reply.header("set-cookie").expect("a session cookie");
        for attribute in ["__Host-beckon=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(attribute), "{attribute} is missing in {cookie}");
        }
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Self { server, cookie, me }
    }

    /// Who.
    pub fn id(&self) -> &AgentId {
        &self.me.id
    }

    /// A request from the dashboard.
    pub fn request(&self, method: &str, path: &str) -> Request {
        self.server.request(method, path).header("cookie", &self.cookie).origin(&self.server.url)
    }

    /// Opens the desk; the welcome has come.
    pub async fn desk(&self) -> Socket<DeskDown> {
        self.desk_as("").await
    }

    /// Opens the desk with a query in the address.
    pub async fn desk_as(&self, query: &str) -> Socket<DeskDown> {
        let headers = [("cookie", self.cookie.as_str()), ("origin", self.server.url.as_str())];
        Socket::open(&self.server.ws(&format!("/v1/desk/socket{query}")), &headers).await
    }

    /// Reads something.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        self.request("GET", path).send().await.ok()
    }

    /// Where they are signed in.
    pub async fn sign_ins(&self) -> Vec<SignInView> {
        self.get::<SignInsReply>("/v1/agents/me/sign_ins").await.items
    }

    /// This sign-in.
    pub async fn sign_in_id(&self) -> SignInId {
        self.sign_ins().await.into_iter().find(|one| one.current).expect("this one").id
    }

    /// One agent of the team, as of now.
    pub async fn card(&self, agent: &AgentId) -> AgentCard {
        self.get(&format!("/v1/agents/{agent}")).await
    }

    /// Changes an agent.
    pub async fn change(&self, agent: &AgentId, change: &ChangeAgent) -> Reply {
        self.request("PATCH", &format!("/v1/agents/{agent}")).json(change).send().await
    }

    /// Opens a conversation.
    pub async fn room(&self, conversation: &ConversationId, after: u32) -> Socket<RoomDown> {
        let headers = [("cookie", self.cookie.as_str()), ("origin", self.server.url.as_str())];
        let path = format!("/v1/conversations/{conversation}/socket?after={after}");
        Socket::open(&self.server.ws(&path), &headers).await
    }

    /// Writes to a visitor.
    pub async fn send(&self, conversation: &ConversationId, text: &str) -> Ack {
        let request = SendRequest { id: message_id(), body: body(text) };
        self.request("POST", &format!("/v1/conversations/{conversation}/messages")).json(&request).send().await.ok()
    }

    /// A request about a conversation.
    pub fn about(&self, conversation: &ConversationId, method: &str, rest: &str) -> Request {
        self.request(method, &format!("/v1/conversations/{conversation}/{rest}"))
    }

    /// Tells how far they have come, by HTTP.
    pub async fn receive(&self, conversation: &ConversationId, delivered: u32, read: u32) -> Reply {
        self.about(conversation, "POST", "receipts").json(&receipt(delivered, read)).send().await
    }

    /// Takes away what a message says.
    pub async fn redact(&self, conversation: &ConversationId, seq: Seq) {
        let reply = self.try_redact(conversation, seq).await;
        assert_eq!(reply.status, 204, "{}", reply.text);
    }

    /// Tries to.
    pub async fn try_redact(&self, conversation: &ConversationId, seq: Seq) -> Reply {
        self.about(conversation, "POST", "redactions").json(&RedactRequest { seq }).send().await
    }

    /// Chooses what to be.
    pub async fn intend(&self, intent: Intent) -> AgentCard {
        self.request("PUT", "/v1/agents/me/intent").json(&IntentRequest { intent }).send().await.ok()
    }

    /// The newest closed handoffs.
    pub async fn history(&self) -> HistoryReply {
        self.request("GET", "/v1/handoffs").send().await.ok()
    }

    /// Signs out.
    pub async fn sign_out(&self) {
        let reply = self.request("POST", "/v1/auth/sign_out").send().await;
        assert_eq!(reply.status, 204, "{}", reply.text);
    }
}

/// An agent's program, which beats by HTTP.
pub struct ApiClient {
    /// Where.
    pub server: Server,
    /// Its sign-in.
    pub token: TokenReply,
}

impl ApiClient {
    /// Signs in.
    pub async fn sign_in(server: Server, email: &str, password: &str) -> Self {
        let request = SignInRequest { email: email.to_owned(), password: password.to_owned() };
        let reply = server.post("/v1/auth/tokens").json(&request).send().await;
        assert_eq!(reply.header("set-cookie"), None, "a token is no cookie");
        Self { token: reply.ok(), server }
    }

    /// A request; nothing but the token says who asks.
    pub fn request(&self, method: &str, path: &str) -> Request {
        self.server.request(method, path).bearer(&self.token.token)
    }

    /// Picks a handoff up, as it was in this row.
    pub async fn claim(&self, row: &QueueRow) -> Reply {
        self.command(row, "claim").send().await
    }

    /// Finishes a handoff.
    pub async fn resolve(&self, row: &QueueRow) -> Reply {
        self.command(row, "resolve").send().await
    }

    /// A command that is nothing but a verb and an epoch.
    pub fn command(&self, row: &QueueRow, verb: &str) -> Request {
        self.request("POST", &address(&row.handoff, verb)).json(&HandoffCommand { epoch: row.epoch })
    }

    /// Beats once.
    pub async fn beat(&self, idle: bool) -> Reply {
        self.request("POST", "/v1/agents/me/heartbeat").json(&HeartbeatRequest { idle }).send().await
    }
}

impl Socket<DeskDown> {
    /// Says that nobody, or somebody, is at this tab.
    pub fn idle(&self, on: bool) {
        self.say(&DeskUp::Idle { on });
    }

    /// Waits until this agent is shown so.
    pub async fn card(&mut self, what: &str, agent: &AgentId, fits: impl Fn(&AgentCard) -> bool) -> AgentCard {
        let fits = |card: &AgentCard| card.id == *agent && fits(card);
        let pick = |frame| match frame {
            DeskDown::Agent { agent } => Some(agent).filter(fits),
            DeskDown::Welcome { agents, .. } => agents.into_iter().find(fits),
            _ => None,
        };
        self.expect(&format!("{agent} {what}"), pick).await
    }

    /// Waits until this department is shown as covered or not.
    pub async fn covered(&mut self, department: &DepartmentId, covered: bool) {
        let fits = |card: &DepartmentCard| card.id == *department && card.covered == covered;
        let pick = |frame| match frame {
            DeskDown::Department { department } => Some(()).filter(|()| fits(&department)),
            DeskDown::Welcome { departments, .. } => departments.iter().any(fits).then_some(()),
            _ => None,
        };
        self.expect(&format!("{department} covered: {covered}"), pick).await;
    }

    /// Waits for the welcome: the team and the queue.
    pub async fn welcome(&mut self) -> (Vec<AgentCard>, Vec<QueueRow>) {
        let pick =
            |frame| if let DeskDown::Welcome { agents, queue, .. } = frame { Some((agents, queue)) } else { None };
        self.expect("the desk's welcome", pick).await
    }

    /// Waits until this conversation's row says this stage.
    pub async fn row(&mut self, conversation: &ConversationId, stage: Stage) -> QueueRow {
        let fits = |row: &QueueRow| row.conversation == *conversation && row.stage == stage;
        let pick = |frame| match frame {
            DeskDown::Row { row } => Some(row).filter(fits),
            DeskDown::Welcome { queue, .. } => queue.into_iter().find(fits),
            _ => None,
        };
        self.expect(&format!("row of {conversation} as {stage:?}"), pick).await
    }

    /// Waits until this agent is shown with this status.
    pub async fn status(&mut self, agent: &AgentId, status: Status) -> AgentCard {
        self.card(&format!("as {status:?}"), agent, |card| card.status == status).await
    }
}
