//! Each rule of the link, step by step.
#![allow(clippy::unwrap_used)]

mod hands;
mod outbox;
mod pages;
mod polling;
mod receipts;
mod sockets;
