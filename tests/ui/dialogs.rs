//! Dialogs and panels that need something from outside: a server that tests a key, files that are dropped, long work.

use super::desk::{Desk, on_the_sample};
use super::start::drop_on;
use super::sync::{alices_window, synced};
use super::sync_service::Service;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use labelwright::runtime::{AppAddress, Event as Told, Opening, start};
use labelwright::ui::dialogs::{ConnectDialog, Stay};
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

#[test]
fn the_prompt_for_a_key_says_why_it_asks_and_that_work_goes_on_without() {
    let app = AppAddress { server: "https://example.org".into(), user: "alice".into(), app: "demo".into() };
    let why = Some("There is no keyring on this desktop".to_owned());
    let state = (ConnectDialog::for_key(app, why), Stay::Open);
    let mut window = Harness::builder().with_size(egui::vec2(800.0, 600.0)).build_ui_state(
        |ui, (dialog, stay): &mut (ConnectDialog, Stay)| {
            if *stay == Stay::Open {
                *stay = dialog.ui(ui, &|_| panic!("nothing is tested before a key is there")).0;
            }
        },
        state,
    );
    window.run_steps(3);
    for text in
        ["The key to this project's app", "There is no keyring on this desktop", "Everything can be edited without it"]
    {
        assert!(window.query_by_label_contains(text).is_some(), "{text}");
    }
    for (field, value) in [("Server", "https://example.org"), ("User", "alice"), ("App", "demo")] {
        let shown = window.get_by_role_and_label(egui::Role::TextInput, field);
        assert_eq!(shown.value().as_deref(), Some(value), "{field} is the project's");
        assert!(shown.accesskit_node().is_disabled(), "and cannot be changed here");
    }
    assert!(window.get_by_label("Test").accesskit_node().is_disabled(), "without a key there is nothing to test");
    window.get_by_label("Work without the server").click();
    window.run_steps(2);
    assert_eq!(window.state().1, Stay::Close, "work goes on without");
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

another_key_is_given_to_the_open_project_after_a_test(desk) {
    let service = Service::start();
    let mut alice = alices_window(&service, &desk.project);
    alice.keys(CTRL_SHIFT, Key::P).type_text("give the key").key(Key::Enter);
    alice.until_seen("The key to this project's app");
    assert!(!is_enabled(&alice, "Use this key"), "nothing was tested yet");
    fill(&mut alice, "Key", "WRONG");
    alice.click("Test");
    alice.until_seen("does not accept the key");
    alice.click("Work without the server");
    assert!(!alice.sees("The key to this project's app"), "closed");
    alice.draw_box((0.2, 0.2), (0.6, 0.6)).type_text("cat").key(Key::Enter).until_saved();
    service.until("the old key still works", |s| s.ids().len() == 1);
    alice.close();
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
