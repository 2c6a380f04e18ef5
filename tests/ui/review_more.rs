//! The keys of the review that are pressed now and then: my own work, how it was before, all at once, anew.

use crate::desk::{Desk, on_the_sample};
use crate::review::{enter, enter_at_a_shape, review, until_up};
use egui::{Key, Modifiers};
use labelwright::model::{Status, Worker};
use labelwright::ui::theme;

/// Whether a line is drawn in the colour of what was before.
fn shows_what_was_before(desk: &Desk) -> bool {
    // The overview has lines of this colour too, thinner ones.
    let is_it = |color, width: f32| color == theme::WARNING && (width - 1.5).abs() < 0.1;
    desk.window.output().shapes.iter().any(|shape| match &shape.shape {
        egui::Shape::Path(path) => match path.stroke.color {
            egui::epaint::ColorMode::Solid(color) => is_it(color, path.stroke.width),
            egui::epaint::ColorMode::UV(_) => false,
        },
        egui::Shape::Rect(rect) => is_it(rect.stroke.color, rect.stroke.width),
        _ => false,
    })
}

on_the_sample! {

shift_w_reviews_what_is_pending_in_my_name(desk) {
    let me = desk.editor().user.clone();
    enter(desk);
    let all = review(desk).rows.len();
    desk.key(Key::U).type_text(&me).key(Key::Enter);
    desk.until_saved();
    desk.key(Key::R);
    desk.keys(Modifiers::SHIFT, Key::W);
    desk.until("the queue is there", |app| {
        app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| !r.is_waiting() && !r.rows.is_empty())
    });
    until_up(desk);
    let rows = &review(desk).rows;
    assert!(rows.len() <= all, "not everything that waits");
    assert!(rows.iter().all(|row| row.status == Status::Pending), "what waits for work: {rows:?}");
    let mine = |row: &labelwright::runtime::QueueRow| match &row.worker {
        Worker::User(user) => *user == me,
        other => *other == Worker::default(),
    };
    assert!(rows.iter().all(mine), "in my name: {rows:?}");
    assert!(desk.sees("Filter (in use) and counts"), "the panel says that a filter is on: {:?}", desk.names());
}

o_shows_the_item_as_it_was_before_its_last_edit(desk) {
    enter_at_a_shape(desk);
    desk.key(Key::O);
    assert!(desk.last_notice().contains("was not edited here"), "nothing is before: {}", desk.last_notice());
    desk.key(Key::E).keys(Modifiers::SHIFT, Key::ArrowRight).key(Key::Escape);
    desk.window.run_steps(2);
    assert!(shows_what_was_before(desk), "a thin line where it was");
    desk.key(Key::O);
    assert!(desk.last_notice().contains("as it was before its last edit"), "{}", desk.last_notice());
    assert!(shows_what_was_before(desk), "that alone");
    desk.key(Key::O);
    assert!(desk.last_notice().contains("as it is now"), "{}", desk.last_notice());
    assert!(!shows_what_was_before(desk), "no line");
    desk.key(Key::O);
    assert!(shows_what_was_before(desk), "both again: {}", desk.last_notice());
}

everything_is_rejected_after_a_look(desk) {
    enter(desk);
    let lids: Vec<_> = review(desk).rows.iter().map(|row| row.lid).collect();
    desk.keys(Modifiers::SHIFT, Key::X);
    assert!(desk.sees(&format!("Reject {} annotations on", lids.len())), "a look: {:?}", desk.names());
    assert_eq!(review(desk).left(), lids.len(), "and nothing yet");
    desk.key(Key::Enter);
    desk.until("all are decided", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| r.left() == 0));
    desk.until_saved();
    assert!(review(desk).rows.iter().all(|row| row.status == Status::ReviewDenied), "rejected");
}

everything_is_given_to_another_user_and_taken_back_as_one(desk) {
    enter(desk);
    let all = review(desk).rows.len();
    let total = |app: &labelwright::ui::App| app.editor().map_or(0, |e| e.inputs.iter().map(|row| row.annotations).sum::<usize>());
    let before = total(desk.window.state());
    desk.keys(Modifiers::SHIFT, Key::U);
    assert!(desk.sees(&format!("Assign {all} annotations on")), "a look: {:?}", desk.names());
    desk.type_text("bob").key(Key::Enter);
    desk.until("the copies are there", |app| total(app) == before + all);
    desk.until_saved();
    desk.ctrl(Key::Z);
    desk.until("and gone", |app| total(app) == before);
}

f5_takes_in_what_came_since(desk) {
    enter(desk);
    let all = review(desk).rows.len();
    let image = review(desk).current().expect("an item").input.clone();
    // Something new that waits: a copy of the one that is up, as pending work of somebody else.
    desk.key(Key::U).type_text("bob").key(Key::Enter);
    let bob = |app: &labelwright::ui::App| {
        let bob = Worker::User("bob".to_owned());
        app.editor().and_then(|e| e.document.of_input(&image).find(|a| a.worker == bob).map(|a| a.lid))
    };
    desk.until("bob has it", |app| bob(app).is_some());
    desk.until_saved();
    let copy = bob(desk.window.state()).expect("the copy");
    assert_eq!(review(desk).place_of(copy), None, "a queue does not change under the hand");
    desk.key(Key::F5);
    desk.until("it is computed", |app| app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| !r.is_waiting()));
    assert!(review(desk).place_of(copy).is_some(), "it is in the queue");
    assert_eq!(review(desk).rows.len(), all + 1, "beside the others");
}

}
