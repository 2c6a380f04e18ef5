//! The sheet of the keys that work right now: in this mode, with this tool, in this keymap.

use super::Stay;
use crate::ui::command::{Command, Keymap, Menu, gestures};
use crate::ui::editor::Editor;
use egui::{Grid, Modal, RichText, ScrollArea, Ui};

/// Lines of a group beside its own rows: its heading and the space around it.
const HEADING_LINES: usize = 2;

/// A group of the sheet: its heading, and what each key does.
type Group = (&'static str, Vec<(String, &'static str)>);

/// What the person wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysWish {
    /// Nothing more.
    Nothing,
    /// To set keys.
    SetKeys,
}

/// Shows the sheet.
#[must_use]
pub fn keys_ui(ui: &Ui, editor: Option<&Editor>) -> (Stay, KeysWish) {
    let mut wish = KeysWish::Nothing;
    let modal = Modal::new(egui::Id::unique("keys")).show(ui, |ui| {
        let room = ui.content_rect().size();
        let n = if room.x > 1000.0 { 3 } else { 2 };
        let width = (room.x - 60.0).min(1020.0);
        ui.set_width(width);
        ui.heading("Keys that work right now");
        let where_now = match editor {
            Some(editor) if editor.review.is_some() => {
                "in review; outside it A, D, S, X, Z and others are keys of the editor"
            }
            Some(_) => "in the editor, with the tool in hand and what is selected",
            None => "while no project is open",
        };
        ui.weak(format!("{where_now} · preset {}", Keymap::of(ui).preset().text()));
        let height = (room.y - 160.0).max(160.0);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            let arranged = in_columns(groups(ui, editor), n);
            let each = width / if n == 3 { 3.0 } else { 2.0 };
            ui.columns(n, |columns| {
                for (column, groups) in columns.iter_mut().zip(arranged) {
                    for group in groups {
                        group_ui(column, &group, each);
                    }
                }
            });
        });
        ui.horizontal(|ui| {
            if ui.button("Close").clicked() {
                ui.close();
            }
            if ui.button("Set keys…").clicked() {
                wish = KeysWish::SetKeys;
            }
        });
    });
    let stay = if modal.should_close() || wish == KeysWish::SetKeys { Stay::Close } else { Stay::Open };
    (stay, wish)
}

fn groups(ui: &Ui, editor: Option<&Editor>) -> Vec<Group> {
    let keymap = Keymap::of(ui);
    let keys = |command: Command| -> String {
        let keys: Vec<String> = keymap.keys(command).iter().map(|c| c.shown(ui)).collect();
        keys.join(", ")
    };
    // A key that a narrower scope took does not mean the wider command now.
    let means = |command: &Command| {
        keymap.keys(*command).iter().any(|chord| keymap.command_for(*chord, |c| c.is_enabled(editor)) == Some(*command))
    };
    let mut groups: Vec<Group> = Menu::ALL
        .into_iter()
        .map(|menu| (menu.text(), menu.commands().filter(means).map(|c| (keys(c), c.text())).collect()))
        .collect();
    if let Some(editor) = editor {
        for (heading, gestures) in [gestures::of_tool(&editor.tool), gestures::anywhere()] {
            groups.push((heading, gestures.iter().map(|(key, what)| ((*key).to_owned(), *what)).collect()));
        }
    }
    groups.retain(|(_, rows)| !rows.is_empty());
    groups
}

/// The groups in so many columns of about the same height, in their order.
fn in_columns(groups: Vec<Group>, n: usize) -> Vec<Vec<Group>> {
    let lines = |group: &Group| group.1.len() + HEADING_LINES;
    let each = groups.iter().map(lines).sum::<usize>().div_ceil(n);
    let mut columns: Vec<Vec<Group>> = vec![Vec::new()];
    let mut filled = 0;
    for group in groups {
        let more = lines(&group);
        if filled > 0 && filled + more / 2 > each && columns.len() < n {
            columns.push(Vec::new());
            filled = 0;
        }
        filled += more;
        if let Some(column) = columns.last_mut() {
            column.push(group);
        }
    }
    columns
}

fn group_ui(ui: &mut Ui, (heading, rows): &Group, width: f32) {
    ui.add_space(6.0);
    ui.strong(*heading);
    Grid::new(heading).num_columns(2).min_col_width(96.0).max_col_width(width * 0.46).show(ui, |ui| {
        for (keys, what) in rows {
            ui.label(RichText::new(keys).monospace());
            ui.label(*what);
            ui.end_row();
        }
    });
}
