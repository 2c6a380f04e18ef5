//! The layer on the GPU: a few buffers per chunk, and the texture they are drawn into.

use super::chunks::{About, CHUNK_SHAPES, Upload};
use super::dirty::Dirty;
use super::mesh::{IndexWidth, Mesh, Ranges, narrow};
use super::pipelines::{LAYER_FORMAT, Pipelines};
use super::shape::PackedLook;
use super::view::{Redraw, View};
use crate::ui::graphics::WRITES_IN_PLACE;
use eframe::wgpu;
use std::ops::Range;

/// Shapes whose longest side is shorter than this many physical pixels are drawn as dots.
const DOT_BELOW_PX: f32 = 3.0;

/// Bytes before the looks in a chunk's uniform buffer: the view and the screen.
const HEADER_BYTES: u64 = 32;

/// Bytes of a look.
const LOOK_BYTES: u64 = 16;

/// What has been drawn, for tests and for the curious.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Chunks whose geometry was rebuilt.
    pub chunks_rebuilt: u64,
    /// Times the whole layer texture was drawn.
    pub layer_redraws: u64,
    /// Times only the changed boxes of it were drawn.
    pub partial_redraws: u64,
    /// Frames in which the texture was put on the canvas.
    pub frames: u64,
    /// Chunks drawn into the texture.
    pub chunks_drawn: u64,
}

struct GpuChunk {
    vertices: wgpu::Buffer,
    indices: wgpu::Buffer,
    format: wgpu::IndexFormat,
    uniform: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
    ranges: Ranges,
    about: About,
}

struct Target {
    view: wgpu::TextureView,
    size_px: [u32; 2],
    blit_uniform: wgpu::Buffer,
    blit_group: wgpu::BindGroup,
    drawn: Option<View>,
    /// The view the blit uniform is for.
    shown: Option<View>,
}

/// Everything of one layer that lives on the GPU.
pub(super) struct Gpu {
    pipelines: Pipelines,
    chunks: Vec<Option<GpuChunk>>,
    target: Option<Target>,
}

/// What a redraw needs at hand.
pub(super) struct Tools<'a> {
    pub device: &'a wgpu::Device,
    pub queue: &'a wgpu::Queue,
    pub encoder: &'a mut wgpu::CommandEncoder,
}

impl Gpu {
    pub fn new(device: &wgpu::Device, target_format: wgpu::TextureFormat, stand_in: wgpu::FilterMode) -> Self {
        Self { pipelines: Pipelines::new(device, target_format, stand_in), chunks: Vec::new(), target: None }
    }

    /// Brings the buffers up to date.
    pub fn apply(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, upload: Upload) {
        match upload {
            Upload::Clear => {
                self.chunks.clear();
                if let Some(target) = &mut self.target {
                    target.drawn = None;
                }
            }
            Upload::Geometry { chunk, mesh, looks, about } => {
                if self.chunks.len() <= chunk {
                    self.chunks.resize_with(chunk + 1, || None);
                }
                let old = self.chunks[chunk].take();
                self.chunks[chunk] = (!mesh.vertices.is_empty()).then(|| {
                    let fresh = self.place_mesh(device, queue, old, mesh, about);
                    let bytes: Vec<u8> = looks.iter().flat_map(look_bytes).collect();
                    queue.write_buffer(&fresh.uniform, HEADER_BYTES, &bytes);
                    fresh
                });
            }
            Upload::Looks { chunk, looks, about } => {
                let Some(Some(on_gpu)) = self.chunks.get_mut(chunk) else { return };
                on_gpu.about = About { origin: on_gpu.about.origin, ..about };
                for (slot, look) in looks {
                    let offset = HEADER_BYTES + u64::from(slot) * LOOK_BYTES;
                    queue.write_buffer(&on_gpu.uniform, offset, &look_bytes(&look).collect::<Vec<u8>>());
                }
            }
        }
    }

    fn place_mesh(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        old: Option<GpuChunk>,
        mesh: Mesh,
        about: About,
    ) -> GpuChunk {
        let Mesh { vertices, indices, width, ranges } = mesh;
        let (old_vertices, old_indices, old_uniform) = match old {
            Some(old) => (Some(old.vertices), Some(old.indices), Some((old.uniform, old.bind_group))),
            None => (None, None, None),
        };
        let (uniform, bind_group) = old_uniform.unwrap_or_else(|| {
            let size = HEADER_BYTES + LOOK_BYTES * CHUNK_SHAPES as u64;
            let uniform = buffer(device, size, wgpu::BufferUsages::UNIFORM);
            let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("shape chunk"),
                layout: &self.pipelines.chunk_layout,
                entries: &[wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() }],
            });
            (uniform, bind_group)
        });
        GpuChunk {
            vertices: filled(device, queue, old_vertices, &vertices, wgpu::BufferUsages::VERTEX),
            indices: filled(device, queue, old_indices, &indices, wgpu::BufferUsages::INDEX),
            format: match width {
                IndexWidth::Two => wgpu::IndexFormat::Uint16,
                IndexWidth::Four => wgpu::IndexFormat::Uint32,
            },
            uniform,
            bind_group,
            ranges,
            about,
        }
    }

    /// Draws into the texture what is not as it should be, and aims the blit. `dirty` is left as what is still to do.
    pub fn update(
        &mut self,
        mut tools: Tools<'_>,
        view: &View,
        redraw: Redraw,
        dirty: &mut Dirty,
        counters: &mut Counters,
    ) {
        let drawn = self.target.as_ref().and_then(|t| t.drawn);
        if drawn.is_none() || redraw == Redraw::Exact {
            let todo = std::mem::take(dirty);
            if self.target.as_ref().is_none_or(|t| t.size_px != view.size_px) {
                self.target = Some(self.new_target(tools.device, view.size_px));
            }
            let same_view = self.target.as_ref().is_some_and(|t| t.drawn == Some(*view));
            match todo {
                Dirty::Clean if same_view => {}
                Dirty::Boxes(boxes) if same_view => {
                    counters.partial_redraws += 1;
                    counters.chunks_drawn += self.draw(&mut tools, view, Some(&boxes));
                }
                _ => {
                    counters.layer_redraws += 1;
                    counters.chunks_drawn += self.draw(&mut tools, view, None);
                }
            }
        }
        self.aim(tools.queue, view);
    }

    /// Draws all chunks in view, or only what lies in `boxes` (image pixels). Gives how many chunks that took.
    fn draw(&mut self, tools: &mut Tools<'_>, view: &View, boxes: Option<&[crate::geometry::Rect]>) -> u64 {
        let Some(target) = &mut self.target else { return 0 };
        target.drawn = Some(*view);
        let load = match boxes {
            Some(_) => wgpu::LoadOp::Load,
            None => wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
        };
        let mut pass = tools.encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("shape layer"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &target.view,
                resolve_target: None,
                ops: wgpu::Operations { load, store: wgpu::StoreOp::Store },
                depth_slice: None,
            })],
            ..Default::default()
        });
        let mut drawn = 0;
        let whole = [view.visible()];
        for area in boxes.unwrap_or(&whole) {
            if boxes.is_some() {
                let Some([left, top, width, height]) = view.scissor(*area) else { continue };
                pass.set_scissor_rect(left, top, width, height);
                pass.set_pipeline(&self.pipelines.wipe);
                pass.draw(0..3, 0..1);
            }
            // The reach twice: that of the wiped box, and that of the neighbours that reach into it.
            let area = area.grown(2.0 * view.reach());
            let touches = |c: &&GpuChunk| c.about.bounds.is_some_and(|b| b.intersects(area));
            let chunks: Vec<&GpuChunk> = self.chunks.iter().flatten().filter(touches).collect();
            for chunk in &chunks {
                tools.queue.write_buffer(&chunk.uniform, 0, &header(view, &chunk.about));
            }
            draw_chunks(&mut pass, &self.pipelines, &chunks, view);
            drawn += chunks.len() as u64;
        }
        drawn
    }

    /// Tells the blit where the texture lies in `view`.
    fn aim(&mut self, queue: &wgpu::Queue, view: &View) {
        let Some(target) = &mut self.target else { return };
        let Some(drawn) = target.drawn else { return };
        let rect: Vec<u8> = drawn.clip_rect_in(view).iter().flat_map(|v| v.to_ne_bytes()).collect();
        queue.write_buffer(&target.blit_uniform, 0, &rect);
        target.shown = Some(*view);
    }

    /// Puts the texture on the canvas.
    pub fn blit(&self, pass: &mut wgpu::RenderPass<'static>) {
        let Some(target) = &self.target else { return };
        let exact = target.drawn.is_some() && target.drawn == target.shown;
        pass.set_pipeline(if exact { &self.pipelines.blit_exact } else { &self.pipelines.blit_scaled });
        pass.set_bind_group(0, &target.blit_group, &[]);
        pass.draw(0..4, 0..1);
    }

    fn new_target(&self, device: &wgpu::Device, size_px: [u32; 2]) -> Target {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("shape layer"),
            size: wgpu::Extent3d { width: size_px[0], height: size_px[1], depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: LAYER_FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let blit_uniform = buffer(device, 16, wgpu::BufferUsages::UNIFORM);
        let blit_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("shape layer blit"),
            layout: &self.pipelines.blit_layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: blit_uniform.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry {
                    binding: 2,
                    resource: wgpu::BindingResource::Sampler(&self.pipelines.stand_in_sampler),
                },
            ],
        });
        Target { view, size_px, blit_uniform, blit_group, drawn: None, shown: None }
    }
}

/// Fills of all chunks, then lines, then dots: three changes of pipeline.
fn draw_chunks(pass: &mut wgpu::RenderPass<'_>, pipelines: &Pipelines, chunks: &[&GpuChunk], view: &View) {
    for (pipeline, range) in
        [(&pipelines.fill, fills as fn(&GpuChunk, f32) -> Range<u32>), (&pipelines.line, lines), (&pipelines.dot, dots)]
    {
        pass.set_pipeline(pipeline);
        for chunk in chunks {
            let indices = range(chunk, narrow(view.px_from_image.scale));
            if !indices.is_empty() {
                pass.set_bind_group(0, &chunk.bind_group, &[]);
                pass.set_vertex_buffer(0, chunk.vertices.slice(..));
                pass.set_index_buffer(chunk.indices.slice(..), chunk.format);
                pass.draw_indexed(indices, 0, 0..1);
            }
        }
    }
}

fn all_are_dots(chunk: &GpuChunk, scale: f32) -> bool {
    chunk.about.sides_px.1 * scale < DOT_BELOW_PX
}

fn fills(chunk: &GpuChunk, scale: f32) -> Range<u32> {
    if all_are_dots(chunk, scale) { 0..0 } else { chunk.ranges.fills.clone() }
}

fn lines(chunk: &GpuChunk, scale: f32) -> Range<u32> {
    if all_are_dots(chunk, scale) {
        return 0..0;
    }
    // The strikes follow the outlines, so one draw does both.
    let end = if chunk.about.struck > 0 { chunk.ranges.strikes.end } else { chunk.ranges.outlines.end };
    chunk.ranges.outlines.start..end
}

fn dots(chunk: &GpuChunk, scale: f32) -> Range<u32> {
    let none = chunk.about.points == 0 && chunk.about.sides_px.0 * scale >= DOT_BELOW_PX;
    if none { 0..0 } else { chunk.ranges.dots.clone() }
}

/// The first 32 bytes of a chunk's uniform buffer.
fn header(view: &View, about: &About) -> Vec<u8> {
    let shift = view.px_from_image.apply(about.origin);
    let [width, height] = view.size_px.map(f64::from);
    let values = [
        narrow(view.px_from_image.scale),
        narrow(shift.x),
        narrow(shift.y),
        0.0,
        narrow(2.0 / width),
        narrow(-2.0 / height),
        view.pixels_per_point,
        DOT_BELOW_PX,
    ];
    values.iter().flat_map(|v| v.to_ne_bytes()).collect()
}

fn look_bytes(look: &PackedLook) -> impl Iterator<Item = u8> {
    look.map(u32::to_ne_bytes).into_iter().flatten()
}

fn buffer(device: &wgpu::Device, size: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("shape layer"),
        size,
        usage: usage | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

/// A buffer that starts with `bytes`: the old one where they fit.
fn filled(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    old: Option<wgpu::Buffer>,
    bytes: &[u8],
    usage: wgpu::BufferUsages,
) -> wgpu::Buffer {
    let size = bytes.len() as u64;
    if let Some(place) = old.filter(|b| b.size() >= size) {
        queue.write_buffer(&place, 0, bytes);
        return place;
    }
    // A little air, so that a chunk that grows by a shape keeps its buffers.
    let with_air = (size + size / 16).next_multiple_of(4).max(4);
    // Where a processor draws, its memory is written in place. A queue would write it to a place of its own first: 100,000
    // shapes of 20 vertices are some 140 MB.
    let in_place = device.features().contains(WRITES_IN_PLACE);
    let map = if in_place { wgpu::BufferUsages::MAP_WRITE } else { wgpu::BufferUsages::empty() };
    let place = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("shape layer"),
        size: with_air,
        usage: usage | wgpu::BufferUsages::COPY_DST | map,
        mapped_at_creation: in_place,
    });
    let written = in_place && {
        let view = place.get_mapped_range_mut(..size).map(|mut view| view.copy_from_slice(bytes));
        place.unmap();
        view.is_ok()
    };
    if !written {
        queue.write_buffer(&place, 0, bytes);
    }
    place
}
