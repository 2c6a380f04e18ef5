//! The program `labelwright serve` itself: what it prints, how it ends, what survives when it is killed.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Server {
    child: Child,
    url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn command(data: &Path, listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_labelwright"));
    command.args(["serve", "--app", "alice/demo", "--listen", listen, "--data"]).arg(data);
    command.env("LABELWRIGHT_KEYS", "alice=SECRET-c0ffee").env("RUST_LOG", "trace");
    command
}

fn serve(data: &Path) -> Server {
    let mut child = command(data, "127.0.0.1:0").stdout(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let url = line.trim().strip_prefix("listening on ").expect("it says where it listens").to_owned();
    Server { child, url }
}

async fn call(server: &Server, method: &str, path: &str, body: Value) -> Value {
    let request = reqwest::Client::new().request(method.parse().expect("a method"), format!("{}{path}", server.url));
    let request = request.header("Authorization", "Key SECRET-c0ffee").body(body.to_string());
    serde_json::from_str(&request.send().await.expect("an answer").text().await.expect("a body")).expect("JSON")
}

async fn count(server: &Server) -> usize {
    let listed = call(server, "GET", "/v2/annotations?per_page=1000", Value::Null).await;
    listed["annotations"].as_array().expect("a list").len()
}

#[tokio::test]
async fn what_was_answered_survives_a_kill() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut server = serve(dir.path());
    let input = json!({"inputs": [{"id": "i", "data": {"image": {"url": "https://x.example/i.jpg"}}}]});
    assert_eq!(call(&server, "POST", "/v2/inputs", input).await["status"]["code"], json!(10000));
    for round in 0..5 {
        let item = json!({"annotations": [{"id": format!("a{round}"), "input_id": "i"}]});
        assert_eq!(call(&server, "POST", "/v2/annotations", item).await["status"]["code"], json!(10000));
        // SIGKILL, right after the answer.
        server.child.kill().expect("killed");
        server.child.wait().expect("ended");
        server = serve(dir.path());
        assert_eq!(count(&server).await, round + 2, "with the input-level one");
    }
}

/// The input-level annotations of a thousand inputs are older than all others and fill the first page of the listing.
#[tokio::test]
async fn a_pull_goes_on_behind_a_page_of_nothing_but_inputs() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = serve(&dir.path().join("server"));
    for batch in 0..10 {
        let input = |n: i32| {
            let url = format!("https://x.example/{batch}-{n}.jpg");
            json!({"id": format!("i{batch}-{n}"), "data": {"image": {"url": url}}})
        };
        let inputs: Vec<Value> = (0..101).map(input).collect();
        let answer = call(&server, "POST", "/v2/inputs", json!({ "inputs": inputs })).await;
        assert_eq!(answer["status"]["code"], json!(10000), "{answer}");
    }
    let item = json!({"id": "a", "input_id": "i9-100", "data": {"concepts": [{"id": "cat", "value": 1}]}});
    call(&server, "POST", "/v2/annotations", json!({"annotations": [item]})).await;
    let project = dir.path().join("project");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_labelwright"));
        command.args(arguments).arg("--project").arg(&project);
        command.env("LABELWRIGHT_KEY", "SECRET-c0ffee").env("LABELWRIGHT_DATA", dir.path().join("data"));
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    run(&["init", "--server", &server.url, "--user", "alice", "--app", "demo"]);
    let said = run(&["pull"]);
    assert!(said.contains("1 annotations"), "{said}");
}

#[cfg(unix)]
#[test]
fn it_stops_cleanly_when_told_and_says_nothing_secret() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut child =
        command(dir.path(), "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("its output"));
    let mut text = String::new();
    out.read_line(&mut text).expect("a line");
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("told");
    assert!(told.success());
    assert_eq!(child.wait().expect("ended").code(), Some(0), "done");
    out.read_to_string(&mut text).expect("the rest");
    child.stderr.take().expect("its errors").read_to_string(&mut text).expect("text");
    assert!(!text.contains("c0ffee"), "{text}");
    let database = std::fs::read(dir.path().join("server.sqlite")).expect("the database");
    assert!(!database.windows(6).any(|bytes| bytes == b"c0ffee"), "keys are not stored");
}

#[test]
fn wrong_usage_and_bad_luck_have_their_exit_codes_and_sentences() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = serve(dir.path());
    let said = |command: &mut Command| {
        let output = command.output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let other = tempfile::tempdir().expect("a directory");
    let taken = server.url.trim_start_matches("http://");
    let (code, text) = said(&mut command(other.path(), taken));
    assert!(code == Some(1) && text.contains("in use by another program"), "{text}");
    let (code, text) = said(&mut command(dir.path(), "127.0.0.1:0"));
    assert!(code == Some(1) && text.contains("Another server is using"), "{text}");
    let (code, text) = said(command(other.path(), "127.0.0.1:0").env_remove("LABELWRIGHT_KEYS"));
    assert!(code == Some(1) && text.contains("LABELWRIGHT_KEYS"), "{text}");
    let (code, text) = said(command(other.path(), "127.0.0.1:0").env("LABELWRIGHT_KEYS", "alice:SECRET-c0ffee"));
    assert!(code == Some(1) && text.contains("USER=KEY") && !text.contains("c0ffee"), "{text}");
    for wrong in [["--strict", "nonsense"], ["--app", "demo"], ["--listen", "nowhere"]] {
        let (code, text) = said(command(other.path(), "127.0.0.1:0").args(wrong));
        assert_eq!(code, Some(2), "{text}");
    }
}
