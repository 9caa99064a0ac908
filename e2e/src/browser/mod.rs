//! Browsers without a screen: the very link that widget and dashboard run, on real sockets, requests and timers. A page
//! may be reloaded or die between any two things that its link wants done; what it has kept by then is what the next one
//! begins with.

mod life;
mod page;
mod profile;
mod seen;
mod wire;

pub use page::Page;
pub use profile::{Profile, Road};
pub use seen::{Carrier, Seen};
