//! Editing in the real window: vertices, snapping, the clipboard, the palette, keys of one's own, light and dark. After every
//! gesture the test waits for what the log, the disk or the server says of it.

use super::desk::{Desk, Window, text, wait_for, wait_until};
use super::screen::{Shown, picture};
use super::service::{KEY, Region, Service};
use super::{draw_box, open, synced};

/// The mark of a vertex that snaps.
const MAGENTA: [u8; 3] = [0xff, 0x00, 0xff];
/// The ground beside the image.
const DARK: [u8; 3] = [38, 38, 38];
const LIGHT: [u8; 3] = [150, 150, 150];

/// Whether this is a polygon with these vertices, to a pixel.
fn is_polygon(region: &Region, wanted: &[(f64, f64)]) -> bool {
    let near = |((x, y), (wx, wy)): (&(f64, f64), &(f64, f64))| (x - wx).abs() <= 1.0 && (y - wy).abs() <= 1.0;
    region.points.len() == wanted.len() && region.points.iter().zip(wanted).all(near)
}

/// Clicks the corners of a polygon and closes it. They are far from one another, so that no two are a double click.
fn draw_polygon(window: &Window<'_>, at: Shown, corners: &[(f64, f64)]) {
    window.command("p", "tool-polygon");
    close_polygon(window, at, corners);
}

/// The same with the tool in hand.
fn close_polygon(window: &Window<'_>, at: Shown, corners: &[(f64, f64)]) {
    for (x, y) in corners {
        window.click(at.at(*x, *y));
    }
    window.command("Return", "finish-shape");
}

fn settings(desk: &Desk) -> String {
    std::fs::read_to_string(desk.data().join("settings.json")).unwrap_or_default()
}

/// Waits until this picture is shown and its annotations are there.
fn shows(window: &Window<'_>, which: usize) -> Shown {
    let at = wait_for(&format!("picture {which} is shown"), || {
        let screen = window.pixels();
        screen.shown_image().filter(|at| at.which(&screen) == which)
    });
    wait_until("its annotations are there", || window.said(&format!("loaded=\"picture-{which}\"")) > 0);
    at
}

#[test]
fn vertices_are_moved_inserted_and_removed_with_the_mouse() {
    let desk = Desk::new("vertices");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    let at = window.shown();

    window.command("1", "concept1");
    let mut corners = vec![(120.0, 120.0), (420.0, 80.0), (500.0, 280.0), (300.0, 400.0), (90.0, 300.0)];
    draw_polygon(&window, at, &corners);
    let id = service.one("the polygon", |r| is_polygon(r, &corners) && r.concepts == ["cat"]).id;
    window.command("v", "tool-select");
    window.drag(at.at(120.0, 120.0), at.at(180.0, 160.0));
    corners[0] = (180.0, 160.0);
    service.one("the vertex where it was moved to", |r| is_polygon(r, &corners));

    window.click(at.at(300.0, 120.0)); // the handle in the middle of the first edge
    corners.insert(1, (300.0, 120.0));
    service.one("one vertex more", |r| is_polygon(r, &corners));
    window.drag(at.at(300.0, 120.0), at.at(310.0, 40.0));
    corners[1] = (310.0, 40.0);
    service.one("and moved away", |r| is_polygon(r, &corners));

    // A click chooses a vertex, Delete removes it.
    window.click(at.at(500.0, 280.0));
    window.command("Delete", "delete");
    let removed = corners.remove(3);
    service.one("one vertex less", |r| is_polygon(r, &corners));
    window.command("ctrl+z", "undo");
    corners.insert(3, removed);
    let last = service.one("and it is back", |r| is_polygon(r, &corners));
    assert_eq!(last.id, id, "it was one annotation all along");
    synced(&desk, &project);
    window.assert_no_panic();
}

#[test]
fn a_vertex_snaps_to_the_corner_of_a_neighbour_and_is_marked_before() {
    let desk = Desk::new("snap");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    let at = window.shown();

    window.command("1", "concept1");
    let drawn = [100.0, 80.0, 300.0, 240.0];
    draw_box(&window, at, drawn);
    let neighbour = service.one("the box", |r| r.is_box(drawn)).bounds.expect("a box");
    window.command("p", "tool-polygon");
    window.point_at(at.at(450.0, 330.0));
    wait_until("no mark where there is nothing", || window.pixels().canvas_pixels_of(MAGENTA) == 0);
    window.point_at(at.at(303.0, 243.0));
    wait_until("the mark at the corner", || window.pixels().canvas_pixels_of(MAGENTA) > 0);
    draw_polygon(&window, at, &[(303.0, 243.0), (450.0, 250.0), (430.0, 380.0)]);
    let polygon = wait_for("the polygon", || service.regions().into_iter().find(|r| r.points.len() == 3));
    let (x, y) = polygon.points[0];
    let (right, bottom) = (neighbour[2], neighbour[3]);
    assert!((x - right).abs() < 0.01 && (y - bottom).abs() < 0.01, "{polygon:?} begins at the corner of {neighbour:?}");
    synced(&desk, &project);
    window.assert_no_panic();
}

#[test]
fn a_box_is_copied_to_the_next_image_at_the_same_place() {
    let desk = Desk::new("copy");
    let service = Service::with_pictures(&desk, 2, &["cat"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    let at = window.shown();

    window.command("1", "concept1");
    let drawn = [100.0, 80.0, 300.0, 240.0];
    draw_box(&window, at, drawn);
    service.one("the box", |r| r.is_box(drawn));
    window.command("ctrl+c", "copy");
    window.command("d", "next-image");
    shows(&window, 1);
    window.command("ctrl+v", "paste");
    let both = wait_for("both", || Some(service.regions()).filter(|regions| regions.len() == 2));
    let inputs: Vec<&str> = both.iter().map(|r| r.input.as_str()).collect();
    assert!(inputs.contains(&"picture-0") && inputs.contains(&"picture-1"), "{both:?}");
    assert!(both.iter().all(|r| r.is_box(drawn) && r.concepts == ["cat"]), "the same on both: {both:?}");
    window.command("ctrl+z", "undo");
    assert_eq!(service.one("the copy is taken back", |_| true).input, "picture-0");
    synced(&desk, &project);
    window.assert_no_panic();
}

#[test]
fn the_palette_finds_a_command_by_a_few_letters() {
    let desk = Desk::new("palette");
    let service = Service::with_pictures(&desk, 2, &["cat"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    window.shown();
    window.palette("nexim", "next-image");
    let at = shows(&window, 1);
    window.palette("polyg", "tool-polygon");
    let corners = [(120.0, 90.0), (420.0, 60.0), (300.0, 400.0)];
    window.command("1", "concept1");
    close_polygon(&window, at, &corners);
    let drawn = service.one("the polygon", |r| is_polygon(r, &corners));
    assert_eq!(drawn.input, "picture-1");
    window.assert_no_panic();
}

#[test]
fn a_key_is_set_by_the_keyboard_alone_and_holds_after_a_restart() {
    let desk = Desk::new("rebind");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    window.shown();
    window.key_seen("ctrl+comma");
    // Each key has a pass of its own, however fast they come.
    window.key("Tab"); // Looks
    window.key("Tab"); // Keys
    window.key_seen("space");
    window.key("Tab"); // the preset
    window.key("Tab"); // the search
    window.type_seen("polygon");
    window.key("Tab"); // the key of the only command found
    window.key("space");
    window.settled();
    window.key_seen("w");
    window.key("Return"); // w alone: a second key would make a sequence
    wait_until("the key is on disk", || {
        let text = settings(&desk);
        text.contains("\"tool-polygon\"") && text.contains("\"W\"")
    });
    window.settled();
    window.key_seen("Escape");
    window.command("w", "tool-polygon");
    window.command("ctrl+q", "quit");
    assert!(window.ended().success(), "it closes by itself");

    let window = open(&desk, &project);
    let at = window.shown();
    window.command("1", "concept1");
    window.command("b", "tool-box");
    window.key("p"); // means nothing any more
    window.command("w", "tool-polygon");
    let corners = [(120.0, 90.0), (420.0, 60.0), (300.0, 400.0)];
    close_polygon(&window, at, &corners);
    service.one("the polygon", |r| is_polygon(r, &corners));
    assert_eq!(window.said("command=tool-polygon"), 1, "the old key is free");
    window.assert_no_panic();
}

#[test]
fn light_and_dark_are_switched_seen_and_kept() {
    let desk = Desk::new("light_and_dark");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let seen = |window: &Window<'_>, ground: [u8; 3]| {
        wait_until(&format!("the ground is {ground:?}"), || window.pixels().canvas_pixels_of(ground) > 10_000);
        window.shown();
    };
    let saved = |theme: &str| {
        wait_until(&format!("{theme} is saved"), || settings(&desk).contains(&format!("\"theme\": \"{theme}\"")));
    };
    let window = open(&desk, &project);
    window.shown();
    let is_dark = window.pixels().canvas_pixels_of(DARK) > 10_000;
    let (other, name) = if is_dark { (LIGHT, "light") } else { (DARK, "dark") };
    window.palette("light or", "toggle-theme");
    seen(&window, other);
    saved(name);
    window.command("ctrl+q", "quit");
    assert!(window.ended().success(), "it closes by itself");

    let window = open(&desk, &project);
    seen(&window, other);
    window.palette("light or", "toggle-theme");
    seen(&window, if is_dark { DARK } else { LIGHT });
    saved(if is_dark { "dark" } else { "light" });
    window.assert_no_panic();
}

#[test]
fn a_folder_is_opened_by_the_own_dialog_where_the_desktop_has_none() {
    let desk = Desk::new("own_dialog");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let folder = desk.path("photos");
    std::fs::create_dir(&folder).expect("a directory");
    std::fs::write(folder.join("one.png"), picture(1)).expect("a file");
    // Neither a portal nor zenity.
    let window = desk.open(&["--project", &text(&project)], &[("LABELWRIGHT_KEY", KEY), ("PATH", "/nonexistent")]);
    window.shown();
    let before = window.settled();
    window.command("ctrl+u", "open-folder");
    window.changed_from(&before);
    window.key("ctrl+a");
    window.type_seen(&text(&folder));
    window.key("Return");
    wait_for("its picture is shown", || {
        let screen = window.pixels();
        screen.shown_image().filter(|at| at.which(&screen) == 1)
    });
    window.assert_no_panic();
}
