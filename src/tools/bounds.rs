//! Keeping shapes inside the image.

use crate::geometry::{Point, Rect, Ring, Size, Vector};
use crate::model::Shape;

/// `p`, or the nearest point of the image.
#[must_use]
pub fn clamped(p: Point, image: Size) -> Point {
    Point::new(p.x.clamp(0.0, image.width), p.y.clamp(0.0, image.height))
}

/// The part of `by` by which something with these bounds can move without leaving the image. What already sticks out
/// may move in, never further out.
#[must_use]
pub fn moved_inside(bounds: Rect, by: Vector, image: Size) -> Vector {
    let along = |by: f64, low: f64, high: f64, end: f64| by.clamp((-low).min(0.0), (end - high).max(0.0));
    Vector::new(
        along(by.x, bounds.min.x, bounds.max.x, image.width),
        along(by.y, bounds.min.y, bounds.max.y, image.height),
    )
}

/// The shape with its bounds dragged to `to`, cropped to the image.
#[must_use]
pub fn resized(shape: &Shape, to: Rect, image: Size) -> Shape {
    let to = Rect { min: clamped(to.min, image), max: clamped(to.max, image) };
    match shape {
        Shape::Box(_) => Shape::Box(to),
        Shape::Polygon(ring) => Shape::Polygon(ring.fitted_to(to)),
        Shape::Point(_) => Shape::Point(to.center()),
        Shape::Kept(kind) => Shape::Kept(kind.clone()),
    }
}

/// The ring with every vertex inside the image.
#[must_use]
pub fn clamped_ring(ring: &Ring, image: Size) -> Ring {
    Ring::new(ring.points().iter().map(|p| clamped(*p, image)).collect())
}
