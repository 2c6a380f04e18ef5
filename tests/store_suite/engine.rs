//! The engine's half of a record, and the race between the person and the engine.

use crate::support::{Desk, add, set, sid, wire};
use labelwright::model::{Field, LocalId};
use labelwright::store::{DesiredChange, EngineCommit, Known, Request, StoreEvent, SyncState};
use labelwright::sync::{
    Acked, BaseUpdate, Digest, Echo, Flight, Forget, Hold, Record, RecordUpdate, RemoteRecord, ReplaceDesired, Verb,
    View,
};

fn record(desk: &Desk, n: u128) -> Record {
    desk.project.reader().and_then(|r| r.record(LocalId(n))).expect("a query").expect("a record")
}

/// The server took what `record` says.
fn acked(record: &Record) -> RecordUpdate {
    RecordUpdate {
        base: BaseUpdate::Is(record.desired.clone()),
        view: if record.desired.is_some() { View::Present } else { View::Absent },
        flight: None,
        acked: Acked::Rev(record.rev),
        ..RecordUpdate::of(record)
    }
}

#[test]
fn every_column_comes_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a")]);
    let mut theirs = wire(5, "a");
    theirs.id = sid(1);
    let update = RecordUpdate {
        lid: LocalId(1),
        sid: sid(77),
        base: BaseUpdate::Is(Some(wire(3, "a"))),
        view: View::Unknown,
        flight: Some(Flight { verb: Verb::Patch, rev: 1, sent_at_ms: -5 }),
        acked: Acked::Rev(1),
        verify_after_ms: Some(i64::MAX),
        echoes: vec![Echo { verb: Verb::Post, rev: 1, sent_at_ms: 7, content: Digest::of(&wire(1, "a")) }],
        hold: Some(Hold::Conflict { theirs: Some(Box::new(theirs)), fields: vec![Field::Geometry, Field::Status] }),
        desired: None,
    };
    assert_eq!(desk.engine(vec![update.clone()]), []);
    desk.close();
    let desk = Desk::reopen(dir.path());
    let found = record(&desk, 1);
    assert_eq!(RecordUpdate::of(&found), update);
    assert_eq!(found.desired.map(|d| d.id), Some(sid(77)), "the wanted one has the new id too");
    assert_eq!(found.rev, 1);
}

/// With a region id and dates, which nobody here wrote.
fn as_the_server_gives_it_back(record: &Record) -> labelwright::api::Annotation {
    let mut base = record.desired.clone().expect("a value");
    base.created_at = Some("2026-11-26T01:00:00Z".to_owned());
    base.data.iter_mut().flat_map(|data| &mut data.regions).for_each(|region| "r1".clone_into(&mut region.id));
    base
}

#[test]
fn the_servers_copy_comes_back_whole_also_after_an_edit_of_what_it_was_kept_beside() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a")]);
    let sent = record(&desk, 1);
    let base = as_the_server_gives_it_back(&sent);
    assert_eq!(desk.engine(vec![RecordUpdate { base: BaseUpdate::Is(Some(base.clone())), ..acked(&sent) }]), []);
    let clean = record(&desk, 1);
    assert_eq!((clean.base.as_ref(), SyncState::of(&clean)), (Some(&base), SyncState::Clean));
    assert_eq!(clean.desired, sent.desired);
    desk.commit(vec![set(1, "a", Some(8))]);
    desk.close();
    let mut desk = Desk::reopen(dir.path());
    let edited = record(&desk, 1);
    assert_eq!((edited.base.as_ref(), SyncState::of(&edited)), (Some(&base), SyncState::Unsent));
    desk.commit(vec![set(1, "a", None)]);
    assert_eq!(record(&desk, 1).base, Some(base), "beside a tombstone too");
}

#[test]
fn what_is_learned_of_the_server_counts_in_the_lists_at_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a"), add(2, "a")]);
    let counts = |desk: &Desk| desk.project.reader().and_then(|reader| reader.counts()).expect("counts");
    assert_eq!((counts(&desk).annotations, counts(&desk).unsent), (2, 2));
    let sent = record(&desk, 1);
    assert_eq!(desk.engine(vec![acked(&sent)]), []);
    assert_eq!((counts(&desk).annotations, counts(&desk).unsent), (2, 1));
    let left = desk.project.reader().and_then(|reader| reader.records_not_clean()).expect("records").rows;
    assert_eq!(left.iter().map(|record| record.lid).collect::<Vec<_>>(), [LocalId(2)]);
}

#[test]
fn an_answer_to_an_old_revision_does_not_clear_a_newer_edit() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a")]);
    let sent = record(&desk, 1);
    desk.commit(vec![set(1, "a", Some(8))]);
    assert_eq!(desk.engine(vec![acked(&sent)]), []);
    let now = record(&desk, 1);
    assert_eq!((now.rev, now.acked, SyncState::of(&now)), (2, Acked::Rev(1), SyncState::Unsent));
    assert_eq!(now.desired.and_then(|d| d.data), wire(8, "a").data);
}

#[test]
fn a_merge_computed_from_an_old_revision_is_refused_whole() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a"), add(2, "a")]);
    let seen = record(&desk, 1);
    desk.commit(vec![set(1, "a", Some(8))]);
    let before = record(&desk, 1);
    let merge = |record: &Record| RecordUpdate {
        base: BaseUpdate::Is(Some(wire(51, "a"))),
        view: View::Present,
        acked: Acked::Rev(record.rev + 1),
        desired: Some(ReplaceDesired { expected_rev: record.rev, desired: Some(wire(51, "a")) }),
        ..RecordUpdate::of(record)
    };
    let other = record(&desk, 2);
    assert_eq!(desk.engine(vec![merge(&seen), merge(&other)]), [LocalId(1)]);
    assert_eq!(record(&desk, 1), before, "nothing of it, not even the base");
    let merged = record(&desk, 2);
    assert_eq!((merged.rev, SyncState::of(&merged)), (2, SyncState::Clean));
    assert_eq!(merged.desired.and_then(|d| d.data), wire(51, "a").data);
    let too_much = RecordUpdate { acked: Acked::Rev(9), ..RecordUpdate::of(&before) };
    assert_eq!(desk.engine(vec![too_much]), [LocalId(1)], "nobody can have acknowledged what was never written");
    let unknown = RecordUpdate { lid: LocalId(404), ..RecordUpdate::of(&before) };
    assert_eq!(desk.engine(vec![unknown]), [LocalId(404)]);
}

#[test]
fn states_and_counts_follow_the_record() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit((1..=7).map(|n| add(n, "a")).collect());
    let r = |desk: &Desk, n| record(desk, n);
    let quarantined = Hold::Quarantined { code: 24155, reason: "no".into(), req_id: "q".into(), rev: 1 };
    let updates = vec![
        acked(&r(&desk, 1)),
        RecordUpdate { view: View::Unknown, ..RecordUpdate::of(&r(&desk, 2)) },
        RecordUpdate { verify_after_ms: Some(9), ..acked(&r(&desk, 3)) },
        RecordUpdate { hold: Some(Hold::Conflict { theirs: None, fields: vec![] }), ..acked(&r(&desk, 4)) },
        RecordUpdate { hold: Some(quarantined.clone()), ..RecordUpdate::of(&r(&desk, 5)) },
        RecordUpdate { hold: Some(quarantined), ..RecordUpdate::of(&r(&desk, 6)) },
    ];
    assert_eq!(desk.engine(updates), []);
    desk.commit(vec![set(6, "a", Some(60))]);
    let reader = desk.project.reader().expect("a reader");
    let counts = reader.counts().expect("counts");
    assert_eq!(
        (counts.annotations, counts.unsent, counts.unknown, counts.suspect, counts.conflicts, counts.problems),
        (7, 2, 1, 1, 1, 1)
    );
    let of_a = counts.per_input[&"a".into()];
    assert_eq!((of_a.annotations, of_a.open, of_a.not_clean, of_a.in_trouble), (7, 7, 6, 2));
    let lids: Vec<_> = reader.records_not_clean().expect("records").rows.iter().map(|r| r.lid.0).collect();
    assert_eq!(lids, [2, 3, 4, 5, 6, 7]);

    // An edit and its undo: the server has it already, whatever the revision says.
    desk.commit(vec![set(1, "a", Some(99))]);
    desk.commit(vec![set(1, "a", Some(1))]);
    assert_eq!(SyncState::of(&r(&desk, 1)), SyncState::Clean);
}

#[test]
fn tombstones_are_forgotten_only_while_they_are_tombstones() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a"), add(2, "a"), add(3, "a")]);
    desk.commit(vec![set(1, "a", None), set(2, "a", None)]);
    desk.commit(vec![set(2, "a", Some(5))]);
    let forget = [1, 2, 3].map(|n| Forget { lid: LocalId(n), rev: 2 });
    let event = desk.ask(|token| {
        Request::Engine(EngineCommit {
            token,
            forget: forget.to_vec(),
            settings: vec![("pull.cursor".into(), serde_json::json!(17))],
            ..EngineCommit::default()
        })
    });
    assert_eq!(event, StoreEvent::EngineCommitted { token: 1, stale: vec![LocalId(2), LocalId(3)] });
    let reader = desk.project.reader().expect("a reader");
    assert_eq!(reader.all_records().expect("records").rows.len(), 2);
    assert_eq!(reader.setting("pull.cursor").expect("a setting"), Some(serde_json::json!(17)));
    let mut again = add(1, "a");
    again.new_sid = Some(sid(99));
    let StoreEvent::Durable { records, .. } = desk.commit(vec![again]) else { panic!("not durable") };
    assert_eq!((records[0].sid.as_str(), records[0].rev), (sid(99).as_str(), 1), "a new life has a new id");
}

/// A merge changed the status while a person, who still saw the old one, moved the box.
#[test]
fn an_edit_of_an_older_copy_changes_only_what_it_changed() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a")]);
    let seen = record(&desk, 1).desired.expect("there");
    let mut merged = seen.clone();
    merged.status.as_mut().expect("a status").code = labelwright::api::StatusCode::ANNOTATION_REVIEW_DENIED;
    let update = RecordUpdate {
        desired: Some(ReplaceDesired { expected_rev: 1, desired: Some(merged.clone()) }),
        ..RecordUpdate::of(&record(&desk, 1))
    };
    assert_eq!(desk.engine(vec![update]), [], "taken");
    let moved = wire(9, "a");
    let change = DesiredChange { before: Some(seen), desired: Some(moved.clone()), ..add(1, "a") };
    desk.commit(vec![change]);
    let now = record(&desk, 1).desired.expect("there");
    assert_eq!(now.status.as_ref().map(|s| s.code), merged.status.as_ref().map(|s| s.code), "the merge stays");
    let region = |wire: &labelwright::api::Annotation| wire.data.as_ref().expect("data").regions[0].region_info.clone();
    assert_eq!(region(&now), region(&moved), "and the box is moved");
}

/// Twice for each annotation that is sent its row is written; the first time nothing is known that a list asks for.
#[test]
fn what_a_batch_writes_before_it_leaves_is_its_rows_alone() {
    const BATCH: u128 = 128;
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    // On an image each, and between many others: each has a page of its own in an index that begins with the image.
    desk.commit((1..=128 * 100).map(|n| add(n, &format!("image-{:03}", n % 128))).collect());
    let before: Vec<Record> = (1..=BATCH).map(|n| record(&desk, n)).collect();
    let flight = Flight { verb: Verb::Post, rev: 1, sent_at_ms: 5 };
    let leaving = |record: &Record| RecordUpdate {
        view: View::Unknown,
        flight: Some(flight),
        verify_after_ms: Some(9),
        echoes: vec![Echo { verb: Verb::Post, rev: 1, sent_at_ms: 5, content: Digest::default() }],
        ..RecordUpdate::beside_base(record)
    };
    let wal = dir.path().join("project.db-wal");
    let pages = || std::fs::metadata(&wal).expect("a log").len() / (4096 + 24);
    let written = pages();
    assert_eq!(desk.engine(before.iter().map(leaving).collect()), []);
    let written = pages() - written;
    let long =
        before.iter().map(|record| serde_json::to_string(&record.desired).expect("text").len() + 400).sum::<usize>();
    let rows = u64::try_from(long / 4096).expect("small") + 2;
    assert!(written <= rows + 4, "{written} pages for rows on {rows}");
    let counts = desk.project.reader().and_then(|reader| reader.counts()).expect("counts");
    assert_eq!((counts.unsent, counts.unknown), (128 * 100, 0), "for the lists it waits still");
    desk.close();

    let desk = Desk::reopen(dir.path());
    for record in &before {
        let now = self::record(&desk, record.lid.0);
        assert_eq!((now.view, now.flight, now.verify_after_ms), (View::Unknown, Some(flight), Some(9)));
        assert_eq!((&now.desired, &now.base, now.rev, now.echoes.len()), (&record.desired, &record.base, 1, 1));
        assert_eq!(SyncState::of(&now), SyncState::Unknown);
    }
    let status = labelwright::runtime::status(dir.path()).expect("a status");
    assert_eq!((status.unsent, status.unknown), (128 * 99, 128), "whoever asks for it is told what may have arrived");
}

#[test]
fn a_batch_takes_no_row_along_that_is_damaged_or_gone() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a"), add(2, "a")]);
    let records = [record(&desk, 1), record(&desk, 2)];
    desk.close();
    let spoil = "UPDATE annotation SET rev = 7 WHERE lid = ?1";
    let db = rusqlite::Connection::open(dir.path().join("project.db")).expect("the database");
    db.execute(spoil, [LocalId(1).to_string()]).expect("damage");
    drop(db);
    let mut desk = Desk::reopen(dir.path());
    let flight = Some(Flight { verb: Verb::Post, rev: 1, sent_at_ms: 5 });
    let leaving = |r: &Record| RecordUpdate { view: View::Unknown, flight, ..RecordUpdate::beside_base(r) };
    let gone = RecordUpdate { lid: LocalId(404), ..leaving(&records[0]) };
    let updates = vec![leaving(&records[0]), leaving(&records[1]), gone];
    assert_eq!(desk.engine(updates), [LocalId(1), LocalId(404)]);
}

/// Most of what a listing shows is as it was, and need not be parsed.
#[test]
fn what_a_listing_shows_is_the_same_only_where_all_is_at_rest() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let row = |n: u64| labelwright::api::Annotation { id: sid(n), ..wire(n, "a") };
    let records = (1..=5).map(|n| RemoteRecord { lid: LocalId(u128::from(n)), annotation: row(n) }).collect();
    desk.ask(|token| Request::AddRemote { token, records });
    desk.commit(vec![set(2, "a", Some(20))]);
    let sent = Echo { verb: Verb::Patch, rev: 1, sent_at_ms: 5, content: Digest::default() };
    let suspect = RecordUpdate { verify_after_ms: Some(9), echoes: vec![sent], ..RecordUpdate::of(&record(&desk, 3)) };
    assert_eq!(desk.engine(vec![suspect]), []);
    let spoil = "UPDATE annotation SET rev = 7 WHERE lid = ?1";
    let db = rusqlite::Connection::open(dir.path().join("project.db")).expect("the database");
    db.execute(spoil, [LocalId(4).to_string()]).expect("damage");
    let mut changed = row(5);
    changed.created_at = Some("2026-11-26T01:00:00Z".to_owned());
    let listed = [row(1), row(2), row(3), row(4), changed, row(6)];
    let reader = desk.project.reader().expect("a reader");
    let known = reader.known(&listed).expect("a query");
    let as_it_is = |n: u128| Known::As(Box::new(record(&desk, n)));
    let expected = [Known::Same, as_it_is(2), as_it_is(3), Known::No, as_it_is(5), Known::No];
    assert_eq!(known, expected, "same, edited, suspect, damaged, changed there, new");
}
