//! Clicking, the rubber band, and moving.

use crate::desk::{Canvas, IMAGE, rect};
use labelwright::model::Edit;
use labelwright::tools::{Cursor, Modifiers, Preview, Takes};

#[test]
fn a_click_selects_the_shape_under_it() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(100.0, 100.0, 300.0, 300.0);
    canvas.click((200.0, 200.0)).expect_in("select.idle").expect_selected(&[lid]).expect_edits(0);
}

#[test]
fn a_click_on_nothing_clears_the_selection() {
    let mut canvas = Canvas::select();
    canvas.put_box(100.0, 100.0, 300.0, 300.0);
    canvas.click((200.0, 200.0)).click((700.0, 700.0)).expect_selected(&[]);
}

#[test]
fn the_smallest_shape_under_the_pointer_wins() {
    let mut canvas = Canvas::select();
    let small = canvas.put_box(180.0, 180.0, 260.0, 260.0);
    canvas.put_box(0.0, 0.0, 900.0, 700.0);
    canvas.put_box(100.0, 100.0, 400.0, 400.0);
    canvas.click((220.0, 220.0)).expect_selected(&[small]);
}

#[test]
fn of_two_equal_shapes_the_newer_wins() {
    let mut canvas = Canvas::select();
    canvas.put_box(100.0, 100.0, 300.0, 300.0);
    let newer = canvas.put_box(100.0, 100.0, 300.0, 300.0);
    canvas.click((200.0, 200.0)).expect_selected(&[newer]);
}

#[test]
fn clicks_at_one_place_go_through_the_stack_and_round() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::select().at_zoom(zoom);
        let large = canvas.put_box(0.0, 0.0, 980.0, 780.0);
        let middle = canvas.put_box(100.0, 100.0, 900.0, 700.0);
        let small = canvas.put_box(200.0, 200.0, 800.0, 600.0);
        let at = (400.0, 450.0);
        for expected in [small, middle, large, small] {
            canvas.click(at).expect_selected(&[expected]);
        }
    }
}

#[test]
fn clicks_that_come_as_double_clicks_go_through_the_stack_too() {
    let mut canvas = Canvas::select();
    let large = canvas.put_box(0.0, 0.0, 900.0, 700.0);
    canvas.put_box(100.0, 100.0, 600.0, 600.0);
    canvas.double_click((250.0, 250.0)).expect_selected(&[large]);
}

#[test]
fn a_click_elsewhere_in_the_stack_starts_with_the_smallest_again() {
    let mut canvas = Canvas::select();
    canvas.put_box(0.0, 0.0, 900.0, 700.0);
    let small = canvas.put_box(100.0, 100.0, 600.0, 600.0);
    canvas.click((250.0, 250.0)).click((450.0, 470.0)).expect_selected(&[small]);
}

#[test]
fn a_large_shape_can_be_moved_after_clicking_through_to_it() {
    let mut canvas = Canvas::select();
    let large = canvas.put_box(100.0, 100.0, 800.0, 700.0);
    let small = canvas.put_box(200.0, 200.0, 400.0, 400.0);
    canvas.click((250.0, 270.0)).click((250.0, 270.0)).expect_selected(&[large]);
    canvas.drag((250.0, 270.0), (260.0, 270.0));
    assert_eq!(canvas.rect_of(large), rect(110.0, 100.0, 810.0, 700.0), "the selected one moved");
    assert_eq!(canvas.rect_of(small), rect(200.0, 200.0, 400.0, 400.0), "the one over it did not");
}

#[test]
fn the_mouth_of_a_concave_polygon_is_not_the_polygon() {
    let mut canvas = Canvas::select();
    canvas.put_polygon(&[
        (100.0, 100.0),
        (400.0, 100.0),
        (400.0, 150.0),
        (150.0, 150.0),
        (150.0, 350.0),
        (400.0, 350.0),
        (400.0, 400.0),
        (100.0, 400.0),
    ]);
    canvas.click((300.0, 250.0)).expect_selected(&[]);
}

#[test]
fn an_outline_can_be_hit_from_just_outside_at_any_zoom() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::select().at_zoom(zoom);
        let lid = canvas.put_box(300.0, 300.0, 700.0, 600.0);
        canvas.click((300.0 - 4.0 / zoom, 400.0)).expect_selected(&[lid]);
        canvas.click((300.0 - 9.0 / zoom, 400.0)).expect_selected(&[]);
    }
}

#[test]
fn ctrl_click_adds_and_takes_out() {
    let mut canvas = Canvas::select();
    let a = canvas.put_box(100.0, 100.0, 200.0, 200.0);
    let b = canvas.put_box(300.0, 100.0, 400.0, 200.0);
    canvas.click((150.0, 150.0)).hold(Modifiers::CTRL).click((350.0, 150.0)).expect_selected(&[a, b]);
    canvas.click((150.0, 150.0)).expect_selected(&[b]);
}

#[test]
fn ctrl_click_on_nothing_keeps_the_selection() {
    let mut canvas = Canvas::select();
    let a = canvas.put_box(100.0, 100.0, 200.0, 200.0);
    canvas.click((150.0, 150.0)).hold(Modifiers::CTRL).click((700.0, 700.0)).expect_selected(&[a]);
}

#[test]
fn hidden_and_locked_shapes_are_clicked_through() {
    let mut canvas = Canvas::select();
    let below = canvas.put_box(100.0, 100.0, 500.0, 500.0);
    let hidden = canvas.put_box(200.0, 200.0, 300.0, 300.0);
    canvas.untouchable.insert(hidden);
    canvas.click((250.0, 250.0)).expect_selected(&[below]);
}

#[test]
fn a_rubber_band_drawn_leftwards_selects_what_it_touches() {
    let mut canvas = Canvas::select();
    let inside = canvas.put_box(120.0, 120.0, 180.0, 180.0);
    let touched = canvas.put_box(190.0, 190.0, 300.0, 300.0);
    canvas.put_box(400.0, 400.0, 500.0, 500.0);
    canvas.drag((200.0, 100.0), (100.0, 195.0)).expect_in("select.idle").expect_selected(&[inside, touched]);
}

#[test]
fn a_rubber_band_drawn_rightwards_selects_what_it_encloses() {
    for (from, to) in [((100.0, 100.0), (200.0, 200.0)), ((100.0, 200.0), (200.0, 100.0))] {
        let mut canvas = Canvas::select();
        let inside = canvas.put_box(120.0, 120.0, 180.0, 180.0);
        canvas.put_box(190.0, 190.0, 300.0, 300.0);
        canvas.drag(from, to).expect_selected(&[inside]);
    }
}

#[test]
fn the_way_of_the_rubber_band_is_judged_when_it_is_let_go() {
    let mut canvas = Canvas::select();
    let touched = canvas.put_box(150.0, 150.0, 300.0, 300.0);
    canvas.drag_and_hold((200.0, 100.0), (400.0, 250.0)).to((160.0, 250.0)).up((160.0, 250.0));
    canvas.expect_selected(&[touched]);
}

#[test]
fn a_rubber_band_works_from_every_corner_and_at_any_zoom() {
    let corners = [(100.0, 100.0), (300.0, 100.0), (300.0, 300.0), (100.0, 300.0)];
    for zoom in [0.1, 1.0, 8.0] {
        for (i, from) in corners.into_iter().enumerate() {
            let mut canvas = Canvas::select().at_zoom(zoom);
            let lid = canvas.put_box(170.0, 170.0, 230.0, 230.0);
            canvas.drag(from, corners[(i + 2) % 4]).expect_selected(&[lid]);
        }
    }
}

#[test]
fn a_rubber_band_in_the_mouth_of_a_concave_polygon_misses_it() {
    let mut canvas = Canvas::select();
    let c = canvas.put_polygon(&[
        (100.0, 100.0),
        (400.0, 100.0),
        (400.0, 150.0),
        (150.0, 150.0),
        (150.0, 350.0),
        (400.0, 350.0),
        (400.0, 400.0),
        (100.0, 400.0),
    ]);
    canvas.drag((350.0, 300.0), (200.0, 200.0)).expect_selected(&[]);
    canvas.drag((350.0, 360.0), (200.0, 200.0)).expect_selected(&[c]);
}

#[test]
fn a_rubber_band_that_crosses_an_edge_between_vertices_takes_the_polygon() {
    let mut canvas = Canvas::select();
    let triangle = canvas.put_polygon(&[(500.0, 100.0), (800.0, 600.0), (200.0, 600.0)]);
    canvas.drag((400.0, 700.0), (100.0, 560.0)).expect_selected(&[triangle]);
    canvas.drag((300.0, 300.0), (100.0, 100.0)).expect_selected(&[]);
}

#[test]
fn a_rubber_band_in_the_bounds_but_off_the_shape_misses_it() {
    let mut canvas = Canvas::select();
    canvas.put_polygon(&[(100.0, 100.0), (600.0, 600.0), (100.0, 600.0)]);
    canvas.drag((580.0, 300.0), (450.0, 150.0)).expect_selected(&[]);
}

#[test]
fn ctrl_adds_what_the_rubber_band_takes() {
    let mut canvas = Canvas::select();
    let a = canvas.put_box(100.0, 100.0, 200.0, 200.0);
    let b = canvas.put_box(500.0, 500.0, 600.0, 600.0);
    canvas.click((150.0, 150.0)).hold(Modifiers::CTRL).drag((450.0, 450.0), (650.0, 650.0)).expect_selected(&[a, b]);
}

#[test]
fn a_rubber_band_takes_no_hidden_shape() {
    let mut canvas = Canvas::select();
    let hidden = canvas.put_box(100.0, 100.0, 200.0, 200.0);
    canvas.untouchable.insert(hidden);
    canvas.drag((50.0, 50.0), (300.0, 300.0)).expect_selected(&[]);
}

#[test]
fn the_rubber_band_is_seen_while_it_is_open_and_esc_lets_go_of_it() {
    let mut canvas = Canvas::select();
    let a = canvas.put_box(100.0, 100.0, 200.0, 200.0);
    canvas.click((150.0, 150.0)).drag_and_hold((300.0, 300.0), (400.0, 380.0)).expect_in("select.brushing");
    assert_eq!(
        canvas.previews(),
        [Preview::Band { rect: rect(300.0, 300.0, 400.0, 380.0), takes: Takes::Enclosed }],
        "the band"
    );
    canvas.esc().expect_in("select.idle").up((400.0, 380.0)).expect_selected(&[a]);
}

#[test]
fn a_drag_moves_a_shape_and_selects_it() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(100.0, 100.0, 200.0, 180.0);
    canvas.drag((150.0, 130.0), (180.0, 190.0)).expect_in("select.idle").expect_selected(&[lid]).expect_edits(1);
    assert_eq!(canvas.rect_of(lid), rect(130.0, 160.0, 230.0, 240.0), "by as much as the pointer");
}

#[test]
fn a_drag_moves_by_image_pixels_at_any_zoom() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::select().at_zoom(zoom);
        let lid = canvas.put_box(100.0, 100.0, 500.0, 480.0);
        canvas.drag((260.0, 250.0), (340.0, 310.0));
        assert_eq!(canvas.rect_of(lid), rect(180.0, 160.0, 580.0, 540.0), "at zoom {zoom}");
    }
}

#[test]
fn a_polygon_moves_whole() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_polygon(&[(100.0, 100.0), (300.0, 100.0), (200.0, 300.0)]);
    canvas.drag((200.0, 160.0), (210.0, 180.0));
    assert_eq!(canvas.points_of(lid), [(110.0, 120.0), (310.0, 120.0), (210.0, 320.0)], "every vertex by the same");
}

#[test]
fn the_move_is_seen_before_the_button_goes_up_and_the_document_is_not_touched() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(100.0, 100.0, 200.0, 180.0);
    canvas.drag_and_hold((150.0, 130.0), (180.0, 190.0)).expect_in("select.translating").expect_edits(0);
    assert_eq!(canvas.rect_of(lid), rect(100.0, 100.0, 200.0, 180.0), "not yet");
    assert!(matches!(canvas.previews()[..], [Preview::Changed(l, _)] if l == lid), "but it is seen");
    assert_eq!(canvas.cursor((180.0, 190.0)), Cursor::Move, "with a hand for it");
}

#[test]
fn the_whole_selection_moves_as_one_step() {
    let mut canvas = Canvas::select();
    let a = canvas.put_box(100.0, 100.0, 200.0, 200.0);
    let b = canvas.put_box(300.0, 100.0, 400.0, 200.0);
    canvas.drag((50.0, 50.0), (450.0, 250.0)).expect_selected(&[a, b]).drag((150.0, 150.0), (150.0, 250.0));
    assert_eq!(canvas.rect_of(a), rect(100.0, 200.0, 200.0, 300.0), "the one that was dragged");
    assert_eq!(canvas.rect_of(b), rect(300.0, 200.0, 400.0, 300.0), "and the other");
    canvas.expect_edits(1);
    assert!(matches!(&canvas.edits[0], Edit::Batch(edits) if edits.len() == 2), "one undo takes both back");
}

#[test]
fn dragging_a_shape_that_is_not_selected_moves_it_alone() {
    let mut canvas = Canvas::select();
    let a = canvas.put_box(100.0, 100.0, 200.0, 200.0);
    let b = canvas.put_box(300.0, 100.0, 400.0, 200.0);
    canvas.click((150.0, 150.0)).drag((350.0, 150.0), (350.0, 190.0)).expect_selected(&[b]);
    assert_eq!(canvas.rect_of(a), rect(100.0, 100.0, 200.0, 200.0), "the other stays");
}

#[test]
fn shift_keeps_a_move_to_one_axis() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(100.0, 100.0, 200.0, 180.0);
    canvas.drag_and_hold((150.0, 130.0), (210.0, 145.0)).hold(Modifiers::SHIFT).to((210.0, 145.0)).up((210.0, 145.0));
    assert_eq!(canvas.rect_of(lid), rect(160.0, 100.0, 260.0, 180.0), "sideways only");
    canvas.let_go().drag_and_hold((200.0, 130.0), (190.0, 180.0)).hold(Modifiers::SHIFT).up((190.0, 180.0));
    assert_eq!(canvas.rect_of(lid), rect(160.0, 150.0, 260.0, 230.0), "then down only");
}

#[test]
fn a_move_stops_at_the_border_of_the_image() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(100.0, 100.0, 200.0, 180.0);
    canvas.drag((150.0, 130.0), (-900.0, -900.0));
    assert_eq!(canvas.rect_of(lid), rect(0.0, 0.0, 100.0, 80.0), "in the corner, as large as before");
    canvas.drag((50.0, 50.0), (3000.0, 3000.0));
    assert_eq!(canvas.rect_of(lid), rect(900.0, 720.0, 1000.0, 800.0), "in the other corner");
}

#[test]
fn a_group_stops_together_at_the_border() {
    let mut canvas = Canvas::select();
    let a = canvas.put_box(100.0, 100.0, 200.0, 200.0);
    let b = canvas.put_box(300.0, 100.0, 400.0, 200.0);
    canvas.drag((50.0, 50.0), (450.0, 250.0)).drag((350.0, 150.0), (50.0, 150.0));
    assert_eq!(canvas.rect_of(a), rect(0.0, 100.0, 100.0, 200.0), "at the border");
    assert_eq!(canvas.rect_of(b), rect(200.0, 100.0, 300.0, 200.0), "as far from it as before");
}

#[test]
fn what_sticks_out_may_come_in_and_never_goes_further_out() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(-40.0, 100.0, 60.0, 200.0);
    canvas.drag((20.0, 130.0), (-30.0, 130.0));
    assert_eq!(canvas.rect_of(lid), rect(-40.0, 100.0, 60.0, 200.0), "not further out");
    canvas.drag((20.0, 130.0), (80.0, 130.0));
    assert_eq!(canvas.rect_of(lid), rect(20.0, 100.0, 120.0, 200.0), "in");
}

#[test]
fn a_move_out_and_back_is_no_edit() {
    let mut canvas = Canvas::select();
    canvas.put_box(100.0, 100.0, 200.0, 180.0);
    canvas.drag_and_hold((150.0, 130.0), (190.0, 170.0)).to((150.0, 130.0)).up((150.0, 130.0)).expect_edits(0);
}

#[test]
fn esc_cancels_a_move() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(100.0, 100.0, 200.0, 180.0);
    canvas.drag_and_hold((150.0, 130.0), (400.0, 400.0)).esc().expect_in("select.idle").up((400.0, 400.0));
    assert_eq!(canvas.expect_edits(0).rect_of(lid), rect(100.0, 100.0, 200.0, 180.0), "it is where it was");
}

#[test]
fn a_press_that_wanders_less_than_three_screen_points_only_selects() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::select().at_zoom(zoom);
        let lid = canvas.put_box(100.0, 100.0, 900.0, 700.0);
        canvas.drag((450.0, 350.0), (450.0 + 2.0 / zoom, 350.0)).expect_edits(0).expect_selected(&[lid]);
    }
}

#[test]
fn a_shape_deleted_while_it_is_moved_lets_go() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(100.0, 100.0, 200.0, 180.0);
    canvas.drag_and_hold((150.0, 130.0), (190.0, 170.0)).lose(lid);
    canvas.to((200.0, 180.0)).expect_in("select.idle").up((200.0, 180.0)).expect_edits(0).expect_nothing();
}

#[test]
fn a_shape_deleted_between_press_and_release_is_not_selected() {
    let mut canvas = Canvas::select();
    let lid = canvas.put_box(100.0, 100.0, 200.0, 180.0);
    canvas.down((150.0, 130.0)).expect_in("select.pointing_shape").lose(lid);
    canvas.up((150.0, 130.0)).expect_in("select.idle").expect_selected(&[]);
}

#[test]
fn the_others_still_move_when_one_of_a_group_is_deleted_meanwhile() {
    let mut canvas = Canvas::select();
    let a = canvas.put_box(100.0, 100.0, 200.0, 200.0);
    let b = canvas.put_box(300.0, 100.0, 400.0, 200.0);
    canvas.drag((50.0, 50.0), (450.0, 250.0)).drag_and_hold((150.0, 150.0), (150.0, 250.0)).lose(b);
    canvas.up((150.0, 250.0)).expect_edits(1);
    assert_eq!(canvas.rect_of(a), rect(100.0, 200.0, 200.0, 300.0), "what is left moved");
}

#[test]
fn the_others_still_move_when_the_first_of_a_group_is_deleted_meanwhile() {
    let mut canvas = Canvas::select();
    let a = canvas.put_box(100.0, 100.0, 200.0, 200.0);
    let b = canvas.put_box(300.0, 100.0, 400.0, 200.0);
    canvas.drag((50.0, 50.0), (450.0, 250.0)).drag_and_hold((350.0, 150.0), (350.0, 250.0)).lose(a);
    canvas.up((350.0, 250.0)).expect_edits(1);
    assert_eq!(canvas.rect_of(b), rect(300.0, 200.0, 400.0, 300.0), "whichever of them is gone");
}

#[test]
fn the_cursor_says_what_a_press_would_do() {
    let mut canvas = Canvas::select();
    canvas.put_box(100.0, 100.0, 300.0, 300.0);
    assert_eq!(canvas.cursor((700.0, 700.0)), Cursor::Arrow, "over nothing");
    assert_eq!(canvas.cursor((200.0, 200.0)), Cursor::Move, "over a shape");
    canvas.click((200.0, 200.0));
    assert_eq!(canvas.cursor((100.0, 100.0)), Cursor::ResizeNwSe, "over a corner of the selected one");
    assert_eq!(canvas.cursor((300.0, 200.0)), Cursor::ResizeHorizontal, "over a side");
}

#[test]
fn a_selection_that_is_hidden_does_not_move() {
    let mut canvas = Canvas::select();
    let below = canvas.put_box(100.0, 100.0, 500.0, 500.0);
    let hidden = canvas.put_box(200.0, 200.0, 400.0, 400.0);
    canvas.selection.set([hidden]);
    canvas.untouchable.insert(hidden);
    canvas.drag((250.0, 270.0), (260.0, 270.0));
    assert_eq!(canvas.rect_of(hidden), rect(200.0, 200.0, 400.0, 400.0), "what is not seen stays");
    assert!(IMAGE.rect().contains_rect(canvas.rect_of(below)), "and nothing got lost");
}
