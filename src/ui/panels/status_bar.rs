//! The bottom line: what the next step may be, where the pointer is, and whether everything is safe.

use crate::runtime::{Notice, NoticeLevel};
use crate::ui::canvas::Canvas;
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::sync::pill::pill_ui;
use crate::ui::theme;
use egui::{Align, Layout, RichText, Ui};

/// Below this width the place in parts of the image is left out, below the other one the place in pixels too: the hint and
/// the state of the sync come first.
const ROOM_FOR_PARTS: f32 = 980.0;
const ROOM_FOR_PIXELS: f32 = 620.0;

/// Shows the status bar.
pub fn status_bar_ui(
    ui: &mut Ui,
    editor: &Editor,
    canvas: &Canvas,
    notice: Option<&Notice>,
    chosen: &mut Vec<Command>,
) {
    let room = ui.available_width();
    // From the right: the hint has what is left.
    let height = ui.spacing().interact_size.y;
    ui.allocate_ui_with_layout(egui::vec2(room, height), Layout::right_to_left(Align::Center), |ui| {
        pill_ui(ui, editor, chosen);
        ui.separator();
        ui.label(RichText::new(format!("{:.0} %", canvas.view.zoom() * 100.0)).monospace());
        if let (Some(p), Some(size)) = (canvas.pointer(), editor.image_size()) {
            let (x, y) = (p.at.x, p.at.y);
            let (across, down) = ((x / size.width).clamp(0.0, 1.0), (y / size.height).clamp(0.0, 1.0));
            let pixels = format!("x {x:.0} y {y:.0}");
            if room >= ROOM_FOR_PARTS {
                ui.label(RichText::new(format!("{pixels} · {across:.4} {down:.4} ·")).monospace());
            } else if room >= ROOM_FOR_PIXELS {
                ui.label(RichText::new(format!("{pixels} ·")).monospace());
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| hint_ui(ui, editor, canvas.view.zoom(), notice));
    });
}

fn hint_ui(ui: &mut Ui, editor: &Editor, zoom: f64, notice: Option<&Notice>) {
    let text = if let Some(reason) = &editor.store_failure {
        let text = format!("Not saved: {reason}. Your edits are kept in memory and tried again");
        RichText::new(text).color(theme::error(ui))
    } else if let Some(notice) = notice {
        let text = RichText::new(&notice.text);
        match notice.level {
            NoticeLevel::Info => text,
            NoticeLevel::Warning => text.color(theme::warning(ui)),
            NoticeLevel::Error => text.color(theme::error(ui)),
        }
    } else {
        RichText::new(editor.tool.hint(editor.scene(zoom).as_ref())).weak()
    };
    let earlier: Vec<&str> = editor.notices.iter().rev().take(8).map(|n| n.text.as_str()).collect();
    ui.add(egui::Label::new(text).truncate()).on_hover_ui(|ui| {
        if earlier.is_empty() {
            ui.label("What the next step may be");
        }
        for line in earlier {
            ui.label(line);
        }
    });
}
