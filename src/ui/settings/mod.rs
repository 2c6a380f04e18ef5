//! What a person sets: theme, scale, motion, keys, and what the window remembers of itself. Saved at once.
//!
//! | file | what |
//! |---|---|
//! | `values` | from and to the file's JSON; what it does not understand is kept and told |
//! | `personal` | follows changes: puts them in force and has them written |

mod personal;
mod values;

pub use personal::Personal;

use super::command::{Chord, Command, Keymap, Preset};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The smallest and the largest scale of the window's texts and controls.
pub const SCALES: std::ops::RangeInclusive<f32> = 1.0..=2.0;
/// How many commands the palette remembers.
const KEPT_COMMANDS: usize = 8;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its name.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

/// Whether things may move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// Panels slide, menus fade.
    #[default]
    Full,
    /// Everything is where it belongs at once.
    Reduced,
}

/// A panel that can be pulled wider and be closed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelPlace {
    /// Its width in ui points.
    pub width: f32,
    /// Whether it is shown.
    pub shown: PanelShown,
}

/// Whether a panel is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelShown {
    /// It is.
    Open,
    /// It is not.
    Closed,
}

impl PanelShown {
    /// The other.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Open => Self::Closed,
            Self::Closed => Self::Open,
        }
    }
}

/// The window's size on the desktop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowPlace {
    /// Width and height in ui points at scale 1.
    pub size: [f32; 2],
    /// Whether it fills the screen.
    pub maximized: bool,
}

/// One of the five first steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FirstStep {
    /// Draw a box.
    Box,
    /// Draw a polygon.
    Polygon,
    /// Decide about one annotation.
    Review,
    /// Undo something.
    Undo,
    /// Connect to an app.
    Connect,
}

/// The card of first steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstSteps {
    /// Whether it is shown.
    pub shown: PanelShown,
    /// What was done already.
    pub done: BTreeSet<FirstStep>,
}

/// Everything a person sets.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// How large texts and controls are.
    pub scale: f32,
    /// Whether things may move.
    pub motion: Motion,
    /// The keys to start from.
    pub preset: Preset,
    /// Keys in place of the preset's.
    pub own_keys: BTreeMap<Command, Vec<Chord>>,
    /// The images' panel.
    pub images_panel: PanelPlace,
    /// The review's queue, in its place.
    pub queue_panel: PanelPlace,
    /// The panel of concepts and annotations.
    pub side_panel: PanelPlace,
    /// The window, once it was on a desktop.
    pub window: Option<WindowPlace>,
    /// The card of first steps.
    pub first_steps: FirstSteps,
    /// Commands used lately from the palette, the newest first.
    pub recent_commands: Vec<Command>,
    /// What the file says besides, kept as it is.
    pub besides: Map<String, Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            scale: 1.0,
            motion: Motion::default(),
            preset: Preset::default(),
            own_keys: BTreeMap::new(),
            images_panel: PanelPlace { width: 230.0, shown: PanelShown::Open },
            queue_panel: PanelPlace { width: 270.0, shown: PanelShown::Open },
            side_panel: PanelPlace { width: 280.0, shown: PanelShown::Open },
            window: None,
            first_steps: FirstSteps { shown: PanelShown::Open, done: BTreeSet::new() },
            recent_commands: Vec::new(),
            besides: Map::new(),
        }
    }
}

impl Settings {
    /// The keys in force.
    #[must_use]
    pub fn keymap(&self) -> Keymap {
        Keymap::new(self.preset, self.own_keys.clone())
    }

    /// Remembers that a command was taken from the palette.
    pub fn used(&mut self, command: Command) {
        self.recent_commands.retain(|c| *c != command);
        self.recent_commands.insert(0, command);
        self.recent_commands.truncate(KEPT_COMMANDS);
    }

    /// Sets the keys of a command; the preset's own are no setting.
    pub fn set_keys(&mut self, command: Command, keys: Vec<Chord>) {
        if self.preset.keys(command) == keys {
            self.own_keys.remove(&command);
        } else {
            self.own_keys.insert(command, keys);
        }
    }
}
