//! The one place of the edge that reads a clock.

use protocol::Timestamp;

/// Now, by the server.
pub fn now() -> Timestamp {
    Timestamp(i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX))
}
