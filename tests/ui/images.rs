//! The list of images: filtering, ordering, selecting, and what is done to many at once.

use super::desk::{Desk, on_the_sample};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use labelwright::model::{InputId, Status, Worker};

/// The ids of the images in the list, as it is shown.
fn listed(desk: &Desk) -> Vec<InputId> {
    let editor = desk.editor();
    (0..editor.picker.len()).filter_map(|row| editor.picker.at(row)).map(|at| editor.inputs[at].id.clone()).collect()
}

fn counts(desk: &Desk) -> Vec<usize> {
    desk.editor().inputs.iter().map(|row| row.annotations).collect()
}

fn filter(desk: &mut Desk, text: &str) {
    desk.click("Filter images").type_text(text);
    desk.until("the list is there", |app| app.editor().is_some_and(|e| !e.picker.is_waiting()));
}

/// A click on the row of an image, with keys held.
fn click_row(desk: &mut Desk, name: &str, modifiers: Modifiers) {
    let at = desk.window.get_all_by_label_contains(name).next().expect(name).rect().center();
    desk.click_with(at, modifiers);
}

fn until_looked(desk: &mut Desk) {
    desk.until("what is there was counted", |app| app.editor().is_some_and(|e| e.images_look.is_some()));
}

on_the_sample! {

the_annotations_of_the_neighbours_are_read_while_one_is_looked_at(desk) {
    let images = listed(desk);
    let is_here = |app: &labelwright::ui::App, input: &InputId| app.editor().is_some_and(|e| e.document.is_loaded(input));
    let (next, last) = (images[1].clone(), images[5].clone());
    desk.until("the next one is read", move |app| is_here(app, &next));
    assert!(!desk.editor().document.is_loaded(&last), "not those further on");
    desk.key(Key::D).key(Key::D);
    let (before, next) = (images[1].clone(), images[3].clone());
    desk.until("both sides are there", move |app| is_here(app, &before) && is_here(app, &next));
}

the_filter_understands_concepts_and_counts(desk) {
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("unicorn").key(Key::Enter).until_saved();
    let here = desk.image();
    filter(desk, "concept:unicorn");
    assert_eq!(listed(desk), [here], "the one with the unicorn");
    desk.until_seen("1 shown"); // the list may be looked for once more, for what was just saved
    desk.click("Clear the filter");
    assert_eq!(listed(desk).len(), 12, "all of them again");
    filter(desk, "-concept:unicorn n>0");
    assert_eq!(listed(desk).len(), 11, "the others");
}

a_query_that_cannot_be_read_is_answered_in_words_and_the_list_stays(desk) {
    filter(desk, "colour:red");
    assert!(desk.sees("“colour” is no key; the keys are name"), "{:?}", desk.names());
    desk.click("Clear the filter");
    filter(desk, "n");
    let before = listed(desk);
    filter(desk, ">");
    assert!(desk.sees("says nothing behind its key"), "{:?}", desk.names());
    assert_eq!(listed(desk), before, "the list is the one before");
}

the_filter_follows_what_is_edited(desk) {
    filter(desk, "concept:unicorn");
    assert!(desk.sees("No image matches"), "none yet");
    desk.key(Key::Escape).draw_box((0.1, 0.1), (0.3, 0.3)).type_text("unicorn").key(Key::Enter);
    desk.until("it is in the list", |app| app.editor().is_some_and(|e| e.picker.len() == 1));
}

slash_goes_to_the_filter_and_enter_to_the_first_that_matches(desk) {
    desk.key(Key::Slash).type_text("coin");
    desk.until("the list is there", |app| app.editor().is_some_and(|e| e.picker.len() == 1));
    desk.key(Key::Enter).until_ready();
    let at = desk.editor().current_index().expect("an image");
    assert_eq!(desk.editor().inputs[at].name, "coins.jpg");
    let before = desk.image();
    desk.key(Key::D);
    assert_eq!(desk.image(), before, "D stays within what is listed");
}

the_list_can_be_turned_round(desk) {
    let mut forward = listed(desk);
    desk.click("Ascending");
    desk.until("it is ordered", |app| app.editor().is_some_and(|e| !e.picker.is_waiting()));
    forward.reverse();
    assert_eq!(listed(desk), forward, "the last one first");
}

ctrl_and_shift_clicks_select_images(desk) {
    let names: Vec<String> = desk.editor().inputs.iter().map(|row| row.name.clone()).collect();
    click_row(desk, &names[2], Modifiers::COMMAND);
    assert!(desk.sees("2 images selected"), "the shown one and that one: {:?}", desk.names());
    click_row(desk, &names[4], Modifiers::SHIFT);
    assert!(desk.sees("3 images selected"), "from there to there");
    assert_eq!(desk.editor().picker.selected(), desk.editor().inputs[2..5].iter().map(|r| r.id.clone()).collect::<Vec<_>>());
    desk.key(Key::Escape);
    assert!(!desk.sees("images selected"), "Esc lets go of them");
    desk.keys(Modifiers::SHIFT, Key::D).until_ready();
    desk.keys(Modifiers::SHIFT, Key::D).until_ready();
    assert!(desk.sees("3 images selected"), "by keys");
    desk.keys(Modifiers::COMMAND | Modifiers::ALT, Key::A);
    assert!(desk.sees("12 images selected"), "all of them");
}

annotations_of_many_images_are_deleted_after_a_look_and_one_undo_brings_them_back(desk) {
    let before = counts(desk);
    desk.keys(Modifiers::SHIFT, Key::D).until_ready();
    desk.keys(Modifiers::SHIFT, Key::D).until_ready();
    let n: usize = before[..3].iter().sum();
    desk.click("Delete their annotations…");
    until_looked(desk);
    assert!(desk.sees(&format!("{n} annotations of 3 images will be deleted")), "{:?}", desk.names());
    assert_eq!(counts(desk), before, "nothing is done before the answer");
    desk.click(&format!("Delete {n} annotations"));
    desk.until("they are gone", |app| app.editor().is_some_and(|e| e.inputs[..3].iter().all(|r| r.annotations == 0)));
    assert_eq!(counts(desk)[3..], before[3..], "the others are as they were");
    desk.ctrl(Key::Z);
    let back = before.clone();
    desk.until("they are back", move |app| {
        app.editor().is_some_and(|e| e.inputs.iter().map(|r| r.annotations).eq(back.iter().copied()))
    });
}

images_are_assigned_to_somebody_by_a_filter_and_not_twice(desk) {
    desk.keys(Modifiers::COMMAND | Modifiers::ALT, Key::A);
    desk.click("Assign images…").type_text("bob");
    until_looked(desk);
    assert!(desk.sees("12 images will be pending work of bob"), "{:?}", desk.names());
    let before = counts(desk);
    desk.key(Key::Enter);
    desk.until("each has one more", move |app| {
        app.editor().is_some_and(|e| e.inputs.iter().zip(&before).all(|(r, n)| r.annotations == n + 1))
    });
    let given = desk.annotations().pop().expect("it");
    assert_eq!((given.worker, given.status), (Worker::User("bob".to_owned()), Status::Pending));
    desk.click("Assign images…").type_text("bob");
    until_looked(desk);
    assert!(desk.sees("12 images are with bob already"), "{:?}", desk.names());
    desk.click("Cancel");
}

images_are_removed_here_and_on_the_server_after_a_question(desk) {
    let gone = desk.image();
    desk.until("all is sent", |app| app.editor().is_some_and(|e| e.sync.unsent + e.sync.sending + e.sync.unknown == 0));
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P).type_text("remove images").key(Key::Enter);
    until_looked(desk);
    assert!(desk.sees("This cannot be undone"), "{:?}", desk.names());
    desk.click("Remove 1 image");
    desk.until("it is gone", |app| app.editor().is_some_and(|e| e.inputs.len() == 11));
    desk.until_ready();
    assert_ne!(desk.image(), gone, "another one is shown");
    assert!(!listed(desk).contains(&gone), "and it is not in the list");
}

the_server_tells_who_annotated_and_what_they_made(desk) {
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    desk.click_value("Annotations made by users").click("Who annotated").click("Ask");
    desk.until("they are listed", |app| app.editor().is_some_and(|e| e.browsed.is_some()));
    let user = desk.editor().user.clone();
    assert!(desk.sees(&user), "the person at this desk: {:?}", desk.names());
    let name = desk.names().into_iter().find(|name| name.starts_with("model ")).expect("a model");
    desk.click(&name);
    desk.until("its work is listed", |app| app.editor().is_some_and(|e| e.browsed.is_some()));
    assert!(desk.sees("Annotations made by these model versions"), "{:?}", desk.names());
}

n_goes_to_the_next_image_without_annotations(desk) {
    let first = desk.image();
    desk.key(Key::D).until_ready();
    desk.key(Key::D).until_ready();
    let third = desk.image();
    desk.ctrl(Key::A).key(Key::Delete);
    for lid in desk.annotations().iter().map(|a| a.lid).collect::<Vec<_>>() {
        desk.window.state_mut().editor_mut().expect("open").edit(&labelwright::model::Edit::Remove { lid });
    }
    desk.window.step();
    desk.key(Key::A).until_ready();
    desk.key(Key::A).until_ready();
    assert_eq!(desk.image(), first);
    desk.key(Key::N).until_ready();
    assert_eq!(desk.image(), third, "past the one that has some");
}

}
