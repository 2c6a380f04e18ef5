//! Where shapes are: an R-tree over their bounds.

use super::LocalId;
use crate::geometry::{Point, Rect};
use rstar::{AABB, PointDistance, RTree, RTreeObject};

/// An R-tree over the bounds of the shapes of one image.
#[derive(Clone, Debug, Default)]
pub struct SpatialIndex {
    tree: RTree<Item>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Item {
    lid: LocalId,
    /// Kept: making it anew for each comparison took most of the time of building the tree.
    envelope: AABB<[f64; 2]>,
}

impl Item {
    fn new(lid: LocalId, bounds: Rect) -> Self {
        Self { lid, envelope: envelope(bounds) }
    }
}

impl RTreeObject for Item {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        self.envelope
    }
}

impl PointDistance for Item {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        rstar::Envelope::distance_2(&self.envelope, point)
    }
}

fn envelope(r: Rect) -> AABB<[f64; 2]> {
    AABB::from_corners([r.min.x, r.min.y], [r.max.x, r.max.y])
}

impl SpatialIndex {
    /// An index of all of these at once, which is quicker and better balanced than one by one.
    #[must_use]
    pub fn bulk(items: Vec<(LocalId, Rect)>) -> Self {
        let items = items.into_iter().map(|(lid, bounds)| Item::new(lid, bounds)).collect();
        Self { tree: RTree::bulk_load(items) }
    }

    /// How many shapes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tree.size()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tree.size() == 0
    }

    /// A shape moved from `before` to `after`; `None` on either side: it appeared or went.
    pub fn replace(&mut self, lid: LocalId, before: Option<Rect>, after: Option<Rect>) {
        if let Some(bounds) = before {
            self.tree.remove(&Item::new(lid, bounds));
        }
        if let Some(bounds) = after {
            self.tree.insert(Item::new(lid, bounds));
        }
    }

    /// The smallest box around all shapes; `None` without one.
    #[must_use]
    pub fn extent(&self) -> Option<Rect> {
        let [low, high] = [self.tree.root().envelope().lower(), self.tree.root().envelope().upper()];
        (!self.is_empty()).then(|| Rect { min: Point::new(low[0], low[1]), max: Point::new(high[0], high[1]) })
    }

    /// The shapes whose bounds are nearest to `p`, the nearest first.
    pub fn nearest(&self, p: Point) -> impl Iterator<Item = LocalId> + '_ {
        self.tree.nearest_neighbor_iter([p.x, p.y]).map(|item| item.lid)
    }

    /// The shapes whose bounds touch `area`, in no order.
    pub fn touching(&self, area: Rect) -> impl Iterator<Item = LocalId> + '_ {
        self.tree.locate_in_envelope_intersecting(envelope(area)).map(|item| item.lid)
    }

    /// The shapes whose bounds come within `reach` of `p`, in no order.
    pub fn near(&self, p: Point, reach: f64) -> impl Iterator<Item = LocalId> + '_ {
        self.tree.locate_within_distance([p.x, p.y], reach * reach).map(|item| item.lid)
    }
}
