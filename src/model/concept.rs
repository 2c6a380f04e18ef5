//! Concepts of a project: what annotations are labelled with.

use super::ConceptId;
use serde::{Deserialize, Serialize};

/// A concept as this project shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concept {
    /// Opaque.
    pub id: ConceptId,
    /// For people.
    pub name: String,
    /// Colour chosen by the person, sRGB; otherwise one is derived from the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<[u8; 3]>,
}
