//! Beckon's rules: presence, the queue, ownership, rooms. Pure state machines: time is an argument,
//! effects are values, and a refused input has changed nothing.
//!
//! The objects of the edge load a machine, ask it, save what it says, speak what it says, and arm one
//! alarm for its next deadline. The same code runs under property tests.

pub mod desk;
pub mod flood;
pub mod notice;
pub mod pace;
pub mod pool;
pub mod presence;
pub mod queue;
pub mod refusal;
pub mod report;
pub mod room;
pub mod team;

pub use desk::Desk;
pub use refusal::Refusal;
pub use room::Room;
