//! Slicing shapes by a line.

use crate::desk::{Canvas, rect};
use labelwright::model::Shape;
use labelwright::tools::{Modifiers, Preview};

const SQUARE: [(f64, f64); 4] = [(200.0, 200.0), (600.0, 200.0), (600.0, 600.0), (200.0, 600.0)];

fn areas(canvas: &Canvas) -> Vec<f64> {
    let mut areas: Vec<f64> = canvas.shapes().iter().map(Shape::area).collect();
    areas.sort_by(f64::total_cmp);
    areas
}

#[test]
fn a_drag_across_a_polygon_cuts_it_in_two() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::slices().at_zoom(zoom);
        let lid = canvas.put_polygon(&SQUARE);
        canvas.drag((100.0, 300.0), (700.0, 300.0)).expect_in("slice.idle");
        assert_eq!(areas(&canvas), [40_000.0, 120_000.0], "at zoom {zoom}");
        assert!(
            (canvas.shape(lid).area() - 120_000.0).abs() < 1e-6,
            "the larger part stays the annotation that it was"
        );
    }
}

#[test]
fn two_clicks_cut_too() {
    let mut canvas = Canvas::slices();
    canvas.put_polygon(&SQUARE);
    canvas.click((100.0, 300.0)).expect_in("slice.carrying").click((700.0, 300.0)).expect_in("slice.idle");
    assert_eq!(areas(&canvas).len(), 2, "in two");
}

#[test]
fn a_box_cut_straight_stays_boxes_and_cut_askew_becomes_polygons() {
    let mut canvas = Canvas::slices();
    canvas.put_box(200.0, 200.0, 600.0, 600.0);
    canvas.drag((100.0, 300.0), (700.0, 300.0));
    canvas.expect_boxes(&[rect(200.0, 300.0, 600.0, 600.0), rect(200.0, 200.0, 600.0, 300.0)]);
    let mut canvas = Canvas::slices();
    canvas.put_box(200.0, 200.0, 600.0, 600.0);
    canvas.drag((100.0, 250.0), (700.0, 350.0));
    assert!(canvas.shapes().iter().all(|s| matches!(s, Shape::Polygon(_))), "{:?}", canvas.shapes());
}

#[test]
fn a_line_that_stops_inside_cuts_nothing_and_says_so() {
    let mut canvas = Canvas::slices();
    canvas.put_polygon(&SQUARE);
    canvas.drag((100.0, 300.0), (400.0, 300.0)).expect_edits(0);
    assert!(canvas.refused[0].contains("right across"), "{:?}", canvas.refused);
    assert_eq!(areas(&canvas), [160_000.0], "it is whole");
}

#[test]
fn everything_that_is_crossed_is_cut_or_only_what_is_selected() {
    let mut canvas = Canvas::slices();
    let (a, b) = (canvas.put_polygon(&SQUARE), canvas.put_box(650.0, 200.0, 800.0, 600.0));
    canvas.drag((100.0, 300.0), (900.0, 300.0));
    assert_eq!(canvas.shapes().len(), 4, "both");
    let mut canvas = Canvas::slices();
    canvas.put_polygon(&SQUARE);
    let b2 = canvas.put_box(650.0, 200.0, 800.0, 600.0);
    canvas.selection.set([b2]);
    canvas.drag((100.0, 300.0), (900.0, 300.0));
    assert_eq!(canvas.shapes().len(), 3, "only the selected one");
    assert_ne!(a, b, "two shapes");
}

#[test]
fn hidden_shapes_are_not_cut() {
    let mut canvas = Canvas::slices();
    let lid = canvas.put_polygon(&SQUARE);
    canvas.untouchable.insert(lid);
    canvas.drag((100.0, 300.0), (700.0, 300.0));
    assert_eq!(canvas.shapes().len(), 1, "what is not seen stays whole");
}

#[test]
fn the_line_is_seen_and_shift_keeps_it_to_45_degrees() {
    let mut canvas = Canvas::slices();
    canvas.drag_and_hold((100.0, 300.0), (500.0, 310.0));
    assert!(matches!(canvas.previews()[..], [Preview::Cut { .. }]), "while it is drawn");
    canvas.hold(Modifiers::SHIFT).to((500.0, 310.0));
    let Some(Preview::Cut { to, .. }) = canvas.previews().into_iter().next() else { panic!("a line") };
    assert!((to.y - 300.0).abs() < 1e-9, "level: {to:?}");
}

#[test]
fn esc_cancels_a_cut_in_every_state() {
    let mut canvas = Canvas::slices();
    canvas.put_polygon(&SQUARE);
    canvas.down((100.0, 300.0)).esc().expect_in("slice.idle");
    canvas.drag_and_hold((100.0, 300.0), (700.0, 300.0)).esc().up((700.0, 300.0)).expect_in("slice.idle");
    canvas.click((100.0, 300.0)).esc().expect_in("slice.idle");
    assert_eq!(areas(&canvas), [160_000.0], "it is whole");
}

#[test]
fn a_bow_tie_can_be_cut() {
    let mut canvas = Canvas::slices();
    canvas.put_polygon(&[(200.0, 200.0), (600.0, 600.0), (600.0, 200.0), (200.0, 600.0)]);
    canvas.drag((300.0, 100.0), (300.0, 700.0));
    assert!(canvas.shapes().len() >= 2, "nothing panics and it comes apart: {:?}", canvas.shapes());
}
