//! Pan and zoom: where the image is on the screen, remembered for each image.

use super::feed::point_from_pos;
use crate::geometry::{Point, Rect, Size, Transform, Vector};
use crate::model::InputId;
use crate::tools::{Input, Modifiers, Pointer};
use crate::ui::wheel;
use egui::{PointerButton, Response, Ui};
use indexmap::IndexMap;
use std::collections::HashMap;
use std::time::Duration;

/// The smallest and largest ui points per image pixel.
const ZOOM_RANGE: (f64, f64) = (0.005, 64.0);
/// The part of the canvas that a focused item takes.
const FOCUS_SHARE: f64 = 0.3;
/// A focused item is not enlarged beyond this.
const FOCUS_ZOOM_MAX: f64 = 4.0;
/// Free room around a fitted image, ui points.
const FIT_MARGIN_UI: f64 = 12.0;

/// Images whose views are remembered, at most: those seen last.
const REMEMBERED_MAX: usize = 500;
/// A view that rests so long is kept.
const KEPT_AFTER_SECS: f64 = 1.5;
/// So long after a notch of which egui was not told, what stands beside the canvas catches up with it.
const CAUGHT_UP_SECS: f64 = 0.08;
/// How far outside of the canvas the pointer counts, at most.
const EDGE_REACH_UI: f64 = 40.0;
/// How fast the view follows it: times that distance in a second.
const EDGE_SPEED: f64 = 12.0;

/// Whether the person moved the view and it is not kept yet.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Moved {
    #[default]
    Kept,
    Now,
    Since(f64),
}

/// The view of one canvas.
#[derive(Clone, Debug)]
pub struct View {
    ui_from_image: Transform,
    rect: Rect,
    image: Option<(InputId, Size)>,
    /// The image, and shapes that lie outside of it.
    world: Rect,
    /// Zoom and the image point in the middle, the newest last.
    remembered: IndexMap<InputId, (f64, Point)>,
    moved: Moved,
    dragging_from_ui: Option<Point>,
    /// Whether scrolling comes from a wheel (zooms) or from a trackpad (pans); told by the unit of its events.
    wheel_zooms: bool,
}

impl Default for View {
    fn default() -> Self {
        Self {
            ui_from_image: Transform::default(),
            rect: Rect::default(),
            image: None,
            world: Rect::default(),
            remembered: IndexMap::new(),
            moved: Moved::default(),
            dragging_from_ui: None,
            wheel_zooms: true,
        }
    }
}

impl View {
    /// Image pixels to ui points.
    #[must_use]
    pub const fn ui_from_image(&self) -> Transform {
        self.ui_from_image
    }

    /// Ui points per image pixel.
    #[must_use]
    pub const fn zoom(&self) -> f64 {
        self.ui_from_image.scale
    }

    /// The part of the image plane that the canvas shows.
    #[must_use]
    pub fn visible(&self) -> Rect {
        self.ui_from_image.inverse().apply_rect(self.rect)
    }

    /// The canvas on the screen. A new size keeps the middle in the middle.
    pub fn set_rect(&mut self, rect: Rect) {
        if self.rect == rect {
            return;
        }
        let (old, new) = (self.rect.center(), rect.center());
        self.rect = rect;
        self.ui_from_image.shift = self.ui_from_image.shift + (new - old);
    }

    /// Shows this image: as it was left, or all of it the first time.
    pub fn show(&mut self, input: &InputId, size: Size) {
        if self.image.as_ref().is_some_and(|(shown, s)| shown == input && *s == size) || self.rect.width() <= 0.0 {
            return;
        }
        self.remember();
        self.image = Some((input.clone(), size));
        match self.remembered.get(input) {
            Some((zoom, centre)) => self.ui_from_image = Transform::centred(self.rect, *centre, *zoom),
            None => self.fit(),
        }
    }

    fn remember(&mut self) {
        if let Some((input, _)) = &self.image {
            let centre = self.ui_from_image.inverse().apply(self.rect.center());
            self.remembered.shift_remove(input);
            self.remembered.insert(input.clone(), (self.zoom(), centre));
            if self.remembered.len() > REMEMBERED_MAX {
                self.remembered.shift_remove_index(0);
            }
        }
    }

    /// What is remembered of the images seen last: zoom and the image point in the middle; for keeping across restarts.
    pub fn remembered(&mut self) -> HashMap<InputId, (f64, Point)> {
        self.remember();
        self.moved = Moved::default();
        self.remembered.iter().map(|(input, at)| (input.clone(), *at)).collect()
    }

    /// Whether the person moved the view some time ago and it is not kept yet. Asks for no frame of its own: the next one
    /// will do, and the window's end keeps it in any case.
    pub fn is_to_be_kept(&mut self, ui: &Ui) -> bool {
        let now = ui.input(|i| i.time);
        match self.moved {
            Moved::Kept => false,
            Moved::Now => {
                self.moved = Moved::Since(now);
                false
            }
            Moved::Since(since) => now - since >= KEPT_AFTER_SECS,
        }
    }

    /// Tells all that there is to see.
    pub const fn set_world(&mut self, world: Rect) {
        self.world = world;
    }

    /// Brings a place of the image into the middle.
    pub fn centre_on(&mut self, place: Point) {
        self.ui_from_image = Transform::centred(self.rect, place, self.zoom());
        self.stay_in_sight();
    }

    /// Moves the view towards a pointer outside of the canvas, the faster the farther, as far as there is something to
    /// see. Says whether it moved.
    pub fn pan_towards(&mut self, pointer_ui: Point, seconds: f64) -> bool {
        let out = |at: f64, min: f64, max: f64| (at - at.clamp(min, max)).clamp(-EDGE_REACH_UI, EDGE_REACH_UI);
        let seen = self.visible();
        let bounded =
            |out: f64, low: bool, high: bool| if (out < 0.0 && low) || (out > 0.0 && high) { out } else { 0.0 };
        let x = bounded(
            out(pointer_ui.x, self.rect.min.x, self.rect.max.x),
            seen.min.x > self.world.min.x,
            seen.max.x < self.world.max.x,
        );
        let y = bounded(
            out(pointer_ui.y, self.rect.min.y, self.rect.max.y),
            seen.min.y > self.world.min.y,
            seen.max.y < self.world.max.y,
        );
        if x == 0.0 && y == 0.0 {
            return false;
        }
        self.pan(Vector::new(-x, -y) * (seconds * EDGE_SPEED));
        true
    }

    /// Takes back what was kept.
    pub fn restore(&mut self, remembered: HashMap<InputId, (f64, Point)>) {
        self.remembered = remembered.into_iter().collect();
        self.remembered.retain(|_, (zoom, centre)| zoom.is_finite() && *zoom > 0.0 && centre.is_finite());
    }

    /// The image that is shown.
    #[must_use]
    pub fn shown_image(&self) -> Option<&InputId> {
        self.image.as_ref().map(|(input, _)| input)
    }

    /// Shows this image point in the middle.
    pub fn place(&mut self, centre: Point, zoom: f64) {
        self.ui_from_image = Transform::centred(self.rect, centre, zoom);
    }

    /// Shows the whole image.
    pub fn fit(&mut self) {
        let Some((_, size)) = &self.image else { return };
        let room = self.rect.grown(-FIT_MARGIN_UI.min(self.rect.width() / 4.0));
        self.ui_from_image = Transform::fitting(room, size.rect());
    }

    /// One image pixel a ui point, the middle stays.
    pub fn actual_size(&mut self) {
        let factor = 1.0 / self.zoom();
        self.zoom_by(self.rect.center(), factor);
    }

    /// Shows this part of the image and what is around it.
    pub fn focus(&mut self, bounds: Rect) {
        let Some((_, size)) = &self.image else { return };
        let fit = Transform::fitting(self.rect, size.rect()).scale;
        let close = Transform::fitting(self.rect, bounds).scale * FOCUS_SHARE;
        let zoom = close.clamp(fit.min(FOCUS_ZOOM_MAX), FOCUS_ZOOM_MAX.max(fit));
        self.ui_from_image = Transform::centred(self.rect, bounds.center(), zoom);
    }

    /// Zooms by `factor`, `fixed_ui` staying in place.
    pub fn zoom_by(&mut self, fixed_ui: Point, factor: f64) {
        self.ui_from_image = self.ui_from_image.zoomed_about(fixed_ui, factor, ZOOM_RANGE.0, ZOOM_RANGE.1);
        self.stay_in_sight();
    }

    /// Zooms by `factor` about the middle.
    pub fn zoom_about_middle(&mut self, factor: f64) {
        self.zoom_by(self.rect.center(), factor);
    }

    /// Moves the view.
    pub fn pan(&mut self, by_ui: Vector) {
        self.ui_from_image.shift = self.ui_from_image.shift + by_ui;
        self.stay_in_sight();
    }

    /// Some part of the image stays on the canvas, so that nobody gets lost.
    fn stay_in_sight(&mut self) {
        self.moved = Moved::Now;
        let Some((_, size)) = &self.image else { return };
        let shown = self.ui_from_image.apply_rect(self.world.union(size.rect()));
        let margin = 40.0;
        let along =
            |low: f64, high: f64, min: f64, max: f64| (min + margin - high).max(0.0) + (max - margin - low).min(0.0);
        let by = Vector::new(
            along(shown.min.x, shown.max.x, self.rect.min.x, self.rect.max.x),
            along(shown.min.y, shown.max.y, self.rect.min.y, self.rect.max.y),
        );
        self.ui_from_image.shift = self.ui_from_image.shift + by;
    }

    /// Where a screen position is.
    #[must_use]
    pub fn pointer_at(&self, pos: egui::Pos2) -> Pointer {
        let ui = point_from_pos(pos);
        Pointer { at: self.ui_from_image.inverse().apply(ui), ui, modifiers: Modifiers::NONE }
    }

    /// A drag with Space held.
    pub fn drag(&mut self, input: Input) {
        match input {
            Input::Down(p) | Input::DoubleClick(p) => self.dragging_from_ui = Some(p.ui),
            Input::Move(p) => {
                if let Some(from) = self.dragging_from_ui.replace(p.ui) {
                    self.pan(p.ui - from);
                } else {
                    self.dragging_from_ui = None;
                }
            }
            Input::Up(_) | Input::Cancel => self.dragging_from_ui = None,
            Input::Key(_) | Input::Nudge(_) => {}
        }
    }

    /// Space was let go.
    pub const fn end_drag(&mut self) {
        self.dragging_from_ui = None;
    }

    /// The wheel zooms about the pointer; Shift+wheel and trackpads pan; the middle button drags.
    pub fn pan_and_zoom(&mut self, ui: &Ui, canvas: &Response) {
        if canvas.dragged_by(PointerButton::Middle) {
            let by = canvas.drag_delta();
            self.pan(Vector::new(f64::from(by.x), f64::from(by.y)));
        }
        let notches = wheel::notches(canvas);
        let Some(pointer) = canvas.hover_pos() else { return };
        if canvas.double_clicked_by(PointerButton::Middle) {
            self.fit();
        }
        let (pinch, told, shift, unit) = ui.input(|i| {
            let unit = i.events.iter().rev().find_map(|e| match e {
                egui::Event::MouseWheel { unit, .. } => Some(*unit != egui::MouseWheelUnit::Point),
                _ => None,
            });
            (i.zoom_delta(), i.smooth_scroll_delta(), i.modifiers.shift, unit)
        });
        if notches != egui::Vec2::ZERO {
            self.wheel_zooms = true;
            ui.request_repaint_after(Duration::from_secs_f64(CAUGHT_UP_SECS));
        }
        self.wheel_zooms = unit.unwrap_or(self.wheel_zooms);
        let scroll = told + notches;
        let at = point_from_pos(pointer);
        if (pinch - 1.0).abs() > f32::EPSILON {
            self.zoom_by(at, f64::from(pinch));
        } else if scroll != egui::Vec2::ZERO {
            if shift || !self.wheel_zooms {
                self.pan(Vector::new(f64::from(scroll.x), f64::from(scroll.y)));
            } else {
                self.zoom_by(at, (f64::from(scroll.y) / 200.0).exp());
            }
        }
        if told != egui::Vec2::ZERO {
            ui.input_mut(|i| i.smooth_scroll_delta = egui::Vec2::ZERO);
        }
    }
}
