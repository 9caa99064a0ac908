//! A time on the reader's wall.

/// A moment in the reader's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// Such as 2026.
    pub year: u32,
    /// From 0.
    pub month: u32,
    /// From 1.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// Counts the days, to tell them apart and to find yesterday.
    pub day_number: i64,
}
