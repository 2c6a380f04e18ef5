//! Simplifying and smoothing with a preview: the rings as they would be, computed when the amount changes and not before.

use super::{Scene, Vertices, clamped_ring, reachable_ring};
use crate::geometry::{Chosen, Ring, simplified, smoothed};
use crate::model::{Edit, LocalId, Shape};

/// What is done to the rings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refining {
    /// Fewer vertices; the removed ones lie within so many image pixels of the new outline.
    Simplify {
        /// Image pixels.
        tolerance_px: f64,
    },
    /// As many vertices, drawn towards their neighbours so many times.
    Smooth {
        /// How often.
        rounds: u32,
    },
}

/// Rings that are being simplified or smoothed, with the result so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Refine {
    how: Refining,
    rings: Vec<Refined>,
    computed: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Refined {
    lid: LocalId,
    before: Ring,
    chosen: Chosen,
    after: Ring,
}

impl Refine {
    /// Starts on the chosen vertices, or on the selected polygons whole where none is chosen; `None` without a polygon.
    #[must_use]
    pub fn start(how: Refining, vertices: &Vertices, scene: &Scene<'_>) -> Option<Self> {
        let of_vertices: Vec<LocalId> = vertices.iter().map(|(lid, _)| lid).collect();
        let lids = if of_vertices.is_empty() { scene.selection.iter().collect() } else { of_vertices };
        let rings: Vec<Refined> = lids
            .into_iter()
            .filter_map(|lid| {
                let before = reachable_ring(scene, lid)?.clone();
                Some(Refined { lid, chosen: vertices.chosen_of(lid), after: before.clone(), before })
            })
            .collect();
        let mut refine = Self { how, rings, computed: 0 };
        refine.compute(scene);
        (!refine.rings.is_empty()).then_some(refine)
    }

    /// How much is done.
    #[must_use]
    pub const fn how(&self) -> Refining {
        self.how
    }

    /// Does more or less. Computes only where the amount differs.
    pub fn set(&mut self, how: Refining, scene: &Scene<'_>) {
        if self.how != how {
            self.how = how;
            self.compute(scene);
        }
    }

    fn compute(&mut self, scene: &Scene<'_>) {
        for refined in &mut self.rings {
            let after = match self.how {
                Refining::Simplify { tolerance_px } => simplified(&refined.before, tolerance_px, &refined.chosen),
                Refining::Smooth { rounds } => smoothed(&refined.before, rounds, &refined.chosen),
            };
            refined.after = clamped_ring(&after, scene.image);
            self.computed += 1;
        }
    }

    /// How many rings were computed so far.
    #[must_use]
    pub const fn computed(&self) -> usize {
        self.computed
    }

    /// Drops what was changed or deleted meanwhile; `false`: nothing is left.
    #[must_use]
    pub fn keep_up(&mut self, scene: &Scene<'_>) -> bool {
        self.rings.retain(|refined| reachable_ring(scene, refined.lid) == Some(&refined.before));
        !self.rings.is_empty()
    }

    /// The vertices before and after.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let sum = |of: fn(&Refined) -> usize| self.rings.iter().map(of).sum();
        (sum(|r| r.before.len()), sum(|r| r.after.len()))
    }

    /// The rings as they would be.
    pub fn rings(&self) -> impl Iterator<Item = (LocalId, &Ring)> + '_ {
        self.rings.iter().map(|refined| (refined.lid, &refined.after))
    }

    /// The edit that makes it so; `None` where nothing would change.
    #[must_use]
    pub fn edit(&self) -> Option<Edit> {
        let edits: Vec<Edit> = self
            .rings
            .iter()
            .filter(|refined| refined.before != refined.after && refined.after.hard_fault().is_none())
            .map(|refined| Edit::SetShape { lid: refined.lid, shape: Shape::Polygon(refined.after.clone()) })
            .collect();
        (!edits.is_empty()).then(|| Edit::of(edits))
    }
}
