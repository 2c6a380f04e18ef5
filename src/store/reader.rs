//! Queries, on a connection that cannot write; for worker threads.

use super::apply::JournalRow;
use super::derive::CONCEPT_MARK;
use super::project::{binding, copy_into};
use super::row::{count, parsed, read_record, read_shown};
use super::tables::read_input;
use super::viewing::PrivateCopy;
use super::{Binding, ConceptRow, DamagedRow, InputRow, StoreError, Table};
use crate::api;
use crate::model::{Change, Concept, ConceptId, Entry, EntryKind, InputId, LocalId};
use crate::sync::Record;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// A change is at least as long as this in the journal.
const CHANGE_BYTES_MIN: u64 = 64;

/// A read-only connection. Each query sees one committed state.
#[derive(Debug)]
pub struct Reader {
    pub(super) conn: Connection,
    /// Keeps the copy that it reads.
    _copy: Option<Arc<PrivateCopy>>,
}

/// What a query found, and the rows that it could not believe.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded<T> {
    /// The good ones, in order.
    pub rows: Vec<T>,
    /// The others.
    pub damaged: Vec<DamagedRow>,
}

impl<T> Default for Loaded<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), damaged: Vec::new() }
    }
}

/// Which images to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputFilter {
    /// Its name or id holds this text, whatever the case of ASCII letters; empty: all.
    pub text: String,
    /// Passes over so many.
    pub offset: u64,
    /// At most so many; `None`: all.
    pub limit: Option<u64>,
}

/// How many of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Images.
    pub images: u64,
    /// Annotations that are shown (not the deleted ones).
    pub annotations: u64,
    /// Records that wait to be sent.
    pub unsent: u64,
    /// Sent, and their fate is not known.
    pub unknown: u64,
    /// To be looked at once more.
    pub suspect: u64,
    /// For a person to settle.
    pub conflicts: u64,
    /// Refused by the server.
    pub problems: u64,
    /// By image; images without annotations are not in it.
    pub per_input: HashMap<InputId, InputCounts>,
}

/// How many of everything on one image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputCounts {
    /// Annotations that are shown.
    pub annotations: u64,
    /// Those among them that somebody has to decide about (pending, awaiting review, awaiting consensus).
    pub open: u64,
    /// Records that are not on the server as they are here, whatever the reason.
    pub not_clean: u64,
    /// Conflicts and problems among those.
    pub in_trouble: u64,
}

/// The numbers that the next edit gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextNumbers {
    /// For the journal.
    pub seq: u64,
    /// For the next new image at the end of the list.
    pub input_position: i64,
}

impl Reader {
    pub(super) const fn new(conn: Connection, copy: Option<Arc<PrivateCopy>>) -> Self {
        Self { conn, _copy: copy }
    }

    /// Where the project's annotations go.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn binding(&self) -> Result<Binding, StoreError> {
        binding(&self.conn)
    }

    /// Images in the order of the list.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn inputs(&self, filter: &InputFilter) -> Result<Vec<InputRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/inputs.sql"))?;
        let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let offset = i64::try_from(filter.offset).unwrap_or(i64::MAX);
        let rows = statement
            .query_and_then(named_params! {":text": filter.text, ":limit": limit, ":offset": offset}, read_input)?;
        rows.collect()
    }

    /// One image.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn input(&self, id: &InputId) -> Result<Option<InputRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/input.sql"))?;
        statement.query_and_then([id.as_str()], read_input)?.next().transpose()
    }

    /// Concepts in the order of the list.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn concepts(&self) -> Result<Vec<ConceptRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/concepts.sql"))?;
        statement.query_and_then([], read_concept)?.collect()
    }

    /// How many annotations carry each concept.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn concept_use(&self) -> Result<HashMap<ConceptId, u64>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/concept_use.sql"))?;
        let mut rows = statement.query([])?;
        let mut used: HashMap<ConceptId, u64> = HashMap::new();
        while let Some(row) = rows.next()? {
            let (text, times): (String, i64) = (row.get(0)?, row.get(1)?);
            for id in split_concepts(&text) {
                *used.entry(id).or_default() += count(times)?;
            }
        }
        Ok(used)
    }

    /// The records of an image in drawing order, tombstones with them.
    ///
    /// # Errors
    /// Where the database cannot be read. Rows that are damaged are listed in the answer.
    pub fn annotations_of(&self, input: &InputId) -> Result<Loaded<Record>, StoreError> {
        self.records(include_str!("sql/annotations_of_input.sql"), params![input.as_str()])
    }

    /// Hands over what is to be shown on an image, in drawing order: what the person wants, with the local id. One at a
    /// time, because the wire form is large and mostly made into something smaller at once. Gives the damaged rows.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn each_shown_on(
        &self,
        input: &InputId,
        mut take: impl FnMut(LocalId, api::Annotation),
    ) -> Result<Vec<DamagedRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/annotations_of_input.sql"))?;
        let mut rows = statement.query([input.as_str()])?;
        let mut damaged = Vec::new();
        while let Some(row) = rows.next()? {
            match read_shown(row) {
                Ok(None) => {}
                Ok(Some((lid, annotation))) => take(lid, annotation),
                Err(bad) => damaged.push(bad),
            }
        }
        Ok(damaged)
    }

    /// What is to be shown on an image, in drawing order: what the person wants, with the local id.
    ///
    /// # Errors
    /// Where the database cannot be read. Rows that are damaged are listed in the answer.
    pub fn shown_on(&self, input: &InputId) -> Result<Loaded<(LocalId, api::Annotation)>, StoreError> {
        let mut rows = Vec::new();
        let damaged = self.each_shown_on(input, |lid, annotation| rows.push((lid, annotation)))?;
        Ok(Loaded { rows, damaged })
    }

    /// All records that the engine has to do something about.
    ///
    /// # Errors
    /// Where the database cannot be read. Rows that are damaged are listed in the answer.
    pub fn records_not_clean(&self) -> Result<Loaded<Record>, StoreError> {
        self.records(include_str!("sql/annotations_not_clean.sql"), [])
    }

    /// Every record, tombstones with them.
    ///
    /// # Errors
    /// Where the database cannot be read. Rows that are damaged are listed in the answer.
    pub fn all_records(&self) -> Result<Loaded<Record>, StoreError> {
        self.records(include_str!("sql/annotations_all.sql"), [])
    }

    /// One record.
    ///
    /// # Errors
    /// Where the database cannot be read; a damaged row is [`StoreError::Content`].
    pub fn record(&self, lid: LocalId) -> Result<Option<Record>, StoreError> {
        match super::row::find(&self.conn, lid)? {
            None => Ok(None),
            Some(Ok(record)) => Ok(Some(record)),
            Some(Err(damaged)) => Err(StoreError::Content(format!("the annotation {lid}: {}", damaged.what))),
        }
    }

    /// The records of these keys, clean ones too; what is not here is not in the answer.
    ///
    /// # Errors
    /// Where the database cannot be read. Damaged rows are passed over: an edit or a pull replaces them.
    pub fn records_by_key(&self, keys: &[crate::sync::Key]) -> Result<Vec<Record>, StoreError> {
        // One look at the file for all of them, instead of one each.
        let all = self.conn.unchecked_transaction()?;
        let mut statement = all.prepare_cached(include_str!("sql/annotation_by_key.sql"))?;
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            let mut rows = statement.query(params![key.input_id, key.sid])?;
            if let Some(row) = rows.next()? {
                found.extend(read_record(row).ok());
            }
        }
        Ok(found)
    }

    /// The keys of annotations after one of them (`None`: from the first), in their order; tombstones and what was never
    /// sent are among them.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn keys_after(
        &self,
        after: Option<&crate::sync::Key>,
        limit: usize,
    ) -> Result<Vec<crate::sync::Key>, StoreError> {
        let (input_id, sid) = after.map_or(("", ""), |key| (key.input_id.as_str(), key.sid.as_str()));
        let mut statement = self.conn.prepare_cached(include_str!("sql/annotation_keys_after.sql"))?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![input_id, sid, limit], |row| {
            Ok(crate::sync::Key { input_id: row.get(0)?, sid: row.get(1)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether the server has an annotation, as far as is known here.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn is_present(&self, key: &crate::sync::Key) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/annotation_is_present.sql"))?;
        Ok(statement.exists(params![key.input_id, key.sid])?)
    }

    /// The rows of annotations that cannot be believed.
    pub(super) fn damaged_records(&self) -> Result<Vec<DamagedRow>, StoreError> {
        let mut damaged = Vec::new();
        self.each_record(include_str!("sql/annotations_all.sql"), [], |found| damaged.extend(found.err()))?;
        Ok(damaged)
    }

    fn records(&self, sql: &str, params: impl rusqlite::Params) -> Result<Loaded<Record>, StoreError> {
        let mut loaded = Loaded::default();
        self.each_record(sql, params, |found| match found {
            Ok(record) => loaded.rows.push(record),
            Err(damaged) => loaded.damaged.push(damaged),
        })?;
        Ok(loaded)
    }

    fn each_record(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        mut take: impl FnMut(Result<Record, DamagedRow>),
    ) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            take(read_record(row));
        }
        Ok(())
    }

    /// The newest `limit` steps of the journal before `before_seq` (`None`: up to the end), oldest first, as
    /// [`crate::model::History::from_entries`] wants them.
    ///
    /// # Errors
    /// Where the database cannot be read. Rows that are damaged are listed in the answer.
    pub fn history(&self, before_seq: Option<u64>, limit: u64) -> Result<Loaded<Entry>, StoreError> {
        let before = before_seq.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(include_str!("sql/history.sql"))?;
        let mut rows = statement.query(params![before, limit])?;
        let mut loaded = Loaded::default();
        while let Some(row) = rows.next()? {
            match read_entry(row) {
                Ok(entry) => loaded.rows.push(entry),
                Err(error) => loaded.damaged.push(damaged_journal_row(row, &error)),
            }
        }
        loaded.rows.reverse();
        loaded.damaged.reverse();
        Ok(loaded)
    }

    /// Like [`Self::history`] up to the end, while what changed in steps of more than `bytes_max` stays in the journal: it is
    /// not even read, so that a window opens as soon after an import of a million annotations as before.
    ///
    /// # Errors
    /// Where the database cannot be read. Rows that are damaged are listed in the answer.
    pub fn history_short(&self, limit: u64, bytes_max: u64) -> Result<Loaded<Entry>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let bytes_max = i64::try_from(bytes_max).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(include_str!("sql/history_short.sql"))?;
        let mut rows = statement.query(params![limit, bytes_max])?;
        let mut loaded = Loaded::default();
        while let Some(row) = rows.next()? {
            let entry = match row.get_ref(6)? {
                rusqlite::types::ValueRef::Null => read_long_entry(row),
                _ => read_entry(row),
            };
            match entry {
                Ok(entry) => loaded.rows.push(entry),
                Err(error) => loaded.damaged.push(damaged_journal_row(row, &error)),
            }
        }
        loaded.rows.reverse();
        loaded.damaged.reverse();
        Ok(loaded)
    }

    /// The numbers to go on with.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn next_numbers(&self) -> Result<NextNumbers, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/next_numbers.sql"))?;
        let (seq, input_position): (i64, i64) = statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(NextNumbers { seq: count(seq)?, input_position })
    }

    /// What was remembered under `key`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn setting(&self, key: &str) -> Result<Option<serde_json::Value>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/setting_get.sql"))?;
        let text: Option<String> = statement.query_row([key], |row| row.get(0)).optional()?;
        text.as_deref().map(parsed).transpose()
    }

    /// How many of everything; one pass over an index.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let images: i64 =
            self.conn.prepare_cached(include_str!("sql/count_inputs.sql"))?.query_row([], |r| r.get(0))?;
        let mut counts = Counts { images: count(images)?, ..Counts::default() };
        let mut statement = self.conn.prepare_cached(include_str!("sql/counts.sql"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let number = |column: usize| count(row.get::<_, i64>(column)?);
            let [conflicts, problems] = [number(6)?, number(7)?];
            let of_input = InputCounts {
                annotations: number(1)?,
                open: number(2)?,
                not_clean: number(3)? + number(4)? + number(5)? + conflicts + problems,
                in_trouble: conflicts + problems,
            };
            counts.annotations += of_input.annotations;
            counts.unsent += number(3)?;
            counts.unknown += number(4)?;
            counts.suspect += number(5)?;
            counts.conflicts += conflicts;
            counts.problems += problems;
            counts.per_input.insert(InputId(row.get(0)?), of_input);
        }
        Ok(counts)
    }

    /// Writes a whole, consistent copy of the database to a file that does not exist yet: to save elsewhere what is on
    /// a full or failing disk.
    ///
    /// # Errors
    /// Where the file is there or cannot be written.
    pub fn save_copy(&self, to: &Path) -> Result<(), StoreError> {
        copy_into(&self.conn, to)
    }
}

/// The ids in a `concepts` column.
pub(super) fn split_concepts(text: &str) -> impl Iterator<Item = ConceptId> {
    text.split(CONCEPT_MARK).filter(|id| !id.is_empty()).map(ConceptId::from)
}

/// The row that a query stands on.
pub(super) fn read_concept(row: &Row<'_>) -> Result<ConceptRow, StoreError> {
    let color = row.get::<_, Option<u32>>(2)?.map(u32::to_be_bytes);
    Ok(ConceptRow {
        concept: Concept { id: ConceptId(row.get(0)?), name: row.get(1)?, color: color.map(|[_, r, g, b]| [r, g, b]) },
        position: row.get(3)?,
        hotkey: row.get(4)?,
        hidden: row.get(5)?,
        last_used_seq: count(row.get(6)?)?,
    })
}

/// A row of the journal, in the order of `history.sql`.
pub(super) fn read_journal_row(row: &Row<'_>) -> Result<JournalRow, StoreError> {
    let journal = JournalRow {
        seq: row.get(0)?,
        at_ms: row.get(1)?,
        kind: row.get(2)?,
        of_seq: row.get(3)?,
        title: row.get(4)?,
        input_id: row.get(5)?,
        changes_json: row.get(6)?,
    };
    if journal.sum() != row.get::<_, i64>(7)? {
        return Err(StoreError::Content("its checksum is wrong".to_owned()));
    }
    Ok(journal)
}

/// The row that a query stands on.
pub(super) fn read_entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    let journal = read_journal_row(row)?;
    Ok(Entry {
        seq: count(journal.seq)?,
        kind: entry_kind(journal.kind, journal.of_seq)?,
        title: journal.title,
        input: journal.input_id.map(InputId),
        changes: parsed::<Vec<Change>>(&journal.changes_json)?,
        elsewhere: 0,
    })
}

/// A row of `history_short.sql` whose changes were left in the journal.
fn read_long_entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    let bytes = count(row.get(8)?)?;
    Ok(Entry {
        seq: count(row.get(0)?)?,
        kind: entry_kind(row.get(2)?, row.get(3)?)?,
        title: row.get(4)?,
        input: row.get::<_, Option<String>>(5)?.map(InputId),
        changes: Vec::new(),
        elsewhere: usize::try_from(bytes / CHANGE_BYTES_MIN).unwrap_or(usize::MAX),
    })
}

fn entry_kind(kind: i64, of: Option<i64>) -> Result<EntryKind, StoreError> {
    match (kind, of.map(count).transpose()?) {
        (0, _) => Ok(EntryKind::Do),
        (1, Some(of)) => Ok(EntryKind::Undo(of)),
        (2, Some(of)) => Ok(EntryKind::Redo(of)),
        (3, Some(of)) => Ok(EntryKind::Part(of)),
        (kind, _) => Err(StoreError::Content(format!("the kind {kind}"))),
    }
}

fn damaged_journal_row(row: &Row<'_>, error: &StoreError) -> DamagedRow {
    DamagedRow {
        table: Table::Journal,
        row_id: row.get(0).unwrap_or(-1),
        lid: None,
        input_id: row.get(5).unwrap_or_default(),
        what: error.to_string(),
    }
}
