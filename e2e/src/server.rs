//! The server under test.

use crate::http::Request;
use std::env;
use std::time::Duration;

/// Where the server is, and its secrets.
#[derive(Clone)]
pub struct Server {
    /// Its origin.
    pub url: String,
    /// Creates tenants.
    pub platform_token: String,
    pub(crate) http: reqwest::Client,
}

impl Server {
    /// The one that `cargo xtask test` started.
    pub fn from_env() -> Self {
        Self::at(&told("BECKON_URL"))
    }

    /// One at another place, with the same secrets.
    pub fn at(url: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { url: url.to_owned(), platform_token: told("PLATFORM_TOKEN"), http }
    }

    /// The same place over WebSocket.
    pub fn ws(&self, path: &str) -> String {
        format!("{}{path}", self.url.replacen("http", "ws", 1))
    }

    /// A `GET`.
    pub fn get(&self, path: &str) -> Request {
        self.request("GET", path)
    }

    /// A `POST`.
    pub fn post(&self, path: &str) -> Request {
        self.request("POST", path)
    }

    /// A request for a WebSocket that should be refused; for one that opens there is [`Socket`](crate::Socket).
    pub fn upgrade(&self, path: &str) -> Request {
        let request = self.get(path).header("connection", "upgrade").header("upgrade", "websocket");
        request.header("sec-websocket-version", "13").header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    }

    /// A request of any method.
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request::new(self, method, path)
    }

    /// Runs the cron handler, as Cloudflare does once a minute.
    pub async fn cron(&self) {
        let reply = self.get("/cdn-cgi/handler/scheduled?cron=*+*+*+*+*").send().await;
        assert_eq!(reply.status, 200, "the cron handler answered {}", reply.text);
    }
}

/// What the server was told about presence: grace after a closed tab, and the longest silence of an open one.
pub fn rules() -> (Duration, Duration) {
    let millis = |name| Duration::from_millis(told(name).parse().expect("milliseconds"));
    (millis("GRACE_MS"), millis("STALE_AFTER_MS"))
}

pub(crate) fn told(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set; these tests are run by `cargo xtask test`"))
}
