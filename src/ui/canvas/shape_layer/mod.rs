//! The shapes of an image, retained on the GPU: what makes 100,000 of them cost a frame as little as ten.
//!
//! - [`ShapeLayer`] is told what changed: [`set`](ShapeLayer::set), [`set_look`](ShapeLayer::set_look),
//!   [`remove`](ShapeLayer::remove). Geometry is kept in chunks (`chunks`), built into meshes (`mesh`) in image space, those
//!   of many new shapes on threads of their own (`workshop`); pan and zoom only change a uniform.
//! - Everything is drawn into a *layer texture* (`gpu`), by one paint callback, and only when view or data change: all
//!   of it for a new view, the boxes around the changed shapes otherwise. Every other frame only shows that texture.
//! - While a view with many shapes moves, the old texture is shown shifted and scaled; the exact one follows when the
//!   view has rested (`view`).
//!
//! Invariants: coordinates are image pixels; outlines have a constant width on the screen; shapes smaller than 3
//! physical pixels are dots. The order in which overlapping shapes are drawn is not promised, except that all fills lie
//! under all outlines.

mod arrange;
mod chunks;
mod dirty;
mod gpu;
mod mesh;
mod pipelines;
mod shape;
#[cfg(test)]
mod tests;
pub(super) mod view;
mod workshop;

pub use gpu::Counters;
pub use shape::{Emphasis, Mark, Outline, Pattern, ShapeKey, ShapeLook, Visibility};

use crate::geometry::Transform;
use crate::ui::graphics::is_cpu;
use chunks::{Chunks, Upload};
use dirty::Dirty;
use eframe::{egui_wgpu, wgpu};
use gpu::{Gpu, Tools};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use view::{Pace, Redraw, View};
use workshop::Wake;

/// What the layer and its paint callback share. Both run on the main thread, so nobody waits for the lock; it is here
/// because a callback has to be `Sync`, and because a frame that is never shown must not lose its uploads.
struct Shared {
    target_format: wgpu::TextureFormat,
    /// How the texture of a moving view is sampled. A processor takes a third less for the nearest pixel.
    stand_in: wgpu::FilterMode,
    gpu: Option<Gpu>,
    uploads: Vec<Upload>,
    dirty: Dirty,
    counters: Counters,
}

/// The retained shapes of one canvas.
pub struct ShapeLayer {
    chunks: Chunks,
    pace: Pace,
    shared: Arc<Mutex<Shared>>,
    /// The exact callback of the frame before: the same object is given again as long as it shows the same.
    before: Option<(View, egui::PaintCallback)>,
}

struct Callback {
    shared: Arc<Mutex<Shared>>,
    view: View,
    redraw: Redraw,
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ShapeLayer {
    /// An empty layer for the renderer of this window (`CreationContext::wgpu_render_state`). With `None`, as in tests
    /// without a renderer, shapes are kept and nothing is ever drawn.
    #[must_use]
    pub fn new(render_state: Option<&egui_wgpu::RenderState>) -> Self {
        let on_cpu = render_state.is_none_or(is_cpu);
        let shared = Shared {
            target_format: render_state.map_or(wgpu::TextureFormat::Rgba8Unorm, |state| state.target_format),
            stand_in: if on_cpu { wgpu::FilterMode::Nearest } else { wgpu::FilterMode::Linear },
            gpu: None,
            uploads: Vec::new(),
            dirty: Dirty::default(),
            counters: Counters::default(),
        };
        let pace = Pace::new(if on_cpu { view::EXPENSIVE_ON_CPU } else { view::EXPENSIVE_ON_GPU });
        Self { chunks: Chunks::default(), pace, shared: Arc::new(Mutex::new(shared)), before: None }
    }

    /// Adds the shape or changes it. What is as given already costs a comparison; a new look alone rebuilds nothing.
    pub fn set(&mut self, key: ShapeKey, outline: &Outline, look: ShapeLook) {
        self.chunks.set(key, outline, look);
    }

    /// Adds shapes of which none is here yet, as when another image is opened. Many are built beside the frames and appear as
    /// they are done.
    pub fn fill(&mut self, shapes: impl Iterator<Item = (ShapeKey, Outline, ShapeLook)>) {
        self.chunks.fill(shapes);
    }

    /// Changes how a shape looks. An unknown key is ignored.
    pub fn set_look(&mut self, key: ShapeKey, look: ShapeLook) {
        self.chunks.set_look(key, look);
    }

    /// Shows or hides a shape and keeps the rest of its look. An unknown key is ignored.
    pub fn set_visibility(&mut self, key: ShapeKey, visibility: Visibility) {
        if let Some(look) = self.chunks.look(key) {
            self.chunks.set_look(key, ShapeLook { visibility, ..look });
        }
    }

    /// The look of a shape; `None` for an unknown key.
    #[must_use]
    pub fn look(&self, key: ShapeKey) -> Option<ShapeLook> {
        self.chunks.look(key)
    }

    /// Takes a shape away. An unknown key is ignored.
    pub fn remove(&mut self, key: ShapeKey) {
        self.chunks.remove(key);
    }

    /// Takes away every shape for whose key `keep` is false.
    pub fn retain(&mut self, keep: impl FnMut(ShapeKey) -> bool) {
        self.chunks.retain(keep);
    }

    /// Takes all shapes away, as when another image is opened: the next frame shows no trace of the old ones.
    pub fn clear(&mut self) {
        self.chunks.clear();
        self.pace.restart();
    }

    /// How many shapes there are, hidden ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chunks.len()
    }

    /// Whether all of them are drawn by the last frame; very many come in parts.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        !self.chunks.is_unfinished()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What has been drawn since the layer was made.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters { chunks_rebuilt: self.chunks.rebuilt, ..lock(&self.shared).counters }
    }

    /// Shows the shapes on `canvas_rect` (ui points, inside the window), clipped to it.
    ///
    /// Asks for a further frame where this one shows the old texture of a moving view, or not all of very many shapes.
    pub fn paint(&mut self, ui: &egui::Ui, canvas_rect: egui::Rect, ui_from_image: Transform) {
        let ctx = ui.ctx().clone();
        let wake: Wake = Arc::new(move || ctx.request_repaint());
        let (uploads, dirty) = self.chunks.flush(&wake);
        if self.chunks.has_left_over() {
            ui.request_repaint();
        }
        let is_drawn = {
            let mut shared = lock(&self.shared);
            if uploads.iter().any(|u| matches!(u, Upload::Clear)) {
                shared.uploads.clear();
            }
            shared.uploads.extend(uploads);
            shared.dirty.merge(dirty);
            shared.uploads.is_empty() && shared.dirty == Dirty::Clean
        };
        let before = self.before.take().filter(|_| is_drawn);
        let Some(view) = View::new(canvas_rect, ui.pixels_per_point(), ui_from_image) else { return };
        if self.is_empty() {
            return;
        }
        let redraw = self.pace.step(view, ui.input(|i| i.time), self.chunks.weight_in(view.visible()));
        if let Redraw::Later(seconds) = redraw {
            ui.request_repaint_after(Duration::from_secs_f64(seconds));
        }
        let same = |(of, callback): &(View, egui::PaintCallback)| *of == view && callback.rect == canvas_rect;
        let callback = match before.filter(|before| redraw == Redraw::Exact && same(before)) {
            Some((_, callback)) => callback,
            None => {
                let callback = Callback { shared: Arc::clone(&self.shared), view, redraw };
                egui_wgpu::Callback::new_paint_callback(canvas_rect, callback)
            }
        };
        ui.painter_at(canvas_rect).add(callback.clone());
        self.before = (redraw == Redraw::Exact).then_some((view, callback));
    }
}

impl egui_wgpu::CallbackTrait for Callback {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &egui_wgpu::ScreenDescriptor,
        encoder: &mut wgpu::CommandEncoder,
        _resources: &mut egui_wgpu::CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let mut shared = lock(&self.shared);
        let Shared { target_format, stand_in, gpu, uploads, dirty, counters } = &mut *shared;
        let gpu = gpu.get_or_insert_with(|| Gpu::new(device, *target_format, *stand_in));
        for upload in uploads.drain(..) {
            gpu.apply(device, queue, upload);
        }
        counters.frames += 1;
        let whole = counters.layer_redraws;
        gpu.update(Tools { device, queue, encoder }, &self.view, self.redraw, dirty, counters);
        if counters.layer_redraws > whole {
            tracing::debug!(chunks = counters.chunks_drawn, "all shapes drawn exactly");
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _resources: &egui_wgpu::CallbackResources,
    ) {
        if let Some(gpu) = &lock(&self.shared).gpu {
            gpu.blit(pass);
        }
    }
}
