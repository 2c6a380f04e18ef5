//! Going from shape to shape with the keyboard: in reading order, and in a direction.

use super::Scene;
use crate::geometry::{Point, Rect, Vector};
use crate::model::LocalId;

/// Which shape comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The next one.
    Next,
    /// The one before.
    Previous,
}

/// The shapes of the image as one reads: rows from the top, each from the left. A shape belongs to a row while its middle
/// lies above the bottom of the row's first shape.
#[must_use]
pub fn reading_order(scene: &Scene<'_>) -> Vec<LocalId> {
    let mut shapes = boxes(scene);
    shapes.sort_by(|a, b| a.1.min.y.total_cmp(&b.1.min.y).then(a.1.min.x.total_cmp(&b.1.min.x)).then(a.0.cmp(&b.0)));
    let mut order = Vec::with_capacity(shapes.len());
    let mut rest = shapes.as_slice();
    while let Some((_, first)) = rest.first() {
        let in_row = |(_, bounds): &&(LocalId, Rect)| bounds.center().y <= first.max.y.max(first.min.y);
        let n = rest.iter().take_while(in_row).count().max(1);
        let mut row = rest[..n].to_vec();
        row.sort_by(|a, b| a.1.min.x.total_cmp(&b.1.min.x).then(a.0.cmp(&b.0)));
        order.extend(row.into_iter().map(|(lid, _)| lid));
        rest = &rest[n..];
    }
    order
}

/// The shape after (or before) the selected one in reading order, and round.
#[must_use]
pub fn read_on(reading: Reading, scene: &Scene<'_>) -> Option<LocalId> {
    let order = reading_order(scene);
    let n = order.len();
    let at = scene.selection.single().and_then(|lid| order.iter().position(|l| *l == lid));
    let next = match (at, reading) {
        (Some(at), Reading::Next) => (at + 1) % n,
        (Some(at), Reading::Previous) => (at + n - 1) % n,
        (None, Reading::Next) => 0,
        (None, Reading::Previous) => n.saturating_sub(1),
    };
    order.get(next).copied()
}

/// The nearest shape in that direction (a unit vector along an axis) from the selected one, or from the middle of the
/// image. What lies more than 45° beside the direction is not in it; what lies straight ahead is nearer.
#[must_use]
pub fn neighbour(direction: Vector, scene: &Scene<'_>) -> Option<LocalId> {
    let selected = scene.selection.iter().last();
    let from =
        selected.and_then(|lid| scene.document.get(lid)?.bounds()).unwrap_or_else(|| scene.image.rect()).center();
    let cost = |to: Point| {
        let by = to - from;
        let (ahead, aside) = (by.dot(direction), by.cross(direction).abs());
        (ahead > 0.0 && aside <= ahead + 1e-9).then_some(ahead + 2.0 * aside)
    };
    boxes(scene)
        .into_iter()
        .filter(|(lid, _)| Some(*lid) != selected)
        .filter_map(|(lid, bounds)| Some((cost(bounds.center())?, lid)))
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
        .map(|(_, lid)| lid)
}

fn boxes(scene: &Scene<'_>) -> Vec<(LocalId, Rect)> {
    let shapes = scene.document.of_input(scene.input).filter(|a| !scene.untouchable.contains(&a.lid));
    shapes.filter_map(|a| Some((a.lid, a.bounds()?))).collect()
}
