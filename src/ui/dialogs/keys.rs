//! The sheet of the keys that work right now.

use super::Stay;
use crate::ui::command::{Command, Keymap, Menu};
use crate::ui::editor::Editor;
use egui::{Grid, Modal, RichText, ScrollArea, Ui};

/// Shows the sheet.
#[must_use]
pub fn keys_ui(ui: &Ui, editor: Option<&Editor>) -> Stay {
    let modal = Modal::new(egui::Id::unique("keys")).show(ui, |ui| {
        ui.set_width(640.0);
        ui.heading("Keys that work right now");
        ScrollArea::vertical().max_height(480.0).show(ui, |ui| {
            ui.columns(2, |columns| {
                for (i, menu) in Menu::ALL.into_iter().enumerate() {
                    menu_keys_ui(&mut columns[i % 2], menu, editor);
                }
                mouse_keys_ui(&mut columns[1]);
            });
        });
        if ui.button("Close").clicked() {
            ui.close();
        }
    });
    if modal.should_close() { Stay::Close } else { Stay::Open }
}

fn menu_keys_ui(ui: &mut Ui, menu: Menu, editor: Option<&Editor>) {
    let keymap = Keymap::of(ui);
    let commands: Vec<Command> =
        menu.commands().filter(|c| c.is_enabled(editor) && !keymap.keys(*c).is_empty()).collect();
    if commands.is_empty() {
        return;
    }
    ui.add_space(6.0);
    ui.strong(menu.text());
    Grid::new(menu.text()).num_columns(2).min_col_width(110.0).show(ui, |ui| {
        for command in commands {
            let keys: Vec<String> = keymap.keys(command).iter().map(|c| ui.format_shortcut(&c.shortcut())).collect();
            ui.label(RichText::new(keys.join(", ")).monospace());
            ui.label(command.text());
            ui.end_row();
        }
    });
}

fn mouse_keys_ui(ui: &mut Ui) {
    ui.add_space(6.0);
    ui.strong("Mouse and more");
    Grid::new("mouse").num_columns(2).min_col_width(110.0).show(ui, |ui| {
        for (key, what) in [
            ("wheel", "zoom about the pointer"),
            ("Shift+wheel", "pan"),
            ("Space+drag", "pan from any tool"),
            ("middle drag", "pan; double click fits"),
            ("Alt+click", "remove a vertex"),
            ("Enter", "close the polygon"),
            ("Backspace", "take the last vertex back"),
        ] {
            ui.label(RichText::new(key).monospace());
            ui.label(what);
            ui.end_row();
        }
    });
}
