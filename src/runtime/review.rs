//! What the window and the runtime tell each other about the review, and about edits of images that are not loaded.

pub use crate::store::{
    DayRow, FarWhat, OpenOf, QueueFilter, QueueOrder, ReviewTally, Sample, Statistics, StockRow, Whose as QueueWhose,
};

use crate::model::{Change, ConceptId, EntryKind, InputId, LocalId, Status, Worker};

/// An annotation that waits for a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueRow {
    /// Which.
    pub lid: LocalId,
    /// On which image.
    pub input: InputId,
    /// Where it stands.
    pub status: Status,
    /// Who made it.
    pub worker: Worker,
    /// The model's score.
    pub score: Option<f32>,
    /// Its labels.
    pub concepts: Vec<ConceptId>,
    /// `[x0, y0, x1, y1]` in parts of the upright image; `None`: the whole image, or nothing to draw.
    pub bounds_norm: Option<[f64; 4]>,
    /// Its kind of region: `image` for the whole image, `box`, `polygon`, or another's name.
    pub kind: String,
}

impl From<crate::store::QueueRow> for QueueRow {
    fn from(row: crate::store::QueueRow) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a score is shown with two digits")]
        let score = row.score.map(|s| s as f32);
        Self {
            lid: row.lid,
            input: row.input_id,
            status: row.status,
            worker: row.worker,
            score,
            concepts: row.concepts,
            bounds_norm: row.bounds_norm,
            kind: row.kind,
        }
    }
}

/// An edit of annotations wherever they are, loaded or not: one step of undo, one transaction.
#[derive(Clone, Debug)]
pub struct FarEdit {
    /// The journal's number, chosen by the window, growing by one.
    pub seq: u64,
    /// A new step, an undo or a redo.
    pub kind: EntryKind,
    /// For the undo list.
    pub title: String,
    /// What to do.
    pub what: FarWhat,
    /// About how many annotations it speaks of.
    pub many: usize,
}

/// What became of a [`FarEdit`]; it is on disk.
#[derive(Clone, Debug)]
pub struct FarEdited {
    /// Its number.
    pub seq: u64,
    /// What it changed; empty: nothing.
    pub changes: Vec<Change>,
    /// Annotations that were gone and were passed over.
    pub passed_over: usize,
}

/// Copies of annotations for another user, as pending work.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The journal's number, chosen by the window, growing by one.
    pub seq: u64,
    /// Of these.
    pub lids: Vec<LocalId>,
    /// Whose they shall be.
    pub user: String,
}
