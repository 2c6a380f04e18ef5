//! `project.lock`: one process writes a project. The kernel holds the lock and drops it with the process, however that
//! ends; what stands in the file is only for the people who meet it.

use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Mutex;

/// Who has, or last had, the project open for writing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LockInfo {
    /// Its process id.
    pub pid: u32,
    /// The name of its machine; empty where that is not known.
    pub host: String,
    /// Unix milliseconds at which it opened the project.
    pub started_ms: i64,
    /// It closed the project in an orderly way.
    pub closed: bool,
    /// Bytes that were left in project.db-wal then; none, unless somebody was reading.
    pub wal_bytes: u64,
}

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct ProjectLock {
    file: Mutex<File>,
    info: LockInfo,
}

/// How an attempt to take the lock ended.
#[derive(Debug)]
pub(super) enum Taken {
    /// It is ours; with what the one before left behind.
    Ours(ProjectLock, Option<LockInfo>),
    /// Another window has it.
    Theirs(Option<LockInfo>),
    /// Nothing can be written here.
    NotWritable(io::Error),
}

impl ProjectLock {
    /// Takes the lock, if nobody has it. Does not wait.
    pub fn take(path: &Path, now_ms: i64) -> Taken {
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = match opened {
            Ok(file) => file,
            Err(error) => return Taken::NotWritable(error),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Taken::Theirs(read_info(&mut file)),
            // A file system without locks: two windows could write at once, so that none may.
            Err(TryLockError::Error(error)) => return Taken::NotWritable(error),
        }
        let before = read_info(&mut file);
        let info = LockInfo { pid: std::process::id(), host: host_name(), started_ms: now_ms, ..LockInfo::default() };
        match write_info(&mut file, &info) {
            // On a full disk the lock is as good as ever; only the note for people is missing.
            Ok(()) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {}
            Err(error) => return Taken::NotWritable(error),
        }
        Taken::Ours(Self { file: Mutex::new(file), info }, before)
    }

    /// Notes that everything was written and the database closed, with so much left in its log.
    pub fn mark_closed(&self, wal_bytes: u64) {
        let closed = LockInfo { closed: true, wal_bytes, ..self.info.clone() };
        if let Ok(mut file) = self.file.lock() {
            // Only a note: without it the next start looks more closely.
            write_info(&mut file, &closed).ok();
        }
    }

    /// Puts back what the holder before had noted.
    pub fn restore(&self, before: Option<&LockInfo>) {
        if let (Some(before), Ok(mut file)) = (before, self.file.lock()) {
            write_info(&mut file, before).ok();
        }
    }
}

impl Drop for ProjectLock {
    /// Closing the file is not enough: a child process that is just being started has a copy of the handle for a
    /// moment, and the lock would live on with it.
    fn drop(&mut self) {
        if let Ok(file) = self.file.get_mut() {
            file.unlock().ok();
        }
    }
}

/// What stands in a lock file, without taking the lock.
pub(super) fn noted(path: &Path) -> Option<LockInfo> {
    read_info(&mut File::open(path).ok()?)
}

fn read_info(file: &mut File) -> Option<LockInfo> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn write_info(file: &mut File, info: &LockInfo) -> io::Result<()> {
    let text = serde_json::to_string(info)?;
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(text.as_bytes())
}

fn host_name() -> String {
    let from_kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let from_env = || ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| std::env::var(name).ok());
    from_kernel.or_else(from_env).unwrap_or_default().trim().to_owned()
}
