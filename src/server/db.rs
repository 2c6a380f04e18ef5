//! The database: opened, checked, locked, and one transaction per request.

use super::config::ServerError;
use super::look::{Look, Verdict};
use crate::api::{ApiError, StatusCode};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The format that this program writes (`PRAGMA user_version`).
const FORMAT: i64 = 1;
/// `LWsv` (`PRAGMA application_id`): says that the file is a server's.
const APPLICATION_ID: i64 = 0x4c57_7376;

/// The database of one server. Writes are serialised; reads go beside them and see only what is committed.
pub struct Db {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    look: Look,
    /// Held while the server runs: two servers on one directory would each think that the images are theirs.
    _lock: File,
}

impl Db {
    /// Opens or makes the database in `dir`.
    pub fn open(dir: &Path) -> Result<Self, ServerError> {
        let unusable = |source| ServerError::DataDir { path: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(unusable)?;
        let lock =
            File::options().create(true).truncate(false).write(true).open(dir.join("server.lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ServerError::Locked { path: dir.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        let path = dir.join("server.sqlite");
        let damaged = |why: rusqlite::Error| ServerError::Damaged { path: path.clone(), reason: reason(&why) };
        if path.exists() {
            // Looked at without writing first: a file that is not ours must stay as it is.
            let existing = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(damaged)?;
            check(&existing, &path)?;
        }
        let mut writer = Connection::open(&path).map_err(damaged)?;
        configure(&writer).map_err(damaged)?;
        create(&mut writer).map_err(damaged)?;
        let reader = Connection::open(&path).map_err(damaged)?;
        configure(&reader).map_err(damaged)?;
        let look = Look::start(path).map_err(ServerError::Thread)?;
        Ok(Self { writer: Mutex::new(writer), reader: Mutex::new(reader), look, _lock: lock })
    }

    /// Runs `work` in a transaction that is durable when this returns `Ok`, and undone otherwise.
    pub fn write<T>(&self, work: impl FnOnce(&Connection) -> Result<T, ApiError>) -> Result<T, ApiError> {
        self.usable()?;
        let mut connection = locked(&self.writer);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let result = work(&transaction)?;
        transaction.commit().map_err(failed)?;
        Ok(result)
    }

    /// Runs `work` on one consistent state.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, ApiError>) -> Result<T, ApiError> {
        self.usable()?;
        let mut connection = locked(&self.reader);
        let transaction = connection.transaction().map_err(failed)?;
        work(&transaction)
    }

    /// Runs `work` on the state that the call before this one left: what a lagging replica would answer.
    pub fn read_stale<T>(&self, work: impl FnOnce(&Connection) -> Result<T, ApiError>) -> Result<T, ApiError> {
        self.usable()?;
        let connection = locked(&self.reader);
        if connection.is_autocommit() {
            begin_snapshot(&connection).map_err(failed)?;
        }
        let result = work(&connection);
        connection.execute_batch("COMMIT").map_err(failed)?;
        begin_snapshot(&connection).map_err(failed)?;
        result
    }

    fn usable(&self) -> Result<(), ApiError> {
        self.look.stirred();
        match self.look.verdict() {
            Verdict::Damaged => Err(ApiError::coded(
                StatusCode::DATABASE_FAIL_TASK,
                "The server's database is damaged: its pages do not fit together. Nothing was done; stop the server and \
                 put a copy of its directory back.",
            )),
            Verdict::Open | Verdict::Whole => Ok(()),
        }
    }
}

fn begin_snapshot(connection: &Connection) -> rusqlite::Result<()> {
    // A deferred transaction takes its snapshot at its first read.
    connection.execute_batch("BEGIN DEFERRED; SELECT n FROM apps LIMIT 1;")
}

fn locked(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    // A panic inside a transaction rolled it back; the connection itself is sound.
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: NORMAL loses acknowledged commits when the power goes.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")
}

fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found == 0 {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(include_str!("sql/schema.sql"))?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
        transaction.commit()?;
    }
    Ok(())
}

fn check(connection: &Connection, path: &Path) -> Result<(), ServerError> {
    let damaged = |why: rusqlite::Error| ServerError::Damaged { path: path.to_owned(), reason: reason(&why) };
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(damaged);
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 =
        connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(damaged)?;
    if application != APPLICATION_ID && (tables > 0 || found != 0) {
        let reason = "it belongs to another program".to_owned();
        return Err(ServerError::Damaged { path: path.to_owned(), reason });
    }
    if found > FORMAT {
        return Err(ServerError::Newer { path: path.to_owned(), found, known: FORMAT });
    }
    Ok(())
}

fn reason(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "it is not a database".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => "its pages do not fit together".to_owned(),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            "it cannot be opened for writing".to_owned()
        }
        Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
        _ => "it cannot be read".to_owned(),
    }
}

/// What a client is told of a failing database: never its SQL or paths, which stand in the log.
#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
pub fn failed(error: rusqlite::Error) -> ApiError {
    tracing::error!(%error, "the server's database failed");
    let (code, details) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (StatusCode::DATABASE_TOO_MANY_CLIENTS, "The database is busy. Try again.")
        }
        Some(ErrorCode::DiskFull) => {
            (StatusCode::DATABASE_FAIL_TASK, "The server's disk is full. Make room on it and try again.")
        }
        _ => (StatusCode::DATABASE_STATEMENT_ERROR, "The server's database failed; its log says how."),
    };
    ApiError::coded(code, details)
}
