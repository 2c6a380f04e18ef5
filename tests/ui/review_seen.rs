//! What may be decided: what was on the screen, and what is one's own to change; and what becomes of what the server refuses.

use crate::desk::{Desk, on_the_sample};
use crate::review::{enter, review, status, until_up, up};
use crate::sync_service::{IMAGE, Service};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use labelwright::model::{LocalId, Status};
use labelwright::runtime::{Event, ImageAnnotations, Mark, Opening, SizeKnown};
use labelwright::ui::review::Review;
use serde_json::json;

/// A window on alice's app with this key, at rest.
fn window_with_key(service: &Service, key: &str, project: &std::path::Path) -> Desk {
    let mut desk = Desk::start(Opening::Remote(service.app_of("alice", key)), project);
    desk.until("the project is open", |app| app.editor().is_some());
    desk.until_ready();
    desk.until("what the server has is here", |app| {
        app.editor().is_some_and(|e| e.inputs.iter().any(|row| row.open > 0))
    });
    desk
}

/// Presses a key and lets go of it within one frame.
fn press_within_a_frame(desk: &mut Desk, key: Key) {
    for pressed in [true, false] {
        let event = egui::Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
        desk.window.input_mut().events.push(event);
    }
    desk.window.step();
}

on_the_sample! {

the_next_items_are_kept_ahead_so_that_the_next_one_is_drawn_in_the_frame_of_the_key(desk) {
    enter(desk);
    // Item by item of images that were not shown yet, as far as three further images wait behind the one that is up.
    let mut turned = 0;
    while review(desk).images_ahead(3).len() == 3 {
        let ahead: Vec<_> = review(desk).images_ahead(3).into_iter().cloned().collect();
        desk.until("the next three images are decoded and their annotations read", |app| {
            app.images().images_ahead() == 3 && ahead.iter().all(|input| app.editor().is_some_and(|e| e.document.is_loaded(input)))
        });
        until_up(desk);
        let (before, frames) = (desk.image(), desk.window.state().frames());
        press_within_a_frame(desk, Key::A);
        assert_eq!(desk.window.state().frames(), frames + 1, "one frame");
        assert!(desk.editor().review.as_ref().is_some_and(Review::is_on_screen), "in which the next item was drawn");
        assert!(desk.window.state().images().is_seen(&desk.image()), "with its picture");
        assert_eq!(desk.editor().selection.single(), Some(up(desk)), "and was selected");
        turned += usize::from(desk.image() != before);
    }
    assert!(turned > 2, "other images came up: {turned}");
}

a_key_that_comes_before_the_item_was_drawn_decides_nothing(desk) {
    enter(desk);
    let (second, before) = (review(desk).rows[1].lid, status(desk, review(desk).rows[1].lid));
    // In the frame before the one that draws it: nobody can have seen what the key would be about.
    desk.window.state_mut().editor_mut().expect("a project").review_go_to(1);
    press_within_a_frame(desk, Key::A);
    assert_eq!((up(desk), review(desk).decided.len()), (second, 0), "it is still up");
    assert_eq!(status(desk, second), before, "as it was");
    until_up(desk);
    press_within_a_frame(desk, Key::A);
    assert_eq!(status(desk, second), Status::Success, "seen, and decided");
}

what_is_read_a_second_time_does_not_take_a_decision_back(desk) {
    enter(desk);
    let (input, size) = (desk.image(), desk.editor().image_size().expect("a size"));
    let (first, annotations) = (up(desk), desk.annotations());
    desk.key(Key::A);
    // Read before the decision, told after it.
    let annotations = annotations.into();
    let late = ImageAnnotations { input, size, size_known: SizeKnown::Yes, annotations, marks: Vec::new() };
    desk.window.state_mut().editor_mut().expect("a project").take(Event::Annotations(Box::new(late)));
    desk.window.step();
    assert_eq!(status(desk, first), Status::Success, "it stays decided");
}

what_a_collaborator_may_not_decide_is_said_before_and_its_keys_are_off(desk) {
    let service = Service::start();
    service.post_pending("ALICE", "a1", [0.1, 0.1, 0.3, 0.3]);
    let mut bob = window_with_key(&service, "BOB", &desk.project);
    bob.until("the server said whose key it is", |app| app.editor().is_some_and(|e| e.user == "bob"));
    enter(&mut bob);
    assert!(bob.sees("You cannot decide about this one: alice made this annotation"), "{:?}", bob.names());
    assert!(bob.sees("only alice and the owner of the app, alice, may change it"), "{:?}", bob.names());
    for name in ["Accept", "Reject", "Request changes", "Edit in place", "Say not"] {
        let button = bob.window.get_all_by_label(name).last().expect("a button").accesskit_node().is_disabled();
        assert!(button, "{name} is off");
    }
    let first = up(&bob);
    for key in [Key::A, Key::X, Key::C, Key::N, Key::Num1] {
        bob.key(key);
        assert!(bob.last_notice().contains("alice made this annotation"), "{key:?}: {}", bob.last_notice());
    }
    bob.keys(Modifiers::SHIFT, Key::C);
    assert!(review(&bob).reason.is_none(), "no reason is asked for");
    assert_eq!((up(&bob), status(&bob, first)), (first, Status::Pending), "nothing was changed");
    bob.close();
    assert_eq!(service.status_of("a1"), Some(24_151), "nor sent");
}

a_decision_that_the_server_refuses_is_kept_and_listed_as_a_problem(desk) {
    let service = Service::start();
    service.post_pending("ALICE", "a1", [0.1, 0.1, 0.3, 0.3]);
    // A key that does not say whose it is: nobody knows before that this will be refused.
    let mut bob = window_with_key(&service, "BOBSAPP", &desk.project);
    bob.until("nobody says whose key it is", |app| app.editor().is_some_and(|e| e.user.is_empty()));
    enter(&mut bob);
    let first = up(&bob);
    assert!(!bob.sees("You cannot decide"), "it is for the server to say");
    bob.key(Key::A);
    bob.until("the server refused it", |app| app.editor().is_some_and(|e| e.sync.problems == 1));
    assert_eq!(status(&bob, first), Status::Success, "the decision is kept here");
    assert_eq!(service.status_of("a1"), Some(24_151), "and is not on the server");
    bob.until("it says why", |app| app.editor().is_some_and(|e| matches!(e.marks.get(&first), Some(Mark::Problem { .. }))));
    bob.window.step();
    assert!(bob.sees("1 problem"), "the pill: {:?}", bob.names());
    assert!(bob.sees("the server refused it:") && bob.sees("only alice and the app's owner"), "{:?}", bob.names());
    bob.keys(Modifiers::COMMAND | Modifiers::ALT, Key::S);
    bob.until_seen("Discard: ");
    assert!(bob.sees("Retry: "), "and both ways out: {:?}", bob.names());
    let discard = bob.names().into_iter().find(|name| name.starts_with("Discard: ")).expect("a button");
    bob.click(&discard);
    bob.until("what the server has is back", |app| {
        app.editor().is_some_and(|e| e.sync.problems == 0 && e.document.get(first).is_some_and(|a| a.status == Status::Pending))
    });
    bob.close();
}

what_cannot_be_shown_is_decided_like_anything_else(desk) {
    let service = Service::start();
    let away = json!({"inputs": [{"id": "away", "data": {"image": {"url": "http://127.0.0.1:9/none.jpg"}}}]});
    service.post("ALICE", "/inputs", &away);
    let cat = json!({"concepts": [{"id": "cat", "value": 1.0}]});
    let region = |info: serde_json::Value| json!({"regions": [{"region_info": info, "data": cat}]});
    let on = |input: &str, id: &str, data: serde_json::Value| json!({"id": id, "input_id": input, "status": {"code": 24_151}, "data": data});
    let edges = json!({"top_row": 0.1, "left_col": 0.1, "bottom_row": 0.3, "right_col": 0.3});
    let mut of_workflow = on(IMAGE, "workflow", cat.clone());
    of_workflow["worker"] = json!({"workflow": {"id": "w", "version": {"id": "wv"}}});
    let items = [
        on(IMAGE, "whole", cat.clone()),
        on(IMAGE, "point", region(json!({"point": {"row": 0.5, "col": 0.5}}))),
        on(IMAGE, "cuboid", region(json!({"token": {"char_start": 1, "char_end": 3}}))),
        on("away", "unreachable", region(json!({"bounding_box": edges}))),
        on("away", "away", cat.clone()),
        of_workflow,
    ];
    service.post("ALICE", "/annotations", &json!({"annotations": items}));
    let mut alice = window_with_key(&service, "ALICE", &desk.project);
    alice.until("all six wait", |app| app.editor().is_some_and(|e| e.inputs.iter().map(|row| row.open).sum::<usize>() == 6));
    alice.key(Key::R);
    alice.until("all six are in the queue", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.rows.len() == 6));
    alice.key(Key::J).key(Key::J).key(Key::K).key(Key::K);
    for left in (0..6).rev() {
        alice.until("it can be decided", |app| {
            app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.is_on_screen() || r.waited_long())
        });
        alice.key(Key::A);
        assert_eq!(review(&alice).left(), left, "decided: {} {:?}", alice.last_notice(), alice.names());
    }
    let open = |s: &Service| s.everything().iter().filter(|row| row["status"]["code"] == 24_151).count();
    service.until("the server has all six decisions", |s| open(s) == 0);
    alice.close();
}

an_annotation_that_nobody_knows_how_to_show_does_not_block_the_queue(desk) {
    enter(desk);
    // Of an image that is gone, with a status and a kind of region that are not known, and one that was deleted.
    let row = |lid, input: &str, kind: &str| labelwright::runtime::QueueRow {
        lid: LocalId(lid),
        input: input.into(),
        status: Status::Other(24999),
        worker: labelwright::model::Worker::User(String::new()),
        score: None,
        concepts: Vec::new(),
        bounds_norm: None,
        kind: kind.to_owned(),
    };
    let last = review(desk).rows.last().expect("a row").clone();
    let rows = vec![row(1, "gone", "image"), row(2, &desk.image().0.clone(), "hologram"), last];
    desk.window.state_mut().editor_mut().expect("a project").take(labelwright::runtime::Event::Queue(rows));
    desk.window.run_steps(2);
    assert!(desk.sees("status 24999"), "listed: {:?}", desk.names());
    desk.key(Key::S);
    assert_eq!(review(desk).at, 1, "skippable");
    desk.key(Key::J);
    until_up(desk);
    desk.key(Key::A);
    assert_eq!(review(desk).decided.len(), 1, "and what comes after is decided");
    desk.key(Key::K).key(Key::K);
}

}
