//! Closed rings of vertices: the outline of a polygon.

use super::{Point, Rect, Vector};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The vertices of a polygon in order, implicitly closed; the first is not repeated at the end. They never change, so that a
/// copy of a ring (for the canvas, for the history) costs nothing, however long it is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "Vec<Point>")]
pub struct Ring(Arc<[Point]>);

impl From<Vec<Point>> for Ring {
    fn from(points: Vec<Point>) -> Self {
        Self(points.into())
    }
}

impl Serialize for Ring {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Why a ring is not a good polygon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingFault {
    /// Fewer than three different vertices.
    #[error("a polygon needs at least three different points")]
    TooFewVertices,
    /// A coordinate is NaN or infinite.
    #[error("a coordinate is not a finite number")]
    NotFinite,
    /// Two edges cross.
    #[error("the outline crosses itself")]
    SelfCrossing,
}

impl Ring {
    /// A ring of these vertices, unchecked.
    #[must_use]
    pub fn new(points: Vec<Point>) -> Self {
        points.into()
    }

    /// The vertices in order.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// How many vertices.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The edges in order, the closing one last.
    pub fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let nexts = self.0.iter().skip(1).chain(self.0.first());
        self.0.iter().zip(nexts).map(|(a, b)| (*a, *b))
    }

    /// The smallest box around it; `None` without vertices.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        Rect::around(self.0.iter().copied())
    }

    /// Positive for clockwise on screen (y down), by the shoelace formula.
    #[must_use]
    pub fn signed_area(&self) -> f64 {
        let Some(&origin) = self.0.first() else { return 0.0 };
        self.edges().map(|(a, b)| (a - origin).cross(b - origin)).sum::<f64>() / 2.0
    }

    /// The enclosed area (for a self-crossing ring: of its signed parts).
    #[must_use]
    pub fn area(&self) -> f64 {
        self.signed_area().abs()
    }

    /// Whether `p` is inside by the even-odd rule.
    #[must_use]
    pub fn contains(&self, p: Point) -> bool {
        self.edges().fold(false, |inside, (a, b)| {
            let crosses = (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x;
            inside != crosses
        })
    }

    /// How far `p` is from the nearest edge.
    #[must_use]
    pub fn distance_to_outline(&self, p: Point) -> f64 {
        self.edges().map(|(a, b)| squared_distance_to_segment(p, a, b)).fold(f64::INFINITY, f64::min).sqrt()
    }

    /// Whether an edge comes within `reach` of `p`: answered by the first one that does.
    #[must_use]
    pub fn outline_is_near(&self, p: Point, reach: f64) -> bool {
        let reach_squared = reach * reach;
        self.edges().any(|(a, b)| squared_distance_to_segment(p, a, b) <= reach_squared)
    }

    /// Moved by `by`.
    #[must_use]
    pub fn moved(&self, by: Vector) -> Self {
        Self(self.0.iter().map(|&p| p + by).collect())
    }

    /// With vertex `index` at `to`; unchanged where there is no such vertex.
    #[must_use]
    pub fn with_vertex(&self, index: usize, to: Point) -> Self {
        let mut points = self.0.to_vec();
        if let Some(p) = points.get_mut(index) {
            *p = to;
        }
        Self::new(points)
    }

    /// With a new vertex at `at` after vertex `index`.
    #[must_use]
    pub fn with_inserted(&self, index: usize, at: Point) -> Self {
        let mut points = self.0.to_vec();
        points.insert((index + 1).min(points.len()), at);
        Self::new(points)
    }

    /// Without vertex `index`; `None` where fewer than three would be left.
    #[must_use]
    pub fn without_vertex(&self, index: usize) -> Option<Self> {
        if self.0.len() <= 3 || index >= self.0.len() {
            return None;
        }
        let mut points = self.0.to_vec();
        points.remove(index);
        Some(Self::new(points))
    }

    /// Without consecutive vertices at the same place (also across the closing edge).
    #[must_use]
    pub fn without_repeats(&self) -> Self {
        let mut points = self.0.to_vec();
        points.dedup();
        while points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        Self::new(points)
    }

    /// Scaled so that its bounds become `to`.
    #[must_use]
    pub fn fitted_to(&self, to: Rect) -> Self {
        let Some(from) = self.bounds() else { return self.clone() };
        let along = |v: f64, from0: f64, from_len: f64, to0: f64, to_len: f64| {
            if from_len > 0.0 { to0 + (v - from0) / from_len * to_len } else { to0 + to_len / 2.0 }
        };
        Self(
            self.0
                .iter()
                .map(|p| {
                    Point::new(
                        along(p.x, from.min.x, from.width(), to.min.x, to.width()),
                        along(p.y, from.min.y, from.height(), to.min.y, to.height()),
                    )
                })
                .collect(),
        )
    }

    /// With these vertices elsewhere; unknown ones are passed over.
    #[must_use]
    pub fn with_vertices(&self, moved: &[(usize, Point)]) -> Self {
        let mut points = self.0.to_vec();
        for (index, to) in moved {
            if let Some(p) = points.get_mut(*index) {
                *p = *to;
            }
        }
        Self::new(points)
    }

    /// Without these vertices; `None` where fewer than three would be left.
    #[must_use]
    pub fn without_vertices(&self, gone: impl Fn(usize) -> bool) -> Option<Self> {
        let points: Vec<Point> = self.0.iter().enumerate().filter(|(i, _)| !gone(*i)).map(|(_, p)| *p).collect();
        (points.len() >= 3).then_some(Self::new(points))
    }

    /// What is wrong with it as a polygon, the worst first; `None` for a good one.
    #[must_use]
    pub fn fault(&self) -> Option<RingFault> {
        self.hard_fault().or_else(|| self.without_repeats().crosses_itself().then_some(RingFault::SelfCrossing))
    }

    /// What makes it no polygon at all. Crossings are not looked for, except in a ring without an area, so this costs a
    /// pass over the vertices.
    #[must_use]
    pub fn hard_fault(&self) -> Option<RingFault> {
        if self.0.iter().any(|p| !p.is_finite()) {
            return Some(RingFault::NotFinite);
        }
        let clean = self.without_repeats();
        (clean.len() < 3 || clean.area() <= 0.0 && !clean.crosses_itself()).then_some(RingFault::TooFewVertices)
    }

    /// Whether two edges that are not neighbours cross. Sweeps by x, so long simple rings stay cheap.
    #[must_use]
    pub fn crosses_itself(&self) -> bool {
        let n = self.0.len();
        let mut edges: Vec<(usize, Point, Point)> = self.edges().enumerate().map(|(i, (a, b))| (i, a, b)).collect();
        edges.sort_by(|l, r| l.1.x.min(l.2.x).total_cmp(&r.1.x.min(r.2.x)));
        for (at, &(i, a, b)) in edges.iter().enumerate() {
            let right = a.x.max(b.x);
            for &(j, c, d) in &edges[at + 1..] {
                if c.x.min(d.x) > right {
                    break;
                }
                let neighbours = (i + 1) % n == j || (j + 1) % n == i;
                if !neighbours && segments_cross(a, b, c, d) {
                    return true;
                }
            }
        }
        false
    }
}

/// The distance from `p` to the segment `a`..`b`.
#[must_use]
pub fn distance_to_segment(p: Point, a: Point, b: Point) -> f64 {
    squared_distance_to_segment(p, a, b).sqrt()
}

/// Its square, which is enough to compare by and spares a root for each edge.
fn squared_distance_to_segment(p: Point, a: Point, b: Point) -> f64 {
    let (ab, ap) = (b - a, p - a);
    let length_squared = ab.dot(ab);
    let t = if length_squared > 0.0 { (ap.dot(ab) / length_squared).clamp(0.0, 1.0) } else { 0.0 };
    let off = ap + ab * -t;
    off.dot(off)
}

/// Whether two segments cross in a point inside both.
pub(super) fn segments_cross(a: Point, b: Point, c: Point, d: Point) -> bool {
    let (o1, o2) = ((b - a).cross(c - a), (b - a).cross(d - a));
    let (o3, o4) = ((d - c).cross(a - c), (d - c).cross(b - c));
    (o1 > 0.0) != (o2 > 0.0) && (o3 > 0.0) != (o4 > 0.0) && o1 != 0.0 && o2 != 0.0 && o3 != 0.0 && o4 != 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Ring {
        Ring::new(points.iter().copied().map(Point::from).collect())
    }

    #[test]
    fn a_bow_tie_is_noticed_and_a_star_is_not_one() {
        assert_eq!(ring(&[(0., 0.), (10., 10.), (10., 0.), (0., 10.)]).fault(), Some(RingFault::SelfCrossing), "");
        let star = ring(&[(0., -10.), (2., -2.), (10., 0.), (2., 2.), (0., 10.), (-2., 2.), (-10., 0.), (-2., -2.)]);
        assert_eq!(star.fault(), None, "concave is fine");
    }

    #[test]
    fn inside_is_inside_for_a_concave_ring() {
        let c = ring(&[(0., 0.), (10., 0.), (10., 2.), (2., 2.), (2., 8.), (10., 8.), (10., 10.), (0., 10.)]);
        assert!(c.contains(Point::new(1.0, 5.0)), "in the back of the C");
        assert!(!c.contains(Point::new(5.0, 5.0)), "in the mouth of the C");
    }

    #[test]
    fn a_triangle_keeps_its_last_three_vertices() {
        assert_eq!(ring(&[(0., 0.), (1., 0.), (0., 1.)]).without_vertex(1), None, "two points are no polygon");
    }

    #[test]
    fn points_on_one_line_are_no_polygon() {
        assert_eq!(ring(&[(0., 0.), (5., 0.), (9., 0.)]).fault(), Some(RingFault::TooFewVertices), "no area");
    }
}
