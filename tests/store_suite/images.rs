//! Which images a filter finds, in which order; and how fast, among 100,000.

use crate::support::{Desk, add, input, sid};
use labelwright::api;
use labelwright::model::image_query::{ImageQuery, ImageSort, SortDirection};
use labelwright::model::{Concept, ConceptId, LocalId};
use labelwright::store::{ConceptRow, InputFilter, Reader, Request};
use labelwright::sync::RemoteRecord;
use std::time::Instant;

fn annotation(n: u32, on: &str, status: u32, concept: &str, worker: &serde_json::Value) -> RemoteRecord {
    let annotation: api::Annotation = serde_json::from_value(serde_json::json!({"id": sid(n.into()), "input_id": on,
        "status": {"code": status}, "worker": worker, "data": {"regions": [{"region_info": {"bounding_box":
        {"top_row": 0.25, "left_col": 0.25, "bottom_row": 0.5, "right_col": 0.5}},
        "data": {"concepts": [{"id": concept, "value": 0.75}]}}]}}))
    .expect("a wire annotation");
    RemoteRecord { lid: LocalId(n.into()), annotation }
}

fn user(id: &str) -> serde_json::Value {
    serde_json::json!({"user": {"id": id}})
}

fn model() -> serde_json::Value {
    serde_json::json!({"model": {"id": "detector", "model_version": {"id": "v1"}}})
}

fn desk(dir: &std::path::Path) -> Desk {
    let mut desk = Desk::new(dir);
    let named =
        |id: &str, name: &str, position| labelwright::store::InputRow { name: name.to_owned(), ..input(id, position) };
    let inputs = vec![named("a", "img10.png", 1), named("b", "img9.PNG", 2), named("c", "other.jpg", 3)];
    desk.ask(|token| Request::PutInputs { token, inputs });
    let concept = Concept { id: ConceptId::from("k1"), name: "Big Cat".to_owned(), color: None };
    let row = ConceptRow { concept, position: 0, hotkey: None, hidden: false, last_used_seq: 0 };
    desk.ask(|token| Request::PutConcepts { token, concepts: vec![row] });
    let records = vec![
        annotation(1, "a", 24151, "k1", &model()),
        annotation(2, "a", 24150, "dog", &user("ann")),
        annotation(3, "b", 24150, "k1", &user("bob")),
        annotation(4, "b", 24151, "dog", &user("bob")),
    ];
    desk.ask(|token| Request::AddRemote { token, records });
    desk.commit(vec![add(5, "b")]);
    desk
}

fn found(reader: &Reader, text: &str) -> String {
    let query = ImageQuery::parse(text).expect(text);
    let ids = reader.find_images(&query, ImageSort::Added, SortDirection::Up, "ann").expect("an answer");
    ids.iter().map(|id| id.as_str()).collect()
}

#[test]
fn a_filter_finds_the_images_that_it_describes() {
    let dir = tempfile::tempdir().expect("a directory");
    let desk = desk(dir.path());
    let reader = desk.project.reader().expect("a reader");
    for (text, wanted) in [
        ("", "abc"),
        ("IMG", "ab"),
        ("name:*.png", "ab"),
        ("-name:*.png", "c"),
        ("id:b", "b"),
        ("concept:k1", "ab"),
        ("concept:\"big cat\"", "ab"),
        ("concept:big*", "ab"),
        ("concept:k1 status:pending", "a"),
        ("status:pending concept:dog", "b"),
        ("concept:k1 status:pending concept:dog worker:me", "a"),
        ("worker:model", "a"),
        ("worker:user", "ab"),
        ("worker:me", "ab"), // ann's on a; on b one that was just drawn here
        ("worker:bob", "b"),
        ("-worker:bob", "ac"),
        ("kind:box", "ab"),
        ("kind:mask", ""),
        ("score>0.5", "ab"),
        ("score>80%", ""),
        ("n=0", "c"),
        ("unlabelled", "c"),
        ("n>2", "b"),
        ("open", "ab"),
        ("unsent", "b"),
        ("-unsent", "ac"),
        ("conflict", ""),
        ("refused", ""),
        ("concept:nothing", ""),
        ("img concept:dog n<3", "a"),
    ] {
        assert_eq!(found(&reader, text), wanted, "{text}");
    }
}

#[test]
fn the_list_can_be_ordered() {
    let dir = tempfile::tempdir().expect("a directory");
    let desk = desk(dir.path());
    let reader = desk.project.reader().expect("a reader");
    let ordered = |sort, direction| -> String {
        let ids = reader.find_images(&ImageQuery::default(), sort, direction, "").expect("an answer");
        ids.iter().map(|id| id.as_str()).collect()
    };
    assert_eq!(ordered(ImageSort::Name, SortDirection::Up), "bac", "9 before 10");
    assert_eq!(ordered(ImageSort::Added, SortDirection::Down), "cba");
    assert_eq!(ordered(ImageSort::Annotations, SortDirection::Up), "cab");
    assert_eq!(ordered(ImageSort::Annotations, SortDirection::Down), "bac");
    assert_eq!(ordered(ImageSort::Newest, SortDirection::Down), "bac");
    assert_eq!(ordered(ImageSort::Open, SortDirection::Down).chars().last(), Some('c'));
}

#[test]
fn among_a_hundred_thousand_images() {
    const IMAGES: u32 = 100_000;
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let inputs = (0..IMAGES)
        .map(|n| labelwright::store::InputRow {
            name: format!("image {n}.jpg"),
            ..input(&format!("i{n}"), i64::from(n))
        })
        .collect();
    desk.ask(|token| Request::PutInputs { token, inputs });
    let (one, other) = (model(), user("bob"));
    for batch in 0..10 {
        let records = (0..IMAGES / 5)
            .map(|k| {
                let n = batch * (IMAGES / 5) + k;
                let (status, worker) = if n.is_multiple_of(7) { (24151, &one) } else { (24150, &other) };
                annotation(n, &format!("i{}", n % IMAGES), status, ["cat", "dog", "emu"][n as usize % 3], worker)
            })
            .collect();
        desk.ask(|token| Request::AddRemote { token, records });
    }
    let reader = desk.project.reader().expect("a reader");
    for text in ["", "99", "name:*9.jpg", "n>1", "unsent", "concept:cat status:pending worker:model", "-concept:dog"] {
        let query = ImageQuery::parse(text).expect(text);
        for sort in [ImageSort::Added, ImageSort::Name] {
            let began = Instant::now();
            let n = reader.find_images(&query, sort, SortDirection::Up, "ann").expect("an answer").len();
            println!("{text:?} by {}: {n} of {IMAGES} images in {:?}", sort.text(), began.elapsed());
        }
    }
    let began = Instant::now();
    let (listed, counted) = (reader.inputs(&InputFilter::default()), reader.counts());
    println!("the list with its counts: {:?}", began.elapsed());
    assert_eq!(listed.expect("images").len() as u64, counted.expect("counts").images);
    let query = ImageQuery::parse("concept:cat status:pending").expect("a query");
    let n = reader.find_images(&query, ImageSort::Added, SortDirection::Up, "ann").expect("an answer").len();
    // 21 divides n for those: a third of a seventh of 200,000, no two of them on one image.
    assert_eq!(n, (0..2 * IMAGES).filter(|n| n.is_multiple_of(21)).count());
}
