//! What is seen and how: light, aids, hidden and locked shapes, the overview, the loupe.

use super::desk::{Desk, on_the_sample};
use crate::review::enter;
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, TouchPhase, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use labelwright::geometry::{Point, Rect};
use labelwright::model::{Annotation, Edit, LocalId, Shape};
use labelwright::ui::view_options::{Adjust, ColorBy, Switch};

const ALT: Modifiers = Modifiers::ALT;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Two labelled boxes of one's own on an image without others; gives their ids.
fn two_boxes(desk: &mut Desk) -> [LocalId; 2] {
    desk.ctrl(Key::A).key(Key::Delete);
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text("cat").key(Key::Enter);
    desk.draw_box((0.6, 0.6), (0.9, 0.9)).type_text("dog").keys(Modifiers::COMMAND, Key::Enter);
    desk.tidy();
    let made: Vec<LocalId> = desk.annotations().iter().filter(|a| a.shape().is_some()).map(|a| a.lid).collect();
    made.try_into().expect("two boxes")
}

fn bounds(desk: &Desk, lid: LocalId) -> Rect {
    desk.editor().document.get(lid).and_then(Annotation::bounds).expect("a shape")
}

fn wheel(desk: &mut Desk, delta: egui::Vec2, modifiers: Modifiers) {
    desk.window.event(Event::ModifiersChanged(modifiers));
    desk.window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta,
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers,
    });
    desk.window.event(Event::ModifiersChanged(Modifiers::NONE));
    desk.window.run_steps(20);
}

on_the_sample! {

looking_around_asks_nothing_of_the_background(desk) {
    desk.tidy();
    desk.until("the neighbours are read", |app| app.editor().is_some_and(|e| e.document.is_loaded(&e.inputs[1].id)));
    let before = desk.window.state().requests();
    for step in 0..20_u8 {
        let part = f64::from(step) / 20.0;
        let at = desk.at(part, part);
        desk.window.hover_at(at);
        desk.window.step();
    }
    assert_eq!(desk.window.state().requests(), before, "the pointer went over all of the image");
    for _ in 0..20 {
        wheel(desk, vec2(0.0, 1.0), Modifiers::COMMAND);
    }
    desk.window.run_steps(200); // the view rests
    assert!(desk.window.state().requests() <= before + 1, "the view is kept once, when it rests");
}

the_light_of_the_picture_is_changed_by_keys_and_taken_back_and_kept(desk) {
    desk.key(Key::CloseBracket).key(Key::CloseBracket).keys(ALT, Key::CloseBracket).keys(ALT, Key::I);
    let adjust = desk.editor().view.adjust;
    assert!((adjust.brightness - 0.1).abs() < 0.001 && adjust.contrast > 1.1, "brighter, more contrast: {adjust:?}");
    assert_eq!(adjust.inverted().invert, Adjust::default().invert, "inverted");
    desk.until_saved();
    desk.close();
    let project = desk.project.clone();
    *desk = Desk::open(&project);
    assert_eq!(desk.editor().view.adjust, adjust, "as it was left");
    desk.keys(ALT, Key::R);
    assert!(desk.editor().view.adjust.is_neutral(), "as in the file");
}

the_picture_window_has_a_slider_for_each_and_switches(desk) {
    desk.ctrl(Key::B);
    desk.window.run_steps(3);
    for name in ["Brightness", "Contrast", "Gamma", "Saturation", "Invert"] {
        assert!(desk.sees(name), "{name} in {:?}", desk.names());
    }
    desk.click("Overview").click("Invert");
    assert_eq!(desk.editor().view.minimap, Switch::Off, "switched off");
    assert!(!desk.editor().view.adjust.is_neutral(), "inverted");
    desk.click("Picture as it is").click("worker");
    assert!(desk.editor().view.adjust.is_neutral(), "taken back");
    assert_eq!(desk.editor().view.color_by, ColorBy::Worker, "coloured by worker");
    desk.ctrl(Key::B);
    assert!(!desk.sees("Picture and view"), "closed by the same key");
}

hidden_shapes_are_not_seen_not_selected_and_not_deleted(desk) {
    let [cat, dog] = two_boxes(desk);
    let at = desk.at(0.2, 0.2);
    desk.click_at(at).ctrl(Key::H);
    assert!(desk.editor().selection.is_empty(), "what is not seen is not selected");
    assert!(!desk.shape_names().iter().any(|n| n.starts_with("cat")), "{:?}", desk.shape_names());
    desk.click_at(at);
    assert!(desk.editor().selection.is_empty(), "a click goes through it");
    desk.ctrl(Key::A);
    assert_eq!(desk.editor().selection.iter().collect::<Vec<_>>(), [dog], "select all takes what is seen");
    desk.key(Key::Delete);
    assert!(desk.editor().document.get(cat).is_some(), "the hidden one is still there");
    desk.keys(CTRL_SHIFT, Key::H);
    assert!(desk.shape_names().iter().any(|n| n.starts_with("cat")), "and is back: {:?}", desk.shape_names());
}

hidden_and_locked_is_remembered_and_nothing_of_the_data_changes(desk) {
    let [cat, dog] = two_boxes(desk);
    let before = desk.annotations();
    let (first, second) = (desk.at(0.2, 0.2), desk.at(0.75, 0.75));
    desk.click_at(first).ctrl(Key::H).click_at(second).ctrl(Key::L);
    desk.until_saved();
    desk.close();
    let project = desk.project.clone();
    *desk = Desk::open(&project);
    assert!(desk.editor().seen.hidden.contains(&cat), "still hidden");
    assert!(desk.editor().seen.locked.contains(&dog), "still locked");
    assert_eq!(desk.annotations().len(), before.len(), "all there");
    // Positions go through the disk as parts of the width and height.
    let near = |a: Rect, b: Rect| a.min.distance(b.min) < 0.01 && a.max.distance(b.max) < 0.01;
    let same = |(a, b): (&Annotation, &Annotation)| {
        a.concepts == b.concepts && a.bounds().zip(b.bounds()).is_none_or(|(a, b)| near(a, b))
    };
    assert!(desk.annotations().iter().zip(&before).all(same), "each as it was");
}

a_locked_shape_stays_where_it_is_and_says_why(desk) {
    let [cat, _] = two_boxes(desk);
    let at = desk.at(0.2, 0.2);
    let before = bounds(desk, cat);
    desk.click_at(at).ctrl(Key::L);
    let to = desk.at(0.5, 0.4);
    desk.drag(at, to);
    assert_eq!(bounds(desk, cat), before, "not dragged");
    assert!(desk.sees("cat is locked"), "said: {:?}", desk.last_notice());
    desk.right_click_at(at);
    assert_eq!(desk.editor().selection.single(), Some(cat), "a right click selects it");
    desk.key(Key::Escape);
    desk.window.state_mut().editor_mut().expect("open").selection.set([cat]);
    desk.key(Key::ArrowRight);
    assert_eq!(bounds(desk, cat), before, "not nudged");
    assert!(desk.last_notice().contains("locked; nothing was changed"), "{}", desk.last_notice());
    desk.key(Key::Delete);
    assert!(desk.editor().document.get(cat).is_some(), "not deleted");
    desk.ctrl(Key::A).key(Key::Delete);
    assert_eq!(desk.annotations().iter().filter(|a| a.shape().is_some()).count(), 1, "the other one is");
    assert!(desk.last_notice().contains("locked and stayed"), "{}", desk.last_notice());
    assert!(desk.sees("cat, box, approved, locked"), "named so: {:?}", desk.shape_names());
    desk.keys(CTRL_SHIFT, Key::L).click_at(at).key(Key::Delete);
    assert!(desk.editor().document.get(cat).is_none(), "unlocked, it goes");
}

solo_shows_one_shape_or_one_concept_and_then_all_again(desk) {
    let [cat, dog] = two_boxes(desk);
    let at = desk.at(0.2, 0.2);
    desk.click_at(at).keys(ALT, Key::H);
    assert!(desk.editor().seen.hidden.contains(&dog) && !desk.editor().seen.hidden.contains(&cat), "only the cat");
    assert!(desk.sees("solo ×"), "the list says so");
    desk.keys(ALT, Key::H);
    assert!(desk.editor().seen.hidden.is_empty(), "all again");
    desk.keys(ALT | Modifiers::SHIFT, Key::H);
    assert!(desk.editor().seen.hidden.contains(&dog), "only cats");
    desk.draw_box((0.4, 0.1), (0.5, 0.2)).type_text("bird").keys(Modifiers::COMMAND, Key::Enter);
    assert!(desk.sees("bird, box, approved"), "what is drawn meanwhile is seen: {:?}", desk.shape_names());
}

a_concept_is_hidden_and_locked_by_keys(desk) {
    let [cat, dog] = two_boxes(desk);
    let at = desk.at(0.2, 0.2);
    desk.click_at(at).keys(Modifiers::COMMAND | ALT, Key::L);
    assert!(desk.editor().seen.locked.contains(&cat) && !desk.editor().seen.locked.contains(&dog), "cats are locked");
    desk.right_click_at(at).key(Key::Escape);
    desk.window.state_mut().editor_mut().expect("open").selection.set([cat]);
    desk.keys(Modifiers::COMMAND | ALT, Key::L);
    assert!(desk.editor().seen.locked.is_empty(), "and unlocked");
    desk.window.state_mut().editor_mut().expect("open").selection.set([cat]);
    desk.keys(Modifiers::COMMAND | ALT, Key::H);
    assert!(desk.editor().seen.hidden.contains(&cat) && !desk.editor().seen.hidden.contains(&dog), "cats are hidden");
    desk.draw_box((0.4, 0.1), (0.5, 0.2)).type_text("cat").key(Key::Enter);
    assert!(desk.sees("cat, box, approved"), "a new one is seen: {:?}", desk.shape_names());
}

with_nothing_selected_everything_is_hidden_and_locked(desk) {
    let [cat, dog] = two_boxes(desk);
    desk.ctrl(Key::H);
    assert!(desk.shape_names().is_empty(), "{:?}", desk.shape_names());
    desk.keys(CTRL_SHIFT, Key::H).ctrl(Key::L);
    assert!([cat, dog].iter().all(|lid| desk.editor().seen.locked.contains(lid)), "both are locked");
    desk.ctrl(Key::L);
    assert!(desk.editor().seen.locked.is_empty(), "and free again");
}

eyes_and_locks_stand_in_the_lists(desk) {
    let [cat, dog] = two_boxes(desk);
    desk.click("Hide cat");
    assert!(desk.editor().seen.hidden.contains(&cat), "by its row");
    desk.click("Show cat").click("Lock dog");
    assert!(desk.editor().seen.hidden.is_empty() && desk.editor().seen.locked.contains(&dog), "and back; locked");
    desk.click("Unlock dog").click("Hide concept cat");
    assert!(desk.editor().seen.hidden.contains(&cat), "by its concept");
    assert!(!desk.editor().seen.hidden.contains(&dog), "the dog is seen");
}

the_overview_comes_with_the_zoom_and_moves_the_view(desk) {
    assert!(!desk.sees("Overview; click"), "all of it is seen: no overview");
    for _ in 0..6 {
        desk.ctrl(Key::Plus);
    }
    desk.window.run_steps(2);
    let map = desk.window.get_by_label_contains("Overview; click").rect();
    let visible = desk.window.state().visible();
    desk.click_at(map.left_top() + vec2(6.0, 6.0));
    let moved = desk.window.state().visible();
    assert!(moved.min.x < visible.min.x && moved.min.y < visible.min.y, "to the upper left: {visible:?} {moved:?}");
    assert!(desk.editor().selection.is_empty(), "the canvas below took no click");
    desk.keys(ALT, Key::M);
    desk.window.run_steps(2);
    assert!(!desk.sees("Overview; click"), "switched off");
}

the_wheel_zooms_about_the_pointer_and_pans_with_shift(desk) {
    let at = desk.at(0.25, 0.25);
    desk.window.hover_at(at);
    desk.window.step();
    let before = desk.window.state().visible();
    let place = |v: Rect| (0.25 * 1.0, v.width());
    wheel(desk, vec2(0.0, 3.0), Modifiers::NONE);
    let zoomed = desk.window.state().visible();
    assert!(place(zoomed).1 < place(before).1, "closer");
    wheel(desk, vec2(0.0, -2.0), Modifiers::SHIFT);
    let panned = desk.window.state().visible();
    assert!((panned.width() - zoomed.width()).abs() < 1e-6, "the same zoom");
    assert!((panned.min.x - zoomed.min.x).abs() > 1.0, "moved sideways: {zoomed:?} {panned:?}");
    desk.window.event(Event::PointerButton { pos: at, button: PointerButton::Middle, pressed: true, modifiers: Modifiers::NONE });
    desk.window.event(Event::PointerButton { pos: at, button: PointerButton::Middle, pressed: false, modifiers: Modifiers::NONE });
    desk.window.event(Event::PointerButton { pos: at, button: PointerButton::Middle, pressed: true, modifiers: Modifiers::NONE });
    desk.window.event(Event::PointerButton { pos: at, button: PointerButton::Middle, pressed: false, modifiers: Modifiers::NONE });
    desk.window.run_steps(3);
    let fitted = desk.window.state().visible();
    assert!((fitted.width() - before.width()).abs() < 1e-6, "a double middle click fits: {before:?} {fitted:?}");
}

space_and_the_middle_button_pan_from_any_tool(desk) {
    for _ in 0..4 {
        desk.ctrl(Key::Plus);
    }
    let n = desk.annotations().len();
    desk.key(Key::B).window.run_steps(2);
    let (from, to) = (desk.canvas().center(), desk.canvas().center() + vec2(60.0, 30.0));
    let before = desk.window.state().visible();
    desk.window.key_down(Key::Space);
    desk.window.run_steps(2);
    desk.drag(from, to);
    desk.window.key_up(Key::Space);
    desk.window.run_steps(2);
    let panned = desk.window.state().visible();
    assert!(panned.min.x < before.min.x - 1.0, "dragged to the right, with Space: {before:?} {panned:?}");
    let button = |pos, pressed| Event::PointerButton { pos, button: PointerButton::Middle, pressed, modifiers: Modifiers::NONE };
    desk.window.hover_at(from);
    desk.window.event(button(from, true));
    desk.window.run_steps(2);
    desk.window.hover_at(to);
    desk.window.run_steps(2);
    desk.window.event(button(to, false));
    desk.window.run_steps(2);
    let again = desk.window.state().visible();
    assert!(again.min.x < panned.min.x - 1.0, "and with the middle button: {panned:?} {again:?}");
    assert_eq!(desk.annotations().len(), n, "nothing was drawn");
    assert_eq!(desk.editor().tool.path(), "box.idle", "with the tool still in hand");
}

zoom_and_position_are_kept_per_image_and_across_restarts(desk) {
    for _ in 0..4 {
        desk.ctrl(Key::Plus);
    }
    desk.window.step();
    let left = desk.window.state().visible();
    desk.key(Key::D).until_ready();
    assert!((desk.window.state().visible().width() - left.width()).abs() > 1.0, "the next image is fitted");
    desk.key(Key::A).until_ready();
    let off = |a: Rect, b: Rect| (a.min.x - b.min.x).abs().max((a.max.y - b.max.y).abs());
    assert!(off(desk.window.state().visible(), left) < 1e-6, "the first is as it was left");
    desk.window.run_steps(60); // it has rested, and a frame keeps it
    desk.ctrl(Key::A).key(Key::Delete).until_saved(); // and so is what was told before
    desk.close();
    let project = desk.project.clone();
    *desk = Desk::open(&project);
    let now = desk.window.state().visible();
    // The old window still has the project: a banner says so and takes a little of the canvas's height.
    let moved = (now.width() - left.width()).abs().max(now.center().distance(left.center()));
    assert!(moved < 1.0, "and after a restart: {left:?} {now:?}");
}

a_shape_outside_the_image_is_listed_marked_and_reached(desk) {
    let [cat, _] = two_boxes(desk);
    let size = desk.editor().image_size().expect("a size");
    let far = Rect::from_corners(Point::new(size.width + 300.0, 10.0), Point::new(size.width + 400.0, 90.0));
    let edit = Edit::SetShape { lid: cat, shape: Shape::Box(far) };
    assert!(desk.window.state_mut().editor_mut().expect("open").edit(&edit), "moved there by somebody else");
    desk.window.run_steps(2);
    assert!(desk.sees("outside the image"), "marked: {:?}", desk.names());
    assert!(!desk.window.state().visible().intersects(far), "not in view");
    let name = desk.names().into_iter().find(|n| n.starts_with("cat, box") && n.contains("outside")).expect("its row");
    desk.click(&name);
    desk.window.run_steps(2);
    assert!(desk.window.state().visible().contains_rect(far), "a click on its row shows it");
    desk.key(Key::Delete);
    assert!(desk.editor().document.get(cat).is_none(), "and it can be mended or deleted");
}

the_list_is_gone_through_with_the_arrow_keys(desk) {
    let [cat, dog] = two_boxes(desk);
    let name = desk.names().into_iter().find(|n| n.starts_with("cat, box") && n.contains("by")).expect("its row");
    desk.click(&name);
    assert_eq!(desk.editor().selection.single(), Some(cat), "selected on the canvas too");
    let before = bounds(desk, cat);
    desk.key(Key::ArrowDown);
    assert_eq!(desk.editor().selection.single(), Some(dog), "the next row");
    assert_eq!(bounds(desk, cat), before, "and the arrow moved nothing");
    desk.key(Key::ArrowUp).keys(Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(desk.editor().selection.len(), 2, "Shift extends");
}

a_drag_past_the_edge_takes_the_view_along(desk) {
    for _ in 0..5 {
        desk.ctrl(Key::Plus);
    }
    desk.key(Key::B).window.run_steps(2);
    let before = desk.window.state().visible();
    let canvas = desk.canvas();
    let (from, out) = (canvas.center(), canvas.right_center() + vec2(30.0, 40.0));
    let button = |pressed, pos| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    desk.window.hover_at(from);
    desk.window.event(button(true, from));
    desk.window.hover_at(out);
    desk.window.run_steps(12);
    let after = desk.window.state().visible();
    assert!(after.min.x > before.min.x + 1.0, "along to the right: {before:?} {after:?}");
    assert!((after.min.y - before.min.y).abs() < 1e-6, "and nowhere else");
    desk.window.event(button(false, out));
    desk.window.run_steps(2);
    desk.type_text("wide").keys(Modifiers::COMMAND, Key::Enter);
    let drawn = desk.annotations().pop().and_then(|a| a.bounds()).expect("the box");
    assert!(drawn.width() > before.width() / 2.0, "it reaches as far as the drag: {drawn:?}");
}

the_loupe_shows_while_its_key_is_held(desk) {
    let at = desk.at(0.5, 0.5);
    desk.window.hover_at(at);
    desk.window.step();
    // Its frame stands to the lower right of the pointer.
    let border = (at + vec2(27.0, 100.0)).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place on the screen")]
    let pixel = |desk: &mut Desk| desk.window.render().expect("a GPU").get_pixel(border.x as u32, border.y as u32).0;
    desk.window.key_down(Key::Z);
    desk.window.run_steps(3);
    assert_eq!(pixel(desk), [230, 230, 230, 255], "while it is held");
    desk.window.key_up(Key::Z);
    desk.window.run_steps(3);
    assert_ne!(pixel(desk), [230, 230, 230, 255], "and gone with it");
}

the_canvas_stays_where_it_is_whatever_is_selected(desk) {
    let canvas = desk.canvas();
    let long = "a concept with a name that goes on and on and on until no panel at all has room for it any more";
    desk.draw_box((0.1, 0.1), (0.3, 0.3)).type_text(long).key(Key::Enter);
    desk.key(Key::P);
    for (x, y) in [(0.5, 0.2), (0.8, 0.25), (0.55, 0.5), (0.75, 0.15)] {
        let at = desk.at(x, y);
        desk.click_at(at);
    }
    desk.key(Key::Enter).key(Key::Escape);
    assert!(desk.sees("the outline crosses itself"), "a bow-tie says much in the panel: {:?}", desk.names());
    assert_eq!(desk.canvas(), canvas, "with a polygon in trouble");
    for _ in 0..desk.annotations().len() {
        desk.key(Key::Tab);
        desk.window.run_steps(2);
        assert_eq!(desk.canvas(), canvas, "with {:?}", desk.editor().selection.single());
    }
    desk.ctrl(Key::A);
    desk.window.run_steps(2);
    assert_eq!(desk.canvas(), canvas, "with everything");
}

of_many_shapes_the_nearest_and_the_selected_have_a_name_and_the_rest_a_count(desk) {
    desk.ctrl(Key::A).key(Key::Delete);
    let size = desk.editor().image_size().expect("a size");
    let shapes: Vec<String> = (0..400)
        .map(|i| {
            let (x, y) = (f64::from(i % 20) * size.width / 20.0, f64::from(i / 20) * size.height / 20.0);
            let (right, bottom) = (x + size.width / 40.0, y + size.height / 40.0);
            format!(r#"{{"label": "bead", "shape_type": "rectangle", "points": [[{x}, {y}], [{right}, {bottom}]]}}"#)
        })
        .collect();
    desk.window.event(Event::Paste(format!("[{}]", shapes.join(","))));
    desk.window.run_steps(3);
    desk.key(Key::Escape);
    assert!(desk.sees("400 shapes in view; named are the 150 nearest"), "{:?}", desk.names());
    assert_eq!(desk.shape_names().len(), 150, "each of those has a node");
    let all = desk.annotations();
    let at_the_corner = |a: &&Annotation| a.bounds().is_some_and(|b| b.min.x < 1.0 && b.min.y < 1.0);
    let corner = all.iter().find(at_the_corner).expect("the first bead").lid;
    desk.window.state_mut().editor_mut().expect("open").selection.set([corner]);
    desk.window.run_steps(2);
    assert_eq!(desk.shape_names().len(), 151, "and the selected one, far from the middle");
    desk.keys(CTRL_SHIFT, Key::F);
    desk.window.run_steps(2);
    assert!(!desk.sees("shapes in view"), "where few are in view each has its own: {:?}", desk.shape_names().len());
}

keys_show_the_pixels_as_points_the_selection_or_all_of_it(desk) {
    let fitted = desk.zoom();
    desk.ctrl(Key::Num0);
    assert!((desk.zoom() - 1.0).abs() < 1e-9, "one pixel a point");
    desk.ctrl(Key::Plus);
    assert!(desk.zoom() > 1.0, "closer");
    desk.ctrl(Key::Minus).ctrl(Key::Minus);
    assert!(desk.zoom() < 1.0, "farther");
    desk.ctrl(Key::F);
    assert!((desk.zoom() - fitted).abs() < 1e-9, "all of it");
    desk.draw_box((0.4, 0.4), (0.45, 0.45)).key(Key::Escape).keys(CTRL_SHIFT, Key::F);
    let drawn = desk.annotations().pop().and_then(|a| a.bounds()).expect("the box");
    assert!(desk.zoom() > fitted && desk.window.state().visible().contains_rect(drawn), "the selection, close");
}

every_aid_has_a_key(desk) {
    let before = desk.editor().view.clone();
    desk.keys(ALT, Key::X).keys(ALT, Key::G).keys(ALT, Key::N).keys(ALT, Key::C);
    let after = desk.editor().view.clone();
    assert_ne!(after.crosshair, before.crosshair, "the crosshair");
    assert_ne!(after.pixel_grid, before.pixel_grid, "the pixel grid");
    assert_ne!(after.labels, before.labels, "the names");
    assert_ne!(after.color_by, before.color_by, "the colours");
    desk.keys(ALT, Key::X).keys(ALT, Key::G).keys(ALT, Key::N).keys(ALT, Key::C).keys(ALT, Key::C).keys(ALT, Key::C);
    assert_eq!(desk.editor().view, before, "and back");
}

at_twice_the_scale_the_picture_has_room_and_nothing_leaves_the_window(desk) {
    let widths = || {
        let settings = std::fs::read_to_string(labelwright::runtime::settings_dir().join("settings.json"));
        settings.unwrap_or_default().lines().filter(|l| l.contains("_panel")).map(str::to_owned).collect::<Vec<_>>()
    };
    let before = widths();
    for scale in [1.5_f32, 2.0] {
        // What a person with that scale has of the window, in points.
        desk.window.set_size(vec2(1280.0, 800.0) / scale);
        desk.window.run_steps(4);
        let window = desk.window.ctx.content_rect();
        let canvas = desk.canvas();
        assert!(canvas.width() > 0.46 * window.width(), "at {scale} {canvas:?} in {window:?}");
        assert!(canvas.height() > 0.6 * window.height(), "at {scale} {canvas:?} in {window:?}");
        let all = desk.window.root().children_recursive();
        for button in all.filter(|n| n.accesskit_node().role() == egui::Role::Button) {
            let name = button.accesskit_node().label().unwrap_or_default();
            if name.starts_with("Sync:") || name == "Search a command" || name == "Help" {
                assert!(window.contains_rect(button.rect()), "{name} is at {:?} in {window:?} at {scale}", button.rect());
            }
        }
    }
    assert_eq!(widths(), before, "the widths of the panels are remembered as they were");
}

on_a_small_window_the_picture_keeps_half_of_it_in_review_too(desk) {
    let part = |desk: &Desk| desk.canvas().width() / desk.window.ctx.content_rect().width();
    desk.window.set_size(vec2(700.0, 450.0)); // 1400 by 900 pixels at twice the scale
    desk.window.run_steps(4);
    assert!(part(desk) > 0.49, "in the editor: {}", part(desk));
    enter(desk);
    desk.window.run_steps(4);
    assert!(part(desk) > 0.49, "in review: {}", part(desk));
    let (canvas, window) = (desk.canvas(), desk.window.ctx.content_rect());
    assert!(canvas.height() > 0.5 * window.height(), "its bar is low: {canvas:?} in {window:?}");
    let item = desk.window.get_by_label("Accept").rect();
    assert!(window.contains_rect(item), "the keys are in the window: {item:?}");
    desk.key(Key::F9);
    desk.window.run_steps(20);
    assert!(!desk.sees("Filter and counts") && part(desk) > 0.65, "F9 puts the queue away: {}", part(desk));
    desk.key(Key::F);
    desk.window.run_steps(20);
    assert!(desk.sees("Filter and counts") && desk.sees("Image name"), "F shows it, with its filter: {:?}", desk.names());
    assert!(part(desk) > 0.49, "no wider for that: {}", part(desk));
    let field = desk.window.get_all_by_label("Image name").map(|n| n.rect()).next().expect("the field");
    let queue = desk.window.get_by_label("Queue").rect();
    let is_in_view = field.top() > 0.0 && field.bottom() <= queue.top();
    assert!(is_in_view, "above the queue, whatever else is there: {field:?} before {queue:?}");
}

}
