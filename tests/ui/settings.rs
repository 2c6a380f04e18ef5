//! The settings dialog: looks and keys, in force at once and saved at once.

use super::desk::{Desk, on_the_sample};
use egui::{Event, Key, Modifiers};
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
    desk.click("P for Polygon").key(Key::W).key(Key::Enter).key(Key::Escape);
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

two_keys_one_after_the_other_are_set_by_pressing_them(desk) {
    let is_polygon = |desk: &Desk| labelwright::ui::command::Command::ToolPolygon.is_on(desk.editor());
    desk.keys(Modifiers::COMMAND, Key::Comma);
    desk.click("Keys").type_into("Search keys", "polygon");
    desk.click("P for Polygon");
    for pressed in [true, true, true, false] {
        let modifiers = Modifiers::NONE;
        desk.window.event(Event::Key { key: Key::Y, physical_key: None, pressed, repeat: false, modifiers });
        desk.window.run_steps(2);
        assert!(desk.sees("Y, and then? Press a second key, or Enter for Y alone"), "a held key is one key: {:?}", desk.names());
    }
    desk.key(Key::ShiftLeft).keys(Modifiers::SHIFT, Key::C);
    assert!(desk.sees("Y Shift+C for Polygon") && !desk.sees("and then?"), "both: {:?}", desk.names());
    desk.click("Y Shift+C for Polygon").key(Key::Y).key(Key::G);
    desk.key(Key::Escape);
    desk.key(Key::Y);
    assert!(desk.last_notice().contains("Y G: Polygon"), "what may follow: {}", desk.last_notice());
    assert!(!is_polygon(desk), "one is not enough");
    desk.key(Key::G);
    assert!(is_polygon(desk), "two are");
    saved(desk, |text| text.contains("tool-polygon") && text.contains("\"Y>G\""));
}

esc_leaves_a_key_as_it_was_and_a_click_takes_the_first_one_alone(desk) {
    desk.keys(Modifiers::COMMAND, Key::Comma);
    desk.click("Keys").type_into("Search keys", "polygon");
    desk.click("P for Polygon").key(Key::Y).key(Key::Escape);
    assert!(desk.sees("P for Polygon") && !desk.sees("and then?"), "Esc: {:?}", desk.names());
    desk.click("P for Polygon").key(Key::Y).click("Y alone");
    assert!(desk.sees("Y for Polygon"), "the button: {:?}", desk.names());
    desk.click("Y for Polygon").key(Key::W).click("Press a key for Polygon");
    assert!(desk.sees("W for Polygon"), "the key itself: {:?}", desk.names());
    desk.click("W for Polygon").key(Key::I).click("Close");
    desk.key(Key::I);
    assert!(labelwright::ui::command::Command::ToolPolygon.is_on(desk.editor()), "whatever else is clicked");
}

a_key_that_begins_two_others_is_told_before_anything_changes(desk) {
    desk.keys(Modifiers::COMMAND, Key::Comma);
    desk.click("Keys").click("Preset of keys");
    desk.click("CVAT").type_into("Search keys", "polygon");
    desk.click("P for Polygon").key(Key::T);
    assert!(desk.sees("T H is “Hide or show all”, T L is “Lock or unlock all”"), "told while it waits: {:?}", desk.names());
    desk.key(Key::Enter);
    assert!(desk.sees("T begins T H, “Hide or show all”") && desk.sees("T begins T L"), "asked: {:?}", desk.names());
    desk.click("Leave it");
    assert!(desk.sees("P for Polygon") && !desk.sees("T begins"), "nothing changed");
    desk.click("P for Polygon").key(Key::Y).key(Key::Enter);
    desk.click("Another key for Polygon").key(Key::Y).key(Key::B);
    assert!(desk.sees("Nothing can follow Y: alone it is “Polygon”"), "its own key: {:?}", desk.names());
    desk.click("Take it: Polygon loses Y");
    assert!(desk.sees("Y B for Polygon") && !desk.sees("Y for Polygon"), "the sequence stands alone: {:?}", desk.names());
    desk.click("Y B for Polygon").key(Key::T).key(Key::Enter);
    desk.click("Take it: Hide or show all loses T H, Lock or unlock all loses T L").key(Key::Escape);
    desk.key(Key::T);
    assert!(labelwright::ui::command::Command::ToolPolygon.is_on(desk.editor()), "T draws polygons");
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

f10_closes_the_panel_at_the_right_and_opens_it_again(desk) {
    assert!(desk.sees("New concept"), "the panel is there");
    desk.key(Key::F10);
    desk.window.run_steps(20);
    assert!(!desk.sees("New concept"), "closed");
    desk.key(Key::F10);
    desk.window.run_steps(20);
    assert!(desk.sees("New concept"), "and open");
}

nothing_blinks_while_a_text_is_typed(desk) {
    desk.key(Key::Slash);
    assert!(desk.window.ctx.text_edit_focused(), "the cursor is in a field");
    for theme in ["Light", "Dark"] {
        assert!(!desk.window.ctx.global_style().visuals.text_cursor.blink, "not before {theme}");
        desk.keys(Modifiers::COMMAND, Key::Comma).click(theme).key(Key::Escape);
    }
    assert!(!desk.window.ctx.global_style().visuals.text_cursor.blink, "in no theme");
}

nothing_moves_where_motion_is_reduced(desk) {
    desk.window.ctx.all_styles_mut(|style| style.animation_time = 0.2); // as on a desktop
    desk.keys(Modifiers::COMMAND, Key::Comma).click("Reduced: nothing slides or fades");
    assert!(desk.window.ctx.global_style().animation_time <= 0.0, "at once");
    saved(desk, |text| text.contains("\"motion\": \"reduced\""));
    desk.key(Key::Escape).key(Key::F9);
    desk.window.step();
    assert!(!desk.sees("Filter images"), "the panel is gone without a slide");
}

in_cvats_keys_t_and_then_h_hides_all_and_t_and_then_l_locks_all(desk) {
    desk.keys(Modifiers::COMMAND, Key::Comma);
    desk.click("Keys").click("Preset of keys");
    desk.click("CVAT").key(Key::Escape).key(Key::Escape);
    let shapes = desk.shape_names().len();
    assert!(shapes > 0, "the image has some");
    desk.key(Key::T);
    assert!(desk.last_notice().contains("T H: Hide or show all"), "what may follow is said: {}", desk.last_notice());
    desk.key(Key::H);
    assert_eq!(desk.shape_names().len(), 0, "all hidden");
    desk.key(Key::T).key(Key::H);
    assert_eq!(desk.shape_names().len(), shapes, "all back");
    desk.key(Key::T).key(Key::L);
    assert!(desk.editor().sight.locks_something(), "all locked");
    desk.key(Key::T).key(Key::L);
    assert!(!desk.editor().sight.locks_something(), "and unlocked");
    desk.key(Key::T).key(Key::P);
    assert!(labelwright::ui::command::Command::ToolPolygon.is_on(desk.editor()), "another key means itself");
    desk.key(Key::H);
    assert_eq!(desk.shape_names().len(), 0, "H alone is CVAT's hide, here of everything");
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::H).key(Key::T);
    let at = desk.at(0.5, 0.5);
    desk.click_at(at).key(Key::Escape).key(Key::L);
    assert!(desk.last_notice().contains("Everything is locked; Ctrl+L"), "a click ends a sequence: {}", desk.last_notice());
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

settings_of_a_newer_version_are_told_and_left_as_they_are(desk) {
    let dir = tempfile::TempDir::new().expect("a folder");
    let theirs = r#"{"version": 7, "theme": {"hue": 3}}"#;
    std::fs::write(dir.path().join("settings.json"), theirs).expect("a file");
    let project = desk.project.clone();
    desk.close();
    let mut again = Desk::start_with(Opening::Project(project.clone()), &project, read_settings(dir.path()));
    again.until("it is open", |app| app.editor().is_some());
    assert!(again.sees("was written by a newer labelwright"), "{:?}", again.names());
    again.click("I know").keys(Modifiers::COMMAND, Key::Comma).click("Light");
    let ours = dir.path().join("settings-v1.json");
    again.until("ours are beside it", |_| std::fs::read_to_string(&ours).is_ok_and(|text| text.contains("light")));
    assert_eq!(std::fs::read_to_string(dir.path().join("settings.json")).expect("it"), theirs, "as it was");
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
