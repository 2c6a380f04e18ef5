//! Names: a node for a screen reader at every shape in view, and labels at those that have room for one. Both are
//! capped, so that a frame does not cost more for more shapes.

use super::feed::{pos_from_point, ui_rect};
use super::look::color_of;
use super::overlay::{Overlay, ink_on};
use crate::geometry::{Point, Rect};
use crate::model::{Annotation, InputId, LocalId, Shape};
use crate::ui::editor::Editor;
use egui::{CornerRadius, Response, Role, Sense, Ui, WidgetInfo, vec2};

/// Shapes that get a name, at most: those nearest to the middle, and of the selected ones as many again.
pub(super) const NAMED_SHAPES: usize = 150;
/// In one frame so many shapes in view are counted.
const COUNTED_SHAPES: usize = 1000;
/// A shape narrower than this on the screen gets no label.
const LABELLED_WIDTH_UI: f32 = 44.0;

/// The shapes that are named in a view.
#[derive(Debug, Default)]
pub(super) struct InView {
    /// In the order of their ids.
    pub lids: Vec<LocalId>,
    /// How many more there are, in words, where those are not all.
    pub others: Option<String>,
}

/// The shapes in view; where there are too many, the selected ones and those nearest to its middle.
pub(super) fn in_view(editor: &Editor, input: &InputId, visible: Rect) -> InView {
    let Some(index) = editor.document.index_of(input) else { return InView::default() };
    let mut lids: Vec<LocalId> = index.touching(visible).take(NAMED_SHAPES + 1).collect();
    let mut others = None;
    if lids.len() > NAMED_SHAPES {
        let in_view = |lid: &LocalId| {
            editor.document.get(*lid).and_then(Annotation::bounds).is_some_and(|b| b.intersects(visible))
        };
        lids = index.nearest(visible.center()).take(NAMED_SHAPES).collect();
        lids.extend(editor.selection.iter().take(NAMED_SHAPES).filter(in_view));
        others = Some(words(index.touching(visible).take(COUNTED_SHAPES + 1).count()));
    }
    lids.sort_unstable();
    lids.dedup();
    InView { lids, others }
}

/// What a screen reader is told of shapes that have no node of their own.
fn words(n: usize) -> String {
    let n = if n > COUNTED_SHAPES { format!("more than {COUNTED_SHAPES}") } else { n.to_string() };
    format!(
        "{n} shapes in view; named are the {NAMED_SHAPES} nearest to its middle and the selected. Tab goes through all"
    )
}

/// Names the shapes for screen readers, and writes labels where they do not cover each other: at the selected first,
/// then at the widest.
pub(super) fn names_ui(ui: &Ui, canvas: &Response, overlay: Overlay<'_>, editor: &Editor, in_view: &InView) {
    if let Some(others) = &in_view.others {
        let node = ui.interact(canvas.rect, canvas.id.with("shapes in view"), Sense::hover());
        node.widget_info(|| WidgetInfo::labeled(Role::Group, true, others));
    }
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for lid in &in_view.lids {
        let Some(annotation) = editor.document.get(*lid).filter(|_| !editor.seen.hidden.contains(lid)) else {
            continue;
        };
        let (Some(bounds), Some(shape)) = (annotation.bounds(), annotation.shape()) else { continue };
        let shown = ui_rect(overlay.ui_from_image.apply_rect(bounds));
        let text = editor.label_text(annotation);
        let node = ui.interact(shown.intersect(canvas.rect), canvas.id.with(lid.0), Sense::hover());
        let lock = if editor.seen.locked.contains(lid) { ", locked" } else { "" };
        let name = format!("{text}, {}, {}{lock}", shape.kind(), annotation.status.text());
        node.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, &name));
        let selected = editor.selection.contains(*lid);
        let roomy = in_view.others.is_none() && shown.width() > LABELLED_WIDTH_UI;
        if editor.view.labels.is_on() && (roomy || selected) {
            let anchor = pos_from_point(overlay.ui_from_image.apply(label_anchor(shape, bounds)));
            wanted.push(Wanted { selected, width: shown.width(), anchor, text, annotation });
        }
    }
    wanted.sort_by(|a, b| b.selected.cmp(&a.selected).then(b.width.total_cmp(&a.width)));
    let mut placed: Vec<egui::Rect> = Vec::new();
    for label in wanted {
        label.paint(overlay, editor, &mut placed);
    }
}

/// A label that is drawn where there is room.
struct Wanted<'a> {
    selected: bool,
    width: f32,
    anchor: egui::Pos2,
    text: String,
    annotation: &'a Annotation,
}

impl Wanted<'_> {
    fn paint(&self, overlay: Overlay<'_>, editor: &Editor, placed: &mut Vec<egui::Rect>) {
        let painter = overlay.painter;
        let color = color_of(editor, self.annotation);
        let score = self.annotation.score().map(|s| format!(" {:.0} %", s * 100.0)).unwrap_or_default();
        let font = egui::FontId::proportional(12.0);
        let galley = painter.layout_no_wrap(format!("{}{score}", self.text), font, ink_on(color));
        let size = galley.size() + vec2(8.0, 2.0);
        let above = self.anchor.y - size.y - 2.0;
        let y = if above < painter.clip_rect().top() { self.anchor.y + 2.0 } else { above };
        let rect = egui::Rect::from_min_size(egui::pos2(self.anchor.x, y), size);
        if !self.selected && placed.iter().any(|other| other.intersects(rect)) {
            return;
        }
        placed.push(rect);
        painter.rect_filled(rect, CornerRadius::same(3), color.gamma_multiply(0.92));
        painter.galley(rect.min + vec2(4.0, 1.0), galley, ink_on(color));
    }
}

/// Where the label stands: at the corner of a box, at the topmost vertex of a polygon (its corner may be far away).
fn label_anchor(shape: &Shape, bounds: Rect) -> Point {
    match shape {
        Shape::Polygon(ring) => {
            let top = ring.points().iter().min_by(|a, b| a.y.total_cmp(&b.y));
            top.copied().unwrap_or(bounds.min)
        }
        _ => bounds.min,
    }
}
