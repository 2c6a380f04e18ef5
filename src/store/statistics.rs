//! What the review counts: by status, label, worker and day.

use super::StoreError;
use super::reader::{Reader, split_concepts};
use super::review::worker;
use super::row::count;
use crate::model::{ConceptId, Status, Worker};
use std::collections::BTreeMap;

/// How many annotations are how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewTally {
    /// By status, the codes ascending.
    pub by_status: Vec<(Status, u64)>,
    /// By label: how many are open, and all that were not rejected. An annotation with two labels counts for both.
    pub by_concept: Vec<(ConceptId, OpenOf)>,
    /// By worker, models without their version.
    pub by_worker: Vec<(Worker, OpenOf)>,
}

/// How many are open, of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenOf {
    /// Somebody has to decide about them.
    pub open: u64,
    /// All of them.
    pub all: u64,
}

/// So many annotations with this label, of this status and worker, made on this day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// The label; `None`: no label.
    pub concept: Option<ConceptId>,
    /// The status.
    pub status: Status,
    /// Who made them.
    pub worker: Worker,
    /// `2026-01-31` in UTC; empty where it is not known.
    pub day: String,
    /// How many.
    pub annotations: u64,
}

/// So many decisions at this desk on this day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRow {
    /// `2026-01-31` in UTC.
    pub day: String,
    /// What was decided.
    pub status: Status,
    /// How often, less what was taken back.
    pub decisions: i64,
}

/// The statistics of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// What there is.
    pub stock: Vec<StockRow>,
    /// What was decided here, by day.
    pub days: Vec<DayRow>,
}

impl Reader {
    /// How many annotations are how; from an index, without a look at the annotations.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn review_tally(&self) -> Result<ReviewTally, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/review_tally.sql"))?;
        let mut rows = statement.query([])?;
        let mut by_status: BTreeMap<u32, u64> = BTreeMap::new();
        let mut by_concept: BTreeMap<ConceptId, OpenOf> = BTreeMap::new();
        let mut by_worker: BTreeMap<(i64, String), OpenOf> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let status = Status::from(row.get::<_, u32>(0)?);
            let concepts: String = row.get(1)?;
            let n = count(row.get(4)?)?;
            *by_status.entry(status.code()).or_default() += n;
            let add = |of: &mut OpenOf| {
                of.all += n;
                of.open += if status.is_open() { n } else { 0 };
            };
            add(by_worker.entry((row.get(2)?, row.get(3)?)).or_default());
            for concept in split_concepts(&concepts) {
                add(by_concept.entry(concept).or_default());
            }
        }
        Ok(ReviewTally {
            by_status: by_status.into_iter().map(|(code, n)| (Status::from(code), n)).collect(),
            by_concept: by_concept.into_iter().collect(),
            by_worker: by_worker.into_iter().map(|((kind, id), of)| (worker(kind, id, String::new()), of)).collect(),
        })
    }

    /// The statistics; one pass over the annotations and one over the journal.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn statistics(&self) -> Result<Statistics, StoreError> {
        let mut statistics = Statistics::default();
        let mut statement = self.conn.prepare_cached(include_str!("sql/review_stock.sql"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text: String = row.get(1)?;
            let mut concepts: Vec<Option<ConceptId>> = split_concepts(&text).map(Some).collect();
            if concepts.is_empty() {
                concepts.push(None);
            }
            for concept in concepts {
                statistics.stock.push(StockRow {
                    concept,
                    status: Status::from(row.get::<_, u32>(0)?),
                    worker: worker(row.get(2)?, row.get(3)?, String::new()),
                    day: row.get(4)?,
                    annotations: count(row.get(5)?)?,
                });
            }
        }
        let mut statement = self.conn.prepare_cached(include_str!("sql/review_days.sql"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            statistics.days.push(DayRow {
                day: row.get(0)?,
                status: Status::from(row.get::<_, u32>(1)?),
                decisions: row.get(2)?,
            });
        }
        Ok(statistics)
    }
}
