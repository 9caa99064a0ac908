//! The desk of a tenant on its object.

mod answer;
pub mod object;
mod publish;
mod store;
mod turn;
