//! Who may use whom: the table in `src/lib.rs` against what the code really says.
//!
//! The table is read out of the doc comment itself, so the map and this test cannot drift apart.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is not as it must be")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Crates that belong to some folders only.
const OWNED_CRATES: [(&str, &[&str]); 12] = [
    ("egui", &["ui", "main"]),
    ("eframe", &["ui", "main"]),
    ("egui_material_icons", &["ui"]),
    ("egui_plot", &["ui"]),
    ("rfd", &["ui"]),
    ("reqwest", &["remote", "server", "store", "runtime", "cli"]),
    ("axum", &["remote", "server", "store", "runtime", "cli"]),
    ("rusqlite", &["remote", "server", "store", "runtime", "cli"]),
    ("tokio", &["remote", "server", "store", "runtime", "cli"]),
    ("hyper", &["server"]),
    ("tower_http", &["server"]),
    ("clap", &["cli", "main"]),
];

/// Folders that do no I/O, read no clock and draw no random number, and what would be one of these.
const PURE_FOLDERS: [&str; 5] = ["geometry", "model", "tools", "sync", "formats"];
const IMPURE_PATHS: [&str; 10] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "fastrand",
    "getrandom",
    "Uuid::now_v7",
];

/// What would make a frame wait for a disk, a socket or another thread.
const BLOCKING_IN_UI: [&str; 6] =
    ["std::fs", "std::net", "std::process", "std::thread::sleep", ".recv(", ".recv_timeout("];

/// A piece of source text: a word, or one mark of punctuation (`::` is one).
type Token = String;

fn source_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(dir).expect("a readable folder").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// One file of the program, without comments, strings and what is compiled for tests only.
struct Source {
    /// `ui/panels/menu.rs`.
    name: String,
    /// `["ui", "panels", "menu"]`; `["main"]` for the binary.
    module: Vec<String>,
    tokens: Vec<Token>,
}

impl Source {
    fn folder(&self) -> &str {
        &self.module[0]
    }

    /// The text of the tokens, close enough together to look for a path in it.
    fn text(&self) -> String {
        self.tokens.concat()
    }

    /// The folders of ours that it names, through `crate::` or a long enough chain of `super::`.
    fn used_folders(&self, folders: &BTreeSet<String>) -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let rest = &self.tokens[at..];
            let after_root = match rest[0].as_str() {
                "crate" => Some(1),
                "super" => {
                    let ups = rest.chunks(2).take_while(|c| c.len() == 2 && c[0] == "super" && c[1] == "::").count();
                    (ups >= self.module.len()).then(|| ups * 2 - 1)
                }
                _ => None,
            };
            if let Some(n) = after_root.filter(|n| rest.get(*n).is_some_and(|t| t == "::")) {
                used.extend(heads(&rest[n + 1..]).into_iter().filter(|head| folders.contains(head)));
            }
            // Past the whole chain, so that its tail is not taken for a shorter one.
            at += if rest[0] == "super" { rest.chunks(2).take_while(|c| c[0] == "super").count() * 2 } else { 1 };
        }
        used
    }

    /// The names that stand at the head of a path: crates, among others.
    fn path_heads(&self) -> BTreeSet<&str> {
        let pairs = self.tokens.iter().zip(self.tokens.iter().skip(1)).enumerate();
        pairs
            .filter(|(i, (name, next))| {
                let head = *i == 0 || self.tokens[i - 1] != "::";
                head && (next.as_str() == "::" || *i > 0 && self.tokens[i - 1] == "use") && is_word(name)
            })
            .map(|(_, (name, _))| name.as_str())
            .collect()
    }
}

/// The first name of a path, or of each path in a group: `{model::X, tools}` has `model` and `tools`.
fn heads(tokens: &[Token]) -> Vec<String> {
    match tokens.first().map(String::as_str) {
        Some("{") => {}
        Some(word) if is_word(word) => return vec![word.to_owned()],
        _ => return Vec::new(),
    }
    let mut heads = Vec::new();
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            word if depth == 1 && is_word(word) && matches!(tokens[i - 1].as_str(), "{" | ",") => {
                heads.push(word.to_owned());
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
}

fn sources() -> Vec<Source> {
    let root = source_dir();
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|n| !n.to_string_lossy().ends_with("tests.rs") && n != "lib.rs"))
        .map(|path| {
            let relative = path.strip_prefix(&root).expect("below src");
            let mut module: Vec<String> =
                relative.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
            if module.last().is_some_and(|last| last == "mod") {
                module.pop();
            }
            let text = std::fs::read_to_string(&path).expect("source text");
            Source { name: relative.display().to_string(), module, tokens: without_tests(&tokens(&text)) }
        })
        .collect()
}

/// Words and marks, without comments, strings and characters.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if c == '"' {
            string_length(rest)
        } else if c == '\'' {
            character_length(rest)
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else if c.is_alphabetic() || c == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(rest[..end].to_owned());
            end
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return i + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// A character literal, or just the mark of a lifetime.
fn character_length(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => text[3..].find('\'').map_or(1, |end| end + 4),
        Some((_, _)) => match chars.next() {
            Some((i, '\'')) => i + 1,
            _ => 1,
        },
        None => 1,
    }
}

/// Without the items behind `#[cfg(test)]`.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let here = tokens[at..].iter().take(mark.len()).map(String::as_str);
        if !here.eq(mark) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += mark.len();
        let mut depth = 0;
        while at < tokens.len() {
            match tokens[at].as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 && matches!(tokens[at - 1].as_str(), "}" | ";") {
                break;
            }
        }
    }
    kept
}

/// Folder by folder, what the map in `src/lib.rs` allows.
fn map() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(source_dir().join("lib.rs")).expect("src/lib.rs");
    let mut map: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut above: Vec<String> = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("//! | [`")) {
        let (folder, _) = line.split_once("`]").expect("a folder in brackets");
        let last = line.trim_end().trim_end_matches('|').rsplit_once('|').expect("a third column").1;
        let allowed = without_remarks(last);
        let allowed: BTreeSet<String> = match allowed.strip_prefix("all above but ") {
            Some(but) => above.iter().filter(|f| !but.split(", ").any(|b| b == f.as_str())).cloned().collect(),
            None if allowed == "nothing of ours" => BTreeSet::new(),
            None => allowed.split(", ").map(str::to_owned).collect(),
        };
        above.push(folder.to_owned());
        map.insert(folder.to_owned(), allowed);
    }
    map
}

/// A cell without what stands in parentheses: reasons, for people.
fn without_remarks(cell: &str) -> String {
    let mut kept = String::new();
    let mut depth = 0;
    for c in cell.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept.split(',').map(str::trim).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_map_names_every_folder_and_only_folders() {
    let map = map();
    let there: BTreeSet<String> = std::fs::read_dir(source_dir())
        .expect("src")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    let mapped: BTreeSet<String> = map.keys().cloned().collect();
    assert_eq!(mapped, there, "the table of src/lib.rs and the folders of src");
    for (folder, allowed) in &map {
        let unknown: Vec<&String> = allowed.difference(&mapped).collect();
        assert!(unknown.is_empty(), "the row of {folder} allows {unknown:?}, which are no folders");
    }
}

#[test]
fn nobody_uses_a_folder_that_the_map_does_not_allow() {
    let map = map();
    let folders: BTreeSet<String> = map.keys().cloned().collect();
    let mut broken = Vec::new();
    for source in sources().iter().filter(|s| folders.contains(s.folder())) {
        for used in source.used_folders(&folders) {
            if used != source.folder() && !map[source.folder()].contains(&used) {
                broken.push(format!("{} uses {used}", source.name));
            }
        }
    }
    assert!(broken.is_empty(), "not in the table of src/lib.rs:\n{}", broken.join("\n"));
}

#[test]
fn the_map_has_no_circle() {
    let map = map();
    let mut settled: BTreeSet<&String> = BTreeSet::new();
    loop {
        let next: Vec<&String> = map
            .iter()
            .filter(|(folder, allowed)| !settled.contains(folder) && allowed.iter().all(|a| settled.contains(a)))
            .map(|(folder, _)| folder)
            .collect();
        if next.is_empty() {
            break;
        }
        settled.extend(next);
    }
    let circular: Vec<&String> = map.keys().filter(|f| !settled.contains(f)).collect();
    assert!(circular.is_empty(), "these use one another in a circle: {circular:?}");
}

#[test]
fn the_crates_of_windows_networks_and_disks_stay_in_their_folders() {
    let mut broken = Vec::new();
    for source in sources() {
        let heads = source.path_heads();
        for (name, owners) in OWNED_CRATES {
            if heads.contains(name) && !owners.contains(&source.folder()) {
                broken.push(format!("{} uses {name}, which belongs to {owners:?}", source.name));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_pure_folders_touch_no_disk_clock_or_chance() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|s| PURE_FOLDERS.contains(&s.folder())) {
        let text = source.text();
        broken.extend(IMPURE_PATHS.iter().filter(|p| text.contains(*p)).map(|p| format!("{} uses {p}", source.name)));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_frame_waits_for_a_disk_a_socket_or_a_thread() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|s| s.folder() == "ui") {
        let text = source.text();
        broken.extend(BLOCKING_IN_UI.iter().filter(|p| text.contains(*p)).map(|p| format!("{} uses {p}", source.name)));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn this_reader_of_sources_sees_groups_chains_and_skips_tests() {
    let folders: BTreeSet<String> = ["model", "tools", "store", "sync"].map(str::to_owned).into();
    let source = |module: &[&str], text: &str| Source {
        name: "x.rs".to_owned(),
        module: module.iter().map(|m| (*m).to_owned()).collect(),
        tokens: without_tests(&tokens(text)),
    };
    let grouped = source(&["ui"], "use crate::{model::{self, Edit}, tools};");
    assert_eq!(grouped.used_folders(&folders), ["model", "tools"].map(str::to_owned).into(), "a group");
    let chained = source(&["ui", "panels", "x"], "fn f() { super::super::super::store::f(); super::super::sync::g() }");
    assert_eq!(chained.used_folders(&folders), ["store"].map(str::to_owned).into(), "only the chain up to the root");
    let text = "//! [`crate::store`]\n#[cfg(test)]\nmod tests { use crate::store; fn f() {} }\nconst S: &str = \"crate::sync\";\nuse crate::tools;";
    assert_eq!(source(&["ui"], text).used_folders(&folders), ["tools"].map(str::to_owned).into(), "no tests, no words");
    let crates = source(&["ui"], "use egui::Ui; use tokio; let x = reqwest::get(); a::axum::b();");
    assert_eq!(crates.path_heads(), BTreeSet::from(["a", "egui", "reqwest", "tokio"]), "heads only");
}
