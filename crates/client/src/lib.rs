//! The client side of a room, shared by the widget and the dashboard.
//!
//! [`link`] is a pure machine: it decides when to connect, resend, resume and poll; [`uploads`] is another, for files.
//! What touches the browser (`browser`, `socket`, `http`, `upload`, `store`) exists there alone.

mod dice;
pub mod link;
pub mod uploads;

#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(target_arch = "wasm32")]
pub mod http;
#[cfg(target_arch = "wasm32")]
pub mod socket;
#[cfg(target_arch = "wasm32")]
pub mod store;
#[cfg(target_arch = "wasm32")]
pub mod upload;
