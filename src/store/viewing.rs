//! Looking into a project that cannot be written: a medium or directory without write permission.

use super::connect::{Reach, beside};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A private copy of a database, removed when it is dropped.
#[derive(Debug)]
pub(super) struct PrivateCopy {
    dir: PathBuf,
}

impl Drop for PrivateCopy {
    fn drop(&mut self) {
        // What stays behind in the temporary directory is the system's to sweep.
        fs::remove_dir_all(&self.dir).ok();
    }
}

/// How to read a database whose directory cannot be written. Without a -wal it can be read in its place. With one, the
/// newest edits are in there, and `SQLite` would pass over them in silence: both are copied and the copy is read.
pub(super) fn reach_without_writing(db: &Path, now_ms: i64) -> io::Result<(Reach, Option<PrivateCopy>)> {
    let wal = beside(db, "-wal");
    if fs::metadata(&wal).map_or(0, |meta| meta.len()) == 0 {
        return Ok((Reach::Immutable(db.to_owned()), None));
    }
    let copy = PrivateCopy { dir: private_dir(now_ms)? };
    let target = copy.dir.join("project.db");
    fs::copy(db, &target)?;
    fs::copy(&wal, beside(&target, "-wal"))?;
    make_writable(&target)?;
    make_writable(&beside(&target, "-wal"))?;
    Ok((Reach::Live(target), Some(copy)))
}

/// A copy of the database without its log, and how to read it. The project must not be open anywhere.
pub(super) fn copy_without_log(db: &Path, now_ms: i64) -> io::Result<(Reach, PrivateCopy)> {
    let copy = PrivateCopy { dir: private_dir(now_ms)? };
    let target = copy.dir.join("project.db");
    fs::copy(db, &target)?;
    Ok((Reach::Immutable(target), copy))
}

/// The copies inherit the read-only bit, and `SQLite` has to be able to recover them.
fn make_writable(path: &Path) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    #[cfg(unix)]
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
    #[cfg(not(unix))]
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the project's own folder cannot be written; the name is taken by nobody"
)]
fn private_dir(now_ms: i64) -> io::Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("labelwright-view-{}-{now_ms}-{number}", std::process::id()));
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&dir)?;
    Ok(dir)
}
