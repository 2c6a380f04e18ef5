//! What is drawn over the retained layer: hovered and selected shapes, handles, drafts, labels. Its cost does not grow
//! with the number of shapes of the image.

use super::feed::{pos_from_point, ui_rect};
use crate::geometry::{Handle, Point, Rect, Ring, Transform, triangulate};
use crate::model::Shape;
use crate::tools::{Preview, frame, midpoints};
use crate::ui::theme;
use egui::{Color32, CornerRadius, Mesh, Painter, Pos2, Shape as Painted, Stroke, StrokeKind, vec2};

/// Rings with more vertices than this get no fill while they are drawn on top (triangulating every frame would cost).
const FILLED_VERTICES: usize = 2_000;
/// Vertices are drawn as dots only while there are not more of them than this.
const DOTTED_VERTICES: usize = 1_000;

/// Draws on top of the picture, from image coordinates.
#[derive(Clone, Copy)]
pub struct Overlay<'a> {
    /// Where to.
    pub painter: &'a Painter,
    /// The view.
    pub ui_from_image: Transform,
}

impl Overlay<'_> {
    fn pos(self, p: Point) -> Pos2 {
        pos_from_point(self.ui_from_image.apply(p))
    }

    /// A shape with an outline of `stroke` and a translucent fill.
    pub fn shape(self, shape: &Shape, stroke: Stroke, fill: Color32) {
        match shape {
            Shape::Box(rect) => {
                let shown = ui_rect(self.ui_from_image.apply_rect(*rect));
                self.painter.rect(shown, CornerRadius::ZERO, fill, stroke, StrokeKind::Middle);
            }
            Shape::Polygon(ring) => self.ring(ring, stroke, fill),
            Shape::Point(p) => {
                self.painter.circle(self.pos(*p), 5.0, fill, stroke);
            }
            Shape::Kept(_) => {}
        }
    }

    fn ring(self, ring: &Ring, stroke: Stroke, fill: Color32) {
        let points: Vec<Pos2> = ring.points().iter().map(|p| self.pos(*p)).collect();
        if fill != Color32::TRANSPARENT && points.len() <= FILLED_VERTICES {
            let mut mesh = Mesh::default();
            for p in &points {
                mesh.colored_vertex(*p, fill);
            }
            mesh.indices = triangulate(ring);
            self.painter.add(Painted::mesh(mesh));
        }
        self.painter.add(Painted::closed_line(points, stroke));
    }

    /// The grips of the one selected shape.
    pub fn grips(self, shape: &Shape, active_vertex: Option<usize>) {
        let knob = |at: Point, side: f32, fill: Color32| {
            let rect = egui::Rect::from_center_size(self.pos(at), vec2(side, side));
            let stroke = Stroke::new(1.5, Color32::from_gray(30));
            self.painter.rect(rect, CornerRadius::same(2), fill, stroke, StrokeKind::Middle);
        };
        match shape {
            Shape::Box(rect) => {
                for handle in Handle::ALL {
                    knob(handle.position(*rect), 9.0, Color32::WHITE);
                }
            }
            Shape::Polygon(ring) if ring.len() <= DOTTED_VERTICES => {
                for (_, at) in midpoints(ring, self.ui_from_image.scale) {
                    self.painter.circle(self.pos(at), 3.0, Color32::from_white_alpha(120), Stroke::NONE);
                }
                if let Some(frame) = frame(ring, self.ui_from_image.scale) {
                    for handle in Handle::ALL {
                        let rect = egui::Rect::from_center_size(self.pos(handle.position(frame)), vec2(7.0, 7.0));
                        let stroke = Stroke::new(1.5, Color32::from_white_alpha(170));
                        let fill = Color32::from_black_alpha(90);
                        self.painter.rect(rect, CornerRadius::ZERO, fill, stroke, StrokeKind::Middle);
                    }
                }
                for (i, at) in ring.points().iter().enumerate() {
                    let active = active_vertex == Some(i);
                    knob(*at, if active { 10.0 } else { 7.0 }, if active { theme::ACCENT } else { Color32::WHITE });
                }
            }
            Shape::Polygon(_) | Shape::Point(_) | Shape::Kept(_) => {}
        }
    }

    /// A gesture under way.
    pub fn preview(self, preview: &Preview, color: Color32) {
        let stroke = Stroke::new(2.0, color);
        match preview {
            Preview::Changed(_, shape) | Preview::Draft(shape) => {
                self.shape(shape, Stroke::new(4.0, Color32::from_black_alpha(90)), Color32::TRANSPARENT);
                self.shape(shape, stroke, color.gamma_multiply(0.2));
            }
            Preview::Band(rect) => self.band(*rect),
            Preview::OpenRing { points, next, closes } => {
                let mut line: Vec<Pos2> = points.iter().map(|p| self.pos(*p)).collect();
                line.extend(next.map(|p| self.pos(p)));
                self.painter.add(Painted::line(line.clone(), Stroke::new(4.0, Color32::from_black_alpha(90))));
                self.painter.add(Painted::line(line, stroke));
                for (i, p) in points.iter().enumerate() {
                    let closing = i == 0 && *closes;
                    let fill = if closing { theme::ACCENT } else { Color32::WHITE };
                    let radius = if closing { 6.0 } else { 3.5 };
                    self.painter.circle(self.pos(*p), radius, fill, Stroke::new(1.0, Color32::from_gray(30)));
                }
            }
        }
    }

    fn band(self, rect: Rect) {
        let shown = ui_rect(self.ui_from_image.apply_rect(rect));
        let stroke = Stroke::new(1.0, theme::ACCENT);
        self.painter.rect(shown, CornerRadius::ZERO, theme::ACCENT.gamma_multiply(0.15), stroke, StrokeKind::Middle);
    }
}

/// Black or white, whichever is easier to read on `color`.
#[must_use]
pub fn ink_on(color: Color32) -> Color32 {
    let luma = 0.299 * f32::from(color.r()) + 0.587 * f32::from(color.g()) + 0.114 * f32::from(color.b());
    if luma > 140.0 { Color32::BLACK } else { Color32::WHITE }
}

/// Darkens everything outside `bright`, so that one item stands out.
pub fn dim_around(painter: &Painter, canvas: egui::Rect, bright: egui::Rect) {
    let shade = Color32::from_black_alpha(110);
    let b = bright.intersect(canvas);
    let strips = [
        egui::Rect::from_min_max(canvas.min, egui::pos2(canvas.max.x, b.min.y)),
        egui::Rect::from_min_max(egui::pos2(canvas.min.x, b.max.y), canvas.max),
        egui::Rect::from_min_max(egui::pos2(canvas.min.x, b.min.y), egui::pos2(b.min.x, b.max.y)),
        egui::Rect::from_min_max(egui::pos2(b.max.x, b.min.y), egui::pos2(canvas.max.x, b.max.y)),
    ];
    for strip in strips {
        if strip.is_positive() {
            painter.rect_filled(strip, CornerRadius::ZERO, shade);
        }
    }
}
