//! Lines that help to see: the grid between pixels, the crosshair.

use super::feed::{pos_from_point, rect_from_ui};
use crate::geometry::{Point, Rect, Transform};
use egui::{Color32, Painter, Pos2, Stroke};

/// The grid is drawn from this many ui points per image pixel on: 800 %.
pub(super) const GRID_FROM: f64 = 8.0;

/// Lines between the pixels of the image, where they are large enough.
pub(super) fn paint_pixel_grid(painter: &Painter, canvas: egui::Rect, ui_from_image: Transform, image: Rect) {
    if ui_from_image.scale < GRID_FROM {
        return;
    }
    let visible = ui_from_image.inverse().apply_rect(rect_from_ui(canvas));
    let Some(seen) = visible.cropped_to(image) else { return };
    let corner = |x: f64, y: f64| pos_from_point(ui_from_image.apply(Point::new(x, y)));
    let (low, high) = (corner(seen.min.x, seen.min.y), corner(seen.max.x, seen.max.y));
    // Grey in the middle shows on light and on dark.
    let stroke = Stroke::new(1.0, Color32::from_rgba_unmultiplied(128, 128, 128, 120));
    for x in whole_between(seen.min.x, seen.max.x) {
        painter.vline(corner(x, seen.min.y).x, low.y..=high.y, stroke);
    }
    for y in whole_between(seen.min.y, seen.max.y) {
        painter.hline(low.x..=high.x, corner(seen.min.x, y).y, stroke);
    }
}

/// The whole numbers from `low` to `high`.
fn whole_between(low: f64, high: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(low.ceil()), |at| Some(at + 1.0)).take_while(move |at| *at <= high)
}

/// Lines through a place, over all of `canvas`.
pub(super) fn paint_crosshair(painter: &Painter, canvas: egui::Rect, at: Pos2) {
    for (width, color) in [(3.0, Color32::from_black_alpha(60)), (1.0, Color32::from_white_alpha(160))] {
        painter.hline(canvas.x_range(), at.y, Stroke::new(width, color));
        painter.vline(at.x, canvas.y_range(), Stroke::new(width, color));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_line_at_every_pixel_edge_in_view() {
        assert_eq!(whole_between(2.5, 5.0).collect::<Vec<_>>(), [3.0, 4.0, 5.0], "both ends count when they are whole");
        assert_eq!(whole_between(2.1, 2.9).count(), 0, "inside a pixel there is none");
    }
}
