//! Drawing and editing in the window: the clipboard, the keyboard's cursor, combining, simplifying, finding.

use crate::desk::{Desk, on_the_sample};
use egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::kittest::Queryable as _;
use labelwright::geometry::Rect;
use labelwright::model::{Annotation, ConceptId, Shape};
use labelwright::runtime::{Request, Sending};

const ALT: Modifiers = Modifiers::ALT;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL: Modifiers = Modifiers::COMMAND;

/// Boxes as another program would put them on the clipboard.
fn boxes(all: &[(&str, [f64; 4])]) -> String {
    let shapes: Vec<String> = all
        .iter()
        .map(|(label, [x0, y0, x1, y1])| {
            format!(r#"{{"label": "{label}", "shape_type": "rectangle", "points": [[{x0}, {y0}], [{x1}, {y1}]]}}"#)
        })
        .collect();
    format!(r#"{{"shapes": [{}]}}"#, shapes.join(", "))
}

fn polygon(points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("[{x}, {y}]")).collect();
    format!(r#"[{{"label": "kite", "shape_type": "polygon", "points": [{}]}}]"#, points.join(", "))
}

fn paste(desk: &mut Desk, text: &str) {
    desk.window.event(Event::Paste(text.to_owned()));
    desk.window.step();
    desk.window.run_steps(2);
}

fn last(desk: &Desk) -> Annotation {
    desk.annotations().pop().expect("an annotation")
}

fn bounds(desk: &Desk) -> Rect {
    last(desk).bounds().expect("a shape")
}

fn rect(x0: f64, y0: f64, x1: f64, y1: f64) -> Rect {
    Rect { min: (x0, y0).into(), max: (x1, y1).into() }
}

on_the_sample! {

copying_puts_json_on_the_desktops_clipboard_that_can_be_pasted_again(desk) {
    paste(desk, &boxes(&[("stamp", [40.0, 50.0, 140.0, 120.0])]));
    desk.window.event(Event::Copy);
    desk.window.step();
    let commands = desk.window.output().platform_output.commands.clone();
    let text = commands.into_iter().find_map(|c| if let OutputCommand::CopyText(text) = c { Some(text) } else { None });
    let text = text.expect("a text for other programs");
    assert!(text.contains("\"shape_type\": \"rectangle\"") && text.contains("stamp"), "{text}");
    let before = desk.annotations().len();
    paste(desk, &text);
    assert_eq!(desk.annotations().len(), before + 1, "one more");
    assert_eq!(bounds(desk), rect(40.0, 50.0, 140.0, 120.0), "at the same place");
}

the_properties_tell_the_id_and_the_last_change(desk) {
    desk.key(Key::Tab);
    let lid = desk.editor().selection.single().expect("the first shape");
    desk.until_seen("Copy the id");
    let id = desk.window.state_mut().editor_mut().expect("open").described(lid).expect("it was told").id.clone();
    assert!(!id.is_empty() && desk.sees(&id), "the id is there: {:?}", desk.names());
    assert!(!desk.sees("here, not on the server yet"), "nothing was changed");
    desk.window.get_by_label("Copy the id").click_accesskit();
    desk.window.step();
    let commands = desk.window.output().platform_output.commands.clone();
    let copied = commands.iter().any(|c| matches!(c, OutputCommand::CopyText(text) if *text == id));
    assert!(copied, "it can be copied: {commands:?}");
    desk.window.state_mut().editor_mut().expect("open").outbox.push(Request::Sending(Sending::WhenISay));
    desk.key(Key::ArrowRight);
    desk.until_seen("here, not on the server yet");
    desk.ctrl(Key::S);
    desk.until("it is sent", |app| app.editor().is_some_and(|e| !e.marks.contains_key(&lid)));
    desk.window.run_steps(4);
    desk.until_seen("Changed");
    assert!(desk.sees("20") && !desk.sees("here, not on the server yet"), "the server says when: {:?}", desk.names());
}

a_foreign_text_is_told_and_what_was_copied_is_not_lost(desk) {
    paste(desk, &boxes(&[("stamp", [40.0, 50.0, 140.0, 120.0])]));
    let before = desk.annotations();
    for (text, told) in [
        ("Dear Ms Miller,", "other text"),
        ("{\"shapes\": [{]", "broken"),
        ("{\"cats\": 3}", "without a list"),
        ("[{\"shape_type\": \"circle\", \"points\": [[1, 1], [2, 2]]}]", "None of the 1"),
    ] {
        paste(desk, text);
        assert!(desk.last_notice().contains(told), "{text}: {}", desk.last_notice());
        assert_eq!(desk.annotations(), before, "nothing changed");
    }
    paste(desk, "");
    assert_eq!(desk.annotations().len(), before.len() + 1, "what was there before can still be pasted");
}

a_shape_that_lies_outside_is_told_and_one_that_sticks_out_is_cut(desk) {
    let size = desk.editor().image_size().expect("a size");
    let before = desk.annotations().len();
    paste(desk, &boxes(&[("far", [9000.0, 9000.0, 9100.0, 9100.0])]));
    assert!(desk.last_notice().contains("outside this image"), "{}", desk.last_notice());
    assert_eq!(desk.annotations().len(), before, "nothing was pasted");
    paste(desk, &boxes(&[("edge", [size.width - 50.0, 10.0, size.width + 900.0, 60.0])]));
    assert_eq!(bounds(desk), rect(size.width - 50.0, 10.0, size.width, 60.0), "cut at the border");
}

a_concept_name_that_no_one_could_read_is_left_out_and_the_shape_is_kept(desk) {
    let before = desk.annotations().len();
    paste(desk, &boxes(&[(&"x".repeat(10_000), [40.0, 50.0, 140.0, 120.0])]));
    assert_eq!(desk.annotations().len(), before + 1, "the shape is there");
    assert_eq!(last(desk).concepts, [], "without the label");
    assert!(desk.editor().notices.iter().any(|n| n.text.contains("10000 characters")), "{:?}", desk.editor().notices);
}

pasting_on_the_next_images_asks_how_many_and_one_undo_takes_all_back(desk) {
    paste(desk, &boxes(&[("stamp", [40.0, 50.0, 90.0, 80.0])]));
    desk.keys(CTRL | SHIFT, Key::V);
    assert!(desk.sees("on how many of the next 11 images"), "{:?}", desk.names());
    desk.window.run_steps(2);
    desk.type_text("2").key(Key::Enter);
    assert!(!desk.sees("on how many"), "it was answered");
    desk.until("it is pasted", |app| {
        app.editor().is_some_and(|e| e.notices.iter().any(|n| n.text.contains("on 2 images")))
    });
    // Through the store a coordinate goes as the service has it: single precision.
    let is_stamp = |b: Rect| (b.min.x - 40.0).abs() < 0.01 && (b.max.y - 80.0).abs() < 0.01;
    let stamped = |desk: &Desk| desk.annotations().iter().filter(|a| a.bounds().is_some_and(is_stamp)).count();
    for expected in [1, 1, 0] {
        desk.key(Key::D).until_ready();
        assert_eq!(stamped(desk), expected, "on {:?}", desk.image());
    }
    desk.key(Key::A).until_ready();
    desk.ctrl(Key::Z);
    desk.until("it is taken back", |app| {
        app.editor().is_some_and(|e| e.notices.iter().any(|n| n.text.contains("Took back")))
    });
    assert_eq!(stamped(desk), 0, "from this one");
    desk.key(Key::A).until_ready();
    assert_eq!(stamped(desk), 0, "and from the one before");
}

t_draws_the_last_shape_again_where_the_pointer_is(desk) {
    let first = desk.editor().concepts[0].id.clone();
    desk.key(Key::Num1).draw_box((0.1, 0.1), (0.2, 0.2));
    let (before, drawn) = (desk.annotations().len(), bounds(desk));
    let at = desk.at(0.6, 0.6);
    desk.window.hover_at(at);
    desk.window.step();
    desk.key(Key::T).key(Key::T);
    assert_eq!(desk.annotations().len(), before + 2, "each time");
    let again = bounds(desk);
    assert!((again.width() - drawn.width()).abs() < 1e-6 && (again.height() - drawn.height()).abs() < 1e-6, "as large");
    let size = desk.editor().image_size().expect("a size");
    assert!((again.center().x - 0.6 * size.width).abs() < 2.0, "round the pointer: {again:?}");
    assert_eq!(last(desk).concepts.first().map(|c| c.id.clone()), Some(first), "with its concept");
}

a_box_is_drawn_with_the_keyboard_alone(desk) {
    let before = desk.annotations().len();
    desk.key(Key::Num1).key(Key::B).key(Key::K);
    assert!(desk.editor().shaping.cursor.is_some(), "the cursor is on");
    desk.key(Key::Enter).keys(CTRL, Key::ArrowRight).keys(SHIFT, Key::ArrowRight).key(Key::ArrowRight);
    desk.keys(CTRL, Key::ArrowDown).key(Key::Space);
    assert_eq!(desk.annotations().len(), before + 1, "one more");
    assert_eq!((bounds(desk).width(), bounds(desk).height()), (61.0, 50.0), "50 + 10 + 1 by 50 pixels");
    desk.key(Key::K);
    assert!(desk.editor().shaping.cursor.is_none(), "K ends it");
    desk.key(Key::ArrowRight);
    assert_eq!(desk.annotations().len(), before + 1, "and arrows nudge again");
}

a_polygon_is_drawn_and_reshaped_with_the_keyboard_alone(desk) {
    let before = desk.annotations().len();
    desk.key(Key::Num1).keys(SHIFT, Key::S).key(Key::P).key(Key::K).key(Key::Enter);
    desk.keys(CTRL, Key::ArrowRight).key(Key::Enter).keys(CTRL, Key::ArrowDown).key(Key::Enter).key(Key::Enter);
    assert_eq!(desk.annotations().len(), before + 1, "the second Enter at one place closed it");
    let Some(Shape::Polygon(drawn)) = last(desk).shape().cloned() else { panic!("a polygon") };
    assert_eq!(drawn.len(), 3, "{drawn:?}");
    desk.key(Key::V).key(Key::Enter).keys(SHIFT, Key::ArrowDown).key(Key::Enter);
    let Some(Shape::Polygon(reshaped)) = last(desk).shape().cloned() else { panic!("a polygon") };
    assert!((reshaped.points()[2].y - drawn.points()[2].y - 10.0).abs() < 1e-9, "its last vertex went ten down");
}

subtracting_the_middle_asks_about_the_hole_and_cuts_it_open(desk) {
    paste(desk, &boxes(&[("plate", [20.0, 20.0, 220.0, 220.0]), ("hole", [80.0, 80.0, 160.0, 160.0])]));
    let n = desk.annotations().len();
    desk.keys(SHIFT, Key::X);
    assert!(desk.sees("This makes a hole"), "it is said before: {:?}", desk.names());
    desk.key(Key::Escape);
    assert!(!desk.sees("This makes a hole"), "Esc leaves everything as it was");
    assert!(matches!(last(desk).shape(), Some(Shape::Box(_))), "{:?}", last(desk));
    desk.keys(SHIFT, Key::X).key(Key::Enter);
    let plate = desk.annotations().into_iter().rev().nth(1).expect("the first of the two");
    let Some(Shape::Polygon(ring)) = plate.shape() else { panic!("a polygon, not {plate:?}") };
    assert!((ring.area() - (40_000.0 - 6_400.0)).abs() < 1e-6, "without the hole: {}", ring.area());
    assert_eq!(desk.annotations().len(), n, "the cutter stays");
    desk.ctrl(Key::Z);
    let plate = desk.annotations().into_iter().rev().nth(1).expect("it");
    assert!(matches!(plate.shape(), Some(Shape::Box(_))), "one undo");
}

uniting_makes_one_of_two_and_keeps_the_first(desk) {
    paste(desk, &boxes(&[("left", [20.0, 20.0, 120.0, 120.0]), ("right", [100.0, 20.0, 220.0, 120.0])]));
    let n = desk.annotations().len();
    desk.keys(SHIFT, Key::U);
    assert_eq!(desk.annotations().len(), n - 1, "one less");
    assert_eq!(bounds(desk), rect(20.0, 20.0, 220.0, 120.0), "round both");
    assert_eq!(last(desk).concepts[0].id, ConceptId::from("left"), "with what the first was");
}

simplifying_shows_the_count_while_the_tolerance_changes(desk) {
    let mut points: Vec<(f64, f64)> =
        (0..60).map(|i| (40.0 + 3.0 * f64::from(i), if i % 2 == 0 { 40.0 } else { 41.0 })).collect();
    points.extend([(220.0, 200.0), (40.0, 200.0)]);
    paste(desk, &polygon(&points));
    desk.keys(SHIFT, Key::M);
    assert!(desk.sees("62 to 4 vertices"), "the count: {:?}", desk.names());
    desk.window.run_steps(2);
    for _ in 0..40 {
        desk.key(Key::ArrowLeft);
    }
    assert!(!desk.sees("62 to 4 vertices"), "less tolerance, more vertices: {:?}", desk.names());
    desk.key(Key::Escape);
    assert!(matches!(last(desk).shape(), Some(Shape::Polygon(r)) if r.len() == 62), "Esc leaves it as it was");
    desk.keys(SHIFT, Key::M).key(Key::Enter);
    assert!(matches!(last(desk).shape(), Some(Shape::Polygon(r)) if r.len() == 4), "Enter takes it");
    assert!(desk.last_notice().contains("62 vertices became 4"), "{}", desk.last_notice());
}

a_bow_tie_is_marked_as_a_problem_and_m_mends_it(desk) {
    paste(desk, &polygon(&[(40.0, 40.0), (200.0, 200.0), (200.0, 40.0), (40.0, 200.0)]));
    assert!(desk.sees("the outline crosses itself once"), "{:?}", desk.names());
    desk.key(Key::M);
    assert!(!desk.sees("crosses itself once"), "mended: {:?}", desk.names());
    assert!(matches!(last(desk).shape(), Some(Shape::Polygon(r)) if r.len() == 4 && r.area() > 25_000.0), "a square");
}

q_lists_what_lies_under_the_pointer_and_takes_one(desk) {
    let around = |by: f64| [70.0 - by, 225.0 - by, 70.0 + by, 225.0 + by];
    let p = desk.ui_from_image().apply((70.0, 225.0).into());
    #[expect(clippy::cast_possible_truncation, reason = "screen positions are small")]
    let at = egui::pos2(p.x as f32, p.y as f32);
    paste(desk, &boxes(&[("pond", around(60.0)), ("island", around(40.0)), ("tree", around(20.0))]));
    desk.tidy();
    desk.window.hover_at(at);
    desk.window.step();
    desk.key(Key::Q);
    assert!(desk.sees("under the pointer, the smallest first"), "{:?}", desk.names());
    let selected = |desk: &Desk| {
        let editor = desk.editor();
        editor.selection.single().and_then(|lid| editor.document.get(lid)).map(|a| editor.label_text(a))
    };
    assert_eq!(selected(desk).as_deref(), Some("tree"), "the smallest is shown");
    desk.key(Key::ArrowDown);
    assert_eq!(selected(desk).as_deref(), Some("island"), "the next");
    desk.key(Key::Enter);
    assert!(!desk.sees("under the pointer, the"), "taken");
    assert_eq!(selected(desk).as_deref(), Some("island"), "it stays selected");
    desk.key(Key::Q).key(Key::ArrowUp).key(Key::Escape);
    assert_eq!(selected(desk).as_deref(), Some("island"), "Esc goes back to what was selected");
}

corners_go_by_keys(desk) {
    paste(desk, &boxes(&[("exact", [100.0, 100.0, 200.0, 180.0])]));
    desk.keys(CTRL, Key::ArrowRight).keys(CTRL, Key::ArrowDown).keys(CTRL | SHIFT, Key::ArrowRight);
    assert_eq!(bounds(desk), rect(100.0, 100.0, 211.0, 181.0), "the bottom right corner");
    desk.keys(ALT | SHIFT, Key::ArrowLeft).keys(ALT | SHIFT, Key::ArrowUp);
    assert_eq!(bounds(desk), rect(99.0, 99.0, 211.0, 181.0), "the top left corner");
}

alt_and_an_arrow_select_the_neighbour_and_shift_c_what_is_alike(desk) {
    paste(desk, &boxes(&[("ant", [20.0, 20.0, 40.0, 40.0])]));
    let left = desk.editor().selection.single();
    paste(desk, &boxes(&[("ant", [60.0, 20.0, 80.0, 40.0])]));
    let right = desk.editor().selection.single();
    desk.keys(ALT, Key::ArrowLeft);
    assert_eq!(desk.editor().selection.single(), left, "to the left");
    desk.keys(ALT, Key::ArrowRight);
    assert_eq!(desk.editor().selection.single(), right, "and back");
    desk.keys(SHIFT, Key::C);
    assert_eq!(desk.editor().selection.len(), 2, "both ants");
}

numbers_set_a_polygon_and_its_chosen_vertex_exactly(desk) {
    paste(desk, &polygon(&[(40.0, 40.0), (140.0, 40.0), (140.0, 140.0), (40.0, 140.0)]));
    desk.click("width");
    desk.ctrl(Key::A).type_text("50").key(Key::Enter);
    assert_eq!(bounds(desk), rect(40.0, 40.0, 90.0, 140.0), "half as wide");
    let p = desk.ui_from_image().apply((90.0, 140.0).into());
    #[expect(clippy::cast_possible_truncation, reason = "screen positions are small")]
    desk.click_at(egui::pos2(p.x as f32, p.y as f32));
    assert!(desk.sees("3 of 4"), "the vertex that was clicked: {:?}", desk.names());
    desk.click("vertex x");
    desk.ctrl(Key::A).type_text("95").key(Key::Enter);
    let Some(Shape::Polygon(ring)) = last(desk).shape().cloned() else { panic!("a polygon") };
    assert_eq!((ring.points()[2].x, ring.points()[2].y), (95.0, 140.0), "only that one, only sideways");
}

}
