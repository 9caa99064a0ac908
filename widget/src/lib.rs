//! The chat that a website owner embeds. The loader (`loader/loader.js`) brings it in when a visitor wants it.
//!
//! [`model`] decides, `view` shows what the model says, `host` does what it asks for. Whatever happens goes
//! through one queue, so that nothing ever runs inside something else.

pub mod model;
pub mod text;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod keep;
#[cfg(target_arch = "wasm32")]
#[path = "../files/src/words.rs"]
mod told;
#[cfg(target_arch = "wasm32")]
mod view;
// Only data, and so tested where tests run.
#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "view/plan.rs"]
mod plan;

#[cfg(target_arch = "wasm32")]
pub use app::{boot, command, shutdown};
