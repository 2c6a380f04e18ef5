//! The review of many at once: the queue's filter and counts, the gallery, giving work away, rules, two sides, statistics.

use crate::desk::{Desk, on_the_sample};
use crate::review::{enter, review, status, until_up};
use egui::Key;
use labelwright::model::{LocalId, Status};
use labelwright::ui::editor::Editor;

on_the_sample! {

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
        first_shown: None,
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

}
