//! The room of a conversation on its object.

mod answer;
mod bell;
mod known;
pub mod object;
pub mod store;
mod turn;
