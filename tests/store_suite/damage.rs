//! Damaged, foreign, newer, incomplete databases.

use crate::support::{Desk, NOW_MS, add, binding, input, set, sid};
use labelwright::model::LocalId;
use labelwright::store::{
    Access, OpenError, OpenNote, Project, ReadOnlyReason, Request, Stop, StoreEvent, Table, salvage,
};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};

/// A closed project with `all` annotations, and its database.
pub fn project(dir: &Path, all: u64) -> PathBuf {
    let mut desk = Desk::new(dir);
    desk.ask(|token| Request::PutInputs { token, inputs: vec![input("a", 0)] });
    for chunk in (1..=all).collect::<Vec<_>>().chunks(10) {
        desk.commit(chunk.iter().map(|n| add(*n, "a")).collect());
    }
    desk.close();
    dir.join("project.db")
}

fn refused(dir: &Path) -> (OpenError, String) {
    let before = fs::read(dir.join("project.db")).expect("the database");
    let error = Project::open(dir, NOW_MS).expect_err("it must not open");
    assert_eq!(fs::read(dir.join("project.db")).expect("the database"), before, "untouched");
    let text = error.to_string();
    assert!(text.contains(&dir.display().to_string()), "it names the place: {text}");
    (error, text)
}

#[test]
fn what_is_no_project_says_so() {
    let dir = tempfile::tempdir().expect("a directory");
    assert!(matches!(Project::open(dir.path(), NOW_MS), Err(OpenError::NotAProject { .. })));
    assert!(!dir.path().join("project.lock").exists(), "nothing is left behind");
    Connection::open(dir.path().join("project.db"))
        .and_then(|conn| conn.execute_batch("PRAGMA application_id = 5; CREATE TABLE t (x)"))
        .expect("a foreign database");
    let (error, text) = refused(dir.path());
    assert!(matches!(error, OpenError::NotAProject { .. }), "{text}");
    assert!(!dir.path().join("project.lock").exists(), "nothing is left behind");
}

#[test]
fn a_newer_project_is_not_touched() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = project(dir.path(), 3);
    Connection::open(&db).and_then(|conn| conn.pragma_update(None, "user_version", 99)).expect("a newer one");
    let (error, text) = refused(dir.path());
    assert!(matches!(error, OpenError::Newer { found: 99, known: 3, .. }), "{text}");
    assert!(text.contains("newer version"), "{text}");
}

#[test]
fn garbage_emptiness_and_half_a_file_do_not_open_and_stay_as_they_are() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = project(dir.path(), 200);
    let good = fs::read(&db).expect("the database");
    let mut garbage = good.clone();
    garbage[..100].fill(0xa5);
    for (name, bytes) in [("garbage", &garbage[..]), ("empty", &[][..]), ("a stump", &good[..60])] {
        fs::write(&db, bytes).expect("damage");
        let (error, text) = refused(dir.path());
        assert!(matches!(error, OpenError::Damaged { .. }), "{name}: {text}");
        assert!(text.contains("left exactly as it is"), "{name}: {text}");
    }
    // Half a file may open, where what is read first is there; the check tells.
    fs::write(&db, &good[..good.len() / 2]).expect("damage");
    match Project::open(dir.path(), NOW_MS) {
        Err(error) => assert!(matches!(error, OpenError::Damaged { .. }), "{error}"),
        Ok(opened) => assert!(!opened.project.reader().and_then(|r| r.check()).expect("a check").is_good()),
    }
}

/// Flips a bit of the stored JSON, in the file; remains of the row elsewhere in the file are changed too.
fn flip(db: &Path, lid: &str, what: &str) {
    let mut bytes = fs::read(db).expect("the database");
    let find = |bytes: &[u8], needle: &str, from: usize| {
        bytes[from..].windows(needle.len()).position(|part| part == needle.as_bytes()).map(|at| at + from)
    };
    // The row starts with the local id and goes on with the server id, the input and the JSON.
    let mut from = 0;
    let mut flips = 0;
    while let Some(row) = find(&bytes, &format!("{lid}{lid}a{{"), from) {
        let at = find(&bytes, what, row).expect("the letter");
        bytes[at] ^= 1;
        (from, flips) = (row + 1, flips + 1);
    }
    assert!(flips > 0, "the row was found");
    fs::write(db, bytes).expect("damage");
}

#[test]
fn a_flipped_bit_is_listed_and_the_others_load() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = project(dir.path(), 30);
    flip(&db, &sid(7), "0.3");
    flip(&db, &sid(9), "dog"); // still good JSON: only the checksum tells
    let project = Project::open(dir.path(), NOW_MS).expect("it opens").project;
    let reader = project.reader().expect("a reader");
    let loaded = reader.annotations_of(&"a".into()).expect("records");
    assert_eq!(loaded.rows.len(), 28);
    let bad: Vec<_> = loaded.damaged.iter().map(|row| (row.table, row.lid)).collect();
    assert_eq!(bad, [(Table::Annotation, Some(LocalId(7))), (Table::Annotation, Some(LocalId(9)))]);
    let report = reader.check().expect("a check");
    assert_eq!((report.problems.len(), report.damaged.len()), (0, 2), "{report:?}");
    let mut beside = project.reader().expect("a reader");
    beside.rest_between(&Stop::default()).expect("it takes its time");
    assert_eq!(beside.check().expect("a check"), report, "and finds the same");

    // The person changes one of them: the edit counts, the server is asked first, the broken row is kept.
    let mut desk = Desk::at(project);
    let StoreEvent::Durable { records, .. } = desk.commit(vec![set(9, "a", Some(90))]) else { panic!("not durable") };
    assert_eq!(records[0].sid, sid(9));
    let record = reader.record(LocalId(9)).expect("good again").expect("a record");
    assert_eq!(record.view, labelwright::sync::View::Unknown);
    let kept: String = Connection::open(&db)
        .and_then(|conn| conn.query_row("SELECT row_json FROM damaged_row", [], |row| row.get(0)))
        .expect("the broken row");
    assert!(kept.contains(&sid(9)), "{kept}");
}

#[test]
fn a_damaged_step_of_the_journal_is_listed() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = project(dir.path(), 30);
    Connection::open(&db).and_then(|c| c.execute("UPDATE journal SET title = 'x' WHERE seq = 2", [])).expect("damage");
    let reader = Project::open(dir.path(), NOW_MS).expect("it opens").project.reader().expect("a reader");
    let loaded = reader.history(None, 10).expect("the journal");
    assert_eq!(loaded.rows.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 3]);
    assert_eq!((loaded.damaged[0].table, loaded.damaged[0].row_id), (Table::Journal, 2));
}

#[test]
fn a_wal_that_is_gone_is_noticed() {
    let dir = tempfile::tempdir().expect("a directory");
    let whole = dir.path().join("whole");
    let mut desk = Desk::new(&whole);
    desk.commit(vec![add(1, "a")]);
    // A copy of a live project without its newest edits, as a careless copy makes it.
    let copy = dir.path().join("copy");
    fs::create_dir(&copy).expect("a directory");
    for name in ["project.db", "project.lock"] {
        fs::copy(whole.join(name), copy.join(name)).expect("a copy");
    }
    let opened = Project::open(&copy, NOW_MS).expect("it opens");
    assert_eq!(opened.notes, [OpenNote::WalMissing]);
    // The same with all of it.
    for name in ["project.db", "project.lock", "project.db-wal"] {
        let to = dir.path().join("all").join(name);
        fs::create_dir_all(to.parent().expect("a directory")).expect("a directory");
        fs::copy(whole.join(name), to).expect("a copy");
    }
    let opened = Project::open(&dir.path().join("all"), NOW_MS).expect("it opens");
    assert_eq!(opened.notes, [OpenNote::NotClosed]);
    assert_eq!(opened.project.reader().and_then(|r| r.counts()).expect("counts").annotations, 1);
}

/// A log of an earlier session beside a database that was closed since: SQLite would take it for the newest, and put
/// pages of then over those of now.
#[test]
fn a_wal_of_another_time_is_put_aside() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    for n in 1..=20 {
        desk.commit(vec![add(n, "a")]);
    }
    let wal = dir.path().join("project.db-wal");
    let old = fs::read(&wal).expect("a log");
    desk.close();
    let mut desk = Desk::reopen(dir.path());
    for n in 21..=40 {
        desk.commit(vec![add(n, "a")]);
    }
    desk.close();
    fs::write(&wal, &old).expect("a careless restore");
    // Who only looks takes nothing of it over either, says the same, and leaves it where it is.
    let database = fs::read(dir.path().join("project.db")).expect("a database");
    let looked = Project::look(dir.path(), NOW_MS + 2).expect("it opens");
    assert_eq!(looked.notes, [OpenNote::StrayWal(wal.clone())]);
    assert_eq!(looked.project.access(), &Access::ReadOnly { reason: ReadOnlyReason::OnlyLooking });
    let reader = looked.project.reader().expect("a reader");
    assert_eq!((reader.counts().expect("counts").annotations, reader.next_numbers().expect("numbers").seq), (40, 41));
    assert!(reader.check().expect("a check").is_good());
    drop((reader, looked));
    assert_eq!(fs::read(&wal).expect("it is still there"), old);
    assert_eq!(fs::read(dir.path().join("project.db")).expect("a database"), database, "nothing was written");

    let opened = Project::open(dir.path(), NOW_MS + 2).expect("it opens");
    let [OpenNote::StrayWal(kept)] = opened.notes.as_slice() else { panic!("{:?}", opened.notes) };
    assert_eq!(fs::read(kept).expect("it is kept"), old);
    assert!(opened.notes[0].to_string().contains("project.db-wal"), "{}", opened.notes[0]);
    let reader = opened.project.reader().expect("a reader");
    assert_eq!((reader.counts().expect("counts").annotations, reader.next_numbers().expect("numbers").seq), (40, 41));
    assert!(reader.check().expect("a check").is_good());
}

/// What is left of a log that was cut, or that a bit was flipped in, is a beginning: some whole steps, and no other.
#[test]
fn a_damaged_wal_gives_whole_steps_or_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let whole = dir.path().join("whole");
    let mut desk = Desk::new(&whole);
    for n in 1..=30 {
        desk.commit(vec![add(n, "a")]);
    }
    let wal = fs::read(whole.join("project.db-wal")).expect("a log");
    let mut random = fastrand::Rng::with_seed(3);
    for round in 0..60 {
        let copy = dir.path().join(format!("copy{round}"));
        fs::create_dir(&copy).expect("a directory");
        for name in ["project.db", "project.lock"] {
            fs::copy(whole.join(name), copy.join(name)).expect("a copy");
        }
        let mut bytes = wal.clone();
        if round % 2 == 0 {
            bytes.truncate(random.usize(..wal.len()));
        } else {
            bytes[random.usize(..wal.len())] ^= 1 << random.u8(..8);
        }
        fs::write(copy.join("project.db-wal"), bytes).expect("damage");
        let reader = Project::open(&copy, NOW_MS).expect("it opens").project.reader().expect("a reader");
        let steps = reader.next_numbers().expect("numbers").seq - 1;
        let lids: Vec<u128> = reader.all_records().expect("records").rows.iter().map(|r| r.lid.0).collect();
        assert_eq!(lids, (1..=u128::from(steps)).collect::<Vec<_>>(), "round {round}");
        assert!(reader.check().expect("a check").is_good(), "round {round}");
        fs::remove_dir_all(copy).expect("swept");
    }
}

#[test]
fn a_rescue_of_a_sound_project_loses_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    project(dir.path(), 250);
    let before = Project::open(dir.path(), NOW_MS).expect("it opens").project.reader().expect("a reader");
    let (records, journal) = (before.all_records().expect("records"), before.history(None, 999).expect("a journal"));
    drop(before);
    let report = salvage(dir.path(), NOW_MS).expect("a rescue");
    assert_eq!((report.annotations, report.journal, report.inputs), (250, 25, 1));
    assert_eq!((report.missing.as_slice(), report.damaged.as_slice()), (&[][..], &[][..]));
    let project = Project::open(dir.path(), NOW_MS).expect("it opens").project;
    let reader = project.reader().expect("a reader");
    assert_eq!((project.name(), project.binding()), ("Cats", &binding()));
    assert_eq!(reader.all_records().expect("records"), records);
    assert_eq!(reader.history(None, 999).expect("a journal"), journal);
    assert!(report.kept_in.join("project.db").is_file(), "the old one is kept");
    assert!(!report.kept_in.join("work.db").exists());
}

#[test]
fn a_rescue_goes_around_broken_pages_and_restores_from_the_journal() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = project(dir.path(), 400);
    let good = fs::read(&db).expect("the database");
    let mut restored = 0;
    for seed in 0..25 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut bytes = good.clone();
        let page = random.usize(1..good.len() / 4096) * 4096;
        bytes[page..page + 4096].iter_mut().for_each(|byte| *byte = random.u8(..));
        let broken = tempfile::tempdir().expect("a directory");
        fs::write(broken.path().join("project.db"), &bytes).expect("damage");
        let report = salvage(broken.path(), NOW_MS).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(fs::read(report.kept_in.join("project.db")).expect("the damaged one"), bytes, "kept as it was");
        let project =
            Project::open(broken.path(), NOW_MS).unwrap_or_else(|error| panic!("seed {seed}: {error}")).project;
        let reader = project.reader().expect("a reader");
        assert!(reader.check().expect("a check").is_good(), "seed {seed}");
        let there = reader.counts().expect("counts").annotations;
        let named = report.missing.iter().filter(|text| text.starts_with("the annotation ")).count() as u64;
        assert!(
            there + named == 400 || !report.missing.is_empty(),
            "seed {seed}: {there} are there, {named} named as missing: {:?}",
            report.missing
        );
        assert_eq!(there, report.annotations + report.from_journal.len() as u64);
        assert!(there + 20 >= 400 || there + named == 400, "seed {seed}: {there} of 400, {:?}", report.missing);
        restored += report.from_journal.len();
    }
    assert!(restored > 0, "some of it came from the journal");
}

#[test]
fn a_rescue_replaces_a_destroyed_head_and_survives_a_missing_end() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = project(dir.path(), 400);
    let good = fs::read(&db).expect("the database");
    let mut headless = good.clone();
    headless[..100].fill(0);
    fs::write(&db, headless).expect("damage");
    let report = salvage(dir.path(), NOW_MS).expect("a rescue");
    assert_eq!((report.annotations, report.journal), (400, 40), "{report:?}");
    let again = Project::open(dir.path(), NOW_MS).expect("it opens").project;
    assert_eq!(again.binding(), &binding());
    drop(again);

    fs::write(&db, &good[..good.len() * 3 / 4]).expect("damage");
    let report = salvage(dir.path(), NOW_MS + 1).expect("a rescue");
    assert!(report.annotations > 100 && !report.missing.is_empty(), "{report:?}");
    assert!(Project::open(dir.path(), NOW_MS).is_ok());

    fs::write(&db, b"not a database at all, and short").expect("damage");
    let error = salvage(dir.path(), NOW_MS + 2).expect_err("nothing to rescue");
    assert!(error.to_string().contains("untouched"), "{error}");
    assert_eq!(fs::read(&db).expect("the file"), b"not a database at all, and short");
}

#[test]
fn a_rescue_waits_for_the_other_window() {
    let dir = tempfile::tempdir().expect("a directory");
    let desk = Desk::new(dir.path());
    assert!(matches!(salvage(dir.path(), NOW_MS), Err(labelwright::store::SalvageError::InUse { .. })));
    desk.close();
}

#[test]
fn a_backup_a_day_is_whole_and_the_newest_seven_are_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a")]);
    let first = desk.project.back_up("2026-11-01").expect("a backup").expect("made now");
    assert_eq!(desk.project.back_up("2026-11-01").expect("no failure"), None, "once a day");
    desk.commit(vec![add(2, "a")]);
    // A clock that is a year off makes one more, and hinders none.
    for day in ["2027-11-02", "2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06", "2026-11-07", "2026-11-08"] {
        desk.project.back_up(day).expect("a backup").expect("made now");
    }
    let kept = labelwright::store::backups(dir.path());
    assert_eq!(kept.len(), 7, "{kept:?}");
    assert!(kept[0].ends_with("daily-2026-11-08.db") && !kept.contains(&first), "the oldest went: {kept:?}");
    desk.close();
    let back = tempfile::tempdir().expect("a directory");
    std::fs::copy(&kept[0], back.path().join("project.db")).expect("put in place");
    let opened = Project::open(back.path(), NOW_MS).expect("it opens");
    let records = opened.project.reader().and_then(|reader| reader.all_records()).expect("records");
    assert_eq!(records.rows.len(), 2, "everything of that day");
}
