//! What a browser keeps of one party of one conversation: it outlives its pages, however those end.

use super::page::Page;
use crate::agent::Agent;
use crate::history::{Shown, Written};
use crate::proxy::Proxy;
use crate::server::Server;
use crate::visitor::Visitor;
use client::link::Me;
use protocol::http::{Ack, SendRequest};
use protocol::room::SUBPROTOCOL;
use protocol::{ClientMsgId, ConversationId};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request as Upgrade;

/// As in the browser's own client: a request that hangs longer has failed.
const GIVE_UP_AFTER: Duration = Duration::from_secs(15);

/// The way from a browser to the server.
pub struct Road {
    url: String,
    host: String,
}

impl From<&Server> for Road {
    fn from(server: &Server) -> Self {
        Self { url: server.url.clone(), host: server.url.trim_start_matches("http://").to_owned() }
    }
}

impl From<&Proxy> for Road {
    fn from(proxy: &Proxy) -> Self {
        Self { url: proxy.url.clone(), host: proxy.host.clone() }
    }
}

/// A browser of one party. Clones are the same browser: its tabs.
#[derive(Clone)]
pub struct Profile(Arc<Inner>);

struct Inner {
    me: Me,
    conversation: ConversationId,
    road: Road,
    credentials: Credentials,
    http: reqwest::Client,
    kept: Mutex<Kept>,
}

struct Credentials {
    /// Of requests.
    of_requests: Vec<(&'static str, String)>,
    /// Of sockets.
    of_sockets: Vec<(&'static str, String)>,
}

/// What is on its disk, and what the test remembers of it.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) outbox: Vec<SendRequest>,
    pub(super) written: Vec<Written>,
    pub(super) acked: Vec<Ack>,
    pub(super) shown: Vec<Shown>,
}

impl Profile {
    /// A browser of a visitor.
    pub fn of_visitor(visitor: &Visitor, road: impl Into<Road>) -> Self {
        let origin = visitor.origin.clone();
        let token = &visitor.boot.token;
        let credentials = Credentials {
            of_requests: vec![("authorization", format!("Bearer {token}")), ("origin", origin.clone())],
            of_sockets: vec![("sec-websocket-protocol", format!("{SUBPROTOCOL}, token.{token}")), ("origin", origin)],
        };
        Self::new(Me::Visitor, visitor.conversation(), road.into(), credentials)
    }

    /// A browser in which an agent has signed in, at one conversation.
    pub fn of_agent(agent: &Agent, conversation: &ConversationId, road: impl Into<Road>) -> Self {
        let headers = vec![("cookie", agent.cookie.clone()), ("origin", agent.server.url.clone())];
        let credentials = Credentials { of_requests: headers.clone(), of_sockets: headers };
        Self::new(Me::Agent(agent.id().clone()), conversation, road.into(), credentials)
    }

    fn new(me: Me, conversation: &ConversationId, road: Road, credentials: Credentials) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(GIVE_UP_AFTER).build().expect("an HTTP client");
        let conversation = conversation.clone();
        Self(Arc::new(Inner { me, conversation, road, credentials, http, kept: Mutex::default() }))
    }

    /// Opens a page; `tab` is a name for whoever writes there, over all of its lives.
    pub fn open(&self, tab: &str) -> Page {
        Page::open(self.clone(), tab, None)
    }

    /// What a page that opens now begins with.
    pub fn outbox(&self) -> Vec<SendRequest> {
        self.kept().outbox.clone()
    }

    /// Whether this was ever kept here.
    pub fn has_kept(&self, id: &ClientMsgId) -> bool {
        self.kept().has_kept(id)
    }

    /// All that was ever written and kept here, of each tab in order.
    pub fn written(&self) -> Vec<Written> {
        self.kept().written.clone()
    }

    /// All acks that ever came.
    pub fn acked(&self) -> Vec<Ack> {
        self.kept().acked.clone()
    }

    /// What was shown by pages that are gone.
    pub fn shown(&self) -> Vec<Shown> {
        self.kept().shown.clone()
    }

    pub(super) fn me(&self) -> Me {
        self.0.me.clone()
    }

    pub(super) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request about the conversation.
    pub(super) fn request(&self, method: &str, rest: &str) -> reqwest::RequestBuilder {
        let Inner { road, conversation, credentials, http, .. } = &*self.0;
        let url = format!("{}/v1/conversations/{conversation}/{rest}", road.url);
        let request = http.request(method.parse().expect("an HTTP method"), url).header("host", &road.host);
        credentials.of_requests.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    /// A request for a socket.
    pub(super) fn upgrade(&self, query: &str) -> Upgrade {
        let Inner { road, conversation, credentials, .. } = &*self.0;
        let url = road.url.replacen("http", "ws", 1);
        let url = format!("{url}/v1/conversations/{conversation}/socket?{query}");
        let mut request = url.into_client_request().expect("an address");
        let headers = credentials.of_sockets.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in headers.chain([("host", road.host.as_str())]) {
            request.headers_mut().insert(name, value.parse().expect("a header"));
        }
        request
    }
}

impl Kept {
    /// Persists a message.
    pub(super) fn keep(&mut self, by: &str, send: SendRequest) {
        let SendRequest { id, body } = &send;
        if !self.has_kept(id) {
            self.written.push(Written { by: by.to_owned(), id: id.clone(), body: body.clone() });
        }
        if !self.outbox.iter().any(|kept| kept.id == send.id) {
            self.outbox.push(send);
        }
    }

    /// Whether this was ever kept.
    pub(super) fn has_kept(&self, id: &ClientMsgId) -> bool {
        self.written.iter().any(|written| written.id == *id)
    }

    pub(super) fn forget(&mut self, id: &ClientMsgId) {
        self.outbox.retain(|kept| kept.id != *id);
    }
}
