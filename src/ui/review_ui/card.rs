//! The card of the item that is up: everything that is known about it.

use crate::model::rules::shape_iou;
use crate::model::{Annotation, Change, LocalId};
use crate::runtime::Mark;
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::panels::menu::shortcut_text;
use crate::ui::review::{Review, reason_of, status_text};
use crate::ui::theme;
use egui::{RichText, Ui};

/// Shapes that share at least this much are of the same region.
const SAME_REGION_IOU: f64 = 0.7;

/// Shows the card.
pub fn card_ui(ui: &mut Ui, editor: &mut Editor) {
    let Some(row) = editor.review.as_ref().and_then(Review::current).cloned() else {
        ui.weak("Nothing is up.");
        return;
    };
    let annotation = editor.document.get(row.lid).cloned();
    let color = annotation.as_ref().map_or(theme::UNLABELLED, |a| crate::ui::canvas::color_of(editor, a));
    ui.horizontal_wrapped(|ui| {
        ui.label(theme::swatch(color));
        ui.label(RichText::new(editor.queue_text(&row)).heading());
        if let Some(score) = row.score {
            ui.label(RichText::new(format!("{:.0} %", score * 100.0)).heading().weak());
        }
    });
    let name = editor.image_name(&row.input).to_owned();
    ui.label(format!("{} on {name}", row.kind)).on_hover_text(row.input.as_str());
    let version = match &row.worker {
        crate::model::Worker::Model { version, .. } if !version.is_empty() => format!(", version {version}"),
        _ => String::new(),
    };
    ui.label(format!("by {}{version}", row.worker.text()));
    ui.horizontal(|ui| {
        ui.label(theme::dot(theme::status_color(row.status)));
        ui.label(status_text(row.status));
    });
    let Some(annotation) = annotation else {
        absent_ui(ui, editor, &row.input);
        return;
    };
    if !annotation.created_at.is_empty() {
        let seconds = annotation.created_at.get(..19).unwrap_or(&annotation.created_at);
        ui.weak(format!("made {} UTC", seconds.replace('T', " ")));
    }
    if let Some((reason, by)) = reason_of(&annotation) {
        let by = if by.is_empty() { String::new() } else { format!(" by {by}") };
        ui.colored_label(theme::warning(ui), format!("Changes were requested{by}: {reason}"));
    }
    if annotation.region.is_some() && annotation.bounds().is_none() {
        ui.colored_label(theme::warning(ui), format!("A {} cannot be drawn here; it can be decided about", row.kind));
    }
    if editor.review.as_ref().is_some_and(|review| !review.is_on_screen() && review.waited_long()) {
        ui.colored_label(theme::warning(ui), "Its picture does not come. It can be decided unseen, or skipped with S");
    }
    mark_ui(ui, editor, row.lid);
    if let Some(change) = editor.history.last_change_of(row.lid).cloned() {
        change_ui(ui, editor, &change);
    }
    others_ui(ui, editor, &annotation);
}

/// Why there is nothing to look at, and that it can be decided all the same.
fn absent_ui(ui: &mut Ui, editor: &Editor, input: &crate::model::InputId) {
    if editor.document.is_loaded(input) {
        ui.colored_label(theme::warning(ui), "It is gone, or damaged on disk. S goes on");
        return;
    }
    ui.weak("Loading…");
    if editor.review.as_ref().is_some_and(Review::waited_long) {
        ui.colored_label(theme::warning(ui), "Its image does not come. It can be decided unseen, or skipped with S");
    }
}

fn mark_ui(ui: &mut Ui, editor: &Editor, lid: LocalId) {
    match editor.marks.get(&lid) {
        None | Some(Mark::Synced) => {}
        Some(Mark::Unsent) => {
            ui.weak("not sent yet");
        }
        Some(Mark::Unknown) => {
            ui.weak("being read back");
        }
        Some(Mark::Conflict { .. }) => {
            let key = shortcut_text(ui, Command::NextTrouble);
            ui.colored_label(theme::warning(ui), format!("changed on both sides: {key} goes there"));
        }
        Some(Mark::Problem { reason, .. }) => {
            let key = shortcut_text(ui, Command::Plan);
            ui.colored_label(theme::error(ui), format!("the server refused it: {reason}. It is kept; {key} lists it"));
        }
    }
}

/// What its last edit here changed.
fn change_ui(ui: &mut Ui, editor: &Editor, change: &Change) {
    let (Some(before), Some(after)) = (&change.before, &change.after) else { return };
    let mut said = Vec::new();
    if before.concepts != after.concepts {
        said.push(format!("was {}", editor.label_text(before)));
    }
    if before.region != after.region {
        said.push("its outline was changed (thin line: before; O)".to_owned());
    }
    if before.status != after.status {
        said.push(format!("was {}", status_text(before.status)));
    }
    for line in said {
        ui.weak(line);
    }
}

/// Other annotations of the same region; a click selects one.
fn others_ui(ui: &mut Ui, editor: &mut Editor, annotation: &Annotation) {
    let Some(bounds) = annotation.bounds() else { return };
    let Some(index) = editor.document.index_of(&annotation.input) else { return };
    let mut others: Vec<&Annotation> = index
        .touching(bounds)
        .filter(|lid| *lid != annotation.lid)
        .filter_map(|lid| editor.document.get(lid))
        .filter(|other| shape_iou(annotation, other) >= SAME_REGION_IOU)
        .collect();
    if others.is_empty() {
        return;
    }
    others.sort_by_key(|other| other.lid);
    let lines: Vec<(LocalId, String)> = others
        .iter()
        .map(|other| {
            let text =
                format!("{} by {}, {}", editor.label_text(other), other.worker.text(), status_text(other.status));
            (other.lid, text)
        })
        .collect();
    ui.weak("The same region also is");
    for (lid, text) in lines {
        if ui.link(&text).clicked() {
            editor.selection.set([lid]);
        }
    }
}
