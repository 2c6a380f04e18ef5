//! What a project holds and how it stands, without a window.

use super::clock::now_ms;
use crate::store::Project;
use serde::Serialize;
use std::path::Path;

/// The counts of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusReport {
    /// Its name.
    pub name: String,
    /// Where it syncs to.
    pub server: String,
    /// Images.
    pub images: u64,
    /// Annotations.
    pub annotations: u64,
    /// Edits that the server does not have.
    pub unsent: u64,
    /// Sent, with a fate that is not known yet.
    pub unknown: u64,
    /// Conflicts for a person to settle.
    pub conflicts: u64,
    /// Refused by the server.
    pub problems: u64,
}

/// What a push would send now; works while a window has the project open.
///
/// # Errors
/// A sentence that says what is wrong with the directory.
pub fn plan_of(dir: &Path) -> Result<super::PlanReport, String> {
    let opened = Project::look(dir, now_ms()).map_err(|error| error.to_string())?;
    let reader = opened.project.reader().map_err(|error| error.to_string())?;
    let loaded = reader.records_not_clean().map_err(|error| error.to_string())?;
    Ok(super::plan::report(&loaded.rows))
}

/// Reads the counts of a project; works while a window has it open.
///
/// # Errors
/// A sentence that says what is wrong with the directory.
pub fn status(dir: &Path) -> Result<StatusReport, String> {
    let opened = Project::look(dir, now_ms()).map_err(|error| error.to_string())?;
    let reader = opened.project.reader().map_err(|error| error.to_string())?;
    let counts = reader.counts().map_err(|error| error.to_string())?;
    Ok(StatusReport {
        name: opened.project.name().to_owned(),
        server: opened.project.binding().to_string(),
        images: counts.images,
        annotations: counts.annotations,
        unsent: counts.unsent,
        unknown: counts.unknown,
        conflicts: counts.conflicts,
        problems: counts.problems,
    })
}
