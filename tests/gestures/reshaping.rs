//! The eight handles of a box, and the vertices of a polygon.

use crate::desk::{Canvas, IMAGE, pt, rect};
use labelwright::geometry::{Handle, Rect};
use labelwright::model::LocalId;
use labelwright::tools::{Cursor, Key, Modifiers, Preview};

const START: (f64, f64, f64, f64) = (200.0, 200.0, 400.0, 300.0);
const SQUARE: [(f64, f64); 4] = [(200.0, 200.0), (500.0, 200.0), (500.0, 500.0), (200.0, 500.0)];

/// A canvas with one selected box.
fn boxed(zoom: f64) -> (Canvas, LocalId) {
    let mut canvas = Canvas::select().at_zoom(zoom);
    let lid = canvas.put_box(START.0, START.1, START.2, START.3);
    canvas.selection.set([lid]);
    (canvas, lid)
}

/// A canvas with one selected polygon.
fn with_polygon(points: &[(f64, f64)], zoom: f64) -> (Canvas, LocalId) {
    let mut canvas = Canvas::select().at_zoom(zoom);
    let lid = canvas.put_polygon(points);
    canvas.selection.set([lid]);
    (canvas, lid)
}

fn start() -> Rect {
    rect(START.0, START.1, START.2, START.3)
}

fn handle_at(handle: Handle) -> (f64, f64) {
    let p = handle.position(start());
    (p.x, p.y)
}

#[test]
fn each_of_the_eight_handles_moves_its_own_edges() {
    for zoom in [0.5, 1.0, 8.0] {
        for handle in Handle::ALL {
            let (mut canvas, lid) = boxed(zoom);
            let from = handle_at(handle);
            canvas.drag(from, (from.0 + 30.0, from.1 + 20.0)).expect_in("select.idle").expect_edits(1);
            let (dx, dy) = (handle.horizontal(), handle.vertical());
            let mut expected = start();
            if dx < 0 {
                expected.min.x += 30.0
            } else if dx > 0 {
                expected.max.x += 30.0
            }
            if dy < 0 {
                expected.min.y += 20.0
            } else if dy > 0 {
                expected.max.y += 20.0
            }
            assert_eq!(canvas.rect_of(lid), expected, "{handle:?} at zoom {zoom}");
        }
    }
}

#[test]
fn a_handle_dragged_over_the_other_side_turns_the_box_over() {
    let (mut canvas, lid) = boxed(1.0);
    canvas.drag(handle_at(Handle::Right), (120.0, 250.0));
    assert_eq!(canvas.rect_of(lid), rect(120.0, 200.0, 200.0, 300.0), "the right side became the left one");
    let (mut canvas, lid) = boxed(1.0);
    canvas.drag(handle_at(Handle::TopLeft), (450.0, 360.0));
    assert_eq!(canvas.rect_of(lid), rect(400.0, 300.0, 450.0, 360.0), "both at once");
}

#[test]
fn a_handle_is_taken_from_a_few_screen_points_away_at_any_zoom() {
    for zoom in [0.5, 1.0, 8.0] {
        let (mut canvas, _) = boxed(zoom);
        let corner = handle_at(Handle::BottomRight);
        canvas.down((corner.0 + 4.0 / zoom, corner.1 + 4.0 / zoom)).expect_in("select.pointing_grip").esc();
        canvas.down((corner.0 + 8.0 / zoom, corner.1 + 8.0 / zoom)).expect_in("select.pointing_canvas");
    }
}

#[test]
fn a_handle_of_a_box_that_is_not_selected_is_no_handle() {
    let (mut canvas, lid) = boxed(1.0);
    canvas.selection.clear();
    canvas.drag((395.0, 295.0), (405.0, 305.0));
    assert_eq!(canvas.rect_of(lid), rect(210.0, 210.0, 410.0, 310.0), "the drag moves it");
}

#[test]
fn a_resize_stops_at_the_border() {
    let (mut canvas, lid) = boxed(1.0);
    canvas.drag(handle_at(Handle::BottomRight), (5000.0, 4000.0));
    assert_eq!(canvas.rect_of(lid), rect(200.0, 200.0, IMAGE.width, IMAGE.height), "cropped to the image");
}

#[test]
fn shift_keeps_a_corner_drag_square() {
    let (mut canvas, lid) = boxed(1.0);
    canvas.hold(Modifiers::SHIFT).drag(handle_at(Handle::BottomRight), (450.0, 320.0));
    assert_eq!(canvas.rect_of(lid), rect(200.0, 200.0, 450.0, 450.0), "as wide as high");
}

#[test]
fn a_box_pressed_flat_stays_as_it_was() {
    let (mut canvas, lid) = boxed(1.0);
    canvas.drag(handle_at(Handle::Right), (200.0, 250.0)).expect_edits(0);
    assert_eq!(canvas.rect_of(lid), start(), "a box without an area is none");
}

#[test]
fn esc_cancels_a_resize() {
    let (mut canvas, lid) = boxed(1.0);
    canvas.drag_and_hold(handle_at(Handle::Top), (300.0, 50.0)).expect_in("select.resizing");
    assert!(matches!(canvas.previews()[..], [Preview::Changed(..)]), "it was seen");
    canvas.esc().expect_in("select.idle").up((300.0, 50.0)).expect_edits(0);
    assert_eq!(canvas.rect_of(lid), start(), "as it was");
}

#[test]
fn a_click_on_a_handle_changes_nothing() {
    let (mut canvas, lid) = boxed(1.0);
    canvas.click(handle_at(Handle::TopLeft)).expect_edits(0).expect_selected(&[lid]);
}

#[test]
fn a_box_deleted_while_it_is_resized_lets_go() {
    let (mut canvas, lid) = boxed(1.0);
    canvas.drag_and_hold(handle_at(Handle::Left), (100.0, 250.0)).lose(lid);
    canvas.to((90.0, 250.0)).expect_in("select.idle").up((90.0, 250.0)).expect_edits(0);
}

#[test]
fn several_selected_shapes_have_no_handles() {
    let (mut canvas, lid) = boxed(1.0);
    let other = canvas.put_box(600.0, 200.0, 700.0, 300.0);
    canvas.selection.set([lid, other]);
    canvas.down(handle_at(Handle::TopLeft)).expect_in("select.pointing_shape");
}

#[test]
fn a_vertex_is_dragged_at_any_zoom() {
    for zoom in [0.1, 1.0, 8.0] {
        let (mut canvas, lid) = with_polygon(&SQUARE, zoom);
        canvas.drag(SQUARE[2], (620.0, 640.0)).expect_in("select.idle").expect_edits(1);
        let expected = [SQUARE[0], SQUARE[1], (620.0, 640.0), SQUARE[3]];
        assert_eq!(canvas.points_of(lid), expected, "the others stay, at zoom {zoom}");
    }
}

#[test]
fn a_vertex_stays_in_the_image() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.drag(SQUARE[0], (-300.0, -20.0));
    assert_eq!(canvas.points_of(lid)[0], (0.0, 0.0), "at the border");
}

#[test]
fn a_vertex_drag_may_make_the_outline_cross_itself() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.drag(SQUARE[0], (600.0, 350.0));
    assert_eq!(canvas.points_of(lid)[0], (600.0, 350.0), "kept; it is marked, not refused");
}

#[test]
fn a_click_on_a_midpoint_inserts_a_vertex_there() {
    for zoom in [0.2, 1.0, 8.0] {
        let (mut canvas, lid) = with_polygon(&SQUARE, zoom);
        canvas.click((350.0, 200.0)).expect_edits(1);
        let expected = [SQUARE[0], (350.0, 200.0), SQUARE[1], SQUARE[2], SQUARE[3]];
        assert_eq!(canvas.points_of(lid), expected, "between its neighbours, at zoom {zoom}");
    }
}

#[test]
fn a_drag_of_a_midpoint_inserts_a_vertex_and_moves_it_in_one_step() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.drag((500.0, 350.0), (600.0, 360.0)).expect_edits(1);
    assert_eq!(canvas.points_of(lid), [SQUARE[0], SQUARE[1], (600.0, 360.0), SQUARE[2], SQUARE[3]], "one undo step");
}

#[test]
fn the_midpoint_of_the_closing_edge_works_too() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.drag((200.0, 350.0), (100.0, 350.0));
    assert_eq!(canvas.points_of(lid), [SQUARE[0], SQUARE[1], SQUARE[2], SQUARE[3], (100.0, 350.0)], "after the last");
}

#[test]
fn edges_that_are_short_on_the_screen_have_no_midpoint_to_hit_by_mistake() {
    let (mut canvas, _) = with_polygon(&SQUARE, 0.1);
    canvas.down((350.0, 200.0)).expect_in("select.pointing_shape");
}

#[test]
fn alt_click_removes_a_vertex() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.hold(Modifiers::ALT).click(SQUARE[1]).expect_edits(1);
    assert_eq!(canvas.points_of(lid), [SQUARE[0], SQUARE[2], SQUARE[3]], "without it");
}

#[test]
fn delete_removes_the_vertex_that_was_clicked() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.click(SQUARE[3]).expect_edits(0).key(Key::Delete).expect_edits(1);
    assert_eq!(canvas.points_of(lid), [SQUARE[0], SQUARE[1], SQUARE[2]], "without it");
}

#[test]
fn delete_removes_the_vertex_that_was_dragged_last() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.drag(SQUARE[0], (150.0, 150.0)).key(Key::Delete);
    assert_eq!(canvas.points_of(lid), [SQUARE[1], SQUARE[2], SQUARE[3]], "it is still the one in hand");
}

#[test]
fn a_vertex_just_inserted_can_be_deleted_at_once() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.click((350.0, 200.0)).key(Key::Delete);
    assert_eq!(canvas.points_of(lid), SQUARE, "back to four");
}

#[test]
fn a_triangle_keeps_its_three_vertices_and_says_so() {
    let triangle = [(200.0, 200.0), (500.0, 200.0), (350.0, 500.0)];
    let (mut canvas, lid) = with_polygon(&triangle, 1.0);
    canvas.hold(Modifiers::ALT).click(triangle[0]).let_go().click(triangle[1]).key(Key::Delete).expect_edits(0);
    assert_eq!(canvas.points_of(lid), triangle, "as it was");
    assert!(canvas.refused.iter().all(|text| text.contains("three")), "a sentence: {:?}", canvas.refused);
    assert_eq!(canvas.refused.len(), 2, "each time");
}

#[test]
fn delete_without_a_chosen_vertex_is_not_the_tools_business() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.key(Key::Delete).expect_edits(0);
    assert_eq!(canvas.points_of(lid), SQUARE, "no vertex was chosen");
}

#[test]
fn a_click_beside_lets_the_vertex_go() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.click(SQUARE[3]).click((800.0, 100.0)).key(Key::Delete).expect_edits(0);
    assert_eq!(canvas.points_of(lid), SQUARE, "nothing is chosen any more");
}

#[test]
fn esc_lets_the_vertex_go() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.click(SQUARE[3]).esc().key(Key::Delete).expect_edits(0);
    assert_eq!(canvas.points_of(lid), SQUARE, "nothing is chosen any more");
}

#[test]
fn delete_never_touches_a_vertex_of_a_shape_that_is_not_selected_any_more() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    let other = canvas.put_box(700.0, 100.0, 800.0, 200.0);
    canvas.click(SQUARE[3]);
    canvas.selection.set([other]); // chosen in the list
    canvas.key(Key::Delete).expect_edits(0);
    assert_eq!(canvas.points_of(lid), SQUARE, "the polygon is not what Delete speaks of");
}

#[test]
fn esc_cancels_a_vertex_drag() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.drag_and_hold(SQUARE[0], (50.0, 50.0)).expect_in("select.dragging_vertex");
    assert!(matches!(canvas.previews()[..], [Preview::Reshaped { .. }]), "it was seen");
    canvas.esc().up((50.0, 50.0)).expect_edits(0);
    assert_eq!(canvas.points_of(lid), SQUARE, "as it was");
}

#[test]
fn esc_cancels_an_insertion_under_way() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.drag_and_hold((350.0, 200.0), (350.0, 100.0)).esc().up((350.0, 100.0)).expect_edits(0);
    assert_eq!(canvas.points_of(lid), SQUARE, "no vertex was left behind");
}

#[test]
fn a_polygon_deleted_while_its_vertex_is_dragged_lets_go() {
    let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
    canvas.drag_and_hold(SQUARE[0], (50.0, 50.0)).lose(lid);
    canvas.up((50.0, 50.0)).expect_in("select.idle").expect_edits(0);
}

#[test]
fn vertices_come_before_midpoints_and_the_nearest_vertex_first() {
    let (mut canvas, lid) = with_polygon(&[(200.0, 200.0), (208.0, 200.0), (400.0, 400.0)], 1.0);
    canvas.drag((206.0, 200.0), (300.0, 100.0));
    assert_eq!(canvas.points_of(lid)[0], (200.0, 200.0), "the farther one stays");
    assert_eq!(canvas.points_of(lid)[1], (300.0, 100.0), "the nearer one went");
}

#[test]
fn the_cursor_shows_vertices_and_midpoints() {
    let (canvas, _) = with_polygon(&SQUARE, 1.0);
    assert_eq!(canvas.cursor(SQUARE[0]), Cursor::Vertex, "a vertex");
    assert_eq!(canvas.cursor((350.0, 200.0)), Cursor::Vertex, "a midpoint");
    assert_eq!(canvas.cursor((350.0, 350.0)), Cursor::Move, "the inside");
}

#[test]
fn every_shape_stays_in_the_image_wherever_a_grip_is_dragged() {
    for to in [(-500.0, -500.0), (2000.0, -10.0), (500.0, 3000.0), (0.0, 0.0), (1000.0, 800.0)] {
        for handle in Handle::ALL {
            let (mut canvas, lid) = boxed(1.0);
            canvas.drag(handle_at(handle), to);
            assert!(IMAGE.rect().contains_rect(canvas.rect_of(lid)), "{handle:?} to {to:?}");
        }
        let (mut canvas, lid) = with_polygon(&SQUARE, 1.0);
        canvas.drag(SQUARE[1], to);
        assert!(canvas.points_of(lid).iter().all(|p| IMAGE.rect().contains(pt(*p))), "a vertex to {to:?}");
    }
}

#[test]
fn a_triangle_whose_vertex_is_dragged_onto_another_stays_as_it_was() {
    let triangle = [(200.0, 200.0), (500.0, 200.0), (350.0, 500.0)];
    let (mut canvas, lid) = with_polygon(&triangle, 1.0);
    canvas.drag(triangle[0], triangle[1]).expect_in("select.idle").expect_edits(0);
    assert!(canvas.refused[0].contains("three different points"), "it says why: {:?}", canvas.refused);
    assert_eq!(canvas.points_of(lid), triangle, "what has no area is no polygon");
}

#[test]
fn a_polygon_is_resized_by_the_frame_beside_it() {
    for zoom in [0.5, 1.0, 8.0] {
        let (mut canvas, lid) = with_polygon(&SQUARE, zoom);
        let off = 16.0 / zoom;
        let corner = (500.0 + off, 500.0 + off);
        canvas.drag(corner, (corner.0 + 100.0, corner.1 + 30.0)).expect_in("select.idle").expect_edits(1);
        let expected = [(200.0, 200.0), (600.0, 200.0), (600.0, 530.0), (200.0, 530.0)];
        for (got, wanted) in canvas.points_of(lid).iter().zip(expected) {
            let near = (got.0 - wanted.0).abs() < 1e-6 && (got.1 - wanted.1).abs() < 1e-6;
            assert!(near, "{got:?} is not {wanted:?} at zoom {zoom}");
        }
    }
}
