//! Chosen vertices, of one shape or of several.

use super::Scene;
use crate::geometry::{Chosen, Point, Ring};
use crate::model::{LocalId, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// Chosen vertices. Each is a place in a ring as it is now: [`Vertices::still_there`] drops what an edit made pointless.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vertices {
    by_shape: BTreeMap<LocalId, BTreeSet<usize>>,
}

impl Vertices {
    /// None at all.
    pub const NONE: Self = Self { by_shape: BTreeMap::new() };

    /// This one.
    #[must_use]
    pub fn one(lid: LocalId, vertex: usize) -> Self {
        Self { by_shape: BTreeMap::from([(lid, BTreeSet::from([vertex]))]) }
    }

    /// Whether none is chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_shape.is_empty()
    }

    /// How many are chosen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_shape.values().map(BTreeSet::len).sum()
    }

    /// Whether this one is chosen.
    #[must_use]
    pub fn contains(&self, lid: LocalId, vertex: usize) -> bool {
        self.by_shape.get(&lid).is_some_and(|chosen| chosen.contains(&vertex))
    }

    /// The chosen ones of a shape.
    #[must_use]
    pub fn of(&self, lid: LocalId) -> Option<&BTreeSet<usize>> {
        self.by_shape.get(&lid)
    }

    /// The shapes with their chosen vertices.
    pub fn iter(&self) -> impl Iterator<Item = (LocalId, &BTreeSet<usize>)> + '_ {
        self.by_shape.iter().map(|(lid, chosen)| (*lid, chosen))
    }

    /// The only chosen one.
    #[must_use]
    pub fn single(&self) -> Option<(LocalId, usize)> {
        let (lid, chosen) = self.by_shape.first_key_value()?;
        (self.len() == 1).then(|| chosen.first().map(|vertex| (*lid, *vertex))).flatten()
    }

    /// Chooses one more, or no longer.
    pub fn toggle(&mut self, lid: LocalId, vertex: usize) {
        let chosen = self.by_shape.entry(lid).or_default();
        if !chosen.remove(&vertex) {
            chosen.insert(vertex);
        }
        self.by_shape.retain(|_, chosen| !chosen.is_empty());
    }

    /// Chooses these of a shape too.
    pub fn extend(&mut self, lid: LocalId, vertices: impl IntoIterator<Item = usize>) {
        self.by_shape.entry(lid).or_default().extend(vertices);
        self.by_shape.retain(|_, chosen| !chosen.is_empty());
    }

    /// Which vertices of a shape an operation is for: the chosen ones where some are chosen, else all.
    #[must_use]
    pub fn chosen_of(&self, lid: LocalId) -> Chosen {
        self.of(lid).map_or(Chosen::All, |chosen| Chosen::Some(chosen.clone()))
    }

    /// Those that can still be taken hold of: of selected polygons that are there and not hidden or locked.
    #[must_use]
    pub fn still_there(mut self, scene: &Scene<'_>) -> Self {
        self.by_shape.retain(|lid, chosen| {
            let Some(ring) = reachable_ring(scene, *lid) else { return false };
            chosen.retain(|vertex| *vertex < ring.len());
            !chosen.is_empty()
        });
        self
    }

    /// Where the chosen vertices are.
    pub fn places<'a>(&'a self, scene: &'a Scene<'_>) -> impl Iterator<Item = Point> + 'a {
        self.iter()
            .filter_map(|(lid, chosen)| Some((reachable_ring(scene, lid)?, chosen)))
            .flat_map(|(ring, chosen)| chosen.iter().filter_map(move |vertex| ring.points().get(*vertex).copied()))
    }
}

/// The ring of a selected polygon that can be reshaped.
#[must_use]
pub fn reachable_ring<'a>(scene: &Scene<'a>, lid: LocalId) -> Option<&'a Ring> {
    let reachable = scene.selection.contains(lid) && !scene.untouchable.contains(&lid);
    match scene.document.get(lid).filter(|_| reachable)?.shape()? {
        Shape::Polygon(ring) => Some(ring),
        _ => None,
    }
}
