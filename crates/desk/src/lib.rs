//! Presence, queue and rooms as pure state machines. No IO, no clock.
