//! What is seen of the canvas beside the picture: one colour, by a pipeline of its own. egui's shader can do so much more
//! that without a graphics card a pixel of it costs ten times as much.

use eframe::{egui_wgpu, wgpu};
use egui::{Color32, CornerRadius, Painter, Rect};
use std::collections::HashMap;

/// Fills the canvas where there is no picture.
#[derive(Debug)]
pub(super) struct Background {
    /// What the window's renderer draws to; `None` in tests without one.
    target_format: Option<wgpu::TextureFormat>,
}

/// The pipelines by their grey, kept by the renderer.
#[derive(Default)]
struct Pipelines(HashMap<u8, wgpu::RenderPipeline>);

struct Callback {
    target_format: wgpu::TextureFormat,
    grey: u8,
}

impl Background {
    pub fn new(render_state: Option<&egui_wgpu::RenderState>) -> Self {
        Self { target_format: render_state.map(|state| state.target_format) }
    }

    /// Fills `canvas` but for `covered`: what a picture hides is not worth its pixels.
    pub fn paint(&self, painter: &Painter, canvas: Rect, covered: Rect) {
        let grey = if painter.ctx().global_style().visuals.dark_mode { 38 } else { 150 };
        for part in around(canvas, covered) {
            match self.target_format {
                Some(target_format) => {
                    let callback = Callback { target_format, grey };
                    painter.add(egui_wgpu::Callback::new_paint_callback(part, callback));
                }
                None => {
                    painter.rect_filled(part, CornerRadius::ZERO, Color32::from_gray(grey));
                }
            }
        }
    }
}

impl egui_wgpu::CallbackTrait for Callback {
    fn prepare(
        &self,
        device: &wgpu::Device,
        _queue: &wgpu::Queue,
        _screen: &egui_wgpu::ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut egui_wgpu::CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Pipelines(pipelines) = resources.entry().or_insert_with(Pipelines::default);
        pipelines.entry(self.grey).or_insert_with(|| pipeline(device, self.target_format, self.grey));
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &egui_wgpu::CallbackResources,
    ) {
        if let Some(pipeline) = resources.get::<Pipelines>().and_then(|Pipelines(by_grey)| by_grey.get(&self.grey)) {
            pass.set_pipeline(pipeline);
            pass.draw(0..3, 0..1); // one triangle around the viewport, which is the part to be filled
        }
    }
}

fn pipeline(device: &wgpu::Device, target_format: wgpu::TextureFormat, grey: u8) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::include_wgsl!("background.wgsl"));
    let gamma = f64::from(grey) / 255.0;
    // An sRGB format converts from linear by itself.
    let grey = if target_format.is_srgb() { ((gamma + 0.055) / 1.055).powf(2.4) } else { gamma };
    let constants = [("grey", grey)];
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
            entry_point: Some("fs_grey"),
            compilation_options: compilation_options(),
            targets: &[Some(target_format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

/// `canvas` without `hole`, in at most four parts.
fn around(canvas: Rect, hole: Rect) -> Vec<Rect> {
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
