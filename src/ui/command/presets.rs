//! The keys of other programs, for hands that know them. What a preset does not name keeps its key of the table.
//!
//! Sources: labelme 7.9 (`_config/default_config.yaml`) and labelImg 1.8.6; X-AnyLabeling 4 (user guide, 7.1); CVAT 2.42
//! (the registered shortcuts of its annotation page).

use super::{Chord, Command};

/// A set of keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Preset {
    /// The common ground of labelme, labelImg and X-AnyLabeling, and the review.
    #[default]
    Default,
    /// labelme and labelImg.
    Labelme,
    /// X-AnyLabeling.
    XAnyLabeling,
    /// CVAT.
    Cvat,
}

/// Keys that stand in place of the table's: commands with their keys, several with spaces between; `T>H` is T and then H.
type Differences = &'static [(Command, &'static str)];

const LABELME: Differences = &[
    (Command::NextImage, "D Ctrl+Shift+D"),
    (Command::PreviousImage, "A Ctrl+Shift+A"),
    (Command::ToolPolygon, "Ctrl+N P"),
    (Command::ToolBox, "Ctrl+R W"),
    (Command::ToolSelect, "Ctrl+J V"),
    (Command::SelectLeft, "Alt+Left Ctrl+Left"),
    (Command::SelectRight, "Alt+Right Ctrl+Right"),
    (Command::SelectUp, "Alt+Up Ctrl+Up"),
    (Command::SelectDown, "Alt+Down Ctrl+Down"),
    (Command::GrowLeft, ""),
    (Command::GrowRight, ""),
    (Command::GrowUp, ""),
    (Command::GrowDown, ""),
];

const X_ANY_LABELING: Differences = &[
    (Command::ToolBox, "R"),
    (Command::ToolSelect, "Ctrl+J"),
    (Command::ToggleReview, "Shift+R"),
    (Command::NextUnlabelled, "Ctrl+Shift+D"),
    (Command::NextShape, "Tab Ctrl+Shift+C"),
    (Command::Hide, "S Ctrl+H"),
    (Command::ShowAll, "W Ctrl+Shift+H"),
    (Command::ActualSize, "Ctrl+Equals"),
    (Command::ZoomIn, "Ctrl+Plus"),
    (Command::LabelRegion, "Shift+G"),
];

const CVAT: Differences = &[
    (Command::NextImage, "F"),
    (Command::PreviousImage, "D"),
    (Command::NextUnlabelled, "Alt+F"),
    (Command::ToolBox, "N B"),
    (Command::Hide, "H"),
    (Command::Lock, "L Ctrl+L"),
    (Command::HideAll, "T>H"),
    (Command::LockAll, "T>L"),
    (Command::RepeatLast, "Shift+T"),
    (Command::ToolPan, "Shift+H"),
    (Command::Delete, "Delete Shift+Delete Backspace"),
    (Command::LabelImage, "Shift+L"),
    (Command::ActualSize, "Alt+0"),
    (Command::Concept1, "Ctrl+1 1"),
    (Command::Concept2, "Ctrl+2 2"),
    (Command::Concept3, "Ctrl+3 3"),
    (Command::Concept4, "Ctrl+4 4"),
    (Command::Concept5, "Ctrl+5 5"),
    (Command::Concept6, "Ctrl+6 6"),
    (Command::Concept7, "Ctrl+7 7"),
    (Command::Concept8, "Ctrl+8 8"),
    (Command::Concept9, "Ctrl+9 9"),
    (Command::Concept10, "Ctrl+0 0"),
];

impl Preset {
    /// All of them, in the order of the settings.
    pub const ALL: [Self; 4] = [Self::Default, Self::Labelme, Self::XAnyLabeling, Self::Cvat];

    /// Its name.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Default => "labelwright",
            Self::Labelme => "labelme / labelImg",
            Self::XAnyLabeling => "X-AnyLabeling",
            Self::Cvat => "CVAT",
        }
    }

    /// Its id in the settings file.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Default => "labelwright",
            Self::Labelme => "labelme",
            Self::XAnyLabeling => "x-anylabeling",
            Self::Cvat => "cvat",
        }
    }

    const fn differences(self) -> Differences {
        match self {
            Self::Default => &[],
            Self::Labelme => LABELME,
            Self::XAnyLabeling => X_ANY_LABELING,
            Self::Cvat => CVAT,
        }
    }

    /// The keys that it gives a command.
    #[must_use]
    pub fn keys(self, command: Command) -> Vec<Chord> {
        let differing = self.differences().iter().find(|(c, _)| *c == command).map(|(_, keys)| *keys);
        let keys = differing.unwrap_or(command.row().keys);
        keys.split_whitespace().filter_map(|key| Chord::parse(key).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_and_the_presets_is_one() {
        let table = Command::ALL.iter().map(|c| (*c, c.row().keys));
        let presets = Preset::ALL.iter().flat_map(|p| p.differences().iter().copied());
        for (command, keys) in table.chain(presets) {
            for key in keys.split_whitespace() {
                assert!(Chord::parse(key).is_ok(), "{command:?}: {:?}", Chord::parse(key));
            }
        }
    }

    #[test]
    fn a_preset_names_each_command_once_and_only_where_it_differs() {
        for preset in Preset::ALL {
            for (i, (command, keys)) in preset.differences().iter().enumerate() {
                assert_ne!(*keys, command.row().keys, "{preset:?}: {command:?} does not differ");
                assert!(!preset.differences()[..i].iter().any(|(c, _)| c == command), "{preset:?}: {command:?} twice");
            }
        }
    }
}
