//! The review queue: what somebody has to decide about, across all images.

use super::derive::CONCEPT_MARK;
use super::reader::{Reader, split_concepts};
use super::{StoreError, row::json};
use crate::model::{ConceptId, InputId, LocalId, Status, Worker};
use rusqlite::{Row, named_params};

/// What to put into the queue. The default is everything that is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueFilter {
    /// These statuses; empty: pending, awaiting review and awaiting consensus.
    pub statuses: Vec<Status>,
    /// Carries this concept.
    pub concept: Option<ConceptId>,
    /// Made by this one; of a model the version does not matter.
    pub worker: Option<Worker>,
    /// On this image.
    pub input: Option<InputId>,
    /// With a score of at least this.
    pub score_min: Option<f64>,
    /// With a score of at most this.
    pub score_max: Option<f64>,
}

/// One annotation in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueRow {
    /// Which one.
    pub lid: LocalId,
    /// On which image.
    pub input_id: InputId,
    /// Where it stands.
    pub status: Status,
    /// Who made it; the version of a model is left empty.
    pub worker: Worker,
    /// The model's score.
    pub score: Option<f64>,
    /// Its labels.
    pub concepts: Vec<ConceptId>,
    /// `[x0, y0, x1, y1]`, normalised to 0..1 of the upright image; `None`: the whole image.
    pub bounds_norm: Option<[f64; 4]>,
}

impl Reader {
    /// The queue in the order of the images, on each the highest score first, what has none last.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn review_queue(&self, filter: &QueueFilter) -> Result<Vec<QueueRow>, StoreError> {
        const OPEN: [Status; 3] = [Status::Pending, Status::AwaitingReview, Status::AwaitingConsensusReview];
        let statuses = if filter.statuses.is_empty() { &OPEN[..] } else { &filter.statuses };
        let (worker_kind, worker_id) = match &filter.worker {
            None => (None, None),
            Some(Worker::Me) => (Some(0), None),
            Some(Worker::User(id)) => (Some(1), Some(id)),
            Some(Worker::Model { id, version }) => (Some(2), Some(if id.is_empty() { version } else { id })),
        };
        let concept = filter.concept.as_ref().map(|id| format!("{CONCEPT_MARK}{id}{CONCEPT_MARK}"));
        let mut statement = self.conn.prepare_cached(include_str!("sql/review_queue.sql"))?;
        let rows = statement.query_and_then(
            named_params! {
                ":statuses": json(statuses)?,
                ":concept": concept,
                ":worker_kind": worker_kind,
                ":worker_id": worker_id,
                ":input_id": filter.input.as_ref().map(InputId::as_str),
                ":score_min": filter.score_min,
                ":score_max": filter.score_max,
            },
            read_queue_row,
        )?;
        rows.collect()
    }
}

fn read_queue_row(row: &Row<'_>) -> Result<QueueRow, StoreError> {
    let lid: String = row.get(0)?;
    let worker_id: String = row.get(4)?;
    let bounds = [row.get(7)?, row.get(8)?, row.get(9)?, row.get(10)?];
    Ok(QueueRow {
        lid: lid.parse().map_err(|error| StoreError::Content(format!("the local id {lid:?}: {error}")))?,
        input_id: InputId(row.get(1)?),
        status: Status::from(row.get::<_, u32>(2)?),
        worker: match row.get(3)? {
            1 => Worker::User(worker_id),
            2 => Worker::Model { id: worker_id, version: String::new() },
            _ => Worker::Me,
        },
        score: row.get(5)?,
        concepts: split_concepts(&row.get::<_, String>(6)?).collect(),
        bounds_norm: match bounds {
            [Some(x0), Some(y0), Some(x1), Some(y1)] => Some([x0, y0, x1, y1]),
            _ => None,
        },
    })
}
