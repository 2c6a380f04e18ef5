//! The picture in small, in a corner, while only a part of it is seen: where the view is, how far the shapes reach. A
//! click or a drag moves the view there.

use super::View;
use super::feed::{point_from_pos, rect_from_ui, ui_rect};
use crate::geometry::{Rect, Transform};
use crate::model::SpatialIndex;
use crate::ui::editor::Editor;
use crate::ui::gallery::Gallery;
use crate::ui::theme;
use egui::{Color32, CornerRadius, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

/// Its longer side.
const SIDE_UI: f64 = 168.0;
/// How far it stands off the corner.
const OFF_UI: f32 = 12.0;
/// On a canvas narrower or lower than this it would be in the way.
const CANVAS_MIN_UI: f32 = 360.0;

/// All there is to see: the image, and shapes that lie outside of it.
pub(super) fn world(editor: &Editor, image: Rect) -> Rect {
    let extent = editor.current().and_then(|input| editor.document.index_of(input)).and_then(SpatialIndex::extent);
    extent.filter(|e| e.min.is_finite() && e.max.is_finite()).map_or(image, |extent| image.union(extent))
}

/// Shows it where it is wanted and of use.
pub(super) fn minimap_ui(ui: &Ui, canvas: egui::Rect, view: &mut View, editor: &Editor, images: &mut Gallery) {
    let Some(image) = editor.image_size() else { return };
    let world = world(editor, image.rect());
    let roomy = canvas.width() >= CANVAS_MIN_UI && canvas.height() >= CANVAS_MIN_UI;
    if !editor.view.minimap.is_on() || !roomy || view.visible().contains_rect(world) {
        return;
    }
    let scale = SIDE_UI / world.width().max(world.height()).max(f64::MIN_POSITIVE);
    #[expect(clippy::cast_possible_truncation, reason = "at most SIDE_UI")]
    let size = vec2((world.width() * scale).max(12.0) as f32, (world.height() * scale).max(12.0) as f32);
    let rect = egui::Rect::from_min_size(canvas.max - size - vec2(OFF_UI, OFF_UI), size);
    let area = egui::Area::new(egui::Id::unique("minimap")).fixed_pos(rect.min).constrain(false).fade_in(false);
    area.show(ui, |ui| {
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Overview; click moves the view"));
        let map = Transform::fitting(rect_from_ui(rect), world);
        if response.is_pointer_button_down_on()
            && let Some(pos) = response.interact_pointer_pos()
        {
            view.centre_on(map.inverse().apply(point_from_pos(pos)));
        }
        let painter = ui.painter_at(rect.expand(3.0));
        painter.rect_filled(rect.expand(3.0), CornerRadius::same(3), Color32::from_black_alpha(170));
        images.paint_minimap(ui, rect, map);
        if world != image.rect() {
            let out = ui_rect(map.apply_rect(image.rect()));
            painter.rect_stroke(out, CornerRadius::ZERO, Stroke::new(1.0, Color32::from_gray(150)), StrokeKind::Inside);
        }
        if let Some(extent) = editor.current().and_then(|i| editor.document.index_of(i)).and_then(SpatialIndex::extent)
        {
            let shapes = ui_rect(map.apply_rect(extent)).intersect(rect);
            let stroke = Stroke::new(1.0, theme::WARNING);
            painter.rect_stroke(shapes, CornerRadius::ZERO, stroke, StrokeKind::Inside);
        }
        let seen = ui_rect(map.apply_rect(view.visible())).intersect(rect);
        for (width, color) in [(4.0, Color32::from_black_alpha(140)), (2.0, theme::ACCENT)] {
            painter.rect_stroke(seen, CornerRadius::ZERO, Stroke::new(width, color), StrokeKind::Middle);
        }
    });
}
