//! What is drawn over the retained layer: hovered and selected shapes, handles, drafts, labels. Its cost does not grow
//! with the number of shapes of the image.

use super::feed::{pos_from_point, ui_rect};
use crate::geometry::{Chosen, Handle, Outline, Point, Rect, Ring, Snap, SnapTo, Transform, triangulate};
use crate::model::Shape;
use crate::tools::{Preview, Takes, frame, midpoints};
use crate::ui::theme;
use egui::{Color32, CornerRadius, Mesh, Painter, Pos2, Shape as Painted, Stroke, StrokeKind, vec2};

/// Rings with more vertices than this get no fill while they are drawn on top (triangulating every frame would cost).
const FILLED_VERTICES: usize = 2_000;
/// Vertices are drawn as dots only while not more of them than this are in view.
const DOTTED_VERTICES: usize = 1_000;
/// Rings with more vertices than this stay in the retained layer while they are selected and reshaped; only what changes
/// is drawn on top.
pub const LARGE_RING: usize = 1_000;
/// What snaps is marked in this colour, which no concept has.
const SNAP: Color32 = Color32::from_rgb(0xff, 0x00, 0xff);

/// Rings with more vertices than this are drawn without those that nobody could see.
const EXACT_VERTICES: usize = 2_000;

/// A long outline without the vertices that fall onto the pixel of the one before, and without those between two others
/// that lie beyond the same edge of `clip`. What is seen stays the same, and a ring of 100,000 vertices costs what its
/// pixels cost.
fn thinned(points: Vec<Pos2>, clip: egui::Rect) -> Vec<Pos2> {
    if points.len() <= EXACT_VERTICES {
        return points;
    }
    let clip = clip.expand(8.0); // an outline is wider than its line
    let beyond = |p: Pos2| [p.x < clip.min.x, p.x > clip.max.x, p.y < clip.min.y, p.y > clip.max.y];
    let mut kept: Vec<Pos2> = Vec::with_capacity(EXACT_VERTICES);
    for (i, &p) in points.iter().enumerate() {
        let Some(last) = kept.last() else {
            kept.push(p);
            continue;
        };
        let hidden = points.get(i + 1).is_some_and(|next| {
            let (before, here, after) = (beyond(*last), beyond(p), beyond(*next));
            (0..4).any(|edge| before[edge] && here[edge] && after[edge])
        });
        let near = last.distance_sq(p) < 0.5;
        if !hidden && !near {
            kept.push(p);
        }
    }
    kept
}

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
        self.painter.add(Painted::closed_line(thinned(points, self.painter.clip_rect()), stroke));
    }

    fn knob(self, at: Point, side: f32, fill: Color32) {
        let rect = egui::Rect::from_center_size(self.pos(at), vec2(side, side));
        let stroke = Stroke::new(1.5, Color32::from_gray(30));
        self.painter.rect(rect, CornerRadius::same(2), fill, stroke, StrokeKind::Middle);
    }

    /// The grips of the one selected shape.
    pub fn grips(self, shape: &Shape, chosen: &Chosen) {
        match shape {
            Shape::Box(rect) => {
                for handle in Handle::ALL {
                    self.knob(handle.position(*rect), 9.0, Color32::WHITE);
                }
            }
            Shape::Polygon(ring) => {
                if let Some(frame) = frame(ring, self.ui_from_image.scale) {
                    for handle in Handle::ALL {
                        let rect = egui::Rect::from_center_size(self.pos(handle.position(frame)), vec2(7.0, 7.0));
                        let stroke = Stroke::new(1.5, Color32::from_white_alpha(170));
                        let fill = Color32::from_black_alpha(90);
                        self.painter.rect(rect, CornerRadius::ZERO, fill, stroke, StrokeKind::Middle);
                    }
                }
                self.vertices(ring, chosen);
            }
            Shape::Point(_) | Shape::Kept(_) => {}
        }
    }

    /// The vertices and midpoints of a selected ring that are in view, where they are not too many to tell apart.
    pub fn vertices(self, ring: &Ring, chosen: &Chosen) {
        let clip = self.painter.clip_rect().expand(8.0);
        let in_view = |p: Point| clip.contains(self.pos(p));
        let shown: Vec<(usize, Point)> =
            ring.points().iter().copied().enumerate().filter(|(_, p)| in_view(*p)).take(DOTTED_VERTICES + 1).collect();
        if shown.len() > DOTTED_VERTICES {
            return;
        }
        for (_, at) in midpoints(ring, self.ui_from_image.scale).filter(|(_, p)| in_view(*p)) {
            let stroke = Stroke::new(1.0, Color32::from_black_alpha(140));
            self.painter.circle(self.pos(at), 3.5, Color32::from_white_alpha(190), stroke);
        }
        for (i, at) in shown {
            let is_chosen = matches!(chosen, Chosen::Some(chosen) if chosen.contains(&i));
            self.knob(at, if is_chosen { 10.0 } else { 7.0 }, if is_chosen { theme::ACCENT } else { Color32::WHITE });
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
            Preview::Reshaped { outline, moved, .. } => self.reshaped(outline, moved, color),
            Preview::Band { rect, takes } => self.band(*rect, *takes),
            Preview::Snapped(snap) => self.snap_mark(*snap),
            Preview::Crossings(at) => self.crossings(at),
            Preview::Dots(points) => {
                for p in points {
                    self.painter.circle(self.pos(*p), 4.0, Color32::WHITE, Stroke::new(1.0, Color32::from_gray(30)));
                }
            }
            Preview::Cut { from, to } => {
                let line = [self.pos(*from), self.pos(*to)];
                self.painter.line_segment(line, Stroke::new(4.0, Color32::from_black_alpha(120)));
                self.painter.extend(Painted::dashed_line(&line, Stroke::new(2.0, Color32::WHITE), 8.0, 5.0));
            }
            Preview::OpenRing { points, border, next, closes } => {
                self.open_ring(points, border, *next, *closes, stroke);
            }
        }
    }

    fn open_ring(self, points: &[Point], border: &[Point], next: Option<Point>, closes: bool, stroke: Stroke) {
        let mut line: Vec<Pos2> = points.iter().map(|p| self.pos(*p)).collect();
        if border.is_empty() {
            line.extend(next.map(|p| self.pos(p)));
        }
        self.painter.add(Painted::line(line.clone(), Stroke::new(4.0, Color32::from_black_alpha(90))));
        self.painter.add(Painted::line(line, stroke));
        if !border.is_empty() {
            let way = points.last().into_iter().chain(border).map(|p| self.pos(*p)).collect();
            self.painter.add(Painted::line(way, Stroke::new(3.0, SNAP)));
        }
        for (i, p) in points.iter().enumerate() {
            let closing = i == 0 && closes;
            let fill = if closing { theme::ACCENT } else { Color32::WHITE };
            let radius = if closing { 6.0 } else { 3.5 };
            self.painter.circle(self.pos(*p), radius, fill, Stroke::new(1.0, Color32::from_gray(30)));
        }
    }

    /// A ring with some vertices elsewhere: whole, or of a large one only the edges that change.
    fn reshaped(self, outline: &Outline, moved: &[(usize, Point)], color: Color32) {
        let (ring, stroke) = (outline.ring(), Stroke::new(2.0, color));
        if ring.len() <= LARGE_RING {
            let shape = Shape::Polygon(ring.with_vertices(moved));
            self.shape(&shape, Stroke::new(4.0, Color32::from_black_alpha(90)), Color32::TRANSPARENT);
            self.shape(&shape, stroke, color.gamma_multiply(0.2));
        } else {
            let n = ring.len();
            let place = |i: usize| moved.iter().find(|(j, _)| *j == i).map_or(ring.points()[i], |(_, to)| *to);
            for edge in outline.edges_at(moved.iter().map(|(i, _)| *i)) {
                let line = [self.pos(place(edge)), self.pos(place((edge + 1) % n))];
                self.painter.line_segment(line, Stroke::new(5.0, Color32::from_black_alpha(120)));
                self.painter.line_segment(line, Stroke::new(2.5, theme::SELECTED));
            }
        }
        for (_, to) in moved.iter().take(DOTTED_VERTICES) {
            self.knob(*to, 9.0, theme::ACCENT);
        }
    }

    /// Where an outline crosses itself: a ring with a cross, so that it is seen without its colour too.
    pub fn crossings(self, at: &[Point]) {
        for p in at.iter().take(DOTTED_VERTICES) {
            let c = self.pos(*p);
            for (width, color) in [(5.0, Color32::from_black_alpha(150)), (2.0, theme::ERROR)] {
                let stroke = Stroke::new(width, color);
                self.painter.circle(c, 9.0, Color32::TRANSPARENT, stroke);
                self.painter.line_segment([c - vec2(5.0, 5.0), c + vec2(5.0, 5.0)], stroke);
                self.painter.line_segment([c - vec2(5.0, -5.0), c + vec2(5.0, -5.0)], stroke);
            }
        }
    }

    /// Where a vertex snaps: a square for a vertex, a diamond for an edge or the border.
    fn snap_mark(self, snap: Snap) {
        let c = self.pos(snap.at);
        let r = 7.0;
        let corners = match snap.to {
            SnapTo::Vertex => [vec2(-r, -r), vec2(r, -r), vec2(r, r), vec2(-r, r)],
            SnapTo::Edge | SnapTo::Border => {
                [vec2(0.0, -r - 2.0), vec2(r + 2.0, 0.0), vec2(0.0, r + 2.0), vec2(-r - 2.0, 0.0)]
            }
        };
        for (width, color) in [(4.5, Color32::from_black_alpha(140)), (2.0, SNAP)] {
            self.painter.add(Painted::closed_line(corners.map(|v| c + v).to_vec(), Stroke::new(width, color)));
        }
        self.painter.circle_filled(c, 2.0, SNAP);
    }

    /// The rubber band: a whole line where it takes what it encloses, a dashed one where touching is enough, magenta for
    /// vertices.
    fn band(self, rect: Rect, takes: Takes) {
        let shown = ui_rect(self.ui_from_image.apply_rect(rect));
        let color = if takes == Takes::Vertices { SNAP } else { theme::ACCENT };
        self.painter.rect_filled(shown, CornerRadius::ZERO, color.gamma_multiply(0.12));
        let mut corners = vec![shown.left_top(), shown.right_top(), shown.right_bottom(), shown.left_bottom()];
        corners.push(shown.left_top());
        if takes == Takes::Touched {
            self.painter.extend(Painted::dashed_line(&corners, Stroke::new(1.5, color), 6.0, 4.0));
        } else {
            self.painter.add(Painted::line(corners, Stroke::new(1.0, color)));
        }
    }

    /// A name at the lower right of `corner` (image pixels).
    pub fn tag(self, corner: Point, text: &str, color: Color32) {
        let at = self.pos(corner);
        let galley = self.painter.layout_no_wrap(text.to_owned(), egui::FontId::proportional(12.0), ink_on(color));
        let rect = egui::Rect::from_min_size(at + vec2(-galley.size().x - 8.0, 2.0), galley.size() + vec2(8.0, 2.0));
        self.painter.rect_filled(rect, CornerRadius::same(3), color.gamma_multiply(0.92));
        self.painter.galley(rect.min + vec2(4.0, 1.0), galley, ink_on(color));
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

#[cfg(test)]
mod tests {
    use super::{EXACT_VERTICES, thinned};
    use egui::{Pos2, Rect, pos2};

    const CLIP: Rect = Rect { min: Pos2::ZERO, max: pos2(1000.0, 800.0) };

    /// A circle of so many vertices.
    fn circle(center: Pos2, radius: f32, count: u16) -> Vec<Pos2> {
        let at = |i: u16| f32::from(i) / f32::from(count) * std::f32::consts::TAU;
        (0..count).map(|i| pos2(center.x + radius * at(i).cos(), center.y + radius * at(i).sin())).collect()
    }

    #[test]
    fn a_long_outline_keeps_its_look_and_loses_what_nobody_sees() {
        let all = circle(pos2(500.0, 400.0), 300.0, 60_000);
        let kept = thinned(all.clone(), CLIP);
        assert!(kept.len() < 3_000, "its circumference has 1,885 pixels: {}", kept.len());
        let far = all.iter().find(|p| kept.iter().all(|k| k.distance(**p) > 1.0));
        assert_eq!(far, None, "every vertex is within a pixel of one that is drawn");
    }

    #[test]
    fn what_lies_beyond_an_edge_is_left_out_and_what_crosses_is_not() {
        let kept = thinned(circle(pos2(500.0, 400.0), 50_000.0, 60_000), CLIP);
        assert!(kept.len() < 100, "all of it is outside: {}", kept.len());
        let crossing = thinned(circle(pos2(500.0, 50_400.0), 50_000.0, 60_000), CLIP);
        let inside = crossing.iter().filter(|p| CLIP.contains(**p)).count();
        assert!(inside > 150, "1,000 pixels of it are seen, a vertex every 5: {inside}");
    }

    #[test]
    fn a_short_outline_is_left_alone() {
        let few = circle(pos2(1.0, 1.0), 0.1, u16::try_from(EXACT_VERTICES).expect("small"));
        assert_eq!(thinned(few.clone(), CLIP), few);
    }
}
