//! One request on its way through: parsed at the door, let in, handled.

use crate::auth::{Caller, SignedIn, origin};
use crate::calls::Desk;
use crate::clock;
use crate::db::Place;
use crate::db::change::Author;
use crate::error::EdgeError;
use crate::json;
use crate::object::refusal_of;
use js_sys::{Promise, Uint8Array};
use protocol::problem::Code;
use protocol::{AgentId, ConversationId, HandoffId, Seq};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::{ReadableStreamDefaultReader, ReadableStreamReadResult};
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Context, D1Database, Env, Request};

/// No request of ours is larger: a message of 4,000 characters, escaped at worst, and a token.
const LARGEST: usize = 64 * 1024;

/// Items of a page, where nobody says otherwise.
const LIMIT: u32 = 50;
/// Most items of a page.
const MOST: u32 = 200;

/// A request that was let in.
pub struct Cx {
    /// The request.
    pub req: Request,
    /// The bindings.
    pub env: Env,
    /// What the runtime knows of the request.
    pub ctx: Context,
    /// What stands for `{id}` in the route's path; empty if there is none.
    pub id: String,
    /// Who asks.
    pub caller: Caller,
}

impl Cx {
    /// Reads the body. Errors: [`Code::TooLarge`], [`Code::Malformed`], or what is wrong with a text in it.
    pub async fn body<T: DeserializeOwned>(&mut self) -> Result<T, EdgeError> {
        parse(&self.bytes().await?)
    }

    /// Reads a body that may be left out. Errors: as [`Cx::body`].
    pub async fn body_if_any<T: DeserializeOwned + Default>(&mut self) -> Result<T, EdgeError> {
        let bytes = self.bytes().await?;
        if bytes.is_empty() { Ok(T::default()) } else { parse(&bytes) }
    }

    /// Stops reading where it becomes too large, whatever the length said.
    async fn bytes(&mut self) -> Result<Vec<u8>, EdgeError> {
        let mut bytes = Vec::new();
        let Some(body) = self.req.inner().body() else { return Ok(bytes) };
        let reader = ReadableStreamDefaultReader::new(&body).map_err(worker::Error::from)?;
        loop {
            let read = JsFuture::from(reader.read()).await.map_err(worker::Error::from)?;
            let read = read.unchecked_into::<ReadableStreamReadResult>();
            if read.get_done().unwrap_or(true) {
                return Ok(bytes);
            }
            bytes.extend(Uint8Array::new(&read.get_value()).to_vec());
            if bytes.len() > LARGEST {
                // Nobody waits for the rest.
                let _ = reader.cancel();
                return Err(Code::TooLarge.into());
            }
        }
    }

    /// Lets the runtime finish this request even if its caller goes away, until what is returned is dropped.
    pub fn held(&self) -> Held {
        let end = with_resolvers();
        // It could only fail for what is no promise.
        let _ = self.ctx.as_ref().wait_until(&end.promise());
        Held(end)
    }

    /// A value from the address's query. Errors: [`Code::Malformed`] if it does not parse.
    pub fn query<T>(&self, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, EdgeError> {
        self.asked(name)?.map(|value| parse(&value).ok_or_else(|| Code::Malformed.into())).transpose()
    }

    /// Once for all kinds of values.
    #[inline(never)]
    fn asked(&self, name: &str) -> Result<Option<String>, EdgeError> {
        Ok(origin::address(&self.req)?.search_params().get(name))
    }

    /// A number from the address's query. Errors: [`Code::Malformed`] if it is none.
    pub fn number(&self, name: &str) -> Result<Option<i64>, EdgeError> {
        self.query(name, |text| text.parse().ok())
    }

    /// How many items the caller wants at most. Errors: [`Code::Malformed`] unless it is 1 to 200.
    pub fn limit(&self) -> Result<u32, EdgeError> {
        let limit = self.query("limit", |text| text.parse().ok().filter(|limit| (1..=MOST).contains(limit)))?;
        Ok(limit.unwrap_or(LIMIT))
    }

    /// Behind which place of a list by time the page begins. Errors: [`Code::Malformed`].
    pub fn place(&self) -> Result<Option<Place>, EdgeError> {
        self.query("cursor", Place::parse)
    }

    /// A place in a conversation. Errors: [`Code::Malformed`] for what can be none.
    pub fn seq(&self, name: &str) -> Result<Option<Seq>, EdgeError> {
        Ok(self.query(name, |text| text.parse().ok())?.map(Seq))
    }

    /// The agent in the address; `me` is who asks. Errors: [`Code::Malformed`].
    pub fn subject(&self) -> Result<AgentId, EdgeError> {
        match self.id.as_str() {
            "me" => Ok(self.agent()?.me.id.clone()),
            id => AgentId::parse(id).map_err(|_| Code::Malformed.into()),
        }
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

    /// The agent who asks, as the author of a change. Errors: [`Code::Unauthenticated`].
    pub fn author<'a>(&'a self, db: &'a D1Database) -> Result<Author<'a>, EdgeError> {
        let me = &self.agent()?.me;
        Ok(Author { db, tenant: &me.tenant, agent: &me.id, now: clock::now() })
    }

    /// The desk of this agent's tenant, asked with what their sign-in was read with.
    pub fn desk(&self) -> Result<Desk, EdgeError> {
        let agent = self.agent()?;
        Ok(Desk::of(&self.env, &agent.me.tenant)?.knowing(agent.versions))
    }
}

/// A request that is finished in any case. One that the runtime gives up half-way is never dropped by us, with all that it
/// holds: nobody wakes it again.
pub struct Held(Resolvers);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.resolve();
    }
}

#[wasm_bindgen]
extern "C" {
    /// A promise, and what makes it come true: without a closure of ours.
    type Resolvers;
    #[wasm_bindgen(js_namespace = Promise, js_name = withResolvers)]
    fn with_resolvers() -> Resolvers;
    #[wasm_bindgen(method, getter)]
    fn promise(this: &Resolvers) -> Promise;
    #[wasm_bindgen(method)]
    fn resolve(this: &Resolvers);
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, EdgeError> {
    let text = std::str::from_utf8(bytes).map_err(|_| Code::Malformed)?;
    json::read(text).map_err(|_| refusal_of(text).into())
}
