//! Mistakes that were found in the window once.

use super::desk::{Desk, on_the_sample};
use egui::{Event, Key, Modifiers, PointerButton};
use labelwright::model::{Annotation, Change, InputId, Status};
use labelwright::runtime::{Access, Event as Told, ImageAnnotations, Opened, Sending, SizeKnown};
use labelwright::ui::editor::Editor;

fn blank(desk: &Desk) -> Editor {
    Editor::new(Opened {
        name: String::new(),
        dir: desk.project.clone(),
        access: Access::ReadWrite,
        server: String::new(),
        user: String::new(),
        app_owner: String::new(),
        first_shown: None,
        inputs: desk.editor().inputs.clone(),
        concepts: Vec::new(),
        history: Vec::new(),
        sending: Sending::AsEdited,
        settings: serde_json::Map::new(),
    })
}

fn loaded(input: InputId, annotations: Vec<Annotation>) -> Told {
    let size = labelwright::geometry::Size::new(451.0, 300.0);
    let (size_known, annotations) = (SizeKnown::Yes, annotations.into());
    Told::Annotations(Box::new(ImageAnnotations { input, size, size_known, annotations, marks: Vec::new() }))
}

on_the_sample! {

a_very_large_image_is_let_go_when_it_is_left_and_undo_reads_it_again(desk) {
    let mut editor = blank(desk);
    let [large, small, next] = [0, 1, 2].map(|at| editor.inputs[at].id.clone());
    editor.inputs[0].annotations = 60_000;
    editor.show(&large);
    let few: Vec<Annotation> = desk.annotations().into_iter().filter(|a| a.input == large).collect();
    editor.take(loaded(large.clone(), few.clone()));
    editor.inputs[0].annotations = 60_000; // counted anew from what was loaded
    let lid = few.iter().find(|a| a.shape().is_some()).expect("a shape").lid;
    assert!(editor.edit(&labelwright::model::Edit::Remove { lid }), "an edit to be taken back");
    editor.show(&small);
    assert!(!editor.document.is_loaded(&large), "let go of");
    editor.take(loaded(small.clone(), Vec::new()));
    editor.show(&next);
    assert!(editor.document.is_loaded(&small), "a small one is kept");
    editor.step_back(labelwright::model::StepBack::Undo);
    assert_eq!(editor.current(), Some(&large), "the step is taken where it happened");
    let left: Vec<Annotation> = few.iter().filter(|a| a.lid != lid).cloned().collect();
    editor.take(loaded(large, left));
    assert!(editor.document.get(lid).is_some(), "as soon as it is read");
}

ctrl_a_and_delete_after_clicking_a_vertex_deletes_everything(desk) {
    desk.key(Key::P);
    for (x, y) in [(0.5, 0.2), (0.8, 0.25), (0.8, 0.5), (0.5, 0.4)] {
        let at = desk.at(x, y);
        desk.click_at(at);
    }
    desk.key(Key::Enter).type_text("kite").key(Key::Enter).key(Key::V);
    let vertex = desk.at(0.8, 0.5);
    desk.click_at(vertex).ctrl(Key::A).key(Key::Delete);
    assert!(desk.shape_names().is_empty(), "all gone: {:?}", desk.shape_names());
}

tab_goes_through_the_shapes_in_reading_order(desk) {
    let mut s: Vec<_> =
        desk.annotations().into_iter().filter_map(|a| a.bounds().map(|b| (b.min.y, b.min.x, a.lid))).collect();
    s.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    for shape in &s[..2] {
        desk.key(Key::Tab);
        assert_eq!(desk.editor().selection.single(), Some(shape.2), "the next");
    }
    desk.keys(Modifiers::SHIFT, Key::Tab);
    assert_eq!(desk.editor().selection.single(), Some(s[0].2), "and back");
}

esc_closes_an_open_menu_and_does_nothing_else(desk) {
    desk.key(Key::Tab);
    let selected = desk.editor().selection.single();
    desk.click("Edit");
    desk.window.run_steps(2);
    assert!(desk.sees("Paste on the next images"), "the menu is open: {:?}", desk.names());
    desk.key(Key::Escape);
    desk.window.run_steps(2);
    assert!(!desk.sees("Paste on the next images"), "closed");
    assert!(selected.is_some() && desk.editor().selection.single() == selected, "what is selected stays");
}

a_concept_typed_while_the_frame_of_the_box_is_still_drawn_is_taken(desk) {
    let image = desk.image();
    desk.key(Key::B);
    let (from, to) = (desk.at(0.55, 0.55), desk.at(0.7, 0.7));
    desk.window.hover_at(from);
    desk.window.run_steps(2);
    // All of it arrives at once, as on a machine that is busy.
    let button = |pos, pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    let key = |key, pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
    let mut events = vec![button(from, true), Event::PointerMoved(to), button(to, false)];
    for (letter, text) in [(Key::D, "d"), (Key::O, "o"), (Key::G, "g")] {
        events.extend([key(letter, true), Event::Text(text.to_owned()), key(letter, false)]);
    }
    events.extend([key(Key::Enter, true), key(Key::Enter, false)]);
    desk.window.input_mut().events.extend(events);
    desk.window.run_steps(12);
    assert_eq!(desk.image(), image, "D was typed, not the next image");
    let drawn = desk.annotations().pop().expect("the box");
    assert_eq!(drawn.concepts.first().map(|c| c.id.as_str().to_owned()), Some("dog".to_owned()), "{drawn:?}");
}

a_key_pressed_right_after_a_dialog_has_closed_means_its_command(desk) {
    // All of it arrives at once, as on a machine that is busy.
    let at_once = |desk: &mut Desk, keys: &[(Key, &str)]| {
        for (key, text) in keys {
            let event = |pressed| Event::Key { key: *key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
            let text = (!text.is_empty()).then(|| Event::Text((*text).to_owned()));
            let events = [Some(event(true)), text, Some(event(false))];
            desk.window.input_mut().events.extend(events.into_iter().flatten());
        }
        desk.window.run_steps(8);
    };
    desk.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P).type_text("polyg");
    at_once(desk, &[(Key::Enter, ""), (Key::B, "b")]);
    assert_eq!(desk.editor().tool.path(), "box.idle", "after the palette");
    desk.draw_box((0.55, 0.55), (0.7, 0.7)).type_text("dog");
    at_once(desk, &[(Key::Enter, ""), (Key::P, "p")]);
    assert_eq!(desk.editor().tool.path(), "polygon.idle", "after the popup");
    let drawn = desk.annotations().pop().expect("the box");
    assert_eq!(drawn.concepts.first().map(|c| c.id.as_str().to_owned()), Some("dog".to_owned()), "{drawn:?}");
}

the_context_menu_stays_open_when_the_button_goes_up(desk) {
    let at = desk.at(0.5, 0.6).floor() + egui::vec2(0.61, 0.61);
    desk.right_click_at(at);
    assert!(desk.sees("Hide selection"), "the menu is still open");
}

a_second_window_says_by_itself_why_it_is_read_only(desk) {
    let second = Desk::open(&desk.project);
    assert!(!second.editor().notices.is_empty(), "it says why");
}

what_came_from_the_server_is_not_unsent(desk) {
    let one = desk.annotations()[0].clone();
    let (lid, mut editor) = (one.lid, blank(desk));
    editor.show(&one.input);
    editor.take(loaded(one.input.clone(), vec![one.clone()]));
    let theirs = Annotation { status: Status::ReviewDenied, ..one.clone() };
    editor.take(Told::Remote(vec![Change { lid, before: Some(one), after: Some(theirs) }]));
    assert_eq!(editor.marks.get(&lid), None, "theirs");
}

what_somebody_deleted_on_the_server_goes(desk) {
    let one = desk.annotations()[0].clone();
    let (lid, mut editor) = (one.lid, blank(desk));
    editor.show(&one.input);
    editor.take(loaded(one.input.clone(), vec![one]));
    editor.take(Told::Remote(vec![Change { lid, before: None, after: None }]));
    assert!(editor.document.get(lid).is_none(), "gone here too");
}

nothing_is_drawn_while_an_image_is_loading(desk) {
    let mut editor = blank(desk);
    for row in desk.editor().inputs.clone() {
        editor.show(&row.id);
        editor.take(loaded(row.id.clone(), Vec::new()));
    }
    let first = editor.inputs[0].id.clone();
    editor.show(&first);
    assert!(editor.scene(1.0).is_none(), "still loading");
}

}
