//! What people see of the sync: the pill in every state, banners, the plan, conflicts; and the whole of it between two
//! people and a server.

use super::desk::{Desk, on_the_sample};
use super::sync_service::Service;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use labelwright::geometry::{Point, Rect, Size};
use labelwright::model::{Annotation, ConceptLabel, Field, Info, InputId, LocalId, Region, Shape, Status, Worker};
use labelwright::runtime::{
    Access, Conflict, Damage, Event as Told, ImageAnnotations, InputRow, Keep, Mark, Opened, Opening, PlanReport,
    PlanRow, Pull, Request, Sending, SizeKnown, SyncGate, SyncStatus, Trouble, TroubleKind,
};
use labelwright::ui::command::Command;
use labelwright::ui::dialogs::PlanWindow;
use labelwright::ui::editor::Editor;
use labelwright::ui::sync::banner::banner_ui;
use labelwright::ui::sync::conflict::conflict_ui;
use labelwright::ui::sync::pill::pill_ui;
use labelwright::ui::theme;
use std::path::PathBuf;

const IMAGE: &str = "street";

fn opened(access: Access) -> Opened {
    let row = InputRow {
        id: InputId::from(IMAGE),
        name: "street.jpg".to_owned(),
        size: Some(Size::new(400.0, 300.0)),
        annotations: 1,
        open: 0,
        unsent: 0,
        problems: 0,
    };
    Opened {
        name: "Streets".to_owned(),
        dir: PathBuf::from("/nowhere"),
        access,
        server: "https://api.example · alice/streets".to_owned(),
        user: "alice".to_owned(),
        app_owner: "alice".to_owned(),
        first_shown: None,
        inputs: vec![row],
        concepts: Vec::new(),
        history: Vec::new(),
        sending: Sending::AsEdited,
        settings: serde_json::Map::new(),
    }
}

/// An editor that shows one image with one box.
fn editor() -> Editor {
    let mut editor = Editor::new(opened(Access::ReadWrite));
    editor.show(&InputId::from(IMAGE));
    editor.take(Told::Annotations(Box::new(ImageAnnotations {
        input: InputId::from(IMAGE),
        size: Size::new(400.0, 300.0),
        size_known: SizeKnown::Yes,
        annotations: vec![boxed(10.0, "cat")].into(),
        marks: Vec::new(),
    })));
    editor.outbox.clear();
    editor
}

fn boxed(left: f64, concept: &str) -> Annotation {
    let rect = Rect { min: Point::new(left, 20.0), max: Point::new(left + 50.0, 60.0) };
    Annotation {
        lid: LocalId(7),
        input: InputId::from(IMAGE),
        region: Some(Region { id: Some("r".to_owned()), shape: Shape::Box(rect) }),
        concepts: vec![ConceptLabel::positive(concept.into())],
        status: Status::Success,
        worker: Worker::User("alice".to_owned()),
        info: Info::new(),
        created_at: "2026-11-20T10:00:00Z".to_owned(),
        kept: None,
    }
}

fn status(gate: SyncGate) -> SyncStatus {
    SyncStatus { gate, ..SyncStatus::default() }
}

/// A part of the window on an editor, with what it chose.
fn part(
    editor: Editor,
    mut show: impl FnMut(&mut egui::Ui, &mut Editor, &mut Vec<Command>) + 'static,
) -> Harness<'static, (Editor, Vec<Command>)> {
    let mut first = true;
    let mut harness = Harness::builder().with_size(egui::vec2(1000.0, 600.0)).build_ui_state(
        move |ui, (editor, chosen): &mut (Editor, Vec<Command>)| {
            if std::mem::take(&mut first) {
                theme::install(ui.ctx());
            }
            show(ui, editor, chosen);
        },
        (editor, Vec::new()),
    );
    harness.run_steps(3);
    harness
}

fn names<S>(harness: &Harness<'_, S>) -> Vec<String> {
    let all = harness.root().children_recursive();
    all.flat_map(|node| {
        let node = node.accesskit_node();
        [node.label(), node.value()].into_iter().flatten().collect::<Vec<String>>()
    })
    .collect()
}

#[track_caller]
fn assert_sees<S>(harness: &Harness<'_, S>, parts: &[&str]) {
    let names = names(harness);
    for part in parts {
        assert!(names.iter().any(|name| name.contains(part)), "{part:?} is not in {names:#?}");
    }
}

fn click<S>(harness: &mut Harness<'_, S>, label: &str) {
    let found = names(harness);
    let node = harness.query_by_label(label);
    node.unwrap_or_else(|| panic!("{label:?} is not in {found:#?}")).click();
    harness.run_steps(3);
}

fn refused() -> Trouble {
    Trouble {
        lid: LocalId(7),
        sid: "a1".to_owned(),
        input: InputId::from(IMAGE),
        what: "box, cat".to_owned(),
        kind: TroubleKind::Refused {
            code: 24_155,
            reason: "the concept is not in this app".to_owned(),
            req_id: "r-99".to_owned(),
        },
        export: "{\"id\": \"a1\"}".to_owned(),
    }
}

#[test]
fn the_pill_says_in_every_state_what_was_kept_and_what_to_do() {
    let with = |change: fn(&mut SyncStatus)| {
        let mut sync = status(SyncGate::Online);
        change(&mut sync);
        sync
    };
    let states: Vec<(SyncStatus, &str, &str)> = vec![
        (status(SyncGate::Starting), "saved · connecting", "server is being asked"),
        (status(SyncGate::Online), "saved · synced", "the server has it"),
        (with(|s| s.unsent = 3), "saved · 3 unsent · online", "3 annotations are on this disk"),
        (with(|s| s.sending = 1), "saved · sending · online", "1 annotation is on the way"),
        (with(|s| s.unknown = 2), "saved · 2 unknown · online", "nothing is lost or sent twice"),
        (with(|s| s.problems = 1), "saved · 1 problem", "refused 1 annotation, kept here with the reason"),
        (with(|s| s.conflicts = 2), "saved · 2 conflicts", "both sides are kept until you decide"),
        (status(SyncGate::Waiting { until: "12:04:05".to_owned() }), "waiting until 12:04:05", "goes out then"),
        (
            status(SyncGate::NoKey("There is no key. Type it under Sync, Enter a new key".to_owned())),
            "saved · no key",
            "There is no key. Type it under Sync, Enter a new key. Go on working: everything is kept here",
        ),
        (
            status(SyncGate::KeyRefused("expired".to_owned())),
            "key refused",
            "nothing is sent until you enter a new key",
        ),
        (status(SyncGate::Offline("no route".to_owned())), "offline", "kept here and sent by itself"),
        (status(SyncGate::Misconfigured("a page".to_owned())), "wrong server", "Everything is kept here"),
        (status(SyncGate::Held), "held back", "kept here until you choose Send now"),
    ];
    for (sync, words, sentence) in states {
        let mut editor = editor();
        editor.take(Told::Sync(sync));
        let mut harness = part(editor, |ui, editor, chosen| pill_ui(ui, editor, chosen));
        let name = names(&harness).into_iter().find(|name| name.starts_with("Sync: ")).expect("a name for the ear");
        assert!(name.contains(words) && name.contains(sentence), "{words} and {sentence} in {name}");
        click(&mut harness, &name);
        assert_eq!(harness.state().1, [Command::Plan], "a click on {words} opens the plan");
    }
}

#[test]
fn the_pill_says_when_the_disk_takes_nothing_and_when_the_project_is_read_only() {
    let mut full = editor();
    full.take(Told::StoreFailed("the disk is full; free some space".to_owned()));
    let harness = part(full, |ui, editor, chosen| pill_ui(ui, editor, chosen));
    assert_sees(&harness, &["not saved", "The disk is full", "tried every 5 seconds"]);
    let shut = Editor::new(opened(Access::ReadOnly("another window has it open".to_owned())));
    let harness = part(shut, |ui, editor, chosen| pill_ui(ui, editor, chosen));
    assert_sees(&harness, &["read only", "Another window has it open"]);
}

#[test]
fn while_the_disk_is_full_editing_is_locked_and_the_last_edit_stays() {
    let mut editor = editor();
    editor.selection.set([LocalId(7)]);
    editor.delete_selection();
    assert_eq!(editor.document.get(LocalId(7)), None, "an edit, on its way to the disk");
    editor.take(Told::StoreFailed("the disk is full".to_owned()));
    let sent = editor.outbox.len();
    editor.step_back(labelwright::model::StepBack::Undo);
    assert_eq!(editor.outbox.len(), sent, "no other edit is begun");
    assert!(editor.notices.back().expect("a notice").text.contains("not on disk yet"), "{:?}", editor.notices);
    let mut harness = part(editor, |ui, editor, chosen| {
        banner_ui(ui, editor, chosen);
    });
    assert_sees(&harness, &["Not saved: the disk is full", "editing is locked"]);
    click(&mut harness, "Try now");
    assert!(matches!(harness.state().0.outbox.last(), Some(Request::RetryStore)), "it is tried at once");
    click(&mut harness, "Save a copy elsewhere…");
    assert_eq!(harness.state().1, [Command::SaveCopy]);
    harness.state_mut().0.take(Told::StoreRecovered);
    harness.run_steps(2);
    assert!(!names(&harness).iter().any(|name| name.contains("Not saved")), "the banner is gone");
    harness.state_mut().0.step_back(labelwright::model::StepBack::Undo);
    assert!(harness.state().0.document.get(LocalId(7)).is_some(), "and editing goes on");
}

#[test]
fn damage_is_told_with_the_newest_backup_and_a_way_out() {
    let mut editor = editor();
    editor.take(Told::Damaged(Box::new(Damage {
        rows: 3,
        problems: Vec::new(),
        backup: Some(PathBuf::from("/nowhere/backups/daily-2026-11-24.db")),
    })));
    let mut harness = part(editor, |ui, editor, chosen| {
        let wish = banner_ui(ui, editor, chosen);
        if wish != labelwright::ui::sync::banner::BannerWish::None {
            editor.name = format!("{wish:?}");
        }
    });
    assert_sees(&harness, &["3 rows are unreadable", "daily-2026-11-24.db", "keeps the damaged files"]);
    click(&mut harness, "Rescue now");
    assert!(harness.state().0.name.contains("Rescue(\"/nowhere\")"), "{}", harness.state().0.name);
}

fn plan_of(editor: Editor) -> Harness<'static, (Editor, Vec<Command>)> {
    let mut plan = PlanWindow::default();
    part(editor, move |ui, editor, chosen| {
        plan.ui(ui, editor, chosen);
    })
}

#[test]
fn the_plan_says_the_calls_image_by_image_and_every_problem_with_its_reason() {
    let mut editor = editor();
    let row = PlanRow { input: InputId::from(IMAGE), posts: 2, patches: 1, deletes: 3, read_backs: 0 };
    let plan = PlanReport { images: vec![row], troubles: vec![refused()] };
    editor.take(Told::Plan(plan));
    let mut harness = plan_of(editor);
    assert_sees(&harness, &["2 POST, 1 PATCH, 3 DELETE on 1 image", "street.jpg", "1 needs you"]);
    assert_sees(&harness, &["street.jpg, box, cat: the server refused it", "the concept is not in this app", "24155"]);
    assert_sees(&harness, &["request r-99"]);
    let asked = |harness: &Harness<'_, (Editor, Vec<Command>)>| format!("{:?}", harness.state().0.outbox.last());
    click(&mut harness, "Retry: box, cat");
    assert!(asked(&harness).contains("RetryItem"), "{}", asked(&harness));
    click(&mut harness, "Discard: box, cat");
    assert!(asked(&harness).contains("DiscardItem"), "{}", asked(&harness));
    click(&mut harness, "Send only when I say");
    assert!(asked(&harness).contains("Sending(WhenISay)"), "{}", asked(&harness));
    click(&mut harness, "Export: box, cat");
    assert_eq!(harness.state().0.settling.export.as_deref(), Some("{\"id\": \"a1\"}"), "to a file that is asked for");
    click(&mut harness, "Edit: box, cat");
    assert_eq!(harness.state().0.selection.single(), Some(LocalId(7)), "it is selected");
}

#[test]
fn the_plan_is_worked_by_keys_alone() {
    let mut editor = editor();
    editor.take(Told::Plan(PlanReport { images: Vec::new(), troubles: vec![refused()] }));
    let mut harness = plan_of(editor);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(harness.state().1, [Command::SyncNow], "the first button has the focus");
    // Send only when I say, Close, Retry.
    for _ in 0..3 {
        harness.key_press(Key::Tab);
        harness.run_steps(2);
    }
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(matches!(harness.state().0.outbox.last(), Some(Request::RetryItem(LocalId(7)))), "Retry by Tab and Enter");
}

fn in_conflict(theirs: Option<Annotation>, fields: Vec<Field>) -> Editor {
    let mut editor = editor();
    let conflict = Conflict {
        input: InputId::from(IMAGE),
        base: Some(boxed(10.0, "cat")),
        mine: editor.document.get(LocalId(7)).cloned(),
        theirs,
        fields,
    };
    editor.take(Told::Sync(SyncStatus { conflicts: 1, ..status(SyncGate::Online) }));
    editor.take(Told::Marks(vec![(LocalId(7), Mark::Conflict(Box::new(conflict)))]));
    editor.selection.set([LocalId(7)]);
    editor.outbox.clear();
    editor
}

fn panel_of(editor: Editor) -> Harness<'static, (Editor, Vec<Command>)> {
    part(editor, conflict_ui)
}

fn left(editor: &Editor) -> Option<f64> {
    editor.document.get(LocalId(7)).and_then(Annotation::bounds).map(|b| b.min.x)
}

#[test]
fn a_conflict_shows_what_differs_and_is_decided_field_by_field() {
    let both = vec![Field::Geometry, Field::Concepts];
    let mut harness = panel_of(in_conflict(Some(boxed(200.0, "dog")), both.clone()));
    assert_sees(
        &harness,
        &["Conflict", "geometry: mine, box 50 × 40 at 10, 20", "geometry: theirs, box 50 × 40 at 200, 20"],
    );
    assert_sees(&harness, &["concepts: mine, cat", "concepts: theirs, dog"]);
    click(&mut harness, "geometry: theirs, box 50 × 40 at 200, 20");
    click(&mut harness, "Keep as chosen");
    let editor = &harness.state().0;
    assert_eq!(left(editor), Some(200.0), "their geometry");
    assert_eq!(editor.document.get(LocalId(7)).expect("it").concepts[0].id.as_str(), "cat", "my label");
    assert!(
        matches!(editor.outbox.as_slice(), [Request::Commit(_), Request::Resolve(LocalId(7), Keep::Mine)]),
        "an edit, durable before the engine settles it: {:?}",
        editor.outbox
    );
    let editor = &mut harness.state_mut().0;
    editor.step_back(labelwright::model::StepBack::Undo);
    assert_eq!(left(editor), Some(10.0), "and undo takes it back");
}

#[test]
fn mine_theirs_and_both_do_what_they_say() {
    let theirs = || Some(boxed(200.0, "cat"));
    let mut mine = panel_of(in_conflict(theirs(), vec![Field::Geometry]));
    click(&mut mine, "Keep mine");
    assert!(matches!(mine.state().0.outbox.as_slice(), [Request::Resolve(_, Keep::Mine)]), "nothing has to be edited");
    let mut taken = panel_of(in_conflict(theirs(), vec![Field::Geometry]));
    click(&mut taken, "Take theirs");
    assert_eq!(left(&taken.state().0), Some(200.0));
    let mut both = panel_of(in_conflict(theirs(), vec![Field::Geometry]));
    click(&mut both, "Keep both");
    let editor = &mut both.state_mut().0;
    assert_eq!(editor.document.count_of(&InputId::from(IMAGE)), 2, "theirs, and mine beside it");
    assert_eq!(left(editor), Some(200.0));
    editor.step_back(labelwright::model::StepBack::Undo);
    assert_eq!((editor.document.count_of(&InputId::from(IMAGE)), left(editor)), (1, Some(10.0)), "one step of undo");
}

#[test]
fn what_is_deleted_on_one_side_is_decided_too() {
    let mut there = panel_of(in_conflict(None, Vec::new()));
    assert_sees(&there, &["somebody else deleted it", "makes it anew"]);
    click(&mut there, "Delete it here, too");
    assert_eq!(left(&there.state().0), None, "gone here");
    let mut here = in_conflict(Some(boxed(200.0, "cat")), vec![Field::Geometry]);
    here.delete_selection();
    here.outbox.clear();
    let conflict = Conflict {
        input: InputId::from(IMAGE),
        base: Some(boxed(10.0, "cat")),
        mine: None,
        theirs: Some(boxed(200.0, "cat")),
        fields: vec![Field::Geometry],
    };
    here.take(Told::Marks(vec![(LocalId(7), Mark::Conflict(Box::new(conflict)))]));
    here.go_to(&InputId::from(IMAGE), LocalId(7));
    let mut harness = panel_of(here);
    assert_sees(&harness, &["you deleted it, somebody else changed it"]);
    click(&mut harness, "Take theirs");
    assert_eq!(left(&harness.state().0), Some(200.0), "back, as they have it");
}

#[test]
fn the_next_problem_is_found_on_whatever_image_it_is() {
    let mut editor = in_conflict(Some(boxed(200.0, "cat")), vec![Field::Geometry]);
    let elsewhere = Trouble { lid: LocalId(9), input: InputId::from("elsewhere"), ..refused() };
    editor.selection.clear();
    editor.next_trouble();
    assert!(matches!(editor.outbox.as_slice(), [Request::LoadPlan]), "the list is asked for");
    editor.take(Told::Plan(PlanReport { images: Vec::new(), troubles: vec![refused(), elsewhere] }));
    assert_eq!(editor.selection.single(), Some(LocalId(7)), "the first one, as soon as the list is there");
    editor.next_trouble();
    assert_eq!(editor.current().map(InputId::as_str), Some("elsewhere"));
    editor.next_trouble();
    assert_eq!(editor.current().map(InputId::as_str), Some(IMAGE), "and round");
}

pub fn synced(app: &labelwright::ui::App) -> bool {
    app.editor().is_some_and(|editor| {
        let sync = &editor.sync;
        let quiet = editor.is_saved() && sync.pull == Pull::Idle && sync.gate == SyncGate::Online;
        quiet && sync.unsent + sync.sending + sync.unknown == 0
    })
}

/// A window of alice's on the app of a server on which she has one box, at rest.
pub fn alices_window(service: &Service, project: &std::path::Path) -> Desk {
    let mut desk = Desk::start(Opening::Remote(service.app_of("alice", "ALICE")), project);
    desk.until("the project is open", |app| app.editor().is_some());
    desk.until_ready();
    desk.until("it is synced", synced);
    desk
}

fn shown(app: &labelwright::ui::App) -> usize {
    app.editor().and_then(|e| Some(e.document.count_of(e.current()?))).unwrap_or_default()
}

fn shown_left(desk: &Desk) -> f64 {
    let all = desk.annotations();
    all.iter().filter_map(Annotation::bounds).map(|b| b.min.x).next().unwrap_or(f64::NAN)
}

on_the_sample! {

two_people_change_the_same_box_and_nothing_is_overwritten_in_silence(desk) {
    let service = Service::start();
    service.post_box("BOB", "a1", [0.1, 0.1, 0.3, 0.3]);
    let mut alice = alices_window(&service, &desk.project);
    alice.until("what the server had is here", |app| shown(app) == 1);
    alice.keys(Modifiers::COMMAND | Modifiers::ALT, Key::S).click("Send only when I say").key(Key::Escape);
    alice.until("it is held back", |app| app.editor().is_some_and(|e| e.sync.gate == SyncGate::Held));
    alice.key(Key::Tab);
    for _ in 0..3 {
        alice.keys(Modifiers::SHIFT, Key::ArrowRight);
    }
    alice.until_saved();
    let mine = shown_left(&alice);
    service.move_box("BOB", "a1", [0.1, 0.5, 0.3, 0.7]);
    alice.ctrl(Key::S);
    alice.until("the conflict is seen", |app| app.editor().is_some_and(|e| e.sync.conflicts == 1));
    alice.until_seen("you and somebody else changed the same thing");
    assert!((shown_left(&alice) - mine).abs() < 1e-6, "mine is still what is shown");
    assert!((service.left_of("a1") - 0.5).abs() < 1e-6, "theirs is still what the server has");
    alice.click("Take theirs");
    alice.until("it is settled", |app| app.editor().is_some_and(|e| e.sync.conflicts == 0));
    alice.until("theirs is shown", |app| app.editor().is_some_and(|e| e.conflicts.is_empty()));
    let width = alice.editor().image_size().expect("a size").width;
    assert!((shown_left(&alice) - 0.5 * width).abs() < 0.5, "theirs is here");
    alice.ctrl(Key::Z).ctrl(Key::S);
    assert!((shown_left(&alice) - mine).abs() < 1e-6, "undo brings mine back");
    service.until("mine is on the server", |s| (s.left_of("a1") - mine / width).abs() < 1e-4);
    alice.close();
}

undo_of_a_deletion_that_the_server_knows_makes_a_new_annotation_also_after_a_restart(desk) {
    let service = Service::start();
    service.post_box("ALICE", "a1", [0.1, 0.1, 0.3, 0.3]);
    let mut alice = alices_window(&service, &desk.project);
    alice.until("what the server had is here", |app| shown(app) == 1);
    alice.key(Key::Tab).key(Key::Delete).until_saved();
    service.until("it is deleted there", |s| s.ids().is_empty());
    alice.until("it is synced", synced);
    let project = alice.editor().dir.clone();
    alice.close();
    drop(alice);
    // Days later: the key comes from the environment or the keyring then, here it is given again.
    let mut again = alices_window(&service, &project);
    assert!(again.annotations().is_empty(), "still deleted");
    again.ctrl(Key::Z).until_saved();
    assert_eq!(again.annotations().len(), 1, "undo of a step of the session before");
    service.until("a new one is there", |s| s.ids().len() == 1);
    assert_ne!(service.ids(), ["a1"], "under an id of its own: the old one is dead");
    again.until("it is synced", synced);
    let new = service.ids();
    again.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z).until_saved();
    service.until("redo deletes it again", |s| s.ids().is_empty());
    again.ctrl(Key::Z).until_saved();
    service.until("and undo makes another one", |s| s.ids().len() == 1);
    assert_ne!(service.ids(), new, "ids are never used twice");
    again.close();
}

without_a_key_a_project_is_edited_and_with_one_it_goes_out(desk) {
    let service = Service::start();
    service.post_box("ALICE", "a1", [0.1, 0.1, 0.3, 0.3]);
    let mut alice = alices_window(&service, &desk.project);
    alice.until("what the server had is here", |app| shown(app) == 1);
    let project = alice.editor().dir.clone();
    alice.close();
    drop(alice);
    service.post_box("BOB", "b1", [0.6, 0.6, 0.8, 0.8]);
    // Here is neither a keyring nor the environment variable.
    let mut again = Desk::start(Opening::Project(project.clone()), &project);
    again.until("the project is open", |app| app.editor().is_some());
    again.until_seen("The key to this project's app");
    again.click("Work without the server");
    again.until_ready();
    again.key(Key::Tab).keys(Modifiers::SHIFT, Key::ArrowRight).until_saved();
    again.until("it waits for a key", |app| {
        app.editor().is_some_and(|e| matches!(e.sync.gate, SyncGate::NoKey(_)) && e.sync.unsent == 1)
    });
    again.until_seen("1 unsent · no key");
    assert!(again.sees("There is no key for alice/demo") && again.sees("Type it under Sync, Enter a new key"), "{:?}", again.names());
    assert!(!again.sees("key refused"), "nobody refused one");
    again.keys(Modifiers::COMMAND | Modifiers::ALT, Key::S);
    again.until_seen("Enter the key…");
    again.click("Enter the key…");
    again.until_seen("Use this key");
    again.type_into("Key", "WRONG").key(Key::Enter);
    again.until("the server said no", |app| app.editor().is_some_and(|e| e.settling.key.is_some()));
    again.until_seen("Not taken: ");
    again.click("Key").ctrl(Key::A).type_text("ALICE").key(Key::Enter);
    again.until("it is synced", synced);
    service.until("the edit arrived", |s| s.left_of("a1") > 0.101);
    again.until("what others did meanwhile is here", |app| shown(app) == 2);
    again.close();
}

an_expired_key_is_entered_anew_and_what_was_kept_goes_out(desk) {
    let mut service = Service::start();
    service.post_box("ALICE", "a1", [0.1, 0.1, 0.3, 0.3]);
    let mut alice = alices_window(&service, &desk.project);
    alice.until("what the server had is here", |app| shown(app) == 1);
    service.restart_with(&[("alice", "FRESH"), ("bob", "BOB")]);
    alice.key(Key::Tab).keys(Modifiers::SHIFT, Key::ArrowRight).until_saved();
    alice.until("the key is refused", |app| {
        app.editor().is_some_and(|e| matches!(e.sync.gate, SyncGate::KeyRefused(_)))
    });
    alice.until_seen("key refused");
    alice.keys(Modifiers::COMMAND | Modifiers::ALT, Key::S);
    alice.until_seen("Enter a new key…");
    alice.click("Enter a new key…");
    alice.until_seen("Use this key");
    alice.type_into("Key", "BOB").key(Key::Enter);
    alice.until("the server said whose it is", |app| app.editor().is_some_and(|e| e.settling.key.is_some()));
    alice.until_seen("This key belongs to bob");
    assert!((service.left_of("a1") - 0.1).abs() < 1e-6, "nothing of alice's went out as bob's");
    alice.click("Key").ctrl(Key::A).type_text("FRESH").key(Key::Enter);
    alice.until("it is synced", synced);
    service.until("the edit arrived", |s| s.left_of("a1") > 0.101);
    alice.close();
}

}
