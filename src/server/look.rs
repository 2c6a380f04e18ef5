//! The look through all pages of the database, beside the answers: it reads the whole file, which nobody should have to wait
//! for. Until it has ended the server answers; where it finds damage it does no more.

use rusqlite::{Connection, InterruptHandle, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// It waits so long that it does not hold up what the server was started for.
const AFTER: Duration = Duration::from_secs(3);

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
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// A [`Verdict`]'s number.
    verdict: AtomicU8,
    running: Mutex<Option<InterruptHandle>>,
}

impl Look {
    /// Begins in a while.
    pub fn start(path: PathBuf) -> std::io::Result<Self> {
        Self::start_after(AFTER, path)
    }

    fn start_after(after: Duration, path: PathBuf) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = channel();
        let told = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("server-look".to_owned()).spawn(move || {
            if let Some(verdict) = look(&path, &told, after, &stopped) {
                told.verdict.store(verdict as u8, Ordering::Release);
            }
        })?;
        Ok(Self { shared, stop: Some(stop), thread: Some(thread) })
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
        self.stop = None;
        if let Some(running) = &*self.shared.running.lock().unwrap_or_else(PoisonError::into_inner) {
            running.interrupt();
        }
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the look through the server's database ended in a panic");
        }
    }
}

/// `None` where it did not come to an end.
fn look(path: &Path, shared: &Shared, after: Duration, stopped: &Receiver<()>) -> Option<Verdict> {
    if stopped.recv_timeout(after) != Err(RecvTimeoutError::Timeout) {
        return None;
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    *shared.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection.get_interrupt_handle());
    let found = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match found {
        Ok(found) if found == "ok" => Some(Verdict::Whole),
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

    fn verdict(path: PathBuf) -> Verdict {
        let look = Look::start_after(Duration::ZERO, path).expect("a thread");
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
        let look = Look::start_after(Duration::from_secs(3_600), database(dir.path())).expect("a thread");
        assert_eq!(look.verdict(), Verdict::Open);
        drop(look); // the test would not end
    }
}
