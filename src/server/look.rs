//! The look through all pages of the database, beside the answers: it reads the whole file, which nobody should have to wait
//! for: it begins when nobody asks, and rests in between. Until it has ended the server answers; where it finds damage it
//! does no more.

use crate::store::{Stop, rest_between};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// When it begins.
#[derive(Clone, Copy, Debug)]
struct Times {
    /// So long after the start: it does not hold up what the server was started for.
    after: Duration,
    /// Then nobody has asked for so long.
    quiet: Duration,
    /// How often that is waited for: who never stops asking is looked after, too.
    patience: u32,
}

const TIMES: Times = Times { after: Duration::from_secs(20), quiet: Duration::from_secs(5), patience: 120 };

/// What is known of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    /// It was not looked through yet.
    Open,
    /// Its pages fit together.
    Whole,
    /// They do not.
    Damaged,
}

/// The look, on a thread of its own; it ends when this is dropped.
pub struct Look {
    shared: Arc<Shared>,
    waiting: Option<Sender<()>>,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// A [`Verdict`]'s number.
    verdict: AtomicU8,
    /// Somebody asked something.
    stirred: AtomicBool,
}

impl Look {
    /// Begins in a while.
    pub fn start(path: PathBuf) -> std::io::Result<Self> {
        Self::start_at(TIMES, path)
    }

    fn start_at(times: Times, path: PathBuf) -> std::io::Result<Self> {
        let (shared, stop) = (Arc::new(Shared::default()), Stop::default());
        let (waiting, dropped) = channel();
        let (told, stopped) = (Arc::clone(&shared), stop.clone());
        let thread = std::thread::Builder::new().name("server-look".to_owned()).spawn(move || {
            if is_quiet(&told, times, &dropped)
                && let Some(verdict) = look(&path, &stopped)
            {
                told.verdict.store(verdict as u8, Ordering::Release);
            }
        })?;
        Ok(Self { shared, waiting: Some(waiting), stop, thread: Some(thread) })
    }

    /// Somebody asks something: it begins later, if it has not begun.
    pub fn stirred(&self) {
        self.shared.stirred.store(true, Ordering::Release);
    }

    /// What is known by now.
    pub fn verdict(&self) -> Verdict {
        match self.shared.verdict.load(Ordering::Acquire) {
            n if n == Verdict::Damaged as u8 => Verdict::Damaged,
            n if n == Verdict::Whole as u8 => Verdict::Whole,
            _ => Verdict::Open,
        }
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        self.waiting = None;
        self.stop.stop();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the look through the server's database ended in a panic");
        }
    }
}

/// Waits until it is time; `false`: the server stops.
fn is_quiet(shared: &Shared, times: Times, dropped: &Receiver<()>) -> bool {
    let waited = |time| dropped.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
    let mut left = times.patience;
    let mut goes_on = waited(times.after);
    while goes_on && left > 0 && shared.stirred.swap(false, Ordering::AcqRel) {
        goes_on = waited(times.quiet);
        left -= 1;
    }
    goes_on
}

/// `None` where it did not come to an end.
fn look(path: &Path, stop: &Stop) -> Option<Verdict> {
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    rest_between(&mut connection, stop).ok()?;
    let found = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match found {
        Ok(found) if found == "ok" => {
            tracing::info!("the server's database is whole");
            Some(Verdict::Whole)
        }
        Err(error) if !is_damage(&error) => None,
        found => {
            tracing::error!(?found, path = %path.display(), "the server's database is damaged; it answers no more");
            Some(Verdict::Damaged)
        }
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek as _, SeekFrom, Write as _};
    use std::time::Instant;

    fn database(dir: &Path) -> PathBuf {
        let path = dir.join("some.sqlite");
        let made = Connection::open(&path).expect("made");
        made.execute_batch("BEGIN; CREATE TABLE t (x TEXT); CREATE INDEX i ON t (x)").expect("a table");
        for n in 0..2_000 {
            made.execute("INSERT INTO t VALUES (?1)", [format!("row {n}")]).expect("a row");
        }
        made.execute_batch("COMMIT").expect("written");
        path
    }

    const AT_ONCE: Times = Times { after: Duration::ZERO, quiet: Duration::ZERO, patience: 0 };

    fn verdict(path: PathBuf) -> Verdict {
        let look = Look::start_at(AT_ONCE, path).expect("a thread");
        let begun = Instant::now();
        while look.verdict() == Verdict::Open && begun.elapsed() < Duration::from_secs(20) {
            std::thread::yield_now();
        }
        look.verdict()
    }

    #[test]
    fn a_whole_database_is_whole_and_a_damaged_one_is_found() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = database(dir.path());
        assert_eq!(verdict(path.clone()), Verdict::Whole);
        let mut file = std::fs::File::options().write(true).open(&path).expect("opened");
        file.seek(SeekFrom::Start(5 * 4096)).expect("in the middle");
        file.write_all(&[0xa5; 4096]).expect("damaged");
        drop(file);
        assert_eq!(verdict(path), Verdict::Damaged);
    }

    #[test]
    fn who_stops_at_once_does_not_wait_for_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let times = Times { after: Duration::from_secs(3_600), ..AT_ONCE };
        let look = Look::start_at(times, database(dir.path())).expect("a thread");
        assert_eq!(look.verdict(), Verdict::Open);
        drop(look); // the test would not end
    }

    #[test]
    fn it_begins_when_nobody_asks_any_more_or_when_that_lasts_too_long() {
        let times = Times { after: Duration::ZERO, quiet: Duration::from_millis(1), patience: 3 };
        let shared = Shared::default();
        let (waiting, dropped) = channel();
        shared.stirred.store(true, Ordering::Release);
        assert!(is_quiet(&shared, times, &dropped));
        assert!(!shared.stirred.load(Ordering::Acquire), "it waited for a while in which nobody asked");
        let asks = std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                while !is_over(&shared) {
                    shared.stirred.store(true, Ordering::Release);
                    std::thread::yield_now();
                }
            });
            let begins = is_quiet(&shared, times, &dropped);
            shared.verdict.store(Verdict::Whole as u8, Ordering::Release);
            asking.join().expect("it ends");
            begins
        });
        assert!(asks, "although somebody never stops");
        shared.stirred.store(true, Ordering::Release);
        drop(waiting);
        assert!(!is_quiet(&shared, times, &dropped), "the server stops");
    }

    fn is_over(shared: &Shared) -> bool {
        shared.verdict.load(Ordering::Acquire) == Verdict::Whole as u8
    }
}
