//! Who is calling.

pub mod origin;
pub mod password;
pub mod sign_in;
pub mod token;

pub use sign_in::SignedIn;
pub use token::VisitorClaims;

/// Whom a route lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Anyone,
    /// A visitor of the conversation in the address, by token.
    Visitor,
    /// A signed-in agent, by cookie or an API client's token; every role answers visitors.
    Agent,
    /// An agent who runs the tenant.
    Admin,
    /// Either side of the conversation in the address.
    Party,
    /// Who runs Beckon, by the platform's token.
    Platform,
}

/// Who was let in.
pub enum Caller {
    /// Not asked.
    Anyone,
    /// A visitor.
    Visitor(VisitorClaims),
    /// A signed-in agent.
    Agent(Box<SignedIn>),
    /// Who runs Beckon.
    Platform,
}
