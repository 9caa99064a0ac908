//! Requests, and what is asked of their replies.

use crate::contract;
use crate::server::Server;
use protocol::desk::QueueRow;
use protocol::problem::{Code, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A request in the making.
pub struct Request {
    name: String,
    inner: reqwest::RequestBuilder,
}

impl Request {
    pub(crate) fn new(server: &Server, method: &str, path: &str) -> Self {
        let verb = method.parse().expect("an HTTP method");
        Self { name: format!("{method} {path}"), inner: server.http.request(verb, format!("{}{path}", server.url)) }
    }

    /// With a bearer token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// From a page of this website.
    pub fn origin(self, origin: &str) -> Self {
        self.header("origin", origin)
    }

    /// With a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { inner: self.inner.header(name, value), ..self }
    }

    /// With a JSON body.
    pub fn json<T: Serialize>(self, body: &T) -> Self {
        Self { inner: self.inner.json(body), ..self }
    }

    /// With any body.
    pub fn raw(self, body: impl Into<reqwest::Body>) -> Self {
        Self { inner: self.inner.header("content-type", "application/json").body(body), ..self }
    }

    /// Sends it. Every reply is held against the API's document.
    pub async fn send(self) -> Reply {
        let name = self.name.clone();
        let reply = self.sent().await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        contract::check(&reply);
        reply
    }

    /// Sends it to a server that may be gone: what answers in its place knows no document.
    pub async fn try_send(self) -> Option<Reply> {
        self.sent().await.ok()
    }

    async fn sent(self) -> reqwest::Result<Reply> {
        let response = self.inner.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { name: self.name, status, headers, text: response.text().await? })
    }
}

/// What came back.
pub struct Reply {
    /// Method and address of the request.
    pub(crate) name: String,
    /// The status.
    pub status: u16,
    /// The body.
    pub text: String,
    headers: reqwest::header::HeaderMap,
}

impl Reply {
    /// The body of a success.
    pub fn ok<T: DeserializeOwned>(&self) -> T {
        assert!((200..300).contains(&self.status), "{} was refused with {}: {}", self.name, self.status, self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{}: {error}: {}", self.name, self.text))
    }

    /// The row that a command about a handoff is answered with.
    pub fn row(&self) -> QueueRow {
        self.ok()
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The problem document of a refusal with this code.
    pub fn refused(&self, code: Code) -> Problem {
        let Self { name, status, text, .. } = self;
        assert_eq!(*status, code.status(), "{name} should be refused as {code:?}, not answered {status}: {text}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{name}");
        let problem: Problem = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
        assert_eq!(problem.code, code, "{name}: {text}");
        assert_eq!(problem.status, u32::from(code.status()), "{name}: {text}");
        problem
    }
}
