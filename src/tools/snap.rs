//! Snapping to what is on the image, and following a neighbour's border.

use super::{Pointer, Scene};
use crate::geometry::{Point, Rect, Ring, RingPlace, Snap, SnapTo, Way, nearest_on_border};
use crate::model::{LocalId, Shape};
use std::borrow::Cow;

/// How near, in ui points, something must be for a point to snap to it.
pub const SNAP_REACH_UI: f64 = 8.0;

/// Whether vertices snap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Snapping {
    /// They do; Ctrl switches it off for a moment.
    #[default]
    On,
    /// They do not.
    Off,
}

/// The outline of a shape as a ring.
#[must_use]
pub fn ring_of(shape: &Shape) -> Option<Cow<'_, Ring>> {
    match shape {
        Shape::Box(rect) => Some(Cow::Owned(ring_of_rect(*rect))),
        Shape::Polygon(ring) => Some(Cow::Borrowed(ring)),
        Shape::Point(_) | Shape::Kept(_) => None,
    }
}

/// The four corners of a box as a ring.
#[must_use]
pub fn ring_of_rect(rect: Rect) -> Ring {
    Ring::new(rect.corners().to_vec())
}

/// The place to which the pointer snaps: a vertex of another shape or a corner of the image first, then the nearest edge
/// or border. Shapes in `not` are passed over: a shape does not snap to itself.
#[must_use]
pub fn snap(p: Pointer, scene: &Scene<'_>, not: &[LocalId]) -> Option<Snap> {
    if scene.snapping == Snapping::Off || p.modifiers.ctrl {
        return None;
    }
    let reach = scene.image_px(SNAP_REACH_UI);
    let mut vertex: Option<(f64, Point)> = None;
    let mut edge: Option<(f64, Point, SnapTo)> = None;
    for shape in shapes_near(p.at, reach, scene, not) {
        let Some(ring) = ring_of(shape) else { continue };
        if let Some((i, distance)) = ring.nearest_vertex(p.at).filter(|(_, d)| *d <= reach)
            && vertex.is_none_or(|(best, _)| distance < best)
        {
            vertex = Some((distance, ring.points()[i]));
        }
        if let Some(place) = ring.nearest_place(p.at).filter(|place| place.distance <= reach)
            && edge.is_none_or(|(best, ..)| place.distance < best)
        {
            edge = Some((place.distance, place.at, SnapTo::Edge));
        }
    }
    if let Some(border) = nearest_on_border(p.at, scene.image, reach) {
        let distance = border.at.distance(p.at);
        match border.to {
            SnapTo::Vertex if vertex.is_none_or(|(best, _)| distance < best) => vertex = Some((distance, border.at)),
            _ if edge.is_none_or(|(best, ..)| distance < best) => edge = Some((distance, border.at, border.to)),
            _ => {}
        }
    }
    let to_vertex = vertex.map(|(_, at)| Snap { at, to: SnapTo::Vertex });
    to_vertex.or_else(|| edge.map(|(_, at, to)| Snap { at, to }))
}

/// The border between the last placed vertex and the pointer, where both lie on the outline of one shape (or of the
/// image): the vertices between them, and the place under the pointer. Shift takes the longer way round.
#[must_use]
pub fn border_to(last: Point, p: Pointer, scene: &Scene<'_>) -> Option<Vec<Point>> {
    let reach = scene.image_px(SNAP_REACH_UI);
    let on_outline = scene.image_px(0.5).max(1e-6);
    let way = if p.modifiers.shift { Way::Long } else { Way::Short };
    let image = ring_of_rect(scene.image.rect());
    let rings = shapes_near(p.at, reach, scene, &[]).filter_map(ring_of).chain([Cow::Borrowed(&image)]);
    let mut best: Option<(f64, Vec<Point>)> = None;
    for ring in rings {
        let Some(from) = ring.nearest_place(last).filter(|place| place.distance <= on_outline) else { continue };
        let Some(to) = place_or_vertex(&ring, p.at, reach) else { continue };
        if best.as_ref().is_none_or(|(distance, _)| to.distance < *distance) {
            let mut border = ring.way_between(from, to, way);
            border.push(to.at);
            best = Some((to.distance, border));
        }
    }
    best.map(|(_, border)| border).filter(|border| border.last().is_some_and(|end| end.distance(last) > on_outline))
}

/// The place on the outline within reach, its vertex where one is near.
fn place_or_vertex(ring: &Ring, at: Point, reach: f64) -> Option<RingPlace> {
    let place = ring.nearest_place(at).filter(|place| place.distance <= reach)?;
    let vertex = ring.nearest_vertex(at).filter(|(_, distance)| *distance <= reach);
    Some(vertex.map_or(place, |(i, distance)| RingPlace { edge: i, at: ring.points()[i], distance }))
}

fn shapes_near<'a>(
    at: Point,
    reach: f64,
    scene: &Scene<'a>,
    not: &[LocalId],
) -> impl Iterator<Item = &'a Shape> + use<'a> {
    let index = scene.document.index_of(scene.input);
    let mut lids: Vec<LocalId> = index.map(|index| index.near(at, reach).collect()).unwrap_or_default();
    lids.retain(|lid| !not.contains(lid) && !scene.untouchable.contains(lid));
    lids.sort_unstable();
    let document = scene.document;
    lids.into_iter().filter_map(move |lid| document.get(lid)?.shape())
}
