//! Every key, to be set: a click on one waits for the new key, or for two of them; one that is taken already is shown with
//! who has it before anything changes.

use super::recorder::{Recording, Slot, in_the_way, swapped};
use crate::ui::command::{Chord, Command, Keymap, Menu, Press};
use crate::ui::settings::Settings;
use crate::ui::theme;
use egui::{Button, Key, RichText, ScrollArea, TextEdit, Ui};
use egui_material_icons::icons;

/// The page.
#[derive(Debug, Default)]
pub struct KeysPage {
    search: String,
    recording: Recording,
}

impl KeysPage {
    /// Whether a key is being set, so that Esc is no Esc for the dialog.
    pub fn is_recording(&self) -> bool {
        self.recording != Recording::Idle
    }

    /// Takes the keys that are waited for. A held key is one key.
    pub fn take_keys(&mut self, ui: &Ui, settings: &mut Settings) {
        if !self.recording.takes_keys() {
            if self.is_recording() && ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Escape)) {
                self.recording = Recording::Idle;
            }
            return;
        }
        let pressed: Vec<(Chord, Press)> = ui.input_mut(|i| {
            let pressed: Vec<(Chord, Press)> = i.events.iter().filter_map(Chord::pressed).collect();
            i.events.retain(|event| Chord::pressed(event).is_none() && !matches!(event, egui::Event::Text(_)));
            pressed
        });
        if !pressed.is_empty() {
            ui.memory_mut(|m| m.move_focus(egui::FocusDirection::None));
        }
        for (chord, _) in pressed.into_iter().filter(|(_, press)| *press == Press::First) {
            self.recording.press(settings, chord);
        }
    }

    /// After the frame: a click on something else than `before` was waiting for ends the wait, with the key that was
    /// pressed.
    pub fn after_click(&mut self, ui: &Ui, settings: &mut Settings, before: Recording) {
        if self.recording == before && ui.input(|i| i.pointer.any_click()) {
            self.recording.settle(settings);
        }
    }

    /// Where the setting of a key stands.
    pub const fn recording(&self) -> Recording {
        self.recording
    }

    /// Shows it.
    pub fn ui(&mut self, ui: &mut Ui, settings: &mut Settings) {
        super::preset_ui(ui, settings);
        let keymap = settings.keymap();
        for (chord, one, other) in keymap.clashes() {
            let keys = chord.shown(ui);
            let text = format!("{keys} means {} and {}; the first of the list has it", one.text(), other.text());
            ui.colored_label(theme::warning(ui), text);
        }
        let field = TextEdit::singleline(&mut self.search).hint_text("Search a command or a key");
        ui.add(field.desired_width(f32::INFINITY)).accessible_name("Search keys");
        ui.add_space(4.0);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for menu in Menu::ALL {
                let found: Vec<Command> = menu.commands().filter(|c| self.is_found(ui, &keymap, *c)).collect();
                if found.is_empty() {
                    continue;
                }
                ui.add_space(6.0);
                ui.strong(menu.text());
                for command in found {
                    self.command_ui(ui, settings, &keymap, command);
                }
            }
        });
    }

    fn is_found(&self, ui: &Ui, keymap: &Keymap, command: Command) -> bool {
        let wanted = self.search.trim().to_lowercase();
        let mut keys = keymap.keys(command).iter().map(|c| c.shown(ui).to_lowercase());
        wanted.is_empty() || command.text().to_lowercase().contains(&wanted) || keys.any(|k| k == wanted)
    }

    fn command_ui(&mut self, ui: &mut Ui, settings: &mut Settings, keymap: &Keymap, command: Command) {
        ui.push_id(command, |ui| {
            ui.horizontal(|ui| {
                let name = ui.allocate_ui_with_layout(
                    egui::vec2(230.0, 24.0),
                    egui::Layout::left_to_right(egui::Align::Center),
                    |ui| {
                        ui.set_min_width(230.0);
                        ui.label(command.text()).on_hover_text(command.text_and_tooltip().1);
                    },
                );
                name.response.on_hover_text(command.scope().text());
                for (at, chord) in keymap.keys(command).iter().enumerate() {
                    self.chord_ui(ui, settings, Slot { command, at }, *chord);
                }
                self.add_ui(ui, settings, Slot { command, at: keymap.keys(command).len() });
                if settings.own_keys.contains_key(&command) {
                    let name = format!("Preset's keys for {}", command.text());
                    let back = Button::new(icons::ICON_UNDO.rich_text().size(14.0)).frame(false);
                    if ui.add(back).accessible_name(name).on_hover_text("Back to the preset's keys").clicked() {
                        settings.own_keys.remove(&command);
                    }
                }
            });
            self.question_ui(ui, settings, command);
        });
    }

    fn chord_ui(&mut self, ui: &mut Ui, settings: &mut Settings, slot: Slot, chord: Chord) {
        let keys = chord.shown(ui);
        let waiting = self.waiting_text(ui, slot);
        let text = RichText::new(waiting.as_ref().unwrap_or(&keys)).monospace();
        let button = Button::selectable(waiting.is_some(), text).frame_when_inactive(true);
        let name = format!("{} for {}", if waiting.is_some() { "Press a key" } else { &keys }, slot.command.text());
        let hint = "Click, then press another key, or two one after the other; Esc keeps it";
        if ui.add(button).accessible_name(name).on_hover_text(hint).clicked() {
            self.record(settings, slot);
        }
        let remove = Button::new(RichText::new("×").weak()).frame(false);
        let name = format!("Take {keys} from {}", slot.command.text());
        if ui.add(remove).accessible_name(name).on_hover_text("Takes this key away").clicked() {
            let mut keys = settings.keymap().keys(slot.command).to_vec();
            keys.remove(slot.at);
            settings.set_keys(slot.command, keys);
            self.recording = Recording::Idle;
        }
    }

    fn add_ui(&mut self, ui: &mut Ui, settings: &mut Settings, slot: Slot) {
        let waiting = self.waiting_text(ui, slot);
        let text = RichText::new(waiting.as_deref().unwrap_or("+")).monospace();
        let button = Button::selectable(waiting.is_some(), text);
        let name = format!("Another key for {}", slot.command.text());
        if ui.add(button).accessible_name(name).on_hover_text("Adds a key, or two one after the other").clicked() {
            self.record(settings, slot);
        }
    }

    /// What stands on the button of a key while it is being set.
    fn waiting_text(&self, ui: &Ui, slot: Slot) -> Option<String> {
        match self.recording {
            Recording::Listening(waiting) if waiting == slot => Some("press a key…".to_owned()),
            Recording::Begun { slot: waiting, first } if waiting == slot => Some(format!("{} …", first.shown(ui))),
            _ => None,
        }
    }

    /// A click on a key: waits for another; where this one waits for its second key it is taken alone.
    fn record(&mut self, settings: &mut Settings, slot: Slot) {
        let is_its_own = matches!(self.recording, Recording::Begun { slot: waiting, .. } if waiting == slot);
        self.recording.settle(settings);
        if !is_its_own && !matches!(self.recording, Recording::Taken { .. }) {
            self.recording = Recording::Listening(slot);
        }
    }

    /// What is asked, under the command that is to get a key.
    fn question_ui(&mut self, ui: &mut Ui, settings: &mut Settings, command: Command) {
        match self.recording {
            Recording::Begun { slot, first } if slot.command == command => self.second_ui(ui, settings, slot, first),
            Recording::Taken { slot, chord } if slot.command == command => self.taken_ui(ui, settings, slot, chord),
            Recording::Reserved { slot, chord, why } if slot.command == command => {
                let keys = chord.shown(ui);
                ui.horizontal(|ui| {
                    ui.colored_label(theme::warning(ui), format!("{keys} cannot be given to a command: {why}"));
                    self.leave_ui(ui);
                });
            }
            _ => {}
        }
    }

    /// A first key was pressed.
    fn second_ui(&mut self, ui: &mut Ui, settings: &mut Settings, slot: Slot, first: Chord) {
        let keys = first.shown(ui);
        ui.horizontal_wrapped(|ui| {
            let text = format!("{keys}, and then? Press a second key, or Enter for {keys} alone; Esc leaves it.");
            ui.colored_label(theme::ink(ui, theme::ACCENT), text);
            let begun = in_the_way(&settings.keymap(), slot, first);
            if !begun.is_empty() {
                let ways: Vec<String> =
                    begun.iter().map(|(command, key)| format!("{} is “{}”", key.shown(ui), command.text())).collect();
                ui.label(format!("{}.", ways.join(", ")));
            }
            if ui.button(format!("{keys} alone")).clicked() {
                self.recording.settle(settings);
            }
            self.leave_ui(ui);
        });
    }

    /// Other keys are in the way.
    fn taken_ui(&mut self, ui: &mut Ui, settings: &mut Settings, slot: Slot, chord: Chord) {
        let keymap = settings.keymap();
        let found = in_the_way(&keymap, slot, chord);
        ui.horizontal_wrapped(|ui| {
            for (other, key) in &found {
                ui.colored_label(theme::warning(ui), why_not(ui, chord, *other, *key));
            }
            let loses = |(other, key): &(Command, Chord)| format!("{} loses {}", other.text(), key.shown(ui));
            let take = match swapped(&keymap, slot, chord) {
                Some((other, old)) => format!("Swap: {} gets {}", other.text(), old.shown(ui)),
                None => format!("Take it: {}", found.iter().map(loses).collect::<Vec<_>>().join(", ")),
            };
            if ui.button(take).clicked() {
                self.recording.take_it(settings);
            }
            self.leave_ui(ui);
        });
    }

    fn leave_ui(&mut self, ui: &mut Ui) {
        if ui.button("Leave it").clicked() {
            self.recording = Recording::Idle;
        }
    }
}

/// Why a key and one that is there cannot stand beside each other.
fn why_not(ui: &Ui, chord: Chord, other: Command, key: Chord) -> String {
    let (wanted, there) = (chord.shown(ui), key.shown(ui));
    let (name, scope) = (other.text(), other.scope().text());
    if chord.begins(key) {
        format!("{wanted} begins {there}, “{name}” ({scope}).")
    } else if key.begins(chord) {
        format!("Nothing can follow {there}: alone it is “{name}” ({scope}).")
    } else {
        format!("{wanted} is “{name}” ({scope}).")
    }
}
