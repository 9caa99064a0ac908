//! The history, as it stands on the disk of a test's own server: nothing that is served tells all of it.

use crate::own::OwnServer;
use protocol::room::Message;
use protocol::{AgentId, Body, ConversationId, Event, Kind, Seq, Timestamp};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// SQLite as Node brings it: the Node that runs wrangler is there anyway.
const SCRIPT: &str = "const { DatabaseSync } = require('node:sqlite'); \
    const [file, sql, ...values] = process.argv.slice(1); \
    const rows = new DatabaseSync(file, { readOnly: true }).prepare(sql).all(...values); \
    console.log(JSON.stringify(rows));";
const MESSAGES: &str =
    "SELECT seq, kind, agent, body, event, at_ms, detail FROM message WHERE conversation = ? ORDER BY seq";

/// A message in the history.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Projected {
    /// Its place.
    pub seq: Seq,
    /// What it is.
    pub kind: Kind,
    /// Who wrote it, or whom it speaks of.
    pub agent: Option<AgentId>,
    /// Its text.
    pub body: Option<Body>,
    /// What it tells.
    pub event: Option<Event>,
    /// When it was stored.
    pub at_ms: Timestamp,
    /// Its file, and what it speaks of.
    pub detail: Option<String>,
}

impl Projected {
    /// What the history should have of a message.
    pub fn of(message: &Message) -> Self {
        let Message { seq, kind, at, body, agent, event, file, of, .. } = message.clone();
        let mut detail = serde_json::Map::new();
        detail.extend(file.map(|file| ("file".to_owned(), serde_json::json!(file))));
        detail.extend(of.map(|of| ("of".to_owned(), serde_json::json!(of))));
        let detail = (!detail.is_empty()).then(|| serde_json::Value::Object(detail).to_string());
        Self { seq, kind, agent: agent.map(|agent| agent.id), body, event, at_ms: at, detail }
    }
}

impl OwnServer {
    /// What the history has of a conversation.
    pub async fn projected(&self, conversation: &ConversationId) -> Vec<Projected> {
        let node = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/.bin/node");
        let mut asking = Command::new(node);
        asking.args(["--no-warnings", "-e", SCRIPT]).arg(self.database()).args([MESSAGES, conversation.as_str()]);
        let told = asking.stderr(Stdio::inherit()).output().await.expect("node runs");
        serde_json::from_slice(&told.stdout).expect("rows")
    }

    fn database(&self) -> PathBuf {
        let dir = self.state().join("v3/d1/miniflare-D1DatabaseObject");
        let files = std::fs::read_dir(dir).expect("the databases").flatten().map(|entry| entry.path());
        let is_data = |path: &PathBuf| {
            path.extension().is_some_and(|kind| kind == "sqlite") && path.file_stem().is_some_and(|it| it != "metadata")
        };
        files.into_iter().find(is_data).expect("the database")
    }
}
