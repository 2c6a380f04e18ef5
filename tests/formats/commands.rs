//! The commands as a shell runs them: JSON, progress on a terminal, quiet in a pipe, and what a killed one leaves behind.

use super::support::{golden, project};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take, on a slow and busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

fn command(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_labelwright"));
    command.args(args).env("LABELWRIGHT_DATA", home.join("data")).env_remove("LABELWRIGHT_LOG");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(home: &Path, args: &[&str]) -> Output {
    command(home, args).output().expect("it runs")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// What a command says in JSON, and its exit code.
#[track_caller]
fn json_of(home: &Path, args: &[&str]) -> (Value, i32) {
    let output = run(home, &[args, &["--json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}\n{said}"));
    (value, output.status.code().unwrap_or(-1))
}

/// A COCO file of so many boxes on `photo.png`.
fn many(folder: &Path, boxes: u32) -> PathBuf {
    let annotation = |i: u32| {
        let (x, y) = (f64::from(i % 300) / 4.0, f64::from(i / 300 % 240) / 4.0);
        json!({"id": i + 1, "image_id": 1, "category_id": 1, "bbox": [x, y, 5, 4], "iscrowd": 0})
    };
    let file = json!({"images": [{"id": 1, "file_name": "photo.png"}], "categories": [{"id": 1, "name": "x"}],
        "annotations": (0..boxes).map(annotation).collect::<Vec<_>>()});
    let path = folder.join("many.json");
    std::fs::write(&path, file.to_string()).expect("written");
    path
}

#[test]
fn every_command_answers_in_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path();
    project(home); // for its pictures
    let (dir, pictures) = (home.join("made"), home.join("pictures"));
    let at = ["--project", text(&dir)];
    let with = |args: &[&'static str]| -> Vec<String> { args.iter().chain(&at).map(|s| (*s).to_owned()).collect() };
    let ask = |args: &[String]| json_of(home, &args.iter().map(String::as_str).collect::<Vec<_>>());
    let mut init = with(&["init", "--images"]);
    init.insert(2, text(&pictures).to_owned());
    assert_eq!(ask(&init), (json!({"project": dir, "unreadable": []}), 0), "init");
    let mut import = with(&["import", "--skip-bad"]);
    import.insert(1, text(&golden("coco.json")).to_owned());
    let (report, code) = ask(&import);
    assert_eq!((report["new"].as_u64(), code), (Some(4), 3), "import, with something left out: {report}");
    let mut export = with(&["export", "--format", "coco"]);
    export.insert(1, text(&home.join("out.json")).to_owned());
    let (report, code) = ask(&export);
    assert_eq!((report["objects"].as_u64(), code), (Some(3), 0), "export: {report}");
    let (report, code) = ask(&with(&["validate"]));
    assert_eq!((report["annotations"].as_u64(), code), (Some(4), 3), "validate: {report}");
    let (report, code) = ask(&with(&["stats"]));
    assert_eq!((report["images"].as_u64(), code), (Some(2), 0), "stats: {report}");
    let (report, code) = ask(&with(&["status"]));
    assert_eq!((report["annotations"].as_u64(), code), (Some(4), 0), "status: {report}");
    let (report, code) = ask(&with(&["push", "--dry-run"]));
    assert_eq!((report["post"].as_u64(), code), (Some(4), 0), "push: {report}");
    let mut render = with(&["render", "--image", "photo.png"]);
    render.insert(1, text(&home.join("out.png")).to_owned());
    let (report, code) = ask(&render);
    assert_eq!((report["file"].as_str(), code), (Some(text(&home.join("out.png"))), 0), "render: {report}");
}

#[test]
fn completions_and_man_pages_are_texts_for_other_programs_and_refuse_json() {
    let folder = tempfile::tempdir().expect("a folder");
    for args in [&["completions", "bash", "--json"][..], &["man", "--json"]] {
        let output = run(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: wrong usage");
        assert!(String::from_utf8_lossy(&output.stderr).contains("unexpected argument '--json'"), "{args:?}");
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(folder.path(), &["completions", shell]);
        let script = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && script.contains("validate"), "{shell}: {script}");
    }
    let pages = folder.path().join("man1");
    assert!(run(folder.path(), &["man", text(&pages)]).status.success(), "pages");
    for page in ["labelwright.1", "labelwright-import.1", "labelwright-export.1"] {
        let page = std::fs::read_to_string(pages.join(page)).expect("a page");
        assert!(page.contains(".TH") && page.contains("labelwright"), "{page}");
    }
}

#[test]
fn a_pipe_gets_the_answer_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    let file = golden("coco.json");
    let out = folder.path().join("out.json");
    for args in [
        &["import", text(&file), "--skip-bad"][..],
        &["export", text(&out), "--format", "coco"],
        &["validate"],
        &["stats"],
    ] {
        let output = run(folder.path(), &[args, &["--project", text(&dir)]].concat());
        assert!(!output.stdout.is_empty(), "{args:?}: the answer");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}: nothing to read past");
    }
}

/// `script` of util-linux gives a command a terminal.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_a_bar_which_is_gone_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    let file = golden("coco.json");
    let out = folder.path().join("out.json");
    for (args, said) in [
        (format!("export {} --format coco", out.display()), "exported"),
        ("validate".to_owned(), "images looked at"),
        ("stats".to_owned(), "annotations counted"),
    ] {
        super::projects::import(&dir, file.clone());
        let line = format!("{} {args} --project {}", env!("CARGO_BIN_EXE_labelwright"), dir.display());
        let output = Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .env("LABELWRIGHT_DATA", folder.path().join("data"))
            .stdin(Stdio::null())
            .output()
            .expect("script of util-linux");
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(shown.contains("\r[") && shown.contains(said), "{args}: {shown:?}");
        assert!(shown.contains("\r\u{1b}[K"), "{args}: the line is taken away: {shown:?}");
    }
}

/// Files that are on their way in a folder.
fn parts(folder: &Path) -> usize {
    let names = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.file_name());
    names.filter(|name| name.to_string_lossy().ends_with(".part")).count()
}

#[cfg(unix)]
#[test]
fn an_export_that_is_killed_leaves_the_old_file_whole_and_the_next_one_tidies_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    super::projects::import(&dir, many(folder.path(), 6_000));
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    let file = out.join("all.json");
    let args = ["export", text(&file), "--format", "coco", "--project", text(&dir)];
    assert!(run(folder.path(), &args).status.success(), "what it is to be");
    let whole = std::fs::read(&file).expect("written");
    for signal in ["KILL", "INT"] {
        std::fs::write(&file, "old").expect("written");
        let mut child = command(folder.path(), &args).spawn().expect("it runs");
        let deadline = Instant::now() + PATIENCE;
        while parts(&out) == 0 && child.try_wait().expect("a child").is_none() {
            assert!(Instant::now() < deadline, "it never began");
            std::thread::sleep(Duration::from_millis(1));
        }
        let kill = format!("kill -{signal} {}", child.id());
        Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status().expect("a shell");
        let ended = child.wait().expect("a child");
        // It may have been quicker than the signal.
        let expected = if ended.success() { whole.as_slice() } else { b"old" };
        assert_eq!(std::fs::read(&file).expect("there"), expected, "{signal}: the old file or the new one, whole");
    }
    std::fs::write(out.join(".all.json.0123456789abcdef0123456789abcdef.part"), "half").expect("written");
    assert!(run(folder.path(), &args).status.success(), "the next one");
    assert_eq!(std::fs::read(&file).expect("there"), whole, "the new file");
    assert_eq!(parts(&out), 0, "nothing is left");
}

#[cfg(unix)]
#[test]
fn an_import_that_is_killed_goes_on_where_it_was_and_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    let file = many(folder.path(), 9_000);
    let args = ["import", text(&file), "--project", text(&dir)];
    let annotations = || labelwright::runtime::status(&dir).map_or(0, |status| status.annotations);
    let mut child = command(folder.path(), &args).spawn().expect("it runs");
    let deadline = Instant::now() + PATIENCE;
    while annotations() == 0 && child.try_wait().expect("a child").is_none() {
        assert!(Instant::now() < deadline, "it never began");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().ok();
    child.wait().expect("a child");
    let came = annotations();
    assert_eq!(came % 1_000, 0, "whole parts: {came}");
    let (report, _) = json_of(folder.path(), &args);
    assert_eq!(report["same"].as_u64(), Some(came), "what came in is known: {report}");
    assert_eq!(report["new"].as_u64(), Some(9_000 - came), "and the rest comes: {report}");
    assert_eq!(annotations(), 9_000, "none is there twice");
}
