//! Reading a whole database beside somebody who works with it: after each piece of work a rest, so that the disk and the
//! processor are theirs most of the time; and it stops when it is told to.

use super::StoreError;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How many steps of `SQLite` (pages, where it checks the file) go by between two looks at the clock.
const STEPS: i32 = 500;
/// After so much work it rests,
const WORK: Duration = Duration::from_millis(5);
/// so many times as long as it worked,
const RESTS: u32 = 2;
/// but no longer than this: who stops it does not want to wait.
const REST_MAX: Duration = Duration::from_millis(100);

/// Whoever has a clone can stop what reads.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// What reads ends soon, with an error that means nothing.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// From now on, whatever this connection does takes its time, and ends when it is told to.
///
/// # Errors
/// Where `SQLite` does not take it.
pub fn rest_between(conn: &mut Connection, stop: &Stop) -> Result<(), StoreError> {
    let stop = stop.clone();
    let mut since = Instant::now();
    let handler = move || {
        let worked = since.elapsed();
        if worked >= WORK && !stop.is_stopped() {
            std::thread::sleep((worked * RESTS).min(REST_MAX));
            since = Instant::now();
        }
        stop.is_stopped()
    };
    Ok(conn.progress_handler(STEPS, Some(handler))?)
}
