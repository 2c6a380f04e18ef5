//! What can go wrong with a project, in sentences: what happened, what was kept, what to do.

use std::io;
use std::path::PathBuf;

/// Why a project was not opened. Nothing in its directory was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no project.
    #[error("there is no project here: {why}. Choose another directory, or make a project of it. ({dir})", dir = dir.display())]
    NotAProject {
        /// The directory that was asked for.
        dir: PathBuf,
        /// What is missing or foreign.
        why: String,
    },
    /// A newer program wrote it.
    #[error("this project was written by a newer version of labelwright (format {found}, this program reads up to {known}). \
             Nothing was changed; open it with the newer version. ({path})", path = path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format that this program reads.
        known: i64,
    },
    /// It cannot be read.
    #[error("the project's database is damaged: {what}. It was left exactly as it is. Copy the directory to a safe place, \
             then let labelwright rescue what can be read, or put a backup in its place. ({path})", path = path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The operating system refused.
    #[error("the project cannot be opened: {what}. Nothing was changed. ({path})", path = path.display())]
    Io {
        /// What was being opened.
        path: PathBuf,
        /// What it said.
        what: String,
    },
    /// Bringing it to this version's format failed.
    #[error("the project could not be brought to the new format: {what}. It is as it was; a copy lies in {backup}. ({path})",
            path = path.display(), backup = backup.display())]
    Migration {
        /// The database.
        path: PathBuf,
        /// What failed.
        what: String,
        /// The copy that was made first.
        backup: PathBuf,
    },
}

/// Why a project was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// One is there.
    #[error("there is a project already; it was not touched. Open it, or choose another directory. ({dir})", dir = dir.display())]
    AlreadyThere {
        /// The directory.
        dir: PathBuf,
    },
    /// The operating system refused.
    #[error("the project could not be created: {what}. ({path})", path = path.display())]
    Io {
        /// What was being written.
        path: PathBuf,
        /// What it said.
        what: String,
    },
    /// It was created and could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Why a query or the start of the writer failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the project's database could not be read: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A value is not what this program writes.
    #[error("the project's database holds something that this program did not write: {0}")]
    Content(String),
    /// Only one window writes a project.
    #[error("this project is open for reading only; nothing can be saved in it from here")]
    ReadOnly,
    /// There is one already.
    #[error("the project's writing thread is running already")]
    AlreadyStarted,
    /// The operating system refused.
    #[error("{what}: {error}. ({path})", path = path.display())]
    Io {
        /// What was being done.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
}

/// Why a damaged project could not be rescued. The damaged files are where the text says.
#[derive(Debug, thiserror::Error)]
pub enum SalvageError {
    /// Somebody has it open.
    #[error("the project is open in another window; close that one first. Nothing was changed. ({dir})", dir = dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
    },
    /// There is nothing to rescue.
    #[error("there is no database to rescue. ({dir})", dir = dir.display())]
    Nothing {
        /// The directory.
        dir: PathBuf,
    },
    /// The operating system refused.
    #[error("the rescue stopped: {what}. The damaged files are untouched in {kept}.", kept = kept.display())]
    Io {
        /// What failed.
        what: String,
        /// Where the damaged files are.
        kept: PathBuf,
    },
}
