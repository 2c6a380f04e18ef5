//! What stands over the canvas until it is over: edits that the disk does not take, a project that cannot be written,
//! damage on the disk.

use crate::runtime::{Access, DamagedProject, Request};
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Frame, Panel, RichText, Ui};
use std::path::{Path, PathBuf};

/// What a banner asks of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BannerWish {
    /// Nothing.
    None,
    /// Rescue this project.
    Rescue(PathBuf),
}

/// Shows the banners, if there is a reason for one.
pub fn banner_ui(ui: &mut Ui, editor: &mut Editor, chosen: &mut Vec<Command>) -> BannerWish {
    if let Some(reason) = editor.store_failure.clone() {
        Panel::top("not saved").frame(Frame::side_top_panel(ui.style()).fill(ground(ui))).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                let text = format!(
                    "Not saved: {reason}. Your last edit stays on the screen and in memory; editing is locked until it \
                     is on disk, which is tried every 5 seconds."
                );
                ui.label(RichText::new(text).color(theme::error(ui)).strong());
                if ui.button("Try now").clicked() {
                    editor.outbox.push(Request::RetryStore);
                }
                if ui.button("Save a copy elsewhere…").clicked() {
                    chosen.push(Command::SaveCopy);
                }
            });
        });
    }
    if let Access::ReadOnly(reason) = &editor.access {
        let text = format!("Read only: {reason}.");
        Panel::top("read only").show(ui, |ui| ui.label(RichText::new(text).color(theme::warning(ui))));
    }
    damage_ui(ui, editor)
}

fn damage_ui(ui: &mut Ui, editor: &mut Editor) -> BannerWish {
    let Some(damage) = editor.damage.clone() else { return BannerWish::None };
    let mut wish = BannerWish::None;
    Panel::top("damage").show(ui, |ui| {
        let rows = if damage.rows == 1 { "1 row is".to_owned() } else { format!("{} rows are", damage.rows) };
        let file = damage.problems.first().map(|first| format!(" The file: {first}.")).unwrap_or_default();
        let backup = damage.backup.as_deref().map(|path| format!(" The newest good backup is {}.", name(path)));
        let text = format!(
            "The disk damaged this project: {rows} unreadable and not shown.{file} All else is here and is saved. Rescue \
             builds a new database of every good row, takes lost ones from the history, and keeps the damaged files.{}",
            backup.unwrap_or_default()
        );
        ui.label(RichText::new(text).color(theme::error(ui)));
        ui.horizontal(|ui| {
            if ui.button("Rescue now").clicked() {
                wish = BannerWish::Rescue(editor.dir.clone());
            }
            if ui.button("Later").clicked() {
                editor.damage = None;
            }
        });
    });
    wish
}

/// In place of a project that could not be opened because it is damaged.
pub fn damaged_project_ui(ui: &mut Ui, damaged: &DamagedProject) -> BannerWish {
    let mut wish = BannerWish::None;
    ui.label("Rescue builds a new database of every row that can be read and keeps the damaged files beside it.");
    if ui.button("Rescue what can be read").clicked() {
        wish = BannerWish::Rescue(damaged.dir.clone());
    }
    if !damaged.backups.is_empty() {
        let names: Vec<String> = damaged.backups.iter().take(3).map(|path| name(path)).collect();
        ui.weak(format!(
            "Backups in {}: {}. To go back to one, put it in the place of project.db and remove project.db-wal.",
            damaged.dir.join("backups").display(),
            names.join(", ")
        ));
    }
    wish
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn ground(ui: &Ui) -> egui::Color32 {
    ui.visuals().panel_fill.lerp_to_gamma(theme::ERROR, 0.12)
}
