//! Backups of an open project, made beside the writing thread: a whole, consistent copy a day, the newest few kept.

use super::connect::{Reach, beside};
use super::project::{BACKUP_DIR, DB_FILE, copy_into};
use super::{Access, Project, Stop, StoreError, rest_between};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Daily backups that are kept.
const KEPT: usize = 7;
const PREFIX: &str = "daily-";
/// A copy that is not finished after so long was given up.
const UNFINISHED: Duration = Duration::from_hours(1);
/// Backups that this process has begun.
static STARTED: AtomicU64 = AtomicU64::new(0);

impl Project {
    /// Copies the whole database to `backups/daily-DAY.db`, once a day (`day`: `2026-11-25`), and removes the oldest
    /// beyond seven. It reads beside the writing thread and never holds it up. The new file, if one was made.
    ///
    /// The clock is not trusted with more than the name: one that is a year off makes one more backup, and the next
    /// right day makes its own.
    ///
    /// # Errors
    /// Where the backup could not be written; the ones before it are as they were.
    pub fn back_up(&self, day: &str) -> Result<Option<PathBuf>, StoreError> {
        self.back_up_with(day, |_| Ok(()))
    }

    /// The same in its own time: it is in nobody's way, and ends without a backup when it is stopped.
    ///
    /// # Errors
    /// As [`Self::back_up`], or where it was stopped.
    pub fn back_up_beside(&self, day: &str, stop: &Stop) -> Result<Option<PathBuf>, StoreError> {
        self.back_up_with(day, |conn| rest_between(conn, stop))
    }

    fn back_up_with(
        &self,
        day: &str,
        prepare: impl FnOnce(&mut Connection) -> Result<(), StoreError>,
    ) -> Result<Option<PathBuf>, StoreError> {
        if *self.access() != Access::Writer {
            return Err(StoreError::ReadOnly);
        }
        let dir = self.dir().join(BACKUP_DIR);
        let io = |what| {
            let path = dir.clone();
            move |error| StoreError::Io { what, path, error }
        };
        let to = dir.join(format!("{PREFIX}{day}.db"));
        if fs::symlink_metadata(&to).is_ok() {
            return Ok(None);
        }
        fs::create_dir_all(&dir).map_err(io("the directory could not be made"))?;
        for left_over in unfinished(&dir) {
            fs::remove_file(left_over).map_err(io("a left-over file could not be removed"))?;
        }
        // A window that has just been closed may be writing its own still.
        let part = beside(&to, &format!(".{}-{}.part", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed)));
        let mut conn = Reach::Live(self.dir().join(DB_FILE)).copying()?;
        prepare(&mut conn)?;
        if let Err(error) = copy_into(&conn, &part) {
            fs::remove_file(&part).ok(); // what stays is swept later
            return Err(error);
        }
        fs::rename(&part, &to).map_err(io("the backup could not be put in place"))?;
        for old in backups(self.dir()).iter().filter(|path| is_daily(path)).skip(KEPT) {
            fs::remove_file(old).map_err(io("an old backup could not be removed"))?;
        }
        Ok(Some(to))
    }
}

/// The backups of a project, the newest first.
#[must_use]
pub fn backups(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir.join(BACKUP_DIR)) else { return Vec::new() };
    let mut found: Vec<(std::time::SystemTime, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "db"))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, path)| path).collect()
}

/// Copies that nobody will finish.
fn unfinished(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let old = |entry: &fs::DirEntry| {
        let modified = entry.metadata().and_then(|meta| meta.modified()).ok();
        modified.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > UNFINISHED)
    };
    let parts = entries.filter_map(Result::ok).filter(|entry| entry.path().extension().is_some_and(|e| e == "part"));
    parts.filter(|entry| is_daily(&entry.path()) && old(entry)).map(|entry| entry.path()).collect()
}

fn is_daily(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
}
