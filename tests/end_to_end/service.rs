//! The program's own server in a process of its own, spoken to over HTTP as by anybody else.

use super::desk::{Desk, Running, text, wait_for};
use super::screen::{PICTURE, picture};
use base64::Engine as _;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The key of the app's owner.
pub const KEY: &str = "TESTPAT";

/// Rows and columns of a region's corners, in image pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// The annotation's id.
    pub id: String,
    /// Its input.
    pub input: String,
    /// `ANNOTATION_...` as a number.
    pub status: u64,
    /// The concepts' ids.
    pub concepts: Vec<String>,
    /// Left, top, right and bottom of a box.
    pub bounds: Option<[f64; 4]>,
    /// The vertices of a polygon.
    pub points: Vec<(f64, f64)>,
}

impl Region {
    /// Asserts that this is that box, to a pixel.
    pub fn assert_is_box(&self, wanted: [f64; 4]) {
        assert!(self.is_box(wanted), "{self:?} is not the box {wanted:?}");
    }

    /// Whether this is that box, to a pixel.
    pub fn is_box(&self, wanted: [f64; 4]) -> bool {
        self.bounds.is_some_and(|found| found.iter().zip(wanted).all(|(f, w)| (f - w).abs() <= 1.0))
    }
}

/// A server process.
pub struct Service {
    process: Running,
    base: String,
    app: String,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    recorded: PathBuf,
}

impl Drop for Service {
    /// Everything that the editor sent in a test, and every answer, fits the official messages to the letter.
    fn drop(&mut self) {
        drop(self.process.0.kill());
        drop(self.process.0.wait());
        let lines = std::fs::read_to_string(&self.recorded).unwrap_or_default();
        // A line that was being written when the server was killed is not whole.
        let whole = lines.rfind('\n').map_or("", |end| &lines[..=end]);
        if std::thread::panicking() || whole.is_empty() {
            return;
        }
        std::fs::write(&self.recorded, whole).expect("the whole lines");
        if let Err(misfits) = super::official::parse_strictly(&self.recorded) {
            panic!("what the editor sent does not fit the official messages:\n{misfits}");
        }
    }
}

impl Service {
    /// Serves `owner/app` from a directory; `KEY` is the owner's.
    pub fn start(desk: &Desk, data: &Path, owner: &str, app: &str) -> Self {
        let recorded = desk.path("recorded.jsonl");
        let mut command = desk.labelwright(&[
            "serve",
            "--data",
            &text(data),
            "--listen",
            "127.0.0.1:0",
            "--app",
            &format!("{owner}/{app}"),
            "--record",
            &text(&recorded),
        ]);
        command.env("LABELWRIGHT_KEYS", format!("{owner}={KEY}"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let process = Running(child);
        let base = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("it said {line:?}")).to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let app = format!("/v2/users/{owner}/apps/{app}");
        // A connection for each call: one that lay idle may be closed in the moment in which it is used again.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        Self { process, base, app, runtime, client, recorded }
    }

    /// Serves the app `alice/demo` with concepts and so many test pictures: `picture-0`, `picture-1`, ...
    pub fn with_pictures(desk: &Desk, pictures: usize, concepts: &[&str]) -> Self {
        let service = Self::start(desk, &desk.path("server"), "alice", "demo");
        let concepts: Vec<Value> = concepts.iter().map(|id| json!({"id": id, "name": id})).collect();
        if !concepts.is_empty() {
            service.post("concepts", &json!({ "concepts": concepts }));
        }
        for i in 0..pictures {
            let base64 = base64::engine::general_purpose::STANDARD.encode(picture(i));
            let input = json!({"id": format!("picture-{i}"), "data": {"image": {"base64": base64}}});
            service.post("inputs", &json!({ "inputs": [input] }));
        }
        service
    }

    /// Makes a project of the app.
    pub fn project(&self, desk: &Desk) -> PathBuf {
        let project = desk.path("project");
        let made = desk.run(
            &["init", "--project", &text(&project), "--server", &self.base, "--user", "alice", "--app", "demo"],
            &[("LABELWRIGHT_KEY", KEY)],
        );
        assert!(made.status.success(), "init: {}", String::from_utf8_lossy(&made.stderr));
        project
    }

    /// Its address.
    pub fn base(&self) -> &str {
        &self.base
    }

    fn call(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let mut request = self.client.request(method, format!("{}{}/{path}", self.base, self.app));
        request = request.header("Authorization", format!("Key {KEY}"));
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let answer = self.runtime.block_on(async { request.send().await?.text().await }).expect("an answer");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(answer["status"]["code"], 10000, "{path}: {answer}");
        answer
    }

    /// Posts.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        self.call(reqwest::Method::POST, path, Some(body))
    }

    /// All annotations that somebody made, as the server lists them.
    pub fn annotations(&self) -> Vec<Value> {
        let listed = self.call(reqwest::Method::GET, "annotations?list_all_annotations=true&per_page=1000", None);
        let all = listed["annotations"].as_array().cloned().unwrap_or_default();
        all.into_iter().filter(|a| a["input_level"] != json!(true)).collect()
    }

    /// The same, as regions in image pixels of test pictures.
    pub fn regions(&self) -> Vec<Region> {
        self.annotations().iter().map(region).collect()
    }

    /// Waits until the server lists exactly one annotation, for which `fits` is true.
    pub fn one(&self, what: &str, fits: impl Fn(&Region) -> bool) -> Region {
        wait_for(what, || {
            let mut regions = self.regions();
            (regions.len() == 1 && fits(&regions[0])).then(|| regions.remove(0))
        })
    }

    /// Stops answering, without closing anything.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Answers again.
    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.0.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill {signal}");
    }
}

fn region(annotation: &Value) -> Region {
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    let (width, height) = (f64::from(PICTURE.0), f64::from(PICTURE.1));
    let region = &annotation["data"]["regions"][0];
    let edges = &region["region_info"]["bounding_box"];
    let bounds = edges.is_object().then(|| {
        [
            number(&edges["left_col"]) * width,
            number(&edges["top_row"]) * height,
            number(&edges["right_col"]) * width,
            number(&edges["bottom_row"]) * height,
        ]
    });
    let points = region["region_info"]["polygon"]["points"].as_array().cloned().unwrap_or_default();
    let concepts = region["data"]["concepts"].as_array().cloned().unwrap_or_default();
    Region {
        id: annotation["id"].as_str().unwrap_or_default().to_owned(),
        input: annotation["input_id"].as_str().unwrap_or_default().to_owned(),
        status: annotation["status"]["code"].as_u64().unwrap_or_default(),
        concepts: concepts.iter().map(|c| c["id"].as_str().unwrap_or_default().to_owned()).collect(),
        bounds,
        points: points.iter().map(|p| (number(&p["col"]) * width, number(&p["row"]) * height)).collect(),
    }
}
