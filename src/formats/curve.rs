//! Curves and turned boxes as rings.

use crate::geometry::{Point, Rect, Ring};

/// Vertices of a ring that stands for an ellipse.
pub const ELLIPSE_VERTICES: u32 = 64;

/// An ellipse with these half axes, turned clockwise (y is down) by `degrees` about its centre.
#[must_use]
pub fn ellipse(center: Point, rx: f64, ry: f64, degrees: f64) -> Ring {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let at = |i: u32| {
        let t = f64::from(i) / f64::from(ELLIPSE_VERTICES) * std::f64::consts::TAU;
        let (x, y) = (rx * t.cos(), ry * t.sin());
        Point::new(center.x + x * cos - y * sin, center.y + x * sin + y * cos)
    };
    Ring::new((0..ELLIPSE_VERTICES).map(at).collect())
}

/// The corners of a box that is turned clockwise by `degrees` about `pivot`, from its top left one.
#[must_use]
pub fn turned(rect: Rect, degrees: f64, pivot: Point) -> Ring {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let turn = |p: Point| {
        let (x, y) = (p.x - pivot.x, p.y - pivot.y);
        Point::new(pivot.x + x * cos - y * sin, pivot.y + x * sin + y * cos)
    };
    Ring::new(rect.corners().map(turn).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_turn_about_the_top_left_corner_goes_clockwise() {
        let rect = Rect::from_corners(Point::new(10.0, 10.0), Point::new(30.0, 20.0));
        let ring = turned(rect, 90.0, rect.min);
        let corner = ring.points()[1];
        assert!(corner.distance(Point::new(10.0, 30.0)) < 1e-9, "the top right corner is below now: {corner:?}");
    }

    #[test]
    fn an_ellipse_is_as_wide_and_high_as_it_says() {
        let bounds = ellipse(Point::new(50.0, 40.0), 20.0, 10.0, 90.0).bounds().expect("bounds");
        assert!((bounds.width() - 20.0).abs() < 1e-9 && (bounds.height() - 40.0).abs() < 1e-9, "{bounds:?}");
    }
}
