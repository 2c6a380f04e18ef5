//! Where the picture lies on the canvas, in physical pixels, and when the layer is drawn anew. Pure state.

use crate::geometry::{Point, Rect, Transform, Vector};

/// Seconds the view has to rest before an expensive layer is drawn exactly again.
pub(super) const REST_SECONDS: f64 = 0.08;

/// Above this weight in view a moving view shows the old texture, where a processor draws: 100 polygons of 20 vertices, which
/// cost as much as the texture.
pub(super) const EXPENSIVE_ON_CPU: usize = 100 * 20;

/// The same where a graphics card draws: 50,000 such polygons.
pub(super) const EXPENSIVE_ON_GPU: usize = 50_000 * 20;

/// A moving view is drawn exactly after all when the old texture covers less than this part of the canvas: a long pan
/// must not end on an empty one.
const COVER_MIN: f32 = 0.6;

/// While it is zoomed out less will do, three notches of the wheel: what is lacking then lies around all that was seen before.
const COVER_MIN_ZOOMING: f32 = 0.3;

/// The same when the old texture would be magnified more than this.
const MAGNIFICATION_MAX: f64 = 4.0;

/// The largest side of a texture a device is asked for.
const TEXTURE_SIDE_MAX_PX: f32 = 8192.0;

/// A view of the picture through the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Canvas pixels (physical, from the canvas's top left) from image pixels.
    pub px_from_image: Transform,
    /// The canvas, in physical pixels; never 0.
    pub size_px: [u32; 2],
    /// Physical pixels per point.
    pub pixels_per_point: f32,
}

impl View {
    /// `None` for a canvas without a pixel or a transform that is not finite.
    pub fn new(canvas: egui::Rect, pixels_per_point: f32, ui_from_image: Transform) -> Option<Self> {
        // Rounded as egui rounds the viewport of a paint callback: the layer's pixels are the screen's.
        let edge = |points: f32| (points * pixels_per_point).round();
        let (left, top) = (edge(canvas.min.x), edge(canvas.min.y));
        let (width, height) = (edge(canvas.max.x) - left, edge(canvas.max.y) - top);
        let factor = f64::from(pixels_per_point);
        let scale = ui_from_image.scale * factor;
        let shift = ui_from_image.shift * factor + Vector::new(-f64::from(left), -f64::from(top));
        let usable = width >= 1.0 && height >= 1.0 && scale > 0.0 && scale.is_finite();
        (usable && shift.x.is_finite() && shift.y.is_finite()).then(|| Self {
            px_from_image: Transform { scale, shift },
            size_px: [whole(width), whole(height)],
            pixels_per_point,
        })
    }

    /// The part of the picture's plane that is on the canvas, grown by what outlines reach beyond their shapes.
    pub fn visible(&self) -> Rect {
        let [width, height] = self.size_px.map(f64::from);
        let image_from_px = self.px_from_image.inverse();
        image_from_px.apply_rect(Rect::from_corners(Point::default(), Point::new(width, height))).grown(self.reach())
    }

    /// How far a shape's pixels reach beyond its bounds, in image pixels.
    pub fn reach(&self) -> f64 {
        // The widest: a point's radius, or a wide line's mitre of twice its half width, and the soft edge.
        (6.0 * f64::from(self.pixels_per_point) + 2.0) / self.px_from_image.scale
    }

    /// `area` (image pixels) with its reach as left, top, width, height in whole pixels; `None` off the canvas.
    pub fn scissor(&self, area: Rect) -> Option<[u32; 4]> {
        let px = self.px_from_image.apply_rect(area.grown(self.reach()));
        let [width, height] = self.size_px.map(f64::from);
        let on = px.cropped_to(Rect::from_corners(Point::default(), Point::new(width, height)))?;
        let (left, top) = (on.min.x.floor(), on.min.y.floor());
        Some([left, top, on.max.x.ceil() - left, on.max.y.ceil() - top].map(|v| whole(super::mesh::narrow(v))))
    }

    /// A place of the picture in clip units of the canvas (y up).
    pub fn clip_of(&self, image: Point) -> [f32; 2] {
        let at = self.px_from_image.apply(image);
        let [width, height] = self.size_px.map(f64::from);
        [at.x / width * 2.0 - 1.0, 1.0 - at.y / height * 2.0].map(super::mesh::narrow)
    }

    /// Whether this view's canvas, shifted and scaled, is good enough for a moment on the canvas of `now`.
    fn stands_in_for(&self, now: &Self) -> bool {
        let [left, top, right, bottom] = self.clip_rect_in(now);
        let overlap = |low: f32, high: f32| (high.min(1.0) - low.max(-1.0)).max(0.0) / 2.0;
        let cover = overlap(left, right) * overlap(bottom, top);
        #[expect(clippy::float_cmp, reason = "a pan leaves it as it is")]
        let enough = if now.px_from_image.scale == self.px_from_image.scale { COVER_MIN } else { COVER_MIN_ZOOMING };
        cover >= enough && now.px_from_image.scale <= self.px_from_image.scale * MAGNIFICATION_MAX
    }

    /// Where this view's canvas lies on the canvas of `now`: left, top, right, bottom in clip units (y up).
    pub fn clip_rect_in(&self, now: &Self) -> [f32; 4] {
        if self == now {
            return [-1.0, 1.0, 1.0, -1.0];
        }
        let image_from_px = self.px_from_image.inverse();
        let corner = |x: u32, y: u32| now.clip_of(image_from_px.apply(Point::new(f64::from(x), f64::from(y))));
        let ([left, top], [right, bottom]) = (corner(0, 0), corner(self.size_px[0], self.size_px[1]));
        [left, top, right, bottom]
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a texture may measure")]
fn whole(px: f32) -> u32 {
    px.clamp(0.0, TEXTURE_SIDE_MAX_PX) as u32
}

/// Whether a frame draws the layer as it should be, or may show the texture it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Redraw {
    /// Draw what has changed.
    Exact,
    /// Show the old texture, shifted and scaled; come back after so many seconds.
    Later(f64),
}

/// Remembers when the view last moved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    expensive: usize,
    last: Option<View>,
    /// The last view that was to be drawn exactly.
    exact: Option<View>,
    moved_at: Option<f64>,
}

impl Pace {
    /// Above the weight `expensive` a moving view is not drawn exactly.
    pub fn new(expensive: usize) -> Self {
        Self { expensive, last: None, exact: None, moved_at: None }
    }

    /// As if no frame had been drawn yet.
    pub fn restart(&mut self) {
        *self = Self::new(self.expensive);
    }

    /// Decides for a frame at `now` seconds that shows this weight.
    pub fn step(&mut self, view: View, now: f64, weight: usize) -> Redraw {
        if self.last.is_some_and(|last| last != view) {
            self.moved_at = Some(now);
        }
        self.last = Some(view);
        let rested = self.moved_at.map_or(f64::INFINITY, |at| now - at);
        let stand_in = self.exact.is_some_and(|exact| exact.stands_in_for(&view));
        if weight > self.expensive && rested < REST_SECONDS && stand_in {
            return Redraw::Later(REST_SECONDS - rested);
        }
        self.exact = Some(view);
        Redraw::Exact
    }
}

/// Whether a view is in the midst of a motion: it moved in this frame or a moment ago, and had not rested before that.
///
/// The first frame of a motion is not, because it may be the only one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Motion {
    last: Option<View>,
    moved_at: Option<f64>,
    goes_on: bool,
}

impl Motion {
    /// Seconds until it counts as rested, for a frame at `now` seconds; `None` where it is in no motion.
    pub fn step(&mut self, view: View, now: f64) -> Option<f64> {
        let rested = self.moved_at.map_or(f64::INFINITY, |at| now - at);
        if self.last.replace(view).is_some_and(|last| last != view) {
            self.goes_on = rested < REST_SECONDS;
            self.moved_at = Some(now);
        } else if rested >= REST_SECONDS {
            self.goes_on = false;
        }
        let left = self.moved_at.map_or(0.0, |at| REST_SECONDS - (now - at));
        (self.goes_on && left > 0.0).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(scale: f64) -> View {
        let canvas = egui::Rect::from_min_size(egui::pos2(10.0, 20.0), egui::vec2(300.0, 200.0));
        View::new(canvas, 1.0, Transform { scale, shift: Vector::new(10.0, 20.0) }).expect("usable")
    }

    #[test]
    fn an_expensive_layer_waits_for_the_view_to_rest() {
        let heavy = EXPENSIVE_ON_CPU + 1;
        let mut pace = Pace::new(EXPENSIVE_ON_CPU);
        assert_eq!(pace.step(view(1.0), 0.0, heavy), Redraw::Exact, "the first frame");
        assert!(matches!(pace.step(view(1.1), 1.0, heavy), Redraw::Later(_)), "zooming");
        assert!(matches!(pace.step(view(1.1), 1.05, heavy), Redraw::Later(_)), "just rested");
        assert_eq!(pace.step(view(1.1), 1.09, heavy), Redraw::Exact, "rested");
        assert_eq!(pace.step(view(1.2), 1.1, 10), Redraw::Exact, "a cheap one keeps up");
    }

    #[test]
    fn a_long_pan_is_drawn_on_its_way() {
        let mut pace = Pace::new(0);
        let shifted = |x: f64| {
            let mut moved = view(1.0);
            moved.px_from_image.shift.x += x;
            moved
        };
        pace.step(shifted(0.0), 0.0, 1);
        let exact = |pace: &mut Pace, x: f64| pace.step(shifted(x), 1.0 + x / 1e4, 1) == Redraw::Exact;
        let drawn: Vec<bool> = (1..=6).map(|i| exact(&mut pace, f64::from(i) * 50.0)).collect();
        assert_eq!(drawn, [false, false, true, false, false, true], "300 pixels across, 40 % is 120");
        assert_eq!(pace.step(view(5.0), 1.05, 1), Redraw::Exact, "too coarse to be shown five times as large");
    }

    #[test]
    fn three_notches_of_the_wheel_are_not_drawn_on_their_way_out() {
        let mut pace = Pace::new(0);
        let zoomed = |notches: i32| {
            let mut out = view(0.82_f64.powi(notches));
            // About the middle of the canvas, 300 x 200 from (10, 20).
            let back = 1.0 - out.px_from_image.scale;
            out.px_from_image.shift = Vector::new(150.0 * back, 100.0 * back);
            out
        };
        let drawn: Vec<bool> =
            (0..6).map(|n| pace.step(zoomed(n), 1.0 + f64::from(n) / 100.0, 1) == Redraw::Exact).collect();
        assert_eq!(drawn, [true, false, false, false, true, false]);
    }

    #[test]
    fn one_step_is_no_motion_and_two_are() {
        let mut motion = Motion::default();
        let moves: Vec<bool> = [(1.0, 0.0), (1.1, 1.0), (1.1, 1.02), (1.2, 1.05), (1.3, 1.1), (1.3, 1.15), (1.3, 1.19)]
            .map(|(scale, now)| motion.step(view(scale), now).is_some())
            .to_vec();
        assert_eq!(moves, [false, false, false, true, true, true, false], "until it has rested");
        assert_eq!(motion.step(view(1.4), 2.0), None, "and the next one begins anew");
    }

    #[test]
    fn the_old_texture_lands_where_its_shapes_are() {
        let (was, now) = (view(1.0), view(2.0));
        let lands = |on: &View, should: [f32; 4]| {
            let is = was.clip_rect_in(on);
            is.iter().zip(should).all(|(a, b)| (a - b).abs() < 1e-5)
        };
        assert!(lands(&was, [-1.0, 1.0, 1.0, -1.0]), "all of the canvas");
        assert!(lands(&now, [-1.0, 1.0, 3.0, -3.0]), "twice as large, the same corner");
    }

    #[test]
    fn scissors_cover_the_shape_and_stay_on_the_canvas() {
        let area = Rect::from_corners(Point::new(-50.0, 20.0), Point::new(30.0, 1e6));
        assert_eq!(view(1.0).scissor(area), Some([0, 12, 38, 188]), "6 points and 2 pixels around");
        assert_eq!(view(1.0).scissor(area.moved(Vector::new(1e4, 0.0))), None, "elsewhere");
    }
}
