//! The desk of a tenant on its object.

pub mod object;
mod publish;
mod store;
