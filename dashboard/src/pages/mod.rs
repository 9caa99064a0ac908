//! Whole screens.

pub mod account;
pub mod chats;
pub mod desk;
pub mod live;
pub mod settings;
pub mod sign_in;
pub mod team;
