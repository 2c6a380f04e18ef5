//! Concepts: the popup, the list, several on one region, names that nobody should have to read.

use super::desk::{Desk, on_the_sample};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use labelwright::model::{ConceptId, ConceptLabel};
use labelwright::ui::names::shown;
use labelwright::ui::theme;

/// The labels of the newest annotation: names, with a minus where it is not there.
fn labels(desk: &Desk) -> Vec<String> {
    let sign = |c: &ConceptLabel| if c.is_negative() { "-" } else { "" };
    let newest = desk.annotations().pop().expect("an annotation");
    newest.concepts.iter().map(|c| format!("{}{}", sign(c), c.id)).collect()
}

fn draw(desk: &mut Desk) -> &mut Desk {
    desk.draw_box((0.4, 0.4), (0.6, 0.6))
}

on_the_sample! {

shift_enter_adds_one_more_and_stays(desk) {
    draw(desk).type_text("truck").keys(Modifiers::SHIFT, Key::Enter);
    assert!(desk.sees("beside truck"), "it stays and says what there is: {:?}", desk.names());
    desk.type_text("red").key(Key::Tab).keys(Modifiers::SHIFT, Key::Enter);
    desk.type_text("old").key(Key::Enter);
    assert_eq!(labels(desk), ["truck", "-red", "old"], "three concepts, one of them not");
    assert!(!desk.sees("present · Tab"), "and the popup is closed");
    desk.ctrl(Key::Z);
    assert_eq!(labels(desk), ["truck", "-red"], "each is a step of undo");
}

enter_with_nothing_typed_after_adding_is_done(desk) {
    draw(desk).type_text("truck").keys(Modifiers::SHIFT, Key::Enter).key(Key::Enter);
    assert_eq!(labels(desk), ["truck"], "nothing more was added");
    assert!(!desk.sees("present · Tab"), "closed");
}

a_digit_in_the_popup_takes_the_concept_of_its_key(desk) {
    let third = desk.editor().concepts[2].id.clone();
    draw(desk).type_text("3");
    assert_eq!(labels(desk), [third.0], "at once");
}

what_begins_like_another_can_still_be_made(desk) {
    draw(desk).type_text("carpet").key(Key::Enter);
    draw(desk).type_text("car");
    assert!(desk.sees("Make a new concept"), "it is offered: {:?}", desk.names());
    desk.keys(Modifiers::COMMAND, Key::Enter);
    assert_eq!(labels(desk), ["car"], "and not the carpet");
    desk.tidy();
    draw(desk).type_text("carp").key(Key::ArrowDown).key(Key::Enter);
    assert_eq!(labels(desk), ["carp"], "the row below what was found is the new one");
}

the_list_is_searched_once_for_each_letter_not_in_every_frame(desk) {
    draw(desk).type_text("ca");
    desk.window.run_steps(30);
    let searches = desk.window.state().popup().expect("open").searches();
    assert!(searches <= 3, "one for nothing, one for each letter: {searches}");
}

a_name_of_ten_thousand_characters_is_refused_in_place_and_nothing_is_lost(desk) {
    let before = desk.editor().concepts.len();
    draw(desk);
    desk.window.step();
    desk.window.event(egui::Event::Paste("x".repeat(10_000)));
    desk.window.run_steps(3);
    assert!(desk.sees("10000 characters"), "it says so while it stands there: {:?}", desk.names().iter().filter(|n| n.len() < 200).collect::<Vec<_>>());
    desk.key(Key::Enter);
    assert_eq!(desk.editor().concepts.len(), before, "nothing was made");
    assert!(desk.last_notice().contains("at most 128"), "{}", desk.last_notice());
    desk.key(Key::Escape);
    assert_eq!(labels(desk), Vec::<String>::new(), "the box is there, without a label");
}

a_name_with_characters_that_cannot_be_seen_is_refused_in_place_and_nothing_is_lost(desk) {
    let before = desk.editor().concepts.len();
    for (name, told) in [("cat\u{202E}god", "U+202E"), ("cat\u{200B}", "U+200B"), ("c\u{7}at", "U+0007")] {
        draw(desk);
        desk.window.step();
        desk.window.event(egui::Event::Paste(name.to_owned()));
        desk.window.run_steps(3);
        desk.key(Key::Enter);
        assert_eq!(desk.editor().concepts.len(), before, "nothing was made of {name:?}");
        assert!(desk.last_notice().contains(told), "{name:?}: {}", desk.last_notice());
        desk.key(Key::Escape);
        assert_eq!(labels(desk), Vec::<String>::new(), "the box is there, without a label");
    }
}

names_that_cannot_be_are_refused_by_the_list_too(desk) {
    let before: Vec<String> = desk.editor().concepts.iter().map(|c| c.name.clone()).collect();
    let id = desk.editor().concepts[0].id.clone();
    for (name, told) in [("x".repeat(10_000), "at most 128"), ("cat\u{202E}god".to_owned(), "U+202E")] {
        desk.click("New concept");
        desk.window.event(egui::Event::Paste(name.clone()));
        desk.window.run_steps(3);
        desk.key(Key::Enter);
        assert!(desk.last_notice().contains(told), "made: {}", desk.last_notice());
        desk.click("New concept").ctrl(Key::A).key(Key::Backspace).key(Key::Escape);
        desk.window.get_by_label(&format!("Concept {}", shown(desk.editor().concept_name(&id)))).focus();
        desk.window.run_steps(2);
        desk.key(Key::F2);
        desk.window.run_steps(2);
        desk.ctrl(Key::A);
        desk.window.event(egui::Event::Paste(name));
        desk.window.run_steps(2);
        desk.key(Key::Enter);
        desk.window.run_steps(2);
        assert!(desk.last_notice().contains(told) && desk.last_notice().contains("the name stays"), "{}", desk.last_notice());
    }
    let after: Vec<String> = desk.editor().concepts.iter().map(|c| c.name.clone()).collect();
    assert_eq!(after, before, "every name is as it was");
}

names_with_bidi_and_control_characters_are_shown_as_they_are(desk) {
    let odd = ConceptId::from("cat\u{202E}god\n");
    desk.window.state_mut().editor_mut().expect("open").use_concept(&odd);
    desk.window.run_steps(2);
    let name = shown(&odd.0);
    assert!(name.contains("U+202E") && name.contains("U+000A"), "{name}");
    desk.draw_box((0.1, 0.1), (0.2, 0.2)).type_text("god").key(Key::Enter);
    assert!(desk.sees(&format!("{name}, box")), "at the shape: {:?}", desk.shape_names());
    assert!(!desk.names().iter().any(|n| n.contains('\u{202E}')), "and nowhere as it would turn the text");
}

chips_add_remove_and_turn_concepts(desk) {
    draw(desk).type_text("truck").key(Key::Enter);
    desk.click("Add a concept").type_text("red").key(Key::Enter);
    assert_eq!(labels(desk), ["truck", "red"], "beside what there was");
    desk.click("red, click for not");
    assert_eq!(labels(desk), ["truck", "-red"], "not red");
    assert!(desk.sees("truck, not red, box"), "{:?}", desk.shape_names());
    desk.click("not red, click for not").click("Remove truck");
    assert_eq!(labels(desk), ["red"], "one less");
}

a_concept_is_renamed_here_and_keeps_its_id(desk) {
    let id = desk.editor().concepts[0].id.clone();
    let name = desk.editor().concepts[0].name.clone();
    let row = desk.window.query_by_label(&format!("Concept {name}")).expect("its row").rect().center();
    desk.right_click_at(row).click("Rename here…");
    desk.window.run_steps(2);
    desk.ctrl(Key::A).type_text("Something else").key(Key::Enter);
    desk.window.run_steps(2);
    assert_eq!(desk.editor().concept_name(&id), "Something else", "{:?}", desk.names());
    desk.until_saved();
    desk.close();
    let project = desk.project.clone();
    *desk = Desk::open(&project);
    assert_eq!(desk.editor().concepts[0].name, "Something else", "kept, at its place");
    assert_eq!(desk.editor().concepts[0].id, id, "the id stays");
}

concepts_are_ordered_and_keep_their_colours(desk) {
    let ids: Vec<ConceptId> = desk.editor().concepts.iter().map(|c| c.id.clone()).collect();
    let colour = desk.editor().concepts.color(&ids[1]);
    let name = shown(desk.editor().concept_name(&ids[1]));
    let row = desk.window.query_by_label(&format!("Concept {name}")).expect("its row").rect().center();
    desk.right_click_at(row).click("Move to the top");
    assert_eq!(desk.editor().concepts[0].id, ids[1], "at the top");
    assert_eq!(desk.editor().concepts.color(&ids[1]), colour, "in its colour");
    desk.draw_box((0.1, 0.1), (0.2, 0.2)).type_text("1");
    assert_eq!(labels(desk), [ids[1].0.clone()], "1 is now its digit");
    desk.until_saved();
    desk.close();
    let project = desk.project.clone();
    *desk = Desk::open(&project);
    let now: Vec<ConceptId> = desk.editor().concepts.iter().map(|c| c.id.clone()).take(2).collect();
    assert_eq!(now, [ids[1].clone(), ids[0].clone()], "also after a restart");
    assert_eq!(desk.editor().concepts.color(&ids[1]), colour, "in its colour");
}

a_digit_is_given_to_a_concept_for_good(desk) {
    let id = desk.editor().concepts[2].id.clone();
    desk.window.state_mut().editor_mut().expect("open").set_concept_digit(&id, Some(8));
    desk.draw_box((0.1, 0.1), (0.2, 0.2)).key(Key::Escape).key(Key::Num9);
    assert_eq!(labels(desk).first(), Some(&id.0), "9 is its key");
    desk.until_saved();
    desk.close();
    let project = desk.project.clone();
    *desk = Desk::open(&project);
    assert_eq!(desk.editor().concepts.digit_of(&id), Some(8), "in this project");
}

ctrl_e_chooses_the_concept_of_all_that_is_selected(desk) {
    desk.ctrl(Key::A).key(Key::Delete);
    for x in [0.1, 0.4] {
        desk.draw_box((x, 0.1), (x + 0.2, 0.3)).key(Key::Escape);
    }
    desk.key(Key::V).ctrl(Key::A).ctrl(Key::E).type_text("truck").key(Key::Enter);
    let all: Vec<Vec<ConceptId>> =
        desk.annotations().iter().filter(|a| a.shape().is_some()).map(|a| a.concepts.iter().map(|c| c.id.clone()).collect()).collect();
    assert_eq!(all, [[ConceptId::from("truck")], [ConceptId::from("truck")]], "both");
    desk.ctrl(Key::Z);
    assert!(desk.annotations().iter().filter(|a| a.shape().is_some()).all(|a| a.concepts.is_empty()), "one step of undo");
}

g_puts_an_annotation_of_ones_own_on_the_region_of_another(desk) {
    let theirs = desk.annotations().into_iter().find(|a| a.region.as_ref().is_some_and(|r| r.id.is_some()));
    let theirs = theirs.expect("one that the server knows");
    desk.window.state_mut().editor_mut().expect("open").selection.set([theirs.lid]);
    let before = desk.annotations().len();
    desk.key(Key::G).type_text("second look").key(Key::Enter);
    assert_eq!(desk.annotations().len(), before + 1, "one more");
    assert_eq!(labels(desk), ["second look"], "mine");
    let mine = desk.annotations().pop().expect("it");
    assert_eq!(mine.bounds(), theirs.bounds(), "on the same region");
    assert_eq!(desk.editor().document.get(theirs.lid), Some(&theirs), "theirs is as it was");
}

the_digits_go_on_to_the_next_ten_concepts(desk) {
    let editor = desk.window.state_mut().editor_mut().expect("open");
    for i in editor.concepts.len()..23 {
        editor.use_concept(&ConceptId::from(format!("extra {i}").as_str()));
    }
    let ids: Vec<ConceptId> = desk.editor().concepts.iter().map(|c| c.id.clone()).collect();
    desk.draw_box((0.1, 0.1), (0.2, 0.2)).key(Key::Escape);
    assert!(desk.sees("digits: 1 to 10"), "{:?}", desk.names());
    desk.key(Key::Period).key(Key::Num2);
    assert_eq!(labels(desk), [ids[11].0.clone()], "2 is now the twelfth");
    assert!(desk.sees("digits: 11 to 20"), "and the list says so");
    desk.key(Key::Period).key(Key::Num0);
    assert_eq!(labels(desk), [ids[11].0.clone()], "there is no thirtieth");
    desk.key(Key::Num3);
    assert_eq!(labels(desk), [ids[22].0.clone()], "the twenty-third");
    desk.key(Key::Comma).key(Key::Num1);
    assert_eq!(labels(desk), [ids[10].0.clone()], "a page back");
    desk.click("Previous page of digits").key(Key::Num1);
    assert_eq!(labels(desk), [ids[0].0.clone()], "the first ones again, by a click");
    desk.click("Previous page of digits");
    assert!(desk.sees("digits: 21 to 23"), "and round");
    desk.draw_box((0.5, 0.5), (0.6, 0.6));
    desk.key(Key::Escape);
}

concepts_are_counted_over_the_whole_project(desk) {
    desk.until("the counts are there", |app| {
        app.editor().is_some_and(|e| e.concepts.iter().any(|c| e.concepts.count(&c.id) > 0))
    });
    let id = desk.editor().concepts[0].id.clone();
    let before = desk.editor().concepts.count(&id);
    desk.draw_box((0.1, 0.1), (0.2, 0.2)).type_text("1");
    assert_eq!(desk.editor().concepts.count(&id), before + 1, "one more");
    desk.ctrl(Key::Z);
    assert_eq!(desk.editor().concepts.count(&id), before, "and taken back");
}

the_field_filters_makes_and_asks_the_server(desk) {
    let n = desk.editor().concepts.len();
    let field = desk.window.query_by_label("New concept").expect("the field").rect().center();
    desk.click_at(field).type_text("zebra crossing");
    assert!(desk.sees("Make the concept") && desk.sees("Search the server"), "{:?}", desk.names());
    desk.click("Search the server");
    desk.until_seen("The server has no other concept");
    desk.click_at(field).key(Key::Enter);
    assert_eq!(desk.editor().concepts.len(), n + 1, "made: nothing is like it");
    assert_eq!(desk.editor().active_concept, Some(ConceptId::from("zebra crossing")), "and drawn with");
    let first = desk.editor().concepts[0].clone();
    desk.click_at(field).type_text(&first.name).key(Key::Enter);
    assert_eq!(desk.editor().active_concept, Some(first.id), "Enter takes what is found");
}

the_keyboard_renames_moves_and_gives_digits_in_the_list(desk) {
    let id = desk.editor().concepts[1].id.clone();
    let row = format!("Concept {}", shown(desk.editor().concept_name(&id)));
    desk.window.get_by_label(&row).focus();
    desk.window.run_steps(2);
    desk.ctrl(Key::PageUp);
    assert_eq!(desk.editor().concepts[0].id, id, "one up");
    desk.window.get_by_label(&row).focus();
    desk.window.run_steps(2);
    desk.ctrl(Key::Num7);
    assert_eq!(desk.editor().concepts.digit_of(&id), Some(6), "7 is its digit");
    desk.key(Key::F2);
    desk.window.run_steps(2);
    desk.ctrl(Key::A).type_text("iris").key(Key::Enter);
    assert_eq!(desk.editor().concept_name(&id), "iris", "renamed");
}

a_colour_is_chosen_in_the_picker_and_kept(desk) {
    let id = desk.editor().concepts[0].id.clone();
    let color = |desk: &Desk| desk.editor().concepts.color(&id);
    let button = format!("Colour of {}", shown(desk.editor().concept_name(&id)));
    desk.click(&button);
    desk.window.run_steps(3);
    desk.click("Palette colour 3");
    assert_eq!(color(desk), theme::palette_color(2), "one of the palette");
    let slider = |desk: &Desk, name: &str| {
        let mut all = desk.window.root().children_recursive().filter(|n| n.accesskit_node().label().as_deref() == Some(name));
        all.find(|n| n.accesskit_node().role() == egui::Role::Slider).expect("a slider").rect()
    };
    let hue = slider(desk, "Hue");
    desk.drag(hue.center(), hue.right_center() - egui::vec2(60.0, 0.0));
    let mixed = color(desk);
    assert_ne!(mixed, theme::palette_color(2), "another hue");
    let grey = slider(desk, "Saturation");
    desk.drag(grey.center(), grey.left_center() - egui::vec2(20.0, 0.0));
    assert!(color(desk).r() == color(desk).g(), "without a hue: {:?}", color(desk));
    let number = desk.window.get_all_by_label("Number").find(|n| n.accesskit_node().role() == egui::Role::TextInput);
    let number = number.expect("the field").rect().center();
    desk.click_at(number).ctrl(Key::A);
    desk.window.event(egui::Event::Paste("#0A64c8".to_owned()));
    desk.window.run_steps(2);
    assert_eq!(color(desk), egui::Color32::from_rgb(10, 100, 200), "its number");
    desk.key(Key::Escape);
    desk.key(Key::Escape).until_saved();
    assert!(!desk.sees("Palette colour 3"), "Esc closes the picker: {:?}", desk.names());
    let project = desk.project.clone();
    desk.close();
    let blank = tempfile::TempDir::new().expect("a folder");
    // The old window is gone, and has written everything, before the new one opens.
    let nothing = Desk::start(labelwright::runtime::Opening::Project(blank.path().join("none")), blank.path());
    drop(std::mem::replace(desk, nothing));
    *desk = Desk::open(&project);
    assert_eq!(desk.editor().concepts.color(&id), egui::Color32::from_rgb(10, 100, 200), "kept with the project");
}

all_of_a_concept_are_selected_from_its_menu(desk) {
    desk.ctrl(Key::A).key(Key::Delete);
    for x in [0.1, 0.4, 0.7] {
        desk.draw_box((x, 0.1), (x + 0.1, 0.2)).type_text(if x > 0.5 { "two" } else { "one" }).keys(Modifiers::COMMAND, Key::Enter);
        desk.key(Key::Escape).key(Key::Escape);
    }
    let one = ConceptId::from("one");
    desk.window.state_mut().editor_mut().expect("open").select_concept(&one);
    assert_eq!(desk.editor().selection.len(), 2, "both");
}

}
