//! Records a key, or two that are pressed one after the other. A key with modifiers is taken at once; after a bare one it
//! waits for a second, for Enter, or for a click. No clock decides: it waits as long as the person does. What stands in the
//! way is asked about before anything changes.

use crate::ui::command::{Chord, Command, Keymap};
use crate::ui::settings::Settings;
use egui::Key;

/// Which key of a command is being set: the one at this place, or one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub command: Command,
    pub at: usize,
}

/// Where the setting of a key stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Recording {
    /// Nothing is being set.
    #[default]
    Idle,
    /// The next key goes here.
    Listening(Slot),
    /// This key was pressed; a second one makes a sequence of the two.
    Begun { slot: Slot, first: Chord },
    /// This was pressed, and keys of other commands, or others of this one, are in its way.
    Taken { slot: Slot, chord: Chord },
    /// This cannot be given to a command.
    Reserved { slot: Slot, chord: Chord, why: &'static str },
}

impl Recording {
    /// Whether the next key is meant for it.
    pub const fn takes_keys(self) -> bool {
        matches!(self, Self::Listening(_) | Self::Begun { .. })
    }

    /// Takes a key that was pressed.
    pub fn press(&mut self, settings: &mut Settings, pressed: Chord) {
        *self = match *self {
            Self::Listening(_) | Self::Begun { .. } if pressed.key == Key::Escape => Self::Idle,
            Self::Listening(slot) => begin(settings, slot, pressed),
            Self::Begun { slot, first } if pressed.key == Key::Enter && !pressed.modifiers.any() => {
                offer(settings, slot, first)
            }
            Self::Begun { slot, first } => offer(settings, slot, pressed.pressed_after(first.key)),
            other => other,
        };
    }

    /// Waits for nothing more: the key that was pressed is meant alone.
    pub fn settle(&mut self, settings: &mut Settings) {
        *self = match *self {
            Self::Begun { slot, first } => offer(settings, slot, first),
            Self::Listening(_) => Self::Idle,
            other => other,
        };
    }

    /// Does as the person answered: takes it from whoever has it.
    pub fn take_it(&mut self, settings: &mut Settings) {
        if let Self::Taken { slot, chord } = *self {
            let keymap = settings.keymap();
            let instead = swapped(&keymap, slot, chord).map(|(_, old)| old);
            for (other, key) in keymap.in_the_way(slot.command, chord) {
                replace(settings, other, key, instead);
            }
            give(settings, slot, chord);
        }
        *self = Self::Idle;
    }
}

/// A first key. What another command of the scope has as it is cannot begin a sequence either: that is asked at once.
fn begin(settings: &mut Settings, slot: Slot, first: Chord) -> Recording {
    let is_anothers = settings.keymap().in_the_way(slot.command, first).iter().any(|(_, key)| *key == first);
    if first.can_begin() && first.reserved().is_none() && !is_anothers {
        return Recording::Begun { slot, first };
    }
    offer(settings, slot, first)
}

/// Gives it where nothing is in its way.
fn offer(settings: &mut Settings, slot: Slot, chord: Chord) -> Recording {
    if let Some(why) = chord.reserved() {
        return Recording::Reserved { slot, chord, why };
    }
    if !in_the_way(&settings.keymap(), slot, chord).is_empty() {
        return Recording::Taken { slot, chord };
    }
    give(settings, slot, chord);
    Recording::Idle
}

/// The keys that cannot stand beside it: others of the same command that begin it or that it begins, and those of other
/// commands.
pub(super) fn in_the_way(keymap: &Keymap, slot: Slot, chord: Chord) -> Vec<(Command, Chord)> {
    let own = keymap.keys(slot.command).iter().enumerate();
    let own = own.filter(|(at, key)| *at != slot.at && **key != chord && key.collides(chord));
    let mut found: Vec<(Command, Chord)> = own.map(|(_, key)| (slot.command, *key)).collect();
    found.extend(keymap.in_the_way(slot.command, chord));
    found
}

/// The command that would get the slot's old key in exchange, and that key: where the two can change places.
pub(super) fn swapped(keymap: &Keymap, slot: Slot, chord: Chord) -> Option<(Command, Chord)> {
    let [(other, key)] = in_the_way(keymap, slot, chord)[..] else { return None };
    let old = keymap.keys(slot.command).get(slot.at).copied()?;
    let can = other != slot.command && other.scope() == slot.command.scope() && key == chord && !old.collides(chord);
    can.then_some((other, old))
}

/// Gives a key to a command, in place of the one at that place and of those of its own that cannot stand beside it.
fn give(settings: &mut Settings, slot: Slot, chord: Chord) {
    let mut keys: Vec<Chord> = Vec::new();
    let before = settings.keymap().keys(slot.command).to_vec();
    for (at, key) in before.iter().enumerate() {
        if at == slot.at {
            keys.push(chord);
        } else if !key.collides(chord) {
            keys.push(*key);
        }
    }
    if slot.at >= before.len() {
        keys.push(chord);
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

    /// Presses keys for the first key of a command.
    fn recorded(settings: &mut Settings, command: Command, keys: &[&str]) -> Recording {
        let mut recording = Recording::Listening(Slot { command, at: 0 });
        for key in keys {
            recording.press(settings, chord(key));
        }
        recording
    }

    #[test]
    fn two_keys_are_a_sequence_and_enter_takes_the_first_alone() {
        let mut settings = Settings::default();
        let waits = recorded(&mut settings, Command::Fit, &["Y"]);
        assert!(matches!(waits, Recording::Begun { first, .. } if first == chord("Y")), "{waits:?}");
        assert!(settings.own_keys.is_empty(), "nothing changed yet");
        assert_eq!(recorded(&mut settings, Command::Fit, &["Y", "C"]), Recording::Idle, "two are enough");
        assert_eq!(settings.keymap().keys(Command::Fit), [chord("Y>C")], "Y and then C");
        assert_eq!(recorded(&mut settings, Command::Fit, &["Y", "Shift+H"]), Recording::Idle, "with modifiers too");
        assert_eq!(settings.keymap().keys(Command::Fit), [chord("Y>Shift+H")], "in its place");
        assert_eq!(recorded(&mut settings, Command::Fit, &["Y", "Enter"]), Recording::Idle, "Enter");
        assert_eq!(settings.keymap().keys(Command::Fit), [chord("Y")], "Y alone");
        assert_eq!(recorded(&mut settings, Command::Fit, &["W", "Escape"]), Recording::Idle, "Esc");
        assert_eq!(settings.keymap().keys(Command::Fit), [chord("Y")], "as it was");
    }

    #[test]
    fn a_key_with_modifiers_is_taken_at_once() {
        let mut settings = Settings::default();
        assert_eq!(recorded(&mut settings, Command::Fit, &["Ctrl+K"]), Recording::Idle, "it begins nothing");
        assert_eq!(settings.keymap().keys(Command::Fit), [chord("Ctrl+K")], "in place of the old one");
    }

    #[test]
    fn a_key_that_begins_sequences_of_others_is_asked_about_and_taken_from_all_of_them() {
        let mut settings = Settings { preset: Preset::Cvat, ..Settings::default() };
        let mut asked = recorded(&mut settings, Command::Fit, &["T", "Enter"]);
        assert!(matches!(asked, Recording::Taken { .. }), "{asked:?}");
        let slot = Slot { command: Command::Fit, at: 0 };
        let found: Vec<Command> = in_the_way(&settings.keymap(), slot, chord("T")).iter().map(|(c, _)| *c).collect();
        assert_eq!(found, [Command::HideAll, Command::LockAll], "both");
        assert!(settings.own_keys.is_empty(), "nothing changed yet");
        asked.take_it(&mut settings);
        let keymap = settings.keymap();
        assert_eq!(keymap.keys(Command::Fit), [chord("T")], "taken");
        assert!(keymap.keys(Command::HideAll).is_empty() && keymap.keys(Command::LockAll).is_empty(), "lost");
        assert_eq!(keymap.clashes(), Vec::new(), "no key means two things");
    }

    #[test]
    fn a_third_sequence_goes_beside_two_others() {
        let mut settings = Settings { preset: Preset::Cvat, ..Settings::default() };
        assert_eq!(recorded(&mut settings, Command::Fit, &["T", "F"]), Recording::Idle, "T F is free");
        assert_eq!(settings.keymap().clashes(), Vec::new(), "beside T H and T L");
    }

    #[test]
    fn nothing_can_follow_a_key_that_means_something_alone() {
        let mut settings = Settings::default();
        let mut asked = recorded(&mut settings, Command::Accept, &["Y", "A"]);
        assert_eq!(asked, Recording::Idle, "in review Y begins what it likes");
        asked = recorded(&mut settings, Command::Reject, &["B", "X"]);
        assert!(matches!(asked, Recording::Taken { .. }), "outside it B is the box tool, in review too: {asked:?}");
        asked = recorded(&mut settings, Command::Fit, &["B"]);
        assert!(matches!(asked, Recording::Taken { .. }), "at once: {asked:?}");
    }

    #[test]
    fn its_own_other_key_may_be_in_the_way_too() {
        let mut settings = Settings::default();
        settings.set_keys(Command::Fit, vec![chord("Y")]);
        let mut recording = Recording::Listening(Slot { command: Command::Fit, at: 1 });
        recording.press(&mut settings, chord("Y"));
        recording.press(&mut settings, chord("C"));
        assert!(matches!(recording, Recording::Taken { .. }), "Y alone would go first: {recording:?}");
        recording.take_it(&mut settings);
        assert_eq!(settings.keymap().keys(Command::Fit), [chord("Y>C")], "it stands in place of the other");
    }

    #[test]
    fn a_key_that_holds_the_view_is_neither_the_first_nor_the_second() {
        let mut settings = Settings::default();
        for keys in [&["Space"][..], &["Y", "Space"]] {
            let said = recorded(&mut settings, Command::Fit, keys);
            assert!(matches!(said, Recording::Reserved { .. }), "{keys:?}: {said:?}");
        }
    }

    #[test]
    fn a_swap_leaves_both_with_a_key_and_no_clash() {
        let mut settings = Settings::default();
        let mut asked = recorded(&mut settings, Command::ToolPolygon, &["B"]);
        asked.take_it(&mut settings);
        let keymap = settings.keymap();
        assert_eq!(keymap.keys(Command::ToolPolygon), [chord("B")], "the one that asked");
        assert_eq!(keymap.keys(Command::ToolBox), [chord("P")], "the one that had it");
        assert_eq!(keymap.clashes(), Vec::new(), "no key means two things");
    }

    #[test]
    fn a_key_that_is_taken_without_another_to_give_is_lost_to_the_other() {
        let mut settings = Settings::default();
        let own = Preset::Default.keys(Command::Connect).len();
        let mut recording = Recording::Listening(Slot { command: Command::Connect, at: own });
        recording.press(&mut settings, chord("B"));
        recording.take_it(&mut settings);
        assert!(settings.keymap().keys(Command::ToolBox).is_empty(), "lost");
        assert_eq!(settings.keymap().keys(Command::Connect).last(), Some(&chord("B")), "gained");
    }
}
