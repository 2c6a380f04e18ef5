//! The pictures of the window: tiles of the shown image, thumbnails, and why an image cannot be shown.

use super::canvas::image_layer::ImageLayer;
use super::canvas::mask_layer::MaskLayer;
use super::editor::Editor;
use super::theme;
use crate::geometry::{Size, Transform};
use crate::model::InputId;
use crate::runtime::pictures::{PictureEvent, Pictures};
use crate::runtime::pictures::{TileKey, TilePixels};
use egui::{Color32, ColorImage, TextureHandle, TextureId, TextureOptions, Ui, Vec2};
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

/// Thumbnails whose textures are kept.
const THUMBNAILS_KEPT: usize = 400;
/// Images decoded ahead of the shown one.
const PREFETCHED: usize = 3;
/// Of a project that was just opened the first image has the decoders to itself until it is seen, but no longer than this.
const TO_ITSELF: Duration = Duration::from_secs(1);

/// An image that is decoded and not shown yet: its size, and the tile that shows all of it.
#[derive(Debug)]
struct Ahead {
    size_px: (u32, u32),
    key: TileKey,
    pixels: TilePixels,
}

/// The pictures of the window.
pub struct Gallery {
    /// The masks of the shown image.
    pub masks: MaskLayer,
    layer: ImageLayer,
    opened: Option<(InputId, Size)>,
    /// Whether what is drawn of it is a coarse copy, and the picture is still being decoded.
    is_coming: bool,
    asked_for: Option<InputId>,
    /// The image whose neighbours were asked for.
    looked_from: Option<InputId>,
    /// When the first image was asked for.
    begun: Option<Instant>,
    wanted_tiles: Vec<TileKey>,
    sent_tiles: Vec<TileKey>,
    /// With the frame in which each was drawn last.
    thumbnails: HashMap<InputId, (TextureHandle, u64)>,
    wanted_thumbnails: BTreeSet<InputId>,
    thumbnail_px: u32,
    frame: u64,
    crops: super::crop_cache::CropCache,
    ahead_of: Option<u64>,
    /// Of the images that are likely to be shown next: what draws them in the frame in which they are.
    ahead: HashMap<InputId, Ahead>,
    asked_ahead: Vec<InputId>,
    failed: HashMap<InputId, String>,
}

impl Gallery {
    /// Nothing shown yet, for the renderer of this window; `None` in tests without one.
    #[must_use]
    pub fn new(render_state: Option<&eframe::egui_wgpu::RenderState>) -> Self {
        Self {
            masks: MaskLayer::default(),
            layer: ImageLayer::new(render_state),
            opened: None,
            is_coming: false,
            asked_for: None,
            looked_from: None,
            begun: None,
            wanted_tiles: Vec::new(),
            sent_tiles: Vec::new(),
            thumbnails: HashMap::new(),
            wanted_thumbnails: BTreeSet::new(),
            thumbnail_px: 0,
            frame: 0,
            crops: super::crop_cache::CropCache::default(),
            ahead_of: None,
            ahead: HashMap::new(),
            asked_ahead: Vec::new(),
            failed: HashMap::new(),
        }
    }

    /// Forgets the pictures of a project that was closed.
    pub fn clear(&mut self) {
        self.masks.clear();
        self.layer.clear();
        self.opened = None;
        self.is_coming = false;
        self.asked_for = None;
        (self.looked_from, self.begun) = (None, None);
        self.wanted_tiles.clear();
        self.sent_tiles.clear();
        self.thumbnails.clear();
        self.wanted_thumbnails.clear();
        self.crops.clear();
        self.ahead.clear();
        self.asked_ahead.clear();
        self.failed.clear();
    }

    /// Another image is to be shown: where it was decoded ahead it is drawn in this frame.
    pub fn turn_to(&mut self, input: &InputId) {
        if self.opened.as_ref().is_some_and(|(opened, _)| opened == input) {
            return;
        }
        if let Some(ahead) = self.ahead.remove(input) {
            self.open(input.clone(), ahead.size_px);
            self.layer.add_tile(ahead.key, ahead.pixels);
        }
    }

    fn open(&mut self, input: InputId, size_px: (u32, u32)) {
        self.layer.show_image(size_px.0, size_px.1);
        self.sent_tiles.clear();
        self.is_coming = false;
        self.opened = Some((input, size_of(size_px)));
    }

    /// Whether an image was drawn in the last frame, or was said to be none that can be drawn.
    #[must_use]
    pub fn is_seen(&self, input: &InputId) -> bool {
        self.failed.contains_key(input) || self.size_of(input).is_some() && self.layer.texture_count() > 0
    }

    /// How many images that are likely to be shown next would be drawn in the frame in which they are.
    #[must_use]
    pub fn images_ahead(&self) -> usize {
        self.ahead.len()
    }

    /// The size of an image, once it is decoded.
    #[must_use]
    pub fn size_of(&self, input: &InputId) -> Option<Size> {
        self.opened.as_ref().filter(|(opened, _)| opened == input).map(|(_, size)| *size)
    }

    /// Why an image cannot be shown.
    #[must_use]
    pub fn failure_of(&self, input: &InputId) -> Option<&str> {
        self.failed.get(input).map(String::as_str)
    }

    /// Whether everything that the view needs is drawn.
    #[must_use]
    pub fn is_sharp(&self) -> bool {
        self.opened.is_some() && !self.is_coming && self.wanted_tiles.is_empty() && self.layer.waiting_count() == 0
    }

    /// Whether at least a blurred picture is drawn.
    #[must_use]
    pub fn has_pixels(&self) -> bool {
        self.layer.texture_count() > 0
    }

    /// The part of the canvas (in ui points) that the picture hides whole, so that nothing need be drawn behind it.
    #[must_use]
    pub fn covered(&self, canvas: egui::Rect, ui_from_image: Transform, input: &InputId) -> egui::Rect {
        if self.size_of(input).is_none() || self.failed.contains_key(input) {
            return egui::Rect::NOTHING;
        }
        self.layer.covered(canvas, ui_from_image)
    }

    /// The project that is being opened will show this image: it is decoded meanwhile.
    pub fn expect(&mut self, input: InputId, pictures: &Pictures) {
        pictures.open(input.as_str());
        self.asked_for = Some(input);
        self.begun = Some(Instant::now());
    }

    /// Takes in what the workers have done. Never waits.
    pub fn take(&mut self, ctx: &egui::Context, pictures: &Pictures) {
        self.frame = ctx.cumulative_frame_nr();
        if let (Some(begun), None) = (self.begun, &self.looked_from)
            && let left = TO_ITSELF.saturating_sub(begun.elapsed())
            && !left.is_zero()
        {
            ctx.request_repaint_after(left);
        }
        for event in pictures.drain() {
            match event {
                PictureEvent::Coming { input_id, size_px } => {
                    let input = InputId(input_id);
                    if self.asked_for.as_ref() == Some(&input) && self.size_of(&input).is_none() {
                        self.open(input, size_px);
                        self.is_coming = true;
                    }
                }
                PictureEvent::Opened { input_id, size_px, .. } => self.decoded(InputId(input_id), size_px),
                PictureEvent::Ahead { input_id, size_px, key, pixels } => {
                    let input = InputId(input_id);
                    if self.asked_ahead.contains(&input) {
                        self.ahead.insert(input, Ahead { size_px, key, pixels });
                    }
                    continue; // nothing to draw yet
                }
                PictureEvent::Tile { input_id, key, pixels } => {
                    if self.opened.as_ref().is_some_and(|(opened, _)| opened.0 == input_id) {
                        self.layer.add_tile(key, pixels);
                    }
                }
                PictureEvent::Thumbnail { input_id, pixels } => self.add_thumbnail(ctx, InputId(input_id), &pixels),
                PictureEvent::Mask { key, result } => self.masks.take(ctx, key, &result),
                PictureEvent::Crop { key, pixels } => self.crops.add(ctx, key, &pixels),
                PictureEvent::Failed { input_id, reason } => {
                    let input = InputId(input_id);
                    if self.is_coming && self.size_of(&input).is_some() {
                        // Nobody should work on a coarse copy of what turned out to be damaged.
                        self.layer.clear();
                        self.opened = None;
                        self.is_coming = false;
                    }
                    self.failed.insert(input, reason);
                }
            }
            ctx.request_repaint();
        }
    }

    /// The picture that was asked for is decoded.
    fn decoded(&mut self, input: InputId, size_px: (u32, u32)) {
        if self.asked_for.as_ref() != Some(&input) {
            return;
        }
        self.failed.remove(&input);
        if self.size_of(&input) != Some(size_of(size_px)) {
            self.open(input, size_px);
        } else if std::mem::take(&mut self.is_coming) {
            self.layer.renew();
            self.sent_tiles.clear();
        }
    }

    fn add_thumbnail(&mut self, ctx: &egui::Context, input: InputId, pixels: &TilePixels) {
        if self.thumbnails.len() >= THUMBNAILS_KEPT {
            let mut frames: Vec<u64> = self.thumbnails.values().map(|(_, frame)| *frame).collect();
            frames.sort_unstable();
            let middle = frames[frames.len() / 2];
            // The half that was not on the screen lately; all that is, where everything is.
            self.thumbnails.retain(|_, (_, frame)| *frame > middle);
        }
        let size = [pixels.width_px as usize, pixels.height_px as usize];
        let image = ColorImage::from_rgba_premultiplied(size, &pixels.rgba);
        let texture = ctx.load_texture(format!("thumbnail {input}"), image, TextureOptions::LINEAR);
        self.thumbnails.insert(input, (texture, self.frame));
    }

    /// The thumbnail of an image, if it is there; asks for it otherwise.
    pub fn thumbnail(&mut self, input: &InputId, side_px: u32) -> Option<(TextureId, Vec2)> {
        self.thumbnail_px = side_px;
        match self.thumbnails.get_mut(input) {
            Some((texture, frame)) => {
                *frame = self.frame;
                Some((texture.id(), texture.size_vec2()))
            }
            None => {
                if !self.failed.contains_key(input) {
                    self.wanted_thumbnails.insert(input.clone());
                }
                None
            }
        }
    }

    /// Small parts of images: those that are there, and wishes for the others.
    pub const fn crops(&mut self) -> &mut super::crop_cache::CropCache {
        &mut self.crops
    }

    /// Draws the image, or why there is none and how to go on.
    pub fn paint(&mut self, ui: &Ui, canvas: egui::Rect, ui_from_image: Transform, (input, way_on): (&InputId, &str)) {
        if let Some(reason) = self.failed.get(input) {
            error_card(ui, canvas, reason, way_on);
            return;
        }
        if self.size_of(input).is_some() {
            self.wanted_tiles = self.layer.paint(ui, canvas, ui_from_image);
        }
    }

    /// How the light of pictures is changed from now on.
    pub const fn set_adjust(&mut self, adjust: super::view_options::Adjust) {
        self.layer.set_adjust(adjust);
    }

    /// Shows the picture once more, all of it and small.
    pub fn paint_minimap(&mut self, ui: &Ui, rect: egui::Rect, ui_from_image: Transform) {
        self.layer.paint_minimap(ui, rect, ui_from_image);
    }

    /// Shows the picture once more, enlarged.
    pub fn paint_loupe(&mut self, ui: &Ui, rect: egui::Rect, ui_from_image: Transform) {
        let missing = self.layer.paint_loupe(ui, rect, ui_from_image);
        self.wanted_tiles.extend(missing);
    }

    /// Asks the workers for what this frame found missing.
    pub fn ask(&mut self, pictures: &Pictures, editor: Option<&Editor>) {
        let Some(editor) = editor else { return };
        let Some(current) = editor.current() else { return };
        if self.asked_for.as_ref() != Some(current) {
            self.asked_for = Some(current.clone());
            if self.size_of(current).is_none() {
                self.opened = None;
                self.is_coming = false;
                self.layer.clear();
                self.wanted_tiles.clear();
            }
            self.failed.remove(current);
            pictures.open(current.as_str());
            self.begun.get_or_insert_with(Instant::now);
        }
        if self.looked_from.as_ref() != Some(current) && self.leaves_room(current) {
            self.looked_from = Some(current.clone());
            self.look_ahead(pictures, editor);
        }
        // Another item of the queue, or another queue: other images come next.
        let queue = editor.review.as_ref().map(|review| review.focus_generation);
        if queue != self.ahead_of {
            self.ahead_of = queue;
            self.look_ahead(pictures, editor);
        }
        let wishes = self.crops.take_wishes();
        if !wishes.is_empty() {
            pictures.want_crops(wishes);
        }
        if self.wanted_tiles != self.sent_tiles {
            pictures.want_tiles(current.as_str(), &self.wanted_tiles);
            self.sent_tiles.clone_from(&self.wanted_tiles);
        }
        self.masks.ask(pictures, editor);
        if self.looked_from.is_some() {
            for input in std::mem::take(&mut self.wanted_thumbnails) {
                pictures.want_thumbnail(input.as_str(), self.thumbnail_px);
            }
        }
    }
}

impl Gallery {
    /// Whether others may be decoded beside the shown one.
    fn leaves_room(&self, current: &InputId) -> bool {
        let waited = || self.begun.is_none_or(|begun| begun.elapsed() >= TO_ITSELF);
        self.looked_from.is_some() || self.is_seen(current) || waited()
    }

    /// Has the images decoded that are likely to be shown next, and lets go of what was kept of others.
    fn look_ahead(&mut self, pictures: &Pictures, editor: &Editor) {
        let ahead = ahead(editor);
        pictures.prefetch(&ahead);
        self.ahead.retain(|input, _| ahead.contains(&input.as_str()));
        self.asked_ahead = ahead.into_iter().map(InputId::from).collect();
    }
}

fn size_of((width, height): (u32, u32)) -> Size {
    Size::new(f64::from(width), f64::from(height))
}

/// The images that are likely to be shown next: of the review queue, or of the list.
fn ahead(editor: &Editor) -> Vec<&str> {
    if let Some(review) = &editor.review {
        return review.images_ahead(PREFETCHED).into_iter().map(InputId::as_str).collect();
    }
    editor.neighbours(PREFETCHED - 1)
}

/// In the place of an image that cannot be shown: why, and that everything else goes on.
fn error_card(ui: &Ui, canvas: egui::Rect, reason: &str, way_on: &str) {
    let painter = ui.painter_at(canvas);
    let width = (canvas.width() * 0.7).min(560.0);
    let font = egui::FontId::proportional(15.0);
    let text = format!("This image cannot be shown\n\n{reason}\n\nIts annotations are kept. {way_on}");
    let galley = painter.layout(text, font, Color32::WHITE, width - 48.0);
    let card = egui::Rect::from_center_size(canvas.center(), egui::vec2(width, galley.size().y + 48.0));
    painter.rect_filled(card, egui::CornerRadius::same(8), Color32::from_rgb(60, 30, 24));
    let stroke = egui::Stroke::new(1.5, theme::ERROR);
    painter.rect_stroke(card, egui::CornerRadius::same(8), stroke, egui::StrokeKind::Inside);
    painter.galley(card.min + egui::vec2(24.0, 24.0), galley, Color32::WHITE);
}
