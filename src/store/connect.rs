//! Connections to a project's database, and the settings that make them safe.

use super::StoreError;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// `application_id` of a project (`LbWr`).
pub(super) const APPLICATION_ID: i64 = 0x4c62_5772;
/// How long a connection waits for another one's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// More than the number of different statements.
const STATEMENTS_KEPT: usize = 64;

/// Cache of a connection in KiB: an image with very many annotations, or a batch of an import.
const CACHE_KIB: i64 = 32 * 1024;

/// Pages that gather in the -wal before they are brought into the database: 16 MiB. A push writes the same pages of the indexes
/// again and again, and each time they would be brought over and flushed.
const WAL_PAGES: i64 = 4000;

/// How a database is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// In its place.
    Live(PathBuf),
    /// On a medium that cannot be written and without a -wal: `SQLite` may assume that nobody changes it.
    Immutable(PathBuf),
}

impl Reach {
    /// A connection that only reads.
    pub fn reading(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = match self {
            Self::Live(path) => Connection::open_with_flags(path, flags)?,
            Self::Immutable(path) => {
                Connection::open_with_flags(immutable_uri(path), flags | OpenFlags::SQLITE_OPEN_URI)?
            }
        };
        guard(&conn)?;
        conn.pragma_update(None, "query_only", true)?;
        Ok(conn)
    }

    /// A connection that writes nothing but copies of the whole: `query_only` forbids those, too.
    pub fn copying(&self) -> Result<Connection, StoreError> {
        let conn = self.reading()?;
        conn.pragma_update(None, "query_only", false)?;
        Ok(conn)
    }
}

/// The connection that writes: WAL where the file system can do it, and on the disk before COMMIT returns.
pub(super) fn writing(path: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    guard(&conn)?;
    // A WAL needs memory that all who read share, which a network file system has not; the rollback journal is slower
    // and as safe. On a full disk that memory may not fit either.
    let set = |mode: &str| conn.pragma_update_and_check(None, "journal_mode", mode, |row| row.get::<_, String>(0));
    let mode = if is_on_network(path) { set("DELETE")? } else { set("WAL").or_else(|_| set("DELETE"))? };
    if mode != "wal" && mode != "delete" {
        return Err(StoreError::Content(format!("the journal mode {mode}")));
    }
    conn.pragma_update(None, "synchronous", super::bug::synchronous())?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // What a part of a transaction is taken back with; in a file it would be written beside everything else.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
    conn.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
    // macOS: its fsync does not reach the disk without these; elsewhere they do nothing.
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "checkpoint_fullfsync", true)?;
    Ok(conn)
}

/// What every connection gets: a database is data, whatever its schema says.
fn guard(conn: &Connection) -> Result<(), StoreError> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "cache_size", -CACHE_KIB)?; // negative: KiB instead of pages
    Ok(())
}

/// Whether a file lies on a network file system, where the system can tell.
fn is_on_network(path: &Path) -> bool {
    let Ok(path) = path.canonicalize() else { return false };
    std::fs::read_to_string("/proc/self/mountinfo").is_ok_and(|mounts| is_network_mount(&mounts, &path))
}

/// `mounts` as Linux lists them: mount point in the fifth place, type after the dash.
fn is_network_mount(mounts: &str, path: &Path) -> bool {
    const TYPES: [&str; 10] =
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "fuse.glusterfs"];
    let kind = mounts.lines().filter_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        // Spaces in a name are written as \040; other odd signs are rarer than worth it.
        let point = place.split(' ').nth(4)?.replace("\\040", " ");
        path.starts_with(&point).then(|| (point.len(), kind.split(' ').next().unwrap_or_default().to_owned()))
    });
    // Of two mounts on the same point the later one is seen.
    kind.max_by_key(|(length, _)| *length).is_some_and(|(_, kind)| TYPES.contains(&kind.as_str()))
}

/// The path as a URI of `SQLite`, which has its own meaning for `?`, `#` and `%`.
fn immutable_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for c in path.to_string_lossy().chars() {
        match c {
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            '%' => uri.push_str("%25"),
            '\\' => uri.push('/'),
            c => uri.push(c),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// The file that `SQLite` keeps beside a database.
pub(super) fn beside(db: &Path, suffix: &str) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_mounts_are_known_by_their_type() {
        let mounts = "22 1 0:20 / / rw shared:1 - ext4 /dev/vda rw\n\
                      40 22 0:50 / /mnt/team\\040share rw,relatime shared:9 - nfs4 host:/x rw\n\
                      41 40 0:51 / /mnt/team\\040share/local rw - ext4 /dev/vdb rw\n";
        for (path, network) in [
            ("/home/me/p", false),
            ("/mnt/team share/p", true),
            ("/mnt/team share/local/p", false),
            ("/mnt/team shared", false),
        ] {
            assert_eq!(is_network_mount(mounts, Path::new(path)), network, "{path}");
        }
    }

    #[test]
    fn a_path_with_the_signs_of_a_uri_is_still_that_path() {
        assert_eq!(immutable_uri(Path::new("/a b/50%?#.db")), "file:/a b/50%25%3f%23.db?immutable=1");
    }
}
