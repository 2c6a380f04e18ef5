//! One colour by a pipeline of its own: what is seen of the canvas beside the picture. egui's shader can do so much more that
//! without a graphics card a pixel of it costs ten times as much.

use eframe::{egui_wgpu, wgpu};
use egui::{Color32, CornerRadius, PaintCallback, Painter, Rect};
use std::collections::HashMap;

/// Fills the canvas where there is no picture.
#[derive(Debug)]
pub(super) struct Background {
    /// What the window's renderer draws to; `None` in tests without one.
    target_format: Option<wgpu::TextureFormat>,
    /// Of the frame before, in this colour: the same object says that nothing changed.
    before: (Color32, Vec<PaintCallback>),
}

/// The pipelines by their colour, kept by the renderer.
#[derive(Default)]
struct Pipelines(HashMap<Color32, wgpu::RenderPipeline>);

struct Fill {
    target_format: wgpu::TextureFormat,
    color: Color32,
}

/// Fills `part` (ui points) with an opaque colour and blends nothing.
pub(in crate::ui) fn fill_callback(target_format: wgpu::TextureFormat, part: Rect, color: Color32) -> PaintCallback {
    egui_wgpu::Callback::new_paint_callback(part, Fill { target_format, color })
}

impl Background {
    pub fn new(render_state: Option<&egui_wgpu::RenderState>) -> Self {
        let before = (Color32::TRANSPARENT, Vec::new());
        Self { target_format: render_state.map(|state| state.target_format), before }
    }

    /// Fills `canvas` but for `covered`: what a picture hides is not worth its pixels.
    pub fn paint(&mut self, painter: &Painter, canvas: Rect, covered: Rect) {
        let dark = painter.ctx().global_style().visuals.dark_mode;
        let color = Color32::from_gray(if dark { 38 } else { 150 });
        let parts = around(canvas, covered);
        let Some(target_format) = self.target_format else {
            for part in parts {
                painter.rect_filled(part, CornerRadius::ZERO, color);
            }
            return;
        };
        if self.before.0 != color {
            self.before = (color, Vec::new());
        }
        let now: Vec<PaintCallback> = parts
            .into_iter()
            .map(|part| {
                let known = self.before.1.iter().find(|known| known.rect == part).cloned();
                known.unwrap_or_else(|| fill_callback(target_format, part, color))
            })
            .collect();
        for part in &now {
            painter.add(part.clone());
        }
        self.before.1 = now;
    }
}

impl egui_wgpu::CallbackTrait for Fill {
    fn prepare(
        &self,
        device: &wgpu::Device,
        _queue: &wgpu::Queue,
        _screen: &egui_wgpu::ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut egui_wgpu::CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Pipelines(pipelines) = resources.entry().or_insert_with(Pipelines::default);
        pipelines.entry(self.color).or_insert_with(|| pipeline(device, self.target_format, self.color));
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &egui_wgpu::CallbackResources,
    ) {
        if let Some(pipeline) = resources.get::<Pipelines>().and_then(|Pipelines(made)| made.get(&self.color)) {
            pass.set_pipeline(pipeline);
            pass.draw(0..3, 0..1); // one triangle around the viewport, which is the part to be filled
        }
    }
}

fn pipeline(device: &wgpu::Device, target_format: wgpu::TextureFormat, color: Color32) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::include_wgsl!("background.wgsl"));
    let channel = |value: u8| {
        let gamma = f64::from(value) / 255.0;
        // An sRGB format converts from linear by itself.
        match target_format.is_srgb() {
            true if gamma < 0.04045 => gamma / 12.92,
            true => ((gamma + 0.055) / 1.055).powf(2.4),
            false => gamma,
        }
    };
    let constants = [("red", channel(color.r())), ("green", channel(color.g())), ("blue", channel(color.b()))];
    let compilation_options = || wgpu::PipelineCompilationOptions { constants: &constants, ..Default::default() };
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("canvas background"),
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("vs_around"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some("fs_color"),
            compilation_options: compilation_options(),
            targets: &[Some(target_format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

/// `canvas` without `hole`, in at most four parts.
pub(in crate::ui) fn around(canvas: Rect, hole: Rect) -> Vec<Rect> {
    let hole = hole.intersect(canvas);
    if !hole.is_positive() {
        return vec![canvas];
    }
    let above = Rect::from_min_max(canvas.min, egui::pos2(canvas.max.x, hole.min.y));
    let below = Rect::from_min_max(egui::pos2(canvas.min.x, hole.max.y), canvas.max);
    let left = Rect::from_min_max(egui::pos2(canvas.min.x, hole.min.y), egui::pos2(hole.min.x, hole.max.y));
    let right = Rect::from_min_max(egui::pos2(hole.max.x, hole.min.y), egui::pos2(canvas.max.x, hole.max.y));
    [above, below, left, right].into_iter().filter(Rect::is_positive).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    #[test]
    fn what_is_around_a_picture_is_filled_once() {
        let canvas = Rect::from_min_size(pos2(10.0, 10.0), vec2(100.0, 80.0));
        let area = |hole: Rect| around(canvas, hole).iter().map(|r| r.area()).sum::<f32>();
        assert_eq!(area(Rect::NOTHING), 8000.0, "no picture");
        assert_eq!(area(Rect::from_min_size(pos2(30.0, 20.0), vec2(10.0, 10.0))), 7900.0, "a small one");
        assert_eq!(area(canvas.expand(5.0)), 0.0, "one larger than the canvas");
        assert_eq!(area(Rect::from_min_size(pos2(0.0, 40.0), vec2(200.0, 10.0))), 7000.0, "one that is wide");
    }
}
