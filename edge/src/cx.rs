//! One request on its way through: parsed at the door, let in, handled.

use crate::auth::{Caller, SignedIn};
use crate::error::EdgeError;
use crate::object::refusal_of;
use futures_util::StreamExt;
use protocol::problem::Code;
use protocol::{ConversationId, HandoffId, Seq};
use serde::de::DeserializeOwned;
use worker::{Env, Request};

/// No request of ours is larger: a message of 4,000 characters, escaped at worst, and a token.
const LARGEST: usize = 64 * 1024;

/// A request that was let in.
pub struct Cx {
    /// The request.
    pub req: Request,
    /// The bindings.
    pub env: Env,
    /// What stands for `{id}` in the route's path; empty if there is none.
    pub id: String,
    /// Who asks.
    pub caller: Caller,
}

impl Cx {
    /// Reads the body. Errors: [`Code::TooLarge`], [`Code::Malformed`], or what is wrong with a text in it.
    pub async fn body<T: DeserializeOwned>(&mut self) -> Result<T, EdgeError> {
        let bytes = self.bytes().await?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Code::Malformed)?;
        serde_json::from_str(text).map_err(|_| refusal_of(text).into())
    }

    /// Stops reading where it becomes too large, whatever the length said.
    async fn bytes(&mut self) -> Result<Vec<u8>, EdgeError> {
        let mut bytes = Vec::new();
        if self.req.inner().body().is_none() {
            return Ok(bytes);
        }
        let mut stream = self.req.stream()?;
        while let Some(chunk) = stream.next().await {
            bytes.extend(chunk?);
            if bytes.len() > LARGEST {
                return Err(Code::TooLarge.into());
            }
        }
        Ok(bytes)
    }

    /// A value from the address's query. Errors: [`Code::Malformed`] if it does not parse.
    pub fn query<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, EdgeError> {
        let url = self.req.url()?;
        let value = url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        value.map(|value| value.parse().map_err(|_| Code::Malformed.into())).transpose()
    }

    /// The place that a client has already; the beginning if it says none.
    pub fn after(&self) -> Result<Seq, EdgeError> {
        Ok(Seq(self.query("after")?.unwrap_or_default()))
    }

    /// The conversation in the address. Errors: [`Code::NotFound`].
    pub fn conversation(&self) -> Result<ConversationId, EdgeError> {
        ConversationId::parse(&self.id).map_err(|_| Code::NotFound.into())
    }

    /// The handoff in the address. Errors: [`Code::NotFound`].
    pub fn handoff(&self) -> Result<HandoffId, EdgeError> {
        HandoffId::parse(&self.id).map_err(|_| Code::NotFound.into())
    }

    /// The agent who asks. Errors: [`Code::Unauthenticated`].
    pub fn agent(&self) -> Result<&SignedIn, EdgeError> {
        match &self.caller {
            Caller::Agent(agent) => Ok(agent),
            Caller::Anyone | Caller::Visitor(_) | Caller::Platform => Err(Code::Unauthenticated.into()),
        }
    }
}
