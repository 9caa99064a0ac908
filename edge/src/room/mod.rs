//! The room of a conversation on its object.

mod answer;
pub mod object;
mod store;
mod turn;
