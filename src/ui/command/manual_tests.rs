//! The table of keys in the manual, made from the table of commands so that it cannot be wrong.

use super::evidence::test_of;
use super::{Command, Keymap, Menu, Preset, Scope};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

const BEGIN: &str = "<!-- keys: made by `LABELWRIGHT_WRITE_DOCS=1 cargo test --lib the_manual_has_every_key` -->\n";
const END: &str = "<!-- end of keys -->\n";

/// Every command with its keys in every preset, as Markdown.
fn table() -> String {
    let keymaps = Preset::ALL.map(|preset| Keymap::new(preset, BTreeMap::new()));
    let mut text = String::new();
    for menu in Menu::ALL {
        let _infallible = write!(text, "\n#### {}\n\n| command | what it does |", menu.text());
        for preset in Preset::ALL {
            let _infallible = write!(text, " {} |", preset.text());
        }
        text.push_str(" test |\n|---|---|---|---|---|---|---|\n");
        for command in menu.commands() {
            let when = match command.scope() {
                Scope::Review => " (in review)",
                Scope::Cursor => " (keyboard's cursor)",
                Scope::Desk => "",
            };
            let _infallible = write!(text, "| {}{when} | {} |", command.text(), command.text_and_tooltip().1);
            for keymap in &keymaps {
                let keys: Vec<String> = keymap.keys(command).iter().map(|chord| cell(&chord.text())).collect();
                let _infallible = write!(text, " {} |", keys.join(", "));
            }
            let test = test_of(command);
            let _infallible = if test.is_empty() { writeln!(text, " |") } else { writeln!(text, " `{test}` |") };
        }
    }
    text.push('\n');
    text
}

/// Every name of a function and of a test of the window in the tests of the project.
fn tests_there_are() -> BTreeSet<String> {
    fn look(dir: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                look(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                // The files `mod.rs` and `tests.rs` of a folder are named like the folder.
                let stem = path.file_stem().filter(|stem| *stem != "tests" && *stem != "mod");
                let file = stem.or_else(|| dir.file_name()).unwrap_or_default().to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).expect("a source");
                for line in text.lines() {
                    let line = line.trim();
                    let name =
                        line.strip_prefix("fn ").unwrap_or(line).split(|c: char| !c.is_alphanumeric() && c != '_');
                    found.extend(name.take(1).filter(|n| n.len() > 8).map(|name| format!("{file}::{name}")));
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    for folder in ["tests", "src"] {
        look(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    found
}

/// Whether there is such a test, in that file or in a part of its subject: `review::` stands for `review_many` too.
fn is_in(tests: &BTreeSet<String>, name: &str) -> bool {
    let Some((file, test)) = name.split_once("::") else { return false };
    tests.iter().filter_map(|there| there.split_once("::")).any(|(f, t)| t == test && f.starts_with(file))
}

/// A name that is cut (`snapping::a_vertex_snaps_to_…`) stands for several tests.
#[test]
fn every_test_that_the_manual_names_is_there() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/editor.md");
    let manual = std::fs::read_to_string(file).expect("the manual");
    let tests = tests_there_are();
    let named: Vec<&str> = manual
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains("::") && !name.contains(' ') && *name != "file::test")
        .chain(Command::ALL.iter().map(|command| test_of(*command)))
        .collect();
    assert!(named.len() > 150, "there are many: {}", named.len());
    for name in named {
        let is_there = match name.strip_suffix('…') {
            Some(beginning) => tests.iter().any(|test| test.starts_with(beginning)),
            None => is_in(&tests, name),
        };
        assert!(is_there, "the manual names {name}, and there is no such test");
    }
}

/// A key as it stands in a cell of a Markdown table.
fn cell(key: &str) -> String {
    let key = key.replace("Equals", "=").replace("Minus", "−").replace("Comma", ",").replace("OpenBracket", "[");
    let key = key
        .replace('>', " then ")
        .replace("CloseBracket", "]")
        .replace("Period", ".")
        .replace("Slash", "/")
        .replace("Plus", "+");
    if key.contains('|') { key.replace('|', "\\|") } else { key }
}

#[test]
fn the_manual_has_every_key() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/editor.md");
    let manual = std::fs::read_to_string(file).expect("the manual");
    let (before, rest) = manual.split_once(BEGIN).expect("the place of the table");
    let (found, after) = rest.split_once(END).expect("the end of the table");
    if std::env::var_os("LABELWRIGHT_WRITE_DOCS").is_some() {
        std::fs::write(file, format!("{before}{BEGIN}{}{END}{after}", table())).expect("the manual, written");
    } else {
        assert_eq!(found, table(), "docs/editor.md is not up to date; run the command that stands above its table");
    }
}

#[test]
fn every_command_of_the_table_stands_once() {
    let table = table();
    for command in Command::ALL {
        let row = format!("| {} ", command.text());
        assert!(table.matches(&row).count() >= 1, "{row}");
    }
}
