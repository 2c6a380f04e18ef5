//! The command palette: every command by a few letters of its name, those used lately first, each with its keys. What
//! cannot be used now is listed below, with the reason.

use super::Stay;
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::fuzzy;
use crate::ui::panels::menu::shortcut_text;
use egui::{Button, Key, Modal, Modifiers, RichText, ScrollArea, TextEdit, Ui};

/// A match in the sentence of a command counts so much less than one in its name.
const IN_SENTENCE: i32 = -20;

/// The palette while it is open.
#[derive(Debug, Default)]
pub struct Palette {
    search: String,
    row: usize,
}

impl Palette {
    /// Shows it; what was chosen is added to `chosen`.
    pub fn ui(&mut self, ui: &Ui, editor: Option<&Editor>, recent: &[Command], chosen: &mut Vec<Command>) -> Stay {
        let (can, cannot): (Vec<Command>, Vec<Command>) =
            found(&self.search, recent).into_iter().partition(|c| c.is_enabled(editor));
        let (enter, down, up) = ui.input_mut(|i| {
            (
                i.consume_key(Modifiers::NONE, Key::Enter),
                i.consume_key(Modifiers::NONE, Key::ArrowDown),
                i.consume_key(Modifiers::NONE, Key::ArrowUp),
            )
        });
        let before = self.row;
        self.row = (self.row + usize::from(down)).saturating_sub(usize::from(up)).min(can.len().saturating_sub(1));
        let mut taken = enter.then(|| can.get(self.row).copied()).flatten();
        let modal = Modal::new(egui::Id::unique("palette")).show(ui, |ui| {
            ui.set_width(480.0);
            let field = TextEdit::singleline(&mut self.search).hint_text("Type a command").desired_width(f32::INFINITY);
            let response = ui.add(field).accessible_name("Command");
            if !response.has_focus() {
                response.request_focus();
            }
            if response.changed() {
                self.row = 0;
            }
            ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
                for (i, command) in can.iter().enumerate() {
                    let button = Button::selectable(i == self.row, command.text())
                        .shortcut_text(shortcut_text(ui, *command))
                        .min_size(egui::vec2(ui.available_width(), 24.0));
                    let response = ui.add(button).on_hover_text(command.text_and_tooltip().1);
                    if i == self.row && before != self.row {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        taken = Some(*command);
                    }
                }
                cannot_ui(ui, editor, &cannot);
                if can.is_empty() && cannot.is_empty() {
                    ui.weak("No command has that in its name");
                }
            });
        });
        chosen.extend(taken);
        if taken.is_some() || modal.should_close() { Stay::Close } else { Stay::Open }
    }
}

fn cannot_ui(ui: &mut Ui, editor: Option<&Editor>, commands: &[Command]) {
    for command in commands {
        let why = RichText::new(command.why_not(editor).unwrap_or("not now")).weak().small();
        let button = Button::new(command.text()).right_text(why).min_size(egui::vec2(ui.available_width(), 24.0));
        ui.add_enabled(false, button);
    }
}

/// What a search finds, the best first; without one, what was used lately and then the menus.
fn found(search: &str, recent: &[Command]) -> Vec<Command> {
    let lately = |command: &Command| recent.iter().position(|r| r == command).unwrap_or(recent.len());
    let mut found: Vec<(i32, Command)> = Command::ALL
        .iter()
        .filter_map(|command| {
            let (text, sentence) = command.text_and_tooltip();
            let by_menu = || fuzzy::score(&format!("{} {text}", command.menu().text()), search).map(|s| s - 4);
            let by_sentence = || fuzzy::score(sentence, search).map(|s| s + IN_SENTENCE);
            Some((fuzzy::score(text, search).or_else(by_menu).or_else(by_sentence)?, *command))
        })
        .collect();
    found.sort_by_key(|(score, command)| (-score, lately(command)));
    found.into_iter().map(|(_, command)| command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_search_what_was_used_lately_comes_first() {
        let all = found("", &[Command::Fit, Command::Undo]);
        assert_eq!(all[..2], [Command::Fit, Command::Undo], "the newest first");
        assert_eq!(all.len(), Command::ALL.len(), "and all the others");
    }

    #[test]
    fn a_few_letters_bring_the_command_to_the_top() {
        assert_eq!(found("nxun", &[]).first(), Some(&Command::NextUnlabelled), "letters of its words");
        assert_eq!(found("undo", &[]).first(), Some(&Command::Undo), "the shorter name first");
        assert_eq!(found("edit undo", &[]).first(), Some(&Command::Undo), "the menu helps");
        assert!(found("keyring of clarifai", &[]).is_empty(), "what is nowhere is not found");
    }
}
