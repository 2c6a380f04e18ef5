//! Images with very many annotations are read by all cores: reading a row's JSON takes longer than finding the row.

use super::reader::Loaded;
use super::row::{RawRow, read_raw};
use super::{DamagedRow, Reader, StoreError};
use crate::model::InputId;
use crate::sync::Record;
use rusqlite::Rows;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Fewer rows than this are read on the spot.
const PART_ROWS: usize = 1_000;
/// More workers only wait for the one who reads the file.
const WORKERS_MAX: usize = 4;

type Part = Vec<Result<RawRow, DamagedRow>>;

impl Reader {
    /// Hands `take` what `make` makes of each record of an image, tombstones with them, in drawing order. For an image with
    /// thousands of them `make` runs on several threads; no more of the records is in memory at once than those work on.
    /// Gives the damaged rows.
    ///
    /// # Errors
    /// Where the database cannot be read; nothing was handed over then.
    pub fn made_of_each<T: Send>(
        &self,
        input: &InputId,
        make: impl Fn(Record) -> T + Sync,
        take: impl FnMut(T),
    ) -> Result<Vec<DamagedRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/annotations_of_input.sql"))?;
        let mut rows = statement.query([input.as_str()])?;
        let first = next_part(&mut rows)?;
        if first.len() < PART_ROWS {
            return Ok(handed_over([made(first, &make)], take));
        }
        let workers = thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX);
        let results = Mutex::new(Vec::new());
        let (parts, queue) = sync_channel(workers);
        let queue = Mutex::new(queue);
        thread::scope(|scope| {
            // Moved in, so that the workers end whichever way this ends.
            let parts = parts;
            for _ in 0..workers {
                let (queue, make, results) = (&queue, &make, &results);
                scope.spawn(move || {
                    while let Some((number, part)) = next(queue) {
                        let done = made(part, make);
                        results.lock().unwrap_or_else(PoisonError::into_inner).push((number, done));
                    }
                });
            }
            let mut part = first;
            for number in 0_usize.. {
                if part.is_empty() || parts.send((number, part)).is_err() {
                    break;
                }
                part = next_part(&mut rows)?;
            }
            Ok::<_, StoreError>(())
        })?;
        let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.sort_unstable_by_key(|(number, _)| *number);
        Ok(handed_over(results.into_iter().map(|(_, part)| part), take))
    }
}

fn handed_over<T>(parts: impl IntoIterator<Item = Loaded<T>>, mut take: impl FnMut(T)) -> Vec<DamagedRow> {
    let mut damaged = Vec::new();
    for part in parts {
        part.rows.into_iter().for_each(&mut take);
        damaged.extend(part.damaged);
    }
    damaged
}

/// The next piece of work; `None`: there will be none.
fn next(queue: &Mutex<Receiver<(usize, Part)>>) -> Option<(usize, Part)> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn next_part(rows: &mut Rows<'_>) -> Result<Part, StoreError> {
    let mut part = Vec::new();
    while part.len() < PART_ROWS {
        let Some(row) = rows.next()? else { break };
        part.push(read_raw(row));
    }
    Ok(part)
}

fn made<T>(part: Part, make: &impl Fn(Record) -> T) -> Loaded<T> {
    let mut loaded = Loaded { rows: Vec::with_capacity(part.len()), damaged: Vec::new() };
    for row in part {
        match row.and_then(|raw| raw.record()) {
            Ok(record) => loaded.rows.push(make(record)),
            Err(damaged) => loaded.damaged.push(damaged),
        }
    }
    loaded
}
