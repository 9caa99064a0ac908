//! Ids are types, so that swapped arguments do not compile. On the wire: `prefix_` and 20 characters.

use crate::lean::{Json, Lean, read_if};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Crockford's alphabet: no `i`, `l`, `o`, `u`, so an id can be read out on the phone.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 20 characters of 5 bits: 100 bits cannot be guessed and never meet by chance.
const LENGTH: usize = 20;

/// Text that is not an id of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of this kind")
    }
}

fn write_random(prefix: &str, mut seed: u128) -> String {
    let mut id = String::with_capacity(prefix.len() + LENGTH);
    id.push_str(prefix);
    for _ in 0..LENGTH {
        id.push(ALPHABET[(seed & 31) as usize] as char);
        seed >>= 5;
    }
    id
}

fn has_shape(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| rest.len() == LENGTH && rest.bytes().all(|b| ALPHABET.contains(&b)))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(
            feature = "schema",
            schemars(extend("pattern" = concat!("^", $prefix, "[0-9abcdefghjkmnpqrstvwxyz]{20}$")))
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A new id from 128 random bits (the lowest 100 are used).
            pub fn random(seed: u128) -> Self {
                Self(write_random($prefix, seed))
            }

            /// Reads an id. Errors: [`NotAnId`] unless prefix, length and alphabet fit.
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                if has_shape($prefix, text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
            }

            /// The id as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Lean for $name {
            fn to_json(&self, out: &mut String) {
                self.0.to_json(out);
            }
            fn from_json(json: &Json) -> Option<Self> {
                read_if(json, &|text| has_shape($prefix, text)).map(Self)
            }
        }
    )*};
}

ids! {
    /// One website owner's workspace.
    TenantId = "tn_";
    /// One embed of a tenant.
    WidgetId = "wg_";
    /// The public key in the script tag.
    WidgetKey = "pk_";
    /// The person on the website.
    VisitorId = "vi_";
    /// A person who answers.
    AgentId = "ag_";
    /// A team that conversations can be routed to.
    DepartmentId = "dp_";
    /// One visitor's thread, owned by one room.
    ConversationId = "cv_";
    /// One request for a human inside a conversation.
    HandoffId = "ho_";
    /// One sign-in of an agent: a row that can be listed and revoked.
    SignInId = "si_";
    /// One tab (or API client) of a signed-in agent: a lease that must be renewed.
    SessionId = "se_";
    /// One file in a conversation.
    FileId = "fi_";
    /// Chosen by the sender; makes a send repeatable without doubling it.
    ClientMsgId = "cm_";
}

impl SessionId {
    /// The lease of an API client: a sign-in of its own, so its id is all that is needed.
    pub fn of_client(sign_in: &SignInId) -> SessionId {
        SessionId(sign_in.0.replacen("si_", "se_", 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_id_parses_as_its_own_kind_only() {
        let id = ConversationId::random(u128::MAX / 7);
        assert_eq!(ConversationId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(HandoffId::parse(id.as_str()), Err(NotAnId));
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for bad in [
            "",
            "cv_",
            "cv_short",
            "cv_0123456789abcdefghi!",
            "cv_0123456789ABCDEFGHJK",
            "0123456789abcdefghjk",
            "cv_../../../etc/passwd",
        ] {
            assert_eq!(ConversationId::parse(bad), Err(NotAnId), "{bad}");
        }
    }
}
