//! What is seen of the canvas beside the picture.

use egui::{Color32, CornerRadius, Painter, Rect};

/// Fills `canvas` but for `covered`: what a picture hides is not worth its pixels where a processor draws.
pub(super) fn paint(painter: &Painter, canvas: Rect, covered: Rect) {
    let dark = painter.ctx().global_style().visuals.dark_mode;
    let color = if dark { Color32::from_gray(38) } else { Color32::from_gray(150) };
    for part in around(canvas, covered) {
        painter.rect_filled(part, CornerRadius::ZERO, color);
    }
}

/// `canvas` without `hole`, in at most four parts.
fn around(canvas: Rect, hole: Rect) -> Vec<Rect> {
    let hole = hole.intersect(canvas);
    if !hole.is_positive() {
        return vec![canvas];
    }
    let above = Rect::from_min_max(canvas.min, egui::pos2(canvas.max.x, hole.min.y));
    let below = Rect::from_min_max(egui::pos2(canvas.min.x, hole.max.y), canvas.max);
    let left = Rect::from_min_max(egui::pos2(canvas.min.x, hole.min.y), egui::pos2(hole.min.x, hole.max.y));
    let right = Rect::from_min_max(egui::pos2(hole.max.x, hole.min.y), egui::pos2(canvas.max.x, hole.max.y));
    [above, below, left, right].into_iter().filter(Rect::is_positive).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    #[test]
    fn what_is_around_a_picture_is_filled_once() {
        let canvas = Rect::from_min_size(pos2(10.0, 10.0), vec2(100.0, 80.0));
        let area = |hole: Rect| around(canvas, hole).iter().map(|r| r.area()).sum::<f32>();
        assert_eq!(area(Rect::NOTHING), 8000.0, "no picture");
        assert_eq!(area(Rect::from_min_size(pos2(30.0, 20.0), vec2(10.0, 10.0))), 7900.0, "a small one");
        assert_eq!(area(canvas.expand(5.0)), 0.0, "one larger than the canvas");
        assert_eq!(area(Rect::from_min_size(pos2(0.0, 40.0), vec2(200.0, 10.0))), 7000.0, "one that is wide");
    }
}
