//! The client side of a room, shared by the widget and the dashboard.
//!
//! [`link`] is a pure machine: it decides when to connect, resend, resume and poll. `socket` and `http` are
//! the only places that touch the network, and exist in the browser alone.

pub mod link;

#[cfg(target_arch = "wasm32")]
pub mod http;
#[cfg(target_arch = "wasm32")]
pub mod socket;
