//! From egui's raw events to the tools' inputs, in order: a press, move and release within one frame are not lost.

use crate::geometry::{Point, Transform};
use crate::tools::{Input, Modifiers, Pointer};
use egui::{Event, PointerButton, Pos2, Response, Ui};

/// Clicks closer together than this are a double click.
const DOUBLE_CLICK_SECS: f64 = 0.35;
/// and nearer than this.
const DOUBLE_CLICK_REACH_UI: f32 = 5.0;

/// Whether a press that began on the canvas is still held, and when the last one was.
#[derive(Debug, Default)]
pub struct Feed {
    held: bool,
    last_press: Option<(f64, Pos2)>,
}

/// What happened on the canvas in this pass.
#[derive(Debug, Default)]
pub struct Fed {
    /// For the tool, in order.
    pub inputs: Vec<Input>,
    /// Where the pointer is, while it is over the canvas or held.
    pub pointer: Option<Pointer>,
    /// A secondary click, for the context menu.
    pub secondary_click: Option<Pos2>,
}

impl Feed {
    /// Translates this pass's raw events.
    pub fn take(&mut self, ui: &Ui, canvas: &Response, image_from_ui: Transform) -> Fed {
        let ours = canvas.is_pointer_button_down_on() || canvas.contains_pointer();
        let mut fed = Fed::default();
        ui.input(|i| {
            let at = |pos: Pos2, modifiers| pointer(pos, modifiers, image_from_ui);
            for event in &i.events {
                match *event {
                    Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, modifiers }
                        if ours && canvas.rect.contains(pos) =>
                    {
                        self.held = true;
                        let again = self.last_press.is_some_and(|(when, place)| {
                            i.time - when < DOUBLE_CLICK_SECS && place.distance(pos) < DOUBLE_CLICK_REACH_UI
                        });
                        self.last_press = if again { None } else { Some((i.time, pos)) };
                        let p = at(pos, modifiers);
                        fed.inputs.push(if again { Input::DoubleClick(p) } else { Input::Down(p) });
                    }
                    Event::PointerButton { pos, button: PointerButton::Primary, pressed: false, modifiers }
                        if self.held =>
                    {
                        self.held = false;
                        fed.inputs.push(Input::Up(at(pos, modifiers)));
                    }
                    Event::PointerButton { pos, button: PointerButton::Secondary, pressed: true, .. }
                        if ours && canvas.rect.contains(pos) =>
                    {
                        fed.secondary_click = Some(pos);
                    }
                    Event::PointerMoved(pos) if self.held || (ours && canvas.rect.contains(pos)) => {
                        fed.inputs.push(Input::Move(at(pos, i.modifiers)));
                    }
                    Event::WindowFocused(false) if self.held => {
                        self.held = false;
                        fed.inputs.push(Input::Cancel);
                    }
                    _ => {}
                }
            }
            let over = i.pointer.latest_pos().filter(|pos| self.held || (ours && canvas.rect.contains(*pos)));
            fed.pointer = over.map(|pos| at(pos, i.modifiers));
        });
        fed
    }

    /// Whether a press that began on the canvas is still held.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.held
    }

    /// The gesture was cancelled from outside; the release that follows means nothing.
    pub const fn let_go(&mut self) {
        self.held = false;
    }
}

fn pointer(pos: Pos2, modifiers: egui::Modifiers, image_from_ui: Transform) -> Pointer {
    let ui = point_from_pos(pos);
    let modifiers = Modifiers { shift: modifiers.shift, ctrl: modifiers.command, alt: modifiers.alt };
    Pointer { at: image_from_ui.apply(ui), ui, modifiers }
}

/// An egui position as a point.
#[must_use]
pub fn point_from_pos(pos: Pos2) -> Point {
    Point::new(f64::from(pos.x), f64::from(pos.y))
}

/// A point in ui coordinates as an egui position.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "screen coordinates fit an f32")]
pub const fn pos_from_point(p: Point) -> Pos2 {
    Pos2::new(p.x as f32, p.y as f32)
}

/// A box in ui coordinates as an egui one.
#[must_use]
pub const fn ui_rect(r: crate::geometry::Rect) -> egui::Rect {
    egui::Rect { min: pos_from_point(r.min), max: pos_from_point(r.max) }
}

/// An egui box as one of ours.
#[must_use]
pub fn rect_from_ui(r: egui::Rect) -> crate::geometry::Rect {
    crate::geometry::Rect { min: point_from_pos(r.min), max: point_from_pos(r.max) }
}
