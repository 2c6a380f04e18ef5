//! The review mode: one key a decision, through the queue and back.

use crate::desk::{Desk, on_the_sample};
use egui::Key;
use labelwright::model::{LocalId, Status};
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

}
