//! The server's clock and its source of ids.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, as RFC 3339 in UTC with microseconds: what the official client parses.
pub fn now_rfc3339() -> String {
    #[expect(clippy::disallowed_methods, reason = "where the server's clock enters; everything else gets it passed in")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    rfc3339(since.as_secs(), since.subsec_micros())
}

/// Seconds since 1970 and microseconds as RFC 3339 in UTC.
fn rfc3339(epoch_secs: u64, micros: u32) -> String {
    let (days, secs) = (epoch_secs / 86_400, epoch_secs % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (secs / 3600, secs / 60 % 60, secs % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
}

/// The Gregorian date of a day since 1970, by Howard Hinnant's `civil_from_days`.
const fn civil(days: u64) -> (u64, u64, u64) {
    let z = days + 719_468;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// A new id: 32 hex digits, as the service's own.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// 64 hex digits that cannot be guessed: the hash of four UUIDs of version 7, of which each has at least 32 fresh bits
/// of the operating system's generator.
pub fn secret_hex() -> String {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    for _ in 0..4 {
        hash.update(uuid::Uuid::now_v7().as_bytes());
    }
    hex(&hash.finalize())
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_in_leap_years_and_at_midnight() {
        assert_eq!(rfc3339(0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(rfc3339(951_782_400, 7), "2000-02-29T00:00:00.000007Z");
        assert_eq!(rfc3339(1_491_947_450, 223_962), "2017-04-11T21:50:50.223962Z");
        assert_eq!(rfc3339(4_107_542_399, 0), "2100-02-28T23:59:59.000000Z");
        assert_eq!(rfc3339(4_107_542_400, 0), "2100-03-01T00:00:00.000000Z");
    }
}
