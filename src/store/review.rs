//! The review queue: what somebody has to decide about, across all images.

use super::derive::CONCEPT_MARK;
use super::reader::{Reader, split_concepts};
use super::{StoreError, row::json};
use crate::model::{ConceptId, InputId, LocalId, Status, Worker};
use rusqlite::{Row, named_params};
use serde::{Deserialize, Serialize};

/// What to put into the queue. The default is everything that is open, in the order of the images.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueFilter {
    /// These statuses; empty: pending, awaiting review and awaiting consensus.
    pub statuses: Vec<Status>,
    /// Carries this concept.
    pub concept: Option<ConceptId>,
    /// Made by this one; of a model the version does not matter here.
    pub worker: Option<Worker>,
    /// Made by this version of a model.
    pub model_version: Option<String>,
    /// On this image.
    pub input: Option<InputId>,
    /// On images with this in their name, whatever the case.
    pub image_name: String,
    /// With a score of at least this.
    pub score_min: Option<f64>,
    /// With a score of at most this.
    pub score_max: Option<f64>,
    /// At least this part of the image, 0..1.
    pub area_min: Option<f64>,
    /// At most this part of the image, 0..1.
    pub area_max: Option<f64>,
    /// Made on this day or later, `2026-01-31` in UTC; empty: at any time.
    pub since: String,
    /// Made on this day or earlier.
    pub until: String,
    /// Whose.
    pub whose: Whose,
    /// Only a random part of them.
    pub sample: Option<Sample>,
    /// In which order.
    pub order: QueueOrder,
}

/// Whose annotations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Anybody's.
    #[default]
    Anybody,
    /// Made by the person at this desk, or in their name.
    Mine,
    /// Made by others.
    NotMine,
    /// In my name and pending: work that is mine to do.
    AssignedToMe,
}

/// A random part of a queue, the same for the same seed whatever else comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// How much of it, in percent.
    pub percent: f64,
    /// Another seed is another part.
    pub seed: u64,
}

/// The order of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueOrder {
    /// Image by image as they are listed, on each the surest first.
    #[default]
    Image,
    /// The least sure first.
    Score,
    /// Label by label.
    Concept,
    /// The smallest first.
    Area,
    /// The oldest first.
    Age,
}

impl QueueOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::Image => "i.position IS NULL, i.position, i.row_id, a.score DESC NULLS LAST, a.row_id",
            Self::Score => "a.score ASC NULLS LAST, i.position, i.row_id, a.row_id",
            Self::Concept => "a.concepts, i.position IS NULL, i.position, i.row_id, a.row_id",
            Self::Area => "a.area, i.position, i.row_id, a.row_id",
            Self::Age => "created = '', created, a.row_id",
        }
    }
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
    /// Who made it.
    pub worker: Worker,
    /// The model's score.
    pub score: Option<f64>,
    /// Its labels.
    pub concepts: Vec<ConceptId>,
    /// `[x0, y0, x1, y1]`, normalised to 0..1 of the upright image; `None`: the whole image, or nothing to draw.
    pub bounds_norm: Option<[f64; 4]>,
    /// Its kind of region: `image` for the whole image, `box`, `polygon`, `point`, or another one's name in the API.
    pub kind: String,
}

impl Reader {
    /// The queue for the user `me`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn review_queue(&self, filter: &QueueFilter, me: &str) -> Result<Vec<QueueRow>, StoreError> {
        const OPEN: [Status; 3] = [Status::Pending, Status::AwaitingReview, Status::AwaitingConsensusReview];
        let statuses = if filter.statuses.is_empty() { &OPEN[..] } else { &filter.statuses };
        let (worker_kind, worker_id) = match &filter.worker {
            None => (None, None),
            Some(Worker::Me) => (Some(0), None),
            Some(Worker::User(id)) => (Some(1), Some(id)),
            Some(Worker::Model { id, version }) => (Some(2), Some(if id.is_empty() { version } else { id })),
        };
        let concept = filter.concept.as_ref().map(|id| format!("{CONCEPT_MARK}{id}{CONCEPT_MARK}"));
        let dated = !filter.since.is_empty() || !filter.until.is_empty() || filter.order == QueueOrder::Age;
        let whose = match filter.whose {
            Whose::Anybody => 0,
            Whose::Mine => 1,
            Whose::NotMine => 2,
            Whose::AssignedToMe => 3,
        };
        let sql = format!("{} ORDER BY {}", include_str!("sql/review_queue.sql"), filter.order.sql());
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_and_then(
            named_params! {
                ":statuses": json(statuses)?,
                ":concept": concept,
                ":worker_kind": worker_kind,
                ":worker_id": worker_id,
                ":version": filter.model_version,
                ":input_id": filter.input.as_ref().map(InputId::as_str),
                ":name": filter.image_name.trim(),
                ":score_min": filter.score_min,
                ":score_max": filter.score_max,
                ":area_min": filter.area_min,
                ":area_max": filter.area_max,
                ":since": filter.since.trim(),
                ":until": filter.until.trim(),
                ":dated": dated,
                ":whose": whose,
                ":me": me,
            },
            read_queue_row,
        )?;
        let sampled = |row: &Result<QueueRow, StoreError>| match (&filter.sample, row) {
            (Some(sample), Ok(row)) => sample.takes(row.lid),
            _ => true,
        };
        rows.filter(sampled).collect()
    }
}

impl Sample {
    /// Whether this annotation belongs to the part: decided by its id and the seed alone.
    #[must_use]
    pub fn takes(&self, lid: LocalId) -> bool {
        // The finalizer of SplitMix64 over both halves of the id: every bit of them counts.
        #[expect(clippy::cast_possible_truncation, reason = "the halves of the id")]
        let halves = [lid.0 as u64, (lid.0 >> 64) as u64];
        let mut z = self.seed;
        for half in halves {
            z = z.wrapping_add(half).wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
        }
        #[expect(clippy::cast_precision_loss, reason = "53 bits are plenty for a percentage")]
        let place = (z >> 11) as f64 / (1_u64 << 53) as f64;
        place * 100.0 < self.percent
    }
}

fn read_queue_row(row: &Row<'_>) -> Result<QueueRow, StoreError> {
    let lid: String = row.get(0)?;
    let bounds = [row.get(7)?, row.get(8)?, row.get(9)?, row.get(10)?];
    Ok(QueueRow {
        lid: lid.parse().map_err(|error| StoreError::Content(format!("the local id {lid:?}: {error}")))?,
        input_id: InputId(row.get(1)?),
        status: Status::from(row.get::<_, u32>(2)?),
        worker: worker(row.get(3)?, row.get(4)?, row.get(13)?),
        score: row.get(5)?,
        concepts: split_concepts(&row.get::<_, String>(6)?).collect(),
        bounds_norm: match bounds {
            [Some(x0), Some(y0), Some(x1), Some(y1)] => Some([x0, y0, x1, y1]),
            _ => None,
        },
        kind: row.get(11)?,
    })
}

/// From the derived columns. A model that is known by its version alone has no id.
pub(super) fn worker(kind: i64, id: String, version: String) -> Worker {
    match kind {
        1 => Worker::User(id),
        2 if id == version => Worker::Model { id: String::new(), version },
        2 => Worker::Model { id, version },
        _ => Worker::Me,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_the_same_every_time_and_about_as_large_as_asked_for() {
        let all = || (0..10_000_u128).map(|n| LocalId((n << 80) | 77));
        for percent in [1.0, 10.0, 50.0] {
            let sample = Sample { percent, seed: 42 };
            let taken: Vec<LocalId> = all().filter(|lid| sample.takes(*lid)).collect();
            assert_eq!(taken, all().filter(|lid| sample.takes(*lid)).collect::<Vec<_>>(), "the same again");
            #[expect(clippy::cast_precision_loss, reason = "a small count")]
            let share = taken.len() as f64 / 100.0;
            assert!((share - percent).abs() < 2.0, "{percent} % asked for, {share} % taken");
        }
        let of = |seed| all().filter(|lid| Sample { percent: 10.0, seed }.takes(*lid)).collect::<Vec<_>>();
        assert_ne!(of(1), of(2), "another seed, another part");
        assert!(all().all(|lid| Sample { percent: 100.0, seed: 9 }.takes(lid)), "all of it");
    }
}
