//! The small window that changes how pictures and shapes are shown. Never the file, never the data.

use crate::ui::editor::Editor;
use crate::ui::view_options::{Adjust, ColorBy, Invert, Switch};
use egui::{Grid, Slider, Ui, Window};
use std::ops::RangeInclusive;

/// The window while it is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct PictureWindow;

/// Whether the window stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It does.
    Open,
    /// It was closed.
    Closed,
}

impl PictureWindow {
    /// Shows it in a corner of the canvas; what is changed is seen at once.
    pub fn ui(self, ui: &Ui, canvas: egui::Rect, editor: &mut Editor) -> Kept {
        let mut open = true;
        Window::new("Picture and view")
            .open(&mut open)
            .resizable(false)
            .collapsible(false)
            .pivot(egui::Align2::RIGHT_TOP)
            .default_pos(canvas.right_top() + egui::vec2(-12.0, 12.0))
            .constrain_to(canvas)
            .show(ui, |ui| content_ui(ui, editor));
        if open { Kept::Open } else { Kept::Closed }
    }
}

fn content_ui(ui: &mut Ui, editor: &mut Editor) {
    let mut view = editor.view.clone();
    Grid::new("picture").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        let adjust = &mut view.adjust;
        slider_ui(ui, "Brightness", &mut adjust.brightness, &Adjust::BRIGHTNESS, 0.0);
        slider_ui(ui, "Contrast", &mut adjust.contrast, &Adjust::CONTRAST, 1.0);
        slider_ui(ui, "Gamma", &mut adjust.gamma, &Adjust::GAMMA, 1.0);
        slider_ui(ui, "Saturation", &mut adjust.saturation, &Adjust::SATURATION, 1.0);
        ui.label("");
        let mut inverted = adjust.invert == Invert::Yes;
        if ui.checkbox(&mut inverted, "Invert").changed() {
            *adjust = adjust.inverted();
        }
        ui.end_row();
    });
    ui.horizontal(|ui| {
        let reset = ui.add_enabled(!view.adjust.is_neutral(), egui::Button::new("Picture as it is"));
        if reset.clicked() {
            view.adjust = Adjust::default();
        }
        ui.weak("only on the screen, never in the file");
    });
    ui.separator();
    Grid::new("aids").num_columns(2).spacing([16.0, 4.0]).show(ui, |ui| {
        switch_ui(ui, "Crosshair", &mut view.crosshair);
        switch_ui(ui, "Pixel grid from 800 %", &mut view.pixel_grid);
        ui.end_row();
        switch_ui(ui, "Overview", &mut view.minimap);
        switch_ui(ui, "Names at the shapes", &mut view.labels);
        ui.end_row();
    });
    ui.horizontal(|ui| {
        ui.weak("Colour by");
        for by in ColorBy::ALL {
            if ui.selectable_label(view.color_by == by, by.text()).clicked() {
                view.color_by = by;
            }
        }
    });
    if view != editor.view {
        editor.change_view(|kept| *kept = view);
    }
}

/// A value with its name; a double click sets it back.
fn slider_ui(ui: &mut Ui, name: &str, value: &mut f32, range: &RangeInclusive<f32>, neutral: f32) {
    ui.weak(name);
    let logarithmic = neutral > 0.0 && *range.start() > 0.0;
    let slider = Slider::new(value, range.clone()).logarithmic(logarithmic).step_by(0.01).max_decimals(2);
    let response = ui.add(slider).accessible_name(name).on_hover_text("A double click sets it back");
    if response.double_clicked() {
        *value = neutral;
    }
    ui.end_row();
}

fn switch_ui(ui: &mut Ui, name: &str, switch: &mut Switch) {
    let mut on = switch.is_on();
    if ui.checkbox(&mut on, name).changed() {
        *switch = switch.toggled();
    }
}
