//! The list of images, with thumbnails and how far each is.

use crate::model::InputId;
use crate::runtime::InputRow;
use crate::ui::editor::Editor;
use crate::ui::gallery::Gallery;
use crate::ui::theme;
use egui::{Align2, Color32, CornerRadius, FontId, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

const ROW_HEIGHT: f32 = 64.0;
const THUMBNAIL_PX: u32 = 112;

/// What the panel keeps.
#[derive(Debug, Default)]
pub struct ImagesPanel {
    filter: String,
    scrolled_to: Option<InputId>,
}

impl ImagesPanel {
    /// Shows the list; a click shows the image.
    pub fn ui(&mut self, ui: &mut Ui, editor: &mut Editor, images: &mut Gallery) {
        ui.add_space(4.0);
        let done = editor.inputs.iter().filter(|row| row.annotations > 0).count();
        ui.horizontal(|ui| {
            ui.strong("Images");
            ui.weak(format!("{done} of {} labelled", editor.inputs.len()));
        });
        ui.add(egui::TextEdit::singleline(&mut self.filter).hint_text("Filter by name").desired_width(f32::INFINITY))
            .accessible_name("Filter images");
        let wanted = self.filter.to_lowercase();
        let rows: Vec<usize> = (0..editor.inputs.len())
            .filter(|i| wanted.is_empty() || editor.inputs[*i].name.to_lowercase().contains(&wanted))
            .collect();
        if rows.is_empty() {
            ui.weak(if editor.inputs.is_empty() { "No images yet: File, Add images…" } else { "No name matches" });
        }
        let mut area = ScrollArea::vertical().auto_shrink(false);
        if self.scrolled_to.as_ref() != editor.current() {
            self.scrolled_to = editor.current().cloned();
            if let Some(at) = editor.current_index().and_then(|i| rows.iter().position(|r| *r == i)) {
                #[expect(clippy::cast_precision_loss, reason = "row numbers are small")]
                let y = at as f32 * (ROW_HEIGHT + ui.spacing().item_spacing.y);
                area = area.vertical_scroll_offset((y - 2.0 * ROW_HEIGHT).max(0.0));
            }
        }
        area.show_rows(ui, ROW_HEIGHT, rows.len(), |ui, visible| {
            for i in &rows[visible] {
                let row = editor.inputs[*i].clone();
                if row_ui(ui, &row, editor.current() == Some(&row.id), images) {
                    editor.show(&row.id);
                }
            }
        });
    }
}

fn row_ui(ui: &mut Ui, row: &InputRow, selected: bool, images: &mut Gallery) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let count = match row.annotations {
        0 => "no annotations".to_owned(),
        1 => "1 annotation".to_owned(),
        n => format!("{n} annotations"),
    };
    let counted = [(row.open, "to review"), (row.unsent, "unsent"), (row.problems, "in trouble")];
    let said: Vec<String> = counted.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!(", {n} {what}")).collect();
    let state = said.concat();
    response
        .widget_info(|| WidgetInfo::selected(Role::Button, true, selected, format!("{}, {count}{state}", row.name)));
    let painter = ui.painter();
    let visuals = ui.visuals();
    if selected || response.hovered() {
        let fill = if selected { visuals.selection.bg_fill } else { visuals.widgets.hovered.weak_bg_fill };
        painter.rect_filled(rect, CornerRadius::same(4), fill);
    }
    let thumb = Rect::from_min_size(rect.min + vec2(4.0, 4.0), vec2(56.0, 56.0));
    painter.rect_filled(thumb, CornerRadius::same(3), visuals.extreme_bg_color);
    if let Some((texture, size)) = images.thumbnail(&row.id, THUMBNAIL_PX) {
        let scale = (thumb.width() / size.x).min(thumb.height() / size.y);
        let shown = Rect::from_center_size(thumb.center(), size * scale);
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture, shown, uv, Color32::WHITE);
    }
    let ink = if selected { visuals.strong_text_color() } else { visuals.text_color() };
    let clipped = painter.with_clip_rect(rect.intersect(ui.clip_rect()));
    let left = thumb.right() + 8.0;
    let job = egui::text::LayoutJob::simple_singleline(row.name.clone(), FontId::proportional(14.0), ink);
    let wrap = egui::text::TextWrapping::truncate_at_width(rect.right() - left - 8.0);
    let galley = clipped.layout_job(egui::text::LayoutJob { wrap, ..job });
    clipped.galley(pos2(left, rect.top() + 18.0 - galley.size().y / 2.0), galley, ink);
    let weak = FontId::proportional(12.0);
    clipped.text(pos2(left, rect.top() + 42.0), Align2::LEFT_CENTER, &count, weak.clone(), visuals.weak_text_color());
    let mut right = rect.right() - 8.0;
    for (n, color) in [(row.problems, theme::ERROR), (row.open, theme::WARNING), (row.unsent, theme::ACCENT)] {
        if n > 0 {
            let at = pos2(right, rect.top() + 42.0);
            let shown = clipped.text(at, Align2::RIGHT_CENTER, n.to_string(), weak.clone(), color);
            clipped.circle_filled(pos2(shown.left() - 7.0, at.y), 3.5, color);
            right = shown.left() - 18.0;
        }
    }
    if selected {
        let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        painter.rect(bar, CornerRadius::same(1), theme::ACCENT, Stroke::NONE, egui::StrokeKind::Inside);
    }
    response.on_hover_text(format!("{}\n{count}{state}", row.name)).clicked()
}
