//! The key after a day at the window: in no file that was written, the logs of window and server among them.

use super::desk::{Desk, text, wait_until};
use super::service::{KEY, Service};
use base64::Engine as _;
use std::path::{Path, PathBuf};

/// As it is, and inside base64, where the groups of three may begin in three places.
fn spellings() -> Vec<String> {
    let inside = |before: &str| {
        let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(format!("{before}{KEY}"));
        encoded[4..encoded.len() - 2].to_owned()
    };
    vec![KEY.to_owned(), inside(""), inside("x"), inside("xx")]
}

fn files_with_key(dir: &Path, all: &mut usize) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with_key(&path, all));
        } else if let Ok(bytes) = std::fs::read(&path) {
            *all += 1;
            let holds = |spelling: &String| bytes.windows(spelling.len()).any(|part| part == spelling.as_bytes());
            if spellings().iter().any(holds) {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn the_key_is_in_no_file_after_a_day_at_the_window() {
    let desk = Desk::new("key");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let window = desk.open(&["--project", &text(&project)], &[("LABELWRIGHT_KEY", KEY), ("LABELWRIGHT_LOG", "trace")]);
    let at = window.shown();
    window.key("1");
    window.key("b");
    window.drag(at.at(100.0, 80.0), at.at(300.0, 240.0));
    service.one("the box", |_| true);
    window.key("ctrl+q");
    assert!(window.ended().success(), "it closes by itself");
    // A key that is refused is not repeated either.
    let wrong =
        desk.open(&["--project", &text(&project)], &[("LABELWRIGHT_KEY", "WRONGKEY"), ("LABELWRIGHT_LOG", "trace")]);
    wrong.settled();
    let told = wrong.log();
    assert!(!told.contains("WRONGKEY"), "{told}");
    wrong.key("ctrl+q");
    wrong.ended();
    let push =
        desk.run(&["push", "--project", &text(&project)], &[("LABELWRIGHT_KEY", KEY), ("LABELWRIGHT_LOG", "trace")]);
    assert!(push.status.success());
    let said = [push.stdout, push.stderr].concat();
    assert!(!String::from_utf8_lossy(&said).contains(KEY));

    let mut all = 0;
    assert_eq!(files_with_key(&desk.path(""), &mut all), Vec::<PathBuf>::new());
    assert!(all > 5, "{all} files");
    std::fs::write(desk.path("planted"), format!("Authorization: Key {KEY}")).expect("a file");
    wait_until("the scan finds one that was planted", || files_with_key(&desk.path(""), &mut 0).len() == 1);
}
