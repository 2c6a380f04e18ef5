//! The first start, the palette, the key sheet, recent projects, dropped files, and being told of long work.

use super::desk::{Desk, on_the_sample};
use egui::{DroppedFile, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use labelwright::runtime::PathPurpose;
use labelwright::runtime::{Opening, settings_dir};
use labelwright::ui::dialogs::{PathDialog, PathState};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Brings the card back that a test's window begins without.
fn show_the_card(desk: &mut Desk) {
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P).type_text("first steps").key(Key::Enter);
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|e| e.to_string())
    }
}

pub fn drop_on(desk: &mut Desk, paths: &[PathBuf]) {
    let files = paths.iter().map(|path| Arc::new(Dropped(path.clone())) as egui::DroppedFileHandle);
    desk.window.input_mut().dropped_files.extend(files);
    desk.window.step();
}

#[test]
fn the_own_path_dialog_completes_with_tab_and_opens_with_enter() {
    let place = tempfile::TempDir::new().expect("a folder");
    std::fs::create_dir(place.path().join("holiday photos")).expect("a folder");
    let begun = format!("{}/hol", place.path().display());
    let state = (PathDialog::new(PathPurpose::ImageFolder), PathState::Open);
    let mut window = egui_kittest::Harness::builder().with_size(egui::vec2(800.0, 600.0)).build_ui_state(
        |ui, (dialog, last): &mut (PathDialog, PathState)| {
            if *last == PathState::Open {
                *last = dialog.ui(ui);
            }
        },
        state,
    );
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.step();
    window.event(egui::Event::Text(begun));
    window.step();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(90);
    while window.query_by_label("holiday photos, folder").is_none() {
        assert!(std::time::Instant::now() < deadline, "the list shows what can follow");
        window.step();
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    window.key_press(Key::Tab);
    window.run_steps(3);
    window.key_press(Key::Enter);
    window.run_steps(3);
    let given = PathState::Given(vec![PathBuf::from(format!("{}/holiday photos/", place.path().display()))]);
    assert_eq!(window.state().1, given, "Tab completed it, Enter took it");
}

on_the_sample! {

the_five_first_steps_disappear_as_they_are_done(desk) {
    show_the_card(desk);
    assert!(desk.sees("First steps: 0 of 5 done"), "{:?}", desk.names());
    desk.draw_box((0.6, 0.1), (0.9, 0.3)).type_text("thing").key(Key::Enter);
    assert!(!desk.sees("Draw a box"), "the first is done: {:?}", desk.names());
    desk.ctrl(Key::Z);
    assert!(desk.sees("First steps: 2 of 5 done") && !desk.sees("Undo something"), "undo is one of them");
    desk.key(Key::Escape).key(Key::P);
    for (x, y) in [(0.6, 0.2), (0.9, 0.25), (0.75, 0.5)] {
        let at = desk.at(x, y);
        desk.click_at(at);
    }
    desk.key(Key::Enter).key(Key::Escape);
    assert!(desk.sees("First steps: 3 of 5 done"), "a polygon: {:?}", desk.names());
    desk.click("Put the first steps away");
    assert!(!desk.sees("First steps: 3 of 5 done"), "put away");
    }

a_step_of_the_card_begins_what_it_says(desk) {
    show_the_card(desk);
    desk.click("Draw a polygon: click its corners, Enter closes it");
    assert!(labelwright::ui::command::Command::ToolPolygon.is_on(desk.editor()), "the polygon tool is in hand");
    }

the_palette_finds_by_letters_shows_keys_and_says_why_not(desk) {
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P).type_text("nxun");
    assert!(desk.sees("Next unlabelled image"), "by a few letters");
    desk.key(Key::Escape).keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P).type_text("duplicate");
    assert!(desk.sees("Select something first"), "why it cannot be used: {:?}", desk.names());
    desk.key(Key::Escape).keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P).type_text("polyg").key(Key::Enter);
    assert!(labelwright::ui::command::Command::ToolPolygon.is_on(desk.editor()), "Enter takes the best");
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P).key(Key::Enter);
    assert!(labelwright::ui::command::Command::ToolPolygon.is_on(desk.editor()), "what was used lately comes first");
}

the_key_sheet_shows_the_keys_of_the_mode_and_of_the_tool(desk) {
    desk.key(Key::F1);
    assert!(desk.sees("Previous image") && desk.sees("rubber band"), "the editor's, with the select tool");
    assert!(!desk.sees("Reject"), "no key of the review");
    desk.key(Key::Escape).key(Key::P).key(Key::F1);
    assert!(desk.sees("trace freehand") && !desk.sees("rubber band"), "the polygon tool's");
    desk.key(Key::Escape).key(Key::R).until_ready();
    desk.key(Key::F1);
    assert!(desk.sees("Reject") && !desk.sees("Previous image"), "in review its own: {:?}", desk.names());
    desk.click("Set keys…");
    assert!(desk.sees("Search keys"), "and from there to the settings");
}

a_project_that_was_open_is_in_the_list_and_a_missing_one_says_so(desk) {
    desk.until("it is remembered", |_| {
        std::fs::read_to_string(settings_dir().join("recent_projects.json")).is_ok_and(|text| text.contains("Sample"))
    });
    let gone = desk.project.with_file_name("gone");
    let file = settings_dir().join("recent_projects.json");
    let mut lines: Vec<serde_json::Value> =
        serde_json::from_slice(&std::fs::read(&file).expect("the list")).expect("JSON");
    lines.push(serde_json::json!({"dir": gone, "name": "Lost", "opened_ms": 1}));
    std::fs::write(&file, serde_json::to_vec(&lines).expect("JSON")).expect("the list");
    desk.close();
    let mut again = Desk::start(Opening::Project(gone.clone()), &gone);
    again.until_seen("This project could not be opened");
    assert!(again.sees("Lost, missing"), "{:?}", again.names());
    let name = format!("Sample, {}", desk.project.display());
    again.click(&name);
    again.until("it is open", |app| app.editor().is_some());
    assert_eq!(again.editor().name, "Sample", "opened from the list");
    again.close();
}

a_folder_that_is_dropped_becomes_a_project(desk) {
    let folder = tempfile::TempDir::new().expect("a folder");
    for name in ["one.png", "two.png"] {
        image::RgbImage::from_pixel(40, 30, image::Rgb([200, 30, 30])).save(folder.path().join(name)).expect("an image");
    }
    drop_on(desk, &[folder.path().to_owned()]);
    desk.until("the folder is open", |app| app.editor().is_some_and(|e| e.inputs.len() == 2));
    assert!(desk.sees("one.png") && desk.sees("two.png"), "its images");
}

images_that_are_dropped_are_added_and_what_is_no_image_is_said(desk) {
    let folder = tempfile::TempDir::new().expect("a folder");
    let image = folder.path().join("dropped.png");
    image::RgbImage::from_pixel(40, 30, image::Rgb([30, 30, 200])).save(&image).expect("an image");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "hello").expect("a file");
    drop_on(desk, &[image, text]);
    desk.until("the image is there", |app| app.editor().is_some_and(|e| e.inputs.len() == 13));
    let told: Vec<String> = desk.editor().notices.iter().map(|n| n.text.clone()).collect();
    assert!(told.iter().any(|t| t.contains("notes.txt is not an image")), "{told:?}");
}

a_project_that_is_dropped_is_opened(desk) {
    let other = desk.project.with_file_name("other");
    let folder = tempfile::TempDir::new().expect("a folder");
    image::RgbImage::from_pixel(40, 30, image::Rgb([30, 200, 30])).save(folder.path().join("only.png")).expect("an image");
    labelwright::runtime::create(&Opening::ImageFolder(folder.path().to_owned()), &other).expect("a project");
    drop_on(desk, &[other]);
    desk.until("it is open", |app| app.editor().is_some_and(|e| e.inputs.len() == 1));
}

every_control_of_the_window_and_its_dialogs_has_a_name(desk) {
    let unnamed = |desk: &Desk| -> Vec<String> {
        let all = desk.window.root().children_recursive();
        all.filter(|node| {
            let node = node.accesskit_node();
            let control = matches!(
                node.role(),
                egui::Role::Button | egui::Role::TextInput | egui::Role::CheckBox | egui::Role::ComboBox
                    | egui::Role::Slider | egui::Role::RadioButton | egui::Role::Link | egui::Role::SpinButton
            );
            control && node.label().is_none_or(|l| l.trim().is_empty())
        })
        .map(|node| format!("{:?}", node.accesskit_node().role()))
        .collect()
    };
    let nothing: Vec<String> = Vec::new();
    assert_eq!(unnamed(desk), nothing, "in the window");
    let ways: [(&str, Modifiers, Key); 6] = [
        ("settings", Modifiers::COMMAND, Key::Comma),
        ("keys", Modifiers::NONE, Key::F1),
        ("palette", Modifiers::COMMAND | Modifiers::SHIFT, Key::P),
        ("review", Modifiers::NONE, Key::R),
        ("plan", Modifiers::COMMAND | Modifiers::ALT, Key::S),
        ("browse", Modifiers::COMMAND | Modifiers::SHIFT, Key::S),
    ];
    for (what, modifiers, key) in ways {
        desk.keys(modifiers, key);
        desk.window.run_steps(3);
        assert_eq!(unnamed(desk), nothing, "in {what}");
        if what == "settings" {
            desk.click("Keys");
            assert_eq!(unnamed(desk), nothing, "on the page of keys");
        }
        desk.key(Key::Escape);
    }
}

}
