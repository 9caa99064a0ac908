//! Beckon as its users meet it: over HTTP and WebSocket, against a real workerd.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "all of this is test code")]

mod after_hours;
mod availability;
mod bad_frames;
mod bad_requests;
mod claims;
mod decisions;
mod delivery;
mod departments;
mod detection;
mod endings;
mod files;
mod handing_on;
mod held_polls;
mod hibernation;
mod kills;
mod leases;
mod limits;
mod main_path;
mod openapi;
mod pages;
mod paging;
mod power_cut;
mod presence;
mod queue;
mod races;
mod receipts;
mod redactions;
mod routing;
mod same_story;
mod sign_ins;
mod storms;
mod team;
mod time;
mod typing;
mod verbs;
