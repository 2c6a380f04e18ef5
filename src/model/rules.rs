//! Rules that look while one works: what is probably wrong with the annotations of one image.
//!
//! Pure: the same annotations give the same findings in the same order. Nothing here refuses anything: a finding is a
//! hint to a person, with a way to mend it where there is one that needs no judgement.

use super::{Annotation, ConceptId, Edit, LocalId, Shape, SpatialIndex, Status};
use crate::geometry::{Point, Rect, Ring, Size, rect_iou, ring_iou};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// Where the rules draw their lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleLimits {
    /// Shapes of which a side is shorter than this are tiny, image pixels.
    pub tiny_px: f64,
    /// Two shapes with the same labels that share at least this much are near duplicates, intersection over union.
    pub duplicate_iou: f64,
    /// So far may a shape reach over the image's edge, image pixels (rounding on the wire does that).
    pub outside_px: f64,
}

impl Default for RuleLimits {
    fn default() -> Self {
        Self { tiny_px: 3.0, duplicate_iou: 0.9, outside_px: 0.5 }
    }
}

/// What is probably wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// The same label on nearly the same place twice; the other one is older.
    NearDuplicate {
        /// The older one.
        of: LocalId,
        /// How much they share.
        iou: f64,
    },
    /// Too small to be meant.
    Tiny {
        /// The shorter side, image pixels.
        side_px: f64,
    },
    /// It reaches over the image's edge.
    Outside {
        /// By so much, image pixels.
        by_px: f64,
    },
    /// A polygon that crosses itself.
    BowTie,
    /// A region without a label.
    NoConcept,
    /// The same region says "is" and "is not" of one concept.
    Contradiction {
        /// The annotation that says the opposite.
        other: LocalId,
        /// Of this concept.
        concept: ConceptId,
    },
    /// It cannot be drawn or sent as it is.
    Unfit(String),
}

/// A rule that spoke up about an annotation.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// About this one.
    pub lid: LocalId,
    /// What.
    pub rule: Rule,
}

impl Rule {
    /// A short name, the same for all of its kind; for lists and counts.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NearDuplicate { .. } => "near duplicate",
            Self::Tiny { .. } => "tiny",
            Self::Outside { .. } => "outside",
            Self::BowTie => "bow-tie",
            Self::NoConcept => "no concept",
            Self::Contradiction { .. } => "contradiction",
            Self::Unfit(_) => "unfit",
        }
    }

    /// What is wrong, in a few words.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a text cannot fail.
        match self {
            Self::NearDuplicate { iou, .. } => {
                write!(text, "a near duplicate: shares {:.0} % with an older one", iou * 100.0)
            }
            Self::Tiny { side_px } => write!(text, "tiny: {side_px:.1} px"),
            Self::Outside { by_px } => write!(text, "reaches {by_px:.1} px over the image's edge"),
            Self::BowTie => write!(text, "the polygon crosses itself"),
            Self::NoConcept => write!(text, "no concept"),
            Self::Contradiction { concept, .. } => {
                write!(text, "the same region is {concept} in one annotation and not in another")
            }
            Self::Unfit(why) => write!(text, "{why}"),
        }
        .ok();
        text
    }

    /// What [`Finding::mend`] would do, in a few words; `None`: a person has to decide.
    #[must_use]
    pub const fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::NearDuplicate { .. } => Some("delete the newer one"),
            Self::Tiny { .. } | Self::Unfit(_) => Some("delete it"),
            Self::Outside { .. } => Some("crop it to the image"),
            Self::BowTie => Some("untie it"),
            Self::NoConcept | Self::Contradiction { .. } => None,
        }
    }
}

impl Finding {
    /// The edit that mends it; `None` where a person has to decide, or where it is mended already.
    #[must_use]
    pub fn mend(&self, annotation: &Annotation, image: Size) -> Option<Edit> {
        let lid = self.lid;
        let shape = annotation.shape();
        match &self.rule {
            Rule::NearDuplicate { .. } | Rule::Tiny { .. } | Rule::Unfit(_) => Some(Edit::Remove { lid }),
            Rule::Outside { .. } => cropped(shape?, image).map(|shape| Edit::SetShape { lid, shape }),
            Rule::BowTie => match shape? {
                Shape::Polygon(ring) => untied(ring).map(|ring| Edit::SetShape { lid, shape: Shape::Polygon(ring) }),
                _ => None,
            },
            Rule::NoConcept | Rule::Contradiction { .. } => None,
        }
    }
}

/// Looks at the annotations of one image, in drawing order. What was rejected is passed over. `image`: its upright
/// size; `None` where it is not known (then nothing is outside).
pub fn check<'a>(
    annotations: impl IntoIterator<Item = &'a Annotation>,
    image: Option<Size>,
    limits: &RuleLimits,
) -> Vec<Finding> {
    let shown: Vec<&Annotation> = annotations.into_iter().filter(|a| a.status != Status::ReviewDenied).collect();
    let mut findings = Vec::new();
    for annotation in &shown {
        let mut found = |rule| findings.push(Finding { lid: annotation.lid, rule });
        let Some(shape) = annotation.shape() else { continue };
        if let Some(fault) = shape.fault() {
            found(Rule::Unfit(fault));
            continue;
        }
        look_at_shape(shape, image, limits, &mut found);
        if annotation.concepts.is_empty() && !matches!(shape, Shape::Kept(_)) {
            found(Rule::NoConcept);
        }
    }
    look_at_pairs(&shown, limits, &mut findings);
    let place: HashMap<LocalId, usize> = shown.iter().enumerate().map(|(i, a)| (a.lid, i)).collect();
    findings.sort_by_key(|finding| place.get(&finding.lid).copied());
    findings
}

fn look_at_shape(shape: &Shape, image: Option<Size>, limits: &RuleLimits, found: &mut impl FnMut(Rule)) {
    let Some(bounds) = shape.bounds() else { return };
    let side_px = bounds.width().min(bounds.height());
    if !matches!(shape, Shape::Point(_)) && side_px < limits.tiny_px {
        found(Rule::Tiny { side_px });
    }
    if let Some(image) = image {
        let over = [-bounds.min.x, -bounds.min.y, bounds.max.x - image.width, bounds.max.y - image.height];
        let by_px = over.into_iter().fold(0.0, f64::max);
        if by_px > limits.outside_px {
            found(Rule::Outside { by_px });
        }
    }
    if matches!(shape, Shape::Polygon(ring) if ring.crosses_itself()) {
        found(Rule::BowTie);
    }
}

/// Pairs that lie on each other, found through an index: no image is looked at pair by pair.
fn look_at_pairs(shown: &[&Annotation], limits: &RuleLimits, findings: &mut Vec<Finding>) {
    let with_bounds = || shown.iter().enumerate().filter_map(|(i, a)| a.bounds().map(|b| (i, *a, b)));
    let index = SpatialIndex::bulk(with_bounds().map(|(_, a, b)| (a.lid, b)).collect());
    let place: HashMap<LocalId, usize> = shown.iter().enumerate().map(|(i, a)| (a.lid, i)).collect();
    for (i, newer, bounds) in with_bounds() {
        let mut older: Vec<usize> = index.touching(bounds).filter_map(|lid| place.get(&lid).copied()).collect();
        older.retain(|j| *j < i);
        older.sort_unstable();
        let mut duplicate = false;
        for older in older.into_iter().map(|j| shown[j]) {
            let clash = contradiction(newer, older);
            let doubled = !duplicate && same_labels(newer, older);
            if clash.is_none() && !doubled {
                continue;
            }
            let iou = shape_iou(newer, older);
            if iou < limits.duplicate_iou {
                continue;
            }
            if let Some(concept) = clash {
                findings.push(Finding { lid: newer.lid, rule: Rule::Contradiction { other: older.lid, concept } });
            } else {
                duplicate = true;
                findings.push(Finding { lid: newer.lid, rule: Rule::NearDuplicate { of: older.lid, iou } });
            }
        }
    }
}

/// How much two annotations' shapes share: 1 for the same region, 0 for nothing. A box and a polygon are compared as
/// rings; points are the same where they are within a pixel.
#[must_use]
pub fn shape_iou(a: &Annotation, b: &Annotation) -> f64 {
    let (Some(left), Some(right)) = (a.region.as_ref(), b.region.as_ref()) else { return 0.0 };
    if left.id.is_some() && left.id == right.id {
        return 1.0;
    }
    match (&left.shape, &right.shape) {
        (Shape::Box(l), Shape::Box(r)) => rect_iou(*l, *r),
        (Shape::Point(l), Shape::Point(r)) => f64::from(u8::from(l.distance(*r) < 1.0)),
        (l, r) => match (ring_of(l), ring_of(r)) {
            (Some(l), Some(r)) => ring_iou(&l, &r),
            _ => 0.0,
        },
    }
}

fn ring_of(shape: &Shape) -> Option<Ring> {
    match shape {
        Shape::Box(rect) => Some(Ring::new(rect.corners().to_vec())),
        Shape::Polygon(ring) => Some(ring.clone()),
        Shape::Point(_) | Shape::Kept(_) => None,
    }
}

fn same_labels(a: &Annotation, b: &Annotation) -> bool {
    let set = |a: &Annotation| -> HashSet<(ConceptId, bool)> {
        a.concepts.iter().map(|c| (c.id.clone(), c.is_negative())).collect()
    };
    a.concepts.len() == b.concepts.len() && set(a) == set(b)
}

/// The first concept of which one says "is" and the other "is not".
fn contradiction(a: &Annotation, b: &Annotation) -> Option<ConceptId> {
    let clash = |c: &&super::ConceptLabel| {
        b.concepts.iter().any(|other| other.id == c.id && other.is_negative() != c.is_negative())
    };
    a.concepts.iter().find(clash).map(|c| c.id.clone())
}

/// The part of a shape inside the image; `None` where nothing is left. A polygon's vertices are drawn to the edge.
fn cropped(shape: &Shape, image: Size) -> Option<Shape> {
    let limits = image.rect();
    let inside = |p: &Point| Point::new(p.x.clamp(0.0, limits.max.x), p.y.clamp(0.0, limits.max.y));
    let cropped = match shape {
        Shape::Box(rect) => Shape::Box(rect.cropped_to(limits)?),
        Shape::Polygon(ring) => Shape::Polygon(Ring::new(ring.points().iter().map(inside).collect()).without_repeats()),
        Shape::Point(p) => Shape::Point(inside(p)),
        Shape::Kept(_) => return None,
    };
    cropped.fault().is_none().then_some(cropped)
}

/// The ring with crossing edges turned round until none cross: every crossing pair of edges is replaced by the two that
/// join the same corners without crossing, which makes the ring shorter each time, so that it ends. `None` where it
/// has too many vertices to try.
#[must_use]
pub fn untied(ring: &Ring) -> Option<Ring> {
    /// A ring of more vertices is left to the person.
    const VERTICES_MAX: usize = 2_000;
    /// Each turn makes the ring shorter; this many are enough for what a hand draws.
    const TURNS_MAX: usize = 500;
    let mut points = ring.without_repeats().points().to_vec();
    if points.len() > VERTICES_MAX {
        return None;
    }
    for _ in 0..TURNS_MAX {
        let Some((i, j)) = first_crossing(&points) else {
            let untied = Ring::new(points);
            return untied.fault().is_none().then_some(untied);
        };
        points[i + 1..=j].reverse();
    }
    None
}

/// The first two edges that cross, by the index of the corner where each begins.
fn first_crossing(points: &[Point]) -> Option<(usize, usize)> {
    let n = points.len();
    let bounds = |i: usize| Rect::from_corners(points[i], points[(i + 1) % n]);
    for i in 0..n {
        let b = bounds(i);
        for j in i + 2..n {
            let neighbours = (j + 1) % n == i;
            if !neighbours && b.intersects(bounds(j)) {
                let four = Ring::new(vec![points[i], points[i + 1], points[j], points[(j + 1) % n]]);
                if four_cross(&four) {
                    return Some((i, j));
                }
            }
        }
    }
    None
}

/// Whether the first and the third edge of a ring of four cross.
fn four_cross(four: &Ring) -> bool {
    let p = four.points();
    let side = |a: Point, b: Point, c: Point| (b - a).cross(c - a);
    let (o1, o2) = (side(p[0], p[1], p[2]), side(p[0], p[1], p[3]));
    let (o3, o4) = (side(p[2], p[3], p[0]), side(p[2], p[3], p[1]));
    o1 * o2 < 0.0 && o3 * o4 < 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConceptLabel, Region, Worker};

    const IMAGE: Size = Size::new(100.0, 80.0);

    fn annotation(lid: u128, shape: Shape, concepts: &[(&str, f32)]) -> Annotation {
        Annotation {
            lid: LocalId(lid),
            input: "image".into(),
            region: Some(Region { id: None, shape }),
            concepts: concepts.iter().map(|(id, value)| ConceptLabel { id: (*id).into(), value: *value }).collect(),
            status: Status::Pending,
            worker: Worker::Me,
            info: crate::model::Info::new(),
            created_at: String::new(),
            kept: None,
        }
    }

    fn rect(x0: f64, y0: f64, x1: f64, y1: f64) -> Shape {
        Shape::Box(Rect::from_corners(Point::new(x0, y0), Point::new(x1, y1)))
    }

    fn polygon(points: &[(f64, f64)]) -> Shape {
        Shape::Polygon(Ring::new(points.iter().copied().map(Point::from).collect()))
    }

    fn names(annotations: &[Annotation]) -> Vec<(u128, &'static str)> {
        let found = check(annotations, Some(IMAGE), &RuleLimits::default());
        found.iter().map(|f| (f.lid.0, f.rule.name())).collect()
    }

    #[test]
    fn what_is_well_is_left_alone() {
        let well = [
            annotation(1, rect(0.0, 0.0, 20.0, 20.0), &[("cat", 1.0)]),
            annotation(2, rect(2.0, 2.0, 30.0, 30.0), &[("cat", 1.0)]),
            annotation(3, rect(0.0, 0.0, 20.0, 20.0), &[("dog", 1.0)]),
            annotation(4, polygon(&[(50., 50.), (90., 50.), (70., 79.9)]), &[("dog", 0.4)]),
            Annotation { region: None, ..annotation(5, rect(0.0, 0.0, 1.0, 1.0), &[]) },
            annotation(6, Shape::Kept("mask".to_owned()), &[]),
        ];
        assert_eq!(names(&well), [], "overlaps, two labels on one place, image labels and masks are fine");
    }

    #[test]
    fn every_rule_speaks_up_about_its_case_and_no_other() {
        let bad = [
            annotation(1, rect(10.0, 10.0, 40.0, 40.0), &[("cat", 1.0)]),
            annotation(2, rect(10.5, 10.0, 40.0, 40.0), &[("cat", 0.7)]),
            annotation(3, rect(60.0, 60.0, 61.5, 75.0), &[("cat", 1.0)]),
            annotation(4, rect(90.0, 10.0, 103.0, 30.0), &[("cat", 1.0)]),
            annotation(5, polygon(&[(50., 5.), (60., 15.), (60., 5.), (50., 15.)]), &[("tie", 1.0)]),
            annotation(6, rect(70.0, 40.0, 80.0, 50.0), &[]),
            annotation(7, rect(10.0, 10.0, 40.0, 40.0), &[("cat", 0.0)]),
            annotation(8, rect(5.0, 5.0, 5.0, 9.0), &[("cat", 1.0)]),
        ];
        let expected = [
            (2, "near duplicate"),
            (3, "tiny"),
            (4, "outside"),
            (5, "bow-tie"),
            (6, "no concept"),
            (7, "contradiction"),
            (7, "contradiction"),
            (8, "unfit"),
        ];
        assert_eq!(names(&bad), expected, "in the order of the annotations");
    }

    #[test]
    fn what_was_rejected_counts_no_more() {
        let first = annotation(1, rect(10.0, 10.0, 40.0, 40.0), &[("cat", 1.0)]);
        let denied = Annotation { status: Status::ReviewDenied, lid: LocalId(2), ..first.clone() };
        assert_eq!(names(&[denied, first]), [], "a rejected twin is settled");
    }

    #[test]
    fn an_image_of_unknown_size_has_no_outside() {
        let far = [annotation(1, rect(500.0, 500.0, 600.0, 600.0), &[("cat", 1.0)])];
        assert_eq!(check(&far, None, &RuleLimits::default()), [], "nobody knows");
    }

    #[test]
    fn the_remedies_mend_what_they_are_for() {
        let out = annotation(1, rect(90.0, 10.0, 103.0, 30.0), &[("cat", 1.0)]);
        let tie = annotation(2, polygon(&[(50., 5.), (60., 15.), (60., 5.), (50., 15.)]), &[("tie", 1.0)]);
        let over = annotation(3, polygon(&[(-5., 5.), (20., 5.), (20., 90.)]), &[("kite", 1.0)]);
        for bad in [out, tie, over] {
            let finding = check([&bad], Some(IMAGE), &RuleLimits::default()).remove(0);
            let Some(Edit::SetShape { shape, .. }) = finding.mend(&bad, IMAGE) else { panic!("{finding:?}") };
            let mended = annotation(bad.lid.0, shape, &[("x", 1.0)]);
            assert_eq!(check([&mended], Some(IMAGE), &RuleLimits::default()), [], "{finding:?} is mended: {mended:?}");
        }
        let none = annotation(4, rect(1.0, 1.0, 9.0, 9.0), &[]);
        let finding = check([&none], Some(IMAGE), &RuleLimits::default()).remove(0);
        assert_eq!((finding.mend(&none, IMAGE), finding.rule.remedy()), (None, None), "a person has to say what it is");
    }

    #[test]
    fn a_ring_knotted_many_times_is_untied_and_keeps_its_corners() {
        let star: Vec<(f64, f64)> = (0..25)
            .map(|i| {
                let turn = f64::from(i * 7) / 25.0 * std::f64::consts::TAU;
                (50.0 + 30.0 * turn.cos(), 40.0 + 30.0 * turn.sin())
            })
            .collect();
        let Shape::Polygon(knotted) = polygon(&star) else { unreachable!("a polygon") };
        assert!(knotted.crosses_itself(), "it is a star of crossing lines");
        let untied = untied(&knotted).expect("it can be untied");
        assert!(!untied.crosses_itself(), "no line crosses another");
        assert_eq!(untied.len(), 25, "every corner is kept");
    }

    #[test]
    fn the_same_region_by_its_id_is_the_same_whatever_its_numbers_say() {
        let mut a = annotation(1, rect(0.0, 0.0, 10.0, 10.0), &[("cat", 1.0)]);
        let mut b = annotation(2, rect(50.0, 50.0, 60.0, 60.0), &[("cat", 1.0)]);
        for annotation in [&mut a, &mut b] {
            annotation.region.as_mut().expect("a region").id = Some("r".to_owned());
        }
        assert!((shape_iou(&a, &b) - 1.0).abs() < 1e-12, "one region of the server");
    }
}
