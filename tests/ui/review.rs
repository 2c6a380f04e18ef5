//! The review mode: one key a decision, through the queue and back.

use crate::desk::{Desk, on_the_sample};
use egui::Key;
use labelwright::model::{LocalId, Status};
use labelwright::ui::editor::Editor;
use labelwright::ui::review::Review;

/// Enters the review and waits for the first item.
fn enter(desk: &mut Desk) {
    desk.key(Key::R);
    desk.until("the queue is there", |app| {
        app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| !r.is_waiting())
    });
    until_up(desk);
}

/// Waits until the item that is up is on the screen.
fn until_up(desk: &mut Desk) {
    desk.until("the item is shown", |app| {
        app.editor().is_some_and(|editor| {
            let up = editor.review.as_ref().and_then(Review::current);
            up.is_some_and(|row| editor.document.get(row.lid).is_some() && editor.selection.single() == Some(row.lid))
        })
    });
}

/// Enters the review and goes to the first item that has a shape.
fn enter_at_a_shape(desk: &mut Desk) {
    enter(desk);
    while review(desk).current().is_some_and(|row| row.bounds_norm.is_none()) {
        desk.key(Key::S);
        until_up(desk);
    }
    desk.window.run_steps(2);
}

fn review(desk: &Desk) -> &Review {
    desk.editor().review.as_ref().expect("the review is on")
}

fn up(desk: &Desk) -> LocalId {
    review(desk).current().expect("an item").lid
}

fn status(desk: &Desk, lid: LocalId) -> Status {
    desk.editor().document.get(lid).expect("it is loaded").status
}

on_the_sample! {

r_enters_the_review_with_everything_that_waits_and_leaves_it_again(desk) {
    enter(desk);
    let open: usize = desk.editor().inputs.iter().map(|row| row.open).sum();
    assert!(open > 10, "the sample has something to review");
    assert_eq!(review(desk).rows.len(), open, "all that waits");
    assert!(desk.sees(&format!("1 of {open}")), "the place in the queue: {:?}", desk.names());
    desk.key(Key::R);
    assert!(desk.editor().review.is_none(), "left");
}

a_accepts_and_goes_on(desk) {
    enter(desk);
    let first = up(desk);
    let all = review(desk).rows.len();
    desk.key(Key::A);
    assert_eq!(status(desk, first), Status::Success, "accepted");
    assert_ne!(up(desk), first, "the next one is up");
    assert_eq!(review(desk).left(), all - 1, "one less is left");
    until_up(desk);
    assert!(desk.sees(&format!("2 of {all}")), "the place in the queue: {:?}", desk.names());
    assert_eq!(desk.editor().selection.single(), Some(up(desk)), "and is selected");
}

x_rejects_and_goes_on(desk) {
    enter(desk);
    let first = up(desk);
    desk.key(Key::X);
    assert_eq!(status(desk, first), Status::ReviewDenied, "rejected");
    assert_ne!(up(desk), first, "the next one is up");
}

c_asks_for_changes_and_goes_on(desk) {
    enter(desk);
    let first = up(desk);
    desk.key(Key::C);
    assert_eq!(status(desk, first), Status::Pending, "back to be worked on");
    assert_ne!(up(desk), first, "the next one is up");
}

s_skips_without_a_decision(desk) {
    enter(desk);
    let (first, before) = (up(desk), status(desk, up(desk)));
    desk.key(Key::S);
    assert_ne!(up(desk), first, "the next one is up");
    assert_eq!(desk.editor().document.get(first).map(|a| a.status), Some(before), "as it was");
    assert_eq!(review(desk).left(), review(desk).rows.len(), "nothing is decided");
}

z_takes_the_last_decision_back_and_shows_it_again(desk) {
    enter(desk);
    let (first, before) = (up(desk), status(desk, up(desk)));
    desk.key(Key::X);
    until_up(desk);
    desk.key(Key::Z);
    until_up(desk);
    assert_eq!(up(desk), first, "it is up again");
    assert_eq!(status(desk, first), before, "undecided");
    assert_eq!(review(desk).left(), review(desk).rows.len(), "and counts as such");
}

j_and_k_go_on_and_back(desk) {
    enter(desk);
    let first = up(desk);
    desk.key(Key::J);
    until_up(desk);
    assert_ne!(up(desk), first, "J goes on");
    desk.key(Key::K);
    until_up(desk);
    assert_eq!(up(desk), first, "K goes back");
    desk.key(Key::K);
    assert_eq!(up(desk), first, "there is none before the first");
}

digits_label_the_item_again_before_it_is_accepted(desk) {
    enter(desk);
    let first = up(desk);
    let third = desk.editor().concepts[2].id.clone();
    desk.key(Key::Num3);
    assert_eq!(up(desk), first, "still up");
    assert_eq!(desk.editor().document.get(first).map(|a| a.concepts[0].id.clone()), Some(third), "with the third concept");
    desk.key(Key::A);
    assert_eq!(status(desk, first), Status::Success, "and accepted");
}

in_the_review_a_and_d_do_not_change_the_image_by_themselves(desk) {
    enter(desk);
    let image = desk.image();
    desk.key(Key::D);
    assert_eq!(desk.image(), image, "D means nothing here");
}

a_held_key_decides_once(desk) {
    enter(desk);
    let press = |repeat| egui::Event::Key { key: Key::A, physical_key: None, pressed: true, repeat, modifiers: egui::Modifiers::NONE };
    desk.window.event(press(false));
    desk.window.step();
    for _ in 0..5 {
        until_up(desk);
        desk.window.event(press(true));
        desk.window.step();
    }
    assert_eq!(review(desk).decided.len(), 1, "held keys do not run away");
}

the_whole_queue_can_be_decided_by_keys_alone(desk) {
    enter(desk);
    let all = review(desk).rows.len();
    for n in 0..all {
        until_up(desk);
        desk.key(if n % 3 == 0 { Key::X } else { Key::A });
    }
    assert_eq!(review(desk).left(), 0, "nothing is left");
    assert!(desk.last_notice().contains("All decided"), "{}", desk.last_notice());
    desk.until_saved();
    desk.until("no image has anything open", |app| app.editor().is_some_and(|e| e.inputs.iter().all(|row| row.open == 0)));
    desk.key(Key::R).key(Key::R);
    desk.until("the queue is there", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| !r.is_waiting()));
    assert!(desk.sees("Nothing waits for a decision"), "{:?}", desk.names());
}

decisions_are_ordinary_edits_that_undo_takes_back_outside_the_review(desk) {
    enter(desk);
    let (first, before) = (up(desk), status(desk, up(desk)));
    desk.key(Key::A);
    until_up(desk);
    desk.key(Key::R).ctrl(Key::Z);
    desk.until_ready();
    assert_eq!(status(desk, first), before, "undone");
}

the_buttons_of_the_review_bar_decide_too(desk) {
    enter(desk);
    let first = up(desk);
    desk.click("Reject");
    assert_eq!(status(desk, first), Status::ReviewDenied, "by the mouse");
}


n_says_not_and_back(desk) {
    enter(desk);
    let first = up(desk);
    let negative = |desk: &Desk| desk.editor().document.get(first).map(|a| a.concepts[0].is_negative());
    let before = negative(desk);
    desk.key(Key::N);
    assert_eq!(negative(desk), before.map(|b| !b), "turned");
    assert_eq!(up(desk), first, "and still up");
    desk.key(Key::N);
    assert_eq!(negative(desk), before, "and back");
}

shift_c_asks_for_changes_with_a_reason_that_the_next_person_sees(desk) {
    enter(desk);
    let first = up(desk);
    desk.keys(egui::Modifiers::SHIFT, Key::C).type_text("too large");
    assert!(desk.sees("too large"), "typed: {:?}", desk.names());
    desk.key(Key::Enter);
    assert_eq!(status(desk, first), Status::Pending, "back to be worked on");
    let said = desk.editor().document.get(first).and_then(labelwright::ui::review::reason_of);
    assert_eq!(said.map(|(reason, _)| reason).as_deref(), Some("too large"), "kept in its information");
    assert_ne!(up(desk), first, "the next one is up");
    until_up(desk);
    desk.key(Key::K);
    until_up(desk);
    assert!(desk.sees("too large"), "the card shows it: {:?}", desk.names());
    // The keys are the review's again.
    desk.key(Key::A);
    assert_eq!(status(desk, first), Status::Success, "accepted after all");
    // The reason is offered again.
    until_up(desk);
    desk.keys(egui::Modifiers::SHIFT, Key::C);
    assert!(desk.sees("too large"), "offered: {:?}", desk.names());
    desk.key(Key::Escape);
    assert!(review(desk).reason.is_none(), "left");
}

e_takes_the_item_in_hand_and_a_accepts_it(desk) {
    enter_at_a_shape(desk);
    let first = up(desk);
    let before = desk.editor().document.get(first).and_then(|a| a.bounds());
    desk.key(Key::E);
    assert!(desk.sees("editing"), "it says so: {:?}", desk.names());
    desk.key(Key::ArrowRight);
    let after = desk.editor().document.get(first).and_then(|a| a.bounds());
    assert_ne!(after, before, "moved by a key");
    assert!(desk.sees("its outline was changed"), "the card says what was changed: {:?}", desk.names());
    desk.key(Key::A);
    assert_eq!(status(desk, first), Status::Success, "and accepted");
    until_up(desk);
    desk.key(Key::E).key(Key::Escape);
    assert!(!desk.sees("editing"), "Esc lets it go");
}

the_strip_of_decisions_goes_back_by_a_click(desk) {
    enter(desk);
    let first = up(desk);
    let text = desk.editor().queue_text(review(desk).current().expect("an item"));
    desk.key(Key::X);
    until_up(desk);
    desk.key(Key::A);
    until_up(desk);
    desk.click(&format!("Decided: {text}, rejected"));
    assert_eq!(up(desk), first, "it is up again");
    until_up(desk);
    for _ in 0..12 {
        desk.key(Key::A);
        until_up(desk);
    }
    assert_eq!(review(desk).strip.len(), 10, "the last ten");
}

everything_is_accepted_after_a_look_and_taken_back_as_one(desk) {
    enter(desk);
    let all = review(desk).rows.len();
    let images = desk.editor().inputs.iter().filter(|row| row.open > 0).count();
    desk.key(Key::X);
    until_up(desk);
    desk.keys(egui::Modifiers::SHIFT, Key::A);
    assert!(desk.sees(&format!("Accept {} annotations on", all - 1)), "the count: {:?}", desk.names());
    desk.key(Key::Escape);
    assert_eq!(review(desk).left(), all - 1, "Esc does nothing");
    desk.keys(egui::Modifiers::SHIFT, Key::A).key(Key::Enter);
    desk.until("all are decided", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.left() == 0));
    desk.until_saved();
    desk.until("no image has anything open", |app| app.editor().is_some_and(|e| e.inputs.iter().all(|row| row.open == 0)));
    assert!(desk.last_notice().contains(&format!("Changed {} annotations on", all - 1)), "{}", desk.last_notice());
    desk.key(Key::Z);
    desk.until("all are back", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.left() == all - 1));
    desk.until("the images say so", |app| {
        app.editor().is_some_and(|e| e.inputs.iter().map(|row| row.open).sum::<usize>() == all - 1)
    });
    desk.key(Key::Z);
    desk.until("the one before it too", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.left() == all));
    assert!(images > 1, "it was about several images");
    // Redo repeats all of it.
    desk.ctrl(Key::Y);
    desk.ctrl(Key::Y);
    desk.until("repeated", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.left() == 0));
    desk.until_saved();
}

the_gallery_chooses_many_by_keys_and_rejects_them(desk) {
    enter(desk);
    let all = review(desk).rows.len();
    let lids: Vec<LocalId> = review(desk).rows.iter().map(|row| row.lid).collect();
    desk.keys(egui::Modifiers::SHIFT, Key::G);
    assert!(desk.sees(&format!("0 chosen of {all}")), "{:?}", desk.names());
    desk.key(Key::Space).keys(egui::Modifiers::SHIFT, Key::ArrowRight).keys(egui::Modifiers::SHIFT, Key::ArrowRight);
    assert!(desk.sees("3 chosen of"), "{:?}", desk.names());
    desk.key(Key::X);
    assert!(desk.sees("Reject 3 annotations on"), "a look before: {:?}", desk.names());
    desk.key(Key::Enter);
    desk.until("they are rejected", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.left() == all - 3));
    for lid in &lids[..3] {
        let row = review(desk).place_of(*lid).map(|place| review(desk).rows[place].status);
        assert_eq!(row, Some(Status::ReviewDenied), "{lid}");
    }
    assert!(desk.sees(&format!("0 chosen of {}", all - 3)), "they are gone from the gallery: {:?}", desk.names());
    desk.key(Key::Escape);
    assert!(!desk.sees("chosen of"), "closed");
    desk.key(Key::Z);
    desk.until("back", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.left() == all));
}

the_filter_changes_the_queue_and_can_be_saved(desk) {
    enter(desk);
    let all = review(desk).rows.len();
    let name = desk.editor().image_name(&review(desk).rows[0].input).to_owned();
    desk.key(Key::F);
    desk.window.run_steps(2);
    desk.type_text(&name[..4]);
    desk.key(Key::Escape);
    desk.until("the queue is another", |app| {
        app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| !r.is_waiting() && r.rows.len() < all)
    });
    let few = review(desk).rows.len();
    assert!(few > 0, "some of {all} on {name}");
    desk.click("Name of the filter").type_text("first").click("Save");
    assert_eq!(desk.editor().review_desk.saved.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["first"], "kept");
    desk.click("Everything open");
    desk.until("everything again", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.rows.len() == all));
    desk.click("first");
    desk.until("the saved one", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.rows.len() == few));
}

the_counts_follow_while_one_works(desk) {
    enter(desk);
    let pending = |app: &labelwright::ui::App| -> u64 {
        let tally = app.editor().map(|e| e.review_desk.tally.by_status.clone()).unwrap_or_default();
        tally.iter().filter(|(status, _)| status.is_open()).map(|(_, n)| *n).sum()
    };
    let all = review(desk).rows.len() as u64;
    desk.until("they are counted", |app| pending(app) == all);
    desk.key(Key::A);
    until_up(desk);
    desk.key(Key::X);
    desk.until("two less are open", |app| pending(app) == all - 2);
}

an_item_is_given_to_another_user_as_pending_work(desk) {
    enter(desk);
    let first = review(desk).current().expect("an item").clone();
    let before = desk.annotations().len();
    desk.key(Key::U);
    assert!(desk.sees("Assign 1 annotation on 1 image"), "{:?}", desk.names());
    desk.type_text("bob").key(Key::Enter);
    let copies = |app: &labelwright::ui::App| {
        let bob = labelwright::model::Worker::User("bob".to_owned());
        app.editor().is_some_and(|e| e.document.of_input(&first.input).filter(|a| a.worker == bob && a.status == Status::Pending).count() == 1)
    };
    desk.until("bob has it", copies);
    assert_eq!(desk.annotations().len(), before + 1, "a copy; the original stays");
    desk.until_saved();
    desk.ctrl(Key::Z);
    desk.until("taken back", |app| !copies(app));
}

what_a_collaborator_may_not_change_is_said_before(desk) {
    enter(desk);
    let place = review(desk).rows.iter().position(|row| matches!(row.worker, labelwright::model::Worker::User(_)));
    assert!(!desk.sees("You cannot decide"), "the owner may do everything");
    // The same queue in the eyes of somebody whose app it is not.
    let mut other = labelwright::ui::editor::Editor::new(labelwright::runtime::Opened {
        name: String::new(),
        dir: desk.project.clone(),
        access: labelwright::runtime::Access::ReadWrite,
        server: String::new(),
        user: "carol".to_owned(),
        app_owner: "alice".to_owned(),
        inputs: desk.editor().inputs.clone(),
        concepts: Vec::new(),
        history: Vec::new(),
        sending: labelwright::runtime::Sending::AsEdited,
        settings: serde_json::Map::new(),
    });
    other.toggle_review();
    other.take(labelwright::runtime::Event::Queue(review(desk).rows.clone()));
    let row = review(desk).rows[place.unwrap_or(0)].clone();
    let of = |worker| labelwright::runtime::QueueRow { worker, ..row.clone() };
    let bob = of(labelwright::model::Worker::User("bob".to_owned()));
    assert!(other.may_decide(&bob).is_err_and(|why| why.contains("bob") && why.contains("alice")), "with the reason");
    assert_eq!(other.may_decide(&of(labelwright::model::Worker::User("carol".to_owned()))), Ok(()), "one's own");
    let model = labelwright::model::Worker::Model { id: "m".to_owned(), version: String::new() };
    assert_eq!(other.may_decide(&of(model)), Ok(()), "a model's");
    assert!(other.may_assign().is_err(), "owners only");
    let plan = other.plan_all(labelwright::ui::review::many::What::Decide(labelwright::ui::review::Decision::Accept)).expect("a plan");
    let left_out: usize = plan.left_out.iter().map(|(_, n)| n).sum();
    assert_eq!(plan.lids.len() + left_out, review(desk).rows.len(), "what may not be changed is left out, and counted");
}

rules_find_go_to_and_mend(desk) {
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("twin").key(Key::Enter).tidy();
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).key(Key::Escape);
    let second = desk.annotations().pop().expect("the second box").lid;
    assert!(desk.editor().selection.single() == Some(second), "drawn last");
    let twin = desk.annotations().iter().rev().nth(1).and_then(|a| a.concepts.first()).map(|c| c.id.clone()).expect("a label");
    let before = desk.annotations().len();
    desk.tidy();
    desk.key(Key::F8);
    for _ in 0..20 {
        if desk.last_notice().contains("no concept") {
            break;
        }
        desk.key(Key::F8);
    }
    assert!(desk.last_notice().contains("no concept"), "it is found: {}", desk.last_notice());
    assert_eq!(desk.editor().selection.single(), Some(second), "and gone to");
    let digit = desk.editor().concepts.iter().position(|c| c.id == twin).expect("listed");
    desk.ctrl(Key::E).type_text(twin.as_str()).key(Key::Enter);
    assert!(digit < desk.editor().concepts.len(), "labelled like the first");
    desk.tidy();
    for _ in 0..20 {
        desk.key(Key::F8);
        if desk.last_notice().contains("near duplicate") && desk.editor().selection.single() == Some(second) {
            break;
        }
    }
    assert!(desk.last_notice().contains("near duplicate"), "{}", desk.last_notice());
    desk.keys(egui::Modifiers::SHIFT, Key::F8);
    assert_eq!(desk.annotations().len(), before - 1, "the newer one is gone: {}", desk.last_notice());
}

two_sides_are_compared_and_settled_by_keys(desk) {
    // The sample has models' proposals on its first image; one of mine beside one of them is a difference.
    enter(desk);
    let model = review(desk).rows.iter().position(|row| row.worker.is_model() && row.bounds_norm.is_some()).expect("a proposal");
    let row = review(desk).rows[model].clone();
    desk.key(Key::R);
    desk.until("its image is shown", |app| app.editor().is_some_and(Editor::is_ready));
    assert_eq!(desk.image(), row.input, "the first image has one");
    desk.draw_box((0.02, 0.02), (0.1, 0.1)).type_text("mine").key(Key::Enter).tidy();
    let mine = desk.annotations().pop().expect("mine").lid;
    desk.keys(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::P).type_text("compare two").key(Key::Enter);
    desk.window.run_steps(2);
    assert!(desk.sees("They agree about"), "{:?}", desk.names());
    for _ in 0..30 {
        if desk.editor().selection.single() == Some(mine) {
            break;
        }
        desk.key(Key::J);
    }
    let side = desk.editor().selection.single();
    assert_eq!(side, Some(mine), "the walk comes by what only I have");
    let left_is_mine = desk.sees("1 take me") || desk.names().iter().any(|n| n.starts_with("1 take") && !n.contains("model"));
    desk.key(if left_is_mine { Key::Num2 } else { Key::Num1 });
    assert_eq!(status(desk, mine), Status::ReviewDenied, "the other side was right");
    desk.key(Key::Z);
    assert_eq!(status(desk, mine), Status::Success, "taken back");
    desk.key(Key::Escape);
    assert!(!desk.sees("They agree about"), "closed");
}

statistics_count_what_was_decided_today(desk) {
    enter(desk);
    desk.key(Key::A);
    until_up(desk);
    desk.key(Key::X);
    desk.until_saved();
    desk.keys(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::P).type_text("statistics").key(Key::Enter);
    desk.until("they are counted", |app| app.editor().is_some_and(|e| e.review_desk.statistics.is_some()));
    desk.window.run_steps(2);
    let days = desk.editor().review_desk.statistics.clone().expect("statistics").days;
    let of = |status| days.iter().filter(|row| row.status == status).map(|row| row.decisions).sum::<i64>();
    assert_eq!((of(Status::Success), of(Status::ReviewDenied)), (1, 1), "{days:?}");
    assert!(desk.sees("By worker: who has how much"), "{:?}", desk.names());
    let csv = desk.project.join("statistics.csv");
    let mut editor = labelwright::ui::review::csv::statistics_csv(
        desk.editor().review_desk.statistics.as_ref().expect("statistics"),
        |id| id.0.clone(),
    );
    editor.truncate(40);
    assert!(editor.starts_with("what,day,concept,status,worker,count"), "{editor} for {}", csv.display());
}

the_zoom_of_the_person_is_kept_and_the_views_come_back_after_the_review(desk) {
    desk.ctrl(Key::Num0);
    let before = desk.zoom();
    let image = desk.image();
    enter_at_a_shape(desk);
    let shown = desk.zoom();
    desk.ctrl(Key::Plus);
    desk.window.run_steps(2);
    assert!(desk.zoom() > shown, "closer");
    desk.key(Key::J);
    until_up(desk);
    desk.window.run_steps(2);
    let correction = desk.editor().review_desk.zoom_correction;
    assert!((correction - 1.25).abs() < 0.05, "remembered: {correction}");
    desk.key(Key::R);
    desk.window.run_steps(3);
    while desk.image() != image {
        desk.key(Key::A).until_ready();
    }
    assert!((desk.zoom() - before).abs() < 1e-6, "as it was left: {} and {before}", desk.zoom());
}


the_next_images_are_read_ahead_so_that_the_next_item_is_there_at_once(desk) {
    enter(desk);
    for _ in 0..12 {
        let ahead: Vec<_> = review(desk).images_ahead(1).into_iter().cloned().collect();
        desk.until("the next image's annotations are there", |app| {
            ahead.iter().all(|input| app.editor().is_some_and(|e| e.document.is_loaded(input)))
        });
        // One frame for the key, and what it decided about is no longer up: the next one is, loaded and selected.
        desk.window.key_press(Key::A);
        desk.window.step();
        let up = up(desk);
        assert_eq!(desk.editor().selection.single(), Some(up), "up within the frame of the key");
    }
    assert_eq!(review(desk).decided.len(), 12, "one key, one decision");
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
