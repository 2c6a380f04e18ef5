//! Fewer vertices, or smoother ones: the whole ring or only some of its vertices.

use super::{Point, Ring, distance_to_segment};
use std::collections::BTreeSet;

/// Which vertices of a ring are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// All of them.
    All,
    /// These; the others stay where they are.
    Some(BTreeSet<usize>),
}

impl Chosen {
    /// Whether this vertex is meant.
    #[must_use]
    pub fn contains(&self, vertex: usize) -> bool {
        match self {
            Self::All => true,
            Self::Some(chosen) => chosen.contains(&vertex),
        }
    }
}

/// The ring with as few of its vertices as keep every removed one within `tolerance` of the outline (Douglas and
/// Peucker). At least three stay.
#[must_use]
pub fn simplified(ring: &Ring, tolerance: f64, chosen: &Chosen) -> Ring {
    let points = ring.points();
    let n = points.len();
    if n <= 3 || tolerance <= 0.0 {
        return ring.clone();
    }
    let mut keep: Vec<bool> = (0..n).map(|i| !chosen.contains(i)).collect();
    anchor(points, &mut keep);
    let anchors: Vec<usize> = (0..n).filter(|i| keep[*i]).collect();
    for (nth, &from) in anchors.iter().enumerate() {
        let to = anchors[(nth + 1) % anchors.len()];
        keep_between(points, from, if to > from { to } else { to + n }, tolerance, &mut keep);
    }
    let kept = Ring::new((0..n).filter(|i| keep[*i]).map(|i| points[i]).collect());
    if kept.len() >= 3 && kept.area() > 0.0 { kept } else { ring.clone() }
}

/// Three vertices far apart, so that a ring keeps an area whatever the tolerance; where enough are kept already, none.
fn anchor(points: &[Point], keep: &mut [bool]) {
    let farthest = |from: &dyn Fn(Point) -> f64| {
        (0..points.len()).max_by(|a, b| from(points[*a]).total_cmp(&from(points[*b]))).unwrap_or(0)
    };
    if keep.iter().filter(|k| **k).count() >= 3 {
        return;
    }
    let first = keep.iter().position(|k| *k).unwrap_or_else(|| farthest(&|p| p.distance(points[0])));
    let second = farthest(&|p| p.distance(points[first]));
    let third = farthest(&|p| distance_to_segment(p, points[first], points[second]));
    for i in [first, second, third] {
        keep[i] = true;
    }
}

/// Marks what has to stay between two kept vertices (`to` may go once round).
fn keep_between(points: &[Point], from: usize, to: usize, tolerance: f64, keep: &mut [bool]) {
    let n = points.len();
    let mut todo = vec![(from, to)];
    while let Some((from, to)) = todo.pop() {
        let (a, b) = (points[from % n], points[to % n]);
        let worst = (from + 1..to)
            .map(|i| (i, distance_to_segment(points[i % n], a, b)))
            .max_by(|x, y| x.1.total_cmp(&y.1))
            .filter(|(_, distance)| *distance > tolerance);
        if let Some((middle, _)) = worst {
            keep[middle % n] = true;
            todo.extend([(from, middle), (middle, to)]);
        }
    }
}

/// The ring with each chosen vertex drawn towards its neighbours so many times, each time followed by a step outwards so
/// that the ring does not shrink (Taubin). As many vertices as before.
#[must_use]
pub fn smoothed(ring: &Ring, rounds: u32, chosen: &Chosen) -> Ring {
    const INWARDS: f64 = 0.5;
    const OUTWARDS: f64 = -0.53;
    if ring.len() < 4 {
        return ring.clone();
    }
    let mut points = ring.points().to_vec();
    for _ in 0..rounds {
        for factor in [INWARDS, OUTWARDS] {
            points = (0..points.len())
                .map(|i| if chosen.contains(i) { drawn(&points, i, factor) } else { points[i] })
                .collect();
        }
    }
    Ring::new(points)
}

fn drawn(points: &[Point], i: usize, factor: f64) -> Point {
    let n = points.len();
    let middle = points[(i + n - 1) % n].lerp(points[(i + 1) % n], 0.5);
    points[i].lerp(middle, factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A circle of `n` vertices with every other one pushed out by `jag`.
    fn jagged(n: u32, jag: f64) -> Ring {
        let at = |i: u32| {
            let angle = f64::from(i) * std::f64::consts::TAU / f64::from(n);
            let radius = 100.0 + if i.is_multiple_of(2) { jag } else { 0.0 };
            Point::new(radius * angle.cos(), radius * angle.sin())
        };
        Ring::new((0..n).map(at).collect())
    }

    #[test]
    fn simplifying_keeps_every_removed_vertex_within_the_tolerance() {
        for tolerance in [0.5, 2.0, 10.0, 50.0] {
            let before = jagged(400, 0.3);
            let after = simplified(&before, tolerance, &Chosen::All);
            assert!(after.len() < before.len() && after.len() >= 3, "{} at {tolerance}", after.len());
            for p in before.points() {
                let off = after.distance_to_outline(*p);
                assert!(off <= tolerance + 1e-9, "a vertex lies {off} off at {tolerance}");
            }
        }
    }

    #[test]
    fn points_on_a_straight_edge_go_and_corners_stay() {
        let dotted = Ring::new(
            [(0., 0.), (5., 0.), (10., 0.), (10., 5.), (10., 10.), (5., 10.), (0., 10.), (0., 5.)]
                .map(Point::from)
                .to_vec(),
        );
        let after = simplified(&dotted, 0.1, &Chosen::All);
        assert_eq!(after.len(), 4, "{after:?}");
        assert!((after.area() - 100.0).abs() < 1e-9, "the same square");
    }

    #[test]
    fn three_vertices_stay_whatever_the_tolerance() {
        assert_eq!(simplified(&jagged(50, 0.0), 1e9, &Chosen::All).len(), 3, "a polygon has three");
    }

    #[test]
    fn only_chosen_vertices_are_touched() {
        let before = jagged(40, 2.0);
        let chosen = Chosen::Some((10..20).collect());
        let fewer = simplified(&before, 5.0, &chosen);
        assert!(fewer.len() < 40, "some of the ten went");
        let stayed = |i: usize, ring: &Ring| ring.points().contains(&before.points()[i]);
        assert!((0..10).chain(20..40).all(|i| stayed(i, &fewer)), "and nobody else");
        let smoother = smoothed(&before, 3, &chosen);
        assert!((0..10).chain(20..40).all(|i| stayed(i, &smoother)), "nor by smoothing");
        assert!((11..19).all(|i| !stayed(i, &smoother)), "which moves each of them");
    }

    #[test]
    fn smoothing_takes_the_jags_and_keeps_the_size() {
        let before = jagged(100, 6.0);
        let after = smoothed(&before, 10, &Chosen::All);
        let jags = |ring: &Ring| {
            let radii: Vec<f64> = ring.points().iter().map(|p| p.distance(Point::new(0.0, 0.0))).collect();
            radii.windows(2).map(|r| (r[0] - r[1]).abs()).sum::<f64>()
        };
        assert_eq!(after.len(), before.len(), "as many vertices");
        assert!(jags(&after) < 0.1 * jags(&before), "{} of {}", jags(&after), jags(&before));
        assert!((after.area() / before.area() - 1.0).abs() < 0.03, "{} of {}", after.area(), before.area());
    }

    #[test]
    fn a_ring_of_ten_thousand_vertices_is_no_deep_recursion() {
        assert!(simplified(&jagged(10_000, 0.5), 0.2, &Chosen::All).len() >= 3, "it ends");
    }
}
