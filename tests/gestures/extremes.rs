//! Drawing boxes by four extreme points.

use crate::desk::{Canvas, IMAGE, rect};
use labelwright::model::Shape;
use labelwright::tools::{Cursor, Key, Preview};

const TOP: (f64, f64) = (300.0, 100.0);
const RIGHT: (f64, f64) = (420.0, 240.0);
const BOTTOM: (f64, f64) = (310.0, 400.0);
const LEFT: (f64, f64) = (180.0, 250.0);

fn clicked(points: &[(f64, f64)]) -> Canvas {
    let mut canvas = Canvas::extremes();
    for p in points {
        canvas.click(*p);
    }
    canvas
}

#[test]
fn four_clicks_make_the_box_round_them_in_any_order() {
    let orders = [
        [TOP, RIGHT, BOTTOM, LEFT],
        [LEFT, TOP, RIGHT, BOTTOM],
        [BOTTOM, TOP, LEFT, RIGHT],
        [RIGHT, LEFT, BOTTOM, TOP],
    ];
    for order in orders {
        clicked(&order).expect_in("extreme.idle").expect_boxes(&[rect(180.0, 100.0, 420.0, 400.0)]);
    }
}

#[test]
fn the_box_so_far_and_its_points_are_seen() {
    let mut canvas = clicked(&[TOP, LEFT]);
    canvas.expect_in("extreme.placing").expect_nothing().to(RIGHT);
    let draft = Preview::Draft(Shape::Box(rect(180.0, 100.0, 420.0, 250.0)));
    assert_eq!(canvas.previews(), [Preview::Dots(vec![crate::desk::pt(TOP), crate::desk::pt(LEFT)]), draft], "so far");
    assert_eq!(canvas.cursor(RIGHT), Cursor::Crosshair, "and the next is to be placed");
}

#[test]
fn backspace_takes_a_point_back_and_redo_puts_it_in_again() {
    let mut canvas = clicked(&[TOP, LEFT, (900.0, 700.0)]);
    canvas.key(Key::Backspace).click(RIGHT).click(BOTTOM).expect_boxes(&[rect(180.0, 100.0, 420.0, 400.0)]);
    let mut canvas = clicked(&[TOP, LEFT, RIGHT]);
    canvas.key(Key::Backspace).key(Key::Backspace).key(Key::Redo).key(Key::Redo).click(BOTTOM);
    canvas.expect_boxes(&[rect(180.0, 100.0, 420.0, 400.0)]);
}

#[test]
fn backspace_on_the_only_point_ends_the_drawing() {
    clicked(&[TOP]).key(Key::Backspace).expect_in("extreme.idle").expect_nothing();
}

#[test]
fn esc_cancels() {
    clicked(&[TOP, LEFT, RIGHT]).esc().expect_in("extreme.idle").click(BOTTOM).expect_nothing();
}

#[test]
fn points_outside_count_as_on_the_border() {
    clicked(&[(300.0, -40.0), (1200.0, 240.0), (310.0, 900.0), (-10.0, 250.0)]).expect_boxes(&[IMAGE.rect()]);
}

#[test]
fn four_points_on_a_line_are_no_box_and_only_the_last_is_asked_for_again() {
    let mut canvas = clicked(&[(100.0, 100.0), (200.0, 100.0), (300.0, 100.0), (400.0, 100.0)]);
    canvas.expect_in("extreme.placing").expect_nothing();
    assert!(canvas.refused[0].contains("flat"), "it says why: {:?}", canvas.refused);
    canvas.click((250.0, 300.0)).expect_boxes(&[rect(100.0, 100.0, 300.0, 300.0)]);
}

#[test]
fn a_corner_may_be_two_extremes() {
    let mut canvas = clicked(&[(100.0, 100.0)]);
    canvas.double_click((100.0, 100.0)).click((300.0, 200.0));
    canvas.expect_boxes(&[rect(100.0, 100.0, 300.0, 200.0)]);
}
