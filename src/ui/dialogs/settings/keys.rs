//! Every key, to be set: a click on one waits for the new key; one that is taken already is shown with who has it before
//! anything changes.

use crate::ui::command::{Chord, Command, Keymap, Menu};
use crate::ui::settings::Settings;
use crate::ui::theme;
use egui::{Button, Key, RichText, ScrollArea, TextEdit, Ui};
use egui_material_icons::icons;

/// Which key of a command is being set: the one at this place, or one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    command: Command,
    at: usize,
}

/// Where the setting of a key stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Setting {
    /// Nothing is being set.
    #[default]
    Idle,
    /// The next key goes here.
    Listening(Slot),
    /// This key was pressed, and another command has it.
    Taken { slot: Slot, chord: Chord, by: Command },
    /// This key cannot be given to a command.
    Reserved { slot: Slot, chord: Chord, why: &'static str },
}

/// The page.
#[derive(Debug, Default)]
pub struct KeysPage {
    search: String,
    setting: Setting,
}

impl KeysPage {
    /// Whether the next key is meant for it.
    pub const fn is_listening(&self) -> bool {
        !matches!(self.setting, Setting::Idle)
    }

    /// Takes the key that is waited for.
    pub fn take_key(&mut self, ui: &Ui, settings: &mut Settings) {
        let Setting::Listening(slot) = self.setting else {
            if self.is_listening() && ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Escape)) {
                self.setting = Setting::Idle;
            }
            return;
        };
        let pressed = ui.input_mut(|i| {
            let chord = i.events.iter().find_map(|event| Chord::pressed(event).map(|(chord, _)| chord));
            if chord.is_some() {
                i.events.retain(|event| Chord::pressed(event).is_none() && !matches!(event, egui::Event::Text(_)));
            }
            chord
        });
        let Some(chord) = pressed else { return };
        ui.memory_mut(|m| m.move_focus(egui::FocusDirection::None));
        if chord.key == Key::Escape {
            self.setting = Setting::Idle;
            return;
        }
        self.setting = match (chord.reserved(), settings.keymap().clash(slot.command, chord)) {
            (Some(why), _) => Setting::Reserved { slot, chord, why },
            (None, Some(by)) => Setting::Taken { slot, chord, by },
            (None, None) => {
                give(settings, slot, chord);
                Setting::Idle
            }
        };
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
                self.add_ui(ui, Slot { command, at: keymap.keys(command).len() });
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
        let listening = self.setting == Setting::Listening(slot);
        let text = if listening { "press a key…" } else { &keys };
        let button = Button::selectable(listening, RichText::new(text).monospace()).frame_when_inactive(true);
        let name = format!("{} for {}", if listening { "Press a key" } else { &keys }, slot.command.text());
        if ui.add(button).accessible_name(name).on_hover_text("Click, then press another key; Esc keeps it").clicked() {
            self.setting = Setting::Listening(slot);
        }
        let remove = Button::new(RichText::new("×").weak()).frame(false);
        let name = format!("Take {keys} from {}", slot.command.text());
        if ui.add(remove).accessible_name(name).on_hover_text("Takes this key away").clicked() {
            let mut keys = settings.keymap().keys(slot.command).to_vec();
            keys.remove(slot.at);
            settings.set_keys(slot.command, keys);
            self.setting = Setting::Idle;
        }
    }

    fn add_ui(&mut self, ui: &mut Ui, slot: Slot) {
        let listening = self.setting == Setting::Listening(slot);
        let text = if listening { "press a key…" } else { "+" };
        let button = Button::selectable(listening, RichText::new(text).monospace());
        let name = format!("Another key for {}", slot.command.text());
        if ui.add(button).accessible_name(name).on_hover_text("Adds a key").clicked() {
            self.setting = Setting::Listening(slot);
        }
    }

    /// What stands in the way of a key, under the command that was to get it.
    fn question_ui(&mut self, ui: &mut Ui, settings: &mut Settings, command: Command) {
        match self.setting {
            Setting::Taken { slot, chord, by } if slot.command == command => {
                let keys = chord.shown(ui);
                let old = settings.keymap().keys(command).get(slot.at).copied();
                ui.horizontal_wrapped(|ui| {
                    let text = format!("{keys} is “{}” ({}).", by.text(), by.scope().text());
                    ui.colored_label(theme::warning(ui), text);
                    let swap = match old {
                        Some(old) => format!("Swap: {} gets {}", by.text(), old.shown(ui)),
                        None => format!("Take it: {} loses it", by.text()),
                    };
                    if ui.button(swap).clicked() {
                        replace(settings, by, chord, old);
                        give(settings, slot, chord);
                        self.setting = Setting::Idle;
                    }
                    if ui.button("Leave it").clicked() {
                        self.setting = Setting::Idle;
                    }
                });
            }
            Setting::Reserved { slot, chord, why } if slot.command == command => {
                let keys = chord.shown(ui);
                ui.horizontal(|ui| {
                    ui.colored_label(theme::warning(ui), format!("{keys} cannot be given to a command: {why}"));
                    if ui.button("Leave it").clicked() {
                        self.setting = Setting::Idle;
                    }
                });
            }
            _ => {}
        }
    }
}

/// Gives a key to a command, in place of the one at that place.
fn give(settings: &mut Settings, slot: Slot, chord: Chord) {
    let mut keys = settings.keymap().keys(slot.command).to_vec();
    keys.retain(|key| *key != chord);
    match keys.get_mut(slot.at) {
        Some(place) => *place = chord,
        None => keys.push(chord),
    }
    settings.set_keys(slot.command, keys);
}

/// Takes a key from a command, which gets the other one where there is one.
fn replace(settings: &mut Settings, command: Command, taken: Chord, instead: Option<Chord>) {
    let mut keys = settings.keymap().keys(command).to_vec();
    match (keys.iter_mut().find(|key| **key == taken), instead) {
        (Some(place), Some(instead)) => *place = instead,
        _ => keys.retain(|key| *key != taken),
    }
    settings.set_keys(command, keys);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::command::Preset;

    fn chord(text: &str) -> Chord {
        Chord::parse(text).expect("a key")
    }

    #[test]
    fn a_swap_leaves_both_with_a_key_and_no_clash() {
        let mut settings = Settings::default();
        replace(&mut settings, Command::ToolBox, chord("B"), Some(chord("P")));
        give(&mut settings, Slot { command: Command::ToolPolygon, at: 0 }, chord("B"));
        let keymap = settings.keymap();
        assert_eq!(keymap.keys(Command::ToolPolygon), [chord("B")], "the one that asked");
        assert_eq!(keymap.keys(Command::ToolBox), [chord("P")], "the one that had it");
        assert_eq!(keymap.clashes(), Vec::new(), "no key means two things");
    }

    #[test]
    fn a_key_that_is_taken_without_another_to_give_is_lost_to_the_other() {
        let mut settings = Settings::default();
        replace(&mut settings, Command::ToolBox, chord("B"), None);
        let own = Preset::Default.keys(Command::Connect).len();
        give(&mut settings, Slot { command: Command::Connect, at: own }, chord("B"));
        assert!(settings.keymap().keys(Command::ToolBox).is_empty(), "lost");
        assert_eq!(settings.keymap().keys(Command::Connect).last(), Some(&chord("B")), "gained");
    }
}
