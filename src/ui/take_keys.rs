//! The keys of a frame: which command each means now, also as the second key of a sequence.

use super::app::App;
use super::command::{Chord, Command, Keymap, Press};
use crate::runtime::NoticeLevel;
use egui::{Event, Ui};

/// What a key means now.
enum Meant {
    /// A command.
    Command(Command),
    /// The first key of sequences: what may follow, in words.
    Beginning(String),
    /// Nothing of ours.
    Nothing,
}

impl App {
    /// Carries out this frame's keys in the order in which they were pressed, each in the state that the one before it
    /// left. A focused text field keeps its letters and its own undo.
    pub(super) fn take_keys(&mut self, ui: &Ui) {
        self.pasted = ui.input(|i| {
            let pasted =
                i.events.iter().find_map(|e| if let Event::Paste(text) = e { Some(text.clone()) } else { None });
            pasted.filter(|text| !text.is_empty())
        });
        if ui.input(|i| i.pointer.any_pressed()) {
            self.begun = None; // a sequence is keys alone
        }
        // An open menu, or the picker of a colour, has the keys: Esc closes it, and nothing else.
        if egui::Popup::is_any_open(ui) {
            self.begun = None;
            return;
        }
        let pressed: Vec<(Chord, Press)> = ui.input(|i| i.events.iter().filter_map(Chord::pressed).collect());
        for key in pressed {
            if self.has_dialog() {
                self.begun = None;
                return; // it opened just now, and the rest was typed for it
            }
            let meant = self.meant_by(ui, key);
            if matches!(meant, Meant::Nothing) {
                continue;
            }
            ui.input_mut(|i| i.events.retain(|event| Chord::pressed(event) != Some(key)));
            // egui saw it before we did: it must not move the focus as well.
            ui.memory_mut(|m| m.move_focus(egui::FocusDirection::None));
            match meant {
                Meant::Command(command) => self.execute(ui, command),
                Meant::Beginning(follows) => {
                    self.begun = Some(key.0.key);
                    if let Some(editor) = &mut self.editor {
                        editor.tell(NoticeLevel::Info, follows);
                    }
                }
                Meant::Nothing => {}
            }
        }
    }

    /// The field of a dialog that has closed takes no more keys: without this the next one would be lost, because egui
    /// finds out a frame later that the field is gone.
    pub(super) fn free_keys(&self, ui: &Ui, field: Option<egui::Id>) {
        if let Some(id) = field.filter(|_| !self.has_dialog()) {
            ui.memory_mut(|m| m.surrender_focus(id));
        }
    }

    /// What a key means after the one that began a sequence, else by itself, else as the beginning of one.
    fn meant_by(&mut self, ui: &Ui, (chord, press): (Chord, Press)) -> Meant {
        let second = self.begun.take().map(|key| chord.pressed_after(key));
        let sequence = second.and_then(|chord| self.command_for(ui, (chord, press)));
        if let Some(command) = sequence.or_else(|| self.command_for(ui, (chord, press))) {
            return Meant::Command(command);
        }
        let typing = ui.text_edit_focused();
        let begun = Keymap::of(ui).begun_by(chord, |command| !typing && command.is_enabled(self.editor.as_ref()));
        if begun.is_empty() {
            return Meant::Nothing;
        }
        let ways: Vec<String> =
            begun.iter().map(|(key, command)| format!("{}: {}", key.shown(ui), command.text())).collect();
        Meant::Beginning(ways.join(" · "))
    }

    /// The command that a key means now. A held key repeats only commands that may run on.
    fn command_for(&self, ui: &Ui, (chord, press): (Chord, Press)) -> Option<Command> {
        let editor = self.editor.as_ref();
        let typing = ui.text_edit_focused();
        // Where a control has the focus, the keys that move the focus or work the control are its own.
        let on_control = chord.belongs_to_controls() && ui.memory(|m| m.focused().is_some());
        let can = |command: Command| {
            (!typing || command.passes_text())
                && (press == Press::First || command.repeats())
                && command.is_enabled(editor)
        };
        if on_control {
            return None;
        }
        Keymap::of(ui).command_for(chord, can)
    }
}
