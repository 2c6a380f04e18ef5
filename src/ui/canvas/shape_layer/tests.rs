//! The layer as it looks: rendered by a software GPU and checked by colour, and counted.

use super::*;
use crate::geometry::{Point, Rect, Ring, Vector};
use eframe::egui_wgpu::WgpuSetup;
use egui::{Color32, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::wgpu::default_wgpu_setup;
use image::RgbaImage;

const RED: Color32 = Color32::from_rgb(255, 0, 0);
const GREEN: Color32 = Color32::from_rgb(0, 255, 0);
const BLUE: Color32 = Color32::from_rgb(0, 0, 255);
const BACK: Color32 = Color32::from_rgb(30, 30, 30);

struct Scene {
    layer: ShapeLayer,
    ui_from_image: Transform,
}

impl eframe::App for Scene {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let rect = egui::Rect::from_min_size(pos2(20.0, 10.0), vec2(300.0, 200.0));
        ui.painter().rect_filled(ui.max_rect(), 0, BACK);
        self.layer.paint(ui, rect, self.ui_from_image);
    }
}

/// A canvas from (20, 10) to (320, 210); the image's origin is at (20, 10), one point a pixel.
fn harness(fill: impl FnOnce(&mut ShapeLayer)) -> Harness<'static, Scene> {
    harness_on(default_wgpu_setup(), fill)
}

fn harness_on(setup: WgpuSetup, fill: impl FnOnce(&mut ShapeLayer)) -> Harness<'static, Scene> {
    let builder = Harness::builder().with_size(vec2(340.0, 220.0)).with_step_dt(1.0 / 60.0).with_max_steps(30);
    let mut harness = builder.wgpu_setup(setup).build_eframe(|cc| Scene {
        layer: ShapeLayer::new(cc.wgpu_render_state.as_ref()),
        ui_from_image: Transform { scale: 1.0, shift: Vector::new(20.0, 10.0) },
    });
    fill(&mut harness.state_mut().layer);
    harness
}

fn shown(harness: &mut Harness<'static, Scene>) -> RgbaImage {
    harness.step();
    while !harness.state().layer.is_complete() {
        harness.step();
    }
    harness.render().expect("a software GPU")
}

/// The colour at a place of the image.
fn at(picture: &RgbaImage, x: u32, y: u32) -> Color32 {
    let pixel = picture.get_pixel(x + 20, y + 10).0;
    Color32::from_rgb(pixel[0], pixel[1], pixel[2])
}

fn key(n: u32) -> ShapeKey {
    ShapeKey(u128::from(n))
}

fn boxed(x: f64, y: f64, width: f64, height: f64) -> Outline {
    Outline::Box(Rect::from_corners(Point::new(x, y), Point::new(x + width, y + height)))
}

fn ring(points: &[(f64, f64)]) -> Outline {
    Outline::Polygon(Ring::new(points.iter().copied().map(Point::from).collect()))
}

fn look(stroke: Color32, fill: Color32) -> ShapeLook {
    ShapeLook { stroke, fill, ..ShapeLook::default() }
}

/// How many pixels of a row from x0 to x1 are of this colour.
fn count(picture: &RgbaImage, y: u32, xs: std::ops::Range<u32>, color: Color32) -> usize {
    xs.filter(|&x| at(picture, x, y) == color).count()
}

#[test]
fn a_concave_polygon_is_filled_but_not_in_its_notch() {
    let upper = [(10., 10.), (110., 10.), (110., 30.), (40., 30.)];
    let lower = [(40., 80.), (110., 80.), (110., 100.), (10., 100.)];
    let c = ring(&[upper, lower].concat());
    let mut harness = harness(|layer| layer.set(key(1), &c, look(RED, BLUE)));
    let picture = shown(&mut harness);
    assert_eq!(at(&picture, 25, 55), BLUE, "the back of the C");
    assert_eq!(at(&picture, 80, 55), BACK, "the mouth of the C");
    assert_eq!([at(&picture, 60, 9), at(&picture, 60, 10)], [RED, RED], "two pixels of outline astride the edge");
    assert_eq!([at(&picture, 60, 8), at(&picture, 60, 11)], [BACK, BLUE], "and no more");
}

#[test]
fn outlines_keep_their_width_at_any_zoom_and_reach_into_the_corners() {
    let mut harness = harness(|layer| layer.set(key(1), &boxed(10.0, 10.0, 20.0, 15.0), look(RED, BLUE)));
    for scale in [1.0, 4.0] {
        harness.state_mut().ui_from_image.scale = scale;
        let picture = shown(&mut harness);
        let edge = if scale > 1.0 { 40 } else { 10 };
        assert_eq!(count(&picture, edge + 20 / 4 * 2, 0..edge + 10, RED), 2, "two pixels at scale {scale}");
        assert_eq!(at(&picture, edge - 1, edge - 1), RED, "the corner is full at scale {scale}");
    }
}

#[test]
fn dashed_has_gaps_and_solid_has_none() {
    let mut harness = harness(|layer| {
        layer.set(key(1), &boxed(10.0, 10.0, 200.0, 50.0), look(RED, Color32::TRANSPARENT));
        let dashed = ShapeLook { pattern: Pattern::Dashed, ..look(RED, Color32::TRANSPARENT) };
        layer.set(key(2), &boxed(10.0, 100.0, 200.0, 50.0), dashed);
    });
    let picture = shown(&mut harness);
    assert_eq!(count(&picture, 10, 10..210, RED), 200, "solid");
    let (on, off) = (count(&picture, 100, 12..208, RED), count(&picture, 100, 12..208, BACK));
    assert!(on > 80 && off > 40, "dashes {on}, gaps {off}");
    assert_eq!(at(&picture, 100, 35), BACK, "a transparent fill fills nothing");
}

#[test]
fn hidden_shapes_are_absent_and_come_back_without_a_rebuild() {
    let mut harness = harness(|layer| {
        layer.set(key(1), &boxed(10.0, 10.0, 50.0, 50.0), look(RED, BLUE));
        layer.set(key(2), &boxed(50.0, 30.0, 50.0, 50.0), look(GREEN, GREEN));
    });
    shown(&mut harness);
    let before = harness.state().layer.counters();
    harness.state_mut().layer.set_visibility(key(1), Visibility::Hidden);
    let picture = shown(&mut harness);
    assert_eq!([at(&picture, 30, 30), at(&picture, 10, 30)], [BACK, BACK], "gone with its outline");
    assert_eq!([at(&picture, 70, 60), at(&picture, 55, 40)], [GREEN, GREEN], "its neighbour is whole");
    harness.state_mut().layer.set_visibility(key(1), Visibility::Shown);
    assert_eq!(at(&shown(&mut harness), 30, 30), BLUE, "back");
    let after = harness.state().layer.counters();
    assert_eq!(after.chunks_rebuilt, before.chunks_rebuilt, "no geometry was touched");
    assert_eq!(after.layer_redraws, before.layer_redraws, "and only a box of the layer was drawn");
    assert_eq!(after.partial_redraws, before.partial_redraws + 2, "twice");
}

#[test]
fn struck_dim_and_points() {
    let mut harness = harness(|layer| {
        let struck = ShapeLook { mark: Mark::Struck, ..look(RED, Color32::TRANSPARENT) };
        layer.set(key(1), &boxed(10.0, 10.0, 60.0, 60.0), struck);
        let dim = ShapeLook { emphasis: Emphasis::Dim, ..look(RED, Color32::TRANSPARENT) };
        layer.set(key(2), &boxed(100.0, 10.0, 60.0, 60.0), dim);
        layer.set(key(3), &Outline::Point(Point::new(200.5, 40.5)), look(GREEN, Color32::TRANSPARENT));
    });
    let picture = shown(&mut harness);
    assert_ne!(at(&picture, 40, 40), BACK, "the strike crosses the middle");
    assert_eq!(at(&picture, 25, 25), BACK, "from the bottom left to the top right only");
    let dim = at(&picture, 100, 40);
    assert!(dim.r() > 60 && dim.r() < 160, "a third of red over dark grey, not {dim:?}");
    assert_eq!(at(&picture, 130, 40), BACK, "not struck");
    assert_eq!([at(&picture, 200, 40), at(&picture, 203, 40), at(&picture, 207, 40)], [GREEN, GREEN, BACK], "a dot");
}

#[test]
fn idle_frames_draw_the_layer_not_once() {
    let mut harness = harness(|layer| layer.set(key(1), &boxed(10.0, 10.0, 50.0, 50.0), look(RED, BLUE)));
    shown(&mut harness);
    let before = harness.state().layer.counters();
    for x in 0..5_u8 {
        harness.hover_at(pos2(f32::from(x) * 20.0 + 30.0, 50.0));
        let picture = shown(&mut harness);
        assert_eq!(at(&picture, 30, 30), BLUE, "shown in every frame");
    }
    let after = harness.state().layer.counters();
    assert_eq!((after.layer_redraws, after.partial_redraws), (before.layer_redraws, before.partial_redraws), "idle");
    assert_eq!(after.frames, before.frames + 5, "five frames");
}

/// A grid of small boxes, `count` of them.
fn crowd(layer: &mut ShapeLayer, count: u32) {
    for i in 0..count {
        let (x, y) = (f64::from(i % 100) * 12.0, f64::from(i / 100) * 12.0);
        layer.set(key(i), &boxed(x, y, 8.0, 8.0), look(RED, BLUE));
    }
}

#[test]
fn moving_one_shape_rebuilds_one_chunk_and_draws_a_part() {
    let mut harness = harness(|layer| crowd(layer, 10_000));
    shown(&mut harness);
    let before = harness.state().layer.counters();
    assert!(before.chunks_rebuilt >= 10_000 / 256, "all of them, once: {before:?}");
    assert!(before.chunks_drawn * 3 < before.chunks_rebuilt, "what is off the canvas is skipped: {before:?}");
    harness.state_mut().layer.set(key(0), &boxed(2.0, 2.0, 8.0, 8.0), look(GREEN, GREEN));
    let picture = shown(&mut harness);
    assert_eq!([at(&picture, 6, 6), at(&picture, 16, 6)], [GREEN, BLUE], "moved, and the neighbour is there");
    let after = harness.state().layer.counters();
    assert_eq!(after.chunks_rebuilt, before.chunks_rebuilt + 1, "one chunk");
    assert_eq!(after.layer_redraws, before.layer_redraws, "not the whole layer");
    assert!(after.chunks_drawn <= before.chunks_drawn + 2, "{after:?}");
}

#[test]
fn very_many_shapes_appear_in_parts_and_look_as_if_drawn_at_once() {
    let mut harness = harness(|layer| crowd(layer, 10_000));
    harness.state_mut().ui_from_image.scale = 0.15; // all of them are on the canvas
    let mut parts = Vec::new();
    while parts.is_empty() || !harness.state().layer.is_complete() {
        harness.step();
        parts.push(harness.render().expect("a software GPU"));
    }
    let in_parts = parts.last().expect("one");
    let counters = harness.state().layer.counters();
    assert!(counters.frames > 1, "more than one frame: {counters:?}");
    assert_eq!(counters.layer_redraws, 1, "after the first only what is new: {counters:?}");
    let mut rested_at = |shift: f64| {
        harness.state_mut().ui_from_image.shift.x += shift;
        harness.run_steps(10);
        harness.render().expect("a software GPU")
    };
    rested_at(50.0);
    let at_once = rested_at(-50.0);
    assert_eq!(harness.state().layer.counters().layer_redraws, 3, "drawn whole, twice");
    assert!(*in_parts == at_once, "not a pixel differs");
}

#[test]
fn what_is_written_in_place_looks_the_same() {
    let WgpuSetup::CreateNew(setup) = default_wgpu_setup() else { panic!("the tests make their device") };
    let in_place = WgpuSetup::CreateNew(crate::ui::graphics::suited_to_processors(setup));
    let pictures = [default_wgpu_setup(), in_place].map(|setup| {
        let mut harness = harness_on(setup, |layer| crowd(layer, 2000));
        let first = shown(&mut harness);
        let layer = &mut harness.state_mut().layer;
        layer.set(key(205), &ring(&[(70.0, 30.0), (110.0, 30.0), (110.0, 51.0), (70.0, 51.0)]), look(GREEN, GREEN));
        [first, shown(&mut harness)]
    });
    assert!(pictures[0] == pictures[1], "not a pixel differs, fresh and after an edit");
}

#[test]
fn a_part_drawn_anew_looks_as_if_all_had_been() {
    let change = |layer: &mut ShapeLayer| {
        let glass = Color32::from_rgba_unmultiplied(0, 90, 0, 120);
        layer.set(key(205), &boxed(70.0, 30.0, 40.0, 21.0), look(GREEN, glass));
        layer.set_visibility(key(404), Visibility::Hidden);
        layer.remove(key(606));
    };
    let mut partly = harness(|layer| crowd(layer, 2000));
    shown(&mut partly);
    change(&mut partly.state_mut().layer);
    let partial = shown(&mut partly);
    assert_eq!(partly.state().layer.counters().layer_redraws, 1, "only parts after the first");
    // A view that moved and came back is drawn whole.
    for by in [1.0, -1.0] {
        partly.state_mut().ui_from_image.shift.x += by;
        partly.run_steps(8); // until it has rested
        partly.render().expect("a software GPU");
    }
    let whole = shown(&mut partly);
    assert!(partly.state().layer.counters().layer_redraws > 1, "drawn whole");
    let differing = partial.pixels().zip(whole.pixels()).filter(|(a, b)| a != b).count();
    assert_eq!(differing, 0, "pixels differ");
}

#[test]
fn a_moving_view_of_many_shapes_shows_the_old_texture_and_then_the_exact_one() {
    let mut harness = harness(|layer| crowd(layer, 10_000));
    harness.state_mut().ui_from_image.scale = 0.25;
    shown(&mut harness);
    let before = harness.state().layer.counters();
    for _ in 0..4 {
        harness.state_mut().ui_from_image.shift.x += 3.0;
        shown(&mut harness);
    }
    assert_eq!(harness.state().layer.counters().layer_redraws, before.layer_redraws, "four frames of panning");
    harness.run_steps(8);
    harness.render().expect("a software GPU");
    assert_eq!(harness.state().layer.counters().layer_redraws, before.layer_redraws + 1, "one when it has rested");
}

#[test]
fn the_old_texture_is_shown_in_the_right_place() {
    let mut harness = harness(|layer| {
        crowd(layer, 10_000);
        (0..10_000).for_each(|i| layer.set_visibility(key(i), Visibility::Hidden));
        layer.set(key(1_000_000), &boxed(100.0, 100.0, 400.0, 400.0), look(GREEN, GREEN));
    });
    harness.state_mut().ui_from_image.scale = 0.25;
    shown(&mut harness);
    harness.state_mut().ui_from_image.shift.x += 60.0;
    let picture = shown(&mut harness);
    assert_eq!(harness.state().layer.counters().layer_redraws, 1, "not drawn yet");
    assert_eq!([82, 88, 182, 188].map(|x| at(&picture, x, 100)), [BACK, GREEN, GREEN, BACK], "both edges, 60 on");
}

#[test]
fn tiny_shapes_are_dots() {
    let mut harness = harness(|layer| layer.set(key(1), &boxed(100.0, 100.0, 8.0, 8.0), look(RED, BLUE)));
    harness.state_mut().ui_from_image.scale = 0.25;
    let picture = shown(&mut harness);
    let around = (20..32).flat_map(|x| (20..32).map(move |y| (x, y)));
    let red = around.filter(|&(x, y)| at(&picture, x, y) != BACK).count();
    assert!((1..=9).contains(&red), "{red} pixels for a shape of two");
}

#[test]
fn another_image_leaves_no_trace_of_the_last_one() {
    let mut harness = harness(|layer| crowd(layer, 3000));
    shown(&mut harness);
    let layer = &mut harness.state_mut().layer;
    layer.clear();
    layer.set(key(1), &boxed(200.0, 150.0, 20.0, 20.0), look(GREEN, GREEN));
    let picture = shown(&mut harness);
    assert_eq!([at(&picture, 16, 6), at(&picture, 210, 160)], [BACK, GREEN], "only the new shape");
    harness.state_mut().layer.remove(key(1));
    assert_eq!(at(&shown(&mut harness), 210, 160), BACK, "and then none");
}
