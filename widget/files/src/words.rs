//! What the chat tells, and is told, as JSON.

use protocol::file::{File, FileSettings};
use protocol::http::Ack;
use protocol::problem::Code;
use protocol::{ClientMsgId, Seq, lean_struct};

/// Where files go and come from. Told first, and whenever it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Of the conversation's files.
    pub url: String,
    /// The visitor's token.
    pub token: String,
    /// Whether messages go through.
    pub up: bool,
    /// Under which name rows are kept.
    pub scope: String,
    /// What may be sent, once that is known.
    pub rules: Option<FileSettings>,
    /// The newest message that the thread shows.
    pub seq: Seq,
}
lean_struct!(Place { url, token, up, scope, rules, seq });

/// A file that the thread shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The message's id, if the visitor sent it.
    pub id: Option<ClientMsgId>,
    /// The file.
    pub file: File,
}
lean_struct!(Shown { id, file });

/// How a file fared, as far as the link is to hear of it: an event [`Fared::EVENT`] on the panel has it as its `detail`.
/// With neither, the network may be gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fared {
    /// The message's id.
    pub id: Option<ClientMsgId>,
    /// It is stored.
    pub ack: Option<Ack>,
    /// The token is not good any more.
    pub code: Option<Code>,
}
lean_struct!(Fared { id, ack, code });

impl Fared {
    /// The event's name.
    pub const EVENT: &'static str = "fared";
}
