//! Moving the view.

use crate::desk::{Canvas, rect};
use labelwright::tools::Cursor;

#[test]
fn a_drag_moves_the_view_by_as_much_as_the_pointer() {
    let mut canvas = Canvas::pan();
    canvas.drag((100.0, 100.0), (160.0, 70.0)).expect_in("pan.idle");
    assert_eq!(canvas.panned, (60.0, -30.0), "in ui points, all steps together");
}

#[test]
fn the_view_moves_by_screen_points_at_any_zoom() {
    for zoom in [0.1, 1.0, 8.0] {
        let mut canvas = Canvas::pan().at_zoom(zoom);
        canvas.drag((100.0, 100.0), (110.0, 120.0));
        let expected = (10.0 * zoom, 20.0 * zoom);
        let off = (canvas.panned.0 - expected.0).abs() + (canvas.panned.1 - expected.1).abs();
        assert!(off < 1e-9, "at zoom {zoom} the view moved by {:?}", canvas.panned);
    }
}

#[test]
fn the_view_stays_when_the_pointer_only_passes() {
    let mut canvas = Canvas::pan();
    canvas.to((10.0, 10.0)).to((500.0, 500.0)).expect_in("pan.idle");
    assert_eq!(canvas.panned, (0.0, 0.0), "no button, no pan");
}

#[test]
fn the_open_hand_closes_while_it_drags() {
    let mut canvas = Canvas::pan();
    assert_eq!(canvas.cursor((10.0, 10.0)), Cursor::Grab, "waiting");
    canvas.down((10.0, 10.0)).expect_in("pan.dragging");
    assert_eq!(canvas.cursor((10.0, 10.0)), Cursor::Grabbing, "holding");
    canvas.esc().expect_in("pan.idle");
}

#[test]
fn panning_never_touches_a_shape() {
    let mut canvas = Canvas::pan();
    let lid = canvas.put_box(0.0, 0.0, 100.0, 100.0);
    canvas.drag((50.0, 50.0), (90.0, 90.0)).double_click((50.0, 50.0)).expect_edits(0).expect_selected(&[]);
    assert_eq!(canvas.rect_of(lid), rect(0.0, 0.0, 100.0, 100.0), "it is where it was");
}
