//! The table of keys in the manual, made from the table of commands so that it cannot be wrong.

use super::{Command, Keymap, Menu, Preset, Scope};
use std::collections::BTreeMap;
use std::fmt::Write as _;

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
        text.push_str("\n|---|---|---|---|---|---|\n");
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
            text.push('\n');
        }
    }
    text.push('\n');
    text
}

/// A key as it stands in a cell of a Markdown table.
fn cell(key: &str) -> String {
    let key = key.replace("Equals", "=").replace("Minus", "−").replace("Comma", ",").replace("OpenBracket", "[");
    let key = key.replace("CloseBracket", "]").replace("Period", ".").replace("Slash", "/").replace("Plus", "+");
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
