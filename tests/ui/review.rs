//! The review mode: one key a decision, through the queue and back.

use crate::desk::{Desk, on_the_sample};
use egui::Key;
use labelwright::model::{LocalId, Status};
use labelwright::ui::editor::Editor;
use labelwright::ui::review::Review;

/// Enters the review and waits for the first item.
pub fn enter(desk: &mut Desk) {
    desk.key(Key::R);
    desk.until("the queue is there", |app| {
        app.editor().and_then(|e| e.review.as_ref()).is_some_and(|r| !r.is_waiting())
    });
    until_up(desk);
}

/// Whether the item that is up is on the screen, with its picture.
fn is_up(editor: &Editor) -> bool {
    let Some(review) = &editor.review else { return false };
    let selected = |lid| editor.document.get(lid).is_some() && editor.selection.single() == Some(lid);
    review.is_on_screen() && review.current().is_some_and(|row| selected(row.lid))
}

/// Waits until the item that is up is on the screen.
pub fn until_up(desk: &mut Desk) {
    desk.until("the item is shown", |app| app.editor().is_some_and(is_up));
}

/// Enters the review and goes to the first item that has a shape.
pub fn enter_at_a_shape(desk: &mut Desk) {
    enter(desk);
    while review(desk).current().is_some_and(|row| row.bounds_norm.is_none()) {
        desk.key(Key::S);
        until_up(desk);
    }
    desk.window.run_steps(2);
}

pub fn review(desk: &Desk) -> &Review {
    desk.editor().review.as_ref().expect("the review is on")
}

pub fn up(desk: &Desk) -> LocalId {
    review(desk).current().expect("an item").lid
}

pub fn status(desk: &Desk, lid: LocalId) -> Status {
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

}
