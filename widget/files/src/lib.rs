//! Files in the chat: a module of its own, fetched once there are any, because most visitors never send one.
//!
//! The chat tells it what concerns it, and hears what its link is to know of files ([`words`] says both). [`model`] decides;
//! files on their way are shown in a place of their own below the thread, and those that have arrived in the bubbles that it is
//! given.

pub mod model;
pub mod text;
pub mod words;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
#[allow(dead_code)] // The chat's own, of which this needs a part.
#[path = "../../src/view/dom.rs"]
mod dom;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod picture;
#[cfg(target_arch = "wasm32")]
mod shown;
#[cfg(target_arch = "wasm32")]
mod waiting;

#[cfg(target_arch = "wasm32")]
pub use app::tell;
