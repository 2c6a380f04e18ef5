//! The edit model: annotations in image pixels, the document that holds them, and every change as data.
//!
//! Uses geometry and json only. Invariants: no I/O, no clock, no randomness (times and new ids are arguments); the only ways to
//! change a document are [`Document::apply`] and [`Document::apply_remote`]; undo is a new edit, nothing is rewound.

pub mod agreement;
mod annotation;
mod change;
mod clip;
mod concept;
mod document;
mod edit;
mod history;
mod ids;
pub mod image_query;
pub mod rules;
mod selection;
mod spatial;
mod status;

pub use crate::json::{Info, Map};
pub use annotation::{Annotation, ConceptLabel, Region, Shape, Worker};
pub use change::{Change, Field};
pub use clip::{Clip, ClipShape, ReadClip};
pub use concept::Concept;
pub use document::{Document, LoadedImage};
pub use edit::{Edit, EditError};
pub use history::{Entry, EntryKind, History, StepBack};
pub use ids::{ConceptId, IdHasher, InputId, LocalId};
pub use selection::Selection;
pub use spatial::SpatialIndex;
pub use status::Status;
