//! The words on Beckon's wire, shared by the edge, the widget and the dashboard. No rules live here.
//!
//! Every type reads and writes the same JSON in two ways: with serde (edge, dashboard) and with
//! [`lean`], a small reader and writer for the widget, where serde_json alone would cost more bytes
//! than the rest of the widget together. Tests hold the two to the same bytes.

pub mod desk;
pub mod file;
pub mod http;
pub mod ids;
pub mod lean;
pub mod numbers;
pub mod problem;
pub mod room;
pub mod routing;
#[cfg(feature = "schema")]
mod schema;
pub mod team;
pub mod text;
pub mod tree;
pub mod words;

pub use ids::*;
pub use numbers::*;
pub use text::*;
pub use words::*;
