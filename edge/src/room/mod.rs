//! The room of a conversation on its object.

pub mod object;
mod store;
