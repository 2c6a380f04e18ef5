//! How much two shapes have in common: intersection over union.

use super::{Rect, Ring};

/// Lines on which two rings are compared. Between them a ring is taken as straight: the share is off by less than
/// 1/100 for everything that is at least a tenth as high as both together.
const LINES: u32 = 256;

/// Intersection over union of two boxes: 1 for the same box, 0 where they share no area.
#[must_use]
pub fn rect_iou(a: Rect, b: Rect) -> f64 {
    let common = a.cropped_to(b).map_or(0.0, Rect::area);
    ratio(common, a.area() + b.area() - common)
}

/// Intersection over union of two rings, by the even-odd rule (so that a bow-tie has the area that it shows).
#[must_use]
pub fn ring_iou(a: &Ring, b: &Ring) -> f64 {
    let (Some(bounds_a), Some(bounds_b)) = (a.bounds(), b.bounds()) else { return 0.0 };
    if !bounds_a.intersects(bounds_b) {
        return 0.0;
    }
    let all = bounds_a.union(bounds_b);
    let (mut common, mut either) = (0.0, 0.0);
    let (mut in_a, mut in_b) = (Vec::new(), Vec::new());
    for line in 0..LINES {
        let y = all.min.y + (f64::from(line) + 0.5) / f64::from(LINES) * all.height();
        spans_at(a, y, &mut in_a);
        spans_at(b, y, &mut in_b);
        let (la, lb, shared) = (length(&in_a), length(&in_b), shared(&in_a, &in_b));
        common += shared;
        either += la + lb - shared;
    }
    ratio(common, either)
}

fn ratio(common: f64, either: f64) -> f64 {
    if either > 0.0 && common.is_finite() { (common / either).clamp(0.0, 1.0) } else { 0.0 }
}

/// Where the line at `y` is inside: x of entry and exit by turns, ascending.
fn spans_at(ring: &Ring, y: f64, into: &mut Vec<f64>) {
    into.clear();
    for (p, q) in ring.edges() {
        if (p.y <= y) != (q.y <= y) {
            into.push(p.x + (y - p.y) / (q.y - p.y) * (q.x - p.x));
        }
    }
    into.sort_by(f64::total_cmp);
}

fn length(spans: &[f64]) -> f64 {
    spans.chunks_exact(2).map(|s| s[1] - s[0]).sum()
}

fn shared(a: &[f64], b: &[f64]) -> f64 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i + 1 < a.len() && j + 1 < b.len() {
        sum += (a[i + 1].min(b[j + 1]) - a[i].max(b[j])).max(0.0);
        if a[i + 1] < b[j + 1] {
            i += 2;
        } else {
            j += 2;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::*;

    fn rect(x0: f64, y0: f64, x1: f64, y1: f64) -> Rect {
        Rect::from_corners(Point::new(x0, y0), Point::new(x1, y1))
    }

    fn ring(points: &[(f64, f64)]) -> Ring {
        Ring::new(points.iter().copied().map(Point::from).collect())
    }

    #[test]
    fn boxes_share_what_they_share() {
        let a = rect(0.0, 0.0, 10.0, 10.0);
        assert!((rect_iou(a, a) - 1.0).abs() < 1e-12, "the same");
        assert!((rect_iou(a, rect(5.0, 0.0, 15.0, 10.0)) - 1.0 / 3.0).abs() < 1e-12, "a half of each");
        assert!(rect_iou(a, rect(10.0, 0.0, 20.0, 10.0)).abs() < 1e-12, "an edge has no area");
        let nothing = rect(3.0, 3.0, 3.0, 3.0);
        assert!(rect_iou(nothing, nothing).abs() < 1e-12, "no area, nothing shared");
    }

    #[test]
    fn rings_agree_with_boxes_where_both_can_be_asked() {
        for (a, b) in [
            (rect(0.0, 0.0, 10.0, 10.0), rect(5.0, 5.0, 15.0, 15.0)),
            (rect(0.0, 0.0, 100.0, 10.0), rect(50.0, 2.0, 60.0, 30.0)),
            (rect(0.0, 0.0, 4.0, 4.0), rect(1.0, 1.0, 2.0, 2.0)),
        ] {
            let rings = [a, b].map(|r| Ring::new(r.corners().to_vec()));
            let by_rings = ring_iou(&rings[0], &rings[1]);
            assert!((by_rings - rect_iou(a, b)).abs() < 0.01, "{a:?} and {b:?}: {by_rings}");
        }
    }

    #[test]
    fn a_ring_is_the_same_whichever_way_round_and_wherever_it_begins() {
        let c = [(0., 0.), (10., 0.), (10., 2.), (2., 2.), (2., 8.), (10., 8.), (10., 10.), (0., 10.)];
        let mut turned = c;
        turned.reverse();
        turned.rotate_left(3);
        assert!((ring_iou(&ring(&c), &ring(&turned)) - 1.0).abs() < 1e-9, "the same ring");
        let mouth = ring(&[(3., 3.), (9., 3.), (9., 7.), (3., 7.)]);
        assert!(ring_iou(&ring(&c), &mouth).abs() < 1e-9, "in the mouth of the C there is nothing of it");
    }

    #[test]
    fn a_bow_tie_and_a_ring_of_nothing_do_no_harm() {
        let tie = ring(&[(0., 0.), (10., 10.), (10., 0.), (0., 10.)]);
        assert!((ring_iou(&tie, &tie) - 1.0).abs() < 1e-9, "the same as itself");
        assert!(ring_iou(&tie, &ring(&[])).abs() < 1e-9, "nothing");
        let odd = ring(&[(0., 0.), (f64::NAN, 1.), (2., 2.)]);
        assert!(ring_iou(&odd, &tie) <= 1.0, "no number, no panic");
    }
}
