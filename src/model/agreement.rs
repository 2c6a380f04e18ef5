//! Two sides' annotations of one image, matched by what their shapes share: where they agree, and what to do where not.
//!
//! The matching is greedy: of all pairs that share enough, the pair that shares most is taken first, then the best of
//! what is left. It is what COCO's and PASCAL's evaluations do, it does not depend on the order of the annotations, and
//! unlike the Hungarian method it never gives a good pair up to make two poor ones.

use super::rules::shape_iou;
use super::{Annotation, ConceptLabel, Edit, LocalId, Shape, SpatialIndex, Status};
use crate::geometry::{Point, Rect};
use std::collections::{HashMap, HashSet};

/// Two shapes that share less than this are different things, intersection over union.
pub const MATCHED_IOU: f64 = 0.5;
/// Two shapes that share at least this are drawn alike.
pub const ALIKE_IOU: f64 = 0.85;

/// A side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementSide {
    /// The one asked for first.
    Left,
    /// The other.
    Right,
}

/// How the two sides differ about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Only one side has it.
    OneSided,
    /// Both have it with other labels.
    Labels,
    /// Both have it with the same labels, drawn differently.
    Outline,
    /// Both have it, with other labels and drawn differently.
    LabelsAndOutline,
}

/// One thing about which the two sides differ. At least one of the two is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// What the left side has.
    pub left: Option<LocalId>,
    /// What the right side has.
    pub right: Option<LocalId>,
    /// How much the two share; 0 where there is one only.
    pub iou: f64,
    /// In what.
    pub kind: DifferenceKind,
}

/// The comparison of two sides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agreement {
    /// Things that both sides have, alike: left, right, how much they share.
    pub agreed: Vec<(LocalId, LocalId, f64)>,
    /// The others, in reading order.
    pub differences: Vec<Difference>,
}

impl Agreement {
    /// The part of all things about which both sides agree, 0..1; 1 where there is nothing.
    #[must_use]
    pub fn share(&self) -> f64 {
        let all = self.agreed.len() + self.differences.len();
        #[expect(clippy::cast_precision_loss, reason = "counts of one image's annotations")]
        let share = self.agreed.len() as f64 / all as f64;
        if all == 0 { 1.0 } else { share }
    }
}

/// Compares two sides' annotations of one image. Annotations of the whole image are compared by their labels.
#[must_use]
pub fn compare(left: &[&Annotation], right: &[&Annotation]) -> Agreement {
    let mut agreement = Agreement::default();
    let mut used: HashSet<LocalId> = HashSet::new();
    for (iou, l, r) in pairs(left, right) {
        if used.contains(&l.lid) || used.contains(&r.lid) {
            continue;
        }
        used.extend([l.lid, r.lid]);
        let alike = l.region.is_none() || iou >= ALIKE_IOU;
        let kind = match (same_labels(l, r), alike) {
            (true, true) => {
                agreement.agreed.push((l.lid, r.lid, iou));
                continue;
            }
            (false, true) => DifferenceKind::Labels,
            (true, false) => DifferenceKind::Outline,
            (false, false) => DifferenceKind::LabelsAndOutline,
        };
        agreement.differences.push(Difference { left: Some(l.lid), right: Some(r.lid), iou, kind });
    }
    let alone = |a: &&&Annotation| !used.contains(&a.lid);
    let one = |left, right| Difference { left, right, iou: 0.0, kind: DifferenceKind::OneSided };
    agreement.differences.extend(left.iter().filter(alone).map(|a| one(Some(a.lid), None)));
    agreement.differences.extend(right.iter().filter(alone).map(|a| one(None, Some(a.lid))));
    let place: HashMap<LocalId, (f64, f64)> = left
        .iter()
        .chain(right)
        .map(|a| (a.lid, a.bounds().map_or((f64::NEG_INFINITY, 0.0), |b| (b.min.y, b.min.x))))
        .collect();
    let at = |d: &Difference| d.left.or(d.right).and_then(|lid| place.get(&lid)).copied().unwrap_or_default();
    agreement.differences.sort_by(|a, b| {
        let (a, b) = (at(a), at(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    agreement
}

/// The pairs that share enough, the best first; of equals the pair with the same labels, then the one that is older.
fn pairs<'a>(left: &[&'a Annotation], right: &[&'a Annotation]) -> Vec<(f64, &'a Annotation, &'a Annotation)> {
    let by_lid: HashMap<LocalId, &Annotation> = right.iter().map(|a| (a.lid, *a)).collect();
    let index = SpatialIndex::bulk(right.iter().filter_map(|a| Some((a.lid, a.bounds()?))).collect());
    let mut pairs = Vec::new();
    for l in left.iter().copied() {
        match l.bounds() {
            Some(bounds) => pairs.extend(index.touching(bounds).filter_map(|lid| {
                let r = *by_lid.get(&lid)?;
                let iou = shape_iou(l, r);
                (iou >= MATCHED_IOU).then_some((iou, l, r))
            })),
            None if l.region.is_none() => {
                pairs.extend(right.iter().filter(|r| r.region.is_none()).map(|r| (1.0, l, *r)));
            }
            None => {}
        }
    }
    pairs.sort_by(|a, b| {
        let labels = |p: &(f64, &Annotation, &Annotation)| !same_labels(p.1, p.2);
        b.0.total_cmp(&a.0).then(labels(a).cmp(&labels(b))).then((a.1.lid, a.2.lid).cmp(&(b.1.lid, b.2.lid)))
    });
    pairs
}

fn same_labels(a: &Annotation, b: &Annotation) -> bool {
    let key = |c: &ConceptLabel| (c.id.clone(), c.is_negative());
    let set = |a: &Annotation| a.concepts.iter().map(key).collect::<HashSet<_>>();
    set(a) == set(b)
}

/// The edit by which one side is right: its annotation is approved, the other side's rejected. Where the side that is
/// right has nothing, what the other has is rejected.
#[must_use]
pub fn take(difference: &Difference, side: AgreementSide) -> Edit {
    let (right, wrong) = match side {
        AgreementSide::Left => (difference.left, difference.right),
        AgreementSide::Right => (difference.right, difference.left),
    };
    let set = |lid, status| Edit::SetStatus { lid, status };
    let mut edits: Vec<Edit> = right.map(|lid| set(lid, Status::Success)).into_iter().collect();
    edits.extend(wrong.map(|lid| set(lid, Status::ReviewDenied)));
    Edit::Batch(edits)
}

/// The edit that makes one of two: the left one with the labels of both (its own word where they contradict), of two
/// boxes the box between them, approved; the right one is rejected. `None` where one side has nothing to merge.
#[must_use]
pub fn merge(left: &Annotation, right: &Annotation) -> Option<Edit> {
    let mut concepts = left.concepts.clone();
    let new = |c: &&ConceptLabel| left.concepts.iter().all(|own| own.id != c.id);
    concepts.extend(right.concepts.iter().filter(new).cloned());
    let lid = left.lid;
    let mut edits = Vec::new();
    if concepts != left.concepts {
        edits.push(Edit::SetConcepts { lid, concepts });
    }
    match (left.shape(), right.shape()) {
        (Some(Shape::Box(l)), Some(Shape::Box(r))) => {
            edits.push(Edit::SetShape { lid, shape: Shape::Box(between(*l, *r)) });
        }
        (Some(_), None) | (None, Some(_)) => return None,
        _ => {}
    }
    edits.push(Edit::SetStatus { lid, status: Status::Success });
    edits.push(Edit::SetStatus { lid: right.lid, status: Status::ReviewDenied });
    Some(Edit::Batch(edits))
}

fn between(l: Rect, r: Rect) -> Rect {
    let middle = |a: Point, b: Point| a.lerp(b, 0.5);
    Rect { min: middle(l.min, r.min), max: middle(l.max, r.max) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Document, Region, Worker};

    fn boxed(lid: u128, [x, y, w, h]: [f64; 4], concept: &str) -> Annotation {
        let rect = Rect::from_corners(Point::new(x, y), Point::new(x + w, y + h));
        Annotation {
            lid: LocalId(lid),
            input: "image".into(),
            region: Some(Region { id: None, shape: Shape::Box(rect) }),
            concepts: vec![ConceptLabel::positive(concept.into())],
            status: Status::Pending,
            worker: Worker::User(if lid < 100 { "ann" } else { "bob" }.to_owned()),
            info: crate::model::Info::new(),
            created_at: String::new(),
            kept: None,
        }
    }

    fn compared(left: &[Annotation], right: &[Annotation]) -> Agreement {
        compare(&left.iter().collect::<Vec<_>>(), &right.iter().collect::<Vec<_>>())
    }

    #[test]
    fn every_kind_of_difference_is_found_and_what_is_alike_is_not_one() {
        let left = [
            boxed(1, [0., 0., 10., 10.], "cat"),
            boxed(2, [20., 0., 10., 10.], "cat"),
            boxed(3, [40., 0., 10., 10.], "cat"),
            boxed(4, [60., 0., 10., 10.], "cat"),
            boxed(5, [0., 50., 10., 10.], "cat"),
        ];
        let right = [
            boxed(101, [0.2, 0., 10., 10.], "cat"),
            boxed(102, [20., 0., 10., 10.], "dog"),
            boxed(103, [42., 0., 10., 10.], "cat"),
            boxed(104, [62., 0., 10., 10.], "dog"),
            boxed(106, [80., 50., 10., 10.], "cat"),
        ];
        let found = compared(&left, &right);
        assert_eq!(found.agreed.iter().map(|(l, r, _)| (l.0, r.0)).collect::<Vec<_>>(), [(1, 101)], "alike");
        let kinds: Vec<_> =
            found.differences.iter().map(|d| (d.left.map(|l| l.0), d.right.map(|r| r.0), d.kind)).collect();
        assert_eq!(
            kinds,
            [
                (Some(2), Some(102), DifferenceKind::Labels),
                (Some(3), Some(103), DifferenceKind::Outline),
                (Some(4), Some(104), DifferenceKind::LabelsAndOutline),
                (Some(5), None, DifferenceKind::OneSided),
                (None, Some(106), DifferenceKind::OneSided),
            ],
            "in reading order"
        );
        assert!((found.share() - 1.0 / 6.0).abs() < 1e-12, "one of six");
    }

    #[test]
    fn the_best_pair_is_matched_whatever_the_order() {
        let left = [boxed(1, [0., 0., 10., 10.], "cat"), boxed(2, [2., 0., 10., 10.], "cat")];
        let mut right = vec![boxed(101, [2., 0., 10., 10.], "cat"), boxed(102, [0.5, 0., 10., 10.], "cat")];
        let once = compared(&left, &right);
        right.reverse();
        assert_eq!(once, compared(&left, &right), "the order says nothing");
        let mut pairs: Vec<_> = once.agreed.iter().map(|(l, r, _)| (l.0, r.0)).collect();
        pairs.sort_unstable();
        assert_eq!(pairs, [(1, 102), (2, 101)], "each with what lies on it best");
    }

    #[test]
    fn two_empty_sides_agree() {
        assert!((compared(&[], &[]).share() - 1.0).abs() < 1e-12, "about nothing");
    }

    #[test]
    fn labels_of_the_whole_image_are_compared_with_each_other_only() {
        let whole = |lid, concept| Annotation { region: None, ..boxed(lid, [0., 0., 1., 1.], concept) };
        let found = compared(&[whole(1, "day")], &[whole(101, "night"), boxed(102, [0., 0., 9., 9.], "day")]);
        let kinds: Vec<_> = found.differences.iter().map(|d| d.kind).collect();
        assert_eq!(kinds, [DifferenceKind::Labels, DifferenceKind::OneSided], "day or night; and a box of one side");
    }

    #[test]
    fn taking_a_side_and_merging_are_edits_that_can_be_made() {
        let (l, r) = (boxed(1, [0., 0., 10., 10.], "cat"), boxed(101, [2., 0., 10., 10.], "dog"));
        let mut document = Document::new();
        document.load(&"image".into(), vec![l.clone(), r.clone()]);
        let difference = compared(std::slice::from_ref(&l), std::slice::from_ref(&r)).differences[0];
        document.apply(&take(&difference, AgreementSide::Right)).expect("a side is taken");
        let status = |lid: u128| document.get(LocalId(lid)).map(|a| a.status);
        assert_eq!(
            (status(1), status(101)),
            (Some(Status::ReviewDenied), Some(Status::Success)),
            "the right one is right"
        );
        document.apply(&merge(&l, &r).expect("two boxes")).expect("they are merged");
        let merged = document.get(LocalId(1)).expect("it stays");
        let x = merged.bounds().map(|b| (b.min.x, b.max.x));
        assert_eq!(x, Some((1.0, 11.0)), "between the two");
        assert_eq!(merged.concepts.len(), 2, "with both labels");
        assert_eq!(document.get(LocalId(101)).map(|a| a.status), Some(Status::ReviewDenied), "one is left");
    }
}
