//! The settings: looks on one page, every key on the other. What is changed is in force and saved at once.
//!
//! | file | what |
//! |---|---|
//! | `keys` | the page of the keys |
//! | `recorder` | records a key, or two, and says what is in their way |

mod keys;
mod recorder;

use super::Stay;
use crate::ui::settings::{Motion, Personal, SCALES, Settings, Theme};
use egui::{ComboBox, Grid, Modal, RichText, Slider, Ui};

/// The pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Looks,
    Keys,
}

/// The dialog while it is open.
#[derive(Debug, Default)]
pub struct SettingsDialog {
    page: Page,
    keys: keys::KeysPage,
    /// The scale while the slider is held: a window that grows under the hand cannot be aimed at.
    scale: Option<f32>,
}

impl SettingsDialog {
    /// Open at the keys.
    #[must_use]
    pub fn at_keys() -> Self {
        Self { page: Page::Keys, ..Self::default() }
    }

    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, personal: &mut Personal) -> Stay {
        let mut stay = Stay::Open;
        // A key that is waited for is no Esc for the dialog.
        let recording = self.keys.is_recording();
        self.keys.take_keys(ui, &mut personal.settings);
        let waits_for = self.keys.recording();
        let modal = Modal::new(egui::Id::unique("settings")).show(ui, |ui| {
            ui.set_width(660.0_f32.min(ui.content_rect().width() - 60.0));
            ui.horizontal(|ui| {
                ui.heading("Settings");
                ui.add_space(16.0);
                ui.selectable_value(&mut self.page, Page::Looks, "Looks");
                ui.selectable_value(&mut self.page, Page::Keys, "Keys");
            });
            ui.separator();
            // Of one size, so that nothing jumps from under the pointer between the pages.
            let size = egui::vec2(ui.available_width(), (ui.content_rect().height() - 220.0).clamp(160.0, 460.0));
            ui.allocate_ui(size, |ui| {
                ui.set_min_size(size);
                match self.page {
                    Page::Looks => self.looks_ui(ui, &mut personal.settings),
                    Page::Keys => self.keys.ui(ui, &mut personal.settings),
                }
            });
            ui.separator();
            if let Some(file) = personal.file() {
                ui.label(RichText::new(format!("Saved at once in {}", file.display())).weak().small());
            }
            if ui.button("Close").clicked() {
                stay = Stay::Close;
            }
        });
        self.keys.after_click(ui, &mut personal.settings, waits_for);
        if modal.should_close() && !recording {
            stay = Stay::Close;
        }
        stay
    }

    fn looks_ui(&mut self, ui: &mut Ui, settings: &mut Settings) {
        Grid::new("looks").num_columns(2).spacing([16.0, 10.0]).show(ui, |ui| {
            ui.label("Theme");
            ui.horizontal(|ui| {
                for theme in Theme::ALL {
                    ui.radio_value(&mut settings.theme, theme, theme.text());
                }
            });
            ui.end_row();
            ui.label("Scale of texts and controls");
            let mut scale = self.scale.unwrap_or(settings.scale);
            let slider = Slider::new(&mut scale, SCALES).step_by(0.05).fixed_decimals(2);
            let response = ui.add(slider).accessible_name("Scale");
            if response.dragged() {
                self.scale = Some(scale);
            } else {
                self.scale = None;
                settings.scale = scale;
            }
            ui.end_row();
            ui.label("Motion");
            let mut reduced = settings.motion == Motion::Reduced;
            if ui.checkbox(&mut reduced, "Reduced: nothing slides or fades").changed() {
                settings.motion = if reduced { Motion::Reduced } else { Motion::Full };
            }
            ui.end_row();
        });
    }
}

/// A choice among presets.
fn preset_ui(ui: &mut Ui, settings: &mut Settings) {
    ui.horizontal(|ui| {
        ui.label("Keys of");
        let chosen = ComboBox::from_id_salt("preset").selected_text(settings.preset.text());
        let shown = chosen.show_ui(ui, |ui| {
            for preset in crate::ui::command::Preset::ALL {
                ui.selectable_value(&mut settings.preset, preset, preset.text());
            }
        });
        shown.response.accessible_name("Preset of keys");
        let n = settings.own_keys.len();
        let own = format!("{n} of your own on top of it");
        if n > 0 {
            ui.weak(own);
            if ui.button("Forget mine").on_hover_text("Back to the preset's keys, all of them").clicked() {
                settings.own_keys.clear();
            }
        }
    });
}
