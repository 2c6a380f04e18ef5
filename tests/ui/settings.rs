//! The settings dialog: looks and keys, in force at once and saved at once.

use super::desk::{Desk, on_the_sample};
use egui::{Key, Modifiers};
use labelwright::runtime::{Opening, read_settings, settings_dir};

/// What the settings file says once it has been written.
fn saved(desk: &mut Desk, so: impl Fn(&str) -> bool) -> String {
    let text = || std::fs::read_to_string(settings_dir().join("settings.json")).unwrap_or_default();
    desk.until("the settings are written", |_| so(&text()));
    text()
}

on_the_sample! {

the_theme_is_chosen_in_the_settings_and_saved_at_once(desk) {
    desk.keys(Modifiers::COMMAND, Key::Comma);
    desk.click("Light");
    assert!(!desk.window.ctx.global_style().visuals.dark_mode, "in force at once");
    saved(desk, |text| text.contains("\"theme\": \"light\""));
    desk.click("Dark");
    assert!(desk.window.ctx.global_style().visuals.dark_mode, "and back");
    saved(desk, |text| text.contains("\"theme\": \"dark\""));
}

a_key_is_set_by_pressing_it_and_means_the_command_from_then_on(desk) {
    desk.keys(Modifiers::COMMAND, Key::Comma);
    desk.click("Keys").type_into("Search keys", "polygon");
    desk.click("P for Polygon").key(Key::W).key(Key::Escape);
    desk.key(Key::W);
    assert!(!desk.sees("W for Polygon"), "the dialog is closed");
    assert!(labelwright::ui::command::Command::ToolPolygon.is_on(desk.editor()), "W draws polygons now");
    let text = saved(desk, |text| text.contains("tool-polygon"));
    assert!(text.contains("\"W\""), "{text}");
    desk.right_click_at(desk.at(0.5, 0.6));
    desk.key(Key::Escape).key(Key::F1);
    assert!(desk.sees("W"), "the sheet shows it");
}

a_key_that_is_taken_is_told_before_anything_changes_and_can_be_swapped(desk) {
    desk.keys(Modifiers::COMMAND, Key::Comma);
    desk.click("Keys").type_into("Search keys", "polygon");
    desk.click("P for Polygon").key(Key::B);
    assert!(desk.sees("B is “Box”"), "it says who has it: {:?}", desk.names());
    assert!(desk.sees("P for Polygon"), "nothing changed yet");
    desk.click("Leave it");
    assert!(desk.sees("P for Polygon") && !desk.sees("B is “Box”"), "and nothing changes");
    desk.click("P for Polygon").key(Key::B);
    desk.click("Swap: Box gets P").key(Key::Escape);
    desk.key(Key::P);
    assert!(labelwright::ui::command::Command::ToolBox.is_on(desk.editor()), "P draws boxes");
    desk.key(Key::B);
    assert!(labelwright::ui::command::Command::ToolPolygon.is_on(desk.editor()), "B draws polygons");
}

with_the_keys_of_cvat_f_shows_the_next_image(desk) {
    desk.keys(Modifiers::COMMAND, Key::Comma);
    desk.click("Keys").click("Preset of keys");
    desk.click("CVAT").key(Key::Escape);
    let first = desk.image();
    desk.key(Key::F).until_ready();
    assert_ne!(desk.image(), first, "F goes on");
    desk.key(Key::D).until_ready();
    assert_eq!(desk.image(), first, "D goes back");
}

f6_gives_the_keyboard_to_the_panels_and_esc_takes_it_back(desk) {
    desk.key(Key::F6);
    assert!(desk.window.ctx.memory(|m| m.focused().is_some()), "a control has the focus");
    desk.key(Key::Tab);
    assert!(desk.editor().selection.is_empty(), "Tab goes through the controls");
    desk.key(Key::Escape).key(Key::Tab);
    assert!(!desk.editor().selection.is_empty(), "and through the shapes again");
}

a_broken_settings_file_is_told_and_kept(desk) {
    let dir = tempfile::TempDir::new().expect("a folder");
    std::fs::write(dir.path().join("settings.json"), "{ \"theme\": ").expect("a file");
    let project = desk.project.clone();
    desk.close();
    let mut again = Desk::start_with(Opening::Project(project.clone()), &project, read_settings(dir.path()));
    again.until_seen("settings.broken-1.json");
    again.click("I know");
    assert!(!again.sees("settings.broken-1.json"), "told once");
    assert!(dir.path().join("settings.broken-1.json").is_file(), "kept");
}

a_panel_that_was_closed_is_closed_at_the_next_start(desk) {
    assert!(desk.sees("Filter images"), "the list is there");
    desk.key(Key::F9);
    desk.window.run_steps(20);
    assert!(!desk.sees("Filter images"), "it is closed");
    saved(desk, |text| text.contains("\"shown\": false"));
    let project = desk.project.clone();
    desk.close();
    let found = read_settings(&settings_dir());
    let mut again = Desk::start_with(Opening::Project(project.clone()), &project, found);
    again.until("it is open", |app| app.editor().is_some());
    assert!(!again.sees("Filter images"), "as it was left");
    again.key(Key::F9);
    again.window.run_steps(20);
    assert!(again.sees("Filter images"), "and back");
}

}
