//! Between records and rows: JSON, codes, checksums.

use super::StoreError;
use super::base::{base_of, base_text, is_same};
use super::bug::differs;
use super::derive::{Derived, SyncState};
use crate::api;
use crate::model::LocalId;
use crate::sync::{Acked, Echo, Record, RecordUpdate, View};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

const BAD_SUM: &str = "its checksum is wrong";

/// Which table a damaged row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// Annotations.
    Annotation,
    /// The journal of edits.
    Journal,
    /// Images.
    Input,
}

/// A row whose checksum is wrong or that cannot be read. It is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedRow {
    /// Where it stands.
    pub table: Table,
    /// The row's number in the table (of the journal: its `seq`).
    pub row_id: i64,
    /// The annotation, where that can be read.
    pub lid: Option<LocalId>,
    /// The input, where that can be read.
    pub input_id: Option<String>,
    /// What is wrong with it.
    pub what: String,
}

/// The columns of a record as they stand in the database.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RawRow {
    pub row_id: i64,
    pub lid: String,
    pub sid: String,
    pub input_id: String,
    pub desired_json: Option<String>,
    pub rev: i64,
    pub base_json: Option<String>,
    pub view: i64,
    pub flight_json: Option<String>,
    pub acked_rev: Option<i64>,
    pub verify_after_ms: Option<i64>,
    pub hold_json: Option<String>,
    pub echoes_json: Option<String>,
    pub checksum: i64,
}

impl RawRow {
    /// The first columns of a query, in the order of `annotation_by_lid.sql`.
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row_id: row.get(0)?,
            lid: row.get(1)?,
            sid: row.get(2)?,
            input_id: row.get(3)?,
            desired_json: row.get(4)?,
            rev: row.get(5)?,
            base_json: row.get(6)?,
            view: row.get(7)?,
            flight_json: row.get(8)?,
            acked_rev: row.get(9)?,
            verify_after_ms: row.get(10)?,
            hold_json: row.get(11)?,
            echoes_json: row.get(12)?,
            checksum: row.get(13)?,
        })
    }

    /// From a record; `row_id` is 0.
    pub fn of(record: &Record) -> Result<Self, StoreError> {
        let desired_json = record.desired.as_ref().map(json).transpose()?;
        Self { row_id: 0, desired_json, ..Self::default() }.with_knowledge_of(record)
    }

    /// The same with everything but what is wanted taken from `record`.
    pub fn with_knowledge_of(self, record: &Record) -> Result<Self, StoreError> {
        let base_json = record.base.as_ref().map(|base| base_text(base, record.desired.as_ref())).transpose()?;
        let mut raw = Self {
            row_id: self.row_id,
            lid: record.lid.to_string(),
            sid: record.sid.clone(),
            input_id: record.input_id.clone(),
            desired_json: self.desired_json,
            rev: int(record.rev)?,
            base_json,
            view: view_code(record.view),
            flight_json: record.flight.as_ref().map(json).transpose()?,
            acked_rev: acked_rev(record.acked)?,
            verify_after_ms: record.verify_after_ms,
            hold_json: record.hold.as_ref().map(json).transpose()?,
            echoes_json: echoes_json(&record.echoes)?,
            checksum: 0,
        };
        raw.checksum = raw.sum();
        Ok(raw)
    }

    /// The checksum that the columns should have.
    pub fn sum(&self) -> i64 {
        let mut sum = Checksum::new();
        sum.text(Some(&self.lid)).text(Some(&self.sid)).text(Some(&self.input_id));
        sum.text(self.desired_json.as_deref()).number(Some(self.rev)).text(self.base_json.as_deref());
        sum.number(Some(self.view)).text(self.flight_json.as_deref()).number(self.acked_rev);
        sum.number(self.verify_after_ms).text(self.hold_json.as_deref()).text(self.echoes_json.as_deref());
        sum.value()
    }

    /// Whether it is as it was written.
    pub fn is_whole(&self) -> bool {
        !differs(self.sum(), self.checksum)
    }

    /// Whether it is the server's copy `text` and what is wanted alike, and nothing is under way. By what the checksum covers
    /// alone: the columns for the lists are not asked.
    pub fn is_settled_as(&self, text: &str) -> bool {
        let at_rest = self.flight_json.is_none() && self.hold_json.is_none() && self.echoes_json.is_none();
        let same = self.base_json.as_deref().is_some_and(is_same) && self.desired_json.as_deref() == Some(text);
        same && at_rest && self.verify_after_ms.is_none() && self.view == view_code(View::Present)
    }

    /// The record, or what is wrong with the row.
    pub fn record(&self) -> Result<Record, DamagedRow> {
        if !self.is_whole() {
            return Err(self.damaged(BAD_SUM));
        }
        self.parse().map_err(|error| self.damaged(&error.to_string()))
    }

    fn parse(&self) -> Result<Record, StoreError> {
        let desired: Option<api::Annotation> = self.desired_json.as_deref().map(parsed).transpose()?;
        let base = self.base_json.as_deref().map(|text| base_of(text, desired.as_ref())).transpose()?;
        Ok(Record {
            lid: self
                .lid
                .parse()
                .map_err(|error| StoreError::Content(format!("the local id {:?}: {error}", self.lid)))?,
            sid: self.sid.clone(),
            input_id: self.input_id.clone(),
            desired,
            rev: count(self.rev)?,
            base,
            view: view_of(self.view)?,
            flight: self.flight_json.as_deref().map(parsed).transpose()?,
            acked: match self.acked_rev {
                None => Acked::Never,
                Some(rev) => Acked::Rev(count(rev)?),
            },
            verify_after_ms: self.verify_after_ms,
            hold: self.hold_json.as_deref().map(parsed).transpose()?,
            echoes: self.echoes_json.as_deref().map(parsed).transpose()?.unwrap_or_default(),
        })
    }

    fn damaged(&self, what: &str) -> DamagedRow {
        DamagedRow {
            table: Table::Annotation,
            row_id: self.row_id,
            lid: self.lid.parse().ok(),
            input_id: Some(self.input_id.clone()),
            what: what.to_owned(),
        }
    }
}

/// Reads the row that a query stands on. A row that cannot even be read as text is damaged too.
pub(super) fn read_record(row: &Row<'_>) -> Result<Record, DamagedRow> {
    read_raw(row)?.record()
}

/// Reads only what the person wants; `None`: a tombstone.
pub(super) fn read_shown(row: &Row<'_>) -> Result<Option<(LocalId, api::Annotation)>, DamagedRow> {
    let raw = read_raw(row)?;
    if differs(raw.sum(), raw.checksum) {
        return Err(raw.damaged(BAD_SUM));
    }
    let Some(text) = &raw.desired_json else { return Ok(None) };
    let lid = raw.lid.parse().map_err(|error| raw.damaged(&format!("its local id: {error}")))?;
    let annotation = parsed(text).map_err(|error| raw.damaged(&error.to_string()))?;
    Ok(Some((lid, annotation)))
}

pub(super) fn read_raw(row: &Row<'_>) -> Result<RawRow, DamagedRow> {
    RawRow::read(row).map_err(|error| DamagedRow {
        table: Table::Annotation,
        row_id: row.get(0).unwrap_or(-1),
        lid: row.get::<_, String>(1).ok().and_then(|lid| lid.parse().ok()),
        input_id: row.get(3).ok(),
        what: error.to_string(),
    })
}

/// The record of `lid`, if there is one.
pub(super) fn find(conn: &Connection, lid: LocalId) -> Result<Option<Result<Record, DamagedRow>>, StoreError> {
    Ok(find_raw(conn, lid)?.map(|raw| raw?.record()))
}

/// Its columns.
pub(super) fn find_raw(conn: &Connection, lid: LocalId) -> Result<Option<Result<RawRow, DamagedRow>>, StoreError> {
    let mut statement = conn.prepare_cached(include_str!("sql/annotation_by_lid.sql"))?;
    Ok(statement.query_row([lid.to_string()], |row| Ok(read_raw(row))).optional()?)
}

/// Writes what is known of the server into the row `raw` that `record` was read from, where what is wanted is as it was: the
/// columns for the lists, and their indexes, stay.
pub(super) fn put_knowledge(conn: &Connection, raw: RawRow, record: &Record) -> Result<(), StoreError> {
    let raw = raw.with_knowledge_of(record)?;
    let mut statement = conn.prepare_cached(include_str!("sql/annotation_put_knowledge.sql"))?;
    statement.execute(params![
        raw.row_id,
        raw.base_json,
        raw.view,
        raw.flight_json,
        raw.acked_rev,
        raw.verify_after_ms,
        raw.hold_json,
        raw.echoes_json,
        raw.checksum,
        SyncState::of(record).code(),
    ])?;
    Ok(())
}

/// Notes in the row `raw`, which is believed, that a write is about to leave; `false`: it stands where that changes more than
/// this, and has to be written as any other. What is wanted and what the server has stay as they are and are not even parsed.
/// For the lists it stays what it was, unsent: nothing of their indexes is touched, most of what writing a row costs.
pub(super) fn put_flight(conn: &Connection, mut raw: RawRow, update: &RecordUpdate) -> Result<bool, StoreError> {
    raw.view = view_code(update.view);
    raw.flight_json = update.flight.as_ref().map(json).transpose()?;
    raw.acked_rev = acked_rev(update.acked)?;
    raw.verify_after_ms = update.verify_after_ms;
    raw.hold_json = None;
    raw.echoes_json = echoes_json(&update.echoes)?;
    let mut statement = conn.prepare_cached(include_str!("sql/annotation_put_flight.sql"))?;
    let changed = statement.execute(params![
        raw.row_id,
        raw.view,
        raw.flight_json,
        raw.acked_rev,
        raw.verify_after_ms,
        raw.echoes_json,
        raw.sum(),
    ])?;
    Ok(changed == 1)
}

fn acked_rev(acked: Acked) -> Result<Option<i64>, StoreError> {
    match acked {
        Acked::Never => Ok(None),
        Acked::Rev(rev) => int(rev).map(Some),
    }
}

fn echoes_json(echoes: &[Echo]) -> Result<Option<String>, StoreError> {
    (!echoes.is_empty()).then(|| json(echoes)).transpose()
}

/// Writes a record whole, with all that is derived from it; a new one gets the next place in drawing order.
pub(super) fn put(conn: &Connection, record: &Record) -> Result<(), StoreError> {
    let raw = RawRow::of(record)?;
    let derived = Derived::of(record.desired.as_ref());
    let mut statement = conn.prepare_cached(include_str!("sql/annotation_put.sql"))?;
    // By position: looking 25 names up costs more than writing the row.
    statement.execute(params![
        raw.lid,
        raw.sid,
        raw.input_id,
        raw.desired_json,
        raw.rev,
        raw.base_json,
        raw.view,
        raw.flight_json,
        raw.acked_rev,
        raw.verify_after_ms,
        raw.hold_json,
        raw.echoes_json,
        raw.checksum,
        SyncState::of(record).code(),
        i64::from(record.desired.is_some()),
        derived.status_code,
        derived.worker_kind,
        derived.worker_id,
        derived.score,
        derived.concepts,
        derived.region_kind,
        derived.bounds.map(|b| b[0]),
        derived.bounds.map(|b| b[1]),
        derived.bounds.map(|b| b[2]),
        derived.bounds.map(|b| b[3]),
        derived.area,
    ])?;
    Ok(())
}

/// CRC-32 over a sequence of values; where one ends and what is missing counts too.
pub(super) struct Checksum(crc32fast::Hasher);

impl Checksum {
    pub fn new() -> Self {
        Self(crc32fast::Hasher::new())
    }

    pub fn text(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            None => self.0.update(&[0]),
            Some(text) => {
                self.0.update(&[1]);
                self.0.update(&(text.len() as u64).to_le_bytes());
                self.0.update(text.as_bytes());
            }
        }
        self
    }

    pub fn number(&mut self, number: Option<i64>) -> &mut Self {
        match number {
            None => self.0.update(&[0]),
            Some(number) => {
                self.0.update(&[2]);
                self.0.update(&number.to_le_bytes());
            }
        }
        self
    }

    pub fn value(self) -> i64 {
        i64::from(self.0.finalize())
    }
}

/// As JSON text.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Content(error.to_string()))
}

/// From JSON text.
pub(super) fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Content(error.to_string()))
}

/// `SQLite` has no unsigned numbers.
pub(super) fn int(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|error| StoreError::Content(format!("the number {number}: {error}")))
}

/// Back from `SQLite`'s signed numbers.
pub(super) fn count(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|error| StoreError::Content(format!("the number {number}: {error}")))
}

const fn view_code(view: View) -> i64 {
    match view {
        View::Never => 0,
        View::Unknown => 1,
        View::Absent => 2,
        View::Present => 3,
    }
}

fn view_of(code: i64) -> Result<View, StoreError> {
    match code {
        0 => Ok(View::Never),
        1 => Ok(View::Unknown),
        2 => Ok(View::Absent),
        3 => Ok(View::Present),
        other => Err(StoreError::Content(format!("the view {other}"))),
    }
}
