//! Beckon's HTTP interface as an OpenAPI 3.1 document. The shapes of bodies are the protocol's types; what stands here
//! is which address takes and gives which of them, and how it says no.

mod document;
mod operation;
mod operations;
mod schemas;

pub use document::document;
