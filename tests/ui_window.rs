//! The window as a whole: opening, drawing, undoing, moving between images, keys, dialogs, and starting again.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is not as it must be")]

/// Tests that run on the sample; each in a process of its own.
macro_rules! on_the_sample {
    ($($name:ident($desk:ident) $body:block)*) => {
        $(#[test]
        fn $name() {
            fn body($desk: &mut Desk) $body
            on_the_sample(concat!(module_path!(), "::", stringify!($name)), body);
        })*
    };
}

#[path = "ui/commands.rs"]
mod commands;
#[path = "ui/concepts.rs"]
mod concepts;
#[path = "ui/desk.rs"]
mod desk;
#[path = "ui/dialogs.rs"]
mod dialogs;
#[path = "ui/exchange.rs"]
mod exchange;
#[path = "ui/images.rs"]
mod images;
#[path = "ui/kept_frame.rs"]
mod kept_frame;
#[path = "ui/mended.rs"]
mod mended;
#[path = "ui/milestones.rs"]
mod milestones;
#[path = "ui/review.rs"]
mod review;
#[path = "ui/review_many.rs"]
mod review_many;
#[path = "ui/review_more.rs"]
mod review_more;
#[path = "ui/review_seen.rs"]
mod review_seen;
#[path = "ui/settings.rs"]
mod settings;
#[path = "ui/shaping.rs"]
mod shaping;
#[path = "ui/start.rs"]
mod start;
#[path = "ui/sync.rs"]
mod sync;
#[path = "ui/sync_service.rs"]
mod sync_service;
#[path = "ui/view.rs"]
mod view;

use desk::{Desk, on_the_sample};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use labelwright::model::{ConceptId, Shape};
use labelwright::ui::command::Command;

on_the_sample! {

the_window_opens_on_the_sample_and_lists_its_twelve_images(desk) {
    assert_eq!(desk.editor().inputs.len(), 12, "images of the sample");
    assert!(desk.sees("of 12 labelled"), "the panel counts them: {:?}", desk.names());
    assert!(desk.sees("astronaut.jpg"), "by their names");
    assert!(desk.sees("Sample"), "and the project has its name");
}

every_annotation_of_the_shown_image_is_a_shape_or_a_chip_with_a_name(desk) {
    let annotations = desk.annotations();
    assert!(!annotations.is_empty(), "the first image of the sample has some");
    for annotation in annotations.iter().filter(|a| a.shape().is_some()) {
        let label = desk.editor().label_text(annotation);
        let named = desk.shape_names();
        assert!(named.iter().any(|n| n.starts_with(&label)), "{label} among {named:?}");
    }
}

a_box_drawn_by_hand_and_labelled_by_typing_is_there_with_its_name(desk) {
    let before = desk.annotations().len();
    desk.draw_box((0.1, 0.1), (0.3, 0.25));
    assert!(desk.sees("Type to search") || desk.sees("present"), "the popup asks for a concept");
    desk.type_text("unicorn").key(Key::Enter);
    let annotations = desk.annotations();
    assert_eq!(annotations.len(), before + 1, "one more");
    let drawn = annotations.last().expect("it");
    assert_eq!(drawn.concepts.first().map(|c| c.id.clone()), Some(ConceptId::from("unicorn")), "with what was typed");
    let size = desk.editor().image_size().expect("a size");
    let Some(Shape::Box(rect)) = drawn.shape() else { panic!("a box, not {:?}", drawn.shape()) };
    let off = (rect.min.x - 0.1 * size.width).abs().max((rect.max.y - 0.25 * size.height).abs());
    assert!(off < 1.0, "where the pointer was, not {off} pixels beside: {rect:?}");
    assert!(desk.window.query_by_label("unicorn, box, approved").is_some(), "{:?}", desk.shape_names());
    desk.tidy().draw_box((0.6, 0.6), (0.8, 0.8)).type_text("uni");
    assert!(desk.sees("Choose unicorn"), "the new concept is found from now on: {:?}", desk.names());
}

the_popup_finds_a_concept_by_its_first_letters(desk) {
    let name = desk.editor().concepts[2].name.clone();
    desk.draw_box((0.4, 0.4), (0.6, 0.6));
    desk.type_text(&name).key(Key::Enter);
    let drawn = desk.annotations().pop().expect("the new box");
    assert_eq!(drawn.concepts[0].id, desk.editor().concepts[2].id, "{name}");
    assert!(!drawn.concepts[0].is_negative(), "present");
}

tab_in_the_popup_says_not(desk) {
    desk.draw_box((0.4, 0.4), (0.6, 0.6));
    desk.type_text("unicorn").key(Key::Tab).key(Key::Enter);
    let drawn = desk.annotations().pop().expect("the new box");
    assert!(drawn.concepts[0].is_negative(), "Tab turned it: {:?}", drawn.concepts);
    assert!(desk.sees("not unicorn, box, approved"), "{:?}", desk.shape_names());
}

esc_leaves_the_popup_and_keeps_the_box(desk) {
    let before = desk.annotations().len();
    desk.draw_box((0.4, 0.4), (0.6, 0.6)).key(Key::Escape);
    assert_eq!(desk.annotations().len(), before + 1, "the box stays");
    assert!(desk.sees("no concept, box, approved"), "without a label: {:?}", desk.shape_names());
    let image = desk.image();
    desk.key(Key::D).until_ready();
    assert_ne!(desk.image(), image, "and the keys belong to the window again");
}

a_polygon_is_clicked_and_closed_with_enter(desk) {
    let before = desk.annotations().len();
    desk.key(Key::P);
    for (x, y) in [(0.2, 0.2), (0.5, 0.25), (0.35, 0.5)] {
        let at = desk.at(x, y);
        desk.click_at(at);
    }
    desk.key(Key::Enter);
    assert_eq!(desk.annotations().len(), before + 1, "one polygon");
    desk.type_text("kite").key(Key::Enter);
    assert!(desk.sees("kite, polygon, approved"), "{:?}", desk.shape_names());
    let drawn = desk.annotations().pop().expect("it");
    assert!(matches!(drawn.shape(), Some(Shape::Polygon(r)) if r.len() == 3), "three vertices: {:?}", drawn.shape());
}

while_a_polygon_is_drawn_undo_takes_vertices_back_and_not_the_last_edit(desk) {
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).key(Key::Escape);
    let boxes = desk.annotations().len();
    desk.key(Key::P);
    for (x, y) in [(0.5, 0.2), (0.8, 0.25), (0.65, 0.5), (0.5, 0.4)] {
        let at = desk.at(x, y);
        desk.click_at(at);
    }
    desk.ctrl(Key::Z).key(Key::Enter).key(Key::Escape);
    assert_eq!(desk.annotations().len(), boxes + 1, "the box is still there, and a polygon");
    let drawn = desk.annotations().pop().expect("it");
    assert!(matches!(drawn.shape(), Some(Shape::Polygon(r)) if r.len() == 3), "of three vertices: {:?}", drawn.shape());
}

undo_and_redo_by_keys_take_everything_back_and_repeat_it(desk) {
    let start = desk.annotations();
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("one").key(Key::Enter);
    desk.draw_box((0.5, 0.5), (0.7, 0.7)).type_text("two").key(Key::Enter);
    let end = desk.annotations();
    for _ in 0..4 {
        desk.ctrl(Key::Z);
    }
    assert_eq!(desk.annotations(), start, "as it was");
    desk.ctrl(Key::Z);
    assert_eq!(desk.annotations(), start, "no further");
    assert!(desk.last_notice().contains("nothing to undo"), "{}", desk.last_notice());
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z).ctrl(Key::Y);
    desk.ctrl(Key::Y).keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(desk.annotations(), end, "both ways to redo");
}

d_and_a_show_the_next_and_the_previous_image(desk) {
    let first = desk.image();
    desk.key(Key::D).until_ready();
    let second = desk.image();
    assert_ne!(first, second, "D goes on");
    desk.key(Key::A).until_ready();
    assert_eq!(desk.image(), first, "A goes back");
    desk.key(Key::A);
    assert_eq!(desk.image(), first, "there is none before the first");
}

delete_removes_what_is_selected_and_undo_brings_it_back(desk) {
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("ghost").key(Key::Enter);
    assert!(desk.sees("ghost, box, approved"), "drawn");
    desk.key(Key::Delete);
    assert!(!desk.sees("ghost, box, approved"), "gone");
    desk.ctrl(Key::Z);
    assert!(desk.sees("ghost, box, approved"), "back");
}

digits_label_the_selection_again(desk) {
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).key(Key::Escape);
    let second = desk.editor().concepts[1].clone();
    desk.key(Key::Num2);
    let label = desk.annotations().pop().expect("the box").concepts;
    assert_eq!(label.iter().map(|c| c.id.clone()).collect::<Vec<_>>(), [second.id], "2 is the second concept");
    assert!(desk.sees(&format!("{}, box, approved", second.name)), "{:?}", desk.shape_names());
}

letters_typed_into_the_filter_are_text_and_not_commands(desk) {
    let image = desk.image();
    desk.click("Filter images").type_text("d");
    assert_eq!(desk.image(), image, "d is a letter here");
    desk.type_text("bpr");
    assert!(desk.editor().review.is_none(), "and so is r");
    assert_eq!(desk.editor().tool.path(), "select.idle", "and b, and p");
    desk.until_seen("No image matches"); // the list is filtered by them
}

the_filter_shows_the_images_whose_names_match(desk) {
    desk.click("Filter images").type_text("coin");
    desk.until("the list is there", |app| app.editor().is_some_and(|e| e.picker.len() == 1));
    assert!(desk.sees("coins.jpg"), "this one matches");
    assert!(!desk.sees("rocket.jpg"), "that one does not");
}

digits_typed_into_the_filter_label_nothing(desk) {
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("kept").key(Key::Enter);
    desk.click("Filter images").type_text("2");
    assert!(desk.sees("kept, box, approved"), "{:?}", desk.shape_names());
}

f1_shows_the_keys_and_esc_closes_them(desk) {
    desk.key(Key::F1);
    assert!(desk.sees("Keys that work right now"), "the sheet");
    assert!(desk.sees("Next image"), "with commands");
    desk.key(Key::Escape);
    assert!(!desk.sees("Keys that work right now"), "closed");
}

the_palette_finds_a_command_by_a_few_letters_and_runs_it(desk) {
    let image = desk.image();
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    assert!(desk.window.query_by_label("Command").is_some(), "the field");
    desk.type_text("nexim").key(Key::Enter).until_ready();
    assert_ne!(desk.image(), image, "the next image");
    assert!(desk.window.query_by_label("Command").is_none(), "the palette is closed");
}

the_palette_opens_by_a_click_too_and_esc_leaves_it(desk) {
    desk.click("Search a command");
    assert!(desk.window.query_by_label("Command").is_some(), "open");
    desk.key(Key::Escape);
    assert!(desk.window.query_by_label("Command").is_none(), "closed");
}

light_and_dark_switch_by_the_palette_and_draw_both(desk) {
    let dark = desk.window.ctx.global_style().visuals.dark_mode;
    for expected in [!dark, dark] {
        desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P).type_text("light").key(Key::Enter);
        desk.window.run_steps(2);
        assert_eq!(desk.window.ctx.global_style().visuals.dark_mode, expected, "it switched");
        let picture = desk.window.render().expect("a picture");
        assert!(picture.width() > 1000, "the window can be drawn");
    }
}

every_menu_opens_and_shows_its_commands(desk) {
    for (menu, command) in [
        ("File", Command::OpenFolder),
        ("Edit", Command::Undo),
        ("View", Command::Fit),
        ("Tools", Command::ToolBox),
        ("Annotation", Command::LabelImage),
        ("Sync", Command::SyncNow),
        ("Help", Command::Keys),
    ] {
        desk.click(menu);
        assert!(desk.sees(command.text()), "{menu} shows {}: {:?}", command.text(), desk.names());
        desk.key(Key::Escape);
    }
}

the_whole_image_is_labelled_by_l_and_has_a_chip(desk) {
    desk.key(Key::L).type_text("portrait").key(Key::Enter);
    assert!(desk.sees("Image label portrait"), "{:?}", desk.names());
    desk.ctrl(Key::Z);
    assert!(!desk.sees("Image label portrait"), "undone");
}

a_shape_is_moved_by_a_drag_and_nudged_by_arrows(desk) {
    desk.draw_box((0.05, 0.05), (0.12, 0.12)).type_text("mover").key(Key::Enter).key(Key::V);
    let rect = |desk: &Desk| desk.annotations().pop().and_then(|a| a.bounds()).expect("a box");
    let before = rect(desk);
    let (from, to) = (desk.at(0.085, 0.085), desk.at(0.185, 0.085));
    desk.drag(from, to);
    let moved = rect(desk);
    let size = desk.editor().image_size().expect("a size");
    assert!((moved.min.x - before.min.x - 0.1 * size.width).abs() < 1.0, "{before:?} to {moved:?}");
    desk.key(Key::ArrowDown).keys(Modifiers::SHIFT, Key::ArrowRight);
    let nudged = rect(desk);
    assert!((nudged.min.y - moved.min.y - 1.0).abs() < 1e-9, "one pixel down: {nudged:?}");
    assert!((nudged.min.x - moved.min.x - 10.0).abs() < 1e-9, "ten to the right: {nudged:?}");
}

copy_and_paste_put_a_shape_at_the_same_place_of_another_image(desk) {
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("stamp").key(Key::Enter);
    let bounds = desk.annotations().pop().and_then(|a| a.bounds());
    desk.window.event(egui::Event::Copy);
    desk.window.step();
    desk.key(Key::D).until_ready();
    let before = desk.annotations().len();
    desk.window.event(egui::Event::Paste(String::new()));
    desk.window.run_steps(2);
    assert_eq!(desk.annotations().len(), before + 1, "pasted");
    assert_eq!(desk.annotations().pop().and_then(|a| a.bounds()), bounds, "at the same place");
}

duplicate_makes_a_second_one_beside_it(desk) {
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("twin").key(Key::Enter).ctrl(Key::D);
    assert_eq!(desk.shape_names().iter().filter(|n| n.starts_with("twin, box")).count(), 2, "{:?}", desk.shape_names());
}

hidden_shapes_are_not_seen_and_not_lost(desk) {
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("shy").key(Key::Enter);
    let count = desk.annotations().len();
    desk.ctrl(Key::H);
    assert!(!desk.shape_names().iter().any(|n| n.starts_with("shy")), "not seen");
    assert_eq!(desk.annotations().len(), count, "not lost");
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::H);
    assert!(desk.shape_names().iter().any(|n| n.starts_with("shy")), "back");
}

the_context_menu_of_a_shape_deletes_it(desk) {
    desk.draw_box((0.02, 0.02), (0.08, 0.08)).type_text("weed").key(Key::Enter).tidy();
    let at = desk.at(0.05, 0.05).round();
    desk.right_click_at(at);
    assert_eq!(desk.editor().selection.len(), 1, "a secondary click selects what it hits");
    assert!(desk.sees("Hide selection"), "the menu is open: {:?}", desk.names());
    let delete = desk.window.get_all_by_label_contains("Delete").map(|n| n.rect().center()).find(|p| {
        desk.canvas().contains(*p)
    });
    desk.click_at(delete.expect("Delete in the menu"));
    assert!(!desk.sees("weed, box"), "gone: {:?}", desk.shape_names());
}

exact_numbers_in_the_properties_set_the_box(desk) {
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("exact").key(Key::Enter);
    assert!(desk.window.query_by_label("width").is_some(), "the field is there: {:?}", desk.names());
    desk.click("width");
    desk.ctrl(Key::A).type_text("64").key(Key::Enter);
    let width = desk.annotations().pop().and_then(|a| a.bounds()).map(labelwright::geometry::Rect::width);
    assert!(width.is_some_and(|w| (w - 64.0).abs() < 1e-9), "{width:?}");
}

}

#[test]
fn everything_is_there_after_a_restart_and_can_still_be_undone() {
    fn body(desk: &mut Desk) {
        desk.key(Key::D).until_ready();
        desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("lasting").key(Key::Enter);
        desk.draw_box((0.5, 0.5), (0.7, 0.7)).type_text("fleeting").key(Key::Enter).ctrl(Key::Z).ctrl(Key::Z);
        desk.until_saved();
        let (image, annotations) = (desk.image(), desk.annotations());
        let project = desk.project.clone();
        desk.close();
        let blank = tempfile::TempDir::new().expect("a folder");
        // The old window is gone before the new one opens.
        let nothing = Desk::start(labelwright::runtime::Opening::Project(blank.path().join("none")), blank.path());
        drop(std::mem::replace(desk, nothing));
        *desk = Desk::open(&project);
        assert_eq!(desk.image(), image, "the same image");
        let lids = |all: &[labelwright::model::Annotation]| {
            all.iter().map(|a| (a.lid, a.concepts.clone())).collect::<Vec<_>>()
        };
        assert_eq!(lids(&desk.annotations()), lids(&annotations), "with the same annotations");
        assert!(desk.sees("lasting, box, approved"), "{:?}", desk.shape_names());
        desk.ctrl(Key::Y);
        assert!(
            desk.shape_names().iter().any(|n| n.starts_with("no concept, box")),
            "redo of the box: {:?}",
            desk.shape_names()
        );
        desk.ctrl(Key::Z).ctrl(Key::Z).ctrl(Key::Z);
        assert!(!desk.sees("lasting, box"), "undo of what was done before the restart: {:?}", desk.shape_names());
    }
    on_the_sample("ui_window::everything_is_there_after_a_restart_and_can_still_be_undone", body);
}

#[test]
fn a_second_window_on_the_same_project_says_that_it_is_read_only_and_changes_nothing() {
    fn body(desk: &mut Desk) {
        let mut second = Desk::open(&desk.project);
        assert!(second.sees("read only"), "the status bar: {:?}", second.names());
        let before = second.annotations();
        second.draw_box((0.1, 0.1), (0.3, 0.3));
        assert_eq!(second.annotations(), before, "nothing was drawn");
        assert!(second.last_notice().contains("reading only"), "it says why: {}", second.last_notice());
        second.ctrl(Key::A).key(Key::Delete).key(Key::Num1).key(Key::ArrowLeft).ctrl(Key::Z);
        assert_eq!(second.annotations(), before, "nothing was changed");
        desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("writer").key(Key::Enter);
        assert!(desk.sees("writer, box, approved"), "the first window still writes");
        desk.until_saved();
    }
    on_the_sample("ui_window::a_second_window_on_the_same_project_says_that_it_is_read_only_and_changes_nothing", body);
}

#[test]
fn a_project_that_is_none_is_an_error_with_a_way_out() {
    fn body(desk: &mut Desk) {
        let blank = tempfile::TempDir::new().expect("a folder");
        let mut other = Desk::start(labelwright::runtime::Opening::Project(blank.path().join("none")), blank.path());
        other.until_seen("This project could not be opened");
        assert!(other.sees("Open a project"), "and a button to open another: {:?}", other.names());
        assert!(other.window.state().editor().is_none(), "no editor");
        assert!(desk.editor().is_ready(), "the other window does not care");
    }
    on_the_sample("ui_window::a_project_that_is_none_is_an_error_with_a_way_out", body);
}
