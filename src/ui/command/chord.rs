//! A key with its modifiers, and where two keys are pressed one after the other the one before it: reading, writing,
//! matching.

use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

/// Whether a key just went down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// It did.
    First,
    /// It is held, and says so again.
    Again,
}

/// Between the two keys of a sequence, in the table and in the settings file.
const THEN: char = '>';

/// A key and the modifiers that go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    /// The key that is pressed and let go before it, where it is a sequence of two.
    pub after: Option<Key>,
    /// Which modifiers, and no others.
    pub modifiers: Modifiers,
    /// Which key.
    pub key: Key,
}

impl Chord {
    /// Reads one as it stands in the table and in the settings file: `Ctrl+Shift+Z`, or `T>H` for T and then H.
    ///
    /// # Errors
    /// A sentence that says what is not known.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some((before, rest)) = text.split_once(THEN) {
            let before = Self::parse(before)?;
            if before.modifiers.any() || before.after.is_some() {
                return Err(format!("“{text}” is no sequence of a bare key and another one"));
            }
            return Ok(Self { after: Some(before.key), ..Self::parse(rest)? });
        }
        let mut modifiers = Modifiers::NONE;
        let mut rest = text.trim();
        while let Some((word, after)) =
            rest.split_once('+').filter(|(word, after)| !word.is_empty() && !after.is_empty())
        {
            modifiers |= match word.trim().to_ascii_lowercase().as_str() {
                "ctrl" | "cmd" | "control" | "command" => Modifiers::COMMAND,
                "shift" => Modifiers::SHIFT,
                "alt" | "option" => Modifiers::ALT,
                _ => return Err(format!("“{word}” in “{text}” is none of Ctrl, Shift, Alt")),
            };
            rest = after;
        }
        let key = Key::from_name(rest.trim()).ok_or_else(|| format!("“{text}” names no key"))?;
        Ok(Self { after: None, modifiers, key })
    }

    /// Of what was pressed. A key that is made with Shift (a plus on most keyboards) needs no Shift of its own.
    #[must_use]
    pub const fn of(modifiers: Modifiers, key: Key) -> Self {
        let mut wanted = Modifiers {
            alt: modifiers.alt,
            ctrl: false,
            shift: modifiers.shift,
            mac_cmd: false,
            command: modifiers.command,
        };
        if matches!(key, Key::Plus | Key::Questionmark | Key::Colon | Key::Exclamationmark | Key::Pipe) {
            wanted.shift = false;
        }
        Self { after: None, modifiers: wanted, key }
    }

    /// The key that went down in this event, and whether it is a held key's repetition. Cut, copy and paste reach egui as
    /// events of their own; here they are the keys that they were. Shift, Ctrl and their like are no keys by themselves:
    /// they go down on the way to another.
    #[must_use]
    pub const fn pressed(event: &Event) -> Option<(Self, Press)> {
        let (key, press) = match event {
            Event::Key { key, pressed: true, repeat, modifiers, .. } if !is_held_with_others(*key) => {
                let press = if *repeat { Press::Again } else { Press::First };
                return Some((Self::of(*modifiers, *key), press));
            }
            Event::Copy => (Key::C, Press::First),
            Event::Cut => (Key::X, Press::First),
            Event::Paste(_) => (Key::V, Press::First),
            _ => return None,
        };
        Some((Self { after: None, modifiers: Modifiers::COMMAND, key }, press))
    }

    /// The same, pressed after that key.
    #[must_use]
    pub const fn pressed_after(self, key: Key) -> Self {
        Self { after: Some(key), ..self }
    }

    /// Whether a sequence may begin with it: a key without modifiers.
    #[must_use]
    pub fn can_begin(self) -> bool {
        self.after.is_none() && !self.modifiers.any()
    }

    /// Whether it begins that sequence.
    #[must_use]
    pub fn begins(self, sequence: Self) -> bool {
        self.can_begin() && sequence.after == Some(self.key)
    }

    /// Whether the two cannot mean different things: they are one, or the one begins the other.
    #[must_use]
    pub fn collides(self, other: Self) -> bool {
        self == other || self.begins(other) || other.begins(self)
    }

    /// Why it cannot be given to a command.
    #[must_use]
    pub fn reserved(self) -> Option<&'static str> {
        match self.key {
            Key::Space if !self.modifiers.any() => Some("held, it moves the view"),
            _ => None,
        }
    }

    /// Whether a focused control wants it.
    #[must_use]
    pub const fn belongs_to_controls(self) -> bool {
        let moves = matches!(self.key, Key::Tab | Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown);
        moves || matches!(self.key, Key::Space | Key::Enter)
    }

    /// As it stands in the settings file.
    #[must_use]
    pub fn text(self) -> String {
        let mut text = self.after.map(|key| format!("{}{THEN}", key.name())).unwrap_or_default();
        for (held, name) in
            [(self.modifiers.command, "Ctrl+"), (self.modifiers.alt, "Alt+"), (self.modifiers.shift, "Shift+")]
        {
            if held {
                text.push_str(name);
            }
        }
        text + self.key.name()
    }

    /// As it is written for a person on this system: `Ctrl+,`.
    #[must_use]
    pub fn shown(self, ctx: &Context) -> String {
        let before = self.after.map(|key| format!("{} ", key.symbol_or_name())).unwrap_or_default();
        let text = before + &ctx.format_shortcut(&KeyboardShortcut::new(self.modifiers, self.key));
        let name = self.key.name();
        let is_arrow = matches!(self.key, Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown);
        match text.strip_suffix(name).filter(|_| !is_arrow) {
            Some(modifiers) => format!("{modifiers}{}", self.key.symbol_or_name()),
            None => text,
        }
    }
}

/// Whether a key is there to be held while another is pressed, or to turn the keyboard over. egui tells of them too.
const fn is_held_with_others(key: Key) -> bool {
    matches!(
        key,
        Key::ShiftLeft
            | Key::ShiftRight
            | Key::ControlLeft
            | Key::ControlRight
            | Key::AltLeft
            | Key::AltRight
            | Key::SuperLeft
            | Key::SuperRight
            | Key::CapsLock
            | Key::NumLock
            | Key::ScrollLock
            | Key::Fn
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_on_the_way_to_another_key_is_no_key() {
        let down = |key| {
            let modifiers = Modifiers::SHIFT;
            Chord::pressed(&Event::Key { key, physical_key: Some(key), pressed: true, repeat: false, modifiers })
        };
        assert_eq!(down(Key::ShiftLeft), None, "Shift by itself");
        assert_eq!(down(Key::H).map(|(chord, _)| chord), Chord::parse("Shift+H").ok(), "and then H");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let texts = ["A", "Ctrl+Shift+Z", "Ctrl+Plus", "Ctrl+Alt+Delete", "F1", "Shift+Tab", "Left", "0", "T>Shift+H"];
        for text in texts {
            let chord = Chord::parse(text).expect(text);
            assert_eq!(Chord::parse(&chord.text()), Ok(chord), "{text} was written as {}", chord.text());
        }
        assert_eq!(Chord::parse("ctrl + ?").map(|c| c.key), Ok(Key::Questionmark), "spaces and case do not matter");
        assert_eq!(Chord::parse("Ctrl++").map(|c| c.key), Ok(Key::Plus), "a plus as it is typed");
    }

    #[test]
    fn what_is_no_key_is_said() {
        assert!(Chord::parse("Ctrl+Foo").expect_err("no key").contains("Ctrl+Foo"), "with what was written");
        assert!(Chord::parse("Hyper+A").expect_err("no modifier").contains("Hyper"), "with the word");
        assert!(Chord::parse("").is_err(), "nothing is no key");
        assert!(Chord::parse("Ctrl+T>H").is_err() && Chord::parse("T>").is_err(), "nor a sequence");
    }

    #[test]
    fn a_key_that_begins_a_sequence_cannot_mean_something_else() {
        let key = |text| Chord::parse(text).expect("a key");
        assert!(key("T").collides(key("T>H")) && key("T>H").collides(key("T")), "either way round");
        assert!(!key("Shift+T").collides(key("T>H")) && !key("T>L").collides(key("T>H")), "those are others");
        assert!(!key("H").collides(key("T>H")), "nor does its second key");
    }

    #[test]
    fn a_plus_is_a_plus_with_shift_and_without() {
        let with = Chord::of(Modifiers::COMMAND | Modifiers::SHIFT, Key::Plus);
        assert_eq!(with, Chord::of(Modifiers::COMMAND, Key::Plus), "some keyboards need Shift for it");
    }
}
