//! What a project holds and how it stands, without a window.

use super::looking::looked_at;
use super::trouble::{Trouble, TroubleKind};
use crate::store::SyncState;
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
    /// Whether edits wait until the person says so.
    pub held_back: bool,
    /// Each conflict and refused item.
    pub troubles: Vec<Problem>,
}

/// A conflict or a refused item, for other programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// `refused` or `conflict`.
    pub kind: &'static str,
    /// The annotation's id on the server.
    pub annotation: String,
    /// The image.
    pub image: String,
    /// In a few words.
    pub what: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The API's code; none for a conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
    /// To quote to the operator of the server.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub request_id: String,
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        let (kind, reason, code, request_id) = match trouble.kind {
            TroubleKind::Refused { code, reason, req_id } => ("refused", reason, Some(code), req_id),
            TroubleKind::Conflict { fields } => {
                let said: Vec<String> = fields
                    .into_iter()
                    .map(|[field, was, mine, theirs]| format!("{field}: it was {was}, here {mine}, there {theirs}"))
                    .collect();
                ("conflict", format!("changed on both sides: {}", said.join("; ")), None, String::new())
            }
        };
        Self { kind, annotation: trouble.sid, image: trouble.input.0, what: trouble.what, reason, code, request_id }
    }
}

/// A sentence begins with a capital.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What a push would send now; works while a window has the project open.
///
/// # Errors
/// A sentence that says what is wrong with the directory.
pub fn plan_of(dir: &Path) -> Result<super::PlanReport, String> {
    let (_project, reader) = looked_at(dir)?;
    let loaded = reader.records_not_clean().map_err(|error| error.to_string())?;
    Ok(super::plan::report(&loaded.rows))
}

/// Reads the counts of a project; works while a window has it open.
///
/// # Errors
/// A sentence that says what is wrong with the directory.
pub fn status(dir: &Path) -> Result<StatusReport, String> {
    let (project, reader) = looked_at(dir)?;
    let counts = reader.counts().map_err(|error| error.to_string())?;
    let not_clean = reader.records_not_clean().map_err(|error| error.to_string())?;
    let sending = reader.setting(super::session::SENDING).map_err(|error| error.to_string())?;
    // For the lists a write under way is unsent; here somebody wants to know whether it may have arrived.
    let unknown = not_clean.rows.iter().filter(|record| SyncState::of(record) == SyncState::Unknown).count() as u64;
    Ok(StatusReport {
        name: project.name().to_owned(),
        server: project.binding().to_string(),
        images: counts.images,
        annotations: counts.annotations,
        unsent: (counts.unsent + counts.unknown).saturating_sub(unknown),
        unknown,
        conflicts: counts.conflicts,
        problems: counts.problems,
        held_back: sending.is_some_and(|value| value == "when_i_say"),
        troubles: super::plan::report(&not_clean.rows).troubles.into_iter().map(Problem::from).collect(),
    })
}
