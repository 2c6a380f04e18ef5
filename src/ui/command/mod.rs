//! Every action of the program, once: its text, its keys, its icon and when it can be used. Menus, toolbar, palette, keys
//! and the key sheet are all made from this list.
//!
//! | file | what |
//! |---|---|
//! | `table` | the commands, a row each |
//! | `state` | when a command can be used, and why not |
//! | `chord` | a key with its modifiers: reading, writing, matching |
//! | `keymap` | which key means which command now |
//! | `gestures` | what the mouse does, for the key sheet |
//! | `presets` | the keys of other programs |

mod chord;
#[cfg(test)]
mod evidence;
pub mod gestures;
mod keymap;
#[cfg(test)]
mod manual_tests;
mod presets;
mod state;
mod table;

pub use chord::{Chord, Press};
pub use keymap::Keymap;
pub use presets::Preset;
pub use table::{Command, Row};

use crate::geometry::Vector;
use egui_material_icons::MaterialIcon;

/// How far, in image pixels, a nudge with the longer step goes.
const FAR_PX: f64 = 10.0;

/// Where a command belongs in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Menu {
    /// Projects and images.
    File,
    /// Undo, clipboard, selection.
    Edit,
    /// What is shown how.
    View,
    /// The list of images, and what is done to many of them.
    Images,
    /// What the mouse does.
    Tools,
    /// Concepts.
    Annotation,
    /// Decisions.
    Review,
    /// The server.
    Sync,
    /// Keys.
    Help,
    /// Keys with an amount (digits, arrows): in the sheet and the settings, in no menu.
    Direct,
}

impl Menu {
    /// In the order of the menu bar.
    pub const BAR: [Self; 9] = [
        Self::File,
        Self::Edit,
        Self::View,
        Self::Images,
        Self::Tools,
        Self::Annotation,
        Self::Review,
        Self::Sync,
        Self::Help,
    ];
    /// In the order of the key sheet.
    pub const ALL: [Self; 10] = [
        Self::File,
        Self::Edit,
        Self::View,
        Self::Images,
        Self::Tools,
        Self::Annotation,
        Self::Review,
        Self::Sync,
        Self::Help,
        Self::Direct,
    ];

    /// Its title.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::View => "View",
            Self::Images => "Images",
            Self::Tools => "Tools",
            Self::Annotation => "Annotation",
            Self::Review => "Review",
            Self::Sync => "Sync",
            Self::Help => "Help",
            Self::Direct => "Digits and arrows",
        }
    }

    /// Its commands, in order.
    pub fn commands(self) -> impl Iterator<Item = Command> {
        Command::ALL.iter().copied().filter(move |c| c.menu() == self)
    }
}

/// When the keys of a command are meant. Within a scope a key means one thing; the narrower scope goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// While the keyboard's cursor is on.
    Cursor,
    /// In review mode only.
    Review,
    /// Everywhere.
    Desk,
}

impl Scope {
    /// What it is called.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Cursor => "with the keyboard's cursor",
            Self::Review => "in review",
            Self::Desk => "everywhere",
        }
    }
}

impl Command {
    /// Its name, and what it does in a sentence.
    #[must_use]
    pub const fn text_and_tooltip(self) -> (&'static str, &'static str) {
        let row = self.row();
        (row.text, row.tooltip)
    }

    /// Its name.
    #[must_use]
    pub const fn text(self) -> &'static str {
        self.row().text
    }

    /// Where it stands in the menus.
    #[must_use]
    pub const fn menu(self) -> Menu {
        self.row().menu
    }

    /// When its keys are meant.
    #[must_use]
    pub const fn scope(self) -> Scope {
        self.row().scope
    }

    /// Its picture, where it has one.
    #[must_use]
    pub const fn icon(self) -> Option<MaterialIcon> {
        self.row().icon
    }

    /// Its id in the settings file: `tool-box`.
    #[must_use]
    pub fn id(self) -> String {
        let mut id = String::new();
        for (i, c) in self.row().name.chars().enumerate() {
            if c.is_uppercase() && i > 0 {
                id.push('-');
            }
            id.push(c.to_ascii_lowercase());
        }
        id
    }

    /// The command with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.id() == id)
    }

    /// Whether its keys are meant even while a person types into a text field.
    #[must_use]
    pub const fn passes_text(self) -> bool {
        matches!(self, Self::SyncNow | Self::Palette | Self::Keys | Self::Settings | Self::FocusPanels | Self::Quit)
    }

    /// Whether it is carried out again while its key is held. Decisions are not: held keys must not run away with them.
    #[must_use]
    pub fn repeats(self) -> bool {
        matches!(
            self,
            Self::Undo
                | Self::Redo
                | Self::ZoomIn
                | Self::ZoomOut
                | Self::Brighter
                | Self::Darker
                | Self::MoreContrast
                | Self::LessContrast
                | Self::PreviousImage
                | Self::NextImage
                | Self::SelectPreviousImage
                | Self::SelectNextImage
                | Self::NextShape
                | Self::PreviousShape
        ) || self.nudge().is_some()
            || self.corner().is_some()
            || self.cursor_key().is_some_and(|key| key != crate::tools::CursorKey::Press)
    }

    /// Which concept of the list it chooses.
    #[must_use]
    pub const fn concept_index(self) -> Option<usize> {
        Some(match self {
            Self::Concept1 => 0,
            Self::Concept2 => 1,
            Self::Concept3 => 2,
            Self::Concept4 => 3,
            Self::Concept5 => 4,
            Self::Concept6 => 5,
            Self::Concept7 => 6,
            Self::Concept8 => 7,
            Self::Concept9 => 8,
            Self::Concept10 => 9,
            _ => return None,
        })
    }

    /// By how many image pixels it moves the selection.
    #[must_use]
    pub fn nudge(self) -> Option<Vector> {
        Some(match self {
            Self::NudgeLeft => Vector::new(-1.0, 0.0),
            Self::NudgeRight => Vector::new(1.0, 0.0),
            Self::NudgeUp => Vector::new(0.0, -1.0),
            Self::NudgeDown => Vector::new(0.0, 1.0),
            Self::NudgeLeftFar => Vector::new(-FAR_PX, 0.0),
            Self::NudgeRightFar => Vector::new(FAR_PX, 0.0),
            Self::NudgeUpFar => Vector::new(0.0, -FAR_PX),
            Self::NudgeDownFar => Vector::new(0.0, FAR_PX),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_says_what_it_does_and_has_an_id_of_its_own() {
        for (i, command) in Command::ALL.iter().enumerate() {
            let (text, tooltip) = command.text_and_tooltip();
            assert!(!text.is_empty() && !tooltip.is_empty() && text != tooltip, "{command:?} says nothing new");
            assert_eq!(Command::from_id(&command.id()), Some(*command), "{}", command.id());
            assert!(!Command::ALL[..i].iter().any(|c| c.text() == text), "{text} stands twice");
        }
    }

    #[test]
    fn ids_read_like_words() {
        assert_eq!(Command::ToolBox.id(), "tool-box", "as it stands in the settings file");
    }
}
