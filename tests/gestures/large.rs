//! A ring of 10,000 vertices: only what changes is computed. Counted, not timed.

use crate::desk::{Canvas, pt};
use labelwright::geometry::{Outline, Point};
use labelwright::model::{Edit, LocalId, Shape};
use labelwright::tools::{Key, Modifiers, Preview};
use std::sync::Arc;

const N: u32 = 10_000;

/// The vertex `i` of a wheel round the middle of the image.
fn at(i: u32) -> (f64, f64) {
    let angle = f64::from(i) * std::f64::consts::TAU / f64::from(N);
    (500.0 + 350.0 * angle.cos(), 400.0 + 350.0 * angle.sin())
}

fn wheel() -> (Canvas, LocalId) {
    let mut canvas = Canvas::select().at_zoom(50.0);
    let lid = canvas.put_polygon(&(0..N).map(at).collect::<Vec<_>>());
    canvas.selection.set([lid]);
    (canvas, lid)
}

fn reshaped(canvas: &Canvas) -> (Arc<Outline>, Vec<(usize, Point)>) {
    let found = canvas.previews().into_iter().find_map(|p| match p {
        Preview::Reshaped { outline, moved, .. } => Some((outline, moved)),
        _ => None,
    });
    found.expect("a preview")
}

#[test]
fn while_a_vertex_is_dragged_the_ring_is_shared_and_two_edges_are_recomputed() {
    let (mut canvas, _) = wheel();
    canvas.drag_and_hold(at(0), (851.0, 400.5));
    let (first, moved) = reshaped(&canvas);
    assert_eq!(moved, [(0, pt((851.0, 400.5)))], "one vertex moves");
    assert_eq!(first.edges_at(moved.iter().map(|(i, _)| *i)).len(), 2, "two edges are drawn anew");
    for step in 1..50 {
        canvas.to((851.0 + f64::from(step) / 100.0, 400.5));
        let (now, moved) = reshaped(&canvas);
        assert!(Arc::ptr_eq(&first, &now), "no copy of the ring is made for a move");
        let looked = now.crossings_with(&moved);
        assert_eq!(looked.edges_recomputed, 2, "the two edges of the vertex");
        assert!(looked.pairs_tested < 200, "{} of 10,000 edges are looked at", looked.pairs_tested);
    }
}

#[test]
fn dropping_it_is_one_edit_of_one_shape() {
    let (mut canvas, lid) = wheel();
    canvas.hold(Modifiers::CTRL).drag(at(0), (851.0, 400.5)).expect_edits(1);
    assert!(matches!(&canvas.edits[0], Edit::SetShape { lid: l, .. } if *l == lid), "and nothing else");
    assert_eq!(canvas.points_of(lid).len(), 10_000, "as many vertices");
}

#[test]
fn many_vertices_of_it_move_and_go_as_one_step() {
    let (mut canvas, lid) = wheel();
    canvas.hold(Modifiers::ALT).drag((840.0, 390.0), (860.0, 410.0)).let_go();
    let chosen = canvas.tool.vertices().len();
    assert!(chosen > 50, "{chosen} near the right end");
    canvas.drag_and_hold(at(0), (860.0, 400.0));
    let (outline, moved) = reshaped(&canvas);
    assert_eq!(outline.crossings_with(&moved).edges_recomputed, chosen + 1, "a run of vertices has one edge more");
    canvas.up((860.0, 400.0)).expect_edits(1).key(Key::Delete).expect_edits(2);
    assert_eq!(canvas.points_of(lid).len(), 10_000 - chosen, "they are gone");
}

#[test]
fn a_vertex_is_inserted_and_removed_anywhere_in_it() {
    let (mut canvas, lid) = wheel();
    canvas.zoom = 400.0;
    let middle = pt(at(5000)).lerp(pt(at(5001)), 0.5);
    canvas.click((middle.x, middle.y)).expect_edits(1);
    assert_eq!(canvas.points_of(lid).len(), 10_001, "one more");
    assert_eq!(canvas.points_of(lid)[5001], (middle.x, middle.y), "in its place");
    canvas.hold(Modifiers::ALT).click((middle.x, middle.y));
    assert!(matches!(canvas.shape(lid), Shape::Polygon(r) if r.len() == 10_000), "one less");
}
