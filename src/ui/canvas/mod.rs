//! The canvas: the image, its shapes, and the mouse.
//!
//! May use model, tools, geometry and the pictures of runtime. Invariant: the cost of a frame does not grow with the
//! number of shapes: they are retained in [`shape_layer`], tiles in [`image_layer`], and only what is hovered, selected
//! or being drawn is painted anew.

pub mod feed;
pub mod image_layer;
pub mod overlay;
pub mod shape_layer;
mod shown;
mod view;

pub use shown::Shown;
pub use view::View;

use super::editor::Editor;
use super::theme;
use crate::geometry::{Point, Rect, Size};
use crate::model::{Annotation, InputId, LocalId, Shape, Status};
use crate::runtime::Mark;
use crate::tools::{Cursor, Input, Key, Outcome, Pointer, Preview, Tool};
use egui::{Color32, CursorIcon, Response, Role, Sense, Stroke, Ui, WidgetInfo};
use feed::{Feed, rect_from_ui, ui_rect};
use overlay::Overlay;
use shape_layer::{Emphasis, Mark as LayerMark, Outline, Pattern, ShapeKey, ShapeLayer, ShapeLook, Visibility};

/// Selections up to this size are drawn with outline and grips; larger ones are made bold in the retained layer.
const OVERLAID_SELECTION: usize = 100;
/// Labels and names for screen readers are made for images with at most this many shapes in view.
const NAMED_SHAPES: usize = 150;

/// The canvas and what it keeps between frames.
pub struct Canvas {
    /// Where the image is.
    pub view: View,
    feed: Feed,
    shapes: ShapeLayer,
    shown: Shown,
    pointer: Option<Pointer>,
    overlaid: Vec<LocalId>,
    bold: Vec<LocalId>,
}

/// What the canvas wants of the app.
#[derive(Debug, Default)]
pub struct Asked {
    /// Open the context menu here.
    pub context_menu: Option<egui::Pos2>,
}

impl Canvas {
    /// A canvas for the renderer of this window; `None` in tests without one.
    #[must_use]
    pub fn new(render_state: Option<&eframe::egui_wgpu::RenderState>) -> Self {
        Self {
            view: View::default(),
            feed: Feed::default(),
            shapes: ShapeLayer::new(render_state),
            shown: Shown::default(),
            pointer: None,
            overlaid: Vec::new(),
            bold: Vec::new(),
        }
    }

    /// Where the pointer is, while it is over the canvas.
    #[must_use]
    pub const fn pointer(&self) -> Option<Pointer> {
        self.pointer
    }

    /// What the retained layer has drawn so far.
    #[must_use]
    pub fn counters(&self) -> shape_layer::Counters {
        self.shapes.counters()
    }

    /// Gives the tool in hand a key or a cancellation.
    pub fn step_tool(&mut self, editor: &mut Editor, input: Input) {
        if input == Input::Cancel {
            self.feed.let_go();
        }
        if let Some(by) = step_tool(editor, self.view.zoom(), input) {
            self.view.pan(by);
        }
    }

    /// Shows the canvas in what is left of `ui` and takes this frame's mouse.
    pub fn ui(&mut self, ui: &mut Ui, editor: &mut Editor, images: &mut super::gallery::Gallery) -> Asked {
        let rect = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Canvas"));
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, egui::CornerRadius::ZERO, background(ui));
        let Some(input) = editor.current().cloned() else { return Asked::default() };
        self.view.set_rect(rect_from_ui(rect));
        if let Some(size) = images.size_of(&input).or_else(|| editor.image_size()) {
            self.view.show(&input, size);
        }
        self.focus_on_review(editor);
        let mut asked = Asked::default();
        self.take_mouse(ui, &response, editor, &mut asked);
        images.paint(ui, rect, self.view.ui_from_image(), &input);
        if editor.is_ready() {
            self.follow(editor);
            self.paint_shapes(ui, &response, editor, &input);
        } else {
            hint(&painter, rect, "Loading…");
        }
        asked
    }

    fn take_mouse(&mut self, ui: &Ui, response: &Response, editor: &mut Editor, asked: &mut Asked) {
        self.view.pan_and_zoom(ui, response);
        let panning = ui.input(|i| i.key_down(egui::Key::Space)) && !ui.text_edit_focused();
        let fed = self.feed.take(ui, response, self.view.ui_from_image().inverse());
        self.pointer = fed.pointer;
        asked.context_menu = fed.secondary_click;
        if let (Some(p), Some(_)) = (fed.secondary_click, editor.current()) {
            self.select_under(editor, self.view.pointer_at(p));
        }
        for input in fed.inputs {
            if panning {
                self.view.drag(input);
            } else if let Some(by) = step_tool(editor, self.view.zoom(), input) {
                self.view.pan(by);
            }
        }
        if !panning {
            self.view.end_drag();
        }
        if !ui.text_edit_focused() && ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, egui::Key::Enter)) {
            self.step_tool(editor, Input::Key(Key::Enter));
        }
        if response.hovered() {
            let icon = match editor.scene(self.view.zoom()) {
                _ if panning => CursorIcon::Grab,
                Some(scene) => cursor_icon(editor.tool.cursor(self.pointer, &scene)),
                None => CursorIcon::Default,
            };
            ui.set_cursor_icon(icon);
        }
    }

    /// A secondary click selects what it hits, so that the context menu speaks of it.
    fn select_under(&self, editor: &mut Editor, p: Pointer) {
        let Some(scene) = editor.scene(self.view.zoom()) else { return };
        let stack = crate::tools::shapes_at(&scene, p.at);
        if let Some(first) = stack.first()
            && !stack.iter().any(|lid| editor.selection.contains(*lid))
        {
            editor.selection.set([*first]);
        }
    }

    /// Brings the retained layer up to date with the document: all of it for another image, what was touched otherwise.
    fn follow(&mut self, editor: &mut Editor) {
        let Some(input) = editor.current().cloned() else { return };
        if self.shown.is_stale(editor.scene_generation) {
            self.shapes.clear();
            self.overlaid.clear();
            self.bold.clear();
            for annotation in editor.document.of_input(&input) {
                if let Some(outline) = annotation.shape().and_then(outline) {
                    self.shapes.set(key(annotation.lid), &outline, look(editor, annotation));
                }
            }
            editor.touched.clear();
        } else {
            for lid in std::mem::take(&mut editor.touched) {
                let annotation = editor.document.get(lid).filter(|a| a.input == input);
                match annotation.and_then(|a| Some((a, a.shape().and_then(outline)?))) {
                    Some((annotation, outline)) => self.shapes.set(key(lid), &outline, look(editor, annotation)),
                    None => self.shapes.remove(key(lid)),
                }
            }
        }
        self.follow_overlay(editor);
    }

    /// Shapes that are drawn on top are hidden below; a large selection is made bold instead.
    fn follow_overlay(&mut self, editor: &Editor) {
        let small = editor.selection.len() <= OVERLAID_SELECTION;
        let selected: Vec<LocalId> = editor.selection.iter().collect();
        let (overlaid, bold) = if small { (selected, Vec::new()) } else { (Vec::new(), selected) };
        if overlaid != self.overlaid {
            for lid in &self.overlaid {
                if !editor.hidden.contains(lid) {
                    self.shapes.set_visibility(key(*lid), Visibility::Shown);
                }
            }
            self.overlaid = overlaid;
        }
        for lid in &self.overlaid {
            self.shapes.set_visibility(key(*lid), Visibility::Hidden);
        }
        if bold != self.bold {
            for (lids, emphasis) in [(&self.bold, Emphasis::Normal), (&bold, Emphasis::Strong)] {
                for lid in lids {
                    if let Some(look) = self.shapes.look(key(*lid)) {
                        self.shapes.set_look(key(*lid), ShapeLook { emphasis, ..look });
                    }
                }
            }
            self.bold = bold;
        }
    }

    fn paint_shapes(&mut self, ui: &Ui, response: &Response, editor: &Editor, input: &InputId) {
        let rect = response.rect;
        let ui_from_image = self.view.ui_from_image();
        self.shapes.paint(ui, rect, ui_from_image);
        let painter = ui.painter_at(rect);
        let overlay = Overlay { painter: &painter, ui_from_image };
        let Some(scene) = editor.scene(self.view.zoom()) else { return };
        let previews = editor.tool.previews(&scene);
        let changed = |lid: LocalId| previews.iter().any(|p| matches!(p, Preview::Changed(l, _) if *l == lid));
        let in_view = self.in_view(editor, input);
        paint_conflicts(overlay, editor, &in_view);
        if let Some(row) = editor.review.as_ref().and_then(|r| r.current())
            && let Some(bounds) = editor.document.get(row.lid).and_then(Annotation::bounds)
        {
            let bright = ui_rect(ui_from_image.apply_rect(bounds)).expand(24.0);
            overlay::dim_around(&painter, rect, bright);
        }
        for lid in self.overlaid.iter().filter(|lid| !changed(**lid) && !editor.hidden.contains(lid)) {
            let Some(annotation) = editor.document.get(*lid) else { continue };
            let Some(shape) = annotation.shape() else { continue };
            let color = color_of(editor, annotation);
            overlay.shape(shape, Stroke::new(4.5, Color32::from_black_alpha(120)), Color32::TRANSPARENT);
            let fill = if editor.review.is_some() { Color32::TRANSPARENT } else { color.gamma_multiply(0.1) };
            overlay.shape(shape, Stroke::new(2.5, theme::SELECTED), fill);
            if editor.selection.len() == 1 {
                let active = active_vertex(&editor.tool).filter(|(l, _)| l == lid).map(|(_, i)| i);
                overlay.grips(shape, active);
            }
        }
        self.paint_hovered(overlay, editor, &changed);
        for preview in &previews {
            let color = match preview {
                Preview::Changed(lid, _) => editor.document.get(*lid).map(|a| color_of(editor, a)),
                _ => editor.active_concept.as_ref().map(|c| theme::concept_color(c, &editor.concepts)),
            };
            overlay.preview(preview, color.unwrap_or(theme::ACCENT));
        }
        paint_names(ui, response, overlay, editor, &in_view);
        self.paint_crosshair(&painter, rect, editor);
    }

    /// The shapes in view, or none where there are too many to name.
    fn in_view(&self, editor: &Editor, input: &InputId) -> Vec<LocalId> {
        let visible = self.view.visible();
        let Some(index) = editor.document.index_of(input) else { return Vec::new() };
        let mut lids: Vec<LocalId> = index.touching(visible).take(NAMED_SHAPES + 1).collect();
        if lids.len() > NAMED_SHAPES {
            return Vec::new();
        }
        lids.sort_unstable();
        lids
    }

    fn paint_hovered(&self, overlay: Overlay<'_>, editor: &Editor, changed: &impl Fn(LocalId) -> bool) {
        if !matches!(editor.tool, Tool::Select(_)) || editor.tool.is_busy() {
            return;
        }
        let (Some(p), Some(scene)) = (self.pointer, editor.scene(self.view.zoom())) else { return };
        let Some(lid) = crate::tools::shapes_at(&scene, p.at).first().copied() else { return };
        if self.overlaid.contains(&lid) || changed(lid) {
            return;
        }
        if let Some(annotation) = editor.document.get(lid)
            && let Some(shape) = annotation.shape()
        {
            let color = color_of(editor, annotation);
            overlay.shape(shape, Stroke::new(3.0, color), color.gamma_multiply(0.2));
        }
    }

    fn paint_crosshair(&self, painter: &egui::Painter, rect: egui::Rect, editor: &Editor) {
        if !matches!(editor.tool, Tool::Box(_) | Tool::Polygon(_)) {
            return;
        }
        let Some(p) = self.pointer else { return };
        let at = feed::pos_from_point(p.ui);
        for (width, color) in [(3.0, Color32::from_black_alpha(60)), (1.0, Color32::from_white_alpha(160))] {
            painter.hline(rect.x_range(), at.y, Stroke::new(width, color));
            painter.vline(at.x, rect.y_range(), Stroke::new(width, color));
        }
    }

    /// Centres the item that is up for review, once for each item, at a zoom that shows its surroundings.
    fn focus_on_review(&mut self, editor: &Editor) {
        let Some(review) = &editor.review else { return };
        let Some(row) = review.current() else { return };
        if self.shown.focused == review.focus_generation || editor.current() != Some(&row.input) {
            return;
        }
        let (Some(annotation), true) = (editor.document.get(row.lid), editor.image_size().is_some()) else { return };
        if let Some(bounds) = annotation.bounds() {
            self.view.focus(bounds);
        } else {
            self.view.fit();
        }
        self.shown.focused = review.focus_generation;
    }

    /// Shows the selection and what is around it.
    pub fn fit_selection(&mut self, editor: &Editor) {
        let bounds = editor.selection.iter().filter_map(|lid| editor.document.get(lid)?.bounds()).reduce(Rect::union);
        if let Some(bounds) = bounds {
            self.view.focus(bounds);
        }
    }
}

/// Gives the tool one input and carries out what follows; says how far the view is to move.
fn step_tool(editor: &mut Editor, zoom: f64, input: Input) -> Option<crate::geometry::Vector> {
    let tool = std::mem::take(&mut editor.tool);
    let Some(scene) = editor.scene(zoom) else {
        editor.tool = tool;
        return None;
    };
    if matches!(tool, Tool::Box(_) | Tool::Polygon(_)) && !editor.can_draw() {
        editor.tool = tool;
        return None;
    }
    let (tool, outcomes): (Tool, Vec<Outcome>) = tool.step(input, &scene);
    editor.tool = tool;
    editor.carry_out(outcomes)
}

/// The colour of an annotation: its first concept's.
#[must_use]
pub fn color_of(editor: &Editor, annotation: &Annotation) -> Color32 {
    annotation.concepts.first().map_or(theme::UNLABELLED, |c| theme::concept_color(&c.id, &editor.concepts))
}

fn look(editor: &Editor, annotation: &Annotation) -> ShapeLook {
    let color = color_of(editor, annotation);
    let hidden = editor.hidden.contains(&annotation.lid);
    ShapeLook {
        stroke: color,
        fill: color.gamma_multiply(0.14),
        pattern: if annotation.status.is_open() { Pattern::Dashed } else { Pattern::Solid },
        visibility: if hidden { Visibility::Hidden } else { Visibility::Shown },
        mark: if annotation.status == Status::ReviewDenied { LayerMark::Struck } else { LayerMark::Plain },
        emphasis: Emphasis::Normal,
    }
}

fn outline(shape: &Shape) -> Option<Outline> {
    match shape {
        Shape::Box(rect) => Some(Outline::Box(*rect)),
        Shape::Polygon(ring) => Some(Outline::Polygon(ring.clone())),
        Shape::Point(p) => Some(Outline::Point(*p)),
        Shape::Kept(_) => None,
    }
}

const fn key(lid: LocalId) -> ShapeKey {
    ShapeKey(lid.0)
}

/// The other side's copy of every annotation in conflict.
fn paint_conflicts(overlay: Overlay<'_>, editor: &Editor, in_view: &[LocalId]) {
    for lid in in_view {
        if let Some(Mark::Conflict { theirs: Some(theirs) }) = editor.marks.get(lid)
            && let Some(shape) = theirs.shape()
        {
            overlay.shape(shape, Stroke::new(2.0, theme::WARNING), theme::WARNING.gamma_multiply(0.1));
        }
    }
}

/// Labels at the shapes, and their names for screen readers.
fn paint_names(ui: &Ui, canvas: &Response, overlay: Overlay<'_>, editor: &Editor, in_view: &[LocalId]) {
    for lid in in_view {
        let Some(annotation) = editor.document.get(*lid) else { continue };
        let (Some(bounds), Some(shape)) = (annotation.bounds(), annotation.shape()) else { continue };
        if editor.hidden.contains(lid) {
            continue;
        }
        let shown = ui_rect(overlay.ui_from_image.apply_rect(bounds));
        let text = editor.label_text(annotation);
        let node = ui.interact(shown.intersect(canvas.rect), canvas.id.with(lid.0), Sense::hover());
        let name = format!("{text}, {}, {}", shape.kind(), annotation.status.text());
        node.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, &name));
        if shown.width() > 44.0 || editor.selection.contains(*lid) {
            let score = annotation.score().map(|s| format!(" {:.0} %", s * 100.0)).unwrap_or_default();
            overlay.label(label_anchor(shape, bounds), &format!("{text}{score}"), color_of(editor, annotation));
        }
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

const fn active_vertex(tool: &Tool) -> Option<(LocalId, usize)> {
    match tool {
        Tool::Select(select) => select.active_vertex(),
        _ => None,
    }
}

fn background(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode { Color32::from_gray(38) } else { Color32::from_gray(150) }
}

/// A quiet sentence in the middle.
fn hint(painter: &egui::Painter, rect: egui::Rect, text: &str) {
    painter.text(
        rect.center_bottom() - egui::vec2(0.0, 24.0),
        egui::Align2::CENTER_BOTTOM,
        text,
        egui::FontId::proportional(14.0),
        Color32::from_gray(200),
    );
}

const fn cursor_icon(cursor: Cursor) -> CursorIcon {
    match cursor {
        Cursor::Arrow => CursorIcon::Default,
        Cursor::Crosshair => CursorIcon::Crosshair,
        Cursor::Move => CursorIcon::Move,
        Cursor::Grab => CursorIcon::Grab,
        Cursor::Grabbing => CursorIcon::Grabbing,
        Cursor::Vertex => CursorIcon::PointingHand,
        Cursor::ResizeNwSe => CursorIcon::ResizeNwSe,
        Cursor::ResizeNeSw => CursorIcon::ResizeNeSw,
        Cursor::ResizeHorizontal => CursorIcon::ResizeHorizontal,
        Cursor::ResizeVertical => CursorIcon::ResizeVertical,
    }
}

/// The size of the whole canvas for an image that is not known yet.
pub const NOMINAL_SIZE: Size = Size::new(1000.0, 1000.0);
