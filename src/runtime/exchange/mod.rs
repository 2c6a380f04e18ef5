//! Annotations in from files and out to files, for the window and for commands.
//!
//! Invariants: a look at an import changes nothing; an import is one step of undo, made in parts of a bounded size, each
//! durable as a whole; a file that is written replaces the old one at once or not at all; memory does not grow with
//! the annotations of a file beyond some tens of bytes for each.
//!
//! | file | what |
//! |---|---|
//! | `gather` | the files below a path, and their formats |
//! | `images` | which image of the project a file speaks of |
//! | `here` | which annotations of a file are here already |
//! | `import` | from what readers find to edits |
//! | `apply` | the edits into a project that no window has open |
//! | `export` | from annotations to files |
//! | `places` | where the files of an export go, and what is there already |
//! | `classes` | class names and numbers, the same from export to export |
//! | `backup` | the API's own JSON |
//! | `atomic` | files that are whole or not there; what an export that was killed left behind |
//! | `window` | both on threads of their own, for the window |
//! | `report` | what is told about an import or an export |

mod apply;
mod atomic;
mod backup;
mod classes;
mod export;
mod gather;
mod here;
mod images;
mod import;
mod places;
mod report;
mod window;

pub use crate::formats::Format as ExportFormat;
pub use apply::{import_into, look_into};
pub use atomic::write as write_whole;
pub use export::{ExportOptions, Writing, export};
pub use import::{ImportOptions, Importing, Mode, OnProblems};
pub use report::{ExportReport, ImportReport, LossRow, ProblemRow, Row, Tense, Weight};
pub use window::{Task, Told};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells how far something is, and learns whether to stop.
#[derive(Clone)]
pub struct Progress {
    stop: Arc<AtomicBool>,
    tell: Arc<dyn Fn(Step) + Send + Sync>,
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Progress").field("stop", &self.stop).finish_non_exhaustive()
    }
}

/// How far something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Annotations so far.
    pub done: u64,
    /// Of so many, where that is known.
    pub of: Option<u64>,
}

impl Progress {
    /// Tells this function.
    #[must_use]
    pub fn new(tell: impl Fn(Step) + Send + Sync + 'static) -> Self {
        Self { stop: Arc::new(AtomicBool::new(false)), tell: Arc::new(tell) }
    }

    /// Tells nobody.
    #[must_use]
    pub fn silent() -> Self {
        Self::new(|_| {})
    }

    /// Asks what runs to stop.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    pub(super) fn tell(&self, done: u64, of: Option<u64>) {
        (self.tell)(Step { done, of });
    }
}
