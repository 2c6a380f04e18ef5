//! The real window, as a person meets it: the built program under a virtual X server, driven by mouse and keyboard, with
//! a server in a process of its own that is asked over HTTP what arrived.
//!
//! Needs Xvfb, openbox, xdotool, ImageMagick and x11-utils; `scripts/test` installs them. A test that fails leaves a
//! screenshot and the program's log in `target/e2e-failures`.
#![cfg(target_os = "linux")]
#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests: what is not as expected ends them, and says where the evidence lies"
)]

#[path = "end_to_end/bad_input.rs"]
mod bad_input;
#[path = "end_to_end/desk.rs"]
mod desk;
#[path = "end_to_end/editing.rs"]
mod editing;
#[path = "end_to_end/images.rs"]
mod images;
#[path = "end_to_end/key.rs"]
mod key;
#[path = "support/official.rs"]
mod official;
#[path = "end_to_end/review.rs"]
mod review;
#[path = "end_to_end/screen.rs"]
mod screen;
#[path = "end_to_end/service.rs"]
mod service;

use desk::{Desk, Window, text, wait_for, wait_until};
use serde_json::{Value, json};
use service::{KEY, Service};
use std::path::Path;
use std::time::{Duration, Instant};

fn open<'d>(desk: &'d Desk, project: &Path) -> Window<'d> {
    desk.open(&["--project", &text(project)], &[("LABELWRIGHT_KEY", KEY)])
}

/// Draws a box between two image pixels; its concept is asked for afterwards, or the active one.
fn draw_box(window: &Window<'_>, at: screen::Shown, [left, top, right, bottom]: [f64; 4]) {
    window.key("b");
    window.drag(at.at(left, top), at.at(right, bottom));
}

fn synced(desk: &Desk, project: &Path) {
    wait_until("everything is sent", || {
        let status = desk.status(project);
        status["unsent"] == 0 && status["unknown"] == 0
    });
}

#[test]
fn a_box_drawn_with_the_mouse_is_on_the_server_to_the_pixel() {
    let desk = Desk::new("a_box");
    let service = Service::with_pictures(&desk, 1, &["cat", "dog"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    let at = window.shown();

    draw_box(&window, at, [100.0, 80.0, 300.0, 240.0]);
    wait_until("the box is on disk", || desk.count(&project, "annotations") == 1);
    window.settled();
    window.type_in("dog");
    window.settled();
    window.key("Return");
    let found = service.one("the box with its concept", |r| r.concepts == ["dog"]);
    found.assert_is_box([100.0, 80.0, 300.0, 240.0]);
    assert_eq!((found.input.as_str(), found.status), ("picture-0", 24150));
    synced(&desk, &project);
    window.assert_no_panic();
}

#[test]
fn a_concept_typed_in_one_breath_is_the_one_that_is_taken() {
    let desk = Desk::new("one_breath");
    let service = Service::with_pictures(&desk, 1, &["cat", "dog"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    let at = window.shown();

    draw_box(&window, at, [100.0, 80.0, 300.0, 240.0]);
    window.press_at_once(&["d", "o", "g", "Return"]);
    wait_until("the box has a concept", || service.regions().iter().any(|r| !r.concepts.is_empty()));
    assert_eq!(service.one("the box", |_| true).concepts, ["dog"]);
    window.assert_no_panic();
}

#[test]
fn a_polygon_drawn_with_clicks_is_on_the_server_to_the_pixel() {
    let desk = Desk::new("a_polygon");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    let at = window.shown();

    let corners = [(120.0, 90.0), (420.0, 60.0), (500.0, 260.0), (300.0, 400.0), (90.0, 300.0)];
    window.key("p");
    for (x, y) in corners {
        window.click(at.at(x, y));
        std::thread::sleep(Duration::from_millis(150)); // two clicks are not a double click
    }
    window.key("Return");
    wait_until("the polygon is on disk", || desk.count(&project, "annotations") == 1);
    window.settled();
    window.type_in("blob"); // a concept that the app does not have yet
    window.settled();
    window.key("Return");
    let found = service.one("the polygon with its concept", |r| r.concepts == ["blob"]);
    assert_eq!(found.points.len(), corners.len(), "{found:?}");
    for ((x, y), (wanted_x, wanted_y)) in found.points.iter().zip(corners) {
        assert!((x - wanted_x).abs() <= 1.0 && (y - wanted_y).abs() <= 1.0, "{found:?}");
    }
    synced(&desk, &project);
    window.assert_no_panic();
}

#[test]
fn the_server_follows_move_resize_undo_redo_and_delete() {
    let desk = Desk::new("move_resize");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    let at = window.shown();

    let drawn = [100.0, 80.0, 300.0, 240.0];
    let moved = [160.0, 120.0, 360.0, 280.0];
    let resized = [160.0, 120.0, 420.0, 330.0];
    window.key("1"); // the concept of what is drawn next
    draw_box(&window, at, drawn);
    let id = service.one("the box", |r| r.is_box(drawn) && r.concepts == ["cat"]).id;
    window.key("v");
    window.drag(at.at(200.0, 160.0), at.at(260.0, 200.0));
    service.one("the box where it was moved to", |r| r.is_box(moved));
    window.drag(at.at(360.0, 280.0), at.at(420.0, 330.0));
    service.one("the box with its new size", |r| r.is_box(resized));
    window.key("ctrl+z");
    service.one("the size before", |r| r.is_box(moved));
    window.key("ctrl+z");
    service.one("the place before", |r| r.is_box(drawn));
    window.key("ctrl+shift+z");
    window.key("ctrl+y");
    let last = service.one("both done again", |r| r.is_box(resized));
    assert_eq!(last.id, id, "it was one annotation all along");
    window.key("Delete");
    wait_until("the box is gone from the server", || service.regions().is_empty());
    // It comes back under another id, and only when nothing sent under the old one can land any more: not waited for.
    window.key("ctrl+z");
    wait_until("the box is back", || desk.count(&project, "annotations") == 1);
    window.assert_no_panic();
}

#[test]
fn what_was_saved_survives_sigkill_and_is_on_the_server_once() {
    let desk = Desk::new("sigkill");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let first = [100.0, 80.0, 300.0, 240.0];
    let second = [350.0, 250.0, 500.0, 400.0];

    // Killed in the moment in which it is on disk.
    let window = open(&desk, &project);
    let at = window.shown();
    window.key("1");
    draw_box(&window, at, first);
    wait_until("the box is on disk", || desk.count(&project, "annotations") == 1);
    window.kill();
    assert_eq!(desk.count(&project, "annotations"), 1, "it is on disk");

    // Killed again while the server has the request and has not answered.
    let window = open(&desk, &project);
    let at = window.shown();
    service.one("the box that was saved before the kill", |r| r.is_box(first));
    synced(&desk, &project);
    service.pause();
    window.key("1");
    draw_box(&window, at, second);
    wait_until("the request is on its way", || desk.count(&project, "unknown") == 1);
    window.kill();
    service.go_on();

    let window = open(&desk, &project);
    window.shown();
    wait_until("both are on the server", || service.regions().len() >= 2);
    synced(&desk, &project);
    let regions = service.regions();
    assert_eq!(regions.len(), 2, "each exactly once: {regions:?}");
    assert!(regions.iter().any(|r| r.is_box(first)) && regions.iter().any(|r| r.is_box(second)), "{regions:?}");
    assert_eq!(desk.count(&project, "annotations"), 2);
    window.assert_no_panic();
}

#[test]
fn a_reviewer_accepts_one_and_rejects_one() {
    let desk = Desk::new("review");
    let service = Service::with_pictures(&desk, 3, &["cat"]);
    let pending = |id: &str, input: &str| {
        let edges = json!({"top_row": 0.25, "left_col": 0.25, "bottom_row": 0.5, "right_col": 0.5});
        json!({"id": id, "input_id": input, "status": {"code": 24151}, "data": {"regions": [
            {"region_info": {"bounding_box": edges}, "data": {"concepts": [{"id": "cat", "value": 1}]}}]}})
    };
    service
        .post("annotations", &json!({"annotations": [pending("right", "picture-1"), pending("wrong", "picture-2")]}));
    let project = service.project(&desk);
    let window = open(&desk, &project);
    assert_eq!(window.shown().which(&window.pixels()), 0, "the first picture");
    wait_until("the annotations came down", || desk.count(&project, "annotations") == 2);

    window.key("d");
    wait_until("the next picture is shown", || {
        let screen = window.pixels();
        screen.shown_image().is_some_and(|at| at.which(&screen) == 1)
    });
    window.settled();
    review::goes_on(&window, "r");
    let status = |id: &str| service.regions().iter().find(|r| r.id == id).map(|r| r.status);
    review::goes_on(&window, "a");
    wait_until("the first is accepted", || status("right") == Some(24150));
    assert_eq!(status("wrong"), Some(24151), "the other one waits");
    window.key("x");
    wait_until("the second is rejected", || status("wrong") == Some(24158));
    assert_eq!(status("right"), Some(24150));
    synced(&desk, &project);
    window.assert_no_panic();
}

#[test]
fn closing_asks_nothing_and_the_next_start_goes_on() {
    let desk = Desk::new("close_and_reopen");
    let service = Service::with_pictures(&desk, 2, &["cat"]);
    let project = service.project(&desk);
    let kept = [100.0, 80.0, 300.0, 240.0];
    let last = [350.0, 250.0, 500.0, 400.0];

    let window = open(&desk, &project);
    window.shown();
    window.key("d");
    let at = wait_for("the second picture", || {
        let screen = window.pixels();
        screen.shown_image().filter(|at| at.which(&screen) == 1)
    });
    window.settled();
    window.key("1");
    draw_box(&window, at, kept);
    wait_until("the first box is on disk", || desk.count(&project, "annotations") == 1);
    draw_box(&window, at, last);
    window.key("alt+F4"); // of the window manager, at once
    assert!(window.ended().success(), "it closes by itself");
    assert_eq!(desk.count(&project, "annotations"), 2, "what was drawn last is there");

    // Without being told which: the last project.
    let window = desk.open(&[], &[("LABELWRIGHT_KEY", KEY)]);
    let at = window.shown();
    assert_eq!(at.which(&window.settled()), 1, "the same picture");
    wait_until("both boxes are on the server", || service.regions().len() == 2);
    window.key("ctrl+z");
    service.one("the last box is taken back", |r| r.is_box(kept));
    window.key("ctrl+z");
    wait_until("the first one too", || service.regions().is_empty());
    window.key("ctrl+y");
    wait_until("and is there again", || desk.count(&project, "annotations") == 1);
    window.key("ctrl+q");
    assert!(window.ended().success(), "it closes by itself");
}

#[test]
fn a_second_window_on_a_project_only_reads() {
    /// The dot of the sync pill: a warning, and all well.
    const WARNING: [u8; 3] = [0xe6, 0x9f, 0x00];
    let desk = Desk::new("second_window");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let first = open(&desk, &project);
    first.shown();
    wait_until("all is well in the first", || first.pixels().pill_pixels_of(WARNING) == 0);

    let second = open(&desk, &project);
    let at = second.shown();
    wait_until("the second says that it only reads", || second.pixels().pill_pixels_of(WARNING) > 20);
    second.key("1");
    draw_box(&second, at, [100.0, 80.0, 300.0, 240.0]);
    second.settled();
    assert_eq!(desk.count(&project, "annotations"), 0, "nothing was written");
    second.key("ctrl+q");
    assert!(second.ended().success(), "it closes by itself");

    let at = first.shown();
    first.key("1");
    draw_box(&first, at, [100.0, 80.0, 300.0, 240.0]);
    service.one("the box of the first window", |r| r.is_box([100.0, 80.0, 300.0, 240.0]));
    first.assert_no_panic();
}

#[test]
fn an_idle_window_draws_nothing() {
    let desk = Desk::new("idle");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    let at = window.shown();
    window.key("1");
    draw_box(&window, at, [100.0, 80.0, 300.0, 240.0]);
    service.one("the box", |_| true);
    synced(&desk, &project);
    window.point_at(at.at(320.0, 240.0));

    let frames = || window.log().lines().filter(|line| line.contains("frame=")).count();
    let (mut drawn, mut since) = (frames(), Instant::now());
    wait_until("it comes to rest", || {
        let now = frames();
        if now != drawn {
            (drawn, since) = (now, Instant::now());
        }
        since.elapsed() > Duration::from_secs(4)
    });
    assert!(drawn > 0, "frames are counted");
    std::thread::sleep(Duration::from_secs(5)); // what is measured is this time
    assert_eq!(frames() - drawn, 0, "frames drawn in 5 s without anything to draw");
}

#[test]
fn the_first_start_opens_the_sample() {
    let desk = Desk::new("sample");
    let window = desk.open(&[], &[]);
    let project = desk.data().join("sample");
    wait_until("the sample is there", || project.join("project.db").is_file());
    let log = wait_for("it is served", || Some(window.log()).filter(|log| log.contains("labelwright/sample")));
    assert!(log.contains("serving http://127.0.0.1:"), "{log}");
    window.settled();
    assert_eq!(desk.count(&project, "images"), 12);
    wait_until("its annotations are there", || desk.count(&project, "annotations") == 71);
    window.key("ctrl+q");
    assert!(window.ended().success(), "it closes by itself");

    let service = Service::start(&desk, &project.join("server"), "labelwright", "sample");
    let annotations = service.annotations();
    assert_eq!(annotations.len(), 71, "annotations of people and models");
    let bundled: Value = serde_json::from_str(include_str!("../assets/sample/sample.json")).expect("JSON");
    for sample in bundled["annotations"].as_array().expect("a list") {
        let found = annotations.iter().find(|a| a["id"] == sample["id"]).expect("every annotation of the sample");
        assert_eq!(found["input_id"], sample["input_id"]);
        assert_eq!(found["status"]["code"], sample["status"]["code"]);
        for field in ["created_at", "modified_at"] {
            assert!(found[field].as_str().is_some_and(|text| text.ends_with('Z')), "{field} of {found}");
        }
        for maker in ["user", "model"] {
            assert_eq!(found["worker"][maker]["id"], sample["worker"][maker]["id"], "{found}");
        }
        assert_eq!(found["data"]["concepts"], sample["data"]["concepts"]);
        let (found, sample) = (&found["data"]["regions"][0], &sample["data"]["regions"][0]);
        assert_eq!(found["data"]["concepts"], sample["data"]["concepts"]);
        let edge = |of: &Value, name: &str| of["region_info"]["bounding_box"][name].as_f64().unwrap_or(0.0);
        for name in ["top_row", "left_col", "bottom_row", "right_col"] {
            assert!((edge(found, name) - edge(sample, name)).abs() < 1e-6, "{name} of {found}");
        }
        let vertices = |of: &Value| of["region_info"]["polygon"]["points"].as_array().map_or(0, Vec::len);
        assert_eq!(vertices(found), vertices(sample));
    }
}
