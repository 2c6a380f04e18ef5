//! The tools, top to bottom at the left of the canvas.

use super::menu::shortcut_text;
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use egui::scroll_area::ScrollBarVisibility;
use egui::{Button, RichText, ScrollArea, Ui, vec2};

const RAIL: [Option<Command>; 12] = [
    Some(Command::ToolSelect),
    Some(Command::ToolBox),
    Some(Command::ToolPolygon),
    Some(Command::ToolPan),
    None,
    Some(Command::Undo),
    Some(Command::Redo),
    Some(Command::Delete),
    None,
    Some(Command::Fit),
    Some(Command::ToggleReview),
    Some(Command::SyncNow),
];

/// Shows the rail; what was chosen is added to `chosen`.
pub fn tool_rail_ui(ui: &mut Ui, editor: &Editor, chosen: &mut Vec<Command>) {
    ui.add_space(4.0);
    // On a low window the last ones are reached by the wheel, and by their keys.
    let area = ScrollArea::vertical().scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden);
    area.show(ui, |ui| buttons_ui(ui, editor, chosen));
}

fn buttons_ui(ui: &mut Ui, editor: &Editor, chosen: &mut Vec<Command>) {
    ui.vertical_centered(|ui| {
        for entry in RAIL {
            let Some(command) = entry else {
                ui.separator();
                continue;
            };
            let (text, tooltip) = command.text_and_tooltip();
            let icon = command.icon().map_or_else(|| RichText::new(text), |icon| icon.rich_text().size(20.0));
            let button = Button::selectable(command.is_on(editor), icon).min_size(vec2(34.0, 34.0));
            let keys = shortcut_text(ui, command);
            let response = ui
                .add_enabled(command.is_enabled(Some(editor)), button)
                .accessible_name(text)
                .on_hover_text(format!("{text} ({keys})\n{tooltip}"))
                .on_disabled_hover_text(command.why_not(Some(editor)).unwrap_or(tooltip));
            if response.clicked() {
                chosen.push(command);
            }
        }
    });
}
