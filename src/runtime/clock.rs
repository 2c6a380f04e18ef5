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
