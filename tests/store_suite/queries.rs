//! What lists, the review queue and counts show; and how fast.

use crate::support::{Desk, NOW_MS, add, input, sid, wire};
use labelwright::api;
use labelwright::geometry::Size;
use labelwright::model::{Concept, ConceptId, Edit, EntryKind, InputId, LocalId, Status, Worker};
use labelwright::store::{
    ConceptRow, FarCommit, FarWhat, InputFilter, Project, QueueFilter, QueueOrder, Request, Sample, StoreEvent, Whose,
};
use labelwright::sync::{Key, RemoteRecord, model_from_wire};
use std::time::{Duration, Instant};

fn proposal(input: &str, status: u32, concept: &str, score: f64) -> api::Annotation {
    serde_json::from_value(serde_json::json!({"input_id": input, "status": {"code": status},
        "worker": {"model": {"id": "detector", "model_version": {"id": "v1"}}}, "data": {"regions": [{
        "region_info": {"polygon": {"points": [{"row": 0.25, "col": 0.5}, {"row": 0.75, "col": 0.5}, {"row": 0.5, "col": 1.0}]}},
        "data": {"concepts": [{"id": concept, "value": score}]}}]}}))
    .expect("a wire annotation")
}

#[test]
fn the_review_queue_goes_by_image_and_score() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.ask(|token| Request::PutInputs { token, inputs: vec![input("late", 2), input("early", 1)] });
    let rows = [
        (1, "late", 24151, "cat", 0.9),
        (2, "early", 24151, "big cat", 0.2),
        (3, "early", 24157, "cat", 0.75),
        (4, "early", 24150, "cat", 0.8),
        (5, "nowhere", 24159, "dog", 0.5),
        (6, "early", 24158, "dog", 0.5),
    ];
    let records = rows.map(|(n, on, status, concept, score)| {
        let mut annotation = proposal(on, status, concept, score);
        annotation.id = sid(n);
        RemoteRecord { lid: LocalId(n.into()), annotation }
    });
    desk.ask(|token| Request::AddRemote { token, records: records.to_vec() });
    desk.commit(vec![add(7, "early")]);
    let reader = desk.project.reader().expect("a reader");
    let lids = |filter: QueueFilter| -> Vec<u128> {
        reader.review_queue(&filter, "ann").expect("a queue").iter().map(|row| row.lid.0).collect()
    };
    assert_eq!(lids(QueueFilter::default()), [3, 2, 7, 1, 5]);
    assert_eq!(lids(QueueFilter { concept: Some("cat".into()), ..Default::default() }), [3, 1], "whole ids only");
    assert_eq!(lids(QueueFilter { statuses: vec![Status::ReviewDenied], ..Default::default() }), [6]);
    assert_eq!(lids(QueueFilter { worker: Some(Worker::Me), ..Default::default() }), [7]);
    let detector = Worker::Model { id: "detector".into(), version: String::new() };
    assert_eq!(
        lids(QueueFilter { worker: Some(detector.clone()), score_min: Some(0.6), ..Default::default() }),
        [3, 1]
    );
    assert_eq!(lids(QueueFilter { score_max: Some(0.3), ..Default::default() }), [2]);
    assert_eq!(lids(QueueFilter { input: Some("late".into()), ..Default::default() }), [1]);
    let row = &reader.review_queue(&QueueFilter::default(), "ann").expect("a queue")[0];
    let first = Worker::Model { id: "detector".into(), version: "v1".into() };
    assert_eq!((row.status, &row.worker, row.score), (Status::AwaitingReview, &first, Some(0.75)));
    assert_eq!((row.bounds_norm, row.concepts.as_slice()), (Some([0.5, 0.25, 1.0, 0.75]), &["cat".into()][..]));
    let used = reader.concept_use().expect("concepts");
    assert_eq!((used[&"cat".into()], used[&"dog".into()], used[&"big cat".into()]), (3, 3, 1));
}

#[test]
fn the_queue_is_filtered_and_ordered_in_every_way() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.ask(|token| Request::PutInputs { token, inputs: vec![input("Rock", 1), input("pop", 2)] });
    let by = |n: u64, on: &str, worker: serde_json::Value, day: &str, side: f64| {
        let mut annotation: api::Annotation = serde_json::from_value(serde_json::json!({"id": sid(n), "input_id": on,
            "status": {"code": 24151}, "worker": worker, "created_at": format!("{day}T10:00:00Z"), "data": {"regions": [{
            "region_info": {"bounding_box": {"top_row": 0.0, "left_col": 0.0, "bottom_row": side, "right_col": side}},
            "data": {"concepts": [{"id": if n == 3 { "a" } else { "z" }, "value": 0.1 * n as f64}]}}]}}))
        .expect("a wire annotation");
        if n == 4 {
            annotation.status.as_mut().expect("a status").code = api::StatusCode(24999);
        }
        RemoteRecord { lid: LocalId(n.into()), annotation }
    };
    let model = |version: &str| serde_json::json!({"model": {"id": "m", "model_version": {"id": version}}});
    let user = |id: &str| serde_json::json!({"user": {"id": id}});
    let records = vec![
        by(1, "Rock", model("v1"), "2026-01-03", 0.4),
        by(2, "pop", model("v2"), "2026-01-01", 0.1),
        by(3, "pop", user("ann"), "2026-01-02", 0.2),
        by(4, "nowhere", user("bob"), "2026-01-04", 0.3),
        by(5, "nowhere", user("bob"), "2026-01-05", 0.5),
    ];
    desk.ask(|token| Request::AddRemote { token, records });
    let reader = desk.project.reader().expect("a reader");
    let lids = |filter: QueueFilter| -> Vec<u128> {
        reader.review_queue(&filter, "ann").expect("a queue").iter().map(|row| row.lid.0).collect()
    };
    let ordered = |order| lids(QueueFilter { order, ..Default::default() });
    assert_eq!(ordered(QueueOrder::Image), [1, 3, 2, 5], "image by image, those of no image last");
    assert_eq!(ordered(QueueOrder::Score), [1, 2, 3, 5], "the least sure first");
    assert_eq!(ordered(QueueOrder::Concept), [3, 1, 2, 5]);
    assert_eq!(ordered(QueueOrder::Area), [2, 3, 1, 5], "the smallest first");
    assert_eq!(ordered(QueueOrder::Age), [2, 3, 1, 5], "the oldest first");
    assert_eq!(lids(QueueFilter { model_version: Some("v2".into()), ..Default::default() }), [2]);
    assert_eq!(lids(QueueFilter { image_name: "ROCK".into(), ..Default::default() }), [1]);
    assert_eq!(lids(QueueFilter { image_name: "nowhere".into(), ..Default::default() }), [5], "by its id");
    assert_eq!(lids(QueueFilter { whose: Whose::Mine, ..Default::default() }), [3]);
    assert_eq!(lids(QueueFilter { whose: Whose::AssignedToMe, ..Default::default() }), [3]);
    assert_eq!(lids(QueueFilter { whose: Whose::NotMine, ..Default::default() }), [1, 2, 5]);
    let (since, until) = ("2026-01-02".to_owned(), "2026-01-03".to_owned());
    assert_eq!(lids(QueueFilter { since, until, ..Default::default() }), [1, 3]);
    assert_eq!(lids(QueueFilter { area_min: Some(0.03), area_max: Some(0.2), ..Default::default() }), [1, 3]);
    assert_eq!(
        lids(QueueFilter { statuses: vec![Status::Other(24999)], ..Default::default() }),
        [4],
        "an unknown status"
    );
    assert_eq!(lids(QueueFilter { sample: Some(Sample { percent: 0.0, seed: 1 }), ..Default::default() }), []);
    let row = &reader.review_queue(&QueueFilter::default(), "ann").expect("a queue")[0];
    assert_eq!(row.worker, Worker::Model { id: "m".into(), version: "v1".into() }, "with its version");
    let tally = reader.review_tally().expect("counts");
    assert_eq!(tally.by_status, [(Status::Pending, 4), (Status::Other(24999), 1)]);
    let of =
        |id: &str| tally.by_concept.iter().find(|(concept, _)| concept.as_str() == id).map(|(_, of)| (of.open, of.all));
    assert_eq!((of("z"), of("a")), (Some((3, 4)), Some((1, 1))));
    let bob = tally.by_worker.iter().find(|(worker, _)| *worker == Worker::User("bob".into())).map(|(_, of)| of.open);
    assert_eq!((tally.by_worker.len(), bob), (3, Some(1)), "both versions of the model are one");
}

#[test]
fn a_damaged_row_is_in_the_queue_and_does_not_block_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a"), add(2, "a")]);
    desk.close();
    let db = dir.path().join("project.db");
    let conn = rusqlite::Connection::open(&db).expect("the database");
    conn.execute("UPDATE annotation SET desired_json = '{broken' WHERE lid = ?1", [LocalId(1).to_string()])
        .expect("damage");
    drop(conn);
    let mut desk = Desk::reopen(dir.path());
    let reader = desk.project.reader().expect("a reader");
    let filter = QueueFilter { order: QueueOrder::Age, ..Default::default() };
    assert_eq!(reader.review_queue(&filter, "").expect("a queue").len(), 2, "listed all the same");
    assert_eq!(reader.statistics().expect("statistics").stock.iter().map(|row| row.annotations).sum::<u64>(), 2);
    // A decision about both decides about the one that can be believed.
    let (changes, passed_over) = far(&mut desk, accept(&[1, 2]), EntryKind::Do);
    assert_eq!((changes.len(), passed_over), (1, 1));
}

fn accept(lids: &[u128]) -> Edit {
    Edit::Batch(lids.iter().map(|lid| Edit::SetStatus { lid: LocalId(*lid), status: Status::Success }).collect())
}

/// Makes an edit in the store; what it changed and how much it passed over.
fn far(desk: &mut Desk, edit: Edit, kind: EntryKind) -> (Vec<labelwright::model::Change>, usize) {
    far_step(desk, FarWhat::Edit(edit), kind)
}

fn far_step(desk: &mut Desk, what: FarWhat, kind: EntryKind) -> (Vec<labelwright::model::Change>, usize) {
    desk.seq += 1;
    let spare_sids = (0..10).map(|n| sid(desk.seq * 100 + n)).collect();
    desk.send(Request::FarCommit(Box::new(FarCommit {
        seq: desk.seq,
        at_ms: NOW_MS,
        kind,
        title: "far".into(),
        what,
        spare_sids,
    })));
    match desk.next() {
        StoreEvent::FarDurable { seq, changes, passed_over, records } if seq == desk.seq => {
            assert_eq!(records.len(), changes.len(), "a record for each");
            (changes, passed_over)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_edit_of_many_images_is_one_step_that_is_taken_back_as_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.ask(|token| Request::PutInputs { token, inputs: vec![input("a", 1), input("b", 2)] });
    desk.commit((1..=6).map(|n| add(n, ["a", "b", "of no size"][n as usize % 3])).collect());
    let reader = desk.project.reader().expect("a reader");
    let open =
        |reader: &labelwright::store::Reader| reader.review_queue(&QueueFilter::default(), "").expect("a queue").len();
    let before: Vec<_> =
        (1..=6).map(|n| reader.record(LocalId(n)).expect("a record").and_then(|r| r.desired)).collect();
    assert_eq!(open(&reader), 6);
    let (changes, passed_over) = far(&mut desk, accept(&[1, 2, 3, 4, 5, 6, 77]), EntryKind::Do);
    assert_eq!((changes.len(), passed_over), (6, 1), "the one that is gone keeps none from being decided");
    assert_eq!(open(&reader), 0, "decided");
    let of = desk.seq;
    let (taken_back, _) = far_step(&mut desk, FarWhat::Inverse(of), EntryKind::Undo(of));
    assert_eq!(taken_back.len(), 6, "from the journal");
    assert_eq!(open(&reader), 6, "taken back");
    let after: Vec<_> = (1..=6).map(|n| reader.record(LocalId(n)).expect("a record").and_then(|r| r.desired)).collect();
    assert_eq!(after, before, "to the bit, also where the image's size is not known");
    let history = reader.history(None, 10).expect("a journal").rows;
    assert_eq!(history.iter().map(|e| e.kind).collect::<Vec<_>>(), [EntryKind::Do, EntryKind::Do, EntryKind::Undo(of)]);
    let days = reader.statistics().expect("statistics").days;
    let sums: Vec<_> = days.iter().map(|row| (row.status, row.decisions)).collect();
    assert_eq!(sums, [(Status::Success, 0)], "what was taken back is no decision: {days:?}");
    // What is done already changes nothing and is no step.
    let (changes, _) = far(&mut desk, Edit::SetStatus { lid: LocalId(1), status: Status::Pending }, EntryKind::Do);
    assert_eq!(changes, []);
    assert_eq!(reader.history(None, 10).expect("a journal").rows.len(), 3);
}

#[test]
fn a_copy_for_another_image_is_added_where_no_window_looks() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.ask(|token| Request::PutInputs { token, inputs: vec![input("a", 1)] });
    let (changes, _) =
        far(&mut desk, Edit::Add(Box::new(crate::support::pixels(LocalId(9), &"a".into(), 3))), EntryKind::Do);
    assert_eq!(changes.len(), 1);
    let record = desk.project.reader().expect("a reader").record(LocalId(9)).expect("a query").expect("a record");
    assert_eq!(record.sid, sid(desk.seq * 100), "with a fresh id");
}

#[test]
fn images_are_listed_in_parts_and_by_text() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let inputs = (0..50).map(|n| input(&format!("img{n:02}"), 50 - n)).collect();
    desk.ask(|token| Request::PutInputs { token, inputs });
    let reader = desk.project.reader().expect("a reader");
    let ids = |filter: InputFilter| -> Vec<InputId> {
        reader.inputs(&filter).expect("inputs").into_iter().map(|row| row.id).collect()
    };
    assert_eq!(ids(InputFilter { offset: 1, limit: Some(2), ..Default::default() }), ["img48".into(), "img47".into()]);
    assert_eq!(ids(InputFilter { text: "G07.J".into(), ..Default::default() }), ["img07".into()]);
    assert_eq!(ids(InputFilter { text: "%".into(), ..Default::default() }), [], "no wildcards");
    assert_eq!(reader.input(&"img07".into()).expect("a query").map(|row| row.position), Some(43));
    assert_eq!(reader.next_numbers().expect("numbers").input_position, 51);
    // The same one again: replaced, not doubled.
    desk.ask(|token| Request::PutInputs { token, inputs: vec![input("img07", 0)] });
    assert_eq!(ids(InputFilter { limit: Some(1), ..Default::default() }), ["img07".into()]);
    assert_eq!(reader.counts().expect("counts").images, 50);
}

#[test]
fn concepts_keep_colour_key_and_place() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let row = |id: &str, position, color| ConceptRow {
        concept: Concept { id: ConceptId::from(id), name: format!("the {id}"), color },
        position,
        hotkey: Some("1".to_owned()),
        hidden: position > 1,
        last_used_seq: 7,
    };
    let rows = vec![row("cat'; DROP TABLE concept; --", 2, Some([1, 255, 0])), row("dog", 1, None)];
    desk.ask(|token| Request::PutConcepts { token, concepts: rows.clone() });
    let reader = desk.project.reader().expect("a reader");
    assert_eq!(reader.concepts().expect("concepts"), [rows[1].clone(), rows[0].clone()]);
    desk.ask(|token| Request::RemoveConcepts { token, ids: vec!["dog".into()] });
    assert_eq!(reader.concepts().expect("concepts").len(), 1);
}

/// Prints what it measures.
#[test]
fn a_hundred_thousand_annotations_come_in_and_load() {
    const ALL: u64 = 100_000;
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let mut records: Vec<RemoteRecord> = (0..ALL)
        .map(|n| {
            let mut annotation = wire(n, "a");
            annotation.id = sid(n);
            RemoteRecord { lid: LocalId(u128::from(n)), annotation }
        })
        .collect();
    let start = Instant::now();
    for token in 0..100 {
        let rest = records.split_off(records.len().min(1000));
        desk.send(Request::AddRemote { token, records: std::mem::replace(&mut records, rest) });
    }
    for _ in 0..100 {
        assert!(matches!(desk.next(), StoreEvent::RemoteAdded { .. }));
    }
    println!("import of {ALL}: {:?}", start.elapsed());
    let reader = desk.project.reader().expect("a reader");
    let start = Instant::now();
    let loaded = reader.annotations_of(&"a".into()).expect("records");
    println!("load of {ALL} records: {:?}", start.elapsed());
    let start = Instant::now();
    let size = Size { width: 640.0, height: 480.0 };
    let mut shown = Vec::new();
    let damaged = reader
        .each_shown_on(&"a".into(), |lid, wire| shown.push(model_from_wire(&wire, lid, size)))
        .expect("annotations");
    println!("load of {ALL} into the model: {:?}", start.elapsed());
    assert_eq!((shown.len() as u64, damaged.len()), (ALL, 0));
    drop(shown);
    assert_eq!((loaded.rows.len() as u64, loaded.damaged.len()), (ALL, 0));
    let start = Instant::now();
    assert_eq!(reader.counts().expect("counts").annotations, ALL);
    println!("counts: {:?}", start.elapsed());
    let start = Instant::now();
    assert_eq!(reader.review_queue(&QueueFilter::default(), "ann").expect("a queue").len() as u64, ALL);
    println!("review queue of all: {:?}", start.elapsed());
    let start = Instant::now();
    assert!(reader.check().expect("a check").is_good());
    println!("full check: {:?}", start.elapsed());
    let mut commits: Vec<Duration> = (0..200)
        .map(|n| {
            let start = Instant::now();
            desk.commit(vec![add(ALL + n, "a")]);
            start.elapsed()
        })
        .collect();
    commits.sort();
    println!("commit: p50 {:?}, p99 {:?}", commits[100], commits[198]);
    let start = Instant::now();
    desk.close();
    println!("close: {:?}", start.elapsed());
    let start = Instant::now();
    let project = Project::open(dir.path(), NOW_MS).expect("it opens").project;
    println!(
        "open: {:?}, file {} bytes",
        start.elapsed(),
        std::fs::metadata(project.dir().join("project.db")).expect("it").len()
    );
}

#[test]
fn an_image_of_thousands_is_read_in_drawing_order_by_all_cores() {
    let dir = tempfile::tempdir().expect("a directory");
    let desk = Desk::new(dir.path());
    let many: u64 = 3_500;
    let records = (1..=many).map(|n| RemoteRecord {
        lid: LocalId(u128::from(n)),
        annotation: api::Annotation { id: sid(n), ..wire(n, "a") },
    });
    desk.send(Request::AddRemote { token: 1, records: records.collect() });
    assert!(matches!(desk.next(), StoreEvent::RemoteAdded { .. }));
    let reader = desk.project.reader().expect("a reader");
    let mut made = Vec::new();
    let damaged = reader.made_of_each(&"a".into(), |record| record.lid.0, |lid| made.push(lid)).expect("records");
    assert_eq!(made, (1..=u128::from(many)).collect::<Vec<_>>());
    assert_eq!(damaged, []);
    let none = |()| panic!("there is nothing on it");
    assert_eq!(reader.made_of_each(&"b".into(), |_| (), none).expect("records"), []);
}

#[test]
fn keys_are_gone_through_in_parts_without_a_gap() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    // What came from the server, on two images; and what it does not have yet.
    let remote = |n: u64, input: &str| RemoteRecord {
        lid: LocalId(u128::from(n)),
        annotation: api::Annotation { id: sid(n), ..wire(n, input) },
    };
    let records = vec![remote(5, "b"), remote(2, "a"), remote(4, "a"), remote(1, "b")];
    desk.send(Request::AddRemote { token: 1, records });
    assert!(matches!(desk.next(), StoreEvent::RemoteAdded { .. }));
    assert!(matches!(desk.commit(vec![add(3, "a")]), StoreEvent::Durable { .. }));
    let reader = desk.project.reader().expect("a reader");
    for limit in [1, 2, 3, 100] {
        let mut found = Vec::new();
        loop {
            let part = reader.keys_after(found.last(), limit).expect("keys");
            let is_last = part.len() < limit;
            found.extend(part);
            if is_last {
                break;
            }
        }
        let mut of_a: Vec<_> = found.iter().filter(|key| key.input_id == "a").map(|key| key.sid.clone()).collect();
        of_a.sort();
        assert_eq!((found.len(), of_a.len()), (5, 3), "{limit} at once: {found:?}");
        let present = |key: &&Key| reader.is_present(key).expect("a query");
        assert_eq!(found.iter().filter(present).count(), 4, "what was never sent is not on the server");
    }
}
