//! The canvas: the image, its shapes, and the mouse.
//!
//! May use model, tools, geometry and the pictures of runtime. Invariant: the cost of a frame does not grow with the
//! number of shapes: they are retained in [`shape_layer`], tiles in [`image_layer`], and only what is hovered, selected
//! or being drawn is painted anew.

mod aids;
mod background;
pub mod feed;
mod grips;
mod hand;
pub mod image_layer;
mod look;
mod loupe;
pub mod mask_layer;
mod minimap;
mod names;
pub mod overlay;
mod review_look;
pub mod shape_layer;
mod shown;
mod view;

pub(super) use background::{around, fill_callback};
pub use look::color_of;
pub use loupe::Loupe;
pub use shown::Shown;
pub use view::View;

use super::command::Command;
use super::editor::Editor;
use super::execute_view::is_held;
use super::theme;
use crate::geometry::{Rect, Size};
use crate::model::{Annotation, InputId, LocalId, Shape};
use crate::runtime::NoticeLevel;
use crate::tools::{Cursor, Input, Pointer, Preview, Tool};
use egui::{Color32, CursorIcon, Response, Role, Sense, Stroke, Ui, WidgetInfo};
use feed::{Feed, rect_from_ui};
use look::{key, look, outline};
use overlay::Overlay;
use shape_layer::{Emphasis, ShapeLayer, ShapeLook, Visibility};

/// Selections up to this size are drawn with outline and grips; larger ones are made bold in the retained layer.
const OVERLAID_SELECTION: usize = 100;
/// What is nearer to the edge than this is brought into the middle when a list asks for it.
const REVEAL_MARGIN_UI: f64 = 24.0;
/// In one frame outlines of so many vertices are looked at for crossings.
const LOOKED_AT_VERTICES: usize = 20_000;

/// The canvas and what it keeps between frames.
pub struct Canvas {
    /// Where the image is.
    pub view: View,
    /// Whether the loupe is pinned.
    pub loupe: Loupe,
    background: background::Background,
    feed: Feed,
    shapes: ShapeLayer,
    shown: Shown,
    pointer: Option<Pointer>,
    overlaid: Vec<LocalId>,
    bold: Vec<LocalId>,
    review: review_look::ReviewView,
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
            loupe: Loupe::default(),
            background: background::Background::new(render_state),
            feed: Feed::default(),
            shapes: ShapeLayer::new(render_state),
            shown: Shown::default(),
            pointer: None,
            overlaid: Vec::new(),
            bold: Vec::new(),
            review: review_look::ReviewView::default(),
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

    /// Whether the last frame shows all shapes of the image; very many appear in parts.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.shapes.is_complete()
    }

    /// Gives the tool in hand a key or a cancellation.
    pub fn step_tool(&mut self, editor: &mut Editor, input: Input) {
        if input == Input::Cancel {
            self.feed.let_go();
        }
        if let Some(by) = editor.step_tool(self.view.zoom(), input) {
            self.view.pan(by);
        }
    }

    /// Shows the canvas in what is left of `ui` and takes this frame's mouse.
    pub fn ui(&mut self, ui: &mut Ui, editor: &mut Editor, images: &mut super::gallery::Gallery) -> Asked {
        let rect = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Canvas"));
        let painter = ui.painter_at(rect);
        let Some(input) = editor.current().cloned() else {
            self.background.paint(&painter, rect, egui::Rect::NOTHING);
            return Asked::default();
        };
        images.turn_to(&input);
        self.view.set_rect(rect_from_ui(rect));
        if let Some(size) = images.size_of(&input).or_else(|| editor.image_size()) {
            self.view.show(&input, size);
            self.view.set_world(minimap::world(editor, size.rect()));
        }
        self.focus_on_review(editor);
        self.reveal(editor);
        self.focus_on_trouble(editor);
        let mut asked = Asked::default();
        self.take_mouse(ui, &response, editor, &mut asked);
        self.note_review_zoom(editor);
        images.set_adjust(editor.view.adjust);
        self.background.paint(&painter, rect, images.covered(rect, self.view.ui_from_image(), &input));
        images.paint(ui, rect, self.view.ui_from_image(), (&input, review_look::way_on(editor)));
        self.note_review_seen(ui, editor, images);
        if editor.is_ready() {
            images.masks.follow(editor);
            self.click_mask(&response, editor, images);
            self.follow(ui, editor);
            self.paint_masks(ui, &response, editor, images);
            self.paint_shapes(ui, &response, editor, &input);
            self.loupe_ui(ui, rect, editor, images);
            minimap::minimap_ui(ui, rect, &mut self.view, editor, images);
        } else {
            hint(&painter, rect, "Loading…");
        }
        asked
    }

    /// A click where no shape is selects the mask that covers the place.
    fn click_mask(&self, response: &Response, editor: &mut Editor, images: &super::gallery::Gallery) {
        let free = matches!(editor.tool, Tool::Select(_)) && !editor.tool.is_busy() && editor.selection.is_empty();
        let (Some(p), Some(size)) = (self.pointer.filter(|_| response.clicked() && free), editor.image_size()) else {
            return;
        };
        editor.selection.set(images.masks.at(editor, p.at, size));
    }

    fn paint_masks(&self, ui: &Ui, response: &Response, editor: &Editor, images: &super::gallery::Gallery) {
        let Some(size) = editor.image_size() else { return };
        let painter = ui.painter_at(response.rect);
        let overlay = Overlay { painter: &painter, ui_from_image: self.view.ui_from_image() };
        images.masks.paint(ui, response, overlay, editor, size);
    }

    fn take_mouse(&mut self, ui: &Ui, response: &Response, editor: &mut Editor, asked: &mut Asked) {
        self.view.pan_and_zoom(ui, response);
        let by_keys = editor.shaping.cursor.is_some(); // then Space places a point
        let panning = ui.input(|i| i.key_down(egui::Key::Space)) && !ui.text_edit_focused() && !by_keys;
        let fed = self.feed.take(ui, response, self.view.ui_from_image().inverse());
        self.pointer = fed.pointer;
        asked.context_menu = fed.secondary_click;
        if let (Some(p), Some(_)) = (fed.secondary_click, editor.current()) {
            self.select_under(editor, self.view.pointer_at(p));
        }
        self.pan_past_the_edge(ui, response, editor);
        for input in fed.inputs {
            self.explain_lock(editor, input);
            if panning {
                self.view.drag(input);
            } else if let Some(by) = editor.step_tool(self.view.zoom(), input) {
                self.view.pan(by);
            }
        }
        if !panning {
            self.view.end_drag();
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
        let scene = crate::tools::Scene { untouchable: &editor.seen.hidden, ..scene };
        let stack = crate::tools::shapes_at(&scene, p.at);
        if let Some(first) = stack.first()
            && !stack.iter().any(|lid| editor.selection.contains(*lid))
        {
            editor.selection.set([*first]);
        }
    }

    /// Brings the retained layer up to date with the document: all of it for another image, what was touched otherwise.
    fn follow(&mut self, ui: &Ui, editor: &mut Editor) {
        let Some(input) = editor.current().cloned() else { return };
        if self.shown.is_stale(editor.scene_generation) {
            self.shapes.clear();
            self.overlaid.clear();
            self.bold.clear();
            let drawn = editor.document.of_input(&input).filter_map(|annotation| {
                let outline = annotation.shape().and_then(outline)?;
                Some((key(annotation.lid), outline, look(editor, annotation)))
            });
            self.shapes.fill(drawn);
            editor.touched.clear();
            self.shown.look_is_stale(editor.look_generation);
        } else {
            if self.shown.look_is_stale(editor.look_generation) {
                self.look_anew(editor, &input);
            }
            for lid in std::mem::take(&mut editor.touched) {
                let annotation = editor.document.get(lid).filter(|a| a.input == input);
                match annotation.and_then(|a| Some((a, a.shape().and_then(outline)?))) {
                    Some((annotation, outline)) => self.shapes.set(key(lid), &outline, look(editor, annotation)),
                    None => self.shapes.remove(key(lid)),
                }
            }
        }
        self.follow_overlay(editor);
        let in_view = names::in_view(editor, &input, self.view.visible());
        if !editor.look_for_crossings(&in_view.lids, LOOKED_AT_VERTICES) {
            ui.request_repaint(); // the rest in the next frame
        }
    }

    /// Every shape looks different, but is where it was.
    fn look_anew(&mut self, editor: &Editor, input: &InputId) {
        for annotation in editor.document.of_input(input) {
            self.shapes.set_look(key(annotation.lid), look(editor, annotation));
        }
        self.overlaid.clear();
        self.bold.clear();
    }

    /// Shapes that are drawn on top are hidden below; a large selection is made bold instead.
    fn follow_overlay(&mut self, editor: &Editor) {
        let small = editor.selection.len() <= OVERLAID_SELECTION;
        let (overlaid, bold): (Vec<LocalId>, Vec<LocalId>) =
            editor.selection.iter().partition(|lid| small && !grips::is_large(editor, *lid));
        if overlaid != self.overlaid {
            for lid in &self.overlaid {
                if !editor.seen.hidden.contains(lid) {
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
        let mut previews = editor.tool.previews(&scene);
        if let Some(refine) = &editor.shaping.refine {
            previews.extend(refine.rings().map(|(lid, ring)| Preview::Changed(lid, Shape::Polygon(ring.clone()))));
        }
        let changed = |lid: LocalId| {
            let changes = |p: &Preview| match p {
                Preview::Changed(l, _) | Preview::Reshaped { lid: l, .. } => *l == lid,
                _ => false,
            };
            previews.iter().any(changes)
        };
        let in_view = names::in_view(editor, input, self.view.visible());
        crate::ui::sync::ghosts::paint_ghosts(overlay, editor);
        review_look::paint(overlay, editor, rect);
        // What is up for review is seen, hidden or not.
        let reviewed = editor.review.as_ref().and_then(|r| r.current()).map(|row| row.lid);
        let seen = |lid: &LocalId| reviewed == Some(*lid) || !editor.seen.hidden.contains(lid);
        for lid in self.overlaid.iter().filter(|lid| !changed(**lid) && seen(lid)) {
            let Some(annotation) = editor.document.get(*lid).filter(|_| review_look::shows_now(editor, *lid)) else {
                continue;
            };
            let Some(shape) = annotation.shape() else { continue };
            let color = color_of(editor, annotation);
            overlay.shape(shape, Stroke::new(4.5, Color32::from_black_alpha(120)), Color32::TRANSPARENT);
            let fill = if editor.review.is_some() { Color32::TRANSPARENT } else { color.gamma_multiply(0.1) };
            overlay.shape(shape, Stroke::new(2.5, theme::SELECTED), fill);
        }
        if editor.shaping.refine.is_none() {
            let gripped = |lid| changed(lid) || !review_look::shows_now(editor, lid);
            grips::grips_ui(overlay, editor, &scene, &gripped);
        }
        self.paint_hovered(overlay, editor, &changed);
        for preview in &previews {
            let color = match preview {
                Preview::Changed(lid, _) | Preview::Reshaped { lid, .. } => {
                    editor.document.get(*lid).map(|a| color_of(editor, a))
                }
                _ => editor.active_concept.as_ref().map(|c| theme::concept_color(c, &editor.concepts)),
            };
            overlay.preview(preview, color.unwrap_or(theme::ACCENT));
        }
        if editor.view.pixel_grid.is_on() {
            aids::paint_pixel_grid(&painter, rect, ui_from_image, scene.image.rect());
        }
        for lid in in_view.lids.iter().filter(|lid| !changed(**lid) && !editor.seen.hidden.contains(*lid)) {
            overlay.crossings(editor.crossings(*lid));
        }
        names::names_ui(ui, response, overlay, editor, &in_view);
        self.paint_cursor(&painter, editor);
        self.paint_crosshair(&painter, rect, editor);
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
        if !editor.view.crosshair.is_on() || !editor.tool.draws() || editor.shaping.cursor.is_some() {
            return;
        }
        let Some(p) = self.pointer else { return };
        aids::paint_crosshair(painter, rect, feed::pos_from_point(p.ui));
    }

    /// Brings what a list asked for into view, at the zoom that there is.
    fn reveal(&mut self, editor: &mut Editor) {
        let Some(lid) = editor.reveal.take() else { return };
        if let Some(bounds) = editor.document.get(lid).and_then(Annotation::bounds)
            && !self.view.visible().grown(-REVEAL_MARGIN_UI / self.view.zoom()).intersects(bounds)
        {
            self.view.centre_on(bounds.center());
        }
    }

    /// The loupe, while its key is held or it is pinned.
    fn loupe_ui(&self, ui: &Ui, rect: egui::Rect, editor: &Editor, images: &mut super::gallery::Gallery) {
        let held = !ui.text_edit_focused() && editor.review.is_none() && is_held(ui, Command::Loupe);
        if !held && !self.loupe.is_pinned() {
            return;
        }
        let (Some(pointer), Some(scene)) = (self.pointer, editor.scene(self.view.zoom())) else { return };
        let previews = editor.tool.previews(&scene);
        loupe::loupe_ui(ui, rect, (pointer, self.view.zoom()), editor, images, &previews);
    }

    /// A gesture that is dragged past the edge of the canvas takes the view along, as far as there is something to see.
    fn pan_past_the_edge(&mut self, ui: &Ui, canvas: &Response, editor: &mut Editor) {
        if !self.feed.is_held() || !editor.tool.is_busy() || matches!(editor.tool, Tool::Pan(_)) {
            return;
        }
        let Some(pos) = ui.input(|i| i.pointer.latest_pos()).filter(|pos| !canvas.rect.contains(*pos)) else { return };
        let seconds = ui.input(|i| i.stable_dt).min(0.1);
        if self.view.pan_towards(feed::point_from_pos(pos), f64::from(seconds)) {
            let mut pointer = self.view.pointer_at(pos);
            pointer.modifiers = self.pointer.map(|p| p.modifiers).unwrap_or_default();
            self.pointer = Some(pointer);
            editor.step_tool(self.view.zoom(), Input::Move(pointer));
            ui.request_repaint();
        }
    }

    /// Says why a press on a locked shape takes hold of nothing.
    fn explain_lock(&self, editor: &mut Editor, input: Input) {
        let (Input::Down(p) | Input::DoubleClick(p)) = input else { return };
        if editor.seen.locked.is_empty() || !matches!(editor.tool, Tool::Select(_)) {
            return;
        }
        let Some(scene) = editor.scene(self.view.zoom()) else { return };
        let held = crate::tools::Scene { untouchable: &editor.seen.hidden, ..scene };
        if crate::tools::shapes_at(&scene, p.at).is_empty()
            && let Some(lid) = crate::tools::shapes_at(&held, p.at).first()
            && let Some(annotation) = editor.document.get(*lid)
        {
            let name = editor.label_text(annotation);
            let text = format!("{name} is locked; a right click selects it, Ctrl+L unlocks it");
            editor.tell(NoticeLevel::Info, text);
        }
    }

    /// Shows the problem that was gone to, once.
    fn focus_on_trouble(&mut self, editor: &mut Editor) {
        let Some(lid) = editor.settling.focus.filter(|_| editor.is_ready()) else { return };
        let own = editor.document.get(lid).and_then(Annotation::bounds);
        if let Some(bounds) = editor.settling.take_focus(editor.marks.get(&lid), own) {
            self.view.focus(bounds);
        }
    }

    /// Shows the selection and what is around it.
    pub fn fit_selection(&mut self, editor: &Editor) {
        let bounds = editor.selection.iter().filter_map(|lid| editor.document.get(lid)?.bounds()).reduce(Rect::union);
        if let Some(bounds) = bounds {
            self.view.focus(bounds);
        }
    }
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
