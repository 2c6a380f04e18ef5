//! Drawing boxes.

use crate::desk::{Canvas, IMAGE, rect};
use labelwright::model::Shape;
use labelwright::tools::{Cursor, Modifiers, Preview};

#[test]
fn a_drag_makes_a_box() {
    Canvas::boxes()
        .drag((10.0, 10.0), (60.0, 40.0))
        .expect_in("box.idle")
        .expect_boxes(&[rect(10.0, 10.0, 60.0, 40.0)]);
}

#[test]
fn a_drag_in_any_direction_makes_the_same_box() {
    let corners = [(10.0, 10.0), (60.0, 10.0), (60.0, 40.0), (10.0, 40.0)];
    for (i, from) in corners.into_iter().enumerate() {
        Canvas::boxes().drag(from, corners[(i + 2) % 4]).expect_boxes(&[rect(10.0, 10.0, 60.0, 40.0)]);
    }
}

#[test]
fn a_drag_makes_the_same_box_at_any_zoom() {
    for zoom in [0.1, 1.0, 8.0] {
        Canvas::boxes()
            .at_zoom(zoom)
            .drag((100.0, 100.0), (400.0, 300.0))
            .expect_boxes(&[rect(100.0, 100.0, 400.0, 300.0)]);
    }
}

#[test]
fn a_new_box_is_selected() {
    let mut canvas = Canvas::boxes();
    canvas.drag((10.0, 10.0), (60.0, 40.0));
    assert_eq!(canvas.selected().len(), 1, "so that it can be labelled at once");
}

#[test]
fn two_clicks_make_a_box_between_them() {
    let mut canvas = Canvas::boxes();
    canvas.click((10.0, 20.0)).expect_in("box.carrying").expect_nothing();
    canvas.click((110.0, 90.0)).expect_in("box.idle").expect_boxes(&[rect(10.0, 20.0, 110.0, 90.0)]);
}

#[test]
fn two_clicks_make_a_box_at_any_zoom() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::boxes().at_zoom(zoom);
        canvas.click((100.0, 100.0)).click((300.0, 200.0)).expect_boxes(&[rect(100.0, 100.0, 300.0, 200.0)]);
    }
}

#[test]
fn the_box_is_seen_while_it_is_drawn() {
    let mut canvas = Canvas::boxes();
    canvas.drag_and_hold((10.0, 10.0), (60.0, 40.0)).expect_in("box.drawing").expect_nothing();
    let draft = Shape::Box(rect(10.0, 10.0, 60.0, 40.0));
    assert_eq!(canvas.previews(), [Preview::Draft(draft)], "the draft under the pointer");
}

#[test]
fn the_box_is_seen_between_the_two_clicks() {
    let mut canvas = Canvas::boxes();
    canvas.click((10.0, 10.0)).to((60.0, 40.0));
    assert_eq!(canvas.previews(), [Preview::Draft(Shape::Box(rect(10.0, 10.0, 60.0, 40.0)))], "with no button down");
}

#[test]
fn a_press_that_wanders_under_three_screen_points_is_a_click() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::boxes().at_zoom(zoom);
        let at = |ui: f64| 300.0 + ui / zoom;
        canvas.drag((at(0.0), at(0.0)), (at(2.0), at(2.0))).expect_in("box.carrying").expect_nothing();
    }
}

#[test]
fn four_screen_points_are_a_drag_at_any_zoom() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::boxes().at_zoom(zoom);
        let (a, b) = (300.0, 300.0 + 4.0 / zoom);
        canvas.drag((a, a), (b, b)).expect_in("box.idle").expect_boxes(&[rect(a, a, b, b)]);
    }
}

#[test]
fn a_double_click_alone_draws_nothing() {
    Canvas::boxes().double_click((50.0, 50.0)).expect_nothing().expect_in("box.carrying").esc().expect_in("box.idle");
}

#[test]
fn a_double_click_on_the_second_corner_finishes_and_starts_no_other_box() {
    let mut canvas = Canvas::boxes();
    canvas.click((10.0, 10.0)).double_click((60.0, 40.0));
    canvas.expect_boxes(&[rect(10.0, 10.0, 60.0, 40.0)]).expect_in("box.idle");
}

#[test]
fn a_drag_out_and_back_is_taken_for_a_click_and_not_for_a_box_outside() {
    let mut canvas = Canvas::boxes();
    canvas.drag_and_hold((10.0, 10.0), (60.0, 40.0)).to((10.0, 10.0)).up((10.0, 10.0)).expect_nothing();
    assert_eq!(canvas.refused, [""; 0], "nothing lies outside the image here");
}

#[test]
fn a_flat_drag_makes_no_box_and_says_why() {
    let mut canvas = Canvas::boxes();
    canvas.drag((10.0, 50.0), (200.0, 50.0)).expect_nothing();
    let said = canvas.refused.join(" ");
    assert!(!said.contains("outside"), "it lies inside: {said}");
    assert!(said.contains("flat") || said.contains("area"), "the person is told: {said:?}");
}

#[test]
fn shift_makes_a_square_with_the_longer_side() {
    let mut canvas = Canvas::boxes();
    canvas
        .hold(Modifiers::SHIFT)
        .drag((100.0, 100.0), (180.0, 130.0))
        .expect_boxes(&[rect(100.0, 100.0, 180.0, 180.0)]);
}

#[test]
fn shift_makes_a_square_in_every_direction() {
    for (dx, dy) in [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0)] {
        let mut canvas = Canvas::boxes();
        canvas.hold(Modifiers::SHIFT).drag((400.0, 400.0), (400.0 + 30.0 * dx, 400.0 + 80.0 * dy));
        canvas.expect_boxes(&[rect(400.0, 400.0, 400.0 + 80.0 * dx, 400.0 + 80.0 * dy)]);
    }
}

#[test]
fn ctrl_draws_from_the_centre() {
    let mut canvas = Canvas::boxes();
    canvas.hold(Modifiers::CTRL).drag((300.0, 300.0), (350.0, 320.0)).expect_boxes(&[rect(250.0, 280.0, 350.0, 320.0)]);
}

#[test]
fn ctrl_and_shift_draw_a_square_round_its_centre() {
    let mut canvas = Canvas::boxes();
    canvas.hold(Modifiers { shift: true, ctrl: true, alt: false }).drag((300.0, 300.0), (350.0, 320.0));
    canvas.expect_boxes(&[rect(250.0, 250.0, 350.0, 350.0)]);
}

#[test]
fn the_keys_count_as_they_are_when_the_button_goes_up() {
    let mut canvas = Canvas::boxes();
    canvas.hold(Modifiers::SHIFT).drag_and_hold((100.0, 100.0), (180.0, 130.0)).let_go().up((180.0, 130.0));
    canvas.expect_boxes(&[rect(100.0, 100.0, 180.0, 130.0)]);
}

#[test]
fn a_box_over_the_border_is_cropped_to_the_image() {
    let mut canvas = Canvas::boxes();
    canvas.drag((900.0, 700.0), (1200.0, 1200.0)).expect_boxes(&[rect(900.0, 700.0, IMAGE.width, IMAGE.height)]);
}

#[test]
fn a_box_that_starts_outside_is_cropped_too() {
    Canvas::boxes().drag((-50.0, -60.0), (30.0, 40.0)).expect_boxes(&[rect(0.0, 0.0, 30.0, 40.0)]);
}

#[test]
fn a_box_round_the_image_becomes_the_image() {
    Canvas::boxes().at_zoom(0.1).drag((-100.0, -100.0), (2000.0, 2000.0)).expect_boxes(&[IMAGE.rect()]);
}

#[test]
fn a_box_from_the_centre_is_cropped_on_the_far_side() {
    let mut canvas = Canvas::boxes();
    canvas.hold(Modifiers::CTRL).drag((20.0, 100.0), (100.0, 140.0)).expect_boxes(&[rect(0.0, 60.0, 100.0, 140.0)]);
}

#[test]
fn a_box_wholly_outside_is_refused_with_a_sentence() {
    let mut canvas = Canvas::boxes();
    canvas.drag((1100.0, 100.0), (1300.0, 200.0)).expect_nothing().expect_in("box.idle");
    assert_eq!(canvas.refused.len(), 1, "one sentence");
    assert!(canvas.refused[0].contains("outside the image"), "{}", canvas.refused[0]);
}

#[test]
fn esc_cancels_a_box_in_every_state() {
    let mut canvas = Canvas::boxes();
    canvas.down((10.0, 10.0)).expect_in("box.pointing").esc().expect_in("box.idle");
    canvas.drag_and_hold((10.0, 10.0), (60.0, 40.0)).esc().expect_in("box.idle").up((60.0, 40.0)).expect_nothing();
    canvas.click((10.0, 10.0)).esc().expect_in("box.idle").click((60.0, 40.0)).expect_nothing();
}

#[test]
fn a_whole_drag_between_two_frames_is_not_lost() {
    // No move before the press and none after it but one: what a slow frame delivers.
    let mut canvas = Canvas::boxes();
    canvas.down((10.0, 10.0)).to((60.0, 40.0)).up((60.0, 40.0)).expect_boxes(&[rect(10.0, 10.0, 60.0, 40.0)]);
}

#[test]
fn boxes_are_drawn_one_after_the_other_also_over_another() {
    let mut canvas = Canvas::boxes();
    canvas.drag((10.0, 10.0), (200.0, 200.0)).drag((50.0, 50.0), (90.0, 90.0));
    canvas.expect_boxes(&[rect(10.0, 10.0, 200.0, 200.0), rect(50.0, 50.0, 90.0, 90.0)]);
}

#[test]
fn the_box_tool_shows_a_crosshair_over_everything() {
    let mut canvas = Canvas::boxes();
    canvas.put_box(10.0, 10.0, 90.0, 90.0);
    assert_eq!(canvas.cursor((10.0, 10.0)), Cursor::Crosshair, "also over a corner of another box");
}

#[test]
fn every_drawn_box_lies_in_the_image_and_has_an_area() {
    let places = [-40.0, 0.0, 3.0, 399.5, 799.0, 800.0, 1000.0, 1060.0];
    for modifiers in [Modifiers::NONE, Modifiers::SHIFT, Modifiers::CTRL] {
        for (x0, y0) in places.iter().flat_map(|x| places.map(|y| (*x, y))) {
            for (x1, y1) in places.iter().flat_map(|x| places.map(|y| (*x, y))) {
                let mut canvas = Canvas::boxes();
                canvas.hold(modifiers).drag((x0, y0), (x1, y1));
                for shape in canvas.shapes() {
                    let bounds = shape.bounds().unwrap_or_default();
                    let good = bounds.is_valid() && IMAGE.rect().contains_rect(bounds);
                    assert!(good, "{modifiers:?} from {x0}, {y0} to {x1}, {y1} made {bounds:?}");
                }
            }
        }
    }
}

#[test]
fn a_carried_corner_can_be_dragged_to_its_place() {
    let mut canvas = Canvas::boxes();
    canvas.click((10.0, 10.0)).drag((50.0, 50.0), (80.0, 90.0));
    canvas.expect_boxes(&[rect(10.0, 10.0, 80.0, 90.0)]).expect_in("box.idle");
}
