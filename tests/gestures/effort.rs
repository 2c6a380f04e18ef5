//! How many presses and keys a person needs. docs/editor.md sets these counts beside those of labelme and CVAT.

use crate::desk::{Canvas, pt};
use labelwright::geometry::Point;
use labelwright::model::Shape;
use labelwright::tools::{Key, Modifiers, Tool};

/// Where the 24 coins of coins.jpg are, about: four rows of six.
fn coins() -> Vec<((f64, f64), (f64, f64))> {
    let place = |i: u32| (40.0 + 150.0 * f64::from(i % 6), 40.0 + 180.0 * f64::from(i / 6));
    (0..24).map(place).map(|(x, y)| ((x, y), (x + 100.0, y + 100.0))).collect()
}

#[test]
fn twenty_four_coins_take_a_drag_each_and_two_keys() {
    let mut canvas = Canvas::boxes();
    canvas.keys += 2; // B takes the box tool, 1 the first concept; both stay for all of them
    for (from, to) in coins() {
        canvas.drag(from, to);
    }
    assert_eq!(canvas.shapes().len(), 24, "all of them");
    assert_eq!((canvas.presses, canvas.keys), (24, 2), "presses of the button, keys");
}

/// Thirty vertices on an ellipse.
fn outline() -> Vec<(f64, f64)> {
    let at = |i: u32| f64::from(i) * std::f64::consts::TAU / 30.0;
    (0..30).map(|i| (500.0 + 300.0 * at(i).cos(), 400.0 + 250.0 * at(i).sin())).collect()
}

#[test]
fn a_polygon_of_thirty_vertices_is_traced_and_mended() {
    let way = outline();
    let mut canvas = Canvas::polygons();
    canvas.keys += 2; // P takes the tool, 1 the concept
    for p in &way {
        canvas.click(*p);
    }
    canvas.key(Key::Enter);
    assert_eq!((canvas.presses, canvas.keys), (30, 3), "to trace it");

    // Mending: one vertex to its place, one more where the outline cuts a corner, one away. It is selected already.
    canvas.tool = Tool::default();
    canvas.keys += 1; // V
    canvas.drag(way[3], (way[3].0 + 15.0, way[3].1 + 15.0));
    let middle = pt(way[10]).lerp(pt(way[11]), 0.5);
    canvas.drag((middle.x, middle.y), (middle.x - 10.0, middle.y + 10.0));
    canvas.hold(Modifiers::ALT).click(way[20]).let_go();
    assert_eq!((canvas.presses, canvas.keys), (33, 4), "traced and mended");
    assert_eq!(canvas.edits.len(), 3, "each of the three is one step of undo");
    let shapes = canvas.shapes();
    let [Shape::Polygon(ring)] = &shapes[..] else { panic!("one polygon") };
    assert_eq!(ring.len(), 30, "thirty, one more, one less");
}

#[test]
fn the_same_outline_traced_freehand_takes_one_drag() {
    let mut way = outline();
    way.push(way[0]);
    let mut canvas = Canvas::polygons();
    canvas.keys += 2; // P and 1
    canvas.trace(&way, 2.0).expect_in("polygon.idle");
    assert_eq!((canvas.presses, canvas.keys), (1, 2), "one drag that ends where it began");
    let shapes = canvas.shapes();
    let [Shape::Polygon(ring)] = &shapes[..] else { panic!("one polygon") };
    let wanted = labelwright::geometry::Ring::new(outline().into_iter().map(Point::from).collect());
    assert!((ring.area() / wanted.area() - 1.0).abs() < 0.02, "about the same area");
}
