//! What each request does, inside the transaction of its group.

use super::project::{binding, put_meta};
use super::row::{self, Checksum, RawRow, int, json};
use super::tables::RawInput;
use super::{
    ConceptRow, DesiredChange, DurableRecord, EngineCommit, InputRow, LocalCommit, Request, StoreError, StoreEvent,
};
use crate::api::Annotation;
use crate::model::{EntryKind, InputId, LocalId};
use crate::sync::{Acked, BaseUpdate, Forget, Record, RecordUpdate, RemoteRecord, View, rebase, same_content};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, named_params, params};

/// How a request ended.
pub(super) enum Applied {
    /// It is in the transaction; to be said when that is on the disk.
    Done(StoreEvent),
    /// It can never be carried out; its part of the transaction has to be taken back.
    Refused(String),
}

/// Why a request was not carried out.
pub(super) enum No {
    /// The disk; try again later.
    Store(StoreError),
    /// The request itself.
    Refused(String),
}

impl From<StoreError> for No {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Sqlite(sqlite) => sqlite_no(sqlite, &error.to_string()).unwrap_or(Self::Store(error)),
            StoreError::Content(what) => Self::Refused(what.clone()),
            _ => Self::Store(error),
        }
    }
}

impl From<rusqlite::Error> for No {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Errors that come again with every attempt are the request's fault.
fn sqlite_no(error: &rusqlite::Error, text: &str) -> Option<No> {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch) => {
            Some(No::Refused(text.to_owned()))
        }
        _ => None,
    }
}

/// Carries out a request; an error means that the disk did not take it.
pub(super) fn apply(conn: &Connection, request: &Request) -> Result<Applied, StoreError> {
    let done = match request {
        Request::Commit(commit) => local(conn, commit),
        Request::FarCommit(commit) => super::far::far(conn, commit),
        Request::Engine(commit) => engine(conn, commit),
        Request::AddRemote { token, records } => add_remote(conn, *token, records),
        Request::PutInputs { token, inputs } => all(inputs, *token, |input| put_input(conn, input)),
        Request::RemoveInputs { token, ids } => {
            ids.iter().try_for_each(|id| remove_input(conn, id)).map(|()| done(*token))
        }
        Request::PutConcepts { token, concepts } => all(concepts, *token, |concept| put_concept(conn, concept)),
        Request::RemoveConcepts { token, ids } => {
            all(ids, *token, |id| run(conn, include_str!("sql/concept_remove.sql"), [id.as_str()]))
        }
        Request::PutSetting { token, key, value } => all(&[()], *token, |()| put_setting(conn, key, value)),
        Request::SetBinding { token, binding } => set_binding(conn, binding).map(|()| done(*token)),
        Request::SaveCopy { token, .. } => Ok(done(*token)),
        Request::RetryNow => Ok(done(0)),
    };
    match done {
        Ok(event) => Ok(Applied::Done(event)),
        Err(No::Refused(reason)) => Ok(Applied::Refused(reason)),
        Err(No::Store(error)) => Err(error),
    }
}

const fn done(token: u64) -> StoreEvent {
    StoreEvent::Done { token }
}

/// One after the other; all or none, by the savepoint around it.
fn all<T>(items: &[T], token: u64, put: impl FnMut(&T) -> Result<(), StoreError>) -> Result<StoreEvent, No> {
    items.iter().try_for_each(put)?;
    Ok(done(token))
}

fn run(conn: &Connection, sql: &str, params: impl rusqlite::Params) -> Result<(), StoreError> {
    conn.prepare_cached(sql)?.execute(params)?;
    Ok(())
}

// ---- what a person did -------------------------------------------------------------------------------------------

fn local(conn: &Connection, commit: &LocalCommit) -> Result<StoreEvent, No> {
    append_to_journal(conn, commit)?;
    let mut records = Vec::with_capacity(commit.desired.len());
    for change in &commit.desired {
        if let Some(record) = put_desired(conn, commit.seq, change)? {
            records.push(record);
        }
    }
    Ok(StoreEvent::Durable { seq: commit.seq, records })
}

pub(super) fn append_to_journal(conn: &Connection, commit: &LocalCommit) -> Result<(), No> {
    let seq = int(commit.seq)?;
    let taken = conn.prepare_cached(include_str!("sql/journal_has.sql"))?.exists([seq])?;
    if taken {
        return Err(No::Refused(format!("there is an edit with the number {seq} already; this one was not saved")));
    }
    let (kind, of) = match commit.kind {
        EntryKind::Do => (0, None),
        EntryKind::Undo(of) => (1, Some(int(of)?)),
        EntryKind::Redo(of) => (2, Some(int(of)?)),
        EntryKind::Part(of) => (3, Some(int(of)?)),
    };
    let entry = JournalRow {
        seq,
        at_ms: commit.at_ms,
        kind,
        of_seq: of,
        title: commit.title.clone(),
        input_id: commit.input.as_ref().map(|id| id.0.clone()),
        changes_json: json(&commit.changes)?,
    };
    Ok(add_journal_row(conn, &entry)?)
}

/// Appends a row with its checksum.
pub(super) fn add_journal_row(conn: &Connection, row: &JournalRow) -> Result<(), StoreError> {
    run(
        conn,
        include_str!("sql/journal_add.sql"),
        params![row.seq, row.at_ms, row.kind, row.of_seq, row.title, row.input_id, row.changes_json, row.sum()],
    )
}

/// A row of the journal as it stands in the database.
#[derive(Clone, Debug)]
pub(super) struct JournalRow {
    pub seq: i64,
    pub at_ms: i64,
    pub kind: i64,
    pub of_seq: Option<i64>,
    pub title: String,
    pub input_id: Option<String>,
    pub changes_json: String,
}

impl JournalRow {
    /// The checksum that the columns should have.
    pub fn sum(&self) -> i64 {
        let mut sum = Checksum::new();
        sum.number(Some(self.seq)).number(Some(self.at_ms)).number(Some(self.kind)).number(self.of_seq);
        sum.text(Some(&self.title)).text(self.input_id.as_deref()).text(Some(&self.changes_json));
        sum.value()
    }
}

pub(super) fn put_desired(conn: &Connection, seq: u64, change: &DesiredChange) -> Result<Option<DurableRecord>, No> {
    let mut spare_sid = change.new_sid.clone();
    let mut record = match row::find(conn, change.lid)? {
        Some(Ok(record)) => Record { rev: record.rev + 1, ..record },
        Some(Err(_)) => replace_damaged(conn, seq, change)?,
        // Something that was never written and shall be gone.
        None if change.desired.is_none() => return Ok(None),
        None => {
            let sid =
                spare_sid.take().ok_or_else(|| No::Refused(format!("the new annotation {} has no id", change.lid)))?;
            fresh(change, sid, 1)
        }
    };
    record.input_id.clone_from(&change.input_id.0);
    let (desired, carried_over) = carried_over(change, record.desired.as_ref());
    record.desired = desired;
    if let Some(desired) = &mut record.desired {
        desired.id.clone_from(&record.sid);
        desired.input_id.clone_from(&record.input_id);
    }
    row::put(conn, &record)?;
    Ok(Some(DurableRecord {
        lid: record.lid,
        input_id: change.input_id.clone(),
        sid: record.sid.clone(),
        rev: record.rev,
        desired: record.desired.clone(),
        spare_sid,
        carried_over,
        record,
    }))
}

/// What is wanted from now on, and whether it is another value than the edit said: an edit that was made on a copy that
/// is no longer the newest must not take back what a merge brought meanwhile.
fn carried_over(change: &DesiredChange, current: Option<&Annotation>) -> (Option<Annotation>, bool) {
    match (&change.before, &change.desired, current) {
        (Some(before), Some(after), Some(current)) if !same_content(before, current) => {
            (Some(rebase(before, after, current)), true)
        }
        _ => (change.desired.clone(), false),
    }
}

fn fresh(change: &DesiredChange, sid: String, rev: u64) -> Record {
    Record {
        lid: change.lid,
        sid,
        input_id: change.input_id.0.clone(),
        desired: None,
        rev,
        base: None,
        view: View::Never,
        flight: None,
        acked: Acked::Never,
        verify_after_ms: None,
        echoes: Vec::new(),
        hold: None,
    }
}

/// The row is not to be believed, but the edit says everything that a person wants. What the server has is asked for
/// again (`Unknown`); the broken row is put aside whole.
fn replace_damaged(conn: &Connection, seq: u64, change: &DesiredChange) -> Result<Record, No> {
    /// Greater than any revision that was ever sent, where the row's own is not to be believed.
    const FAR: u64 = 1 << 32;
    let lid = change.lid.to_string();
    run(conn, include_str!("sql/damaged_keep.sql"), params![int(seq)?, lid])?;
    let sid: Option<String> = conn
        .prepare_cached(include_str!("sql/annotation_sid.sql"))?
        .query_row([&lid], |row| row.get(0))
        .optional()
        .unwrap_or_default();
    let looks_right = |sid: &String| sid.len() == 32 && sid.bytes().all(|b| b.is_ascii_hexdigit());
    let sid = sid.filter(looks_right).or_else(|| change.new_sid.clone()).unwrap_or(lid);
    Ok(Record { view: View::Unknown, ..fresh(change, sid, FAR + seq) })
}

// ---- what the engine knows ---------------------------------------------------------------------------------------

fn engine(conn: &Connection, commit: &EngineCommit) -> Result<StoreEvent, No> {
    let mut stale = Vec::new();
    for update in &commit.updates {
        if !put_update(conn, update)? {
            stale.push(update.lid);
        }
    }
    for forget in &commit.forget {
        if !forget_record(conn, *forget)? {
            stale.push(forget.lid);
        }
    }
    for (key, value) in &commit.settings {
        put_setting(conn, key, value)?;
    }
    Ok(StoreEvent::EngineCommitted { token: commit.token, stale })
}

/// Takes an update whole; `false`: it speaks of a revision that is no longer the newest, or of no record at all, and
/// nothing of it was taken.
fn put_update(conn: &Connection, update: &RecordUpdate) -> Result<bool, No> {
    let Some(Ok(mut raw)) = row::find_raw(conn, update.lid)? else { return Ok(false) };
    if !raw.is_whole() {
        return Ok(false);
    }
    if is_flight(update, &raw) {
        if row::put_flight(conn, raw, update)? {
            return Ok(true);
        }
        let Some(Ok(again)) = row::find_raw(conn, update.lid)? else { return Ok(false) };
        raw = again;
    }
    let Ok(mut record) = raw.record() else { return Ok(false) };
    let is_named_so = record.desired.as_ref().is_none_or(|desired| desired.id == update.sid);
    let is_as_wanted = update.desired.is_none() && record.sid == update.sid && is_named_so;
    if !update.apply_to(&mut record) {
        return Ok(false);
    }
    // An acknowledgement of something that was never written would make a person's edit look sent.
    if matches!(update.acked, Acked::Rev(acked) if acked > record.rev) {
        return Ok(false);
    }
    if is_as_wanted {
        row::put_knowledge(conn, raw, &record)?;
    } else {
        row::put(conn, &record)?;
    }
    Ok(true)
}

/// Whether it says of the row only that a write of it is about to leave: the first of the two times that a row is written for
/// an annotation that is sent.
fn is_flight(update: &RecordUpdate, raw: &RawRow) -> bool {
    let leaves = update.flight.is_some() && update.view == View::Unknown && update.hold.is_none();
    let acks_too_much =
        matches!(update.acked, Acked::Rev(acked) if i64::try_from(acked).is_ok_and(|acked| acked > raw.rev));
    leaves && update.base == BaseUpdate::Kept && update.desired.is_none() && raw.sid == update.sid && !acks_too_much
}

fn forget_record(conn: &Connection, forget: Forget) -> Result<bool, No> {
    let mut statement = conn.prepare_cached(include_str!("sql/annotation_forget.sql"))?;
    Ok(statement.execute(params![forget.lid.to_string(), int(forget.rev)?])? == 1)
}

fn add_remote(conn: &Connection, token: u64, records: &[RemoteRecord]) -> Result<StoreEvent, No> {
    let mut added = Vec::new();
    let mut known = Vec::new();
    let mut by_sid = conn.prepare_cached(include_str!("sql/annotation_lid_by_sid.sql"))?;
    for RemoteRecord { lid, annotation } in records {
        if annotation.id.is_empty() || annotation.input_id.is_empty() {
            return Err(No::Refused("the server listed an annotation without an id".to_owned()));
        }
        let here: Option<String> =
            by_sid.query_row([&annotation.input_id, &annotation.id], |row| row.get(0)).optional()?;
        if let Some(here) = here {
            known.extend(here.parse::<LocalId>().ok());
            continue;
        }
        if row::find(conn, *lid)?.is_some() {
            return Err(No::Refused(format!("the local id {lid} is taken")));
        }
        let record = Record::from_server(*lid, annotation.clone());
        row::put(conn, &record)?;
        added.push((*lid, InputId(record.input_id)));
    }
    Ok(StoreEvent::RemoteAdded { token, added, known })
}

// ---- lists and settings ------------------------------------------------------------------------------------------

/// Adds a row or replaces the one with the same id.
pub(super) fn put_input(conn: &Connection, input: &InputRow) -> Result<(), StoreError> {
    let raw = RawInput::of(input)?;
    run(
        conn,
        include_str!("sql/input_put.sql"),
        named_params! {
            ":id": raw.id,
            ":name": raw.name,
            ":width_px": raw.width_px,
            ":height_px": raw.height_px,
            ":orientation": raw.orientation,
            ":source_json": raw.source_json,
            ":position": raw.position,
            ":state_json": raw.state_json,
            ":checksum": raw.sum(),
        },
    )
}

fn remove_input(conn: &Connection, id: &InputId) -> Result<(), No> {
    let mut unsent = conn.prepare_cached(include_str!("sql/input_not_clean.sql"))?;
    let unsent: i64 = unsent.query_row([id.as_str()], |row| row.get(0))?;
    if unsent > 0 {
        return Err(No::Refused(format!(
            "{unsent} annotations of the image {id} are not on the server as they are here; nothing was removed. Send \
             or discard them first"
        )));
    }
    run(conn, include_str!("sql/input_annotations_remove.sql"), [id.as_str()])?;
    Ok(run(conn, include_str!("sql/input_remove.sql"), [id.as_str()])?)
}

/// Adds a row or replaces the one with the same id.
pub(super) fn put_concept(conn: &Connection, row: &ConceptRow) -> Result<(), StoreError> {
    let color = row.concept.color.map(|[r, g, b]| (i64::from(r) << 16) | (i64::from(g) << 8) | i64::from(b));
    run(
        conn,
        include_str!("sql/concept_put.sql"),
        named_params! {
            ":id": row.concept.id.as_str(),
            ":name": row.concept.name,
            ":color_rgb": color,
            ":position": row.position,
            ":hotkey": row.hotkey,
            ":hidden": i64::from(row.hidden),
            ":last_used_seq": int(row.last_used_seq)?,
        },
    )
}

/// Remembers a value; null forgets it.
pub(super) fn put_setting(conn: &Connection, key: &str, value: &serde_json::Value) -> Result<(), StoreError> {
    if value.is_null() {
        return run(conn, include_str!("sql/setting_remove.sql"), [key]);
    }
    run(conn, include_str!("sql/setting_put.sql"), [key, &json(value)?])
}

fn set_binding(conn: &Connection, new: &super::Binding) -> Result<(), No> {
    let old = binding(conn)?;
    if old == *new {
        return Ok(());
    }
    let (unsent, known): (i64, i64) = conn
        .prepare_cached(include_str!("sql/binding_ties.sql"))?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if unsent > 0 {
        return Err(No::Refused(format!(
            "{unsent} annotations have edits that are not on {old} yet; the project stays with it. Send or discard them first"
        )));
    }
    if known > 0 {
        return Err(No::Refused(format!(
            "{known} annotations of this project belong to {old}; the project stays with it. Make a new project for {new}"
        )));
    }
    Ok(put_meta(conn, "binding", &json(new)?)?)
}
