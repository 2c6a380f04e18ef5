//! Dialogs and panels that need something from outside: a server that tests a key, files that are dropped, long work.

use super::desk::{Desk, on_the_sample};
use super::start::drop_on;
use super::sync::synced;
use super::sync_service::{Service, SilentLine};
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use labelwright::runtime::{Event as Told, Opening, RemoteApp, start};
use std::task::Waker;
use std::time::{Duration, Instant};

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Puts a text into the field of this name, in place of what it holds.
fn fill(desk: &mut Desk, field: &str, text: &str) {
    let fields = desk.window.get_all_by_label(field);
    let at = fields.filter(|n| n.accesskit_node().role() != egui::Role::Label).map(|n| n.rect()).next();
    desk.click_at(at.expect("the field").center()).ctrl(Key::A);
    desk.window.event(Event::Paste(text.to_owned()));
    desk.window.run_steps(2);
}

/// Whether the control of this name can be used.
fn is_enabled(desk: &Desk, name: &str) -> bool {
    !desk.window.get_by_label(name).accesskit_node().is_disabled()
}

#[track_caller]
fn until_enabled(desk: &mut Desk, name: &str) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_enabled(desk, name) {
        assert!(Instant::now() < deadline, "waited in vain for {name}: {:?}", desk.names());
        desk.window.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    desk.window.run_steps(3); // a dialog that has more to say is larger, and what is in it elsewhere
}

on_the_sample! {

connecting_tests_the_key_before_it_takes_it(desk) {
    let service = Service::start();
    service.post_box("ALICE", "a1", [0.1, 0.1, 0.3, 0.3]);
    let app = service.app_of("alice", "ALICE");
    desk.keys(CTRL_SHIFT, Key::P).type_text("connect to").key(Key::Enter);
    desk.until_seen("Connect to a Clarifai app");
    assert!(!is_enabled(desk, "Test") && !is_enabled(desk, "Connect"), "nothing is filled in");
    for (field, text) in [("Server", app.server.as_str()), ("User", "alice"), ("App", "demo"), ("Key", "WRONG")] {
        fill(desk, field, text);
    }
    assert!(!desk.names().iter().any(|name| name.contains("WRONG")), "a key is not shown");
    desk.click("Test");
    desk.until_seen("does not accept the key");
    assert!(!is_enabled(desk, "Connect"), "a key that is refused is not taken");
    fill(desk, "App", "other");
    fill(desk, "Key", "ALICE");
    desk.click("Test");
    desk.until_seen("no app other");
    fill(desk, "App", "demo");
    assert!(!desk.sees("no app other"), "what was said of the form before is gone");
    desk.key(Key::Enter);
    until_enabled(desk, "Connect");
    desk.click("Connect");
    desk.until("the app is open", |app| app.editor().is_some_and(|e| e.bound_to.is_some()));
    desk.until("it is synced", synced);
    let editor = desk.editor();
    assert_eq!(editor.bound_to.as_ref().map(|app| (app.user.as_str(), app.app.as_str())), Some(("alice", "demo")));
    assert_eq!(editor.inputs.len(), 1, "with its image");
}

looking_for_the_images_of_an_app_can_be_called_off_while_the_server_is_silent(desk) {
    let service = Service::start();
    let line = SilentLine::to(&service, "/inputs?page=2");
    let app = RemoteApp { server: line.url.clone(), ..service.app_of("alice", "ALICE") };
    let mut window = Desk::start(Opening::Remote(app.clone()), &desk.project);
    window.until_seen("Cancel Looking for the app's images");
    assert!(window.sees("1 images · "), "how many came so far: {:?}", window.names());
    window.click("Cancel Looking for the app's images");
    window.until_seen("Called off; nothing was made");
    assert!(!window.sees("Looking for the app's images"), "the line is gone: {:?}", window.names());
    assert!(window.window.state().editor().is_none(), "nothing is open");
    let made = std::fs::read_dir(labelwright::runtime::settings_dir().join("projects")).map_or(0, Iterator::count);
    assert_eq!(made, 0, "and nothing is left of it");
    line.speak();
    window.close();
    let mut again = Desk::start(Opening::Remote(app), &desk.project);
    again.until("it is open after all", |app| app.editor().is_some_and(|e| e.inputs.len() == 1));
    again.close();
}

fetching_tells_how_many_came_and_that_it_is_over(desk) {
    let service = Service::start();
    service.post_box("BOB", "a1", [0.1, 0.1, 0.3, 0.3]);
    desk.close();
    let link = start(Opening::Remote(service.app_of("alice", "ALICE")), Waker::noop()).expect("it starts");
    let mut told: Option<u64> = None;
    loop {
        match link.events.recv_timeout(Duration::from_mins(1)).expect("the session tells") {
            Told::Progress(progress) if progress.what == "Fetching annotations" => {
                assert!(progress.done >= 1 && progress.unit == "annotations", "{progress:?}");
                told = Some(progress.job);
            }
            Told::ProgressEnded(job) if Some(job) == told => return,
            _ => {}
        }
    }
}

annotations_that_are_dropped_are_looked_at_and_then_imported(desk) {
    let image = desk.editor().current_index().map(|at| desk.editor().inputs[at].name.clone()).expect("an image");
    let before = desk.annotations().len();
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("theirs.json");
    let text = format!(
        r#"{{"version": "5.0.0", "flags": {{}}, "imagePath": "{image}", "imageData": null, "imageHeight": 300, "imageWidth": 451,
            "shapes": [{{"label": "dropped thing", "points": [[10, 10], [60, 50]], "shape_type": "rectangle", "flags": {{}}, "group_id": null}}]}}"#
    );
    std::fs::write(&file, text).expect("a file");
    let notes = folder.path().join("notes.txt");
    std::fs::write(&notes, "hello").expect("a file");
    drop_on(desk, &[file, notes]);
    desk.until_seen("Import theirs.json");
    assert!(desk.editor().notices.iter().any(|n| n.text.contains("notes.txt is not an image")), "what is left out is said");
    assert_eq!(desk.annotations().len(), before, "nothing is done before the answer");
    until_enabled(desk, "Import");
    desk.click("Import");
    desk.until("it is here", move |app| {
        app.editor().is_some_and(|e| e.current().is_some_and(|input| e.document.count_of(input) == before + 1))
    });
    assert!(desk.sees("dropped thing, box"), "{:?}", desk.shape_names());
}

each_kind_of_annotation_file_that_is_dropped_is_looked_at(desk) {
    let folder = tempfile::TempDir::new().expect("a folder");
    for name in ["a.json", "b.xml", "c.csv", "d.yaml", "e.YML"] {
        let file = folder.path().join(name);
        std::fs::write(&file, "nothing that anybody could read").expect("a file");
        drop_on(desk, &[file]);
        desk.until_seen(&format!("Import {name}"));
        desk.key(Key::Escape);
        assert!(!desk.sees(&format!("Import {name}")), "Esc leaves it");
    }
}

files_that_hover_over_the_window_are_told_what_will_happen(desk) {
    desk.window.input_mut().hovered_files.push(egui::HoveredFile::default());
    desk.window.step();
    let hint = desk.window.output().shapes.iter().any(|shape| match &shape.shape {
        egui::Shape::Text(text) => text.galley.text().contains("Drop images to add them"),
        _ => false,
    });
    assert!(hint, "the hint");
}

every_tool_of_the_rail_is_taken_by_a_click(desk) {
    use labelwright::ui::command::Command;
    for tool in [Command::ToolBox, Command::ToolPolygon, Command::ToolPan, Command::ToolSelect] {
        let at = desk.window.get_all_by_label(tool.text()).map(|n| n.rect()).find(|r| r.width() < 40.0).expect("its button");
        desk.click_at(at.center());
        assert!(tool.is_on(desk.editor()), "{}", tool.text());
    }
}

}
