//! A uniform scale and a shift: what pan and zoom are made of.

use super::{Point, Rect, Size, Vector};

/// Maps one space to another: `target = source * scale + shift`. Name values target first: `ui_from_image`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transform {
    /// Target units per source unit; positive.
    pub scale: f64,
    /// Where the source's origin lands in the target.
    pub shift: Vector,
}

impl Default for Transform {
    fn default() -> Self {
        Self { scale: 1.0, shift: Vector::new(0.0, 0.0) }
    }
}

impl Transform {
    /// `p` of the source in the target space.
    #[must_use]
    pub fn apply(self, p: Point) -> Point {
        Point::new(p.x * self.scale + self.shift.x, p.y * self.scale + self.shift.y)
    }

    /// A box of the source in the target space.
    #[must_use]
    pub fn apply_rect(self, r: Rect) -> Rect {
        Rect { min: self.apply(r.min), max: self.apply(r.max) }
    }

    /// The way back.
    #[must_use]
    pub fn inverse(self) -> Self {
        let scale = 1.0 / self.scale;
        Self { scale, shift: self.shift * -scale }
    }

    /// The same, but with `factor` times the scale (kept within `min..=max`), `fixed` of the target staying in place.
    #[must_use]
    pub fn zoomed_about(self, fixed: Point, factor: f64, min: f64, max: f64) -> Self {
        let scale = (self.scale * factor).clamp(min, max);
        let source = self.inverse().apply(fixed);
        Self { scale, shift: Vector::new(fixed.x - source.x * scale, fixed.y - source.y * scale) }
    }

    /// Shows all of `source` centred in `view`, as large as fits.
    #[must_use]
    pub fn fitting(view: Rect, source: Rect) -> Self {
        let size = Size::new(source.width().max(1e-9), source.height().max(1e-9));
        let scale = (view.width() / size.width).min(view.height() / size.height).max(1e-9);
        Self::centred(view, source.center(), scale)
    }

    /// Shows `source_center` in the middle of `view` at `scale`.
    #[must_use]
    pub fn centred(view: Rect, source_center: Point, scale: f64) -> Self {
        let c = view.center();
        Self { scale, shift: Vector::new(c.x - source_center.x * scale, c.y - source_center.y * scale) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let t = Transform { scale: 0.5, shift: Vector::new(30.0, -7.0) };
        let pointer = Point::new(123.0, 45.0);
        let before = t.inverse().apply(pointer);
        let after = t.zoomed_about(pointer, 3.0, 0.01, 64.0).inverse().apply(pointer);
        assert!(before.distance(after) < 1e-9, "{before:?} moved to {after:?}");
    }

    #[test]
    fn fitting_shows_everything_and_touches_two_sides() {
        let view = Rect::from_corners(Point::new(100.0, 50.0), Point::new(500.0, 250.0));
        let image = Size::new(1000.0, 100.0).rect();
        let shown = Transform::fitting(view, image).apply_rect(image);
        assert!((shown.width() - 400.0).abs() < 1e-9, "{shown:?}");
        assert!(view.contains_rect(shown), "{shown:?}");
    }
}
