//! Union, difference, intersection, mending, simplifying and smoothing: what the commands do to the selection.

use crate::desk::{Canvas, rect, ring};
use labelwright::geometry::{Combine, RingFault};
use labelwright::model::{Edit, LocalId, Shape};
use labelwright::tools::{Combination, Input, Modifiers, Refine, Refining, Vertices, combine, mend};

fn two_boxes(a: (f64, f64, f64, f64), b: (f64, f64, f64, f64)) -> (Canvas, LocalId, LocalId) {
    let mut canvas = Canvas::select();
    let (a, b) = (canvas.put_box(a.0, a.1, a.2, a.3), canvas.put_box(b.0, b.1, b.2, b.3));
    canvas.selection.set([a, b]);
    (canvas, a, b)
}

fn combined(canvas: &Canvas, how: Combine) -> Combination {
    combine(how, &canvas.scene()).expect("they can be combined")
}

/// Two boxes, how they are combined, the areas that come out.
macro_rules! combines {
    ($($name:ident: $a:expr, $b:expr, $how:ident => $areas:expr;)*) => {
        $(#[test]
        fn $name() {
            let (canvas, first, _) = two_boxes($a, $b);
            let made = combined(&canvas, Combine::$how);
            let areas: Vec<f64> = made.shapes(&canvas.scene()).iter().map(Shape::area).collect();
            let expected: &[f64] = &$areas;
            assert!(areas.len() == expected.len() && areas.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{areas:?}");
            assert_eq!(made.first, first, "the one selected first becomes it");
        })*
    };
}

combines! {
    overlapping_boxes_unite: (100., 100., 300., 300.), (200., 200., 400., 400.), Union => [70_000.0];
    boxes_side_by_side_unite: (100., 100., 200., 200.), (200., 100., 300., 200.), Union => [20_000.0];
    a_box_in_a_box_unites_to_the_outer_one: (100., 100., 400., 400.), (200., 200., 300., 300.), Union => [90_000.0];
    overlapping_boxes_subtract: (100., 100., 300., 300.), (200., 200., 400., 400.), Subtract => [30_000.0];
    a_bar_subtracted_from_the_middle_leaves_two_parts: (100., 100., 400., 200.), (200., 50., 250., 250.), Subtract => [15_000.0, 10_000.0];
    a_hole_is_subtracted_and_the_area_is_right: (100., 100., 400., 400.), (200., 200., 300., 300.), Subtract => [80_000.0];
    overlapping_boxes_intersect: (100., 100., 300., 300.), (200., 200., 400., 400.), Intersect => [10_000.0];
    a_box_in_a_box_intersects_to_the_inner_one: (100., 100., 400., 400.), (200., 200., 300., 300.), Intersect => [10_000.0];
}

#[test]
fn the_union_of_boxes_that_is_a_box_stays_a_box() {
    let (canvas, ..) = two_boxes((100., 100., 200., 200.), (200., 100., 300., 200.));
    let shapes = combined(&canvas, Combine::Union).shapes(&canvas.scene());
    assert_eq!(shapes, [Shape::Box(rect(100.0, 100.0, 300.0, 200.0))], "with handles as before");
}

#[test]
fn union_and_intersection_take_the_others_and_a_cutter_stays() {
    let (canvas, _, b) = two_boxes((100., 100., 300., 300.), (200., 200., 400., 400.));
    assert_eq!(combined(&canvas, Combine::Union).gone, [b], "it is in the union");
    assert_eq!(combined(&canvas, Combine::Intersect).gone, [b], "it is in the intersection");
    assert_eq!(combined(&canvas, Combine::Subtract).gone, [], "what was cut away with is a thing of its own");
}

#[test]
fn the_order_of_selecting_says_what_is_subtracted_from_what() {
    let (mut canvas, a, b) = two_boxes((100., 100., 400., 400.), (300., 100., 500., 400.));
    canvas.selection.set([b, a]);
    let made = combined(&canvas, Combine::Subtract);
    assert_eq!(made.first, b, "from the first");
    assert!((made.areas[0].outer.area() - 30_000.0).abs() < 1e-6, "what sticks out of the other");
}

#[test]
fn a_hole_is_told_before_it_is_made() {
    let (canvas, ..) = two_boxes((100., 100., 400., 400.), (200., 200., 300., 300.));
    let made = combined(&canvas, Combine::Subtract);
    assert_eq!(made.holes(), 1, "so that the person can be asked");
    let shapes = made.shapes(&canvas.scene());
    let [Shape::Polygon(open)] = &shapes[..] else { panic!("one ring: {shapes:?}") };
    assert_eq!(open.fault(), None, "cut open it is a good polygon");
    assert!(!open.contains(crate::desk::pt((250.0, 250.0))), "with the hole in it");
}

#[test]
fn what_cannot_be_combined_is_told_in_a_sentence() {
    let apart = || two_boxes((100., 100., 200., 200.), (300., 300., 400., 400.));
    let told = |canvas: &Canvas, how| combine(how, &canvas.scene()).expect_err("a sentence");
    let (canvas, a, _) = apart();
    assert!(told(&canvas, Combine::Union).contains("do not touch"), "union");
    assert!(told(&canvas, Combine::Intersect).contains("in common"), "intersection");
    assert!(told(&canvas, Combine::Subtract).contains("do not reach"), "difference");
    let (mut canvas, ..) = apart();
    canvas.selection.set([a]);
    assert!(told(&canvas, Combine::Union).contains("two or more"), "one alone");
    let (canvas, ..) = two_boxes((200., 200., 300., 300.), (100., 100., 400., 400.));
    assert!(told(&canvas, Combine::Subtract).contains("Nothing would be left"), "all of it");
    let (mut canvas, _, b) = apart();
    canvas.untouchable.insert(b);
    assert!(told(&canvas, Combine::Union).contains("two or more"), "hidden ones do not count");
}

#[test]
fn three_shapes_unite_at_once() {
    let (mut canvas, a, b) = two_boxes((100., 100., 300., 300.), (200., 200., 400., 400.));
    let c = canvas.put_polygon(&[(350.0, 350.0), (500.0, 350.0), (500.0, 500.0)]);
    canvas.selection.set([a, b, c]);
    let made = combined(&canvas, Combine::Union);
    assert_eq!((made.areas.len(), made.gone), (1, vec![b, c]), "one");
}

const BOW_TIE: [(f64, f64); 4] = [(100.0, 100.0), (300.0, 300.0), (300.0, 100.0), (100.0, 300.0)];

#[test]
fn the_selected_bow_tie_is_mended_and_keeps_its_vertices() {
    let mut canvas = Canvas::select();
    let (tie, other) = (canvas.put_polygon(&BOW_TIE), canvas.put_polygon(&BOW_TIE));
    canvas.selection.set([tie]);
    let edit = mend(&canvas.scene()).expect("there is something to mend");
    canvas.apply(edit);
    let mended = ring(&canvas.points_of(tie));
    assert_eq!(mended.fault(), None, "{mended:?}");
    assert!(BOW_TIE.iter().all(|p| canvas.points_of(tie).contains(p)), "all four corners");
    assert_eq!(ring(&canvas.points_of(other)).fault(), Some(RingFault::SelfCrossing), "the other was not selected");
}

#[test]
fn with_nothing_selected_every_bow_tie_of_the_image_is_mended_as_one_step() {
    let mut canvas = Canvas::select();
    let ties = [canvas.put_polygon(&BOW_TIE), canvas.put_polygon(&BOW_TIE)];
    canvas.put_box(10.0, 10.0, 20.0, 20.0);
    let edit = mend(&canvas.scene()).expect("two");
    assert!(matches!(&edit, Edit::Batch(edits) if edits.len() == 2), "one step: {edit:?}");
    canvas.apply(edit);
    assert!(ties.iter().all(|lid| ring(&canvas.points_of(*lid)).fault().is_none()), "both");
    assert!(mend(&canvas.scene()).is_err_and(|told| told.contains("crosses itself")), "and then there is none left");
}

/// A jagged line of `n` vertices along the top of a square.
fn jagged(n: u32) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = (0..n)
        .map(|i| (100.0 + 400.0 * f64::from(i) / f64::from(n), if i.is_multiple_of(2) { 100.0 } else { 101.0 }))
        .collect();
    points.extend([(500.0, 100.0), (500.0, 500.0), (100.0, 500.0)]);
    points
}

fn with_jagged() -> (Canvas, LocalId) {
    let mut canvas = Canvas::select();
    let lid = canvas.put_polygon(&jagged(100));
    canvas.selection.set([lid]);
    (canvas, lid)
}

fn simplify(tolerance_px: f64) -> Refining {
    Refining::Simplify { tolerance_px }
}

#[test]
fn simplifying_shows_the_count_as_the_tolerance_changes_and_one_edit_makes_it_so() {
    let (mut canvas, lid) = with_jagged();
    let mut refine = Refine::start(simplify(2.0), &Vertices::NONE, &canvas.scene()).expect("a polygon");
    assert_eq!(refine.counts(), (103, 4), "103 → 4 at two pixels");
    refine.set(simplify(0.4), &canvas.scene());
    assert!(refine.counts().1 > 50, "fewer go at less than a jag: {:?}", refine.counts());
    refine.set(simplify(2.0), &canvas.scene());
    canvas.apply(refine.edit().expect("a change"));
    assert_eq!(canvas.points_of(lid).len(), 4, "as it was shown");
}

#[test]
fn the_preview_is_computed_when_the_tolerance_changes_and_not_at_every_look() {
    let (canvas, _) = with_jagged();
    let mut refine = Refine::start(simplify(2.0), &Vertices::NONE, &canvas.scene()).expect("a polygon");
    for _ in 0..10 {
        refine.set(simplify(2.0), &canvas.scene());
        assert_eq!(refine.rings().count(), 1, "looked at");
    }
    assert_eq!(refine.computed(), 1, "once");
    refine.set(simplify(3.0), &canvas.scene());
    assert_eq!(refine.computed(), 2, "and once more");
}

#[test]
fn only_the_chosen_vertices_are_simplified() {
    let (mut canvas, _) = with_jagged();
    canvas.hold(Modifiers::ALT).drag((90.0, 90.0), (300.0, 110.0)).let_go();
    let vertices = canvas.tool.vertices();
    let refine = Refine::start(simplify(2.0), &vertices, &canvas.scene()).expect("a polygon");
    let (before, after) = refine.counts();
    assert_eq!(before, 103, "of one polygon");
    assert!(after < before - vertices.len() + 4 && after > 40, "{after}: the other half keeps its jags");
}

#[test]
fn smoothing_keeps_the_count_and_the_vertices_in_the_image() {
    let mut canvas = Canvas::select();
    let lid =
        canvas.put_polygon(&[(0.0, 0.0), (500.0, 0.0), (1000.0, 0.0), (1000.0, 800.0), (500.0, 760.0), (0.0, 800.0)]);
    canvas.selection.set([lid]);
    let refine = Refine::start(Refining::Smooth { rounds: 20 }, &Vertices::NONE, &canvas.scene()).expect("a polygon");
    assert_eq!(refine.counts(), (6, 6), "as many");
    assert!(refine.rings().all(|(_, r)| r.points().iter().all(|p| crate::desk::IMAGE.rect().contains(*p))), "inside");
}

#[test]
fn what_changed_meanwhile_is_not_overwritten() {
    let (mut canvas, lid) = with_jagged();
    let mut refine = Refine::start(simplify(2.0), &Vertices::NONE, &canvas.scene()).expect("a polygon");
    assert!(refine.keep_up(&canvas.scene()), "nothing happened yet");
    canvas.apply(Edit::SetShape { lid, shape: Shape::Polygon(ring(&BOW_TIE)) });
    assert!(!refine.keep_up(&canvas.scene()), "somebody else's change stays");
    assert_eq!(refine.edit(), None, "and there is nothing to take");
}

#[test]
fn boxes_and_nothing_cannot_be_simplified() {
    let mut canvas = Canvas::select();
    assert_eq!(Refine::start(simplify(1.0), &Vertices::NONE, &canvas.scene()), None, "nothing is selected");
    let lid = canvas.put_box(1.0, 1.0, 9.0, 9.0);
    canvas.selection.set([lid]);
    assert_eq!(Refine::start(simplify(1.0), &Vertices::NONE, &canvas.scene()), None, "a box has no vertices to lose");
    canvas.input(Input::Cancel);
}
