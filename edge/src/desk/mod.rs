//! The desk of a tenant on its object.

pub mod object;
mod store;
