//! What is known of the selected annotation, and numbers to set it exactly.

mod geometry;

use crate::model::{Annotation, LocalId};
use crate::runtime::{LastChange, Mark, Request};
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Button, Grid, Label, RichText, Ui};
use egui_material_icons::icons;

/// The column of names, at most.
const NAMES_WIDTH: f32 = 64.0;

/// Shows the properties of the selection.
pub fn properties_ui(ui: &mut Ui, editor: &mut Editor) {
    ui.strong("Properties");
    let Some(lid) = editor.selection.single() else {
        let n = editor.selection.len();
        ui.weak(if n == 0 { "Nothing selected".to_owned() } else { format!("{n} selected") });
        return;
    };
    let Some(annotation) = editor.document.get(lid).cloned() else { return };
    super::labels::labels_ui(ui, editor, &annotation);
    // The second column takes what the first leaves: longer words go on in the next line.
    let width = (ui.available_width() - NAMES_WIDTH - 12.0).max(80.0);
    Grid::new("properties").num_columns(2).spacing([12.0, 4.0]).max_col_width(width).show(ui, |ui| {
        ui.weak("Status");
        ui.label(RichText::new(annotation.status.text()).color(theme::ink(ui, theme::status_color(annotation.status))));
        ui.end_row();
        ui.weak("Made by");
        ui.label(annotation.worker.text());
        ui.end_row();
        if !annotation.created_at.is_empty() {
            ui.weak("Created");
            ui.label(readable(&annotation.created_at));
            ui.end_row();
        }
        shape_ui(ui, editor, &annotation);
        described_ui(ui, editor, lid);
    });
    match editor.marks.get(&lid).cloned() {
        Some(Mark::Problem { reason, req_id }) => {
            ui.colored_label(theme::error(ui), format!("The server refused it: {reason}"));
            if !req_id.is_empty() {
                ui.weak(format!("request {req_id}"));
            }
            ui.horizontal(|ui| {
                if ui.button("Retry").clicked() {
                    editor.outbox.push(Request::RetryItem(lid));
                }
                if ui.button("Discard my change").clicked() {
                    editor.outbox.push(Request::DiscardItem(lid));
                }
            });
        }
        // The panel below the canvas says more.
        Some(Mark::Conflict(_)) => {
            ui.colored_label(theme::error(ui), "In conflict: decide below the image");
        }
        _ => {}
    }
}

/// When it was changed last, and its id on the server. Both come a moment later: they stand below the fields, so that none
/// of those is pushed away from under the pointer.
fn described_ui(ui: &mut Ui, editor: &mut Editor, lid: LocalId) {
    let known = editor.described(lid);
    ui.weak("Changed");
    ui.label(match known.map(|known| &known.changed) {
        None => "…".to_owned(),
        Some(LastChange::Unknown) => "not known".to_owned(),
        Some(LastChange::OnServer(at)) => readable(at),
        Some(LastChange::Here) => "here, not on the server yet".to_owned(),
    });
    ui.end_row();
    ui.weak("Id");
    let id = known.map(|known| known.id.as_str());
    ui.horizontal(|ui| {
        let button = Button::new(icons::ICON_CONTENT_COPY.rich_text().size(14.0)).small();
        let copy = ui.add_enabled(id.is_some(), button);
        let Some(id) = id else {
            ui.weak("…");
            return;
        };
        if copy.accessible_name("Copy the id").on_hover_text("Copies the id").clicked() {
            ui.copy_text(id.to_owned());
        }
        ui.add(Label::new(RichText::new(id).monospace()).truncate()).on_hover_text(id);
    });
    ui.end_row();
}

/// A time of the API in the form in which people read it.
fn readable(at: &str) -> String {
    at.get(..19).unwrap_or(at).replace('T', " ")
}

fn shape_ui(ui: &mut Ui, editor: &mut Editor, annotation: &Annotation) {
    match annotation.shape() {
        None => {
            ui.weak("Region");
            ui.label("the whole image");
            ui.end_row();
        }
        Some(shape) => geometry::geometry_ui(ui, editor, annotation.lid, shape),
    }
}
