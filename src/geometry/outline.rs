//! The outline of a ring with an index over its edges: where it crosses itself, computed anew only for the edges that
//! changed.

use super::{Point, Ring, ring::segments_cross};
use rstar::{AABB, RTree, RTreeObject};
use std::collections::BTreeMap;

/// A ring and an R-tree over its edges.
#[derive(Clone, Debug)]
pub struct Outline {
    ring: Ring,
    edges: RTree<Edge>,
}

/// What a look at some edges of an outline found, and what it cost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crossings {
    /// Where two edges cross.
    pub at: Vec<Point>,
    /// Edges that were computed anew.
    pub edges_recomputed: usize,
    /// Pairs of edges that were tested against one another.
    pub pairs_tested: usize,
}

#[derive(Clone, Copy, Debug)]
struct Edge {
    index: usize,
    a: Point,
    b: Point,
}

impl RTreeObject for Edge {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners([self.a.x, self.a.y], [self.b.x, self.b.y])
    }
}

impl PartialEq for Outline {
    fn eq(&self, other: &Self) -> bool {
        self.ring == other.ring
    }
}

impl Outline {
    /// The outline of `ring`.
    #[must_use]
    pub fn new(ring: Ring) -> Self {
        let edges = ring.edges().enumerate().map(|(index, (a, b))| Edge { index, a, b }).collect();
        Self { edges: RTree::bulk_load(edges), ring }
    }

    /// The ring.
    #[must_use]
    pub const fn ring(&self) -> &Ring {
        &self.ring
    }

    /// The edges that change when these vertices move: two for each, shared ones once.
    #[must_use]
    pub fn edges_at(&self, vertices: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let n = self.ring.len();
        let mut edges: Vec<usize> = vertices.into_iter().flat_map(|i| [(i + n - 1) % n, i]).collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// Where edges at these vertices would cross others if the vertices were there. Looks at no other edges.
    #[must_use]
    pub fn crossings_with(&self, moved: &[(usize, Point)]) -> Crossings {
        let n = self.ring.len();
        if n < 4 {
            return Crossings::default();
        }
        let places: BTreeMap<usize, Point> = moved.iter().copied().collect();
        let vertex = |i: usize| places.get(&i).copied().unwrap_or(self.ring.points()[i]);
        let changed = self.edges_at(places.keys().copied().filter(|i| *i < n));
        let mut found = Crossings { edges_recomputed: changed.len(), ..Crossings::default() };
        for (nth, &i) in changed.iter().enumerate() {
            let (a, b) = (vertex(i), vertex((i + 1) % n));
            let mut test = |j: usize, c: Point, d: Point| {
                let neighbours = (i + 1) % n == j || (j + 1) % n == i || i == j;
                if neighbours {
                    return;
                }
                found.pairs_tested += 1;
                if segments_cross(a, b, c, d) {
                    found.at.push(crossing_point(a, b, c, d));
                }
            };
            let near = AABB::from_corners([a.x, a.y], [b.x, b.y]);
            for edge in self.edges.locate_in_envelope_intersecting(near) {
                if changed.binary_search(&edge.index).is_err() {
                    test(edge.index, edge.a, edge.b);
                }
            }
            for &j in &changed[nth + 1..] {
                test(j, vertex(j), vertex((j + 1) % n));
            }
        }
        found
    }

    /// Where the outline crosses itself.
    #[must_use]
    pub fn crossings(&self) -> Vec<Point> {
        let n = self.ring.len();
        let mut at = Vec::new();
        for (i, (a, b)) in self.ring.edges().enumerate() {
            let near = AABB::from_corners([a.x, a.y], [b.x, b.y]);
            for edge in self.edges.locate_in_envelope_intersecting(near) {
                let j = edge.index;
                if j > i + 1 && (j + 1) % n != i && segments_cross(a, b, edge.a, edge.b) {
                    at.push(crossing_point(a, b, edge.a, edge.b));
                }
            }
        }
        at
    }

    /// The first two edges that cross, lower index first.
    fn first_crossing(&self) -> Option<(usize, usize)> {
        let n = self.ring.len();
        self.ring.edges().enumerate().find_map(|(i, (a, b))| {
            let near = AABB::from_corners([a.x, a.y], [b.x, b.y]);
            let crossed = self.edges.locate_in_envelope_intersecting(near).filter(|edge| {
                let j = edge.index;
                j > i + 1 && (j + 1) % n != i && segments_cross(a, b, edge.a, edge.b)
            });
            crossed.map(|edge| (i, edge.index)).min()
        })
    }
}

/// The ring with the same vertices in an order in which its outline does not cross itself; `None` where that took too
/// long. Each step turns round the way between two crossing edges, which makes the outline shorter, so it ends.
#[must_use]
pub fn uncrossed(ring: &Ring) -> Option<Ring> {
    let mut points = ring.without_repeats().points().to_vec();
    let most = 4 * points.len().min(500) + 16;
    for _ in 0..most {
        let outline = Outline::new(Ring::new(points.clone()));
        let Some((i, j)) = outline.first_crossing() else { return Some(Ring::new(points)) };
        points[i + 1..=j].reverse();
    }
    None
}

fn crossing_point(a: Point, b: Point, c: Point, d: Point) -> Point {
    let (ab, cd) = (b - a, d - c);
    a.lerp(b, (c - a).cross(cd) / ab.cross(cd))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Ring {
        Ring::new(points.iter().copied().map(Point::from).collect())
    }

    /// A regular polygon of `n` vertices round (500, 500).
    fn wheel(n: u32) -> Ring {
        let at = |i: u32| f64::from(i) * std::f64::consts::TAU / f64::from(n);
        Ring::new((0..n).map(|i| Point::new(500.0 + 400.0 * at(i).cos(), 500.0 + 400.0 * at(i).sin())).collect())
    }

    #[test]
    fn a_bow_tie_crosses_in_its_middle_and_is_mended_to_a_square() {
        let tie = ring(&[(0., 0.), (10., 10.), (10., 0.), (0., 10.)]);
        assert_eq!(Outline::new(tie.clone()).crossings(), [Point::new(5.0, 5.0)], "one crossing");
        let mended = uncrossed(&tie).expect("a few steps");
        assert!(!mended.crosses_itself() && mended.len() == 4, "{mended:?}");
        assert!((mended.area() - 100.0).abs() < 1e-9, "all four corners are kept");
    }

    #[test]
    fn a_ring_without_a_crossing_stays_as_it_is() {
        let square = ring(&[(0., 0.), (10., 0.), (10., 10.), (0., 10.)]);
        assert_eq!(uncrossed(&square), Some(square), "nothing to do");
    }

    #[test]
    fn scattered_points_come_out_without_a_crossing() {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1 << 24) * 1000.0
        };
        for n in [5, 9, 20, 40] {
            let scattered = Ring::new((0..n).map(|_| Point::new(next(), next())).collect());
            let mended = uncrossed(&scattered).expect("it ends");
            assert!(!mended.crosses_itself() && mended.len() == n, "{n} points");
        }
    }

    #[test]
    fn of_ten_thousand_vertices_only_the_edges_that_changed_are_looked_at() {
        let outline = Outline::new(wheel(10_000));
        let quiet = outline.crossings_with(&[(17, Point::new(901.0, 504.0))]);
        assert_eq!(quiet.edges_recomputed, 2, "the two edges of the vertex");
        assert!(quiet.pairs_tested < 200, "{} pairs, not 20,000", quiet.pairs_tested);
        assert_eq!(quiet.at, [], "a small move crosses nothing");
        let across = outline.crossings_with(&[(0, Point::new(50.0, 500.0))]);
        assert_eq!((across.edges_recomputed, across.at.len()), (2, 2), "both edges cross the far side");
    }

    #[test]
    fn a_look_at_what_changed_finds_what_a_look_at_everything_finds() {
        let before = wheel(60);
        let outline = Outline::new(before.clone());
        for (vertex, to) in [(3, (500.0, 500.0)), (10, (50.0, 480.0)), (59, (900.0, 900.0)), (0, (500.0, 50.0))] {
            let to = Point::from(to);
            let changed = outline.crossings_with(&[(vertex, to)]).at;
            let all = Outline::new(before.with_vertex(vertex, to)).crossings();
            assert_eq!(changed.len(), all.len(), "vertex {vertex} at {to:?}");
        }
    }
}
