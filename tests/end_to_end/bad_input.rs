//! What is wrong is said in a sentence, with the exit code for it, and nothing that was there is touched.

use super::desk::{Desk, text, wait_until};
use super::screen::picture;
use super::service::{KEY, Service};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Output;

/// The card in the place of an image that cannot be shown.
const ERROR_CARD: [u8; 3] = [60, 30, 24];

/// Asserts that it failed with this code and said these words, on stderr, without a panic.
fn assert_refused(output: &Output, code: i32, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
    assert!(said.trim().len() > 30, "a sentence is wanted: {said}");
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    let desk = Desk::new("usage");
    assert_eq!(desk.run(&["--no-such-option"], &[]).status.code(), Some(2));
    assert_eq!(desk.run(&["init", "--project", "x"], &[]).status.code(), Some(2));
    assert_eq!(desk.run(&["serve", "--data", "x", "--app", "no-slash"], &[]).status.code(), Some(2));
    assert_eq!(desk.run(&["--version"], &[]).status.code(), Some(0));
}

#[test]
fn a_directory_that_is_no_project_is_left_alone() {
    let desk = Desk::new("no_project");
    let dir = desk.path("holiday");
    std::fs::create_dir(&dir).expect("a directory");
    std::fs::write(dir.join("diary.txt"), "Dear diary").expect("a file");
    assert_refused(&desk.run(&["status", "--project", &text(&dir)], &[]), 1, &["no project"]);
    assert_refused(&desk.run(&["status", "--project", &text(&desk.path("nowhere"))], &[]), 1, &["no project"]);

    let window = desk.open(&["--project", &text(&dir)], &[]);
    wait_until("it says so", || window.log().contains("no project"));
    window.settled();
    assert_eq!(std::fs::read_dir(&dir).expect("a directory").count(), 1, "nothing was added");
    window.key("ctrl+q");
    window.ended();
}

#[test]
fn a_project_of_a_newer_version_is_not_touched() {
    let desk = Desk::new("newer");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let db = project.join("project.db");
    let connection = rusqlite::Connection::open(&db).expect("a database");
    connection.pragma_update(None, "user_version", 999).expect("another version");
    connection.close().expect("closed");
    let before = std::fs::read(&db).expect("a file");
    let status = desk.run(&["status", "--project", &text(&project)], &[]);
    assert_refused(&status, 1, &["newer version", "999"]);
    let window = desk.open(&["--project", &text(&project)], &[]);
    wait_until("it says so", || window.log().contains("newer version"));
    window.settled();
    window.key("ctrl+q");
    window.ended();
    assert_eq!(std::fs::read(&db).expect("a file"), before, "the database is as it was");
}

#[test]
fn a_server_that_cannot_be_used_is_explained_and_no_project_is_left_behind() {
    let desk = Desk::new("server");
    let service = Service::with_pictures(&desk, 1, &[]);
    let project = desk.path("project");
    let init = |server: &str, app: &str, key: &str| {
        let arguments = ["init", "--project", &text(&project), "--server", server, "--user", "alice", "--app", app];
        let output = desk.run(&arguments, &[("LABELWRIGHT_KEY", key)]);
        assert!(!project.exists(), "a project was left behind");
        output
    };
    assert_refused(&init(service.base(), "demo", "WRONG"), 1, &["does not accept the key"]);
    assert_refused(&init(service.base(), "other", KEY), 1, &["no app other"]);
    assert_refused(&init(&a_web_site(), "demo", KEY), 1, &["not an annotations API"]);
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port that was free");
    assert_refused(&init(&format!("http://{nobody}"), "demo", KEY), 1, &["cannot be reached"]);
    assert_refused(&init("not a url", "demo", KEY), 1, &["not a url"]);
    assert_refused(&init(service.base(), "demo", ""), 1, &["LABELWRIGHT_KEY"]);

    let taken = service.base().trim_start_matches("http://");
    let serve = ["serve", "--data", &text(&desk.path("other")), "--listen", taken, "--app", "alice/demo"];
    assert_refused(&desk.run(&serve, &[("LABELWRIGHT_KEYS", "alice=K")]), 1, &[taken, "in use"]);
    assert_refused(&desk.run(&serve, &[]), 1, &["LABELWRIGHT_KEYS"]);
    assert_refused(&desk.run(&serve, &[("LABELWRIGHT_KEYS", "nonsense")]), 1, &["LABELWRIGHT_KEYS"]);
}

/// Something that speaks HTTP and is no annotations API.
fn a_web_site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let serve = move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            if stream.read(&mut [0; 4096]).is_err() {
                continue;
            }
            let page = "<!doctype html><title>Welcome</title><p>It works!";
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                page.len()
            );
            stream.write_all(format!("{head}{page}").as_bytes()).ok();
        }
    };
    std::thread::Builder::new().name("web site".to_owned()).spawn(serve).expect("a thread");
    format!("http://{address}")
}

#[test]
fn an_image_that_cannot_be_read_has_a_card_in_its_place() {
    let desk = Desk::new("unreadable");
    let folder = desk.path("photos");
    std::fs::create_dir(&folder).expect("a directory");
    let good = picture(0);
    std::fs::write(folder.join("a.png"), &good).expect("a file");
    std::fs::write(folder.join("b.png"), "this is no picture").expect("a file");
    std::fs::write(folder.join("c.png"), &good[..good.len() / 2]).expect("a file");
    std::fs::write(folder.join("notes.txt"), "not even by name").expect("a file");
    let project = desk.path("project");
    let made = desk.run(&["init", "--project", &text(&project), "--images", &text(&folder)], &[]);
    assert!(matches!(made.status.code(), Some(3)), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(desk.count(&project, "images"), 3);

    let window = desk.open(&["--project", &text(&project)], &[]);
    window.shown();
    assert_eq!(window.pixels().canvas_pixels_of(ERROR_CARD), 0);
    window.key("d");
    wait_until("the card is shown", || window.pixels().canvas_pixels_of(ERROR_CARD) > 10_000);
    window.key("d");
    window.settled();
    window.key("a");
    window.key("a");
    window.shown();
    window.key("ctrl+q");
    assert!(window.ended().success(), "it closes by itself");

    let empty = desk.path("empty");
    std::fs::create_dir(&empty).expect("a directory");
    let other = desk.path("other");
    let none = desk.run(&["init", "--project", &text(&other), "--images", &text(&empty)], &[]);
    assert_refused(&none, 1, &["no images in"]);
    let again = desk.run(&["init", "--project", &text(&project), "--images", &text(&folder)], &[]);
    assert_refused(&again, 1, &["not empty", "nothing was changed"]);
    assert!(!other.exists(), "a project was left behind");
}
