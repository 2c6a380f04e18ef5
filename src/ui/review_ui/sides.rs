//! The comparison of two sides of the shown image: how far they agree, and each difference with what to do about it.

use crate::model::Worker;
use crate::model::agreement::{AgreementSide, Difference, DifferenceKind};
use crate::ui::dialogs::Stay;
use crate::ui::editor::Editor;
use crate::ui::review::compare::{Comparison, Verdict};
use crate::ui::theme;
use egui::{ComboBox, Key, Modifiers, ScrollArea, Ui, Window};

/// The window while it is open.
#[derive(Debug, Default)]
pub struct SidesWindow {
    comparison: Comparison,
}

impl SidesWindow {
    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, editor: &mut Editor) -> Stay {
        self.comparison.follow(editor);
        let mut open = true;
        let window = Window::new("Compare two sides").open(&mut open).default_size([400.0, 340.0]);
        window.default_pos(ui.content_rect().right_top() + egui::vec2(-720.0, 120.0)).show(ui, |ui| {
            if self.comparison.sides.is_none() {
                ui.label("Only one side has annotated this image: there is nothing to compare.");
                return;
            }
            self.sides_ui(ui);
            self.keys(ui, editor);
            let result = &self.comparison.result;
            let all = result.agreed.len() + result.differences.len();
            let text =
                format!("They agree about {} of {all} things ({:.0} %)", result.agreed.len(), result.share() * 100.0);
            ui.strong(text);
            ui.separator();
            self.list_ui(ui, editor);
            ui.separator();
            self.verdict_ui(ui, editor);
        });
        let escape = ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
        if open && !escape { Stay::Open } else { Stay::Close }
    }

    fn sides_ui(&mut self, ui: &mut Ui) {
        let Some((mut left, mut right)) = self.comparison.sides.clone() else { return };
        let before = (left.clone(), right.clone());
        ui.horizontal(|ui| {
            self.side_ui(ui, "left side", &mut left);
            ui.label("and");
            self.side_ui(ui, "right side", &mut right);
        });
        if before != (left.clone(), right.clone()) {
            self.comparison.choose(left, right);
        }
    }

    fn side_ui(&self, ui: &mut Ui, id: &str, side: &mut Worker) {
        ComboBox::from_id_salt(id).selected_text(side.text()).show_ui(ui, |ui| {
            for worker in &self.comparison.workers {
                ui.selectable_value(side, worker.clone(), worker.text());
            }
        });
    }

    fn keys(&mut self, ui: &Ui, editor: &mut Editor) {
        let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
        if pressed(Key::J) || pressed(Key::ArrowDown) {
            self.comparison.step(editor, 1);
        }
        if pressed(Key::K) || pressed(Key::ArrowUp) {
            self.comparison.step(editor, -1);
        }
        for (key, verdict) in [
            (Key::Num1, Verdict::Take(AgreementSide::Left)),
            (Key::Num2, Verdict::Take(AgreementSide::Right)),
            (Key::M, Verdict::Merge),
        ] {
            if pressed(key) {
                self.comparison.settle(editor, verdict);
            }
        }
        if pressed(Key::Z) {
            editor.step_back(crate::model::StepBack::Undo);
        }
    }

    fn list_ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        let mut wanted = None;
        let height = (ui.available_height() - 110.0).max(80.0);
        ScrollArea::vertical().id_salt("differences").max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            if self.comparison.result.differences.is_empty() {
                ui.label("No difference is left.");
            }
            for (i, difference) in self.comparison.result.differences.iter().enumerate() {
                let text = in_words(ui, editor, difference);
                if ui.selectable_label(i == self.comparison.at, text).clicked() {
                    wanted = Some(i);
                }
            }
        });
        if let Some(at) = wanted {
            self.comparison.at = at;
            self.comparison.select(editor);
        }
    }

    fn verdict_ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        let Some((left, right)) = self.comparison.sides.clone() else { return };
        ui.horizontal_wrapped(|ui| {
            for (text, verdict) in [
                (format!("1 take {}", left.text()), Verdict::Take(AgreementSide::Left)),
                (format!("2 take {}", right.text()), Verdict::Take(AgreementSide::Right)),
                ("M merge".to_owned(), Verdict::Merge),
            ] {
                if ui.button(text).clicked() {
                    self.comparison.settle(editor, verdict);
                }
            }
        });
        ui.weak("J and K go through them, Z takes back, Esc leaves. Taking a side approves its annotation and rejects the other.");
    }
}

fn in_words(ui: &Ui, editor: &Editor, difference: &Difference) -> egui::RichText {
    let label = |lid: Option<crate::model::LocalId>| {
        lid.and_then(|lid| editor.document.get(lid)).map_or_else(|| "nothing".to_owned(), |a| editor.label_text(a))
    };
    let (left, right) = (label(difference.left), label(difference.right));
    let text = match difference.kind {
        DifferenceKind::OneSided => format!("{left} | {right}"),
        DifferenceKind::Labels => format!("{left} | {right}: other labels"),
        DifferenceKind::Outline => format!("{left}: drawn differently, {:.0} % shared", difference.iou * 100.0),
        DifferenceKind::LabelsAndOutline => {
            format!("{left} | {right}: other labels, {:.0} % shared", difference.iou * 100.0)
        }
    };
    match difference.kind {
        DifferenceKind::OneSided | DifferenceKind::LabelsAndOutline => {
            egui::RichText::new(text).color(theme::warning(ui))
        }
        _ => egui::RichText::new(text),
    }
}
