//! Axis-parallel boxes, sizes, and the eight handles of a box.

use super::{Point, Vector};
use serde::{Deserialize, Serialize};

/// A width and a height, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// Pixels across.
    pub width: f64,
    /// Pixels down.
    pub height: f64,
}

impl Size {
    /// `width` x `height`.
    #[must_use]
    pub const fn new(width: f64, height: f64) -> Self {
        Self { width, height }
    }

    /// The box from the origin to this size.
    #[must_use]
    pub const fn rect(self) -> Rect {
        Rect { min: Point::new(0.0, 0.0), max: Point::new(self.width, self.height) }
    }
}

/// A box, `min` at the top left, `max` at the bottom right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Top left corner.
    pub min: Point,
    /// Bottom right corner.
    pub max: Point,
}

/// One of the eight handles of a box, clockwise from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handle {
    /// Top left corner.
    TopLeft,
    /// Middle of the top edge.
    Top,
    /// Top right corner.
    TopRight,
    /// Middle of the right edge.
    Right,
    /// Bottom right corner.
    BottomRight,
    /// Middle of the bottom edge.
    Bottom,
    /// Bottom left corner.
    BottomLeft,
    /// Middle of the left edge.
    Left,
}

impl Handle {
    /// All eight, clockwise from the top left.
    pub const ALL: [Self; 8] = [
        Self::TopLeft,
        Self::Top,
        Self::TopRight,
        Self::Right,
        Self::BottomRight,
        Self::Bottom,
        Self::BottomLeft,
        Self::Left,
    ];

    /// Which horizontal edge moves with this handle: -1 left, 0 none, 1 right.
    #[must_use]
    pub const fn horizontal(self) -> i8 {
        match self {
            Self::TopLeft | Self::BottomLeft | Self::Left => -1,
            Self::Top | Self::Bottom => 0,
            Self::TopRight | Self::Right | Self::BottomRight => 1,
        }
    }

    /// Which vertical edge moves with this handle: -1 top, 0 none, 1 bottom.
    #[must_use]
    pub const fn vertical(self) -> i8 {
        match self {
            Self::TopLeft | Self::Top | Self::TopRight => -1,
            Self::Left | Self::Right => 0,
            Self::BottomLeft | Self::Bottom | Self::BottomRight => 1,
        }
    }

    /// Where this handle sits on `rect`.
    #[must_use]
    pub fn position(self, rect: Rect) -> Point {
        let along = |side: i8, low: f64, high: f64| match side {
            -1 => low,
            0 => f64::midpoint(low, high),
            _ => high,
        };
        Point::new(along(self.horizontal(), rect.min.x, rect.max.x), along(self.vertical(), rect.min.y, rect.max.y))
    }

    /// `rect` with this handle dragged to `to`. The edges may cross: the result is always the right way round.
    #[must_use]
    pub fn drag(self, rect: Rect, to: Point) -> Rect {
        let (mut a, mut b) = (rect.min, rect.max);
        match self.horizontal() {
            -1 => a.x = to.x,
            1 => b.x = to.x,
            _ => {}
        }
        match self.vertical() {
            -1 => a.y = to.y,
            1 => b.y = to.y,
            _ => {}
        }
        Rect::from_corners(a, b)
    }
}

impl Rect {
    /// The box between any two opposite corners.
    #[must_use]
    pub const fn from_corners(a: Point, b: Point) -> Self {
        Self { min: Point::new(a.x.min(b.x), a.y.min(b.y)), max: Point::new(a.x.max(b.x), a.y.max(b.y)) }
    }

    /// The smallest box around `points`; `None` for no points.
    #[must_use]
    pub fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = points.next()?;
        Some(points.fold(Self { min: first, max: first }, |r, p| Self {
            min: Point::new(r.min.x.min(p.x), r.min.y.min(p.y)),
            max: Point::new(r.max.x.max(p.x), r.max.y.max(p.y)),
        }))
    }

    /// Pixels across, never negative for a box made by a constructor.
    #[must_use]
    pub fn width(self) -> f64 {
        self.max.x - self.min.x
    }

    /// Pixels down.
    #[must_use]
    pub fn height(self) -> f64 {
        self.max.y - self.min.y
    }

    /// Width times height.
    #[must_use]
    pub fn area(self) -> f64 {
        self.width() * self.height()
    }

    /// The middle.
    #[must_use]
    pub fn center(self) -> Point {
        self.min.lerp(self.max, 0.5)
    }

    /// Whether `p` is inside or on the edge.
    #[must_use]
    pub fn contains(self, p: Point) -> bool {
        p.x >= self.min.x && p.x <= self.max.x && p.y >= self.min.y && p.y <= self.max.y
    }

    /// Whether `other` lies wholly inside.
    #[must_use]
    pub fn contains_rect(self, other: Self) -> bool {
        self.contains(other.min) && self.contains(other.max)
    }

    /// Whether the two share a point.
    #[must_use]
    pub fn intersects(self, other: Self) -> bool {
        self.min.x <= other.max.x && other.min.x <= self.max.x && self.min.y <= other.max.y && other.min.y <= self.max.y
    }

    /// The smallest box around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            min: Point::new(self.min.x.min(other.min.x), self.min.y.min(other.min.y)),
            max: Point::new(self.max.x.max(other.max.x), self.max.y.max(other.max.y)),
        }
    }

    /// The part inside `limits`; `None` where nothing with an area is left.
    #[must_use]
    pub fn cropped_to(self, limits: Self) -> Option<Self> {
        let r = Self {
            min: Point::new(self.min.x.max(limits.min.x), self.min.y.max(limits.min.y)),
            max: Point::new(self.max.x.min(limits.max.x), self.max.y.min(limits.max.y)),
        };
        (r.max.x > r.min.x && r.max.y > r.min.y).then_some(r)
    }

    /// Grown by `margin` on every side.
    #[must_use]
    pub fn grown(self, margin: f64) -> Self {
        Self { min: self.min - Vector::new(margin, margin), max: self.max + Vector::new(margin, margin) }
    }

    /// Moved by `by`.
    #[must_use]
    pub fn moved(self, by: Vector) -> Self {
        Self { min: self.min + by, max: self.max + by }
    }

    /// The four corners, clockwise from the top left.
    #[must_use]
    pub const fn corners(self) -> [Point; 4] {
        [self.min, Point::new(self.max.x, self.min.y), self.max, Point::new(self.min.x, self.max.y)]
    }

    /// Whether all four coordinates are finite and the box has an area.
    #[must_use]
    pub fn is_valid(self) -> bool {
        self.min.is_finite() && self.max.is_finite() && self.width() > 0.0 && self.height() > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x0: f64, y0: f64, x1: f64, y1: f64) -> Rect {
        Rect::from_corners(Point::new(x0, y0), Point::new(x1, y1))
    }

    #[test]
    fn corners_in_any_order_make_the_same_box() {
        assert_eq!(rect(10.0, 20.0, 3.0, 4.0), rect(3.0, 4.0, 10.0, 20.0), "drags go in every direction");
    }

    #[test]
    fn a_handle_dragged_past_the_other_side_turns_the_box_over() {
        let r = Handle::Right.drag(rect(10.0, 10.0, 20.0, 20.0), Point::new(5.0, 99.0));
        assert_eq!(r, rect(5.0, 10.0, 10.0, 20.0), "the right edge passed the left one; y is not its business");
    }

    #[test]
    fn each_handle_sits_where_it_moves() {
        let r = rect(0.0, 0.0, 10.0, 20.0);
        for handle in Handle::ALL {
            let moved = handle.drag(r, handle.position(r));
            assert_eq!(moved, r, "{handle:?} dragged nowhere changes nothing");
        }
    }

    #[test]
    fn cropping_what_lies_outside_leaves_nothing() {
        assert_eq!(rect(0.0, 0.0, 5.0, 5.0).cropped_to(rect(5.0, 0.0, 9.0, 9.0)), None, "touching has no area");
        assert_eq!(rect(-5.0, -5.0, 5.0, 5.0).cropped_to(rect(0.0, 0.0, 9.0, 9.0)), Some(rect(0.0, 0.0, 5.0, 5.0)), "");
    }
}
