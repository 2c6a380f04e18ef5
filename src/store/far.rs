//! Edits of annotations on images that no window has loaded: made here, inside the transaction, on what stands in the
//! database in that moment.

use super::apply::{No, append_to_journal, put_desired};
use super::reader::read_entry;
use super::request::{DesiredChange, FarCommit, FarWhat, LocalCommit, StoreEvent};
use super::row::{self, int};
use super::tables::read_input;
use crate::geometry::Size;
use crate::model::{Annotation, Change, Document, Edit, EditError, InputId, LocalId};
use crate::sync::shown;
use indexmap::IndexMap;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::borrow::Cow;
use std::collections::HashMap;

/// The size that stands in for one that is not known; shapes keep their place because it is the same both ways.
pub const NOMINAL_SIZE: Size = Size::new(1000.0, 1000.0);

/// Makes the edit on the rows as they are. Parts about annotations that are gone are passed over and counted: one that
/// somebody deleted must not keep a thousand others from being decided.
pub(super) fn far(conn: &Connection, commit: &FarCommit) -> Result<StoreEvent, No> {
    let edit = match &commit.what {
        FarWhat::Edit(edit) => Cow::Borrowed(edit),
        FarWhat::Inverse(of) => Cow::Owned(inverse_of(conn, *of)?),
    };
    let (mut document, sizes) = scratch(conn, &edit)?;
    let (changes, passed_over) = made(&mut document, &edit);
    let mut spare = commit.spare_sids.iter().cloned();
    let desired: Vec<DesiredChange> = changes
        .iter()
        .map(|change| {
            let size = change.input().and_then(|input| sizes.get(input)).copied().unwrap_or(NOMINAL_SIZE);
            DesiredChange::of(change, size, spare.next())
        })
        .collect();
    let mut records = Vec::with_capacity(desired.len());
    if !changes.is_empty() {
        let local = LocalCommit {
            seq: commit.seq,
            at_ms: commit.at_ms,
            kind: commit.kind,
            title: commit.title.clone(),
            input: changes.first().and_then(Change::input).cloned(),
            changes: changes.clone(),
            desired: Vec::new(),
        };
        append_to_journal(conn, &local)?;
        for change in &desired {
            records.extend(put_desired(conn, commit.seq, change)?);
        }
    }
    Ok(StoreEvent::FarDurable { seq: commit.seq, changes, passed_over, records })
}

/// The edit that takes back what a step changed, from the journal: it may be long, and the window need not carry it.
fn inverse_of(conn: &Connection, seq: u64) -> Result<Edit, No> {
    let mut statement = conn.prepare_cached(include_str!("sql/history.sql"))?;
    let found = statement.query_row(params![int(seq + 1)?, 1], |row| Ok(read_entry(row))).optional()?.transpose()?;
    let entry = found.filter(|entry| entry.seq == seq);
    let entry = entry.ok_or_else(|| No::Refused(format!("the step {seq} is not in the journal")))?;
    Ok(Edit::Batch(entry.changes.iter().rev().map(Change::inverse).collect()))
}

/// A document that holds what the edit speaks of, and the sizes of the images.
fn scratch(conn: &Connection, edit: &Edit) -> Result<(Document, HashMap<InputId, Size>), No> {
    let mut sizes: HashMap<InputId, Size> = HashMap::new();
    let mut by_input: IndexMap<InputId, Vec<Annotation>> = IndexMap::new();
    let mut added = Vec::new();
    let mut lids = Vec::new();
    edit.each_lid(&mut |lid| lids.push(lid));
    edit.each_added(&mut |annotation| added.push(annotation.input.clone()));
    lids.sort_unstable();
    lids.dedup();
    for lid in lids {
        // A damaged row is not to be believed: it is passed over like one that is gone.
        let Some(Ok(record)) = row::find(conn, lid)? else { continue };
        let input = InputId(record.input_id.clone());
        let size = size_of(conn, &mut sizes, &input)?;
        by_input.entry(input).or_default().extend(shown(&record, size));
    }
    for input in added {
        size_of(conn, &mut sizes, &input)?;
        by_input.entry(input).or_default();
    }
    let mut document = Document::new();
    for (input, annotations) in by_input {
        document.load(&input, annotations);
    }
    Ok((document, sizes))
}

fn size_of(conn: &Connection, sizes: &mut HashMap<InputId, Size>, input: &InputId) -> Result<Size, No> {
    if let Some(size) = sizes.get(input) {
        return Ok(*size);
    }
    let mut statement = conn.prepare_cached(include_str!("sql/input.sql"))?;
    let row = statement.query_row([input.as_str()], |row| Ok(read_input(row))).optional()?.transpose()?;
    let known = row.and_then(|row| row.size);
    let size = known.map_or(NOMINAL_SIZE, |px| Size::new(f64::from(px.width_px), f64::from(px.height_px)));
    sizes.insert(input.clone(), size);
    Ok(size)
}

/// The edit as a whole where all of it can be made; part by part otherwise.
fn made(document: &mut Document, edit: &Edit) -> (Vec<Change>, usize) {
    if let Ok(changes) = document.apply(edit) {
        return (changes, 0);
    }
    let mut changes: IndexMap<LocalId, Change> = IndexMap::new();
    let mut passed_over = 0;
    let parts = match edit {
        Edit::Batch(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    for part in parts {
        match document.apply(part) {
            Ok(made) => {
                for change in made {
                    match changes.get_mut(&change.lid) {
                        Some(earlier) => earlier.after = change.after,
                        None => {
                            changes.insert(change.lid, change);
                        }
                    }
                }
            }
            Err(EditError::NoSuchAnnotation(_) | EditError::AlreadyThere(_)) => passed_over += 1,
            Err(error) => {
                tracing::info!(%error, "a part of an edit of many images was not made");
                passed_over += 1;
            }
        }
    }
    (changes.into_values().filter(|change| change.before != change.after).collect(), passed_over)
}
