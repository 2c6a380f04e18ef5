//! The texture that holds the window's picture, and the callback that shows it.

use eframe::{egui_wgpu, wgpu};
use egui::PaintCallback;

/// The kept picture.
pub(super) struct Target {
    pub view: wgpu::TextureView,
    pub size_px: [u32; 2],
    /// Shows it; the same object as long as it is the same texture.
    pub shown: PaintCallback,
}

struct Shown {
    pipeline: wgpu::RenderPipeline,
    group: wgpu::BindGroup,
}

impl Target {
    /// A picture of so many pixels, shown in `window` (points). What is in it is not known.
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat, size_px: [u32; 2], window: egui::Rect) -> Self {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("kept frame"),
            size: wgpu::Extent3d { width: size_px[0], height: size_px[1], depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let pipeline = pipeline(device, format);
        let nearest =
            device.create_sampler(&wgpu::SamplerDescriptor { label: Some("kept frame"), ..Default::default() });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("kept frame"),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::Sampler(&nearest) },
            ],
        });
        let shown = egui_wgpu::Callback::new_paint_callback(window, Shown { pipeline, group });
        Self { view, size_px, shown }
    }
}

impl egui_wgpu::CallbackTrait for Shown {
    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _resources: &egui_wgpu::CallbackResources,
    ) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.group, &[]);
        pass.draw(0..3, 0..1);
    }
}

fn pipeline(device: &wgpu::Device, format: wgpu::TextureFormat) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::include_wgsl!("kept.wgsl"));
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("kept frame"),
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("vs_whole"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some("fs_whole"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}
