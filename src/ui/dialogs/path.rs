//! The program's own dialog for a path, for desktops without a portal or zenity.

use super::Stay;
use crate::runtime::PathPurpose;
use egui::{Key, Modal, TextEdit, Ui};
use std::path::PathBuf;

/// Asks for a path by name.
#[derive(Debug)]
pub struct PathDialog {
    /// What it is wanted for.
    pub purpose: PathPurpose,
    text: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathState {
    /// It stays.
    Open,
    /// It was cancelled.
    Cancelled,
    /// These were given.
    Given(Vec<PathBuf>),
}

impl PathDialog {
    /// A dialog for this purpose.
    #[must_use]
    pub fn new(purpose: PathPurpose) -> Self {
        let home = std::env::var("HOME").unwrap_or_default();
        Self { purpose, text: if home.is_empty() { String::new() } else { format!("{home}/") } }
    }

    /// Shows it.
    pub fn ui(&mut self, ui: &Ui) -> PathState {
        let mut stay = Stay::Open;
        let mut given = false;
        let modal = Modal::new(egui::Id::unique("path")).show(ui, |ui| {
            ui.set_width(520.0);
            ui.heading(match self.purpose {
                PathPurpose::ImageFolder => "Which folder of images?",
                PathPurpose::Project => "Which project directory?",
                PathPurpose::Images => "Which image files? One path a line",
            });
            let field = match self.purpose {
                PathPurpose::Images => TextEdit::multiline(&mut self.text).desired_rows(3),
                PathPurpose::ImageFolder | PathPurpose::Project => TextEdit::singleline(&mut self.text),
            };
            let response = ui.add(field.desired_width(f32::INFINITY)).accessible_name("Path");
            if ui.memory(|m| m.focused().is_none()) {
                response.request_focus();
            }
            given = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
            ui.horizontal(|ui| {
                given |= ui.button("Open").clicked();
                if ui.button("Cancel").clicked() {
                    stay = Stay::Close;
                }
            });
        });
        let paths: Vec<PathBuf> =
            self.text.lines().map(str::trim).filter(|l| !l.is_empty()).map(PathBuf::from).collect();
        if given && !paths.is_empty() {
            PathState::Given(paths)
        } else if stay == Stay::Close || modal.should_close() {
            PathState::Cancelled
        } else {
            PathState::Open
        }
    }
}
