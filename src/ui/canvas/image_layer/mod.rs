//! The picture under the shapes: tiles as textures, the coarse one first, the sharp ones as they come.
//!
//! The layer says which tiles it wants and is given their pixels; it knows no files and no threads. It draws them with
//! a shader of its own (`gpu`): without a GPU that is several times faster than egui's. Invariants: at most
//! [`UPLOADS_PER_FRAME`] tiles become textures in a frame ([`UPLOADS_PER_SLOW_FRAME`] where a processor draws); no texture
//! is larger than a tile with its gutters; textures stay below [`TEXTURE_BYTES_MAX`], the least recently drawn go first;
//! no place is drawn twice, so that transparent pictures show what is behind them.

mod gpu;
#[cfg(test)]
mod tests;

use super::shape_layer::view::{Motion, View};
use crate::geometry::{Point, Rect, Transform};
use crate::runtime::pictures::{Grid, TILE_GUTTER_PX, TileKey, TilePixels};
use crate::ui::graphics::is_cpu;
use crate::ui::view_options::Adjust;
use eframe::{egui_wgpu, wgpu};
use gpu::{Callback, Cover, Order, Place, Quad, Sampling, Shared, lock};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Tiles that become textures in one frame, at most.
pub const UPLOADS_PER_FRAME: usize = 2;

/// The same where a processor draws: there a further frame costs as much as ten of them.
pub const UPLOADS_PER_SLOW_FRAME: usize = 8;

/// Bytes of textures kept, at most: 256 MiB.
pub const TEXTURE_BYTES_MAX: usize = 256 << 20;

/// From this many screen pixels per image pixel on, pixels are shown as squares.
const SQUARES_FROM: f64 = 4.0;

/// A tile that is, or is about to be, a texture.
#[derive(Clone, Copy, Debug)]
struct Tile {
    size_px: (u32, u32),
    drawn_in: u64,
    /// Whether it is drawn only until there is a better one.
    is_stand_in: bool,
}

impl Tile {
    const fn become_stand_in(&mut self) {
        self.is_stand_in = true;
    }

    fn bytes(self) -> usize {
        self.size_px.0 as usize * self.size_px.1 as usize * 4
    }
}

/// The picture of one canvas.
pub struct ImageLayer {
    grid: Option<Grid>,
    tiles: HashMap<TileKey, Tile>,
    waiting: Vec<(TileKey, TilePixels)>,
    /// Of all tiles of this picture so far.
    cover: Cover,
    frame: u64,
    uploads: u64,
    adjust: Adjust,
    /// Where a processor draws, what moves is drawn coarsely; `None` on a graphics card.
    motion: Option<Motion>,
    shared: Arc<Mutex<Shared>>,
    /// Orders given so far.
    orders: u64,
    /// What each place showed in the frame before.
    before: [Option<Before>; 3],
}

/// A callback, and what it draws: the same one is given again as long as that is the same.
struct Before {
    callback: egui::PaintCallback,
    cover: Cover,
    adjust: Adjust,
    quads: Vec<Quad>,
    orders: u64,
}

/// How well it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    Full,
    /// In the midst of a motion, where a processor draws: blending four pixels into one takes more than half of the time.
    Passing,
}

/// What is on the screen.
struct Scene {
    grid: Grid,
    view: View,
    level: u8,
    /// Of the picture's own pixels.
    sampling: Sampling,
    detail: Detail,
    /// The part of the picture that is on the canvas, in image pixels.
    visible: Rect,
}

impl ImageLayer {
    /// A canvas without a picture, for the renderer of this window (`CreationContext::wgpu_render_state`). With `None`,
    /// as in tests without a renderer, tiles are asked for and nothing is ever drawn.
    #[must_use]
    pub fn new(render_state: Option<&egui_wgpu::RenderState>) -> Self {
        let target_format = render_state.map_or(wgpu::TextureFormat::Rgba8Unorm, |state| state.target_format);
        let on_cpu = render_state.is_some_and(is_cpu);
        Self {
            grid: None,
            tiles: HashMap::new(),
            waiting: Vec::new(),
            cover: Cover::Opaque,
            frame: 0,
            uploads: 0,
            adjust: Adjust::default(),
            motion: on_cpu.then(Motion::default),
            shared: Arc::new(Mutex::new(Shared::new(target_format))),
            orders: 0,
            before: [None, None, None],
        }
    }

    /// Another picture, upright `width_px` x `height_px`: the old one's tiles are dropped.
    pub fn show_image(&mut self, width_px: u32, height_px: u32) {
        self.clear();
        self.grid = Some(Grid::new(width_px, height_px));
    }

    /// No picture.
    pub fn clear(&mut self) {
        self.grid = None;
        self.motion = self.motion.map(|_other_picture| Motion::default());
        self.cover = Cover::Opaque;
        self.tiles.clear();
        self.waiting.clear();
        lock(&self.shared).orders.clear();
        self.order(Order::Clear);
    }

    fn order(&mut self, order: Order) {
        self.orders += 1;
        lock(&self.shared).orders.push(order);
    }

    /// The pixels of a tile that [`paint`](Self::paint) asked for. It becomes a texture in one of the next frames.
    /// Ignored where the number of bytes does not fit the size.
    pub fn add_tile(&mut self, key: TileKey, pixels: TilePixels) {
        let bytes = pixels.width_px as usize * pixels.height_px as usize * 4;
        if bytes == pixels.rgba.len() && bytes > 0 {
            self.waiting.retain(|(waiting, _)| *waiting != key);
            if Cover::of(&pixels) == Cover::Transparent {
                self.cover = Cover::Transparent;
            }
            self.waiting.push((key, pixels));
        }
    }

    /// What there is of the picture goes on being drawn, but is asked for again.
    pub fn renew(&mut self) {
        self.waiting.clear();
        self.tiles.values_mut().for_each(Tile::become_stand_in);
    }

    /// How its light is changed from now on.
    pub const fn set_adjust(&mut self, adjust: Adjust) {
        self.adjust = adjust;
    }

    /// The box of the picture in image pixels; `None` without one.
    #[must_use]
    pub fn image_rect(&self) -> Option<Rect> {
        self.grid.map(Grid::image_rect)
    }

    /// How many tiles are textures now.
    #[must_use]
    pub fn texture_count(&self) -> usize {
        self.tiles.len()
    }

    /// How many tiles wait to become textures.
    #[must_use]
    pub const fn waiting_count(&self) -> usize {
        self.waiting.len()
    }

    /// The part of `canvas_rect` (ui points) of which every pixel is hidden by the picture, as far as that is known.
    #[must_use]
    pub fn covered(&self, canvas_rect: egui::Rect, ui_from_image: Transform) -> egui::Rect {
        let Some(grid) = self.grid.filter(|_| self.cover == Cover::Opaque) else { return egui::Rect::NOTHING };
        if !self.tiles.contains_key(&TileKey { level: grid.levels() - 1, x: 0, y: 0 }) {
            return egui::Rect::NOTHING;
        }
        let place = ui_from_image.apply_rect(grid.image_rect());
        let corner = |p: Point| egui::pos2(narrow(p.x), narrow(p.y));
        // Its outermost pixels may be covered in part.
        egui::Rect::from_min_max(corner(place.min), corner(place.max)).shrink(2.0).intersect(canvas_rect)
    }

    /// How many tiles have become textures since the layer was made.
    #[must_use]
    pub fn upload_count(&self) -> u64 {
        self.uploads
    }

    /// Shows the picture on `canvas_rect` (ui points, inside the window), clipped to it, and gives the tiles that are
    /// missing for a sharp one, the most needed first. The list is complete: what is no longer in it is no longer
    /// needed. Asks for a further frame while tiles wait to become textures.
    #[must_use = "the tiles have to be asked for"]
    pub fn paint(&mut self, ui: &egui::Ui, canvas_rect: egui::Rect, ui_from_image: Transform) -> Vec<TileKey> {
        self.frame += 1;
        self.upload();
        if !self.waiting.is_empty() {
            ui.request_repaint();
        }
        let view = View::new(canvas_rect, ui.pixels_per_point(), ui_from_image);
        let Some(mut scene) = view.and_then(|view| Scene::new(self.grid?, view)) else { return Vec::new() };
        let now = ui.input(|i| i.time);
        if let Some(rest_secs) = self.motion.as_mut().and_then(|motion| motion.step(scene.view, now)) {
            scene.detail = Detail::Passing;
            ui.request_repaint_after(Duration::from_secs_f64(rest_secs));
        }
        let needed = scene.tiles_nearest_first();
        let quads: Vec<Quad> = needed.iter().filter_map(|&key| self.quad_for(key, &scene)).collect();
        let top = TileKey { level: scene.grid.levels() - 1, x: 0, y: 0 };
        let mut missing = vec![top];
        missing.extend(needed.into_iter().filter(|&key| key != top));
        missing.retain(|key| self.is_missing(*key));
        self.evict(top);
        self.add_callback(ui, canvas_rect, Place::Canvas, quads);
        missing
    }

    /// Shows the picture once more, small, by the textures that there are. Asks for no tiles.
    pub fn paint_minimap(&mut self, ui: &egui::Ui, rect: egui::Rect, ui_from_image: Transform) {
        let _blurred_will_do = self.paint_copy(ui, rect, ui_from_image, Place::Minimap);
    }

    /// Shows the picture once more, large, and gives the tiles that are missing for a sharp one.
    #[must_use = "the tiles have to be asked for"]
    pub fn paint_loupe(&mut self, ui: &egui::Ui, rect: egui::Rect, ui_from_image: Transform) -> Vec<TileKey> {
        self.paint_copy(ui, rect, ui_from_image, Place::Loupe)
    }

    fn paint_copy(&mut self, ui: &egui::Ui, rect: egui::Rect, ui_from_image: Transform, place: Place) -> Vec<TileKey> {
        let view = View::new(rect, ui.pixels_per_point(), ui_from_image);
        let Some(scene) = view.and_then(|view| Scene::new(self.grid?, view)) else { return Vec::new() };
        let mut needed = scene.tiles_nearest_first();
        let quads = needed.iter().filter_map(|&key| self.quad_for(key, &scene)).collect();
        self.add_callback(ui, rect, place, quads);
        needed.retain(|key| self.is_missing(*key));
        needed
    }

    fn is_missing(&self, key: TileKey) -> bool {
        let is_drawn = self.tiles.get(&key).is_some_and(|tile| !tile.is_stand_in);
        !is_drawn && self.waiting.iter().all(|(waiting, _)| *waiting != key)
    }

    fn add_callback(&mut self, ui: &egui::Ui, rect: egui::Rect, place: Place, quads: Vec<Quad>) {
        if quads.is_empty() {
            return;
        }
        let (cover, adjust, orders) = (self.cover, self.adjust, self.orders);
        let same = |b: &Before| {
            (b.callback.rect, b.cover, b.adjust, b.orders) == (rect, cover, adjust, orders) && b.quads == quads
        };
        let before = self.before[place as usize].take().filter(same).unwrap_or_else(|| {
            let callback = Callback { shared: Arc::clone(&self.shared), place, cover, adjust, quads: quads.clone() };
            let callback = egui_wgpu::Callback::new_paint_callback(rect, callback);
            Before { callback, cover, adjust, quads, orders }
        });
        ui.painter_at(rect).add(before.callback.clone());
        self.before[place as usize] = Some(before);
    }

    /// Makes textures of a few waiting tiles, the coarsest first.
    fn upload(&mut self) {
        self.waiting.sort_by_key(|(key, _)| std::cmp::Reverse(key.level));
        let at_once = if self.motion.is_some() { UPLOADS_PER_SLOW_FRAME } else { UPLOADS_PER_FRAME };
        let now = self.waiting.len().min(at_once);
        let later = self.waiting.split_off(now);
        for (key, pixels) in std::mem::replace(&mut self.waiting, later) {
            let size_px = (pixels.width_px, pixels.height_px);
            let tile = Tile { size_px, drawn_in: self.frame, is_stand_in: false };
            self.tiles.insert(key, tile);
            self.uploads += 1;
            self.order(Order::Upload(key, pixels));
        }
    }

    /// The picture in the place of tile `key`: by its own texture, or by the sharpest coarser one there is.
    fn quad_for(&mut self, key: TileKey, scene: &Scene) -> Option<Quad> {
        let place = scene.grid.tile_rect(key)?.cropped_to(scene.visible)?;
        let mut candidates = (0..scene.grid.levels() - key.level).map(|up| TileKey {
            level: key.level + up,
            x: key.x >> up,
            y: key.y >> up,
        });
        let found = candidates.find(|k| self.tiles.contains_key(k))?;
        let tile = self.tiles.get_mut(&found)?;
        tile.drawn_in = self.frame;
        let size_px = tile.size_px;
        let from = scene.grid.tile_rect(found)?;
        let scale = Grid::level_scale(found.level);
        let uv = |p: Point| {
            let gutter = f64::from(TILE_GUTTER_PX);
            let along = |at: f64, start: f64, side: u32| narrow(((at - start) / scale + gutter) / f64::from(side));
            [along(p.x, from.min.x, size_px.0), along(p.y, from.min.y, size_px.1)]
        };
        let sampling = match scene.detail {
            Detail::Passing => Sampling::Nearest,
            Detail::Full if found.level == 0 => scene.sampling,
            // A coarser level in place of level 0 is a stand-in: blurred it looks like one.
            Detail::Full => Sampling::Smooth,
        };
        Some(Quad {
            tile: found,
            sampling,
            clip: [scene.view.clip_of(place.min), scene.view.clip_of(place.max)],
            uv: [uv(place.min), uv(place.max)],
        })
    }

    /// Drops the least recently drawn textures above the limit, but none of this frame and not the coarsest.
    fn evict(&mut self, top: TileKey) {
        let mut bytes: usize = self.tiles.values().map(|t| t.bytes()).sum();
        while bytes > TEXTURE_BYTES_MAX {
            let frame = self.frame;
            let idle = self.tiles.iter().filter(|(key, t)| t.drawn_in < frame && **key != top);
            let Some(oldest) = idle.min_by_key(|(_, t)| t.drawn_in).map(|(key, _)| *key) else { return };
            if let Some(gone) = self.tiles.remove(&oldest) {
                bytes -= gone.bytes();
                self.order(Order::Drop(oldest));
            }
        }
    }
}

impl Scene {
    /// `None` where no part of the picture is on the canvas.
    fn new(grid: Grid, view: View) -> Option<Self> {
        let [width, height] = view.size_px.map(f64::from);
        let canvas = Rect::from_corners(Point::default(), Point::new(width, height));
        let visible = view.px_from_image.inverse().apply_rect(canvas).cropped_to(grid.image_rect())?;
        let scale = view.px_from_image.scale;
        let sampling = if scale >= SQUARES_FROM { Sampling::Squares } else { Sampling::Smooth };
        Some(Self { grid, view, level: grid.level_for_scale(scale), sampling, detail: Detail::Full, visible })
    }

    /// The tiles of this view, those in its middle first.
    fn tiles_nearest_first(&self) -> Vec<TileKey> {
        let middle = self.visible.center();
        let distance = |key: &TileKey| self.grid.tile_rect(*key).map_or(f64::INFINITY, |r| r.center().distance(middle));
        let mut keys = self.grid.tiles_in(self.level, self.visible);
        keys.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        keys
    }
}

#[expect(clippy::cast_possible_truncation, reason = "texture coordinates are f32")]
fn narrow(value: f64) -> f32 {
    value as f32
}
