//! Going through a damaged table: around the parts that cannot be read.

use super::{SalvageReport, StoreError};
use rusqlite::{Connection, Row};

/// Failed reads after which a table is given up: what is left then is in pages that cannot be reached at all.
const FAILURES_MAX: usize = 20_000;

/// What a walk could not read.
#[derive(Debug, Default)]
pub(super) struct Holes {
    /// The first and last row number of each.
    ranges: Vec<(i64, i64)>,
    /// Rows that were read and made no sense.
    senseless: u64,
    given_up: bool,
}

impl Holes {
    /// Adds them to what is missing.
    pub fn say(&self, what: &str, report: &mut SalvageReport) {
        if let (Some((first, _)), Some((_, last))) = (self.ranges.first(), self.ranges.last()) {
            let last = if self.given_up || *last == i64::MAX { "the end".to_owned() } else { last.to_string() };
            report.missing.push(format!("{what}: rows between {first} and {last} cannot be read"));
        }
        if self.senseless > 0 {
            report.missing.push(format!("{what}: {} rows make no sense", self.senseless));
        }
    }
}

/// Reads all rows that can be read. `sql` takes the first and the last row number of a range and is ordered by it; the
/// number itself is in the column `number_column`. A row that `take` refuses for its content is counted, and the walk
/// goes on; another error of `take` (the disk) ends it.
pub(super) fn walk(
    conn: &Connection,
    sql: &str,
    number_column: usize,
    mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<Holes, StoreError> {
    let mut holes = Holes::default();
    let Ok(mut statement) = conn.prepare(sql) else {
        holes.ranges.push((0, i64::MAX));
        return Ok(holes);
    };
    // Left first, so that what is read keeps its order.
    let mut waiting = vec![(0, i64::MAX)];
    let mut failures = 0;
    while let Some((first, last)) = waiting.pop() {
        let mut next = first;
        let mut read_on = || -> Result<bool, StoreError> {
            let mut rows = statement.query([first, last])?;
            while let Some(row) = rows.next()? {
                let number: i64 = row.get(number_column)?;
                next = number.saturating_add(1);
                match take(row) {
                    Ok(()) => {}
                    Err(StoreError::Content(_)) => holes.senseless += 1,
                    Err(StoreError::Sqlite(error)) if error.sqlite_error_code().is_none() => holes.senseless += 1,
                    Err(error) => return Err(error),
                }
            }
            Ok(true)
        };
        match read_on() {
            Ok(_) => continue,
            Err(StoreError::Sqlite(error)) if is_damage(&error) => {}
            Err(error) => return Err(error),
        }
        failures += 1;
        if failures > FAILURES_MAX {
            holes.given_up = true;
            holes.ranges.push((next, last));
            return Ok(holes);
        }
        if next >= last {
            holes.ranges.push((next, last));
            continue;
        }
        let middle = next + (last - next) / 2;
        waiting.push((middle + 1, last));
        waiting.push((next, middle));
    }
    Ok(holes)
}

/// Whether it speaks of the file that is read, or of a value in it.
fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        None => true,
        Some(code) => {
            matches!(code, Code::DatabaseCorrupt | Code::NotADatabase | Code::SystemIoFailure | Code::Unknown)
        }
    }
}
