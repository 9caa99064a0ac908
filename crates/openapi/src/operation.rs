//! One operation: what an address takes, what it gives, and how it says no.

use crate::schemas::{Shape, agent_or_me, limit, shape};
use protocol::problem::Code;
use schemars::JsonSchema;

/// Who may call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Anyone,
    /// The visitor of the conversation in the address.
    Visitor,
    /// A signed-in agent.
    Agent,
    /// An agent who runs the tenant.
    Admin,
    /// Either side of the conversation in the address.
    Party,
    /// Who runs Beckon.
    Platform,
}

/// What stands in the address.
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// `path` or `query`.
    pub place: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What it is.
    pub about: &'static str,
    /// Its values.
    pub shape: Shape,
}

/// What is sent.
pub struct Sent {
    /// What it is.
    pub body: Body,
    /// Whether it must be there.
    pub required: bool,
}

/// What comes back if all is well.
pub struct Success {
    /// The status.
    pub status: u16,
    /// What comes with it.
    pub body: Body,
}

/// What a request or a reply carries.
#[derive(Clone, Copy)]
pub enum Body {
    /// Nothing.
    None,
    /// JSON of this shape.
    Json(Shape),
    /// A file as it is.
    File,
}

/// One method of one address.
pub struct Operation {
    /// In lower case, as the document has it.
    pub method: &'static str,
    /// As in the edge's table.
    pub path: &'static str,
    /// Unique; names a function in generated clients.
    pub id: &'static str,
    /// Who may call.
    pub who: Who,
    /// One sentence.
    pub summary: &'static str,
    /// More, where there is more to say.
    pub more: &'static str,
    /// What stands in the address.
    pub params: Vec<Param>,
    /// Whether the address takes `cursor` and `limit`.
    pub paged: bool,
    /// What is sent.
    pub sent: Option<Sent>,
    /// What comes back if all is well.
    pub success: Success,
    /// The refusals of its own.
    refusals: Vec<Code>,
}

impl Operation {
    /// An operation that answers 204 until something else is said.
    pub fn new(method: &'static str, path: &'static str, id: &'static str, who: Who, summary: &'static str) -> Self {
        let success = Success { status: 204, body: Body::None };
        let (params, refusals) = (Vec::new(), Vec::new());
        Self { method, path, id, who, summary, more: "", params, paged: false, sent: None, success, refusals }
    }

    /// More to say.
    pub fn more(self, more: &'static str) -> Self {
        Self { more, ..self }
    }

    /// `{id}` in the path; another one, or one of another tenant, is not found.
    pub fn id<T: JsonSchema>(self, about: &'static str) -> Self {
        self.param(Param { name: "id", place: "path", required: true, about, shape: shape::<T> })
            .refuses(&[Code::NotFound])
    }

    /// `{id}` in the path: an agent.
    pub fn agent(self) -> Self {
        let about = "The agent; `me` is who asks.";
        let param = Param { name: "id", place: "path", required: true, about, shape: agent_or_me };
        self.param(param).refuses(&[Code::NotFound, Code::Malformed])
    }

    /// An optional value in the query.
    pub fn query(self, name: &'static str, shape: Shape, about: &'static str) -> Self {
        self.param(Param { name, place: "query", required: false, about, shape }).refuses(&[Code::Malformed])
    }

    /// A value in the query that must be there.
    pub fn needs(self, name: &'static str, shape: Shape, about: &'static str) -> Self {
        self.param(Param { name, place: "query", required: true, about, shape }).refuses(&[Code::Malformed])
    }

    /// A list that comes in pages.
    pub fn paged(self) -> Self {
        Self { paged: true, ..self }.refuses(&[Code::Malformed])
    }

    /// As many items as the caller wants, without a cursor.
    pub fn limited(self) -> Self {
        let about = "Most items of a page.";
        self.query("limit", limit, about)
    }

    /// The body.
    pub fn takes<T: JsonSchema>(self) -> Self {
        let sent = Some(Sent { body: Body::Json(shape::<T>), required: true });
        Self { sent, ..self }.refuses(&[Code::Malformed, Code::TooLarge])
    }

    /// A body that may be left out.
    pub fn may_take<T: JsonSchema>(self) -> Self {
        let sent = Some(Sent { body: Body::Json(shape::<T>), required: false });
        Self { sent, ..self }.refuses(&[Code::Malformed, Code::TooLarge])
    }

    /// A body that is a file, as it is.
    pub fn takes_file(self) -> Self {
        let sent = Some(Sent { body: Body::File, required: true });
        Self { sent, ..self }.refuses(&[Code::Malformed, Code::FileEmpty, Code::FileTooLarge, Code::FileNotAllowed])
    }

    /// 200 with a file, as it is.
    pub fn gives_file(self) -> Self {
        Self { success: Success { status: 200, body: Body::File }, ..self }
    }

    /// 200 with this.
    pub fn gives<T: JsonSchema>(self) -> Self {
        Self { success: Success { status: 200, body: Body::Json(shape::<T>) }, ..self }
    }

    /// 201 with this.
    pub fn creates<T: JsonSchema>(self) -> Self {
        Self { success: Success { status: 201, body: Body::Json(shape::<T>) }, ..self }
    }

    /// 101: the address speaks WebSocket.
    pub fn upgrades(self) -> Self {
        let success = Success { status: 101, body: Body::None };
        Self { success, ..self }.refuses(&[Code::UpgradeRequired, Code::OriginNotAllowed])
    }

    /// Ways to say no of its own, beside those that come with who may call and with what is sent.
    pub fn refuses(mut self, codes: &[Code]) -> Self {
        self.refusals.extend(codes);
        self
    }

    /// Every way to say no that can really happen, but for our own faults.
    pub fn refusals(&self) -> impl Iterator<Item = Code> {
        let by_cookie = matches!(self.who, Who::Agent | Who::Admin | Who::Party) && self.method != "get";
        let origin = by_cookie.then_some(Code::OriginNotAllowed);
        let at_the_door: &[Code] = match self.who {
            Who::Anyone => &[],
            Who::Visitor | Who::Party => {
                &[Code::Unauthenticated, Code::TokenExpired, Code::OriginNotAllowed, Code::NotFound]
            }
            Who::Agent | Who::Platform => &[Code::Unauthenticated],
            Who::Admin => &[Code::Unauthenticated, Code::Forbidden],
        };
        at_the_door.iter().copied().chain(origin).chain(self.refusals.iter().copied())
    }

    fn param(mut self, param: Param) -> Self {
        self.params.push(param);
        self
    }
}
