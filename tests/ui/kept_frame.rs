//! The window as it is drawn without a graphics card: only what changed, and yet all of it is right.

use crate::desk::{Desk, on_the_sample};
use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, Vec2, ViewportId, pos2, vec2};
use labelwright::ui::kept_frame::{Counters, KeptFrame};
use labelwright::ui::wheel::WheelAtOnce;
use std::time::Duration;

fn counters(desk: &Desk) -> Counters {
    desk.window.ctx.plugin::<KeptFrame>().lock().counters()
}

/// Draws frames until many of them have changed nothing: thumbnails, which wait up to a second for the shown image, and tiles
/// have come.
fn comes_to_rest(desk: &mut Desk) {
    desk.until("the picture is sharp", |app| app.images().is_sharp() && app.images().has_pixels());
    for _ in 0..50 {
        let before = counters(desk).redraws;
        for _ in 0..50 {
            desk.window.step();
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        if counters(desk).redraws == before {
            return;
        }
    }
    panic!("it never rests: {:?}", counters(desk));
}

/// What is on the screen is what would be if all of it were drawn now.
#[track_caller]
fn is_right(desk: &mut Desk, after: &str) {
    let in_parts = desk.window.render().expect("a software GPU");
    let ctx = desk.window.ctx.clone();
    ctx.plugin::<KeptFrame>().lock().draw_whole(&ctx);
    let whole = desk.window.render().expect("a software GPU");
    let differing = in_parts.enumerate_pixels().filter(|(x, y, pixel)| *pixel != whole.get_pixel(*x, *y));
    let places: Vec<(u32, u32)> = differing.map(|(x, y, _)| (x, y)).collect();
    assert!(places.is_empty(), "after {after} {} pixels differ, first {:?}", places.len(), places.first());
}

fn notch() -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: Vec2::UP,
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    }
}

/// The frames that the window asks for within `patience_secs` after the one that was just drawn, each drawn when it is due:
/// why.
fn frames_asked_for(desk: &mut Desk, patience_secs: f64) -> Vec<String> {
    let start = desk.window.ctx.input(|i| i.time);
    let (mut frames, mut now) = (Vec::new(), start);
    loop {
        let wait = desk.window.output().viewport_output[&ViewportId::ROOT].repaint_delay;
        now += wait.max(Duration::from_millis(10)).as_secs_f64();
        if now > start + patience_secs {
            return frames;
        }
        desk.window.input_mut().time = Some(now);
        desk.window.step();
        frames.push(format!("{:.3} s: {:?}", now - start, desk.window.ctx.repaint_causes()));
    }
}

on_the_sample! {

a_notch_of_the_wheel_over_the_canvas_is_two_frames(desk) {
    desk.keep_frames();
    desk.window.ctx.add_plugin(WheelAtOnce::default());
    let at = desk.at(0.4, 0.4);
    desk.window.hover_at(at);
    comes_to_rest(desk);
    frames_asked_for(desk, 10.0);
    let zoom = desk.window.state().zoom();
    for _ in 0..2 {
        // As X11 tells it; kittest would give each event a frame of its own.
        let none = || Event::ModifiersChanged(Modifiers::NONE);
        desk.window.input_mut().events.extend([none(), notch(), none()]);
        desk.window.step();
        let more = frames_asked_for(desk, 10.0);
        assert_eq!(more.len(), 1, "after the notch itself one, when it has rested: {more:#?}");
    }
    assert!(desk.window.state().zoom() < 0.8 * zoom, "twice");
    is_right(desk, "two notches");
    // Over a panel it is egui's.
    let panel = desk.window.ctx.content_rect().left_top() + vec2(60.0, 300.0);
    desk.window.hover_at(panel);
    desk.window.run_steps(3);
    let zoom = desk.window.state().zoom();
    desk.window.event(notch());
    desk.window.run_steps(5);
    assert_eq!(desk.window.state().zoom().to_bits(), zoom.to_bits(), "the canvas is left alone");
}

what_is_drawn_in_parts_looks_as_if_all_of_it_had_been(desk) {
    desk.keep_frames();
    is_right(desk, "the start");
    for (x, y) in [(0.2, 0.2), (0.5, 0.5), (0.6, 0.3)] {
        let at = desk.at(x, y);
        desk.window.hover_at(at);
        desk.window.run_steps(2);
        is_right(desk, "a mouse move");
    }
    desk.draw_box((0.1, 0.1), (0.3, 0.25));
    is_right(desk, "a box and the popup that asks for its concept");
    desk.type_text("unicorn").key(Key::Enter);
    is_right(desk, "its concept");
    desk.keys(Modifiers::COMMAND, Key::Z);
    is_right(desk, "undo");
    desk.keys(Modifiers::COMMAND, Key::A);
    is_right(desk, "a selection with its grips");
    desk.key(Key::Escape);
    let at = desk.at(0.5, 0.5);
    desk.right_click_at(at);
    is_right(desk, "a menu");
    desk.key(Key::Escape);
    desk.keys(Modifiers::COMMAND, Key::Num0);
    desk.window.run_steps(20);
    is_right(desk, "another zoom");
    desk.key(Key::D);
    desk.until_ready();
    desk.until("its picture is sharp", |app| app.images().is_sharp());
    desk.window.run_steps(5);
    is_right(desk, "another image");
    let panel = desk.window.ctx.content_rect().left_top() + vec2(60.0, 300.0);
    desk.window.hover_at(panel);
    desk.window.run_steps(3);
    is_right(desk, "the mouse over a panel");
}

a_mouse_move_draws_little_and_a_frame_without_a_change_draws_nothing(desk) {
    desk.keep_frames();
    let near = desk.at(0.02, 0.02);
    desk.window.hover_at(near);
    comes_to_rest(desk);
    let before = counters(desk);
    desk.window.run_steps(5);
    let idle = counters(desk);
    assert_eq!((idle.frames, idle.redraws), (before.frames + 5, before.redraws), "five frames, nothing drawn");
    assert_eq!((idle.draw_calls, idle.mesh_bytes), (before.draw_calls, before.mesh_bytes), "and nothing uploaded");
    desk.window.hover_at(near + vec2(3.0, 2.0));
    desk.window.run_steps(2);
    let moved = counters(desk);
    let redraws = moved.redraws - idle.redraws;
    assert!((1..=2).contains(&redraws), "the coordinates in the status bar, drawn {redraws} times");
    let (pixels, window) = (moved.pixels - idle.pixels, 1280 * 800);
    assert!(pixels * 20 < window, "{pixels} of {window} pixels");
    assert!(moved.draw_calls - idle.draw_calls <= 12, "{} draw calls", moved.draw_calls - idle.draw_calls);
    assert!(moved.mesh_bytes - idle.mesh_bytes < 256 * 1024, "{} bytes", moved.mesh_bytes - idle.mesh_bytes);
    assert_eq!(moved.whole_redraws, idle.whole_redraws, "not all of it");
}

a_window_of_another_size_is_drawn_whole_and_once(desk) {
    desk.keep_frames();
    let before = counters(desk);
    desk.window.set_size(vec2(1000.0, 700.0));
    desk.window.run_steps(4);
    let after = counters(desk);
    assert_eq!(after.whole_redraws, before.whole_redraws + 1, "once");
    is_right(desk, "another size");
    let corner = desk.window.render().expect("a software GPU").dimensions();
    assert_eq!(corner, (1000, 700), "as large as the window");
    desk.window.hover_at(pos2(500.0, 690.0));
    desk.window.run_steps(2);
    is_right(desk, "the status bar at its new place");
}

}
