//! The review at 10,000 pending annotations over 2,000 images: how long the queue takes by each filter, and how many
//! decisions a second the program takes without a window. Prints, asserts no times.
//!
//! `cargo bench --bench review`

use labelwright::api::{Annotation, AnnotationApi as _, Input};
use labelwright::model::{ConceptId, InputId, LocalId, Status};
use labelwright::runtime::{Event, Link, Opening, start};
use labelwright::server::{AppName, LocalApi, ServerConfig, Strictness};
use labelwright::store::{
    Binding, InputRow, InputSource, InputState, NewProject, PixelSize, Project, QueueFilter, QueueOrder, Request,
    Sample, StoreEvent, Whose,
};
use labelwright::sync::RemoteRecord;
use labelwright::ui::editor::Editor;
use labelwright::ui::review::Decision;
use labelwright::ui::review::many::What;
use serde_json::json;
use std::path::Path;
use std::sync::mpsc::channel;
use std::task::Waker;
use std::time::{Duration, Instant};

const IMAGES: usize = 2_000;
const PENDING: usize = 10_000;
/// Annotations that are decided already and lie beside the others.
const DECIDED: usize = 10_000;
const DECISIONS: usize = 1_000;

fn proposal(n: usize) -> Annotation {
    let at = (n * 7 % 900) as f64 / 1000.0;
    let status = if n < PENDING { 24151 } else { 24150 };
    let day = 1 + n % 28;
    serde_json::from_value(json!({
        "id": format!("{n:032x}"), "input_id": format!("in{:04}", n % IMAGES), "status": {"code": status},
        "created_at": format!("2026-01-{day:02}T10:00:00Z"),
        "worker": {"model": {"id": "detector", "model_version": {"id": format!("v{}", n % 3)}}},
        "data": {"regions": [{
            "region_info": {"bounding_box": {"top_row": at, "left_col": at, "bottom_row": at + 0.05, "right_col": at + 0.08}},
            "data": {"concepts": [{"id": format!("c{}", n % 20), "value": (1 + n % 98) as f64 / 100.0}]}}]}}))
    .expect("an annotation")
}

fn input(n: usize) -> InputRow {
    InputRow {
        id: InputId(format!("in{n:04}")),
        name: format!("image {n:04}.jpg"),
        size: Some(PixelSize { width_px: 640, height_px: 480 }),
        orientation: Some(1),
        source: InputSource::Path("none.jpg".into()),
        position: i64::try_from(n).expect("small"),
        state: InputState { on_server: true, ..InputState::default() },
    }
}

/// A project with these annotations, as after a pull.
fn project(dir: &Path, annotations: Vec<Annotation>) {
    let binding = Binding::Bundled { owner: "alice".to_owned(), app: "demo".to_owned() };
    let opened = Project::create(dir, &NewProject { name: "Bench".to_owned(), binding }, 1).expect("a project");
    let (events, told) = channel();
    let store = opened.project.start(events, Waker::noop().clone()).expect("the store");
    store.send(Request::PutInputs { token: 1, inputs: (0..IMAGES).map(input).collect() }).expect("sent");
    let began = Instant::now();
    let records = annotations.into_iter().enumerate();
    let records: Vec<RemoteRecord> =
        records.map(|(n, annotation)| RemoteRecord { lid: LocalId(n as u128 + 1), annotation }).collect();
    let mut left = 1;
    for (token, records) in (2..).zip(records.chunks(1000)) {
        store.send(Request::AddRemote { token, records: records.to_vec() }).expect("sent");
        left += 1;
    }
    while left > 0 {
        match told.recv().expect("an answer") {
            StoreEvent::Done { .. } | StoreEvent::RemoteAdded { .. } => left -= 1,
            other => panic!("{other:?}"),
        }
    }
    println!("{} annotations on {IMAGES} images written in {:.2} s", records.len(), began.elapsed().as_secs_f64());
    store.shutdown();
}

/// Fills the data of a bundled server; the annotations as the server made them.
fn served(server_dir: &Path) -> Vec<Annotation> {
    let config = ServerConfig {
        data_dir: server_dir.to_owned(),
        listen: "127.0.0.1:0".parse().expect("an address"),
        apps: vec![AppName::parse("alice/demo").expect("an app")],
        keys: Vec::new(),
        personality: Strictness::default(),
        host_names: Vec::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let api = LocalApi::open(&config).expect("the server's data");
    let inputs: Vec<Input> = (0..IMAGES)
        .map(|n| {
            let image =
                json!({"url": format!("https://images.invalid/{n}.jpg"), "image_info": {"width": 640, "height": 480}});
            serde_json::from_value(json!({"id": format!("in{n:04}"), "data": {"image": image}})).expect("an input")
        })
        .collect();
    for inputs in inputs.chunks(100) {
        runtime.block_on(api.post_inputs(inputs)).expect("answered");
    }
    let proposals: Vec<Annotation> = (0..PENDING + DECIDED).map(proposal).collect();
    let posted =
        proposals.chunks(128).flat_map(|some| runtime.block_on(api.post_annotations(some)).expect("answered").items);
    posted.collect()
}

/// The middle of 15 runs, in milliseconds, and how many rows.
fn measure<T>(run: impl Fn() -> Vec<T>) -> (f64, usize) {
    let mut times: Vec<f64> = Vec::new();
    let mut rows = 0;
    for _ in 0..15 {
        let began = Instant::now();
        rows = run().len();
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    (times[7], rows)
}

fn queue(dir: &Path) {
    let reader = Project::open(dir, 2).expect("it opens").project.reader().expect("a reader");
    let all = QueueFilter::default;
    let filters: [(&str, QueueFilter); 11] = [
        ("everything open, by image", all()),
        ("by score", QueueFilter { order: QueueOrder::Score, ..all() }),
        ("by concept", QueueFilter { order: QueueOrder::Concept, ..all() }),
        ("by area", QueueFilter { order: QueueOrder::Area, ..all() }),
        ("by age", QueueFilter { order: QueueOrder::Age, ..all() }),
        ("of one concept", QueueFilter { concept: Some(ConceptId::from("c7")), ..all() }),
        ("of one model version", QueueFilter { model_version: Some("v2".to_owned()), ..all() }),
        ("score 0 to 50 %", QueueFilter { score_max: Some(0.5), ..all() }),
        ("in a week", QueueFilter { since: "2026-01-08".to_owned(), until: "2026-01-14".to_owned(), ..all() }),
        ("image name", QueueFilter { image_name: "image 00".to_owned(), ..all() }),
        (
            "not mine, 10 % at random",
            QueueFilter { whose: Whose::NotMine, sample: Some(Sample { percent: 10.0, seed: 1 }), ..all() },
        ),
    ];
    for (name, filter) in filters {
        let (ms, rows) = measure(|| reader.review_queue(&filter, "alice").expect("a queue"));
        println!("queue, {name}: {rows} rows in {ms:.1} ms");
    }
    let (ms, _) = measure(|| reader.review_tally().expect("counts").by_concept);
    println!("counts by status, concept and worker: {ms:.1} ms");
    let (ms, _) = measure(|| reader.statistics().expect("statistics").stock);
    println!("statistics: {ms:.1} ms");
}

/// Sends what the editor wants to leave, and takes in what it is told, until it is so.
fn until(editor: &mut Editor, link: &Link, so: impl Fn(&Editor) -> bool) {
    let end = Instant::now() + Duration::from_secs(600);
    loop {
        for request in editor.outbox.drain(..) {
            link.requests.send(request).expect("the session lives");
        }
        if so(editor) {
            return;
        }
        assert!(Instant::now() < end, "waited in vain; {:?}, {:?}", editor.notices, editor.sync);
        if let Ok(event) = link.events.recv_timeout(Duration::from_millis(20)) {
            editor.take(event);
        }
    }
}

fn is_up(editor: &Editor) -> bool {
    let up = editor.review.as_ref().and_then(|review| review.current());
    up.is_some_and(|row| editor.document.get(row.lid).is_some())
}

fn decisions(dir: &Path) {
    let link = start(Opening::Project(dir.to_owned()), Waker::noop()).expect("threads");
    let opened = loop {
        match link.events.recv_timeout(Duration::from_secs(60)).expect("told") {
            Event::Opened(opened) => break *opened,
            Event::OpenFailed(why) => panic!("{why}"),
            _ => {}
        }
    };
    let mut editor = Editor::new(opened);
    let began = Instant::now();
    editor.toggle_review();
    until(&mut editor, &link, is_up);
    println!("from R to the first item: {:.1} ms", began.elapsed().as_secs_f64() * 1000.0);

    let began = Instant::now();
    let mut waited: Vec<f64> = Vec::new();
    for n in 0..DECISIONS {
        editor.decide(if n % 3 == 0 { Decision::Reject } else { Decision::Accept });
        let decided = Instant::now();
        until(&mut editor, &link, is_up);
        waited.push(decided.elapsed().as_secs_f64() * 1000.0);
    }
    let secs = began.elapsed().as_secs_f64();
    until(&mut editor, &link, Editor::is_saved);
    let saved = began.elapsed().as_secs_f64();
    waited.sort_by(f64::total_cmp);
    println!(
        "{DECISIONS} decisions, a key each, in {secs:.2} s: {:.0} a minute; all on disk after {saved:.2} s",
        f64::from(u32::try_from(DECISIONS).expect("small")) / secs * 60.0
    );
    println!("until the next item is loaded: middle {:.2} ms, 99 of 100 within {:.2} ms", waited[500], waited[990]);

    let plan = editor.plan_all(What::Decide(Decision::Accept)).expect("a plan");
    let (n, images) = (plan.lids.len(), plan.images);
    let began = Instant::now();
    editor.carry_out_plan(plan);
    let asked = began.elapsed().as_secs_f64() * 1000.0;
    until(&mut editor, &link, |editor| editor.review.as_ref().is_some_and(|review| review.left() == 0));
    let made = began.elapsed().as_secs_f64();
    println!("accepting {n} on {images} images at once: {asked:.1} ms on the frame, on disk after {made:.2} s");
    let began = Instant::now();
    editor.review_undo();
    let asked = began.elapsed().as_secs_f64() * 1000.0;
    until(&mut editor, &link, |editor| editor.review.as_ref().is_some_and(|review| review.left() >= n));
    let made = began.elapsed().as_secs_f64();
    println!("taking it back: {asked:.1} ms on the frame, on disk after {made:.2} s");
    let open = |editor: &Editor| {
        editor.review.as_ref().map(|r| r.rows.iter().filter(|row| row.status == Status::Pending).count())
    };
    assert_eq!(open(&editor), Some(n), "all of it is back");
    let began = Instant::now();
    until(&mut editor, &link, |editor| editor.sync.unsent + editor.sync.sending + editor.sync.unknown == 0);
    println!("and the server has all of it {:.2} s later", began.elapsed().as_secs_f64());
    assert_eq!((editor.sync.problems, editor.sync.conflicts), (0, 0), "the server took every decision");
}

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    // The server dates what it is given, so that the queue is measured on a project that no server has seen.
    let dated = dir.path().join("dated");
    project(&dated, (0..PENDING + DECIDED).map(proposal).collect());
    queue(&dated);
    let (project_dir, server_dir) = (dir.path().join("served"), dir.path().join("server"));
    project(&project_dir, served(&server_dir));
    std::fs::remove_dir_all(project_dir.join("server")).ok();
    std::fs::rename(server_dir, project_dir.join("server")).expect("the server's data in its place");
    decisions(&project_dir);
}
