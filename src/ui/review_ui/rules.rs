//! What the rules found on the shown image, as a list: a click goes there, a button mends.

use crate::ui::dialogs::Stay;
use crate::ui::editor::Editor;
use crate::ui::review::findings::{Ask, Findings};
use crate::ui::theme;
use egui::{RichText, ScrollArea, Ui, Window};

/// Shows the window.
pub fn rules_window_ui(ui: &Ui, editor: &mut Editor, findings: &mut Findings) -> Stay {
    let mut open = true;
    let window = Window::new("What the rules find").open(&mut open).default_size([380.0, 300.0]);
    window.default_pos(ui.content_rect().right_top() + egui::vec2(-700.0, 120.0)).show(ui, |ui| {
        let n = findings.list.len();
        ui.horizontal(|ui| {
            match n {
                0 => ui.label("Nothing is wrong with this image."),
                1 => ui.label("1 finding on this image"),
                n => ui.label(format!("{n} findings on this image")),
            };
            if ui.button("Look again").clicked() {
                findings.follow(editor, Ask::Always);
            }
        });
        ui.weak("F8 goes on, Shift+F8 mends");
        ui.separator();
        let mut wanted = None;
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for (i, finding) in findings.list.iter().enumerate() {
                let label = editor.document.get(finding.lid).map_or_else(String::new, |a| editor.label_text(a));
                let current = findings.current() == Some(finding);
                ui.push_id(i, |ui| {
                    ui.horizontal_wrapped(|ui| {
                        let text = RichText::new(format!("{label}: {}", finding.rule.text()));
                        if ui.selectable_label(current, text).clicked() {
                            wanted = Some((i, false));
                        }
                        if let Some(remedy) = finding.rule.remedy()
                            && ui.small_button(remedy).clicked()
                        {
                            wanted = Some((i, true));
                        }
                        if finding.rule.remedy().is_none() {
                            ui.colored_label(theme::warning(ui), "needs you");
                        }
                    });
                });
            }
        });
        if let Some((i, mends)) = wanted {
            findings.go_to(i, editor);
            if mends {
                findings.mend(editor);
            }
        }
    });
    if open { Stay::Open } else { Stay::Close }
}
