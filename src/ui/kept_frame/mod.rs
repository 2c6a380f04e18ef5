//! The window's picture, kept from frame to frame: only what changed is drawn again.
//!
//! egui draws all of the window in every frame. A graphics card does not mind; a processor that has to do a card's work
//! does, for each pixel of each text. So there the shapes of a frame are compared with those of the frame before
//! (`damage`), the boxes in which they differ are drawn into a texture (`target`) by egui's own renderer, and the window is
//! given that texture. It is a plugin of egui, between the shapes and what paints them, and is only added where the
//! adapter is a processor: everything looks the same without it.
//!
//! What changes in frame after frame and is a large part of the window, the canvas while it is zoomed, is drawn straight onto
//! the window: drawing it into the texture and that onto the window would cost its pixels twice (`passing`).
//!
//! Invariants: after each frame the texture holds what egui would have drawn, to the pixel, but for what was passing; that is
//! drawn with the next frame in which it is not. A paint callback that is the
//! same object as in the frame before shows the same; whoever makes one gives the same again as long as it does.

mod damage;
mod passing;
mod target;
#[cfg(test)]
mod tests;

use super::canvas::{around, fill_callback};
use super::graphics::is_cpu;
use super::theme;
use damage::{Placed, boxes_px, changed};
use eframe::{egui_wgpu, wgpu};
use egui::epaint::{ClippedPrimitive, ClippedShape, Primitive};
use egui::{Color32, Context, FullOutput, Rect, Shape, TextureId};
use passing::Passing;
use target::Target;

/// What has been drawn, for tests and for the curious.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that were put on the window.
    pub frames: u64,
    /// Those in which something was drawn.
    pub redraws: u64,
    /// Those in which all of the window was.
    pub whole_redraws: u64,
    /// Pixels of the boxes that were drawn.
    pub pixels: u64,
    /// Draw calls of egui's meshes.
    pub draw_calls: u64,
    /// Pixels that were drawn straight onto the window.
    pub passing_pixels: u64,
    /// Bytes of egui's vertices and indices that were uploaded.
    pub mesh_bytes: u64,
}

/// What a kept picture was drawn with.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Setting {
    pixels_per_point: f32,
    ground: Color32,
}

/// The plugin.
pub struct KeptFrame {
    state: egui_wgpu::RenderState,
    target: Option<Target>,
    setting: Option<Setting>,
    before: Vec<Placed>,
    passing: Passing,
    counters: Counters,
}

impl KeptFrame {
    /// For a window with this renderer; `None` where a graphics card draws it.
    #[must_use]
    pub fn where_it_helps(state: Option<&egui_wgpu::RenderState>) -> Option<Self> {
        let state = state?;
        is_cpu(state).then(|| Self::new(state))
    }

    /// The same on any adapter.
    #[must_use]
    pub fn new(state: &egui_wgpu::RenderState) -> Self {
        let counters = Counters::default();
        let passing = Passing::default();
        Self { state: state.clone(), target: None, setting: None, before: Vec::new(), passing, counters }
    }

    /// What has been drawn so far.
    #[must_use]
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// Draws all of the last frame anew, which changes nothing of what is seen.
    pub fn draw_whole(&mut self, ctx: &Context) {
        if let (Some(target), Some(setting)) = (self.target.take(), self.setting) {
            let all = std::mem::take(&mut self.before);
            self.passing = Passing::default();
            self.render_whole(ctx, &target, setting, &all);
            (self.target, self.before) = (Some(target), all);
        }
    }

    /// Draws what has changed, and leaves the window one shape: the picture.
    fn draw(&mut self, ctx: &Context, output: &mut FullOutput) {
        let has_other_textures = self.take_textures(output);
        let setting =
            Setting { pixels_per_point: output.pixels_per_point, ground: theme::ground(&ctx.global_style().visuals) };
        let window = ctx.input(egui::InputState::viewport_rect);
        let side_max = self.state.device.limits().max_texture_dimension_2d;
        let Some(size_px) = size_px(window, setting.pixels_per_point, side_max) else { return };
        let after: Vec<Placed> = std::mem::take(&mut output.shapes).into_iter().map(Placed::new).collect();
        let old = self.target.take().filter(|t| t.size_px == size_px && t.shown.rect == window);
        let keeps = old.is_some() && !has_other_textures && self.setting == Some(setting);
        let target = old.unwrap_or_else(|| Target::new(&self.state.device, self.state.target_format, size_px, window));
        self.counters.frames += 1;
        let mut straight = None;
        if keeps {
            let areas = changed(&self.before, &after);
            let mut boxes = boxes_px(&areas, setting.pixels_per_point, size_px.map(wide));
            straight = self.passing.step(&mut boxes, size_px.map(wide));
            if !boxes.is_empty() {
                self.counters.pixels += boxes.iter().map(|b| pixels(*b)).sum::<u64>();
                let shapes = self.shapes_in(&boxes, &after, setting);
                self.render(ctx, &target, setting, (shapes, wgpu::LoadOp::Load));
            }
        } else {
            self.passing = Passing::default();
            self.render_whole(ctx, &target, setting, &after);
        }
        output.shapes = self.shapes_of_window(window, &target, straight, &after, setting);
        (self.target, self.setting, self.before) = (Some(target), Some(setting), after);
    }

    /// The kept picture, and what is drawn straight onto the window instead of a part of it.
    fn shapes_of_window(
        &mut self,
        window: Rect,
        target: &Target,
        straight: Option<Rect>,
        all: &[Placed],
        setting: Setting,
    ) -> Vec<ClippedShape> {
        let shown = |part| shape_in(part, Shape::Callback(target.shown.clone()));
        let Some(px) = straight else { return vec![shown(window)] };
        self.counters.passing_pixels += pixels(px);
        let mut shapes: Vec<ClippedShape> =
            around(window, px / setting.pixels_per_point).into_iter().map(shown).collect();
        shapes.extend(self.shapes_in(&[px], all, setting));
        shapes
    }

    /// Uploads textures now and not when the window is painted: they are drawn with before that. Gives whether one that may
    /// be in the picture has changed. A new one is not, and new glyphs lie where the atlas of the fonts was empty.
    fn take_textures(&self, output: &mut FullOutput) -> bool {
        let set = std::mem::take(&mut output.textures_delta.set);
        if set.is_empty() {
            return false;
        }
        let mut renderer = self.state.renderer.write();
        let mut changed = false;
        for (id, delta) in set.into_iter().flat_map(|(id, deltas)| deltas.into_iter().map(move |delta| (id, delta))) {
            let is_new_glyph = id == TextureId::default() && delta.pos.is_some();
            changed |= renderer.texture(&id).is_some() && !is_new_glyph;
            renderer.update_texture(&self.state.device, &self.state.queue, id, &delta);
        }
        changed
    }

    /// For each box the ground and what is seen in it, clipped to it.
    fn shapes_in(&self, boxes: &[Rect], all: &[Placed], setting: Setting) -> Vec<ClippedShape> {
        let mut shapes = Vec::new();
        for px in boxes {
            let area = *px / setting.pixels_per_point;
            let ground = fill_callback(self.state.target_format, area, setting.ground);
            shapes.push(shape_in(area, Shape::Callback(ground)));
            for placed in all.iter().filter(|placed| placed.area.intersect(area).is_positive()) {
                let mut shape = placed.shape.clone();
                shape.clip_rect = shape.clip_rect.intersect(area);
                shapes.push(shape);
            }
        }
        shapes
    }

    fn render_whole(&mut self, ctx: &Context, target: &Target, setting: Setting, all: &[Placed]) {
        self.counters.whole_redraws += 1;
        self.counters.pixels += u64::from(target.size_px[0]) * u64::from(target.size_px[1]);
        let shapes = all.iter().map(|placed| placed.shape.clone()).collect();
        self.render(ctx, target, setting, (shapes, wgpu::LoadOp::Clear(clear_color(setting.ground))));
    }

    /// Draws shapes into the picture.
    fn render(
        &mut self,
        ctx: &Context,
        target: &Target,
        setting: Setting,
        (shapes, load): (Vec<ClippedShape>, wgpu::LoadOp<wgpu::Color>),
    ) {
        self.counters.redraws += 1;
        let primitives = ctx.tessellate(shapes, setting.pixels_per_point);
        self.count(&primitives);
        let egui_wgpu::RenderState { device, queue, renderer, .. } = &self.state;
        let screen =
            egui_wgpu::ScreenDescriptor { size_in_pixels: target.size_px, pixels_per_point: setting.pixels_per_point };
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("kept frame") });
        let mut renderer = renderer.write();
        let first = renderer.update_buffers(device, queue, &mut encoder, &primitives, &screen);
        let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("kept frame"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &target.view,
                resolve_target: None,
                ops: wgpu::Operations { load, store: wgpu::StoreOp::Store },
                depth_slice: None,
            })],
            ..Default::default()
        });
        renderer.render(&mut pass.forget_lifetime(), &primitives, &screen);
        queue.submit(first.into_iter().chain([encoder.finish()]));
    }

    fn count(&mut self, primitives: &[ClippedPrimitive]) {
        for primitive in primitives {
            if let Primitive::Mesh(mesh) = &primitive.primitive {
                self.counters.draw_calls += 1;
                self.counters.mesh_bytes += (size_of_val(&*mesh.vertices) + size_of_val(&*mesh.indices)) as u64;
            }
        }
    }
}

impl egui::Plugin for KeptFrame {
    fn debug_name(&self) -> &'static str {
        "kept frame"
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        self.draw(ctx, output);
    }
}

const fn shape_in(clip_rect: Rect, shape: Shape) -> ClippedShape {
    ClippedShape { clip_rect, shape, transform_after_tessellation: egui::emath::TSTransform::IDENTITY }
}

fn clear_color(ground: Color32) -> wgpu::Color {
    let [r, g, b, a] = ground.to_normalized_gamma_f32().map(f64::from);
    wgpu::Color { r, g, b, a }
}

/// `None` for a window without a pixel, or one that is larger than a texture may be.
fn size_px(window: Rect, pixels_per_point: f32, side_max: u32) -> Option<[u32; 2]> {
    let size = window.size() * pixels_per_point;
    let usable = |side: f32| (1.0..=wide(side_max)).contains(&side);
    (usable(size.x) && usable(size.y)).then(|| [whole(size.x), whole(size.y)])
}

fn pixels(px: Rect) -> u64 {
    u64::from(whole(px.width())) * u64::from(whole(px.height()))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn whole(px: f32) -> u32 {
    px.round().clamp(0.0, 65_536.0) as u32
}

#[expect(clippy::cast_precision_loss, reason = "a window has fewer pixels than f32 has whole numbers")]
const fn wide(px: u32) -> f32 {
    px as f32
}
