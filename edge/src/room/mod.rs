//! The room of a conversation on its object.

mod answer;
mod bell;
pub mod object;
pub mod store;
mod turn;
