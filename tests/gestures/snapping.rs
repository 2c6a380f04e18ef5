//! Snapping to vertices, edges and the border, and following a neighbour's border.

use crate::desk::{Canvas, IMAGE, pt};
use labelwright::geometry::{Point, SnapTo};
use labelwright::model::{LocalId, Shape};
use labelwright::tools::{Key, Modifiers, Preview, Snapping};

const NEIGHBOUR: [(f64, f64); 4] = [(300.0, 200.0), (600.0, 200.0), (600.0, 500.0), (300.0, 500.0)];

fn with_neighbour(zoom: f64) -> (Canvas, LocalId) {
    let mut canvas = Canvas::polygons().at_zoom(zoom);
    let lid = canvas.put_polygon(&NEIGHBOUR);
    (canvas, lid)
}

/// The mark that is seen, if any.
fn mark(canvas: &Canvas) -> Option<(Point, SnapTo)> {
    canvas.previews().into_iter().find_map(|p| if let Preview::Snapped(s) = p { Some((s.at, s.to)) } else { None })
}

/// The vertices placed so far.
fn placed(canvas: &Canvas) -> Vec<Point> {
    let of_ring = |p| if let Preview::OpenRing { points, .. } = p { Some(points) } else { None };
    canvas.previews().into_iter().find_map(of_ring).unwrap_or_default()
}

/// What a person would find where, `off` screen points beside it: each at three zooms.
macro_rules! snaps {
    ($($name:ident: $beside:expr, $off:expr => $at:expr, $to:ident;)*) => {
        $(#[test]
        fn $name() {
            for zoom in [0.5, 1.0, 8.0] {
                let (mut canvas, _) = with_neighbour(zoom);
                let beside: (f64, f64) = $beside;
                let off: (f64, f64) = $off;
                let pointer = (beside.0 + off.0 / zoom, beside.1 + off.1 / zoom);
                canvas.to(pointer);
                let wanted = pt($at);
                let seen = mark(&canvas).expect("a mark is seen before the click");
                assert!(seen.0.distance(wanted) < 1e-9 && seen.1 == SnapTo::$to, "{seen:?} at zoom {zoom}");
                canvas.click(pointer);
                assert!(placed(&canvas)[0].distance(wanted) < 1e-9, "and it lands there at zoom {zoom}");
            }
        })*
    };
}

snaps! {
    a_vertex_snaps_to_a_vertex_from_outside: (300.0, 200.0), (-4.0, -4.0) => (300.0, 200.0), Vertex;
    a_vertex_snaps_to_a_vertex_from_inside: (600.0, 500.0), (-3.0, -5.0) => (600.0, 500.0), Vertex;
    a_vertex_snaps_to_a_vertex_from_along_the_edge: (600.0, 200.0), (-7.0, 0.0) => (600.0, 200.0), Vertex;
    a_vertex_snaps_to_an_edge_from_above: (450.0, 200.0), (0.0, -6.0) => (450.0, 200.0), Edge;
    a_vertex_snaps_to_an_edge_from_inside: (600.0, 350.0), (-6.0, 0.0) => (600.0, 350.0), Edge;
    a_vertex_snaps_to_the_closing_edge: (300.0, 350.0), (-5.0, 0.0) => (300.0, 350.0), Edge;
    a_vertex_snaps_to_the_top_border: (500.0, 0.0), (0.0, 5.0) => (500.0, 0.0), Border;
    a_vertex_snaps_to_the_bottom_border: (500.0, 800.0), (0.0, -5.0) => (500.0, 800.0), Border;
    a_vertex_snaps_to_the_left_border: (0.0, 300.0), (5.0, 0.0) => (0.0, 300.0), Border;
    a_vertex_snaps_to_the_right_border: (1000.0, 300.0), (-5.0, 0.0) => (1000.0, 300.0), Border;
    a_vertex_snaps_to_the_border_from_outside: (500.0, 0.0), (0.0, -5.0) => (500.0, 0.0), Border;
    a_vertex_snaps_to_the_first_corner_of_the_image: (0.0, 0.0), (4.0, 4.0) => (0.0, 0.0), Vertex;
    a_vertex_snaps_to_the_last_corner_of_the_image: (1000.0, 800.0), (-4.0, 2.0) => (1000.0, 800.0), Vertex;
}

#[test]
fn nothing_snaps_from_further_away() {
    for zoom in [0.5, 1.0, 8.0] {
        let (mut canvas, _) = with_neighbour(zoom);
        for beside in [(300.0, 200.0), (450.0, 200.0)] {
            let pointer = (beside.0, beside.1 - 9.0 / zoom);
            canvas.to(pointer);
            assert_eq!(mark(&canvas), None, "nine screen points off at zoom {zoom}");
        }
    }
}

#[test]
fn a_box_has_corners_and_edges_to_snap_to() {
    let mut canvas = Canvas::polygons();
    canvas.put_box(300.0, 200.0, 600.0, 500.0);
    canvas.to((304.0, 203.0));
    assert_eq!(mark(&canvas), Some((pt((300.0, 200.0)), SnapTo::Vertex)), "its corner");
    canvas.to((450.0, 496.0));
    assert_eq!(mark(&canvas), Some((pt((450.0, 500.0)), SnapTo::Edge)), "its side");
}

#[test]
fn the_nearest_of_two_vertices_wins() {
    let mut canvas = Canvas::polygons();
    canvas.put_box(100.0, 100.0, 300.0, 300.0);
    canvas.put_box(306.0, 100.0, 500.0, 300.0);
    canvas.to((302.0, 100.0));
    assert_eq!(mark(&canvas).map(|m| m.0), Some(pt((300.0, 100.0))), "2 off, not 4");
    canvas.to((304.0, 100.0));
    assert_eq!(mark(&canvas).map(|m| m.0), Some(pt((306.0, 100.0))), "2 off, not 4");
}

#[test]
fn ctrl_switches_snapping_off() {
    let (mut canvas, _) = with_neighbour(1.0);
    canvas.hold(Modifiers::CTRL).to((303.0, 203.0));
    assert_eq!(mark(&canvas), None, "no mark");
    canvas.click((303.0, 203.0));
    assert_eq!(placed(&canvas), [pt((303.0, 203.0))], "and it lands where the pointer is");
}

#[test]
fn snapping_can_be_switched_off_for_good() {
    let (mut canvas, _) = with_neighbour(1.0);
    canvas.snapping = Snapping::Off;
    canvas.to((303.0, 203.0));
    assert_eq!(mark(&canvas), None, "no mark");
}

#[test]
fn hidden_shapes_do_not_snap() {
    let (mut canvas, lid) = with_neighbour(1.0);
    canvas.untouchable.insert(lid);
    canvas.to((303.0, 203.0));
    assert_eq!(mark(&canvas), None, "nobody sees it");
}

#[test]
fn the_first_vertex_of_the_draft_is_for_closing_and_has_no_snap_mark() {
    let (mut canvas, _) = with_neighbour(1.0);
    canvas.click((301.0, 201.0)).click((100.0, 400.0)).click((150.0, 600.0)).to((302.0, 202.0));
    assert_eq!(mark(&canvas), None, "a click here closes");
    canvas.click((302.0, 202.0)).expect_in("polygon.idle");
}

#[test]
fn a_dragged_vertex_snaps_to_a_neighbour_and_not_to_its_own_shape() {
    let mut canvas = Canvas::select();
    canvas.put_polygon(&NEIGHBOUR);
    let own = canvas.put_polygon(&[(50.0, 50.0), (200.0, 50.0), (200.0, 200.0), (50.0, 200.0)]);
    canvas.selection.set([own]);
    canvas.drag_and_hold((200.0, 200.0), (296.0, 203.0));
    assert_eq!(mark(&canvas), Some((pt((300.0, 200.0)), SnapTo::Vertex)), "the mark is seen while it is dragged");
    canvas.up((296.0, 203.0));
    assert_eq!(canvas.points_of(own)[2], (300.0, 200.0), "exactly on the neighbour's vertex");
    canvas.drag_and_hold((300.0, 200.0), (203.0, 54.0));
    assert_eq!(mark(&canvas), None, "its own vertex is no place to snap to");
}

#[test]
fn ctrl_drags_a_vertex_freely() {
    let mut canvas = Canvas::select();
    canvas.put_polygon(&NEIGHBOUR);
    let own = canvas.put_polygon(&[(50.0, 50.0), (200.0, 50.0), (200.0, 200.0), (50.0, 200.0)]);
    canvas.selection.set([own]);
    canvas.drag_and_hold((200.0, 200.0), (296.0, 203.0)).hold(Modifiers::CTRL).up((296.0, 203.0));
    assert_eq!(canvas.points_of(own)[2], (296.0, 203.0), "where the pointer is");
}

#[test]
fn several_dragged_vertices_keep_their_distances_when_one_snaps() {
    let mut canvas = Canvas::select();
    canvas.put_polygon(&NEIGHBOUR);
    let own = canvas.put_polygon(&[(50.0, 50.0), (200.0, 50.0), (200.0, 150.0), (50.0, 150.0)]);
    canvas.selection.set([own]);
    canvas.click((200.0, 50.0)).hold(Modifiers::CTRL).click((200.0, 150.0)).let_go();
    canvas.drag((200.0, 150.0), (297.0, 202.0));
    let points = canvas.points_of(own);
    assert_eq!((points[1], points[2]), ((300.0, 100.0), (300.0, 200.0)), "both moved by the same");
}

/// Alt+click along the neighbour's border: from, to, what lies between.
macro_rules! follows {
    ($($name:ident: $from:expr, $to:expr, $modifiers:ident => $between:expr;)*) => {
        $(#[test]
        fn $name() {
            let (mut canvas, _) = with_neighbour(1.0);
            canvas.click($from).hold(Modifiers::$modifiers).to($to);
            let between: &[(f64, f64)] = &$between;
            let mut expected: Vec<Point> = between.iter().copied().map(pt).collect();
            expected.push(pt($to));
            let shown = canvas.previews().into_iter().find_map(|p| {
                if let Preview::OpenRing { border, .. } = p { Some(border) } else { None }
            });
            assert_eq!(shown, Some(expected.clone()), "the way is shown before the click");
            canvas.click($to).let_go();
            expected.insert(0, pt($from));
            assert_eq!(placed(&canvas), expected, "and taken by it");
            canvas.expect_in("polygon.placing");
        })*
    };
}

follows! {
    a_border_is_followed_over_a_corner: (500.0, 200.0), (600.0, 300.0), ALT => [(600.0, 200.0)];
    a_border_is_followed_backwards: (600.0, 300.0), (500.0, 200.0), ALT => [(600.0, 200.0)];
    a_border_is_followed_over_two_corners: (590.0, 200.0), (590.0, 500.0), ALT => [(600.0, 200.0), (600.0, 500.0)];
    a_border_is_followed_from_vertex_to_vertex: (300.0, 200.0), (600.0, 500.0), ALT => [(600.0, 200.0)];
    a_border_is_followed_along_one_edge: (350.0, 200.0), (550.0, 200.0), ALT => [];
    a_border_is_followed_the_long_way_with_shift:
        (500.0, 200.0), (600.0, 300.0), ALT_SHIFT => [(300.0, 200.0), (300.0, 500.0), (600.0, 500.0)];
    the_border_of_the_image_is_followed_too: (900.0, 0.0), (1000.0, 100.0), ALT => [(1000.0, 0.0)];
}

#[test]
fn a_shared_border_has_the_same_vertices_on_both_sides() {
    let (mut canvas, lid) = with_neighbour(1.0);
    canvas.click((602.0, 199.0)).hold(Modifiers::ALT).click((601.0, 499.0)).let_go().click((800.0, 350.0));
    canvas.key(Key::Enter);
    let shapes = canvas.shapes();
    let Some(Shape::Polygon(drawn)) = shapes.last() else { panic!("a polygon") };
    assert_eq!(drawn.points()[..2], [pt((600.0, 200.0)), pt((600.0, 500.0))], "the neighbour's own vertices");
    assert_eq!(canvas.points_of(lid), NEIGHBOUR, "which stayed");
}

#[test]
fn alt_click_off_a_border_is_refused_and_loses_nothing() {
    let (mut canvas, _) = with_neighbour(1.0);
    canvas.click((100.0, 100.0)).hold(Modifiers::ALT).click((600.0, 300.0)).let_go();
    assert!(canvas.refused[0].contains("both lie on the outline"), "it says what is needed: {:?}", canvas.refused);
    assert_eq!(placed(&canvas), [pt((100.0, 100.0))], "the draft is as it was");
}

#[test]
fn backspace_takes_a_followed_border_back_vertex_by_vertex() {
    let (mut canvas, _) = with_neighbour(1.0);
    canvas.click((500.0, 200.0)).hold(Modifiers::ALT).click((600.0, 300.0)).let_go();
    canvas.key(Key::Backspace);
    assert_eq!(placed(&canvas), [(500.0, 200.0), (600.0, 200.0)].map(pt), "the end first");
    canvas.key(Key::Redo);
    assert_eq!(placed(&canvas).len(), 3, "and in again");
}

#[test]
fn snapped_vertices_stay_in_the_image() {
    let (mut canvas, _) = with_neighbour(1.0);
    canvas.click((-5.0, 300.0)).click((500.0, 805.0)).click((1003.0, -2.0));
    assert!(placed(&canvas).iter().all(|p| IMAGE.rect().contains(*p)), "{:?}", placed(&canvas));
}

#[test]
fn the_hint_speaks_of_the_border_where_one_can_be_followed() {
    let (mut canvas, _) = with_neighbour(1.0);
    canvas.click((500.0, 200.0)).to((600.0, 300.0));
    assert!(canvas.tool.hint(Some(&canvas.scene())).contains("Alt+click follows"), "here it can");
    canvas.to((100.0, 700.0));
    assert!(!canvas.tool.hint(Some(&canvas.scene())).contains("Alt+click follows"), "here it cannot");
}
