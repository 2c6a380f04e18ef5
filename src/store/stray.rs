//! A log that is not of the last session. `SQLite` would take any whole log for the newest pages; where the last session
//! had closed the database, a log that has appeared since is of another time. What the last session noted in the lock
//! file when it ended tells which it is.

use super::OpenError;
use super::connect::beside;
use super::lock::{LockInfo, noted};
use super::project::{BACKUP_DIR, LOCK_FILE};
use std::fs;
use std::path::{Path, PathBuf};

/// Whether the log beside a database that nobody writes now is of another time.
fn is_stray(db: &Path, last: Option<&LockInfo>) -> bool {
    let bytes = fs::metadata(beside(db, "-wal")).map_or(0, |meta| meta.len());
    bytes != 0 && last.is_some_and(|info| info.closed && info.wal_bytes != bytes)
}

/// The same for who only looks and holds no lock. A window may open or close the project in between, so that the note
/// has to say the same before and after.
pub(super) fn lies_beside(dir: &Path, db: &Path) -> bool {
    let lock = dir.join(LOCK_FILE);
    let last = noted(&lock);
    is_stray(db, last.as_ref()) && noted(&lock) == last
}

/// For who holds the lock: keeps it, out of the way.
pub(super) fn put_aside(
    dir: &Path,
    db: &Path,
    last: Option<&LockInfo>,
    now_ms: i64,
) -> Result<Option<PathBuf>, OpenError> {
    if !is_stray(db, last) {
        return Ok(None);
    }
    let wal = beside(db, "-wal");
    let backups = dir.join(BACKUP_DIR);
    let kept = backups.join(format!("project.db-wal-{now_ms}"));
    let failed = |error: std::io::Error| OpenError::Io {
        path: wal.clone(),
        what: format!("it does not belong to this project's last session and could not be put aside: {error}"),
    };
    fs::create_dir_all(&backups).and_then(|()| fs::rename(&wal, &kept)).map_err(failed)?;
    fs::remove_file(beside(db, "-shm")).ok(); // it describes that log
    Ok(Some(kept))
}
