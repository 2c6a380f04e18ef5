//! Edits: what a person does to annotations, as data.

use super::{Annotation, ConceptId, ConceptLabel, Field, Info, LocalId, Shape, Status};
use serde::{Deserialize, Serialize};

/// One edit. A gesture is exactly one (a [`Edit::Batch`] where it touches several annotations).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// A new annotation.
    Add(Box<Annotation>),
    /// It is gone.
    Remove {
        /// Which one.
        lid: LocalId,
    },
    /// A new geometry.
    SetShape {
        /// Which one.
        lid: LocalId,
        /// The new geometry.
        shape: Shape,
    },
    /// New labels, all of them.
    SetConcepts {
        /// Which one.
        lid: LocalId,
        /// In order; each id at most once.
        concepts: Vec<ConceptLabel>,
    },
    /// A decision.
    SetStatus {
        /// Which one.
        lid: LocalId,
        /// The new status.
        status: Status,
    },
    /// New free-form information, all of it.
    SetInfo {
        /// Which one.
        lid: LocalId,
        /// The new information.
        info: Info,
    },
    /// Several at once: all or nothing, one undo step.
    Batch(Vec<Self>),
}

/// Why an edit was not made. Nothing of it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// It is not in the document.
    #[error("the annotation is gone; somebody deleted it meanwhile")]
    NoSuchAnnotation(LocalId),
    /// The id is taken.
    #[error("an annotation with the id {0} is already there")]
    AlreadyThere(LocalId),
    /// The geometry cannot be kept.
    #[error("{0}; nothing was changed")]
    BadShape(String),
    /// The image-level annotation has no region, or one that cannot be drawn.
    #[error("this annotation has no outline that can be changed")]
    NoShape(LocalId),
    /// The same concept twice.
    #[error("the concept {0} is there twice")]
    ConceptTwice(ConceptId),
}

impl Edit {
    /// These as one: itself where it is only one.
    #[must_use]
    pub fn of(mut edits: Vec<Self>) -> Self {
        if edits.len() == 1 { edits.remove(0) } else { Self::Batch(edits) }
    }

    /// The edit that sets `fields` of an annotation back to what `value` has.
    #[must_use]
    pub fn restoring(lid: LocalId, value: &Annotation, fields: &[Field]) -> Self {
        let mut edits: Vec<Self> = fields
            .iter()
            .filter_map(|field| match field {
                Field::Geometry => value.shape().map(|shape| Self::SetShape { lid, shape: shape.clone() }),
                Field::Concepts => Some(Self::SetConcepts { lid, concepts: value.concepts.clone() }),
                Field::Status => Some(Self::SetStatus { lid, status: value.status }),
                Field::Info => Some(Self::SetInfo { lid, info: value.info.clone() }),
            })
            .collect();
        match edits.len() {
            1 => edits.remove(0),
            _ => Self::Batch(edits),
        }
    }

    /// Hands over every annotation that it speaks of, in order, one that it speaks of twice twice.
    pub fn each_lid(&self, take: &mut impl FnMut(LocalId)) {
        match self {
            Self::Batch(edits) => edits.iter().for_each(|edit| edit.each_lid(take)),
            Self::Add(annotation) => take(annotation.lid),
            Self::Remove { lid }
            | Self::SetShape { lid, .. }
            | Self::SetConcepts { lid, .. }
            | Self::SetStatus { lid, .. }
            | Self::SetInfo { lid, .. } => take(*lid),
        }
    }

    /// Hands over every annotation that it adds.
    pub fn each_added(&self, take: &mut impl FnMut(&Annotation)) {
        match self {
            Self::Batch(edits) => edits.iter().for_each(|edit| edit.each_added(take)),
            Self::Add(annotation) => take(annotation),
            _ => {}
        }
    }

    /// What it does, in a few words for menus and the undo list.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Add(annotation) => match annotation.shape() {
                Some(shape) => format!("add {}", shape.kind()),
                None => "label image".to_owned(),
            },
            Self::Remove { .. } => "delete".to_owned(),
            Self::SetShape { shape, .. } => format!("change {}", shape.kind()),
            Self::SetConcepts { .. } => "label".to_owned(),
            Self::SetStatus { status, .. } => format!("set to {}", status.text()),
            Self::SetInfo { .. } => "change information".to_owned(),
            Self::Batch(edits) => match edits.as_slice() {
                [] => "nothing".to_owned(),
                [only] => only.title(),
                [first, ..] => format!("{} ({} changes)", first.title(), edits.len()),
            },
        }
    }
}
