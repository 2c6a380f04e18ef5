//! The keyboard's cursor on the canvas: how it looks, and the view that moves along with it.

use super::feed::pos_from_point;
use super::{Canvas, Editor};
use crate::geometry::{Point, Vector};
use crate::ui::theme;
use egui::{Color32, Painter, Stroke};

/// How near to the edge of the canvas, in ui points, the keyboard's cursor may come.
const CURSOR_MARGIN_UI: f64 = 24.0;

impl Canvas {
    /// Moves the view so far that `at` (image pixels) is seen.
    pub fn keep_in_view(&mut self, at: Point) {
        let shown = self.view.ui_from_image().apply(at);
        let room = self.view.ui_from_image().apply_rect(self.view.visible()).grown(-CURSOR_MARGIN_UI);
        let along = |at: f64, low: f64, high: f64| (low - at).max(0.0) + (high - at).min(0.0);
        let by = Vector::new(along(shown.x, room.min.x, room.max.x), along(shown.y, room.min.y, room.max.y));
        if by != Vector::default() {
            self.view.pan(by);
        }
    }

    /// The keyboard's cursor: a ring with a cross, filled while it holds something.
    pub(super) fn paint_cursor(&self, painter: &Painter, editor: &Editor) {
        let Some(cursor) = editor.shaping.cursor else { return };
        let at = pos_from_point(self.view.ui_from_image().apply(cursor.at));
        let fill = if cursor.holds() { theme::ACCENT } else { Color32::TRANSPARENT };
        for (width, color) in [(4.0, Color32::from_black_alpha(160)), (1.5, Color32::WHITE)] {
            let stroke = Stroke::new(width, color);
            painter.circle(at, 7.0, Color32::TRANSPARENT, stroke);
            painter.line_segment([at - egui::vec2(14.0, 0.0), at + egui::vec2(14.0, 0.0)], stroke);
            painter.line_segment([at - egui::vec2(0.0, 14.0), at + egui::vec2(0.0, 14.0)], stroke);
        }
        painter.circle_filled(at, 4.0, fill);
    }
}
