//! Whole screens.

pub mod desk;
pub mod sign_in;
