//! Union, difference, intersection and slicing of rings, by way of `i_overlay`; and cutting an area with holes open, for
//! those who know only one ring.

use super::{Point, Ring, ring::segments_cross};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::simplify::SimplifyShape as _;
use i_overlay::float::single::SingleFloatOverlay as _;
use i_overlay::float::slice::FloatSlice as _;

/// Parts smaller than this are left over from rounding, not meant by anybody.
const LEAST_AREA_PX2: f64 = 0.01;
/// A vertex of the result this near to one of the input is that one.
const SAME_VERTEX_PX: f64 = 1e-6;
/// New vertices are rounded to this many parts of a pixel: the arithmetic is done in whole numbers and leaves some dust.
const PARTS_OF_A_PIXEL: f64 = 1e6;
/// Coordinates beyond this are no image.
const FARTHEST_PX: f64 = 1e9;
/// Vertices of a hole that are tried as ends of its bridge.
const BRIDGE_ENDS: usize = 64;

type Contour = Vec<[f64; 2]>;

/// How areas are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// What is in any of them.
    Union,
    /// What is in the first and in no other.
    Subtract,
    /// What is in all of them.
    Intersect,
}

/// A connected area: an outline and the holes in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// The outline.
    pub outer: Ring,
    /// The holes, each inside the outline.
    pub holes: Vec<Ring>,
}

/// The first of `rings` combined with the others: connected areas, the largest first. Empty where nothing is left, or
/// where a ring is not an area of an image.
#[must_use]
pub fn combined(rings: &[Ring], how: Combine) -> Vec<Area> {
    let Some((first, others)) = rings.split_first() else { return Vec::new() };
    if rings.iter().any(is_far_off) {
        return Vec::new();
    }
    let rule = match how {
        Combine::Union => OverlayRule::Union,
        Combine::Subtract => OverlayRule::Difference,
        Combine::Intersect => OverlayRule::Intersect,
    };
    let mut shapes = vec![vec![contour(first)]];
    for other in others {
        shapes = shapes.overlay_as::<i64>(&contour(other), rule, FillRule::NonZero);
    }
    areas(shapes, rings)
}

/// The parts into which a line cuts the ring, the largest first; one part where it does not cut through.
#[must_use]
pub fn sliced(ring: &Ring, line: &[Point]) -> Vec<Ring> {
    if is_far_off(ring) || line.iter().any(|p| !p.is_finite() || p.x.abs() > FARTHEST_PX || p.y.abs() > FARTHEST_PX) {
        return vec![ring.clone()];
    }
    let cut: Contour = line.iter().map(|p| [p.x, p.y]).collect();
    let shapes = contour(ring).slice_by_as::<i64>(&cut, FillRule::NonZero);
    areas(shapes, std::slice::from_ref(ring)).into_iter().map(|area| area.outer).collect()
}

/// The connected areas that a ring encloses where it crosses itself, the largest first.
#[must_use]
pub fn untangled(ring: &Ring) -> Vec<Area> {
    if is_far_off(ring) {
        return Vec::new();
    }
    areas(contour(ring).simplify_shape_as::<i64>(FillRule::NonZero), std::slice::from_ref(ring))
}

fn is_far_off(ring: &Ring) -> bool {
    ring.len() < 3 || ring.points().iter().any(|p| !p.is_finite() || p.x.abs() > FARTHEST_PX || p.y.abs() > FARTHEST_PX)
}

fn contour(ring: &Ring) -> Contour {
    ring.points().iter().map(|p| [p.x, p.y]).collect()
}

/// Areas from what the overlay made, with the vertices of the inputs as they were.
fn areas(shapes: Vec<Vec<Contour>>, inputs: &[Ring]) -> Vec<Area> {
    let mut known: Vec<Point> = inputs.iter().flat_map(Ring::points).copied().collect();
    known.sort_by(|a, b| a.x.total_cmp(&b.x));
    let ring =
        |contour: Contour| Ring::new(contour.into_iter().map(|[x, y]| as_known(Point::new(x, y), &known)).collect());
    let mut areas: Vec<Area> = shapes
        .into_iter()
        .filter_map(|shape| {
            let mut rings = shape.into_iter().map(&ring).filter(|r| r.len() >= 3 && r.area() > LEAST_AREA_PX2);
            Some(Area { outer: rings.next()?, holes: rings.collect() })
        })
        .collect();
    areas.sort_by(|a, b| b.outer.area().total_cmp(&a.outer.area()));
    areas
}

/// The input's vertex that this one was, or the vertex without the dust of the arithmetic.
fn as_known(p: Point, known: &[Point]) -> Point {
    let from = known.partition_point(|k| k.x < p.x - SAME_VERTEX_PX);
    let near = known[from..].iter().take_while(|k| k.x <= p.x + SAME_VERTEX_PX);
    let same = near.copied().find(|k| (k.y - p.y).abs() <= SAME_VERTEX_PX);
    let rounded = |v: f64| (v * PARTS_OF_A_PIXEL).round() / PARTS_OF_A_PIXEL;
    same.unwrap_or_else(|| Point::new(rounded(p.x), rounded(p.y)))
}

impl Area {
    /// One ring of the same area: every hole is joined to the outline by a bridge without a width, along which the ring
    /// runs in and out again.
    #[must_use]
    pub fn cut_open(&self) -> Ring {
        let mut outer = self.outer.points().to_vec();
        let clockwise = self.outer.signed_area() > 0.0;
        let mut waiting: Vec<Vec<Point>> = self
            .holes
            .iter()
            .map(|hole| {
                let mut points = hole.points().to_vec();
                if (hole.signed_area() > 0.0) == clockwise {
                    points.reverse();
                }
                points
            })
            .collect();
        while !waiting.is_empty() {
            let (nth, i, j) = bridge(&outer, &waiting);
            let hole = waiting.swap_remove(nth);
            let round = (0..=hole.len()).map(|k| hole[(j + k) % hole.len()]);
            let tail = outer.split_off(i + 1);
            let from = outer[i];
            outer.extend(round);
            outer.push(from);
            outer.extend(tail);
        }
        Ring::new(outer)
    }
}

/// The shortest way from a hole to the outline that crosses nothing: which hole, which vertex of the outline, which of the
/// hole.
fn bridge(outer: &[Point], holes: &[Vec<Point>]) -> (usize, usize, usize) {
    let mut ways: Vec<(f64, usize, usize, usize)> = Vec::new();
    for (nth, hole) in holes.iter().enumerate() {
        let stride = hole.len().div_ceil(BRIDGE_ENDS).max(1);
        for j in (0..hole.len()).step_by(stride) {
            let nearest = outer.iter().enumerate().map(|(i, p)| (p.distance(hole[j]), nth, i, j));
            ways.extend(nearest);
        }
    }
    ways.sort_by(|a, b| a.0.total_cmp(&b.0));
    let edges = |points: &[Point]| {
        let n = points.len();
        (0..n).map(|i| (points[i], points[(i + 1) % n])).collect::<Vec<_>>()
    };
    let all: Vec<(Point, Point)> =
        std::iter::once(edges(outer)).chain(holes.iter().map(|h| edges(h))).flatten().collect();
    let is_free = |way: &&(f64, usize, usize, usize)| {
        let (a, b) = (outer[way.2], holes[way.1][way.3]);
        !all.iter().any(|(c, d)| segments_cross(a, b, *c, *d))
    };
    let way = ways.iter().find(is_free).or(ways.first());
    way.map_or((0, 0, 0), |way| (way.1, way.2, way.3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x0: f64, y0: f64, x1: f64, y1: f64) -> Ring {
        Ring::new([(x0, y0), (x1, y0), (x1, y1), (x0, y1)].map(Point::from).to_vec())
    }

    fn total(areas: &[Area]) -> f64 {
        areas.iter().map(|a| a.outer.area() - a.holes.iter().map(Ring::area).sum::<f64>()).sum()
    }

    #[test]
    fn two_overlapping_squares_add_up() {
        let (a, b) = (square(0., 0., 10., 10.), square(5., 5., 15., 15.));
        for (how, area, vertices) in
            [(Combine::Union, 175.0, 8), (Combine::Subtract, 75.0, 6), (Combine::Intersect, 25.0, 4)]
        {
            let made = combined(&[a.clone(), b.clone()], how);
            assert_eq!(made.len(), 1, "{how:?}");
            assert!((total(&made) - area).abs() < 1e-6, "{how:?}: {}", total(&made));
            assert_eq!(made[0].outer.len(), vertices, "{how:?}: {:?}", made[0].outer);
        }
    }

    #[test]
    fn the_way_round_of_a_ring_does_not_matter() {
        let a = square(0., 0., 10., 10.);
        let turned = Ring::new(square(5., 5., 15., 15.).points().iter().rev().copied().collect());
        assert!((total(&combined(&[a.clone(), turned.clone()], Combine::Union)) - 175.0).abs() < 1e-6, "union");
        assert!((total(&combined(&[turned, a], Combine::Subtract)) - 75.0).abs() < 1e-6, "difference");
    }

    #[test]
    fn vertices_that_stay_are_exactly_where_they_were() {
        let a = square(0.123_456_789, 0.1, 10.3, 10.7);
        let made = combined(&[a.clone(), square(5., 5., 15., 15.)], Combine::Subtract);
        for corner in [0, 1, 3] {
            assert!(made[0].outer.points().contains(&a.points()[corner]), "corner {corner} of {:?}", made[0].outer);
        }
    }

    #[test]
    fn areas_that_do_not_touch_stay_apart_and_those_that_miss_leave_nothing() {
        let (a, b) = (square(0., 0., 10., 10.), square(20., 0., 40., 10.));
        let union = combined(&[a.clone(), b.clone()], Combine::Union);
        assert_eq!(union.len(), 2, "two parts");
        assert!(union[0].outer.area() > union[1].outer.area(), "the larger first");
        assert_eq!(combined(&[a.clone(), b], Combine::Intersect), [], "nothing in both");
        assert_eq!(combined(&[a.clone(), square(-1., -1., 11., 11.)], Combine::Subtract), [], "nothing left");
    }

    #[test]
    fn a_bite_out_of_the_middle_is_a_hole_and_a_bridge_opens_it() {
        let made = combined(&[square(0., 0., 30., 30.), square(10., 10., 20., 20.)], Combine::Subtract);
        assert_eq!((made.len(), made[0].holes.len()), (1, 1), "one area with one hole");
        let open = made[0].cut_open();
        assert!((open.area() - 800.0).abs() < 1e-6, "the same area: {}", open.area());
        assert!(!open.crosses_itself() && open.fault().is_none(), "a good polygon: {open:?}");
        assert!(!open.contains(Point::new(15.0, 15.5)) && open.contains(Point::new(3.0, 5.5)), "with the hole");
        assert_eq!(open.len(), 10, "four and four corners, and the bridge there and back");
    }

    #[test]
    fn several_holes_are_all_joined() {
        let mut rings = vec![square(0., 0., 100., 100.)];
        for i in 0..4 {
            let at = 10.0 + 22.0 * f64::from(i);
            rings.push(square(at, at, at + 12.0, at + 12.0));
        }
        let made = combined(&rings, Combine::Subtract);
        assert_eq!(made[0].holes.len(), 4, "four holes");
        let open = made[0].cut_open();
        assert!((open.area() - (10_000.0 - 4.0 * 144.0)).abs() < 1e-6, "{}", open.area());
        assert!(!open.crosses_itself(), "{open:?}");
    }

    #[test]
    fn a_line_cuts_a_ring_in_two_and_one_that_stops_inside_does_not() {
        let a = square(0., 0., 10., 10.);
        let cut = |x0, y0, x1, y1| sliced(&a, &[Point::new(x0, y0), Point::new(x1, y1)]);
        let two = cut(-5.0, 3.0, 15.0, 3.0);
        let areas: Vec<f64> = two.iter().map(Ring::area).collect();
        assert_eq!(areas, [70.0, 30.0], "the larger first");
        assert_eq!(cut(-5.0, 3.0, 5.0, 3.0).len(), 1, "it does not come out again");
        assert_eq!(cut(-5.0, 30.0, 15.0, 30.0).len(), 1, "it misses");
    }

    #[test]
    fn a_line_through_a_comb_cuts_every_tooth() {
        let mut points = vec![(0.0, 0.0), (70.0, 0.0)];
        for i in (0..4).rev() {
            let x = f64::from(i) * 20.0;
            points.extend([(x + 10.0, 50.0), (x, 50.0), (x, 10.0), (x - 10.0, 10.0)]);
        }
        points.truncate(points.len() - 2);
        let comb = Ring::new(points.into_iter().map(Point::from).collect());
        let parts = sliced(&comb, &[Point::new(-10.0, 30.0), Point::new(90.0, 30.0)]);
        assert_eq!(parts.len(), 5, "the back and four teeth");
        assert!((parts.iter().map(Ring::area).sum::<f64>() - comb.area()).abs() < 1e-6, "nothing is lost");
    }

    #[test]
    fn a_tangled_ring_comes_apart_into_its_areas() {
        let tie = Ring::new([(0., 0.), (10., 10.), (10., 0.), (0., 10.)].map(Point::from).to_vec());
        let parts = untangled(&tie);
        assert_eq!(parts.len(), 2, "two triangles");
        assert!((total(&parts) - 50.0).abs() < 1e-6, "{}", total(&parts));
    }

    #[test]
    fn what_is_not_in_any_image_is_refused_and_nothing_panics() {
        let wild = square(0.0, 0.0, 1e300, 1e300);
        assert_eq!(combined(&[wild.clone(), square(0., 0., 1., 1.)], Combine::Union), [], "too far off");
        assert_eq!(untangled(&square(f64::NAN, 0., 1., 1.)), [], "not a number");
        assert_eq!(sliced(&wild, &[Point::new(0.0, 0.0), Point::new(1.0, 1.0)]).len(), 1, "left as it is");
    }
}
