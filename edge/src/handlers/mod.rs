//! Handlers parse, call and reply; no rule and no SQL stands in them.

pub mod account;
pub mod conversations;
pub mod handoffs;
pub mod health;
pub mod platform;
pub mod team;
pub mod widget;
