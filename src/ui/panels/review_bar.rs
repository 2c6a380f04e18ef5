//! The bar of the review mode: how far it is, what is up, and the keys.

use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Button, ProgressBar, RichText, Ui};

/// Shows the bar while the review is on.
pub fn review_bar_ui(ui: &mut Ui, editor: &Editor, chosen: &mut Vec<Command>) {
    let Some(review) = &editor.review else { return };
    ui.horizontal(|ui| {
        ui.strong(RichText::new("Review").color(theme::ACCENT));
        if review.is_waiting() {
            ui.weak("Looking for what waits…");
        } else if review.rows.is_empty() {
            ui.label("Nothing waits for a decision.");
        } else {
            let (done, all) = (review.rows.len() - review.left(), review.rows.len());
            #[expect(clippy::cast_precision_loss, reason = "a progress bar")]
            let part = done as f32 / all as f32;
            ui.add(ProgressBar::new(part).desired_width(140.0).text(format!("{done} done")))
                .accessible_name(format!("Review progress, {done} of {all}"));
            if let Some(row) = review.current() {
                let what = match editor.document.get(row.lid) {
                    Some(annotation) => editor.label_text(annotation),
                    None => "…".to_owned(),
                };
                let score = row.score.map(|s| format!(" {:.0} %", s * 100.0)).unwrap_or_default();
                ui.label(RichText::new(format!("{what}{score}")).strong());
                let place = review.at + 1;
                ui.weak(format!("by {} · {} · {place} of {all}", row.worker.text(), row.status.text()));
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        for (command, key) in [
            (Command::Accept, "A accept"),
            (Command::Reject, "X reject"),
            (Command::RequestChanges, "C request changes"),
            (Command::Skip, "S skip"),
            (Command::ReviewPrevious, "K back"),
            (Command::ReviewNext, "J on"),
            (Command::ReviewUndo, "Z undo"),
            (Command::ToggleReview, "R leave"),
        ] {
            let button = Button::new(key).small();
            if ui.add(button).accessible_name(command.text()).on_hover_text(command.text_and_tooltip().1).clicked() {
                chosen.push(command);
            }
        }
    });
}
