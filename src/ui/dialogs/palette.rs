//! The command palette: every command by its name.

use super::Stay;
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::panels::menu::shortcut_text;
use egui::{Button, Key, Modal, Modifiers, ScrollArea, TextEdit, Ui};

/// The palette while it is open.
#[derive(Debug, Default)]
pub struct Palette {
    search: String,
    row: usize,
}

impl Palette {
    /// Shows it; what was chosen is added to `chosen`.
    pub fn ui(&mut self, ui: &Ui, editor: Option<&Editor>, chosen: &mut Vec<Command>) -> Stay {
        let found: Vec<Command> =
            Command::ALL.iter().copied().filter(|c| c.is_enabled(editor) && matches(c.text(), &self.search)).collect();
        let (enter, down, up) = ui.input_mut(|i| {
            (
                i.consume_key(Modifiers::NONE, Key::Enter),
                i.consume_key(Modifiers::NONE, Key::ArrowDown),
                i.consume_key(Modifiers::NONE, Key::ArrowUp),
            )
        });
        self.row = (self.row + usize::from(down)).saturating_sub(usize::from(up)).min(found.len().saturating_sub(1));
        let mut taken = enter.then(|| found.get(self.row).copied()).flatten();
        let modal = Modal::new(egui::Id::unique("palette")).show(ui, |ui| {
            ui.set_width(420.0);
            let field = TextEdit::singleline(&mut self.search).hint_text("Type a command").desired_width(f32::INFINITY);
            let response = ui.add(field).accessible_name("Command");
            if !response.has_focus() {
                response.request_focus();
            }
            if response.changed() {
                self.row = 0;
            }
            ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for (i, command) in found.iter().enumerate() {
                    let button = Button::selectable(i == self.row, command.text())
                        .shortcut_text(shortcut_text(ui, *command))
                        .min_size(egui::vec2(ui.available_width(), 24.0));
                    if ui.add(button).on_hover_text(command.text_and_tooltip().1).clicked() {
                        taken = Some(*command);
                    }
                }
                if found.is_empty() {
                    ui.weak("No command has that in its name");
                }
            });
        });
        chosen.extend(taken);
        if taken.is_some() || modal.should_close() { Stay::Close } else { Stay::Open }
    }
}

/// Whether the letters of `search` occur in `text` in that order.
fn matches(text: &str, search: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    search.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).all(|c| letters.any(|l| l == c))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn letters_in_order_find_a_command() {
        assert!(matches("Next unlabelled image", "nxun"), "a few letters are enough");
        assert!(!matches("Undo", "od"), "in order");
    }
}
