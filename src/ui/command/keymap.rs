//! Which key means which command now: a preset, and what the person set on top of it.

use super::{Chord, Command, Preset};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The keys in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    preset: Preset,
    own: BTreeMap<Command, Vec<Chord>>,
    keys: BTreeMap<Command, Vec<Chord>>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::new(Preset::default(), BTreeMap::new())
    }
}

impl Keymap {
    /// A preset, and the keys that the person set in place of its own.
    #[must_use]
    pub fn new(preset: Preset, own: BTreeMap<Command, Vec<Chord>>) -> Self {
        let mut keys: BTreeMap<Command, Vec<Chord>> = Command::ALL.iter().map(|c| (*c, preset.keys(*c))).collect();
        keys.extend(own.iter().map(|(command, chords)| (*command, chords.clone())));
        Self { preset, own, keys }
    }

    /// The preset under it.
    #[must_use]
    pub const fn preset(&self) -> Preset {
        self.preset
    }

    /// What the person set.
    #[must_use]
    pub const fn own(&self) -> &BTreeMap<Command, Vec<Chord>> {
        &self.own
    }

    /// The keys of a command, the one to show first.
    #[must_use]
    pub fn keys(&self, command: Command) -> &[Chord] {
        self.keys.get(&command).map_or(&[], Vec::as_slice)
    }

    /// The command that a key means, of those that can be used now: the narrower scope first.
    pub fn command_for(&self, chord: Chord, can: impl Fn(Command) -> bool) -> Option<Command> {
        let mut found: Vec<Command> = Command::ALL.iter().copied().filter(|c| self.keys(*c).contains(&chord)).collect();
        found.sort_by_key(|c| c.scope());
        found.into_iter().find(|c| can(*c))
    }

    /// What the keys that follow this one mean, where it begins sequences: of the commands that can be used now.
    pub fn begun_by(&self, chord: Chord, can: impl Fn(Command) -> bool) -> Vec<(Chord, Command)> {
        let mut found = Vec::new();
        for command in Command::ALL.iter().copied().filter(|c| can(*c)) {
            found.extend(self.keys(command).iter().filter(|key| chord.begins(**key)).map(|key| (*key, command)));
        }
        found
    }

    /// The keys of other commands that this one of `command` cannot stand beside: the same, one that it begins, or one that
    /// begins it.
    #[must_use]
    pub fn in_the_way(&self, command: Command, chord: Chord) -> Vec<(Command, Chord)> {
        let mut found = Vec::new();
        for other in Command::ALL.iter().copied().filter(|c| *c != command) {
            let keys = self.keys(other).iter().filter(|key| exclude((command, chord), (other, **key)));
            found.extend(keys.map(|key| (other, *key)));
        }
        found
    }

    /// The first command that has this key already where `command` would get it, or a sequence that it begins.
    #[must_use]
    pub fn clash(&self, command: Command, chord: Chord) -> Option<Command> {
        self.in_the_way(command, chord).first().map(|(other, _)| *other)
    }

    /// Every key that means two things in one scope.
    #[must_use]
    pub fn clashes(&self) -> Vec<(Chord, Command, Command)> {
        let mut found = Vec::new();
        for command in Command::ALL {
            for chord in self.keys(*command) {
                found.extend(self.clash(*command, *chord).filter(|c| c > command).map(|c| (*chord, *command, c)));
            }
        }
        found
    }

    /// The keymap of this window.
    #[must_use]
    pub fn of(ctx: &egui::Context) -> Arc<Self> {
        ctx.data_mut(|data| Arc::clone(data.get_temp_mut_or_default::<Arc<Self>>(egui::Id::NULL)))
    }

    /// Makes it the keymap of this window.
    pub fn install(self, ctx: &egui::Context) {
        ctx.data_mut(|data| data.insert_temp(egui::Id::NULL, Arc::new(self)));
    }
}

/// Whether the two commands cannot have these keys both. Of two scopes the narrower one's single key goes first, so the same
/// key is no clash; but a sequence of the narrower scope never begins where its first key means something everywhere.
fn exclude((one, key): (Command, Chord), (other, others): (Command, Chord)) -> bool {
    match one.scope().cmp(&other.scope()) {
        Ordering::Equal => key.collides(others),
        Ordering::Less => others.begins(key),
        Ordering::Greater => key.begins(others),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::command::Scope;

    #[test]
    fn in_no_preset_a_key_means_two_things_at_once() {
        for preset in Preset::ALL {
            assert_eq!(Keymap::new(preset, BTreeMap::new()).clashes(), Vec::new(), "{preset:?}");
        }
    }

    #[test]
    fn in_review_the_keys_of_the_review_go_first() {
        let keymap = Keymap::default();
        let a = Chord::parse("A").expect("a key");
        assert_eq!(keymap.command_for(a, |_| true), Some(Command::Accept), "while reviewing");
        let outside = keymap.command_for(a, |c| c.scope() != Scope::Review);
        assert_eq!(outside, Some(Command::PreviousImage), "otherwise");
    }

    #[test]
    fn a_key_that_is_taken_is_told_with_who_has_it() {
        let keymap = Keymap::default();
        let b = Chord::parse("B").expect("a key");
        assert_eq!(keymap.clash(Command::Fit, b), Some(Command::ToolBox), "the box tool has it");
        assert_eq!(keymap.clash(Command::Accept, b), None, "another scope is no clash");
        assert_eq!(keymap.clash(Command::ToolBox, b), None, "its own key is no clash");
    }

    #[test]
    fn t_begins_what_hides_and_locks_everything_in_cvat() {
        let keymap = Keymap::new(Preset::Cvat, BTreeMap::new());
        let t = Chord::parse("T").expect("a key");
        let begun: Vec<Command> = keymap.begun_by(t, |_| true).into_iter().map(|(_, command)| command).collect();
        assert_eq!(begun, [Command::HideAll, Command::LockAll], "T H and T L");
        assert_eq!(keymap.clash(Command::Fit, t), Some(Command::HideAll), "so it can be no key of its own");
        assert!(Keymap::default().begun_by(t, |_| true).is_empty(), "in labelwright's keys nothing is");
    }

    #[test]
    fn what_the_person_set_stands_in_place_of_the_preset() {
        let w = Chord::parse("W").expect("a key");
        let keymap = Keymap::new(Preset::Default, BTreeMap::from([(Command::ToolBox, vec![w])]));
        assert_eq!(keymap.keys(Command::ToolBox), [w], "only that");
        assert_eq!(keymap.command_for(Chord::parse("B").expect("a key"), |_| true), None, "the old key is free");
    }
}
