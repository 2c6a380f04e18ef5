//! Union, difference and intersection of the selected shapes, and mending outlines that cross themselves.

use super::snap::ring_of;
use super::{Scene, shape_like};
use crate::geometry::{Area, Combine, Ring, combined, uncrossed, untangled};
use crate::model::{Edit, LocalId, Shape};

/// What became of the selected shapes.
#[derive(Clone, Debug, PartialEq)]
pub struct Combination {
    /// The shape that was selected first: it becomes the largest area.
    pub first: LocalId,
    /// The areas, the largest first; at least one.
    pub areas: Vec<Area>,
    /// The shapes that went into it and go.
    pub gone: Vec<LocalId>,
}

impl Combination {
    /// How many holes there are.
    #[must_use]
    pub fn holes(&self) -> usize {
        self.areas.iter().map(|area| area.holes.len()).sum()
    }

    /// The areas as shapes: holes are joined to the outline by bridges.
    #[must_use]
    pub fn shapes(&self, scene: &Scene<'_>) -> Vec<Shape> {
        let before = scene.document.get(self.first).and_then(|a| a.shape());
        let shape = |area: &Area| {
            let ring = area.cut_open();
            before.map_or_else(|| Shape::Polygon(ring.clone()), |before| shape_like(ring.clone(), before))
        };
        self.areas.iter().map(shape).collect()
    }
}

/// Combines the selected shapes, the one selected first with the others.
///
/// # Errors
/// A sentence for the person; nothing was changed.
pub fn combine(how: Combine, scene: &Scene<'_>) -> Result<Combination, String> {
    let selected: Vec<(LocalId, Ring)> = scene
        .selection
        .iter()
        .filter(|lid| !scene.untouchable.contains(lid))
        .filter_map(|lid| Some((lid, ring_of(scene.document.get(lid)?.shape()?)?.into_owned())))
        .collect();
    let verb = match how {
        Combine::Union => "unite",
        Combine::Subtract => "subtract from one another",
        Combine::Intersect => "intersect",
    };
    if selected.len() < 2 {
        return Err(format!("Select two or more boxes or polygons to {verb}; nothing was changed"));
    }
    let rings: Vec<Ring> = selected.iter().map(|(_, ring)| ring.clone()).collect();
    let areas = combined(&rings, how);
    let unchanged =
        areas.len() == 1 && areas[0].holes.is_empty() && (areas[0].outer.area() - rings[0].area()).abs() < 1e-9;
    match (areas.is_empty(), how) {
        (true, Combine::Subtract) => {
            return Err("Nothing would be left of the first shape; nothing was changed".to_owned());
        }
        (true, _) => return Err("The shapes have no area in common; nothing was changed".to_owned()),
        (false, Combine::Subtract) if unchanged => {
            return Err("The other shapes do not reach into the first; nothing was changed".to_owned());
        }
        (false, Combine::Union) if areas.len() == rings.len() && areas.iter().all(|a| a.holes.is_empty()) => {
            return Err("The shapes do not touch, so they have no union of one outline; nothing was changed".to_owned());
        }
        _ => {}
    }
    let gone = match how {
        Combine::Subtract => Vec::new(), // what was cut away with stays
        Combine::Union | Combine::Intersect => selected[1..].iter().map(|(lid, _)| *lid).collect(),
    };
    Ok(Combination { first: selected[0].0, areas, gone })
}

/// The edit that mends the selected outlines that cross themselves (every one of the image where nothing is selected).
///
/// # Errors
/// A sentence for the person, where there is nothing to mend.
pub fn mend(scene: &Scene<'_>) -> Result<Edit, String> {
    let touchable = |lid: &LocalId| !scene.untouchable.contains(lid);
    let lids: Vec<LocalId> = if scene.selection.is_empty() {
        scene.document.of_input(scene.input).map(|a| a.lid).filter(touchable).collect()
    } else {
        scene.selection.iter().filter(touchable).collect()
    };
    let edits: Vec<Edit> = lids
        .into_iter()
        .filter_map(|lid| match scene.document.get(lid)?.shape()? {
            Shape::Polygon(ring) if ring.crosses_itself() => {
                Some(Edit::SetShape { lid, shape: Shape::Polygon(mended(ring)?) })
            }
            _ => None,
        })
        .collect();
    if edits.is_empty() {
        let whose = if scene.selection.is_empty() { "No outline of this image" } else { "No selected outline" };
        return Err(format!("{whose} crosses itself; nothing was changed"));
    }
    Ok(Edit::of(edits))
}

/// The ring with its vertices in an order that crosses nothing; where that does not end, the largest of its areas.
fn mended(ring: &Ring) -> Option<Ring> {
    let largest = || untangled(ring).into_iter().next().map(|area| area.cut_open());
    uncrossed(ring).filter(|ring| ring.hard_fault().is_none()).or_else(largest)
}
