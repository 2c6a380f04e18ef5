//! The render pipelines of the layer: fills, lines, dots, the wipe, and the two ways to put the texture on the canvas.

use super::mesh::VERTEX_BYTES;
use eframe::wgpu;

/// The layer texture: premultiplied alpha in gamma space, as egui blends.
pub(super) const LAYER_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// All pipelines, made once for a device.
pub(super) struct Pipelines {
    pub chunk_layout: wgpu::BindGroupLayout,
    pub blit_layout: wgpu::BindGroupLayout,
    /// For the texture where the view has moved on.
    pub stand_in_sampler: wgpu::Sampler,
    pub fill: wgpu::RenderPipeline,
    pub line: wgpu::RenderPipeline,
    pub dot: wgpu::RenderPipeline,
    pub wipe: wgpu::RenderPipeline,
    pub blit_exact: wgpu::RenderPipeline,
    pub blit_scaled: wgpu::RenderPipeline,
}

/// What differs between the pipelines.
struct Recipe<'a> {
    label: &'a str,
    entries: [&'a str; 2],
    layouts: &'a [Option<&'a wgpu::BindGroupLayout>],
    vertices: &'a [Option<wgpu::VertexBufferLayout<'a>>],
    format: wgpu::TextureFormat,
    blend: Option<wgpu::BlendState>,
    topology: wgpu::PrimitiveTopology,
    constants: &'a [(&'a str, f64)],
}

impl Pipelines {
    /// For a device that draws egui to `target_format`, and shows the texture of a moving view by `stand_in`.
    pub fn new(device: &wgpu::Device, target_format: wgpu::TextureFormat, stand_in: wgpu::FilterMode) -> Self {
        let shapes = device.create_shader_module(wgpu::include_wgsl!("shapes.wgsl"));
        let blit = device.create_shader_module(wgpu::include_wgsl!("blit.wgsl"));
        let chunk_layout = chunk_layout(device);
        let blit_layout = blit_layout(device);
        let attributes = wgpu::vertex_attr_array![0 => Float32x2, 1 => Snorm16x2, 2 => Float32, 3 => Uint32];
        let vertices = [Some(wgpu::VertexBufferLayout {
            array_stride: VERTEX_BYTES as u64,
            step_mode: wgpu::VertexStepMode::Vertex,
            attributes: &attributes,
        })];
        let shape = |label: &str, entries: [&str; 2]| {
            let recipe = Recipe {
                label,
                entries,
                layouts: &[Some(&chunk_layout)],
                vertices: &vertices,
                format: LAYER_FORMAT,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                topology: wgpu::PrimitiveTopology::TriangleList,
                constants: &[],
            };
            recipe.cook(device, &shapes)
        };
        let wipe = Recipe {
            label: "shape layer wipe",
            entries: ["vs_wipe", "fs_wipe"],
            layouts: &[],
            vertices: &[],
            format: LAYER_FORMAT,
            blend: None,
            topology: wgpu::PrimitiveTopology::TriangleList,
            constants: &[],
        };
        let linear_target = [("linear_target", f64::from(u8::from(target_format.is_srgb())))];
        let onto_canvas = |fragment: &str| {
            let recipe = Recipe {
                label: "shape layer blit",
                entries: ["vs_blit", fragment],
                layouts: &[Some(&blit_layout)],
                vertices: &[],
                format: target_format,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                constants: &linear_target,
            };
            recipe.cook(device, &blit)
        };
        Self {
            fill: shape("shape fills", ["vs_fill", "fs_fill"]),
            line: shape("shape outlines", ["vs_line", "fs_line"]),
            dot: shape("shape dots", ["vs_dot", "fs_dot"]),
            wipe: wipe.cook(device, &shapes),
            blit_exact: onto_canvas("fs_exact"),
            blit_scaled: onto_canvas("fs_scaled"),
            stand_in_sampler: device.create_sampler(&wgpu::SamplerDescriptor {
                label: Some("shape layer"),
                mag_filter: stand_in,
                min_filter: stand_in,
                ..Default::default()
            }),
            chunk_layout,
            blit_layout,
        }
    }
}

impl Recipe<'_> {
    fn cook(&self, device: &wgpu::Device, module: &wgpu::ShaderModule) -> wgpu::RenderPipeline {
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(self.label),
            bind_group_layouts: self.layouts,
            immediate_size: 0,
        });
        let compilation_options =
            || wgpu::PipelineCompilationOptions { constants: self.constants, ..Default::default() };
        device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(self.label),
            layout: Some(&layout),
            vertex: wgpu::VertexState {
                module,
                entry_point: Some(self.entries[0]),
                compilation_options: compilation_options(),
                buffers: self.vertices,
            },
            primitive: wgpu::PrimitiveState { topology: self.topology, ..Default::default() },
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module,
                entry_point: Some(self.entries[1]),
                compilation_options: compilation_options(),
                targets: &[Some(wgpu::ColorTargetState {
                    format: self.format,
                    blend: self.blend,
                    write_mask: wgpu::ColorWrites::ALL,
                })],
            }),
            multiview_mask: None,
            cache: None,
        })
    }
}

fn chunk_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("shape chunk"),
        entries: &[uniform_entry(wgpu::ShaderStages::VERTEX)],
    })
}

fn blit_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("shape layer blit"),
        entries: &[
            uniform_entry(wgpu::ShaderStages::VERTEX),
            wgpu::BindGroupLayoutEntry {
                binding: 1,
                visibility: wgpu::ShaderStages::FRAGMENT,
                ty: wgpu::BindingType::Texture {
                    multisampled: false,
                    sample_type: wgpu::TextureSampleType::Float { filterable: true },
                    view_dimension: wgpu::TextureViewDimension::D2,
                },
                count: None,
            },
            wgpu::BindGroupLayoutEntry {
                binding: 2,
                visibility: wgpu::ShaderStages::FRAGMENT,
                ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
                count: None,
            },
        ],
    })
}

fn uniform_entry(visibility: wgpu::ShaderStages) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding: 0,
        visibility,
        ty: wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: false,
            min_binding_size: None,
        },
        count: None,
    }
}
