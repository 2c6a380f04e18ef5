//! What lies under the pointer.

use super::{GRIP_REACH_UI, Scene};
use crate::geometry::{Handle, Point, Rect, Ring};
use crate::model::{LocalId, Shape};

/// A part of the selected shape that can be taken hold of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Grip {
    /// One of the eight handles of a box, or of the frame round a polygon.
    Handle(Handle),
    /// A vertex of a polygon.
    Vertex(usize),
    /// The middle of the edge after this vertex: dragging it makes a new vertex.
    Midpoint(usize),
}

/// How far, in ui points, the frame that resizes a polygon stands off it, so that its handles lie beside the vertices.
pub const FRAME_MARGIN_UI: f64 = 16.0;

/// The frame round a polygon whose handles resize it; `None` for a ring without vertices.
#[must_use]
pub fn frame(ring: &Ring, zoom: f64) -> Option<Rect> {
    ring.bounds().map(|bounds| bounds.grown(FRAME_MARGIN_UI / zoom))
}

/// The midpoints of a ring's edges that are long enough on the screen to have one, with the vertex before each.
pub fn midpoints(ring: &Ring, zoom: f64) -> impl Iterator<Item = (usize, Point)> + '_ {
    ring.edges()
        .enumerate()
        .filter(move |(_, (a, b))| a.distance(*b) * zoom > 5.0 * GRIP_REACH_UI)
        .map(|(i, (a, b))| (i, a.lerp(b, 0.5)))
}

/// The vertex or midpoint of a ring within reach of `at`, vertices first, the nearest first.
#[must_use]
pub fn vertex_grip_at(ring: &Ring, at: Point, zoom: f64) -> Option<Grip> {
    let reach = GRIP_REACH_UI / zoom;
    let vertex = ring.nearest_vertex(at).filter(|(_, distance)| *distance <= reach);
    vertex.map(|(i, _)| Grip::Vertex(i)).or_else(|| {
        let near = midpoints(ring, zoom).map(|(i, p)| (i, p.distance(at))).filter(|(_, d)| *d <= reach);
        near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| Grip::Midpoint(i))
    })
}

/// The grip of `shape` within reach of `at`: vertices before midpoints before the frame, the nearest first.
#[must_use]
pub fn grip_at(shape: &Shape, at: Point, zoom: f64) -> Option<Grip> {
    let reach = GRIP_REACH_UI / zoom;
    let nearest = |grips: &mut dyn Iterator<Item = (Grip, Point)>| {
        grips
            .map(|(grip, p)| (grip, p.distance(at)))
            .filter(|(_, d)| *d <= reach)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(grip, _)| grip)
    };
    match shape {
        Shape::Box(rect) => nearest(&mut Handle::ALL.iter().map(|h| (Grip::Handle(*h), h.position(*rect)))),
        Shape::Polygon(ring) => vertex_grip_at(ring, at, zoom).or_else(|| {
            let frame = frame(ring, zoom)?;
            nearest(&mut Handle::ALL.iter().map(|h| (Grip::Handle(*h), h.position(frame))))
        }),
        Shape::Point(_) | Shape::Kept(_) => None,
    }
}

/// The shapes under `at`, the smallest first (of equal ones the newer): a click takes the first, the next click at the
/// same place the second.
#[must_use]
pub fn shapes_at(scene: &Scene<'_>, at: Point) -> Vec<LocalId> {
    let reach = scene.image_px(GRIP_REACH_UI * 0.7);
    let Some(index) = scene.document.index_of(scene.input) else { return Vec::new() };
    let mut hits: Vec<(f64, std::cmp::Reverse<LocalId>)> = index
        .near(at, reach)
        .filter(|lid| !scene.untouchable.contains(lid))
        .filter_map(|lid| {
            let shape = scene.document.get(lid)?.shape()?;
            shape.is_hit(at, reach).then(|| (shape.area(), std::cmp::Reverse(lid)))
        })
        .collect();
    hits.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    hits.into_iter().map(|(_, lid)| lid.0).collect()
}
