//! Which images a filter finds, in which order; and how fast, among 100,000.

use crate::support::{Desk, add, input, set, sid};
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

/// What one annotation is like.
#[derive(Clone)]
struct Kind {
    on: String,
    status: u32,
    concept: &'static str,
    is_model: bool,
}

/// Images of which some have hundreds of the same annotations, so that they are stepped over, and some none of a kind.
fn kinds(random: &mut fastrand::Rng) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for (image, concept, status, count) in [
        ("a", "cat", 24150, 300),
        ("b", "cat", 24150, 300),
        ("b", "dog", 24151, 200),
        ("c", "dog", 24150, 500),
        ("c", "emu", 24158, 33),
        ("d", "emu", 24150, 32),
        ("d", "fox", 24150, 1),
        ("e", "cat", 24151, 31),
    ] {
        let one = Kind { on: image.to_owned(), status, concept, is_model: count == 500 };
        kinds.extend(vec![one; count]);
    }
    for _ in 0..200 {
        kinds.push(Kind {
            on: random.choice(["f", "g", "h"]).expect("some").to_owned(),
            status: random.choice([24150, 24151, 24157, 24158, 24161]).expect("some"),
            concept: random.choice(["cat", "dog", "emu", "fox", "gnu"]).expect("some"),
            is_model: random.bool(),
        });
    }
    random.shuffle(&mut kinds);
    kinds
}

#[test]
fn a_filter_finds_the_same_whether_many_annotations_are_alike_or_few() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let inputs = names.iter().zip(1..).map(|(name, place)| input(name, place)).collect();
    desk.ask(|token| Request::PutInputs { token, inputs });
    let mut kinds = kinds(&mut fastrand::Rng::with_seed(5));
    let (one, other) = (model(), user("bob"));
    let records = (0..)
        .zip(&kinds)
        .map(|(n, kind)| annotation(n, &kind.on, kind.status, kind.concept, if kind.is_model { &one } else { &other }));
    let records = records.collect();
    desk.ask(|token| Request::AddRemote { token, records });
    let looked = |kinds: &[Kind], reader: &Reader| {
        let having = |test: &dyn Fn(&Kind) -> bool| -> String {
            names.iter().filter(|name| kinds.iter().any(|kind| kind.on == **name && test(kind))).copied().collect()
        };
        for concept in ["cat", "dog", "emu", "fox", "gnu"] {
            let wanted = having(&|kind| kind.concept == concept);
            assert_eq!(found(reader, &format!("concept:{concept}")), wanted, "{concept}");
            let without: String = names.iter().filter(|name| !wanted.contains(**name)).copied().collect();
            assert_eq!(found(reader, &format!("-concept:{concept}")), without, "none of {concept}");
            let pending = having(&|kind| kind.concept == concept && kind.status == 24151);
            assert_eq!(found(reader, &format!("concept:{concept} status:pending")), pending, "pending {concept}");
            let made = having(&|kind| kind.concept == concept && kind.is_model);
            assert_eq!(found(reader, &format!("concept:{concept} worker:model")), made, "a model's {concept}");
            let both: String =
                pending.chars().filter(|name| having(&|kind| kind.concept == "dog").contains(*name)).collect();
            assert_eq!(found(reader, &format!("concept:{concept} status:pending concept:dog")), both, "and a dog");
        }
        assert_eq!(found(reader, "concept:*"), having(&|_| true), "any");
        assert_eq!(found(reader, "concept:?o? -status:denied"), {
            let fits = having(&|kind| ["dog", "fox"].contains(&kind.concept));
            let denied = having(&|kind| kind.status == 24158);
            fits.chars().filter(|name| !denied.contains(*name)).collect::<String>()
        });
    };
    let reader = desk.project.reader().expect("a reader");
    looked(&kinds, &reader);
    // What is deleted here is found no more, though the server still has it.
    for n in (0..kinds.len()).rev().filter(|n| kinds[*n].on == "c" && kinds[*n].concept == "emu").collect::<Vec<_>>() {
        let gone = set(n as u64, "c", None);
        desk.commit(vec![gone]);
        kinds.remove(n);
    }
    looked(&kinds, &reader);
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
