//! Several vertices at once, of one polygon or of several.

use crate::desk::{Canvas, rect};
use labelwright::geometry::Vector;
use labelwright::model::{Edit, LocalId};
use labelwright::tools::{Input, Key, Modifiers, Preview, Takes};

const LEFT: [(f64, f64); 4] = [(100.0, 100.0), (300.0, 100.0), (300.0, 300.0), (100.0, 300.0)];
const RIGHT: [(f64, f64); 4] = [(400.0, 100.0), (600.0, 100.0), (600.0, 300.0), (400.0, 300.0)];

fn two() -> (Canvas, LocalId, LocalId) {
    let mut canvas = Canvas::select();
    let (a, b) = (canvas.put_polygon(&LEFT), canvas.put_polygon(&RIGHT));
    canvas.selection.set([a, b]);
    (canvas, a, b)
}

fn one() -> (Canvas, LocalId) {
    let mut canvas = Canvas::select();
    let a = canvas.put_polygon(&LEFT);
    canvas.selection.set([a]);
    (canvas, a)
}

/// The chosen vertices: shape and place in its ring.
fn chosen(canvas: &Canvas) -> Vec<(LocalId, usize)> {
    canvas.tool.vertices().iter().flat_map(|(lid, all)| all.iter().map(move |i| (lid, *i))).collect()
}

/// Bands over the one selected polygon: from, to, keys held, which of its vertices they choose.
macro_rules! bands {
    ($($name:ident: $from:expr, $to:expr, $modifiers:ident => $chosen:expr;)*) => {
        $(#[test]
        fn $name() {
            for zoom in [0.5, 1.0, 4.0] {
                let (mut canvas, lid) = one();
                canvas.zoom = zoom;
                canvas.hold(Modifiers::$modifiers).drag($from, $to).expect_edits(0).expect_selected(&[lid]);
                let expected: &[usize] = &$chosen;
                let got: Vec<usize> = chosen(&canvas).into_iter().map(|(_, i)| i).collect();
                assert_eq!(got, expected, "at zoom {zoom}");
            }
        })*
    };
}

bands! {
    a_band_over_one_vertex_chooses_it: (50.0, 50.0), (150.0, 150.0), NONE => [0];
    a_band_over_the_left_side_chooses_its_two: (50.0, 50.0), (150.0, 350.0), NONE => [0, 3];
    a_band_over_the_top_chooses_its_two: (50.0, 50.0), (350.0, 150.0), NONE => [0, 1];
    a_band_drawn_leftwards_chooses_vertices_too: (350.0, 350.0), (250.0, 50.0), NONE => [1, 2];
    a_band_drawn_upwards_chooses_vertices_too: (350.0, 350.0), (250.0, 250.0), NONE => [2];
    a_band_with_alt_chooses_vertices_even_from_inside: (200.0, 200.0), (350.0, 350.0), ALT => [2];
    a_band_with_alt_chooses_all_of_them: (50.0, 50.0), (350.0, 350.0), ALT => [0, 1, 2, 3];
    a_band_with_ctrl_chooses_vertices_of_what_is_selected: (50.0, 50.0), (150.0, 150.0), CTRL => [0];
}

#[test]
fn a_band_round_the_whole_polygon_selects_it_and_no_vertex() {
    let (mut canvas, lid) = one();
    canvas.drag((50.0, 50.0), (350.0, 350.0)).expect_selected(&[lid]);
    assert_eq!(chosen(&canvas), [], "so that Delete deletes the shape");
}

#[test]
fn a_band_that_takes_another_shape_selects_that() {
    let (mut canvas, lid) = one();
    let other = canvas.put_box(320.0, 320.0, 380.0, 380.0);
    canvas.drag((420.0, 420.0), (250.0, 250.0)).expect_selected(&[lid, other]);
    assert_eq!(chosen(&canvas), [], "shapes come before vertices");
}

#[test]
fn ctrl_and_a_band_choose_more_vertices() {
    let (mut canvas, lid) = one();
    canvas.drag((50.0, 50.0), (150.0, 150.0)).hold(Modifiers::CTRL).drag((350.0, 350.0), (250.0, 250.0));
    assert_eq!(chosen(&canvas), [(lid, 0), (lid, 2)], "both");
    canvas.let_go().drag((250.0, 50.0), (350.0, 150.0));
    assert_eq!(chosen(&canvas), [(lid, 1)], "without Ctrl the others are let go");
}

#[test]
fn the_band_of_vertices_is_seen() {
    let (mut canvas, _) = one();
    canvas.hold(Modifiers::ALT).drag_and_hold((50.0, 50.0), (150.0, 150.0));
    let band = Preview::Band { rect: rect(50.0, 50.0, 150.0, 150.0), takes: Takes::Vertices };
    assert_eq!(canvas.previews(), [band], "as one of vertices");
}

#[test]
fn a_band_chooses_vertices_of_several_shapes() {
    let (mut canvas, a, b) = two();
    canvas.hold(Modifiers::ALT).drag((250.0, 50.0), (450.0, 150.0));
    assert_eq!(chosen(&canvas), [(a, 1), (b, 0)], "one of each");
    let (mut canvas, a, b) = two();
    canvas.drag((250.0, 50.0), (450.0, 350.0));
    assert_eq!(chosen(&canvas), [(a, 1), (a, 2), (b, 0), (b, 3)], "also without Alt");
}

#[test]
fn ctrl_click_chooses_vertices_one_by_one_over_several_shapes() {
    let (mut canvas, a, b) = two();
    canvas.click(LEFT[1]).hold(Modifiers::CTRL).click(RIGHT[0]).click(RIGHT[3]).expect_selected(&[a, b]);
    assert_eq!(chosen(&canvas), [(a, 1), (b, 0), (b, 3)], "three");
    canvas.click(RIGHT[0]);
    assert_eq!(chosen(&canvas), [(a, 1), (b, 3)], "a second time lets it go");
    canvas.let_go().click(LEFT[0]);
    assert_eq!(chosen(&canvas), [(a, 0)], "a click without Ctrl chooses only that one");
}

#[test]
fn shift_click_chooses_more_vertices_too() {
    let (mut canvas, a) = one();
    canvas.click(LEFT[1]).hold(Modifiers::SHIFT).click(LEFT[2]);
    assert_eq!(chosen(&canvas), [(a, 1), (a, 2)], "as it does with shapes");
}

#[test]
fn chosen_vertices_move_together_as_one_step() {
    let (mut canvas, a, b) = two();
    canvas.hold(Modifiers::ALT).drag((250.0, 50.0), (450.0, 150.0)).let_go();
    canvas.drag(LEFT[1], (320.0, 60.0)).expect_edits(1);
    assert_eq!(canvas.points_of(a), [LEFT[0], (320.0, 60.0), LEFT[2], LEFT[3]], "the one that was held");
    assert_eq!(canvas.points_of(b), [(420.0, 60.0), RIGHT[1], RIGHT[2], RIGHT[3]], "and the other by the same");
    assert!(matches!(&canvas.edits[0], Edit::Batch(edits) if edits.len() == 2), "one undo takes both back");
    assert_eq!(chosen(&canvas), [(a, 1), (b, 0)], "and they are still chosen");
}

#[test]
fn a_vertex_that_is_not_chosen_is_dragged_alone() {
    let (mut canvas, a) = one();
    canvas.drag((50.0, 50.0), (150.0, 350.0)).drag(LEFT[2], (350.0, 350.0));
    assert_eq!(canvas.points_of(a), [LEFT[0], LEFT[1], (350.0, 350.0), LEFT[3]], "the chosen ones stay");
    assert_eq!(chosen(&canvas), [(a, 2)], "and it is the chosen one now");
}

#[test]
fn chosen_vertices_stop_together_at_the_border() {
    let (mut canvas, a) = one();
    canvas.drag((50.0, 50.0), (350.0, 150.0)).drag(LEFT[1], (260.0, -400.0));
    assert_eq!(canvas.points_of(a), [(60.0, 0.0), (260.0, 0.0), LEFT[2], LEFT[3]], "level as before");
}

#[test]
fn shift_moves_vertices_along_one_axis() {
    let (mut canvas, a) = one();
    canvas.drag_and_hold(LEFT[0], (160.0, 110.0)).hold(Modifiers::SHIFT).up((160.0, 110.0));
    assert_eq!(canvas.points_of(a)[0], (160.0, 100.0), "sideways only");
}

#[test]
fn delete_removes_all_chosen_vertices_as_one_step() {
    let mut canvas = Canvas::select();
    let hexagon = [(100.0, 100.0), (200.0, 60.0), (300.0, 100.0), (300.0, 300.0), (200.0, 340.0), (100.0, 300.0)];
    let (a, b) = (canvas.put_polygon(&hexagon), canvas.put_polygon(&RIGHT));
    canvas.selection.set([a, b]);
    canvas.click(hexagon[1]).hold(Modifiers::CTRL).click(hexagon[4]).click(RIGHT[2]).let_go();
    canvas.key(Key::Delete).expect_edits(1);
    assert_eq!(canvas.points_of(a), [hexagon[0], hexagon[2], hexagon[3], hexagon[5]], "two of six");
    assert_eq!(canvas.points_of(b), [RIGHT[0], RIGHT[1], RIGHT[3]], "one of four");
    assert_eq!(chosen(&canvas), [], "nothing is chosen any more");
}

#[test]
fn where_one_shape_would_keep_too_few_nothing_is_removed_and_it_says_so() {
    let (mut canvas, a, b) = two();
    canvas.click(LEFT[0]).hold(Modifiers::CTRL).click(LEFT[1]).click(RIGHT[0]).let_go().key(Key::Delete);
    canvas.expect_edits(0);
    assert!(canvas.refused[0].contains("three"), "{:?}", canvas.refused);
    assert_eq!((canvas.points_of(a).len(), canvas.points_of(b).len()), (4, 4), "all or nothing");
    assert_eq!(chosen(&canvas).len(), 3, "they stay chosen");
}

#[test]
fn arrows_move_the_chosen_vertices_and_not_the_shape() {
    let (mut canvas, a) = one();
    canvas.click(LEFT[2]).input(Input::Nudge(Vector::new(1.0, 0.0))).input(Input::Nudge(Vector::new(0.0, -10.0)));
    canvas.expect_edits(2);
    assert_eq!(canvas.points_of(a), [LEFT[0], LEFT[1], (301.0, 290.0), LEFT[3]], "by 1 and by 10");
}

#[test]
fn arrows_stop_at_the_border() {
    let (mut canvas, a) = one();
    canvas.click(LEFT[0]).input(Input::Nudge(Vector::new(-150.0, 0.0))).input(Input::Nudge(Vector::new(-1.0, 0.0)));
    assert_eq!(canvas.expect_edits(1).points_of(a)[0], (0.0, 100.0), "and make no edit there");
}

#[test]
fn vertices_of_a_shape_that_is_deleted_are_let_go_and_the_others_stay() {
    let (mut canvas, a, b) = two();
    canvas.click(LEFT[1]).hold(Modifiers::CTRL).click(RIGHT[0]).let_go().lose(a);
    canvas.input(Input::Nudge(Vector::new(0.0, 5.0))).expect_edits(1);
    assert_eq!(canvas.points_of(b)[0], (400.0, 105.0), "what is there moves");
    assert_eq!(chosen(&canvas), [(b, 0)], "what is gone is no longer chosen");
}

#[test]
fn a_drag_of_vertices_goes_on_where_one_shape_is_deleted_meanwhile() {
    let (mut canvas, a, b) = two();
    canvas.click(LEFT[1]).hold(Modifiers::CTRL).click(RIGHT[0]).let_go();
    canvas.drag_and_hold(LEFT[1], (300.0, 150.0)).lose(a);
    canvas.up((300.0, 150.0)).expect_edits(1);
    assert_eq!(canvas.points_of(b)[0], (400.0, 150.0), "the other is dropped where it was dragged");
}

#[test]
fn undo_that_shortens_the_ring_lets_go_of_vertices_that_are_no_more() {
    let (mut canvas, a) = one();
    canvas.click(LEFT[3]);
    canvas.apply(Edit::SetShape { lid: a, shape: labelwright::model::Shape::Polygon(crate::desk::ring(&LEFT[..3])) });
    canvas.key(Key::Delete).expect_edits(1);
    assert_eq!(canvas.points_of(a).len(), 3, "nothing else was removed in its place");
}

#[test]
fn vertices_of_hidden_shapes_cannot_be_chosen() {
    let (mut canvas, a) = one();
    canvas.untouchable.insert(a);
    canvas.hold(Modifiers::ALT).drag((50.0, 50.0), (150.0, 150.0));
    assert_eq!(chosen(&canvas), [], "what is not seen stays");
}

#[test]
fn esc_lets_the_vertices_go_and_keeps_the_selection() {
    let (mut canvas, a) = one();
    canvas.drag((50.0, 50.0), (150.0, 350.0)).esc().expect_selected(&[a]);
    assert_eq!(chosen(&canvas), [], "one Esc");
}

#[test]
fn midpoints_of_several_selected_polygons_can_be_dragged() {
    let (mut canvas, a, b) = two();
    canvas.drag((200.0, 100.0), (200.0, 60.0)).expect_edits(1);
    assert_eq!(canvas.points_of(a), [LEFT[0], (200.0, 60.0), LEFT[1], LEFT[2], LEFT[3]], "a new vertex");
    assert_eq!(canvas.points_of(b), RIGHT, "the other stays");
}

#[test]
fn a_vertex_drag_marks_where_the_outline_would_cross_itself() {
    let (mut canvas, _) = one();
    canvas.drag_and_hold(LEFT[0], (400.0, 200.0));
    let crossings =
        canvas.previews().into_iter().find_map(|p| if let Preview::Crossings(at) = p { Some(at) } else { None });
    assert_eq!(crossings.map(|at| at.len()), Some(1), "a moved edge crosses the right side");
    canvas.to((120.0, 120.0));
    assert!(!canvas.previews().iter().any(|p| matches!(p, Preview::Crossings(_))), "and not where it does not");
}
