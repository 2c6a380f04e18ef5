//! Vertices: dragging, inserting, removing and nudging them.

use super::{IDLE, Outcome, Pointer, Preview, Scene, SelectTool, Vertices};
use crate::geometry::{Outline, Point, Rect, Ring, Snap, Vector};
use crate::model::{Edit, LocalId, Shape};
use crate::tools::{clamped, moved_inside, reachable_ring, snap};
use std::sync::Arc;

/// Vertices that are being dragged, with the rings as they were.
#[derive(Clone, Debug, PartialEq)]
pub struct VertexDrag {
    /// The vertex that was taken hold of, as it was.
    lead: Point,
    parts: Vec<Part>,
    came_from: CameFrom,
}

/// Where a dragged vertex came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CameFrom {
    /// It was in the ring.
    Ring,
    /// It was made at the middle of an edge.
    Midpoint,
}

/// The dragged vertices of one ring.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    lid: LocalId,
    outline: Arc<Outline>,
    vertices: Vec<usize>,
}

impl VertexDrag {
    /// Takes hold of a vertex: of all chosen ones, where it is one of them.
    pub(super) fn of_vertex(lid: LocalId, vertex: usize, chosen: &Vertices, scene: &Scene<'_>) -> Option<Self> {
        let lead = *reachable_ring(scene, lid)?.points().get(vertex)?;
        let alone = Vertices::one(lid, vertex);
        let taken = if chosen.contains(lid, vertex) { chosen } else { &alone };
        let parts = taken.iter().filter_map(|(lid, vertices)| {
            let outline = Arc::new(Outline::new(reachable_ring(scene, lid)?.clone()));
            Some(Part { lid, outline, vertices: vertices.iter().copied().collect() })
        });
        Some(Self { lead, parts: parts.collect(), came_from: CameFrom::Ring })
    }

    /// Takes hold of the middle of the edge after `edge`: a new vertex.
    pub(super) fn of_midpoint(lid: LocalId, edge: usize, scene: &Scene<'_>) -> Option<Self> {
        let ring = reachable_ring(scene, lid)?;
        let lead = midpoint(ring, edge)?;
        let outline = Arc::new(Outline::new(ring.with_inserted(edge, lead)));
        Some(Self { lead, parts: vec![Part { lid, outline, vertices: vec![edge + 1] }], came_from: CameFrom::Midpoint })
    }

    /// Without the parts whose shapes are gone; `None` where nothing is left.
    pub(super) fn still_there(mut self, scene: &Scene<'_>) -> Option<Self> {
        self.parts.retain(|part| scene.document.get(part.lid).is_some());
        (!self.parts.is_empty()).then_some(self)
    }

    /// The dragged vertices.
    pub(super) fn vertices(&self) -> Vertices {
        let mut all = Vertices::default();
        for part in &self.parts {
            all.extend(part.lid, part.vertices.iter().copied());
        }
        all
    }

    /// By how much they move, and to what the one that is held snaps.
    fn by(&self, to: Pointer, scene: &Scene<'_>) -> (Vector, Option<Snap>) {
        let own: Vec<LocalId> = self.parts.iter().map(|part| part.lid).collect();
        let snapped = if to.modifiers.shift { None } else { snap(to, scene, &own) };
        let mut by = snapped.map_or(to.at, |snap| snap.at) - self.lead;
        if to.modifiers.shift {
            by = if by.x.abs() >= by.y.abs() { Vector::new(by.x, 0.0) } else { Vector::new(0.0, by.y) };
        }
        if self.parts.iter().map(|part| part.vertices.len()).sum::<usize>() == 1 {
            return (clamped(self.lead + by, scene.image) - self.lead, snapped);
        }
        let places = self.parts.iter().flat_map(|p| p.vertices.iter().map(|i| p.outline.ring().points()[*i]));
        let inside = Rect::around(places).map_or(by, |bounds| moved_inside(bounds, by, scene.image));
        (inside, snapped.filter(|_| inside == by))
    }

    pub(super) fn previews(&self, to: Pointer, scene: &Scene<'_>) -> Vec<Preview> {
        let (by, snapped) = self.by(to, scene);
        let mut previews = Vec::new();
        let mut crossings = Vec::new();
        for part in &self.parts {
            let moved = part.moved(by);
            crossings.extend(part.outline.crossings_with(&moved).at);
            previews.push(Preview::Reshaped { lid: part.lid, outline: Arc::clone(&part.outline), moved });
        }
        if !crossings.is_empty() {
            previews.push(Preview::Crossings(crossings));
        }
        previews.extend(snapped.map(Preview::Snapped));
        previews
    }

    pub(super) fn drop_at(&self, to: Pointer, scene: &Scene<'_>) -> (SelectTool, Vec<Outcome>) {
        let (by, _) = self.by(to, scene);
        let idle = SelectTool::Idle { last_click_ui: None, vertices: self.vertices() };
        if by == Vector::default() && self.came_from == CameFrom::Ring {
            return (idle, Vec::new());
        }
        let edits = self.parts.iter().map(|part| part.edit(by)).collect();
        (idle, vec![Outcome::Edit(Edit::of(edits))])
    }
}

impl Part {
    fn moved(&self, by: Vector) -> Vec<(usize, Point)> {
        self.vertices.iter().map(|i| (*i, self.outline.ring().points()[*i] + by)).collect()
    }

    fn edit(&self, by: Vector) -> Edit {
        let ring = self.outline.ring().with_vertices(&self.moved(by));
        Edit::SetShape { lid: self.lid, shape: Shape::Polygon(ring) }
    }
}

/// A click on the middle of an edge makes a vertex there.
pub(super) fn insert(lid: LocalId, edge: usize, scene: &Scene<'_>) -> (SelectTool, Vec<Outcome>) {
    let made = reachable_ring(scene, lid).and_then(|ring| Some(ring.with_inserted(edge, midpoint(ring, edge)?)));
    let Some(ring) = made else { return (IDLE, Vec::new()) };
    let idle = SelectTool::Idle { last_click_ui: None, vertices: Vertices::one(lid, edge + 1) };
    (idle, vec![Outcome::Edit(Edit::SetShape { lid, shape: Shape::Polygon(ring) })])
}

/// Removes these vertices, of all their shapes as one step.
pub(super) fn remove(vertices: &Vertices, scene: &Scene<'_>) -> (SelectTool, Vec<Outcome>) {
    let mut edits = Vec::new();
    for (lid, chosen) in vertices.iter() {
        let Some(ring) = reachable_ring(scene, lid) else { continue };
        match ring.without_vertices(|i| chosen.contains(&i)) {
            Some(ring) => edits.push(Edit::SetShape { lid, shape: Shape::Polygon(ring) }),
            None => {
                let text =
                    "A polygon keeps at least three vertices; delete the whole shape instead. Nothing was removed";
                let idle = SelectTool::Idle { last_click_ui: None, vertices: vertices.clone() };
                return (idle, vec![Outcome::Refused(text.to_owned())]);
            }
        }
    }
    (IDLE, if edits.is_empty() { Vec::new() } else { vec![Outcome::Edit(Edit::of(edits))] })
}

/// Moves these vertices a step, as far as the image reaches.
pub(super) fn nudge(vertices: Vertices, by: Vector, scene: &Scene<'_>) -> (SelectTool, Vec<Outcome>) {
    let by = Rect::around(vertices.places(scene)).map_or(by, |bounds| moved_inside(bounds, by, scene.image));
    let edits: Vec<Edit> = vertices
        .iter()
        .filter_map(|(lid, chosen)| {
            let ring = reachable_ring(scene, lid)?;
            let moved: Vec<(usize, Point)> = chosen.iter().map(|i| (*i, ring.points()[*i] + by)).collect();
            Some(Edit::SetShape { lid, shape: Shape::Polygon(ring.with_vertices(&moved)) })
        })
        .collect();
    let outcomes =
        if edits.is_empty() || by == Vector::default() { Vec::new() } else { vec![Outcome::Edit(Edit::of(edits))] };
    (SelectTool::Idle { last_click_ui: None, vertices }, outcomes)
}

fn midpoint(ring: &Ring, edge: usize) -> Option<Point> {
    let points = ring.points();
    Some(points.get(edge)?.lerp(points[(edge + 1) % points.len()], 0.5))
}
