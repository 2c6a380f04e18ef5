//! What a large project costs: opening it, its first image, pulling and pushing 100,000 annotations over real HTTP with a
//! server in a process of its own. Prints one line a figure (name, value, unit); asserts no times.
//!
//! `cargo bench --bench project`; `IMAGES=N` for another size than 100,000 images with 20 annotations each,
//! `SYNCED=N` for another number of annotations pulled and pushed; 0 leaves that part out.

use labelwright::api::{self, AnnotationApi as _, UserAppId};
use labelwright::geometry::{Point, Rect};
use labelwright::model::image_query::ImageQuery;
use labelwright::model::{
    Annotation, Change, ConceptId, ConceptLabel, EntryKind, Info, InputId, LocalId, Region, Shape, Status, Worker,
};
use labelwright::remote::{HttpApi, Limits};
use labelwright::runtime::exchange::Progress;
use labelwright::runtime::{Commit, Direction, Event, FindImages, Link, Opening, Request, Sending, settle, start_with};
use labelwright::store::{
    self, Binding, InputRow, InputSource, InputState, NewProject, PixelSize, Project, StoreEvent,
};
use labelwright::sync::RemoteRecord;
use secrecy::SecretString;
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::task::Waker;
use std::time::{Duration, Instant};

/// What is typed into the box above the list of images.
const FILTERS: [(&str, &str); 5] = [
    ("filter_name", "99"),
    ("filter_pattern", "name:*9.jpg"),
    ("filter_concept", "concept:c7"),
    ("filter_not_concept", "-concept:c7"),
    ("filter_two_words", "concept:c7 status:pending"),
];

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const KEY: &str = "bench-key";
const AT_ONCE: usize = 10_000;
const PATIENCE: Duration = Duration::from_secs(600);

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

fn say(name: &str, value: f64, unit: &str) {
    println!("figure {name} {value:.3} {unit}");
}

fn main() {
    // The key of a project comes from the environment, which a program cannot safely change for itself.
    if std::env::var_os("LABELWRIGHT_KEY").is_none() {
        let mut again = Command::new(std::env::current_exe().expect("this program"));
        let status = again.args(std::env::args().skip(1)).env("LABELWRIGHT_KEY", KEY).status().expect("it starts");
        std::process::exit(status.code().unwrap_or(1));
    }
    let dir = tempfile::tempdir().expect("a directory");
    let (images, synced) = (number("IMAGES", 100_000), number("SYNCED", 100_000));
    if images > 0 {
        large_project(&dir.path().join("large"), images);
    }
    if synced > 0 {
        synced_project(dir.path(), synced);
    }
}

/// A project that is bound to a server which does not answer.
fn large_project(dir: &Path, images: usize) {
    let binding = Binding::Remote {
        base_url: "http://127.0.0.1:9".to_owned(),
        user_id: "alice".to_owned(),
        app_id: "demo".to_owned(),
    };
    let new = NewProject { name: "Large".to_owned(), binding };
    let opened = Project::create(dir, &new, 0).expect("a project");
    let (events, told) = channel();
    let store = opened.project.start(events, Waker::noop().clone()).expect("it starts");
    let began = Instant::now();
    for from in (0..images).step_by(AT_ONCE) {
        let inputs = (from..images.min(from + AT_ONCE)).map(input_row).collect();
        store.send(store::Request::PutInputs { token: 1, inputs }).expect("it runs");
        done(&told);
    }
    let mut made = 0;
    for from in (0..images).step_by(AT_ONCE / 20) {
        let records: Vec<RemoteRecord> = (from..images.min(from + AT_ONCE / 20)).flat_map(records_of).collect();
        made += records.len();
        store.send(store::Request::AddRemote { token: 2, records }).expect("it runs");
        done(&told);
    }
    store.shutdown();
    drop(opened);
    println!("made {images} images and {made} annotations in {:.1} s", began.elapsed().as_secs_f64());

    let began = Instant::now();
    let link = open(dir, Sending::WhenISay);
    say("project_open", began.elapsed().as_secs_f64(), "s");
    let began = Instant::now();
    let middle = InputId(format!("image-{:08}", images / 2));
    link.requests.send(Request::LoadImage(middle)).expect("it runs");
    wait(&link, |event| matches!(event, Event::Annotations(_)));
    say("image_load", began.elapsed().as_secs_f64() * 1e3, "ms");
    say("project_memory", resident_mib(), "MiB");
    for (name, text) in FILTERS {
        let mut times: Vec<f64> = (0..5).map(|number| filter(&link, number, text)).collect();
        times.sort_by(f64::total_cmp);
        say(name, times[2] * 1e3, "ms");
    }
}

/// Seconds until the window's filter box is answered.
fn filter(link: &Link, number: u64, text: &str) -> f64 {
    let query = ImageQuery::parse(text).expect(text);
    let began = Instant::now();
    link.requests
        .send(Request::FindImages(Box::new(FindImages { number, query, ..Default::default() })))
        .expect("it runs");
    wait(link, |event| matches!(event, Event::FoundImages(found) if found.number == number));
    began.elapsed().as_secs_f64()
}

fn done(told: &Receiver<StoreEvent>) {
    loop {
        match told.recv_timeout(PATIENCE).expect("it answers") {
            StoreEvent::Done { .. } | StoreEvent::RemoteAdded { .. } => return,
            StoreEvent::Failed { reason, .. } | StoreEvent::Refused { reason, .. } => panic!("{reason}"),
            _ => {}
        }
    }
}

fn input_row(i: usize) -> InputRow {
    InputRow {
        id: InputId(format!("image-{i:08}")),
        name: format!("photo-{i:08}.jpg"),
        size: Some(PixelSize { width_px: 3840, height_px: 2160 }),
        orientation: None,
        source: InputSource::Hosted { url: format!("https://images.invalid/{i}.jpg") },
        position: i64::try_from(i).expect("small"),
        state: InputState { on_server: true, ..InputState::default() },
    }
}

fn records_of(image: usize) -> impl Iterator<Item = RemoteRecord> {
    (0..20_usize).map(move |i| RemoteRecord {
        lid: LocalId((image * 20 + i) as u128 + 1),
        annotation: wire_box(image * 20 + i, &format!("image-{image:08}")),
    })
}

fn wire_box(n: usize, input: &str) -> api::Annotation {
    let at = |k: usize| f64::from(u32::try_from(n * k % 700).expect("small")) / 1000.0;
    serde_json::from_value(json!({"id": format!("{n:032x}"), "input_id": input, "status": {"code": 24150}, "data": {"regions": [
        {"id": format!("r{n}"), "region_info": {"bounding_box": {"top_row": at(7), "left_col": at(13),
        "bottom_row": at(7) + 0.2, "right_col": at(13) + 0.25}}, "data": {"concepts": [{"id": format!("c{}", n % 40), "value": 1}]}}]}}))
    .expect("an annotation")
}

fn open(dir: &Path, sending: Sending) -> Link {
    let link = start_with(Opening::Project(dir.to_owned()), Waker::noop(), Some(sending)).expect("threads");
    wait(&link, |event| match event {
        Event::OpenFailed(reason) => panic!("{reason}"),
        event => matches!(event, Event::Opened(_)),
    });
    link
}

fn wait(link: &Link, mut so: impl FnMut(&Event) -> bool) {
    while !so(&link.events.recv_timeout(PATIENCE).expect("it says something")) {}
}

/// Pull and push with a server in another process.
fn synced_project(dir: &Path, count: usize) {
    let server = serve(&dir.join("server"));
    let runtime = tokio::runtime::Runtime::new().expect("network threads");
    runtime.block_on(fill(&server.url, count));
    let project = dir.join("synced");
    let init = Command::new(env!("CARGO_BIN_EXE_labelwright"))
        .args(["init", "--server", &server.url, "--user", "alice", "--app", "demo", "--project"])
        .arg(&project)
        .status();
    assert!(init.expect("it runs").success(), "the project is made");

    let (began, cpu) = (Instant::now(), cpu_secs());
    let pulled = settle(&project, Direction::Pull, &Progress::silent()).expect("it opens");
    assert_eq!((pulled.report.annotations, pulled.unfinished), (count as u64, None), "all are here");
    say("pull", began.elapsed().as_secs_f64(), "s");
    say("pull_client_cpu", cpu_secs() - cpu, "s");

    let link = open(&project, Sending::WhenISay);
    let began = Instant::now();
    for seq in 1..=count as u64 {
        link.requests.send(Request::Commit(added(seq))).expect("it runs");
    }
    wait(&link, |event| matches!(event, Event::Durable(seq) if *seq == count as u64));
    say("commits_durable", count as f64 / began.elapsed().as_secs_f64(), "per_s");
    drop(link);
    let (began, cpu, calls) = (Instant::now(), cpu_secs(), server.posts());
    let pushed = settle(&project, Direction::Push, &Progress::silent()).expect("it opens");
    assert_eq!((pushed.report.unsent, pushed.unfinished), (0, None), "all are sent");
    say("push", began.elapsed().as_secs_f64(), "s");
    say("push_client_cpu", cpu_secs() - cpu, "s");
    say("push_calls", (server.posts() - calls) as f64, "calls");
}

/// A new box on one of the images, as the window commits it.
fn added(seq: u64) -> Commit {
    let input = InputId(format!("in{}", seq % 1000));
    let at = f64::from(u32::try_from(seq % 1500).expect("small"));
    let rect = Rect::from_corners(Point::new(at, at / 2.0), Point::new(at + 300.0, at / 2.0 + 200.0));
    let lid = LocalId(u128::from(seq) + (1 << 100));
    let after = Annotation {
        lid,
        input: input.clone(),
        region: Some(Region { id: None, shape: Shape::Box(rect) }),
        concepts: vec![ConceptLabel::positive(ConceptId::from("c3"))],
        status: Status::Success,
        worker: Worker::Me,
        info: Info::new(),
        created_at: String::new(),
        kept: None,
    };
    let changes = vec![Change { lid, before: None, after: Some(after) }];
    Commit { seq, kind: EntryKind::Do, title: "draw".to_owned(), input: Some(input), changes }
}

async fn fill(url: &str, count: usize) {
    let app = UserAppId { user_id: "alice".to_owned(), app_id: "demo".to_owned() };
    let api = HttpApi::new(url, app, SecretString::from(KEY), Limits::default()).expect("a client");
    for from in (0..1000).step_by(100) {
        let inputs: Vec<api::Input> = (from..from + 100)
            .map(|n| {
                let image = json!({"url": format!("https://images.invalid/{n}.jpg"), "image_info": {"width": 3840, "height": 2160}});
                serde_json::from_value(json!({"id": format!("in{n}"), "data": {"image": image}})).expect("an input")
            })
            .collect();
        api.post_inputs(&inputs).await.expect("answered");
    }
    for from in (0..count).step_by(128) {
        let boxes: Vec<api::Annotation> =
            (from..count.min(from + 128)).map(|n| wire_box(n, &format!("in{}", n % 1000))).collect();
        api.post_annotations(&boxes).await.expect("answered");
    }
}

struct Server {
    child: Child,
    url: String,
    log: std::path::PathBuf,
}

impl Server {
    /// Annotation calls that were made so far.
    fn posts(&self) -> usize {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().filter(|line| line.contains("method=POST") && line.contains("annotations")).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn serve(data: &Path) -> Server {
    std::fs::create_dir_all(data).expect("a folder");
    let log = data.join("log");
    let mut child = Command::new(env!("CARGO_BIN_EXE_labelwright"))
        .args(["serve", "--app", "alice/demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env("LABELWRIGHT_KEYS", format!("alice={KEY}"))
        .env("LABELWRIGHT_LOG", "labelwright=debug")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).expect("a file"))
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let url = line.trim().strip_prefix("listening on ").expect("it says where it listens").to_owned();
    Server { child, url, log }
}

/// Processor time of this process so far, all threads.
fn cpu_secs() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
