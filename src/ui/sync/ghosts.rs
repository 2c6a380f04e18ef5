//! The other sides of a conflict on the canvas. They differ by more than colour: mine is the shape itself with a whole
//! line, theirs is dashed, what both began with is dotted; each says its name.

use super::settle::Settling;
use crate::geometry::{Point, Rect, Transform};
use crate::model::{Annotation, Shape};
use crate::runtime::{Conflict, Mark};
use crate::ui::canvas::feed::pos_from_point;
use crate::ui::canvas::overlay::Overlay;
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Color32, Pos2, Stroke};

/// Outlines with more vertices are drawn with a whole thin line: dashes would cost every frame.
const DASHED_VERTICES: usize = 2_000;

/// A line of dashes.
#[derive(Clone, Copy)]
struct Dashes {
    color: Color32,
    dash_ui: f32,
    gap_ui: f32,
}

const THEIRS: Dashes = Dashes { color: theme::WARNING, dash_ui: 9.0, gap_ui: 5.0 };
const BASE: Dashes = Dashes { color: Color32::from_gray(225), dash_ui: 2.0, gap_ui: 4.0 };

/// Draws the ghosts of every conflict of the shown image; of the one that is looked at with all sides and their names.
pub fn paint_ghosts(overlay: Overlay<'_>, editor: &Editor) {
    if editor.sync.conflicts == 0 {
        return; // nobody looks through all marks for nothing
    }
    let shown = editor.shown_conflict();
    for lid in &editor.conflicts {
        let Some(Mark::Conflict(conflict)) = editor.marks.get(lid) else { continue };
        if Some(&conflict.input) != editor.current() {
            continue;
        }
        if shown.is_some_and(|(at, _)| at == *lid) {
            paint_sides(overlay, conflict);
        } else {
            side(overlay, conflict.theirs.as_ref(), THEIRS);
        }
    }
}

fn paint_sides(overlay: Overlay<'_>, conflict: &Conflict) {
    side(overlay, conflict.base.as_ref(), BASE);
    side(overlay, conflict.theirs.as_ref(), THEIRS);
    // Each at a corner of its own, because two of them often share an edge; the upper left one has the label of the shape.
    let lower_left = |b: Rect| Point::new(b.min.x, b.max.y);
    let upper_right = |b: Rect| Point::new(b.max.x, b.min.y);
    let lower_right = |b: Rect| b.max;
    let sides: [(_, _, _, &dyn Fn(Rect) -> Point); 3] = [
        (&conflict.base, "it was", BASE.color, &lower_left),
        (&conflict.theirs, "theirs", THEIRS.color, &upper_right),
        (&conflict.mine, "mine", theme::SELECTED, &lower_right),
    ];
    for (sided, name, color, corner) in sides {
        if let Some(bounds) = sided.as_ref().and_then(Annotation::bounds) {
            overlay.tag(corner(bounds), name, color);
        }
    }
}

fn side(overlay: Overlay<'_>, annotation: Option<&Annotation>, dashes: Dashes) {
    let Some(shape) = annotation.and_then(Annotation::shape) else { return };
    let mut line = outline(shape, overlay.ui_from_image);
    let under = Stroke::new(4.0, Color32::from_black_alpha(110));
    let stroke = Stroke::new(2.0, dashes.color);
    if let Some(first) = line.first().copied() {
        line.push(first);
    }
    overlay.painter.add(egui::Shape::line(line.clone(), under));
    if line.len() > DASHED_VERTICES {
        overlay.painter.add(egui::Shape::line(line, stroke));
    } else {
        overlay.painter.extend(egui::Shape::dashed_line(&line, stroke, dashes.dash_ui, dashes.gap_ui));
    }
}

/// The corners of a shape on the screen; a point becomes a ring.
fn outline(shape: &Shape, ui_from_image: Transform) -> Vec<Pos2> {
    let pos = |p| pos_from_point(ui_from_image.apply(p));
    match shape {
        Shape::Box(rect) => {
            let r = crate::ui::canvas::feed::ui_rect(ui_from_image.apply_rect(*rect));
            vec![r.left_top(), r.right_top(), r.right_bottom(), r.left_bottom()]
        }
        Shape::Polygon(ring) => ring.points().iter().map(|p| pos(*p)).collect(),
        Shape::Point(p) => {
            let middle = pos(*p);
            let around = |i: u8| middle + egui::Vec2::angled(f32::from(i) * std::f32::consts::TAU / 24.0) * 9.0;
            (0..24).map(around).collect()
        }
        Shape::Kept(_) => Vec::new(),
    }
}

impl Settling {
    /// Where the canvas shall look, once: all sides of what was gone to.
    pub(in crate::ui) fn take_focus(&mut self, editor_mark: Option<&Mark>, own: Option<Rect>) -> Option<Rect> {
        self.focus.take()?;
        let sides = match editor_mark {
            Some(Mark::Conflict(conflict)) => [&conflict.base, &conflict.mine, &conflict.theirs]
                .into_iter()
                .filter_map(|side| side.as_ref()?.bounds())
                .reduce(Rect::union),
            _ => None,
        };
        sides.or(own)
    }
}
