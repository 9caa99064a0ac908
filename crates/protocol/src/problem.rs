//! What went wrong, in words a client may act on (RFC 9457). Internal text never leaves the server.

use crate::lean::{Json, Lean, read_word};
use crate::room::AgentRef;
use crate::{Timestamp, lean_struct};
use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:literal, $title:literal;)*) => {
        /// Every way in which Beckon says no.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(transform = crate::schema::listed))]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $word)] $variant),*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $word),* }
            }

            /// The HTTP status that carries it.
            pub fn status(self) -> u16 {
                match self { $(Code::$variant => $status),* }
            }

            /// One English sentence for developers; screens have their own catalogues.
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title),* }
            }
        }

        impl Lean for Code {
            fn to_json(&self, out: &mut String) {
                out.push('"');
                out.push_str(self.as_str());
                out.push('"');
            }
            fn from_json(json: &Json) -> Option<Self> {
                Self::ALL.get(read_word(json, &[$($word),*])?).copied()
            }
        }
    };
}

codes! {
    /// Not JSON, or not of the shape asked for.
    Malformed = "malformed", 400, "The request is not of the shape this address takes.";
    /// Only whitespace.
    BodyEmpty = "body_empty", 400, "The text is empty.";
    /// More than 4,000 characters.
    BodyTooLong = "body_too_long", 400, "The text is longer than 4,000 characters.";
    /// A number outside of what is allowed, such as a capacity of 0 or 51.
    OutOfRange = "out_of_range", 400, "A number is outside of what is allowed.";
    /// Passwords have 8 to 200 characters.
    BadPassword = "bad_password", 400, "A password has 8 to 200 characters.";
    /// Not an e-mail address.
    BadEmail = "bad_email", 400, "That is not an e-mail address.";
    /// A place in a conversation that it has not reached: whoever says so knows a conversation that is not this one.
    UnknownPlace = "unknown_place", 400, "The conversation has not come so far.";
    /// A file without a byte.
    FileEmpty = "file_empty", 400, "The file is empty.";
    /// A file larger than the tenant allows.
    FileTooLarge = "file_too_large", 413, "The file is larger than this workspace allows.";
    /// A file of a kind that the tenant does not allow, by its content.
    FileNotAllowed = "file_not_allowed", 415, "Files of this kind are not taken here.";
    /// A frame that the server does not know.
    UnknownFrame = "unknown_frame", 400, "The frame is not one that this socket takes.";
    /// More bytes than any valid request has.
    TooLarge = "too_large", 413, "The request is larger than this address takes.";
    /// No or no valid sign-in or token.
    Unauthenticated = "unauthenticated", 401, "Sign in, or boot the widget, first.";
    /// The token was good once.
    TokenExpired = "token_expired", 401, "The token has expired; boot again.";
    /// Wrong e-mail or password; never says which.
    BadCredentials = "bad_credentials", 401, "The e-mail address or the password is wrong.";
    /// Signed in, but not allowed.
    Forbidden = "forbidden", 403, "Your role does not allow this.";
    /// No widget has this key.
    UnknownKey = "unknown_key", 404, "No widget has this key.";
    /// The page's origin is not on the widget's list.
    OriginNotAllowed = "origin_not_allowed", 403, "This website may not use this widget.";
    /// No such thing, or not yours to know of.
    NotFound = "not_found", 404, "There is no such thing here.";
    /// The address exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405, "This address does not take that method.";
    /// The address wants a WebSocket.
    UpgradeRequired = "upgrade_required", 426, "This address speaks WebSocket only.";
    /// The same client_msg_id came with another body.
    ConflictingRetry = "conflicting_retry", 409, "This message id was already used for another text.";
    /// Somebody else has it.
    Taken = "taken", 409, "Another agent has this conversation.";
    /// The command speaks of an owner from before the last change.
    StaleEpoch = "stale_epoch", 409, "The conversation has changed hands; look again.";
    /// The agent has as many conversations as allowed.
    AtCapacity = "at_capacity", 409, "You have as many conversations as you may take.";
    /// The agent's status does not let them take conversations.
    NotRoutable = "not_routable", 409, "Only an available agent can take conversations.";
    /// It is being offered to somebody else.
    Offered = "offered", 409, "This conversation is being offered to another agent.";
    /// Whoever answers was not asked, or not this time, or too late.
    NotOffered = "not_offered", 409, "This conversation is not offered to you, or no longer.";
    /// The agent who is to have it cannot take conversations now.
    AgentNotRoutable = "agent_not_routable", 409, "That agent is not available.";
    /// The agent who is to have it has as many as allowed.
    AgentAtCapacity = "agent_at_capacity", 409, "That agent has as many conversations as they may take.";
    /// Nobody is in the department.
    EmptyDepartment = "empty_department", 409, "Nobody is in that department.";
    /// It is with whom, or where, it is to go.
    AlreadyThere = "already_there", 409, "The conversation is already there.";
    /// Only the owner may do this.
    NotOwner = "not_owner", 409, "Only the agent who has this conversation may do this.";
    /// The handoff is over, or there is none.
    NotOpen = "not_open", 409, "This conversation is not open.";
    /// A tenant keeps at least one active admin.
    LastAdmin = "last_admin", 409, "A workspace needs at least one active admin.";
    /// Something with this name or address exists.
    Exists = "exists", 409, "That already exists.";
    /// Too many requests; `retry_after_ms` says when.
    SlowDown = "slow_down", 429, "Too many requests; slow down.";
    /// Our fault; logged.
    Internal = "internal", 500, "Something went wrong on our side.";
    /// A part of the service does not answer; try again.
    Unavailable = "unavailable", 503, "The service is not ready; try again.";
}

/// An RFC 9457 problem document, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// What a client may act on.
    pub code: Code,
    /// One English sentence for developers.
    pub title: String,
    /// The HTTP status again.
    #[cfg_attr(feature = "schema", schemars(range(min = 400, max = 599)))]
    pub status: u32,
    /// Who has it, is asked, ended it, or cannot take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AgentRef>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// When a retry makes sense, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u32>,
}

lean_struct!(Problem { code, title, status, by, at, retry_after_ms });

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Problem {
            code,
            title: code.title().to_owned(),
            status: code.status().into(),
            by: None,
            at: None,
            retry_after_ms: None,
        }
    }
}
