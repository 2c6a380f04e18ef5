//! Settings from and to the JSON of their file. Each is read by itself: one that is not understood takes its default, is
//! told, and stays in the file.

use super::{FirstStep, Motion, PanelPlace, PanelShown, SCALES, Settings, Theme, WindowPlace};
use crate::ui::command::{Chord, Command, Preset};
use serde_json::{Map, Value, json};

/// Fields of the file that this version knows.
const KNOWN: [&str; 11] = [
    "version",
    "theme",
    "scale",
    "motion",
    "keys",
    "images_panel",
    "queue_panel",
    "side_panel",
    "window",
    "first_steps",
    "recent_commands",
];
/// Where keys that were not understood stay.
const KEYS_BESIDES: &str = "keys_not_understood";

impl Settings {
    /// Reads them, and says what was not understood.
    #[must_use]
    pub fn from_values(values: &Map<String, Value>) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut notes = Vec::new();
        settings.besides =
            values.iter().filter(|(k, _)| !KNOWN.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
        let mut odd = Map::new();
        let mut take = |key: &str, understood: &mut dyn FnMut(&Value) -> Option<()>| {
            if let Some(value) = values.get(key)
                && understood(value).is_none()
            {
                notes.push(format!("“{key}” has no value that it can have ({value}); its default is in force"));
                odd.insert(format!("{key}_not_understood"), value.clone());
            }
        };
        take("theme", &mut |v| set(&mut settings.theme, theme_from(v)));
        take("scale", &mut |v| set(&mut settings.scale, scale_from(v)));
        take("motion", &mut |v| set(&mut settings.motion, motion_from(v)));
        take("images_panel", &mut |v| set(&mut settings.images_panel, panel_from(v)));
        take("queue_panel", &mut |v| set(&mut settings.queue_panel, panel_from(v)));
        take("side_panel", &mut |v| set(&mut settings.side_panel, panel_from(v)));
        take("window", &mut |v| set(&mut settings.window, window_from(v).map(Some)));
        take("first_steps", &mut |v| first_steps_from(v, &mut settings));
        take("recent_commands", &mut |v| {
            set(&mut settings.recent_commands, v.as_array().map(|ids| ids.iter().filter_map(command_from).collect()))
        });
        settings.besides.extend(odd);
        if let Some(keys) = values.get("keys") {
            settings.keys_from(keys, &mut notes);
        }
        (settings, notes)
    }

    fn keys_from(&mut self, keys: &Value, notes: &mut Vec<String>) {
        let mut odd = Map::new();
        let named = keys.get("preset").and_then(Value::as_str).unwrap_or_default();
        match Preset::ALL.into_iter().find(|p| p.id() == named) {
            Some(preset) => self.preset = preset,
            None if named.is_empty() => {}
            None => {
                notes.push(format!("There is no preset “{named}”; the one of labelwright is in force"));
                odd.insert("preset".to_owned(), named.into());
            }
        }
        for (id, written) in keys.get("own").and_then(Value::as_object).into_iter().flatten() {
            match (Command::from_id(id), chords_from(written)) {
                (Some(command), Ok(chords)) => {
                    self.own_keys.insert(command, chords);
                }
                (command, chords) => {
                    let why = match (command, chords.err()) {
                        (None, _) => format!("there is no command “{id}”"),
                        (Some(_), why) => why.unwrap_or_default(),
                    };
                    notes.push(format!("Keys of “{id}”: {why}; the preset's are in force"));
                    odd.insert(id.clone(), written.clone());
                }
            }
        }
        if !odd.is_empty() {
            self.besides.insert(KEYS_BESIDES.to_owned(), Value::Object(odd));
        }
    }

    /// As they stand in the file.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        let own: Map<String, Value> = self
            .own_keys
            .iter()
            .map(|(command, chords)| (command.id(), chords.iter().map(|c| Value::from(c.text())).collect()))
            .collect();
        let panel = |place: PanelPlace| json!({"width": place.width.round(), "shown": place.shown == PanelShown::Open});
        let mut values = Map::new();
        let mut put = |key: &str, value: Value| values.insert(key.to_owned(), value);
        put("theme", theme_id(self.theme).into());
        put("scale", json!((f64::from(self.scale) * 100.0).round() / 100.0));
        put("motion", motion_id(self.motion).into());
        put("keys", json!({"preset": self.preset.id(), "own": own}));
        put("images_panel", panel(self.images_panel));
        put("queue_panel", panel(self.queue_panel));
        put("side_panel", panel(self.side_panel));
        if let Some(window) = self.window {
            let [width, height] = window.size.map(f32::round);
            put("window", json!({"width": width, "height": height, "maximized": window.maximized}));
        }
        let done: Vec<&str> = self.first_steps.done.iter().map(|step| step.id()).collect();
        put("first_steps", json!({"shown": self.first_steps.shown == PanelShown::Open, "done": done}));
        put("recent_commands", self.recent_commands.iter().map(|c| Value::from(c.id())).collect());
        values.extend(self.besides.clone());
        values
    }
}

impl FirstStep {
    /// All five, in order.
    pub const ALL: [Self; 5] = [Self::Box, Self::Polygon, Self::Review, Self::Undo, Self::Connect];

    /// Its id in the settings file.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Polygon => "polygon",
            Self::Review => "review",
            Self::Undo => "undo",
            Self::Connect => "connect",
        }
    }
}

fn set<T>(field: &mut T, value: Option<T>) -> Option<()> {
    *field = value?;
    Some(())
}

const fn theme_id(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

fn theme_from(value: &Value) -> Option<Theme> {
    Theme::ALL.into_iter().find(|theme| value == theme_id(*theme))
}

const fn motion_id(motion: Motion) -> &'static str {
    match motion {
        Motion::Full => "full",
        Motion::Reduced => "reduced",
    }
}

fn motion_from(value: &Value) -> Option<Motion> {
    [Motion::Full, Motion::Reduced].into_iter().find(|motion| value == motion_id(*motion))
}

#[expect(clippy::cast_possible_truncation, reason = "sizes on a screen are small")]
fn number(value: Option<&Value>, range: std::ops::RangeInclusive<f32>) -> Option<f32> {
    value?.as_f64().map(|n| n as f32).filter(|n| range.contains(n))
}

fn scale_from(value: &Value) -> Option<f32> {
    number(Some(value), SCALES)
}

fn panel_from(value: &Value) -> Option<PanelPlace> {
    let shown = if value.get("shown")?.as_bool()? { PanelShown::Open } else { PanelShown::Closed };
    Some(PanelPlace { width: number(value.get("width"), 50.0..=4000.0)?, shown })
}

fn window_from(value: &Value) -> Option<WindowPlace> {
    let side = |key| number(value.get(key), 100.0..=50_000.0);
    let maximized = value.get("maximized").and_then(Value::as_bool).unwrap_or_default();
    Some(WindowPlace { size: [side("width")?, side("height")?], maximized })
}

fn first_steps_from(value: &Value, settings: &mut Settings) -> Option<()> {
    let done = value.get("done")?.as_array()?;
    let steps = &mut settings.first_steps;
    steps.done = FirstStep::ALL.into_iter().filter(|step| done.iter().any(|d| *d == step.id())).collect();
    steps.shown = if value.get("shown")?.as_bool()? { PanelShown::Open } else { PanelShown::Closed };
    Some(())
}

fn command_from(value: &Value) -> Option<Command> {
    Command::from_id(value.as_str()?)
}

fn chords_from(value: &Value) -> Result<Vec<Chord>, String> {
    let written = value.as_array().ok_or_else(|| "keys are a list of texts".to_owned())?;
    written.iter().map(|text| Chord::parse(text.as_str().ok_or("keys are texts")?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Settings, Vec<String>) {
        Settings::from_values(&serde_json::from_str(text).expect("an object"))
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut settings = Settings { theme: Theme::Dark, scale: 1.25, motion: Motion::Reduced, ..Settings::default() };
        settings.preset = Preset::Cvat;
        settings.set_keys(Command::Fit, vec![Chord::parse("Alt+F").expect("a key")]);
        settings.set_keys(Command::Hide, Vec::new());
        settings.images_panel = PanelPlace { width: 301.0, shown: PanelShown::Closed };
        settings.window = Some(WindowPlace { size: [1400.0, 900.0], maximized: true });
        settings.first_steps.done.extend([FirstStep::Undo, FirstStep::Box]);
        settings.used(Command::Fit);
        settings.used(Command::Undo);
        let (again, notes) = Settings::from_values(&settings.values());
        assert_eq!((again, notes), (settings, Vec::new()), "every one of them");
    }

    #[test]
    fn what_is_not_understood_is_told_takes_its_default_and_stays_in_the_file() {
        let (settings, notes) = read(
            r#"{"theme": "pink", "scale": 9, "keys": {"preset": "vim", "own": {"fit": ["Ctrl+Foo"], "fly": ["F"], "undo": ["U"]}},
                "a_later_setting": [1]}"#,
        );
        assert_eq!((settings.theme, settings.preset), (Theme::System, Preset::Default), "the defaults");
        let all = notes.join("\n");
        for part in ["pink", "“scale”", "vim", "Ctrl+Foo", "fly"] {
            assert!(all.contains(part), "{part} is told: {all}");
        }
        assert_eq!(notes.len(), 5, "each once");
        assert_eq!(settings.own_keys.len(), 1, "what is understood is in force");
        let text = serde_json::to_string(&settings.values()).expect("JSON");
        for part in ["pink", "vim", "Ctrl+Foo", "fly", "a_later_setting"] {
            assert!(text.contains(part), "{part} stays: {text}");
        }
        let (again, notes) = Settings::from_values(&settings.values());
        assert_eq!((again, notes), (settings, Vec::new()), "and is told once");
    }

    #[test]
    fn keys_of_the_preset_are_no_setting() {
        let mut settings = Settings::default();
        settings.set_keys(Command::ToolBox, vec![Chord::parse("W").expect("a key")]);
        settings.set_keys(Command::ToolBox, Preset::Default.keys(Command::ToolBox));
        assert!(settings.own_keys.is_empty(), "back to the preset");
    }
}
