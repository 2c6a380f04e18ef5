//! Drawing polygons.

use crate::desk::{Canvas, IMAGE, pt, ring};
use labelwright::geometry::RingFault;
use labelwright::model::Shape;
use labelwright::tools::{Key, Modifiers, Preview};

const TRIANGLE: [(f64, f64); 3] = [(100.0, 100.0), (300.0, 120.0), (200.0, 300.0)];

/// The polygon tool with three vertices placed.
fn with_triangle() -> Canvas {
    let mut canvas = Canvas::polygons();
    for at in TRIANGLE {
        canvas.click(at);
    }
    canvas
}

#[test]
fn clicks_and_enter_make_a_polygon() {
    with_triangle().expect_in("polygon.placing").key(Key::Enter).expect_in("polygon.idle").expect_polygon(&TRIANGLE);
}

#[test]
fn clicks_make_the_same_polygon_at_any_zoom() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::polygons().at_zoom(zoom);
        for at in TRIANGLE {
            canvas.click(at);
        }
        canvas.key(Key::Enter).expect_polygon(&TRIANGLE);
    }
}

#[test]
fn a_click_on_the_first_vertex_closes() {
    with_triangle().click(TRIANGLE[0]).expect_in("polygon.idle").expect_polygon(&TRIANGLE);
}

#[test]
fn a_click_near_the_first_vertex_closes_at_any_zoom() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::polygons().at_zoom(zoom);
        for at in TRIANGLE {
            canvas.click(at);
        }
        canvas.click((TRIANGLE[0].0 + 5.0 / zoom, TRIANGLE[0].1)).expect_in("polygon.idle").expect_polygon(&TRIANGLE);
    }
}

#[test]
fn a_click_a_little_further_from_the_first_vertex_places_another() {
    let mut canvas = with_triangle();
    canvas.click((110.0, 100.0)).expect_in("polygon.placing").expect_nothing();
}

#[test]
fn a_double_click_places_the_last_vertex_and_closes() {
    let mut canvas = Canvas::polygons();
    canvas.click(TRIANGLE[0]).click(TRIANGLE[1]).double_click(TRIANGLE[2]);
    canvas.expect_in("polygon.idle").expect_polygon(&TRIANGLE);
}

#[test]
fn a_double_click_on_the_first_vertex_closes_and_starts_no_other_polygon() {
    with_triangle().double_click(TRIANGLE[0]).expect_polygon(&TRIANGLE).expect_in("polygon.idle");
}

#[test]
fn a_new_polygon_is_selected() {
    let mut canvas = with_triangle();
    canvas.key(Key::Enter);
    assert_eq!(canvas.selected().len(), 1, "so that it can be labelled at once");
}

#[test]
fn two_points_are_not_finished_and_stay() {
    let mut canvas = Canvas::polygons();
    canvas.click(TRIANGLE[0]).click(TRIANGLE[1]).key(Key::Enter).expect_in("polygon.placing").expect_nothing();
    assert!(canvas.refused[0].contains("three"), "it says what is missing: {:?}", canvas.refused);
    canvas.click(TRIANGLE[2]).key(Key::Enter).expect_polygon(&TRIANGLE);
}

#[test]
fn a_double_click_with_two_points_is_not_finished_and_loses_nothing() {
    let mut canvas = Canvas::polygons();
    canvas.click(TRIANGLE[0]).double_click(TRIANGLE[1]).expect_in("polygon.placing").expect_nothing();
    canvas.click(TRIANGLE[2]).key(Key::Enter).expect_polygon(&TRIANGLE);
}

#[test]
fn points_on_one_line_are_not_finished() {
    let mut canvas = Canvas::polygons();
    canvas.click((100.0, 100.0)).click((200.0, 100.0)).click((300.0, 100.0)).key(Key::Enter);
    canvas.expect_in("polygon.placing").expect_nothing();
    canvas.click((200.0, 300.0)).key(Key::Enter);
    assert_eq!(canvas.shapes().len(), 1, "with a point off the line it is a polygon");
}

#[test]
fn an_outline_that_crosses_itself_is_kept() {
    let bow_tie = [(100.0, 100.0), (300.0, 300.0), (300.0, 100.0), (100.0, 300.0)];
    let mut canvas = Canvas::polygons();
    for at in bow_tie {
        canvas.click(at);
    }
    canvas.key(Key::Enter).expect_polygon(&bow_tie);
    assert_eq!(ring(&bow_tie).fault(), Some(RingFault::SelfCrossing), "marked elsewhere, never thrown away");
}

#[test]
fn backspace_takes_the_last_vertex_back() {
    let mut canvas = with_triangle();
    canvas.key(Key::Backspace).click((250.0, 400.0)).key(Key::Enter);
    canvas.expect_polygon(&[TRIANGLE[0], TRIANGLE[1], (250.0, 400.0)]);
}

#[test]
fn redo_puts_a_vertex_back_in() {
    let mut canvas = with_triangle();
    canvas.key(Key::Backspace).key(Key::Backspace).key(Key::Redo).key(Key::Redo).key(Key::Enter);
    canvas.expect_polygon(&TRIANGLE);
}

#[test]
fn redo_without_anything_taken_back_does_nothing() {
    with_triangle().key(Key::Redo).key(Key::Enter).expect_polygon(&TRIANGLE);
}

#[test]
fn a_new_vertex_forgets_what_was_taken_back() {
    let mut canvas = with_triangle();
    canvas.key(Key::Backspace).click((250.0, 400.0)).key(Key::Redo).key(Key::Enter);
    canvas.expect_polygon(&[TRIANGLE[0], TRIANGLE[1], (250.0, 400.0)]);
}

#[test]
fn backspace_on_the_only_vertex_ends_the_drawing() {
    Canvas::polygons().click((10.0, 10.0)).key(Key::Backspace).expect_in("polygon.idle").expect_nothing();
}

#[test]
fn enter_delete_and_backspace_without_a_vertex_do_nothing() {
    let mut canvas = Canvas::polygons();
    canvas
        .key(Key::Enter)
        .key(Key::Delete)
        .key(Key::Backspace)
        .key(Key::Redo)
        .expect_in("polygon.idle")
        .expect_nothing();
    assert_eq!(canvas.refused, [""; 0], "and say nothing");
}

#[test]
fn esc_throws_the_draft_away() {
    with_triangle().esc().expect_in("polygon.idle").key(Key::Enter).expect_nothing();
}

#[test]
fn a_drag_traces_a_freehand_outline() {
    let way = [(100.0, 100.0), (300.0, 100.0), (300.0, 300.0), (100.0, 300.0), (100.0, 103.0)];
    let mut canvas = Canvas::polygons();
    canvas.trace(&way, 2.0).expect_in("polygon.idle");
    let shapes = canvas.shapes();
    let Some(Shape::Polygon(traced)) = shapes.first() else { panic!("a traced polygon, not {shapes:?}") };
    assert!(traced.len() > 20 && traced.len() < 120, "{} vertices on 800 points of way", traced.len());
    assert!((traced.area() - 40_000.0).abs() < 1_000.0, "the area of the way, not {}", traced.area());
}

#[test]
fn a_traced_line_that_stops_halfway_can_be_finished_by_clicks() {
    let mut canvas = Canvas::polygons();
    canvas.trace(&[(100.0, 100.0), (300.0, 100.0)], 2.0).expect_in("polygon.placing").expect_nothing();
    canvas.click((300.0, 300.0)).click((100.0, 300.0)).key(Key::Enter);
    let shapes = canvas.shapes();
    assert!(matches!(&shapes[..], [Shape::Polygon(r)] if (r.area() - 40_000.0).abs() < 1_000.0), "{shapes:?}");
}

#[test]
fn vertices_of_a_traced_line_are_as_far_apart_on_the_screen_at_any_zoom() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::polygons().at_zoom(zoom);
        let length = 80.0 / zoom;
        canvas.trace(&[(100.0, 100.0), (100.0 + length, 100.0)], 2.0);
        let Some(Preview::OpenRing { points, .. }) = canvas.previews().into_iter().next() else { panic!("a draft") };
        assert!((7..=11).contains(&points.len()), "{} vertices on 80 screen points at zoom {zoom}", points.len());
    }
}

#[test]
fn a_shaky_click_is_no_trace() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::polygons().at_zoom(zoom);
        let at = (300.0, 300.0);
        canvas.down(at).to((300.0 + 4.0 / zoom, 300.0)).up((300.0 + 4.0 / zoom, 300.0)).expect_in("polygon.placing");
        let Some(Preview::OpenRing { points, .. }) = canvas.previews().into_iter().next() else { panic!("a draft") };
        assert_eq!(points, [pt(at)], "one vertex, where the button went down");
    }
}

#[test]
fn shift_keeps_to_multiples_of_45_degrees() {
    let mut canvas = Canvas::polygons();
    canvas.click((100.0, 100.0)).hold(Modifiers::SHIFT).click((300.0, 110.0)).let_go().click((200.0, 300.0));
    canvas.key(Key::Enter);
    let Some(Shape::Polygon(drawn)) = canvas.shapes().into_iter().next() else { panic!("a polygon") };
    let second = drawn.points()[1];
    assert!((second.y - 100.0).abs() < 1e-9 && second.x > 299.0, "level with the first, not at {second:?}");
}

#[test]
fn shift_snaps_the_preview_as_it_will_snap_the_click() {
    let mut canvas = Canvas::polygons();
    canvas.click((100.0, 100.0)).hold(Modifiers::SHIFT).to((180.0, 170.0));
    let Some(Preview::OpenRing { next: Some(next), .. }) = canvas.previews().into_iter().next() else {
        panic!("a next point")
    };
    assert!((next.x - next.y).abs() < 1e-9, "on the diagonal, not at {next:?}");
}

#[test]
fn clicks_outside_land_on_the_border() {
    let mut canvas = Canvas::polygons();
    canvas.click((-50.0, 100.0)).click((1200.0, -30.0)).click((500.0, 2000.0)).key(Key::Enter);
    canvas.expect_polygon(&[(0.0, 100.0), (IMAGE.width, 0.0), (500.0, IMAGE.height)]);
}

#[test]
fn shift_does_not_leave_the_image() {
    let mut canvas = Canvas::polygons();
    canvas.click((950.0, 100.0)).hold(Modifiers::SHIFT).click((1400.0, 120.0)).let_go();
    let Some(Preview::OpenRing { points, .. }) = canvas.previews().into_iter().next() else { panic!("a draft") };
    assert!(points.iter().all(|p| IMAGE.rect().contains(*p)), "{points:?}");
}

#[test]
fn the_preview_says_when_a_click_would_close() {
    let mut canvas = with_triangle();
    let closes = |canvas: &Canvas| matches!(canvas.previews()[..], [Preview::OpenRing { closes: true, .. }]);
    canvas.to((400.0, 400.0));
    assert!(!closes(&canvas), "away from the first vertex");
    canvas.to((102.0, 101.0));
    assert!(closes(&canvas), "on the first vertex");
}

#[test]
fn two_vertices_never_close_on_the_first() {
    let mut canvas = Canvas::polygons();
    canvas.click(TRIANGLE[0]).click(TRIANGLE[1]).click(TRIANGLE[0]).expect_in("polygon.placing").expect_nothing();
}

#[test]
fn a_vertex_clicked_twice_is_one_vertex() {
    let mut canvas = Canvas::polygons();
    canvas.click(TRIANGLE[0]).click(TRIANGLE[1]).click(TRIANGLE[1]).click(TRIANGLE[2]).key(Key::Enter);
    canvas.expect_polygon(&TRIANGLE);
}

#[test]
fn shapes_under_the_pointer_do_not_hinder_drawing() {
    let mut canvas = Canvas::polygons();
    let below = canvas.put_box(50.0, 50.0, 500.0, 500.0);
    for at in TRIANGLE {
        canvas.click(at);
    }
    canvas.key(Key::Enter).expect_edits(0);
    assert_eq!(canvas.shapes().len(), 2, "the box below and the polygon over it");
    assert!(canvas.document.get(below).is_some(), "the box is as it was");
}

#[test]
fn a_polygon_can_be_drawn_right_after_another() {
    let mut canvas = with_triangle();
    canvas.key(Key::Enter);
    for at in [(500.0, 500.0), (600.0, 500.0), (550.0, 600.0)] {
        canvas.click(at);
    }
    canvas.key(Key::Enter).expect_in("polygon.idle");
    assert_eq!(canvas.shapes().len(), 2, "two polygons");
}
