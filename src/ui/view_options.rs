//! How pictures and shapes are shown in this project: light, colours, aids. A matter of view, remembered with the project.

use super::editor::Editor;
use crate::runtime::Request;
use serde::{Deserialize, Serialize};

/// The setting of a project that remembers it.
pub const SETTING: &str = "view_options";

/// Something that is on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// It is.
    #[default]
    On,
    /// It is not.
    Off,
}

impl Switch {
    /// The other one.
    #[must_use]
    pub const fn toggled(self) -> Self {
        match self {
            Self::On => Self::Off,
            Self::Off => Self::On,
        }
    }

    /// Whether it is on.
    #[must_use]
    pub const fn is_on(self) -> bool {
        matches!(self, Self::On)
    }
}

/// What gives a shape its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColorBy {
    /// Its first concept.
    #[default]
    Concept,
    /// Itself: neighbours of one concept can be told apart.
    Instance,
    /// Where it stands in review.
    Status,
    /// Who made it.
    Worker,
}

impl ColorBy {
    /// In the order in which the key goes through them.
    pub const ALL: [Self; 4] = [Self::Concept, Self::Instance, Self::Status, Self::Worker];

    /// In a word for a person.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Concept => "concept",
            Self::Instance => "shape",
            Self::Status => "status",
            Self::Worker => "worker",
        }
    }

    /// The next one.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Concept => Self::Instance,
            Self::Instance => Self::Status,
            Self::Status => Self::Worker,
            Self::Worker => Self::Concept,
        }
    }
}

/// How the light of the picture is changed on the screen; never in the file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Adjust {
    /// Added to each channel, -1 to 1; 0 changes nothing.
    pub brightness: f32,
    /// How far from middle grey, times; 1 changes nothing.
    pub contrast: f32,
    /// Exponent's inverse: above 1 lightens the shadows; 1 changes nothing.
    pub gamma: f32,
    /// How far from grey, times: 0 is black and white; 1 changes nothing.
    pub saturation: f32,
    /// Whether light is dark.
    pub invert: Invert,
}

/// Whether light is dark and dark is light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invert {
    /// As in the file.
    #[default]
    No,
    /// A negative.
    Yes,
}

impl Default for Adjust {
    fn default() -> Self {
        Self { brightness: 0.0, contrast: 1.0, gamma: 1.0, saturation: 1.0, invert: Invert::No }
    }
}

impl Adjust {
    /// The range of brightness.
    pub const BRIGHTNESS: std::ops::RangeInclusive<f32> = -1.0..=1.0;
    /// The range of contrast.
    pub const CONTRAST: std::ops::RangeInclusive<f32> = 0.0..=4.0;
    /// The range of gamma.
    pub const GAMMA: std::ops::RangeInclusive<f32> = 0.2..=5.0;
    /// The range of saturation.
    pub const SATURATION: std::ops::RangeInclusive<f32> = 0.0..=4.0;

    /// Whether the picture is shown as it is.
    #[must_use]
    pub fn is_neutral(self) -> bool {
        self == Self::default()
    }

    /// With every value in its range; one that is no number is as at first.
    #[must_use]
    pub fn sane(self) -> Self {
        // In thousandths, so that as many steps back as forth come back to where they began.
        let within = |value: f32, range: &std::ops::RangeInclusive<f32>, neutral: f32| {
            let value = if value.is_finite() { value } else { neutral };
            (value.clamp(*range.start(), *range.end()) * 1000.0).round() / 1000.0
        };
        Self {
            brightness: within(self.brightness, &Self::BRIGHTNESS, 0.0),
            contrast: within(self.contrast, &Self::CONTRAST, 1.0),
            gamma: within(self.gamma, &Self::GAMMA, 1.0),
            saturation: within(self.saturation, &Self::SATURATION, 1.0),
            invert: self.invert,
        }
    }

    /// A negative, or none any more.
    #[must_use]
    pub const fn inverted(self) -> Self {
        let invert = match self.invert {
            Invert::No => Invert::Yes,
            Invert::Yes => Invert::No,
        };
        Self { invert, ..self }
    }
}

/// How pictures and shapes are shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewOptions {
    /// The light of the picture.
    pub adjust: Adjust,
    /// Lines through the pointer while something is drawn.
    pub crosshair: Switch,
    /// Lines between pixels from 800 % on.
    pub pixel_grid: Switch,
    /// The picture in small while only a part of it is seen.
    pub minimap: Switch,
    /// Names at the shapes.
    pub labels: Switch,
    /// What gives a shape its colour.
    pub color_by: ColorBy,
}

impl Editor {
    /// Changes how things are shown, and remembers it.
    pub fn change_view(&mut self, change: impl FnOnce(&mut ViewOptions)) {
        let before = self.view.clone();
        change(&mut self.view);
        self.view.adjust = self.view.adjust.sane();
        if self.view.color_by != before.color_by {
            self.look_generation += 1;
        }
        if self.view != before
            && let Ok(kept) = serde_json::to_value(&self.view)
        {
            self.outbox.push(Request::PutSetting(SETTING.to_owned(), kept));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_out_of_range_is_brought_back() {
        let wild = Adjust { brightness: f32::NAN, contrast: -3.0, gamma: 0.0, saturation: 99.0, invert: Invert::Yes };
        let sane = Adjust { brightness: 0.0, contrast: 0.0, gamma: 0.2, saturation: 4.0, invert: Invert::Yes };
        assert_eq!(wild.sane(), sane, "each in its range");
        assert!(Adjust::default().is_neutral() && !Adjust::default().inverted().is_neutral(), "a negative is a change");
    }

    #[test]
    fn what_is_not_in_the_settings_is_as_at_first() {
        let read: ViewOptions = serde_json::from_str(r#"{"color_by": "worker", "new": {}}"#).expect("known parts");
        assert_eq!(
            read,
            ViewOptions { color_by: ColorBy::Worker, ..ViewOptions::default() },
            "and the rest is ignored"
        );
    }
}
