//! The rubber band: what it takes.

use super::{Input, Outcome, Pointer, Scene, SelectTool, Vertices};
use crate::geometry::{Point, Rect, Ring};
use crate::model::{LocalId, Shape};
use crate::tools::reachable_ring;

/// What a rubber band takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Shapes that lie wholly inside: drawn rightwards.
    Enclosed,
    /// Shapes of which some part is inside: drawn leftwards.
    Touched,
    /// Vertices of the selected polygons: drawn with Alt.
    Vertices,
}

/// What the band between these two takes.
#[must_use]
pub fn takes(from: Point, to: Pointer) -> Takes {
    match to {
        _ if to.modifiers.alt => Takes::Vertices,
        _ if to.at.x < from.x => Takes::Touched,
        _ => Takes::Enclosed,
    }
}

/// The band is let go.
pub(super) fn brushed(from: Point, to: Pointer, vertices: Vertices, scene: &Scene<'_>) -> (SelectTool, Vec<Outcome>) {
    let band = Rect::from_corners(from, to.at);
    let add = to.modifiers.ctrl || to.modifiers.shift;
    let takes = takes(from, to);
    let caught = vertices_in(band, scene);
    let base = if add { vertices } else { Vertices::default() };
    if takes == Takes::Vertices {
        return with_vertices(base, caught);
    }
    let lids = shapes_in(band, takes, scene);
    // A band that takes no shape which is not selected already is meant for the vertices in it.
    let nothing_new = lids.iter().all(|lid| scene.selection.contains(*lid));
    let is_part = |(lid, inside): &(LocalId, Vec<usize>)| {
        reachable_ring(scene, *lid).is_some_and(|ring| inside.len() < ring.len())
    };
    if nothing_new && !caught.is_empty() && caught.iter().all(is_part) {
        return with_vertices(base, caught);
    }
    (super::IDLE, vec![if add { Outcome::ExtendSelection(lids) } else { Outcome::Select(lids) }])
}

fn with_vertices(mut vertices: Vertices, caught: Vec<(LocalId, Vec<usize>)>) -> (SelectTool, Vec<Outcome>) {
    for (lid, inside) in caught {
        vertices.extend(lid, inside);
    }
    (SelectTool::Idle { last_click_ui: None, vertices }, Vec::new())
}

/// The vertices of the selected polygons inside the band.
fn vertices_in(band: Rect, scene: &Scene<'_>) -> Vec<(LocalId, Vec<usize>)> {
    let inside = |ring: &Ring| {
        let all = ring.points().iter().enumerate();
        all.filter(|(_, p)| band.contains(**p)).map(|(i, _)| i).collect::<Vec<_>>()
    };
    let rings = scene.selection.iter().filter_map(|lid| Some((lid, reachable_ring(scene, lid)?)));
    rings.map(|(lid, ring)| (lid, inside(ring))).filter(|(_, inside)| !inside.is_empty()).collect()
}

fn shapes_in(band: Rect, takes: Takes, scene: &Scene<'_>) -> Vec<LocalId> {
    let Some(index) = scene.document.index_of(scene.input) else { return Vec::new() };
    let taken = |shape: &Shape| match takes {
        Takes::Enclosed => shape.bounds().is_some_and(|bounds| band.contains_rect(bounds)),
        Takes::Touched | Takes::Vertices => touches(shape, band),
    };
    let mut lids: Vec<LocalId> = index
        .touching(band)
        .filter(|lid| !scene.untouchable.contains(lid))
        .filter(|lid| scene.document.get(*lid).and_then(|a| a.shape()).is_some_and(taken))
        .collect();
    lids.sort_unstable();
    lids
}

/// Whether the shape itself (not only its bounds) has a part inside the band.
fn touches(shape: &Shape, band: Rect) -> bool {
    match shape {
        Shape::Box(_) | Shape::Point(_) => true,
        Shape::Kept(_) => false,
        Shape::Polygon(ring) => {
            let outline = Ring::new(band.corners().to_vec());
            ring.points().iter().any(|p| band.contains(*p))
                || band.corners().iter().any(|c| ring.contains(*c))
                || ring.edges().any(|(a, b)| outline.edges().any(|(c, d)| crosses(a, b, c, d)))
        }
    }
}

fn crosses(a: Point, b: Point, c: Point, d: Point) -> bool {
    let side = |p: Point, q: Point, r: Point| (q - p).cross(r - p) > 0.0;
    side(a, b, c) != side(a, b, d) && side(c, d, a) != side(c, d, b)
}

/// The band follows the pointer.
pub(super) fn follow(
    from: Point,
    vertices: Vertices,
    input: Input,
    scene: &Scene<'_>,
) -> Option<(SelectTool, Vec<Outcome>)> {
    match input {
        Input::Move(to) => Some((SelectTool::Brushing { from, to, vertices }, Vec::new())),
        Input::Up(to) => Some(brushed(from, to, vertices, scene)),
        _ => None,
    }
}
