//! Tiles on the GPU: a texture each, and quads that show parts of them.

use crate::runtime::pictures::{TileKey, TilePixels};
use crate::ui::view_options::{Adjust, Invert};
use eframe::{egui_wgpu, wgpu};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a tile is magnified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sampling {
    Smooth,
    Squares,
    /// Also where it is made smaller.
    Nearest,
}

/// Whether the tiles of a picture hide what is behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    Opaque,
    Transparent,
}

impl Cover {
    pub fn of(pixels: &TilePixels) -> Self {
        // The least of all, without a branch for each, takes a tenth of a millisecond.
        let least = pixels.rgba.as_chunks::<4>().0.iter().fold(u8::MAX, |least, pixel| least.min(pixel[3]));
        if least == u8::MAX { Self::Opaque } else { Self::Transparent }
    }
}

/// A part of a tile somewhere on the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quad {
    pub tile: TileKey,
    pub sampling: Sampling,
    /// Top left and bottom right in clip units of the canvas.
    pub clip: [[f32; 2]; 2],
    /// The same in texture coordinates.
    pub uv: [[f32; 2]; 2],
}

/// What to do before the next drawing, in order.
#[derive(Debug)]
pub(super) enum Order {
    Upload(TileKey, TilePixels),
    Drop(TileKey),
    Clear,
}

/// What the layer and its paint callback share; see the shape layer's for why there is a lock.
pub(super) struct Shared {
    pub target_format: wgpu::TextureFormat,
    pub orders: Vec<Order>,
    gpu: Option<Gpu>,
}

impl Shared {
    pub fn new(target_format: wgpu::TextureFormat) -> Self {
        Self { target_format, orders: Vec::new(), gpu: None }
    }
}

pub(super) fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the picture is shown. All of a frame's callbacks are prepared before the first is drawn, so each place has
/// vertices of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Canvas,
    Minimap,
    Loupe,
}

/// Draws the quads of one place in one frame.
pub(super) struct Callback {
    pub shared: Arc<Mutex<Shared>>,
    pub place: Place,
    pub cover: Cover,
    pub adjust: Adjust,
    pub quads: Vec<Quad>,
}

struct Gpu {
    layout: wgpu::BindGroupLayout,
    /// For pictures that hide what is behind them: nothing is blended.
    opaque: wgpu::RenderPipeline,
    blended: wgpu::RenderPipeline,
    adjusted: wgpu::RenderPipeline,
    adjust: wgpu::Buffer,
    adjust_group: wgpu::BindGroup,
    /// One for each [`Sampling`].
    samplers: [wgpu::Sampler; 3],
    /// One for each [`Place`].
    vertices: [wgpu::Buffer; 3],
    /// One for each [`Sampling`].
    tiles: HashMap<TileKey, [wgpu::BindGroup; 3]>,
}

/// Bytes of a quad's four corners: clip and texture coordinates.
const QUAD_BYTES: usize = 4 * 16;

/// Bytes of the uniform that changes the light.
const ADJUST_BYTES: usize = 32;

impl egui_wgpu::CallbackTrait for Callback {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &egui_wgpu::ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        _resources: &mut egui_wgpu::CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let mut shared = lock(&self.shared);
        let Shared { target_format, orders, gpu } = &mut *shared;
        let gpu = gpu.get_or_insert_with(|| Gpu::new(device, *target_format));
        for order in orders.drain(..) {
            match order {
                Order::Upload(key, pixels) => gpu.upload(device, queue, key, &pixels),
                Order::Drop(key) => drop(gpu.tiles.remove(&key)),
                Order::Clear => gpu.tiles.clear(),
            }
        }
        let bytes: Vec<u8> = self.quads.iter().flat_map(corners).flat_map(f32::to_ne_bytes).collect();
        let vertices = &mut gpu.vertices[self.place as usize];
        if vertices.size() < bytes.len() as u64 {
            *vertices = vertex_buffer(device, bytes.len().next_power_of_two());
        }
        queue.write_buffer(vertices, 0, &bytes);
        if !self.adjust.is_neutral() {
            queue.write_buffer(&gpu.adjust, 0, &adjust_bytes(self.adjust));
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        _resources: &egui_wgpu::CallbackResources,
    ) {
        let shared = lock(&self.shared);
        let Some(gpu) = &shared.gpu else { return };
        if self.adjust.is_neutral() {
            pass.set_pipeline(if self.cover == Cover::Opaque { &gpu.opaque } else { &gpu.blended });
        } else {
            pass.set_pipeline(&gpu.adjusted);
            pass.set_bind_group(1, &gpu.adjust_group, &[]);
        }
        pass.set_vertex_buffer(0, gpu.vertices[self.place as usize].slice(..));
        for (first, quad) in (0..).step_by(4).zip(&self.quads) {
            if let Some(groups) = gpu.tiles.get(&quad.tile) {
                pass.set_bind_group(0, &groups[quad.sampling as usize], &[]);
                pass.draw(first..first + 4, 0..1);
            }
        }
    }
}

/// The corners as a triangle strip: clip x, y, texture x, y.
fn corners(quad: &Quad) -> [f32; 16] {
    let ([[left, top], [right, bottom]], [[u0, v0], [u1, v1]]) = (quad.clip, quad.uv);
    [left, top, u0, v0, right, top, u1, v0, left, bottom, u0, v1, right, bottom, u1, v1]
}

/// The uniform of `tiles.wgsl`.
fn adjust_bytes(adjust: Adjust) -> [u8; ADJUST_BYTES] {
    let invert = if adjust.invert == Invert::Yes { 1.0 } else { 0.0 };
    let values = [adjust.brightness, adjust.contrast, 1.0 / adjust.gamma, adjust.saturation, invert, 0.0, 0.0, 0.0];
    let mut bytes = [0; ADJUST_BYTES];
    for (four, value) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(values) {
        *four = value.to_ne_bytes();
    }
    bytes
}

impl Gpu {
    fn new(device: &wgpu::Device, target_format: wgpu::TextureFormat) -> Self {
        use wgpu::FilterMode::{Linear, Nearest};
        let layout = tile_layout(device);
        let sampler = |(mag_filter, min_filter)| {
            device.create_sampler(&wgpu::SamplerDescriptor {
                label: Some("picture tile"),
                mag_filter,
                min_filter,
                ..Default::default()
            })
        };
        let adjust_layout = adjust_layout(device);
        let adjust = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture light"),
            size: ADJUST_BYTES as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let adjust_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("picture light"),
            layout: &adjust_layout,
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: adjust.as_entire_binding() }],
        });
        let recipe = |layouts: &[_], fragment, blend| tile_pipeline(device, layouts, target_format, fragment, blend);
        let over = Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING);
        Self {
            opaque: recipe(&[Some(&layout)], "fs_tile", None),
            blended: recipe(&[Some(&layout)], "fs_tile", over),
            adjusted: recipe(&[Some(&layout), Some(&adjust_layout)], "fs_adjusted", over),
            adjust,
            adjust_group,
            layout,
            samplers: [(Linear, Linear), (Nearest, Linear), (Nearest, Nearest)].map(sampler),
            vertices: std::array::from_fn(|_| vertex_buffer(device, 64 * QUAD_BYTES)),
            tiles: HashMap::new(),
        }
    }

    fn upload(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, key: TileKey, pixels: &TilePixels) {
        let size = wgpu::Extent3d { width: pixels.width_px, height: pixels.height_px, depth_or_array_layers: 1 };
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("picture tile"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8Unorm,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let layout =
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(4 * pixels.width_px), rows_per_image: None };
        queue.write_texture(texture.as_image_copy(), &pixels.rgba, layout, size);
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let groups = self.samplers.each_ref().map(|sampler| {
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("picture tile"),
                layout: &self.layout,
                entries: &[
                    wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&view) },
                    wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::Sampler(sampler) },
                ],
            })
        });
        self.tiles.insert(key, groups);
    }
}

fn vertex_buffer(device: &wgpu::Device, bytes: usize) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("picture quads"),
        size: bytes as u64,
        usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

fn tile_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("picture tile"),
        entries: &[
            wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::FRAGMENT,
                ty: wgpu::BindingType::Texture {
                    multisampled: false,
                    sample_type: wgpu::TextureSampleType::Float { filterable: true },
                    view_dimension: wgpu::TextureViewDimension::D2,
                },
                count: None,
            },
            wgpu::BindGroupLayoutEntry {
                binding: 1,
                visibility: wgpu::ShaderStages::FRAGMENT,
                ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
                count: None,
            },
        ],
    })
}

fn adjust_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("picture light"),
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Uniform,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        }],
    })
}

fn tile_pipeline(
    device: &wgpu::Device,
    layouts: &[Option<&wgpu::BindGroupLayout>],
    target_format: wgpu::TextureFormat,
    fragment: &str,
    blend: Option<wgpu::BlendState>,
) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::include_wgsl!("tiles.wgsl"));
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("picture tiles"),
        bind_group_layouts: layouts,
        immediate_size: 0,
    });
    let constants = [("linear_target", f64::from(u8::from(target_format.is_srgb())))];
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("picture tiles"),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("vs_tile"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[Some(wgpu::VertexBufferLayout {
                array_stride: 16,
                step_mode: wgpu::VertexStepMode::Vertex,
                attributes: &wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x2],
            })],
        },
        primitive: wgpu::PrimitiveState { topology: wgpu::PrimitiveTopology::TriangleStrip, ..Default::default() },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some(fragment),
            compilation_options: wgpu::PipelineCompilationOptions { constants: &constants, ..Default::default() },
            targets: &[Some(wgpu::ColorTargetState {
                format: target_format,
                blend,
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}
