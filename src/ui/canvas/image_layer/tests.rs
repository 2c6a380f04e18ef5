//! The picture as it looks, and what it asks for.

use super::*;
use crate::geometry::Vector;
use egui::{pos2 as at_point, vec2};
use egui_kittest::Harness;
use image::RgbaImage;

/// Gives the tiles it is asked for, at most `supply` more.
struct Scene {
    layer: ImageLayer,
    picture: Painting,
    ui_from_image: Transform,
    supply: usize,
    asked: Vec<Vec<TileKey>>,
}

impl eframe::App for Scene {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let rect = egui::Rect::from_min_size(at_point(10.0, 10.0), vec2(280.0, 180.0));
        let missing = self.layer.paint(ui, rect, self.ui_from_image);
        for key in missing.iter().take(self.supply) {
            self.layer.add_tile(*key, self.picture.tile(*key));
            ui.request_repaint();
        }
        self.supply -= self.supply.min(missing.len());
        self.asked.push(missing);
    }
}

fn colour_of(x: u32, y: u32) -> [u8; 3] {
    [x / 16, y / 16, 200].map(|v| u8::try_from(v).expect("a picture of less than 4096 pixels a side"))
}

/// A picture given by the colour of each place.
#[derive(Clone, Copy)]
struct Painting {
    size: (u32, u32),
    colour: fn(u32, u32) -> [u8; 3],
}

impl Painting {
    /// As the pyramid would cut it; a coarse level takes one of the pixels it stands for.
    fn tile(&self, key: TileKey) -> TilePixels {
        let grid = Grid::new(self.size.0, self.size.1);
        let (left, top, width, height) = grid.tile_in_level(key).expect("asked for what exists");
        let (width_px, height_px) = (width + 2 * TILE_GUTTER_PX, height + 2 * TILE_GUTTER_PX);
        let place =
            |start: u32, at: u32, full: u32| ((start + at).saturating_sub(TILE_GUTTER_PX) << key.level).min(full - 1);
        let mut rgba = Vec::new();
        for y in 0..height_px {
            for x in 0..width_px {
                rgba.extend((self.colour)(place(left, x, self.size.0), place(top, y, self.size.1)));
                rgba.push(255);
            }
        }
        TilePixels { width_px, height_px, rgba }
    }
}

/// A picture whose colours tell the place: red grows by 1 every 16 pixels to the right, green downwards.
fn place_picture(width: u32, height: u32) -> Painting {
    Painting { size: (width, height), colour: colour_of }
}

fn harness(picture: Painting, scale: f64, shift: (f64, f64), supply: usize) -> Harness<'static, Scene> {
    let (width, height) = picture.size;
    let ui_from_image = Transform { scale, shift: Vector::new(shift.0, shift.1) };
    Harness::builder().with_size(vec2(300.0, 200.0)).with_step_dt(1.0 / 60.0).with_max_steps(60).wgpu().build_eframe(
        |cc| {
            let mut layer = ImageLayer::new(cc.wgpu_render_state.as_ref());
            layer.show_image(width, height);
            Scene { layer, picture, ui_from_image, supply, asked: Vec::new() }
        },
    )
}

fn pixel(picture: &RgbaImage, x: u32, y: u32) -> [u8; 3] {
    let [rgb @ .., _] = picture.get_pixel(x, y).0;
    rgb
}

#[test]
fn the_picture_is_where_it_belongs_and_has_no_seams() {
    // Image pixel 512, a seam, lies at x 110; image pixel 480 at y 10.
    let mut harness = harness(place_picture(2000, 1500), 1.0, (-402.0, -470.0), 99);
    harness.run();
    let picture = harness.render().expect("a software GPU");
    for (x, y) in [(10, 10), (109, 50), (110, 50), (111, 41), (150, 42), (289, 189)] {
        let should = colour_of(x + 402, y + 470);
        let is = pixel(&picture, x, y);
        assert!(is.iter().zip(should).all(|(a, b)| a.abs_diff(b) <= 1), "at {x},{y}: {is:?} is not {should:?}");
    }
    assert_eq!(pixel(&picture, 5, 100), pixel(&picture, 295, 100), "nothing outside the canvas");
    assert!(harness.state().asked.last().is_some_and(Vec::is_empty), "sharp: nothing more to ask");
}

#[test]
fn the_coarse_tile_comes_first_and_is_shown_until_the_sharp_ones_are_there() {
    let mut harness = harness(place_picture(2000, 1500), 1.0, (-402.0, -470.0), 1);
    harness.run();
    let first = harness.state().asked.first().cloned().unwrap_or_default();
    assert_eq!(first.first().map(|k| k.level), Some(2), "the whole picture in one tile before all: {first:?}");
    assert_eq!(harness.state().layer.texture_count(), 1, "no more was given");
    let picture = harness.render().expect("a software GPU");
    let (is, should) = (pixel(&picture, 150, 100), colour_of(552, 570));
    assert!(is.iter().zip(should).all(|(a, b)| a.abs_diff(b) <= 1), "blurred but there: {is:?} {should:?}");
}

#[test]
fn a_picture_that_is_renewed_stays_and_is_asked_for_once_more() {
    let grey: fn(u32, u32) -> [u8; 3] = |_, _| [90, 90, 90];
    let mut harness = harness(Painting { size: (2000, 1500), colour: grey }, 1.0, (-402.0, -470.0), 99);
    harness.run();
    let count = harness.state().layer.texture_count();
    let scene = harness.state_mut();
    scene.layer.renew();
    (scene.asked, scene.picture) = (Vec::new(), place_picture(2000, 1500));
    harness.step();
    assert_eq!(harness.state().asked[0].len(), count, "all of it: {:?}", harness.state().asked);
    let picture = harness.render().expect("a software GPU");
    assert_eq!(pixel(&picture, 150, 100), [90, 90, 90], "what was there is drawn meanwhile");
    harness.run();
    let picture = harness.render().expect("a software GPU");
    let (is, should) = (pixel(&picture, 150, 100), colour_of(552, 570));
    assert!(is.iter().zip(should).all(|(a, b)| a.abs_diff(b) <= 1), "then the better one: {is:?} {should:?}");
    assert!(harness.state().asked.last().is_some_and(Vec::is_empty), "and no more is asked");
}

#[test]
fn only_so_many_tiles_a_frame_become_textures() {
    let mut harness = harness(place_picture(2600, 1500), 0.51, (10.0, 10.0), 0);
    harness.run();
    let scene = harness.state_mut();
    let all = Grid::new(2600, 1500).tiles_in(0, scene.layer.image_rect().expect("a picture"));
    for key in &all {
        let pixels = scene.picture.tile(*key);
        scene.layer.add_tile(*key, pixels);
    }
    for step in 1..=all.len().div_ceil(UPLOADS_PER_SLOW_FRAME) {
        harness.step();
        let should = (step * UPLOADS_PER_SLOW_FRAME).min(all.len());
        assert_eq!(harness.state().layer.texture_count(), should, "after frame {step} of {} tiles", all.len());
    }
}

#[test]
fn pixels_are_squares_from_four_hundred_percent() {
    let picture = Painting { size: (64, 64), colour: |x, _| if x % 2 == 0 { [255; 3] } else { [0; 3] } };
    let mut harness = harness(picture, 8.0, (10.0, 10.0), 99);
    harness.run();
    let sharp = harness.render().expect("a software GPU");
    let greys = |p: &RgbaImage| (12..200).filter(|&x| !matches!(pixel(p, x, 100)[0], 0 | 255)).count();
    assert_eq!(greys(&sharp), 0, "black or white and nothing between");
    harness.state_mut().ui_from_image.scale = 3.0;
    harness.state_mut().supply = 99;
    harness.run();
    assert!(greys(&harness.render().expect("a software GPU")) > 20, "smooth below");
}

#[test]
fn only_an_opaque_picture_hides_what_is_behind_it() {
    let mut harness = harness(place_picture(100, 80), 1.0, (50.0, 40.0), 99);
    harness.run();
    let covered = |harness: &Harness<'static, Scene>| {
        let scene = harness.state();
        scene.layer.covered(egui::Rect::from_min_size(egui::pos2(0.0, 0.0), vec2(300.0, 200.0)), scene.ui_from_image)
    };
    let all = egui::Rect::from_min_size(egui::pos2(50.0, 40.0), vec2(100.0, 80.0));
    let hidden = covered(&harness);
    assert!(hidden.is_positive() && all.contains_rect(hidden), "the picture but for its edge: {hidden:?}");
    let scene = harness.state_mut();
    let key = TileKey { level: 0, x: 0, y: 0 };
    let mut pixels = scene.picture.tile(key);
    pixels.rgba[3] = 254;
    scene.layer.add_tile(key, pixels);
    assert!(!covered(&harness).is_positive(), "one pixel can be seen through");
}

#[test]
fn a_picture_off_the_canvas_asks_for_nothing() {
    let mut harness = harness(place_picture(800, 600), 1.0, (5000.0, 0.0), 99);
    harness.run();
    assert_eq!(harness.state().layer.texture_count(), 0, "nothing to see");
    harness.state_mut().layer.clear();
    harness.run();
    assert!(harness.state().asked.iter().all(Vec::is_empty), "and nothing to ask for");
}

/// One colour everywhere, seen through this change of the light.
fn seen(colour: fn(u32, u32) -> [u8; 3], adjust: Adjust) -> [u8; 3] {
    let mut harness = harness(Painting { size: (64, 64), colour }, 8.0, (10.0, 10.0), 99);
    harness.state_mut().layer.set_adjust(adjust.sane());
    harness.run();
    pixel(&harness.render().expect("a software GPU"), 100, 100)
}

#[track_caller]
fn assert_near(is: [u8; 3], should: [u8; 3], what: &str) {
    assert!(is.iter().zip(should).all(|(a, b)| a.abs_diff(b) <= 2), "{what}: {is:?} is not {should:?}");
}

#[test]
fn brightness_contrast_gamma_saturation_and_invert_change_what_is_seen() {
    use crate::ui::view_options::Invert;
    let same = Adjust::default();
    let brown: fn(u32, u32) -> [u8; 3] = |_, _| [180, 120, 60];
    assert_near(seen(brown, same), [180, 120, 60], "as it is");
    assert_near(seen(brown, Adjust { brightness: 0.2, ..same }), [231, 171, 111], "brighter by a fifth");
    assert_near(seen(brown, Adjust { brightness: -1.0, ..same }), [0, 0, 0], "as dark as can be");
    assert_near(seen(brown, Adjust { contrast: 2.0, ..same }), [232, 112, 0], "twice as far from the middle");
    assert_near(seen(brown, Adjust { contrast: 0.0, ..same }), [128, 128, 128], "all the same");
    assert_near(seen(brown, Adjust { gamma: 2.0, ..same }), [214, 175, 124], "shadows lightened");
    assert_near(seen(brown, Adjust { saturation: 0.0, ..same }), [128, 128, 128], "grey");
    assert_near(seen(brown, Adjust { invert: Invert::Yes, ..same }), [75, 135, 195], "a negative");
}

#[test]
fn the_picture_is_shown_in_three_places_of_one_frame() {
    struct Places(ImageLayer, Painting);
    impl eframe::App for Places {
        fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
            let place = |x: f32| egui::Rect::from_min_size(at_point(x, 0.0), vec2(50.0, 50.0));
            let from = |x: f64, scale: f64| Transform { scale, shift: Vector::new(x, 0.0) };
            for key in self.0.paint(ui, place(0.0), from(0.0, 4.0)) {
                self.0.add_tile(key, self.1.tile(key));
                ui.request_repaint();
            }
            self.0.paint_minimap(ui, place(60.0), from(60.0, 0.5));
            assert!(self.0.paint_loupe(ui, place(120.0), from(120.0 - 40.0 * 10.0, 10.0)).len() <= 1, "the one tile");
        }
    }
    let colour: fn(u32, u32) -> [u8; 3] = |x, _| if x < 32 { [255, 0, 0] } else { [0, 0, 255] };
    let picture = Painting { size: (64, 64), colour };
    let mut harness = Harness::builder().with_size(vec2(200.0, 60.0)).with_max_steps(20).wgpu().build_eframe(|cc| {
        let mut layer = ImageLayer::new(cc.wgpu_render_state.as_ref());
        layer.show_image(64, 64);
        Places(layer, picture)
    });
    harness.run();
    let shown = harness.render().expect("a software GPU");
    assert_near(pixel(&shown, 25, 25), [255, 0, 0], "the canvas shows the left of it");
    assert_near(pixel(&shown, 65, 10), [255, 0, 0], "the small one shows all: the left");
    assert_near(pixel(&shown, 85, 10), [0, 0, 255], "and the right");
    assert_near(pixel(&shown, 140, 25), [0, 0, 255], "the loupe shows pixel 42");
}

#[test]
fn in_the_midst_of_a_motion_pixels_are_not_blended_and_at_rest_they_are() {
    let stripes = Painting { size: (1000, 800), colour: |x, _| if x % 4 < 2 { [0, 0, 0] } else { [240, 240, 240] } };
    let mut harness = harness(stripes, 0.6, (10.0, 10.0), 100);
    harness.run_steps(20);
    let blended = |harness: &mut Harness<'static, Scene>| {
        let picture = harness.render().expect("a software GPU");
        (30..250).filter(|&x| !matches!(pixel(&picture, x, 100), [0, 0, 0] | [240, 240, 240])).count()
    };
    assert!(blended(&mut harness) > 50, "at rest");
    let mut step = |by: f64, frames: usize| {
        harness.state_mut().ui_from_image.shift.x += by;
        harness.run_steps(frames);
        blended(&mut harness)
    };
    assert!(step(0.3, 1) > 50, "one step may be the only one");
    assert_eq!(step(0.3, 1), 0, "it goes on");
    assert!(step(0.0, 30) > 50, "it has rested");
}
