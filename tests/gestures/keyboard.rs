//! Drawing and reshaping with the keyboard alone.

use crate::desk::{Canvas, IMAGE, pt, rect};
use labelwright::geometry::Vector;
use labelwright::model::Shape;
use labelwright::tools::CursorKey;

/// Steps of the cursor from (100, 100): which, and where it is then.
macro_rules! moves {
    ($($name:ident: $by:expr => $at:expr;)*) => {
        $(#[test]
        fn $name() {
            let mut canvas = Canvas::boxes();
            let (x, y): (f64, f64) = $by;
            canvas.cursor_key(CursorKey::Move(Vector::new(x, y)));
            assert_eq!(canvas.cursor.at, pt($at), "image pixels, whatever the zoom");
        })*
    };
}

moves! {
    the_cursor_goes_one_pixel_right: (1.0, 0.0) => (101.0, 100.0);
    the_cursor_goes_ten_pixels_down: (0.0, 10.0) => (100.0, 110.0);
    the_cursor_goes_fifty_pixels_left: (-50.0, 0.0) => (50.0, 100.0);
    the_cursor_goes_fifty_pixels_up: (0.0, -50.0) => (100.0, 50.0);
    the_cursor_stops_at_the_left_border: (-500.0, 0.0) => (0.0, 100.0);
    the_cursor_stops_at_the_bottom_border: (0.0, 5000.0) => (100.0, 800.0);
}

#[test]
fn two_presses_make_a_box() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::boxes().at_zoom(zoom);
        canvas.press_key().expect_in("box.carrying").cursor_to((261.0, 173.0)).press_key();
        canvas.expect_in("box.idle").expect_boxes(&[rect(100.0, 100.0, 261.0, 173.0)]);
        assert_eq!(canvas.presses, 0, "no mouse");
    }
}

#[test]
fn a_box_is_drawn_while_the_cursor_goes() {
    let mut canvas = Canvas::boxes();
    canvas.press_key().cursor_to((200.0, 150.0));
    assert_eq!(canvas.previews().len(), 1, "the draft is seen");
    canvas.esc().expect_in("box.idle").press_key().expect_in("box.carrying").expect_nothing();
}

#[test]
fn four_presses_make_a_box_of_extremes() {
    let mut canvas = Canvas::extremes();
    for at in [(300.0, 100.0), (420.0, 240.0), (310.0, 400.0), (180.0, 250.0)] {
        canvas.cursor_to(at).press_key();
    }
    canvas.expect_boxes(&[rect(180.0, 100.0, 420.0, 400.0)]);
}

const TRIANGLE: [(f64, f64); 3] = [(100.0, 100.0), (300.0, 120.0), (200.0, 300.0)];

#[test]
fn presses_make_a_polygon_and_a_second_one_at_the_last_place_closes_it() {
    let mut canvas = Canvas::polygons();
    for at in TRIANGLE {
        canvas.cursor_to(at).press_key();
    }
    canvas.expect_in("polygon.placing").press_key().expect_in("polygon.idle").expect_polygon(&TRIANGLE);
}

#[test]
fn a_press_on_the_first_vertex_closes_too() {
    let mut canvas = Canvas::polygons();
    for at in TRIANGLE {
        canvas.cursor_to(at).press_key();
    }
    canvas.cursor_to(TRIANGLE[0]).press_key().expect_in("polygon.idle").expect_polygon(&TRIANGLE);
    canvas.cursor_to((500.0, 500.0)).press_key().expect_in("polygon.placing");
}

#[test]
fn one_pixel_steps_place_vertices_that_are_one_pixel_apart() {
    let mut canvas = Canvas::polygons();
    canvas.snapping = labelwright::tools::Snapping::Off;
    canvas.press_key().cursor_to((101.0, 100.0)).press_key().cursor_to((101.0, 140.0)).press_key().press_key();
    canvas.expect_polygon(&[(100.0, 100.0), (101.0, 100.0), (101.0, 140.0)]);
}

#[test]
fn a_slice_is_drawn_by_two_presses() {
    let mut canvas = Canvas::slices();
    canvas.put_box(200.0, 200.0, 600.0, 600.0);
    canvas.cursor_to((150.0, 300.0)).press_key().cursor_to((700.0, 300.0)).press_key();
    assert_eq!(canvas.shapes().len(), 2, "in two");
}

#[test]
fn a_press_selects_what_lies_under_the_cursor() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(80.0, 80.0, 300.0, 300.0);
    canvas.press_key().expect_selected(&[lid]).expect_edits(0).expect_in("select.idle");
}

#[test]
fn a_vertex_is_picked_up_moved_by_one_pixel_and_put_down() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::select().at_zoom(zoom);
        canvas.snapping = labelwright::tools::Snapping::Off;
        let lid = canvas.put_polygon(&TRIANGLE);
        canvas.selection.set([lid]);
        canvas.press_key();
        assert!(canvas.cursor.holds(), "the vertex under the cursor, at zoom {zoom}");
        canvas.cursor_key(CursorKey::Move(Vector::new(1.0, 0.0))).press_key().expect_edits(1);
        assert_eq!(canvas.points_of(lid)[0], (101.0, 100.0), "one pixel is no click, at zoom {zoom}");
        assert!(!canvas.cursor.holds(), "and it was put down");
    }
}

#[test]
fn a_vertex_picked_up_and_put_down_again_is_chosen_and_not_moved() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_polygon(&TRIANGLE);
    canvas.selection.set([lid]);
    canvas.press_key().press_key().expect_edits(0);
    assert_eq!(canvas.tool.vertices().single(), Some((lid, 0)), "Delete would remove it");
}

#[test]
fn a_handle_is_dragged_by_keys() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(100.0, 100.0, 300.0, 200.0);
    canvas.selection.set([lid]);
    canvas.press_key().cursor_to((80.0, 90.0)).press_key().expect_edits(1);
    assert_eq!(canvas.rect_of(lid), rect(80.0, 90.0, 300.0, 200.0), "the top left corner");
}

#[test]
fn a_selected_shape_is_carried_by_keys() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(50.0, 50.0, 400.0, 300.0);
    canvas.selection.set([lid]);
    canvas.press_key().cursor_to((120.0, 130.0)).press_key().expect_edits(1);
    assert_eq!(canvas.rect_of(lid), rect(70.0, 80.0, 420.0, 330.0), "by as much as the cursor went");
}

#[test]
fn the_brackets_go_from_grip_to_grip_and_round() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_polygon(&TRIANGLE);
    canvas.selection.set([lid]);
    canvas.cursor_key(CursorKey::NextGrip);
    assert_eq!(canvas.cursor.at, pt((200.0, 110.0)), "the middle after the first vertex");
    canvas.cursor_key(CursorKey::NextGrip);
    assert_eq!(canvas.cursor.at, pt(TRIANGLE[1]), "the next vertex");
    canvas.cursor_key(CursorKey::PreviousGrip).cursor_key(CursorKey::PreviousGrip).cursor_key(CursorKey::PreviousGrip);
    assert_eq!(canvas.cursor.at, pt((150.0, 200.0)), "back and round");
    canvas.cursor_to((203.0, 290.0)).cursor_key(CursorKey::NextGrip);
    assert_eq!(canvas.cursor.at, pt(TRIANGLE[2]), "from anywhere to the nearest");
}

#[test]
fn a_midpoint_picked_up_becomes_a_vertex() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_polygon(&TRIANGLE);
    canvas.selection.set([lid]);
    canvas.cursor_key(CursorKey::NextGrip).press_key().cursor_to((200.0, 60.0)).press_key();
    assert_eq!(canvas.points_of(lid), [TRIANGLE[0], (200.0, 60.0), TRIANGLE[1], TRIANGLE[2]], "between its neighbours");
}

#[test]
fn esc_lets_go_of_what_was_picked_up() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_polygon(&TRIANGLE);
    canvas.selection.set([lid]);
    canvas.press_key().cursor_to((50.0, 50.0)).esc().expect_edits(0).cursor_to((60.0, 60.0)).press_key();
    assert_eq!(canvas.points_of(lid), TRIANGLE, "as it was");
}

#[test]
fn a_shape_deleted_while_the_cursor_holds_it_lets_go() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_polygon(&TRIANGLE);
    canvas.selection.set([lid]);
    canvas.press_key().lose(lid);
    canvas.cursor_to((150.0, 150.0)).press_key().expect_in("select.idle").expect_edits(0);
    assert!(!canvas.cursor.holds(), "there is nothing to hold");
}

#[test]
fn a_whole_session_without_a_mouse() {
    let mut canvas = Canvas::polygons();
    canvas.cursor_to((200.0, 200.0)).press_key().cursor_to((500.0, 200.0)).press_key();
    canvas.cursor_to((500.0, 500.0)).press_key().cursor_to((200.0, 500.0)).press_key().press_key();
    canvas.tool = labelwright::tools::Tool::default();
    canvas.cursor_to((500.0, 200.0)).press_key().cursor_to((560.0, 140.0)).press_key();
    let Some(Shape::Polygon(drawn)) = canvas.shapes().into_iter().next() else { panic!("a polygon") };
    assert_eq!(drawn.points()[1], pt((560.0, 140.0)), "drawn, taken hold of, moved");
    assert_eq!(canvas.presses, 0, "no mouse");
    assert!(drawn.points().iter().all(|p| IMAGE.rect().contains(*p)), "in the image");
}
