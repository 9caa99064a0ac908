//! An agent at a dashboard.

use crate::http::{Reply, Request};
use crate::server::Server;
use crate::socket::Socket;
use crate::{body, message_id};
use protocol::desk::{AgentCard, DeskDown, QueueRow};
use protocol::http::{Ack, HandoffCommand, HistoryReply, IntentRequest, Me, SendRequest, SignInRequest};
use protocol::room::RoomDown;
use protocol::{AgentId, ConversationId, Epoch, HandoffId, Intent, Stage, Status};

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
        let headers = [("cookie", self.cookie.as_str()), ("origin", self.server.url.as_str())];
        Socket::open(&self.server.ws("/v1/desk/socket"), &headers).await
    }

    /// Opens a conversation.
    pub async fn room(&self, conversation: &ConversationId, after: u32) -> Socket<RoomDown> {
        let headers = [("cookie", self.cookie.as_str()), ("origin", self.server.url.as_str())];
        let path = format!("/v1/conversations/{conversation}/socket?after={after}");
        Socket::open(&self.server.ws(&path), &headers).await
    }

    /// Picks a handoff up.
    pub async fn claim(&self, handoff: &HandoffId, epoch: Epoch) -> Reply {
        self.command(handoff, "claim", epoch).await
    }

    /// Finishes a handoff.
    pub async fn resolve(&self, handoff: &HandoffId, epoch: Epoch) -> Reply {
        self.command(handoff, "resolve", epoch).await
    }

    /// Writes to a visitor.
    pub async fn send(&self, conversation: &ConversationId, text: &str) -> Ack {
        let request = SendRequest { id: message_id(), body: body(text) };
        self.request("POST", &format!("/v1/conversations/{conversation}/messages")).json(&request).send().await.ok()
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

    async fn command(&self, handoff: &HandoffId, name: &str, epoch: Epoch) -> Reply {
        let path = format!("/v1/handoffs/{handoff}/{name}");
        self.request("POST", &path).json(&HandoffCommand { epoch }).send().await
    }
}

impl Socket<DeskDown> {
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
            DeskDown::Agent { .. } | DeskDown::Error { .. } => None,
        };
        self.expect(&format!("row of {conversation} as {stage:?}"), pick).await
    }

    /// Waits until this agent is shown with this status.
    pub async fn status(&mut self, agent: &AgentId, status: Status) -> AgentCard {
        let fits = |card: &AgentCard| card.id == *agent && card.status == status;
        let pick = |frame| match frame {
            DeskDown::Agent { agent } => Some(agent).filter(fits),
            DeskDown::Welcome { agents, .. } => agents.into_iter().find(fits),
            DeskDown::Row { .. } | DeskDown::Error { .. } => None,
        };
        self.expect(&format!("{agent} as {status:?}"), pick).await
    }
}
