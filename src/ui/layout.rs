//! Where everything stands: the menu above, the panels at the sides, the canvas between them.

use super::app::App;
use super::command::Command;
use super::editor::Editor;
use super::panels::annotations::Wish;
use super::panels::{self, Side, SidePanel, remembered_panel_ui};
use super::sync::banner::{BannerWish, banner_ui};
use super::sync::conflict::conflict_ui;
use super::{review_ui, theme};
use egui::{Panel, RichText, Ui};

impl App {
    pub(super) fn panels_ui(&mut self, ui: &mut Ui, chosen: &mut Vec<Command>) {
        let menu =
            Panel::top("menu").show(ui, |ui| panels::menu::menu_ui(ui, self.editor.as_ref(), &self.recent, chosen));
        self.open_recent(menu.inner);
        self.notes_ui(ui);
        if self.jobs.is_shown(ui) {
            Panel::bottom("jobs").show(ui, |ui| self.jobs.ui(ui));
        }
        let Some(editor) = &mut self.editor else {
            self.welcome_ui(ui, chosen);
            return;
        };
        let wish = banner_ui(ui, editor, chosen);
        if let BannerWish::Rescue(dir) = wish {
            self.rescue = Some(dir);
        }
        Panel::bottom("status").show(ui, |ui| {
            let notice = self.notice.fresh(ui, editor);
            panels::status_bar::status_bar_ui(ui, editor, &self.canvas, notice, chosen);
        });
        let places = &mut self.personal.settings;
        let left = |name| SidePanel { side: Side::Left, name, widths: 140.0..=460.0, other: places.side_panel };
        let beside = if editor.review.is_some() {
            self.review_ui.panel_ui(ui, editor, &left("queue"), &mut places.queue_panel, chosen);
            places.queue_panel
        } else {
            remembered_panel_ui(ui, &left("images"), &mut places.images_panel, |ui| {
                self.images_panel.ui(ui, editor, &mut self.images, chosen);
            });
            places.images_panel
        };
        let right = SidePanel { side: Side::Right, name: "side", widths: 150.0..=480.0, other: beside };
        remembered_panel_ui(ui, &right, &mut places.side_panel, |ui| {
            ui.add_space(4.0);
            self.concepts_panel.ui(ui, editor);
            ui.separator();
            if self.annotations_panel.ui(ui, editor) == Wish::FitSelection {
                chosen.push(Command::FitSelection);
            }
            ui.separator();
            egui::ScrollArea::vertical().id_salt("properties").show(ui, |ui| {
                panels::properties::properties_ui(ui, editor);
            });
        });
        Panel::left("tools").exact_size(panels::TOOLS_UI).resizable(false).show(ui, |ui| {
            panels::bounded_ui(ui, |ui| panels::tool_rail::tool_rail_ui(ui, editor, chosen));
        });
        if editor.review.is_some() {
            Panel::top("review").show(ui, |ui| {
                panels::bounded_bar_ui(ui, |ui| review_ui::review_bar_ui(ui, editor, chosen));
            });
        }
        conflict_ui(ui, editor, chosen);
        egui::CentralPanel::no_frame().show(ui, |ui| {
            self.canvas_rect = ui.available_rect_before_wrap();
            let asked = self.canvas.ui(ui, editor, &mut self.images);
            chips_ui(ui, editor, self.canvas_rect, chosen);
            if let Some(at) = asked.context_menu {
                self.context_menu_at = Some(at);
            }
        });
        // In review it would lie over what has to be decided about.
        if self.editor.as_ref().is_some_and(|editor| editor.review.is_none()) {
            self.personal.settings.first_steps.ui(ui, self.canvas_rect, chosen);
        }
        self.context_menu_ui(ui, chosen);
    }

    /// What has to be known about the settings, until the person says so.
    fn notes_ui(&mut self, ui: &mut Ui) {
        if self.personal.notes.is_empty() {
            return;
        }
        Panel::top("notes").show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.colored_label(theme::warning(ui), self.personal.notes.join("\n"));
                if ui.button("I know").clicked() {
                    self.personal.notes.clear();
                }
            });
        });
    }

    fn context_menu_ui(&mut self, ui: &Ui, chosen: &mut Vec<Command>) {
        let Some(at) = self.context_menu_at else { return };
        let before = chosen.len();
        let area = egui::Area::new(egui::Id::unique("context")).order(egui::Order::Foreground).fixed_pos(at);
        let shown = area.show(ui, |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(220.0);
                for command in [
                    Command::EditConcept,
                    Command::Copy,
                    Command::Paste,
                    Command::Duplicate,
                    Command::Delete,
                    Command::Hide,
                    Command::Lock,
                    Command::Solo,
                    Command::WhatLiesHere,
                    Command::SelectSame,
                    Command::FitSelection,
                    Command::Fit,
                    Command::Undo,
                ] {
                    panels::menu::item_ui(ui, command, self.editor.as_ref(), chosen);
                }
            });
        });
        let escape = ui.input(|i| i.key_pressed(egui::Key::Escape));
        let held = ui.input(|i| i.pointer.button_down(egui::PointerButton::Secondary));
        let released = ui.input(|i| i.pointer.button_released(egui::PointerButton::Secondary));
        // The release of the click that opened it is not a click elsewhere.
        let elsewhere = shown.response.clicked_elsewhere() && !held && !released;
        if chosen.len() > before || escape || elsewhere {
            self.context_menu_at = None;
        }
    }
}

/// The labels of the whole image, as chips over it.
fn chips_ui(ui: &Ui, editor: &mut Editor, canvas: egui::Rect, chosen: &mut Vec<Command>) {
    let Some(input) = editor.current().cloned() else { return };
    let chips: Vec<(crate::model::LocalId, String, egui::Color32)> = editor
        .document
        .whole_of(&input)
        .map(|a| {
            let open = if a.status.is_open() { " ?" } else { "" };
            (a.lid, format!("{}{open}", editor.label_text(a)), super::canvas::color_of(editor, a))
        })
        .collect();
    let area = egui::Area::new(egui::Id::unique("chips")).fixed_pos(canvas.min + egui::vec2(8.0, 8.0));
    area.show(ui, |ui| {
        ui.set_max_width((canvas.width() - 16.0).max(100.0));
        ui.horizontal_wrapped(|ui| {
            for (lid, text, color) in chips {
                let ink = super::canvas::overlay::ink_on(color);
                let selected = editor.selection.contains(lid);
                let stroke = if selected { egui::Stroke::new(2.0, egui::Color32::WHITE) } else { egui::Stroke::NONE };
                let chip =
                    egui::Button::new(RichText::new(&text).color(ink)).fill(color).stroke(stroke).corner_radius(12);
                if ui.add(chip).accessible_name(format!("Image label {text}")).clicked() {
                    editor.selection.set([lid]);
                }
            }
            if editor.is_ready() && ui.small_button("+ label image").accessible_name("Label the image").clicked() {
                chosen.push(Command::LabelImage);
            }
        });
    });
}
