//! Import and export in the window: a look before, what is chosen, the deed, one step of undo.

use super::desk::{Desk, on_the_sample};
use egui::{DroppedFile, Key, Modifiers};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A COCO file beside the project: so many boxes of the class `imported` on each of the images, and what else.
fn coco(desk: &Desk, boxes: usize, more: &[Value]) -> PathBuf {
    let mut annotations = Vec::new();
    let mut images = Vec::new();
    for (number, row) in desk.editor().inputs.iter().enumerate() {
        images.push(json!({"id": number, "file_name": row.name}));
        for i in 0..boxes {
            let (x, y) = (i % 90, i / 90);
            annotations.push(json!({"id": number * 100_000 + i, "image_id": number, "category_id": 1,
                "bbox": [x, y, 5, 4], "iscrowd": 0}));
        }
    }
    annotations.extend(more.iter().cloned());
    write(
        desk,
        "given.json",
        &json!({"images": images, "annotations": annotations,
        "categories": [{"id": 1, "name": "imported"}]}),
    )
}

fn write(desk: &Desk, name: &str, value: &Value) -> PathBuf {
    let path = desk.project.with_file_name(name);
    std::fs::write(&path, value.to_string()).expect("written");
    path
}

fn begin(desk: &mut Desk, path: &Path) {
    desk.window.state_mut().start_import(path.to_owned());
    desk.window.run_steps(2);
}

/// Waits until the look is there.
#[track_caller]
fn looked(desk: &mut Desk, path: &Path) {
    begin(desk, path);
    desk.until_seen(" in 1 file");
    desk.window.run_steps(3); // the dialog has grown to its size
}

fn total(desk: &Desk) -> usize {
    desk.editor().inputs.iter().map(|row| row.annotations).sum()
}

#[track_caller]
fn until_total(desk: &mut Desk, wanted: usize) {
    desk.until("the images have so many annotations", |app| {
        app.editor().is_some_and(|e| e.inputs.iter().map(|row| row.annotations).sum::<usize>() == wanted)
    });
    desk.until_saved();
}

#[track_caller]
fn until_closed(desk: &mut Desk) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(120);
    while desk.sees("Import given.json") || desk.sees("Export annotations") && desk.sees("Into the f") {
        assert!(std::time::Instant::now() < deadline, "the dialog does not close: {:?}", desk.names());
        desk.window.step();
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    desk.window.run_steps(2);
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

on_the_sample! {

a_look_at_an_import_says_what_comes_in_and_cancel_changes_nothing(desk) {
    let before = total(desk);
    let file = coco(desk, 2, &[json!({"id": 7_000_001, "image_id": 0, "category_id": 1, "iscrowd": 1,
        "segmentation": {"size": [3, 3], "counts": [0, 1, 8]}})]);
    looked(desk, &file);
    assert!(desk.sees("25 objects in 1 file"), "{:?}", desk.names());
    assert!(desk.sees("new annotations") && desk.sees("new concepts: imported"), "{:?}", desk.names());
    assert!(desk.sees("masks become polygons along their pixels"), "what is lost: {:?}", desk.names());
    assert!(desk.sees("/annotations/24"), "and where: {:?}", desk.names());
    desk.click("Cancel");
    assert!(!desk.sees("Import given.json"), "closed");
    assert_eq!(total(desk), before, "nothing came in");
    assert!(!desk.editor().concepts.iter().any(|c| c.name == "imported"), "no concept either");
}

an_import_of_several_parts_is_one_step_of_undo(desk) {
    let before = total(desk);
    let file = coco(desk, 400, &[]); // 4,800 boxes: three parts
    looked(desk, &file);
    desk.key(Key::Enter); // the button has the focus
    until_total(desk, before + 4_800);
    until_closed(desk);
    assert!(desk.last_notice().contains("4800 added; Ctrl+Z takes all of it back"), "{}", desk.last_notice());
    assert!(desk.editor().concepts.iter().any(|c| c.name == "imported"), "the concept is there");
    desk.ctrl(Key::Z);
    until_total(desk, before);
    assert!(desk.last_notice().contains("import given.json: all of it"), "{}", desk.last_notice());
    desk.ctrl(Key::Y);
    until_total(desk, before + 4_800);
    desk.ctrl(Key::Z);
    until_total(desk, before);
    looked(desk, &file);
    desk.key(Key::Enter);
    until_total(desk, before + 4_800);
    until_closed(desk);
}

what_was_imported_is_taken_back_after_a_restart_too(desk) {
    let before = total(desk);
    let file = coco(desk, 300, &[]);
    looked(desk, &file);
    desk.key(Key::Enter);
    until_total(desk, before + 3_600);
    until_closed(desk);
    desk.close();
    let blank = tempfile::TempDir::new().expect("a folder");
    let project = desk.project.clone();
    let nothing = Desk::start(labelwright::runtime::Opening::Project(blank.path().join("none")), blank.path());
    drop(std::mem::replace(desk, nothing));
    *desk = Desk::open(&project);
    assert_eq!(total(desk), before + 3_600, "it is on the disk");
    desk.ctrl(Key::Z);
    until_total(desk, before);
}

mistakes_are_shown_with_their_place_and_the_good_rest_can_be_taken(desk) {
    let before = total(desk);
    let file = coco(desk, 1, &[
        json!({"id": 7_000_001, "image_id": 0, "category_id": 1, "bbox": [1, 1, -5, 4]}),
        json!({"id": 7_000_002, "image_id": 999, "category_id": 1, "bbox": [1, 1, 5, 4]}),
    ]);
    looked(desk, &file);
    assert!(desk.sees("places cannot be read"), "{:?}", desk.names());
    assert!(desk.sees("given.json, /annotations/12: bbox is -5 wide and 4 high"), "{:?}", desk.names());
    assert!(desk.sees("given.json, /annotations/13: there is no image with the id 999"), "{:?}", desk.names());
    desk.window.run_steps(3);
    desk.click("Import the good rest");
    until_total(desk, before + 12);
    until_closed(desk);
}

a_file_that_is_none_is_an_error_with_a_reason(desk) {
    let path = desk.project.with_file_name("given.json");
    std::fs::write(&path, "hello").expect("written");
    begin(desk, &path);
    desk.until_seen("its format is not known");
    desk.key(Key::Escape);
    assert!(!desk.sees("Import given.json"), "Esc closes");
}

importing_twice_adds_nothing_and_replace_says_what_goes(desk) {
    let before = total(desk);
    let file = coco(desk, 3, &[]);
    looked(desk, &file);
    desk.key(Key::Enter);
    until_total(desk, before + 36);
    until_closed(desk);
    looked(desk, &file);
    assert!(desk.sees("are here already"), "{:?}", desk.names());
    desk.key(Key::Enter);
    assert!(desk.sees("Import given.json"), "there is nothing to import");
    desk.click("Replace: the images of the file get what it says, and nothing else");
    desk.until_seen("would be removed");
    desk.window.run_steps(3);
    desk.click("Replace");
    until_total(desk, 36);
    until_closed(desk);
    assert!(desk.last_notice().contains(&format!("{before} removed")), "{}", desk.last_notice());
    desk.ctrl(Key::Z);
    until_total(desk, before + 36);
}

an_import_that_is_stopped_is_one_step_too(desk) {
    let before = total(desk);
    let file = coco(desk, 1_500, &[]);
    looked(desk, &file);
    desk.key(Key::Enter);
    // However fast it is: what came in by then is one step.
    if desk.sees("Stop") {
        desk.click("Stop");
    }
    until_closed(desk);
    desk.until("nothing is under way", |app| app.editor().is_some_and(|e| e.is_saved() && !e.is_under_way(e.last_step())));
    if total(desk) > before {
        desk.ctrl(Key::Z);
    }
    until_total(desk, before);
}

annotations_that_are_dropped_are_looked_at(desk) {
    let file = coco(desk, 1, &[]);
    let dropped = Arc::new(Dropped(file)) as egui::DroppedFileHandle;
    desk.window.input_mut().dropped_files.push(dropped);
    desk.until_seen("12 objects in 1 file");
    desk.key(Key::Escape);
    assert!(!desk.sees("Import given.json"), "Esc closes");
}

an_export_says_what_is_lost_and_writes_when_told(desk) {
    let look = |desk: &mut Desk| {
        desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P).type_text("export annotations").key(Key::Enter);
        desk.until_seen("12 images in 1 file");
        desk.window.run_steps(3); // the dialog has grown to its size
    };
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("kept").key(Key::Enter).until_saved();
    look(desk);
    desk.click("YOLO detection");
    desk.until_seen("polygons become their bounding boxes");
    let folder = desk.editor().dir.join("export");
    assert!(desk.sees(&folder.join("yolo").display().to_string()), "where it goes: {:?}", desk.names());
    desk.key(Key::Escape);
    assert!(!desk.sees("Into the folder"), "Esc closes");
    assert!(!folder.exists(), "a look writes nothing");
    look(desk);
    assert!(desk.sees("labels of whole images have no place and are left out"), "{:?}", desk.names());
    desk.key(Key::Enter); // the button has the focus
    until_closed(desk);
    assert!(desk.last_notice().contains("on 12 images in 1 file, in "), "{}", desk.last_notice());
    let file = std::fs::read(folder.join("coco.json")).expect("written");
    let file: Value = serde_json::from_slice(&file).expect("JSON");
    let names: Vec<_> = file["categories"].as_array().expect("a list").iter().map(|c| c["name"].clone()).collect();
    assert!(names.contains(&json!("kept")), "{names:?}");
    look(desk);
    desk.until_seen("is there already; it is replaced when all is written"); // the notice says the same numbers
    desk.key(Key::Escape);
}

}
