//! What lists, the review queue and counts show; and how fast.

use crate::support::{Desk, NOW_MS, add, input, sid, wire};
use labelwright::api;
use labelwright::geometry::Size;
use labelwright::model::{Concept, ConceptId, InputId, LocalId, Status, Worker};
use labelwright::store::{ConceptRow, InputFilter, Project, QueueFilter, Request, StoreEvent};
use labelwright::sync::{RemoteRecord, model_from_wire};
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
        reader.review_queue(&filter).expect("a queue").iter().map(|row| row.lid.0).collect()
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
    let row = &reader.review_queue(&QueueFilter::default()).expect("a queue")[0];
    assert_eq!((row.status, &row.worker, row.score), (Status::AwaitingReview, &detector, Some(0.75)));
    assert_eq!((row.bounds_norm, row.concepts.as_slice()), (Some([0.5, 0.25, 1.0, 0.75]), &["cat".into()][..]));
    let used = reader.concept_use().expect("concepts");
    assert_eq!((used[&"cat".into()], used[&"dog".into()], used[&"big cat".into()]), (3, 3, 1));
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

/// Prints what it measures; the bound is generous, for a slow and busy machine.
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
    let took = start.elapsed();
    println!("load of {ALL} records: {took:?}");
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
    assert_eq!(reader.review_queue(&QueueFilter::default()).expect("a queue").len() as u64, ALL);
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
    assert!(took < Duration::from_secs(8), "{took:?}");
}
