//! Getting out of a damaged database what can be read: every good row is carried into a new one, the damaged files are
//! kept whole, and what is missing is named.

use super::apply::{add_journal_row, put_concept, put_input, put_setting};
use super::connect::beside;
use super::lock::{ProjectLock, Taken};
use super::project::{DB_FILE, LOCK_FILE, build_database, put_meta, sync_dir};
use super::reader::{read_concept, read_entry, read_journal_row};
use super::row::{self, parsed, read_record};
use super::salvage_walk::walk;
use super::tables::read_input;
use super::{Binding, DamagedRow, InputRow, NewProject, SalvageError, StoreError, Table};
use crate::geometry::Size;
use crate::model::{Annotation, InputId, LocalId};
use crate::sync::{Acked, Record, View, wire_from_model};
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A revision greater than any that was ever sent of an annotation whose own is lost.
const FAR: u64 = 1 << 32;

/// What a rescue did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SalvageReport {
    /// Where the damaged files are now.
    pub kept_in: PathBuf,
    /// Annotations that were rescued as they were, deleted ones with them.
    pub annotations: u64,
    /// Annotations that could not be read and were taken from the journal; what the server has of them is asked.
    pub from_journal: Vec<LocalId>,
    /// Steps of the journal that were rescued.
    pub journal: u64,
    /// Images that were rescued.
    pub inputs: u64,
    /// Rows that were found and could not be believed; the damaged files have them.
    pub damaged: Vec<DamagedRow>,
    /// What is missing, in sentences.
    pub missing: Vec<String>,
}

/// Moves a damaged database aside, whole, and builds a new one from every row that can be read. `now_ms` (Unix
/// milliseconds) names the directory that keeps the damaged files.
///
/// # Errors
/// Where the project is open in another window or the directory cannot be written; the damaged files are never lost.
pub fn salvage(dir: &Path, now_ms: i64) -> Result<SalvageReport, SalvageError> {
    let db = dir.join(DB_FILE);
    let stopped = |what: String| SalvageError::Io { what, kept: db.clone() };
    if !db.is_file() {
        return Err(SalvageError::Nothing { dir: dir.to_owned() });
    }
    let lock = match ProjectLock::take(&dir.join(LOCK_FILE), now_ms) {
        Taken::Ours(lock, _) => lock,
        Taken::Theirs(_) => return Err(SalvageError::InUse { dir: dir.to_owned() }),
        Taken::NotWritable(error) => return Err(stopped(error.to_string())),
    };
    let kept_in = dir.join(format!("damaged-{now_ms}"));
    fs::create_dir(&kept_in).map_err(|error| stopped(error.to_string()))?;
    let rescued = kept_in.join("rescued.db");
    let mut report = SalvageReport { kept_in: kept_in.clone(), ..SalvageReport::default() };
    // Everything happens beside the damaged files; they are moved only when there is something to put in their place.
    let built = copy_for_work(&db, &kept_in).and_then(|work| {
        let built = rescue(&work, &rescued, &mut report);
        remove_with_company(&work);
        built
    });
    built.map_err(|error| stopped(error.to_string()))?;
    put_in_place(&db, &kept_in, &rescued)
        .map_err(|error| SalvageError::Io { what: error.to_string(), kept: kept_in })?;
    lock.mark_closed(0);
    Ok(report)
}

/// `SQLite` writes where it recovers a -wal, and the damaged files shall stay as they are.
fn copy_for_work(db: &Path, kept_in: &Path) -> Result<PathBuf, StoreError> {
    let work = kept_in.join("work.db");
    let io = |error| StoreError::Io { what: "the database could not be copied", path: db.to_owned(), error };
    fs::copy(db, &work).map_err(io)?;
    if beside(db, "-wal").is_file() {
        fs::copy(beside(db, "-wal"), beside(&work, "-wal")).map_err(io)?;
    }
    Ok(work)
}

fn put_in_place(db: &Path, kept_in: &Path, rescued: &Path) -> std::io::Result<()> {
    for suffix in ["-wal", "-shm", "-journal", ""] {
        let from = beside(db, suffix);
        if from.is_file() {
            fs::rename(&from, kept_in.join(format!("{DB_FILE}{suffix}")))?;
        }
    }
    fs::rename(rescued, db)?;
    sync_dir(db)
}

fn remove_with_company(db: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        // What cannot be removed is only in the way of tidiness.
        fs::remove_file(beside(db, suffix)).ok();
    }
}

fn rescue(work: &Path, rescued: &Path, report: &mut SalvageReport) -> Result<(), StoreError> {
    // Nobody can do better than a guess at this; the real name and server are put in its place when they are found.
    let unknown = Binding::Bundled { owner: "unknown".to_owned(), app: "unknown".to_owned() };
    build_database(rescued, &NewProject { name: "rescued".to_owned(), binding: unknown })?;
    let from = if let Ok(conn) = open_damaged(work) {
        conn
    } else {
        report.missing.push("the head of the database was destroyed; a new one was put in its place".to_owned());
        replace_head(work, rescued)?;
        open_damaged(work)?
    };
    let mut to = Connection::open(rescued)?;
    to.pragma_update(None, "synchronous", "FULL")?;
    let to = to.transaction()?;
    lists(&from, &to, report)?;
    let found = annotations(&from, &to, report)?;
    let latest = journal(&from, &to, report)?;
    complete(&from, &to, &found, latest, report)?;
    to.commit()?;
    Ok(())
}

/// Opens the copy and makes `SQLite` read its first page.
fn open_damaged(work: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open(work)?;
    // A schema that cannot be read in full is read as far as it goes; nothing is believed without its checksum.
    conn.pragma_update(None, "writable_schema", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.prepare(include_str!("sql/salvage_meta.sql"))?;
    Ok(conn)
}

/// The first 100 bytes of a database of ours are always the same, but for counters that `SQLite` can do without.
fn replace_head(work: &Path, sound: &Path) -> Result<(), StoreError> {
    /// Bytes of the header, and where its parts stand (the file format of `SQLite`, section 1.3).
    const HEAD: usize = 100;
    const CHANGES: std::ops::Range<usize> = 24..28;
    const PAGES: std::ops::Range<usize> = 28..32;
    const FREE_PAGES: std::ops::Range<usize> = 32..40;
    const VALID_FOR: std::ops::Range<usize> = 92..96;
    let io = |error| StoreError::Io { what: "the head could not be replaced", path: work.to_owned(), error };
    let good = fs::read(sound).map_err(io)?;
    let mut bytes = fs::read(work).map_err(io)?;
    let (Some(head), Some(target)) = (good.get(..HEAD), bytes.get_mut(..HEAD)) else {
        return Err(StoreError::Content("the file is shorter than the head of a database".to_owned()));
    };
    target.copy_from_slice(head);
    let page_size = usize::from(u16::from_be_bytes([head[16], head[17]])).max(512);
    let pages = u32::try_from(bytes.len() / page_size).unwrap_or(u32::MAX);
    bytes[CHANGES].copy_from_slice(&1_u32.to_be_bytes());
    bytes[VALID_FOR].copy_from_slice(&1_u32.to_be_bytes());
    bytes[PAGES].copy_from_slice(&pages.to_be_bytes());
    bytes[FREE_PAGES].fill(0);
    fs::write(work, bytes).map_err(io)
}

fn lists(from: &Connection, to: &Connection, report: &mut SalvageReport) -> Result<(), StoreError> {
    let mut identity = HashSet::new();
    let holes = walk(from, include_str!("sql/salvage_meta.sql"), 2, |row| {
        let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
        if key == "name" || (key == "binding" && parsed::<Binding>(&value).is_ok()) {
            put_meta(to, &key, &value)?;
            identity.insert(key);
        }
        Ok(())
    })?;
    holes.say("facts about the project", report);
    if !identity.contains("binding") {
        report.missing.push("the server that the project belongs to; set it before anything is sent".to_owned());
    }
    walk(from, include_str!("sql/salvage_inputs.sql"), 9, |row| {
        put_input(to, &read_input(row)?)?;
        report.inputs += 1;
        Ok(())
    })?
    .say("images", report);
    walk(from, include_str!("sql/salvage_concepts.sql"), 7, |row| put_concept(to, &read_concept(row)?))?
        .say("concepts", report);
    walk(from, include_str!("sql/salvage_settings.sql"), 2, |row| {
        let value: String = row.get(1)?;
        put_setting(to, &row.get::<_, String>(0)?, &parsed(&value)?)
    })?
    .say("settings of the view", report);
    Ok(())
}

/// Carries the good annotations over; their local ids.
fn annotations(from: &Connection, to: &Connection, report: &mut SalvageReport) -> Result<HashSet<LocalId>, StoreError> {
    let mut found = HashSet::new();
    let mut damaged = Vec::new();
    let holes = walk(from, include_str!("sql/salvage_annotations.sql"), 0, |row| {
        match read_record(row) {
            Ok(record) => {
                row::put(to, &record)?;
                found.insert(record.lid);
            }
            Err(bad) => damaged.push(bad),
        }
        Ok(())
    })?;
    report.annotations = found.len() as u64;
    report.damaged.extend(damaged);
    holes.say("annotations", report);
    Ok(found)
}

/// What the journal knows of an annotation: its newest value, deletions too.
type Latest = BTreeMap<LocalId, (Option<Annotation>, InputId)>;

fn journal(from: &Connection, to: &Connection, report: &mut SalvageReport) -> Result<Latest, StoreError> {
    let mut latest = Latest::new();
    let mut damaged = Vec::new();
    let mut seqs = Vec::new();
    let holes = walk(from, include_str!("sql/salvage_journal.sql"), 0, |row| {
        match read_journal_row(row).and_then(|journal| Ok((journal, read_entry(row)?))) {
            Ok((journal, entry)) => {
                add_journal_row(to, &journal)?;
                seqs.push(entry.seq);
                for change in entry.changes {
                    if let Some(some) = change.after.as_ref().or(change.before.as_ref()) {
                        let input = some.input.clone();
                        latest.insert(change.lid, (change.after, input));
                    }
                }
            }
            Err(error) => damaged.push(DamagedRow {
                table: Table::Journal,
                row_id: row.get(0).unwrap_or(-1),
                lid: None,
                input_id: row.get(5).unwrap_or_default(),
                what: error.to_string(),
            }),
        }
        Ok(())
    })?;
    report.journal = seqs.len() as u64;
    report.damaged.extend(damaged);
    holes.say("steps of the history", report);
    for pair in seqs.windows(2) {
        if pair[1] > pair[0] + 1 {
            report.missing.push(format!("the steps {} to {} of the history", pair[0] + 1, pair[1] - 1));
        }
    }
    Ok(latest)
}

/// An annotation whose row is lost, put together from what is left of it.
#[derive(Default)]
struct Trace {
    lid: Option<LocalId>,
    sid: Option<String>,
    input_id: Option<String>,
}

/// Looks in the indexes and the journal for annotations whose row is lost, and restores what the journal has.
fn complete(
    from: &Connection,
    to: &Connection,
    found: &HashSet<LocalId>,
    mut latest: Latest,
    report: &mut SalvageReport,
) -> Result<(), StoreError> {
    let sizes = sizes(to)?;
    for trace in traces(from).into_values() {
        let Some(lid) = trace.lid.filter(|lid| !found.contains(lid)) else { continue };
        let (known, sid) = (latest.remove(&lid), trace.sid);
        match (known, sid) {
            (Some((Some(annotation), input)), Some(sid)) if sizes.contains_key(&input) => {
                let record = from_journal(&annotation, sid, sizes[&input]);
                row::put(to, &record)?;
                report.from_journal.push(lid);
            }
            (Some((None, _)), _) => {} // deleted; nothing to show is missing
            (Some((_, input)), _) => {
                report.missing.push(format!("the annotation {lid} on {input}; the history has it"));
            }
            (None, _) => {
                let input = trace.input_id.unwrap_or_else(|| "an unknown image".to_owned());
                report
                    .missing
                    .push(format!("the annotation {lid} on {input}; it came from the server and can be pulled again"));
            }
        }
    }
    for (lid, (after, input)) in latest {
        if after.is_some() && !found.contains(&lid) {
            report.missing.push(format!("the annotation {lid} on {input}; the history has it"));
        }
    }
    report.missing.sort();
    report.from_journal.sort();
    Ok(())
}

/// What the indexes know, by row number. An index that is damaged is read as far as it goes.
fn traces(from: &Connection) -> BTreeMap<i64, Trace> {
    let mut traces: BTreeMap<i64, Trace> = BTreeMap::new();
    if let Ok(mut statement) = from.prepare(include_str!("sql/salvage_lids.sql"))
        && let Ok(mut rows) = statement.query([])
    {
        while let Ok(Some(row)) = rows.next() {
            if let (Ok(row_id), Ok(lid)) = (row.get(0), row.get::<_, String>(1)) {
                traces.entry(row_id).or_default().lid = lid.parse().ok();
            }
        }
    }
    if let Ok(mut statement) = from.prepare(include_str!("sql/salvage_sids.sql"))
        && let Ok(mut rows) = statement.query([])
    {
        while let Ok(Some(row)) = rows.next() {
            if let (Ok(row_id), Ok(sid), Ok(input_id)) = (row.get(0), row.get(1), row.get(2)) {
                let trace = traces.entry(row_id).or_default();
                trace.sid = Some(sid);
                trace.input_id = Some(input_id);
            }
        }
    }
    traces
}

/// What was sent of it is not known any more: the server is asked before anything else.
fn from_journal(annotation: &Annotation, sid: String, image: Size) -> Record {
    Record {
        lid: annotation.lid,
        input_id: annotation.input.0.clone(),
        desired: Some(wire_from_model(annotation, &sid, image)),
        sid,
        rev: FAR,
        base: None,
        view: View::Unknown,
        flight: None,
        acked: Acked::Never,
        verify_after_ms: None,
        echoes: Vec::new(),
        hold: None,
    }
}

fn sizes(to: &Connection) -> Result<HashMap<InputId, Size>, StoreError> {
    let mut statement = to.prepare(include_str!("sql/salvage_inputs.sql"))?;
    let rows = statement.query_and_then([0, i64::MAX], read_input)?;
    let rows: Vec<InputRow> = rows.collect::<Result<_, _>>()?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let size = row.size?;
            Some((row.id, Size { width: f64::from(size.width_px), height: f64::from(size.height_px) }))
        })
        .collect())
}
