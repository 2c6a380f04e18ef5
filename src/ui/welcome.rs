//! The window without an open project: what is being opened, or why it could not be, and the ways on.

use super::app::App;
use super::command::Command;
use super::panels;
use super::sync::banner::{BannerWish, damaged_project_ui};
use super::theme;
use crate::runtime::{Found, Opening, RecentProject};
use egui::{Button, RichText, Ui};
use std::path::PathBuf;

impl App {
    pub(super) fn welcome_ui(&mut self, ui: &mut Ui, chosen: &mut Vec<Command>) {
        let mut wanted = None;
        egui::CentralPanel::default().show(ui, |ui| {
            ui.vertical_centered(|ui| {
                ui.add_space(ui.available_height() * 0.18);
                match &self.open_failure {
                    Some(reason) => {
                        ui.heading("This project could not be opened");
                        ui.label(RichText::new(reason).color(theme::error(ui)));
                    }
                    None => {
                        ui.heading("labelwright");
                        ui.weak("Opening the project…");
                    }
                }
                if let Some(damaged) = &self.damaged
                    && let BannerWish::Rescue(dir) = damaged_project_ui(ui, damaged)
                {
                    self.rescue = Some(dir);
                }
                ui.add_space(16.0);
                ui.scope(|ui| {
                    ui.set_max_width(420.0);
                    for command in [Command::OpenFolder, Command::OpenProject, Command::Connect] {
                        panels::menu::item_ui(ui, command, None, chosen);
                    }
                    ui.weak("or drop a folder or a project on this window");
                    if !self.recent.is_empty() {
                        ui.add_space(16.0);
                        ui.strong("Open lately");
                        wanted = recent_ui(ui, &self.recent);
                    }
                });
            });
        });
        self.open_recent(wanted);
    }

    /// Opens a project of the list.
    pub(super) fn open_recent(&mut self, wanted: Option<PathBuf>) {
        if let Some(dir) = wanted {
            self.open(Opening::Project(dir));
        }
    }
}

/// A button for each project that was open lately; those that are gone say so.
pub fn recent_ui(ui: &mut Ui, recent: &[RecentProject]) -> Option<PathBuf> {
    let mut wanted = None;
    for project in recent {
        let place = project.dir.display().to_string();
        let (note, name) = match project.found {
            Found::Here => (place.clone(), format!("{}, {place}", project.name)),
            Found::Missing => (format!("missing: {place}"), format!("{}, missing, {place}", project.name)),
        };
        let button = Button::new((project.name.as_str(), RichText::new(shortened(&note)).weak().small()));
        let button = button.min_size(egui::vec2(ui.available_width().min(420.0), 24.0));
        let response = ui.add_enabled(project.found == Found::Here, button).accessible_name(name);
        let response = response.on_hover_text(&place).on_disabled_hover_text(format!("There is no project in {place}"));
        if response.clicked() {
            wanted = Some(project.dir.clone());
        }
    }
    wanted
}

/// The end of a long path, which says more than its beginning.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 44;
    let n = text.chars().count();
    if n <= SHOWN { text.to_owned() } else { format!("…{}", text.chars().skip(n - SHOWN).collect::<String>()) }
}
