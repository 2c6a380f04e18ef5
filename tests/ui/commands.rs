//! Commands of the menus that end in a file or in a sentence: taken from the palette, as by a person who knows their names.

use super::desk::{Desk, on_the_sample};
use egui::Key;
use labelwright::ui::command::Command;
use std::path::{Path, PathBuf};

/// Everything in a folder.
fn content(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect()
}

/// Waits until the window has said something with this in it, and gives all of it.
#[track_caller]
fn told(desk: &mut Desk, part: &str) -> String {
    let said = |editor: &labelwright::ui::editor::Editor| {
        editor.notices.iter().map(|n| n.text.clone()).find(|text| text.contains(part))
    };
    desk.until(part, |app| app.editor().and_then(said).is_some());
    said(desk.editor()).expect("it was there")
}

on_the_sample! {

a_copy_is_saved_elsewhere_with_the_newest_edit(desk) {
    let place = tempfile::TempDir::new().expect("a folder");
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("newest").key(Key::Enter);
    desk.command("save a copy").give_path("Which folder does the copy go to?", place.path());
    let said = told(desk, "A whole copy with your newest edits is in ");
    let [copy] = &content(place.path())[..] else { panic!("one file: {:?}", content(place.path())) };
    assert!(said.contains(&copy.display().to_string()), "where: {said}");
    // As the sentence says: put it as project.db into a copy of the project's directory.
    let other = desk.project.with_file_name("copy");
    std::fs::create_dir(&other).expect("a folder");
    std::fs::copy(copy, other.join("project.db")).expect("the copy");
    let mut second = Desk::start(labelwright::runtime::Opening::Project(other.clone()), &other);
    second.until("it is open", |app| app.editor().is_some_and(|e| e.current().is_some_and(|i| e.document.is_loaded(i))));
    assert!(second.sees("newest, box, approved"), "{:?}", second.names());
    second.close();
}

a_check_for_damage_says_that_all_is_well(desk) {
    desk.command("check for damage");
    let said = told(desk, "No damage was found");
    let backup = content(&desk.project.join("backups"));
    assert_eq!(backup.len(), 1, "the backup of the day: {backup:?}");
    assert!(said.contains(&backup[0].display().to_string()), "where it is: {said}");
    desk.command("check for damage");
    told(desk, "today's backup was made before");
}

a_folder_of_annotations_is_imported_after_a_look(desk) {
    let folder = tempfile::TempDir::new().expect("a folder");
    for row in desk.editor().inputs.iter().take(2) {
        let (name, size) = (&row.name, row.size.expect("a size"));
        let text = serde_json::json!({
            "version": "5.0.0", "flags": {}, "imagePath": name, "imageData": null,
            "imageHeight": size.height, "imageWidth": size.width,
            "shapes": [{"label": "foldered", "points": [[10, 10], [60, 50]], "shape_type": "rectangle", "flags": {},
                "group_id": null}],
        });
        std::fs::write(folder.path().join(name).with_extension("json"), text.to_string()).expect("a file");
    }
    let total = |desk: &Desk| desk.editor().inputs.iter().map(|row| row.annotations).sum::<usize>();
    let before = total(desk);
    desk.command("import a folder of annotations").give_path("Which folder of annotations?", folder.path());
    desk.until_seen("2 objects in 2 files");
    assert_eq!(total(desk), before, "nothing is done before the answer");
    desk.window.run_steps(3); // the dialog has grown to its size
    desk.key(Key::Enter); // the button has the focus
    desk.until("both are here", |app| {
        app.editor().is_some_and(|e| e.inputs.iter().map(|row| row.annotations).sum::<usize>() == before + 2)
    });
    assert!(desk.sees("foldered, box"), "{:?}", desk.shape_names());
}

ctrl_a_takes_the_whole_text_in_the_own_path_dialog(desk) {
    let folder = tempfile::TempDir::new().expect("a folder");
    std::fs::create_dir(folder.path().join("photos")).expect("a folder");
    // Typed at once, whether the dialog is there already or is looked for still.
    desk.ctrl(Key::U).ctrl(Key::A);
    desk.type_text("b");
    assert!(desk.editor().selection.is_empty() && !Command::ToolBox.is_on(desk.editor()), "they are no commands");
    desk.until_seen("Which folder of images?");
    desk.window.run_steps(2);
    assert!(desk.names().contains(&"b".to_owned()), "it stands in the field, alone: {:?}", desk.names());
    desk.ctrl(Key::A);
    desk.window.event(egui::Event::Text(format!("{}/", folder.path().display())));
    desk.window.run_steps(2);
    desk.until_seen("photos, folder");
    assert!(desk.names().contains(&format!("{}/", folder.path().display())), "nothing is left of the old: {:?}", desk.names());
    desk.key(Key::Escape);
    assert!(!desk.sees("Which folder of images?") && desk.editor().selection.is_empty(), "and no shape was meant");
}

}
