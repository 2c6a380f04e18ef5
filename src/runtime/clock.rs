//! The one place that reads the time and draws random numbers.

use std::time::{SystemTime, UNIX_EPOCH};

/// Unix milliseconds.
pub fn now_ms() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "this is where the clock enters; everything else gets it passed in")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    super::pace::shown_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Any 64 bits.
pub fn random() -> u64 {
    fastrand::u64(..)
}

/// A fresh id: a `UUIDv7` as 32 hex digits.
pub fn fresh_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// A time as the clock on this desk shows it: `12:04:05`.
pub fn local_time(unix_ms: i64) -> String {
    local(unix_ms).map(|time| time.strftime("%H:%M:%S").to_string()).unwrap_or_default()
}

/// A day as the calendar on this desk shows it: `2026-11-25`.
pub fn local_day(unix_ms: i64) -> String {
    local(unix_ms).map(|time| time.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

fn local(unix_ms: i64) -> Option<jiff::civil::DateTime> {
    let stamp = jiff::Timestamp::from_millisecond(unix_ms).ok()?;
    Some(jiff::tz::TimeZone::system().to_datetime(stamp))
}
