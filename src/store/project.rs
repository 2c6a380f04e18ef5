//! Creating and opening a project directory.

use super::connect::{self, APPLICATION_ID, Reach, beside};
use super::lock::{LockInfo, ProjectLock, Taken};
use super::migrate::{self, Stamp};
use super::row::{json, parsed};
use super::stray;
use super::viewing::{PrivateCopy, copy_without_log, reach_without_writing};
use super::writer::{self, StoreHandle};
use super::{Binding, CreateError, OpenError, Reader, StoreError, StoreEvent};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::task::Waker;

pub(super) const DB_FILE: &str = "project.db";
pub(super) const LOCK_FILE: &str = "project.lock";
const README_FILE: &str = "README.txt";
pub(super) const BACKUP_DIR: &str = "backups";

/// What a new project is made of.
#[derive(Clone, Debug)]
pub struct NewProject {
    /// For people.
    pub name: String,
    /// Where its annotations go.
    pub binding: Binding,
}

/// What this window may do with the project.
#[derive(Clone, Debug, PartialEq)]
pub enum Access {
    /// This process holds the lock.
    Writer,
    /// It may only look.
    ReadOnly {
        /// Why.
        reason: ReadOnlyReason,
    },
}

/// Why a project can only be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReadOnlyReason {
    /// Another window writes it.
    #[error("another window has this project open{}; this one shows it and saves nothing. Close the other one to edit here", by(.0.as_ref()))]
    AnotherWindow(Option<LockInfo>),
    /// The directory, medium or file takes no changes.
    #[error(
        "this project lies where nothing can be saved ({0}); it is shown as it is. Copy the whole directory to edit it"
    )]
    NotWritable(String),
    /// Nobody wanted to write.
    #[error("this project was opened for looking at")]
    OnlyLooking,
}

fn by(info: Option<&LockInfo>) -> String {
    match info {
        Some(info) if info.host.is_empty() => format!(" (process {})", info.pid),
        Some(info) => format!(" (process {} on {})", info.pid, info.host),
        None => String::new(),
    }
}

/// What a person should know about the last session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenNote {
    /// The last session did not end in an orderly way; everything that was saved is here.
    #[error(
        "labelwright did not close this project in an orderly way last time; everything that it had shown as saved is here"
    )]
    NotClosed,
    /// The file with the newest edits is gone.
    #[error(
        "the last session did not end in an orderly way and its file project.db-wal is gone: its newest edits may be \
             missing. If the directory was copied, copy it again, whole, with labelwright closed"
    )]
    WalMissing,
    /// A log that is not of the last session lay beside the database.
    #[error(
        "a file project.db-wal lay beside the project that was not there when it was closed (of another copy, or of \
             another program); nothing of it was taken over, it is kept in {}", .0.display()
    )]
    StrayWal(PathBuf),
    /// An older format was brought up to date.
    #[error("the project was brought to the format of this version; the one before lies in {}", .0.display())]
    Migrated(PathBuf),
}

/// A project that was opened.
#[derive(Debug)]
pub struct OpenedProject {
    /// The project.
    pub project: Project,
    /// For the people.
    pub notes: Vec<OpenNote>,
}

/// A project directory, locked for writing or open for reading.
#[derive(Debug)]
pub struct Project {
    dir: PathBuf,
    name: String,
    binding: Binding,
    access: Access,
    reach: Reach,
    /// Lives as long as somebody reads the copy.
    copy: Option<Arc<PrivateCopy>>,
    /// Opened while checking. The writing thread takes both: when it has ended another window may write, also while somebody
    /// still reads with this one (a look for damage takes long).
    writing: Mutex<Option<(Connection, ProjectLock)>>,
}

impl Project {
    /// Makes a project in `dir`, which may exist but may hold none, and opens it. `now_ms`: Unix milliseconds.
    ///
    /// # Errors
    /// Where there is a project already (it is not touched) or the directory cannot be written.
    pub fn create(dir: &Path, new: &NewProject, now_ms: i64) -> Result<OpenedProject, CreateError> {
        let db = dir.join(DB_FILE);
        if fs::symlink_metadata(&db).is_ok() {
            return Err(CreateError::AlreadyThere { dir: dir.to_owned() });
        }
        let at = |path: &Path, what: String| CreateError::Io { path: path.to_owned(), what };
        fs::create_dir_all(dir.join("images")).map_err(|error| at(dir, error.to_string()))?;
        let readme = dir.join(README_FILE);
        fs::write(&readme, include_str!("README.txt")).map_err(|error| at(&readme, error.to_string()))?;
        let lock = match ProjectLock::take(&dir.join(LOCK_FILE), now_ms) {
            Taken::Ours(lock, _) => lock,
            Taken::Theirs(_) => return Err(CreateError::AlreadyThere { dir: dir.to_owned() }),
            Taken::NotWritable(error) => return Err(at(dir, error.to_string())),
        };
        build_database(&db, new).map_err(|error| at(&db, error.to_string()))?;
        Ok(open_for_writing(dir, db, lock, None, false, now_ms)?)
    }

    /// Opens a project, for writing if nobody else has it. `now_ms`: Unix milliseconds, for the lock and for the name
    /// of a backup.
    ///
    /// # Errors
    /// Where there is no project or it is newer or damaged; it is then as it was.
    pub fn open(dir: &Path, now_ms: i64) -> Result<OpenedProject, OpenError> {
        let db = existing(dir)?;
        let had_wal = fs::metadata(beside(&db, "-wal")).is_ok();
        let lock_file = dir.join(LOCK_FILE);
        let had_lock = fs::symlink_metadata(&lock_file).is_ok();
        match ProjectLock::take(&lock_file, now_ms) {
            Taken::Ours(lock, before) => {
                let opened = open_for_writing(dir, db, lock, before, had_wal, now_ms);
                if opened.is_err() && !had_lock {
                    // Nothing is left behind in what is no project of ours.
                    fs::remove_file(&lock_file).ok();
                }
                opened
            }
            Taken::Theirs(info) => {
                open_for_reading(dir, &db, ReadOnlyReason::AnotherWindow(info), Reach::Live(db.clone()), None)
            }
            Taken::NotWritable(error) => open_in_place_or_copy(dir, &db, error.to_string(), now_ms),
        }
    }

    /// Opens a project for looking at, without taking its lock: a window that starts meanwhile can still write.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn look(dir: &Path, now_ms: i64) -> Result<OpenedProject, OpenError> {
        let db = existing(dir)?;
        if stray::lies_beside(dir, &db) {
            return open_without_log(dir, &db, ReadOnlyReason::OnlyLooking, now_ms);
        }
        let live = Reach::Live(db.clone());
        open_for_reading(dir, &db, ReadOnlyReason::OnlyLooking, live, None)
            .or_else(|error| open_in_place_or_copy(dir, &db, error.to_string(), now_ms).map_err(|_same| error))
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// For people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its annotations went when it was opened; a [`super::Request::SetBinding`] shows at the next opening and
    /// in [`Reader::binding`].
    #[must_use]
    pub const fn binding(&self) -> &Binding {
        &self.binding
    }

    /// What this window may do.
    #[must_use]
    pub const fn access(&self) -> &Access {
        &self.access
    }

    /// Where relative paths of inputs start.
    #[must_use]
    pub fn images_dir(&self) -> PathBuf {
        self.dir.join("images")
    }

    /// Where the project's own server keeps its data.
    #[must_use]
    pub fn server_dir(&self) -> PathBuf {
        self.dir.join("server")
    }

    /// A connection that only reads, for a worker thread.
    ///
    /// # Errors
    /// Where the database cannot be opened.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Ok(Reader::new(self.reach.reading()?, self.copy.clone()))
    }

    /// Starts the writing thread. Its events go to `events`, and `waker` is woken after each batch of them.
    ///
    /// # Errors
    /// Where the project is read-only, has a writing thread already, or the thread cannot be started.
    pub fn start(&self, events: Sender<StoreEvent>, waker: Waker) -> Result<StoreHandle, StoreError> {
        let (Access::Writer, Reach::Live(path)) = (&self.access, &self.reach) else { return Err(StoreError::ReadOnly) };
        let writing = self.writing.lock().ok().and_then(|mut writing| writing.take());
        let (conn, lock) = writing.ok_or(StoreError::AlreadyStarted)?;
        writer::start(conn, path.clone(), lock, events, waker)
    }
}

fn not_a_project(dir: &Path, why: &str) -> OpenError {
    OpenError::NotAProject { dir: dir.to_owned(), why: why.to_owned() }
}

/// Builds the database under another name first: a crash leaves no half of one behind.
pub(super) fn build_database(db: &Path, new: &NewProject) -> Result<(), StoreError> {
    let part = beside(db, ".part");
    let io = |what| {
        let path = part.clone();
        move |error| StoreError::Io { what, path, error }
    };
    for left_over in [part.clone(), beside(&part, "-journal")] {
        if fs::symlink_metadata(&left_over).is_ok() {
            fs::remove_file(&left_over).map_err(io("a left-over file could not be removed"))?;
        }
    }
    let mut conn = Connection::open(&part)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    migrate::migrate(&mut conn, migrate::STEPS)?;
    put_meta(&conn, "name", &new.name)?;
    put_meta(&conn, "binding", &json(&new.binding)?)?;
    conn.close().map_err(|(_, error)| error)?;
    fs::rename(&part, db).map_err(io("the new database could not be put in place"))?;
    sync_dir(db).map_err(io("the directory could not be written"))
}

/// Makes a rename survive a power loss.
pub(super) fn sync_dir(file: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(dir) = file.parent() {
        fs::File::open(dir)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _unused = file;
    Ok(())
}

fn open_for_writing(
    dir: &Path,
    db: PathBuf,
    lock: ProjectLock,
    before: Option<LockInfo>,
    had_wal: bool,
    now_ms: i64,
) -> Result<OpenedProject, OpenError> {
    let mut notes = Vec::new();
    notes.extend(stray::put_aside(dir, &db, before.as_ref(), now_ms)?.map(OpenNote::StrayWal));
    let found = match look(&Reach::Live(db.clone()), dir, &db) {
        Ok(found) => found,
        Err(error) => {
            // It was not opened: the note of the session before stays as it was.
            lock.restore(before.as_ref());
            return Err(error);
        }
    };
    if before.is_some_and(|info| !info.closed) {
        notes.push(if had_wal || !found.is_wal { OpenNote::NotClosed } else { OpenNote::WalMissing });
    }
    let mut conn = connect::writing(&db).map_err(|error| explain(&error, &db))?;
    if conn.is_readonly("main").unwrap_or(true) {
        drop(conn);
        let reason = ReadOnlyReason::NotWritable("project.db is write-protected".to_owned());
        return open_for_reading(dir, &db, reason, Reach::Live(db.clone()), None);
    }
    if found.stamp.format < migrate::newest(migrate::STEPS) {
        let backup = backup(&conn, dir, found.stamp, now_ms).map_err(|error| OpenError::Io {
            path: dir.join(BACKUP_DIR),
            what: format!("the copy that is made before the format changes could not be written: {error}"),
        })?;
        migrate::migrate(&mut conn, migrate::STEPS).map_err(|error| OpenError::Migration {
            path: db.clone(),
            what: error.to_string(),
            backup: backup.clone(),
        })?;
        notes.push(OpenNote::Migrated(backup));
    }
    let (name, binding) = identity(&conn).map_err(|error| explain(&error, &db))?;
    let project = Project {
        dir: dir.to_owned(),
        name,
        binding,
        access: Access::Writer,
        reach: Reach::Live(db),
        copy: None,
        writing: Mutex::new(Some((conn, lock))),
    };
    Ok(OpenedProject { project, notes })
}

/// A live project is read in its place, where `SQLite` can follow its writer; what nobody can recover there is copied.
fn open_in_place_or_copy(dir: &Path, db: &Path, why: String, now_ms: i64) -> Result<OpenedProject, OpenError> {
    let reason = ReadOnlyReason::NotWritable(why);
    if stray::lies_beside(dir, db) {
        return open_without_log(dir, db, reason, now_ms);
    }
    let live = Reach::Live(db.to_owned());
    if fs::metadata(beside(db, "-shm")).is_ok()
        && let Ok(opened) = open_for_reading(dir, db, reason.clone(), live, None)
    {
        return Ok(opened);
    }
    let (reach, copy) = reach_without_writing(db, now_ms).map_err(|error| not_copied(db, &error))?;
    open_for_reading(dir, db, reason, reach, copy)
}

/// Beside a log of another time, which who only looks leaves where it is: a copy of the database alone is read, because
/// a window may open it meanwhile and write.
fn open_without_log(dir: &Path, db: &Path, reason: ReadOnlyReason, now_ms: i64) -> Result<OpenedProject, OpenError> {
    let (reach, copy) = copy_without_log(db, now_ms).map_err(|error| not_copied(db, &error))?;
    let mut opened = open_for_reading(dir, db, reason, reach, Some(copy))?;
    opened.notes.push(OpenNote::StrayWal(beside(db, "-wal")));
    Ok(opened)
}

fn not_copied(db: &Path, error: &std::io::Error) -> OpenError {
    OpenError::Io { path: db.to_owned(), what: format!("it could not be copied: {error}") }
}

/// The database of a project directory.
fn existing(dir: &Path) -> Result<PathBuf, OpenError> {
    let db = dir.join(DB_FILE);
    match fs::metadata(&db) {
        Ok(meta) if meta.is_file() => {}
        Ok(_) => return Err(not_a_project(dir, "project.db is not a file")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(not_a_project(dir, "there is no project.db in it"));
        }
        Err(error) => return Err(OpenError::Io { path: db, what: error.to_string() }),
    }
    Ok(db)
}

fn open_for_reading(
    dir: &Path,
    db: &Path,
    reason: ReadOnlyReason,
    reach: Reach,
    copy: Option<PrivateCopy>,
) -> Result<OpenedProject, OpenError> {
    let found = look(&reach, dir, db)?;
    if found.stamp.format < migrate::newest(migrate::STEPS) {
        let what = "it has an older format, which can only be brought up to date where it can be written".to_owned();
        return Err(OpenError::Io { path: db.to_owned(), what });
    }
    let conn = reach.reading().map_err(|error| explain(&error, db))?;
    let (name, binding) = identity(&conn).map_err(|error| explain(&error, db))?;
    let project = Project {
        dir: dir.to_owned(),
        name,
        binding,
        access: Access::ReadOnly { reason },
        reach,
        copy: copy.map(Arc::new),
        writing: Mutex::new(None),
    };
    Ok(OpenedProject { project, notes: Vec::new() })
}

struct Found {
    stamp: Stamp,
    is_wal: bool,
}

/// Looks at the header with a connection that cannot write.
fn look(reach: &Reach, dir: &Path, db: &Path) -> Result<Found, OpenError> {
    let conn = reach.reading().map_err(|error| explain(&error, db))?;
    let stamp = migrate::stamp(&conn).map_err(|error| explain(&error.into(), db))?;
    let mode: String =
        conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(|error| explain(&error.into(), db))?;
    let known = migrate::newest(migrate::STEPS);
    match stamp {
        Stamp { application_id: 0, format: 0 } => {
            Err(OpenError::Damaged { path: db.to_owned(), what: "it is empty".to_owned() })
        }
        Stamp { application_id, .. } if application_id != APPLICATION_ID => {
            Err(not_a_project(dir, "project.db belongs to another program"))
        }
        Stamp { format, .. } if format > known => Err(OpenError::Newer { path: db.to_owned(), found: format, known }),
        Stamp { format, .. } if format < 1 => {
            Err(OpenError::Damaged { path: db.to_owned(), what: "its format number is wrong".to_owned() })
        }
        stamp => Ok(Found { stamp, is_wal: mode == "wal" }),
    }
}

/// What a failure says about the file.
fn explain(error: &StoreError, db: &Path) -> OpenError {
    let path = db.to_owned();
    let what = error.to_string();
    match error {
        StoreError::Sqlite(sqlite) => match sqlite.sqlite_error_code() {
            Some(
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TypeMismatch | ErrorCode::Unknown,
            ) => OpenError::Damaged { path, what: sqlite.to_string() },
            Some(_) => OpenError::Io { path, what: sqlite.to_string() },
            None => OpenError::Damaged { path, what: sqlite.to_string() },
        },
        StoreError::Content(_) => OpenError::Damaged { path, what },
        _ => OpenError::Io { path, what },
    }
}

fn backup(conn: &Connection, dir: &Path, stamp: Stamp, now_ms: i64) -> Result<PathBuf, StoreError> {
    let backups = dir.join(BACKUP_DIR);
    let io = |error| StoreError::Io { what: "the directory could not be made", path: backups.clone(), error };
    fs::create_dir_all(&backups).map_err(io)?;
    let to = backups.join(format!("project-format{}-{now_ms}.db", stamp.format));
    copy_into(conn, &to)?;
    Ok(to)
}

/// A whole, consistent copy; `to` must not exist.
pub(super) fn copy_into(conn: &Connection, to: &Path) -> Result<(), StoreError> {
    let text = to.to_str().ok_or_else(|| StoreError::Content(format!("the file name {}", to.display())))?;
    conn.execute(include_str!("sql/copy_into.sql"), [text])?;
    // SQLite closes the copy without waiting for the disk.
    let sync = |error| StoreError::Io { what: "the copy could not be written", path: to.to_owned(), error };
    fs::File::open(to).and_then(|file| file.sync_all()).map_err(sync)?;
    sync_dir(to).map_err(sync)
}

fn identity(conn: &Connection) -> Result<(String, Binding), StoreError> {
    Ok((meta(conn, "name")?.unwrap_or_default(), binding(conn)?))
}

/// Where the project's annotations go.
pub(super) fn binding(conn: &Connection) -> Result<Binding, StoreError> {
    let text = meta(conn, "binding")?;
    parsed(&text.ok_or_else(|| StoreError::Content("the server that the project belongs to is missing".to_owned()))?)
}

/// One value of the table `meta`.
pub(super) fn meta(conn: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    let mut statement = conn.prepare_cached(include_str!("sql/meta_get.sql"))?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

/// Sets one value of the table `meta`.
pub(super) fn put_meta(conn: &Connection, key: &str, value: &str) -> Result<(), StoreError> {
    conn.prepare_cached(include_str!("sql/meta_put.sql"))?.execute([key, value])?;
    Ok(())
}
