//! The vendor's own client against `labelwright serve`: every operation of the annotations page over its JSON channel.

#[path = "support/official.rs"]
mod official;

use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::{IntoResponse as _, Response};
use labelwright::api::{
    Annotation, AnnotationApi as _, AnnotationQuery, AnnotationSearch, Concept, DeleteTargets, Input, InputQuery,
    Makers, Page, PatchAction, SearchFilter, UserAppId, WhenEmpty,
};
use labelwright::remote::{HttpApi, Limits};
use official::root;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts the real program and returns where it listens.
fn serve(data: &Path) -> (Server, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_labelwright"))
        .args(["serve", "--listen", "127.0.0.1:0", "--app", "alice/demo", "--data"])
        .arg(data)
        .env("LABELWRIGHT_KEYS", "alice=TESTPAT,bob=BOBPAT,carol-delete=CAROLPAT")
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let url = line.trim().strip_prefix("listening on ").expect("it says where it listens").to_owned();
    (Server(child), url)
}

#[test]
fn the_official_client_can_do_everything_on_the_page() {
    let python = official::python();
    let dir = tempfile::tempdir().expect("a directory");
    let (_server, url) = serve(dir.path());
    let output = Command::new(python)
        .arg(root().join("tests/official_client/drive.py"))
        .arg(&url)
        .env_remove("CLARIFAI_API_BASE")
        .output()
        .expect("it runs");
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{complained}");
    assert!(said.contains("checks passed"), "{said}");
}

/// Passes everything on to a server and keeps what went by, one JSON object a line.
#[derive(Clone)]
struct Recorder {
    to: String,
    lines: Arc<Mutex<String>>,
}

impl Recorder {
    /// Starts one and returns where it listens.
    async fn start(to: &str) -> (Self, String) {
        let recorder = Self { to: to.to_owned(), lines: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = axum::Router::new().fallback(pass_on).with_state(recorder.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (recorder, url)
    }
}

async fn pass_on(State(recorder): State<Recorder>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 64 << 20).await.expect("a body");
    let path = parts.uri.path_and_query().expect("a path").to_string();
    let onwards = reqwest::Client::new()
        .request(parts.method.clone(), format!("{}{path}", recorder.to))
        .header("Authorization", parts.headers["Authorization"].clone())
        .body(body.to_vec());
    let response = onwards.send().await.expect("an answer");
    let (status, answer) = (response.status(), response.text().await.expect("text"));
    let line = json!({"method": parts.method.as_str(), "path": path, "body": String::from_utf8_lossy(&body), "answer": answer});
    recorder.lines.lock().expect("the lines").extend([line.to_string(), "\n".to_owned()]);
    (status, answer).into_response()
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("it reads")
}

/// Every operation once, with everything that the editor may send in it.
async fn everything(api: &HttpApi) {
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let inputs: Vec<Input> = read(json!([{"id": "i", "data": {"image": {"base64": png}, "metadata": {"a": 1}}},
        {"id": "u", "data": {"image": {"url": "https://x.example/u.jpg", "allow_duplicate_url": true}}},
        {"id": "v", "data": {"video": {"url": "https://x.example/v.mp4"}}}]));
    api.post_inputs(&inputs).await.expect("answered");
    let concepts = [Concept { name: "Cat".to_owned(), ..Concept::present("cat") }];
    api.post_concepts(&concepts).await.expect("answered");
    let items: Vec<Annotation> = read(json!([
        {"id": "c", "input_id": "i", "data": {"concepts": [{"id": "cat"}, {"id": "dog", "value": 0}]}},
        {"id": "b", "input_id": "i", "annotation_info": {"n": [1, null]}, "task_id": "t", "data": {"regions": [{"region_info":
            {"bounding_box": {"bottom_row": 0.1, "right_col": 0.123_456_79}}, "data": {"concepts": [{"id": "cat"}]}}]}},
        {"id": "p", "input_id": "i", "data": {"regions": [{"region_info": {"polygon": {"points": [{"row": 0.1}, {"col": 0.5},
            {"row": 0.5, "col": 0.5, "visibility": "VISIBLE"}]}}}]}},
        {"id": "m", "input_id": "i", "worker": {"model": {"id": "d", "model_version": {"id": "mv"}}},
            "status": {"code": 24157}, "data": {"regions": [{"region_info": {"point": {"row": 0.5}}, "value": 0.5}]}},
        {"id": "f", "input_id": "v", "data": {"frames": [{"frame_info": {"time": "1500", "number": 45}, "data": {"regions": [
            {"region_info": {"mask": {"image": {"base64": png}}}, "track_id": "t1"}]}}]}},
        {"id": "bad", "input_id": "i", "data": {"regions": [{"region_info": {"bounding_box": {"top_row": 0.5}}}]}},
        {"id": "a", "input_id": "u", "user_id": "bob", "status": {"code": "ANNOTATION_PENDING"}}]));
    let made = api.post_annotations(&items).await.expect("answered").items;
    let all = AnnotationQuery { makers: Makers::All, page: Page::first(100), ..AnnotationQuery::default() };
    // What came back is sent again as it is: the editor keeps what it does not know.
    let listed = api.list_annotations(&all).await.expect("listed");
    for action in [PatchAction::Merge, PatchAction::Overwrite] {
        api.patch_annotations(&listed, action, WhenEmpty::Keep).await.expect("answered");
    }
    api.patch_annotations(&items[..1], PatchAction::Remove, WhenEmpty::Delete).await.expect("answered");
    let some = AnnotationQuery {
        input_ids: vec!["i".to_owned()],
        user_ids: vec!["alice".to_owned()],
        model_version_ids: vec!["mv".to_owned()],
        workflow_version_ids: vec!["w".to_owned()],
        task_id: Some("t".to_owned()),
        ..all
    };
    api.list_annotations(&some).await.expect("listed");
    api.get_annotation(&made[1].key()).await.expect("there");
    let filters: Vec<SearchFilter> =
        read(json!([{"annotation": {"status": {"code": 24157}, "worker": {"user": {"id": "bob"}},
        "data": {"concepts": [{"id": "cat"}], "regions": [{"region_info": {"bounding_box": {}}}]}}},
        {"negate": true, "input": {"id": "i"}}]));
    api.search_annotations(&AnnotationSearch { filters, page: Page::first(10) }).await.expect("searched");
    let everything = AnnotationSearch { filters: Vec::new(), page: Page::first(100) };
    assert!(!api.search_annotations(&everything).await.expect("searched").is_empty(), "hits to parse");
    api.list_workers(Page::first(10)).await.expect("listed");
    let inputs = api.list_inputs(&InputQuery { page: Page::first(10), ..InputQuery::default() }).await.expect("listed");
    api.patch_inputs(&inputs, PatchAction::Merge).await.expect("answered");
    api.get_input("i").await.expect("there");
    api.list_concepts(Page::first(10)).await.expect("listed");
    api.search_concepts("c*", Page::first(10)).await.expect("searched");
    api.me().await.expect("answered");
    api.my_scopes().await.expect("answered");
    api.status_codes().await.expect("answered");
    api.delete_annotation(&made[1].key()).await.expect("deleted");
    api.delete_annotations(&DeleteTargets::Pairs(vec![made[2].key()])).await.expect("deleted");
    api.delete_annotations(&DeleteTargets::AllOfInputs(vec!["i".to_owned()])).await.expect("deleted");
    api.delete_inputs(&["u".to_owned()]).await.expect("deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_our_client_sends_and_our_server_answers_fits_the_official_messages() {
    let dir = tempfile::tempdir().expect("a directory");
    let (_server, url) = serve(dir.path());
    let (recorder, url) = Recorder::start(&url).await;
    let app = UserAppId { user_id: "alice".to_owned(), app_id: "demo".to_owned() };
    let api = HttpApi::new(&url, app, SecretString::from("TESTPAT"), Limits::default()).expect("a client");
    everything(&api).await;
    let file = dir.path().join("recorded.jsonl");
    std::fs::write(&file, recorder.lines.lock().expect("the lines").as_str()).expect("written");
    let said = tokio::task::block_in_place(|| official::parse_strictly(&file)).expect("everything parses");
    assert!(said.contains("of 19 methods"), "{said}");
}
