//! The menu bar, made from the list of commands.

use crate::runtime::RecentProject;
use crate::ui::command::{Command, Keymap, Menu};
use crate::ui::editor::Editor;
use crate::ui::welcome::recent_ui;
use egui::{Align, Button, Label, Layout, Ui};
use std::path::PathBuf;

/// Beside the menus: with less room the name of the project is left out, then the words of the search.
const ROOM_FOR_NAME: f32 = 300.0;
const ROOM_FOR_SEARCH: f32 = 220.0;

/// Shows the menu bar; what was chosen is added to `chosen`.
/// A project of the list of recent ones that was chosen is returned.
pub fn menu_ui(
    ui: &mut Ui,
    editor: Option<&Editor>,
    recent: &[RecentProject],
    chosen: &mut Vec<Command>,
) -> Option<PathBuf> {
    let mut wanted = None;
    egui::MenuBar::new().ui(ui, |ui| {
        for menu in Menu::BAR {
            ui.menu_button(menu.text(), |ui| {
                for command in menu.commands() {
                    item_ui(ui, command, editor, chosen);
                    if command == Command::OpenProject && !recent.is_empty() {
                        ui.menu_button("Open lately", |ui| {
                            ui.set_min_width(420.0);
                            wanted = recent_ui(ui, recent);
                        });
                    }
                }
            });
        }
        let room = ui.available_width();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let keys = egui::RichText::new(shortcut_text(ui, Command::Palette)).weak();
            let search =
                if room < ROOM_FOR_SEARCH { Button::new(keys) } else { Button::new(("Search a command", keys)) };
            if ui.add(search.frame(false)).accessible_name("Search a command").clicked() {
                chosen.push(Command::Palette);
            }
            if let Some(editor) = editor.filter(|_| room >= ROOM_FOR_NAME) {
                ui.add(Label::new(egui::RichText::new(&editor.name).weak()).truncate());
            }
        });
    });
    wanted
}

/// One command as a menu item.
pub fn item_ui(ui: &mut Ui, command: Command, editor: Option<&Editor>, chosen: &mut Vec<Command>) {
    let (text, tooltip) = command.text_and_tooltip();
    let button = Button::new(text).shortcut_text(shortcut_text(ui, command));
    let why_not = command.why_not(editor).unwrap_or(tooltip);
    let response = ui.add_enabled(command.is_enabled(editor), button);
    let response = response.on_hover_text(tooltip).on_disabled_hover_text(why_not);
    if response.clicked() {
        chosen.push(command);
    }
}

/// The first key of a command as text; empty without one.
#[must_use]
pub fn shortcut_text(ui: &Ui, command: Command) -> String {
    Keymap::of(ui).keys(command).first().map(|chord| chord.shown(ui)).unwrap_or_default()
}
