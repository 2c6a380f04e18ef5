//! The annotations of the shown image, as a list that costs what is visible.

use crate::model::LocalId;
use crate::runtime::Mark;
use crate::ui::canvas::color_of;
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Button, RichText, ScrollArea, Ui};

/// Shows the list; a click selects, with Ctrl adds.
pub fn annotations_ui(ui: &mut Ui, editor: &mut Editor) {
    let Some(input) = editor.current().cloned() else { return };
    ui.horizontal(|ui| {
        ui.strong("Annotations");
        ui.weak(format!("{}", editor.document.count_of(&input)));
    });
    let lids: Vec<LocalId> = editor.document.of_input(&input).map(|a| a.lid).collect();
    if lids.is_empty() {
        ui.weak("None yet: B draws a box, P a polygon, L labels the image");
        return;
    }
    let row_height = ui.spacing().interact_size.y;
    let height = (ui.available_height() - 270.0).max(96.0);
    let mut clicked: Option<LocalId> = None;
    ScrollArea::vertical().id_salt("annotations").max_height(height).auto_shrink([false, true]).show_rows(
        ui,
        row_height,
        lids.len(),
        |ui, rows| {
            for lid in &lids[rows] {
                let Some(annotation) = editor.document.get(*lid) else { continue };
                let kind = annotation.shape().map_or("image", |s| s.kind());
                let text = editor.label_text(annotation);
                let color = color_of(editor, annotation);
                let status = theme::dot(theme::status_color(annotation.status));
                let mark = match editor.marks.get(lid) {
                    None | Some(Mark::Synced) => "",
                    Some(Mark::Unsent) => " · unsent",
                    Some(Mark::Unknown) => " · unknown",
                    Some(Mark::Conflict { .. }) => " · conflict",
                    Some(Mark::Problem { .. }) => " · refused",
                };
                let label = super::concepts::shown(&text);
                let content =
                    (theme::swatch(color), format!("{label} "), RichText::new(format!("{kind}{mark}")).weak());
                let button = Button::selectable(editor.selection.contains(*lid), content)
                    .right_text(status)
                    .min_size(egui::vec2(ui.available_width(), row_height));
                let name = format!("{text}, {kind}, {}, by {}", annotation.status.text(), annotation.worker.text());
                if ui.add(button).accessible_name(&name).on_hover_text(&name).clicked() {
                    clicked = Some(*lid);
                }
            }
        },
    );
    if let Some(lid) = clicked {
        if ui.input(|i| i.modifiers.command) {
            editor.selection.toggle(lid);
        } else {
            editor.selection.set([lid]);
        }
    }
}
