//! Masks that others made: translucent, in the colour of their concept. They are decoded off the frame and kept as textures
//! while their image is shown; they can be selected, labelled, reviewed and deleted, not redrawn.

use super::feed::ui_rect;
use super::overlay::Overlay;
use crate::geometry::{Point, Rect, Size};
use crate::model::{Annotation, LocalId};
use crate::runtime::pictures::{MaskPixels, Pictures};
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{
    Color32, ColorImage, Response, Role, Sense, Stroke, TextureHandle, TextureOptions, Ui, WidgetInfo, pos2, vec2,
};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// How opaque a mask is, and how opaque while it is selected.
const OPACITY: (f32, f32) = (0.4, 0.65);
/// A mask narrower than this on the screen gets no label.
const LABELLED_WIDTH_UI: f32 = 44.0;
/// What is covered less than this is not hit.
const HIT_FROM: u8 = 128;

/// The masks of the shown image.
#[derive(Default)]
pub struct MaskLayer {
    generation: Option<u64>,
    masks: BTreeMap<LocalId, Mask>,
}

struct Mask {
    /// Of the text: two annotations with the same mask share an answer, a changed one asks anew.
    key: u64,
    state: State,
}

enum State {
    Wanted,
    Asked,
    Shown(Box<Decoded>),
    /// It cannot be read; it stays in the list of annotations.
    Unreadable,
}

struct Decoded {
    texture: TextureHandle,
    pixels: MaskPixels,
    /// In parts of the image: left, top, right, bottom.
    bounds: Option<[f64; 4]>,
}

impl MaskLayer {
    /// Another project.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Brings the masks up to date with the document. To be called before the touched annotations are forgotten.
    pub fn follow(&mut self, editor: &Editor) {
        let Some(input) = editor.current() else { return };
        if self.generation.replace(editor.scene_generation) == Some(editor.scene_generation) {
            for lid in &editor.touched {
                let annotation = editor.document.get(*lid).filter(|a| a.input == *input);
                self.update(*lid, annotation);
            }
        } else {
            let of_image: Vec<&Annotation> = editor.document.of_input(input).collect();
            self.masks.retain(|lid, _| of_image.iter().any(|a| a.lid == *lid));
            for annotation in of_image {
                self.update(annotation.lid, Some(annotation));
            }
        }
    }

    fn update(&mut self, lid: LocalId, annotation: Option<&Annotation>) {
        let Some(text) = annotation.and_then(Annotation::mask_base64) else {
            self.masks.remove(&lid);
            return;
        };
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let key = hasher.finish();
        if self.masks.get(&lid).is_none_or(|mask| mask.key != key || matches!(mask.state, State::Asked)) {
            self.masks.insert(lid, Mask { key, state: State::Wanted });
        }
    }

    /// Asks the workers for what is not decoded yet.
    pub fn ask(&mut self, pictures: &Pictures, editor: &Editor) {
        for (lid, mask) in &mut self.masks {
            if matches!(mask.state, State::Wanted)
                && let Some(text) = editor.document.get(*lid).and_then(Annotation::mask_base64)
            {
                pictures.want_mask(mask.key, text);
                mask.state = State::Asked;
            }
        }
    }

    /// Takes an answer in.
    pub fn take(&mut self, ctx: &egui::Context, key: u64, result: &Result<MaskPixels, String>) {
        for mask in self.masks.values_mut().filter(|mask| mask.key == key) {
            mask.state = match result {
                Ok(pixels) => {
                    let size = [pixels.width_px as usize, pixels.height_px as usize];
                    let covered = pixels.coverage.iter().map(|c| Color32::from_white_alpha(*c)).collect();
                    let image = ColorImage::new(size, covered);
                    let texture = ctx.load_texture(format!("mask {key:x}"), image, TextureOptions::LINEAR);
                    State::Shown(Box::new(Decoded { texture, bounds: pixels.bounds(), pixels: pixels.clone() }))
                }
                Err(reason) => {
                    tracing::info!("{reason}");
                    State::Unreadable
                }
            };
        }
    }

    fn shown<'a>(&'a self, editor: &'a Editor) -> impl DoubleEndedIterator<Item = (&'a Annotation, &'a Decoded)> {
        self.masks.iter().filter(|(lid, _)| !editor.seen.hidden.contains(lid)).filter_map(|(lid, mask)| {
            match &mask.state {
                State::Shown(decoded) => Some((editor.document.get(*lid)?, &**decoded)),
                _ => None,
            }
        })
    }

    /// Draws the masks, with their names where they are wide enough, and a frame round the selected ones.
    pub fn paint(&self, ui: &Ui, canvas: &Response, overlay: Overlay<'_>, editor: &Editor, image: Size) {
        let whole = ui_rect(overlay.ui_from_image.apply_rect(image.rect()));
        let uv = egui::Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        for (annotation, decoded) in self.shown(editor) {
            let selected = editor.selection.contains(annotation.lid);
            let color = super::color_of(editor, annotation);
            let opacity = if selected { OPACITY.1 } else { OPACITY.0 };
            overlay.painter.image(decoded.texture.id(), whole, uv, color.gamma_multiply(opacity));
            let Some(bounds) = decoded.bounds.map(|b| in_pixels(b, image)) else { continue };
            let framed = ui_rect(overlay.ui_from_image.apply_rect(bounds));
            if selected {
                let stroke = Stroke::new(1.5, theme::SELECTED);
                overlay.painter.rect_stroke(framed, 0.0, stroke, egui::StrokeKind::Outside);
            }
            let text = editor.label_text(annotation);
            let node = ui.interact(framed.intersect(canvas.rect), canvas.id.with(annotation.lid.0), Sense::hover());
            let name = format!("{text}, mask, {}", annotation.status.text());
            node.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, &name));
            if editor.view.labels.is_on() && (framed.width() > LABELLED_WIDTH_UI || selected) {
                let at = framed.min + vec2(4.0, 4.0);
                let font = egui::FontId::proportional(12.0);
                let ink = super::overlay::ink_on(color);
                let galley = overlay.painter.layout_no_wrap(text, font, ink);
                let paper = egui::Rect::from_min_size(at, galley.size()).expand2(vec2(4.0, 1.0));
                overlay.painter.rect_filled(paper, 3.0, color.gamma_multiply(0.92));
                overlay.painter.galley(at, galley, ink);
            }
        }
    }

    /// The mask that covers a place of the image; of several the smallest.
    #[must_use]
    pub fn at(&self, editor: &Editor, p: Point, image: Size) -> Option<LocalId> {
        let (x, y) = (p.x / image.width, p.y / image.height);
        let area = |b: [f64; 4]| (b[2] - b[0]) * (b[3] - b[1]);
        self.shown(editor)
            .filter(|(_, decoded)| decoded.pixels.at(x, y) >= HIT_FROM)
            .min_by(|a, b| area(a.1.bounds.unwrap_or_default()).total_cmp(&area(b.1.bounds.unwrap_or_default())))
            .map(|(annotation, _)| annotation.lid)
    }
}

fn in_pixels([left, top, right, bottom]: [f64; 4], image: Size) -> Rect {
    Rect {
        min: Point::new(left * image.width, top * image.height),
        max: Point::new(right * image.width, bottom * image.height),
    }
}
