//! The loupe: what is under the pointer, enlarged beside it, while its key is held.

use super::aids::paint_pixel_grid;
use super::feed::{pos_from_point, rect_from_ui};
use super::look::color_of;
use super::overlay::Overlay;
use crate::geometry::Transform;
use crate::tools::{Pointer, Preview};
use crate::ui::editor::Editor;
use crate::ui::gallery::Gallery;
use egui::{Align2, Color32, CornerRadius, FontId, Stroke, StrokeKind, Ui, vec2};

/// The side of the loupe.
const SIDE_UI: f32 = 208.0;
/// How far it stands off the pointer.
const OFF_UI: f32 = 28.0;
/// How much larger than on the canvas.
const TIMES: f64 = 4.0;
/// Ui points per image pixel: at least, and at most.
const ZOOM_RANGE: (f64, f64) = (8.0, 96.0);
/// Shapes drawn in it, at most.
const SHAPES_MAX: usize = 80;

/// Whether the loupe is there without its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loupe {
    /// Only while the key is held.
    #[default]
    Held,
    /// Until it is chosen again.
    Pinned,
}

impl Loupe {
    /// Chosen from a menu.
    pub const fn toggle_pinned(&mut self) {
        *self = match self {
            Self::Held => Self::Pinned,
            Self::Pinned => Self::Held,
        };
    }

    /// Whether it is there without its key.
    #[must_use]
    pub const fn is_pinned(self) -> bool {
        matches!(self, Self::Pinned)
    }
}

/// Where the loupe stands: to the lower right of the pointer, or where there is room.
fn place(canvas: egui::Rect, at: egui::Pos2) -> egui::Rect {
    let side = SIDE_UI.min(canvas.width() / 2.0).min(canvas.height() / 2.0);
    let along = |at: f32, max: f32| if at + OFF_UI + side <= max { at + OFF_UI } else { at - OFF_UI - side };
    egui::Rect::from_min_size(egui::pos2(along(at.x, canvas.max.x), along(at.y, canvas.max.y)), vec2(side, side))
}

/// Shows it for a pointer on the canvas.
pub(super) fn loupe_ui(
    ui: &Ui,
    canvas: egui::Rect,
    (pointer, zoom): (Pointer, f64),
    editor: &Editor,
    images: &mut Gallery,
    previews: &[Preview],
) {
    let rect = place(canvas, pos_from_point(pointer.ui));
    let zoom = (zoom * TIMES).clamp(ZOOM_RANGE.0, ZOOM_RANGE.1);
    let ui_from_image = Transform::centred(rect_from_ui(rect), pointer.at, zoom);
    let painter = ui.painter_at(rect.expand(2.0));
    painter.rect_filled(rect, CornerRadius::ZERO, Color32::from_gray(30));
    images.paint_loupe(ui, rect, ui_from_image);
    let inside = ui.painter_at(rect);
    if let Some(image) = editor.image_size() {
        paint_pixel_grid(&inside, rect, ui_from_image, image.rect());
    }
    let overlay = Overlay { painter: &inside, ui_from_image };
    let seen = ui_from_image.inverse().apply_rect(rect_from_ui(rect));
    if let Some(index) = editor.current().and_then(|input| editor.document.index_of(input)) {
        for lid in index.touching(seen).filter(|lid| !editor.seen.hidden.contains(lid)).take(SHAPES_MAX) {
            if let Some(annotation) = editor.document.get(lid)
                && let Some(shape) = annotation.shape()
            {
                overlay.shape(shape, Stroke::new(2.0, color_of(editor, annotation)), Color32::TRANSPARENT);
            }
        }
    }
    for preview in previews {
        overlay.preview(preview, Color32::WHITE);
    }
    let middle = rect.center();
    for (width, color) in [(3.0, Color32::from_black_alpha(120)), (1.0, Color32::WHITE)] {
        let stroke = Stroke::new(width, color);
        for (from, to) in [(-26.0, -5.0), (5.0, 26.0)] {
            inside.hline(middle.x + from..=middle.x + to, middle.y, stroke);
            inside.vline(middle.x, middle.y + from..=middle.y + to, stroke);
        }
    }
    let text = format!("x {:.1}  y {:.1}  {:.0} %", pointer.at.x, pointer.at.y, zoom * 100.0);
    let strip = egui::Rect::from_min_max(egui::pos2(rect.left(), rect.bottom() - 18.0), rect.max);
    inside.rect_filled(strip, CornerRadius::ZERO, Color32::from_black_alpha(190));
    inside.text(strip.center(), Align2::CENTER_CENTER, text, FontId::proportional(12.0), Color32::WHITE);
    painter.rect_stroke(rect, CornerRadius::ZERO, Stroke::new(2.0, Color32::from_gray(230)), StrokeKind::Outside);
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Rect, pos2};

    #[test]
    fn it_never_covers_the_pointer_and_never_leaves_the_canvas() {
        let canvas = Rect::from_min_max(pos2(100.0, 50.0), pos2(900.0, 650.0));
        for at in [(110.0, 60.0), (890.0, 60.0), (110.0, 640.0), (890.0, 640.0), (500.0, 350.0)] {
            let at = pos2(at.0, at.1);
            let rect = place(canvas, at);
            assert!(canvas.contains_rect(rect), "{rect:?} at {at:?} is on the canvas");
            assert!(!rect.contains(at), "{rect:?} leaves {at:?} free");
        }
    }
}
