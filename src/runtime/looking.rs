//! A project opened for looking at, without a window.

use super::clock::now_ms;
use crate::store::{Project, Reader};
use std::path::Path;

/// Opens a project for looking at, also while a window has it open. What a person should know about it is logged, and
/// the log goes to stderr.
///
/// # Errors
/// A sentence that says what is wrong with the directory.
pub(super) fn looked_at(dir: &Path) -> Result<(Project, Reader), String> {
    let opened = Project::look(dir, now_ms()).map_err(|error| error.to_string())?;
    for note in &opened.notes {
        tracing::warn!("{note}");
    }
    let reader = opened.project.reader().map_err(|error| error.to_string())?;
    Ok((opened.project, reader))
}
