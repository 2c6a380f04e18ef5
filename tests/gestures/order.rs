//! From shape to shape by keys.

use crate::desk::Canvas;
use labelwright::geometry::Vector;
use labelwright::model::LocalId;
use labelwright::tools::{Reading, neighbour, read_on, reading_order};

/// Two rows of three, put down in no order, none exactly level.
fn table() -> (Canvas, [LocalId; 6]) {
    let mut canvas = Canvas::select();
    let mut put = |x: f64, y: f64| canvas.put_box(x, y, x + 80.0, y + 60.0);
    let (f, b, d) = (put(500.0, 310.0), put(300.0, 95.0), put(100.0, 305.0));
    let (a, e, c) = (put(100.0, 110.0), put(300.0, 296.0), put(500.0, 100.0));
    (canvas, [a, b, c, d, e, f])
}

#[test]
fn reading_order_goes_row_by_row_though_no_row_is_level() {
    let (canvas, order) = table();
    assert_eq!(reading_order(&canvas.scene()), order, "as one reads");
}

#[test]
fn tab_goes_round_and_shift_tab_back() {
    let (mut canvas, order) = table();
    for expected in order.iter().chain([&order[0]]) {
        let next = read_on(Reading::Next, &canvas.scene()).expect("there is one");
        assert_eq!(next, *expected, "the next");
        canvas.selection.set([next]);
    }
    assert_eq!(read_on(Reading::Previous, &canvas.scene()), Some(order[5]), "back over the beginning");
    canvas.selection.clear();
    assert_eq!(read_on(Reading::Previous, &canvas.scene()), Some(order[5]), "from nothing back to the last");
}

#[test]
fn hidden_shapes_are_passed_over() {
    let (mut canvas, order) = table();
    canvas.untouchable.insert(order[1]);
    canvas.selection.set([order[0]]);
    assert_eq!(read_on(Reading::Next, &canvas.scene()), Some(order[2]), "the second is hidden");
}

#[test]
fn an_empty_image_has_no_next_shape() {
    let canvas = Canvas::select();
    assert_eq!(read_on(Reading::Next, &canvas.scene()), None, "none");
    assert_eq!(neighbour(Vector::new(1.0, 0.0), &canvas.scene()), None, "in no direction");
}

/// From which shape of the table, in which direction, to which.
macro_rules! neighbours {
    ($($name:ident: $from:literal, ($x:literal, $y:literal) => $to:expr;)*) => {
        $(#[test]
        fn $name() {
            let (mut canvas, order) = table();
            canvas.selection.set([order[$from]]);
            let to: Option<usize> = $to;
            assert_eq!(neighbour(Vector::new($x, $y), &canvas.scene()), to.map(|i| order[i]), "the nearest there");
        })*
    };
}

neighbours! {
    right_of_the_first_is_the_second: 0, (1.0, 0.0) => Some(1);
    left_of_the_third_is_the_second: 2, (-1.0, 0.0) => Some(1);
    below_the_second_is_the_fifth: 1, (0.0, 1.0) => Some(4);
    above_the_sixth_is_the_third: 5, (0.0, -1.0) => Some(2);
    left_of_the_first_is_nothing: 0, (-1.0, 0.0) => None;
    above_the_third_is_nothing: 2, (0.0, -1.0) => None;
    right_of_the_fifth_is_the_sixth: 4, (1.0, 0.0) => Some(5);
    below_the_fourth_is_nothing: 3, (0.0, 1.0) => None;
}
