//! `labelwright status`, `push`, `push --dry-run` and `pull`: the real program, what it prints and what it returns, with
//! and without trouble.

use super::service::{INPUT, KEY, SIZE_PX, Service, app_name, client, place};
use labelwright::api::{Annotation, AnnotationApi as _, AnnotationQuery, Makers, Page, PatchAction, WhenEmpty};
use labelwright::model::{EntryKind, InputId, LocalId};
use labelwright::store::{DesiredChange, LocalCommit, Project, Request, StoreEvent};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::mpsc::channel;
use std::task::Waker;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const NOW_MS: i64 = 1_790_000_000_000;

/// A project, its server, and a home of its own.
struct Bench {
    tokio: Runtime,
    service: Service,
    dir: TempDir,
    home: TempDir,
    key: &'static str,
}

/// How a command ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }
}

impl Bench {
    fn new() -> Self {
        let tokio =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("threads");
        let service = tokio.block_on(Service::start(1));
        let dir = place();
        super::desk::make_project(dir.path(), &service.url(), &app_name(0));
        Self { tokio, service, dir, home: place(), key: KEY }
    }

    /// Runs the program on the project.
    fn run(&self, args: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_labelwright"));
        command.args(args).arg("--project").arg(self.dir.path());
        command.env_clear().env("HOME", self.home.path()).env("LABELWRIGHT_KEY", self.key);
        let output = command.output().expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let ended = Ended {
            code: output.status.code().expect("it ended by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(!ended.out.contains(self.key) && !ended.err.contains(self.key), "{}{}", ended.out, ended.err);
        ended
    }

    /// Edits as the window makes them, with nobody sending.
    fn edit(&self, edits: &[(u64, Option<Annotation>)]) {
        let project = Project::open(self.dir.path(), NOW_MS).expect("it opens").project;
        let (sender, events) = channel();
        let store = project.start(sender, Waker::noop().clone()).expect("a thread");
        let reader = project.reader().expect("a reader");
        let lid_of = |n: u64| {
            let rows = reader.all_records().expect("records").rows;
            rows.into_iter().find(|row| row.sid == sid(n)).map_or(LocalId(u128::from(n)), |row| row.lid)
        };
        let seq = reader.next_numbers().expect("numbers").seq;
        let change = |(n, desired): &(u64, Option<Annotation>)| DesiredChange {
            lid: lid_of(*n),
            input_id: InputId::from(INPUT),
            new_sid: Some(sid(*n)),
            before: None,
            desired: desired.clone(),
        };
        store
            .send(Request::Commit(LocalCommit {
                seq,
                at_ms: NOW_MS,
                kind: EntryKind::Do,
                title: "an edit".to_owned(),
                input: Some(InputId::from(INPUT)),
                changes: Vec::new(),
                desired: edits.iter().map(change).collect(),
            }))
            .expect("the thread lives");
        let event = events.recv_timeout(Duration::from_secs(60));
        assert!(matches!(event, Ok(StoreEvent::Durable { .. })), "{event:?}");
        store.shutdown();
    }

    /// What the server has: who, and the left edge in pixels.
    fn server_has(&self) -> Vec<(String, i64)> {
        let api = client(&self.service.url(), &app_name(0));
        let query = AnnotationQuery { page: Page::first(500), makers: Makers::All, ..AnnotationQuery::default() };
        let rows = self.tokio.block_on(api.list_annotations(&query)).expect("a listing");
        let left = |row: &Annotation| {
            let region = row.data.as_ref()?.regions.first()?;
            let side = region.region_info.as_ref()?.bounding_box.as_ref()?.left_col;
            Some((f64::from(side) * f64::from(SIZE_PX.0)).round() as i64)
        };
        let mut all: Vec<_> = rows.iter().filter_map(|row| Some((row.id.clone(), left(row)?))).collect();
        all.sort();
        all
    }

    /// Another person, with another client.
    fn another_posts(&self, n: u64, left: i64) {
        let api = client(&self.service.url(), &app_name(0));
        let answer = self.tokio.block_on(api.post_annotations(&[wire(n, left)])).expect("an answer");
        assert_eq!(answer.status.code.0, 10_000, "{answer:?}");
    }

    fn another_moves(&self, n: u64, left: i64) {
        let api = client(&self.service.url(), &app_name(0));
        let moved = [wire(n, left)];
        let call = api.patch_annotations(&moved, PatchAction::Overwrite, WhenEmpty::Keep);
        let answer = self.tokio.block_on(call).expect("an answer");
        assert_eq!(answer.status.code.0, 10_000, "{answer:?}");
    }
}

fn sid(n: u64) -> String {
    format!("{n:032x}")
}

/// A box of 64 × 48 pixels.
fn wire(n: u64, left: i64) -> Annotation {
    let (width, _) = SIZE_PX;
    let (from, to) = (left as f32 / width as f32, (left + 64) as f32 / width as f32);
    serde_json::from_value(json!({"id": sid(n), "input_id": INPUT, "status": {"code": 24150}, "data": {"regions": [{
        "region_info": {"bounding_box": {"top_row": 0.25, "left_col": from, "bottom_row": 0.35, "right_col": to}},
        "data": {"concepts": [{"id": "cat", "value": 1.0}]}}]}}))
    .expect("an annotation")
}

/// Upside down: no server takes it.
fn refused(n: u64) -> Annotation {
    let mut annotation = wire(n, 10);
    let region = annotation.data.as_mut().and_then(|data| data.regions.first_mut());
    let bounds = region.and_then(|r| r.region_info.as_mut()).and_then(|i| i.bounding_box.as_mut()).expect("a box");
    (bounds.top_row, bounds.bottom_row) = (0.5, 0.25);
    annotation
}

#[test]
fn a_push_says_first_what_it_would_send_and_then_that_it_is_there() {
    let bench = Bench::new();
    bench.edit(&[(1, Some(wire(1, 10))), (2, Some(wire(2, 20)))]);
    let dry = bench.run(&["push", "--dry-run"]);
    assert_eq!((dry.code, dry.out.as_str()), (0, "picture: 2 POST, 0 PATCH, 0 DELETE, 0 to be read back\n"));
    let dry = bench.run(&["push", "--dry-run", "--json"]);
    let expected = json!({"images": [{"input": INPUT, "post": 2, "patch": 0, "delete": 0, "read_back": 0}],
        "post": 2, "patch": 0, "delete": 0, "troubles": []});
    assert_eq!((dry.code, dry.json()), (0, expected));
    assert!(bench.server_has().is_empty(), "nothing was sent");
    let status = bench.run(&["status", "--json"]).json();
    assert_eq!((&status["annotations"], &status["unsent"]), (&json!(2), &json!(2)));

    let push = bench.run(&["push"]);
    assert_eq!(
        (push.code, push.out.as_str()),
        (0, "2 annotations, 0 unsent, 0 unknown, 0 conflicts, 0 problems\n"),
        "{}",
        push.err
    );
    assert_eq!(bench.server_has(), [(sid(1), 10), (sid(2), 20)]);
    let dry = bench.run(&["push", "--dry-run"]);
    assert_eq!((dry.code, dry.out.as_str()), (0, "nothing to send\n"));

    bench.edit(&[(1, Some(wire(1, 30))), (2, None)]);
    let dry = bench.run(&["push", "--dry-run"]);
    assert_eq!(dry.out, "picture: 0 POST, 1 PATCH, 1 DELETE, 0 to be read back\n");
    assert_eq!(bench.run(&["push", "--json"]).json()["unsent"], 0);
    assert_eq!(bench.server_has(), [(sid(1), 30)]);
}

#[test]
fn a_pull_takes_over_what_others_did_and_sends_nothing() {
    let bench = Bench::new();
    bench.another_posts(7, 70);
    bench.edit(&[(1, Some(wire(1, 10)))]);
    let pull = bench.run(&["pull"]);
    assert_eq!(
        (pull.code, pull.out.as_str()),
        (0, "2 annotations, 1 unsent, 0 unknown, 0 conflicts, 0 problems\n"),
        "{}",
        pull.err
    );
    assert_eq!(bench.server_has(), [(sid(7), 70)], "what is unsent stays here");
    let again = bench.run(&["pull", "--json"]);
    assert_eq!((again.code, &again.json()["unsent"]), (0, &json!(1)));
    assert_eq!(bench.run(&["push"]).code, 0);
    assert_eq!(bench.server_has(), [(sid(1), 10), (sid(7), 70)]);
}

#[test]
fn what_the_server_refuses_is_named_with_its_reason_and_the_rest_goes_through() {
    let bench = Bench::new();
    bench.edit(&[(1, Some(wire(1, 10))), (2, Some(refused(2)))]);
    let push = bench.run(&["push"]);
    let lines: Vec<&str> = push.out.lines().collect();
    assert_eq!(push.code, 3, "done, but something needs a person: {}{}", push.out, push.err);
    assert_eq!(lines[0], "2 annotations, 0 unsent, 0 unknown, 0 conflicts, 1 problems");
    assert!(lines[1].starts_with(&format!("refused {} on {INPUT}: ", sid(2))), "{}", lines[1]);
    assert!(lines[1].contains("top_row < bottom_row") && lines[1].contains(", request "), "{}", lines[1]);
    assert_eq!(bench.server_has(), [(sid(1), 10)], "the other one went through");

    let status = bench.run(&["status"]);
    assert_eq!(status.code, 3);
    assert!(
        status.out.contains("       1 problems\n") && status.out.ends_with(&format!("{}\n", lines[1])),
        "{}",
        status.out
    );
    let status = bench.run(&["status", "--json"]);
    let (code, status) = (status.code, status.json());
    let trouble = &status["troubles"][0];
    assert_eq!((code, &status["problems"], &trouble["kind"]), (3, &json!(1), &json!("refused")));
    assert_eq!((&trouble["annotation"], &trouble["image"]), (&json!(sid(2)), &json!(INPUT)));
    assert!(trouble["code"].as_u64().is_some_and(|code| code > 0), "{trouble}");
    assert!(trouble["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{trouble}");
    let dry = bench.run(&["push", "--dry-run"]);
    assert_eq!((dry.code, dry.out.lines().count()), (3, 2), "{}", dry.out);
    assert!(dry.out.starts_with("nothing to send\nrefused "), "{}", dry.out);

    bench.edit(&[(2, Some(wire(2, 20)))]);
    assert_eq!(bench.run(&["push"]).code, 0, "mended");
    assert_eq!(bench.server_has(), [(sid(1), 10), (sid(2), 20)]);
}

#[test]
fn a_conflict_is_named_with_all_three_values_and_overwrites_nothing() {
    let bench = Bench::new();
    bench.another_posts(7, 70);
    assert_eq!(bench.run(&["pull"]).code, 0);
    bench.another_moves(7, 200);
    bench.edit(&[(7, Some(wire(7, 300)))]);
    let push = bench.run(&["push"]);
    assert_eq!(push.code, 3, "{}{}", push.out, push.err);
    assert!(push.out.starts_with("1 annotations, 0 unsent, 0 unknown, 1 conflicts, 0 problems\n"), "{}", push.out);
    let start = format!("conflict {} on {INPUT}: changed on both sides: geometry: it was box ", sid(7));
    let line = push.out.lines().nth(1).unwrap_or_default();
    assert!(line.starts_with(&start) && line.contains(", here box ") && line.contains(", there box "), "{line}");
    assert_eq!(bench.server_has(), [(sid(7), 200)], "theirs stands");
    for command in [&["pull", "--json"][..], &["status", "--json"], &["push", "--dry-run", "--json"]] {
        let ended = bench.run(command);
        let report = ended.json();
        assert_eq!((ended.code, &report["troubles"][0]["kind"]), (3, &json!("conflict")), "{command:?}: {report}");
    }
    assert_eq!(bench.server_has(), [(sid(7), 200)], "and still does");
}

#[test]
fn a_refused_key_sends_nothing_and_keeps_everything() {
    let mut bench = Bench::new();
    bench.edit(&[(1, Some(wire(1, 10)))]);
    bench.key = "WRONG-4711";
    for command in ["push", "pull"] {
        let ended = bench.run(&[command]);
        assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
        assert_eq!(ended.out, "1 annotations, 1 unsent, 0 unknown, 0 conflicts, 0 problems\n");
        assert!(ended.err.contains("not finished, nothing is lost: "), "{}", ended.err);
    }
    bench.key = KEY;
    assert!(bench.server_has().is_empty());
    assert_eq!(bench.run(&["push"]).code, 0, "with the right key it goes on");
    assert_eq!(bench.server_has(), [(sid(1), 10)]);
}

#[test]
fn a_server_that_is_not_there_is_said_and_everything_is_kept() {
    let bench = Bench::new();
    let dir = place();
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    super::desk::make_project(dir.path(), &format!("http://{free}"), &app_name(0));
    let bench = Bench { dir, ..bench };
    bench.edit(&[(1, Some(wire(1, 10)))]);
    for command in ["push", "pull"] {
        let ended = bench.run(&[command]);
        assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
        assert_eq!(ended.out, "1 annotations, 1 unsent, 0 unknown, 0 conflicts, 0 problems\n");
        assert!(ended.err.contains("not finished, nothing is lost: "), "{}", ended.err);
        assert!(ended.err.contains("cannot be reached"), "{}", ended.err);
    }
    let ended = bench.run(&["push", "--json"]);
    assert_eq!((ended.code, &ended.json()["unsent"]), (1, &json!(1)), "the report is JSON also then");
    let dry = bench.run(&["push", "--dry-run"]);
    assert_eq!((dry.code, dry.out.as_str()), (0, "picture: 1 POST, 0 PATCH, 0 DELETE, 0 to be read back\n"));
}

#[test]
fn what_is_no_project_or_open_elsewhere_is_said() {
    let bench = Bench::new();
    bench.edit(&[(1, Some(wire(1, 10)))]);
    let open = Project::open(bench.dir.path(), NOW_MS).expect("a window");
    for command in ["push", "pull"] {
        let ended = bench.run(&[command]);
        assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{}", ended.err);
        assert!(ended.err.contains("another window has this project open"), "{}", ended.err);
    }
    assert_eq!(bench.run(&["status"]).code, 0, "looking is possible");
    assert_eq!(bench.run(&["push", "--dry-run"]).code, 0);
    drop(open);

    let nothing = place();
    let bench = Bench { dir: nothing, ..bench };
    for command in [&["push"][..], &["pull"], &["status"], &["status", "--json"], &["push", "--dry-run"]] {
        let ended = bench.run(command);
        assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{command:?}: {}", ended.err);
        let place = bench.dir.path().display().to_string();
        assert!(ended.err.contains(&place) && ended.err.contains("project.db"), "{command:?}: {}", ended.err);
    }
    assert_eq!(std::fs::read_dir(bench.dir.path()).expect("a directory").count(), 0, "nothing is left behind");
    assert_eq!(bench.run(&["push", "--sideways"]).code, 2, "wrong usage");
}
